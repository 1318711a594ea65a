"""The same field changed in two places: both values side by side, and one click to swap them.

Nothing is ever overwritten by deciding: a swap is an ordinary change of the user, based on the
value that is there now, so that it can conflict and be swapped again.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.errors import UserError
from app.i18n import _
from app.models.base import Synced
from app.models.sync_state import Conflict
from app.models.team import User
from app.models.wire import decode
from app.services import field_labels, row_titles, team
from app.services.row_titles import Title

MINE, OFFICE = "mine", "office"
REMOVAL = "removal"  # the policy of a conflict between a removal and an edit
_LOCKED = "authority"  # the policy of fields that the office decides


class Case(NamedTuple):
    """A record with open conflicts."""

    id: str  # of the first conflict: opens the case
    entity: str
    row_id: str
    title: Title
    fields: int
    is_removal: bool


class Choice(NamedTuple):
    """A field with both its values, as wire values and as a person reads them."""

    conflict_id: str
    field: str
    label: str
    before: str
    mine: str
    office: str
    mine_value: Any
    office_value: Any
    applied: str  # which of the two is on the record now: mine or office
    locked: bool  # the office decides this field
    is_text: bool  # a third value can be typed


class Details(NamedTuple):
    """All open conflicts of one record, and who wrote what when."""

    case: Case
    choices: list[Choice]
    other: str  # who wrote the other version: a name, or «»
    other_is_me: bool  # on another of my computers
    mine_at: datetime | None
    other_at: datetime | None
    by_office: bool  # the other version came without a user: an import, the office's program


def open_conflicts(session: Session) -> list[Case]:
    """Return the records with open conflicts, oldest first."""
    query = select(Conflict).where(Conflict.state == "open", Conflict.removed_at.is_(None))
    grouped: dict[tuple[str, str], list[Conflict]] = {}
    for conflict in session.scalars(query.order_by(Conflict.id)):
        grouped.setdefault((conflict.entity, conflict.row_id), []).append(conflict)
    return [_case(session, group) for group in grouped.values()]


def _case(session: Session, group: list[Conflict]) -> Case:
    first = group[0]
    return Case(
        first.id, first.entity, first.row_id,
        row_titles.title(session, first.entity, first.row_id), len(group),
        any(conflict.policy == REMOVAL for conflict in group),
    )  # fmt: skip


def get(session: Session, conflict_id: str) -> Details:
    """Return all open conflicts of the record that this one is about.

    `UserError` when it is settled already, here or on another computer.
    """
    one = session.get(Conflict, conflict_id)
    if one is None or one.removed_at is not None or one.state != "open":
        raise UserError(
            _("This conflict is already settled."), _("The record shows how it was left.")
        )
    query = select(Conflict).where(
        Conflict.entity == one.entity, Conflict.row_id == one.row_id, Conflict.state == "open",
        Conflict.removed_at.is_(None),
    )  # fmt: skip
    group = list(session.scalars(query.order_by(Conflict.id)))
    me = team.my_id(session)
    last = group[-1]
    mine_lost = _mine_lost(last, me)
    other_id = last.winner_by if mine_lost else last.loser_by
    other = session.get(User, other_id) if other_id else None
    return Details(
        case=_case(session, group),
        choices=[_choice(session, conflict, me) for conflict in group],
        other=other.name if other else "",
        other_is_me=bool(other_id) and other_id == me,
        mine_at=last.loser_at if mine_lost else last.winner_at,
        other_at=last.winner_at if mine_lost else last.loser_at,
        by_office=not other_id,
    )


def _mine_lost(conflict: Conflict, me: str) -> bool:
    """Whether the losing value is the one to call mine; between two of mine the later loser is."""
    return conflict.winner_by != me or conflict.loser_by == me


def _choice(session: Session, conflict: Conflict, me: str) -> Choice:
    mine_lost = _mine_lost(conflict, me)
    mine, office = (
        (conflict.loser, conflict.winner) if mine_lost else (conflict.winner, conflict.loser)
    )

    def said(value: object) -> str:
        if conflict.policy == REMOVAL:
            removed = isinstance(value, dict) and bool(value.get("removed"))
            return _("Removed") if removed else _("Kept, with the changes")
        return field_labels.value_text(session, conflict.entity, conflict.field, value)

    known = field_labels.field_of(conflict.entity, conflict.field)
    return Choice(
        conflict.id,
        conflict.field,
        field_labels.label(conflict.entity, conflict.field) if conflict.field else _("Record"),
        "" if conflict.policy == REMOVAL else said(conflict.base),
        said(mine),
        said(office),
        mine,
        office,
        applied=OFFICE if mine_lost else MINE,
        locked=conflict.policy == _LOCKED and mine_lost,
        is_text=known is not None and known.wire == "text" and not known.reference,
    )


def settle(
    session: Session, choices: Mapping[str, str], *, now: datetime, typed: Mapping[str, str] | None
) -> int:
    """Close conflicts as chosen – «mine» or «office» per id – and return how many.

    `typed` gives a third value for some. What is chosen and not on the record is written as a
    change of the user, whose base is what is there now. `UserError` when a record is gone.
    """
    texts = typed or {}
    me = team.my_id(session)
    count = 0
    for conflict_id, side in choices.items():
        conflict = session.get(Conflict, conflict_id)
        if conflict is None or conflict.state != "open":
            continue
        applied = OFFICE if _mine_lost(conflict, me) else MINE
        if conflict_id in texts:
            merge(session, conflict_id, texts[conflict_id], now=now)
        elif side == applied:
            keep(session, conflict_id, now=now)
        else:
            swap(session, conflict_id, now=now)
        count += 1
    return count


def keep(session: Session, conflict_id: str, *, now: datetime) -> None:
    """Leave the record as it is and close the conflict."""
    _close(session, _open(session, conflict_id), "kept", now)


def swap(session: Session, conflict_id: str, *, now: datetime) -> None:
    """Put the value that lost on the record and close the conflict."""
    conflict = _open(session, conflict_id)
    row = _row(session, conflict)
    if conflict.policy == REMOVAL:
        removes = bool((conflict.loser or {}).get("removed"))
        row.removed_at = now if removes else None
    else:
        _write(row, conflict, conflict.loser)
    _close(session, conflict, "swapped", now)


def merge(session: Session, conflict_id: str, value: str, *, now: datetime) -> None:
    """Put a third value on the record, typed by the user, and close the conflict."""
    conflict = _open(session, conflict_id)
    _write(_row(session, conflict), conflict, value)
    _close(session, conflict, "merged", now)


def _open(session: Session, conflict_id: str) -> Conflict:
    conflict = session.get(Conflict, conflict_id)
    if conflict is None or conflict.state != "open":
        raise UserError(
            _("This conflict is already settled."), _("The record shows how it was left.")
        )
    return conflict


def _row(session: Session, conflict: Conflict) -> Synced:
    known = field_labels.mapped(conflict.entity)
    row = session.get(known, conflict.row_id) if known else None
    if row is None:
        raise UserError(
            _("This record is no longer on this computer, so nothing was changed."),
            _("Ask the office: both values are kept there."),
        )
    return row


def _write(row: Synced, conflict: Conflict, value: Any) -> None:
    known = field_labels.field_of(conflict.entity, conflict.field)
    if known is None:
        raise UserError(
            _("This version of the program does not know this field."),
            _("Update Viajante to decide it."),
        )
    setattr(row, conflict.field, decode(known, value))


def _close(session: Session, conflict: Conflict, state: str, now: datetime) -> None:
    conflict.state = state
    conflict.closed_by, conflict.closed_at = team.my_id(session), now
