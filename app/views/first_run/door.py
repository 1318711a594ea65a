"""A door of the first start: what lies behind it, what it needs to know, and its handle."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QSizePolicy, QWidget

from app.views import theme
from app.views.widgets.button import Button
from app.views.widgets.layout import card, column, row, text

NARROW, WIDE = 236, 336


class _Disc(QWidget):
    """The icon of a door, in a soft disc of its tone."""

    def __init__(self, icon: str, tone: str) -> None:
        super().__init__()
        self._icon, self._tone = icon, tone
        self.setFixedSize(theme.px(48), theme.px(48))

    def paintEvent(self, event: QPaintEvent) -> None:
        p = QPainter(self)
        p.setRenderHint(QPainter.RenderHint.Antialiasing)
        p.setPen(Qt.PenStyle.NoPen)
        p.setBrush(theme.colour(f"{self._tone}_soft"))
        p.drawEllipse(self.rect())
        at = (self.width() - theme.px(22)) / 2
        theme.draw_icon(p, self._icon, at, at, 22, f"{self._tone}_text")


def door(
    icon: str, tone: str, title: str, words: str, fields: QWidget, status: QWidget,
    *buttons: Button,
) -> QFrame:  # fmt: skip
    """Return the card of a door; `buttons` are at its foot."""
    for button in buttons:
        button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
    said = column(
        row(_Disc(icon, tone), None), 4, text(title, "h2", wrap=True),
        text(words, "muted", wrap=True), 4, fields, None, status, *buttons, gap=6,
    )  # fmt: skip
    made = card(said, margins=(20, 18, 20, 18))
    made.setMinimumWidth(theme.px(NARROW))
    made.setMaximumWidth(theme.px(WIDE))
    return made
