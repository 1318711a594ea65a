"""Rows, columns, cards and labels: what a page's constructor reads like."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QLayout,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from app.views import theme

# a widget, a layout, a gap in pixels, None for a stretch, or (widget or layout, stretch factor)
Item = QWidget | QLayout | int | None | tuple[QWidget | QLayout, int]
Margins = tuple[int, int, int, int]


def _fill(box: QHBoxLayout | QVBoxLayout, items: tuple[Item, ...]) -> None:
    for item in items:
        if item is None:
            box.addStretch(1)
        elif isinstance(item, int):
            box.addSpacing(item)
        else:
            part, stretch = item if isinstance(item, tuple) else (item, 0)
            if isinstance(part, QWidget):
                box.addWidget(part, stretch)
            else:
                box.addLayout(part, stretch)


def row(*items: Item, gap: int = 8, margins: Margins = (0, 0, 0, 0)) -> QHBoxLayout:
    """Lay out side by side; None stretches, a number is a gap, (part, n) gets stretch n."""
    box = QHBoxLayout()
    box.setSpacing(gap)
    box.setContentsMargins(*margins)
    _fill(box, items)
    return box


def column(*items: Item, gap: int = 8, margins: Margins = (0, 0, 0, 0)) -> QVBoxLayout:
    """Lay out one below the other, as `row` does side by side."""
    box = QVBoxLayout()
    box.setSpacing(gap)
    box.setContentsMargins(*margins)
    _fill(box, items)
    return box


def box(layout: QLayout, **properties: object) -> QFrame:
    """Return a plain frame around `layout`, with the style sheet's properties set on it."""
    frame = QFrame()
    frame.setLayout(layout)
    for name, value in (properties or {"bare": True}).items():
        frame.setProperty(name, value)
    return frame


def card(*items: Item, gap: int = 8, margins: Margins = (16, 14, 16, 14)) -> QFrame:
    """Return a card: surface, thin border, round corners."""
    return box(column(*items, gap=gap, margins=margins), card="true")


class AccentCard(QFrame):
    """A card with a straight bar of 4 pixels at its left, which no style sheet can draw."""

    def __init__(self, layout: QLayout, token: str = "accent") -> None:  # noqa: S107 - of the theme
        super().__init__()
        self.token = token
        self.setProperty("bare", True)
        self.setLayout(layout)

    def paintEvent(self, event: QPaintEvent) -> None:
        p = QPainter(self)
        p.setRenderHint(QPainter.RenderHint.Antialiasing)
        shape = QPainterPath()
        shape.addRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 10, 10)
        p.fillPath(shape, theme.colour("surface"))
        p.save()
        p.setClipPath(shape)
        p.fillRect(QRectF(0, 0, 5, self.height()), theme.colour(self.token))
        p.restore()
        p.setPen(QPen(theme.colour("border"), 1))
        p.drawPath(shape)


def line(orientation: str = "h") -> QFrame:
    """Return a thin line, horizontal («h») or vertical («v»)."""
    frame = QFrame()
    frame.setProperty("line", orientation)
    return frame


def scroll(part: QWidget) -> QScrollArea:
    """Return `part` in a vertical scroller without a frame."""
    area = QScrollArea()
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    area.setWidget(part)
    area.setWidgetResizable(True)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    return area


def text(words: str = "", kind: str = "body", *, tone: str = "", wrap: bool = False) -> QLabel:
    """Return a label; `kind` is h1, h2, h3, kpi, body, strong, muted, subtle, label or error."""
    label = QLabel(words)
    label.setProperty("t", kind)
    label.setTextFormat(Qt.TextFormat.PlainText)
    if tone:
        label.setProperty("tone", tone)
    label.setWordWrap(wrap)
    return label


class Elided(QLabel):
    """A label that shortens its words with «…» instead of pushing its neighbours."""

    def __init__(self, words: str = "", kind: str = "body", *, tone: str = "") -> None:
        super().__init__(words)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setProperty("t", kind)
        if tone:
            self.setProperty("tone", tone)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setMinimumWidth(theme.px(40))
        self.setToolTip(words)

    def setText(self, words: str) -> None:
        super().setText(words)
        self.setToolTip(words)

    def sizeHint(self) -> QSize:
        width = self.fontMetrics().horizontalAdvance(self.text()) + 2
        return QSize(width, super().sizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        p = QPainter(self)
        p.setFont(self.font())
        p.setPen(self.palette().color(self.foregroundRole()))
        words = self.fontMetrics().elidedText(
            self.text(), Qt.TextElideMode.ElideRight, self.width()
        )
        p.drawText(self.rect(), int(self.alignment() | Qt.AlignmentFlag.AlignVCenter), words)


class Icon(QWidget):
    """An icon that is not a button; it says nothing to a screen reader."""

    def __init__(self, name: str, token: str = "text_muted", size: int = 16) -> None:  # noqa: S107
        super().__init__()
        self.name, self.token, self.size_ = name, token, size
        self.setFixedSize(theme.px(size), theme.px(size))

    def show_icon(self, name: str, token: str) -> None:
        self.name, self.token = name, token
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        theme.draw_icon(QPainter(self), self.name, 0, 0, self.size_, self.token)


def clear(layout: QLayout) -> None:
    """Take everything out of `layout` and delete it."""
    while (item := layout.takeAt(0)) is not None:
        if (part := item.widget()) is not None:
            part.hide()
            part.deleteLater()
        elif (inner := item.layout()) is not None:
            clear(inner)
