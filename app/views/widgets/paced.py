"""What is asked for often is done at once, and then at most so often: a sync commits many times."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer

_MS = 250


class Paced(QObject):
    """Calls `work` at the first asking; what is asked in the time after that is done once."""

    def __init__(self, parent: QObject, work: Callable[[], None], ms: int = _MS) -> None:
        super().__init__(parent)
        self._work = work
        self._again = False
        self._timer = QTimer(self, singleShot=True, interval=ms)
        self._timer.timeout.connect(self._rested)

    def ask(self) -> None:
        if self._timer.isActive():
            self._again = True
            return
        self._timer.start()
        self._work()

    def _rested(self) -> None:
        if self._again:
            self._again = False
            self.ask()
