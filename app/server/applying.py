"""One operation, from what it may do to what it did: authorise, merge, check, write."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from app.models.base import COMPANY, OFFICE
from app.models.wire import encode
from app.server import members, merging, quotes, roots, writing
from app.server.devices import Device
from app.server.parking import REFERENCE, ROLE, SCHEMA, SCOPE, VALIDATION, Parked
from app.server.records import Record, Unit
from app.sync.catalogue import CATALOGUE, Entity, entity
from app.sync.protocol import ConflictNotice, Op, Result

_HEX32 = re.compile(r"[0-9a-f]{32}")
_TREE_DEPTH = 100
_CLOSING = frozenset({"state", "closed_by", "closed_at"})  # all that a person says of a conflict
FORMER = "by_former_owner"


@dataclass
class Reach:
    """What the device that pushes may write: its scope now, and the one it knew of."""

    unit: Unit
    device: Device
    scope_seq: int = 0
    quotes: set[str] = field(default_factory=set)  # touched: their totals are checked at the end
    _added: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        who = (self.unit.connection, self.unit.tenant_id, self.device.user_id)
        self._now = members.scope_at(*who, self.device.device_id)
        self._known = self._now
        if self.scope_seq:
            self._known = members.scope_at(*who, self.device.device_id, seq=self.scope_seq)

    def sees(self, root: str) -> bool:
        """Whether the user may write under `root`, or might when the device last heard of it."""
        return root in self._now or root in self._added or root in self._known

    def is_former(self, root: str) -> bool:
        return root not in self._now and root not in self._added and root in self._known

    def add(self, root: str) -> None:
        self._added.add(root)


def apply(unit: Unit, reach: Reach, op: Op, op_id: str) -> Result:
    """Apply one operation and return its fate; `Parked` when it cannot be."""
    known = CATALOGUE.get(op.t)
    if known is None:
        raise Parked(SCHEMA, f"This server does not know {op.t}")
    if not _HEX32.fullmatch(op.r):
        raise Parked(VALIDATION, "The id of a row is 32 hexadecimal digits")
    current = unit.get(op.t, op.r)
    _authorise(reach, known, op, current)
    match op.k:
        case "D":
            return _remove(unit, reach, op, op_id, current)
        case "I":
            return _change(unit, reach, known, op, op_id, current)
        case "U" if current is not None:
            return _change(unit, reach, known, op, op_id, current)
        case "U":
            raise Parked(REFERENCE, "The row that this changes is not here")
        case _:
            raise Parked(VALIDATION, f"{op.k} is no kind of operation")


def _authorise(reach: Reach, known: Entity, op: Op, current: Record | None) -> None:
    role = reach.device.role
    if role not in known.writers:
        raise Parked(ROLE, f"A {role} does not write {known.name}")
    if known.name == "conflict" and (op.k != "U" or not op.f.keys() <= _CLOSING):
        raise Parked(ROLE, "Of a conflict only its state can be changed")
    if current is not None:
        _check_root(reach, known, current.root)


def _check_root(reach: Reach, known: Entity, root: str) -> None:
    if not reach.sees(root):
        raise Parked(SCOPE)
    if root == COMPANY and reach.device.role not in OFFICE and not _always_shared(known):
        raise Parked(ROLE, "What all of the company shares is changed by the office")


@cache
def _always_shared(known: Entity) -> bool:
    """Whether its rows are the whole company's by nature: then `writers` alone says who may."""
    rule = known.root
    if rule.itself or rule.account or rule.user:
        return False
    return rule.parent is None or _always_shared(entity(rule.parent[1]))


def _remove(unit: Unit, reach: Reach, op: Op, op_id: str, current: Record | None) -> Result:
    if current is None or current.deleted:
        seq = current.seq if current else 0
        return Result(op.n, "noop", ver=current.ver if current else 0, seq=seq)
    if current.entity == "quote":
        quotes.check_frozen(current, ["removed_at"])
    if current.entity in quotes.PARTS:
        quotes.check_line(unit, current.body, hlc=op.hlc)
        reach.quotes.add(str(current.body.get("quote_id")))
    if _edited_meanwhile(unit, reach, current, op):
        # written anew, so that the device that removed it receives it again
        kept = unit.write(
            current.entity, current.row_id, root=current.root, body=current.body,
            cause=merging.cause_of(unit, op, op_id),
        )  # fmt: skip
        notice = merging.removal_conflict(unit, kept, op, edit_is_mine=False)
        return Result(op.n, "conflict", ver=kept.ver, seq=kept.seq, conflicts=[notice])
    gone = writing.remove(unit, current, merging.cause_of(unit, op, op_id))
    return Result(op.n, "applied", ver=gone.ver, seq=gone.seq, note=_note(reach, gone.root))


def _edited_meanwhile(unit: Unit, reach: Reach, current: Record, op: Op) -> bool:
    """Whether somebody else changed the row, or what goes with it, and the device cannot know."""
    if current.ver > op.bv and merging.changed_by_others(unit, current, since_version=op.bv):
        return True
    return any(
        not child.deleted
        and child.by_device != reach.device.device_id
        and child.seq > reach.device.cursor_seq
        for child in writing.dependants(unit, current)
    )


def _change(
    unit: Unit, reach: Reach, known: Entity, op: Op, op_id: str, current: Record | None
) -> Result:
    outcome = merging.merge(unit, known, op, current)
    if current is None:
        complete(known, outcome.body)
    is_back = current is not None and current.deleted
    if current is not None and not is_back and not outcome.changed:
        return _unchanged(unit, current, op, outcome)
    root = _check(unit, reach, known, op, current, outcome)
    revived_over = is_back and current is not None and _removed_by_others(reach, current, op)
    record = writing.put(unit, known, op.r, outcome.body, merging.cause_of(unit, op, op_id))
    if known.root.itself and current is None:
        reach.add(record.root)
    notices = _notices(unit, record, current, op, outcome)
    if revived_over:
        notices.append(merging.removal_conflict(unit, record, op, edit_is_mine=True))
    fate = "conflict" if notices else "merged" if outcome.is_merge else "applied"
    return Result(
        op.n, fate, ver=record.ver, seq=record.seq, set=outcome.differs, conflicts=notices,
        note=_note(reach, root),
    )  # fmt: skip


def _unchanged(unit: Unit, current: Record, op: Op, outcome: merging.Outcome) -> Result:
    notices = _notices(unit, current, current, op, outcome)
    fate = "conflict" if notices else "merged" if outcome.is_merge else "noop"
    return Result(
        op.n, fate, ver=current.ver, seq=current.seq, set=outcome.differs, conflicts=notices
    )


def _notices(
    unit: Unit, record: Record, before: Record | None, op: Op, outcome: merging.Outcome
) -> list[ConflictNotice]:
    if before is None or not outcome.lost:
        return []
    return merging.record_conflicts(unit, record, before, op, outcome)


def _removed_by_others(reach: Reach, current: Record, op: Op) -> bool:
    return op.bv < current.ver and current.by_device != reach.device.device_id


def _note(reach: Reach, root: str) -> str:
    return FORMER if reach.is_former(root) else ""


def complete(known: Entity, body: dict[str, Any]) -> None:
    """Give a new row the defaults of fields that were not said; `Parked` when one is needed."""
    for name, wanted in known.fields.items():
        if body.get(name) is not None or wanted.nullable:
            continue
        default = known.mapped.__table__.columns[name].default  # type: ignore[attr-defined]
        if default is None or not default.is_scalar:
            raise Parked(VALIDATION, f"{known.name} needs {name}")
        body[name] = encode(wanted, default.arg)


def _check(
    unit: Unit,
    reach: Reach,
    known: Entity,
    op: Op,
    current: Record | None,
    outcome: merging.Outcome,
) -> str:
    """Refuse what would break a reference, a quote or the scope; return the row's root."""
    body = outcome.body
    check_references(unit, known, op.r, body, outcome.changed, sees=reach.sees)
    try:
        root = roots.root_of(unit, known, op.r, body)
    except roots.NoParentError as error:
        raise Parked(REFERENCE, str(error)) from error
    if not (known.root.itself and current is None):
        _check_root(reach, known, root)
    if known.name == "quote":
        quotes.check_frozen(current, outcome.changed)
        quotes.check_number(unit, op.r, body, hlc=op.hlc, series=reach.device.series)
        reach.quotes.add(op.r)
    if known.name in quotes.PARTS and body.get("quote_id"):
        quotes.check_line(unit, body, hlc=op.hlc)
        reach.quotes.add(str(body["quote_id"]))
    return root


def check_references(
    unit: Unit, known: Entity, row_id: str, body: dict[str, Any], changed: set[str], *, sees: Any
) -> None:
    """Park a reference to what is not here, or not for this user: both have one answer."""
    for name in sorted(changed & known.fields.keys()):
        wanted, value = known.fields[name], body.get(name)
        if not wanted.reference or value is None:
            continue
        target = unit.get(wanted.reference, value) if _HEX32.fullmatch(value) else None
        if target is None or not sees(target.root):
            raise Parked(REFERENCE, f"{name}: there is no such {wanted.reference}")
        if wanted.reference == known.name:
            _check_tree(unit, known.name, row_id, name, target)


def _check_tree(unit: Unit, entity: str, row_id: str, column: str, above: Record) -> None:
    for _step in range(_TREE_DEPTH):
        if above.row_id == row_id:
            raise Parked(VALIDATION, f"{column} would make a circle")
        parent_id = above.body.get(column)
        parent = unit.get(entity, parent_id) if parent_id else None
        if parent is None:
            return
        above = parent
    raise Parked(VALIDATION, f"{column} is more than {_TREE_DEPTH} deep")


def check_totals(unit: Unit, reach: Reach) -> None:
    """Compare the totals of every quote that this push touched with those of its lines."""
    for quote_id in sorted(reach.quotes):
        quotes.check_totals(unit, quote_id)
