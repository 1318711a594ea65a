"""What is chosen on this computer: each choice applies at once, is kept, and can be taken back.

It outlives the page: another language or text size makes the page anew, and its undo must work.
"""

from __future__ import annotations

import copy
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Signal

from app import i18n
from app.i18n import _
from app.settings import Settings
from app.views.widgets.page import Desk

DEFAULTS = Settings(Path())


class Choices(QObject):
    """`put` takes a value over; `changed` tells the controls, the other signals the window."""

    changed = Signal(str)  # the name of the setting
    said = Signal(str, object)  # words, and a callable that undoes it
    theme_chosen = Signal(str)
    scale_chosen = Signal(int)
    language_chosen = Signal(str)
    density_chosen = Signal(str)
    frame_chosen = Signal()  # the sidebar, or the keys that are printed on buttons

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk

    def value(self, name: str) -> Any:
        return getattr(self._desk.settings, name)

    def put(self, name: str, value: Any) -> None:
        """Take over a setting at once, save it, and offer to take it back."""
        self.put_all({name: value})

    def put_all(self, values: dict[str, Any]) -> None:
        """Take over several at once; one undo takes all of them back."""
        before = {name: copy.copy(self.value(name)) for name in values}
        if before == values:
            return
        self._take(values)
        self.said.emit(_("Setting changed"), partial(self._take, before))

    def restore(self, names: tuple[str, ...]) -> None:
        """Go back to what these settings come with."""
        self.put_all({name: copy.copy(getattr(DEFAULTS, name)) for name in names})

    def differ(self, names: tuple[str, ...]) -> bool:
        """Tell whether one of these is another than it comes with."""
        return any(self.value(name) != getattr(DEFAULTS, name) for name in names)

    def _take(self, values: dict[str, Any]) -> None:
        fresh = {name: value for name, value in values.items() if self.value(name) != value}
        for name, value in fresh.items():
            setattr(self._desk.settings, name, copy.copy(value))
            self.changed.emit(name)
        self._desk.tasks.run(self, self._desk.settings.save, _nothing)
        if "theme" in fresh:
            self.theme_chosen.emit(fresh["theme"])
        if "density" in fresh:
            self.density_chosen.emit(fresh["density"])
        if "text_scale" in fresh:
            self.scale_chosen.emit(fresh["text_scale"])
        if "language" in fresh:
            self.language_chosen.emit(fresh["language"] or i18n.system_language())
        if fresh.keys() & {"sidebar_collapsed", "keys"}:
            self.frame_chosen.emit()


def _nothing(_none: None) -> None:
    """Take an outcome that nobody waits for."""
