"""What every screen is given, and what it says to the window around it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget

from app.views import keymap
from app.views.tasks import Tasks
from app.views.widgets.columns import Columns

if TYPE_CHECKING:
    from app.models.database import Changes
    from app.models.files import Files
    from app.settings import Settings


@dataclass(frozen=True)
class Ref:
    """A place to open: a screen, the record on it, its tab, and what else it should start with."""

    screen: str  # today, portfolio, customer, routes, visit, quotes, quote, expenses, sync…
    id: str = ""
    tab: str = ""
    options: dict[str, Any] = field(default_factory=dict, hash=False)


class CustomerMode(QObject):
    """Whether the customer may be looking: margins, debts, notes and other customers are hidden."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.on = False

    def switch(self, *, on: bool) -> None:
        if on != self.on:
            self.on = on
            self.changed.emit()


@dataclass(frozen=True)
class Desk:
    """What a screen works with; `now` is the clock (aware UTC), which tests set."""

    tasks: Tasks
    settings: Settings
    files: Files
    now: Callable[[], datetime]
    customer_mode: CustomerMode = field(default_factory=CustomerMode)


class Page(QWidget):
    """A screen. The window shows it, gives it a `Ref`, and tells it what changed.

    A page loads its data through `desk.tasks` when `show_ref` is called, keeps what it shows while
    newer data is on its way, and never touches database, network or disk itself.
    """

    open_requested = Signal(object)  # Ref
    toast_requested = Signal(str, object)  # words, and a callable that undoes it or None
    crumbs_changed = Signal(list)  # the parts of the title, last one is this page
    back_requested = Signal()
    window_requested = Signal(object)  # Ref, to open in a window of its own

    places: tuple[str, ...] = ()  # of views.keymap, whose keys work here
    customer_safe = False  # whether it may be shown while the customer is looking
    split: Columns | None = None  # what F6 moves between, when the page has a side

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.desk = desk

    def show_ref(self, ref: Ref) -> None:
        """Show the record, tab and filter that `ref` names; called each time the page opens."""

    def refresh(self, changes: Changes) -> None:
        """Take in a commit: fetch anew what is shown and was touched. Only while visible."""

    def state(self) -> dict[str, Any]:
        """Return filter, scroll and selection, for going back."""
        return {}

    def restore(self, state: dict[str, Any]) -> None:
        """Take up what `state` returned."""

    @property
    def account(self) -> str:
        """The id of the customer that is shown or chosen here, for V and P; "" for none."""
        return ""

    def filter_list(self) -> bool:
        """Go to the field that filters this list; False when there is none."""
        return False

    def primary(self) -> None:
        """Do what Ctrl+Enter does here."""

    def act(self, name: str) -> bool:
        """Do the action of the key map that was asked for; False when it is none of this page's.

        Those of `places` come from the keyboard, and the window asks first here for a visit, a
        quote, an expense or a task.
        """
        return False

    def keyPressEvent(self, event: QKeyEvent) -> None:
        name = keymap.pressed(self.desk.settings, event, *self.places)
        if not name or not self.act(name):
            super().keyPressEvent(event)

    @property
    def busy(self) -> bool:
        """Whether something is under way here that going back could not restore."""
        return False

    def retire(self) -> None:
        """Save what is being typed: the page is made anew, in another language or size."""

    def escape(self) -> bool:
        """Close a layer or clear the filter; False when there was nothing to close."""
        return False
