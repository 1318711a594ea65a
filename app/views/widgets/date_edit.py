"""A day in one field: typed as people say it, or taken from the calendar on Alt+Down."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from PySide6.QtCore import QDate, QPoint, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QCalendarWidget, QLineEdit

from app import i18n
from app.i18n import _
from app.rules.dates import parse_day
from app.views import theme
from app.views.widgets.edits import ReadingEdit


class DateEdit(ReadingEdit):
    """A day or none; `today()` is asked when something relative is typed."""

    def __init__(self, name: str, today: Callable[[], date]) -> None:
        super().__init__(name, self._read)
        self.setAlignment(Qt.AlignmentFlag.AlignLeft)
        self.day: date | None = None
        self._today = today
        self.setPlaceholderText(_("Thu, +5, 26/11"))
        action = self.addAction(
            theme.icon("calendar-days", "text_subtle", 16), QLineEdit.ActionPosition.LeadingPosition
        )
        action.triggered.connect(self._open)
        self._calendar: QCalendarWidget | None = None

    def show_day(self, day: date | None) -> None:
        self.day = day
        self._show(i18n.day_numeric(day) if day else "")

    def _read(self, words: str) -> str:
        self.day = parse_day(words, self._today(), i18n.language()) if words.strip() else None
        return i18n.day_numeric(self.day) if self.day else ""

    def _mark(self, problem: str) -> None:
        super()._mark(_("Write a day, such as Thu, +5 or 26/11.") if problem else "")

    def _open(self) -> None:
        calendar = QCalendarWidget()
        calendar.setWindowFlags(Qt.WindowType.Popup)
        calendar.setFirstDayOfWeek(Qt.DayOfWeek.Monday)
        calendar.setVerticalHeaderFormat(QCalendarWidget.VerticalHeaderFormat.NoVerticalHeader)
        at = self.day or self._today()
        calendar.setSelectedDate(QDate(at.year, at.month, at.day))
        calendar.activated.connect(self._take)
        calendar.clicked.connect(self._take)
        calendar.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        calendar.move(self.mapToGlobal(QPoint(0, self.height() + 2)))
        calendar.show()
        self._calendar = calendar

    def _take(self, day: QDate) -> None:
        if self._calendar is not None:
            self._calendar.close()
            self._calendar = None
        chosen = date(day.year(), day.month(), day.day())
        if chosen != self.day:
            self.show_day(chosen)
            self.edited.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Down and event.modifiers() & Qt.KeyboardModifier.AltModifier:
            self._open()
        else:
            super().keyPressEvent(event)
