"""My profile: who one is to the company, and the language of the program."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QLineEdit

from app import i18n
from app.i18n import _
from app.models.team import Company, Role, User
from app.services import alone, this_computer
from app.services.this_computer import ThisComputer
from app.views import theme
from app.views.preferences.choices import Choices
from app.views.preferences.parts import Fact, OneOf, Section, SettingRow
from app.views.widgets.page import Desk

if TYPE_CHECKING:
    from app.models.database import Changes

_DAY = date(2026, 11, 19)  # an example that no reader can take for today


class Profile(Section):
    """The person's record, which the company keeps; who works alone writes the own name."""

    key, icon = "profile", "user-round"
    chosen = ("language",)

    def __init__(self, desk: Desk, choices: Choices) -> None:
        super().__init__(desk, choices, _("My profile"))
        self.language = OneOf(
            choices, "language", _("Language"),
            [("", _("System")), ("es", "Español"), ("en", "English")],
        )  # fmt: skip
        self.facts = {n: Fact() for n in ("name", "role", "zone", "phone", "email", "company")}
        self.name = QLineEdit()
        self.name.setFixedWidth(theme.px(280))
        self.name.editingFinished.connect(self._rename)
        self.fields: dict[str, SettingRow] = {}
        self._shown: ThisComputer | None = None
        self._show_rows(is_alone=False)

    def _show_rows(self, *, is_alone: bool) -> None:
        formats = " · ".join(
            (i18n.money(Decimal("1234.56")), i18n.day_short(_DAY), i18n.clock_of_seconds(50_700))
        )
        locked = "" if is_alone else _("Your company keeps it. Ask the office to change it.")
        names = {
            "name": (_("Name"), _("As customers read it on your quotes.")),
            "company": (_("Company"), _("Whose portfolio and catalogue these are.")),
            "role": (_("Role"), _("What you may do.")),
            "zone": (_("Zone"), ""), "phone": (_("Phone"), ""), "email": (_("E-mail"), ""),
        }  # fmt: skip
        shown = ("name",) if is_alone else tuple(names)
        self.fields = {
            each: SettingRow(*names[each], self.name if is_alone else self.facts[each],
                             locked=locked, also=_("me user account"))
            for each in shown
        }  # fmt: skip
        self.fill([
            *self.fields.values(),
            SettingRow(_("Language"), _("Of the program; a quote has the customer's."),
                       self.language, also="idioma language Español English"),
            SettingRow(_("Numbers and dates"), _("They are written as the language has them."),
                       Fact(formats), also=_("format decimals currency")),
        ])  # fmt: skip

    def load(self) -> None:
        self.desk.tasks.read(self, this_computer.get, self._show)

    def refresh(self, changes: Changes) -> None:
        if changes.touched(User, Company):
            self.load()

    def _show(self, here: ThisComputer) -> None:
        if here.is_alone and (self._shown is None or not self._shown.is_alone):
            for fact in self.facts.values():
                fact.setParent(None)
            self._keep_controls()
            self._show_rows(is_alone=True)
        self._shown = here
        roles = {
            Role.REP: _("Sales rep"), Role.MANAGER: _("Manager"), Role.OFFICE: _("Office"),
            Role.ADMIN: _("Administrator"),
        }  # fmt: skip
        company = f"{here.company} · {_('Example company')}" if here.is_demo else here.company
        for name, words in (
            ("name", here.person), ("role", roles.get(Role(here.role), here.role)),
            ("zone", here.zone), ("phone", here.phone), ("email", here.email),
            ("company", company),
        ):  # fmt: skip
            self.facts[name].say(words)
        if not self.name.hasFocus():
            self.name.setText(here.person)

    def _keep_controls(self) -> None:
        """Take the controls out of rows that are about to go."""
        for control in (self.language, self.name):
            control.setParent(self)

    def _rename(self) -> None:
        before = self._shown
        if before is not None and self.name.text().strip() != before.person:
            write(self, alone.rename_me, {"person": self.fields["name"]}, self.name.text())


def write(
    section: Section, work: Callable[..., None], rows: dict[str, SettingRow], *args: object,
    **kwargs: object,
) -> None:  # fmt: skip
    """Write a change and say it; what will not do is said beside its row."""

    def done(_none: None) -> None:
        for each in rows.values():
            each.show_problem("")
        section.said.emit(_("Setting changed"), True)

    task = section.desk.tasks.write(section, work, done, *args, **kwargs)
    section.desk.tasks.or_else(task, lambda error: section.refused(error, rows))
