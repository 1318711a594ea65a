"""One operation meets the row as it is now: merged field by field, losers kept as conflicts."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select

from app.models.base import new_id
from app.models.wire import Field, decode, encode
from app.server import parking, tables, writing
from app.server.parking import Parked
from app.server.quotes import TOTALS
from app.server.records import Author, Cause, Record, Unit
from app.sync.catalogue import CATALOGUE, Entity
from app.sync.merge import Merged, Side, Sides, merge_field
from app.sync.protocol import ConflictNotice, Op

_HISTORY = 200  # changes of one row that are looked through for a field's last author
_HLC_SHIFT = 16


@dataclass
class Outcome:
    """What became of an operation: the row's new body, and what lost."""

    body: dict[str, Any]
    changed: set[str] = field(default_factory=set)
    differs: dict[str, Any] = field(default_factory=dict)  # final values that were not sent
    lost: list[tuple[str, Any, Merged]] = field(default_factory=list)  # field, base, merge
    is_merge: bool = False


def edited_at(op: Op, author: Author, now: int) -> int:
    """Return when the operation was made, by the device's clock corrected by its offset."""
    return max(0, min((op.hlc >> _HLC_SHIFT) + author.offset_ms, now))


def merge(unit: Unit, known: Entity, op: Op, current: Record | None) -> Outcome:
    """Return what the row becomes by `op`; `Parked` when a value is not one of its field.

    An insert of a row that is there already is an update on an empty base. Fields that this
    version does not know are kept as they came.
    """
    if parking.printable(op.f) != op.f:
        raise Parked(parking.VALIDATION, "A value holds a NUL, a float or a number beyond 2^53")
    outcome = Outcome(dict(current.body) if current else {})
    history: list[Any] | None = None
    mine = Side(edited_at(op, unit.author, unit.now), unit.author.role, unit.author.suspect)
    for name, change in op.f.items():
        base, value = _base_and_value(op, name, change, known.fields.get(name))
        wanted = known.fields.get(name)
        there = outcome.body.get(name)
        if current is None or wanted is None or _is_derived(known, name):
            _take(outcome, wanted, name, value)
            continue
        try:
            merged = merge_field(
                wanted, base, value, there, sides=Sides(known.name, mine, Side(role=""))
            )
            if merged.outcome in {"conflict", "merged"}:
                history = _history(unit, current) if history is None else history
                sides = Sides(known.name, mine, _side(history, name))
                merged = merge_field(wanted, base, value, there, sides=sides)
        except ValueError as error:
            raise Parked(parking.VALIDATION, str(error)) from error
        _settle(outcome, wanted, base, value, merged)
    return outcome


def _base_and_value(op: Op, name: str, change: Any, known: Field | None) -> tuple[Any, Any]:
    if op.k == "I":
        return None, change
    if not isinstance(change, dict):
        raise Parked(parking.VALIDATION, f"{name}: a change has a base and a value")
    if "v" in change:
        return change.get("b"), change["v"]
    if known is not None and known.merge == "set" and change.keys() <= {"add", "del"}:
        return None, change
    raise Parked(parking.VALIDATION, f"{name}: a change has a base and a value")


def _is_derived(known: Entity, name: str) -> bool:
    return name in TOTALS.get(known.name, ())


def _take(outcome: Outcome, wanted: Field | None, name: str, value: Any) -> None:
    """Take a value that meets no other: on a new row, of an unknown field, of a total."""
    if wanted is not None:
        if wanted.merge == "set" and isinstance(value, dict):
            value = sorted(set(value.get("add", [])))
        value = valid(wanted, value)
    if outcome.body.get(name) != value:
        outcome.body[name] = value
        outcome.changed.add(name)


def valid(wanted: Field, value: Any) -> Any:
    """Return the canonical wire form of `value`; `Parked` when it is not one of the field."""
    try:
        made = encode(wanted, decode(wanted, value))
    except (ValueError, TypeError, AttributeError) as error:
        raise Parked(parking.VALIDATION, str(error)) from error
    return made


def _settle(outcome: Outcome, wanted: Field, base: Any, sent: Any, merged: Merged) -> None:
    value = valid(wanted, merged.value)
    if outcome.body.get(wanted.name) != value:
        outcome.body[wanted.name] = value
        outcome.changed.add(wanted.name)
    if merged.outcome == "conflict":
        outcome.lost.append((wanted.name, base, merged))
    outcome.is_merge = outcome.is_merge or merged.outcome == "merged"
    if isinstance(sent, dict) or value != sent:
        outcome.differs[wanted.name] = value


def _history(unit: Unit, current: Record) -> list[Any]:
    unit.flush()
    log = tables.change_log
    query = (
        select(log)
        .where(
            log.c.tenant_id == unit.tenant_id,
            log.c.entity == current.entity,
            log.c.row_id == current.row_id,
        )
        .order_by(log.c.seq.desc())
        .limit(_HISTORY)
    )
    return list(unit.connection.execute(query))


def _side(history: list[Any], name: str) -> Side:
    entry = _last(history, name)
    return Side(entry.edited_at, entry.role) if entry is not None else Side(role="rep")


def _last(history: list[Any], name: str) -> Any:
    return next((entry for entry in history if not name or name in entry.fields), None)


def changed_by_others(unit: Unit, current: Record, *, since_version: int) -> bool:
    """Return whether somebody else changed the row after the version that the device had."""
    return any(
        entry.ver > since_version
        and entry.device_id != unit.author.device_id
        and entry.kind not in {writing.MOVED, writing.TAKEN_ALONG}
        for entry in _history(unit, current)
    )


def record_conflicts(
    unit: Unit, record: Record, before: Record, op: Op, outcome: Outcome
) -> list[ConflictNotice]:
    """Write a conflict for each value that lost, under the row's own root."""
    history = _history(unit, record)
    # the entry of this very operation says nothing about who was there before
    history = [entry for entry in history if entry.seq <= before.seq]
    return [
        _record(unit, record, op, _last(history, name), name=name, base=base, merged=merged)
        for name, base, merged in outcome.lost
    ]


def _record(
    unit: Unit, record: Record, op: Op, theirs: Any, *, name: str, base: Any, merged: Merged
) -> ConflictNotice:
    author = unit.author
    mine_by, mine_at = author.user_id, edited_at(op, author, unit.now)
    their_by = theirs.user_id if theirs is not None else ""
    their_at = theirs.edited_at if theirs is not None else None
    their_device = theirs.device_id if theirs is not None else ""
    lost_mine = merged.loser_is_mine
    conflict_id = new_id()
    body = {
        "entity": record.entity,
        "row_id": record.row_id,
        "field": name,
        "base": base,
        "winner": merged.value,
        "loser": merged.loser,
        "winner_by": their_by if lost_mine else mine_by,
        "winner_at": their_at if lost_mine else mine_at,
        "loser_by": mine_by if lost_mine else their_by,
        "loser_at": mine_at if lost_mine else their_at,
        "loser_device_id": author.device_id if lost_mine else their_device,
        "policy": CATALOGUE[record.entity].fields[name].merge if name else "removal",
        "why": merged.why,
        "state": "open",
        "closed_by": "",
    }
    writing.put_under(unit, record.root, "conflict", conflict_id, parking.printable(body))
    return ConflictNotice(conflict_id, name, merged.value, merged.loser, merged.why)


def removal_conflict(unit: Unit, record: Record, op: Op, *, edit_is_mine: bool) -> ConflictNotice:
    """Write down that a removal met an edit: the row stays, the removal is a question."""
    history = [entry for entry in _history(unit, record) if entry.seq < record.seq]
    theirs = history[0] if edit_is_mine and history else _last(_history(unit, record), "")
    merged = Merged(
        {"removed": False}, "conflict", {"removed": True}, "edit beats removal",
        loser_is_mine=not edit_is_mine,
    )  # fmt: skip
    return _record(unit, record, op, theirs, name="", base=None, merged=merged)


def cause_of(unit: Unit, op: Op, op_id: str) -> Cause:
    """Return what the change log says of an operation."""
    hlc = min(max(op.hlc, 0), 2**63 - 1)
    return Cause(op.k, op_id, hlc, edited_at(op, unit.author, unit.now))
