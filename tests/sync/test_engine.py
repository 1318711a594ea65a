"""Laptops and office agree: edits both ways, conflicts, removals, scope, files, overlays."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from app.errors import UserError
from app.models.account import Account, Contact, Segment, Site
from app.models.base import Base
from app.models.document import Document
from app.models.sync_state import Conflict, FileQueueEntry, ParkedOperation, SyncRun
from app.services import conflicts
from app.sync import engine
from app.sync.lock import only_one
from app.sync.report import Progress
from tests.sync.laptops import Laptop, World


def customer(laptop: Laptop, name: str = "Bar Núñez", **more) -> str:
    return laptop.add(Account, name=name, kind="customer", owner_id=laptop.user, **more)


def test_the_first_sync_brings_what_the_office_has_and_a_second_one_nothing(world: World):
    segment = world.add("segment", name="Hostelería")
    laptop = world.laptop(empty=True)
    account = world.add(
        "account", name="Ca Pepa", kind="customer", owner_id=laptop.user, segment_id=segment
    )
    first = laptop.synced()
    assert laptop.get(Account, account).segment_id == segment
    assert laptop.get(Segment, segment).name == "Hostelería"
    assert first.received["account"] == 1
    assert first.receipt()["segment"] == {"received": 1}
    again = laptop.synced()
    assert (again.changed, again.sent.total()) == (0, 0)


def test_what_the_rep_does_reaches_the_office_and_comes_back_as_no_news(world: World):
    laptop = world.laptop()
    account = customer(laptop, tags=frozenset({"terraza"}))
    laptop.add(Contact, account_id=account, name="Vicent")
    report = laptop.synced()
    assert report.sent == {"account": 1, "contact": 1}
    assert report.changed == 0
    assert world.get("account", account)["tags"] == ["terraza"]
    assert laptop.operations("pending", "in_flight") == []
    assert laptop.state().last_acked_op_no == 2


def test_two_laptops_of_one_rep_end_with_the_same(world: World):
    one = world.laptop()
    two = world.laptop(user=one.user)
    account = customer(one, phone="600")
    one.synced()
    two.synced()
    one.edit(Account, account, phone="601", grade="B")
    two.edit(Account, account, email="ca@example.org")
    one.synced()
    two.synced()
    one.synced()
    assert one.content() == two.content()
    seen = one.get(Account, account)
    assert (seen.phone, seen.email, seen.grade) == ("601", "ca@example.org", "B")


def test_a_conflict_is_seen_on_the_laptop_with_both_values(world: World):
    laptop = world.laptop()
    account = customer(laptop, payment_terms="30 días")
    laptop.synced()
    world.edit("account", account, payment_terms="Contado")
    laptop.edit(Account, account, payment_terms="60 días")
    report = laptop.synced()
    assert report.conflicts == 1
    assert laptop.get(Account, account).payment_terms == "Contado"
    [conflict] = laptop.rows(Conflict)
    assert (conflict.field, conflict.base) == ("payment_terms", "30 días")
    assert (conflict.winner, conflict.loser, conflict.state) == ("Contado", "60 días", "open")


def test_a_conflict_swapped_on_one_laptop_is_settled_on_all(world: World):
    one = world.laptop()
    two = world.laptop(user=one.user)
    account = customer(one, payment_terms="30 días", phone="600")
    one.synced()
    two.synced()
    one.edit(Account, account, phone="601")
    one.synced()
    two.edit(Account, account, phone="602")
    world.edit("account", account, phone="700")
    two.synced()
    [conflict] = two.rows(Conflict)
    assert {conflict.winner, conflict.loser} == {"602", "700"}
    lost = str(conflict.loser)
    with two.database.write() as session:
        conflicts.swap(session, conflict.id, now=datetime(2026, 3, 2, tzinfo=UTC))
    assert two.get(Account, account).phone == lost
    two.synced()
    one.synced()
    assert world.get("account", account)["phone"] == lost
    assert one.get(Account, account).phone == lost
    assert [each.state for each in one.rows(Conflict)] == ["swapped"]


def test_a_change_made_during_the_sync_stays_on_top_of_what_arrives(world: World):
    laptop = world.laptop()
    account = customer(laptop, phone="600", email="")
    laptop.synced()
    world.edit("account", account, phone="700", email="nuevo@example.org")

    def edit_before_applying(progress: Progress) -> None:
        if progress.phase == "apply":
            laptop.edit(Account, account, phone="601")

    laptop.synced(progress=edit_before_applying)
    seen = laptop.get(Account, account)
    assert (seen.phone, seen.email) == ("601", "nuevo@example.org")
    [operation] = laptop.operations("pending")
    assert operation.fields == {"phone": {"b": "600", "v": "601"}}, "what the user saw is the base"
    laptop.synced()
    [conflict] = laptop.rows(Conflict)
    assert {conflict.winner, conflict.loser} == {"700", "601"}


def test_an_edit_that_was_not_sent_outlives_a_removal(world: World):
    laptop = world.laptop()
    account = customer(laptop, phone="600")
    laptop.synced()
    world.remove("account", account)

    def edit_before_applying(progress: Progress) -> None:
        if progress.phase == "apply" and laptop.get(Account, account).phone == "600":
            laptop.edit(Account, account, phone="601")

    laptop.synced(progress=edit_before_applying)
    assert laptop.get(Account, account).removed_at is None
    laptop.synced()
    assert world.get("account", account)["phone"] == "601"


def test_removals_travel_both_ways(world: World):
    laptop = world.laptop()
    account, other = customer(laptop), customer(laptop, "Otro")
    laptop.synced()
    world.remove("account", account)
    laptop.edit(Account, other, removed_at=datetime(2026, 3, 2, tzinfo=UTC))
    report = laptop.synced()
    assert report.removed["account"] == 1
    assert laptop.rows(Account) == []
    assert world.get("account", other) is None
    laptop.edit(Account, other, removed_at=None)
    laptop.synced()
    assert world.get("account", other) is not None, "undone there too"


def test_a_customer_that_was_handed_over_leaves_one_laptop_and_comes_whole_to_the_other(
    world: World,
):
    marta, luis = world.laptop("Marta"), world.laptop("Luis")
    account = customer(marta)
    site = marta.add(Site, account_id=account, street="C/ Mayor, 1")
    customer(luis, "De Luis")
    marta.synced()
    luis.synced()
    world.edit("account", account, owner_id=luis.user)
    report = marta.synced()
    assert report.left == 2
    assert marta.get(Account, account) is None
    assert marta.get(Site, site) is None
    luis.synced()
    assert luis.get(Account, account).name == "Bar Núñez"
    assert luis.get(Site, site).street == "C/ Mayor, 1"


def test_an_edit_of_a_customer_that_was_handed_over_is_delivered_before_it_leaves(world: World):
    marta, luis = world.laptop("Marta"), world.laptop("Luis")
    account = customer(marta, phone="600")
    marta.synced()
    world.edit("account", account, owner_id=luis.user)

    def edit_before_applying(progress: Progress) -> None:
        if progress.phase == "apply" and not marta.operations("pending"):
            marta.edit(Account, account, phone="601")

    marta.synced(progress=edit_before_applying)
    assert marta.get(Account, account) is not None, "something of it is not at the office yet"
    marta.synced()
    assert marta.get(Account, account) is None
    assert world.get("account", account)["phone"] == "601"


def test_a_change_that_cannot_be_applied_is_put_aside_and_stops_nothing(world: World):
    laptop = world.laptop()
    product = laptop.add(Segment, name="Solo la oficina puede")
    account = customer(laptop)
    report = laptop.synced()
    assert report.parked == 1
    assert world.get("account", account) is not None
    [parked] = laptop.rows(ParkedOperation)
    assert (parked.reason, parked.entity, parked.row_id) == ("role", "segment", product)
    [operation] = laptop.operations("parked")
    assert operation.result["reason"] == "role"


def test_a_reference_to_what_is_not_here_is_empty_until_it_arrives(world: World):
    marta, luis = world.laptop("Marta"), world.laptop("Luis")
    segment = world.add("segment", name="Hostelería")
    account = world.add(
        "account", name="Ca Pepa", kind="customer", owner_id=marta.user, segment_id=segment
    )
    world.remove("segment", segment)
    marta.synced()
    assert marta.get(Account, account).segment_id is None
    assert marta.get(Account, account).name == "Ca Pepa"
    world.edit("segment", segment, name="Hostelería y bares")
    marta.synced()
    assert marta.get(Account, account).segment_id == segment
    luis.synced()
    assert luis.get(Account, account) is None, "not his to see"


def test_rows_that_went_wrong_here_are_found_and_mended(world: World):
    laptop = world.laptop()
    account = customer(laptop)
    laptop.synced()
    meta = Base.metadata.tables["row_meta"]
    laptop.execute(meta.delete().where(meta.c.row_id == account))
    stranger = laptop.add(Account, name="Nunca llegó", owner_id=laptop.user)
    laptop.execute(Base.metadata.tables["operation"].delete())
    laptop.set_state(last_op_no=laptop.state().last_acked_op_no)
    laptop.execute(
        meta.insert().values(
            entity="account", row_id=stranger, version=1, root=stranger, hash=5, extra=None
        )
    )
    report = laptop.synced()
    assert report.repaired == 2
    assert laptop.get(Account, stranger) is None
    with laptop.database.read() as session:
        kept = session.scalars(select(Base.metadata.tables["recovery"].c.row_id)).all()
    assert kept == [stranger], "put aside, not thrown away"


def test_a_restored_server_gets_again_what_it_lost(world: World):
    laptop = world.laptop()
    account = customer(laptop)
    laptop.synced()
    from app.server import tables

    with world.server.store.write() as connection:
        connection.execute(tables.tenant.update().values(epoch="e" * 32))
        for table in (tables.record, tables.op, tables.digest, tables.member):
            own = table.c.root == account if "root" in table.c else table.c.op_no > 0
            connection.execute(table.delete().where(own))
        connection.execute(tables.device.update().values(last_op_no=0))
    laptop.synced()
    assert world.get("account", account)["name"] == "Bar Núñez"
    assert laptop.state().epoch == "e" * 32


def test_a_photo_goes_up_in_pieces_and_reaches_the_other_laptop(world: World):
    one = world.laptop()
    two = world.laptop(user=one.user)
    account = customer(one)
    photo = bytes(range(256)) * 20_000  # 5 MB: more than one piece
    sha256 = one.files.add(photo)
    one.add(
        Document, name="Fachada", kind="photo", mime="image/jpeg", sha256=sha256, size=5_000_000,
        account_id=account,
    )  # fmt: skip
    one.add(FileQueueEntry, sha256=sha256, direction="up", size=len(photo))
    seen: list[Progress] = []
    report = one.synced(progress=seen.append)
    assert report.files_sent == 1
    assert Progress("files", 4 * 1024 * 1024, len(photo)) in seen
    received = two.synced()
    assert received.files_received == 1
    assert two.files.read(sha256) == photo


def test_history_keeps_a_receipt_of_every_run_that_did_something(world: World):
    laptop = world.laptop()
    customer(laptop)
    laptop.synced()
    world.server.stop()
    offline = laptop.sync()
    assert "does not answer" in str(offline.error)
    with laptop.database.read() as session:
        [_first, run] = session.scalars(select(SyncRun).order_by(SyncRun.started_at)).all()
    assert run.receipt["account"]["sent"] == 1
    assert run.sent == 1
    assert run.digest_ok is True


def test_only_one_sync_at_a_time(world: World):
    laptop = world.laptop()
    with only_one(laptop.database.path.with_suffix(".lock")):
        report = laptop.sync()
    assert "Another sync" in str(report.error)
    laptop.synced()


def test_a_computer_that_is_not_connected_says_so(database):
    with pytest.raises(UserError, match="not connected to the office"):
        engine.client_of(database)
