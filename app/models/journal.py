"""What the user changes is remembered and queued for the server, by the flush itself.

ORM = the user, journaled here. Core = the server speaking, not journaled. A service cannot forget
to queue a change, and the sync engine cannot echo one. Field values are in wire form (see
`app.models.wire`); each change carries the value it was made on, so that the server can merge.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Table, event, inspect, select
from sqlalchemy.orm import ORMExecuteState, Session, UOWTransaction

from app.models import change, outbox
from app.models.base import COMPANY, Base, Root, Synced, new_id, user_root
from app.models.change import INSERT, REMOVE, RESTORE, UPDATE, Fields
from app.models.outbox import SCHEMA, Operation, Written
from app.models.wire import encode, fields_of

__all__ = ["SCHEMA", "Operation", "attach", "root_of"]


def attach(session_class: type[Session]) -> None:
    """Make every session of `session_class` journal what it flushes."""
    event.listen(session_class, "before_flush", _give_roots)
    event.listen(session_class, "after_flush", _write)
    event.listen(session_class, "do_orm_execute", _refuse_bulk)


def _refuse_bulk(state: ORMExecuteState) -> None:
    """Refuse statements that would change synchronised rows behind the journal's back."""
    if not (state.is_insert or state.is_update or state.is_delete):
        return
    table = getattr(state.statement, "table", None)
    if isinstance(table, Table) and "removed_at" in table.columns:
        message = f"A bulk statement on {table.name} would escape the journal"
        raise RuntimeError(message)


def _give_roots(session: Session, _context: object, _instances: object) -> None:
    for row in session.new:
        if isinstance(row, Synced):
            _fill_in_defaults(row)
            row.root = row.root or root_of(session, row)
    for row in session.deleted:
        if isinstance(row, Synced):
            message = f"{type(row).__name__} is removed by setting removed_at, never deleted"
            raise RuntimeError(message)  # noqa: TRY004 - it is not the type that is wrong


def _fill_in_defaults(row: Synced) -> None:
    """Put defaults into the row itself: a later change in the same session needs its base."""
    known = inspect(row).dict
    for name in ("removed_at", *(field.name for field in fields_of(type(row)))):
        if name not in known:
            setattr(row, name, getattr(row, name))


def root_of(session: Session, row: Synced) -> str:
    """Return the unit of scope that `row` belongs to, by its entity's `__root__` rule."""
    rule: Root = row.__root__
    if rule.itself:
        return row.id
    if rule.account and (account_id := getattr(row, rule.account)):
        return str(account_id)
    if rule.parent and (parent_id := getattr(row, rule.parent[0])):
        return _parent_root(session, rule.parent[1], parent_id)
    if rule.user and (user_id := getattr(row, rule.user)):
        return user_root(user_id)
    return COMPANY


def _parent_root(session: Session, table_name: str, parent_id: str) -> str:
    for other in session.new:
        if isinstance(other, Synced) and other.id == parent_id:
            return other.root or root_of(session, other)
    table = Base.metadata.tables[table_name]
    with session.no_autoflush:
        root = session.scalar(select(table.c.root).where(table.c.id == parent_id))
    if root is None:
        message = f"No {table_name} {parent_id} to take the root from"
        raise ValueError(message)
    return str(root)


def _write(session: Session, _context: UOWTransaction) -> None:
    rows = [*_inserts(session), *_updates(session)]
    if not rows:
        return
    group = session.info.setdefault("group_id", new_id())
    outbox.queue(session.connection(), rows, group)
    change.note(session, group, [(w.entity, w.row.id, w.kind, w.seen) for w in rows])


def _inserts(session: Session) -> Iterator[Written]:
    # ids are made in the order in which the user made the rows: parents before children
    for row in sorted((r for r in session.new if isinstance(r, Synced)), key=lambda r: r.id):
        yield Written(row, INSERT, outbox.values_of(row), {})


def _updates(session: Session) -> Iterator[Written]:
    for row in session.dirty:
        if not isinstance(row, Synced) or not session.is_modified(row):
            continue
        sent, seen = _changed(row)
        is_back, is_gone = _moved(row)
        if is_back:
            yield Written(row, RESTORE, sent, seen)
        elif sent:
            yield Written(row, UPDATE, sent, seen)
        if is_gone:
            yield Written(row, REMOVE, {}, {})


def _moved(row: Synced) -> tuple[bool, bool]:
    """Return whether a flush brings a row back, and whether it removes it; twice is once."""
    history = inspect(row).attrs["removed_at"].history
    if not history.has_changes():
        return False, False
    was_gone = bool(history.deleted) and history.deleted[0] is not None
    is_gone = row.removed_at is not None
    return not is_gone, is_gone and not was_gone


def _changed(row: Synced) -> tuple[dict[str, Any], Fields]:
    """Return the fields that a flush changes, as they are sent and as they are remembered."""
    attributes = inspect(row).attrs
    sent: dict[str, Any] = {}
    seen: Fields = {}
    for field in fields_of(type(row)):
        history = attributes[field.name].history
        if not history.has_changes():
            continue
        if not history.deleted:
            message = f"{type(row).__name__}.{field.name} was changed without being loaded"
            raise RuntimeError(message)
        before = encode(field, history.deleted[0])
        after = encode(field, history.added[0])
        if before == after:
            continue
        seen[field.name] = [before, after]
        if field.merge == "set":
            sent[field.name] = {
                "add": sorted(set(after) - set(before)),
                "del": sorted(set(before) - set(after)),
            }
        else:
            sent[field.name] = {"b": before, "v": after}
    return sent, seen
