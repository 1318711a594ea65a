"""The door to the company: address, code, this computer's name, and the first download."""

from __future__ import annotations

import platform

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtWidgets import QFrame, QLineEdit, QVBoxLayout, QWidget

from app import i18n
from app.errors import UserError
from app.i18n import _, ngettext
from app.services import shell
from app.services.joining import Enrol, Joining
from app.views.first_run.door import door
from app.views.widgets.button import Button
from app.views.widgets.field import Field
from app.views.widgets.form import Form
from app.views.widgets.layout import text
from app.views.widgets.page import Desk

_LOOK_MS = 100


class Connecting(QObject):
    """Joins this computer to a company; `frame` is the door.

    `enrol` is called on a worker, returns when the records are here, and raises `UserError`.
    """

    connected = Signal()
    failed = Signal(object)  # an Exception that is none of the fields'
    began = Signal()

    def __init__(self, desk: Desk, enrol: Enrol, parent: QWidget) -> None:
        super().__init__(parent)
        self._desk, self._enrol = desk, enrol
        self._known = ""  # the server of a download that was interrupted
        self.download: Joining | None = None
        self.form = Form()
        self.address, self.code = QLineEdit(), QLineEdit()
        self.computer = QLineEdit(platform.node())
        self.address.setPlaceholderText("https://crm.tuempresa.example")
        self.button = Button(_("Connect"), icon="arrow-right", kind="primary", size="lg")
        self.status = text("", "muted", wrap=True)
        self._look = QTimer(self, interval=_LOOK_MS)
        self._look.timeout.connect(self._show_progress)
        self.frame = self._make_door()
        self.button.clicked.connect(self.connect_now)
        self.address.editingFinished.connect(self._split)
        for editor in (self.address, self.code, self.computer):
            editor.returnPressed.connect(self.connect_now)

    def _make_door(self) -> QFrame:
        fields = QWidget()
        inside = QVBoxLayout(fields)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.setSpacing(6)
        for name, label, editor in (
            ("server", _("Address of the server"), self.address),
            ("code", _("One-time code"), self.code),
            ("name", _("Name of this computer"), self.computer),
        ):
            inside.addWidget(self.form.add(name, Field(label, editor)))
        return door(
            "server", "primary", _("Connect with my company"),
            _("With the address and the code that the office has given you."),
            fields, self.status, self.button,
        )  # fmt: skip

    def _split(self) -> None:
        """Take an invitation that was pasted whole: the address, and the code behind it."""
        parts = self.address.text().split()
        if len(parts) == 2 and not self.code.text().strip():
            self.address.setText(parts[0])
            self.code.setText(parts[1])

    def look_up(self) -> None:
        """Look whether a download was interrupted here."""
        self._desk.tasks.read(self, shell.known_server, self._show_known)

    def _show_known(self, server: str) -> None:
        """Offer to go on with a first download that was interrupted: no new code is needed."""
        self._known = server
        self.form.fields["code"].setVisible(not server)
        if server:
            self.address.setText(server)
            self.address.setReadOnly(True)
            self.status.setText(_("The first download was interrupted. It goes on where it was."))
            self.button.setText(_("Go on with the download"))

    def connect_now(self) -> None:
        """Connect with what is typed, unless that is under way."""
        self._split()
        if self.download is not None or not self._is_complete():
            return
        self.form.clear_errors()
        self.began.emit()
        self.download = Joining()
        self.button.setEnabled(False)
        self.status.setText(_("Connecting…"))
        self._look.start()
        task = self._desk.tasks.run(
            self, self._enrol, self._done, self.address.text().strip(), self.code.text().strip(),
            self.computer.text().strip(), self.download,
        )  # fmt: skip
        self._desk.tasks.or_else(task, self._failed)

    def _is_complete(self) -> bool:
        for name, editor, words in (
            ("server", self.address, _("Write the address, such as https://crm.yourcompany.com.")),
            ("code", self.code, _("Write the code that the office has given you.")),
            ("name", self.computer, _("Give this computer a name, so that the office knows it.")),
        ):
            needed = name != "code" or not self._known
            if needed and not editor.text().strip():
                self.form.fields[name].set_error(words)
                editor.setFocus()
                return False
        return True

    def _end(self) -> None:
        self.download = None
        self.stop_looking()
        self.button.setEnabled(True)
        self.status.clear()

    def _done(self, _none: None) -> None:
        self._end()
        self.connected.emit()

    def _failed(self, error: Exception) -> None:
        """Say it beside its field, or in the bar; what arrived stays and the download goes on."""
        self._end()
        if self.form.show_error(error):
            return
        if isinstance(error, UserError):
            self.look_up()
        self.failed.emit(error)

    def _show_progress(self) -> None:
        if self.download is None or self.download.progress is None:
            return
        now, n = self.download.progress, self.download.progress.done
        words = {
            "pull": ngettext("{n} record received…", "{n} records received…", n).format(
                n=i18n.number(n)
            ),
            "apply": _("Putting everything in its place…"),
            "verify": _("Checking that nothing is missing…"),
            "files": _("{done} of photos and documents").format(done=i18n.size(n)),
        }.get(now.phase, _("Connecting…"))
        self.status.setText("\n".join(part for part in (self.download.company, words) if part))

    def stop_looking(self) -> None:
        self._look.stop()
