"""What a page says in place: nothing here yet, mind this, and where a claim stands."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QFrame, QLabel, QSizePolicy, QWidget

from app.views import theme
from app.views.widgets.layout import Icon, column, row, text

ICONS = {
    "info": "info", "warning": "triangle-alert", "danger": "circle-alert",
    "success": "circle-check", "accent": "clock",
}  # fmt: skip


class _Ring(QWidget):
    """An icon in a soft disc."""

    def __init__(self, icon: str, side: int = 56) -> None:
        super().__init__()
        self.icon = icon
        self.setFixedSize(theme.px(side), theme.px(side))

    def paintEvent(self, event: QPaintEvent) -> None:
        p = QPainter(self)
        p.setRenderHint(QPainter.RenderHint.Antialiasing)
        p.setPen(Qt.PenStyle.NoPen)
        p.setBrush(theme.colour("primary_soft"))
        p.drawEllipse(self.rect())
        side = 24
        at = (self.width() - theme.px(side)) / 2
        theme.draw_icon(p, self.icon, at, at, side, "primary_text")


class EmptyState(QWidget):
    """What is empty, why or what next, and the one useful action; never «no data».

    The reason takes at most `wide` pixels in a line.
    """

    def __init__(self, icon: str, title: str, why: str, *buttons: QWidget, wide: int = 440) -> None:
        super().__init__()
        heading, reason = text(title, "h2", wrap=True), text(why, "muted", wrap=True)
        for label in (heading, reason):
            label.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._why, self._wide = reason, wide
        self.say_why(why)
        self.setLayout(
            column(
                None, row(None, _Ring(icon), None), 4, heading, row(None, reason, None), 6,
                row(None, *buttons, None), None, gap=6, margins=(24, 24, 24, 24),
            )
        )  # fmt: skip

    def say_why(self, words: str) -> None:
        width = self._why.fontMetrics().horizontalAdvance(words) + 8
        self._why.setFixedWidth(min(max(width, theme.px(160)), theme.px(self._wide)))
        self._why.setText(words)


class Banner(QFrame):
    """A message above what it concerns, with the button that mends it."""

    def __init__(
        self, tone: str = "info", title: str = "", words: str = "", *buttons: QWidget
    ) -> None:
        super().__init__()
        self._icon = Icon(ICONS.get(tone, "info"), f"{tone}_text", 18)
        self._words = QLabel()
        self._words.setTextFormat(Qt.TextFormat.RichText)
        self._words.setWordWrap(True)
        self.setLayout(row(self._icon, (self._words, 1), *buttons, gap=10, margins=(12, 8, 8, 8)))
        self.show_message(tone, title, words)

    def show_message(self, tone: str, title: str, words: str = "") -> None:
        """Say `title` in bold and `words` after it, in a tone."""
        self.setProperty("banner", tone)
        self._words.setProperty("tone", tone)
        self._icon.show_icon(ICONS.get(tone, "info"), f"{tone}_text")
        safe = [part.replace("&", "&amp;").replace("<", "&lt;") for part in (title, words)]
        self._words.setText(f"<b>{safe[0]}</b>" + (f"&nbsp; {safe[1]}" if words else ""))
        self._words.setAccessibleName(f"{title} {words}".strip())
        for part in (self, self._words):
            self.style().unpolish(part)
            self.style().polish(part)


class Steps(QWidget):
    """The states of a claim or the steps of a wizard; `at` is the current one."""

    def __init__(self, words: list[str], at: int = 0) -> None:
        super().__init__()
        self.words, self.at = words, at
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self._name()

    def show_step(self, at: int) -> None:
        self.at = at
        self._name()
        self.update()

    def _name(self) -> None:
        self.setAccessibleName(f"{self.at + 1}/{len(self.words)}: {self.words[self.at]}")

    def _width(self, word: str) -> int:
        return QFontMetrics(theme.font("sm", "semibold")).horizontalAdvance(word) + theme.px(26)

    def sizeHint(self) -> QSize:
        between = theme.px(28) * (len(self.words) - 1)
        return QSize(sum(map(self._width, self.words)) + between, theme.px(28))

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        p = QPainter(self)
        p.setRenderHint(QPainter.RenderHint.Antialiasing)
        x, middle = 0.0, self.height() / 2
        for n, word in enumerate(self.words):
            done, here = n < self.at, n == self.at
            side = theme.px(18)
            token = "success" if done else "primary" if here else "border_strong"
            p.setPen(QPen(theme.colour(token), 1.5))
            p.setBrush(theme.colour(token) if done or here else Qt.BrushStyle.NoBrush)
            p.drawEllipse(QRectF(x, middle - side / 2, side, side))
            if done:
                theme.draw_icon(p, "check", x + 3, middle - theme.px(6), 12, "surface", stroke=3)
            else:
                p.setPen(theme.colour("on_primary" if here else "text_muted"))
                p.setFont(theme.font("xs", "semibold"))
                box = QRectF(x, middle - side / 2, side, side)
                p.drawText(box, Qt.AlignmentFlag.AlignCenter, str(n + 1))
            p.setFont(theme.font("sm", "semibold" if here else "medium"))
            p.setPen(theme.colour("text" if here else "text_muted"))
            width = self._width(word)
            words = QRectF(x + theme.px(24), 0, width, self.height())
            p.drawText(words, Qt.AlignmentFlag.AlignVCenter, word)
            x += width
            if n < len(self.words) - 1:
                p.setPen(QPen(theme.colour("border_strong"), 1))
                p.drawLine(QPointF(x + 4, middle), QPointF(x + theme.px(20), middle))
                x += theme.px(28)
