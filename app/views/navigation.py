"""Where one can go and where one has been: the sidebar, the top bar and the history of places."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import (
    QAbstractButton,
    QFrame,
    QHBoxLayout,
    QLabel,
    QSizePolicy,
    QVBoxLayout,
)

from app.i18n import _
from app.settings import Settings
from app.views import keymap, theme
from app.views.widgets.avatar import Avatar
from app.views.widgets.mark import Mark
from app.views.widgets.page import Ref


@dataclass(frozen=True)
class Screen:
    """A place of the sidebar. `title` is called anew for each language."""

    key: str
    title: Callable[[], str]
    icon: str
    group: int


SCREENS: tuple[Screen, ...] = (
    Screen("today", lambda: _("Today"), "house", 0),
    Screen("routes", lambda: _("Routes"), "route", 0),
    Screen("portfolio", lambda: _("Portfolio"), "users", 0),
    Screen("quotes", lambda: _("Quotes"), "file-text", 0),
    Screen("expenses", lambda: _("Expenses"), "receipt", 1),
    Screen("sync", lambda: _("Sync"), "refresh-cw", 2),
    Screen("settings", lambda: _("Settings"), "settings", 2),
)
# screens without a place of their own stand under the one they come from
PARENT = {"customer": "portfolio", "import": "portfolio", "visit": "today", "quote": "quotes"}


@dataclass
class Place:
    """A step of the history: what was shown, and how it was left."""

    ref: Ref
    state: dict[str, Any] = field(default_factory=dict)
    scrolls: list[int] = field(default_factory=list)


class History:
    """Back and forward; going somewhere new forgets what lay ahead."""

    def __init__(self) -> None:
        self._places: list[Place] = []
        self._at = -1

    @property
    def here(self) -> Place | None:
        return self._places[self._at] if self._at >= 0 else None

    @property
    def can_go_back(self) -> bool:
        return self._at > 0

    @property
    def can_go_forward(self) -> bool:
        return self._at < len(self._places) - 1

    def visit(self, ref: Ref) -> Place:
        del self._places[self._at + 1 :]
        self._places.append(Place(ref))
        self._at = len(self._places) - 1
        return self._places[-1]

    def step(self, by: int) -> Place | None:
        """Move `by` places and return the new one, or None when there is none."""
        if not 0 <= self._at + by < len(self._places):
            return None
        self._at += by
        return self._places[self._at]


class NavItem(QAbstractButton):
    """A line of the sidebar: icon, words, and how many things there need the user."""

    def __init__(self, screen: Screen, key: str) -> None:
        super().__init__()
        self.place = screen
        self.setCheckable(True)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.collapsed = False
        self._badge, self._tone = 0, "neutral"
        self.setText(screen.title())
        self.setToolTip(f"{self.text()}  {key}")
        self._name()

    def set_badge(self, count: int, tone: str) -> None:
        self._badge, self._tone = count, tone
        self._name()
        self.update()

    def _name(self) -> None:
        self.setAccessibleName(f"{self.text()} ({self._badge})" if self._badge else self.text())

    def sizeHint(self) -> QSize:
        return QSize(theme.px(120), theme.px(33))

    def paintEvent(self, event: QPaintEvent) -> None:
        p = QPainter(self)
        p.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        self._paint_back(p, box)
        size = theme.px(18)
        x = (self.width() - size) / 2 if self.collapsed else theme.px(11)
        token = "primary_text" if self.isChecked() else "text_muted"
        icon = theme.pixmap(self.place.icon, token, 18, self.devicePixelRatioF())
        p.drawPixmap(QPointF(x, (self.height() - size) / 2), icon)
        if self.collapsed:
            if self._badge:
                p.setPen(Qt.PenStyle.NoPen)
                p.setBrush(theme.colour("danger" if self._tone == "danger" else "primary"))
                p.drawEllipse(QPointF(x + size, self.height() / 2 - theme.px(8)), 4, 4)
            return
        p.setFont(theme.font("base", "semibold" if self.isChecked() else "medium"))
        p.setPen(theme.colour("text" if self.isChecked() else "text_muted"))
        left, right = theme.px(38), theme.px(40 if self._badge else 8)
        room = self.width() - left - right
        words = p.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, room)
        middle = Qt.AlignmentFlag.AlignVCenter
        p.drawText(QRectF(left, 0, room, self.height()), middle, words)
        if self._badge:
            self._paint_badge(p)

    def _paint_back(self, p: QPainter, box: QRectF) -> None:
        if self.isChecked():
            p.setPen(QPen(theme.colour("border"), 1))
            p.setBrush(theme.colour("surface"))
            p.drawRoundedRect(box, 6, 6)
            p.setPen(Qt.PenStyle.NoPen)
            p.setBrush(theme.colour("primary"))
            p.drawRoundedRect(QRectF(0, 7, 3, self.height() - 14), 1.5, 1.5)
        elif self.underMouse():
            p.setPen(Qt.PenStyle.NoPen)
            p.setBrush(theme.colour("hover"))
            p.drawRoundedRect(box, 6, 6)
        if self.hasFocus():
            p.setPen(QPen(theme.colour("focus"), 2))
            p.setBrush(Qt.BrushStyle.NoBrush)
            p.drawRoundedRect(box.adjusted(1, 1, -1, -1), 6, 6)

    def _paint_badge(self, p: QPainter) -> None:
        font = theme.font("xs", "semibold")
        p.setFont(font)
        words = str(self._badge) if self._badge < 100 else "99+"
        width = max(theme.px(20), p.fontMetrics().horizontalAdvance(words) + theme.px(10))
        box = QRectF(
            self.width() - width - theme.px(8), self.height() / 2 - theme.px(9), width, theme.px(18)
        )
        if self._tone != "neutral":
            p.setPen(Qt.PenStyle.NoPen)
            p.setBrush(theme.colour(f"{self._tone}_soft"))
            p.drawRoundedRect(box, 9, 9)
        p.setPen(theme.colour("text_subtle" if self._tone == "neutral" else f"{self._tone}_text"))
        p.drawText(box, Qt.AlignmentFlag.AlignCenter, words)


class Sidebar(QFrame):
    """The places to go, the person who goes, and what waits in each place."""

    chosen = Signal(str)  # key of a screen

    def __init__(self, settings: Settings) -> None:
        super().__init__()
        self._settings = settings
        self.setObjectName("Sidebar")
        self.setAccessibleName(_("Navigation"))
        self.items: dict[str, NavItem] = {}
        self._word = QLabel("Viajante")
        self._word.setProperty("t", "h2")
        self._who, self._zone = QLabel(), QLabel()
        self._who.setProperty("t", "strong")
        self._zone.setProperty("t", "subtle")
        self._avatar = Avatar("", 30, square=False)
        self._column = QVBoxLayout(self)
        self._column.setSpacing(1)
        self._column.setContentsMargins(8, 12, 8, 10)
        self._build()
        self.set_collapsed(collapsed=False, wide=False)

    def _build(self) -> None:
        top = QHBoxLayout()
        top.setContentsMargins(10, 0, 6, 0)
        top.setSpacing(9)
        top.addWidget(Mark())
        top.addWidget(self._word)
        top.addStretch()
        self._column.addLayout(top)
        self._column.addSpacing(10)
        group = 0
        for screen in SCREENS:
            if screen.group != group:
                group = screen.group
                self._rule() if group == 1 else self._column.addStretch()
            item = NavItem(screen, keymap.printed(self._settings, screen.key))
            item.clicked.connect(lambda _checked=False, key=screen.key: self.chosen.emit(key))
            self.items[screen.key] = item
            self._column.addWidget(item)
        self._rule()
        person = QHBoxLayout()
        person.setContentsMargins(8, 4, 4, 0)
        person.setSpacing(9)
        person.addWidget(self._avatar)
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addWidget(self._who)
        words.addWidget(self._zone)
        person.addLayout(words)
        person.addStretch()
        self._column.addLayout(person)

    def _rule(self) -> None:
        line = QFrame()
        line.setProperty("line", "h")
        self._column.addSpacing(5)
        self._column.addWidget(line)
        self._column.addSpacing(5)

    def set_current(self, key: str) -> None:
        for name, item in self.items.items():
            item.setChecked(name == key)

    def set_badges(self, counts: dict[str, tuple[int, str]]) -> None:
        for name, item in self.items.items():
            item.set_badge(*counts.get(name, (0, "neutral")))

    def set_person(self, name: str, zone: str) -> None:
        self._avatar.set_name(name)
        self._who.setText(name)
        self._zone.setText(zone)

    def set_collapsed(self, *, collapsed: bool, wide: bool) -> None:
        """Show icons only (60 px), or words too (208 px, 232 px on a wide window)."""
        self.setFixedWidth(theme.px(60 if collapsed else 232 if wide else 208))
        for label in (self._word, self._who, self._zone):
            label.setVisible(not collapsed)
        for item in self.items.values():
            item.collapsed = collapsed
            item.update()
