"""A layer that asks for one thing: a name, a number, a choice."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QWidget

from app.i18n import _
from app.views.widgets.button import Button
from app.views.widgets.field import Field
from app.views.widgets.layer import Layer
from app.views.widgets.layout import column, row, text


class AskLayer(Layer):
    """Asks with one field; `answered` carries what was written or chosen. Esc asks no more.

    It stays open until `close_layer`: what cannot be used is said by `field.set_error`.
    """

    answered = Signal(str)

    def __init__(self, over: QWidget, title: str, field: Field, *, action: str = "") -> None:
        self.field = field
        self.button = Button(action or _("Save"), icon="check", kind="primary", key="↵")
        cancel = Button(_("Cancel"), kind="ghost", key="Esc")
        inside = column(
            text(title, "h2", wrap=True), field, 2, row(None, cancel, self.button), gap=10,
            margins=(22, 18, 22, 18),
        )  # fmt: skip
        super().__init__(over, inside, width=440, name=title)
        cancel.clicked.connect(self.close_layer)
        self.button.clicked.connect(self._answer)
        for key in ("Return", "Ctrl+Return"):
            QShortcut(QKeySequence(key), self).activated.connect(self._answer)
        field.editor.setFocus(Qt.FocusReason.TabFocusReason)

    def _answer(self) -> None:
        self.answered.emit(self.field.value())

    def refuse(self, words: str) -> None:
        """Say why the answer cannot be used."""
        self.field.set_error(words)
        self.fit()
