"""Bars by month with last year's in grey; the figures are also its accessible description."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.i18n import number
from app.views import theme


def nice_ceiling(value: float) -> float:
    """Return the next 1, 2, 3, 5 or 10 times a power of ten: where an axis ends well."""
    if value <= 0:
        return 1
    power = 10.0
    while power * 10 <= value:
        power *= 10
    while power > value:
        power /= 10
    return next(power * step for step in (1, 1.5, 2, 3, 4, 5, 6, 8, 9, 10) if power * step >= value)


class MonthChart(QWidget):
    """Twelve pairs of bars: this year in colour, last year in grey."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self._name = name
        self.setAccessibleName(name)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self._months: list[tuple[str, float, float]] = []
        self._here = -1

    def sizeHint(self) -> QSize:
        return QSize(theme.px(420), theme.px(170))

    def minimumSizeHint(self) -> QSize:
        return QSize(theme.px(220), theme.px(90))

    def set_months(
        self, months: Sequence[tuple[str, float, float]], *, current: int = -1,
        say: Callable[[float], str] = str,
    ) -> None:  # fmt: skip
        """Show (initial, last year, this year) per month; `say` writes an amount for the ear."""
        self._months, self._here = list(months), current
        self.setAccessibleDescription(
            "; ".join(f"{initial}: {say(now)} ({say(before)})" for initial, before, now in months)
        )
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        if not self._months:
            return
        p = QPainter(self)
        p.setRenderHint(QPainter.RenderHint.Antialiasing)
        most = nice_ceiling(max(max(a, b) for _initial, a, b in self._months))
        left, bottom = theme.px(50), self.height() - theme.px(22)
        top, right = theme.px(8), self.width() - theme.px(4)
        p.setFont(theme.font("xs"))
        for step in range(4):
            y = bottom - (bottom - top) * step / 3
            p.setPen(QPen(theme.colour("grid"), 1))
            p.drawLine(left, round(y), right, round(y))
            p.setPen(theme.colour("text_subtle"))
            box = QRectF(0, y - 9, left - theme.px(8), 18)
            side = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
            p.drawText(box, side, number(round(most * step / 3)))
        width = (right - left) / len(self._months)
        bar = min(theme.px(16), width * 0.32)
        for n, (initial, before, now) in enumerate(self._months):
            middle = left + width * (n + 0.5)
            for value, x, token in (
                (before, middle - bar - 1, "data_prev"), (now, middle + 1, "data1"),
            ):  # fmt: skip
                high = (bottom - top) * max(0, value) / most
                p.setPen(Qt.PenStyle.NoPen)
                p.setBrush(theme.colour(token))
                p.drawRoundedRect(QRectF(x, bottom - high, bar, high), 2, 2)
            p.setPen(theme.colour("text" if n == self._here else "text_muted"))
            p.setFont(theme.font("xs", "bold" if n == self._here else "regular"))
            box = QRectF(middle - width / 2, bottom + 4, width, theme.px(16))
            p.drawText(box, Qt.AlignmentFlag.AlignCenter, initial)
