"""Ctrl+Z and Ctrl+Y over everything that the user did, on whatever screen, and after a restart.

What can be taken back stands in the database (`app.services.undo`); here are the way there, the
words to say of it, and the fields whose own typing is undone first.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QLineEdit,
    QPlainTextEdit,
    QTextEdit,
    QWidget,
)
from shiboken6 import isValid

from app.errors import UserError
from app.i18n import _
from app.services import undo
from app.services.undo import NotUndoneError, TakenBack

if TYPE_CHECKING:
    from app.models.database import Changes
    from app.views.tasks import Tasks

_REMEMBERED = 50  # words of toasts; beyond them a command is described from what it did


class UndoStack(QObject):
    """Takes the user's commands back and does them again, each in a transaction of its own."""

    done = Signal(str)  # what was taken back or done again, as a sentence
    refused = Signal(object)  # UserError: why not, and what to do instead

    def __init__(self, tasks: Tasks) -> None:
        super().__init__()
        self._tasks = tasks
        self._last = ""
        self._words: dict[str, str] = {}
        self._own: list[tuple[str, Callable[[], None]]] = []
        self._keys = _TypingFirst(self)
        tasks.changed.connect(self._changed)

    def _changed(self, changes: Changes) -> None:
        if changes.command:
            self._last = changes.command
            self._own.clear()

    def said(self, words: str, take_back: object = True) -> Callable[[], None]:  # noqa: FBT002
        """Let `words`, which a toast says, name what was done last; return what its button does.

        `take_back` is True where that is a command, or what takes something back that is none,
        such as a setting: then Ctrl+Z calls that, until there is a newer command.
        """
        if callable(take_back):
            self._own.append((words, take_back))
            return self.undo
        command_id, self._last = self._last, ""
        if not command_id:  # it was so already: nothing was written
            return lambda: self.done.emit(_("There is nothing to undo."))
        self._words[command_id] = words
        for old in list(self._words)[:-_REMEMBERED]:
            del self._words[old]
        return partial(self.undo, command_id)

    def undo(self, command_id: str = "") -> None:
        """Take a command back; without one, what was done last and not taken back yet."""
        if self._own and not command_id:
            words, take_back = self._own.pop()
            take_back()
            self.done.emit(_("Undone: {what}").format(what=words))
            return
        task = self._tasks.write(self, undo.take_back, self._undone, command_id)
        self._tasks.or_else(task, self._refused)

    def redo(self) -> None:
        """Do again what was taken back last."""
        task = self._tasks.write(self, undo.redo, self._redone)
        self._tasks.or_else(task, self._refused)

    def _undone(self, outcome: TakenBack | None) -> None:
        if outcome is None:
            self.done.emit(_("There is nothing to undo."))
        else:
            self._say(_("Undone: {what}"), outcome)

    def _redone(self, outcome: TakenBack | None) -> None:
        if outcome is None:
            self.done.emit(_("There is nothing to redo."))
        else:
            self._say(_("Done again: {what}"), outcome)

    def _say(self, sentence: str, outcome: TakenBack) -> None:
        words = sentence.format(what=self._words.get(outcome.command_id, outcome.words))
        if outcome.kept:
            left = _("Changed since and left as it is: {what}").format(what=", ".join(outcome.kept))
            words = f"{words}. {left}"
        self.done.emit(words)

    def _refused(self, error: Exception) -> None:
        if isinstance(error, NotUndoneError):
            # said once; the next Ctrl+Z goes on with what was done before
            task = self._tasks.write(self, undo.pass_over, _nothing, error.command_id)
            self._tasks.or_else(task, partial(self._tasks.failed.emit, self))
        if isinstance(error, UserError):
            self.refused.emit(error)
        else:
            self._tasks.failed.emit(self, error)


def _nothing(_none: None) -> None:
    """Take an outcome that nobody waits for."""


class _TypingFirst(QObject):
    """Leaves Ctrl+Z and Ctrl+Y to the field with the focus, while it has typing to take back.

    A text field claims these keys even when it has nothing to undo; then they are the window's.
    """

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._watched: QWidget | None = None
        program = QApplication.instance()
        if isinstance(program, QApplication):
            program.focusChanged.connect(self._watch)
            self._watch(None, program.focusWidget())

    def _watch(self, _before: QWidget | None, focused: QWidget | None) -> None:
        if self._watched is not None and isValid(self._watched):
            self._watched.removeEventFilter(self)
        self._watched = focused if _field(focused) is not None else None
        if self._watched is not None:
            self._watched.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            backward = event.matches(QKeySequence.StandardKey.Undo)
            if (backward or event.matches(QKeySequence.StandardKey.Redo)) and not _has_typing(
                _field(watched), backward=backward
            ):
                event.ignore()
                return True
        return super().eventFilter(watched, event)


def _field(widget: QObject | None) -> QLineEdit | QTextEdit | QPlainTextEdit | None:
    """Return what is typed in: the widget itself, or the line of a box with one."""
    if isinstance(widget, QLineEdit | QTextEdit | QPlainTextEdit):
        return widget
    return widget.findChild(QLineEdit) if isinstance(widget, QAbstractSpinBox | QComboBox) else None


def _has_typing(field: QLineEdit | QTextEdit | QPlainTextEdit | None, *, backward: bool) -> bool:
    if field is None or field.isReadOnly():
        return False
    if isinstance(field, QLineEdit):
        return field.isUndoAvailable() if backward else field.isRedoAvailable()
    document = field.document()
    return document.isUndoAvailable() if backward else document.isRedoAvailable()
