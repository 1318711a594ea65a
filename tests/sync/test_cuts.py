"""A sync that is cut anywhere goes on from there: nothing is lost, nothing is done twice."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from app.errors import Offline
from app.models.account import Account, Contact
from app.models.sync_state import Conflict, InboxEntry
from app.server import tables
from app.sync import conversation, engine
from app.sync.client import Client
from app.sync.conversation import Db, Http
from app.sync.report import SyncReport
from tests.sync.laptops import Laptop, World


class Killed(Exception):  # noqa: N818 - an event rather than an error
    """The battery is empty."""


def run_until(laptop: Laptop, limit: int, *, before: bool) -> bool:
    """Run a sync and kill it at effect number `limit`, before or after it; say if it ended."""
    count = 0

    class Cutting(Client):
        def call(self, path: str, message: Any, kind: Any) -> Any:
            answer = None
            if not before or count != limit:
                answer = super().call(path, message, kind)
            if count == limit:
                raise Killed
            return answer

    whole = engine.client_of(laptop.database)
    client = Cutting(whole.url, whole._tokens)
    steps = conversation.records(SyncReport(None), lambda: 1_790_000_000_000)

    def counted() -> Any:
        nonlocal count
        answer: Any = None
        while True:
            try:
                effect = steps.send(answer)
            except StopIteration:
                return
            count += isinstance(effect, Http | Db)
            if isinstance(effect, Db) and count == limit and before:
                raise Killed
            answer = yield effect
            if isinstance(effect, Db) and count == limit:
                raise Killed

    try:
        engine.drive(laptop.database, client, counted())
    except Killed:
        return False
    finally:
        client.close()
        whole.close()
    return True


@pytest.mark.parametrize("before", [True, False], ids=["before", "after"])
def test_killed_at_every_step_it_resumes_and_nothing_is_done_twice(world: World, before: bool):
    laptop = world.laptop()
    other = world.laptop(user=laptop.user)
    account = laptop.add(Account, name="Bar Núñez", owner_id=laptop.user, phone="600")
    laptop.synced()
    other.synced()
    for limit in range(1, 100):
        other.edit(Account, account, email=f"{limit}@example.org")
        contact = other.add(Contact, account_id=account, name=f"De otro {limit}")
        other.synced()
        laptop.edit(Account, account, phone=f"6{limit:02}")
        mine = laptop.add(Contact, account_id=account, name=f"Mío {limit}")
        ended = run_until(laptop, limit, before=before)
        laptop.synced()
        seen = laptop.get(Account, account)
        assert (seen.phone, seen.email) == (f"6{limit:02}", f"{limit}@example.org")
        assert laptop.get(Contact, contact).name == f"De otro {limit}"
        assert world.get("contact", mine)["name"] == f"Mío {limit}"
        with laptop.database.read() as session:
            assert session.scalar(select(func.count()).select_from(InboxEntry)) == 0
        if ended:
            break
    assert ended
    assert limit > 8, "hello, push, pull, apply and verify are more steps than that"
    other.synced()
    assert other.content() == laptop.content()
    with world.server.store.read() as connection:
        numbers = connection.scalars(
            select(tables.op.c.op_no)
            .where(tables.op.c.device_id == laptop.state().device_id)
            .order_by(tables.op.c.op_no)
        ).all()
    assert numbers == list(range(1, len(numbers) + 1)), "each operation once, without gaps"
    assert laptop.rows(Conflict) == []


def test_cancelled_between_two_steps_it_says_so_and_resumes(world: World):
    laptop = world.laptop()
    account = laptop.add(Account, name="Bar Núñez", owner_id=laptop.user)
    asked = iter([False] * 6 + [True] * 100)
    report = laptop.sync(cancelled=lambda: next(asked))
    assert report.cancelled
    assert report.error is None
    laptop.synced()
    assert world.get("account", account) is not None


def test_an_expired_token_is_renewed_without_a_word(world: World):
    laptop = world.laptop()
    laptop.set_state(access_token="1.old")
    before = laptop.state().refresh_token
    laptop.synced()
    assert laptop.state().refresh_token != before
    assert laptop.state().access_token.count(".") > 2


def test_a_laptop_that_was_withdrawn_keeps_its_work_and_says_what_to_do(world: World):
    laptop = world.laptop()
    laptop.add(Account, name="Bar Núñez", owner_id=laptop.user)
    laptop.set_state(access_token="", refresh_token="x.y")
    report = laptop.sync()
    assert "sign in again" in str(report.error)
    assert len(laptop.operations("pending", "in_flight")) == 1
    world.enrol(laptop)
    laptop.synced()
    assert [op.number for op in laptop.operations("acked")] == [1]


def test_a_suspended_laptop_hands_in_its_work(world: World):
    laptop = world.laptop()
    account = laptop.add(Account, name="Bar Núñez", owner_id=laptop.user)
    with world.server.store.write() as connection:
        connection.execute(tables.device.update().values(status="suspended"))
    report = laptop.sync()
    assert "suspended" in str(report.error)
    assert report.sent == {"account": 1}
    assert world.get("account", account)["name"] == "Bar Núñez"


def test_a_copied_profile_is_told_apart_and_keeps_its_work(world: World):
    laptop = world.laptop()
    laptop.add(Account, name="Uno", owner_id=laptop.user)
    laptop.synced()
    mine = laptop.add(Account, name="Dos", owner_id=laptop.user)
    with world.server.store.write() as connection:
        row = connection.execute(select(tables.op)).mappings().one()
        connection.execute(tables.op.insert(), {**row, "op_no": 2, "op_id": "f" * 32})
        connection.execute(tables.device.update().values(last_op_no=2))
    report = laptop.sync()
    assert "copy of another" in str(report.error)
    world.enrol(laptop)
    laptop.synced()
    assert world.get("account", mine)["name"] == "Dos"


_EDITS = st.lists(
    st.tuples(
        st.integers(0, 2),  # one laptop, the other, the office
        st.sampled_from(("phone", "email", "payment_terms", "notes", "removed", "sync")),
        st.integers(0, 1),  # which customer
        st.integers(0, 5),
    ),
    max_size=14,
)


@settings(max_examples=12, suppress_health_check=list(HealthCheck))
@given(edits=_EDITS)
def test_whatever_is_edited_where_all_converge_and_every_loser_is_kept(
    edits: list[tuple[int, str, int, int]], tmp_path_factory: pytest.TempPathFactory
):
    from tests.serving import serving
    from tests.sync import laptops

    folder = tmp_path_factory.mktemp("world")
    with serving(folder / "server") as server, laptops.world(folder, server) as world:
        one = world.laptop()
        two = world.laptop(user=one.user)
        accounts = [one.add(Account, name=name, owner_id=one.user) for name in ("A", "B")]
        one.synced()
        two.synced()
        said = _played(world, [one, two], accounts, edits)
        for laptop in (one, two, one, two):
            laptop.synced()
        assert one.content() == two.content()
        assert one.operations("pending", "in_flight", "parked") == []
        _check_nothing_is_lost(world, one, said)


def _played(
    world: World, both: list[Laptop], accounts: list[str], edits: list[tuple[int, str, int, int]]
) -> list[tuple[str, str, str]]:
    """Make the edits; return what the laptops' user typed last in each field of each customer."""
    said: dict[tuple[int, str, str], str] = {}
    for where, what, which, value in edits:
        account = accounts[which]
        if what == "sync":
            if where < 2:
                both[where].synced()
        elif where == 2:
            if what == "removed":
                if world.get("account", account) is not None:
                    world.remove("account", account)
            else:
                world.edit("account", account, **{what: f"oficina {value}"})
        elif what != "removed":
            laptop = both[where]
            if laptop.get(Account, account).removed_at is None:
                text = f"portátil {where} {value}"
                laptop.edit(Account, account, **{what: text})
                said[where, account, what] = text
    return [(account, field, text) for (_where, account, field), text in said.items()]


def _check_nothing_is_lost(world: World, laptop: Laptop, said: list[tuple[str, str, str]]) -> None:
    """Each value is on the record, or in a conflict, or was replaced later in the history."""
    conflicts = laptop.rows(Conflict)
    with world.server.store.read() as connection:
        rows = connection.execute(select(tables.change_log)).mappings().all()
    history = {row["row_id"]: "" for row in rows}
    for row in rows:
        history[row["row_id"]] += str(row["fields"])
    for account, field, text in said:
        body = world.get("account", account) or {}
        kept = {body.get(field)} | {
            value
            for conflict in conflicts
            if (conflict.row_id, conflict.field) == (account, field)
            for value in (conflict.winner, conflict.loser)
        }
        assert text in kept or text in history[account], (account, field, text)


def test_the_network_ends_in_the_middle_of_everything(world: World):
    laptop = world.laptop()
    laptop.add(Account, name="Bar Núñez", owner_id=laptop.user)
    world.server.stop()
    report = laptop.sync()
    assert isinstance(report.error, Offline)
    assert len(laptop.operations("pending", "in_flight")) == 1
    world.server.start()
    laptop.synced()
