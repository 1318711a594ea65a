"""Chips: a status as icon and word, and filters that are on or off."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from app.views import theme
from app.views.widgets.button import paint_ring

_CENTRE = Qt.AlignmentFlag.AlignVCenter


def chip_width(words: str, icon: str = "", size: str = "xs") -> int:
    metrics = QFontMetrics(theme.font(size, "medium"))
    return metrics.horizontalAdvance(words) + theme.px(16) + (theme.px(16) if icon else 0)


def paint_chip(
    p: QPainter, x: float, middle: float, words: str, tone: str = "neutral", icon: str = "",
    *, size: str = "xs", outline: bool = False,
) -> int:  # fmt: skip
    """Paint a chip with its left end at `x` around the line `middle`; return its width."""
    fill, ink = theme.tone_pair(tone)
    width, height = chip_width(words, icon, size), theme.px(22 if size == "xs" else 24)
    box = QRectF(x, middle - height / 2, width, height)
    p.save()
    p.setRenderHint(QPainter.RenderHint.Antialiasing)
    bordered = outline or theme.name() == "sol"
    p.setPen(QPen(theme.colour(ink), 1) if bordered else Qt.PenStyle.NoPen)
    p.setBrush(theme.colour("surface" if outline else fill))
    p.drawRoundedRect(box.adjusted(0.5, 0.5, -0.5, -0.5), height / 2, height / 2)
    left = x + theme.px(8)
    if icon:
        theme.draw_icon(p, icon, left - 1, middle - theme.px(6.5), 13, ink, stroke=2)
        left += theme.px(16)
    p.setFont(theme.font(size, "medium"))
    p.setPen(theme.colour(ink))
    p.drawText(QRectF(left, box.y(), width, height), _CENTRE, words)
    p.restore()
    return width


class Chip(QWidget):
    """A status: never colour alone, always a word and mostly an icon."""

    def __init__(
        self, words: str = "", tone: str = "neutral", icon: str = "", *, outline: bool = False,
        size: str = "xs",
    ) -> None:  # fmt: skip
        super().__init__()
        self.words, self.tone, self.icon, self.outline, self.size_ = (
            words, tone, icon, outline, size,
        )  # fmt: skip
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(words)

    def show_status(self, words: str, tone: str = "neutral", icon: str = "") -> None:
        self.words, self.tone, self.icon = words, tone, icon
        self.setAccessibleName(words)
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(chip_width(self.words, self.icon, self.size_) + 1, theme.px(24))

    def paintEvent(self, event: QPaintEvent) -> None:
        paint_chip(
            QPainter(self), 0, self.height() / 2, self.words, self.tone, self.icon,
            size=self.size_, outline=self.outline,
        )  # fmt: skip


class ChipButton(QAbstractButton):
    """A chip that can be pressed, such as the sync pill or a suggestion."""

    def __init__(self, words: str = "", tone: str = "neutral", icon: str = "") -> None:
        super().__init__()
        self.tone, self.icon_name = tone, icon
        self.setText(words)
        self.setAccessibleName(words)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def show_status(self, words: str, tone: str, icon: str) -> None:
        self.tone, self.icon_name = tone, icon
        self.setText(words)
        self.setAccessibleName(words)
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(chip_width(self.text(), self.icon_name, "sm") + 2, theme.px(28))

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        p = QPainter(self)
        p.setRenderHint(QPainter.RenderHint.Antialiasing)
        middle = self.height() / 2
        paint_chip(p, 1, middle, self.text(), self.tone, self.icon_name, size="sm")
        if self.hasFocus():
            paint_ring(p, QRectF(self.rect()), 13)


class FilterChip(QAbstractButton):
    """A filter that is on or off, with how many it would leave."""

    def __init__(self, words: str, count: int | None = None, *, icon: str = "") -> None:
        super().__init__()
        self.setCheckable(True)
        self.setText(words)
        self.icon_name = icon
        self._count = count
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self._name()

    def set_count(self, count: int | None) -> None:
        self._count = count
        self._name()
        self.updateGeometry()
        self.update()

    def _name(self) -> None:
        self.setAccessibleName(f"{self.text()} {self._count}" if self._count else self.text())

    def sizeHint(self) -> QSize:
        width = QFontMetrics(theme.font("sm", "medium")).horizontalAdvance(self.text())
        width += theme.px(24) + (theme.px(20) if self.icon_name else 0)
        if self._count is not None:
            bold = QFontMetrics(theme.font("sm", "semibold"))
            width += bold.horizontalAdvance(str(self._count)) + theme.px(8)
        return QSize(width, theme.px(30))

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        p = QPainter(self)
        p.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        on = self.isChecked()
        edge = "primary" if on else "border_strong" if theme.name() == "sol" else "border"
        p.setPen(QPen(theme.colour(edge), 1))
        p.setBrush(theme.colour("selected" if on else "hover" if self.underMouse() else "surface"))
        p.drawRoundedRect(box, box.height() / 2, box.height() / 2)
        if self.hasFocus():
            paint_ring(p, box, box.height() / 2)
        ink = "primary_text" if on else "text_muted"
        x: float = theme.px(11)
        if self.icon_name:
            theme.draw_icon(p, self.icon_name, x, self.height() / 2 - theme.px(7), 14, ink)
            x += theme.px(20)
        p.setFont(theme.font("sm", "medium"))
        p.setPen(theme.colour(ink))
        p.drawText(QRectF(x, 0, self.width(), self.height()), _CENTRE, self.text())
        if self._count is not None:
            x += p.fontMetrics().horizontalAdvance(self.text()) + theme.px(7)
            p.setFont(theme.font("sm", "semibold"))
            p.setPen(theme.colour(ink if on else "text"))
            p.drawText(QRectF(x, 0, self.width(), self.height()), _CENTRE, str(self._count))
