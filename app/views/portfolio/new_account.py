"""The layer in which a customer or prospect is written; a name is enough."""

from __future__ import annotations

from PySide6.QtCore import QObject, Qt, QTimer, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QComboBox, QLineEdit, QPlainTextEdit, QWidget
from shiboken6 import isValid

from app.errors import UserError
from app.i18n import _
from app.models.account import Account
from app.services import account_filters, accounts, new_accounts
from app.services.account_filters import ORIGINS
from app.services.account_rows import AccountRow
from app.services.new_accounts import Whereabouts
from app.views import theme
from app.views.portfolio.lead import LeadFields
from app.views.portfolio.place_picker import PlacePicker
from app.views.tasks import Task
from app.views.widgets import checks, map_canvas
from app.views.widgets.button import Button, Segmented
from app.views.widgets.field import Field
from app.views.widgets.form import Form
from app.views.widgets.layer import Layer
from app.views.widgets.layout import box, column, row, scroll, text
from app.views.widgets.notices import Banner
from app.views.widgets.page import Desk

_LOOK_MS = 200


class NewAccountLayer(QObject):
    """Open over the portfolio until it is saved or Esc is pressed."""

    added = Signal(str, str)  # id, name
    opened = Signal(str)

    def __init__(self, over: QWidget, desk: Desk, words: str = "") -> None:
        super().__init__(over)
        self._desk, self.form = desk, Form()
        self.kind = Segmented([_("Prospect"), _("Customer")], name=_("Kind"))
        self._twin_id = ""
        self._others: set[str] = set()  # of whom the user said that it is not them
        self._located: Task | None = None
        self._province_given = ""
        self._make_fields(words)
        self.map = PlacePicker()
        desk.tasks.run(self.map, map_canvas.load, self.map.set_outlines)
        desk.tasks.read(self.map, account_filters.choices, self._take_choices)
        self.open_twin = Button(_("Open"), kind="warning_ghost", size="sm")
        self.open_twin.clicked.connect(self._open_twin)
        self.other_twin = Button(_("It is another one"), kind="warning_ghost", size="sm")
        self.other_twin.clicked.connect(self._is_another)
        self.twin = Banner("warning", "", "", self.open_twin, self.other_twin)
        self.twin.hide()
        self._lay_out(over)
        self._look = QTimer(self.layer, singleShot=True, interval=_LOOK_MS)
        self._look.timeout.connect(self._find_twin)
        self._where = QTimer(self.layer, singleShot=True, interval=_LOOK_MS)
        self._where.timeout.connect(self._locate)
        for name in ("name", "tax_id", "phone"):
            self.line(name).textEdited.connect(lambda _words: self._look.start())
        for name in ("postcode", "city"):
            self.line(name).textEdited.connect(lambda _words: self._where.start())
        self.line("name").setFocus()

    def _make_fields(self, words: str) -> None:
        names = (
            ("name", _("Name"), words), ("legal_name", _("Legal name"), ""),
            ("tax_id", _("Tax ID"), ""), ("sector", _("Sector"), ""), ("phone", _("Phone"), ""),
            ("email", _("Email"), ""), ("contact", _("Main contact"), ""), ("job", _("Job"), ""),
            ("contact_phone", _("Their phone"), ""), ("frequency", _("Days between visits"), ""),
            ("street", _("Street"), ""), ("postcode", _("Postcode"), ""), ("city", _("Town"), ""),
            ("province", _("Province"), ""), ("hours", _("Opening hours"), ""),
        )  # fmt: skip
        for name, label, value in names:
            check = checks.tax_id if name == "tax_id" else None
            field = Field(label, QLineEdit(value), required=name == "name")
            self.form.add(name, field, check)
        origin, notes = QComboBox(), QPlainTextEdit()
        origin.addItem("–", "")
        for key in ORIGINS:
            origin.addItem(account_filters.origin_words(key), key)
        notes.setFixedHeight(theme.px(54))
        notes.setTabChangesFocus(True)
        self.form.add("segment_id", Field(_("Segment"), QComboBox()))
        self.form.add("source", Field(_("Origin"), origin))
        self.form.add("notes", Field(_("Notes"), notes))
        self.lead = LeadFields(self.form)
        self.kind.clicked.connect(lambda: self.lead.setVisible(self.kind.index == 0))
        self.line("hours").setPlaceholderText("9-14 16:30-20, " + _("Mon closed"))

    def _lay_out(self, over: QWidget) -> None:
        f = self.form.fields
        self.button = save = Button(_("Save"), icon="check", kind="primary", key="Ctrl ↵")
        cancel = Button(_("Cancel"), kind="ghost", key="Esc")
        left = column(
            f["name"], row((f["legal_name"], 3), (f["tax_id"], 2), gap=10),
            row((f["phone"], 2), (f["email"], 3), gap=10),
            row((f["contact"], 3), (f["job"], 2), (f["contact_phone"], 2), gap=10),
            row((f["sector"], 1), (f["segment_id"], 1), gap=10),
            row((f["frequency"], 1), (f["source"], 1), gap=10), self.lead, None, gap=10,
        )  # fmt: skip
        hint = text(_("Click where it is; without a pin, the postcode places it."), "subtle",
                    wrap=True)  # fmt: skip
        right = column(
            f["street"], row((f["postcode"], 2), (f["city"], 3), (f["province"], 3), gap=10),
            (self.map, 1), hint, f["hours"], f["notes"], gap=10,
        )  # fmt: skip
        self._inside = box(row((left, 1), (right, 1), gap=20, margins=(0, 0, 8, 0)))
        self._scroller = scroll(self._inside)
        inside = column(
            row(text(_("New customer or prospect"), "h2"), None, self.kind), self.twin,
            (self._scroller, 1), row(None, cancel, save), gap=12, margins=(22, 18, 16, 18),
        )  # fmt: skip
        self.layer = Layer(over, inside, width=940, name=_("New customer or prospect"))
        self._fit()
        self.layer.resized.connect(self._make_room)
        cancel.clicked.connect(self.layer.close_layer)
        save.clicked.connect(self.save)
        shortcut = QShortcut(QKeySequence("Ctrl+Return"), self.layer)
        shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        shortcut.activated.connect(self.save)

    def _fit(self) -> None:
        """Let the layer be as high as its fields need, within the window."""
        self._make_room()
        self.layer.fit()

    def _make_room(self) -> None:
        room = self.layer.height() - theme.px(200)
        self._scroller.setMinimumHeight(min(self._inside.sizeHint().height() + 4, room))

    def _take_choices(self, choices: dict[str, list[tuple[str, str]]]) -> None:
        editor = self.form.fields["segment_id"].editor
        if isinstance(editor, QComboBox):
            editor.addItem("–", "")
            for id_, words in choices["segment_id"]:
                editor.addItem(words, id_)

    def line(self, name: str) -> QLineEdit:
        editor = self.form.fields[name].editor
        assert isinstance(editor, QLineEdit)  # noqa: S101 - all that are asked for are
        return editor

    def values(self) -> dict[str, str]:
        written = {name: field.value().strip() for name, field in self.form.fields.items()}
        return {**written, "kind": ("prospect", "customer")[self.kind.index]}

    # what the address says

    def _locate(self) -> None:
        task = self._desk.tasks.run(
            self.layer, new_accounts.whereabouts, self._show_where, self.line("postcode").text(),
            self.line("city").text(),
        )  # fmt: skip
        self._located = self._desk.tasks.instead(self._located, task)

    def _show_where(self, where: Whereabouts) -> None:
        province = self.line("province")
        if province.text() == self._province_given:  # not written by hand
            province.setText(where.province)
            self._province_given = where.province
        if where.town and not self.line("city").text():
            self.line("city").setText(where.town)
        if where.lat_e6 is not None and where.lon_e6 is not None:
            self.map.suggest(where.lat_e6, where.lon_e6)

    # who may be there already

    def _find_twin(self) -> None:
        values = self.values()
        if len(values["name"]) > 2 or values["tax_id"] or values["phone"]:
            self._desk.tasks.read(
                self.layer, accounts.duplicates, self._show_twin, values["name"], values["tax_id"],
                values["phone"],
            )  # fmt: skip

    def _show_twin(self, found: list[AccountRow]) -> None:
        found = [row for row in found if row.id not in self._others]
        for part in (self.twin, self.open_twin, self.other_twin):
            part.setVisible(bool(found))
        if found:
            twin = found[0]
            self._twin_id = twin.id
            words = _("It may be there already: {name}, {city}.").format(
                name=twin.name, city=twin.city or "–"
            )
            self.twin.show_message("warning", words)
        self._fit()

    def _is_another(self) -> None:
        self._others.add(self._twin_id)
        self._find_twin()
        self.line("name").setFocus()

    def _open_twin(self) -> None:
        self.layer.close_layer()
        self.opened.emit(self._twin_id)

    # saving

    def save(self) -> None:
        values, place = self.values(), self.map.place
        task = self._desk.tasks.write(self, new_accounts.create, self._saved, values, place)
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
                self.other_twin.hide()
                self.twin.show_message("danger", error.message, error.hint)
            else:
                self._desk.tasks.failed.emit(self, error)
        self._fit()
