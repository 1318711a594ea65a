"""How the cells of long tables look: one delegate for every kind of cell, painted from tokens."""

from __future__ import annotations

import base64
from functools import lru_cache
from typing import Any

from PySide6.QtCore import (
    QEvent,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QRect,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QKeyEvent, QPainter, QPen, QPixmap
from PySide6.QtWidgets import (
    QAbstractItemDelegate,
    QLineEdit,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from app.views import theme
from app.views.paged_table import CELL, PagedTable
from app.views.widgets.avatar import paint_avatar
from app.views.widgets.bar import paint_bar, paint_sparkline
from app.views.widgets.cells import (
    BarCell,
    CheckCell,
    ChipCell,
    IconCell,
    Number,
    Spark,
    Stacked,
    Thumbnail,
    TwoLine,
)
from app.views.widgets.chip import paint_chip

Index = QModelIndex | QPersistentModelIndex
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_ELIDE = Qt.TextElideMode.ElideRight
# flags are put together once: in Python it takes as long as painting a line
_LEFT_TOP = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop
_LEFT_BOTTOM = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignBottom
_RIGHT_TOP = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignTop
_RIGHT_BOTTOM = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignBottom
_SELECTED, _UNDER_MOUSE = QStyle.StateFlag.State_Selected, QStyle.StateFlag.State_MouseOver


@lru_cache(maxsize=400)
def _picture(content: str, side: int) -> QPixmap:
    made = QPixmap()
    made.loadFromData(base64.b64decode(content))
    keep = Qt.AspectRatioMode.KeepAspectRatio
    return made.scaled(side, side, keep, Qt.TransformationMode.SmoothTransformation)


class CellDelegate(QStyledItemDelegate):
    """Paints a cell of `app.views.widgets.cells`, or a str, from tokens."""

    written = Signal(int, int, str)  # row, column, words
    moved_on = Signal(object)  # the key that ended an edit: Tab, Backtab or Return

    def __init__(self, view: QTableView, height: int) -> None:
        super().__init__(view)
        self._view, self.height = view, height

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(theme.px(60), theme.row_height(self.height))

    def paint(self, p: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        box = QRect(option.rect)
        state = option.state
        selected = bool(state & _SELECTED)
        if selected:
            p.fillRect(box, theme.colour("selected"))
        elif state & _UNDER_MOUSE:
            p.fillRect(box, theme.colour("hover"))
        p.setPen(QPen(theme.colour("border"), 1))
        p.drawLine(box.bottomLeft(), box.bottomRight())
        if selected and self._is_first(index):
            p.fillRect(QRect(box.left(), box.top(), 3, box.height()), theme.colour("focus"))
        model = index.model()
        cell, right = model.data(index, CELL), False  # not index.data: it would go through C++
        if isinstance(model, PagedTable):
            right = model.columns[index.column()].right
        inner = QRectF(box).adjusted(theme.px(12), 0, -theme.px(10), 0)
        self._paint(p, inner, cell, right=right)
        if self._is_refused(index):
            p.setPen(QPen(theme.colour("danger"), 2))
            p.setBrush(Qt.BrushStyle.NoBrush)
            p.drawRect(box.adjusted(1, 1, -2, -2))
        elif self._is_cursor(index):
            p.setPen(QPen(theme.colour("focus"), 1, Qt.PenStyle.DotLine))
            p.setBrush(Qt.BrushStyle.NoBrush)
            p.drawRect(box.adjusted(1, 1, -2, -2))

    def _is_first(self, index: Index) -> bool:
        header = self._view.horizontalHeader()
        return index.column() == header.logicalIndexAt(1 - header.offset())

    def _is_cursor(self, index: Index) -> bool:
        """Tell whether F2 would edit this cell: only then it is marked."""
        return (
            self._view.hasFocus()
            and bool(index.flags() & Qt.ItemFlag.ItemIsEditable)
            and (index.row(), index.column()) == self._cursor()
        )

    def _cursor(self) -> tuple[int, int]:
        index = self._view.currentIndex()
        return index.row(), index.column()

    def _is_refused(self, index: Index) -> bool:
        model = index.model()
        return (
            isinstance(model, PagedTable)
            and bool(model.refused)
            and (model.id_at(index.row()), model.columns[index.column()].key) in model.refused
        )

    # editing: the whole cell is the editor

    def createEditor(self, parent: QWidget, option: QStyleOptionViewItem, index: Index) -> QWidget:
        editor = QLineEdit(parent)
        editor.setProperty("cell", True)
        editor.setAccessibleName(str(index.model().headerData(
            index.column(), Qt.Orientation.Horizontal, Qt.ItemDataRole.AccessibleTextRole
        )))  # fmt: skip
        return editor

    def setEditorData(self, editor: QWidget, index: Index) -> None:
        if isinstance(editor, QLineEdit):
            editor.setText(str(index.data(Qt.ItemDataRole.EditRole)))
            editor.selectAll()

    def updateEditorGeometry(
        self, editor: QWidget, option: QStyleOptionViewItem, index: Index
    ) -> None:
        editor.setGeometry(option.rect)

    def setModelData(self, editor: QWidget, model: object, index: Index) -> None:
        if isinstance(editor, QLineEdit):
            self.written.emit(index.row(), index.column(), editor.text().strip())

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        keys = (Qt.Key.Key_Tab, Qt.Key.Key_Backtab, Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if (
            isinstance(event, QKeyEvent)
            and event.type() == QEvent.Type.KeyPress
            and event.key() in keys
            and isinstance(watched, QWidget)
        ):
            self.commitData.emit(watched)
            self.closeEditor.emit(watched, QAbstractItemDelegate.EndEditHint.NoHint)
            self.moved_on.emit(Qt.Key(event.key()))
            return True
        return super().eventFilter(watched, event)

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
            case BarCell():
                self._bar(p, box, cell)
            case CheckCell():
                icon = "square-check-big" if cell.on else "square"
                token = "primary_text" if cell.on else "text_subtle"
                theme.draw_icon(p, icon, box.x(), middle - theme.px(9), 18, token)
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
        starred_below = cell.star and bool(cell.subtitle)
        paint_two_lines(
            p, QRectF(x, box.y(), room, box.height()), cell.title, cell.subtitle, cell.tone,
            indent=theme.px(19) if starred_below else 0,
        )  # fmt: skip
        if starred_below:
            theme.draw_icon(p, "star", x, middle + theme.px(2), 14, "accent_text")
        elif cell.star:
            p.setFont(theme.font("base", "semibold"))
            width = min(p.fontMetrics().horizontalAdvance(cell.title), room - theme.px(18))
            theme.draw_icon(p, "star", x + width + theme.px(5), middle - theme.px(7), 14,
                            "accent_text")  # fmt: skip

    def _bar(self, p: QPainter, box: QRectF, cell: BarCell) -> None:
        p.setFont(theme.font("sm"))
        p.setPen(theme.colour("text"))
        upper = QRectF(box.x(), box.y(), box.width(), box.height() / 2)
        bottom = _LEFT_BOTTOM
        words = p.fontMetrics().elidedText(cell.words, _ELIDE, int(box.width()))
        p.drawText(upper, bottom, words)
        at = QRectF(box.x(), box.center().y() + theme.px(6), box.width(), theme.px(6))
        paint_bar(p, at, cell.fraction, cell.token, pace=cell.pace)

    def _number(self, p: QPainter, box: QRectF, cell: Number) -> None:
        p.setFont(theme.font("base", "medium"))
        p.setPen(theme.colour(f"{cell.tone}_text" if cell.tone and not cell.delta else "text"))
        if not cell.delta:
            p.drawText(box, _RIGHT, cell.text)
            return
        half = box.height() / 2
        upper = QRectF(box.x(), box.y() + theme.px(3), box.width(), half - theme.px(2))
        p.drawText(upper, _RIGHT_BOTTOM, cell.text)
        p.setFont(theme.font("xs"))
        p.setPen(theme.colour(f"{cell.tone}_text" if cell.tone else "text_subtle"))
        lower = QRectF(box.x(), box.center().y() + 1, box.width(), half)
        p.drawText(lower, _RIGHT_TOP, cell.delta)

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
    ink: str = "text", indent: int = 0,
) -> None:  # fmt: skip
    """Paint a title with its subtitle below it, both shortened to the box.

    `indent` leaves room for an icon in front of the subtitle.
    """
    width, half = int(box.width()), box.height() / 2
    p.setFont(theme.font("base", weight))
    p.setPen(theme.colour(ink))
    upper = QRectF(box.x(), box.y(), box.width(), half + 1) if subtitle else box
    bottom = _LEFT_BOTTOM
    short = p.fontMetrics().elidedText(title, _ELIDE, width)
    p.drawText(upper, bottom if subtitle else _LEFT, short)
    if subtitle:
        p.setFont(theme.font("sm"))
        p.setPen(theme.colour(f"{tone}_text" if tone else "text_subtle"))
        lower = QRectF(box.x() + indent, box.center().y() + 1, box.width() - indent, half)
        top = _LEFT_TOP
        p.drawText(lower, top, p.fontMetrics().elidedText(subtitle, _ELIDE, width - indent))
