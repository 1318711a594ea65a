"""Take back what the user did, and do it again: any command, by writing its inverse.

The inverse is written as an ordinary change, so that the journal withdraws what was not sent yet
and sends the opposite of what was. A value that somebody changed since stays as it is.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from app.errors import UserError
from app.i18n import _, ngettext
from app.models import change
from app.models.base import Synced
from app.models.base import now as saved_now
from app.models.change import (
    DONE,
    IMPORT,
    INSERT,
    PASSED,
    REDO,
    REMOVE,
    RESTORE,
    SYNC,
    UNDO,
    UNDOABLE,
    UNDONE,
    Change,
    Command,
)
from app.models.quote import Quote, QuoteLine, QuoteState
from app.models.wire import Field, decode, encode, fields_of
from app.services import field_labels, quote_totals, row_titles

Key = tuple[str, str]  # entity, row id
_MANY = 3  # fields named one by one
# what a draft's lines amount to: computed anew rather than compared
DERIVED = {
    "quote": frozenset({"lines_sum", "base", "tax", "surcharge", "total", "needs_approval"}),
    "quote_line": frozenset({"amount"}),
}


class TakenBack(NamedTuple):
    """What was taken back, or done again, and what stays as it is because it changed since."""

    command_id: str
    words: str
    kept: list[str]


class NotUndoneError(UserError):
    """What cannot be taken back, why, and what to do instead; nothing was changed."""

    def __init__(self, command_id: str, message: str, hint: str = "") -> None:
        super().__init__(message, hint)
        self.command_id = command_id


@dataclass
class Target:
    """What a row is to be: values per field, each with the one it must have now."""

    key: Key
    since: int = 0  # the number of the change that made it so
    values: dict[str, tuple[Any, Any]] = field(default_factory=dict)  # expected, wanted
    alive: tuple[bool, bool] | None = None  # expected, wanted


def last(session: Session, *, now: datetime | None = None, standing: str = DONE) -> str:
    """Return the command that Ctrl+Z takes back (`UNDONE`: that Ctrl+Y does again), or "".

    Of this device and the last 30 days. What was undone last comes back first.
    """
    since = (now or saved_now()) - UNDOABLE
    order = Command.n.desc() if standing == DONE else Command.n.asc()
    query = (
        select(Command.id)
        .where(Command.standing == standing, Command.at > since)
        .order_by(order)
        .limit(1)
    )
    return session.scalar(query) or ""


def take_back(
    session: Session, command_id: str = "", *, now: datetime | None = None
) -> TakenBack | None:
    """Take a command back, the last one when none is named; None when there is none.

    A field that was changed since stays and is named in `kept`. `NotUndoneError` when nothing of
    it can be taken back: all was changed since, or what it made may not change any more.
    """
    command_id = command_id or last(session, now=now)
    return _turn(session, command_id, UNDO, UNDONE) if command_id else None


def redo(
    session: Session, command_id: str = "", *, now: datetime | None = None
) -> TakenBack | None:
    """Do again what was taken back last, as far as nobody changed it since."""
    command_id = command_id or last(session, now=now, standing=UNDONE)
    return _turn(session, command_id, REDO, DONE) if command_id else None


def pass_over(session: Session, command_id: str) -> None:
    """Put a command out of the reach of Ctrl+Z and Ctrl+Y: it was refused once."""
    session.execute(update(Command).where(Command.id == command_id).values(standing=PASSED))


def _turn(session: Session, command_id: str, source: str, standing: str) -> TakenBack:
    command = session.scalars(select(Command).where(Command.id == command_id)).first()
    before = DONE if standing == UNDONE else UNDONE
    if command is None or command.standing != before:
        raise UserError(_("This was taken back already, or is too long ago."))
    words = describe(session, command_id)
    change.begin(session, source)
    targets = _targets(_changes(session, [command_id]), back=source == UNDO)
    try:
        _refuse_signature(session, targets)
        kept, written = write(session, targets, careful=True)
        session.flush()
    except UserError as error:
        raise NotUndoneError(command_id, error.message, error.hint) from error
    if kept and not written:
        raise NotUndoneError(
            command_id,
            _("{what} was changed since, so it stays as it is.").format(what=", ".join(kept)),
            _("Its history shows who changed it, and returns to any version."),
        )
    command.standing = standing
    return TakenBack(command_id, words, kept)


def _changes(session: Session, command_ids: list[str]) -> list[Change]:
    query = select(Change).where(Change.command_id.in_(command_ids)).order_by(Change.n)
    return list(session.scalars(query))


def _targets(changes: Iterable[Change], *, back: bool) -> list[Target]:
    """Return what makes the rows what they were before all of `changes`, or again after them."""
    found: dict[Key, Target] = {}
    for one in changes:
        target = found.setdefault((one.entity, one.row_id), Target((one.entity, one.row_id)))
        target.since = one.n
        for name, (before, after) in one.fields.items():
            first = target.values.get(name, (before, after))[0]
            target.values[name] = (first, after)
        if one.kind in {INSERT, REMOVE, RESTORE}:
            was = target.alive[0] if target.alive else one.kind == REMOVE
            target.alive = (was, one.kind != REMOVE)
    if back:
        for target in found.values():
            target.values = {name: (b, a) for name, (a, b) in target.values.items()}
            target.alive = (target.alive[1], target.alive[0]) if target.alive else None
    return list(found.values())


def targets_before(changes: Iterable[Change]) -> list[Target]:
    """Return what makes the rows what they were before these changes, given oldest first."""
    return _targets(changes, back=True)


def write(session: Session, targets: list[Target], *, careful: bool) -> tuple[list[str], int]:
    """Make rows what they are to be; return what stayed, by its name, and how much was written.

    When `careful`, a value that is not the expected one stays. All in one flush, so that a row and
    what belongs to it go together.
    """
    kept: list[str] = []
    written = 0
    quotes: set[str] = set()
    with session.no_autoflush:
        for target in targets:
            row = _row(session, target.key)
            if row is None:
                kept.append(_record(session, target.key))
                continue
            stays, changed = _write_row(session, row, target, careful=careful)
            kept += [name for name in stays if name not in kept]
            written += changed
            if isinstance(row, Quote | QuoteLine):
                quotes.add(row.id if isinstance(row, Quote) else row.quote_id)
    for quote_id in sorted(quotes):
        _add_up(session, quote_id)
    return kept, written


def _row(session: Session, key: Key) -> Synced | None:
    known = field_labels.mapped(key[0])
    return session.get(known, key[1]) if known else None


def _record(session: Session, key: Key) -> str:
    return row_titles.title(session, *key).words


def _write_row(
    session: Session, row: Synced, target: Target, *, careful: bool
) -> tuple[list[str], int]:
    stays: list[str] = []
    written = 0
    for known in fields_of(type(row)):
        if known.name not in target.values:
            continue
        if careful and known.name in DERIVED.get(target.key[0], ()):
            continue
        expected, wanted = target.values[known.name]
        present = encode(known, getattr(row, known.name))
        if known.merge == "set" and careful:
            wanted = sorted(
                (set(present) - (set(expected) - set(wanted))) | set(wanted) - set(expected)
            )
        elif careful and present not in (expected, wanted):
            stays.append(field_labels.label(target.key[0], known.name))
            continue
        if present == wanted:
            continue
        if not _is_here(session, known, wanted):
            stays.append(field_labels.label(target.key[0], known.name))
            continue
        setattr(row, known.name, decode(known, wanted))
        written += 1
    if target.alive is not None and (row.removed_at is None) != target.alive[1]:
        if careful and not target.alive[1] and _is_of_others(session, target):
            return [*stays, _record(session, target.key)], written
        row.removed_at = None if target.alive[1] else saved_now()
        written += 1
    return stays, written


def _is_here(session: Session, known: Field, wanted: Any) -> bool:
    if not known.reference or wanted is None:
        return True
    target = field_labels.mapped(known.reference)
    return target is not None and session.get(target, wanted) is not None


def _is_of_others(session: Session, target: Target) -> bool:
    """Whether the office or a colleague has changed the row since: then it is theirs too."""
    query = (
        select(func.count())
        .select_from(Change)
        .join(Command, Command.id == Change.command_id)
        .where(Change.row_id == target.key[1], Change.n > target.since, Command.source == SYNC)
    )
    return bool(session.scalar(query))


def _add_up(session: Session, quote_id: str) -> None:
    """Have a draft amount to what its lines say, whichever of them stayed."""
    quote = session.get(Quote, quote_id)
    if quote is not None and quote.removed_at is None and quote.state == QuoteState.DRAFT:
        quote_totals.total(session, quote_id)


def _refuse_signature(session: Session, targets: list[Target]) -> None:
    if any(target.key[0] == "signature" for target in targets):
        raise UserError(
            _("A signature is not taken back. Nothing was changed."),
            _("Make a new version of the quote."),
        )
    del session


# words


def describe(session: Session, command_id: str) -> str:
    """Return what a command did, in some words: «Phone of Hotel Marina»."""
    changes = _changes(session, [command_id])
    if not changes:
        return _("Change")
    source = session.scalar(select(Command.source).where(Command.id == command_id))
    if source == IMPORT:
        n = len({one.row_id for one in changes})
        return ngettext("Import of {n} record", "Import of {n} records", n).format(n=n)
    made = [one for one in changes if one.kind in {INSERT, REMOVE, RESTORE}]
    one = made[0] if made else changes[0]
    name = _record(session, (one.entity, one.row_id))
    others = len({(c.entity, c.row_id) for c in changes if c.entity == one.entity}) - 1
    if others:
        return _("{name} and {n} more").format(name=name, n=others)
    match one.kind:
        case "I":
            return _("{name} added").format(name=name)
        case "D":
            return _("{name} removed").format(name=name)
        case "R":
            return _("{name} restored").format(name=name)
    return _("{fields} of {name}").format(fields=_fields(one.entity, one.fields), name=name)


def _fields(entity: str, fields: Iterable[str]) -> str:
    names = [
        field_labels.label(entity, name)
        for name in fields
        if field_labels.is_named(entity, name) and name not in DERIVED.get(entity, ())
    ]
    names = list(dict.fromkeys(names))
    if not names or len(names) > _MANY:
        return _("Details")
    return ", ".join(names)
