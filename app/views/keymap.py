"""Every action that has a key: its name, its keys, what it does and where; the user may remap it.

The window binds those of «everywhere», a page asks for its own with `pressed`. Keys are Qt's
portable text. `Ctrl+Alt+…` is never used: it is AltGr on Spanish keyboards.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QKeyCombination, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QApplication, QLineEdit, QPlainTextEdit, QTextEdit

from app.i18n import _

if TYPE_CHECKING:
    from app.settings import Settings

EVERYWHERE = "everywhere"


@dataclass(frozen=True)
class Action:
    """Something that a key does; `place` is where it works, `keys` are those it comes with."""

    name: str
    place: str
    keys: tuple[str, ...]
    title: Callable[[], str]
    icon: str = ""
    runs: bool = True  # from the palette too: it needs no row, card or line


def places() -> dict[str, str]:
    """Return the names of the places where keys work, in the order to show them."""
    return {
        EVERYWHERE: _("Everywhere"), "list": _("In lists"), "today": _("Today"),
        "visit": _("Visit"), "route": _("Route"), "portfolio": _("Portfolio"),
        "customer": _("Customer"), "quote": _("Quote"), "quote_lines": _("Lines of a quote"),
        "expenses": _("Expenses"),
        "table": _("Tables one writes in"), "map": _("Map and preview"),
    }  # fmt: skip


ACTIONS: tuple[Action, ...] = (
    Action("palette", EVERYWHERE, ("Ctrl+K",), lambda: _("Search or go to…"), "search", False),
    Action("today", EVERYWHERE, ("Ctrl+1",), lambda: _("Go to Today"), "house"),
    Action("routes", EVERYWHERE, ("Ctrl+3",), lambda: _("Go to Routes"), "route"),
    Action("portfolio", EVERYWHERE, ("Ctrl+4",), lambda: _("Go to Portfolio"), "users"),
    Action("quotes", EVERYWHERE, ("Ctrl+6",), lambda: _("Go to Quotes"), "file-text"),
    Action("expenses", EVERYWHERE, ("Ctrl+9",), lambda: _("Go to Expenses"), "receipt"),
    Action("sync", EVERYWHERE, ("Ctrl+0",), lambda: _("Go to Sync"), "refresh-cw"),
    Action("settings", EVERYWHERE, ("Ctrl+,",), lambda: _("Go to Settings"), "settings"),
    Action("back", EVERYWHERE, ("Alt+Left",), lambda: _("Go back"), "arrow-left"),
    Action("forward", EVERYWHERE, ("Alt+Right",), lambda: _("Forward"), "arrow-right"),
    Action("undo", EVERYWHERE, ("Ctrl+Z",), lambda: _("Undo"), "undo-2"),
    Action("redo", EVERYWHERE, ("Ctrl+Y", "Ctrl+Shift+Z"), lambda: _("Redo"), "redo-2"),
    Action("save", EVERYWHERE, ("Ctrl+S", "Ctrl+G"), lambda: _("Save: it is saved already"), "",
           False),
    Action("primary", EVERYWHERE, ("Ctrl+Return",), lambda: _("The main button of the screen"), "",
           False),
    Action("help", EVERYWHERE, ("F1",), lambda: _("Help and keys of this screen"), "circle-help"),
    Action("sync_now", EVERYWHERE, ("F5",), lambda: _("Sync now"), "refresh-cw"),
    Action("next_pane", EVERYWHERE, ("F6",), lambda: _("Next part of the screen"), "", False),
    Action("previous_pane", EVERYWHERE, ("Shift+F6",), lambda: _("Previous part of the screen"), "",
           False),
    Action("customer_mode", EVERYWHERE, ("F8",), lambda: _("Customer mode: hide what is internal"),
           "eye-off"),
    Action("theme", EVERYWHERE, ("F9",), lambda: _("Theme: light, dark or sun"), "sun-medium"),
    Action("sidebar", EVERYWHERE, ("Ctrl+B",), lambda: _("Fold or unfold the sidebar"),
           "panel-left"),
    Action("notices", EVERYWHERE, ("Ctrl+I",), lambda: _("What happened: notices"), "bell"),
    Action("filter", EVERYWHERE, ("Ctrl+F", "/"), lambda: _("Filter this list"), "list-filter",
           False),
    Action("new", EVERYWHERE, ("N",), lambda: _("New…"), "plus", False),
    Action("visit", EVERYWHERE, ("V",), lambda: _("Log a visit"), "map-pin"),
    Action("quote", EVERYWHERE, ("P",), lambda: _("New quote"), "file-text"),
    Action("expense", EVERYWHERE, ("G",), lambda: _("New expense"), "receipt"),
    Action("task", EVERYWHERE, ("T",), lambda: _("New task"), "list-checks"),
    Action("peek", "list", ("Space",), lambda: _("Look at the row without opening it"), "", False),
    Action("open", "list", ("Return",), lambda: _("Open"), "", False),
    Action("open_window", "list", ("Ctrl+Shift+Return",), lambda: _("Open in a window of its own"),
           "", False),
    Action("remove", "list", ("Del",), lambda: _("Remove (can be undone)"), "", False),
    Action("select_all", "list", ("Ctrl+A",), lambda: _("Select all"), "", False),
    Action("column_menu", "list", ("Shift+F10",), lambda: _("Menu of the column"), "", False),
    Action("outcome_1", "today", ("1",), lambda: _("Outcome: order"), "", False),
    Action("outcome_2", "today", ("2",), lambda: _("Outcome: quote"), "", False),
    Action("outcome_3", "today", ("3",), lambda: _("Outcome: follow-up"), "", False),
    Action("outcome_4", "today", ("4",), lambda: _("Outcome: was not there"), "", False),
    Action("outcome_5", "today", ("5",), lambda: _("Outcome: no interest"), "", False),
    Action("see_route", "today", ("R",), lambda: _("See route"), "", False),
    Action("snooze", "today", ("A",), lambda: _("Put off a pending thing"), "", False),
    Action("earlier", "today", ("Alt+Up",), lambda: _("Move a visit up"), "", False),
    Action("later", "today", ("Alt+Down",), lambda: _("Move a visit down"), "", False),
    Action("star", "portfolio", ("*",), lambda: _("Star"), "", False),
    Action("add_to_route", "portfolio", ("A",), lambda: _("Add to the route"), "", False),
    Action("add_stop", "route", ("A",), lambda: _("Add stop"), "", False),
    Action("lock_stop", "route", ("L",), lambda: _("Lock a stop in its place"), "", False),
    Action("stop_up", "route", ("Alt+Up",), lambda: _("Move a stop up"), "", False),
    Action("stop_down", "route", ("Alt+Down",), lambda: _("Move a stop down"), "", False),
    Action("sign", "quote", ("F",), lambda: _("Sign"), "", False),
    Action("print", "quote", ("Ctrl+P",), lambda: _("PDF and print"), "", False),
    Action("duplicate", "quote_lines", ("Ctrl+D",), lambda: _("Duplicate the line"), "", False),
    Action("line_up", "quote_lines", ("Alt+Up",), lambda: _("Move a line up"), "", False),
    Action("line_down", "quote_lines", ("Alt+Down",), lambda: _("Move a line down"), "", False),
    Action("claim_pdf", "expenses", ("Ctrl+P",), lambda: _("PDF of the claim"), "", False),
    Action("edit_cell", "table", ("F2", "Return"), lambda: _("Edit the cell"), "", False),
    Action("zoom_in", "map", ("+",), lambda: _("Zoom in"), "", False),
    Action("zoom_out", "map", ("-",), lambda: _("Zoom out"), "", False),
    Action("fit", "map", ("0",), lambda: _("Show all"), "", False),
)  # fmt: skip
BY_NAME = {action.name: action for action in ACTIONS}


def keys(settings: Settings, name: str) -> tuple[str, ...]:
    """Return the keys of an action: the user's one, else those it comes with."""
    chosen = settings.keys.get(name)
    return (chosen,) if chosen else BY_NAME[name].keys


def printed(settings: Settings, name: str) -> str:
    """Return the first key of an action as it is printed on a button: «Ctrl K», «⇧ F6»."""
    return written(keys(settings, name)[0])


def written(key: str) -> str:
    """Return a key as people read it on their keyboard."""
    signs = {
        "Return": "↵", "Left": "←", "Right": "→", "Up": "↑", "Down": "↓", "Shift": "⇧",
        "Space": _("Space"), "Del": _("Del"), "Home": _("Home"), "End": _("End"),
    }  # fmt: skip
    if len(key) == 1:
        return key
    *held, last = key.rsplit("+", 1) if not key.endswith("++") else (key[:-2], "+")
    return " ".join(signs.get(part, part) for part in (*"+".join(held).split("+"), last) if part)


def is_single(key: str) -> bool:
    """Tell whether a key is a letter, digit or sign alone: it sleeps while one is typing."""
    return len(key) == 1


def typing() -> bool:
    """Tell whether letters that are typed now go into a field."""
    return isinstance(QApplication.focusWidget(), QLineEdit | QTextEdit | QPlainTextEdit)


def text_of(event: QKeyEvent) -> str:
    """Return the key of an event as keys are written here; "" for a bare Shift or Ctrl."""
    held = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
    sign = event.text()
    beside = held & ~Qt.KeyboardModifier.ShiftModifier
    if not beside.value and len(sign) == 1 and sign.isprintable() and sign != " ":
        return sign.upper()
    key = Qt.Key.Key_Return if event.key() == Qt.Key.Key_Enter else Qt.Key(event.key())
    if key in {Qt.Key.Key_Shift, Qt.Key.Key_Control, Qt.Key.Key_Alt, Qt.Key.Key_Meta}:
        return ""
    combination = QKeySequence(QKeyCombination(held, key))
    return combination.toString(QKeySequence.SequenceFormat.PortableText)


def pressed(settings: Settings, event: QKeyEvent, *where: str) -> str:
    """Return the name of the action of these places whose key this is; "" for none.

    A single key counts only outside of text fields, and where the user has not switched them off.
    """
    key = text_of(event)
    if not key or (is_single(key) and (typing() or not settings.single_keys)):
        return ""
    for action in ACTIONS:
        if action.place in where and key in keys(settings, action.name):
            return action.name
    return ""


def clashes(settings: Settings, name: str, key: str) -> list[Action]:
    """Return the other actions that have `key` where `name` works: in its place or everywhere."""
    place = BY_NAME[name].place
    return [
        action
        for action in ACTIONS
        if action.name != name
        and (EVERYWHERE in {place, action.place} or action.place == place)
        and key in keys(settings, action.name)
    ]


def of(where: Iterable[str]) -> list[Action]:
    """Return the actions of these places, in the order of the table."""
    wanted = set(where)
    return [action for action in ACTIONS if action.place in wanted]
