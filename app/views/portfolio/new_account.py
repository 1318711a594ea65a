"""The layer in which a customer or prospect is written; a name is enough."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, QTimer, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QLineEdit, QWidget
from shiboken6 import isValid

from app import i18n
from app.errors import UserError
from app.i18n import _
from app.models.account import Account
from app.rules import opening
from app.services import accounts
from app.services.account_rows import AccountRow
from app.views.widgets.button import Button, Segmented
from app.views.widgets.field import Field, Form
from app.views.widgets.layer import Layer
from app.views.widgets.layout import column, row, text
from app.views.widgets.notices import Banner
from app.views.widgets.page import Desk

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


def create(session: Session, values: dict[str, str]) -> Account:
    """Add an account with its address and contact in one transaction."""
    account = accounts.add(
        session, name=values["name"], kind=values["kind"], tax_id=values["tax_id"],
        phone=values["phone"], email=values["email"], sector=values["sector"],
    )  # fmt: skip
    if any(values[key] for key in ("street", "postcode", "city", "hours")):
        hours = values["hours"]
        try:
            hours = opening.to_osm(hours, i18n.language())
        except opening.NotOpeningHours:
            hours = values["hours"]  # kept as written: the planner says that it cannot be read
        accounts.add_site(
            session, account.id, street=values["street"], postcode=values["postcode"],
            city=values["city"], opening_hours=hours,
        )  # fmt: skip
    if values["contact"]:
        accounts.add_contact(session, account.id, values["contact"])
    return account


class NewAccountLayer(QObject):
    """Open over the portfolio until it is saved or Esc is pressed."""

    added = Signal(str, str)  # id, name
    opened = Signal(str)

    def __init__(self, over: QWidget, desk: Desk, words: str = "") -> None:
        super().__init__(over)
        self._desk, self.form = desk, Form()
        self.kind = Segmented([_("Prospect"), _("Customer")], name=_("Kind"))
        self._twin_id = ""
        self.open_twin = Button(_("Open the record"), kind="warning_ghost", size="sm")
        self.open_twin.clicked.connect(self._open_twin)
        self.twin = Banner("warning", "", "", self.open_twin)
        self.twin.hide()
        names = (
            ("name", _("Name"), words), ("tax_id", _("Tax ID"), ""), ("phone", _("Phone"), ""),
            ("email", _("Email"), ""), ("sector", _("Sector"), ""), ("street", _("Street"), ""),
            ("postcode", _("Postcode"), ""), ("city", _("Town"), ""),
            ("contact", _("Main contact"), ""), ("hours", _("Opening hours"), ""),
        )  # fmt: skip
        for name, label, value in names:
            self.form.add(name, Field(label, QLineEdit(value), required=name == "name"))
        fields = self.form.fields
        self.line("hours").setPlaceholderText("9-14 16:30-20, " + _("Mon closed"))
        self.button = save = Button(_("Save"), icon="check", kind="primary", key="Ctrl ↵")
        cancel = Button(_("Cancel"), kind="ghost", key="Esc")
        inside = column(
            row(text(_("New customer or prospect"), "h2"), None, self.kind), self.twin,
            row((fields["name"], 3), (fields["tax_id"], 2), gap=12),
            row((fields["phone"], 1), (fields["email"], 1), (fields["sector"], 1), gap=12),
            row((fields["street"], 3), (fields["postcode"], 1), (fields["city"], 2), gap=12),
            row((fields["contact"], 1), (fields["hours"], 1), gap=12), 4, row(None, cancel, save),
            gap=10, margins=(22, 18, 22, 18),
        )  # fmt: skip
        self.layer = Layer(over, inside, width=720, name=_("New customer or prospect"))
        cancel.clicked.connect(self.layer.close_layer)
        save.clicked.connect(self.save)
        shortcut = QShortcut(QKeySequence("Ctrl+Return"), self.layer)
        shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        shortcut.activated.connect(self.save)
        self._look = QTimer(self.layer, singleShot=True, interval=200)
        self._look.timeout.connect(self._find_twin)
        for name in ("name", "tax_id", "phone"):
            self.line(name).textEdited.connect(lambda _words: self._look.start())
        self.line("name").setFocus()

    def line(self, name: str) -> QLineEdit:
        editor = self.form.fields[name].editor
        assert isinstance(editor, QLineEdit)  # noqa: S101 - all of them are
        return editor

    def values(self) -> dict[str, str]:
        written = {name: self.line(name).text().strip() for name in self.form.fields}
        return {**written, "kind": ("prospect", "customer")[self.kind.index]}

    def _find_twin(self) -> None:
        values = self.values()
        if len(values["name"]) > 2 or values["tax_id"] or values["phone"]:
            self._desk.tasks.read(
                self.layer, accounts.duplicates, self._show_twin, values["name"], values["tax_id"],
                values["phone"],
            )  # fmt: skip

    def _show_twin(self, found: list[AccountRow]) -> None:
        self.twin.setVisible(bool(found))
        self.open_twin.setVisible(bool(found))
        if found:
            twin = found[0]
            self._twin_id = twin.id
            words = _("It may be there already: {name}, {city}.").format(
                name=twin.name, city=twin.city or "–"
            )
            self.twin.show_message("warning", words)
        self.layer.fit()

    def _open_twin(self) -> None:
        self.layer.close_layer()
        self.opened.emit(self._twin_id)

    def save(self) -> None:
        values = self.values()
        task = self._desk.tasks.write(self, create, self._saved, values)
        self._desk.tasks.or_else(task, self._refused)

    def _saved(self, account: Account) -> None:
        if isValid(self.layer):
            self.layer.close_layer()
        self.added.emit(account.id, account.name)

    def _refused(self, error: Exception) -> None:
        if not isValid(self.layer):
            self._desk.tasks.failed.emit(self, error)  # given up meanwhile; still said
            return
        if not self.form.show_error(error):
            if isinstance(error, UserError):
                self.twin.show()
                self.open_twin.hide()
                self.twin.show_message("danger", error.message, error.hint)
            else:
                self._desk.tasks.failed.emit(self, error)
        self.layer.fit()
