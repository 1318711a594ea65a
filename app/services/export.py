"""What a list shows, as a file: its columns, the rows filtered, in the order of the screen."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Protocol, TypeVar

from sqlalchemy.orm import Session

from app import i18n
from app.documents import spreadsheet
from app.documents.spreadsheet import Value
from app.errors import UserError
from app.i18n import _

_PORTION = 500


class _Row(Protocol):
    @property
    def id(self) -> str: ...


R = TypeVar("R", bound=_Row)


class StoppedError(UserError):
    """The user gave the export up; no file was made."""


def write(
    session: Session,
    path: Path,
    columns: Sequence[tuple[str, Callable[[R], Value]]],
    ids: Sequence[str],
    fetch: Callable[[Session, Sequence[str]], Sequence[R]],
    *,
    progress: Callable[[int], None],
    stop: threading.Event,
) -> int:
    """Write the rows `ids` to a CSV or XLSX file and return how many; `path` decides which.

    `columns` are titles with what a row has under them. `progress` hears how many rows are done,
    in this thread. Raises `StoppedError` when `stop` was set, `UserError` when the file cannot be
    made; what stood at `path` before is then as it was.
    """
    titles = [title for title, _value in columns]
    done = [0]

    def rows() -> Iterator[list[Value]]:
        for start in range(0, len(ids), _PORTION):
            if stop.is_set():
                raise StoppedError(_("The export was given up."))
            wanted = list(ids[start : start + _PORTION])
            found = {row.id: row for row in fetch(session, wanted)}
            session.expunge_all()
            here = [found[id_] for id_ in wanted if id_ in found]  # the rest was removed meanwhile
            done[0] += len(here)
            yield from ([value(row) for _title, value in columns] for row in here)
            progress(start + len(wanted))

    _put(path, titles, rows())
    return done[0]


def _put(path: Path, titles: list[str], rows: Iterator[list[Value]]) -> None:
    try:
        if path.suffix.lower() == ".csv":
            spreadsheet.write_csv(path, titles, rows, language=i18n.language())
        else:
            spreadsheet.write_xlsx(path, titles, rows)
    except OSError as error:
        raise UserError(
            _("{name} could not be written.").format(name=path.name),
            _("Close it in the other program, or choose another folder."),
        ) from error
