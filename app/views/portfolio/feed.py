"""All that happened with a customer: filtered by type, a note written on top, older on request."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QPlainTextEdit, QWidget

from app import i18n
from app.i18n import _, ngettext
from app.services import account_feed
from app.services.account_feed import PAGE, Event, Feed
from app.views import theme
from app.views.tasks import Task
from app.views.widgets import wording
from app.views.widgets.button import Button
from app.views.widgets.chip import FilterChip
from app.views.widgets.flow import flow
from app.views.widgets.layout import Elided, Icon, Item, card, clear, column, row, scroll, text
from app.views.widgets.page import Desk, Ref

_ICONS = {
    "visit": "map-pin", "call": "phone", "email": "mail", "note": "sticky-note",
    "quote": "file-text", "task": "list-checks", "document": "paperclip",
    "event": "calendar-days",
}  # fmt: skip


def kind_name(kind: str) -> str:
    """Return what events of a kind are called together."""
    return {
        "visit": _("Visits"), "call": _("Calls"), "email": _("Emails"), "note": _("Notes"),
        "quote": _("Quotes"), "task": _("Tasks"), "document": _("Documents"),
        "event": _("Events"),
    }.get(kind, kind)  # fmt: skip


def event_row(event: Event, go: Any, *, whole: bool = False) -> QWidget:
    """Return an event as a row: what, when, and the way to it; `go` takes a `Ref`.

    With `whole` what was written is read to its end.
    """
    amount = i18n.money(event.amount) if event.amount is not None else ""
    below = " · ".join(part for part in (amount, _detail(event)) if part)
    is_note = event.kind == "note"
    title: QWidget = Elided(_title(event), "body" if is_note else "strong")
    if is_note and whole:
        title = text(_title(event), wrap=True)
    lines: list[Item] = [title]
    if below:
        lines.append(text(below, "muted", wrap=True) if whole else Elided(below, "muted"))
    words = column(*lines, gap=0)
    day = text(i18n.day_short(i18n.local(event.at).date()), "muted")
    icon = Icon(_ICONS.get(event.kind, "circle"), "primary_text", 18)
    parts: list[Item] = [icon, (words, 1)]
    if event.kind in {"visit", "quote"}:
        see = Button(_("See"), kind="link", size="sm")
        see.setAccessibleName(_("See: {what}").format(what=_title(event)))
        see.clicked.connect(lambda: go(Ref(event.kind, event.id)))
        parts.append(see)
    parts.append(day)
    holder = QWidget()
    holder.setLayout(row(*parts, gap=12))
    return holder


def _title(event: Event) -> str:
    if event.kind == "visit":
        how = wording.outcome(event.title)
        return _("Visit · {outcome}").format(outcome=how) if how else _("Visit")
    if event.kind == "quote":
        return _("Quote {number}").format(number=event.title)
    return event.title or kind_name(event.kind)


def _detail(event: Event) -> str:
    if event.kind == "quote":
        return wording.quote_state(event.detail)[0]
    if event.kind in {"document", "note"} or event.detail == event.title:
        return ""
    return event.detail


class NoteField(QPlainTextEdit):
    """A note as it is typed; Ctrl+Enter keeps it."""

    kept = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.setPlaceholderText(_("Write a note; Ctrl+Enter keeps it"))
        self.setAccessibleName(_("New note"))
        self.setTabChangesFocus(True)
        self.setFixedHeight(theme.px(58))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        enter = event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}
        if enter and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.keep()
        else:
            super().keyPressEvent(event)

    def keep(self) -> None:
        words = self.toPlainText().strip()
        if words:
            self.clear()
            self.kept.emit(words)


class FeedTab(QWidget):
    """Reads what it shows by itself, fifty at a time."""

    opened = Signal(object)  # Ref
    noted = Signal(str)

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._task: Task | None = None
        self.account_id, self.kind, self._limit = "", "", PAGE
        self.note = NoteField()
        self.note.kept.connect(self.noted)
        add = Button(_("Add note"), icon="sticky-note", kind="soft", key="Ctrl ↵")
        add.clicked.connect(self.note.keep)
        chips, self._chips = flow(6)
        self.chips: dict[str, FilterChip] = {}
        self._rows = column(gap=10)
        self.more = Button(_("Show older"), icon="chevron-down", kind="soft")
        self.more.clicked.connect(self._show_older)
        self.more.hide()
        inside = QWidget()
        inside.setLayout(
            column(self._rows, row(None, self.more, None), None, gap=12, margins=(0, 2, 8, 2))
        )
        self.setLayout(
            column(card(row((self.note, 1), add, gap=12), chips, (scroll(inside), 1), gap=10))
        )

    def show_account(self, account_id: str) -> None:
        """Read the events of a customer, from the newest on when it is another one."""
        if account_id != self.account_id:
            self.account_id, self.kind, self._limit = account_id, "", PAGE
            self.note.clear()
            clear(self._rows)
        self._load()

    def _load(self) -> None:
        task = self._desk.tasks.read(
            self, account_feed.feed, self._show, self.account_id, self.kind, self._limit
        )
        self._task = self._desk.tasks.instead(self._task, task)

    def _show(self, feed: Feed) -> None:
        self._show_chips(feed)
        clear(self._rows)
        self._fill(feed.events)
        left = (feed.counts.get(self.kind, 0) if self.kind else feed.total) - len(feed.events)
        self.more.setVisible(left > 0)
        words = ngettext("Show older: {n} more", "Show older: {n} more", max(left, 1))
        self.more.setText(words.format(n=max(left, 1)))

    def _fill(self, events: Sequence[Event]) -> None:
        if not events:
            self._rows.addWidget(text(_("Nothing yet."), "muted"))
        for event in events:
            self._rows.addWidget(event_row(event, self.opened.emit, whole=True))

    def _show_chips(self, feed: Feed) -> None:
        """Offer the kinds that there are; one of them, or all."""
        wanted = {"": feed.total, **{kind: n for kind, n in feed.counts.items() if kind in _ICONS}}
        if list(wanted) != list(self.chips):
            clear(self._chips)
            self.chips = {}
            for kind in wanted:
                chip = FilterChip(kind_name(kind) if kind else _("All"), icon=_ICONS.get(kind, ""))
                chip.clicked.connect(lambda _checked=False, kind=kind: self.filter(kind))
                self.chips[kind] = chip
                self._chips.addWidget(chip)
        for kind, chip in self.chips.items():
            chip.set_count(wanted[kind])
            chip.setChecked(kind == self.kind)

    def filter(self, kind: str) -> None:
        """Show events of one kind only; "" shows all."""
        self.kind, self._limit = kind, PAGE
        self._load()

    def _show_older(self) -> None:
        self._limit += PAGE
        self._load()
