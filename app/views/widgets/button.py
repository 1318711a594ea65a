"""Buttons: icon, words and the key that does the same, painted from tokens.

A style sheet cannot draw a key hint, nor tell keyboard focus from a click: hence our own painting.
"""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QFocusEvent, QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QPushButton, QSizePolicy

from app.views import theme

# fill, words, border, fill under the pointer
KINDS: dict[str, tuple[str | None, str, str | None, str]] = {
    "primary": ("primary", "on_primary", None, "primary_hover"),
    "secondary": ("surface", "text", "border_strong", "hover"),
    "soft": ("primary_soft", "primary_text", None, "selected"),
    "ghost": (None, "text_muted", None, "hover"),
    "link": (None, "primary_text", None, "hover"),
    "danger": ("danger", "on_danger", None, "danger"),
    "danger_ghost": (None, "danger_text", None, "danger_soft"),
    "warning_ghost": (None, "warning_text", None, "warning_soft"),
}
HEIGHTS = {"sm": 28, "md": 34, "lg": 42}
BY_KEYBOARD = (
    Qt.FocusReason.TabFocusReason,
    Qt.FocusReason.BacktabFocusReason,
    Qt.FocusReason.ShortcutFocusReason,
)
_CENTRE = Qt.AlignmentFlag.AlignVCenter


def paint_ring(p: QPainter, box: QRectF, radius: float = 6) -> None:
    """Paint the focus ring inside `box`."""
    p.setPen(QPen(theme.colour("focus"), 2))
    p.setBrush(Qt.BrushStyle.NoBrush)
    p.drawRoundedRect(box.adjusted(1, 1, -1, -1), radius, radius)


class Button(QPushButton):
    """A button of a `kind` of KINDS: primary, secondary, soft, ghost, link and so on.

    `key` is the shortcut printed on it; it does not bind the key.
    """

    def __init__(
        self,
        words: str = "",
        *,
        icon: str = "",
        kind: str = "secondary",
        key: str = "",
        size: str = "md",
        menu: bool = False,
        tip: str = "",
    ) -> None:
        super().__init__(words)
        self.icon_name, self.kind, self.key, self.size_, self.has_menu = (
            icon, kind, key, size, menu,
        )  # fmt: skip
        self._ring = False
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAccessibleName(words or tip)
        if tip or key:
            self.setToolTip("  ".join(part for part in (tip or words, key) if part))
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        theme.look.changed.connect(self.updateGeometry)

    def setText(self, words: str) -> None:
        super().setText(words)
        self.setAccessibleName(words)
        self.updateGeometry()

    def _font_size(self) -> str:
        return "sm" if self.size_ == "sm" else "base"

    def _widths(self) -> tuple[int, int, int]:
        """Return the widths of the icon with its gap, of the words, and of the key hint."""
        side = theme.px(15 if self.size_ == "sm" else 17)
        icon = (side + (theme.px(7) if self.text() else 0)) if self.icon_name else 0
        metrics = QFontMetrics(theme.font(self._font_size(), "medium"))
        words = metrics.horizontalAdvance(self.text()) if self.text() else 0
        small = QFontMetrics(theme.font("xs", "medium"))
        key = small.horizontalAdvance(self.key) + theme.px(18) if self.key else 0
        return icon, words, key + (theme.px(18) if self.has_menu else 0)

    def sizeHint(self) -> QSize:
        side = 8 if not self.text() else 10 if self.size_ == "sm" else 13
        return QSize(sum(self._widths()) + 2 * theme.px(side) + 2, theme.px(HEIGHTS[self.size_]))

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def focusInEvent(self, event: QFocusEvent) -> None:
        self._ring = event.reason() in BY_KEYBOARD
        super().focusInEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self._ring = False
        super().focusOutEvent(event)

    def _colours(self) -> tuple[str | None, str, str | None]:
        fill, words, border, under = KINDS[self.kind]
        if not self.isEnabled():
            return ("sunken" if fill else None), "text_disabled", ("border" if border else None)
        if self.isCheckable() and self.isChecked():
            return "selected", "primary_text", "primary"
        return (under if self.underMouse() else fill), words, border

    def paintEvent(self, event: QPaintEvent) -> None:
        p = QPainter(self)
        p.setRenderHint(QPainter.RenderHint.Antialiasing)
        fill, words, border = self._colours()
        box = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        p.setPen(QPen(theme.colour(border), 1) if border else Qt.PenStyle.NoPen)
        p.setBrush(theme.colour(fill) if fill else Qt.BrushStyle.NoBrush)
        p.drawRoundedRect(box, 6, 6)
        if self._ring:
            paint_ring(p, box)
        self._paint_content(p, words)

    def _paint_content(self, p: QPainter, token: str) -> None:
        icon, words, _hint = widths = self._widths()
        x = (self.width() - sum(widths)) / 2
        middle = self.height() / 2
        if self.icon_name:
            size = 15 if self.size_ == "sm" else 17
            stroke = 2 if self.kind in {"primary", "danger"} else 1.9
            theme.draw_icon(
                p, self.icon_name, x, middle - theme.px(size) / 2, size, token, stroke=stroke
            )
            x += icon
        p.setFont(theme.font(self._font_size(), "medium"))
        p.setPen(theme.colour(token))
        p.drawText(QRectF(x, 0, words + 4, self.height()), _CENTRE, self.text())
        x += words
        if self.has_menu:
            theme.draw_icon(p, "chevron-down", x + theme.px(4), middle - theme.px(7), 14, token)
            x += theme.px(18)
        if self.key:
            paint_key(p, x + theme.px(8), middle, self.key, token)


def paint_key(p: QPainter, x: float, middle: float, key: str, token: str) -> float:
    """Paint a key as a small cap and return its width."""
    font = theme.font("xs", "medium")
    width = QFontMetrics(font).horizontalAdvance(key) + theme.px(10)
    box = QRectF(x, middle - theme.px(9), width, theme.px(18))
    p.setPen(QPen(theme.colour(token, 0.55), 1))
    p.setBrush(Qt.BrushStyle.NoBrush)
    p.drawRoundedRect(box.adjusted(0.5, 0.5, -0.5, -0.5), 4, 4)
    p.setFont(font)
    p.setPen(theme.colour(token))
    p.drawText(box, Qt.AlignmentFlag.AlignCenter, key)
    return width


class IconButton(Button):
    """A button that is only an icon; `tip` is its name and, with the key, its tooltip."""

    def __init__(
        self, icon: str, tip: str, *, key: str = "", size: str = "md", kind: str = "ghost"
    ) -> None:
        super().__init__("", icon=icon, kind=kind, size=size, tip=tip)
        self.setAccessibleName(tip)
        self.setToolTip(f"{tip}  {key}" if key else tip)

    def rename(self, icon: str, tip: str, key: str = "") -> None:
        """Show another icon under another name."""
        self.icon_name = icon
        self.setAccessibleName(tip)
        self.setToolTip(f"{tip}  {key}" if key else tip)
        self.update()

    def sizeHint(self) -> QSize:
        side = theme.px(HEIGHTS[self.size_])
        return QSize(side, side)


class OutcomeTile(QAbstractButton):
    """A large tile: icon over word, the digit that presses it in the corner."""

    def __init__(self, words: str, icon: str, tone: str, key: str) -> None:
        super().__init__()
        self.setText(words)
        self.icon_name, self.tone, self.key = icon, tone, key
        self.setAccessibleName(words)
        self.setToolTip(f"{words}  {key}")
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._ring = False

    def sizeHint(self) -> QSize:
        metrics = QFontMetrics(theme.font("base", "semibold"))
        return QSize(metrics.horizontalAdvance(self.text()) + theme.px(24), theme.px(60))

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def focusInEvent(self, event: QFocusEvent) -> None:
        self._ring = event.reason() in BY_KEYBOARD
        super().focusInEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        p = QPainter(self)
        p.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        on = self.isChecked()
        p.setPen(QPen(theme.colour("primary" if on else "border_strong"), 2 if on else 1))
        under = "hover" if self.underMouse() or self.isDown() else "surface"
        p.setBrush(theme.colour("selected" if on else under))
        p.drawRoundedRect(box, 8, 8)
        if self.hasFocus() and self._ring:
            paint_ring(p, box, 8)
        token = f"{self.tone}_text"
        side = theme.px(20)
        theme.draw_icon(p, self.icon_name, (self.width() - side) / 2, theme.px(9), 20, token)
        p.setFont(theme.font("base", "semibold"))
        p.setPen(theme.colour("text"))
        words = QRectF(0, theme.px(32), self.width(), theme.px(22))
        p.drawText(words, Qt.AlignmentFlag.AlignCenter, self.text())
        paint_key(p, self.width() - theme.px(24), theme.px(16), self.key, "text_muted")


class Segmented(QAbstractButton):
    """Two to four exclusive views side by side; arrows move, `index` says which."""

    def __init__(self, words: list[str], index: int = 0, *, name: str = "") -> None:
        super().__init__()
        self.words, self.index = words, index
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self._title = name
        self._name()

    def _name(self) -> None:
        self.setAccessibleName(f"{self._title}: {self.words[self.index]}")

    def choose(self, index: int) -> None:
        """Show view `index` and say so by `clicked`."""
        if index != self.index and 0 <= index < len(self.words):
            self.index = index
            self._name()
            self.update()
            self.clicked.emit()

    def _edges(self) -> list[float]:
        metrics = QFontMetrics(theme.font("sm", "semibold"))
        edges = [3.0]
        for word in self.words:
            edges.append(edges[-1] + metrics.horizontalAdvance(word) + theme.px(22))
        return edges

    def sizeHint(self) -> QSize:
        return QSize(round(self._edges()[-1]) + 3, theme.px(30))

    def keyPressEvent(self, event: object) -> None:
        key = event.key()  # type: ignore[attr-defined]
        if key in {Qt.Key.Key_Left, Qt.Key.Key_Right}:
            self.choose(self.index + (1 if key == Qt.Key.Key_Right else -1))
        else:
            super().keyPressEvent(event)  # type: ignore[arg-type]

    def mousePressEvent(self, event: object) -> None:
        x = event.position().x()  # type: ignore[attr-defined]
        edges = self._edges()
        self.choose(next((i for i, right in enumerate(edges[1:]) if x < right), self.index))

    def paintEvent(self, event: QPaintEvent) -> None:
        p = QPainter(self)
        p.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        p.setPen(QPen(theme.colour("border"), 1))
        p.setBrush(theme.colour("sunken"))
        p.drawRoundedRect(box, 7, 7)
        edges = self._edges()
        for i, word in enumerate(self.words):
            part = QRectF(QPointF(edges[i], 3), QPointF(edges[i + 1], self.height() - 3))
            on = i == self.index
            if on:
                p.setPen(QPen(theme.colour("border_strong"), 1))
                p.setBrush(theme.colour("surface"))
                p.drawRoundedRect(part.adjusted(0.5, 0.5, -0.5, -0.5), 5, 5)
            p.setFont(theme.font("sm", "semibold" if on else "medium"))
            p.setPen(theme.colour("text" if on else "text_muted"))
            p.drawText(part, Qt.AlignmentFlag.AlignCenter, word)
        if self.hasFocus():
            paint_ring(p, box, 7)
