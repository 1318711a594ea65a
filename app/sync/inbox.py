"""Pages as they arrive: staged in one short transaction each, applied later all together.

A crash between two pages costs nothing: the page that comes next is known from what is staged.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field
from typing import Any

import msgspec
from sqlalchemy import Connection, Table, delete, insert, select, update
from sqlalchemy.dialects.sqlite import insert as upsert

from app.models.base import Base
from app.models.sync_state import InboxEntry, RootState, RowMeta, SyncState
from app.sync import protocol

STATE, INBOX, META, ROOTS = (
    Base.metadata.tables[kind.__tablename__] for kind in (SyncState, InboxEntry, RowMeta, RootState)
)
_BATCH = 500


@dataclass
class Staged:
    """A row as the server has it: its wire fields, or None when it was removed there."""

    entity: str
    row_id: str
    seq: int
    version: int
    root: str = ""
    values: dict[str, Any] | None = field(default_factory=dict)
    n: int = 0  # its entry in the inbox
    apart: dict[str, Any] = field(default_factory=dict)  # references to what is not here
    by: tuple[str, str, int] = ("", "", 0)  # who changed it last: user, device, milliseconds UTC


def state(connection: Connection) -> Any:
    """Return the row that says who we are to the server and how far we have read."""
    return connection.execute(select(STATE).where(STATE.c.id == 1)).one()


def note(connection: Connection, **values: Any) -> None:
    """Change that row."""
    connection.execute(update(STATE).where(STATE.c.id == 1).values(**values))


def stage_page(connection: Connection, answer: protocol.PullAnswer) -> int:
    """Keep a page and how far it reaches; return how many rows it has (T-C4)."""
    made = _Authors(answer.made)
    entries = _rows(answer.tables, made) + _gone(answer.gone, made)
    entries += [_entry("exit", seq, entity, row_id) for entity, row_id, seq in answer.exit]
    entries += [_entry("revoke", seq, row_id=root) for root, seq in answer.revokes]
    _keep(connection, entries)
    for root, seq in answer.grants:
        fresh = {"root": root, "state": "backfilling", "grant_seq": seq, "next_key": ""}
        statement = upsert(ROOTS).values(fresh)
        connection.execute(statement.on_conflict_do_update(index_elements=["root"], set_=fresh))
    note(connection, page_token=answer.to)
    return len(entries)


def stage_root(connection: Connection, answer: protocol.BackfillAnswer) -> int:
    """Keep a part of a root that came into our scope, and where its next part begins."""
    entries = _rows(answer.tables)
    _keep(connection, entries)
    connection.execute(
        update(ROOTS)
        .where(ROOTS.c.root == answer.root)
        .values(state="filled" if answer.done else "backfilling", next_key=answer.next)
    )
    return len(entries)


def stage_rows(connection: Connection, answer: protocol.RowsAnswer) -> int:
    """Keep rows that were asked for one by one, whatever version of them is here."""
    entries = _rows(answer.tables) + _gone(answer.gone)
    for entry in entries:
        connection.execute(
            update(META)
            .where(META.c.entity == entry["entity"], META.c.row_id == entry["row_id"])
            .values(version=0, hash=0)
        )
    _keep(connection, entries)
    return len(entries)


def open_roots(connection: Connection) -> list[tuple[str, str]]:
    """Return the granted roots that are not whole yet, with the key to go on from."""
    query = select(ROOTS.c.root, ROOTS.c.next_key).where(ROOTS.c.state == "backfilling")
    return [(root, key) for root, key in connection.execute(query.order_by(ROOTS.c.root))]


def has_news(connection: Connection) -> bool:
    """Whether anything waits in the inbox."""
    return connection.scalar(select(INBOX.c.n).limit(1)) is not None


def staged(connection: Connection, *kinds: str) -> list[Staged]:
    """Return what is staged of these kinds, in the order of the server's history."""
    query = select(INBOX).where(INBOX.c.kind.in_(kinds)).order_by(INBOX.c.seq, INBOX.c.n)
    found = []
    for row in connection.execute(query):
        body = msgspec.json.decode(row.payload) if row.payload else {}
        values = body.get("f", {}) if row.kind == "row" else None
        found.append(
            Staged(
                row.entity,
                row.row_id,
                row.seq,
                row.version,
                body.get("root", ""),
                values,
                row.n,
                by=tuple(body.get("by", ("", "", 0))),
            )
        )
    return found


def clear(connection: Connection, *, but: set[int]) -> None:
    """Empty the inbox, `but` for the entries that wait for what they belong to."""
    query = delete(INBOX)
    connection.execute(query.where(INBOX.c.n.not_in(but)) if but else query)


def start_over(connection: Connection, **values: Any) -> None:
    """Forget how far we have read, so that everything is read again; no row is touched.

    What the server turns out not to have is found by the digest afterwards.
    """
    connection.execute(delete(INBOX))
    connection.execute(delete(ROOTS).where(ROOTS.c.state != "leaving"))
    connection.execute(update(META).values(version=0, hash=0))
    note(connection, cursor_seq=0, page_token=0, **values)


def in_batches(items: list[Any], size: int = _BATCH) -> list[list[Any]]:
    return [items[start : start + size] for start in range(0, len(items), size)]


class _Authors:
    """Who made the rows of a page, by their places in the server's history."""

    def __init__(self, made: list[tuple[int, str, str, int]]) -> None:
        self._made = made
        self._starts = [start for start, *_by in made]

    def body(self, seq: int) -> dict[str, Any]:
        at = bisect_right(self._starts, seq) - 1
        return {"by": self._made[at][1:]} if at >= 0 else {}


_UNKNOWN = _Authors([])


def _rows(tables: list[protocol.Table], authors: _Authors = _UNKNOWN) -> list[dict[str, Any]]:
    made = []
    for table in tables:
        names = table.c[4:]
        for row_id, seq, version, root, *cells in table.r:
            known = zip(names, cells, strict=True)
            values = {name: value for name, value in known if value is not None}
            body = {"root": root, "f": values, **authors.body(seq)}
            made.append(_entry("row", seq, table.t, row_id, version, body))
    return made


def _gone(
    gone: list[tuple[str, str, int, int]], authors: _Authors = _UNKNOWN
) -> list[dict[str, Any]]:
    return [
        _entry("del", seq, entity, row_id, version, authors.body(seq))
        for entity, row_id, seq, version in gone
    ]


def _entry(
    kind: str, seq: int, entity: str = "", row_id: str = "", version: int = 0, body: Any = None
) -> dict[str, Any]:
    return {
        "kind": kind,
        "seq": seq,
        "entity": entity,
        "row_id": row_id,
        "version": version,
        "payload": msgspec.json.encode(body) if body is not None else b"",
    }


def _keep(connection: Connection, entries: list[dict[str, Any]]) -> None:
    for batch in in_batches(entries):
        connection.execute(insert(INBOX), batch)


def table_of(entity: str) -> Table:
    return Base.metadata.tables[entity]
