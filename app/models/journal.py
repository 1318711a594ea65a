"""What the user changed and the server does not have yet, written by the flush itself.

ORM = the user, journaled here. Core = the server speaking, not journaled. A service cannot forget
to queue a change, and the sync engine cannot echo one. Field values are in wire form (see
`app.models.wire`); each change carries the value it was made on, so that the server can merge.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

from sqlalchemy import Index, Table, event, inspect, select, update
from sqlalchemy.orm import Mapped, ORMExecuteState, Session, UOWTransaction, mapped_column

from app.models.base import COMPANY, ID, Base, Json, Root, Synced, new_id, user_root
from app.models.sync_state import RowMeta, SyncState
from app.models.wire import encode, fields_of

SCHEMA = 1  # raised by each migration that changes a synchronised entity


class Operation(Base):
    """One journaled change of one row; `number` counts without gaps per device."""

    __tablename__ = "operation"
    __table_args__ = (
        Index("ix_operation_state_number", "state", "number"),
        Index("ix_operation_row", "entity", "row_id", "state"),
    )

    number: Mapped[int] = mapped_column(primary_key=True)
    op_id: Mapped[str] = mapped_column(ID, default_factory=new_id)
    group_id: Mapped[str] = mapped_column(ID)
    entity: Mapped[str]
    row_id: Mapped[str] = mapped_column(ID)
    root: Mapped[str]
    kind: Mapped[str]  # I insert, U update (also: restore), D remove
    base_version: Mapped[int] = mapped_column(default=0)
    # of an insert: a value per field; of an update: {"b": base, "v": value} per field,
    # and {"add": [...], "del": [...]} for a set
    fields: Mapped[Any] = mapped_column(Json)
    hlc: Mapped[int] = mapped_column(default=0)
    schema: Mapped[int] = mapped_column(default=SCHEMA)
    state: Mapped[str] = mapped_column(default="pending")  # in_flight, acked, parked, rejected
    push_id: Mapped[str] = mapped_column(ID, default="")
    acked_seq: Mapped[int] = mapped_column(default=0)
    result: Mapped[Any] = mapped_column(Json, nullable=True, default=None)


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
    connection = session.connection()
    state = connection.execute(
        select(SyncState.last_op_no, SyncState.hlc).where(SyncState.id == 1)
    ).one_or_none()
    number, hlc = state or (0, 0)
    hlc = max(hlc + 1, (time.time_ns() // 1_000_000) << 16)
    group = session.info.setdefault("group_id", new_id())
    fresh = []
    for row, kind, fields in rows:
        if kind == "U" and _fold(session, row, fields, group, hlc):
            continue
        number += 1
        fresh.append(_operation(session, row, kind, fields, number=number, group=group, hlc=hlc))
    if fresh:
        connection.execute(Operation.__table__.insert(), fresh)  # type: ignore[attr-defined]
    if state is None:
        connection.execute(
            SyncState.__table__.insert(),  # type: ignore[attr-defined]
            {"id": 1, "database_id": new_id(), **_blank_state(), "last_op_no": number, "hlc": hlc},
        )
    else:
        connection.execute(
            update(SyncState).where(SyncState.id == 1).values(last_op_no=number, hlc=hlc)
        )


def _blank_state() -> dict[str, Any]:
    blank = SyncState()
    return {
        column.name: getattr(blank, column.name)
        for column in SyncState.__table__.columns
        if column.name not in {"id", "database_id"}
    }


def _operation(
    session: Session,
    row: Synced,
    kind: str,
    fields: dict[str, Any],
    *,
    number: int,
    group: str,
    hlc: int,
) -> dict[str, Any]:
    entity = row.__tablename__  # type: ignore[attr-defined]
    version = 0
    if kind != "I":
        version = (
            session.connection().scalar(
                select(RowMeta.version).where(RowMeta.entity == entity, RowMeta.row_id == row.id)
            )
            or 0
        )
    return {
        "number": number,
        "op_id": new_id(),
        "group_id": group,
        "entity": entity,
        "row_id": row.id,
        "root": row.root,
        "kind": kind,
        "base_version": version,
        "fields": fields,
        "hlc": hlc,
        "schema": SCHEMA,
        "state": "pending",
        "push_id": "",
        "acked_seq": 0,
        "result": None,
    }


def _inserts(session: Session) -> Iterator[tuple[Synced, str, dict[str, Any]]]:
    # ids are made in the order in which the user made the rows: parents before children
    for row in sorted((r for r in session.new if isinstance(r, Synced)), key=lambda r: r.id):
        yield row, "I", {f.name: encode(f, getattr(row, f.name)) for f in fields_of(type(row))}


def _updates(session: Session) -> Iterator[tuple[Synced, str, dict[str, Any]]]:
    for row in session.dirty:
        if not isinstance(row, Synced) or not session.is_modified(row):
            continue
        attributes = inspect(row).attrs
        fields: dict[str, Any] = {}
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
            if field.merge == "set":
                fields[field.name] = {
                    "add": sorted(set(after) - set(before)),
                    "del": sorted(set(before) - set(after)),
                }
            else:
                fields[field.name] = {"b": before, "v": after}
        moved = attributes["removed_at"].history.has_changes()
        if fields or (moved and row.removed_at is None):
            yield row, "U", fields
        if moved and row.removed_at is not None:
            yield row, "D", {}


def _fold(session: Session, row: Synced, fields: dict[str, Any], group: str, hlc: int) -> bool:
    """Join this update to the row's last pending one: first base, last value (SYNC.md 2.6).

    Not when it would point to a row that is journaled later than the operation it joins.
    """
    entity = row.__tablename__  # type: ignore[attr-defined]
    connection = session.connection()
    last = connection.execute(
        select(Operation.number, Operation.kind, Operation.fields, Operation.group_id)
        .where(Operation.entity == entity, Operation.row_id == row.id, Operation.state == "pending")
        .order_by(Operation.number.desc())
        .limit(1)
    ).one_or_none()
    if last is None or last.kind == "D" or not fields:
        return False
    references = {f.name for f in fields_of(type(row)) if f.reference or f.name.endswith("_id")}
    if last.group_id != group and references & fields.keys():
        return False
    merged = _joined(last.kind, dict(last.fields), fields)
    connection.execute(
        update(Operation).where(Operation.number == last.number).values(fields=merged, hlc=hlc)
    )
    return True


def _joined(kind: str, old: dict[str, Any], new: dict[str, Any]) -> dict[str, Any]:
    for name, change in new.items():
        if "add" in change:
            if kind == "I":
                old[name] = sorted((set(old[name]) | set(change["add"])) - set(change["del"]))
                continue
            before = old.get(name, {"add": [], "del": []})
            added = (set(before["add"]) - set(change["del"])) | set(change["add"])
            gone = (set(before["del"]) - set(change["add"])) | set(change["del"])
            old[name] = {"add": sorted(added), "del": sorted(gone)}
        elif kind == "I":
            old[name] = change["v"]
        elif name in old:
            old[name] = {"b": old[name]["b"], "v": change["v"]}
        else:
            old[name] = change
    return old
