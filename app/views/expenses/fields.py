"""The fields of an expense: editors, labels, and where they stand."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal

from PySide6.QtCore import Signal
from PySide6.QtGui import QFocusEvent, QWheelEvent
from PySide6.QtWidgets import QCheckBox, QComboBox, QLineEdit, QPlainTextEdit, QWidget

from app import i18n
from app.i18n import _
from app.models.expense import ExpenseKind
from app.views import theme
from app.views.expenses import wording as words
from app.views.widgets.date_edit import DateEdit
from app.views.widgets.edits import MoneyEdit, NumberEdit
from app.views.widgets.field import Field, Form
from app.views.widgets.layout import column, row


class _Box(QComboBox):
    """A list that the mouse wheel scrolls past instead of changing it."""

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()


class Select(QWidget):
    """One of several; what may not change is shown as a line that can be read and copied."""

    chosen = Signal(object)

    def __init__(self, name: str) -> None:
        super().__init__()
        self.box, self.fixed = _Box(), QLineEdit()
        self.fixed.setReadOnly(True)
        for part in (self.box, self.fixed):
            part.setAccessibleName(name)
        self.box.activated.connect(lambda _index: self.chosen.emit(self.box.currentData()))
        self.setLayout(column(self.box, self.fixed, gap=0))
        self.setFocusProxy(self.box)
        self.set_fixed(fixed=False)

    def show_choices(self, choices: Sequence[tuple[object, str]], value: object) -> None:
        """Show (value, words) for each, with `value` chosen."""
        self.box.clear()
        for each, said in choices:
            self.box.addItem(said, each)
        at = next((n for n, choice in enumerate(choices) if choice[0] == value), -1)
        self.box.setCurrentIndex(at)
        self.fixed.setText(self.box.currentText())
        self.fixed.setCursorPosition(0)

    def set_fixed(self, *, fixed: bool) -> None:
        self.box.setVisible(not fixed)
        self.fixed.setVisible(fixed)


class Notes(QPlainTextEdit):
    """A few lines of text; `left` when the focus goes elsewhere."""

    left = Signal()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.left.emit()


class ExpenseFields(QWidget):
    """The editors of one expense; which of them are seen depends on its kind."""

    def __init__(self, today: Callable[[], date]) -> None:
        super().__init__()
        self.form = Form()
        self.kind, self.paid = Select(_("Type")), Select(_("Paid with"))
        self.day = DateEdit(_("Date"), today)
        self.amount, self.tax_amount = MoneyEdit(_("Amount")), MoneyEdit(_("VAT amount"))
        self.kilometres = NumberEdit(_("Kilometres"), places=1)
        self.tax = Select(_("VAT included"))
        self.overnight = QCheckBox(_("With a night away from home"))
        self.note = Notes()
        self.note.setTabChangesFocus(True)
        self.note.setFixedHeight(theme.px(58))
        self.lines = {
            name: QLineEdit()
            for name in ("place", "reason", "supplier", "supplier_tax_id", "invoice_number")
        }
        self._lay_out()

    def _lay_out(self) -> None:
        add, line = self.form.add, self.lines
        kind = add("kind", Field(_("Type"), self.kind))
        day = add("spent_on", Field(_("Date"), self.day))
        amount = add("amount", Field(_("Amount"), self.amount, required=True))
        kilometres = add("kilometres", Field(_("Kilometres"), self.kilometres))
        tax = add("tax", Field(_("VAT included"), self.tax))
        tax_amount = add("tax_amount", Field(_("VAT amount"), self.tax_amount))
        number = add("tax_id", Field(_("Tax ID of the supplier"), line["supplier_tax_id"]))
        paid = add("paid", Field(_("Paid with"), self.paid))
        place = add("place", Field(_("Place"), line["place"]))
        reason = add("reason", Field(_("Reason"), line["reason"]))
        supplier = add("supplier", Field(_("Supplier"), line["supplier"]))
        invoice = add("invoice", Field(_("Invoice number"), line["invoice_number"]))
        note = add("note", Field(_("Note"), self.note))
        self.paper = (tax, tax_amount, number, paid, supplier, invoice)
        line["supplier_tax_id"].setPlaceholderText("B00000000")
        line["reason"].setPlaceholderText(_("Visit to El Socarrat"))
        self.setLayout(
            column(
                row((kind, 3), (day, 2), gap=10),
                row((kilometres, 3), (amount, 3), (tax, 3), (tax_amount, 2), gap=10),
                self.overnight, row((number, 1), (paid, 1), gap=10), place, reason,
                row((supplier, 1), (invoice, 1), gap=10), note, None, gap=8,
            )
        )  # fmt: skip

    def show_for(self, kind: str) -> None:
        """Show what this kind of expense has."""
        driven, away = kind == ExpenseKind.MILEAGE, kind == ExpenseKind.PER_DIEM
        self.form.fields["kilometres"].setVisible(driven)
        self.overnight.setVisible(away)
        for field in self.paper:
            field.setVisible(not driven and not away)

    def set_fixed(self, *, fixed: bool, computed: bool, automatic: bool) -> None:
        """Let nothing be changed, or all but what is computed and whose route it is."""
        self.kind.set_fixed(fixed=fixed or automatic)
        self.amount.setReadOnly(fixed or computed)
        self.day.setReadOnly(fixed or automatic)
        for edit in (self.tax_amount, self.kilometres, *self.lines.values()):
            edit.setReadOnly(fixed)
        for select in (self.tax, self.paid):
            select.set_fixed(fixed=fixed)
        self.note.setReadOnly(fixed)
        self.overnight.setEnabled(not fixed)


def kinds() -> list[tuple[str, str]]:
    """Return each kind with its words."""
    return [(str(kind), words.kind(kind)) for kind in ExpenseKind]


def taxes(rates: list[Decimal], current: Decimal | None) -> list[tuple[Decimal | None, str]]:
    """Return the rates of VAT of a day, and none."""
    known = [*rates, *([current] if current is not None and current not in rates else [])]
    return [(None, _("Not said")), *((rate, i18n.percent(rate)) for rate in known)]


def payers() -> list[tuple[bool, str]]:
    return [(False, _("My money")), (True, _("Company card"))]
