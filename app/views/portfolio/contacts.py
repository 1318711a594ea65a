"""The people at a customer, each a row of fields that are saved on leaving them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout, QLabel, QLineEdit, QWidget

from app.i18n import _
from app.models.account import Contact
from app.rules import identifiers
from app.views.widgets.button import IconButton
from app.views.widgets.layout import column, text

_TELEPHONES = ("phone", "mobile")


class _Person:
    """The fields of one contact."""

    def __init__(self, contact: Contact, labels: Sequence[tuple[str, str]]) -> None:
        self.contact = contact
        self.edits = {name: QLineEdit() for name, _label in labels}
        for name, label in labels:
            self.edits[name].setAccessibleName(f"{label}, {contact.name}")
        self.remove = IconButton("trash-2", _("Remove {name}").format(name=contact.name), size="sm")

    def value(self, name: str) -> str:
        held = str(getattr(self.contact, name))
        return identifiers.phone_text(held) if name in _TELEPHONES and held else held

    def show(self, contact: Contact) -> None:
        self.contact = contact
        for name, edit in self.edits.items():
            if not edit.hasFocus():
                edit.setText(self.value(name))
                edit.setCursorPosition(0)


class ContactRows(QWidget):
    """Says by signal what changed; rows stay while their contacts do."""

    changed = Signal(str, dict)  # contact id, fields
    removed = Signal(str)
    added = Signal(str)  # name

    def __init__(self) -> None:
        super().__init__()
        self.people: dict[str, _Person] = {}
        self._labels = (
            ("name", _("Name")), ("job", _("Job")), ("phone", _("Phone")), ("mobile", _("Mobile")),
            ("email", _("Email")),
        )  # fmt: skip
        self._heads: list[QLabel] = [text(label, "label") for _name, label in self._labels]
        self._grid = QGridLayout()
        self._grid.setContentsMargins(0, 0, 0, 0)
        for n, (head, share) in enumerate(zip(self._heads, (4, 3, 3, 3, 4), strict=True)):
            self._grid.addWidget(head, 0, n)
            self._grid.setColumnStretch(n, share)
        self.new = QLineEdit()
        self.new.setPlaceholderText(_("Name of a new contact, then Enter"))
        self.new.setAccessibleName(_("New contact"))
        self.new.returnPressed.connect(self._add)
        self.setLayout(column(self._grid, self.new))

    def show_contacts(self, contacts: Sequence[Contact]) -> None:
        """Show those that were not removed, leaving alone the field that the user is in."""
        here = {each.id: each for each in contacts if each.removed_at is None}
        for id_ in [id_ for id_ in self.people if id_ not in here]:
            gone = self.people.pop(id_)
            for part in (*gone.edits.values(), gone.remove):
                self._grid.removeWidget(part)
                part.hide()
                part.deleteLater()
        for id_, contact in here.items():
            if id_ not in self.people:
                self.people[id_] = self._made(contact)
            self.people[id_].show(contact)
        for head in self._heads:
            head.setVisible(bool(here))

    def _made(self, contact: Contact) -> _Person:
        made, at = _Person(contact, self._labels), self._grid.rowCount()
        for n, (name, edit) in enumerate(made.edits.items()):
            edit.editingFinished.connect(
                lambda name=name, edit=edit: self._left(made, name, edit.text().strip())
            )
            self._grid.addWidget(edit, at, n)
        self._grid.addWidget(made.remove, at, len(self._labels))
        made.remove.clicked.connect(lambda: self.removed.emit(made.contact.id))
        return made

    def _left(self, person: _Person, name: str, value: str) -> None:
        if value == person.value(name):
            return
        fields: dict[str, Any] = {name: value}
        if name in _TELEPHONES and (found := identifiers.phones(value)):
            fields[name] = found[0]
        self.changed.emit(person.contact.id, fields)

    def _add(self) -> None:
        name = self.new.text().strip()
        if name:
            self.new.clear()
            self.added.emit(name)
