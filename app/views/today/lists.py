"""The two lists of Today: the visits of the day, and what is pending."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from app import i18n
from app.i18n import _
from app.services.agenda import DayPlan, DayRow
from app.services.follow_ups import Pending
from app.views import theme
from app.views.widgets import wording
from app.views.widgets.button import Button, paint_ring
from app.views.widgets.chip import Chip, chip_width, paint_chip
from app.views.widgets.layout import Elided, Item, clear, column, line, row, text

_MIDDLE = Qt.AlignmentFlag.AlignVCenter
_DONE = {"done", "no_report"}
_THREAD, _LEFT = 83, 106  # where the thread runs through the discs, and where words begin
_DISC = {"done": "success", "no_report": "success", "now": "accent", "next": "primary"}


def _paint_thread(p: QPainter, top: float, bottom: float, *, done: bool) -> None:
    """Paint what joins the visits of a day; behind the rep it is green."""
    p.setPen(QPen(theme.colour("success" if done else "border_strong"), 2 if done else 1.4))
    p.drawLine(QPointF(theme.px(_THREAD), top), QPointF(theme.px(_THREAD), bottom))


class VisitRow(QAbstractButton):
    """A visit of the day: when, state, who and where, the way there, and a chip."""

    removed = Signal(str)
    moved = Signal(str, int)

    def __init__(self, visit: DayRow, *, first: bool = False, last: bool = False) -> None:
        super().__init__()
        self.visit = visit
        self._first, self._last = first, last
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        words, _tone, _icon = wording.day_state(visit.state, visit.outcome)
        at = i18n.clock(visit.at) if visit.at else ""
        self.setAccessibleName(f"{at} {visit.name}, {visit.city}, {words}")

    def sizeHint(self) -> QSize:
        return QSize(theme.px(400), theme.px(50))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        alt = event.modifiers() & Qt.KeyboardModifier.AltModifier
        if event.key() == Qt.Key.Key_Delete:
            self.removed.emit(self.visit.id)
        elif alt and event.key() in {Qt.Key.Key_Up, Qt.Key.Key_Down}:
            self.moved.emit(self.visit.id, -1 if event.key() == Qt.Key.Key_Up else 1)
        elif event.key() in {Qt.Key.Key_Down, Qt.Key.Key_Up}:
            self.focusNextPrevChild(event.key() == Qt.Key.Key_Down)
        elif event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            self.click()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        p = QPainter(self)
        p.setRenderHint(QPainter.RenderHint.Antialiasing)
        visit, middle = self.visit, self.height() / 2
        if visit.state == "now":
            p.fillRect(self.rect(), theme.colour("accent_soft"))
        elif self.underMouse():
            p.fillRect(self.rect(), theme.colour("hover"))
        if self.hasFocus():
            paint_ring(p, QRectF(self.rect()))
        done = visit.state in _DONE
        _paint_thread(
            p, 0 if not self._first else middle, middle if self._last else self.height(), done=done
        )
        if not self._last:
            p.fillRect(
                QRectF(theme.px(_LEFT), self.height() - 1, self.width(), 1), theme.colour("border")
            )
        right = Qt.AlignmentFlag.AlignRight
        top = QRectF(0, middle - theme.px(19), theme.px(62), theme.px(19))
        p.setFont(theme.font("base", "regular" if done else "semibold"))
        p.setPen(theme.colour("text_muted" if done else "text"))
        p.drawText(top, right | _MIDDLE, i18n.clock(visit.at) if visit.at else "–")
        p.setFont(theme.font("sm"))
        p.setPen(theme.colour("text_subtle"))
        below = top.translated(0, theme.px(19))
        p.drawText(below, right | _MIDDLE, i18n.duration(visit.minutes * 60))
        self._paint_disc(p, theme.px(_THREAD), middle)
        self._paint_words(p, done=done)

    def _paint_disc(self, p: QPainter, x: float, middle: float) -> None:
        state, radius = self.visit.state, theme.px(10)
        token = _DISC.get(state, "border_strong")
        solid = state in _DONE or state == "now"
        p.setPen(QPen(theme.colour(token), 2))
        p.setBrush(theme.colour(token) if solid else theme.colour("surface"))
        p.drawEllipse(QPointF(x, middle), radius, radius)
        half = theme.px(6)
        if state in _DONE:
            theme.draw_icon(p, "check", x - half, middle - half, 12, "surface", stroke=3)
        elif state == "now":
            theme.draw_icon(p, "play", x - half, middle - half, 12, "on_accent", stroke=2.4)
        else:
            p.setFont(theme.font("xs", "semibold"))
            p.setPen(theme.colour("text_muted" if state not in _DISC else "primary_text"))
            box = QRectF(x - radius, middle - radius, 2 * radius, 2 * radius)
            p.drawText(box, Qt.AlignmentFlag.AlignCenter, str(self.visit.number))

    def _paint_words(self, p: QPainter, *, done: bool) -> None:
        visit, middle = self.visit, self.height() / 2
        words, tone, icon = wording.day_state(visit.state, visit.outcome)
        chip_x = self.width() - max(theme.px(130), chip_width(words, icon) + theme.px(14))
        paint_chip(p, chip_x, middle, words, tone, icon, outline=visit.state == "now")
        drive = " · ".join(
            part
            for part in (
                i18n.kilometres(visit.drive_m) if visit.drive_m else "",
                i18n.duration(visit.drive_s) if visit.drive_s and not done else "",
            )
            if part
        )
        p.setFont(theme.font("sm"))
        p.setPen(theme.colour("text_subtle"))
        width = p.fontMetrics().horizontalAdvance(drive)
        box = QRectF(chip_x - width - theme.px(16), 0, width + 2, self.height())
        p.drawText(box, _MIDDLE, drive)
        left = theme.px(_LEFT)
        room = int(box.left() - left - theme.px(10))
        elide = Qt.TextElideMode.ElideRight
        p.setFont(theme.font("base", "semibold"))
        p.setPen(theme.colour("text_muted" if done else "text"))
        name = p.fontMetrics().elidedText(visit.name, elide, room)
        p.drawText(QRectF(left, middle - theme.px(20), room, theme.px(20)), _MIDDLE, name)
        p.setFont(theme.font("sm"))
        p.setPen(theme.colour("text_subtle"))
        place = " · ".join(part for part in (visit.city, visit.purpose) if part)
        place = p.fontMetrics().elidedText(place, elide, room)
        p.drawText(QRectF(left, middle, room, theme.px(19)), _MIDDLE, place)


class DayList(QWidget):
    """The visits of the day in order, with lunch between them."""

    opened = Signal(str)  # activity
    removed = Signal(str)
    moved = Signal(str, int)

    def __init__(self) -> None:
        super().__init__()
        self._column = column(gap=0)
        self.setLayout(self._column)
        self.rows: list[VisitRow] = []

    def show_day(self, plan: DayPlan) -> None:
        focused = next((r.visit.id for r in self.rows if r.hasFocus()), "")
        clear(self._column)
        self.rows = []
        end = len(plan.rows)
        lunch_after = plan.lunch_after if plan.lunch_at is not None else 0
        for n, visit in enumerate(plan.rows):
            if n and n == lunch_after:
                self._column.addWidget(LunchRow(plan))
            made = VisitRow(visit, first=not n, last=n == end - 1 and lunch_after != end)
            made.clicked.connect(lambda _checked=False, id_=visit.id: self.opened.emit(id_))
            made.removed.connect(self.removed)
            made.moved.connect(self.moved)
            self.rows.append(made)
            self._column.addWidget(made)
            if visit.id == focused:
                made.setFocus()
        if end and lunch_after == end:
            self._column.addWidget(LunchRow(plan, last=True))
        self._column.addStretch(1)


class LunchRow(QWidget):
    """Lunch between two visits, or after the last."""

    def __init__(self, plan: DayPlan, *, last: bool = False) -> None:
        super().__init__()
        self._last = last
        self.at = i18n.clock(plan.lunch_at) if plan.lunch_at else ""
        self.words = _("Lunch · {length}").format(length=i18n.duration(plan.lunch_minutes * 60))
        self.setAccessibleName(f"{self.at} {self.words}")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        return QSize(theme.px(400), theme.px(32))

    def paintEvent(self, event: QPaintEvent) -> None:
        p = QPainter(self)
        p.setRenderHint(QPainter.RenderHint.Antialiasing)
        middle, x = self.height() / 2, theme.px(_THREAD)
        _paint_thread(p, 0, middle if self._last else self.height(), done=False)
        p.setBrush(theme.colour("surface"))
        p.drawEllipse(QPointF(x, middle), theme.px(4), theme.px(4))
        p.setPen(theme.colour("text_subtle"))
        p.setFont(theme.font("base"))
        box = QRectF(0, 0, theme.px(62), self.height())
        p.drawText(box, Qt.AlignmentFlag.AlignRight | _MIDDLE, self.at)
        left = theme.px(_LEFT)
        theme.draw_icon(p, "utensils", left, middle - theme.px(8), 16)
        p.setPen(theme.colour("text_muted"))
        p.setFont(theme.font("sm"))
        p.drawText(QRectF(left + theme.px(24), 0, self.width(), self.height()), _MIDDLE, self.words)


class PendingRow(QWidget):
    """Something to do; Space completes a task, A puts it off, Enter goes there."""

    opened = Signal(object)  # Pending
    completed = Signal(object)
    snoozed = Signal(object)
    _INDENT = 29  # as wide as the circle of a task

    def __init__(self, item: Pending, today: date, *, indent: bool = False) -> None:
        super().__init__()
        self.item = item
        why, action = wording.pending(item.rule, item.params)
        words, tone = wording.due(item.due_on, today)
        self.is_task = item.key.startswith("task:")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(f"{item.title}, {why}, {words}")
        upper = row((Elided(item.title, "strong"), 1), Chip(words, tone), gap=6)
        lower = row((Elided(why, "muted"), 1), gap=6)
        if item.screen != "today":
            self.action = Button(action, kind="link", size="sm")
            self.action.setAccessibleName(f"{action}: {item.title}")
            self.action.clicked.connect(lambda: self.opened.emit(item))
            lower.addWidget(self.action)
        parts: list[Item] = [(column(upper, lower, gap=0), 1)]
        if self.is_task:  # what a rule finds is done by doing it
            self.done = Button("", icon="circle", kind="ghost", size="sm", tip=_("Done"))
            self.done.setAccessibleName(_("Done: {what}").format(what=item.title))
            self.done.clicked.connect(lambda: self.completed.emit(item))
            parts.insert(0, self.done)
        elif indent:
            parts.insert(0, self._INDENT)
        self.setLayout(row(*parts, gap=4, margins=(0, 4, 2, 3)))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = event.key()
        if key in {Qt.Key.Key_Return, Qt.Key.Key_Enter} and self.item.screen != "today":
            self.opened.emit(self.item)
        elif key == Qt.Key.Key_Space and self.is_task:
            self.completed.emit(self.item)
        elif event.text().lower() == "a" and self.is_task:
            self.snoozed.emit(self.item)
        elif key in {Qt.Key.Key_Down, Qt.Key.Key_Up}:
            self.focusNextPrevChild(key == Qt.Key.Key_Down)
        else:
            super().keyPressEvent(event)

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
    MOST = 5

    def __init__(self) -> None:
        super().__init__()
        self._column = column(gap=0)
        self.setLayout(self._column)
        self.rows: list[PendingRow] = []

    def show_items(self, items: Sequence[Pending], today: date, most: int = MOST) -> None:
        clear(self._column)
        self.rows = []
        if not items:
            self._column.addWidget(text(_("Nothing pending. Well done."), "muted"))
        indent = any(item.key.startswith("task:") for item in items[:most])
        for n, item in enumerate(items[:most]):
            if n:
                self._column.addWidget(line())
            made = PendingRow(item, today, indent=indent)
            made.opened.connect(self.opened)
            made.completed.connect(self.completed)
            made.snoozed.connect(self.snoozed)
            self.rows.append(made)
            self._column.addWidget(made)
