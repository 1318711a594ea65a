"""How the screen of expenses names things: kinds, what is missing, months, days."""

from __future__ import annotations

from datetime import date

from app import i18n
from app.i18n import _
from app.models.expense import ExpenseKind
from app.views.widgets import wording


def month_name(month: date) -> str:
    words = i18n.month(month)
    return words[:1].upper() + words[1:]


def kind(key: str) -> str:
    return wording.expense_kind(key)[0]


def title(key: str, *, overnight: bool = False) -> str:
    """Return what an expense is, as a heading."""
    if key == ExpenseKind.MILEAGE:
        return _("Mileage of the route")
    if key == ExpenseKind.PER_DIEM:
        return _("Per diem with a night") if overnight else _("Per diem without a night")
    return kind(key)


def problem(key: str) -> str:
    """Return what an expense lacks, as a chip says it."""
    return {
        "amount": _("Amount missing"),
        "duplicate": _("Entered twice?"),
        "receipt": _("Receipt missing"),
        "tax_id": _("Tax ID missing"),
        "place": _("Place missing"),
        "reason": _("Reason missing"),
    }.get(key, "")
