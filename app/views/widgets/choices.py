"""A short question over the window: each answer has a key, Enter takes the usual one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QWidget

from app.i18n import _
from app.views import theme
from app.views.widgets.button import Button, IconButton
from app.views.widgets.flow import flow
from app.views.widgets.layer import Layer
from app.views.widgets.layout import Item, column, row, text

_BESIDE = 80  # margins and the button that closes


class Choice(NamedTuple):
    """An answer: its key in code, its words, and what is said under it."""

    key: str
    words: str
    icon: str = ""
    detail: str = ""


class Choices(Layer):
    """Asks once: `chosen` says the answer; Esc or a click beside it leaves things as they are.

    Answers have the keys 1, 2, 3…; `usual` is the one that has the focus. `more` stands below.
    """

    chosen = Signal(str)

    def __init__(
        self, over: QWidget, title: str, why: str, choices: Sequence[Choice], *, usual: int = 0,
        more: Sequence[Item] = (), listed: bool = False, width: int = 520,
    ) -> None:  # fmt: skip
        close = IconButton("x", _("Close"), key="Esc", size="sm")
        self.buttons: dict[str, Button] = {}
        self.answer = ""  # the key of what was chosen, known when it closes
        parts: list[Item] = []
        holder, line = flow(8)
        for n, choice in enumerate(choices, 1):
            kind = "primary" if n - 1 == usual else "secondary"
            button = Button(choice.words, icon=choice.icon, key=str(n), kind=kind)
            self.buttons[choice.key] = button
            if listed:
                parts.append(row(button, (text(choice.detail, "muted", wrap=True), 1), gap=12))
            else:
                line.addWidget(button)
        inside = parts if listed else [holder]
        heading, reason = text(title, "h2", wrap=True), text(why, "muted", wrap=True)
        for label in (heading, reason):  # a label that wraps guesses its height from its width
            label.setMinimumWidth(theme.px(width) - _BESIDE)
        layout = column(
            row((heading, 1), close), reason, 2,
            *inside, *more, gap=10, margins=(20, 16, 16, 18),
        )  # fmt: skip
        super().__init__(over, layout, width=width, name=title)
        close.clicked.connect(self.close_layer)
        for n, (key, button) in enumerate(self.buttons.items(), 1):
            button.clicked.connect(lambda _checked=False, key=key: self._choose(key))
            shortcut = QShortcut(QKeySequence(str(n)), self)
            shortcut.activated.connect(lambda key=key: self._choose(key))
        usual_button = list(self.buttons.values())[usual] if self.buttons else None
        if usual_button is not None:
            usual_button.setFocus(Qt.FocusReason.TabFocusReason)

    def _choose(self, key: str) -> None:
        self.answer = key
        self.close_layer()
        self.chosen.emit(key)
