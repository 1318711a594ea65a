"""How far something long has come, in amounts: «11,2 de 18,0 MB», and how to stop it."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QProgressBar, QWidget

from app import i18n
from app.i18n import _
from app.views.widgets.button import Button
from app.views.widgets.layout import column, row, text

WORDS_MS, CANCEL_MS = 1000, 3000
_UNITS = {"GB": 1_000_000_000, "MB": 1_000_000, "kB": 1_000}


def of_bytes(done: int, total: int) -> str:
    """Write «11,2 de 18,0 MB»: both in the unit of the whole."""
    whole = i18n.size(total)
    unit = whole.rpartition("\u00a0")[2]
    if unit not in _UNITS:
        return of_things(done, total, whole)
    here = i18n.number(Decimal(done) / _UNITS[unit], 1)
    return _("{done} of {total}").format(done=here, total=whole)


def of_things(done: int, total: int, whole: str = "") -> str:
    """Write «300 de 1.200»."""
    written = whole or i18n.number(total)
    return _("{done} of {total}").format(done=i18n.number(done), total=written)


class Progress(QWidget):
    """A bar with amounts. The words come after a second, the button to stop it after three.

    Where the whole is not known there is no bar, only what is done so far: never a bar that runs
    without end.
    """

    cancelled = Signal()

    def __init__(
        self, name: str, *, can_cancel: bool = True, words_ms: int = WORDS_MS,
        cancel_ms: int = CANCEL_MS,
    ) -> None:  # fmt: skip
        super().__init__()
        self._can_cancel = can_cancel
        self.bar, self.words = QProgressBar(), text("", "muted")
        self.bar.setTextVisible(False)
        self.bar.setAccessibleName(name)
        self.stop = Button(_("Cancel"), icon="x", kind="ghost", size="sm")
        self.stop.setAccessibleName(_("Cancel: {what}").format(what=name))
        self.stop.clicked.connect(self.cancelled)
        self.setLayout(
            column(row(text(name, "strong"), None, self.words, self.stop, gap=8), self.bar, gap=6)
        )
        self._late = QTimer(self, singleShot=True, interval=words_ms)
        self._later = QTimer(self, singleShot=True, interval=cancel_ms)
        self._late.timeout.connect(self.words.show)
        self._later.timeout.connect(self._offer_to_stop)
        self.end()

    def begin(self) -> None:
        self.words.clear()
        self.bar.setValue(0)
        self.show()
        self._late.start()
        self._later.start()

    def show_amount(
        self, done: int, total: int = 0, write: Callable[[int, int], str] = of_bytes
    ) -> None:
        """Show that `done` of `total` is done; a total of 0 is not known."""
        self.bar.setVisible(total > 0)
        if total > 0:
            self.bar.setRange(0, 1000)  # of any number of bytes, which an int of Qt cannot hold
            self.bar.setValue(min(1000, done * 1000 // total))
            said = write(done, total)
        else:
            said = i18n.size(done) if write is of_bytes else i18n.number(done)
        self.words.setText(said)
        self.bar.setAccessibleDescription(said)

    def end(self) -> None:
        """Take everything away: it is done, or was stopped."""
        self._late.stop()
        self._later.stop()
        for part in (self.words, self.stop, self):
            part.hide()

    def _offer_to_stop(self) -> None:
        self.stop.setVisible(self._can_cancel)
