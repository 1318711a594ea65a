"""A push: the operations of one device, in order, in one transaction (SYNC.md 2.6).

Each group is applied whole or parked whole; a parked one never blocks what follows, and every
operation leaves its text and its fate in `sync_op`, so that the same push twice says the same.
"""

from __future__ import annotations

import hashlib
import logging
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import msgspec
from sqlalchemy import insert, select, update
from sqlalchemy.exc import DBAPIError

from app.server import applying, parking, tables
from app.server.devices import Device
from app.server.parking import Parked
from app.server.records import Author, Unit, tenant_write
from app.server.store import Store, is_passing
from app.sync.protocol import Group, Op, Push, PushAnswer, Result

logger = logging.getLogger(__name__)

_HEX32 = re.compile(r"[0-9a-f]{32}")
_decode_result = msgspec.json.Decoder(Result)


class EpochChanged(Exception):  # noqa: N818 - a state rather than an error, and named so
    """The device speaks of another history of this company's records."""

    def __init__(self, epoch: str, last_op_no: int) -> None:
        super().__init__(epoch)
        self.epoch, self.last_op_no = epoch, last_op_no


class OpGap(Exception):  # noqa: N818
    """An operation is missing before these; `expected` is its number."""

    def __init__(self, expected: int) -> None:
        super().__init__(expected)
        self.expected = expected


class Forked(Exception):  # noqa: N818
    """A number that was used comes with another operation: a copy of the device's profile."""


@dataclass(frozen=True)
class _Waiting:
    """An operation of a group, with the id under which it is kept."""

    op: Op
    op_id: str
    group_id: str


def push(store: Store, device: Device, message: Push) -> PushAnswer:
    """Apply a chunk and return the fate of each of its operations.

    Raises `EpochChanged`, `OpGap`, `Forked`, and `Busy` when the database does not take it.
    """
    return store.retrying(lambda: _push(store, device, message))


def _push(store: Store, device: Device, message: Push) -> PushAnswer:
    author = Author(
        device.user_id, device.role, device.device_id, device.offset_ms, device.clock_suspect
    )
    with tenant_write(store, device.tenant_id, author) as unit:
        last = unit.connection.scalar(select(tables.device.c.last_op_no).where(_this(device)))
        last_op_no = int(last or 0)
        if message.epoch and message.epoch != unit.epoch:
            raise EpochChanged(unit.epoch, last_op_no)
        groups = [[_waiting(group, op) for op in group.ops] for group in message.groups]
        _check_numbers(message.first, [one.op.n for group in groups for one in group], last_op_no)
        known = _known(unit, [one for group in groups for one in group if one.op.n <= last_op_no])
        results = list(known)
        _prefetch(unit, (one.op for group in groups for one in group if one.op.n > last_op_no))
        reach = applying.Reach(unit, device, scope_seq=message.scope_seq)
        fresh = [[one for one in group if one.op.n > last_op_no] for group in groups]
        for group in filter(None, fresh):
            results += _apply(unit, reach, group)
        _check_totals(unit, reach)
        upto = max([last_op_no, *(one.op.n for group in groups for one in group)])
        _advance(unit, device, fresh, upto)
        return PushAnswer(message.push_id, upto, unit.seq, results)


def _check_totals(unit: Unit, reach: applying.Reach) -> None:
    """After all lines are here; what goes wrong with it must not lose the push."""
    try:
        with unit.group():
            applying.check_totals(unit, reach)
    except Exception as error:
        if _why(error) is None:
            raise


def _this(device: Device) -> Any:
    table = tables.device.c
    return (table.tenant_id == device.tenant_id) & (table.device_id == device.device_id)


def _waiting(group: Group, op: Op) -> _Waiting:
    return _Waiting(op, _safe(op.id), _safe(group.id))


def _safe(id_: str) -> str:
    """Return an id that every engine can hold: as it is, or what stands for a malformed one."""
    if _HEX32.fullmatch(id_):
        return id_
    return hashlib.blake2b(id_.encode(errors="replace"), digest_size=16).hexdigest()


def _check_numbers(first: int, numbers: list[int], last_op_no: int) -> None:
    if first > last_op_no + 1 or (numbers and numbers[0] != first):
        raise OpGap(last_op_no + 1)
    for before, after in pairwise(numbers):
        if after != before + 1:
            raise OpGap(before + 1)


def _known(unit: Unit, waiting: list[_Waiting]) -> Iterator[Result]:
    """Yield the stored results of operations that came before; `Forked` when they are others."""
    table = tables.op
    wanted = {one.op.n: one.op_id for one in waiting}
    rows = unit.connection.execute(
        select(table.c.op_no, table.c.op_id, table.c.detail)
        .where(
            table.c.tenant_id == unit.tenant_id,
            table.c.device_id == unit.author.device_id,
            table.c.op_no.in_(wanted),
        )
        .order_by(table.c.op_no)
    ).all()
    if {row.op_no: row.op_id for row in rows} != wanted:
        raise Forked
    for row in rows:
        yield _decode_result.decode(row.detail)


def _prefetch(unit: Unit, ops: Iterable[Op]) -> None:
    per_entity: dict[str, list[str]] = {}
    for op in ops:
        if "\0" not in op.t + op.r:
            per_entity.setdefault(op.t, []).append(op.r)
    for entity, row_ids in per_entity.items():
        unit.load(entity, row_ids)


def _apply(unit: Unit, reach: applying.Reach, group: list[_Waiting]) -> list[Result]:
    """Apply a group within a savepoint, or park all of it; either way, say what became of it."""
    try:
        with unit.group():
            results = [_once(unit, reach, one) for one in group]
            _keep(unit, group, results)
    except Exception as error:  # a poisoned operation must not stop the ones behind
        why = _why(error)
        if why is None:
            raise
        with unit.group():
            results = [
                Result(
                    one.op.n, "parked", seq=parking.park(unit, one.op, one.op_id, why),
                    reason=why.reason, note=parking.printable(why.note),
                )
                for one in group
            ]  # fmt: skip
            _keep(unit, group, results)
    return results


def _why(error: Exception) -> Parked | None:
    """Return why a group is parked, or None where the whole transaction has to be run again."""
    if isinstance(error, Parked):
        return error
    if isinstance(error, DBAPIError) and (error.connection_invalidated or is_passing(error)):
        return None
    logger.error("An operation failed and was parked", exc_info=error)
    return Parked(parking.ERROR, type(error).__name__)


def _once(unit: Unit, reach: applying.Reach, one: _Waiting) -> Result:
    """Apply an operation, unless it came before under another number (a re-enrolled device)."""
    table = tables.op
    earlier = unit.connection.execute(
        select(table.c.detail)
        .join(
            tables.device,
            (tables.device.c.tenant_id == table.c.tenant_id)
            & (tables.device.c.device_id == table.c.device_id),
        )
        .where(
            table.c.tenant_id == unit.tenant_id,
            table.c.op_id == one.op_id,
            tables.device.c.user_id == unit.author.user_id,
        )
    ).scalar()
    if earlier is None:
        return applying.apply(unit, reach, one.op, one.op_id)
    stored = _decode_result.decode(earlier)
    return msgspec.structs.replace(stored, n=one.op.n, s="duplicate")


def _keep(unit: Unit, group: list[_Waiting], results: list[Result]) -> None:
    rows = [
        {
            "tenant_id": unit.tenant_id,
            "device_id": unit.author.device_id,
            "op_no": one.op.n,
            "op_id": one.op_id,
            "group_id": one.group_id,
            "received_at": unit.now,
            "body": msgspec.json.encode(one.op).decode(),
            "result": result.s,
            "result_seq": result.seq,
            "detail": msgspec.json.encode(result).decode(),
        }
        for one, result in zip(group, results, strict=True)
    ]
    unit.connection.execute(insert(tables.op), rows)


def _advance(unit: Unit, device: Device, fresh: list[list[_Waiting]], upto: int) -> None:
    applied = [one for group in fresh for one in group]
    if applied:
        unit.connection.execute(
            update(tables.device)
            .where(_this(device))
            .values(last_op_no=upto, last_op_id=applied[-1].op_id, last_seen_at=unit.now)
        )
