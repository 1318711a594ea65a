"""What the lists of the sync centre are made of: an entry with icon, two lines and a chip."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QFrame, QSizePolicy, QVBoxLayout, QWidget

from app.views import theme
from app.views.widgets.bar import paint_bar
from app.views.widgets.button import Button, paint_ring
from app.views.widgets.chip import Chip, chip_width, paint_chip
from app.views.widgets.layout import box, clear, column, row, text

_MIDDLE = Qt.AlignmentFlag.AlignVCenter


@dataclass(frozen=True)
class Entry:
    """One line of a list; `key` is what is opened, `fraction` a bar in the place of the chip."""

    key: str
    icon: str
    title: str
    subtitle: str = ""
    chip: str = ""
    tone: str = "neutral"
    fraction: float | None = None
    right: str = ""  # plain words at the right end
    icon_tone: str = "text_muted"


class EntryButton(QAbstractButton):
    """An entry that can be chosen; the arrows go to its neighbours."""

    def __init__(self, entry: Entry) -> None:
        super().__init__()
        self.entry = entry
        self.setCheckable(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        parts = (entry.title, entry.subtitle, entry.chip, entry.right)
        self.setAccessibleName(", ".join(part for part in parts if part))

    def sizeHint(self) -> QSize:
        return QSize(theme.px(300), theme.px(50 if self.entry.subtitle else 30))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in {Qt.Key.Key_Down, Qt.Key.Key_Up}:
            self.focusNextPrevChild(event.key() == Qt.Key.Key_Down)
        elif event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            self.click()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        p = QPainter(self)
        p.setRenderHint(QPainter.RenderHint.Antialiasing)
        entry, middle = self.entry, self.height() / 2
        if self.isChecked():
            p.fillRect(self.rect(), theme.colour("selected"))
            p.fillRect(0, 0, 3, self.height(), theme.colour("primary"))
        elif self.underMouse():
            p.fillRect(self.rect(), theme.colour("hover"))
        theme.draw_icon(p, entry.icon, theme.px(16), middle - theme.px(9), 18, entry.icon_tone)
        right = self._paint_right(p, self.width() - theme.px(14))
        room = QRectF(theme.px(46), 0, right - theme.px(54), self.height())
        if entry.subtitle:
            top = QRectF(room.x(), middle - theme.px(20), room.width(), theme.px(20))
            self._words(p, top, entry.title, "medium", "text")
            self._words(p, top.translated(0, theme.px(20)), entry.subtitle, "", "text_muted")
        else:
            self._words(p, room, entry.title, "regular", "text")
        if self.hasFocus():
            paint_ring(p, QRectF(self.rect()))

    def _paint_right(self, p: QPainter, right: float) -> float:
        """Paint the bar, chip or words at the right end; return where they begin."""
        entry, middle = self.entry, self.height() / 2
        if entry.fraction is not None:
            left = right - theme.px(70)
            paint_bar(p, QRectF(left, middle - 3, theme.px(70), 6), entry.fraction, "info")
            return left
        if entry.chip:
            left = right - chip_width(entry.chip)
            paint_chip(p, left, middle, entry.chip, entry.tone)
            return left
        if entry.right:
            p.setFont(theme.font("sm"))
            p.setPen(theme.colour("text_muted"))
            width = p.fontMetrics().horizontalAdvance(entry.right) + 2
            p.drawText(QRectF(right - width, 0, width, self.height()), _MIDDLE, entry.right)
            return right - width
        return right

    def _words(self, p: QPainter, room: QRectF, words: str, weight: str, token: str) -> None:
        p.setFont(theme.font("base", weight) if weight else theme.font("sm"))
        p.setPen(QPen(theme.colour(token)))
        short = p.fontMetrics().elidedText(words, Qt.TextElideMode.ElideRight, int(room.width()))
        p.drawText(room, _MIDDLE, short)


class EntryList(QFrame):
    """A card with a title, a count, and entries; hidden while there are none."""

    chosen = Signal(str)

    def __init__(self, title: str, tone: str = "neutral", *, counted: bool = True) -> None:
        super().__init__()
        self.setProperty("card", "true")
        self.count = Chip("0", tone)
        if not counted:
            self.count.hide()
        self.more = Button("", kind="link", size="sm")
        self.more.hide()
        self._entries: Sequence[Entry] = ()
        self.buttons: list[EntryButton] = []
        self._lines = QVBoxLayout()
        self._lines.setSpacing(0)
        self._lines.setContentsMargins(0, 0, 0, 0)
        head = row(text(title, "h3"), self.count, None, self.more, margins=(17, 0, 8, 0))
        self.setLayout(column(head, box(self._lines), gap=4, margins=(1, 11, 1, 8)))

    def show_entries(self, entries: Sequence[Entry], selected: str = "") -> None:
        """Show `entries`, leaving the widgets alone where nothing has changed."""
        self.count.show_status(str(len(entries)), self.count.tone)
        self.setVisible(bool(entries))
        if list(entries) != list(self._entries):
            self._entries = tuple(entries)
            clear(self._lines)
            self.buttons = []
            for entry in entries:
                button = EntryButton(entry)
                button.clicked.connect(lambda _on=False, key=entry.key: self.chosen.emit(key))
                self._lines.addWidget(button)
                self.buttons.append(button)
        self.select(selected)

    def select(self, key: str) -> None:
        for button in self.buttons:
            button.setChecked(button.entry.key == key)


class Disc(QWidget):
    """The icon of a state in a soft disc of its tone."""

    def __init__(self) -> None:
        super().__init__()
        self.icon, self.tone = "cloud", "neutral"
        self.setFixedSize(theme.px(44), theme.px(44))

    def show_state(self, icon: str, tone: str) -> None:
        self.icon, self.tone = icon, tone
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        p = QPainter(self)
        p.setRenderHint(QPainter.RenderHint.Antialiasing)
        fill, ink = theme.tone_pair(self.tone)
        p.setPen(Qt.PenStyle.NoPen)
        p.setBrush(theme.colour(fill))
        p.drawEllipse(self.rect())
        at = (self.width() - theme.px(20)) / 2
        theme.draw_icon(p, self.icon, at, at, 20, ink)
