"""The day as a strip: drives, visits, lunch, opening hours behind them, and now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.i18n import _, clock_of_seconds
from app.views import theme

_HOUR = 3600


@dataclass(frozen=True)
class Block:
    """A visit («visit») or lunch («lunch»), in seconds of the day; `kind` as the map's pins."""

    from_s: int
    to_s: int
    words: str
    kind: str = "planned"  # planned, now, done, lunch
    windows: tuple[tuple[int, int], ...] = ()


class Timeline(QWidget):
    """Shows what `set_day` was given."""

    def __init__(self) -> None:
        super().__init__()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._blocks: tuple[Block, ...] = ()
        self._from, self._to, self._now = 9 * _HOUR, 18 * _HOUR, -1
        self._start, self._end = "", ""
        self._leave, self._back = 0, 0

    def sizeHint(self) -> QSize:
        return QSize(theme.px(400), theme.px(104))

    def set_day(
        self, blocks: Sequence[Block], *, leave_s: int, back_s: int, start: str = "", end: str = "",
        now_s: int = -1,
    ) -> None:  # fmt: skip
        """Show `blocks` between leaving and being back; `now_s` -1 draws no line."""
        self._blocks = tuple(blocks)
        self._leave, self._back, self._now = leave_s, back_s, now_s
        self._start, self._end = start, end
        last = max([back_s, *(block.to_s for block in blocks)], default=leave_s)
        self._from = leave_s // _HOUR * _HOUR
        self._to = max((last // _HOUR + 1) * _HOUR, self._from + 4 * _HOUR)
        spoken = "; ".join(
            f"{clock_of_seconds(block.from_s)} {block.words}" for block in self._blocks
        )
        self.setAccessibleName(_("The day: {visits}").format(visits=spoken))
        self.update()

    def _x(self, seconds: int) -> float:
        left, right = theme.px(12), self.width() - theme.px(12)
        return left + (right - left) * (seconds - self._from) / (self._to - self._from)

    def paintEvent(self, event: QPaintEvent) -> None:
        p = QPainter(self)
        p.setRenderHint(QPainter.RenderHint.Antialiasing)
        top, height = theme.px(30), theme.px(34)
        self._paint_hours(p, top, height)
        self._paint_hours_open(p, top, height)
        if self._back > self._leave:
            middle = top + height / 2
            pen = QPen(theme.colour("route_done"), theme.px(5))
            pen.setCapStyle(Qt.PenCapStyle.RoundCap)
            p.setPen(pen)
            p.drawLine(QPointF(self._x(self._leave), middle), QPointF(self._x(self._back), middle))
        for block in self._blocks:
            self._paint_block(p, block, top, height)
        self._paint_ends(p, top + height + theme.px(8))
        if self._from <= self._now <= self._to:
            self._paint_now(p, top, height)

    def _paint_hours(self, p: QPainter, top: float, height: float) -> None:
        p.setFont(theme.font("xs"))
        now = self._x(self._now) if self._from <= self._now <= self._to else -1000
        step = _HOUR if (self._to - self._from) / _HOUR <= 11 else 2 * _HOUR
        for at in range(self._from, self._to + 1, step):
            x = self._x(at)
            p.setPen(QPen(theme.colour("grid"), 1))
            p.drawLine(QPointF(x, top - 4), QPointF(x, top + height + theme.px(6)))
            if abs(x - now) < theme.px(42):
                continue  # the hour of now stands there
            wide = theme.px(60)
            box = QRectF(x - wide / 2, 2, wide, theme.px(18))
            if at == self._from:
                box = QRectF(0, 2, wide, theme.px(18))
            elif at >= self._to:
                box = QRectF(self.width() - wide, 2, wide, theme.px(18))
            side = Qt.AlignmentFlag.AlignHCenter
            if at == self._from:
                side = Qt.AlignmentFlag.AlignLeft
            elif at >= self._to:
                side = Qt.AlignmentFlag.AlignRight
            p.setPen(theme.colour("text_muted"))
            p.drawText(box, side | Qt.AlignmentFlag.AlignVCenter, clock_of_seconds(at))

    def open_hours(self) -> list[tuple[int, int]]:
        """Return the hours of the customers that bind a visit of the strip, joined and in order.

        Who is open from leaving to being back binds nothing.
        """
        wanted = sorted(
            (max(start, self._from), min(end, self._to))
            for block in self._blocks
            for start, end in block.windows
            if (start > self._leave or end < self._back)
            and block.to_s >= start - 7200 and block.from_s <= end + 7200
        )  # fmt: skip
        joined: list[tuple[int, int]] = []
        for start, end in wanted:
            if end <= start:
                continue
            if joined and start <= joined[-1][1]:
                joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
            else:
                joined.append((start, end))
        return [hours for hours in joined if hours != (self._from, self._to)]

    def _paint_hours_open(self, p: QPainter, top: float, height: float) -> None:
        for start, end in self.open_hours():
            box = QRectF(
                self._x(start), top - theme.px(5), self._x(end) - self._x(start),
                height + theme.px(10),
            )  # fmt: skip
            p.fillRect(box, theme.colour("info_soft", 0.6))
            p.fillRect(QRectF(box.x(), box.y(), box.width(), 2), theme.colour("info"))

    def _paint_block(self, p: QPainter, block: Block, top: float, height: float) -> None:
        width = max(self._x(block.to_s) - self._x(block.from_s), theme.px(10))
        box = QRectF(self._x(block.from_s), top, width, height)
        if block.kind == "lunch":
            p.setPen(QPen(theme.colour("border_strong"), 1, Qt.PenStyle.DashLine))
            p.setBrush(theme.colour("sunken"))
            p.drawRoundedRect(box, 5, 5)
            at = box.center() - QPointF(theme.px(8), theme.px(8))
            theme.draw_icon(p, "utensils", at.x(), at.y(), 16)
            return
        fill = {"now": "accent", "done": "success"}.get(block.kind, "primary")
        ink = {"now": "on_accent", "done": "surface"}.get(block.kind, "on_primary")
        p.setPen(QPen(theme.colour("surface"), 1.4))
        p.setBrush(theme.colour(fill))
        p.drawRoundedRect(box, 5, 5)
        p.setPen(theme.colour(ink))
        p.setFont(theme.font("base", "semibold"))
        number = block.words.split(" ", 1)[0]
        p.drawText(box, Qt.AlignmentFlag.AlignCenter, number)

    def _paint_ends(self, p: QPainter, y: float) -> None:
        p.setFont(theme.font("sm"))
        p.setPen(theme.colour("text_muted"))
        line = QRectF(theme.px(4), y, self.width() - theme.px(8), theme.px(20))
        middle = Qt.AlignmentFlag.AlignVCenter
        p.drawText(line, Qt.AlignmentFlag.AlignLeft | middle, self._start)
        p.drawText(line, Qt.AlignmentFlag.AlignRight | middle, self._end)

    def _paint_now(self, p: QPainter, top: float, height: float) -> None:
        x = self._x(self._now)
        p.setPen(QPen(theme.colour("danger"), 2))
        p.drawLine(QPointF(x, top - theme.px(6)), QPointF(x, top + height + theme.px(8)))
        words = clock_of_seconds(self._now)
        p.setFont(theme.font("xs", "semibold"))
        width = p.fontMetrics().horizontalAdvance(words) + theme.px(10)
        left = min(max(0.0, x - width / 2), self.width() - width)
        box = QRectF(left, 2, width, theme.px(18))
        p.setPen(Qt.PenStyle.NoPen)
        p.setBrush(theme.colour("danger"))
        p.drawRoundedRect(box, 9, 9)
        p.setPen(theme.colour("on_danger"))
        p.drawText(box, Qt.AlignmentFlag.AlignCenter, words)
