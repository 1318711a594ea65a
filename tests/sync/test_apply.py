"""A checkpoint: any order, twice, with rows of the future, without their parents."""

from __future__ import annotations

import logging
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from app.models.account import Account, Contact, Segment
from app.models.base import Base, new_id
from app.models.database import Changes, Database
from app.models.sync_state import InboxEntry, RowMeta, SyncState
from app.models.wire import encode, fields_of
from app.sync import apply, evict, inbox, overlay, verify
from app.sync.protocol import BackfillAnswer, DigestAnswer, PullAnswer, Table

NOW = datetime(2026, 3, 2, 18, 0, tzinfo=UTC)


@pytest.fixture
def here(database: Database) -> Database:
    with database.write() as session:
        session.add(SyncState(device_id="d" * 32, epoch="e"))
    return database


def wire(row: Any) -> dict[str, Any]:
    return {field.name: encode(field, getattr(row, field.name)) for field in fields_of(type(row))}


def table(kind: type, *rows: tuple[str, int, int, str, dict[str, Any]]) -> Table:
    """Rows of an entity as the server sends them: id, seq, version, root, fields."""
    names = sorted({name for row in rows for name in row[4]})
    return Table(
        getattr(kind, "__tablename__", str(kind)),
        ["_id", "_seq", "_ver", "_root", *names],
        [[*row[:4], *(row[4].get(name) for name in names)] for row in rows],
    )


def account(name: str = "Bar Núñez", **more: Any) -> dict[str, Any]:
    return wire(Account(name=name, **more))


def take(database: Database, *pages: PullAnswer) -> tuple[apply.Applied, Changes]:
    changes = Changes()
    with database.apply(changes) as connection:
        for page in pages:
            inbox.stage_page(connection, page)
        applied = apply.checkpoint(connection, changes, to=pages[-1].to, at=NOW)
    return applied, changes


def get(database: Database, kind: type, row_id: Any) -> Any:
    with database.read() as session:
        return session.get(kind, row_id)


def test_a_child_may_come_before_its_parent(here: Database):
    parent, child = new_id(), new_id()
    fields = wire(Contact(account_id=parent, name="Vicent"))
    applied, changes = take(
        here,
        PullAnswer(1, True, [table(Contact, (child, 1, 1, parent, fields))]),
        PullAnswer(2, False, [table(Account, (parent, 2, 1, parent, account()))]),
    )
    assert get(here, Contact, child).account_id == parent
    assert applied.received == {"contact": 1, "account": 1}
    assert changes.added == {Account: {parent}, Contact: {child}}
    assert get(here, SyncState, 1).cursor_seq == 2


def test_a_row_whose_parent_is_not_here_waits_and_holds_up_nothing(here: Database):
    parent, child, other = new_id(), new_id(), new_id()
    fields = wire(Contact(account_id=parent, name="Vicent"))
    applied, _changes = take(
        here,
        PullAnswer(
            2, False,
            [
                table(Contact, (child, 1, 1, parent, fields)),
                table(Account, (other, 2, 1, other, account("Otro"))),
            ],
        ),
    )  # fmt: skip
    assert applied.waiting == 1
    assert get(here, Contact, child) is None
    assert get(here, Account, other).name == "Otro"
    with here.read() as session:
        assert [entry.row_id for entry in session.scalars(select(InboxEntry))] == [child]
    take(here, PullAnswer(3, False, [table(Account, (parent, 3, 1, parent, account()))]))
    assert get(here, Contact, child).name == "Vicent"
    with here.read() as session:
        assert session.scalars(select(InboxEntry)).all() == []


def test_a_row_that_waits_goes_with_the_root_it_waits_for(here: Database):
    """It would be counted for ever, and the sums would never agree with the server's."""
    parent, child = new_id(), new_id()
    fields = wire(Contact(account_id=parent, name="Vicent"))
    take(here, PullAnswer(2, False, [table(Contact, (child, 1, 1, parent, fields))]))
    with here.read() as session:
        assert [entry.row_id for entry in session.scalars(select(InboxEntry))] == [child]
    taken, empty = PullAnswer(3, False), PullAnswer(4, False)
    taken.revokes = [(parent, 3)]
    take(here, taken)
    take(here, empty)
    with here.read() as session:
        assert session.scalars(select(InboxEntry)).all() == []
        assert session.scalars(select(RowMeta)).all() == []


def test_what_this_version_does_not_know_is_kept(here: Database):
    known, unknown = new_id(), new_id()
    fields = {**account(), "of_the_future": "x"}
    take(
        here,
        PullAnswer(
            2, False,
            [
                table(Account, (known, 1, 1, known, fields)),
                Table("loyalty_card", ["_id", "_seq", "_ver", "_root", "points"],
                      [[unknown, 2, 1, known, 7]]),
            ],
        ),
    )  # fmt: skip
    assert get(here, RowMeta, ("account", known)).extra == {"of_the_future": "x"}
    assert get(here, RowMeta, ("loyalty_card", unknown)).extra == {"points": 7}
    with here.apply(Changes()) as connection:
        assert verify.sums(connection).keys() == {"account", "loyalty_card"}


def test_a_value_we_cannot_hold_does_not_stop_the_rest(here: Database, caplog):
    row = new_id()
    fields = {**account(), "credit_limit": "not a number", "starred": "perhaps"}
    with caplog.at_level(logging.WARNING):
        take(here, PullAnswer(1, False, [table(Account, (row, 1, 1, row, fields))]))
    seen = get(here, Account, row)
    assert (seen.name, seen.credit_limit, seen.starred) == ("Bar Núñez", None, False)
    assert "a field we cannot hold" in caplog.text


def test_fields_an_older_server_does_not_send_have_their_defaults(here: Database):
    row = new_id()
    take(here, PullAnswer(1, False, [table(Account, (row, 1, 1, row, {"name": "Solo nombre"}))]))
    seen = get(here, Account, row)
    assert (seen.name, seen.kind, seen.tags) == ("Solo nombre", Account(name="").kind, frozenset())


def test_a_set_is_shown_with_what_was_not_sent(here: Database):
    row = new_id()
    fields = {**account(), "tags": ["a", "b"]}
    take(here, PullAnswer(1, False, [table(Account, (row, 1, 1, row, fields))]))
    with here.write() as session:
        session.get(Account, row).tags = frozenset({"b", "c"})
    take(
        here,
        PullAnswer(2, False, [table(Account, (row, 2, 2, row, {**fields, "tags": ["a", "d"]}))]),
    )
    assert get(here, Account, row).tags == {"c", "d"}


def test_a_row_inserted_here_keeps_what_the_user_wrote(here: Database):
    with here.write() as session:
        mine = Account(name="Mío", phone="600")
        session.add(mine)
    take(here, PullAnswer(1, False, [table(Account, (mine.id, 1, 1, mine.id, account("Suyo")))]))
    assert get(here, Account, mine.id).name == "Mío"


def test_a_removal_that_was_not_sent_stays_removed(here: Database):
    row = new_id()
    take(here, PullAnswer(1, False, [table(Account, (row, 1, 1, row, account()))]))
    with here.write() as session:
        session.get(Account, row).removed_at = NOW
    take(here, PullAnswer(2, False, [table(Account, (row, 2, 2, row, account("Nuevo")))]))
    seen = get(here, Account, row)
    assert (seen.name, seen.removed_at) == ("Nuevo", NOW)


def test_a_row_that_left_and_came_back_in_one_window_stays(here: Database):
    row = new_id()
    take(here, PullAnswer(1, False, [table(Account, (row, 1, 1, row, account()))]))
    page = PullAnswer(4, False, [table(Account, (row, 4, 3, row, account("De vuelta")))])
    page.exit = [("account", row, 2)]
    take(here, page)
    assert get(here, Account, row).name == "De vuelta"


def test_a_root_taken_and_given_back_in_one_window_stays(here: Database):
    row = new_id()
    take(here, PullAnswer(1, False, [table(Account, (row, 1, 1, row, account()))]))
    page = PullAnswer(5, False)
    page.revokes, page.grants = [(row, 3)], [(row, 4)]
    changes = Changes()
    with here.apply(changes) as connection:
        inbox.stage_page(connection, page)
        assert inbox.open_roots(connection) == [(row, "")]
        assert inbox.has_news(connection)
        part = [table(Account, (row, 1, 1, row, account()))]
        inbox.stage_root(connection, BackfillAnswer(row, 5, done=True, next="", tables=part))
        apply.checkpoint(connection, changes, to=5, at=NOW)
    assert get(here, Account, row) is not None


def test_what_points_to_an_evicted_row_points_to_nothing_until_it_is_back(here: Database):
    segment, row = new_id(), new_id()
    names = [
        table(Segment, (segment, 1, 1, "G", wire(Segment(name="Hostelería")))),
        table(Account, (row, 2, 1, row, account(segment_id=segment))),
    ]
    take(here, PullAnswer(2, False, names))
    with here.apply(Changes()) as connection:
        connection.exec_driver_sql("PRAGMA defer_foreign_keys=ON")
        assert evict.evict(connection, [("segment", segment)], Changes()) == 1
    assert get(here, Account, row).segment_id is None
    take(
        here,
        PullAnswer(3, False, [table(Segment, (segment, 3, 2, "G", wire(Segment(name="Otra"))))]),
    )
    assert get(here, Account, row).segment_id == segment
    assert get(here, RowMeta, ("account", row)).extra is None


def test_sums_tell_apart_what_differs(here: Database):
    row = new_id()
    take(here, PullAnswer(1, False, [table(Account, (row, 1, 1, row, account()))]))
    with here.apply(Changes()) as connection:
        sums = verify.sums(connection)
        same = DigestAnswer(1, 2, [["account", row, *sums["account"]]])
        assert verify.roots_to_compare(connection, ["account"], same) == []
        empty = DigestAnswer(1, 2, [])
        assert verify.roots_to_compare(connection, ["account"], empty) == [row]
        assert verify.rows_to_fetch(connection, ["account"], [row], empty) == [("account", row)]
    assert verify.differing(sums, {**sums, "site": (0, "0" * 16)}) == []
    assert verify.differing(sums, {"account": (2, "1" * 16)}) == ["account"]


_HISTORY = st.lists(st.tuples(st.integers(0, 3), st.booleans()), min_size=1, max_size=12)


@settings(max_examples=25, suppress_health_check=list(HealthCheck))
@given(history=_HISTORY, data=st.data())
def test_pages_twice_and_in_any_order_give_the_same(
    history: list[tuple[int, bool]], data: st.DataObject, tmp_path_factory: pytest.TempPathFactory
):
    """The server's history of four rows, written or removed, cut into pages anyhow."""
    ids = [f"{n:032x}" for n in range(4)]
    versions = dict.fromkeys(ids, 0)
    pages: list[PullAnswer] = []
    last: dict[str, str | None] = {}
    for seq, (n, is_alive) in enumerate(history, 1):
        row = ids[n]
        versions[row] += 1
        last[row] = f"Versión {seq}" if is_alive else None
        page = PullAnswer(seq, False)
        if is_alive:
            page.tables = [
                table(Account, (row, seq, versions[row], row, account(f"Versión {seq}")))
            ]
        else:
            page.gone = [("account", row, seq, versions[row])]
        pages.append(page)
    told = data.draw(st.permutations(pages)) + data.draw(st.lists(st.sampled_from(pages)))
    told.append(PullAnswer(len(history), False))
    database = Database(tmp_path_factory.mktemp("any") / "any.sqlite", b"k" * 32)
    try:
        with database.write() as session:
            session.add(SyncState())
        take(database, *told)
        take(database, *told)
        with database.read() as session:
            seen = {
                row.id: row.name for row in session.scalars(select(Account)) if not row.removed_at
            }
    finally:
        database.close()
    assert seen == {row: name for row, name in last.items() if name is not None}


def test_only_what_waits_is_laid_over(here: Database):
    with here.apply(Changes()) as connection:
        assert overlay.unsent(connection, []) == {}
    assert Base.metadata.tables["row_meta"] is inbox.META
