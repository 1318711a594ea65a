"""The strip above every screen: back and forward, where one is, search, the sync, something new."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPoint, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QPen, QShowEvent
from PySide6.QtWidgets import QAbstractButton, QFrame, QHBoxLayout, QMenu, QSizePolicy

from app.i18n import _, ngettext
from app.settings import Settings
from app.views import keymap, theme
from app.views.widgets.button import Button, IconButton, paint_key, paint_ring
from app.views.widgets.chip import ChipButton
from app.views.widgets.layout import Elided, Icon, clear

_THEME_ICONS = {"claro": "sun-medium", "oscuro": "moon", "sol": "contrast"}


class _SearchButton(QAbstractButton):
    """What looks like a search field and opens the palette."""

    def __init__(self, key: str) -> None:
        super().__init__()
        self.setText(_("Search or go to…"))
        self._key = key
        self.setAccessibleName(self.text())
        self.setToolTip(f"{self.text()}  {key}")
        self.setCursor(Qt.CursorShape.IBeamCursor)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        return QSize(theme.px(290), theme.px(32))

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.setMaximumWidth(theme.px(340))

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
        paint_key(p, self.width() - theme.px(52), self.height() / 2, self._key, "text_subtle")


class TopBar(QFrame):
    """Says what was asked for by signal; the window does it."""

    back = Signal()
    forward = Signal()
    search = Signal()
    theme_asked = Signal()
    customer_mode_asked = Signal()
    notices_asked = Signal()
    new = Signal(str)  # what is to begin: a name of the key map, or "prospect"

    def __init__(self, settings: Settings) -> None:
        super().__init__()
        self._settings = settings
        self.setObjectName("Topbar")
        self.setFixedHeight(theme.px(52))
        self._back = IconButton("arrow-left", _("Go back"), key=self._key("back"))
        self._forward = IconButton("arrow-right", _("Forward"), key=self._key("forward"))
        self._crumbs = QHBoxLayout()
        self._crumbs.setSpacing(4)
        self._search = _SearchButton(self._key("palette"))
        self.pill = ChipButton()
        self.pill.setAccessibleName(_("Sync"))
        self._eye = IconButton(
            "eye-off", _("Customer mode: hide what is internal"), key=self._key("customer_mode")
        )
        self.customer_mode = ChipButton(_("Customer mode"), "violet", "eye-off")
        self.customer_mode.setToolTip(f"{_('Leave customer mode')}  {self._key('customer_mode')}")
        self.customer_mode.hide()
        self._theme = IconButton("sun-medium", _("Theme: light, dark or sun"), key="F9")
        self._bell = IconButton("bell", _("Notices"), key=self._key("notices"))
        self._new = Button(_("New"), icon="plus", kind="primary", key=self._key("new"))
        self._connect()
        self._lay_out()
        self._show_theme()

    def _key(self, name: str) -> str:
        return keymap.printed(self._settings, name)

    def _connect(self) -> None:
        self._back.clicked.connect(self.back)
        self._forward.clicked.connect(self.forward)
        self._search.clicked.connect(self.search)
        self._theme.clicked.connect(self.theme_asked)
        self._eye.clicked.connect(self.customer_mode_asked)
        self.customer_mode.clicked.connect(self.customer_mode_asked)
        self._bell.clicked.connect(self.notices_asked)
        self._new.clicked.connect(self.show_new)
        theme.look.changed.connect(self._show_theme)

    def _lay_out(self) -> None:
        line = QHBoxLayout(self)
        line.setContentsMargins(10, 0, 14, 0)
        line.setSpacing(4)
        line.addWidget(self._back)
        line.addWidget(self._forward)
        line.addSpacing(6)
        line.addLayout(self._crumbs)
        line.addStretch(1)
        line.addWidget(self._search, 6)
        line.addStretch(1)
        for part in (
            self.pill, self.customer_mode, self._eye, self._theme, self._bell, self._new,
        ):  # fmt: skip
            line.addWidget(part)

    def _show_theme(self) -> None:
        words = _("Theme: light, dark or sun")
        self._theme.rename(_THEME_ICONS[theme.name()], words, self._key("theme"))
        self.setFixedHeight(theme.px(52))

    def set_crumbs(self, parts: Sequence[str]) -> None:
        """Show where one is; the last part is the title of the screen."""
        clear(self._crumbs)
        for n, part in enumerate(parts):
            last = n == len(parts) - 1
            label = Elided(part)
            label.setObjectName("CrumbHere" if last else "Crumb")
            label.ensurePolished()  # its font is the style sheet's
            width = label.sizeHint().width() + theme.px(8)
            label.setFixedWidth(min(width, theme.px(200 if last else 110)))
            self._crumbs.addWidget(label)
            if not last:
                self._crumbs.addWidget(Icon("chevron-right", "text_subtle", 14))

    def set_history(self, *, can_go_back: bool, can_go_forward: bool) -> None:
        self._back.setEnabled(can_go_back)
        self._forward.setEnabled(can_go_forward)

    def show_pill(self, words: str, tone: str, icon: str, tip: str = "") -> None:
        self.pill.show_status(words, tone, icon)
        self.pill.setToolTip(tip)
        self.pill.setAccessibleDescription(tip)

    def show_customer_mode(self, *, on: bool) -> None:
        self.customer_mode.setVisible(on)
        self._eye.setVisible(not on)

    def show_unseen(self, count: int) -> None:
        """Say on the bell how many notices need a look."""
        words = _("Notices")
        if count:
            words = ngettext("Notices: {n} new", "Notices: {n} new", count).format(n=count)
        self._bell.rename("bell-ring" if count else "bell", words, self._key("notices"))

    def show_new(self) -> None:
        """Open the menu of what can be begun, each with its key."""
        menu = QMenu(self)
        for name, words, icon in (
            ("visit", _("Visit"), "map-pin"),
            ("quote", _("Quote"), "file-text"),
            ("prospect", _("Customer or prospect"), "users"),
            ("expense", _("Expense"), "receipt"),
            ("task", _("Task"), "list-checks"),
        ):
            key = self._key(name) if name in keymap.BY_NAME else ""
            action = menu.addAction(theme.icon(icon), f"{words}\t{key}".rstrip())
            action.triggered.connect(lambda _checked=False, name=name: self.new.emit(name))
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(self._new.mapToGlobal(QPoint(0, self._new.height() + 2)))
