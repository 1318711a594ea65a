"""The desktop's window in this process, as a user would work it: keys, waiting, looking."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks import portfolio

if TYPE_CHECKING:
    from app.main import Desktop
    from app.views.main_window import MainWindow

_MOST_S, _QUIET_S = 60.0, 0.08
_BEAT_MS = 4


@contextmanager
def opened(folder: Path) -> Iterator[Desktop]:
    """Show the window on the workspace in `folder`, at Today, and nothing under way."""
    from app import main, settings
    from app.views import application

    sys.setswitchinterval(main.SWITCH_INTERVAL_S)  # as the program does
    workspace = main.open_workspace(folder, lambda _new: None)
    application.create(settings.load(folder / main.SETTINGS))
    desktop = main.build(workspace, now=lambda: portfolio.NOW)
    desktop.window.resize(1366, 768)
    desktop.window.show()
    desktop.window.activateWindow()
    desktop.window.start()
    wait(lambda: "today" in desktop.window.pages and idle(desktop.window))
    desktop.window.synchroniser.stop()
    try:
        yield desktop
    finally:
        desktop.close()


def wait(until: Callable[[], bool]) -> float:
    """Let Qt work until something holds; return the seconds it took.

    It sleeps between two events, as the program does: asking without end would take the
    interpreter from the threads that are waited for.
    """
    from PySide6.QtCore import QEventLoop, QTimer
    from PySide6.QtWidgets import QApplication

    beat = QTimer(interval=_BEAT_MS)  # for what holds without any event
    beat.start()
    began = time.perf_counter()
    while True:
        QApplication.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents)
        took = time.perf_counter() - began
        if until():
            return took
        if took > _MOST_S:
            raise TimeoutError("what was waited for did not come")


def idle(window: MainWindow) -> bool:
    return not window.desk.tasks.busy and not window._badges.isActive()


def quiet(window: MainWindow, field: Any) -> Callable[[], bool]:
    """Return whether nothing has been under way for a while, whenever it is asked."""
    since = time.perf_counter()

    def look() -> bool:
        nonlocal since
        if field._timer.isActive() or not idle(window):
            since = time.perf_counter()
        return time.perf_counter() - since > _QUIET_S

    return look


def first_of(one: Callable[[], bool], other: Callable[[], bool]) -> Callable[[], bool]:
    return lambda: one() or other()


class Painted:
    """Whether a view has been painted since `news` was said, and with rows: `is_there` tells."""

    def __init__(self, view: Any, is_there: Callable[[], bool] = lambda: True) -> None:
        from PySide6.QtCore import QEvent, QObject

        outer = self

        class Filter(QObject):
            def eventFilter(self, _watched: Any, event: Any) -> bool:  # noqa: N802 - Qt's
                if event.type() == QEvent.Type.Paint and outer.has_news and is_there():
                    outer.fresh = True
                return False

        self.has_news = self.fresh = False
        self._filter = Filter()
        view.viewport().installEventFilter(self._filter)

    def forget(self) -> None:
        self.has_news = self.fresh = False

    def news(self, *_what: object) -> None:
        self.has_news, self.fresh = True, False


def press(edit: Any, letter: str) -> None:
    """Press the key of a letter."""
    from PySide6.QtCore import QEvent, Qt
    from PySide6.QtGui import QKeyEvent
    from PySide6.QtWidgets import QApplication

    for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
        event = QKeyEvent(kind, 0, Qt.KeyboardModifier.NoModifier, letter)
        QApplication.sendEvent(edit, event)


def shows_rows(model: Any, first: int = 0) -> bool:
    """Tell whether a table has the row that is painted first, or no rows at all."""
    return not model.ids or model.known(model.id_at(min(first, len(model.ids) - 1))) is not None
