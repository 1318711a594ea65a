"""Privacy: what is kept where, and one's own data to take away."""

from __future__ import annotations

from app.i18n import _
from app.services import this_computer
from app.services.this_computer import ThisComputer
from app.views.preferences.choices import Choices
from app.views.preferences.parts import Section, SettingRow
from app.views.widgets.button import Button
from app.views.widgets.page import Desk, Ref


class Privacy(Section):
    """What is kept, what is not, and the way to one's data."""

    key, icon = "privacy", "eye-off"

    def __init__(self, desk: Desk, choices: Choices) -> None:
        super().__init__(desk, choices, _("Privacy"))
        self.export_button = Button(_("Download my data…"), icon="download")
        self.export_button.clicked.connect(
            lambda: self.open_requested.emit(Ref("settings", tab="lists"))
        )
        kept = _("Customers, visits, quotes, expenses and their documents, encrypted. Of you: name,"
                 " zone, working hours and, if you write it, where your day starts.")  # fmt: skip
        self.where_row = SettingRow(
            _("Who receives it"),
            _("Your company's server and nobody else, with who changed what and when. No statistics"
              " of use are collected."),
            also=_("server third parties telemetry"),
        )  # fmt: skip
        self.alone_row = SettingRow(
            _("Nobody receives it"),
            _("Nothing leaves this computer. No statistics of use are collected."),
            also=_("server third parties telemetry"),
        )  # fmt: skip
        self.fill([
            SettingRow(_("What is kept here"), kept, also=_("personal data GDPR")),
            self.where_row, self.alone_row,
            SettingRow(_("Your position"),
                       _("Viajante does not ask this computer where it is, and keeps no position of"
                         " yours. Maps show customers' addresses and planned routes only."),
                       also=_("location GPS geolocation tracking")),
            SettingRow(_("What is written down"),
                       _("Who changed which field, when and on which computer: it is in the history"
                         " of each record."),
                       also=_("log access record audit")),
            SettingRow(_("Your data"), _("As files that other programs read."),
                       self.export_button, also=_("download export GDPR portability")),
        ])  # fmt: skip
        self.leave_out(self.alone_row)

    def load(self) -> None:
        self.desk.tasks.read(self, this_computer.get, self._show)

    def _show(self, here: ThisComputer) -> None:
        self.leave_out(self.where_row if here.is_alone else self.alone_row)
