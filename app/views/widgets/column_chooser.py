"""Which columns a table shows: a layer for all of them, and a menu for the one at the cursor."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QPoint, QPointF, QSize, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QCheckBox, QMenu, QSizePolicy, QWidget

from app.i18n import _
from app.views import theme
from app.views.paged_table import Column, PagedTable
from app.views.widgets.arrangement import Arrangement
from app.views.widgets.button import HEIGHTS, Button, IconButton
from app.views.widgets.layer import Layer
from app.views.widgets.layout import Item, box, clear, column, row, scroll, text
from app.views.widgets.table_view import TableView

_WIDER = 20  # pixels at a press


class ColumnsButton(Button):
    """Opens the chooser; where there is no room for its words, it is the icon alone."""

    def __init__(self) -> None:
        super().__init__(_("Columns"), icon="sliders-horizontal", kind="ghost", tip=_("Columns"))
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    def minimumSizeHint(self) -> QSize:
        side = theme.px(HEIGHTS[self.size_])
        return QSize(side, side)

    def _paint_content(self, p: QPainter, token: str) -> None:
        if self.width() >= self.sizeHint().width():
            super()._paint_content(p, token)
            return
        at = QPointF((self.width() - theme.px(17)) / 2, (self.height() - theme.px(17)) / 2)
        theme.draw_icon(p, self.icon_name, at.x(), at.y(), 17, token)


class ColumnChooser(Layer):
    """Shows, hides and reorders columns; what is changed is seen behind it at once."""

    def __init__(self, over: QWidget, view: TableView, table: PagedTable) -> None:
        self._view, self._table = view, table
        self._list = column(gap=2)
        done = Button(_("Done"), kind="primary", key="Esc")
        usual = Button(_("As they came"), icon="rotate-ccw", kind="ghost")
        inside = scroll(box(self._list))
        self._scroller = inside
        layout = column(
            text(_("Columns"), "h2"), (inside, 1), row(usual, None, done), gap=10,
            margins=(20, 16, 16, 16),
        )  # fmt: skip
        self.boxes: dict[str, QCheckBox] = {}
        self._fill()
        super().__init__(over, layout, width=420, name=_("Columns"))
        self._scroller.setMinimumHeight(min(self._list.sizeHint().height() + 4, 420))
        self.fit()
        done.clicked.connect(self.close_layer)
        usual.clicked.connect(self._reset)
        next(iter(self.boxes.values())).setFocus(Qt.FocusReason.TabFocusReason)

    def _order(self) -> list[Column]:
        columns = {column.key: column for column in self._table.columns}
        shown = self._view.arrangement.keys(self._table.columns)
        return [columns[key] for key in shown] + [c for c in columns.values() if c.key not in shown]

    def _fill(self) -> None:
        clear(self._list)
        shown = self._view.arrangement.keys(self._table.columns)
        self.boxes = {}
        for each in self._order():
            tick = QCheckBox(each.name)
            tick.setChecked(each.key in shown)
            tick.toggled.connect(partial(self._switch, each.key))
            self.boxes[each.key] = tick
            parts: list[Item] = [(tick, 1)]
            if each.key in shown:
                for icon, by, words in (
                    ("arrow-up", -1, _("Move {name} to the left")),
                    ("arrow-down", 1, _("Move {name} to the right")),
                ):
                    move = IconButton(icon, words.format(name=each.name), size="sm")
                    move.clicked.connect(partial(self._move, each.key, by))
                    parts.append(move)
            self._list.addWidget(box(row(*parts)))
        self._list.addStretch(1)

    def _switch(self, key: str, on: bool) -> None:  # noqa: FBT001 - a signal's
        arrangement = self._view.arrangement.switched(self._table.columns, key, on=on)
        self._apply(arrangement, key)

    def _move(self, key: str, by: int, _checked: bool = False) -> None:  # noqa: FBT001, FBT002
        self._apply(self._view.arrangement.moved(self._table.columns, key, by), key)

    def _reset(self) -> None:
        self._apply(Arrangement(), self._table.columns[0].key)

    def _apply(self, arrangement: Arrangement, key: str) -> None:
        self._view.arrange(arrangement)
        self._view.arranged.emit()
        self._fill()
        self.boxes[key].setFocus(Qt.FocusReason.TabFocusReason)


def column_menu(view: TableView, table: PagedTable, key: str) -> QMenu:
    """Return the menu of a column's title: sort by it, move, widen or hide it."""
    menu = QMenu(view)
    columns, found = table.columns, table.columns[table.column(key)]
    keys = view.arrangement.keys(columns)

    def arrange(arrangement: Arrangement) -> None:
        view.arrange(arrangement)
        view.arranged.emit()

    if found.sortable:
        menu.addAction(_("Sort upwards"), lambda: view.ask_sort(key))
        menu.addAction(_("Sort downwards"), lambda: view.ask_sort(f"-{key}"))
        menu.addSeparator()
    at = keys.index(key) if key in keys else -1
    if at > 0:
        menu.addAction(
            _("Move to the left"), lambda: arrange(view.arrangement.moved(columns, key, -1))
        )
    if 0 <= at < len(keys) - 1:
        menu.addAction(
            _("Move to the right"), lambda: arrange(view.arrangement.moved(columns, key, 1))
        )
    width = view.arrangement.width(found)
    if width:
        for words, by in ((_("Wider"), _WIDER), (_("Narrower"), -_WIDER)):
            resized = view.arrangement.resized(key, width + by)
            menu.addAction(words, partial(arrange, resized))
    if len(keys) > 1:
        menu.addAction(
            _("Hide the column"),
            lambda: arrange(view.arrangement.switched(columns, key, on=False)),
        )
    return menu


def show_column_menu(view: TableView, table: PagedTable, key: str, at: QPoint) -> None:
    """Open the menu of a column at a point of the screen."""
    menu = column_menu(view, table, key)
    menu.aboutToHide.connect(menu.deleteLater)
    menu.popup(at)
    menu.setActiveAction(menu.actions()[0])
