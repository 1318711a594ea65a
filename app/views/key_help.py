"""F1: what this screen is for, and every key that works on it."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from app.i18n import _
from app.settings import Settings
from app.views import keymap
from app.views.widgets.button import Button, IconButton
from app.views.widgets.layer import Layer
from app.views.widgets.layout import Item, column, row, scroll, text


def screen_help(screen: str) -> str:
    """Return in two sentences what one does on a screen; "" for one that needs no words."""
    return {
        "today": _("Today shows where to go now and what matters there. One key from 1 to 5 logs"
                   " the visit; what is left to do stands at the side."),
        "routes": _("Routes plans the day's visits in the best order and says what did not fit."
                    " Move a stop and the times follow."),
        "portfolio": _("Portfolio lists your customers and prospects. Space looks at one without"
                       " leaving the list, Enter opens it."),
        "customer": _("All about one customer: what they bought, owe and were promised. Every"
                      " field is saved as you leave it."),
        "quotes": _("Your quotes and where they stand. Enter opens one."),
        "quote": _("Write the lines, see the paper beside them, issue it with its number and sign"
                   " it on the screen."),
        "visit": _("What happened and what comes next. It is saved as you type."),
        "expenses": _("The month's expenses, written from your routes and receipts. Complete what"
                      " is missing and submit the claim."),
        "sync": _("What waits to be sent, what came, and what two people changed at once."),
        "settings": _("How Viajante looks and works on this computer. Every change applies at"
                      " once."),
        "import": _("Bring customers or products from a spreadsheet; nothing is changed until you"
                    " have seen what would happen."),
    }.get(screen, "")  # fmt: skip


def open_help(window: QWidget, settings: Settings, screen: str, where: tuple[str, ...]) -> Layer:
    """Show the help of a screen over the window; `where` are the places whose keys work on it."""
    close = IconButton("x", _("Close"), key="Esc", size="sm")
    head = row(text(_("Help"), "h2"), None, close)
    names = keymap.places()
    inside = QWidget()
    local = [
        _table(settings, names[place], actions)
        for place in where
        if (actions := keymap.of([place]))
    ]
    every, title = keymap.of([keymap.EVERYWHERE]), names[keymap.EVERYWHERE]
    if not local:  # its two halves stand side by side
        half = (len(every) + 1) // 2
        local, every, title = [_table(settings, title, every[:half])], every[half:], " "
    rest = column(_table(settings, title, every), None)
    inside.setLayout(row((column(*local, None, gap=14), 1), (rest, 1), gap=24))
    words = screen_help(screen)
    parts: list[Item] = [head]
    if words:
        parts.append(text(words, "muted", wrap=True))
    if not settings.single_keys:
        parts.append(text(_("Keys of one letter are switched off in Settings."), "subtle",
                          wrap=True))  # fmt: skip
    done = Button(_("Close"), key="Esc")
    area = scroll(inside)
    area.setFocusPolicy(Qt.FocusPolicy.StrongFocus)  # the arrows scroll it
    area.setAccessibleName(_("Keys"))
    area.setMinimumHeight(380)
    layer = Layer(
        window, column(*parts, (area, 1), row(None, done), gap=10, margins=(20, 14, 20, 14)),
        width=860, name=_("Help"),
    )  # fmt: skip
    close.clicked.connect(layer.close_layer)
    done.clicked.connect(layer.close_layer)
    return layer


def _table(settings: Settings, title: str, actions: Sequence[keymap.Action]) -> QWidget:
    """Return the keys of these actions, each with what it does."""
    grid = QGridLayout()
    grid.setContentsMargins(0, 0, 0, 0)
    grid.setHorizontalSpacing(12)
    grid.setVerticalSpacing(6)
    grid.setColumnStretch(1, 1)
    for line, action in enumerate(actions):
        grid.addWidget(_keys(settings, action.name), line, 0, Qt.AlignmentFlag.AlignTop)
        grid.addWidget(text(action.title(), wrap=True), line, 1)
    made = QWidget()
    made.setLayout(column(text(title, "h3"), grid, gap=8))
    return made


def _keys(settings: Settings, name: str) -> QWidget:
    made = QWidget()
    hints: list[Item] = []
    for key in keymap.keys(settings, name):
        hint = QLabel(keymap.written(key))
        hint.setProperty("kbd", True)
        hints.append(hint)
    made.setLayout(row(*hints, None, gap=4))
    return made
