"""What a sync leaves in the history of records, and what an undo leaves to the sync."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import insert, select

from app.models import change
from app.models.account import Account, Contact
from app.models.base import new_id, now
from app.models.change import Change, Command
from app.models.database import Changes
from app.models.quote import Quote
from app.models.wire import encode, fields_of
from app.services import quotes, record_history, undo
from app.services.undo import NotUndoneError
from app.sync import inbox
from app.sync.catalogue import CATALOGUE
from app.sync.trail import Trail
from tests.sync.laptops import Laptop, World


def customer(laptop: Laptop, name: str = "Bar Núñez", **more: Any) -> str:
    return laptop.add(Account, name=name, kind="customer", owner_id=laptop.user, **more)


def traces(laptop: Laptop) -> list[tuple[str, str, str, dict[str, Any]]]:
    """Return who changed what, of all that came from elsewhere."""
    query = (
        select(Command.source, Command.user_id, Change.kind, Change.fields)
        .join(Change, Change.command_id == Command.id)
        .where(Command.source.in_((change.SYNC, change.MERGE)))
        .order_by(Change.n)
    )
    with laptop.database.read() as session:
        return [tuple(row) for row in session.execute(query)]


def back(laptop: Laptop) -> undo.TakenBack | None:
    with laptop.database.write() as session:
        return undo.take_back(session)


def test_the_first_download_writes_no_history(world: World):
    world.add("segment", name="Hostelería")
    laptop = world.laptop()
    account = world.add("account", name="Ca Pepa", kind="customer", owner_id=laptop.user)
    laptop.synced()
    assert laptop.get(Account, account).name == "Ca Pepa"
    assert traces(laptop) == []


def test_what_others_change_is_told_with_before_after_and_who(world: World):
    one = world.laptop()
    two = world.laptop(user=one.user)
    account = customer(one, phone="600")
    for laptop in (one, two):
        laptop.synced()
    world.edit("account", account, phone="601")
    one.synced()
    two.edit(Account, account, grade="B", tags=frozenset({"vip"}), credit_limit=Decimal("9.50"))
    two.synced()
    one.synced()
    assert traces(one) == [
        ("sync", "", "U", {"phone": ["600", "601"]}),
        ("sync", one.user, "U", {
            "credit_limit": [None, "9.50"], "grade": ["", "B"], "tags": [[], ["vip"]],
        }),
    ]  # fmt: skip
    with one.database.read() as session:
        told = record_history.versions(session, "account", account).versions
    assert [version.where for version in told] == [
        "Another computer of yours", "From the office", "This computer",
    ]  # fmt: skip
    with pytest.raises(NotUndoneError, match="Bar Núñez was changed since"):
        back(one)


def test_what_comes_back_of_ones_own_is_no_history(world: World):
    laptop = world.laptop()
    account = customer(laptop)
    laptop.synced()
    laptop.edit(Account, account, phone="600")
    laptop.synced()
    assert traces(laptop) == []


def test_a_removal_and_a_return_elsewhere_are_told(world: World):
    laptop = world.laptop()
    account = customer(laptop)
    contact = laptop.add(Contact, account_id=account, name="Vicent")
    laptop.synced()
    body = world.get("contact", contact)
    world.remove("contact", contact)
    laptop.synced()
    assert laptop.get(Contact, contact).removed_at is not None
    world.edit("contact", contact, name=body["name"], job="Cuina")
    laptop.synced()
    assert [row[2:] for row in traces(laptop)] == [("D", {}), ("R", {"job": ["", "Cuina"]})]


def test_the_servers_merge_of_what_was_sent_is_told_as_a_merge(world: World):
    laptop = world.laptop()
    account = customer(laptop, notes="uno\n\ndos")
    laptop.synced()
    world.edit("account", account, notes="uno\n\ndos\n\ntres")
    laptop.edit(Account, account, notes="cero\n\nuno\n\ndos")
    laptop.synced()
    (told,) = [row for row in traces(laptop) if row[0] == "merge"]
    assert told[3]["notes"][1] == laptop.get(Account, account).notes
    assert "tres" in told[3]["notes"][1]


def test_what_is_undone_before_it_was_sent_leaves_nothing_to_send(world: World):
    laptop = world.laptop()
    account = customer(laptop, phone="600")
    laptop.synced()
    laptop.edit(Account, account, phone="601")
    added = laptop.add(Contact, account_id=account, name="Vicent")
    assert back(laptop) is not None
    assert back(laptop) is not None
    assert laptop.operations("pending", "in_flight") == []
    report = laptop.synced()
    assert (report.sent.total(), report.changed) == (0, 0)
    assert world.get("contact", added) is None
    with laptop.database.write() as session:
        undo.redo(session)
        undo.redo(session)
    laptop.synced()
    assert world.get("contact", added)["name"] == "Vicent"
    assert world.get("account", account)["phone"] == "601"
    assert laptop.state().last_op_no == 3


def test_what_is_undone_after_it_was_sent_is_undone_everywhere(world: World):
    one = world.laptop()
    two = world.laptop(user=one.user)
    account = customer(one, phone="600")
    one.synced()
    one.edit(Account, account, phone="601")
    one.synced()
    back(one)
    for laptop in (one, two):
        laptop.synced()
    assert two.get(Account, account).phone == "600"
    assert one.content() == two.content()


def test_an_undo_of_what_the_office_changed_meanwhile_takes_the_offices_value(world: World):
    laptop = world.laptop()
    account = customer(laptop, phone="600")
    laptop.synced()
    laptop.edit(Account, account, phone="601")
    world.edit("account", account, phone="900", email="ca@example.org")
    with laptop.database.apply(Changes()) as connection:  # pulled, while nothing could be pushed
        meta = inbox.META
        connection.execute(meta.update().where(meta.c.row_id == account).values(version=2))
    back(laptop)
    laptop.synced()
    seen = laptop.get(Account, account)
    assert (seen.phone, seen.email) == ("900", "ca@example.org")


def test_a_quote_undone_before_it_was_sent_never_was(world: World):
    laptop = world.laptop()
    account = customer(laptop)
    laptop.synced()
    with laptop.database.write() as session:
        quote = quotes.draft(session, account, today=now().date())
    back(laptop)
    assert laptop.synced().sent.total() == 0
    assert laptop.get(Quote, quote.id).removed_at is not None


@pytest.mark.parametrize("name", sorted(CATALOGUE))
def test_a_row_compared_with_its_own_wire_values_has_not_changed(world: World, name: str):
    """What lies in the file is what travels, for every field of every entity."""
    laptop = world.laptop(empty=True)
    entity = CATALOGUE[name]
    table = inbox.table_of(name)
    known = fields_of(entity.mapped)
    sample = {
        "text": "ñ", "integer": -7, "boolean": True, "money": Decimal("-0.05"),
        "price": Decimal("1.2345"), "quantity": Decimal("3.500"), "percent": Decimal("5.20"),
        "discount": (Decimal(8), Decimal(2)), "set": frozenset({"b", "a"}),
        "json": [{"z": 1, "a": ["ñ"]}],
    }  # fmt: skip
    sample |= {"instant": datetime(1969, 5, 4, 3, 2, 1, 7000, UTC), "day": date(2026, 2, 3)}
    values = {field.name: sample[field.wire] for field in known}
    id_ = new_id()
    with laptop.database.apply(Changes()) as connection:
        connection.exec_driver_sql("PRAGMA defer_foreign_keys=ON")
        connection.execute(insert(table), {"id": id_, "root": "G", **values})
        trail = Trail(connection, at=now())
        here = trail.here(entity, [id_])
        said = {field.name: encode(field, values[field.name]) for field in known}
        trail.compare(entity, here[id_], said, ("", "", 0))
        other = {f.name: None if f.wire != "boolean" else False for f in known}
        trail.compare(entity, here[id_], other, ("", "", 0))
        trail.write()
        found = connection.execute(select(change.CHANGE)).all()
        assert [row.fields for row in found] == [
            {name: [said[name], other[name]] for name in other}
        ]
        connection.execute(table.delete().where(table.c.id == id_))
