"""What can be done with all the rows that are selected, as soon as there are several."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QWidget

from app import i18n
from app.i18n import _, ngettext
from app.views.widgets.button import Button, IconButton
from app.views.widgets.layout import row, text


class BulkBar(QFrame):
    """Hidden until two rows are selected; says how many, and holds the buttons of the list."""

    cleared = Signal()  # nothing is to be selected any more

    def __init__(self, *buttons: QWidget) -> None:
        super().__init__()
        self.setProperty("card", "true")
        self.setAccessibleName(_("With the selected rows"))
        self.count = text("", "strong")
        self.buttons = buttons
        close = IconButton("x", _("Select nothing"), key="Esc", size="sm")
        close.clicked.connect(self.cleared)
        self.setLayout(row(self.count, 6, *buttons, None, close, gap=6, margins=(14, 6, 8, 6)))
        self.hide()

    def show_count(self, n: int) -> None:
        words = ngettext("{n} selected", "{n} selected", n)
        self.count.setText(words.format(n=i18n.number(n)))
        self.setVisible(n > 1)


def bulk_button(words: str, icon: str, do: Callable[[], object], *, menu: bool = False) -> Button:
    """Return a button as the bulk bar has them."""
    button = Button(words, icon=icon, kind="soft", size="sm", menu=menu)
    button.clicked.connect(lambda _checked=False: do())
    return button
