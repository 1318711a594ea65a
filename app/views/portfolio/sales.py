"""What a customer bought and owes, as the office's books say: to be read, not changed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal

from PySide6.QtWidgets import QWidget

from app import i18n
from app.i18n import _, ngettext
from app.services import account_sales
from app.services.account_page import AccountPage, Bill
from app.services.account_sales import SalesRow
from app.views.tasks import Task
from app.views.widgets.button import Segmented
from app.views.widgets.layout import card, column, row, text
from app.views.widgets.notices import EmptyState
from app.views.widgets.page import Desk
from app.views.widgets.plain_table import Cell, PlainTable


class SalesTab(QWidget):
    """Sales by month, family or product beside the invoices with what is owed of them."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._task: Task | None = None
        self._account, self._today = "", date.min
        self.view = Segmented([_("Month"), _("Family"), _("Product")], name=_("Sales by"))
        self.view.clicked.connect(self._load)
        self.table = PlainTable(
            _("Sales"), (_("What"), _("Units"), _("12 months"), _("Before"), _("Difference"))
        )
        self.bills = PlainTable(
            _("Invoices"),
            (_("Invoice"), _("Issued"), _("Due"), _("Total"), _("Paid"), _("Overdue")),
            spare=(1, 4),
        )
        self.source = text("", "subtle", wrap=True)
        self.owed = text("", "muted")
        self.empty = EmptyState(
            "receipt", _("No sales figures yet"),
            _("The office's invoices and payments come with the next sync."),
        )  # fmt: skip
        self.content = QWidget()
        self.content.setLayout(
            row(
                (card(row(text(_("Sales"), "h2"), None, self.view), (self.table, 1)), 5),
                (
                    card(
                        row(text(_("Invoices and payments"), "h2"), None, self.owed),
                        (self.bills, 1), self.source,
                    ),
                    6,
                ),
                gap=14,
            )
        )  # fmt: skip
        self.setLayout(column((self.content, 1), (self.empty, 1), gap=0))

    def show_page(self, shown: AccountPage, today: date) -> None:
        self._account, self._today = shown.account.id, today
        self.empty.setVisible(not shown.has_sales)
        self.content.setVisible(shown.has_sales)
        f = shown.figures
        self.owed.setText(_("Owes {amount}").format(amount=i18n.money(f.balance)))
        self.bills.show_rows([_bill(bill, today) for bill in shown.invoices])
        heard = i18n.moment(shown.heard_at) if shown.heard_at else ""
        self.source.setText(
            _("From the office's books, {when}; they cannot be changed here.").format(when=heard)
            if heard
            else _("From the office's books; they cannot be changed here.")
        )
        if shown.has_sales:
            self._load()

    def _load(self) -> None:
        works: tuple[Callable[..., list[SalesRow]], ...] = (
            account_sales.by_month, account_sales.by_family, account_sales.by_product,
        )  # fmt: skip
        work = works[self.view.index]
        task = self._desk.tasks.read(self, work, self._show, self._account, self._today)
        self._task = self._desk.tasks.instead(self._task, task)

    def _show(self, rows: list[SalesRow]) -> None:
        heads = (
            (str(self._today.year), str(self._today.year - 1))
            if self.view.index == 0
            else (_("12 months"), _("Before"))
        )
        for n, words in enumerate(heads, 2):
            item = self.table.horizontalHeaderItem(n)
            if item is not None:
                item.setText(words)
        self.table.setColumnHidden(1, self.view.index == 0)
        self.table.show_rows([_sold(sold) for sold in rows])


def _sold(sold: SalesRow) -> list[Cell]:
    change, tone = _change(sold.now, sold.before)
    return [
        (sold.name, ""), ("–" if sold.units is None else i18n.number(sold.units), ""),
        (_amount(sold.now), ""), (_amount(sold.before), ""), (change, tone),
    ]  # fmt: skip


def _amount(amount: Decimal) -> str:
    return i18n.money(amount, decimals=0) if amount else "–"


def _change(now: Decimal, before: Decimal) -> Cell:
    if not before or not now:
        return "–", ""
    percent = round((now - before) / before * 100)
    sign = "+" if percent > 0 else ""
    return sign + i18n.percent(percent), "success" if percent >= 0 else "danger"


def _bill(bill: Bill, today: date) -> list[Cell]:
    late = (today - bill.due_on).days if bill.due_on and bill.pending > 0 else 0
    due = i18n.day_numeric(bill.due_on) if bill.due_on else "–"
    overdue = ngettext("{n} day", "{n} days", late).format(n=late) if late > 0 else "–"
    return [
        (bill.number, ""),
        (i18n.day_numeric(bill.issued_on), ""), (due, ""),
        (i18n.money(bill.total), ""), (i18n.money(bill.total - bill.pending), ""),
        (overdue, "danger" if late > 0 else ""),
    ]  # fmt: skip
