"""Long tables: one delegate for every kind of cell, keys for everything, selection by id."""

from __future__ import annotations

import base64
from functools import lru_cache
from typing import Any

from PySide6.QtCore import (
    QEvent,
    QModelIndex,
    QPersistentModelIndex,
    QRect,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QKeyEvent, QPainter, QPen, QPixmap, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHeaderView,
    QLabel,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
)

from app.i18n import _
from app.views import theme
from app.views.paged_table import CELL, PagedTable
from app.views.widgets.avatar import paint_avatar
from app.views.widgets.bar import paint_sparkline
from app.views.widgets.cells import ChipCell, IconCell, Number, Spark, Stacked, Thumbnail, TwoLine
from app.views.widgets.chip import paint_chip
from app.views.widgets.layout import Item, row, text

Index = QModelIndex | QPersistentModelIndex
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_ELIDE = Qt.TextElideMode.ElideRight


@lru_cache(maxsize=400)
def _picture(content: str, side: int) -> QPixmap:
    made = QPixmap()
    made.loadFromData(base64.b64decode(content))
    keep = Qt.AspectRatioMode.KeepAspectRatio
    return made.scaled(side, side, keep, Qt.TransformationMode.SmoothTransformation)


class CellDelegate(QStyledItemDelegate):
    """Paints a cell of `app.views.widgets.cells`, or a str, from tokens."""

    def __init__(self, view: QTableView, height: int) -> None:
        super().__init__(view)
        self._view, self.height = view, height

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(theme.px(60), theme.px(self.height))

    def paint(self, p: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        box = QRect(option.rect)
        state = option.state
        if state & QStyle.StateFlag.State_Selected:
            p.fillRect(box, theme.colour("selected"))
        elif state & QStyle.StateFlag.State_MouseOver:
            p.fillRect(box, theme.colour("hover"))
        p.setPen(QPen(theme.colour("border"), 1))
        p.drawLine(box.bottomLeft(), box.bottomRight())
        if index.column() == 0 and state & QStyle.StateFlag.State_HasFocus:
            p.fillRect(QRect(box.left(), box.top(), 3, box.height()), theme.colour("focus"))
        cell = index.data(CELL)
        inner = QRectF(box).adjusted(theme.px(12), 0, -theme.px(10), 0)
        right = bool(index.data(Qt.ItemDataRole.TextAlignmentRole) & Qt.AlignmentFlag.AlignRight)
        self._paint(p, inner, cell, right=right)

    def _paint(self, p: QPainter, box: QRectF, cell: Any, *, right: bool) -> None:
        middle = box.center().y()
        match cell:
            case TwoLine():
                self._two_lines(p, box, cell)
            case Number():
                self._number(p, box, cell)
            case Stacked():
                ink = f"{cell.tone}_text" if cell.tone else "text"
                paint_two_lines(p, box, cell.text, cell.below, "", weight="regular", ink=ink)
            case ChipCell() if cell.words:
                paint_chip(p, box.x(), middle, cell.words, cell.tone, cell.icon)
            case Spark():
                spark = QRectF(box.x(), middle - theme.px(12), box.width() - 4, theme.px(22))
                paint_sparkline(p, spark, cell.values, cell.token)
            case IconCell() if cell.name:
                theme.draw_icon(p, cell.name, box.x(), middle - theme.px(8), 16, cell.token)
            case Thumbnail():
                self._thumbnail(p, box, cell)
            case str() if cell:
                p.setFont(theme.font("base"))
                p.setPen(theme.colour("text"))
                words = p.fontMetrics().elidedText(cell, _ELIDE, int(box.width()))
                p.drawText(box, _RIGHT if right else _LEFT, words)

    def _two_lines(self, p: QPainter, box: QRectF, cell: TwoLine) -> None:
        x, middle = box.x(), box.center().y()
        if cell.avatar:
            side = theme.px(32)
            paint_avatar(p, x, middle - side / 2, side, cell.avatar)
            x += side + theme.px(10)
        elif cell.icon:
            theme.draw_icon(p, cell.icon, x, middle - theme.px(9), 18)
            x += theme.px(28)
        room = box.right() - x
        paint_two_lines(
            p, QRectF(x, box.y(), room, box.height()), cell.title, cell.subtitle, cell.tone
        )
        if cell.star:
            p.setFont(theme.font("base", "semibold"))
            width = min(p.fontMetrics().horizontalAdvance(cell.title), room - theme.px(18))
            top = middle - theme.px(16 if cell.subtitle else 8)
            theme.draw_icon(p, "star", x + width + theme.px(5), top, 14, "accent")

    def _number(self, p: QPainter, box: QRectF, cell: Number) -> None:
        p.setFont(theme.font("base", "medium"))
        p.setPen(theme.colour(f"{cell.tone}_text" if cell.tone and not cell.delta else "text"))
        if not cell.delta:
            p.drawText(box, _RIGHT, cell.text)
            return
        half = box.height() / 2
        upper = QRectF(box.x(), box.y() + theme.px(3), box.width(), half - theme.px(2))
        p.drawText(upper, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignBottom, cell.text)
        p.setFont(theme.font("xs"))
        p.setPen(theme.colour(f"{cell.tone}_text" if cell.tone else "text_subtle"))
        lower = QRectF(box.x(), box.center().y() + 1, box.width(), half)
        p.drawText(lower, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignTop, cell.delta)

    def _thumbnail(self, p: QPainter, box: QRectF, cell: Thumbnail) -> None:
        side = theme.px(36)
        frame = QRectF(box.x(), box.center().y() - side / 2, side, side)
        if cell.picture:
            picture = _picture(cell.picture, side)
            at = frame.center()
            p.drawPixmap(
                round(at.x() - picture.width() / 2), round(at.y() - picture.height() / 2), picture
            )
        else:
            p.fillRect(frame, theme.colour("sunken"))
            inset = theme.px(9)
            theme.draw_icon(p, "package", frame.x() + inset, frame.y() + inset, 18, "text_subtle")
        left = frame.right() + theme.px(10)
        room = QRectF(left, box.y(), box.right() - left, box.height())
        paint_two_lines(p, room, cell.title, cell.subtitle, "")


def paint_two_lines(
    p: QPainter, box: QRectF, title: str, subtitle: str, tone: str, *, weight: str = "semibold",
    ink: str = "text",
) -> None:  # fmt: skip
    """Paint a title with its subtitle below it, both shortened to the box."""
    width, half = int(box.width()), box.height() / 2
    p.setFont(theme.font("base", weight))
    p.setPen(theme.colour(ink))
    upper = QRectF(box.x(), box.y(), box.width(), half + 1) if subtitle else box
    bottom = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignBottom
    short = p.fontMetrics().elidedText(title, _ELIDE, width)
    p.drawText(upper, bottom if subtitle else _LEFT, short)
    if subtitle:
        p.setFont(theme.font("sm"))
        p.setPen(theme.colour(f"{tone}_text" if tone else "text_subtle"))
        lower = QRectF(box.x(), box.center().y() + 1, box.width(), half)
        top = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop
        p.drawText(lower, top, p.fontMetrics().elidedText(subtitle, _ELIDE, width))


class ListFoot(QFrame):
    """The line below a list: how many there are, and what the keys do."""

    def __init__(self, *keys: tuple[str, str]) -> None:
        """`keys` are pairs of a key as it is printed and what it does."""
        super().__init__()
        self.setProperty("bare", True)
        self.count = text("", "muted")
        parts: list[Item] = []
        for key, does in keys:
            hint = QLabel(key)
            hint.setProperty("kbd", True)
            parts += [hint, text(does, "muted"), 6]
        self.setLayout(row(self.count, None, *parts, gap=5, margins=(14, 5, 8, 5)))

    def show_count(self, words: str) -> None:
        self.count.setText(words)


class TableView(QTableView):
    """A table over a `PagedTable`: Enter opens, Space peeks, Delete removes; Tab goes on."""

    opened = Signal(str)
    peeked = Signal(str)
    removal_asked = Signal(list)  # ids
    current_id_changed = Signal(str)
    sort_asked = Signal(str)  # key of a column, with a minus in front when it goes down

    def __init__(self, name: str, row_height: int = 54) -> None:
        super().__init__()
        self.setAccessibleName(name)
        self._delegate = CellDelegate(self, row_height)
        self.setItemDelegate(self._delegate)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setShowGrid(False)
        self.setTabKeyNavigation(False)
        self.setMouseTracking(True)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(theme.px(row_height))
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        header = self.horizontalHeader()
        header.setAccessibleName(_("Columns: {name}").format(name=name))
        header.setHighlightSections(False)
        header.setSectionsClickable(True)
        header.sectionClicked.connect(self._sort)
        self.sorted_by = ""
        self._table: PagedTable | None = None
        self._kept: str = ""
        self.doubleClicked.connect(lambda index: self._say(self.opened, index))

    def set_table(self, table: PagedTable) -> None:
        """Show `table`; columns take their widths, those of width 0 share the rest."""
        self._table = table
        self.setModel(table)
        table.modelAboutToBeReset.connect(self._keep)
        table.modelReset.connect(self._take_up)
        self.selectionModel().currentRowChanged.connect(
            lambda index, _old: self._say(self.current_id_changed, index)
        )
        self._fit()

    @property
    def current_id(self) -> str:
        """The id of the current row, or "" when there is none."""
        at = self.currentIndex().row()
        return self._table.id_at(at) if self._table is not None and at >= 0 else ""

    def selected_ids(self) -> list[str]:
        if self._table is None or self.selectionModel() is None:
            return []
        return [self._table.id_at(index.row()) for index in self.selectionModel().selectedRows()]

    def choose(self, id_: str) -> None:
        """Make the row of `id_` the current one, now or when it comes."""
        at = self._table.row_of(id_) if self._table is not None else None
        if at is None:
            self._kept = id_
        else:
            self.selectRow(at)
            self.scrollTo(self.model().index(at, 0))

    def sort_by(self, key: str) -> None:
        """Mark the column that the rows are sorted by, as `sort_asked` writes it; "" for none."""
        self.sorted_by = key
        header, columns = self.horizontalHeader(), self._table.columns if self._table else []
        at = next((n for n, c in enumerate(columns) if c.key == key.lstrip("-")), -1)
        header.setSortIndicatorShown(at >= 0)
        down = key.startswith("-")
        header.setSortIndicator(
            at, Qt.SortOrder.DescendingOrder if down else Qt.SortOrder.AscendingOrder
        )

    def _sort(self, section: int) -> None:
        if self._table is None or not self._table.columns[section].sortable:
            self.sort_by(self.sorted_by)
            return
        key = self._table.columns[section].key
        self.sort_by(f"-{key}" if self.sorted_by == key else key)
        self.sort_asked.emit(self.sorted_by)

    def _keep(self) -> None:
        self._kept = self.current_id or self._kept

    def _take_up(self) -> None:
        if self._kept:
            self.choose(self._kept)

    def _say(self, signal: Any, index: Index) -> None:
        if self._table is not None and index.isValid():
            signal.emit(self._table.id_at(index.row()))

    def _fit(self) -> None:
        if self._table is None:
            return
        columns = self._table.columns
        fixed = sum(theme.px(column.width) for column in columns)
        stretched = [n for n, column in enumerate(columns) if not column.width]
        room = max(self.viewport().width() - fixed, theme.px(160) * len(stretched))
        for n, column in enumerate(columns):
            width = theme.px(column.width) if column.width else room // max(1, len(stretched))
            self.setColumnWidth(n, width)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange:
            self.verticalHeader().setDefaultSectionSize(theme.px(self._delegate.height))
            self._fit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key, id_ = event.key(), self.current_id
        plain = event.modifiers() in {
            Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.KeypadModifier,
        }  # fmt: skip
        if id_ and plain and key in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            self.opened.emit(id_)
        elif id_ and plain and key == Qt.Key.Key_Space:
            self.peeked.emit(id_)
        elif id_ and plain and key == Qt.Key.Key_Delete:
            self.removal_asked.emit(self.selected_ids())
        elif plain and event.text() > " ":
            event.ignore()  # a letter is a key of the page; Qt would read the whole table for it
        else:
            super().keyPressEvent(event)
