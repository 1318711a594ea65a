"""Avatars: initials on one of six fixed colours, the same for the same name everywhere."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.views import theme

_COLOURS = ("#0B6170", "#7A5BB5", "#8A5A00", "#2457A6", "#1E7A46", "#A33A6A")
_SMALL_WORDS = {"el", "la", "los", "las", "de", "del", "y", "the", "of", "and", "l", "d"}


def initials(name: str) -> str:
    """Return one or two letters for a name: «Restaurante El Socarrat» is RS."""
    words = [w for w in name.replace("’", " ").replace("'", " ").split() if w[:1].isalnum()]
    words = [w for w in words if w.lower() not in _SMALL_WORDS] or words
    if not words:
        return "?"
    return (words[0][0] + (words[1][0] if len(words) > 1 else words[0][1:2])).upper()


def paint_avatar(
    p: QPainter, x: float, y: float, side: float, name: str, *, square: bool = True
) -> None:
    """Paint the avatar of `name` with its upper left corner at `x`, `y`."""
    ground = QColor(_COLOURS[sum(map(ord, name)) % len(_COLOURS)])
    if theme.name() == "oscuro":
        ground = ground.lighter(75)
    radius = 7 if square else side / 2
    p.save()
    p.setRenderHint(QPainter.RenderHint.Antialiasing)
    p.setPen(Qt.PenStyle.NoPen)
    p.setBrush(ground)
    box = QRectF(x, y, side, side)
    p.drawRoundedRect(box, radius, radius)
    p.setFont(theme.font(max(10, round(side * 0.38 / theme.scale())), "semibold"))
    p.setPen(QColor("#FFFFFF"))
    p.drawText(box, Qt.AlignmentFlag.AlignCenter, initials(name))
    p.restore()


class Avatar(QWidget):
    """The initials of a person (round) or of a business (square)."""

    def __init__(self, name: str, side: int = 36, *, square: bool = True) -> None:
        super().__init__()
        self.name, self.side, self.square = name, side, square
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def set_name(self, name: str) -> None:
        self.name = name
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(theme.px(self.side), theme.px(self.side))

    def paintEvent(self, event: QPaintEvent) -> None:
        paint_avatar(QPainter(self), 0, 0, self.width(), self.name, square=self.square)
