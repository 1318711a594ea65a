"""Bars and sparklines: how far along, how fast expected, and how it went."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.views import theme


def paint_bar(
    p: QPainter, box: QRectF, fraction: float, token: str = "primary",  # noqa: S107 - of the theme
    *, pace: float | None = None, track: str = "sunken",
) -> None:  # fmt: skip
    """Paint a bar filled to `fraction`; `pace` marks where it should be today."""
    p.save()
    p.setRenderHint(QPainter.RenderHint.Antialiasing)
    p.setPen(Qt.PenStyle.NoPen)
    radius = box.height() / 2
    p.setBrush(theme.colour(track))
    p.drawRoundedRect(box, radius, radius)
    if fraction > 0:
        p.setBrush(theme.colour(token))
        width = max(box.height(), box.width() * min(fraction, 1))
        p.drawRoundedRect(QRectF(box.x(), box.y(), width, box.height()), radius, radius)
    if pace is not None:
        x = box.x() + box.width() * min(max(pace, 0), 1)
        p.setPen(QPen(theme.colour("text"), 2))
        p.drawLine(QPointF(x, box.y() - 3), QPointF(x, box.bottom() + 3))
    p.restore()


def paint_sparkline(
    p: QPainter,
    box: QRectF,
    values: Sequence[float],
    token: str = "data1",  # noqa: S107
) -> None:
    """Paint a small line over time, its last point marked."""
    if len(values) < 2:
        return
    low, high = min(values), max(values)
    span = (high - low) or 1
    step = box.width() / (len(values) - 1)
    points = [
        QPointF(box.x() + n * step, box.bottom() - box.height() * (value - low) / span)
        for n, value in enumerate(values)
    ]
    line = QPainterPath(points[0])
    for point in points[1:]:
        line.lineTo(point)
    area = QPainterPath(line)
    area.lineTo(box.right(), box.bottom() + 2)
    area.lineTo(box.x(), box.bottom() + 2)
    p.save()
    p.setRenderHint(QPainter.RenderHint.Antialiasing)
    p.setPen(Qt.PenStyle.NoPen)
    p.setBrush(theme.colour(token, 0.13))
    p.drawPath(area)
    p.setPen(QPen(theme.colour(token), 1.6))
    p.setBrush(Qt.BrushStyle.NoBrush)
    p.drawPath(line)
    p.setPen(Qt.PenStyle.NoPen)
    p.setBrush(theme.colour(token))
    p.drawEllipse(points[-1], 2.4, 2.4)
    p.restore()


class Bar(QWidget):
    """A progress bar; its words stand beside it, never on it."""

    def __init__(
        self, fraction: float = 0, token: str = "primary", *, pace: float | None = None,  # noqa: S107
        height: int = 6,
    ) -> None:  # fmt: skip
        super().__init__()
        self.fraction, self.token, self.pace, self.thick = fraction, token, pace, height
        self.setFixedHeight(height + 8)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_fraction(self, fraction: float) -> None:
        self.fraction = fraction
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        box = QRectF(0, 4, self.width(), self.thick)
        paint_bar(QPainter(self), box, self.fraction, self.token, pace=self.pace)


class Sparkline(QWidget):
    """A small line over time."""

    def __init__(self, values: Sequence[float], token: str = "data1") -> None:  # noqa: S107
        super().__init__()
        self.values, self.token = list(values), token
        self.setFixedSize(theme.px(90), theme.px(28))

    def paintEvent(self, event: QPaintEvent) -> None:
        box = QRectF(3, 4, self.width() - 6, self.height() - 8)
        paint_sparkline(QPainter(self), box, self.values, self.token)
