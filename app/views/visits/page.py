"""The report of a visit: the result in one key, the rest when there is time; nothing is lost."""

from __future__ import annotations

from datetime import date, timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit, QPlainTextEdit, QWidget

from app import i18n
from app.errors import UserError
from app.i18n import _
from app.models.activity import Activity, VisitReport
from app.models.document import Document
from app.services import documents, drafts, visits
from app.services.visit_view import FORM, VisitView, view
from app.views import theme
from app.views.messages import MessageBar
from app.views.widgets import wording
from app.views.widgets.avatar import Avatar
from app.views.widgets.button import Button, OutcomeTile
from app.views.widgets.chip import Chip, FilterChip
from app.views.widgets.date_edit import DateEdit
from app.views.widgets.field import Field
from app.views.widgets.layout import Elided, card, clear, column, row, scroll, text
from app.views.widgets.page import Desk, Page, Ref
from app.views.widgets.photo_strip import PhotoStrip

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from app.models.database import Changes

DRAFT_MS = 2000


def topics() -> list[str]:
    """Return what reps talk about most; the report keeps the words."""
    return [_("New list"), _("Order"), _("Incident"), _("Payment"), _("Competition"), _("Sample")]


class VisitPage(Page):
    """Result, who with, topics, notes, photos, next step; the draft is the record."""

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(desk, parent)
        self.setObjectName("Page")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.activity_id = ""
        self.shown: VisitView | None = None
        self._filling = False
        self.bar = MessageBar()
        self.name, self.place = Elided("", "h1"), text("", "muted")
        self.avatar, self.state_chip = Avatar("", 44), Chip("")
        self.tiles: dict[str, OutcomeTile] = {}
        for n, (key, (tone, icon)) in enumerate(wording.OUTCOMES.items(), 1):
            tile = OutcomeTile(wording.outcome(key), icon, tone, str(n))
            tile.setCheckable(True)
            tile.clicked.connect(lambda _checked=False, key=key: self.log(key))
            self.tiles[key] = tile
        self.people, self.subjects = row(gap=6), row(gap=6)
        self.topic_chips: dict[str, FilterChip] = {}
        self.contact_chips: dict[str, FilterChip] = {}
        self.notes, self.competition = QPlainTextEdit(), QLineEdit()
        self.notes.setPlaceholderText(_("What was said, what they want, what you promised"))
        self.notes.setTabChangesFocus(True)
        self.next_step = QLineEdit()
        self.next_step.setPlaceholderText(_("Send the price list, call on Thursday…"))
        today = lambda: i18n.local(desk.now()).date()  # noqa: E731 - a clock, given on
        self.next_on = DateEdit(_("When"), today)
        self.next_visit = DateEdit(_("Next visit"), today)
        self.photos = PhotoStrip(_("Add photos"))
        self.typing = text("", "subtle")
        self._draft = QTimer(self, singleShot=True, interval=DRAFT_MS)
        self._draft.timeout.connect(self._keep_draft)
        self._lay_out()
        self._connect()

    def _lay_out(self) -> None:
        record = Button(_("Record"), icon="notebook-tabs", kind="ghost")
        record.clicked.connect(self._open_record)
        quote = Button(_("Quote"), icon="file-text", key="P")
        quote.clicked.connect(self._begin_quote)
        self.save_button = Button(_("Save and go on"), icon="check", kind="primary", key="Ctrl ↵")
        self.save_button.clicked.connect(self.save)
        head = row(
            self.avatar, (column(self.name, self.place, gap=0), 1), self.state_chip, record, quote,
            self.save_button, gap=12,
        )  # fmt: skip
        result = card(
            text(_("How did it go?"), "h2"), row(*[(tile, 1) for tile in self.tiles.values()]),
            gap=10,
        )  # fmt: skip
        report = card(
            row(text(_("Report"), "h2"), None, self.typing),
            text(_("Who with"), "label"), self.people,
            text(_("Topics"), "label"), self.subjects,
            (Field(_("Notes"), self.notes), 1),
            Field(_("Competition seen"), self.competition), gap=7,
        )  # fmt: skip
        chips = row(gap=6)
        for words, days in ((_("tomorrow"), 1), (_("3 days"), 3), (_("5 days"), 5),
                            (_("2 weeks"), 14)):  # fmt: skip
            chip = Button(words, kind="soft", size="sm")
            chip.clicked.connect(lambda _checked=False, days=days: self._next_in(days))
            chips.addWidget(chip)
        chips.addStretch(1)
        side = QWidget()
        side.setFixedWidth(theme.px(340))
        side.setLayout(
            column(
                card(
                    text(_("Next step"), "h2"), Field(_("What"), self.next_step),
                    Field(_("When"), self.next_on), chips, gap=8,
                ),
                card(text(_("Next visit"), "h2"), Field(_("Day"), self.next_visit), gap=8),
                card(text(_("Photos"), "h2"), self.photos, gap=8), None, gap=12,
            )
        )  # fmt: skip
        inside = QWidget()
        inside.setLayout(column(result, (report, 1), gap=12))
        self.setLayout(
            column(
                self.bar, head, (row((scroll(inside), 1), side, gap=14), 1), gap=12,
                margins=(20, 12, 20, 16),
            )
        )  # fmt: skip

    def _connect(self) -> None:
        self.notes.textChanged.connect(self._typed)
        for line in (self.competition, self.next_step):
            line.textEdited.connect(self._typed)
            line.editingFinished.connect(self._save_fields)
        self.next_on.edited.connect(self._save_fields)
        self.next_visit.edited.connect(self._save_fields)
        self.photos.added.connect(self.add_photos)

    # loading

    def show_ref(self, ref: Ref) -> None:
        self.bar.clear()
        if ref.options.get("new") and not ref.id:
            self.desk.tasks.write(
                self, visits.add_unplanned, self._began, ref.options["account"],
                now=self.desk.now(),
            )  # fmt: skip
            ref.options.clear()
        elif ref.id:
            self._open(ref.id)

    def _began(self, visit: Activity) -> None:
        self._open(visit.id)

    def _open(self, activity_id: str) -> None:
        if self.activity_id and activity_id != self.activity_id:
            self._keep_draft()
            self.shown = None
        self.activity_id = activity_id
        self._load()

    def state(self) -> dict[str, Any]:
        self._save_fields()
        return {"visit": self.activity_id}

    def restore(self, state: dict[str, Any]) -> None:
        self._open(state["visit"])

    def refresh(self, changes: Changes) -> None:
        if self.isVisible() and changes.touched(Activity, VisitReport, Document):
            self._load()

    def _load(self) -> None:
        if self.activity_id:
            task = self.desk.tasks.read(self, view, self._show, self.activity_id)
            self.desk.tasks.or_else(task, self._refused)

    def _refused(self, error: Exception) -> None:
        if isinstance(error, UserError):
            self.bar.show_error(error)
        else:
            self.desk.tasks.failed.emit(self, error)

    def _show(self, shown: VisitView) -> None:
        if shown.visit.id != self.activity_id:
            return
        first = self.shown is None
        self.shown = shown
        name = shown.account.name if shown.account else shown.visit.title
        self.crumbs_changed.emit([_("Today"), name])
        self.avatar.set_name(name)
        self.name.setText(name)
        at = shown.visit.started_at or shown.visit.planned_at
        place = [shown.site.city if shown.site else "", i18n.moment(at) if at else ""]
        self.place.setText(" · ".join(part for part in place if part))
        done = shown.visit.state == "done"
        state = "done" if done else "now" if shown.visit.state == "under_way" else "planned"
        self.state_chip.show_status(*wording.day_state(state, shown.visit.outcome))
        for key, tile in self.tiles.items():
            tile.setChecked(done and key == shown.visit.outcome)
        self.photos.show_thumbnails(shown.photos)
        self._fill(shown, first=first)
        frozen = not visits.is_editable(shown.visit, now=self.desk.now())
        self.notes.setReadOnly(frozen)

    def _fill(self, shown: VisitView, *, first: bool) -> None:
        """Fill what the user is not typing in; after a kill, what was being typed comes back."""
        self._filling = True
        report, draft = shown.report, shown.draft or {}
        if first or not self.notes.hasFocus():
            self._set_notes(draft.get("notes", report.notes if report else ""))
        for line, name in ((self.competition, "competition"), (self.next_step, "next_step")):
            if first or not line.hasFocus():
                line.setText(draft.get(name, getattr(report, name) if report else ""))
        if not self.next_on.hasFocus():
            self.next_on.show_day(report.next_on if report else None)
        if not self.next_visit.hasFocus():
            self.next_visit.show_day(report.next_visit_on if report else None)
        self._show_chips(shown)
        saved = _("Draft recovered") if draft and first else ""
        self.typing.setText(saved)
        self._filling = False
        if draft and first:
            self._save_fields()

    def _set_notes(self, words: str) -> None:
        if self.notes.toPlainText() != words:
            self.notes.setPlainText(words)

    def _show_chips(self, shown: VisitView) -> None:
        chosen = shown.report.topics if shown.report else frozenset()
        clear(self.subjects)
        self.topic_chips = {}
        for words in [*topics(), *sorted(chosen - set(topics()))]:
            self.topic_chips[words] = self._chip(self.subjects, words, words in chosen)
        self.subjects.addStretch(1)
        met = shown.report.contact_ids if shown.report else frozenset()
        clear(self.people)
        self.contact_chips = {}
        for contact in shown.contacts[:4]:
            words = f"{contact.name} · {contact.job}" if contact.job else contact.name
            self.contact_chips[contact.id] = self._chip(self.people, words, contact.id in met)
        if not shown.contacts:
            self.people.addWidget(text(_("No contacts yet"), "muted"))
        self.people.addStretch(1)

    def _chip(self, layout: Any, words: str, on: bool) -> FilterChip:  # noqa: FBT001 - a fact
        chip = FilterChip(words)
        chip.setChecked(on)
        chip.toggled.connect(lambda _on: self._save_fields())
        layout.addWidget(chip)
        return chip

    # saving

    def _typed(self) -> None:
        if not self._filling and self.shown is not None:
            self.typing.setText(_("Typing…"))
            self._draft.start()

    def fields(self) -> dict[str, str]:
        """Return the words that are being typed."""
        return {
            "notes": self.notes.toPlainText(), "competition": self.competition.text(),
            "next_step": self.next_step.text(),
        }  # fmt: skip

    def _keep_draft(self) -> None:
        """Keep what is typed, two seconds after the last key: a flat battery loses nothing."""
        self._draft.stop()
        if self.shown is None or not self.activity_id:
            return
        self.desk.tasks.write(
            self, drafts.keep, lambda _none: self.typing.setText(_("Saved on this computer")),
            FORM, self.activity_id, self.fields(), now=self.desk.now(),
        )  # fmt: skip

    def _save_fields(self) -> None:
        """Put what was typed into the report, and forget the draft."""
        if self._filling or self.shown is None:
            return
        self._draft.stop()
        report = self.shown.report
        changes: dict[str, Any] = {
            **self.fields(), "next_on": self.next_on.day, "next_visit_on": self.next_visit.day,
            "topics": frozenset(w for w, chip in self.topic_chips.items() if chip.isChecked()),
            "contact_ids": frozenset(
                id_ for id_, chip in self.contact_chips.items() if chip.isChecked()
            ),
        }  # fmt: skip
        changed = {
            name: value
            for name, value in changes.items()
            if value != (getattr(report, name) if report else type(value)() if value else value)
        }
        if changed:
            self.desk.tasks.write(
                self, _write, lambda _none: self.typing.setText(_("Saved on this computer")),
                self.activity_id, changed,
            )  # fmt: skip
        elif self.shown.draft:
            self.desk.tasks.write(self, drafts.forget, lambda _none: None, FORM, self.activity_id)

    def log(self, outcome: str) -> None:
        """Store how it went; the report can wait."""

        def done(logged: visits.Logged) -> None:
            def undo() -> None:
                self.desk.tasks.write(self, visits.unlog, lambda _none: None, logged)

            words = _("Visit logged: {outcome}").format(outcome=wording.outcome(outcome))
            self.toast_requested.emit(words, undo)

        self.desk.tasks.write(
            self, visits.log, done, self.activity_id, outcome=outcome, now=self.desk.now()
        )

    def primary(self) -> None:
        self.save()

    def save(self) -> None:
        """Complete the report and go on to the next visit of the day."""
        if self.shown is None:
            return
        if self.shown.visit.state != "done":
            self.bar.show_message("warning", _("First say how it went: keys 1 to 5."))
            return
        self._save_fields()
        now = self.desk.now()
        self.desk.tasks.write(
            self, visits.complete_report, self._completed, self.activity_id, now=now
        )

    def _completed(self, _none: None) -> None:
        self.toast_requested.emit(_("Report saved"), None)
        self.open_requested.emit(Ref("today"))

    def add_photos(self, paths: list[Path]) -> None:
        """Read, shrink and keep pictures off the GUI thread, then name them."""
        for path in paths:
            task = self.desk.tasks.run(self, self._store, partial(self._name, path), path)
            self.desk.tasks.or_else(task, self._refused)

    def _store(self, path: Path) -> tuple[str, int, str]:
        content, thumbnail = documents.prepare_photo(path.read_bytes())
        return self.desk.files.add(content), len(content), thumbnail

    def _name(self, path: Path, stored: tuple[str, int, str]) -> None:
        sha256, size, thumbnail = stored
        account = self.shown.visit.account_id if self.shown else None
        self.desk.tasks.write(
            self, documents.add, lambda _document: None, name=f"{path.stem}.jpg", kind="photo",
            mime="image/jpeg", sha256=sha256, size=size, account_id=account, about="activity",
            about_id=self.activity_id, thumbnail=thumbnail, taken_at=self.desk.now(),
        )  # fmt: skip

    def _next_in(self, days: int) -> None:
        today: date = i18n.local(self.desk.now()).date()
        self.next_on.show_day(today + timedelta(days=days))
        self._save_fields()

    def _open_record(self) -> None:
        if self.shown is not None and self.shown.visit.account_id:
            self.open_requested.emit(Ref("customer", self.shown.visit.account_id))

    def _begin_quote(self) -> None:
        if self.shown is not None and self.shown.visit.account_id:
            options = {
                "new": True, "account": self.shown.visit.account_id, "activity": self.activity_id,
            }  # fmt: skip
            self.open_requested.emit(Ref("quote", options=options))

    def escape(self) -> bool:
        self._save_fields()
        return False

    def keyPressEvent(self, event: QKeyEvent) -> None:
        keys = dict(zip("12345", wording.OUTCOMES, strict=True))
        if event.text() in keys:
            self.log(keys[event.text()])
        else:
            super().keyPressEvent(event)

    def hideEvent(self, event: Any) -> None:
        self._save_fields()
        super().hideEvent(event)


def _write(session: Session, activity_id: str, changes: dict[str, Any]) -> None:
    """Change the report and forget its draft in one transaction."""
    visits.write_report(session, activity_id, **changes)
    drafts.forget(session, FORM, activity_id)
