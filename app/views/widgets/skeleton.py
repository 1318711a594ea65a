"""Rows without words, where rows will be, when what is local takes more than 150 ms to come."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QRect, QRectF, Qt, QTimer
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QTableView, QWidget

from app.i18n import _
from app.views import theme

if TYPE_CHECKING:
    from app.views.paged_table import PagedTable

AFTER_MS = 150
_SHARES = ((0.55, 0.37), (0.42, 0.48), (0.5, 0.3), (0.36, 0.44))  # of the width, line by line


class Skeleton(QWidget):
    """Lies over `target` between `begin` and `end`, in the geometry of the rows to come.

    What comes within 150 ms never shows it. It does not move: nothing here pulls at the eye.
    """

    def __init__(
        self, target: QWidget, *, row_height: int = 54, head: int = 0, after_ms: int = AFTER_MS
    ) -> None:
        """`head` pixels at the top stay free, as for the header of a table."""
        super().__init__(target)
        self._row, self._head = row_height, head
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setAccessibleName(_("Loading"))
        self._timer = QTimer(self, singleShot=True, interval=after_ms)
        self._timer.timeout.connect(self._appear)
        target.installEventFilter(self)
        self.hide()

    def begin(self) -> None:
        """Say that something is awaited; beginning again does not start the time anew."""
        if self.isHidden() and not self._timer.isActive():
            self._timer.start()

    def end(self) -> None:
        """Say that it is there, or that it will not come."""
        self._timer.stop()
        self.hide()

    def _appear(self) -> None:
        target = self.parentWidget()
        if target is not None:
            self.setGeometry(self._room(target))
            self.show()
            self.raise_()

    def _room(self, target: QWidget) -> QRect:
        return target.rect().adjusted(0, theme.px(self._head), 0, 0)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize and self.isVisible():
            self._appear()
        return False

    def paintEvent(self, event: QPaintEvent) -> None:
        p = QPainter(self)
        p.setRenderHint(QPainter.RenderHint.Antialiasing)
        p.fillRect(self.rect(), theme.colour("surface"))
        p.setPen(Qt.PenStyle.NoPen)
        p.setBrush(theme.colour("sunken" if theme.name() != "oscuro" else "hover"))
        row, side, left = theme.px(self._row), theme.px(34), theme.px(14)
        beside = left + side + theme.px(12)
        room = self.width() - beside - left
        for n in range(min(12, self.height() // row)):
            top = n * row + (row - side) / 2
            p.drawRoundedRect(QRectF(left, top, side, side), 7, 7)
            for line, share in enumerate(_SHARES[n % len(_SHARES)]):
                y = top + theme.px(4) + line * theme.px(17)
                p.drawRoundedRect(QRectF(beside, y, room * share, theme.px(10)), 4, 4)


class TableSkeleton(Skeleton):
    """Lies over the rows of a table while the one at its top edge is on its way."""

    def __init__(self, view: QTableView, table: PagedTable, row_height: int) -> None:
        super().__init__(view, row_height=row_height)
        self._view, self._table = view, table
        table.modelReset.connect(self._look)
        table.dataChanged.connect(self._look)
        view.verticalScrollBar().valueChanged.connect(self._look)
        self._look()

    def _look(self, *_what: object) -> None:
        at = max(0, self._view.rowAt(0))
        if at < self._table.rowCount() and self._table.is_awaited(at):
            self.begin()
        else:
            self.end()

    def _room(self, target: QWidget) -> QRect:
        return self._view.viewport().geometry()
