"""A field: label above, what is wrong or worth knowing below, and a choice when two differ."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QFocusEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QLineEdit,
    QPlainTextEdit,
    QScrollArea,
    QSizePolicy,
    QWidget,
)

from app.i18n import _
from app.views.widgets.button import Button
from app.views.widgets.edits import ReadingEdit
from app.views.widgets.layout import Icon, box, column, row, text


class Choosing(QWidget):
    """An editor that is no line, list or tick; its value is words all the same, "" for none."""

    changed = Signal()  # the user chose

    def value(self) -> str:
        """Return what is chosen, written so that `show_value` reads it."""
        raise NotImplementedError

    def show_value(self, words: str) -> None:
        """Choose what `words` say; nobody is told."""
        raise NotImplementedError

    def spoken(self, words: str) -> str:
        """Return what `value` would return as people say it."""
        return words


class Field(QWidget):
    """An editor with its label above it and, when something is wrong, the words below it."""

    left = Signal()  # the focus went elsewhere: not to another window, not to a menu

    def __init__(
        self, label: str, editor: QWidget, *, hint: str = "", required: bool = False
    ) -> None:
        super().__init__()
        self.editor, self.name, self.required = editor, label, required
        self.label = text(f"{label} *" if required else label, "label")
        self.label.setBuddy(editor)
        editor.setAccessibleName(label)
        self._hint = hint
        self._icon = Icon("circle-alert", "danger", 14)
        self._words = text("", "subtle", wrap=True)
        self._below = box(row(self._icon, (self._words, 1), gap=5))
        self._offer: QWidget | None = None
        inside = column(self.label, editor, self._below, gap=4)
        if editor.sizePolicy().verticalPolicy() == QSizePolicy.Policy.Fixed:
            inside.addStretch()  # beside a taller field it stays at the top
        self.setLayout(inside)
        self._say("", hint)
        if isinstance(editor, ReadingEdit):
            editor.told.connect(self._told)
        (editor.focusProxy() or editor).installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.FocusOut and isinstance(event, QFocusEvent):
            passing = {Qt.FocusReason.PopupFocusReason, Qt.FocusReason.ActiveWindowFocusReason}
            if event.reason() not in passing:
                self.left.emit()
        return False

    def set_error(self, words: str) -> None:
        """Say in red why this cannot be used; "" takes it back."""
        self._say("danger" if words else "", words or self._hint)

    def set_warning(self, words: str) -> None:
        """Say in amber that this can be used, with consequences."""
        self._say("warning" if words else "", words or self._hint)

    @property
    def error(self) -> str:
        return self._words.text() if self.editor.property("bad") else ""

    @property
    def said(self) -> str:
        """What stands below the field: its error, its warning, or its hint."""
        return self._words.text()

    def value(self) -> str:
        """Return what is typed or chosen, as words."""
        return value_of(self.editor)

    def show_value(self, words: str) -> None:
        """Put `words` into the editor; nobody is told that anything was edited."""
        match self.editor:
            case ReadingEdit():
                self.editor.take(words)
            case QLineEdit():
                self.editor.setText(words)
                self.editor.setCursorPosition(0)
            case QPlainTextEdit():
                self.editor.setPlainText(words)
            case QCheckBox():
                self.editor.setChecked(bool(words))
            case QComboBox():
                at = self.editor.findData(words)
                self.editor.setCurrentIndex(at if at >= 0 else self.editor.findText(words))
            case Choosing():
                self.editor.show_value(words)

    def spoken(self, words: str) -> str:
        """Return a value of this field as people say it."""
        match self.editor:
            case QComboBox():
                at = self.editor.findData(words)
                return self.editor.itemText(at) if at >= 0 else words
            case QCheckBox():
                return _("yes") if words else _("no")
            case Choosing():
                return self.editor.spoken(words)
        return words

    def offer(self, theirs: str, mine: Callable[[], None], take: Callable[[], None]) -> None:
        """Offer two versions below the field; the one that is not taken is not kept here."""
        self.withdraw()
        value = self.spoken(theirs) or "–"
        said = text(_("Also changed elsewhere: {value}").format(value=value), "muted", wrap=True)
        keep = Button(_("Mine"), kind="soft", size="sm")
        keep.setAccessibleName(_("{field}: keep mine").format(field=self.name))
        other = Button(_("Theirs"), size="sm")
        other.setAccessibleName(
            _("{field}: take theirs, {value}").format(field=self.name, value=value)
        )
        keep.clicked.connect(self.withdraw)
        keep.clicked.connect(mine)
        other.clicked.connect(self.withdraw)
        other.clicked.connect(take)
        self._offer = box(column(said, row(keep, other, None, gap=6), gap=4))
        layout = self.layout()
        assert layout is not None  # noqa: S101 - made in the constructor
        layout.addWidget(self._offer)
        self._offer.show()
        QTimer.singleShot(0, self, self._bring_into_view)

    def _bring_into_view(self) -> None:
        """Scroll to the two versions of what is being typed just now."""
        part = self.parentWidget()
        while part is not None and not isinstance(part, QScrollArea):
            part = part.parentWidget()
        if part is not None and self._offer is not None and self.editor.hasFocus():
            part.ensureWidgetVisible(self._offer, 0, 12)

    def withdraw(self) -> None:
        """Take back what `offer` offered."""
        if self._offer is not None:
            self._offer.hide()
            self._offer.deleteLater()
            self._offer = None

    @property
    def is_contested(self) -> bool:
        return self._offer is not None

    def _told(self, problem: str, note: str) -> None:
        tone = self.editor.note_tone if isinstance(self.editor, ReadingEdit) and note else ""
        self._say("danger" if problem else tone, problem or note or self._hint)

    def _say(self, tone: str, words: str) -> None:
        if not tone and isinstance(self.editor, ReadingEdit) and self.editor.problem:
            tone, words = "danger", self.editor.problem  # nothing but typing takes it back
        self._below.setVisible(bool(words))
        self._icon.setVisible(bool(tone))
        self._icon.show_icon(
            "circle-alert" if tone == "danger" else "triangle-alert", tone or "info"
        )
        self._words.setText(words)
        self._words.setProperty("tone", tone)
        self.editor.setProperty("bad", tone == "danger")
        self.editor.setProperty("warn", tone == "warning")
        self.editor.setAccessibleDescription(words or (_("required") if self.required else ""))
        for part in (self._words, self.editor):
            part.style().unpolish(part)
            part.style().polish(part)


def value_of(editor: QWidget) -> str:
    """Return what stands in an editor as words; "" for what is no editor of ours."""
    match editor:
        case QLineEdit():
            return editor.text().strip()
        case QPlainTextEdit():
            return editor.toPlainText()
        case QCheckBox():
            return "1" if editor.isChecked() else ""
        case QComboBox():
            chosen = editor.currentData()
            return editor.currentText() if chosen is None else str(chosen)
        case Choosing():
            return editor.value()
    return ""
