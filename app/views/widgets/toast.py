"""What just happened, said at the bottom for some seconds, with the way back."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QRectF, QSize, Qt, QTimer
from PySide6.QtGui import (
    QAccessible,
    QAccessibleAnnouncementEvent,
    QFontMetrics,
    QPainter,
    QPaintEvent,
)
from PySide6.QtWidgets import QAbstractButton, QWidget

from app.i18n import _
from app.views import theme
from app.views.widgets.button import paint_key

_MS, _UNDO_MS = 6000, 10_000
_CENTRE = Qt.AlignmentFlag.AlignVCenter


class _Undo(QAbstractButton):
    """«Undo», with its key."""

    def sizeHint(self) -> QSize:
        words = QFontMetrics(theme.font("base", "semibold")).horizontalAdvance(self.text())
        key = QFontMetrics(theme.font("xs", "medium")).horizontalAdvance("Ctrl Z")
        return QSize(words + key + theme.px(38), theme.px(28))

    def paintEvent(self, event: QPaintEvent) -> None:
        p = QPainter(self)
        p.setRenderHint(QPainter.RenderHint.Antialiasing)
        token = "accent" if theme.name() != "oscuro" else "#744700"
        p.setFont(theme.font("base", "semibold"))
        p.setPen(theme.colour(token))
        p.drawText(QRectF(theme.px(8), 0, self.width(), self.height()), _CENTRE, self.text())
        width = p.fontMetrics().horizontalAdvance(self.text())
        paint_key(p, theme.px(16) + width, self.height() / 2, "Ctrl Z", "surface")


class Toast(QWidget):
    """One line over the window's foot; a new one replaces the old."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._words = ""
        self._take_back: Callable[[], None] | None = None
        self._button = _Undo(self)
        self._button.clicked.connect(self._undo)
        self._timer = QTimer(self, singleShot=True)
        self._timer.timeout.connect(self.hide)
        self.hide()

    @property
    def words(self) -> str:
        """What is being said; "" when nothing is."""
        return self._words if self.isVisible() else ""

    def show_words(self, words: str, undo: Callable[[], None] | None) -> None:
        """Say `words` for 6 seconds, or for 10 with a button that calls `undo`."""
        self._words = words
        self._take_back = undo
        self._button.setText(_("Undo"))
        self._button.setAccessibleName(_("Undo"))
        self._button.setVisible(undo is not None)
        self.place()
        self.show()
        self.raise_()
        self.update()
        self._timer.start(_UNDO_MS if undo is not None else _MS)
        QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self, words))

    def _undo(self) -> None:
        self.hide()
        if self._take_back is not None:
            self._take_back()

    def place(self) -> None:
        """Stand at the middle of the window's foot."""
        window = self._window
        metrics = QFontMetrics(theme.font("base", "medium"))
        button = self._button.sizeHint().width() if not self._button.isHidden() else 0
        most = window.width() - 48
        words = metrics.horizontalAdvance(self._words) + 6  # glyphs have fractions of a pixel
        width = min(most, words + theme.px(58) + button)
        height = theme.px(46)
        self.setGeometry(
            (window.width() - width) // 2, window.height() - height - 22, width, height
        )
        side = self._button.sizeHint()
        self._button.setGeometry(
            width - side.width() - theme.px(8), (height - side.height()) // 2, side.width(),
            side.height(),
        )  # fmt: skip

    def paintEvent(self, event: QPaintEvent) -> None:
        p = QPainter(self)
        p.setRenderHint(QPainter.RenderHint.Antialiasing)
        p.setPen(Qt.PenStyle.NoPen)
        p.setBrush(theme.colour("text"))
        p.drawRoundedRect(QRectF(self.rect()), 9, 9)
        middle = self.height() / 2
        theme.draw_icon(p, "circle-check", theme.px(14), middle - theme.px(9), 18, "surface")
        p.setFont(theme.font("base", "medium"))
        p.setPen(theme.colour("surface"))
        left = theme.px(42)
        room = self.width() - left - theme.px(12)
        if not self._button.isHidden():
            room -= self._button.width() + theme.px(4)
        words = p.fontMetrics().elidedText(self._words, Qt.TextElideMode.ElideRight, room)
        p.drawText(QRectF(left, 0, room, self.height()), _CENTRE, words)
