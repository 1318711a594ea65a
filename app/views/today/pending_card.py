"""The card of what is pending, and all that can be done there: finish, put off, switch off, add."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from app import i18n
from app.i18n import _
from app.services import alerts, follow_ups
from app.services.follow_ups import Pending
from app.views.today.block import Block
from app.views.today.pending import PendingList
from app.views.widgets import wording
from app.views.widgets.button import Button, IconButton
from app.views.widgets.chip import Chip
from app.views.widgets.choices import Choice, Choices
from app.views.widgets.layer import Layer
from app.views.widgets.layout import Item, card, column, row, scroll, text
from app.views.widgets.page import Page, Ref
from app.views.widgets.task_layer import DayLayer, next_monday


class PendingCard(QWidget):
    """Reads its own list, so that nothing else waits for it."""

    def __init__(self, page: Page) -> None:
        super().__init__()
        self._page, self._desk = page, page.desk
        self.items: list[Pending] = []
        self.list = PendingList(page.desk.settings)
        self.count = Chip("0")
        self.all_button = Button(_("All"), kind="link", size="sm")
        self.add_button = IconButton("plus", _("New task"), key="T", size="sm")
        self.layer: Layer | None = None
        inside = card(
            row(text(_("Pending"), "h2"), self.count, None, self.add_button, self.all_button),
            self.list, gap=4,
        )  # fmt: skip
        self.block = Block(page.desk.tasks, inside)
        self.setLayout(column(self.block))
        self.all_button.clicked.connect(self.show_all)
        self.add_button.clicked.connect(lambda _checked: self.add_task())
        self._connect(self.list)

    def _connect(self, items: PendingList, before: Callable[[], Any] = lambda: None) -> None:
        """Let a list do things; `before` closes the layer that it stands in."""
        for signal, act in (
            (items.opened, self._open), (items.completed, self._complete),
            (items.snoozed, self._snooze), (items.muted, self._mute),
        ):  # fmt: skip
            signal.connect(lambda item, act=act: (before(), act(item)))

    @property
    def _today(self) -> date:
        return i18n.local(self._desk.now()).date()

    def load(self) -> None:
        quiet = alerts.quiet_of(self._desk.settings)
        self.block.read(alerts.pending, self._show, self._desk.now(), quiet)

    def _show(self, items: list[Pending]) -> None:
        self.items = items
        more = len(items) > PendingList.MOST or bool(self._desk.settings.muted_rules)
        self.all_button.setVisible(more)
        self.list.show_items(items, self._today)
        self.count.show_status(str(len(items)))

    # acting

    def _open(self, item: Pending) -> None:
        self._page.open_requested.emit(Ref(item.screen, item.ref_id))

    def _complete(self, item: Pending) -> None:
        words = _("Done: {what}").format(what=item.title)
        now = self._desk.now()
        self._write(follow_ups.complete, words, item.key, now=now)

    def _write(self, work: Any, words: str, *args: Any, **kwargs: Any) -> None:
        def done(_outcome: Any) -> None:
            self._page.toast_requested.emit(words, True)

        self._desk.tasks.write(self._page, work, done, *args, **kwargs)

    def _snooze(self, item: Pending) -> None:
        """Ask until when, and put it off."""
        today = self._today
        days = {"tomorrow": today + timedelta(days=1), "monday": next_monday(today)}
        choices = [
            Choice("tomorrow", _("Tomorrow"), "sunrise"),
            Choice("monday", _("Monday"), "calendar-days"),
            Choice("choose", _("Choose a day…"), "calendar-clock"),
        ]
        title = _("Put off: {what}").format(what=item.title)
        why = wording.pending(item.rule, item.params)[0]
        self._page.setFocus()
        asked = Choices(self._page, title, why, choices)
        self.layer = asked

        def chosen(key: str) -> None:
            if key in days:
                self._put_off(item, days[key])
            else:
                self._choose_day(item)

        asked.chosen.connect(chosen)

    def _choose_day(self, item: Pending) -> None:
        name = _("Put off: {what}").format(what=item.title)
        asked = DayLayer(self._page, name, lambda: self._today, title=False)
        asked.written.connect(lambda _words, day: self._put_off(item, day))
        self.layer = asked

    def _put_off(self, item: Pending, until: date) -> None:
        words = _("Put off until {day}: {what}")
        words = words.format(day=i18n.day_short(until), what=item.title)
        if item.key.startswith("task:"):
            self._write(follow_ups.snooze, words, item.key, until)
            return
        kept = self._desk.settings.put_off
        today = self._today.isoformat()
        for key in [key for key, day in kept.items() if day <= today]:
            del kept[key]
        kept[item.key] = until.isoformat()

        def undo() -> None:
            kept.pop(item.key, None)
            self._save()

        self._save()
        self._page.toast_requested.emit(words, undo)

    def _mute(self, item: Pending) -> None:
        """Switch the rule off that made the item."""
        muted = self._desk.settings.muted_rules
        if item.rule not in muted:
            muted.append(item.rule)
        self._save()
        words = _("Switched off: {rule}").format(rule=wording.rule(item.rule))
        self._page.toast_requested.emit(words, lambda: self._unmute(item.rule))

    def _unmute(self, rule: str) -> None:
        muted = self._desk.settings.muted_rules
        if rule in muted:
            muted.remove(rule)
        self._save()

    def _save(self) -> None:
        self._desk.tasks.run(self._page, self._desk.settings.save, lambda _none: None)
        self.load()

    def add_task(self, account_id: str | None = None, whose: str = "") -> None:
        """Note a task by hand."""
        self._page.setFocus()
        asked = DayLayer(self._page, _("New task"), lambda: self._today, title=True, whose=whose)
        self.layer = asked

        def written(words: str, day: date) -> None:
            said = _("Task noted for {day}").format(day=i18n.day_short(day))
            self._write(follow_ups.add_task, said, words, due_on=day, account_id=account_id or None)

        asked.written.connect(written)

    def show_all(self) -> None:
        """Show all that is pending, and the rules that are switched off."""
        inside = PendingList(self._desk.settings)
        inside.show_items(self.items, self._today, len(self.items))
        muted = self._muted()
        holder = QWidget()
        holder.setLayout(column(inside, *muted, None, gap=10))
        holder.setMinimumHeight(holder.sizeHint().height())
        close = IconButton("x", _("Close"), key="Esc", size="sm")
        self._page.setFocus()
        layer = Layer(
            self._page,
            column(row(text(_("Pending"), "h2"), None, close), scroll(holder), gap=10,
                   margins=(20, 16, 14, 16)),
            width=560, name=_("Pending"),
        )  # fmt: skip
        close.clicked.connect(layer.close_layer)
        for button in holder.findChildren(Button):
            if button.property("rule"):
                button.clicked.connect(layer.close_layer)
        self._connect(inside, layer.close_layer)
        if inside.rows:
            inside.rows[0].setFocus(Qt.FocusReason.TabFocusReason)
        self.layer = layer

    def _muted(self) -> list[Item]:
        """Return the rules that are switched off, each with its way back."""
        made: list[Item] = []
        for rule in self._desk.settings.muted_rules:
            on = Button(_("Switch on"), kind="soft", size="sm")
            on.setProperty("rule", rule)
            on.setAccessibleName(_("Switch on: {rule}").format(rule=wording.rule(rule)))
            on.clicked.connect(lambda _checked=False, rule=rule: self._unmute(rule))
            made.append(row((text(wording.rule(rule), "muted", wrap=True), 1), on))
        return [text(_("Rules that are switched off"), "strong"), *made] if made else []
