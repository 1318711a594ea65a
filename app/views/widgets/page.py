"""What every screen is given, and what it says to the window around it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from app.views.tasks import Tasks

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


@dataclass(frozen=True)
class Desk:
    """What a screen works with; `now` is the clock (aware UTC), which tests set."""

    tasks: Tasks
    settings: Settings
    files: Files
    now: Callable[[], datetime]


class Page(QWidget):
    """A screen. The window shows it, gives it a `Ref`, and tells it what changed.

    A page loads its data through `desk.tasks` when `show_ref` is called, keeps what it shows while
    newer data is on its way, and never touches database, network or disk itself.
    """

    open_requested = Signal(object)  # Ref
    toast_requested = Signal(str, object)  # words, and a callable that undoes it or None
    crumbs_changed = Signal(list)  # the parts of the title, last one is this page
    back_requested = Signal()

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

    def escape(self) -> bool:
        """Close a layer or clear the filter; False when there was nothing to close."""
        return False
