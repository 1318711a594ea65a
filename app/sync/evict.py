"""What is not ours to see any more leaves this computer, once all of it that is ours was sent."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from sqlalchemy import Connection, delete, exists, func, select, update
from sqlalchemy.dialects.sqlite import insert as upsert

from app.models.base import Base
from app.models.database import Changes
from app.models.document import Document
from app.models.sync_state import FileQueueEntry
from app.sync import inbox, overlay
from app.sync.catalogue import CATALOGUE
from app.sync.inbox import META, ROOTS, in_batches, table_of
from app.sync.overlay import OPERATION, UNSENT, Key

_FILES = Base.metadata.tables[FileQueueEntry.__tablename__]
_DOCUMENT = Base.metadata.tables[Document.__tablename__]


def leave(connection: Connection, changes: Changes) -> int:
    """Evict the rows that moved away and the roots that were taken back; return how many rows.

    A root with changes or files that the server does not have stays, marked as leaving, and is
    tried again with the next checkpoint.
    """
    present = select(ROOTS.c.root, ROOTS.c.grant_seq).where(ROOTS.c.state != "leaving")
    granted = {row.root: row.grant_seq for row in connection.execute(present)}
    for entry in inbox.staged(connection, "revoke"):
        if granted.get(entry.row_id, -1) < entry.seq:
            _mark_leaving(connection, entry.row_id, entry.seq)
    connection.execute(update(ROOTS).where(ROOTS.c.state == "filled").values(state="present"))
    count = evict(connection, _moved_away(connection), changes)
    leaving = select(ROOTS.c.root).where(ROOTS.c.state == "leaving").order_by(ROOTS.c.root)
    for root in connection.scalars(leaving).all():
        if not _has_unsent(connection, root):
            count += evict(connection, _rows_under(connection, root), changes)
            connection.execute(delete(META).where(META.c.root == root))
            connection.execute(delete(ROOTS).where(ROOTS.c.root == root))
    return count


def _mark_leaving(connection: Connection, root: str, seq: int) -> None:
    fresh = {"root": root, "state": "leaving", "grant_seq": seq, "next_key": ""}
    statement = upsert(ROOTS).values(fresh)
    connection.execute(statement.on_conflict_do_update(index_elements=["root"], set_=fresh))


def scope_seq(connection: Connection) -> int:
    """Return the last change of scope that was carried out here: roots that are leaving are not.

    An operation is judged by the scope that its author knew.
    """
    query = select(func.min(ROOTS.c.grant_seq)).where(ROOTS.c.state == "leaving")
    first, cursor = connection.scalar(query), int(inbox.state(connection).cursor_seq)
    return cursor if first is None else min(cursor, first - 1)


def _moved_away(connection: Connection) -> list[Key]:
    """Return the rows whose last word is that they moved out of our scope."""
    last: dict[Key, int] = {}
    for row in inbox.staged(connection, "row", "del"):
        last[row.entity, row.row_id] = row.seq
    gone = [
        (entry.entity, entry.row_id)
        for entry in inbox.staged(connection, "exit")
        if last.get((entry.entity, entry.row_id), -1) < entry.seq and entry.entity in CATALOGUE
    ]
    unsent = overlay.unsent(connection, gone)
    return [key for key in gone if key not in unsent]


def _has_unsent(connection: Connection, root: str) -> bool:
    """Whether a change or a file under this root is not at the office yet."""
    changes_ = exists().where(OPERATION.c.root == root, OPERATION.c.state.in_(UNSENT))
    files = exists().where(
        _FILES.c.direction == "up",
        _FILES.c.state != "stored",
        _FILES.c.sha256 == _DOCUMENT.c.sha256,
        _DOCUMENT.c.root == root,
    )
    return bool(connection.scalar(select(changes_ | files)))


def _rows_under(connection: Connection, root: str) -> list[Key]:
    found: list[Key] = []
    for entity in CATALOGUE:
        table = table_of(entity)
        ids = connection.scalars(select(table.c.id).where(table.c.root == root))
        found += [(entity, row_id) for row_id in ids]
    return found


def evict(connection: Connection, keys: Iterable[Key], changes: Changes) -> int:
    """Delete rows, children first; what else points to them points to nothing."""
    by_entity: dict[str, list[str]] = {}
    for entity, row_id in keys:
        by_entity.setdefault(entity, []).append(row_id)
    for entity in sorted(by_entity, key=lambda name: -CATALOGUE[name].order):
        table, row_ids = table_of(entity), by_entity[entity]
        for batch in in_batches(row_ids):
            _unlink(connection, entity, batch)
            connection.execute(delete(table).where(table.c.id.in_(batch)))
            connection.execute(
                delete(META).where(META.c.entity == entity, META.c.row_id.in_(batch))
            )
        changes.removed[CATALOGUE[entity].mapped].update(row_ids)
    return sum(len(row_ids) for row_ids in by_entity.values())


def closed(keys: Iterable[Key], connection: Connection) -> list[Key]:
    """Return rows together with all that cannot be without them, as far as it may leave.

    A row with changes that the office does not have stays, and so does what it belongs to. A row
    that was removed here is in no digest, but still points to what it belongs to.
    """
    found, edge = set(keys), set(keys)
    parents: dict[Key, set[Key]] = {}
    while edge:
        below: set[Key] = set()
        for child, parent in _children(connection, edge):
            parents.setdefault(child, set()).add(parent)
            below.add(child)
        edge = below - found
        found |= edge
    staying = set(overlay.unsent(connection, sorted(found))) & found
    edge = set(staying)
    while edge:
        edge = {parent for child in edge for parent in parents.get(child, ())} - staying
        staying |= edge
    return sorted(found - staying)


def _children(connection: Connection, keys: set[Key]) -> Iterator[tuple[Key, Key]]:
    """Yield each row that needs one of `keys`, with the one that it needs."""
    by_entity: dict[str, list[str]] = {}
    for entity, row_id in sorted(keys):
        by_entity.setdefault(entity, []).append(row_id)
    for other in CATALOGUE.values():
        for reference in other.fields.values():
            wanted = by_entity.get(reference.reference or "")
            if not wanted or reference.nullable:
                continue
            table = table_of(other.name)
            column = table.c[reference.name]
            for batch in in_batches(wanted):
                query = select(table.c.id, column.label("parent")).where(column.in_(batch))
                for row in connection.execute(query):
                    yield (other.name, row.id), (str(reference.reference), row.parent)


def _unlink(connection: Connection, entity: str, row_ids: list[str]) -> None:
    """Clear optional references to these rows; the server's word on them stays in `extra`."""
    for other in CATALOGUE.values():
        for reference in other.fields.values():
            if reference.reference != entity or not reference.nullable:
                continue
            table = table_of(other.name)
            column = table.c[reference.name]
            pointing = connection.execute(
                select(table.c.id, column.label("target")).where(column.in_(row_ids))
            ).all()
            for row in pointing:
                keep_apart(connection, (other.name, row.id), {reference.name: row.target})
            if pointing:
                connection.execute(
                    update(table).where(column.in_(row_ids)).values({reference.name: None})
                )


def keep_apart(connection: Connection, key: Key, values: dict[str, object]) -> None:
    """Add to what the server says of a row and its table cannot hold."""
    where = (META.c.entity == key[0]) & (META.c.row_id == key[1])
    extra = connection.scalar(select(META.c.extra).where(where)) or {}
    connection.execute(update(META).where(where).values(extra={**extra, **values}))
