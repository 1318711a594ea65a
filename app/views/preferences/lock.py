"""The screen locked after a while without anybody: everything hidden until the PIN is typed.

What the operating system sends is heard at its windows, not in each widget: a filter of the whole
program would be asked about every repaint.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication, QKeyEvent, QPainter, QPaintEvent, QWindow
from PySide6.QtWidgets import QApplication, QDialog, QLineEdit, QWidget

from app import i18n
from app.i18n import _
from app.services import screen_lock
from app.views import theme
from app.views.widgets.button import Button
from app.views.widgets.layout import card, column, row, text
from app.views.widgets.mark import Mark
from app.views.widgets.page import Desk

_SOMEBODY = frozenset({
    QEvent.Type.KeyPress, QEvent.Type.MouseMove, QEvent.Type.MouseButtonPress, QEvent.Type.Wheel,
    QEvent.Type.TouchBegin, QEvent.Type.TabletPress,
})  # fmt: skip
_FREE_TRIES, _LONGEST_WAIT_S = 5, 300


class LockScreen(QWidget):
    """Covers the window; `unlocked` when what opens it was typed."""

    unlocked = Signal()

    def __init__(self, desk: Desk, window: QWidget, folder: Path) -> None:
        super().__init__(window)
        self._desk, self._folder = desk, folder
        self._wrong, self._is_over = 0, False
        self.setAccessibleName(_("Locked"))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.words = QLineEdit()
        self.words.setEchoMode(QLineEdit.EchoMode.Password)
        self.words.setAccessibleName(_("PIN or passphrase"))
        self.words.setPlaceholderText(_("PIN or passphrase"))
        self.words.setFixedWidth(theme.px(260))
        self.button = Button(_("Unlock"), icon="lock-open", kind="primary")
        self.problem = text("", "error", wrap=True)
        self._wait = QTimer(self, interval=1000)
        self._wait.timeout.connect(self._count_down)
        self._left = 0
        about = text(_("The sync goes on. What you were doing is as you left it."), "muted",
                     wrap=True)  # fmt: skip
        for label in (about, self.problem):
            label.setAlignment(Qt.AlignmentFlag.AlignCenter)
        inside = card(
            row(None, Mark(48), None), row(None, text(_("Viajante is locked"), "h1"), None), about,
            6, row(None, self.words, self.button, None, gap=8), self.problem, gap=10,
            margins=(40, 32, 40, 28),
        )  # fmt: skip
        inside.setMaximumWidth(theme.px(560))
        self.setLayout(column(None, row(None, (inside, 2), None), None))
        self.button.clicked.connect(self.open)
        window.installEventFilter(self)
        self.setGeometry(window.rect())
        self.show()
        self.raise_()
        self.words.setFocus()

    def open(self) -> None:
        """Try what is typed."""
        if not self.button.isEnabled() or not self.words.text():
            return
        self.button.setEnabled(False)
        self._desk.tasks.run(
            self, screen_lock.opens, self._answered, self._folder, self.words.text()
        )

    def _answered(self, right: bool) -> None:  # noqa: FBT001 - the outcome of a task
        self.words.clear()
        self.button.setEnabled(True)
        if right:
            self._end()
            return
        self._wrong += 1
        self.problem.setText(_("That does not open it."))
        if self._wrong >= _FREE_TRIES:
            self._left = int(min(_LONGEST_WAIT_S, 5 * 2 ** (self._wrong - _FREE_TRIES)))
            self.button.setEnabled(False)
            self._count_down()
            self._wait.start()

    def _count_down(self) -> None:
        if self._left <= 0:
            self._wait.stop()
            self.problem.clear()
            self.button.setEnabled(True)
            return
        words = _("That does not open it. Try again in {s} s.").format(s=i18n.number(self._left))
        self.problem.setText(words)
        self._left -= 1

    def _end(self) -> None:
        self._is_over = True
        self.hide()
        self.unlocked.emit()
        self.deleteLater()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        window = self.parentWidget()
        if self._is_over:
            return False
        if watched is not window:
            if event.type() == QEvent.Type.Show and isinstance(watched, QWidget):
                watched.hide()  # a toast, say: it waits behind the lock
        elif event.type() == QEvent.Type.Resize and window is not None:
            self.setGeometry(window.rect())
        elif event.type() == QEvent.Type.ChildAdded:
            QTimer.singleShot(0, self, self.raise_)
        return False

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ShortcutOverride:
            event.accept()  # the window's keys sleep
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            self.open()
        event.accept()

    def focusNextPrevChild(self, forward: bool) -> bool:  # noqa: FBT001 - Qt's own signature
        del forward
        (self.button if self.words.hasFocus() else self.words).setFocus(
            Qt.FocusReason.TabFocusReason
        )
        return True

    def paintEvent(self, event: QPaintEvent) -> None:
        QPainter(self).fillRect(self.rect(), theme.colour("bg"))


class ScreenLock(QObject):
    """Belongs to the window; locks it when nobody has touched the program for as long as is set.

    `clock` gives seconds; it is the wall's, so that the time in which the laptop sleeps counts.
    """

    def __init__(
        self, desk: Desk, window: QWidget, folder: Path, clock: Callable[[], float] = time.time
    ) -> None:
        super().__init__(window)
        self._desk, self._window, self._folder, self._clock = desk, window, folder, clock
        self._touched = clock()
        self._heard: set[QWindow] = set()
        self._hidden: list[QWidget] = []
        self._focus: QWidget | None = None
        self.screen: LockScreen | None = None
        self._timer = QTimer(self, singleShot=True)
        self._timer.timeout.connect(self.look)
        program = QGuiApplication.instance()
        assert isinstance(program, QApplication)  # noqa: S101 - there is a window
        program.focusWindowChanged.connect(self._hear)

    def start(self, *, locked: bool) -> None:
        """Begin to watch; `locked` for a window that opens only with its PIN."""
        self._hear(self._window.windowHandle())
        if locked:
            self.lock()
        self._touched = self._clock()
        self._plan()

    def _hear(self, window: QWindow | None) -> None:
        if window is not None and window not in self._heard:
            self._heard.add(window)
            window.destroyed.connect(lambda: self._heard.discard(window))
            window.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in _SOMEBODY:
            self._touched = self._clock()
        return False

    @property
    def _limit_s(self) -> float:
        return self._desk.settings.lock_after_minutes * 60.0

    def _plan(self) -> None:
        since = max(0.0, self._clock() - self._touched)  # a clock that was set back
        left = self._limit_s - since if self._limit_s else 60.0
        self._timer.start(int(min(max(left, 1.0), 60.0) * 1000))

    def look(self) -> None:
        """Lock if nobody was here for as long as is set, and something can open it again."""
        if self.screen is None and self._limit_s and self._clock() - self._touched >= self._limit_s:
            self._desk.tasks.run(self, screen_lock.kind, self._lock_if, self._folder)
        self._plan()

    def _lock_if(self, kind: str) -> None:
        if kind and self._clock() - self._touched >= self._limit_s:
            self.lock()

    def lock(self) -> None:
        """Hide everything now; dialogs are given up, other windows come back afterwards."""
        if self.screen is not None:
            return
        self._focus = QApplication.focusWidget()
        while (popup := QApplication.activePopupWidget()) is not None:
            popup.close()
        children = [c for c in self._window.children() if isinstance(c, QWidget)]
        others = [w for w in QApplication.topLevelWidgets() if w is not self._window]
        for other in [w for w in others if w.isVisible()]:
            if isinstance(other, QDialog):
                other.reject()
        self._hidden = [w for w in (*children, *others) if not w.isHidden()]
        for each in self._hidden:
            each.hide()
        self.screen = LockScreen(self._desk, self._window, self._folder)
        for child in children:
            child.installEventFilter(self.screen)
        self.screen.unlocked.connect(self._unlock)

    def _unlock(self) -> None:
        self.screen = None
        self._touched = self._clock()
        for each in self._hidden:
            each.show()
        self._hidden = []
        if self._focus is not None:
            self._focus.setFocus(Qt.FocusReason.OtherFocusReason)
        self._focus = None
