"""The people at a customer, each a few fields that are saved on leaving them; the rest unfolds."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QComboBox, QGridLayout, QLabel, QLineEdit, QWidget

from app.i18n import _
from app.models.account import Contact
from app.rules import identifiers
from app.views.widgets import checks
from app.views.widgets.button import IconButton
from app.views.widgets.field import Field
from app.views.widgets.form import Check, Form, News
from app.views.widgets.layout import column, row, text

_TELEPHONES = ("phone", "mobile")
_CHECKS: dict[str, Check] = {
    "phone": checks.phone, "mobile": checks.phone, "email": checks.email,
}  # fmt: skip
_LANGUAGES = ("", "es", "en")


def _language(code: str) -> str:
    return {"": _("Not known"), "es": "Español", "en": "English"}.get(code, code)


class _More(QWidget):
    """What of a person is seldom changed: main contact, consent, language, notes."""

    changed = Signal(dict)

    def __init__(self, contact: Contact) -> None:
        super().__init__()
        self.contact = contact
        name = contact.name
        self.main = QCheckBox(_("Decides: the main contact"))
        self.consent = QCheckBox(_("Agrees to be sent news"))
        self.language = QComboBox()
        self.language.addItems([_language(code) for code in _LANGUAGES])
        self.notes = QLineEdit()
        self.notes.setPlaceholderText(_("Notes"))
        for part, words in (
            (self.main, self.main.text()), (self.consent, self.consent.text()),
            (self.language, _("Language")), (self.notes, _("Notes")),
        ):  # fmt: skip
            part.setAccessibleName(f"{words}, {name}")
        self.main.clicked.connect(lambda on: self.changed.emit({"is_main": on}))
        self.consent.clicked.connect(lambda on: self.changed.emit({"mailing_consent": on}))
        self.language.activated.connect(lambda n: self.changed.emit({"language": _LANGUAGES[n]}))
        self.notes.editingFinished.connect(self._left)
        self.setLayout(
            row(
                self.main, self.consent, text(_("Language"), "muted"), self.language,
                (self.notes, 1), gap=12, margins=(0, 0, 0, 6),
            )
        )  # fmt: skip

    def _left(self) -> None:
        words = self.notes.text().strip()
        if words != self.contact.notes:
            self.changed.emit({"notes": words})

    def show_contact(self, contact: Contact) -> None:
        self.contact = contact
        self.main.setChecked(contact.is_main)
        self.consent.setChecked(contact.mailing_consent)
        known = contact.language if contact.language in _LANGUAGES else ""
        self.language.setCurrentIndex(_LANGUAGES.index(known))
        if not self.notes.hasFocus():
            self.notes.setText(contact.notes)


class _Person:
    """The fields of one contact."""

    def __init__(self, contact: Contact, labels: Sequence[tuple[str, str]]) -> None:
        self.contact, self.form = contact, Form()
        self.edits: dict[str, QLineEdit] = {}
        for name, label in labels:
            self.edits[name] = QLineEdit()
            field = Field(f"{label}, {contact.name}", self.edits[name])
            field.label.hide()  # the columns have heads
            self.form.add(name, field, _CHECKS.get(name))
        self.form.show({name: self.value(name) for name in self.edits})
        self.remove = IconButton("trash-2", _("Remove {name}").format(name=contact.name), size="sm")
        self.unfold = IconButton("chevron-down", "", size="sm")
        self.more = _More(contact)
        self.more.hide()
        self.unfold.clicked.connect(lambda _checked: self.open(wanted=self.more.isHidden()))
        self.open(wanted=False)

    @property
    def parts(self) -> list[QWidget]:
        return [*self.form.fields.values(), self.unfold, self.remove, self.more]

    def open(self, *, wanted: bool) -> None:
        self.more.setVisible(wanted)
        words = _("Less about {name}") if wanted else _("More about {name}")
        icon = "chevron-up" if wanted else "chevron-down"
        self.unfold.rename(icon, words.format(name=self.contact.name))

    def value(self, name: str) -> str:
        held = str(getattr(self.contact, name))
        return identifiers.phone_text(held) if name in _TELEPHONES and held else held

    def show(self, contact: Contact) -> News:
        """Show what came, under what is being typed; return what that changed."""
        self.contact = contact
        self.more.show_contact(contact)
        return self.form.merge({name: self.value(name) for name in self.edits}, by_sync=False)


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

    def show_contacts(self, contacts: Sequence[Contact]) -> News:
        """Show those that were not removed, and return which of their fields changed."""
        here = {each.id: each for each in contacts if each.removed_at is None}
        for id_ in [id_ for id_ in self.people if id_ not in here]:
            gone = self.people.pop(id_)
            for part in gone.parts:
                self._grid.removeWidget(part)
                part.hide()
                part.deleteLater()
        news = News()
        for id_, contact in here.items():
            if id_ not in self.people:
                self.people[id_] = self._made(contact)
                self.people[id_].show(contact)
            else:
                news = news.and_(self.people[id_].show(contact))
        for head in self._heads:
            head.setVisible(bool(here))
        return news

    def leave(self) -> None:
        """Save the field that is being typed in, as when it is left."""
        for person in self.people.values():
            for name in person.form.touched():
                if person.form.check(name) and not person.form.fields[name].is_contested:
                    self._left(person, name)

    def _made(self, contact: Contact) -> _Person:
        made, at = _Person(contact, self._labels), self._grid.rowCount()
        for n, field in enumerate(made.form.fields.values()):
            self._grid.addWidget(field, at, n, Qt.AlignmentFlag.AlignTop)
        made.form.left.connect(lambda name: self._left(made, name))
        wide = len(self._labels)
        self._grid.addWidget(made.unfold, at, wide, Qt.AlignmentFlag.AlignTop)
        self._grid.addWidget(made.remove, at, wide + 1, Qt.AlignmentFlag.AlignTop)
        self._grid.addWidget(made.more, at + 1, 0, 1, wide + 2)
        made.remove.clicked.connect(lambda: self.removed.emit(made.contact.id))
        made.more.changed.connect(lambda fields: self.changed.emit(made.contact.id, fields))
        return made

    def _left(self, person: _Person, name: str) -> None:
        value = person.form.fields[name].value()
        person.form.saving(name)
        fields: dict[str, Any] = {name: value}
        if name in _TELEPHONES and (found := identifiers.phones(value)):
            fields[name] = found[0]
        self.changed.emit(person.contact.id, fields)

    def _add(self) -> None:
        name = self.new.text().strip()
        if name:
            self.new.clear()
            self.added.emit(name)
