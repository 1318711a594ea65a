"""Underlined tabs with counts."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QTabBar


class Tabs(QTabBar):
    """Tabs by key; `chosen` says which key the user went to."""

    chosen = Signal(str)

    def __init__(self, tabs: Sequence[tuple[str, str, int | None]] = ()) -> None:
        super().__init__()
        self._keys: list[str] = []
        self._wanted = ""
        self.setExpanding(False)
        self.setDrawBase(False)
        self.setUsesScrollButtons(False)
        self.setElideMode(Qt.TextElideMode.ElideNone)
        self.set_tabs(tabs)
        self.currentChanged.connect(self._say)

    def set_tabs(self, tabs: Sequence[tuple[str, str, int | None]]) -> None:
        """Show (key, words, count or None) for each; the current key stays when it is there."""
        current = self.key
        blocked = self.blockSignals(True)
        while self.count() > len(tabs):
            self.removeTab(self.count() - 1)
        for n, (_key, words, count) in enumerate(tabs):
            label = words if count is None else f"{words} {count}"
            if n < self.count():
                self.setTabText(n, label)
            else:
                self.addTab(label)
        self._keys = [key for key, _words, _count in tabs]
        if current in self._keys:
            self.setCurrentIndex(self._keys.index(current))
            self._wanted = ""
        self.blockSignals(blocked)

    @property
    def key(self) -> str:
        """The key of the current tab, or of the one that was chosen before there were any."""
        if self._wanted:
            return self._wanted
        index = self.currentIndex()
        return self._keys[index] if 0 <= index < len(self._keys) else ""

    def choose(self, key: str) -> None:
        """Go to `key` as soon as there is such a tab; "" changes nothing."""
        if key in self._keys:
            self._wanted = ""
            self.setCurrentIndex(self._keys.index(key))
        elif key and not self._keys:
            self._wanted = key

    def _say(self, index: int) -> None:
        if 0 <= index < len(self._keys):
            self.chosen.emit(self._keys[index])
