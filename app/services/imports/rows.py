"""What a row of a list does, and what it did, so that it can be undone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from sqlalchemy.orm import Session

from app.errors import UserError
from app.i18n import _
from app.models.base import Synced
from app.models.base import now as saved_now
from app.services.imports.cells import DayOrder

MERGE, SKIP, CREATE = "merge", "skip", "create"
LONGEST = 20_000  # letters of a cell; more is a quotation mark that was never closed


class Refused(NamedTuple):
    """A row that was not taken, with the reason."""

    line: int
    reason: str
    title: str = ""


@dataclass(frozen=True)
class Choices:
    """What only a person can decide.

    `twins` says what becomes of rows that are there already: merge, skip or create. `day_first`
    says how days are written that read both ways; None finds out.
    """

    twins: str = MERGE
    day_first: bool | None = None


class _Change(NamedTuple):
    entity: type[Synced]
    id: str
    name: str
    before: Any
    after: Any


@dataclass
class Row:
    """What a row of the file would do: `action` is add, update or unchanged.

    `above` is the row of the same file that adds the business to which this one belongs.
    """

    line: int
    title: str
    action: str
    values: dict[str, Any]
    target: str = ""  # id of the row it is about
    notices: list[str] = field(default_factory=list)
    above: Row | None = None
    made: list[tuple[type[Synced], str]] = field(default_factory=list)
    changed: list[_Change] = field(default_factory=list)

    def add(self, session: Session, entity: Synced) -> None:
        session.add(entity)
        self.made.append((type(entity), entity.id))

    def change(self, entity: Synced, name: str, value: object) -> None:
        """Set a field and remember what was there; nothing to remember of a new entity."""
        before = getattr(entity, name)
        if before == value:
            return
        setattr(entity, name, value)
        if (type(entity), entity.id) not in self.made:
            self.changed.append(_Change(type(entity), entity.id, name, before, value))

    def undo(self, session: Session) -> None:
        """Remove what this row added and put back what it changed and nobody changed since."""
        for kind, id_ in self.made:
            entity = session.get(kind, id_)
            if entity is not None and entity.removed_at is None:
                entity.removed_at = saved_now()
        for change in self.changed:
            entity = session.get(change.entity, change.id)
            if entity is not None and getattr(entity, change.name) == change.after:
                setattr(entity, change.name, change.before)


def looks(raw: Mapping[str, str], beyond: tuple[str, ...]) -> list[str]:
    """Return what looks wrong in any row, whatever it is about."""
    notices = [
        _("Letters to check: {value}").format(value=cell[:40])
        for cell in raw.values()
        if "\ufffd" in cell
    ]
    if any(beyond):
        notices.append(_("More cells than titles: a delimiter may stand inside a text"))
    return notices


@dataclass
class Shared:
    """What the rows of one import need and need not look up again."""

    me: str = ""
    families: dict[str, str] | None = None  # name to id
    price_list: str | None = None  # "" when there is none


class Found(NamedTuple):
    """What rows would do, those that cannot be taken, and how days were read, if there are any."""

    rows: list[Row]
    refused: list[Refused]
    days: DayOrder | None = None


class Cancelled(UserError):  # noqa: N818 - a wish, not an error
    """The user stopped the import; the transaction takes everything back."""
