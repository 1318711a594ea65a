"""The data of a customer, changed where they stand: saved on leaving each field."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLineEdit, QPlainTextEdit, QWidget

from app import i18n
from app.i18n import _
from app.models.account import Account, Site
from app.rules import identifiers, opening
from app.services import accounts
from app.views import theme
from app.views.portfolio.contacts import ContactRows
from app.views.widgets import checks
from app.views.widgets.field import Field
from app.views.widgets.form import Check, Form, Verdict
from app.views.widgets.form_drafts import FormDrafts
from app.views.widgets.layout import card, column, row, scroll, text
from app.views.widgets.page import Desk

DRAFT = "record"


class RecordForm(QWidget):
    """Says by signal which field of which row changed; the page writes it."""

    account_changed = Signal(dict)
    site_changed = Signal(str, dict)  # site id, or "" for a first address

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.form = Form()
        self._account: Account | None = None
        self._site: Site | None = None
        self._by_sync = False
        self.notes = QPlainTextEdit()
        self.notes.setTabChangesFocus(True)
        self.notes.setMinimumHeight(theme.px(84))
        self.contacts = ContactRows()
        self._make()
        self.drafts = FormDrafts(desk, self, self.form, DRAFT)
        self.form.left.connect(self._left)

    def _make(self) -> None:
        known: dict[str, Check] = {
            "name": checks.name, "tax_id": self._check_tax_id, "phone": checks.phone,
            "email": checks.email, "opening_hours": checks.hours,
        }  # fmt: skip
        for name, label in (
            ("name", _("Name")), ("legal_name", _("Legal name")), ("tax_id", _("Tax ID")),
            ("phone", _("Phone")), ("email", _("Email")), ("website", _("Website")),
            ("sector", _("Sector")), ("street", _("Street")), ("postcode", _("Postcode")),
            ("city", _("Town")), ("province", _("Province")),
            ("opening_hours", _("Opening hours")),
        ):  # fmt: skip
            field = Field(label, QLineEdit(), required=name == "name")
            self.form.add(name, field, known.get(name))
        self.form.add("notes", Field(_("Notes"), self.notes)).label.hide()
        f = self.form.fields
        inside = column(
            card(
                text(_("Business"), "h2"), row((f["name"], 1), (f["legal_name"], 1), gap=12),
                row((f["tax_id"], 1), (f["phone"], 1), (f["email"], 1), gap=12),
                row((f["website"], 1), (f["sector"], 1), gap=12),
            ),
            card(
                text(_("Address and hours"), "h2"),
                row((f["street"], 3), (f["postcode"], 1), (f["city"], 2), (f["province"], 2),
                    gap=12),
                f["opening_hours"],
            ),
            card(text(_("Contacts"), "h2"), self.contacts),
            card(text(_("Notes"), "h2"), f["notes"]), None, gap=12,
        )  # fmt: skip
        holder = QWidget()
        holder.setLayout(inside)
        self.setLayout(column(self.form.bar, (scroll(holder), 1)))

    def heard(self, *, by_sync: bool) -> None:
        """Mind that what is shown next comes from a sync: the form's bar will say so."""
        self._by_sync = self._by_sync or by_sync

    def show_record(self, account: Account) -> None:
        """Show another record, or what came of the same one under what is being typed."""
        another = self._account is None or self._account.id != account.id
        self._account, self._site = account, accounts.first_of(account.sites)
        values = {name: self._value(name) for name in self.form.fields}
        if another:
            self.drafts.begin(account.id)
            self.form.show(values)
            self.contacts.show_contacts(account.contacts)
        else:
            news = self.form.merge(values, by_sync=False)
            news = news.and_(self.contacts.show_contacts(account.contacts))
            if self._by_sync:
                self.form.tell(news)
        self._by_sync = False

    def leave(self) -> None:
        """Save the field that is being typed in, as when it is left; what cannot be is kept."""
        for name in self.form.touched():
            if self.form.check(name) and not self.form.fields[name].is_contested:
                self._left(name)
        self.contacts.leave()
        self.drafts.keep()

    def _value(self, name: str) -> str:
        if self._account is not None and hasattr(self._account, name):
            value = str(getattr(self._account, name))
            return identifiers.phone_text(value) if name == "phone" and value else value
        value = str(getattr(self._site, name)) if self._site is not None else ""
        return opening.to_words(value, i18n.language()) if name == "opening_hours" else value

    def _left(self, name: str) -> None:
        """Take in what was typed when a field is left."""
        if self._account is None:
            return
        value = self.form.fields[name].value()
        self.form.saving(name)
        if name == "phone":
            found = identifiers.phones(value)
            value = found[0] if found else value
        elif name == "opening_hours" and checks.hours(value) is None:
            value = opening.to_osm(value, i18n.language())
        if hasattr(self._account, name):
            self.account_changed.emit({name: value})
        else:
            self.site_changed.emit(self._site.id if self._site else "", {name: value})
        self.drafts.keep()

    def _check_tax_id(self, value: str) -> Verdict | None:
        return checks.refusal(tax_id=value, country=self._site.country if self._site else "ES")
