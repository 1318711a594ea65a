"""Fields and forms: label above, what is wrong below, focus on the first one that is."""

from __future__ import annotations

from PySide6.QtWidgets import QLineEdit, QWidget

from app.errors import ValidationError
from app.views.widgets.layout import Icon, box, column, row, text


class Field(QWidget):
    """An editor with its label above it and, when something is wrong, the words below it."""

    def __init__(
        self, label: str, editor: QWidget, *, hint: str = "", required: bool = False
    ) -> None:
        super().__init__()
        self.editor = editor
        self.label = text(f"{label} *" if required else label, "label")
        self.label.setBuddy(editor)
        editor.setAccessibleName(label)
        self._hint = hint
        self._icon = Icon("circle-alert", "danger", 14)
        self._words = text("", "subtle", wrap=True)
        self._below = box(row(self._icon, (self._words, 1), gap=5))
        self.setLayout(column(self.label, editor, self._below, gap=4))
        self._say("", hint)

    def set_error(self, words: str) -> None:
        """Say in red why this cannot be used; "" takes it back."""
        self._say("danger" if words else "", words or self._hint)

    def set_warning(self, words: str) -> None:
        """Say in amber that this can be used, with consequences."""
        self._say("warning" if words else "", words or self._hint)

    @property
    def error(self) -> str:
        return self._words.text() if self.editor.property("bad") else ""

    def _say(self, tone: str, words: str) -> None:
        self._below.setVisible(bool(words))
        self._icon.setVisible(bool(tone))
        self._icon.show_icon(
            "circle-alert" if tone == "danger" else "triangle-alert", tone or "info"
        )
        self._words.setText(words)
        self._words.setProperty("tone", tone)
        self.editor.setProperty("bad", tone == "danger")
        self.editor.setProperty("warn", tone == "warning")
        self.editor.setAccessibleDescription(words)
        for part in (self._words, self.editor):
            part.style().unpolish(part)
            part.style().polish(part)


class Form:
    """The fields of a form by name."""

    def __init__(self) -> None:
        self.fields: dict[str, Field] = {}

    def add(self, name: str, field: Field) -> Field:
        self.fields[name] = field
        return field

    def text(self, name: str) -> str:
        """Return what is typed into a line field."""
        editor = self.fields[name].editor
        assert isinstance(editor, QLineEdit)  # noqa: S101 - the form's own fields
        return editor.text().strip()

    def show_error(self, error: Exception) -> bool:
        """Say a `ValidationError` beside its field and go there; False when it is none of ours."""
        self.clear_errors()
        if not isinstance(error, ValidationError) or error.field not in self.fields:
            return False
        field = self.fields[error.field]
        field.set_error(error.message)
        field.editor.setFocus()
        return True

    def clear_errors(self) -> None:
        for field in self.fields.values():
            if field.error:
                field.set_error("")
