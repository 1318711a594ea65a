"""The data of a customer, changed where they stand: saved on leaving each field."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLineEdit, QPlainTextEdit, QWidget

from app import i18n
from app.i18n import _
from app.models.account import Account, Site
from app.rules import identifiers, opening
from app.views import theme
from app.views.portfolio.contacts import ContactRows
from app.views.widgets.field import Field, Form
from app.views.widgets.layout import card, column, row, scroll, text


class _Notes(QPlainTextEdit):
    """Notes that say when they are left."""

    left = Signal()

    def focusOutEvent(self, event: Any) -> None:
        super().focusOutEvent(event)
        self.left.emit()


class RecordForm(QWidget):
    """Says by signal which field of which row changed; the page writes it."""

    account_changed = Signal(dict)
    site_changed = Signal(str, dict)  # site id, or "" for a first address

    def __init__(self) -> None:
        super().__init__()
        self.form = Form()
        self._account: Account | None = None
        self._site: Site | None = None
        self.notes = _Notes()
        self.notes.setTabChangesFocus(True)
        self.notes.left.connect(lambda: self._left("notes", self.notes.toPlainText()))
        self.notes.setAccessibleName(_("Notes"))
        self.notes.setMinimumHeight(theme.px(84))
        self.contacts = ContactRows()
        self._make()

    def _make(self) -> None:
        for name, label in (
            ("name", _("Name")), ("legal_name", _("Legal name")), ("tax_id", _("Tax ID")),
            ("phone", _("Phone")), ("email", _("Email")), ("website", _("Website")),
            ("sector", _("Sector")), ("street", _("Street")), ("postcode", _("Postcode")),
            ("city", _("Town")), ("province", _("Province")),
            ("opening_hours", _("Opening hours")),
        ):  # fmt: skip
            editor = QLineEdit()
            editor.editingFinished.connect(
                lambda name=name, editor=editor: self._left(name, editor.text().strip())
            )
            self.form.add(name, Field(label, editor))
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
            card(text(_("Notes"), "h2"), self.notes), None, gap=12,
        )  # fmt: skip
        holder = QWidget()
        holder.setLayout(inside)
        self.setLayout(column(scroll(holder)))

    def show_record(self, account: Account) -> None:
        """Fill every field that the user is not in."""
        self._account = account
        self._site = next((s for s in account.sites if s.removed_at is None), None)
        for name, field in self.form.fields.items():
            editor = field.editor
            assert isinstance(editor, QLineEdit)  # noqa: S101 - all of them are
            if not editor.hasFocus():
                editor.setText(self._value(name))
                editor.setCursorPosition(0)
        if not self.notes.hasFocus():
            self.notes.setPlainText(account.notes)
        self.contacts.show_contacts(account.contacts)

    def _value(self, name: str) -> str:
        if self._account is not None and hasattr(self._account, name):
            value = str(getattr(self._account, name))
            return identifiers.phone_text(value) if name == "phone" and value else value
        value = str(getattr(self._site, name)) if self._site is not None else ""
        return opening.to_words(value, i18n.language()) if name == "opening_hours" else value

    def _left(self, name: str, value: str) -> None:
        """Take in what was typed when a field is left; nothing changed says nothing."""
        if self._account is None:
            return
        before = self._account.notes if name == "notes" else self._value(name)
        if value == before:
            return
        if name == "phone":
            found = identifiers.phones(value)
            value = found[0] if found else value
        elif name == "opening_hours":
            try:
                value = opening.to_osm(value, i18n.language())
                self.form.fields[name].set_error("")
            except opening.NotOpeningHours:
                words = _("Write hours such as: 9-14 16:30-20, Sat 10-14, Mon closed")
                self.form.fields[name].set_warning(words)
        if name == "notes" or hasattr(self._account, name):
            self.account_changed.emit({name: value})
        else:
            self.site_changed.emit(self._site.id if self._site else "", {name: value})
