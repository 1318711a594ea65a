"""The fields of an expense: editors, labels, and where they stand."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QCheckBox, QComboBox, QLineEdit, QPlainTextEdit, QWidget

from app import i18n
from app.i18n import _
from app.models.expense import ExpenseKind
from app.services.expense_view import Detail
from app.views import theme
from app.views.expenses import wording as words
from app.views.widgets import checks
from app.views.widgets.date_edit import DateEdit, written_day
from app.views.widgets.edits import MoneyEdit, NumberEdit, number_text
from app.views.widgets.field import Choosing, Field
from app.views.widgets.form import Form, Verdict
from app.views.widgets.layout import column, row


class _Box(QComboBox):
    """A list that the mouse wheel scrolls past instead of changing it."""

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()


class Select(Choosing):
    """One of several; what may not change is shown as a line that can be read and copied."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.box, self.fixed = _Box(), QLineEdit()
        self.fixed.setReadOnly(True)
        for part in (self.box, self.fixed):
            part.setAccessibleName(name)
        self.box.activated.connect(lambda _index: self.changed.emit())
        self.setLayout(column(self.box, self.fixed, gap=0))
        self.setFocusProxy(self.box)
        self.set_fixed(fixed=False)

    def show_choices(self, choices: Sequence[tuple[object, str]]) -> None:
        """Show (what it stands for, words) for each; what is chosen stays so."""
        if list(choices) != [(self.box.itemData(n), self.box.itemText(n))
                             for n in range(self.box.count())]:  # fmt: skip
            chosen = self.value()
            self.box.clear()
            for each, said in choices:
                self.box.addItem(said, each)
            self.show_value(chosen)

    @property
    def chosen(self) -> Any:
        """What the choice stands for."""
        return self.box.currentData()

    def value(self) -> str:
        return self.box.currentText()

    def show_value(self, words: str) -> None:
        self.box.setCurrentIndex(self.box.findText(words))
        self.fixed.setText(self.box.currentText())
        self.fixed.setCursorPosition(0)

    def set_fixed(self, *, fixed: bool) -> None:
        self.box.setVisible(not fixed)
        self.fixed.setVisible(fixed)


class ExpenseFields(QWidget):
    """The editors of one expense; which of them are seen depends on its kind."""

    def __init__(self, today: Callable[[], date]) -> None:
        super().__init__()
        self.form, self._today = Form(), today
        self.kind, self.paid = Select(_("Type")), Select(_("Paid with"))
        self.day = DateEdit(_("Date"), today)
        self.amount, self.tax_amount = MoneyEdit(_("Amount")), MoneyEdit(_("VAT amount"))
        self.kilometres = NumberEdit(_("Kilometres"), places=1)
        self.tax = Select(_("VAT included"))
        self.overnight = QCheckBox(_("With a night away from home"))
        self.note = QPlainTextEdit()
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
        day = add("spent_on", Field(_("Date"), self.day), _check_day)
        amount = add("amount", Field(_("Amount"), self.amount, required=True))
        kilometres = add("kilometres", Field(_("Kilometres"), self.kilometres))
        tax = add("tax", Field(_("VAT included"), self.tax))
        tax_amount = add("tax_amount", Field(_("VAT amount"), self.tax_amount))
        overnight = add("overnight", Field(_("With a night away from home"), self.overnight))
        overnight.label.hide()
        number = add(
            "tax_id", Field(_("Tax ID of the supplier"), line["supplier_tax_id"]), checks.tax_id
        )
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
                overnight, row((number, 1), (paid, 1), gap=10), place, reason,
                row((supplier, 1), (invoice, 1), gap=10), note, None, gap=8,
            )
        )  # fmt: skip

    def show_for(self, kind: str) -> None:
        """Show what this kind of expense has."""
        driven, away = kind == ExpenseKind.MILEAGE, kind == ExpenseKind.PER_DIEM
        self.form.fields["kilometres"].setVisible(driven)
        self.form.fields["overnight"].setVisible(away)
        for field in self.paper:
            field.setVisible(not driven and not away)

    def show_choices(self, shown: Detail) -> None:
        """Show what there is to choose from; what is chosen comes with the values."""
        self.kind.show_choices(kinds())
        self.tax.show_choices(taxes(shown.tax_rates, shown.expense.tax_rate))
        self.paid.show_choices(payers())

    def values(self, shown: Detail) -> dict[str, str]:
        """Return what an expense says, as the fields write it."""
        e = shown.expense
        return {
            "kind": words.kind(e.kind), "spent_on": written_day(e.spent_on, self._today()),
            "amount": _money(e.amount), "tax_amount": _money(e.tax_amount),
            "kilometres": number_text(Decimal(e.metres or 0) / 1000),
            "tax": _tax(e.tax_rate), "paid": dict(payers())[e.paid_by_company],
            "overnight": "1" if shown.is_overnight else "", "tax_id": e.supplier_tax_id,
            "place": e.place, "reason": e.reason, "supplier": e.supplier,
            "invoice": e.invoice_number, "note": e.note,
        }  # fmt: skip

    def change(self, name: str) -> dict[str, Any]:
        """Return what a field holds, by what the expense calls it."""
        match name:
            case "spent_on":
                return {"spent_on": self.day.day}
            case "amount":
                return {"amount": self.amount.amount}
            case "tax_amount":
                return {"tax_amount": self.tax_amount.amount}
            case "kilometres":
                return {"metres": int(self.kilometres.number * 1000) or None}
            case "kind":
                return {"kind": self.kind.chosen}
            case "tax":
                return {"tax_rate": self.tax.chosen}
            case "paid":
                return {"paid_by_company": self.paid.chosen}
            case "overnight":
                return {"overnight": self.overnight.isChecked()}
        column_ = {"tax_id": "supplier_tax_id", "invoice": "invoice_number"}.get(name, name)
        return {column_: self.form.fields[name].value().strip()}

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


def _check_day(value: str) -> Verdict | None:
    return None if value else Verdict(_("Fill this in."))


def kinds() -> list[tuple[str, str]]:
    """Return each kind with its words."""
    return [(str(kind), words.kind(kind)) for kind in ExpenseKind]


def taxes(rates: list[Decimal], current: Decimal | None) -> list[tuple[Decimal | None, str]]:
    """Return the rates of VAT of a day, and none."""
    known = [*rates, *([current] if current is not None and current not in rates else [])]
    return [(rate, _tax(rate)) for rate in (None, *known)]


def _tax(rate: Decimal | None) -> str:
    return _("Not said") if rate is None else i18n.percent(rate)


def _money(amount: Decimal | None) -> str:
    return "" if amount is None else i18n.money(amount)


def payers() -> list[tuple[bool, str]]:
    return [(False, _("My money")), (True, _("Company card"))]
