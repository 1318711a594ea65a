"""The changes that wait for the server: folded, numbered without gaps, withdrawn when undone.

Consecutive changes of one row are one operation while it waits. What is taken back before it was
sent leaves nothing to send: operations that come to nothing are withdrawn, and the ones behind
them, of which the server has not heard yet, move up.
"""

from __future__ import annotations

import re
import time
from functools import cached_property
from typing import Any, NamedTuple

from sqlalchemy import (
    Connection,
    Index,
    String,
    bindparam,
    delete,
    func,
    select,
    type_coerce,
    update,
)
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import ID, Base, Json, Synced, new_id
from app.models.change import REMOVE, RESTORE, Fields
from app.models.sync_state import RowMeta, SyncState
from app.models.wire import encode, fields_of

SCHEMA = 2  # raised by each migration that changes a synchronised entity


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
    kind: Mapped[str]  # I insert, U update, D remove; a U without fields brings a row back
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


class Written(NamedTuple):
    """What a flush did to a row: as it is sent, and as it is remembered."""

    row: Synced
    kind: str  # I, U, D, R
    sent: dict[str, Any]
    seen: Fields

    @property
    def entity(self) -> str:
        return str(self.row.__tablename__)  # type: ignore[attr-defined]  # every entity has one


_OPERATION = Base.metadata.tables[Operation.__tablename__]
_ID = re.compile(r"\b[0-9a-f]{32}\b")


def queue(connection: Connection, rows: list[Written], group: str) -> None:
    """Have the server told of what a transaction, `group`, did to `rows`."""
    hlc = _tick(connection)
    if _is_alone(connection):
        return  # there is no server that would ever hear of it
    flush = _Flush(connection, group, hlc)
    # removals last, the newest first: what belongs to a row was made after it
    gone = sorted((w for w in rows if w.kind == REMOVE), key=lambda w: w.row.id, reverse=True)
    for written in [*(w for w in rows if w.kind != REMOVE), *gone]:
        flush.take(written)
    flush.write()


def _is_alone(connection: Connection) -> bool:
    """Whether somebody works here without any server (`app.services.alone`)."""
    query = select(SyncState.user_id, SyncState.device_id, SyncState.server_url)
    state = connection.execute(query.where(SyncState.id == 1)).one_or_none()
    return bool(state and state.user_id and not state.device_id and not state.server_url)


def _tick(connection: Connection) -> int:
    """Return a moment later than every earlier one, whatever the clock says."""
    last = connection.scalar(select(SyncState.hlc).where(SyncState.id == 1))
    if last is None:
        blank = SyncState()
        values = {
            column.name: getattr(blank, column.name)
            for column in SyncState.__table__.columns
            if column.name not in {"id", "database_id"}
        }
        connection.execute(
            SyncState.__table__.insert(),  # type: ignore[attr-defined]
            {"id": 1, "database_id": new_id(), **values},
        )
    return max((last or 0) + 1, (time.time_ns() // 1_000_000) << 16)


class _Flush:
    """What one flush adds to the operations that wait, and takes away from them."""

    def __init__(self, connection: Connection, group: str, hlc: int) -> None:
        self._connection, self._group, self._hlc = connection, group, hlc
        self._fresh: list[dict[str, Any]] = []
        self._withdrawn: set[int] = set()
        self._gone: set[str] = set()  # rows that were withdrawn whole

    def take(self, written: Written) -> None:
        """Queue what a change needs, once the waiting operations have taken in what they can."""
        match written.kind:
            case "I":
                self._add(written, "I", written.sent)
            case "D":
                if not (self._withdraw_last(written, "U") or self._withdraw_made(written)):
                    self._add(written, "D", {})
            case "R" if self._was_never_sent(written):
                self._add(written, "I", values_of(written.row))
            case kind:
                if kind == RESTORE and not self._withdraw_last(written, "D"):
                    self._add(written, "U", {})
                if written.sent and not self._fold(written):
                    self._add(written, "U", written.sent)

    def write(self) -> None:
        """Withdraw, number and store; the server counts without gaps."""
        last = self._connection.scalar(select(SyncState.last_op_no).where(SyncState.id == 1)) or 0
        if self._withdrawn:
            last = self._move_up()
        for number, operation in enumerate(self._fresh, last + 1):
            operation["number"] = number
        if self._fresh:
            self._connection.execute(_OPERATION.insert(), self._fresh)
        last += len(self._fresh)
        self._connection.execute(
            update(SyncState).where(SyncState.id == 1).values(last_op_no=last, hlc=self._hlc)
        )

    def _add(self, written: Written, kind: str, fields: dict[str, Any]) -> None:
        self._fresh.append(
            {
                "op_id": new_id(), "group_id": self._group, "entity": written.entity,
                "row_id": written.row.id, "root": written.row.root, "kind": kind,
                "base_version": 0 if kind == "I" else self._version(written), "fields": fields,
                "hlc": self._hlc, "schema": SCHEMA, "state": "pending", "push_id": "",
                "acked_seq": 0, "result": None,
            }
        )  # fmt: skip

    def _version(self, written: Written) -> int:
        query = select(RowMeta.version).where(
            RowMeta.entity == written.entity, RowMeta.row_id == written.row.id
        )
        return self._connection.scalar(query) or 0

    def _waiting(self, written: Written) -> list[Any]:
        """Return the operations on a row that are not on their way yet, the newest first."""
        query = (
            select(_OPERATION)
            .where(
                _OPERATION.c.entity == written.entity,
                _OPERATION.c.row_id == written.row.id,
                _OPERATION.c.state == "pending",
                _OPERATION.c.push_id == "",  # else the server may have it under this id already
            )
            .order_by(_OPERATION.c.number.desc())
        )
        return [op for op in self._connection.execute(query) if op.number not in self._withdrawn]

    def _fold(self, written: Written) -> bool:
        """Join this update to the row's last pending one: first base, last value (SYNC.md 2.6).

        Not when it would point to a row that is journaled later than the operation it joins, and
        not with an update that brings the row back, which says nothing else.
        """
        last = next(iter(self._waiting(written)), None)
        if last is None or last.kind == "D" or (last.kind == "U" and not last.fields):
            return False
        if last.group_id != self._group and _points_to_newer(last, written):
            return False
        merged = _joined(last.kind, dict(last.fields), written.sent)
        if last.kind == "U" and last.base_version == self._version(written):
            # nobody else has changed the row meanwhile: what is as it was need not be said
            merged = {name: said for name, said in merged.items() if not _is_nothing(said)}
        if not merged and last.kind == "U" and self._withdraw([last]):
            return True
        self._connection.execute(
            update(_OPERATION)
            .where(_OPERATION.c.number == last.number)
            # says something else from now on: a disk that was put back may have sent it as it was
            .values(fields=merged, hlc=self._hlc, op_id=new_id())
        )
        return True

    def _withdraw_made(self, written: Written) -> bool:
        """Forget a row that is removed before the server heard of it.

        Not while something else that is to be sent names it.
        """
        waiting, id_ = self._waiting(written), written.row.id
        if not any(operation.kind == "I" for operation in waiting):
            return False
        if any(made["row_id"] == id_ or id_ in str(made["fields"]) for made in self._fresh):
            return False
        if self._named.get(id_, set()) - self._gone:
            return False
        if not self._withdraw(waiting):
            return False
        self._gone.add(id_)
        return True

    def _withdraw_last(self, written: Written, kind: str) -> bool:
        """Withdraw the row's last pending operation where it is a `kind` that says no field."""
        last = next(iter(self._waiting(written)), None)
        if last is None or last.kind != kind or last.fields:
            return False
        return self._withdraw([last])

    def _withdraw(self, operations: list[Any]) -> bool:
        """Take operations back, where the server has heard neither them nor any behind them."""
        if min(operation.number for operation in operations) <= self._heard:
            return False
        self._withdrawn |= {operation.number for operation in operations}
        return True

    @cached_property
    def _heard(self) -> int:
        """The last number that is more than pending."""
        query = select(func.max(_OPERATION.c.number)).where(_OPERATION.c.state != "pending")
        return self._connection.scalar(query) or 0

    @cached_property
    def _named(self) -> dict[str, set[str]]:
        """Which rows name a row in what they have to send."""
        found: dict[str, set[str]] = {}
        fields = type_coerce(_OPERATION.c.fields, String)
        query = select(_OPERATION.c.number, _OPERATION.c.row_id, fields).where(
            _OPERATION.c.state.in_(("pending", "in_flight"))
        )
        for number, row_id, text in self._connection.execute(query):
            for id_ in _ID.findall(text):
                if id_ != row_id and number not in self._withdrawn:
                    found.setdefault(id_, set()).add(row_id)
        return found

    def _move_up(self) -> int:
        """Delete what was withdrawn, number anew what is behind; return the last number."""
        first = min(self._withdrawn)
        number = _OPERATION.c.number
        behind = self._connection.scalars(
            select(number).where(number >= first).order_by(number)
        ).all()
        for batch in _batches(sorted(self._withdrawn)):
            self._connection.execute(delete(_OPERATION).where(number.in_(batch)))
        left = [each for each in behind if each not in self._withdrawn]
        # in the order of the numbers, so that each place is free when it is taken
        moved = [{"old": old, "new": new} for new, old in enumerate(left, first)]
        if moved:
            statement = update(_OPERATION).where(number == bindparam("old"))
            self._connection.execute(statement.values(number=bindparam("new")), moved)
        return first + len(left) - 1

    def _was_never_sent(self, written: Written) -> bool:
        """Whether the server has never heard of a row that comes back."""
        met = select(RowMeta.row_id).where(
            RowMeta.entity == written.entity, RowMeta.row_id == written.row.id
        )
        queued = select(_OPERATION.c.number).where(
            _OPERATION.c.entity == written.entity, _OPERATION.c.row_id == written.row.id
        )
        if self._connection.scalar(met) is not None:
            return False
        return all(each in self._withdrawn for each in self._connection.scalars(queued))


def _batches(numbers: list[int]) -> list[list[int]]:
    return [numbers[start : start + 500] for start in range(0, len(numbers), 500)]


def values_of(row: Synced) -> dict[str, Any]:
    """Return the wire value of each field of a row."""
    return {field.name: encode(field, getattr(row, field.name)) for field in fields_of(type(row))}


def _points_to_newer(last: Any, written: Written) -> bool:
    """Whether a reference may name a row that is journaled after `last`."""
    references = {
        f.name for f in fields_of(type(written.row)) if f.reference or f.name.endswith("_id")
    }
    for name in references & written.sent.keys():
        before = last.fields.get(name)
        target = written.sent[name]["v"]
        is_as_before = last.kind == "U" and before is not None and before["b"] == target
        if target is not None and not is_as_before:
            return True
    return False


def _is_nothing(said: dict[str, Any]) -> bool:
    if "add" in said:
        return not said["add"] and not said["del"]
    return bool(said["b"] == said["v"])


def _joined(kind: str, old: dict[str, Any], new: dict[str, Any]) -> dict[str, Any]:
    for name, said in new.items():
        if "add" in said:
            if kind == "I":
                old[name] = sorted((set(old[name]) | set(said["add"])) - set(said["del"]))
                continue
            before = old.get(name, {"add": [], "del": []})
            # what was added and is taken away again was never there for the others
            added = (set(before["add"]) - set(said["del"])) | (
                set(said["add"]) - set(before["del"])
            )
            gone = (set(before["del"]) - set(said["add"])) | (set(said["del"]) - set(before["add"]))
            old[name] = {"add": sorted(added), "del": sorted(gone)}
        elif kind == "I":
            old[name] = said["v"]
        elif name in old:
            old[name] = {"b": old[name]["b"], "v": said["v"]}
        else:
            old[name] = said
    return old
