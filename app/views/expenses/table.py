"""The columns of the list of expenses."""

from __future__ import annotations

from dataclasses import dataclass

from app import i18n
from app.i18n import _, ngettext
from app.models.expense import ExpenseKind
from app.services.expense_view import ExpenseRow
from app.views.expenses import wording as words
from app.views.paged_table import Column
from app.views.widgets import wording
from app.views.widgets.cells import ChipCell, IconCell, Number, Thumbnail, TwoLine


@dataclass(frozen=True)
class Photo(Thumbnail):
    """The picture of a receipt, without words on the screen."""

    def __str__(self) -> str:
        return _("Receipt")


def columns() -> list[Column]:
    return [
        Column("day", _("Date"), _day, width=78, sortable=False),
        Column("what", _("Expense"), _what, sortable=False),
        Column("photo", _("Photo"), _photo, width=60, sortable=False),
        Column("state", _("State"), _state, width=150, sortable=False),
        Column("amount", _("Amount"), _amount, width=98, right=True, sortable=False),
        Column("mark", "", _mark, width=36, sortable=False),
    ]


def _day(expense: ExpenseRow) -> str:
    return i18n.day_short(expense.spent_on).split(" ", 1)[1]


def _what(expense: ExpenseRow) -> TwoLine:
    icon = wording.expense_kind(expense.kind)[1]
    title = words.title(expense.kind, overnight=expense.is_overnight)
    return TwoLine(title, below(expense), icon=icon)


def below(expense: ExpenseRow) -> str:
    """Return what stands under the name of an expense."""
    if expense.kind == ExpenseKind.MILEAGE:
        stops = ngettext("{n} stop", "{n} stops", expense.stops).format(n=expense.stops)
        km = i18n.kilometres(expense.metres or 0)
        return " · ".join([*([stops] if expense.stops else []), km, *filter(None, [expense.place])])
    if expense.kind == ExpenseKind.PER_DIEM:
        exempt = (expense.amount or 0) - expense.taxable
        limit = _("Exempt up to {amount}").format(amount=i18n.money(exempt))
        return " · ".join(part for part in (limit, expense.place) if part)
    return " · ".join(part for part in (expense.place, expense.supplier, expense.reason) if part)


def _photo(expense: ExpenseRow) -> Photo | str:
    return Photo(expense.thumbnail, "") if expense.thumbnail else ""


def _state(expense: ExpenseRow) -> ChipCell | str:
    if expense.problem:
        return ChipCell(words.problem(expense.problem), "warning", "triangle-alert")
    if expense.is_automatic:
        return _("Automatic")
    return _("Company card") if expense.by_company else _("Ready")


def _amount(expense: ExpenseRow) -> Number:
    return Number("–" if expense.amount is None else i18n.money(expense.amount))


def _mark(expense: ExpenseRow) -> IconCell:
    if expense.is_local:
        return IconCell("cloud-off", "warning", _("Only on this computer"))
    return IconCell("", "", "")
