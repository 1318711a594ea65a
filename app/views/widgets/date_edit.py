"""A day in one field: typed as people say it, or taken from the calendar on Alt+Down."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit

from app import i18n
from app.i18n import _
from app.rules.dates import NotADay, parse_day
from app.services.day_marks import DayMark
from app.views import theme
from app.views.widgets.calendar import DayCalendar, Marks
from app.views.widgets.edits import ReadingEdit


def written_day(day: date, today: date) -> str:
    """Write «jue 26 nov», with the year where `parse_day` would take it for another one."""
    words = i18n.day_short(day)
    try:
        clear = parse_day(words, today, i18n.language()) == day
    except NotADay:
        clear = False
    return words if clear else f"{words} {day.year}"


class DateEdit(ReadingEdit):
    """A day or none; `today()` is asked when something relative is typed.

    With `marks` (see `calendar.marks_of`) the calendar shows holidays and closing days, and a day
    that is one of them says so below the field, in amber: it can be used.
    """

    def __init__(self, name: str, today: Callable[[], date], marks: Marks | None = None) -> None:
        super().__init__(name, self._read)
        self.setAlignment(Qt.AlignmentFlag.AlignLeft)
        self.day: date | None = None
        self._today, self._marks = today, marks
        self.setPlaceholderText(_("Thu, +5, 26/11"))
        self._button = self.addAction(
            theme.icon("calendar-days", "text_subtle", 16), QLineEdit.ActionPosition.LeadingPosition
        )
        self._button.setText(_("Calendar"))
        self._button.setToolTip(_("Calendar (Alt+↓)"))
        self._button.triggered.connect(self._open)
        theme.look.changed.connect(self._tint)
        self.calendar: DayCalendar | None = None

    def _tint(self) -> None:
        self._button.setIcon(theme.icon("calendar-days", "text_subtle", 16))

    def advice(self) -> str:
        return _("Write a day, such as Thu, +5 or 26/11.")

    def show_day(self, day: date | None) -> None:
        self.day = day
        self._show(self._text())

    def _text(self) -> str:
        return written_day(self.day, self._today()) if self.day else ""

    def _read(self, words: str) -> str:
        self.day = parse_day(words, self._today(), i18n.language()) if words.strip() else None
        return self._text()

    def _show(self, words: str, note: str = "") -> None:
        super()._show(words, note)
        if self.day is not None and self._marks is not None:
            self._marks(self.day, self.day, self._say_mark)

    def _say_mark(self, marks: Mapping[date, DayMark]) -> None:
        mark = marks.get(self.day) if self.day else None
        if mark is not None and not self.problem:
            self.note_tone = "warning"
            self._mark("", f"{i18n.day_short(self.day)}: {mark.words}" if self.day else "")

    def _open(self) -> None:
        if self.isReadOnly():
            return
        self.calendar = made = DayCalendar(self._today(), self._marks)
        made.destroyed.connect(self._closed)
        made.picked.connect(self._take)
        made.show_day(self.day or self._today())
        made.adjustSize()
        below = self.mapToGlobal(QPoint(0, self.height() + 2))
        room = self.screen().availableGeometry()
        if below.y() + made.height() > room.bottom():
            below = self.mapToGlobal(QPoint(0, -made.height() - 2))
        made.move(max(room.left(), min(below.x(), room.right() - made.width())), below.y())
        made.show()
        made.month.setFocus(Qt.FocusReason.PopupFocusReason)

    def _closed(self) -> None:
        self.calendar = None

    def _take(self, chosen: date) -> None:
        if chosen != self.day:
            self.show_day(chosen)
            self.edited.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Down and event.modifiers() & Qt.KeyboardModifier.AltModifier:
            self._open()
        else:
            super().keyPressEvent(event)
