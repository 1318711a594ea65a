"""The hands and eyes of the rep: keys and clicks into the real window, waiting, and pictures."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import TypeVar

from PySide6.QtCore import QEvent, QMimeData, QObject, QPoint, QPointF, Qt, QUrl, Slot
from PySide6.QtGui import QDesktopServices, QDragEnterEvent, QDropEvent, QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QLineEdit, QPlainTextEdit, QWidget

from app.views.main_window import MainWindow
from app.views.widgets.page import Page, Ref
from app.walkthrough.notebook import StepFailed

SIZE = (1366, 768)
PATIENCE_S = 120.0
_STRAY = {Qt.WindowType.Widget, Qt.WindowType.Window, Qt.WindowType.Dialog}

P = TypeVar("P", bound=Page)


class Clock:
    """The clock of the day: it begins when the day does, runs on, and can be moved forward."""

    def __init__(self, begin: datetime) -> None:
        self._begin, self._since = begin, time.monotonic()

    def now(self) -> datetime:
        return self._begin + timedelta(seconds=time.monotonic() - self._since)

    def move_to(self, moment: datetime) -> None:
        """Go forward to `moment`; a moment that has passed changes nothing."""
        if moment > self.now():
            self._begin, self._since = moment, time.monotonic()


class Opener(QObject):
    """Takes the place of the desktop's opener: remembers which files would have been opened."""

    def __init__(self) -> None:
        super().__init__()
        self.opened: list[Path] = []
        QDesktopServices.setUrlHandler("file", self, "open_url")  # type: ignore[arg-type]  # its stub is wrong

    @Slot(QUrl)
    def open_url(self, url: QUrl) -> None:
        self.opened.append(Path(url.toLocalFile()))


class StrayWindows(QObject):
    """Notes each window that a calm day does not have.

    That is a part shown before it had a parent, which flashes as a window of its own, and a dialog,
    which here could only be one that reports a bug.
    """

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self.seen: list[str] = []

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt names it
        if (
            event.type() == QEvent.Type.Show
            and isinstance(watched, QWidget)
            and watched.isWindow()
            and watched.windowType() in _STRAY
            and watched is not self.parent()
        ):
            words = getattr(watched, "text", str)()
            self.seen.append(f"{type(watched).__name__} {words}".strip())
        return False


class Hands:
    """Drives one window; pictures go to `pictures` as NN-name.png."""

    def __init__(self, window: MainWindow, pictures: Path, clock: Clock, first: int) -> None:
        self.window, self.clock, self.opener = window, clock, Opener()
        self._pictures, self._next = pictures, first
        self.stray = StrayWindows(window)
        QApplication.instance().installEventFilter(self.stray)  # type: ignore[union-attr]
        window.resize(*SIZE)

    def begin(self) -> None:
        """Take the keyboard: keys reach only a window that is active."""
        self.window.activateWindow()
        self.until(self.window.isActiveWindow, "the window is active")

    @property
    def pictures_taken(self) -> int:
        return self._next

    def until(self, true: Callable[[], object], what: str, patience_s: float = PATIENCE_S) -> None:
        """Let the window live until `true()`; `StepFailed` says `what` was waited for in vain."""
        end = time.monotonic() + patience_s
        while not true():
            if time.monotonic() > end:
                raise StepFailed(f"{what}: not within {patience_s:.0f} seconds")
            QTest.qWait(5)

    def settle(self) -> None:
        """Let everything that was asked for arrive and be painted."""
        self.until(lambda: not self.window.desk.tasks.busy, "the work under way ends")
        QTest.qWait(350)  # what is throttled comes after it
        self.until(lambda: not self.window.desk.tasks.busy, "the work under way ends")
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)

    def page(self, kind: type[P]) -> P:
        """Wait until a page of this kind is shown, and return it."""
        self.until(lambda: isinstance(self.window.stack.currentWidget(), kind), kind.__name__)
        found = self.window.page
        assert isinstance(found, kind)  # noqa: S101 - waited for
        return found

    def go(self, ref: Ref, kind: type[P]) -> P:
        """Go where a link of another page would lead."""
        self.window.open(ref)
        page = self.page(kind)
        self.settle()
        return page

    def screen(self, keys: str, kind: type[P]) -> P:
        """Go to a screen by its key, such as «Ctrl+4»."""
        self.press(self.window, keys)
        page = self.page(kind)
        self.settle()
        return page

    def click(self, part: QWidget) -> None:
        if not part.isVisible():
            raise StepFailed(f"{part.accessibleName() or part} is not visible")
        QTest.mouseClick(part, Qt.MouseButton.LeftButton)

    def press(self, part: QWidget, keys: str) -> None:
        """Press one key, such as «Return» or «Ctrl+Return», in `part`."""
        *modifiers, name = keys.split("+") if keys != "+" else ["+"]
        pressed = Qt.KeyboardModifier.NoModifier
        for modifier in modifiers:
            pressed |= {"Ctrl": Qt.KeyboardModifier.ControlModifier,
                        "Alt": Qt.KeyboardModifier.AltModifier}[modifier]  # fmt: skip
        named = {",": Qt.Key.Key_Comma, "+": Qt.Key.Key_Plus}
        key = named.get(name) or getattr(Qt.Key, f"Key_{name}")
        QTest.keyClick(part, key, pressed)

    def button(self, inside: QWidget, words: str) -> QAbstractButton:
        """Return the visible button that says `words`."""
        for found in inside.findChildren(QAbstractButton):
            if found.isVisible() and found.text() == words:
                return found
        raise StepFailed(f"no button says {words}")

    def write(self, part: QLineEdit | QPlainTextEdit, words: str) -> None:
        """Type `words` in place of what stands there."""
        part.setFocus(Qt.FocusReason.TabFocusReason)
        part.selectAll()
        for sign in words:  # QTest.keyClicks knows no accents
            for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
                key = QKeyEvent(kind, 0, Qt.KeyboardModifier.NoModifier, sign)
                QApplication.sendEvent(part, key)

    def drop(self, part: QWidget, files: Sequence[Path]) -> None:
        """Drop files from the file browser onto `part`."""
        content = QMimeData()
        content.setUrls([QUrl.fromLocalFile(str(file)) for file in files])
        copy, left, none = (
            Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
        )  # fmt: skip
        QApplication.sendEvent(part, QDragEnterEvent(QPoint(8, 8), copy, content, left, none))
        QApplication.sendEvent(part, QDropEvent(QPointF(8, 8), copy, content, left, none))

    def draw(self, part: QWidget, strokes: Sequence[Sequence[tuple[float, float]]]) -> None:
        """Draw with the mouse; points are parts of the width and height of `part`."""
        for stroke in strokes:
            points = [QPoint(int(x * part.width()), int(y * part.height())) for x, y in stroke]
            QTest.mousePress(part, Qt.MouseButton.LeftButton, pos=points[0])
            for point in points[1:]:
                QTest.mouseMove(part, point)
                QTest.qWait(2)
            QTest.mouseRelease(part, Qt.MouseButton.LeftButton, pos=points[-1])

    def picture(self, name: str) -> None:
        """Take a picture of the window as it stands."""
        self.settle()
        self.snapshot(name)

    def snapshot(self, name: str) -> None:
        """Take a picture at once, while things are under way."""
        self._pictures.mkdir(parents=True, exist_ok=True)
        self.window.grab().save(str(self._pictures / f"{self._next:02d}-{name}.png"))
        self._next += 1
