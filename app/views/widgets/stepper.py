"""Where a claim stands, or a wizard: done, here, and to come."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.views import theme


class Steps(QWidget):
    """The states of a claim or the steps of a wizard; `at` is the current one.

    Where there is no room for all the words, only the current step has its own.
    """

    def __init__(self, words: list[str], at: int = 0) -> None:
        super().__init__()
        self.words, self.at = words, at
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self._name()

    def show_step(self, at: int) -> None:
        self.at = at
        self._name()
        self.update()

    def _name(self) -> None:
        self.setAccessibleName(f"{self.at + 1}/{len(self.words)}: {self.words[self.at]}")

    def _width(self, word: str) -> int:
        return QFontMetrics(theme.font("sm", "semibold")).horizontalAdvance(word) + theme.px(26)

    def sizeHint(self) -> QSize:
        between = theme.px(28) * (len(self.words) - 1)
        return QSize(sum(map(self._width, self.words)) + between, theme.px(28))

    def minimumSizeHint(self) -> QSize:
        """Return the room for the circles and the words of the widest step."""
        circles = theme.px(26) * len(self.words) + theme.px(28) * (len(self.words) - 1)
        return QSize(circles + max(map(self._width, self.words)) - theme.px(26), theme.px(28))

    def paintEvent(self, event: QPaintEvent) -> None:
        p = QPainter(self)
        p.setRenderHint(QPainter.RenderHint.Antialiasing)
        x, middle = 0.0, self.height() / 2
        all_words = self.width() >= self.sizeHint().width()
        for n, word in enumerate(self.words):
            done, here = n < self.at, n == self.at
            side = theme.px(18)
            token = "success" if done else "primary" if here else "border_strong"
            p.setPen(QPen(theme.colour(token), 1.5))
            p.setBrush(theme.colour(token) if done or here else Qt.BrushStyle.NoBrush)
            p.drawEllipse(QRectF(x, middle - side / 2, side, side))
            if done:
                theme.draw_icon(p, "check", x + 3, middle - theme.px(6), 12, "surface", stroke=3)
            else:
                p.setPen(theme.colour("on_primary" if here else "text_muted"))
                p.setFont(theme.font("xs", "semibold"))
                box = QRectF(x, middle - side / 2, side, side)
                p.drawText(box, Qt.AlignmentFlag.AlignCenter, str(n + 1))
            width = theme.px(26)
            if all_words or here:
                p.setFont(theme.font("sm", "semibold" if here else "medium"))
                p.setPen(theme.colour("text" if here else "text_muted"))
                width = self._width(word)
                room = QRectF(x + theme.px(24), 0, width, self.height())
                p.drawText(room, Qt.AlignmentFlag.AlignVCenter, word)
            x += width
            if n < len(self.words) - 1:
                p.setPen(QPen(theme.colour("border_strong"), 1))
                p.drawLine(QPointF(x + 4, middle), QPointF(x + theme.px(20), middle))
                x += theme.px(28)
