"""The product's mark, painted."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from app.views import theme


class Mark(QWidget):
    """The product's mark: a road that becomes a tick, its destination in amber."""

    def __init__(self, side: int = 26) -> None:
        super().__init__()
        self.setFixedSize(theme.px(side), theme.px(side))

    def paintEvent(self, event: QPaintEvent) -> None:
        p = QPainter(self)
        p.setRenderHint(QPainter.RenderHint.Antialiasing)
        scale = self.width() / 26
        p.scale(scale, scale)
        p.setPen(Qt.PenStyle.NoPen)
        p.setBrush(QColor("#0B6170"))
        p.drawRoundedRect(QRectF(0, 0, 26, 26), 7, 7)
        road = QPainterPath(QPointF(5.5, 12))
        road.cubicTo(8, 12.5, 9.5, 15, 10.8, 19)
        road.cubicTo(12.5, 13, 15.5, 9, 20.5, 6.5)
        p.setBrush(Qt.BrushStyle.NoBrush)
        round_cap, round_join = Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin
        p.setPen(QPen(QColor("#FFFFFF"), 3.4, Qt.PenStyle.SolidLine, round_cap, round_join))
        p.drawPath(road)
        p.setPen(Qt.PenStyle.NoPen)
        p.setBrush(QColor("#F2A71B"))
        p.drawEllipse(QPointF(20.3, 6.7), 2.6, 2.6)
