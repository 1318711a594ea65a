"""Long tables: keys for everything, columns as the user wants them, chosen rows known by id."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QEvent, QItemSelection, QItemSelectionModel, QPoint, Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from app.i18n import _
from app.views import keymap, theme
from app.views.paged_table import PagedTable, spans
from app.views.widgets.arrangement import Arrangement
from app.views.widgets.cell_delegate import CellDelegate, Index, paint_two_lines
from app.views.widgets.list_foot import ListFoot
from app.views.widgets.skeleton import TableSkeleton

if TYPE_CHECKING:
    from app.settings import Settings

__all__ = ["ListFoot", "TableView", "paint_two_lines"]
_STRETCHED = 180  # least width of a column that takes what is left
_PIECES = 2000  # a selection of more separate pieces is not followed through a new order
_FLAGS = QItemSelectionModel.SelectionFlag


class TableView(QTableView):
    """A table over a `PagedTable`: Enter opens, Space peeks, Delete removes; Tab goes on."""

    opened = Signal(str)
    window_asked = Signal(str)  # the record is to be opened in a window of its own
    peeked = Signal(str)
    removal_asked = Signal(list)  # ids
    current_id_changed = Signal(str)
    chosen_changed = Signal(int)  # how many rows are selected
    sort_asked = Signal(str)  # key of a column, with a minus in front when it goes down
    menu_asked = Signal(str, object)  # key of a column, and where on the screen
    arranged = Signal()  # columns were moved or resized with the mouse
    written = Signal(str, str, str)  # id, key of the column, what was written into the cell

    opens_windows = False  # whether Ctrl+Enter opens a window of its own

    def __init__(self, name: str, row_height: int = 54, settings: Settings | None = None) -> None:
        """With `settings`, the keys are those that the user has chosen."""
        super().__init__()
        self.setAccessibleName(name)
        self._settings = settings
        self._delegate = CellDelegate(self, row_height)
        self._delegate.written.connect(self._wrote)
        self._delegate.moved_on.connect(self._move_on)
        self.setItemDelegate(self._delegate)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setShowGrid(False)
        self.setTabKeyNavigation(False)
        self.setMouseTracking(True)
        for set_mode in (self.setVerticalScrollMode, self.setHorizontalScrollMode):
            set_mode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setCornerWidget(QWidget())
        self.verticalHeader().hide()
        self._set_rows()
        theme.look.changed.connect(self._set_rows)
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self._prepare_header(name)
        self.sorted_by = ""
        self.arrangement, self.customer_looks = Arrangement(), False
        self._table: PagedTable | None = None
        self._kept, self._kept_ids, self._kept_scroll = "", list[str](), ("", 0)
        self._wanted_top = ""
        self._fitting = False
        self.doubleClicked.connect(lambda index: self._say(self.opened, index))

    def _prepare_header(self, name: str) -> None:
        header = self.horizontalHeader()
        header.setAccessibleName(_("Columns: {name}").format(name=name))
        header.setHighlightSections(False)
        header.setSectionsClickable(True)
        header.setMinimumSectionSize(theme.px(30))
        header.sectionClicked.connect(self._sort)
        header.sectionMoved.connect(self._moved)
        header.sectionResized.connect(self._resized)
        header.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        header.customContextMenuRequested.connect(self._ask_menu)

    def set_table(self, table: PagedTable) -> None:
        """Show `table`; columns take their widths, those of width 0 share the rest."""
        self._table = table
        self.setModel(table)
        TableSkeleton(self, table, self._delegate.height)
        table.modelAboutToBeReset.connect(self._keep)
        table.modelReset.connect(self._take_up)
        self.selectionModel().currentRowChanged.connect(
            lambda index, _old: self._say(self.current_id_changed, index)
        )
        self.selectionModel().selectionChanged.connect(
            lambda _new, _old: self.chosen_changed.emit(self.chosen_count())
        )
        self.arrange(self.arrangement)

    # rows

    @property
    def current_id(self) -> str:
        """The id of the current row, or "" when there is none."""
        at = self.currentIndex().row()
        return self._table.id_at(at) if self._table is not None and at >= 0 else ""

    def _spans(self) -> list[tuple[int, int]]:
        if self._table is None or self.selectionModel() is None:
            return []
        picked = self.selectionModel().selection()
        found = {(picked.at(n).top(), picked.at(n).bottom()) for n in range(picked.count())}
        return sorted(found)

    def selected_ids(self) -> list[str]:
        """Return the ids of the selected rows, in the order shown; no row is fetched for it."""
        ids = self._table.ids if self._table is not None else []
        return [id_ for top, bottom in self._spans() for id_ in ids[top : bottom + 1]]

    def chosen_count(self) -> int:
        return sum(bottom - top + 1 for top, bottom in self._spans())

    def choose(self, id_: str) -> None:
        """Make the row of `id_` the current one, now or when it comes."""
        at = self._table.row_of(id_) if self._table is not None else None
        if at is None:
            self._kept = id_
        else:
            self._select_row(at)
            self.scrollTo(self.model().index(at, self._first()))

    def select_ids(self, ids: Sequence[str]) -> None:
        """Select the rows of `ids` that are here, and no others."""
        if self._table is None:
            return
        picked, last = QItemSelection(), self._table.columnCount() - 1
        pieces = spans(self._table.rows_of(ids))
        if len(pieces) > _PIECES:
            return
        for top, bottom in pieces:
            picked.select(self._table.index(top, 0), self._table.index(bottom, last))
        self.selectionModel().select(picked, _FLAGS.ClearAndSelect)

    def choose_nothing(self) -> None:
        """Select no row but the current one."""
        self.clearSelection()
        if self.currentIndex().isValid():
            self._select_row(self.currentIndex().row())

    def _select_row(self, at: int) -> None:
        # Qt's own selectRow asks which keys are held: with Ctrl it would take the row away again
        index = self.model().index(at, self._first())
        self.selectionModel().setCurrentIndex(index, _FLAGS.ClearAndSelect | _FLAGS.Rows)

    @property
    def top_id(self) -> str:
        """The id of the row at the top edge, "" when the list is not scrolled."""
        at = self.rowAt(0) if self.verticalScrollBar().value() else -1
        return self._table.id_at(at) if self._table is not None and at >= 0 else ""

    def show_at_top(self, id_: str) -> None:
        """Scroll the row of `id_` to the top edge, now or when it comes."""
        self._wanted_top = id_
        self._scroll_back(None)

    def _keep(self) -> None:
        """Remember by id what is chosen and what stands at the top: rows are about to move."""
        self._kept = self.current_id or self._kept
        self._kept_ids = self.selected_ids()
        top = self.top_id
        self._kept_scroll = top, self.rowViewportPosition(self.rowAt(0)) if top else 0

    def _take_up(self) -> None:
        if self._table is None:
            return
        at = self._table.row_of(self._kept) if self._kept else None
        if at is not None:
            index = self._table.index(at, self._first())
            self.selectionModel().setCurrentIndex(index, _FLAGS.NoUpdate)
            if not self._kept_ids:
                self._select_row(at)
        if self._kept_ids:
            self.select_ids(self._kept_ids)
        self.chosen_changed.emit(self.chosen_count())
        self._scroll_back(at)

    def _scroll_back(self, current: int | None) -> None:
        self.updateGeometries()
        id_, offset = self._kept_scroll
        if self._wanted_top and self._table and self._table.row_of(self._wanted_top) is not None:
            id_, offset, self._wanted_top = self._wanted_top, 0, ""
        top = self._table.row_of(id_) if self._table is not None and id_ else None
        bar, height = self.verticalScrollBar(), self.verticalHeader().defaultSectionSize()
        if top is not None:
            bar.setValue(top * height - offset)
        elif current is not None and self._table is not None:
            self.scrollTo(self._table.index(current, self._first()))

    # columns

    def arrange(self, arrangement: Arrangement, *, customer_looks: bool | None = None) -> None:
        """Show the columns so; those for inside eyes are hidden while the customer looks."""
        self.arrangement = arrangement
        if customer_looks is not None:
            self.customer_looks = customer_looks
        if self._table is None:
            return
        header, keys = self.horizontalHeader(), self.shown_keys()
        self._fitting = True
        for n, column in enumerate(self._table.columns):
            self.setColumnHidden(n, column.key not in keys)
        for place, key in enumerate(keys):
            header.moveSection(header.visualIndex(self._table.column(key)), place)
        self._fitting = False
        header.setSectionsMovable(True)
        self.sort_by(self.sorted_by)
        self._fit()

    def shown_keys(self) -> list[str]:
        """Return the keys of the columns that are shown, from left to right."""
        columns = self._table.columns if self._table is not None else []
        return self.arrangement.keys(columns, customer_looks=self.customer_looks)

    def _first(self) -> int:
        keys = self.shown_keys()
        return self._table.column(keys[0]) if self._table is not None and keys else 0

    def _moved(self, _section: int, _old: int, _new: int) -> None:
        if self._fitting or self._table is None:
            return
        header, columns = self.horizontalHeader(), self._table.columns
        order = [columns[header.logicalIndex(n)].key for n in range(header.count())]
        before = self.arrangement.keys(columns)
        shown = tuple(key for key in order if key in before)
        self.arrangement = Arrangement(shown, self.arrangement.widths)
        self.arranged.emit()

    def _resized(self, section: int, _old: int, new: int) -> None:
        if self._fitting or self._table is None or not new:
            return
        key = self._table.columns[section].key
        width = round(new / theme.scale())
        self.arrangement = self.arrangement.resized(key, width)
        self.arranged.emit()

    def _fit(self) -> None:
        if self._table is None:
            return
        shown = [self._table.columns[self._table.column(key)] for key in self.shown_keys()]
        widths = {column.key: self.arrangement.width(column) for column in shown}
        stretched = [key for key, width in widths.items() if not width]
        fixed = sum(theme.px(width) for width in widths.values())
        least = theme.px(_STRETCHED if len(shown) > 3 else 160)
        room = max((self.viewport().width() - fixed) // max(1, len(stretched)), least)
        self._fitting = True
        for key, width in widths.items():
            self.setColumnWidth(self._table.column(key), theme.px(width) if width else room)
        self._fitting = False

    def _ask_menu(self, at: QPoint) -> None:
        section = self.horizontalHeader().logicalIndexAt(at)
        if self._table is not None and section >= 0:
            where = self.horizontalHeader().mapToGlobal(at)
            self.menu_asked.emit(self._table.columns[section].key, where)

    def ask_menu_here(self) -> None:
        """Ask for the menu of the column in which the cursor stands, as Shift+F10 does."""
        if self._table is None:
            return
        at = self.currentIndex().column()
        section = at if at >= 0 and not self.isColumnHidden(at) else self._first()
        header = self.horizontalHeader()
        corner = QPoint(header.sectionViewportPosition(section), header.height())
        self.menu_asked.emit(self._table.columns[section].key, header.mapToGlobal(corner))

    def sort_by(self, key: str) -> None:
        """Mark the column that the rows are sorted by, as `sort_asked` writes it; "" for none."""
        self.sorted_by = key
        if self._table is not None:
            self._table.show_sorted(key)

    def ask_sort(self, key: str) -> None:
        """Sort by a column and say so."""
        self.sort_by(key)
        self.sort_asked.emit(key)

    def _sort(self, section: int) -> None:
        if self._table is None or not self._table.columns[section].sortable:
            self.sort_by(self.sorted_by)
            return
        key = self._table.columns[section].key
        self.ask_sort(f"-{key}" if self.sorted_by == key else key)

    # cells one writes in

    def edit_cell(self) -> bool:
        """Open the editor of the current cell; False where nothing can be written."""
        index = self.currentIndex()
        if self._table is None or not index.isValid() or self._table.row(index.row()) is None:
            return False
        if not index.flags() & Qt.ItemFlag.ItemIsEditable:
            return False
        self.edit(index)
        return True

    def _wrote(self, at: int, column: int, words: str) -> None:
        if self._table is None:
            return
        index = self._table.index(at, column)
        if words != index.data(Qt.ItemDataRole.EditRole):
            id_, key = self._table.id_at(at), self._table.columns[column].key
            self._table.keep_draft(id_, key, words)
            self.written.emit(id_, key, words)

    def _move_on(self, key: Qt.Key) -> None:
        if self._table is None:
            return
        index = self.currentIndex()
        shown = map(self._table.column, self.shown_keys())
        editable = [n for n in shown if self._table.columns[n].edit is not None]
        step = -1 if key == Qt.Key.Key_Backtab else 1
        down = key in {Qt.Key.Key_Return, Qt.Key.Key_Enter}
        at, place = index.row(), editable.index(index.column())
        if down:
            at += 1
        else:
            at, place = at + (place + step) // len(editable), (place + step) % len(editable)
        if 0 <= at < self._table.rowCount():
            self.setCurrentIndex(self._table.index(at, editable[place]))
            self.edit_cell()
        else:
            self.setFocus(Qt.FocusReason.OtherFocusReason)

    # Qt

    def _say(self, signal: Any, index: Index) -> None:
        if self._table is not None and index.isValid():
            signal.emit(self._table.id_at(index.row()))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange:
            self._set_rows()
            self._fit()

    def _set_rows(self) -> None:
        self.verticalHeader().setDefaultSectionSize(theme.row_height(self._delegate.height))

    def event(self, event: QEvent) -> bool:
        if (
            self.opens_windows
            and event.type() == QEvent.Type.ShortcutOverride
            and isinstance(event, QKeyEvent)
            and self._opens_window(event)
        ):
            event.accept()  # else it would be the main button of the screen
            return True
        return super().event(event)

    @staticmethod
    def _opens_window(event: QKeyEvent) -> bool:
        return keymap.text_of(event) in {"Ctrl+Return", "Ctrl+Shift+Return"}

    def _action(self, event: QKeyEvent) -> str:
        if self._settings is not None:
            return keymap.pressed(self._settings, event, "list")
        key = keymap.text_of(event)
        return next((a.name for a in keymap.of(["list"]) if key in a.keys), "")

    def _edit_keys(self) -> tuple[str, ...]:
        own = keymap.BY_NAME["edit_cell"].keys
        return keymap.keys(self._settings, "edit_cell") if self._settings else own

    def keyPressEvent(self, event: QKeyEvent) -> None:
        id_, action, key = self.current_id, self._action(event), keymap.text_of(event)
        if id_ and self.opens_windows and (action == "open_window" or self._opens_window(event)):
            self.window_asked.emit(id_)
        elif id_ and action == "open":
            self.opened.emit(id_)
        elif id_ and action == "peek":
            self.peeked.emit(id_)
        elif id_ and action == "remove":
            self.removal_asked.emit(self.selected_ids())
        elif action == "select_all":
            self.selectAll()
        elif key in self._edit_keys() and self.edit_cell():
            return
        elif action == "column_menu" or key == "Menu":
            self.ask_menu_here()
        elif keymap.is_single(key):
            event.ignore()  # a letter is a key of the page; Qt would read the whole table for it
        else:
            super().keyPressEvent(event)
