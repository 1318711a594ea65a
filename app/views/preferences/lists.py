"""Import and export: lists in; everything out, as files that other programs read."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QFileDialog, QWidget

from app import i18n
from app.i18n import _, ngettext
from app.services import takeout
from app.services.takeout import Taken
from app.views.preferences.choices import Choices
from app.views.preferences.keyboard import open_file
from app.views.preferences.parts import Section, SettingRow
from app.views.widgets.button import Button
from app.views.widgets.page import Desk, Ref

_LOOK_MS = 150


def pick_target(parent: QWidget, name: str, kind: str) -> Path | None:
    """Ask where a file is to go; None when nobody chose a place."""
    chosen, _filter = QFileDialog.getSaveFileName(
        parent, _("Where to write it"), str(Path.home() / name), f"*.{kind}"
    )
    if not chosen:
        return None
    return Path(chosen if chosen.endswith(f".{kind}") else f"{chosen}.{kind}")


class Lists(Section):
    """Import, a zip of everything, and the agenda as a calendar."""

    key, icon = "lists", "arrow-down-up"

    def __init__(self, desk: Desk, choices: Choices) -> None:
        super().__init__(desk, choices, _("Import and export"))
        self.pick: Callable[[QWidget, str, str], Path | None] = pick_target
        self.import_button = Button(_("Import…"), icon="upload")
        self.export_button = Button(_("Export everything…"), icon="download")
        self.agenda_button = Button(_("Export the agenda…"), icon="calendar-days")
        self._written: tuple[int, int] | None = None
        self._progress = QTimer(self, interval=_LOOK_MS)
        self._progress.timeout.connect(self._show_progress)
        self.export_row = SettingRow(
            _("Everything as files"),
            _("A zip with a table (CSV) of each kind, the documents that are on this computer, and"
              " the agenda. Whoever has it can read it: it is not encrypted."),
            self.export_button, also=_("download my data backup CSV Excel zip"),
        )  # fmt: skip
        self.fill([
            SettingRow(_("Import a list"),
                       _("Customers, prospects or products from Excel or CSV; you see what would"
                         " happen before it does."), self.import_button, also="Excel CSV"),
            self.export_row,
            SettingRow(_("Agenda"), _("Visits, calls and tasks for another calendar (.ics)."),
                       self.agenda_button, also="ics iCal Outlook Google calendar calendario"),
        ])  # fmt: skip
        self.import_button.clicked.connect(lambda: self.open_requested.emit(Ref("import")))
        self.export_button.clicked.connect(self.export)
        self.agenda_button.clicked.connect(self.export_agenda)

    def export(self) -> None:
        """Write everything to a zip that the user names."""
        day = i18n.local(self.desk.now()).date().isoformat()
        target = self.pick(self, f"viajante-{day}.zip", "zip")
        if target is None:
            return
        self.export_button.setEnabled(False)
        self._written = (0, 0)
        self._progress.start()
        task = self.desk.tasks.read(
            self, takeout.everything, lambda taken: self._exported(taken, target), self.desk.files,
            target, self._note,
        )  # fmt: skip
        self.desk.tasks.or_else(task, self._not_exported)

    def _note(self, done: int, of: int) -> None:
        self._written = (done, of)

    def _show_progress(self) -> None:
        if self._written is not None and self._written[1]:
            done, of = (i18n.number(n) for n in self._written)
            self.export_row.show_problem("")
            self.export_button.setText(_("{done} of {all} rows").format(done=done, all=of))

    def _end(self) -> None:
        self._progress.stop()
        self._written = None
        self.export_button.setEnabled(True)
        self.export_button.setText(_("Export everything…"))

    def _exported(self, taken: Taken, target: Path) -> None:
        self._end()
        words = _("{rows} rows and {documents} documents are in {name}.").format(
            rows=i18n.number(taken.rows), documents=i18n.number(taken.documents), name=target.name
        )
        if taken.missing:
            n = taken.missing
            more = ngettext(
                "{n} document is not on this computer.", "{n} documents are not on this computer.",
                n,
            ).format(n=i18n.number(n))  # fmt: skip
            words = f"{words} {more}"
        self.said.emit(words, None)
        open_file(target.parent)

    def _not_exported(self, error: Exception) -> None:
        self._end()
        self.refused(error)

    def export_agenda(self) -> None:
        """Write the agenda where the user says."""
        target = self.pick(self, f"{_('agenda')}.ics", "ics")
        if target is None:
            return

        def done(n: int) -> None:
            words = ngettext(
                "{n} entry is in {name}.", "{n} entries are in {name}.", n
            ).format(n=i18n.number(n), name=target.name)  # fmt: skip
            self.said.emit(words, None)

        task = self.desk.tasks.read(self, takeout.write_agenda, done, target)
        self.desk.tasks.or_else(task, self.refused)

    def hideEvent(self, event: object) -> None:
        super().hideEvent(event)  # type: ignore[arg-type]
        if self._written is None:
            self._progress.stop()
