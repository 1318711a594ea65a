"""What is pending: each thing with its reason, its day, one action, and the rule behind it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import partial

from PySide6.QtCore import QPoint, QRectF, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QMenu, QWidget

from app.i18n import _
from app.services.follow_ups import Pending
from app.settings import Settings
from app.views import keymap
from app.views.widgets import wording
from app.views.widgets.button import Button, IconButton, paint_ring
from app.views.widgets.chip import Chip
from app.views.widgets.layout import Elided, Item, clear, column, line, row, text


class PendingRow(QWidget):
    """Something to do; Space completes a task, A puts it off, Enter goes there."""

    opened = Signal(object)  # Pending
    completed = Signal(object)
    snoozed = Signal(object)
    muted = Signal(object)
    _INDENT = 29  # as wide as the circle of a task

    def __init__(
        self, item: Pending, today: date, settings: Settings, *, indent: bool = False
    ) -> None:
        super().__init__()
        self.item, self._settings = item, settings
        why, action = wording.pending(item.rule, item.params)
        words, tone = wording.due(item.due_on, today)
        self.is_task = item.key.startswith("task:")
        self.leads = item.screen != "today"
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(f"{item.title}, {why}, {words}")
        self.setAccessibleDescription(wording.rule(item.rule))
        more = IconButton("ellipsis", _("More: {what}").format(what=item.title), size="sm")
        more.clicked.connect(lambda: self.menu().popup(more.mapToGlobal(QPoint(0, more.height()))))
        upper = row((Elided(item.title, "strong"), 1), Chip(words, tone), gap=6)
        lower = row((Elided(why, "muted"), 1), gap=2)
        if self.leads:
            self.action = Button(action, kind="link", size="sm")
            self.action.setAccessibleName(f"{action}: {item.title}")
            self.action.clicked.connect(lambda: self.opened.emit(item))
            lower.addWidget(self.action)
        lower.addWidget(more)
        parts: list[Item] = [(column(upper, lower, gap=0), 1)]
        if self.is_task:  # what a rule finds is done by doing it
            self.done = Button("", icon="circle", kind="ghost", size="sm", tip=_("Done"))
            self.done.setAccessibleName(_("Done: {what}").format(what=item.title))
            self.done.clicked.connect(lambda: self.completed.emit(item))
            parts.insert(0, self.done)
        elif indent:
            parts.insert(0, self._INDENT)
        self.setLayout(row(*parts, gap=4, margins=(0, 4, 2, 3)))

    def menu(self) -> QMenu:
        """Return what can be done with it; a thing of a rule names the rule."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        rule = wording.rule(self.item.rule)
        if rule:
            menu.addAction(_("Rule: {rule}").format(rule=rule)).setEnabled(False)
            menu.addSeparator()
        off = keymap.printed(self._settings, "snooze")
        menu.addAction(f"{_('Put off…')}\t{off}", partial(self.snoozed.emit, self.item))
        if self.is_task:
            done = keymap.printed(self._settings, "peek")
            menu.addAction(f"{_('Done')}\t{done}", partial(self.completed.emit, self.item))
        if rule:
            menu.addAction(_("Don't tell me this again"), partial(self.muted.emit, self.item))
        return menu

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        self.menu().popup(event.globalPos())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        name = keymap.pressed(self._settings, event, "list", "today")
        if name == "open" and self.leads:
            self.opened.emit(self.item)
        elif name == "peek" and self.is_task:
            self.completed.emit(self.item)
        elif name == "snooze":
            self.snoozed.emit(self.item)
        elif event.key() in {Qt.Key.Key_Down, Qt.Key.Key_Up} and not name:
            self.focusNextPrevChild(event.key() == Qt.Key.Key_Down)
        else:
            event.ignore()

    def paintEvent(self, event: QPaintEvent) -> None:
        if self.hasFocus():
            p = QPainter(self)
            p.setRenderHint(QPainter.RenderHint.Antialiasing)
            paint_ring(p, QRectF(self.rect()))


class PendingList(QWidget):
    """What is to be done, at most five, each with one action."""

    opened = Signal(object)  # Pending
    completed = Signal(object)
    snoozed = Signal(object)
    muted = Signal(object)
    MOST = 5

    def __init__(self, settings: Settings) -> None:
        super().__init__()
        self._settings = settings
        self._column = column(gap=0)
        self.setLayout(self._column)
        self.rows: list[PendingRow] = []

    def show_items(self, items: Sequence[Pending], today: date, most: int = MOST) -> None:
        focused = next((n for n, made in enumerate(self.rows) if made.hasFocus()), -1)
        clear(self._column)
        self.rows = []
        if not items:
            self._column.addWidget(text(_("Nothing pending. Well done."), "muted", wrap=True))
        indent = any(item.key.startswith("task:") for item in items[:most])
        for n, item in enumerate(items[:most]):
            if n:
                self._column.addWidget(line())
            made = PendingRow(item, today, self._settings, indent=indent)
            made.opened.connect(self.opened)
            made.completed.connect(self.completed)
            made.snoozed.connect(self.snoozed)
            made.muted.connect(self.muted)
            self.rows.append(made)
            self._column.addWidget(made)
        if focused >= 0 and self.rows:  # the keyboard stays in the list
            here = self.rows[min(focused, len(self.rows) - 1)]
            here.show()
            here.setFocus(Qt.FocusReason.OtherFocusReason)
