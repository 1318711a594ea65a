"""The layer in which a PIN or a passphrase is set, changed or taken away."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QLineEdit, QWidget

from app.errors import ValidationError
from app.i18n import _
from app.views.widgets.button import Button
from app.views.widgets.field import Field
from app.views.widgets.form import Form
from app.views.widgets.layer import Layer
from app.views.widgets.layout import column, row, text
from app.views.widgets.page import Desk


class SecretLayer(Layer):
    """`work(old, new)` is run off the window's thread and may refuse; `done` follows it.

    Without `asks_old` or `asks_new`, that part is "". `later` names the way out.
    """

    def __init__(
        self, over: QWidget, desk: Desk, title: str, words: str, verb: str,
        work: Callable[[str, str], None], done: Callable[[], None], *, asks_old: str = "",
        asks_new: str = "", later: str = "",
    ) -> None:  # fmt: skip
        self._desk, self._work, self._finished = desk, work, done
        self.form = Form()
        self.edits: dict[str, QLineEdit] = {}
        if asks_old:
            self._add("old", asks_old)
        if asks_new:
            self._add("new", asks_new)
            self._add("again", _("The same again"))
        self.go = Button(verb, icon="check", kind="primary")
        self.give_up = Button(later or _("Cancel"), kind="ghost")
        super().__init__(
            over,
            column(
                text(title, "h2", wrap=True), text(words, "muted", wrap=True),
                *self.form.fields.values(), 4, row(None, self.give_up, self.go), gap=10,
                margins=(22, 20, 22, 18),
            ),
            width=460, name=title,
        )  # fmt: skip
        self.go.clicked.connect(self.take)
        self.give_up.clicked.connect(self.close_layer)
        next(iter(self.edits.values())).setFocus()

    def _add(self, name: str, label: str) -> None:
        edit = QLineEdit()
        edit.setEchoMode(QLineEdit.EchoMode.Password)
        edit.returnPressed.connect(self.take)
        self.edits[name] = edit
        self.form.add(name, Field(label, edit))

    def take(self) -> None:
        """Do it with what is typed, unless both new ones differ."""
        self.form.clear_errors()
        typed = {name: edit.text() for name, edit in self.edits.items()}
        if typed.get("new") != typed.get("again"):
            self._failed(ValidationError("again", _("These two are not the same.")))
            return
        self.go.setEnabled(False)
        task = self._desk.tasks.run(
            self, self._work, self._done, typed.get("old", ""), typed.get("new", "")
        )
        self._desk.tasks.or_else(task, self._failed)

    def _done(self, _none: None) -> None:
        self.close_layer()
        self._finished()

    def _failed(self, error: Exception) -> None:
        self.go.setEnabled(True)
        if not self.form.show_error(error):
            self.close_layer()
            self._desk.tasks.failed.emit(self, error)
            return
        self.fit()
