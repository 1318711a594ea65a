"""Filters in one line: those that are on stand first, those that do not fit wait behind «More»."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from PySide6.QtCore import QSize
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from app.views import theme
from app.views.widgets.chip import FilterChip


class ChipRow(QWidget):
    """Lays out chips in one line; `last` always has its place at the end of those that fit."""

    def __init__(self, last: QAbstractButton, gap: int = 8) -> None:
        super().__init__()
        self._chips: list[FilterChip] = []
        self.last, self._gap = last, gap
        last.setParent(self)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def set_chips(self, chips: Sequence[FilterChip], *, keep: Collection[FilterChip] = ()) -> None:
        """Show these, in this order, those that are on before the others.

        What stood here before is thrown away, but for those of `keep`, which come again.
        """
        for chip in self._chips:
            if chip not in chips:
                chip.hide()
                if chip not in keep:
                    chip.deleteLater()
        self._chips = list(chips)
        before: QWidget | None = None
        for part in (*self._in_order(), self.last):
            part.setParent(self)
            if before is not None:
                self.setTabOrder(before, part)
            before = part
        self.place()

    def _in_order(self) -> list[FilterChip]:
        return sorted(self._chips, key=lambda chip: not chip.isChecked())

    @property
    def hidden(self) -> list[FilterChip]:
        """The chips for which there is no room."""
        return [chip for chip in self._chips if chip.isHidden()]

    def place(self) -> None:
        """Take the places anew, after a chip was switched or its count changed."""
        room = self.width() - self.last.sizeHint().width() - self._gap
        x, full, height = 0, False, self.sizeHint().height()
        for chip in self._in_order():
            size = chip.sizeHint()
            full = full or x + size.width() > room
            chip.setVisible(not full)
            if not full:
                chip.setGeometry(x, (height - size.height()) // 2, size.width(), size.height())
                x += size.width() + self._gap
        size = self.last.sizeHint()
        self.last.setGeometry(x, (height - size.height()) // 2, size.width(), size.height())
        self.last.show()

    def sizeHint(self) -> QSize:
        return QSize(theme.px(200), theme.px(34))

    def minimumSizeHint(self) -> QSize:
        return QSize(self.last.sizeHint().width(), theme.px(34))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.place()
