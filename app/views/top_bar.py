"""The strip above every screen: back and forward, where one is, search, the sync, something new."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPoint, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QFrame, QHBoxLayout, QMenu, QSizePolicy

from app.i18n import _
from app.views import theme
from app.views.widgets.button import Button, IconButton, paint_key, paint_ring
from app.views.widgets.chip import ChipButton
from app.views.widgets.layout import Elided, Icon, clear, text

_THEME_ICONS = {"claro": "sun-medium", "oscuro": "moon", "sol": "contrast"}


class _SearchButton(QAbstractButton):
    """What looks like a search field and opens the palette."""

    def __init__(self) -> None:
        super().__init__()
        self.setCursor(Qt.CursorShape.IBeamCursor)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        return QSize(theme.px(290), theme.px(32))

    def minimumSizeHint(self) -> QSize:
        return QSize(theme.px(150), theme.px(32))

    def paintEvent(self, event: QPaintEvent) -> None:
        p = QPainter(self)
        p.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = self.rect().toRectF().adjusted(0.5, 0.5, -0.5, -0.5)
        p.setPen(QPen(theme.colour("border_strong" if theme.name() == "sol" else "border"), 1))
        p.setBrush(theme.colour("sunken"))
        p.drawRoundedRect(box, 6, 6)
        if self.hasFocus():
            paint_ring(p, box)
        theme.draw_icon(p, "search", theme.px(8), theme.px(8), 16, "text_subtle")
        p.setFont(theme.font("base"))
        p.setPen(theme.colour("text_subtle"))
        room = box.adjusted(theme.px(32), 0, -theme.px(60), 0)
        words = p.fontMetrics().elidedText(
            self.text(), Qt.TextElideMode.ElideRight, int(room.width())
        )
        p.drawText(room, Qt.AlignmentFlag.AlignVCenter, words)
        paint_key(p, self.width() - theme.px(52), self.height() / 2, "Ctrl K", "text_subtle")


class TopBar(QFrame):
    """Says what was asked for by signal; the window does it."""

    back = Signal()
    forward = Signal()
    search = Signal()
    theme_asked = Signal()
    new = Signal(str)  # key of the screen on which something new begins

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("Topbar")
        self.setFixedHeight(theme.px(52))
        self._back = IconButton("arrow-left", _("Back"), key="Alt+←")
        self._forward = IconButton("arrow-right", _("Forward"), key="Alt+→")
        self._crumbs = QHBoxLayout()
        self._crumbs.setSpacing(4)
        self._search = _SearchButton()
        self.pill = ChipButton()
        self.pill.setAccessibleName(_("Sync"))
        self._theme = IconButton("sun-medium", _("Theme: light, dark or sun"), key="F9")
        self._new = Button(_("New"), icon="plus", kind="primary", key="N")
        self._back.clicked.connect(self.back)
        self._forward.clicked.connect(self.forward)
        self._search.clicked.connect(self.search)
        self._theme.clicked.connect(self.theme_asked)
        self._new.clicked.connect(self.show_new)
        theme.look.changed.connect(self._show_theme)
        line = QHBoxLayout(self)
        line.setContentsMargins(10, 0, 14, 0)
        line.setSpacing(4)
        line.addWidget(self._back)
        line.addWidget(self._forward)
        line.addSpacing(6)
        line.addLayout(self._crumbs)
        line.addStretch(1)
        line.addWidget(self._search)
        line.addStretch(1)
        for part in (self.pill, self._theme, self._new):
            line.addWidget(part)
        self.retranslate()
        self._show_theme()

    def retranslate(self) -> None:
        self._search.setText(_("Search or go to…"))
        self._search.setAccessibleName(_("Search or go to…"))
        self._back.rename("arrow-left", _("Back"), "Alt+←")
        self._forward.rename("arrow-right", _("Forward"), "Alt+→")
        self._new.setText(_("New"))
        self._show_theme()

    def _show_theme(self) -> None:
        self._theme.rename(_THEME_ICONS[theme.name()], _("Theme: light, dark or sun"), "F9")
        self.setFixedHeight(theme.px(52))

    def set_crumbs(self, parts: Sequence[str]) -> None:
        """Show where one is; the last part is the title of the screen."""
        clear(self._crumbs)
        for n, part in enumerate(parts):
            last = n == len(parts) - 1
            if last and n:
                label = Elided(part)
                label.setMaximumWidth(theme.px(230))
                label.setMinimumWidth(min(label.sizeHint().width() + 12, theme.px(230)))
            else:
                label = text(part)  # type: ignore[assignment]
                label.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Preferred)
            label.setObjectName("CrumbHere" if last else "Crumb")
            self._crumbs.addWidget(label)
            if not last:
                self._crumbs.addWidget(Icon("chevron-right", "text_subtle", 14))

    def set_history(self, *, can_go_back: bool, can_go_forward: bool) -> None:
        self._back.setEnabled(can_go_back)
        self._forward.setEnabled(can_go_forward)

    def show_pill(self, words: str, tone: str, icon: str) -> None:
        self.pill.show_status(words, tone, icon)

    def show_new(self) -> None:
        """Open the menu of what can be begun, each with its key."""
        menu = QMenu(self)
        for key, words, icon, shortcut in (
            ("visit", _("Visit"), "map-pin", "V"),
            ("quote", _("Quote"), "file-text", "P"),
            ("portfolio", _("Customer or prospect"), "users", ""),
            ("expenses", _("Expense"), "receipt", "G"),
        ):
            action = menu.addAction(theme.icon(icon), f"{words}\t{shortcut}".rstrip())
            action.triggered.connect(lambda _checked=False, key=key: self.new.emit(key))
        menu.popup(self._new.mapToGlobal(QPoint(0, self._new.height() + 2)))
