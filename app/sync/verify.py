"""Whether what is here is what the server has, and which rows are not (SYNC.md 2.15).

Each row adds a hash to the sum of its entity; equal sums mean equal rows. Where they differ the
search goes down – root by root, row by row – and only the rows that differ are fetched.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select

from app.models.base import Base, new_id
from app.models.database import Changes
from app.models.sync_state import Recovery
from app.sync import evict
from app.sync.catalogue import CATALOGUE, cell_hash
from app.sync.inbox import META, ROOTS, table_of
from app.sync.overlay import Key
from app.sync.protocol import DigestAnswer

_MODULUS = 2**64
_RECOVERY = Base.metadata.tables[Recovery.__tablename__]

Sums = dict[str, tuple[int, str]]


def sums(connection: Connection) -> Sums:
    """Return count and hex sum per entity of what is here."""
    return {entity: _total(rows) for entity, rows in _cells(connection).items()}


def differing(here: Sums, there: Sums) -> list[str]:
    """Return the entities whose sums differ, sorted."""
    names = here.keys() | there.keys()
    empty = (0, f"{0:016x}")
    return sorted(
        name for name in names if tuple(here.get(name, empty)) != tuple(there.get(name, empty))
    )


def roots_to_compare(
    connection: Connection, entities: list[str], answer: DigestAnswer
) -> list[str]:
    """Return the roots in which these entities differ from a level 2 answer."""
    there = {(entity, root): (n, total) for entity, root, n, total in answer.cells}
    by_root: dict[Key, list[Any]] = defaultdict(list)
    for entity, rows in _cells(connection).items():
        for row in rows:
            if entity in entities:
                by_root[entity, row.root].append(row)
    here = {key: _total(rows) for key, rows in by_root.items()}
    return sorted({key[1] for key in here.keys() | there.keys() if here.get(key) != there.get(key)})


def rows_to_fetch(
    connection: Connection, entities: list[str], roots: list[str], answer: DigestAnswer
) -> list[Key]:
    """Return the rows that differ from a level 3 answer, or that one side alone has."""
    there = {(entity, row_id): (ver, int(total)) for entity, row_id, ver, total in answer.cells}
    wanted = set(roots)
    here = {
        (entity, row.row_id): (row.version, row.hash)
        for entity, rows in _cells(connection).items()
        if entity in entities
        for row in rows
        if row.root in wanted
    }
    return sorted(key for key in here.keys() | there.keys() if here.get(key) != there.get(key))


def put_aside(connection: Connection, changes: Changes, keys: list[Key], at: datetime) -> int:
    """Move rows that the server does not have out of the tables, into `recovery` for 90 days.

    What cannot be without them goes with them. Rows with changes that were not sent stay, and what
    these belong to: the push makes them known.
    """
    lost = evict.closed([key for key in keys if key[0] in CATALOGUE], connection)
    for entity, row_id in lost:
        table = table_of(entity)
        row = connection.execute(select(table).where(table.c.id == row_id)).mappings().one_or_none()
        if row is not None:
            payload = {name: value for name, value in row.items() if value is not None}
            connection.execute(
                insert(_RECOVERY),
                {
                    "id": new_id(), "reason": "not_at_the_office", "entity": entity,
                    "row_id": row_id, "at": at,
                    "payload": {name: str(value) for name, value in payload.items()},
                },
            )  # fmt: skip
    connection.exec_driver_sql("PRAGMA defer_foreign_keys=ON")
    return evict.evict(connection, lost, changes)


def _cells(connection: Connection) -> dict[str, list[Any]]:
    """Return what is held of each row, per entity, without what is leaving."""
    leaving = select(ROOTS.c.root).where(ROOTS.c.state == "leaving")
    query = select(META.c.entity, META.c.row_id, META.c.root, META.c.version, META.c.hash).where(
        META.c.root != "", META.c.root.not_in(leaving)
    )
    found: dict[str, list[Any]] = defaultdict(list)
    for row in connection.execute(query).all():  # at once: a tenth of a second per 10,000 rows
        found[row.entity].append(row)
    return found


def _total(rows: list[Any]) -> tuple[int, str]:
    total = sum(cell_hash(row.entity, row.row_id, row.version, row.hash) for row in rows)
    return len(rows), f"{total % _MODULUS:016x}"
