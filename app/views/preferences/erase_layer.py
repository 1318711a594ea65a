"""The layer that asks before the data of this computer is erased; one of the three that ask."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import Signal, SignalInstance
from PySide6.QtWidgets import QWidget

from app.errors import UserError
from app.i18n import _, ngettext
from app.services import syncing
from app.services.syncing import Status
from app.views.widgets.button import Button
from app.views.widgets.layer import Layer
from app.views.widgets.layout import column, row, text
from app.views.widgets.page import Desk

if TYPE_CHECKING:
    from app.sync.report import SyncReport


class Sender(Protocol):
    """Whoever synchronises: `finished` carries the report of a run that `sync_now` began."""

    @property
    def finished(self) -> SignalInstance: ...

    def sync_now(self) -> None: ...


class EraseLayer(Layer):
    """`erase` when it is to happen; what was not sent is sent first, where there is a server."""

    erase = Signal()

    def __init__(self, over: QWidget, desk: Desk, sender: Sender, status: Status) -> None:
        self._desk, self._sender, self._status = desk, sender, status
        self._sending = False
        self.words = text(_words(status), "body", wrap=True)
        self.problem = text("", "error", wrap=True)
        self.problem.hide()
        sends = status.is_connected and bool(status.operations + status.files)
        self.go = Button(_("Send and erase") if sends else _("Erase"), icon="trash-2",
                         kind="danger")  # fmt: skip
        self.anyway = Button(_("Erase without sending"), kind="danger_ghost")
        self.anyway.hide()
        self.give_up = Button(_("Cancel"), kind="ghost")
        super().__init__(
            over,
            column(
                text(_("Erase the data of this computer"), "h2", wrap=True), self.words,
                self.problem, 4, row(self.anyway, None, self.give_up, self.go), gap=10,
                margins=(22, 20, 22, 18),
            ),
            width=520, name=_("Erase the data of this computer"),
        )  # fmt: skip
        self.go.clicked.connect(self._send if sends else self._erase)
        self.anyway.clicked.connect(self._erase)
        self.give_up.clicked.connect(self.close_layer)
        sender.finished.connect(self._sent)
        self.give_up.setFocus()

    def _erase(self) -> None:
        self.close_layer()
        self.erase.emit()

    def _send(self) -> None:
        self._sending = True
        self.go.setEnabled(False)
        self.anyway.hide()
        self.problem.setText(_("Sending…"))
        self.problem.show()
        self.fit()
        self._sender.sync_now()

    def _sent(self, report: SyncReport) -> None:
        if self._sending:
            self._sending = False
            self._desk.tasks.read(
                self, syncing.status, lambda status: self._decide(status, report.error)
            )

    def _decide(self, status: Status, error: UserError | None) -> None:
        if not status.operations + status.files:
            self._erase()
            return
        self.words.setText(_words(status))
        self.problem.setText(str(error) if error else _("Not everything could be sent."))
        self.go.setEnabled(True)
        self.anyway.show()
        self.fit()


def _words(status: Status) -> str:
    """Return what is lost, in the words of the standard."""
    waiting = status.operations + status.files
    words = [_("Data on this computer will be erased.")]
    if status.is_demo:
        words.append(_("It is the example: nothing of yours is in it."))
    elif not status.is_connected:
        words.append(
            _("It is nowhere else. Export it first if you may need it again: nobody can bring it"
              " back.")
        )  # fmt: skip
    elif waiting:
        words.append(
            ngettext("{n} change has not been sent.", "{n} changes have not been sent.",
                     waiting).format(n=waiting)
        )  # fmt: skip
    else:
        words.append(_("Everything has been sent; the office keeps it."))
    words.append(_("Backups on this computer go too, and Viajante closes."))
    return " ".join(words)
