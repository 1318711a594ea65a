"""The line in which an expense is written as one says it: «aparcamiento 4,10 xàtiva»."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from app.i18n import _
from app.services import drafts
from app.services.expense_view import QUICK
from app.views.widgets.button import IconButton
from app.views.widgets.layout import Icon, column, row, text
from app.views.widgets.page import Desk

DRAFT_MS = 1500  # so that it is on disk two seconds after the key


class QuickLine(QWidget):
    """`written` carries the line on Enter; what is being typed is kept within two seconds."""

    written = Signal(str)

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self.line, self.problem = QLineEdit(), text("", "error", wrap=True)
        self.line.setPlaceholderText(_("parking 4.10 Xàtiva"))
        self.line.setAccessibleName(_("New expense: what, how much, where"))
        self.line.setClearButtonEnabled(True)
        self.photo = IconButton("camera", _("New expense from a photo"))
        self._draft = QTimer(self, singleShot=True, interval=DRAFT_MS)
        self._draft.timeout.connect(self._keep)
        self.line.returnPressed.connect(lambda: self.written.emit(self.line.text()))
        self.line.textChanged.connect(self._typed)
        said = row((self.problem, 1), margins=(24, 0, 0, 0))
        field = row(Icon("plus", "text_subtle", 16), (self.line, 1), self.photo)
        self.setLayout(column(field, said, gap=2, margins=(12, 8, 10, 8)))
        self.problem.hide()

    def begin(self) -> None:
        """Go to the line, ready to be written over."""
        self.line.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.line.selectAll()

    def recover(self, words: str) -> None:
        """Take up what was being typed when the program stopped."""
        if words and not self.line.text():
            self.line.setText(words)

    def done(self) -> None:
        """What was written has been added."""
        self.line.clear()
        self._draft.stop()

    def say(self, problem: str) -> None:
        self.problem.setText(problem)
        self.problem.setVisible(bool(problem))

    def clear(self) -> bool:
        """Empty the line, and tell whether something stood there."""
        there = bool(self.line.text())
        self.line.clear()
        return there

    def _typed(self) -> None:
        self.say("")
        if not self._draft.isActive():  # every two seconds, and not two after the last key
            self._draft.start()

    def keep(self) -> None:
        """Keep what was typed since the last time."""
        if self._draft.isActive():
            self._draft.stop()
            self._keep()

    def _keep(self) -> None:
        typed, now = {"text": self.line.text()}, self._desk.now()
        self._desk.tasks.write(self, drafts.keep, lambda _none: None, QUICK, "", typed, now=now)

    def hideEvent(self, event: QHideEvent) -> None:
        self.keep()
        super().hideEvent(event)
