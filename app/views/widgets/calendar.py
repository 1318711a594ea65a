"""A month to pick a day from: Monday first, holidays and the customer's closing days marked."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable, Mapping
from datetime import date, timedelta

from PySide6.QtCore import QDate, QLocale, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPen, QTextCharFormat
from PySide6.QtWidgets import QAbstractItemView, QCalendarWidget, QFrame, QToolButton, QWidget

from app import i18n
from app.i18n import _
from app.services import day_marks
from app.services.day_marks import DayMark
from app.views import theme
from app.views.widgets.layout import column, text
from app.views.widgets.page import Desk

# first day, last day, what to call with the marked days between them
Marks = Callable[[date, date, Callable[[Mapping[date, DayMark]], None]], None]


def marks_of(desk: Desk, owner: QWidget, account: Callable[[], str] = str) -> Marks:
    """Return how a calendar of `owner` learns its marks; `account()` is whose days they are."""

    def find(first: date, last: date, done: Callable[[Mapping[date, DayMark]], None]) -> None:
        desk.tasks.read(owner, day_marks.marked, done, first, last, account())

    return find


def _of(day: QDate) -> date:
    return date(day.year(), day.month(), day.day())


class _Month(QCalendarWidget):
    """Paints its days from the tokens: a dot is a holiday, a line through it a closed day."""

    def __init__(self, today: date) -> None:
        super().__init__()
        self.marks: Mapping[date, DayMark] = {}
        self._today = today
        language = i18n.language()
        self.setLocale(QLocale("en_GB" if language != "es" else "es_ES"))
        self.setFirstDayOfWeek(Qt.DayOfWeek.Monday)
        self.setVerticalHeaderFormat(QCalendarWidget.VerticalHeaderFormat.NoVerticalHeader)
        self.setDateEditEnabled(False)
        self.setAccessibleName(_("Calendar"))
        heads = QTextCharFormat()
        heads.setForeground(theme.colour("text_subtle"))
        heads.setFont(theme.font("xs", "semibold"))
        self.setHeaderTextFormat(heads)
        for weekday in (Qt.DayOfWeek.Saturday, Qt.DayOfWeek.Sunday):
            self.setWeekdayTextFormat(weekday, heads)
        names = {"qt_calendar_monthbutton": _("Month"), "qt_calendar_yearbutton": _("Year")}
        for view in self.findChildren(QAbstractItemView):
            view.setAccessibleName(_("Calendar"))
        for name, icon, words in (
            ("qt_calendar_prevmonth", "chevron-left", _("Previous month")),
            ("qt_calendar_nextmonth", "chevron-right", _("Next month")),
        ):
            names[name] = words
            for button in self.findChildren(QToolButton, name):
                button.setIcon(theme.icon(icon, "text_muted", 16))
                button.setToolTip(words)
        for name, words in names.items():
            for button in self.findChildren(QToolButton, name):
                button.setAccessibleName(words)

    def sizeHint(self) -> QSize:
        return QSize(theme.px(304), theme.px(286))

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintCell(self, painter: QPainter, rect: QRect, day: QDate) -> None:
        on = _of(day)
        mark = self.marks.get(on)
        chosen = day == self.selectedDate()
        here = (on.year, on.month) == (self.yearShown(), self.monthShown())
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(rect, theme.colour("overlay"))
        side = min(rect.width(), rect.height()) - 4
        disc = QRectF(0, 0, side, side)
        disc.moveCenter(QRectF(rect).center())
        if chosen:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.colour("primary"))
            painter.drawRoundedRect(disc, 8, 8)
        elif on == self._today:
            painter.setPen(QPen(theme.colour("primary"), 1.5))
            painter.drawRoundedRect(disc, 8, 8)
        ink = _ink(mark, chosen=chosen, here=here)
        painter.setPen(ink)
        painter.setFont(theme.font("sm", "semibold" if chosen or on == self._today else "regular"))
        painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, str(on.day))
        if mark is not None:
            _paint_mark(painter, disc, mark, ink)
        painter.restore()


def _ink(mark: DayMark | None, *, chosen: bool, here: bool) -> QColor:
    if chosen:
        return theme.colour("on_primary")
    if mark is not None and mark.is_holiday:
        return theme.colour("danger_text")
    return theme.colour("text_subtle" if mark is not None or not here else "text")


def _paint_mark(p: QPainter, disc: QRectF, mark: DayMark, ink: QColor) -> None:
    middle = disc.center()
    if mark.is_holiday:
        p.setPen(Qt.PenStyle.NoPen)
        p.setBrush(ink)
        p.drawEllipse(QRectF(middle.x() - 2, disc.bottom() - theme.px(7), 4, 4))
    else:
        half = theme.px(11)
        p.setPen(QPen(ink, 1.5))
        p.drawLine(round(middle.x()) - half, round(middle.y()), round(middle.x()) + half,
                   round(middle.y()))  # fmt: skip


class DayCalendar(QFrame):
    """The month in a pop-up, and below it what is to be known of the day that the cursor is on.

    Arrows move by days, PageUp and PageDown by months, Enter or a click takes the day, Escape
    closes.
    """

    picked = Signal(object)  # date

    def __init__(self, today: date, marks: Marks | None) -> None:
        super().__init__()
        self.setWindowFlags(Qt.WindowType.Popup)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setProperty("overlay", "true")
        self._marks = marks
        self.month, self.words = _Month(today), text("", "subtle", wrap=True)
        self.words.setFixedHeight(2 * self.words.fontMetrics().lineSpacing() + 2)
        self.words.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.setLayout(column(self.month, self.words, gap=4, margins=(8, 8, 8, 8)))
        self.setFocusProxy(self.month)
        self.month.activated.connect(self._take)
        self.month.clicked.connect(self._take)
        self.month.selectionChanged.connect(self._tell)
        self.month.currentPageChanged.connect(lambda _year, _month: self._find())

    def show_day(self, day: date) -> None:
        """Put the cursor on a day and ask for the marks around it."""
        self.month.setSelectedDate(QDate(day.year, day.month, day.day))
        self._find()
        self._tell()

    def _find(self) -> None:
        if self._marks is None:
            return
        year, month = self.month.yearShown(), self.month.monthShown()
        first = date(year, month, 1) - timedelta(days=7)
        last = date(year, month, monthrange(year, month)[1]) + timedelta(days=14)
        self._marks(first, last, self._found)

    def _found(self, marks: Mapping[date, DayMark]) -> None:
        self.month.marks = marks
        self.month.updateCells()
        self._tell()

    def _tell(self) -> None:
        day = _of(self.month.selectedDate())
        mark = self.month.marks.get(day)
        words = i18n.day_long(day) + (f" · {mark.words}" if mark else "")
        self.words.setText(words)
        self.month.setAccessibleDescription(words)

    def _take(self, day: QDate) -> None:
        self.picked.emit(_of(day))
        self.close()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.close()
        else:
            super().keyPressEvent(event)
