"""The keys that work everywhere, bound on a window: one deed for each action of the key map."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QWidget

from app.settings import Settings
from app.views import keymap


class KeyBinding(QObject):
    """Binds `deeds`, by name of an action; `rebind` takes in what the user has remapped."""

    def __init__(
        self, window: QWidget, settings: Settings, deeds: Mapping[str, Callable[[], Any]]
    ) -> None:
        super().__init__(window)
        self._window, self._settings, self.deeds = window, settings, dict(deeds)
        self._shortcuts: list[QShortcut] = []
        self.rebind()

    def rebind(self) -> None:
        for old in self._shortcuts:
            old.setEnabled(False)
            old.deleteLater()
        self._shortcuts = [
            self._bind(name, key)
            for name in self.deeds
            for key in keymap.keys(self._settings, name)
        ]

    def _bind(self, name: str, key: str) -> QShortcut:
        shortcut = QShortcut(QKeySequence(key), self._window)
        shortcut.setContext(Qt.ShortcutContext.WindowShortcut)
        shortcut.activated.connect(partial(self._act, name, key))
        return shortcut

    def _act(self, name: str, key: str) -> None:
        """Do it; a key of one sign only outside of text fields, and unless it is switched off."""
        if keymap.is_single(key) and (keymap.typing() or not self._settings.single_keys):
            return
        self.deeds[name]()

    def run(self, name: str) -> None:
        """Do what the key of `name` does."""
        self.deeds[name]()
