"""A field that searches as one types: at the first key at once, then not more often than needed."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit

from app.views import theme

_MS = 30


class SearchBox(QLineEdit):
    """`searched` carries the words, at most every 30 ms; Esc clears, Down leaves."""

    searched = Signal(str)
    left_downwards = Signal()

    def __init__(self, hint: str, *, name: str = "") -> None:
        super().__init__()
        self.setPlaceholderText(hint)
        self.setAccessibleName(name or hint)
        self.setClearButtonEnabled(True)
        self._glass = self.addAction(
            theme.icon("search", "text_subtle", 16), QLineEdit.ActionPosition.LeadingPosition
        )
        theme.look.changed.connect(self._tint)
        self._said = ""
        self._timer = QTimer(self, singleShot=True, interval=_MS)
        self._timer.timeout.connect(self._say)
        self.textChanged.connect(lambda _words: self._typed())

    def _tint(self) -> None:
        self._glass.setIcon(theme.icon("search", "text_subtle", 16))

    def _typed(self) -> None:
        if not self._timer.isActive():
            self._say()

    def _say(self) -> None:
        """Say what is there, unless it was said; who types on is heard again in a moment."""
        if self.text() != self._said:
            self._said = self.text()
            self._timer.start()
            self.searched.emit(self._said)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self.text():
            self.clear()
        elif event.key() == Qt.Key.Key_Down:
            self.left_downwards.emit()
        else:
            super().keyPressEvent(event)
