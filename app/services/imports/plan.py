"""The import itself: what would happen, and then that it happens, in one transaction.

A file that is read again changes nothing; a newer one updates what differs. Only what the file
says is written: an empty cell never clears a field, and what the user typed into fields that the
file does not have stays.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypedDict

from sqlalchemy.orm import Session

from app.errors import UserError
from app.i18n import _
from app.models import change
from app.services.imports import accounts, matching, products, reading
from app.services.imports.cells import DayOrder
from app.services.imports.reading import Source
from app.services.imports.rows import Cancelled, Choices, Refused, Row, Shared

_BATCH = 100  # rows between two flushes: as often is progress said, and a wish to stop heard


class RefusedLine(TypedDict):
    """A line of the report."""

    line: int
    reason: str


class Report(TypedDict):
    """The report for scripts."""

    read: int
    added: int
    updated: int
    unchanged: int
    refused: list[RefusedLine]


@dataclass
class ImportPlan:
    """A dry run: nothing has happened yet. After `apply` it is the report of what has."""

    kind: str
    source: str
    columns: dict[str, int]
    rows: list[Row]
    refused: list[Refused]
    days: DayOrder | None = None  # how its days are written, when it has a column of days

    @property
    def read(self) -> int:
        return len(self.rows) + len(self.refused)

    def count(self, action: str) -> int:
        return sum(row.action == action for row in self.rows)

    def as_json(self) -> Report:
        """Return the report for scripts."""
        return {
            "read": self.read,
            "added": self.count("add"),
            "updated": self.count("update"),
            "unchanged": self.count("unchanged"),
            "refused": [{"line": r.line, "reason": r.reason} for r in self.refused],
        }


Progress = Callable[[int, int], None]


def guess(source: Source, kind: str) -> dict[str, int]:
    """Return field to column: by the titles, or by what the columns hold where there are none."""
    if source.header:
        return matching.match(source.titles, kind)
    return matching.by_content(source.rows, kind)


def likely_kind(source: Source) -> str:
    """Return what a file holds, accounts or products, by which of them knows more of its titles."""
    known = {kind: len(guess(source, kind)) for kind in ("accounts", "products")}
    return "products" if known["products"] > known["accounts"] else "accounts"


def plan(
    session: Session,
    source: Source,
    kind: str,
    columns: dict[str, int] | None = None,
    choices: Choices | None = None,
) -> ImportPlan:
    """Return what importing `source` as `kind` (accounts or products) would do.

    Raises `UserError` when no column can be a name.
    """
    chosen = guess(source, kind) if columns is None else columns
    if not matching.names(chosen, kind):
        if len(source.titles) == 1 and source.encoding != "xlsx":
            hint = _("It was read as a single column: check the delimiter, and that there is a"
                     " column with names.")  # fmt: skip
        else:
            hint = _("Give the columns their titles in the first row, such as Name, Town, Phone.")
        raise UserError(
            _("No column of {name} looks like a name. Nothing was imported.").format(
                name=source.name
            ),
            hint,
        )
    examine = accounts.examine if kind == "accounts" else products.examine
    found = examine(session, source, chosen, choices or Choices())
    return ImportPlan(kind, source.name, chosen, found.rows, found.refused, found.days)


def apply(
    session: Session,
    made: ImportPlan,
    *,
    progress: Progress = lambda _done, _all: None,
    cancelled: Callable[[], bool] = lambda: False,
) -> ImportPlan:
    """Do what the plan, made in this session, says.

    Raises `Cancelled` when told to stop: the transaction then takes everything back.
    """
    write = accounts.write if made.kind == "accounts" else products.write
    work = [row for row in made.rows if row.action != "unchanged"]
    shared = Shared()
    for n, row in enumerate(work):
        if n % _BATCH == 0:
            session.flush()
            progress(n, len(work))
            if cancelled():
                raise Cancelled(_("The import was stopped. Nothing was imported."))
        write(session, row, shared)
    session.flush()
    progress(len(work), len(work))
    return made


def carry_out(
    session: Session,
    source: Source,
    kind: str,
    columns: dict[str, int] | None = None,
    choices: Choices | None = None,
    *,
    progress: Progress = lambda _done, _all: None,
    cancelled: Callable[[], bool] = lambda: False,
) -> ImportPlan:
    """Plan and apply in one transaction, so that nothing can come between; return the report."""
    change.begin(session, change.IMPORT)
    made = plan(session, source, kind, columns, choices)
    return apply(session, made, progress=progress, cancelled=cancelled)


def run(
    session: Session, content: bytes, name: str, kind: str, *, columns: dict[str, int] | None = None
) -> ImportPlan:
    """Read, plan and apply in one go; `name` is what the file is called in messages."""
    return carry_out(session, reading.read(content, name), kind, columns)


def undo(session: Session, made: ImportPlan) -> int:
    """Take an import back: what it added goes, what it changed and nobody changed since returns.

    Return how many rows were taken back.
    """
    done = [row for row in made.rows if row.made or row.changed]
    for row in reversed(done):
        row.undo(session)
    return len(done)
