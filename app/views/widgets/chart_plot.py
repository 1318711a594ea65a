"""The painted part of a chart: bars and lines over one axis, read with the mouse or the arrows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from math import ceil

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import (
    QAccessible,
    QAccessibleAnnouncementEvent,
    QFocusEvent,
    QFontMetrics,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPolygonF,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.i18n import number
from app.views import theme
from app.views.widgets.button import paint_ring

_KEYBOARD = {
    Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason,
    Qt.FocusReason.ShortcutFocusReason,
}  # fmt: skip


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


def nice_step(ceiling: float) -> float:
    """Return the third, quarter or fifth of an axis that is easiest to read."""
    for parts in (3, 4, 5):
        leading = float(f"{ceiling / parts:e}".partition("e")[0])
        if leading in {1, 2, 2.5, 3, 5}:
            return ceiling / parts
    return ceiling / 4


@dataclass(frozen=True)
class Series:
    """One row of figures; None where there is none. The previous year is grey."""

    name: str
    values: tuple[float | None, ...]
    token: str = "data1"  # noqa: S105 - of the theme
    is_line: bool = False

    @classmethod
    def before(cls, name: str, values: Sequence[float | None]) -> Series:
        """Return last year's figures, in the grey that they have everywhere."""
        return cls(name, tuple(values), "data_prev")


@dataclass(frozen=True)
class Figures:
    """What a chart shows: a label per place (short on the axis, whole when read), and the series.

    `say` writes an amount for the eye and the ear; `here` is the place of today, or -1.
    """

    labels: tuple[str, ...] = ()
    series: tuple[Series, ...] = ()
    whole: tuple[str, ...] = ()
    say: Callable[[float], str] = field(default=lambda value: number(Decimal(round(value))))
    here: int = -1

    def label(self, at: int) -> str:
        return (self.whole or self.labels)[at]

    def said(self, series: Series, at: int) -> str:
        value = series.values[at]
        return "–" if value is None else self.say(value)

    def sentence(self, at: int) -> str:
        """Return what is to be read of one place: «November: 2026 4,120; 2025 3,900»."""
        parts = [f"{series.name} {self.said(series, at)}".strip() for series in self.series]
        return f"{self.label(at)}: {'; '.join(parts)}"


class Plot(QWidget):
    """Paints `Figures`. The mouse or the arrow keys read one place of it at a time."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.figures = Figures()
        self.at = -1  # the place that is being read
        self._ring = False
        self.setAccessibleName(name)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def sizeHint(self) -> QSize:
        return QSize(theme.px(420), theme.px(170))

    def minimumSizeHint(self) -> QSize:
        return QSize(theme.px(220), theme.px(90))

    def show_figures(self, figures: Figures) -> None:
        self.figures, self.at = figures, -1
        places = range(len(figures.labels))
        self.setAccessibleDescription("; ".join(figures.sentence(at) for at in places))
        self.update()

    # reading

    def read(self, at: int) -> None:
        """Show the values of a place; -1 shows none."""
        if at != self.at:
            self.at = at
            self.update()

    def _read_aloud(self, at: int) -> None:
        self.read(at)
        said = self.figures.sentence(at)
        QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self, said))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        area = self._area()
        inside = area.contains(event.position()) and bool(self.figures.labels)
        width = area.width() / max(1, len(self.figures.labels))
        last = len(self.figures.labels) - 1
        self.read(min(int((event.position().x() - area.x()) / width), last) if inside else -1)

    def leaveEvent(self, event: QEvent) -> None:
        if not self.hasFocus():
            self.read(-1)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self._ring = event.reason() in _KEYBOARD
        if self._ring and self.figures.labels and self.at < 0:
            self._read_aloud(max(0, self.figures.here))
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self._ring = False
        self.read(-1)
        self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        last = len(self.figures.labels) - 1
        goal = {
            Qt.Key.Key_Left: max(0, self.at - 1), Qt.Key.Key_Right: min(last, self.at + 1),
            Qt.Key.Key_Home: 0, Qt.Key.Key_End: last,
        }.get(Qt.Key(event.key()))  # fmt: skip
        if goal is None or last < 0 or event.modifiers():
            super().keyPressEvent(event)
        else:
            self._read_aloud(goal)

    # painting

    def _step(self) -> float:
        values = [v for series in self.figures.series for v in series.values if v is not None]
        return nice_step(nice_ceiling(max([0.0, *values, *(-v / 2 for v in values)])))

    def _marks(self) -> list[float]:
        values = [v for series in self.figures.series for v in series.values if v is not None]
        step = self._step()
        below, above = ceil(-min([0.0, *values]) / step), ceil(max([0.0, *values]) / step)
        return [step * n for n in range(-below, max(above, 1 - below) + 1)]

    def _word(self, mark: float) -> str:
        places = 2 if self._step() < 3 else 0
        return number(Decimal(str(round(mark, places))))

    def _area(self) -> QRectF:
        metrics = QFontMetrics(theme.font("xs"))
        words = [self._word(mark) for mark in self._marks()]
        left = max(metrics.horizontalAdvance(word) for word in words) + theme.px(12)
        top, foot = theme.px(10), theme.px(22)
        return QRectF(left, top, self.width() - left - theme.px(4), self.height() - top - foot)

    def paintEvent(self, event: QPaintEvent) -> None:
        if not self.figures.labels:
            return
        p = QPainter(self)
        p.setRenderHint(QPainter.RenderHint.Antialiasing)
        area, marks = self._area(), self._marks()
        low, high = marks[0], marks[-1]

        def y(value: float) -> float:
            return area.bottom() - area.height() * (value - low) / (high - low)

        width = area.width() / len(self.figures.labels)
        if self.at >= 0:
            band = QRectF(area.x() + width * self.at, area.y(), width, area.height())
            p.fillRect(band, theme.colour("hover"))
        self._paint_axis(p, area, y)
        self._paint_bars(p, area, width, y)
        self._paint_lines(p, area, width, y)
        self._paint_labels(p, area, width)
        if self.at >= 0:
            self._paint_reading(p, area, width)
        if self._ring:
            paint_ring(p, QRectF(self.rect()), 6)

    def _paint_axis(self, p: QPainter, area: QRectF, y: Callable[[float], float]) -> None:
        p.setFont(theme.font("xs"))
        for mark in self._marks():
            height = round(y(mark)) + 0.5
            p.setPen(QPen(theme.colour("text_subtle" if mark == 0 else "grid"), 1))
            p.drawLine(QPointF(area.x(), height), QPointF(area.right(), height))
            p.setPen(theme.colour("text_subtle"))
            box = QRectF(0, height - theme.px(9), area.x() - theme.px(8), theme.px(18))
            side = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
            p.drawText(box, side, self._word(mark))

    def _paint_bars(
        self, p: QPainter, area: QRectF, width: float, y: Callable[[float], float]
    ) -> None:
        bars = [series for series in self.figures.series if not series.is_line]
        if not bars:
            return
        bar = min(theme.px(16), width * 0.64 / len(bars))
        p.setPen(Qt.PenStyle.NoPen)
        for n, series in enumerate(bars):
            p.setBrush(theme.colour(series.token))
            for at, value in enumerate(series.values):
                if not value:
                    continue
                middle = area.x() + width * (at + 0.5)
                x = middle + (n - len(bars) / 2) * (bar + 2) + 1
                top, bottom = sorted((y(value), y(0)))
                p.drawRoundedRect(QRectF(x, top, bar, max(1.0, bottom - top)), 2, 2)

    def _paint_lines(
        self, p: QPainter, area: QRectF, width: float, y: Callable[[float], float]
    ) -> None:
        for series in self.figures.series:
            if not series.is_line:
                continue
            stretch: list[QPointF] = []
            p.setBrush(Qt.BrushStyle.NoBrush)
            for at, value in [*enumerate(series.values), (-1, None)]:
                if value is not None:
                    stretch.append(QPointF(area.x() + width * (at + 0.5), y(value)))
                    continue
                p.setPen(QPen(theme.colour(series.token), 2))
                p.drawPolyline(QPolygonF(stretch))
                p.setBrush(theme.colour("surface"))
                for point in stretch:
                    p.drawEllipse(point, 3, 3)
                p.setBrush(Qt.BrushStyle.NoBrush)
                stretch = []

    def _paint_labels(self, p: QPainter, area: QRectF, width: float) -> None:
        widest = max(map(QFontMetrics(theme.font("xs", "bold")).horizontalAdvance,
                         self.figures.labels))  # fmt: skip
        every = max(1, -(-(widest + theme.px(6)) // max(1, int(width))))
        for at, label in enumerate(self.figures.labels):
            here = at == self.figures.here
            if at % every and not here:
                continue
            p.setPen(theme.colour("text" if here or at == self.at else "text_muted"))
            p.setFont(theme.font("xs", "bold" if here else "regular"))
            middle = area.x() + width * (at + 0.5)
            room = max(width, widest + 2)
            box = QRectF(middle - room / 2, area.bottom() + 4, room, theme.px(16))
            p.drawText(box, Qt.AlignmentFlag.AlignCenter, label)

    def _paint_reading(self, p: QPainter, area: QRectF, width: float) -> None:
        """Paint a label beside the place that is being read, on the side that has room."""
        lines = [(self.figures.label(self.at), "semibold", "text")]
        for series in self.figures.series:
            said = f"{series.name}  {self.figures.said(series, self.at)}".strip()
            lines.append((said, "regular", "text_muted"))
        wide = max(
            QFontMetrics(theme.font("xs", weight)).horizontalAdvance(words)
            for words, weight, _token in lines
        ) + theme.px(18)  # fmt: skip
        high = len(lines) * theme.px(17) + theme.px(10)
        left = area.x() + width * (self.at + 1) + 4
        if left + wide > self.width():
            left = max(0.0, area.x() + width * self.at - wide - 4)
        box = QRectF(left, max(0.0, area.y() - 4), min(wide, self.width()), high)
        p.setPen(QPen(theme.colour("border_strong"), 1))
        p.setBrush(theme.colour("overlay"))
        p.drawRoundedRect(box.adjusted(0.5, 0.5, -0.5, -0.5), 6, 6)
        for n, (words, weight, token) in enumerate(lines):
            p.setFont(theme.font("xs", weight))
            p.setPen(theme.colour(token))
            row = QRectF(box.x() + theme.px(9), box.y() + theme.px(5) + n * theme.px(17),
                         box.width(), theme.px(17))  # fmt: skip
            p.drawText(row, Qt.AlignmentFlag.AlignVCenter, words)
