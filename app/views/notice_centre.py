"""What happened, to read again: what the toasts said, what went wrong, what a sync brought."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QPainter
from PySide6.QtWidgets import (
    QListWidget,
    QListWidgetItem,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from app import i18n
from app.i18n import _, ngettext
from app.views import theme
from app.views.paged_table import Index
from app.views.widgets.button import IconButton
from app.views.widgets.layer import Layer
from app.views.widgets.layout import column, row, text
from app.views.widgets.notices import ICONS, EmptyState
from app.views.widgets.page import Ref

if TYPE_CHECKING:
    from app.sync.report import SyncReport

_KEPT = 200
_NOTICE = Qt.ItemDataRole.UserRole
_WRAP = Qt.TextFlag.TextWordWrap


@dataclass(frozen=True)
class Notice:
    """Something that was said; `ref` is where it leads, `needs` whether the user should look."""

    at: datetime  # aware UTC
    words: str
    tone: str = "success"  # or info, warning, danger
    ref: Ref | None = None
    needs: bool = False


class NoticeCentre(QObject):
    """Keeps the last notices of this session, newest first."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.notices: deque[Notice] = deque(maxlen=_KEPT)
        self.unseen = 0

    def add(self, notice: Notice) -> None:
        """Keep a notice; the same words again in a row are one notice, with the later time."""
        if self.notices and self.notices[0].words == notice.words:
            self.notices.popleft()
        elif notice.needs:
            self.unseen += 1
        self.notices.appendleft(notice)
        self.changed.emit()

    def hear(self, report: SyncReport, now: datetime) -> None:
        """Keep what a sync brought and what it leaves to the user."""
        for notice in _sync_notices(report, now):
            self.add(notice)

    def seen(self) -> None:
        self.unseen = 0
        self.changed.emit()


def _sync_notices(report: SyncReport, now: datetime) -> list[Notice]:
    """Return what is worth telling of a sync: what the office sent, and what it left to decide."""
    made = []
    if report.changed and report.error is None:
        words = ngettext(
            "The office sent {n} change", "The office sent {n} changes", report.changed
        )
        made.append(Notice(now, words.format(n=report.changed), "info", Ref("sync"), needs=True))
    review = report.conflicts + report.parked
    if review:
        words = ngettext("{n} change to review", "{n} changes to review", review)
        made.append(Notice(now, words.format(n=review), "danger", Ref("sync"), needs=True))
    return made


class _Delegate(QStyledItemDelegate):
    """Paints a notice: its icon, its words, and when it was."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        notice = index.data(_NOTICE)
        wide = option.widget.width() - theme.px(70) if option.widget else theme.px(400)
        metrics = QFontMetrics(theme.font("base", "medium"))
        box = metrics.boundingRect(0, 0, wide, 1000, int(_WRAP), notice.words)
        return QSize(theme.px(100), box.height() + theme.px(34))

    def paint(self, p: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        p.setRenderHint(QPainter.RenderHint.Antialiasing)
        box, notice = QRectF(option.rect), index.data(_NOTICE)
        if option.state & QStyle.StateFlag.State_Selected:
            p.setPen(Qt.PenStyle.NoPen)
            p.setBrush(theme.colour("selected"))
            p.drawRoundedRect(box.adjusted(0, 1, 0, -1), 7, 7)
        icon = ICONS.get(notice.tone, "info")
        theme.draw_icon(
            p, icon, box.x() + theme.px(12), box.y() + theme.px(10), 18, f"{notice.tone}_text"
        )
        inside = box.adjusted(theme.px(42), theme.px(8), -theme.px(12), -theme.px(8))
        p.setFont(theme.font("base", "medium"))
        p.setPen(theme.colour("text"))
        p.drawText(inside, _WRAP, notice.words)
        p.setFont(theme.font("sm"))
        p.setPen(theme.colour("text_subtle"))
        p.drawText(inside, Qt.AlignmentFlag.AlignBottom, i18n.moment(notice.at))


class _NoticeList(QListWidget):
    """The notices; Enter or a click goes where one leads."""

    def __init__(self, notices: Iterable[Notice], go: Callable[[Ref], None]) -> None:
        super().__init__()
        self.setAccessibleName(_("Notices"))
        self.setItemDelegate(_Delegate(self))
        self.setVerticalScrollMode(QListWidget.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setMinimumHeight(theme.px(320))
        self._go = go
        for notice in notices:
            item = QListWidgetItem(f"{notice.words}, {i18n.moment(notice.at)}")
            item.setData(_NOTICE, notice)
            self.addItem(item)
        self.itemActivated.connect(self._open)
        self.itemClicked.connect(self._open)
        if self.count():
            self.setCurrentRow(0)

    def _open(self, item: QListWidgetItem) -> None:
        ref = item.data(_NOTICE).ref
        if ref is not None:
            self._go(ref)


def open_notices(
    window: QWidget, centre: NoticeCentre, go: Callable[[Ref], None], *, covered: bool
) -> Layer:
    """Show the notices in a layer; `go` is called with where one leads, after it has closed.

    `covered` ones, while the customer may be looking, are not shown and stay unseen.
    """
    close = IconButton("x", _("Close"), key="Esc", size="sm")
    head = row(text(_("What happened"), "h2"), None, close)
    made: list[Layer] = []

    def leave(ref: Ref) -> None:
        made[0].close_layer()
        go(ref)

    body: QWidget = _NoticeList([] if covered else centre.notices, leave)
    if covered:
        body = EmptyState(
            "eye-off", _("Customer mode is on"), _("What happened is shown when you leave it.")
        )
    elif not centre.notices:
        body = EmptyState(
            "bell", _("Nothing to tell yet"),
            _("What you do, what goes wrong and what the office sends is kept here."),
        )  # fmt: skip
    layer = Layer(
        window, column(head, (body, 1), gap=8, margins=(16, 12, 16, 14)), width=560, top=64,
        name=_("What happened"),
    )  # fmt: skip
    made.append(layer)
    close.clicked.connect(layer.close_layer)
    if centre.notices and not covered:
        body.setFocus(Qt.FocusReason.TabFocusReason)
    if not covered:
        centre.seen()
    return layer
