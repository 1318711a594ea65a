"""Sync: how often, with whom, and connecting again with a new code."""

from __future__ import annotations

import platform
from collections.abc import Callable

from PySide6.QtWidgets import QLineEdit, QWidget

from app import i18n
from app.errors import UserError, ValidationError
from app.i18n import _
from app.services import this_computer
from app.services.joining import Enrol, Joining
from app.services.this_computer import ThisComputer
from app.views.preferences.choices import Choices
from app.views.preferences.parts import Fact, OneOf, Section, SettingRow
from app.views.widgets.button import Button
from app.views.widgets.field import Field
from app.views.widgets.form import Form
from app.views.widgets.layer import Layer
from app.views.widgets.layout import column, row, text
from app.views.widgets.page import Desk

INTERVALS = (5, 10, 30, 60)


class CodeLayer(Layer):
    """Asks for a new code of the office, and connects this computer again with it."""

    def __init__(
        self, over: QWidget, desk: Desk, server: str, enrol: Enrol, done: Callable[[], None]
    ) -> None:
        self._desk, self._server, self._enrol, self._finished = desk, server, enrol, done
        self.form = Form()
        self.code, self.name = QLineEdit(), QLineEdit(platform.node())
        for name, label, edit in (
            ("code", _("One-time code"), self.code), ("name", _("Name of this computer"), self.name)
        ):  # fmt: skip
            self.form.add(name, Field(label, edit))
            edit.returnPressed.connect(self.take)
        self.problem = text("", "error", wrap=True)
        self.problem.hide()
        self.go = Button(_("Connect"), icon="plug", kind="primary")
        give_up = Button(_("Cancel"), kind="ghost")
        words = _("The office gives you a code for {server}. What you have not sent is kept and"
                  " goes with the next sync; quotes get a new series.")  # fmt: skip
        super().__init__(
            over,
            column(
                text(_("Connect again"), "h2"),
                text(words.format(server=server), "muted", wrap=True),
                *self.form.fields.values(), self.problem, 4, row(None, give_up, self.go), gap=10,
                margins=(22, 20, 22, 18),
            ),
            width=460, name=_("Connect again"),
        )  # fmt: skip
        self.go.clicked.connect(self.take)
        give_up.clicked.connect(self.close_layer)
        self.code.setFocus()

    def take(self) -> None:
        """Connect with the code that is typed."""
        self.form.clear_errors()
        if not self.code.text().strip():
            self._failed(ValidationError("code", _("Write the code that the office has given you."))
                         )  # fmt: skip
            return
        self.go.setEnabled(False)
        task = self._desk.tasks.run(
            self, self._enrol, self._done, self._server, self.code.text().strip(),
            self.name.text().strip() or platform.node(), Joining(),
        )  # fmt: skip
        self._desk.tasks.or_else(task, self._failed)

    def _done(self, _none: None) -> None:
        self.close_layer()
        self._finished()

    def _failed(self, error: Exception) -> None:
        self.go.setEnabled(True)
        if self.form.show_error(error):
            return
        if isinstance(error, UserError):
            self.problem.setText(str(error))
            self.problem.show()
            self.fit()
        else:
            self._desk.tasks.failed.emit(self, error)


class Connection(Section):
    """How often, the server, the series; a computer that works alone says so."""

    key, icon = "sync", "refresh-cw"
    chosen = ("sync_every_minutes",)

    def __init__(self, desk: Desk, choices: Choices, enrol: Enrol) -> None:
        super().__init__(desk, choices, _("Sync"))
        self._enrol = enrol
        self._here: ThisComputer | None = None
        self.layer: CodeLayer | None = None
        self.interval = OneOf(
            choices, "sync_every_minutes", _("Sync by itself every"),
            [(n, i18n.duration(n * 60)) for n in INTERVALS],
        )  # fmt: skip
        self.facts = {name: Fact() for name in ("account", "server", "series", "last")}
        self.again_button = Button(_("Connect again…"), icon="plug")
        self.again_button.clicked.connect(self.connect_again)
        decided = _("The office decides it.")
        self.again_row = SettingRow(
            _("Connect again"), _("With a new code, when the office or the sync asks for it."),
            self.again_button, also=_("code sign in login server"),
        )  # fmt: skip
        self.server_rows = [
            SettingRow(_("Sync by itself every"), _("And a moment after each change."),
                       self.interval, also=_("minutes often automatic")),
            SettingRow(_("Account"), _("Who sends from this computer."), self.facts["account"],
                       locked=decided, also=_("user company")),
            SettingRow(_("Server"), _("This computer speaks to no other."), self.facts["server"],
                       locked=decided, also=_("address")),
            SettingRow(_("Last sync"), "", self.facts["last"]),
            self.again_row,
        ]  # fmt: skip
        self.alone_row = SettingRow(
            _("Only on this computer"),
            _("There is no server: nothing is sent anywhere, so make backups. This data cannot be"
              " joined with a company's later; it can be exported as files."),
            also=_("server connect alone"),
        )  # fmt: skip
        self.series_row = SettingRow(
            _("Series of this computer"),
            _("Your quotes are numbered in it, also without signal."), self.facts["series"],
            also=_("number quotes"),
        )  # fmt: skip
        self.fill([*self.server_rows, self.series_row, self.alone_row])
        self.leave_out(self.alone_row)

    def load(self) -> None:
        self.desk.tasks.read(self, this_computer.get, self._show)

    def _show(self, here: ThisComputer) -> None:
        self._here = here
        company = f"{here.company} · {_('Example company')}" if here.is_demo else here.company
        self.facts["account"].say(" · ".join(p for p in (here.person, company) if p))
        self.facts["server"].say(here.server)
        self.facts["series"].say(here.series)
        self.facts["last"].say(i18n.moment(here.last_ok_at) if here.last_ok_at else "")
        if here.is_alone:
            self.leave_out(*self.server_rows)
        elif here.is_demo:  # it is connected anew at each start
            self.leave_out(self.alone_row, self.again_row)
        else:
            self.leave_out(self.alone_row)

    def connect_again(self) -> None:
        """Ask for a new code."""
        if self._here is not None:
            self.layer = CodeLayer(self, self.desk, self._here.server, self._enrol, self._again)

    def _again(self) -> None:
        self.said.emit(_("Connected again."), None)
        self.load()
