"""Writing what a list shows into a file: where to, how far it is, and a way to give it up."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFileDialog, QFrame, QWidget

from app import i18n
from app.i18n import _
from app.services import export
from app.views.tasks import Tasks
from app.views.widgets.bar import Bar
from app.views.widgets.button import Button
from app.views.widgets.layout import row, text

if TYPE_CHECKING:
    from app.views.paged_table import PagedTable
    from app.views.widgets.table_view import TableView


def ask_where(over: QWidget, name: str) -> Path | None:
    """Ask for the file to write; None when the user thought better of it."""
    kinds = (_("Excel") + " (*.xlsx)", "CSV (*.csv)")
    written, chosen = QFileDialog.getSaveFileName(
        over, _("Export the list"), f"{name}.xlsx", ";;".join(kinds)
    )
    if not written:
        return None
    path = Path(written)
    if path.suffix.lower() not in {".csv", ".xlsx"}:
        path = path.with_name(path.name + (".csv" if chosen == kinds[1] else ".xlsx"))
    return path


class ExportStrip(QFrame):
    """Shown while a list is being written; `finished` says how many rows are in which file."""

    finished = Signal(int, object)  # rows, Path
    _advanced = Signal(int)

    def __init__(
        self, tasks: Tasks, ask: Callable[[QWidget, str], Path | None] = ask_where
    ) -> None:
        super().__init__()
        self.setProperty("card", "true")
        self._tasks, self.ask = tasks, ask
        self._all, self._stop = 0, threading.Event()
        self.words, self.bar = text("", "muted"), Bar()
        self.cancel = Button(_("Cancel"), kind="ghost", size="sm")
        self.cancel.clicked.connect(self.give_up)
        inside = row(self.words, (self.bar, 1), self.cancel, gap=10, margins=(14, 6, 8, 6))
        self.setLayout(inside)
        self._advanced.connect(self._advance)
        self.hide()

    def begin(
        self, name: str, view: TableView, table: PagedTable, ids: Sequence[str],
    ) -> None:  # fmt: skip
        """Ask where to, and write the rows `ids` with the columns that `view` shows."""
        path = self.ask(self, name)
        if path is None:
            return
        shown = [table.columns[table.column(key)] for key in view.shown_keys()]
        columns: list[tuple[str, Callable[[Any], Any]]] = [
            (each.name, each.value) for each in shown if each.name
        ]
        self._all, self._stop = len(ids), threading.Event()
        self._advance(0)
        self.show()
        task = self._tasks.read(
            self, export.write, lambda n: self._done(n, path), path, columns, ids, table.fetch,
            progress=self._advanced.emit, stop=self._stop,
        )  # fmt: skip
        self._tasks.or_else(task, self._failed)

    def _advance(self, done: int) -> None:
        words = _("Exporting {n} of {all}")
        self.words.setText(words.format(n=i18n.number(done), all=i18n.number(self._all)))
        self.bar.show_fraction(done / self._all if self._all else 0)

    def _done(self, rows: int, path: Path) -> None:
        self.hide()
        self.finished.emit(rows, path)

    def _failed(self, error: Exception) -> None:
        self.hide()
        if not isinstance(error, export.StoppedError):
            self._tasks.failed.emit(self, error)

    def give_up(self, _checked: bool = False) -> None:  # noqa: FBT001, FBT002 - a signal's
        """Stop writing; what was begun is thrown away."""
        self._stop.set()
