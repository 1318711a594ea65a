"""The report of a visit: the result in one key, the rest when there is time; nothing is lost."""

from __future__ import annotations

from datetime import date
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtGui import QHideEvent, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QWidget

from app.errors import UserError
from app.i18n import _
from app.models.account import Contact
from app.models.activity import Activity, VisitReport
from app.models.document import Document
from app.models.quote import Quote
from app.services import documents, visits
from app.services.visit_view import FORM, VisitView, view
from app.views.visits.looks import VisitLooks
from app.views.visits.photos import Visit, VisitPhotos
from app.views.widgets import wording
from app.views.widgets.date_edit import DateEdit
from app.views.widgets.live_form import LiveForm
from app.views.widgets.page import Desk, Ref
from app.views.widgets.record_history import HistoryLayer

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from app.models.database import Changes
    from app.views.tasks import Task

_SHOWS = (Activity, VisitReport, Document, Contact, Quote)


class VisitPage(VisitLooks):
    """Result, who with, topics, notes, photos, next step; the draft is the record."""

    places = ("visit", "today")

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(desk, parent)
        self.activity_id = ""
        self.shown: VisitView | None = None
        self._loading: Task | None = None
        self._photos = VisitPhotos(desk, self)
        self.live = LiveForm(desk, self, self.form, FORM, write=_write, change=self._change)
        self._connect()

    def _connect(self) -> None:
        for key, tile in self.tiles.items():
            tile.clicked.connect(lambda _checked=False, key=key: self.log(key))
        self.live.said.connect(self.typing.setText)
        self.live.settled.connect(self._settled)
        self.live.refused.connect(lambda _id, error: self._refused(error))
        for days, chip in self.when_chips.items():
            chip.clicked.connect(lambda _checked=False, days=days: self._next_in(days))
        self.usual_button.clicked.connect(self._usual)
        self.photos.added.connect(self.attach)
        self.photos.pasted.connect(lambda image: self._photos.add_image(image, self._visit()))
        self.photos.opened.connect(self._open_photo)
        self.photos.removed.connect(self._remove_photo)
        self._photos.failed.connect(self._refused)
        self.record_button.clicked.connect(self._open_record)
        self.history_button.clicked.connect(self._show_history)
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
        self.live.begin(activity_id)
        if activity_id != self.activity_id:
            self.shown = None
        self.activity_id = activity_id
        self._load()

    @property
    def account(self) -> str:
        return (self.shown.visit.account_id or "") if self.shown else ""

    def retire(self) -> None:
        self._leave()

    def state(self) -> dict[str, Any]:
        self._leave()
        return {"visit": self.activity_id}

    def restore(self, state: dict[str, Any]) -> None:
        self._open(state["visit"])

    def refresh(self, changes: Changes) -> None:
        if self.isVisible() and changes.touched(*_SHOWS):
            self.live.heard(by_sync=changes.by_sync)
            self._load()

    def _load(self) -> None:
        if self.activity_id:
            show = partial(self._show, by_sync=self.live.by_sync)
            task = self.desk.tasks.read(self, view, show, self.activity_id)
            self._loading = self.desk.tasks.instead(self._loading, task)
            self.desk.tasks.or_else(task, self._refused)

    def _refused(self, error: Exception) -> None:
        if isinstance(error, UserError):
            self.bar.show_error(error)
        else:
            self.desk.tasks.failed.emit(self, error)

    def _show(self, shown: VisitView, *, by_sync: bool) -> None:
        if self.live.is_older(shown.visit.id):
            return
        self.shown = shown
        frozen = not visits.is_editable(shown.visit, now=self.desk.now())
        self.show_head(shown)
        self.show_made(shown.made, lambda id_: self.open_requested.emit(Ref("quote", id_)))
        self.show_choices(shown)
        self.freeze(frozen=frozen)
        values = self.values(shown.report)
        self.live.show(values, shown.draft, fixed=frozen, by_sync=by_sync)

    # saving

    def _leave(self) -> None:
        if self.shown is not None:
            self.live.leave()

    def _change(self, name: str) -> dict[str, Any]:
        """Return what a field of the report holds, as the report keeps it."""
        held = {
            "next_on": self.next_on.day, "next_visit_on": self.next_visit.day,
            "topics": self.subjects.chosen, "contact_ids": self._contact_ids(),
        }  # fmt: skip
        return {name: held[name] if name in held else self.form.fields[name].value()}

    def _contact_ids(self) -> frozenset[str]:
        """Return whom the visit was with; who is no contact any more stays in the report."""
        report = self.shown.report if self.shown else None
        gone = (report.contact_ids if report else frozenset()) - set(self.people.chips)
        return self.people.chosen | gone

    def _settled(self, activity_id: str) -> None:
        if activity_id == self.activity_id:
            self._load()

    def log(self, outcome: str) -> None:
        """Store how it went; the report can wait."""
        if self.shown is None or not self.tiles[outcome].isEnabled():
            return

        for key, tile in self.tiles.items():
            tile.setChecked(key == outcome)

        def done(_logged: visits.Logged) -> None:
            words = _("Visit logged: {outcome}").format(outcome=wording.outcome(outcome))
            self.toast_requested.emit(words, True)

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
        self.live.save()
        if waiting := self.form.touched():  # it cannot be read, or there are two versions of it
            field = self.form.fields[next(iter(waiting))]
            field.editor.setFocus()
            if field.is_contested:
                self.bar.show_message("warning", _("First choose which version stays."))
            return
        task = self.desk.tasks.write(
            self, visits.complete_report, self._completed, self.activity_id, now=self.desk.now()
        )
        self.desk.tasks.or_else(task, self._refused)

    def _completed(self, _none: None) -> None:
        self.toast_requested.emit(_("Report saved"), True)
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
        def done(_none: None) -> None:
            self.toast_requested.emit(_("Photo removed"), True)

        self.desk.tasks.write(self, documents.remove, done, photo_id)

    # going on

    def _next_in(self, days: int) -> None:
        self._take_day("next_on", self.next_on, self.day_in(days))

    def _usual(self) -> None:
        if self.shown is not None:
            self._take_day("next_visit_on", self.next_visit, self.usual_day(self.shown))

    def _take_day(self, name: str, edit: DateEdit, day: date) -> None:
        edit.show_day(day)
        self.form.leave(name)

    def _show_history(self) -> None:
        self._leave()
        self.history = HistoryLayer(self, self.desk, "activity", self.activity_id)

    def _open_record(self) -> None:
        if self.account:
            self.open_requested.emit(Ref("customer", self.account))

    def _begin_quote(self) -> None:
        if self.account:
            options = {"new": True, "account": self.account, "activity": self.activity_id}
            self.open_requested.emit(Ref("quote", options=options))

    def escape(self) -> bool:
        self._leave()
        return False

    def act(self, name: str) -> bool:
        """Log an outcome by its key; a quote that begins here belongs to the visit."""
        if name == "quote" and self.account:
            self._begin_quote()
            return True
        if not name.startswith("outcome_"):
            return False
        self.log(list(wording.OUTCOMES)[int(name[-1]) - 1])
        return True

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not (event.matches(QKeySequence.StandardKey.Paste) and self.photos.paste()):
            super().keyPressEvent(event)

    def hideEvent(self, event: QHideEvent) -> None:
        self._leave()
        super().hideEvent(event)


def _write(session: Session, activity_id: str, changes: dict[str, Any]) -> None:
    visits.write_report(session, activity_id, **changes)
