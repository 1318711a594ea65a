"""The first start: connect with the company, or look at the example; nothing else is asked."""

from __future__ import annotations

import platform
from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QFrame, QLineEdit, QVBoxLayout, QWidget

from app import i18n
from app.errors import UserError
from app.i18n import _, ngettext
from app.services import shell
from app.views import theme
from app.views.first_run.door import door
from app.views.messages import MessageBar
from app.views.widgets.button import Button, Segmented
from app.views.widgets.field import Field, Form
from app.views.widgets.layout import Icon, column, row, text
from app.views.widgets.mark import Mark
from app.views.widgets.page import Desk, Page, Ref

if TYPE_CHECKING:
    from app.sync.report import Progress

Enrol = Callable[[str, str, str, "Callable[[Progress], None]"], None]
_LOOK_MS = 100
THEMES = ("claro", "oscuro", "sol")


class _Download:
    """What the worker and the window share about a download."""

    def __init__(self) -> None:
        self.progress: Progress | None = None

    def note(self, progress: Progress) -> None:
        self.progress = progress


class FirstRunPage(Page):
    """`enrol(address, code, name, progress)` makes this computer one of a company's laptops.

    It is called on a worker, returns when everything is here, and raises `UserError`.
    `open_example` starts the example company in a window of its own.
    """

    connected = Signal()
    theme_chosen = Signal(str)
    language_chosen = Signal(str)
    example_asked = Signal()

    def __init__(self, desk: Desk, enrol: Enrol) -> None:
        super().__init__(desk)
        self.setObjectName("Page")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._enrol = enrol
        self._known = ""  # the server of a download that was interrupted
        self._download: _Download | None = None
        self.form, self.bar = Form(), MessageBar()
        self.address, self.code = QLineEdit(), QLineEdit()
        self.computer = QLineEdit(platform.node())
        self.address.setPlaceholderText("https://crm.tuempresa.example")
        self.connect_button = Button(_("Connect"), icon="arrow-right", kind="primary", size="lg")
        self.example_button = Button(_("Open the example"), icon="play", size="lg")
        self.status = text("", "muted", wrap=True)
        self.language = Segmented(
            ["Español", "English"], int(i18n.language() == "en"), name=_("Language")
        )
        self.theme = Segmented(
            [_("Light"), _("Dark"), _("Sun")], THEMES.index(theme.name()), name=_("Theme")
        )
        self._look = QTimer(self, interval=_LOOK_MS)
        self._look.timeout.connect(self._show_progress)
        self._lay_out()
        self._connect()

    def _lay_out(self) -> None:
        top = row(None, Icon("languages", "text_muted", 18), self.language, 4, self.theme, gap=8)
        title, promise = (
            text(_("Welcome to Viajante"), "h1"),
            text(
                _("Your portfolio, your routes and your quotes, with or without signal."), "muted"
            ),
        )
        for label in (title, promise):
            label.setAlignment(Qt.AlignmentFlag.AlignCenter)
        doors = row(None, self._connect_door(), self._example_door(), None, gap=18)
        trust = row(
            None, Icon("shield-check", "text_muted", 16),
            text(_("Your data is kept encrypted on this computer. The key does not leave it."),
                 "muted"),
            None, gap=8,
        )  # fmt: skip
        self.setLayout(
            column(
                top, self.bar, None, row(None, Mark(48), None), title, promise, 12, doors, 12,
                trust, None, gap=8, margins=(24, 18, 24, 18),
            )
        )  # fmt: skip

    def _connect_door(self) -> QFrame:
        fields = QWidget()
        inside = QVBoxLayout(fields)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.setSpacing(8)
        for name, label, editor in (
            ("server", _("Address of the server"), self.address),
            ("code", _("One-time code"), self.code),
            ("name", _("Name of this computer"), self.computer),
        ):
            inside.addWidget(self.form.add(name, Field(label, editor)))
        self.code_field = self.form.fields["code"]
        return door(
            "server", "primary", _("Connect with my company"),
            _("With the address and the code that the office has given you."),
            fields, self.status, self.connect_button,
        )  # fmt: skip

    def _example_door(self) -> QFrame:
        return door(
            "presentation", "warning", _("Try it with example data"),
            _("126 invented customers with visits, quotes and expenses, on a server of its own on"
              " this computer. Nothing of it leaves; its key is in a file beside it."),
            QWidget(), text("", "muted"), self.example_button,
        )  # fmt: skip

    def _connect(self) -> None:
        self.connect_button.clicked.connect(self.primary)
        self.example_button.clicked.connect(self.example_asked)
        for editor in (self.address, self.code, self.computer):
            editor.returnPressed.connect(self.primary)
        self.language.clicked.connect(
            lambda: self.language_chosen.emit(("es", "en")[self.language.index])
        )
        self.theme.clicked.connect(lambda: self.theme_chosen.emit(THEMES[self.theme.index]))

    def show_ref(self, ref: Ref) -> None:
        self.desk.tasks.read(self, shell.known_server, self._show_known)
        self.address.setFocus()

    def _show_known(self, server: str) -> None:
        """Offer to go on with a first download that was interrupted: no new code is needed."""
        self._known = server
        self.code_field.setVisible(not server)
        if server:
            self.address.setText(server)
            self.address.setReadOnly(True)
            self.status.setText(_("The first download was interrupted. It goes on where it was."))
            self.connect_button.setText(_("Go on with the download"))

    def primary(self) -> None:
        """Connect with what is typed, unless that is under way."""
        if self._download is not None or not self._is_complete():
            return
        self.form.clear_errors()
        self.bar.clear()
        self._download = _Download()
        self.connect_button.setEnabled(False)
        self.status.setText(_("Connecting…"))
        self._look.start()
        task = self.desk.tasks.run(
            self, self._enrol, self._done, self.address.text().strip(), self.code.text().strip(),
            self.computer.text().strip(), self._download.note,
        )  # fmt: skip
        self.desk.tasks.or_else(task, self._failed)

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
        self._download = None
        self._look.stop()
        self.connect_button.setEnabled(True)
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
            self.bar.show_error(error)
            self.desk.tasks.read(self, shell.known_server, self._show_known)
        else:
            self.desk.tasks.failed.emit(self, error)

    def _show_progress(self) -> None:
        now = self._download.progress if self._download is not None else None
        if now is None:
            return
        n = now.done
        words = {
            "pull": ngettext("{n} record received…", "{n} records received…", n).format(n=n),
            "apply": _("Putting everything in its place…"),
            "verify": _("Checking that nothing is missing…"),
            "files": _("{done} of photos and documents").format(done=i18n.size(n)),
        }.get(now.phase, _("Connecting…"))
        self.status.setText(words)

    def hideEvent(self, event: object) -> None:
        super().hideEvent(event)  # type: ignore[arg-type]
        self._look.stop()
