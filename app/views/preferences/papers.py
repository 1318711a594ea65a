"""Documents: what stands on quotes, which the company decides, or who works alone writes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from app import i18n
from app.i18n import _, ngettext
from app.models.quote import Clause
from app.models.team import Company
from app.services import alone, this_computer
from app.services.this_computer import Paper
from app.views import theme
from app.views.preferences.choices import Choices
from app.views.preferences.parts import Fact, Section, SettingRow
from app.views.preferences.profile import write
from app.views.widgets.layout import row
from app.views.widgets.page import Desk

if TYPE_CHECKING:
    from app.models.database import Changes

WRITABLE = ("name", "legal_name", "tax_id", "address", "postcode", "city", "phone", "email")


class _Swatch(QWidget):
    """A colour, as it is on paper."""

    def __init__(self) -> None:
        super().__init__()
        self.colour = ""
        self.setFixedSize(theme.px(28), theme.px(20))

    def paintEvent(self, event: QPaintEvent) -> None:
        p = QPainter(self)
        p.setRenderHint(QPainter.RenderHint.Antialiasing)
        p.setPen(theme.colour("border_strong"))
        p.setBrush(theme.colour(self.colour or "primary"))
        p.drawRoundedRect(self.rect().adjusted(0, 0, -1, -1), 4, 4)


class Papers(Section):
    """Name, address, colour, numbers and clauses of documents."""

    key, icon = "documents", "file-text"

    def __init__(self, desk: Desk, choices: Choices) -> None:
        super().__init__(desk, choices, _("Documents"))
        self.facts = {
            name: Fact(is_long=name == "clauses")
            for name in ("company", "address", "contact", "number", "valid", "clauses")
        }
        self.colour_words, self.swatch = Fact(), _Swatch()
        self.edits: dict[str, QLineEdit] = {}
        self.fields: dict[str, SettingRow] = {}
        self._shown: Paper | None = None
        self._show_locked()

    def _show_locked(self) -> None:
        locked = _("Your company decides it.")
        colour = QWidget()
        self.colour_words.setFixedWidth(theme.px(150))
        colour.setLayout(row(self.colour_words, self.swatch, gap=8))
        self.fill([
            SettingRow(_("On the head"), _("Name and tax ID, as customers read them."),
                       self.facts["company"], locked=locked, also=_("quote legal name VAT")),
            SettingRow(_("Address"), "", self.facts["address"], locked=locked),
            SettingRow(_("Phone and e-mail"), "", self.facts["contact"], locked=locked),
            SettingRow(_("Logo and colour"), _("Of quotes and claims."), colour, locked=locked,
                       also=_("brand design template")),
            SettingRow(_("Number of quotes"), _("Year, series of this computer, and counter."),
                       self.facts["number"], locked=locked, also=_("series numbering")),
            SettingRow(_("Quotes are valid for"), _("Unless you write another day."),
                       self.facts["valid"], locked=locked),
            SettingRow(_("Clauses"), _("They begin on each quote; there you may change them."),
                       self.facts["clauses"], locked=locked, also=_("conditions terms")),
        ])  # fmt: skip

    def _show_own(self) -> None:
        """Let who works alone write the own letterhead."""
        titles = {
            "name": (_("Company"), _("The name under which you sell.")),
            "legal_name": (_("Legal name"), ""), "tax_id": (_("Tax ID"), ""),
            "address": (_("Address"), ""), "postcode": (_("Postcode"), ""), "city": (_("Town"), ""),
            "phone": (_("Phone"), ""), "email": (_("E-mail"), ""),
        }  # fmt: skip
        for name in WRITABLE:
            edit = QLineEdit()
            edit.setFixedWidth(theme.px(300))
            edit.editingFinished.connect(lambda name=name: self._write(name))
            self.edits[name] = edit
            self.fields[name] = SettingRow(
                *titles[name], edit, also=_("quote letterhead logo colour clauses")
            )
        self.facts["number"] = Fact()
        number = SettingRow(
            _("Number of quotes"), _("Year, series of this computer, and counter."),
            self.facts["number"], also=_("series numbering"),
        )  # fmt: skip
        self.fill([*self.fields.values(), number])

    def load(self) -> None:
        self.desk.tasks.read(self, this_computer.paper, self._show, i18n.language())

    def refresh(self, changes: Changes) -> None:
        if changes.touched(Company, Clause):
            self.load()

    def _show(self, paper: Paper) -> None:
        self._shown = paper
        if paper.is_alone:
            if not self.edits:
                self._show_own()
            for name, edit in self.edits.items():
                if not edit.hasFocus():
                    edit.setText(_written(paper, name))
        self.facts["number"].say(paper.quote_number)
        if paper.is_alone:
            return
        town = f"{paper.postcode} {paper.city}".strip()
        days = paper.quote_valid_days
        for name, words in (
            ("company", "\n".join(p for p in (paper.legal_name or paper.name, paper.tax_id) if p)),
            ("address", "\n".join(p for p in (paper.street, town) if p)),
            ("contact", "\n".join(p for p in (paper.phone, paper.email) if p)),
            ("valid", ngettext("{n} day", "{n} days", days).format(n=days)),
            ("clauses", "\n".join(f"· {words}" for words in paper.clauses)),
        ):  # fmt: skip
            self.facts[name].say(words)
        logo = _("With a logo") if paper.has_logo else _("Without a logo")
        self.colour_words.say(logo)
        self.swatch.colour = paper.colour
        self.swatch.setToolTip(paper.colour)
        self.swatch.update()

    def _write(self, name: str) -> None:
        words = self.edits[name].text().strip()
        if self._shown is not None and words != _written(self._shown, name):
            write(self, alone.update_company, self.fields, **{name: words})


def _written(paper: Paper, name: str) -> str:
    return str(getattr(paper, {"address": "street"}.get(name, name)))
