"""The history of a record and its parts: who changed what, when, from where, and the way back.

A version is what a command left. It is reached by walking back from the present through all that
was changed since, so nothing has to be kept twice.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from app import i18n
from app.errors import UserError
from app.i18n import _
from app.models import change
from app.models.activity import Activity
from app.models.base import Base
from app.models.base import now as saved_now
from app.models.change import IMPORT, MERGE, REDO, RETURN, SYNC, UNDO, Change, Command
from app.models.sync_state import SyncState
from app.models.team import User
from app.services import field_labels, row_titles, undo, visits

# what belongs to a record: the entity, and its column that names the record
_PARTS: dict[str, tuple[tuple[str, str], ...]] = {
    "account": (("site", "account_id"), ("contact", "account_id")),
    "activity": (("visit_report", "activity_id"), ("document", "about_id")),
    "quote": (
        ("quote_line", "quote_id"), ("clause", "quote_id"), ("signature", "quote_id"),
    ),
    "route_plan": (("route_stop", "route_plan_id"),),
}  # fmt: skip
_STAY = frozenset({"signature", "document"})  # told of, but no version of the record
_PRIVATE = frozenset({"cost", "notes", "internal_note", "credit_limit", "payment_terms", "grade"})
# what follows from the other fields; a total is enough
_SILENT = {
    "quote": undo.DERIVED["quote"] - {"total"},
    "quote_line": undo.DERIVED["quote_line"],
    "expense": frozenset({"exempt", "taxable"}),
}
LIMIT = 40


class Line(NamedTuple):
    """One field of the record or of a part of it; `part` names the part."""

    part: str
    label: str
    before: str
    after: str
    is_private: bool = False  # not for the customer's eyes


class Version(NamedTuple):
    """What one command left, and how it came to be."""

    command_id: str
    at: datetime
    who: str
    name: str  # the same, where `who` is «You»
    where: str  # from which computer, or how, in words
    icon: str
    lines: list[Line]
    is_present: bool


class History(NamedTuple):
    """The versions of a record, newest first; `more` when there are older ones."""

    title: str
    kind: str
    versions: list[Version]
    more: bool


def versions(session: Session, entity: str, row_id: str, *, limit: int = LIMIT) -> History:
    """Return what happened to a record and its parts, as far back as it is kept."""
    rows = _rows_of(session, entity, row_id)
    changes = _changes(session, rows)
    grouped: dict[str, list[Change]] = {}
    for one in reversed(changes):
        grouped.setdefault(one.command_id, []).insert(0, one)
    found: list[Version] = []
    for command_id, group in grouped.items():
        lines = _lines(session, group, row_id)
        command = session.scalars(select(Command).where(Command.id == command_id)).one()
        if not lines:
            continue  # only what has no name on the screens
        if len(found) == limit:
            return History(*row_titles.title(session, entity, row_id)[:2], found, more=True)
        who, name, where, icon = _author(session, command)
        found.append(
            Version(command_id, command.at, who, name, where, icon, lines, is_present=not found)
        )
    return History(*row_titles.title(session, entity, row_id)[:2], found, more=False)


def return_to(session: Session, entity: str, row_id: str, command_id: str) -> str:
    """Make a record and its parts what they were after a command; return its name.

    An ordinary change, which can be taken back. `UserError` when the record is frozen.
    """
    changes = _changes(session, _rows_of(session, entity, row_id))
    last = max((one.n for one in changes if one.command_id == command_id), default=None)
    if last is None:
        raise UserError(_("This version is not kept any more. Nothing was changed."))
    if entity == "activity":
        _refuse_old_visit(session, row_id)
    since = [one for one in changes if one.n > last and one.entity not in _STAY]
    change.begin(session, RETURN)
    undo.write(session, undo.targets_before(since), careful=False)
    session.flush()
    return row_titles.title(session, entity, row_id).words


def _refuse_old_visit(session: Session, row_id: str) -> None:
    visit = session.get(Activity, row_id)
    if visit is not None and not visits.is_editable(visit, now=saved_now()):
        raise UserError(
            _("A visit can be changed for {n} days. Nothing was changed.").format(
                n=visits.EDITABLE_DAYS
            )
        )


def _rows_of(session: Session, entity: str, row_id: str) -> list[str]:
    """Return the ids of a record and of its parts, removed ones too."""
    ids = [row_id]
    for part, column in _PARTS.get(entity, ()):
        table = Base.metadata.tables[part]
        ids += session.scalars(select(table.c.id).where(table.c[column] == row_id))
    return ids


def _changes(session: Session, row_ids: list[str]) -> list[Change]:
    found: list[Change] = []
    for start in range(0, len(row_ids), 500):
        batch = row_ids[start : start + 500]
        found += session.scalars(select(Change).where(Change.row_id.in_(batch)))
    return sorted(found, key=lambda one: one.n)


# who and where from


def _author(session: Session, command: Command) -> tuple[str, str, str, str]:
    me = session.get(SyncState, 1)
    mine = me is not None and command.user_id == me.user_id
    name = _name(session, command.user_id)
    where, icon = {
        UNDO: (_("Undone on this computer"), "undo-2"),
        REDO: (_("Done again on this computer"), "redo-2"),
        RETURN: (_("Returned to a version"), "history"),
        IMPORT: (_("Import"), "file-up"),
        MERGE: (_("Joined with changes of the office"), "git-merge"),
    }.get(command.source, (_("This computer"), "laptop"))
    if command.source == SYNC:
        where, icon = _("Another computer of yours"), "monitor"
        if not mine:
            where = _("From the office") if not command.user_id else _("From another computer")
            icon = "building-2" if not command.user_id else "users"
    return _("You") if mine else name, name, where, icon


def _name(session: Session, user_id: str) -> str:
    user = session.get(User, user_id) if user_id else None
    return user.name if user is not None else _("The office")


# what changed


def _lines(session: Session, changes: Iterable[Change], row_id: str) -> list[Line]:
    """Return the fields that a command changed, those of the record itself first."""
    made: list[Line] = []
    for one in sorted(changes, key=lambda one: (one.row_id != row_id, one.n)):
        part = "" if one.row_id == row_id else _part(session, one)
        words = {"I": _("Added"), "D": _("Removed"), "R": _("Restored")}.get(one.kind)
        if words:
            made.append(Line(part, words, "", ""))
        made += _fields(session, one, part)
    return made


def _part(session: Session, one: Change) -> str:
    name = row_titles.own_words(session, one.entity, one.row_id)
    kind = field_labels.entity_name(one.entity)
    return f"{kind}: {name}" if name else kind


def _fields(session: Session, one: Change, part: str) -> list[Line]:
    made: list[Line] = []
    fields = dict(one.fields)
    if position := _position(fields):
        made.append(Line(part, field_labels.label(one.entity, "lat_e6"), *position))
    for name, (before, after) in fields.items():
        if not field_labels.is_named(one.entity, name) or name in _SILENT.get(one.entity, ()):
            continue
        texts = _text(session, one.entity, name, before), _text(session, one.entity, name, after)
        if texts[0] != texts[1]:
            label = field_labels.label(one.entity, name)
            made.append(Line(part, label, *texts, is_private=name in _PRIVATE))
    return made


def _position(fields: dict[str, Any]) -> tuple[str, str] | None:
    """Take latitude and longitude out of `fields` and return both as one value."""
    pairs = [fields.pop(name, None) for name in ("lat_e6", "lon_e6")]
    if not any(pairs):
        return None

    def said(at: int) -> str:
        parts = [pair[at] for pair in pairs if pair is not None and pair[at] is not None]
        return ", ".join(i18n.number(Decimal(part) / 1_000_000, 5) for part in parts) or "–"

    return said(0), said(1)


def _text(session: Session, entity: str, name: str, value: Any) -> str:
    if name.endswith("_ids") and isinstance(value, list):
        names = [row_titles.own_words(session, name[:-4], id_) for id_ in value]
        return ", ".join(sorted(filter(None, names))) or "–"
    if value in ([], ""):
        return "–"
    return field_labels.value_text(session, entity, name, value)
