"""A task noted by hand: what, and when."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QLineEdit, QWidget

from app.i18n import _
from app.views.widgets.button import Button, IconButton
from app.views.widgets.chip import ChipButton
from app.views.widgets.date_edit import DateEdit
from app.views.widgets.field import Field
from app.views.widgets.layer import Layer
from app.views.widgets.layout import Item, column, row, text


def next_monday(today: date) -> date:
    return today + timedelta(days=7 - today.weekday())


class DayLayer(Layer):
    """Asks for a day, and for a title first when `title` is wanted; `written` says both."""

    written = Signal(str, object)  # words, date

    def __init__(
        self, over: QWidget, name: str, today: Callable[[], date], *, title: bool, whose: str = ""
    ) -> None:
        self.title = QLineEdit()
        self.title.setPlaceholderText(_("Send the price list"))
        self.day = DateEdit(_("Day"), today)
        self.day.show_day(today() + timedelta(days=0 if title else 1))
        self._field = Field(_("What is to be done"), self.title)
        close = IconButton("x", _("Close"), key="Esc", size="sm")
        save = Button(_("Add the task") if title else _("Put off"), kind="primary", key="Ctrl ↵")
        chips = [ChipButton(words, "neutral") for words in (
            _("Today"), _("Tomorrow"), _("Monday"))]  # fmt: skip
        parts: list[Item] = [row((text(name, "h2", wrap=True), 1), close)]
        if whose:
            parts.append(text(whose, "muted", wrap=True))
        if title:
            parts.append(self._field)
        parts += [Field(_("When"), self.day), row(*chips, None, gap=6), row(None, save)]
        super().__init__(over, column(*parts, gap=10, margins=(20, 16, 16, 18)), width=460,
                         name=name)  # fmt: skip
        self._wants_title = title
        close.clicked.connect(self.close_layer)
        save.clicked.connect(self._save)
        days = (today(), today() + timedelta(days=1), next_monday(today()))
        for chip, day in zip(chips, days, strict=True):
            chip.clicked.connect(lambda _checked=False, day=day: self.day.show_day(day))
        self.title.returnPressed.connect(self._save)
        for key in ("Ctrl+Return", "Ctrl+Enter"):
            QShortcut(QKeySequence(key), self).activated.connect(self._save)
        first = self.title if title else self.day
        first.setFocus(Qt.FocusReason.TabFocusReason)

    def _save(self) -> None:
        words = self.title.text().strip()
        if self._wants_title and not words:
            self._field.set_error(_("Write what is to be done."))
            self.title.setFocus(Qt.FocusReason.TabFocusReason)
            return
        if not self.day.commit() or self.day.day is None:
            self.day.setFocus(Qt.FocusReason.TabFocusReason)
            return
        self.close_layer()
        self.written.emit(words, self.day.day)
