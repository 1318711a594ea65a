"""Where the customer signs: strokes with their times, by mouse, finger, pen or trackpad."""

from __future__ import annotations

import time

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.i18n import _
from app.views import theme

WIDTH, HEIGHT = 1000, 400  # the box that strokes are kept in, whatever the screen
Stroke = list[list[int]]  # [x, y, milliseconds since the first point]
_SHIFT = Qt.KeyboardModifier.ShiftModifier
_WAYS = {
    Qt.Key.Key_Left: QPointF(-2, 0), Qt.Key.Key_Right: QPointF(2, 0),
    Qt.Key.Key_Up: QPointF(0, -2), Qt.Key.Key_Down: QPointF(0, 2),
}  # fmt: skip


class SignaturePad(QWidget):
    """Draws while pressed; with the trackpad, while Space is held. Delete clears.

    Without a pointer the arrows move the pen, and draw while Space is held.
    """

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName(_("Signature of the customer"))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setCursor(Qt.CursorShape.CrossCursor)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._strokes: list[Stroke] = []
        self._drawing = False
        self._began = 0.0
        self._pen: QPointF | None = None  # where the arrows have moved it to

    def sizeHint(self) -> QSize:
        return QSize(theme.px(480), theme.px(190))

    def strokes(self) -> list[Stroke]:
        """Return what was drawn, in a box of 1000 by 400, with milliseconds; no pressure."""
        return [list(stroke) for stroke in self._strokes if len(stroke) > 1]

    def is_empty(self) -> bool:
        return not self.strokes()

    def clear(self) -> None:
        self._strokes.clear()
        self.update()
        self.changed.emit()

    def _scale(self) -> float:
        return min(self.width() / WIDTH, self.height() / HEIGHT)

    def _point(self, spot: QPointF) -> list[int]:
        if not self._strokes or self._strokes == [[]]:
            self._began = time.monotonic()
        scale = self._scale()
        left, top = (self.width() - WIDTH * scale) / 2, (self.height() - HEIGHT * scale) / 2
        x = min(max(round((spot.x() - left) / scale), 0), WIDTH)
        y = min(max(round((spot.y() - top) / scale), 0), HEIGHT)
        return [x, y, round((time.monotonic() - self._began) * 1000)]

    def _begin(self, spot: QPointF) -> None:
        self._drawing = True
        self._strokes.append([])
        self._strokes[-1].append(self._point(spot))
        self.update()

    def _draw_to(self, spot: QPointF) -> None:
        point = self._point(spot)
        if self._strokes[-1][-1][:2] != point[:2]:
            self._strokes[-1].append(point)
            self.update()

    def _end(self) -> None:
        self._drawing = False
        self.changed.emit()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.setFocus()
        self._pen = None
        self._begin(event.position())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._pen = None
        if self._drawing:
            self._draw_to(event.position())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self._drawing:
            self._end()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if (way := _WAYS.get(Qt.Key(event.key()))) is not None:
            self._move_pen(way * (1 if event.modifiers() & _SHIFT else 4))
        elif event.key() == Qt.Key.Key_Space and not event.isAutoRepeat():
            self._begin(self._pen or QPointF(self.mapFromGlobal(self.cursor().pos())))
        elif event.key() == Qt.Key.Key_Delete:
            self.clear()
        elif event.key() != Qt.Key.Key_Space:
            super().keyPressEvent(event)

    def _move_pen(self, way: QPointF) -> None:
        """Move the pen with the arrows, from the left end of the line on."""
        here = self._pen or QPointF(self.width() * 0.2, self.height() * 0.6)
        there = here + way * theme.scale()
        self._pen = QPointF(
            min(max(there.x(), 4.0), self.width() - 4.0),
            min(max(there.y(), 4.0), self.height() - 4.0),
        )
        if self._drawing:
            self._draw_to(self._pen)
        self.update()

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Space and not event.isAutoRepeat() and self._drawing:
            self._end()
        else:
            super().keyReleaseEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        p = QPainter(self)
        p.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        focus = self.hasFocus()
        p.setPen(QPen(theme.colour("focus" if focus else "border_strong"), 2 if focus else 1))
        p.setBrush(theme.colour("paper"))
        p.drawRoundedRect(box, 8, 8)
        p.setPen(QPen(theme.colour("#A9B5B1"), 1, Qt.PenStyle.DashLine))
        line = self.height() * 0.78
        p.drawLine(QPointF(24, line), QPointF(self.width() - 24, line))
        if self._pen is not None and focus:
            p.setPen(QPen(theme.colour("focus"), 2))
            p.drawEllipse(self._pen, 5, 5)
        scale = self._scale()
        p.translate((self.width() - WIDTH * scale) / 2, (self.height() - HEIGHT * scale) / 2)
        pen = QPen(theme.colour("#12305F"), 2.4)
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
        p.setPen(pen)
        p.setBrush(Qt.BrushStyle.NoBrush)
        for stroke in self._strokes:
            path = QPainterPath()
            for n, (x, y, _at) in enumerate(stroke):
                spot = QPointF(x * scale, y * scale)
                path.lineTo(spot) if n else path.moveTo(spot)
            p.drawPath(path)
