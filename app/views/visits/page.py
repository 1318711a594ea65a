"""The report of a visit: the result in one key, the rest when there is time; nothing is lost."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QTimer
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QWidget

from app.errors import UserError
from app.i18n import _
from app.models.account import Contact
from app.models.activity import Activity, VisitReport
from app.models.document import Document
from app.models.quote import Quote
from app.services import documents, drafts, visits
from app.services.visit_view import FORM, VisitView, view
from app.views.visits.looks import VisitLooks
from app.views.visits.photos import Visit, VisitPhotos
from app.views.widgets import wording
from app.views.widgets.page import Desk, Ref

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from app.models.database import Changes
    from app.views.tasks import Task

DRAFT_MS = 1500  # what is typed is on disk two seconds later, whether or not the typing goes on
_SHOWS = (Activity, VisitReport, Document, Contact, Quote)


class VisitPage(VisitLooks):
    """Result, who with, topics, notes, photos, next step; the draft is the record."""

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(desk, parent)
        self.activity_id = ""
        self.shown: VisitView | None = None
        self._filling = False
        self._dirty: set[str] = set()  # words that were typed and are not in the report yet
        self._saving = 0  # writes under way: what is read meanwhile may be older than the screen
        self._loading: Task | None = None
        self._photos = VisitPhotos(desk, self)
        self._draft = QTimer(self, singleShot=True, interval=DRAFT_MS)
        self._draft.timeout.connect(self._keep_draft)
        self._connect()

    def _connect(self) -> None:
        for key, tile in self.tiles.items():
            tile.clicked.connect(lambda _checked=False, key=key: self.log(key))
        self.notes.textChanged.connect(lambda: self._typed("notes"))
        for name, line in (("competition", self.competition), ("next_step", self.next_step)):
            line.textEdited.connect(lambda _words, name=name: self._typed(name))
            line.editingFinished.connect(self._save_fields)
        for part in (self.people, self.subjects):
            part.changed.connect(self._save_fields)
        self.next_on.edited.connect(self._save_fields)
        self.next_visit.edited.connect(self._save_fields)
        for days, chip in self.when_chips.items():
            chip.clicked.connect(lambda _checked=False, days=days: self._next_in(days))
        self.usual_button.clicked.connect(self._usual)
        self.photos.added.connect(self.attach)
        self.photos.pasted.connect(lambda image: self._photos.add_image(image, self._visit()))
        self.photos.opened.connect(self._open_photo)
        self.photos.removed.connect(self._remove_photo)
        self._photos.failed.connect(self._refused)
        self.record_button.clicked.connect(self._open_record)
        self.quote_button.clicked.connect(self._begin_quote)
        self.save_button.clicked.connect(self.save)

    # loading

    def show_ref(self, ref: Ref) -> None:
        self.bar.clear()
        if ref.options.get("new") and not ref.id:
            task = self.desk.tasks.write(
                self, visits.add_unplanned, self._began, ref.options["account"],
                now=self.desk.now(),
            )  # fmt: skip
            self.desk.tasks.or_else(task, self._refused)
            ref.options.clear()
        elif ref.id:
            self._open(ref.id)

    def _began(self, visit: Activity) -> None:
        self._open(visit.id)

    def _open(self, activity_id: str) -> None:
        if self.activity_id and activity_id != self.activity_id:
            self._save_fields()
            self.shown = None
        self.activity_id = activity_id
        self._load()

    @property
    def account(self) -> str:
        return (self.shown.visit.account_id or "") if self.shown else ""

    def state(self) -> dict[str, Any]:
        self._save_fields()
        return {"visit": self.activity_id}

    def restore(self, state: dict[str, Any]) -> None:
        self._open(state["visit"])

    def refresh(self, changes: Changes) -> None:
        if self.isVisible() and changes.touched(*_SHOWS):
            self._load()

    def _load(self) -> None:
        if self.activity_id:
            task = self.desk.tasks.read(self, view, self._show, self.activity_id)
            self._loading = self.desk.tasks.instead(self._loading, task)
            self.desk.tasks.or_else(task, self._refused)

    def _refused(self, error: Exception) -> None:
        if isinstance(error, UserError):
            self.bar.show_error(error)
        else:
            self.desk.tasks.failed.emit(self, error)

    def _show(self, shown: VisitView) -> None:
        if shown.visit.id != self.activity_id or self._saving:
            return
        first = self.shown is None
        self.shown = shown
        self.show_head(shown)
        self.show_made(shown.made, lambda id_: self.open_requested.emit(Ref("quote", id_)))
        self.freeze(frozen=not visits.is_editable(shown.visit, now=self.desk.now()))
        self._fill(shown, first=first)

    def _fill(self, shown: VisitView, *, first: bool) -> None:
        """Fill what the user is not typing in; after a kill, what was being typed comes back."""
        self._filling = True
        report, draft = shown.report, shown.draft or {}
        if first:
            self._dirty.clear()
        if "notes" not in self._dirty:
            self._set_notes(draft.get("notes", report.notes if report else ""))
        for line, name in ((self.competition, "competition"), (self.next_step, "next_step")):
            words = draft.get(name, getattr(report, name) if report else "")
            if name not in self._dirty and line.text() != words:
                line.setText(words)
                line.setCursorPosition(0)
        if first or not self.next_on.hasFocus():
            self.next_on.show_day(report.next_on if report else None)
        if first or not self.next_visit.hasFocus():
            self.next_visit.show_day(report.next_visit_on if report else None)
        self.show_choices(shown)
        if first:
            self.typing.setText(_("Draft recovered") if draft else "")
        self._filling = False
        if draft and first:
            self._save_fields(said=_("Draft recovered"))

    def _set_notes(self, words: str) -> None:
        if self.notes.toPlainText() != words:
            self.notes.setPlainText(words)

    # saving

    def _typed(self, name: str) -> None:
        if not self._filling and self.shown is not None:
            self._dirty.add(name)
            self.typing.setText(_("Typing…"))
            if not self._draft.isActive():
                self._draft.start()

    def fields(self) -> dict[str, str]:
        """Return the words that are being typed."""
        return {
            "notes": self.notes.toPlainText(), "competition": self.competition.text(),
            "next_step": self.next_step.text(),
        }  # fmt: skip

    def _keep_draft(self) -> None:
        """Keep what is typed, within two seconds of the first key: a flat battery loses nothing."""
        self._draft.stop()
        if self.shown is not None and self.activity_id:
            self.desk.tasks.write(
                self, drafts.keep, lambda _none: self._say_saved(), FORM, self.activity_id,
                self.fields(), now=self.desk.now(),
            )  # fmt: skip

    def _say_saved(self, words: str = "") -> None:
        if not self._draft.isActive():
            self.typing.setText(words or _("Saved on this computer"))

    def _save_fields(self, *, said: str = "") -> None:
        """Put what was typed into the report, and forget the draft."""
        if self._filling or self.shown is None:
            return
        if not visits.is_editable(self.shown.visit, now=self.desk.now()):
            return
        self._draft.stop()
        report, of = self.shown.report, self.activity_id
        changed = {
            name: value
            for name, value in self._values().items()
            if self._saving  # what is being written is not known here yet
            or (value != getattr(report, name) if report else bool(value))
        }
        if changed or self.shown.draft:
            self._saving += 1
            task = self.desk.tasks.write(
                self, _write, lambda saved: self._saved(of, saved, said), of, changed
            )
            self.desk.tasks.or_else(task, self._not_saved)
            if task.cancelled:  # the window closes
                self._saving -= 1

    def _values(self) -> dict[str, Any]:
        return {
            **self.fields(), "next_on": self.next_on.day, "next_visit_on": self.next_visit.day,
            "topics": self.subjects.chosen, "contact_ids": self._contact_ids(),
        }  # fmt: skip

    def _contact_ids(self) -> frozenset[str]:
        """Return whom the visit was with; who is no contact any more stays in the report."""
        report = self.shown.report if self.shown else None
        gone = (report.contact_ids if report else frozenset()) - set(self.people.chips)
        return self.people.chosen | gone

    def _saved(self, activity_id: str, report: VisitReport | None, said: str) -> None:
        self._saving -= 1
        if activity_id == self.activity_id and self.shown is not None:
            self.shown = self.shown._replace(report=report, draft=None)
            self._dirty -= {
                name
                for name, words in self.fields().items()
                if words == (getattr(report, name) if report else "")
            }
            self._say_saved(said)
        if not self._saving:
            self._load()

    def _not_saved(self, error: Exception) -> None:
        self._saving -= 1
        self._refused(error)

    def log(self, outcome: str) -> None:
        """Store how it went; the report can wait."""
        if self.shown is None or not self.tiles[outcome].isEnabled():
            return

        for key, tile in self.tiles.items():
            tile.setChecked(key == outcome)

        def done(logged: visits.Logged) -> None:
            def undo() -> None:
                self.desk.tasks.write(self, visits.unlog, lambda _none: None, logged)

            words = _("Visit logged: {outcome}").format(outcome=wording.outcome(outcome))
            self.toast_requested.emit(words, undo)

        task = self.desk.tasks.write(
            self, visits.log, done, self.activity_id, outcome=outcome, now=self.desk.now()
        )
        self.desk.tasks.or_else(task, self._refused)

    def primary(self) -> None:
        self.save()

    def save(self) -> None:
        """Complete the report and go on to the next visit of the day."""
        if self.shown is None or not self.save_button.isVisible():
            return
        if not any(tile.isChecked() for tile in self.tiles.values()):
            self.bar.show_message("warning", _("First say how it went: keys 1 to 5."))
            return
        for line in (self.next_on, self.next_visit):
            if not line.commit():
                line.setFocus()
                return
        self._save_fields()
        task = self.desk.tasks.write(
            self, visits.complete_report, self._completed, self.activity_id, now=self.desk.now()
        )
        self.desk.tasks.or_else(task, self._refused)

    def _completed(self, _none: None) -> None:
        self.toast_requested.emit(_("Report saved"), None)
        self.open_requested.emit(Ref("today"))

    # photos

    def _visit(self) -> Visit:
        return Visit(self.activity_id, self.account or None)

    def attach(self, paths: list[Path]) -> None:
        """Add pictures to this visit."""
        if self.shown is not None:
            self._photos.add_files(paths, self._visit())

    def _open_photo(self, photo_id: str) -> None:
        for photo in self.shown.photos if self.shown else ():
            if photo.id == photo_id:
                self._photos.open(photo, self)

    def _remove_photo(self, photo_id: str) -> None:
        def undo() -> None:
            self.desk.tasks.write(self, documents.restore, lambda _none: None, photo_id)

        def done(_none: None) -> None:
            self.toast_requested.emit(_("Photo removed"), undo)

        self.desk.tasks.write(self, documents.remove, done, photo_id)

    # going on

    def _next_in(self, days: int) -> None:
        self._take_day(self.next_on, self.day_in(days))

    def _usual(self) -> None:
        if self.shown is not None:
            self._take_day(self.next_visit, self.usual_day(self.shown))

    def _take_day(self, field: Any, day: date) -> None:
        field.show_day(day)
        self._save_fields()

    def _open_record(self) -> None:
        if self.account:
            self.open_requested.emit(Ref("customer", self.account))

    def _begin_quote(self) -> None:
        if self.account:
            options = {"new": True, "account": self.account, "activity": self.activity_id}
            self.open_requested.emit(Ref("quote", options=options))

    def escape(self) -> bool:
        self._save_fields()
        return False

    def keyPressEvent(self, event: QKeyEvent) -> None:
        keys = dict(zip("12345", wording.OUTCOMES, strict=True))
        if event.text() in keys:
            self.log(keys[event.text()])
        elif event.matches(QKeySequence.StandardKey.Paste) and self.photos.paste():
            return
        else:
            super().keyPressEvent(event)

    def hideEvent(self, event: Any) -> None:
        self._save_fields()
        super().hideEvent(event)


def _write(session: Session, activity_id: str, changes: dict[str, Any]) -> VisitReport | None:
    """Change the report and forget its draft in one transaction."""
    report = visits.report(session, activity_id)
    if changes:
        report = visits.write_report(session, activity_id, **changes)
    drafts.forget(session, FORM, activity_id)
    return report
