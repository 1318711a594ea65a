"""A desk, and the window, on the company of tests.company: real tasks, a real database."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QLineEdit, QWidget
from shiboken6 import isValid
from sqlalchemy import update

from app import i18n, main
from app.models.database import Database
from app.models.files import Files
from app.models.sync_state import SyncState
from app.settings import Settings
from app.views import application
from app.views.main_window import MainWindow
from app.views.tasks import Tasks
from app.views.widgets.page import Desk

NOW = datetime(2026, 11, 19, 10, 28, tzinfo=UTC)
TODAY = NOW.date()


@contextmanager
def desk_on(database: Database, files: Files, folder: Path) -> Iterator[Desk]:
    """Yield what a screen works with, and wait for its work at the end."""
    tasks = Tasks(database)
    yield Desk(tasks, Settings(folder / "settings.json", theme="claro"), files, lambda: NOW)
    tasks.close()


@contextmanager
def window_on(
    database: Database, files: Files, folder: Path, *, language: str = "en", scale: int = 100
) -> Iterator[MainWindow]:
    """Yield the main window as `main` builds it, on an enrolled computer, shown but not started."""
    with database.write() as session:
        session.execute(update(SyncState).values(last_ok_at=NOW))
    chosen = "" if language == "xx" else language  # nobody chooses the invented one
    settings = Settings(folder / "settings.json", language=chosen, theme="claro", text_scale=scale)
    i18n.use(language)
    application.create(settings)
    desktop = main.build(main.Workspace(folder, settings, database, files), now=lambda: NOW)
    desktop.window.resize(1366, 768)
    desktop.window.show()
    desktop.window.activateWindow()
    yield desktop.window
    desktop.window.close()
    desktop.window.deleteLater()


def idle(qtbot: Any, desk: Desk) -> None:
    """Wait until nothing is under way any more, nor begun by what came back."""
    qtbot.waitUntil(lambda: not desk.tasks.busy)


def words(part: QWidget) -> str:
    """Return all that can be read on a widget now."""
    QApplication.sendPostedEvents(None, QEvent.Type.MetaCall)  # layouts show what is new by a call
    if not isValid(part):
        return ""
    read = [label.text() for label in part.findChildren(QLabel) if label.isVisible()]
    read += [edit.text() for edit in part.findChildren(QLineEdit) if edit.isVisible()]
    read += [
        button.accessibleName() or button.text()
        for button in part.findChildren(QAbstractButton)
        if button.isVisible()
    ]
    read += [
        chip.accessibleName()
        for chip in part.findChildren(QWidget)
        if type(chip).__name__ == "Chip" and chip.isVisible()
    ]
    return "\n".join(read)


def cells(view: Any) -> list[list[str]]:
    """Return what a table says, row by row."""
    model = view.model()
    return [
        [str(model.index(row, column).data() or "") for column in range(model.columnCount())]
        for row in range(model.rowCount())
    ]


def typed(edit: QWidget, text: str) -> None:
    """Type `text` in place of what stands in a field."""
    edit.setFocus(Qt.FocusReason.TabFocusReason)
    edit.selectAll()  # type: ignore[attr-defined]
    for letter in text:  # QTest.keyClicks knows no letter with an accent
        for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
            event = QKeyEvent(kind, 0, Qt.KeyboardModifier.NoModifier, letter)
            QApplication.sendEvent(edit, event)


def press(key: Qt.Key, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    """Press a key where the focus is."""
    where = QApplication.focusWidget()
    assert where is not None, "nothing has the focus"
    QTest.keyClick(where, key, modifiers)
