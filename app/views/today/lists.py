"""The visits of the day in their order, each a row that keys open, log, move and remove."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QMenu, QSizePolicy, QWidget

from app import i18n
from app.i18n import _
from app.services.agenda import DayPlan, DayRow
from app.settings import Settings
from app.views import keymap, theme
from app.views.widgets import wording
from app.views.widgets.button import paint_ring
from app.views.widgets.chip import chip_width, paint_chip
from app.views.widgets.layout import clear, column

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
    peeked = Signal(str)  # account

    def __init__(
        self, visit: DayRow, settings: Settings, *, first: bool = False, last: bool = False
    ) -> None:
        super().__init__()
        self.visit, self._settings = visit, settings
        self._first, self._last = first, last
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        words, _tone, _icon = wording.day_state(visit.state, visit.outcome)
        at = i18n.clock(visit.at) if visit.at else ""
        self.setAccessibleName(f"{at} {visit.name}, {visit.city}, {words}")

    def sizeHint(self) -> QSize:
        return QSize(theme.px(400), theme.px(50))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        match keymap.pressed(self._settings, event, "list", "today"):
            case "open":
                self.click()
            case "peek":
                self.peeked.emit(self.visit.account_id)
            case "remove":
                self.removed.emit(self.visit.id)
            case "earlier":
                self.moved.emit(self.visit.id, -1)
            case "later":
                self.moved.emit(self.visit.id, 1)
            case "" if event.key() in {Qt.Key.Key_Down, Qt.Key.Key_Up}:
                self.focusNextPrevChild(event.key() == Qt.Key.Key_Down)
            case _:
                event.ignore()  # the page's own keys

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        self.menu().popup(event.globalPos())

    def menu(self) -> QMenu:
        """Return what can be done with the visit, with its keys."""
        visit, menu, written = self.visit, QMenu(self), partial(keymap.printed, self._settings)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction(f"{_('Open the visit')}\t{written('open')}", self.click)
        look = partial(self.peeked.emit, visit.account_id)
        menu.addAction(f"{_('Look at the customer')}\t{written('peek')}", look)
        if visit.state not in _DONE:
            for words, key, what in (
                (_("Earlier in the order"), "earlier", partial(self.moved.emit, visit.id, -1)),
                (_("Later in the order"), "later", partial(self.moved.emit, visit.id, 1)),
                (_("Take off the day"), "remove", partial(self.removed.emit, visit.id)),
            ):
                menu.addAction(f"{words}\t{written(key)}", what)
        return menu

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
    peeked = Signal(str)  # account

    def __init__(self, settings: Settings) -> None:
        super().__init__()
        self._settings = settings
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
            last = n == end - 1 and lunch_after != end
            made = VisitRow(visit, self._settings, first=not n, last=last)
            made.clicked.connect(lambda _checked=False, id_=visit.id: self.opened.emit(id_))
            made.removed.connect(self.removed)
            made.moved.connect(self.moved)
            made.peeked.connect(self.peeked)
            self.rows.append(made)
            self._column.addWidget(made)
            if visit.id == focused:
                made.show()  # a part that is not shown yet takes no focus
                made.setFocus(Qt.FocusReason.OtherFocusReason)
        if end and lunch_after == end:
            self._column.addWidget(LunchRow(plan, last=True))
        self._column.addStretch(1)

    @property
    def focused(self) -> VisitRow | None:
        """The row that has the keyboard."""
        return next((row for row in self.rows if row.hasFocus()), None)


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
