"""The history of a record in a layer: who changed what, when and from where, and the way back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFocusEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QScrollArea, QVBoxLayout, QWidget

from app import i18n
from app.errors import UserError
from app.i18n import _
from app.services import record_history
from app.services.record_history import History, Line, Version
from app.views import theme
from app.views.widgets.avatar import Avatar
from app.views.widgets.button import Button, IconButton
from app.views.widgets.chip import Chip
from app.views.widgets.layer import Layer
from app.views.widgets.layout import Elided, Icon, clear, column, row, scroll, text
from app.views.widgets.notices import Banner, EmptyState

if TYPE_CHECKING:
    from app.views.widgets.page import Desk, Page

_WIDTH = 760
_AROUND, _BESIDE = 170, 48  # what the layer has above and below the versions, and beside them


class HistoryLayer:
    """Opens the history of a record over `page`, with «Return to this version» on each version.

    Returning is a command like any other: the toast takes it back. What is frozen says why not.
    """

    def __init__(self, page: Page, desk: Desk, entity: str, row_id: str) -> None:
        self._page, self._desk = page, desk
        self._entity, self._row_id = entity, row_id
        self._limit = record_history.LIMIT
        self.title, self.kind = Elided("", "h2"), Elided("", "muted")
        self.banner = Banner("danger")
        self.banner.hide()
        self.older = Button(_("Older versions"), icon="chevron-down", kind="ghost")
        self.older.clicked.connect(self._show_older)
        self.older.hide()
        self.versions: list[VersionCard] = []
        inside = QWidget()
        self._list = column(gap=10, margins=(0, 0, 8, 0))
        inside.setLayout(column(self._list, row(None, self.older, None), None, gap=10))
        self.area = scroll(inside)
        self.area.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.area.setAccessibleName(_("Versions"))
        self.close_button = IconButton("x", _("Close"))
        self.layer = Layer(page, self._content(), width=_WIDTH, name=_("History"))
        self.close_button.clicked.connect(self.layer.close_layer)
        self._load()

    def _content(self) -> QVBoxLayout:
        names = column(self.title, self.kind, gap=0)
        head = row(Icon("history", "primary_text", 24), (names, 1), self.close_button, gap=12)
        return column(head, self.banner, (self.area, 1), margins=(20, 16, 12, 16), gap=12)

    def _load(self) -> None:
        self._desk.tasks.read(
            self.layer, record_history.versions, self._show, self._entity, self._row_id,
            limit=self._limit,
        )  # fmt: skip

    def _show_older(self) -> None:
        self._limit += record_history.LIMIT
        self._load()

    def _show(self, history: History) -> None:
        words = _("History of {name}").format(name=history.title) if history.kind else _("History")
        self.title.setText(words)
        self.kind.setText(history.kind or history.title)
        clear(self._list)
        private = self._desk.customer_mode.on
        self.versions = [VersionCard(v, self.area, hide_private=private) for v in history.versions]
        for made in self.versions:
            made.asked.connect(self._return)
            self._put(made)
        if not self.versions:
            self._put(_nothing())
        self.older.setVisible(history.more)
        room = self.layer.height() - theme.px(_AROUND)
        width = min(theme.px(_WIDTH), self.layer.width()) - theme.px(_BESIDE)
        wanted = max(self._list.totalHeightForWidth(width), self._list.totalSizeHint().height())
        wanted += theme.px(48) if history.more else 0
        self.area.setMinimumHeight(max(theme.px(120), min(wanted + 2, room)))
        self.layer.fit()
        self.area.setFocus()

    def _put(self, part: QWidget) -> None:
        self._list.addWidget(part)
        part.show()  # now: the height is asked for before Qt would come to it

    def _return(self, version: Version) -> None:
        task = self._desk.tasks.write(
            self.layer, record_history.return_to, lambda _name: self._returned(version),
            self._entity, self._row_id, version.command_id,
        )  # fmt: skip
        self._desk.tasks.or_else(task, self._refused)

    def _returned(self, version: Version) -> None:
        words = _("Returned to the version of {when}").format(when=i18n.moment(version.at))
        self.layer.close_layer()
        self._page.toast_requested.emit(words, True)

    def _refused(self, error: Exception) -> None:
        if not isinstance(error, UserError):
            self._desk.tasks.failed.emit(self._page, error)
            return
        self.banner.show_message("danger", error.message, error.hint)
        self.banner.show()
        self.layer.fit()


def _nothing() -> EmptyState:
    return EmptyState(
        "history",
        _("Nothing has changed yet"),
        _("From now on every change is listed here, with the way back to it."),
    )


class VersionCard(QFrame):
    """What one command changed, who did it and from where."""

    asked = Signal(object)  # Version: return to it

    def __init__(self, version: Version, area: QScrollArea, *, hide_private: bool) -> None:
        super().__init__()
        self.version = version
        lines = [line for line in version.lines if not (hide_private and line.is_private)]
        when = i18n.moment(version.at)
        origin = Elided(f"{when} · {version.where}", "muted")
        below = row(Icon(version.icon, "text_muted", 14), (origin, 1), gap=6)
        names = column(text(version.who, "strong"), below, gap=0)
        self.button: Button | None = None
        end: QWidget = Chip(_("Present version"), "primary")
        if not version.is_present:
            self.button = _Return(self, area)
            self.button.clicked.connect(lambda: self.asked.emit(version))
            self.button.setAccessibleName(
                _("Return to the version of {when} by {who}").format(when=when, who=version.who)
            )
            end = self.button
        head = row(Avatar(version.name, 32, square=False), (names, 1), end, gap=10)
        self.setProperty("card", "true")
        self.setLayout(column(head, _table(lines), gap=8, margins=(14, 10, 14, 12)))
        spoken = "; ".join(_spoken(line) for line in lines)
        self.setAccessibleName(f"{version.who}, {when}, {version.where}: {spoken}")


class _Return(Button):
    """«Return to this version»; comes into view when Tab reaches it."""

    def __init__(self, of: QWidget, area: QScrollArea) -> None:
        super().__init__(_("Return to this version"), icon="rotate-ccw", kind="soft", size="sm")
        self._card, self._area = of, area

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self._area.ensureWidgetVisible(self._card)


def _table(lines: list[Line]) -> QGridLayout:
    """Lay out field, before and after, a heading above those of each part."""
    grid = QGridLayout()
    grid.setContentsMargins(theme.px(42), 0, 0, 0)
    grid.setHorizontalSpacing(theme.px(12))
    grid.setVerticalSpacing(theme.px(3))
    grid.setColumnStretch(1, 1)
    grid.setColumnStretch(3, 1)
    part, at = "", 0
    for line in lines:
        if line.part != part:
            part = line.part
            grid.addWidget(text(part, "label", wrap=True), at, 0, 1, 4)
            at += 1
        label = text(line.label, "muted")
        label.setMinimumWidth(theme.px(120))
        top = Qt.AlignmentFlag.AlignTop
        grid.addWidget(label, at, 0, top)
        if line.before or line.after:
            grid.addWidget(text(line.before, "subtle", wrap=True), at, 1, top)
            grid.addWidget(Icon("arrow-right", "text_muted", 14), at, 2, top)
            grid.addWidget(text(line.after, wrap=True), at, 3, top)
        at += 1
    return grid


def _spoken(line: Line) -> str:
    name = f"{line.part}, {line.label}" if line.part else line.label
    if not (line.before or line.after):
        return name
    return _("{field}: {before}, now {after}").format(
        field=name, before=line.before, after=line.after
    )
