"""A short table to read and copy from: words left, figures right, nothing to change."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QColor, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableWidget, QTableWidgetItem

from app.views import theme

Cell = tuple[str, str]  # words, and the tone of them or ""
_LEAST = 90  # of the first column, where others may go
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class PlainTable(QTableWidget):
    """Shows `show_rows`; the first column takes the room that the figures leave.

    `words` columns are words, the rest figures; those of `spare` go, in their order, where there is
    no room for all.
    """

    def __init__(
        self, name: str, heads: Sequence[str], *, words: int = 1, spare: Sequence[int] = ()
    ) -> None:
        super().__init__(0, len(heads))
        self._words, self._spare = words, tuple(spare)
        self._wide: dict[int, int] = {}  # what each column wants
        self.setAccessibleName(name)
        self.setHorizontalHeaderLabels(list(heads))
        self.verticalHeader().hide()
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        head = self.horizontalHeader()
        for part in (head, self.verticalHeader()):
            part.setAccessibleName(name)
            part.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        head.setHighlightSections(False)
        head.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        head.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        self.verticalHeader().setDefaultSectionSize(theme.px(34))
        for n in range(len(heads)):
            item = self.horizontalHeaderItem(n)
            if item is not None:
                item.setTextAlignment(_LEFT if n < words else _RIGHT)

    def sizeHint(self) -> QSize:
        return QSize(theme.px(420), theme.px(240))

    def show_rows(self, rows: Sequence[Sequence[Cell]]) -> None:
        self.setRowCount(len(rows))
        for y, cells in enumerate(rows):
            for x, (words, tone) in enumerate(cells):
                item = QTableWidgetItem(words)
                item.setTextAlignment(_LEFT if x < self._words else _RIGHT)
                item.setToolTip(words)
                if tone:
                    item.setForeground(QColor(theme.colour(f"{tone}_text")))
                self.setItem(y, x, item)
        for x in range(1, self.columnCount()):
            wanted = max(self.sizeHintForColumn(x), self.horizontalHeader().sectionSizeHint(x))
            self._wide[x] = wanted + theme.px(14)
            self.setColumnWidth(x, self._wide[x])
        self._fit()

    def _fit(self) -> None:
        """Hide what there is no room for, beginning with what is spared most easily."""
        first = max(self.sizeHintForColumn(0), theme.px(_LEAST)) if self._spare else 0
        widths = {x: self._wide.get(x, 0) for x in range(1, self.columnCount())}
        wanted, room = first + sum(widths.values()), self.viewport().width()
        for x in self._spare:
            hidden = wanted > room
            self.setColumnHidden(x, hidden)
            wanted -= widths[x] if hidden else 0

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()
