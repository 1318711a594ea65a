"""A table over a long query: holds every id, and only the rows that were looked at.

Pages arrive from a reader thread; until then their cells are blank. The scroll bar is true, sort
and filter are the database's, and selection is by id.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Protocol

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from app.views.tasks import Task, Tasks

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

Index = QModelIndex | QPersistentModelIndex
PAGE, KEPT = 100, 40
CELL = Qt.ItemDataRole.UserRole + 1  # the cell as the delegate of table_view paints it
ROW = Qt.ItemDataRole.UserRole + 2  # the whole row


class Row(Protocol):
    """What a fetched row must have: the id under which it was asked for."""

    @property
    def id(self) -> str: ...


class Column:
    """A column: its header, and what of a row it shows as cell, as text and for the ear."""

    def __init__(
        self,
        key: str,
        title: str,
        cell: Callable[[Any], Any],
        *,
        width: int = 0,
        right: bool = False,
        sortable: bool = True,
    ) -> None:
        """`width` 0 stretches; `cell(row)` gives a str or one of table_view's cell kinds."""
        self.key, self.title, self.cell = key, title, cell
        self.width, self.right, self.sortable = width, right, sortable


class PagedTable(QAbstractTableModel):
    """Shows the rows of `ids` in pages that `fetch(session, ids)` returns, in any order."""

    def __init__(
        self,
        tasks: Tasks,
        columns: Sequence[Column],
        fetch: Callable[[Session, Sequence[str]], Sequence[Any]],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._tasks, self.columns, self._fetch = tasks, list(columns), fetch
        self._ids: list[str] = []
        self._row_of: dict[str, int] = {}
        self._pages: OrderedDict[int, list[Any]] = OrderedDict()
        self._stale: set[int] = set()
        self._asked: dict[int, Task] = {}

    def show_ids(self, ids: Sequence[str]) -> None:
        """Show these rows, in this order; the view keeps its selection by `row_of`."""
        self.beginResetModel()
        self._ids = list(ids)
        self._row_of = {id_: row for row, id_ in enumerate(self._ids)}
        for task in self._asked.values():
            task.cancel()
        self._asked.clear()
        self._pages.clear()
        self._stale.clear()
        self.endResetModel()

    def refresh(self, ids: set[str]) -> None:
        """Mark these rows as out of date: those on screen are fetched anew, the rest when seen."""
        pages = {
            self._row_of[id_] // PAGE for id_ in ids if id_ in self._row_of
        } & self._pages.keys()
        self._stale |= pages
        if pages:
            last = min((max(pages) + 1) * PAGE, len(self._ids)) - 1
            self.dataChanged.emit(
                self.index(min(pages) * PAGE, 0), self.index(last, len(self.columns) - 1)
            )

    def refresh_all(self) -> None:
        """Mark every row as out of date, after a change of language or of the day."""
        self.refresh(set(self._ids))

    @property
    def ids(self) -> list[str]:
        return self._ids

    def id_at(self, row: int) -> str:
        return self._ids[row]

    def row_of(self, id_: str) -> int | None:
        return self._row_of.get(id_)

    def row(self, number: int) -> Any:
        """Return what the row shows, or None while it is on its way."""
        page = number // PAGE
        if (page not in self._pages or page in self._stale) and page not in self._asked:
            self._ask(page)
        if page not in self._pages:
            return None
        self._pages.move_to_end(page)
        return self._pages[page][number % PAGE]

    def _ask(self, page: int) -> None:
        wanted = self._ids[page * PAGE : (page + 1) * PAGE]
        self._stale.discard(page)
        self._asked[page] = self._tasks.read(
            self, self._fetch, lambda rows: self._keep(page, wanted, rows), wanted
        )

    def _keep(self, page: int, wanted: list[str], rows: Sequence[Any]) -> None:
        found = {row.id: row for row in rows}
        self._pages[page] = [found.get(id_) for id_ in wanted]
        self._asked.pop(page, None)
        if len(self._pages) > KEPT:
            self._pages.popitem(last=False)
        last = self.index(page * PAGE + len(wanted) - 1, len(self.columns) - 1)
        self.dataChanged.emit(self.index(page * PAGE, 0), last)

    def rowCount(self, parent: Index = QModelIndex()) -> int:
        return 0 if parent.isValid() else len(self._ids)

    def columnCount(self, parent: Index = QModelIndex()) -> int:
        return 0 if parent.isValid() else len(self.columns)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            right = self.columns[index.column()].right
            side = Qt.AlignmentFlag.AlignRight if right else Qt.AlignmentFlag.AlignLeft
            return side | Qt.AlignmentFlag.AlignVCenter
        spoken = (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole)
        if role not in (CELL, ROW, *spoken):
            return None
        row = self.row(index.row())
        if role == ROW:
            return row
        cell = "" if row is None else self.columns[index.column()].cell(row)
        return cell if role == CELL else str(cell)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if orientation != Qt.Orientation.Horizontal or section >= len(self.columns):
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self.columns[section].title
        if role == Qt.ItemDataRole.TextAlignmentRole:
            right = self.columns[section].right
            side = Qt.AlignmentFlag.AlignRight if right else Qt.AlignmentFlag.AlignLeft
            return side | Qt.AlignmentFlag.AlignVCenter
        return None
