"""The import itself: what would happen, and then that it happens, in one transaction.

A file that is read again changes nothing; a newer one updates what differs. Only what the file
says is written: an empty cell never clears a field, and what the user typed into fields that the
file does not have stays.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from sqlalchemy.orm import Session

from app.errors import UserError
from app.i18n import _
from app.services.imports import matching
from app.services.imports.reading import Source


class Refused(NamedTuple):
    """A row that was not taken, with the reason."""

    line: int
    reason: str


@dataclass
class Row:
    """What a row of the file would do: `action` is add, update or unchanged."""

    line: int
    title: str
    action: str
    values: dict[str, Any]
    target: str = ""  # id of the row it is about
    notices: list[str] = field(default_factory=list)


@dataclass
class ImportPlan:
    """A dry run: nothing has happened yet."""

    kind: str
    source: str
    columns: dict[str, int]
    rows: list[Row]
    refused: list[Refused]

    @property
    def read(self) -> int:
        return len(self.rows) + len(self.refused)

    def count(self, action: str) -> int:
        return sum(row.action == action for row in self.rows)

    def as_json(self) -> dict[str, Any]:
        """Return the report for scripts."""
        return {
            "read": self.read,
            "added": self.count("add"),
            "updated": self.count("update"),
            "unchanged": self.count("unchanged"),
            "refused": [{"line": r.line, "reason": r.reason} for r in self.refused],
        }


Progress = Callable[[int, int], None]


class Cancelled(Exception):  # noqa: N818 - a wish, not an error
    """The user stopped the import; the transaction takes everything back."""


def plan(
    session: Session, source: Source, kind: str, columns: dict[str, int] | None = None
) -> ImportPlan:
    """Return what importing `source` as `kind` (accounts or products) would do.

    Raises `UserError` when no column can be a name.
    """
    from app.services.imports import accounts, products

    chosen = matching.match(source.titles, kind) if columns is None else columns
    if "name" not in chosen:
        raise UserError(
            _("No column of {name} looks like a name. Nothing was imported.").format(
                name=source.name
            ),
            _("Give the columns their titles in the first row, such as Name, Town, Phone."),
        )
    examine = accounts.examine if kind == "accounts" else products.examine
    rows, refused = examine(session, source, chosen)
    return ImportPlan(kind, source.name, chosen, rows, refused)


def apply(
    session: Session,
    made: ImportPlan,
    *,
    progress: Progress = lambda _done, _all: None,
    cancelled: Callable[[], bool] = lambda: False,
) -> ImportPlan:
    """Do what the plan says; `Cancelled` when told to stop: then nothing has happened."""
    from app.services.imports import accounts, products

    write = accounts.write if made.kind == "accounts" else products.write
    work = [row for row in made.rows if row.action != "unchanged"]
    shared: dict[str, Any] = {}
    for n, row in enumerate(work):
        if n % 100 == 0:
            progress(n, len(work))
            if cancelled():
                raise Cancelled
        write(session, row, shared)
    progress(len(work), len(work))
    session.flush()
    return made


def run(
    session: Session, content: bytes, name: str, kind: str, *, columns: dict[str, int] | None = None
) -> ImportPlan:
    """Read, plan and apply in one go: for the command line."""
    from app.services.imports import reading

    return apply(session, plan(session, reading.read(content, name), kind, columns))
