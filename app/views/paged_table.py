"""A table over a long query: holds every id, and only the rows that were looked at.

Rows arrive in pages from a reader thread; until then their cells are blank. The scroll bar is true,
sort and filter are the database's, and what is chosen is known by id.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any, Protocol

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from app.services.id_list import IdList
from app.views.tasks import Task, Tasks

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

Index = QModelIndex | QPersistentModelIndex
PAGE, KEPT = 100, 40
_FEW = 20  # ids that are quicker to look for one by one than to pass over all
CELL = Qt.ItemDataRole.UserRole + 1  # the cell as the delegate of table_view paints it
ROW = Qt.ItemDataRole.UserRole + 2  # the whole row


class Row(Protocol):
    """What a fetched row must have: the id under which it was asked for."""

    @property
    def id(self) -> str: ...


class Column:
    """A column: its header, and what of a row it shows as cell, as text, for the ear and on file.

    `width` 0 stretches. `cell(row)` gives a str or one of table_view's cell kinds; `value(row)`
    what an exported file holds: text, Decimal, int, bool, date or None, by default the cell's
    words. An `optional` column is there when the user asks for it. An `internal` one is not for
    the customer's eyes. `edit(row)` gives the words that one edits, where the cell can be edited.
    """

    def __init__(
        self,
        key: str,
        title: str,
        cell: Callable[[Any], Any],
        *,
        width: int = 0,
        right: bool = False,
        sortable: bool = True,
        name: str = "",
        value: Callable[[Any], Any] | None = None,
        optional: bool = False,
        internal: bool = False,
        edit: Callable[[Any], str] | None = None,
    ) -> None:
        self.key, self.title, self.cell = key, title, cell
        self.width, self.right, self.sortable = width, right, sortable
        self.name = name or title  # where columns are chosen, and for the ear
        self.value = value or (lambda row: str(cell(row)))
        self.optional, self.internal, self.edit = optional, internal, edit


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
        self._tasks, self.columns, self.fetch = tasks, list(columns), fetch
        self._ids: Sequence[str] = []
        self._row_of: dict[str, int] = {}
        self._rows: OrderedDict[str, Any] = OrderedDict()  # None: it is no longer there
        self._stale: set[str] = set()
        self._asked: dict[int, Task] = {}
        self.sorted_by = ""
        # what was written into a cell and is not saved, by id and column; why it was refused
        self.drafts: dict[tuple[str, str], str] = {}
        self.refused: dict[tuple[str, str], str] = {}

    def take_rows(self, rows: Sequence[Any]) -> None:
        """Keep rows that were fetched otherwise, as those of the first screenful."""
        for row in rows:
            self._rows[row.id] = row
            self._rows.move_to_end(row.id)
            self._stale.discard(row.id)

    def show_ids(self, ids: Sequence[str]) -> None:
        """Show these rows, in this order; those that are known are there at once."""
        before = len(self._ids)
        if before and len(ids) > before and ids[:before] == self._ids:
            self.beginInsertRows(QModelIndex(), before, len(ids) - 1)
            self._take(ids)
            self.endInsertRows()
            return
        self.beginResetModel()
        self._take(ids)
        for task in self._asked.values():
            task.cancel()
        self._asked.clear()
        self.endResetModel()

    def _take(self, ids: Sequence[str]) -> None:
        self._ids = ids if isinstance(ids, IdList) else list(ids)
        self._row_of = (
            {} if isinstance(ids, IdList) else {id_: row for row, id_ in enumerate(self._ids)}
        )

    def refresh(self, ids: Iterable[str]) -> None:
        """Mark these rows as out of date: those on screen are fetched anew, the rest when seen."""
        wanted = set(ids)
        known = [id_ for id_ in self._rows if id_ in wanted]
        self._stale.update(known)
        if not known or not self._ids:
            return
        first, last = 0, len(self._ids) - 1
        if len(known) == 1:
            at = self.row_of(known[0])
            if at is None:
                return
            first = last = at
        self.dataChanged.emit(self.index(first, 0), self.index(last, len(self.columns) - 1))

    def refresh_all(self) -> None:
        """Mark every row as out of date, after a change of language or of the day."""
        self.refresh(list(self._rows))

    @property
    def ids(self) -> Sequence[str]:
        return self._ids

    def id_at(self, row: int) -> str:
        return self._ids[row]

    def row_of(self, id_: str) -> int | None:
        if isinstance(self._ids, IdList):
            return self._ids.place(id_)
        return self._row_of.get(id_)

    def rows_of(self, ids: Sequence[str]) -> list[int]:
        """Return the places of those of `ids` that are here, in order; of many in one go."""
        if len(ids) < _FEW:
            found = (self.row_of(id_) for id_ in ids)
            return sorted(at for at in found if at is not None)
        wanted = set(ids)
        return [at for at, id_ in enumerate(self._ids) if id_ in wanted]

    def column(self, key: str) -> int:
        """Return the place of the column `key` in `columns`, -1 when there is none."""
        return next((n for n, column in enumerate(self.columns) if column.key == key), -1)

    def row(self, number: int) -> Any:
        """Return what the row shows, or None while it is on its way."""
        id_ = self._ids[number]
        if id_ not in self._rows or id_ in self._stale:
            page = number // PAGE
            if page not in self._asked:
                self._ask(page)
        if id_ not in self._rows:
            return None
        self._rows.move_to_end(id_)
        return self._rows[id_]

    def is_awaited(self, number: int) -> bool:
        """Tell whether a row has not come yet, so that its cells are blank."""
        return self._ids[number] not in self._rows

    def known(self, id_: str) -> Any:
        """Return the row of `id_` if it has been fetched, else None."""
        return self._rows.get(id_)

    def _ask(self, page: int) -> None:
        wanted = [
            id_
            for id_ in self._ids[page * PAGE : (page + 1) * PAGE]
            if id_ not in self._rows or id_ in self._stale
        ]
        self._stale.difference_update(wanted)
        self._asked[page] = self._tasks.read(
            self, self.fetch, lambda rows: self._keep(page, wanted, rows), wanted
        )

    def _keep(self, page: int, wanted: list[str], rows: Sequence[Any]) -> None:
        found = {row.id: row for row in rows}
        for id_ in wanted:
            self._rows[id_] = found.get(id_)
            self._rows.move_to_end(id_)
        self._asked.pop(page, None)
        while len(self._rows) > KEPT * PAGE:
            self._stale.discard(self._rows.popitem(last=False)[0])
        first, last = page * PAGE, min((page + 1) * PAGE, len(self._ids)) - 1
        self.dataChanged.emit(self.index(first, 0), self.index(last, len(self.columns) - 1))

    def keep_draft(self, id_: str, key: str, words: str | None, refused: str = "") -> None:
        """Show `words` in a cell, with why they cannot be used; None: what the row says again."""
        if words is None:
            self.drafts.pop((id_, key), None)
        else:
            self.drafts[id_, key] = words
        if refused:
            self.refused[id_, key] = refused
        else:
            self.refused.pop((id_, key), None)
        at, column = self.row_of(id_), self.column(key)
        if at is not None and column >= 0:
            self.dataChanged.emit(self.index(at, column), self.index(at, column))

    def show_sorted(self, key: str) -> None:
        """Mark the title of the column that the rows are sorted by, «-» in front for down."""
        self.sorted_by = key
        self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, len(self.columns) - 1)

    def rowCount(self, parent: Index = QModelIndex()) -> int:
        return 0 if parent.isValid() else len(self._ids)

    def columnCount(self, parent: Index = QModelIndex()) -> int:
        return 0 if parent.isValid() else len(self.columns)

    def flags(self, index: Index) -> Qt.ItemFlag:
        flags = super().flags(index)
        if index.isValid() and self.columns[index.column()].edit is not None:
            flags |= Qt.ItemFlag.ItemIsEditable
        return flags

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        column = self.columns[index.column()]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _aligned(column)
        spoken = (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole)
        if role not in (CELL, ROW, Qt.ItemDataRole.EditRole, *spoken):
            return None
        row = self.row(index.row())
        if role == ROW:
            return row
        draft = self.drafts.get((self._ids[index.row()], column.key)) if self.drafts else None
        if role == Qt.ItemDataRole.EditRole:
            edit = column.edit
            return draft if draft is not None else edit(row) if row is not None and edit else ""
        cell = draft if draft is not None else "" if row is None else column.cell(row)
        return cell if role == CELL else str(cell)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if orientation != Qt.Orientation.Horizontal or section >= len(self.columns):
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            arrow = {"": "", "-": " ↓"}.get(self.sorted_by[:1], " ↑")
            own = self.columns[section].key == self.sorted_by.lstrip("-")
            return self.columns[section].title + (arrow if own else "")
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return self.columns[section].name
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _aligned(self.columns[section])
        return None


_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


def _aligned(column: Column) -> Qt.AlignmentFlag:
    return _RIGHT if column.right else _LEFT


def spans(rows: list[int]) -> list[tuple[int, int]]:
    """Return sorted row numbers as spans without gaps, both ends included."""
    found: list[tuple[int, int]] = []
    for at in rows:
        if found and at == found[-1][1] + 1:
            found[-1] = found[-1][0], at
        else:
            found.append((at, at))
    return found
