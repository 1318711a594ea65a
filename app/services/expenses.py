"""What the rep spends: typed in a line, completed in a form, with the photo of its receipt."""

from __future__ import annotations

import re
import unicodedata
from datetime import date, datetime
from decimal import Decimal
from typing import TypedDict, Unpack

from sqlalchemy.orm import Session

from app import i18n
from app.errors import UserError, ValidationError
from app.i18n import _
from app.models.base import now as saved_now
from app.models.document import Document
from app.models.expense import Expense, ExpenseKind, ExpenseReport
from app.rules import identifiers, money
from app.services import accounts, documents, expense_reports, expense_travel, team
from app.services.expense_reports import AUTOMATIC

# what people call a kind in a quick line, without accents
_CALLED: dict[ExpenseKind, tuple[str, ...]] = {
    ExpenseKind.PARKING: ("aparcamiento", "parking", "parquing"),
    ExpenseKind.TOLL: ("peaje", "toll"),
    ExpenseKind.CUSTOMER_MEAL: ("comida", "almuerzo", "cena", "cafe", "meal", "lunch", "dinner"),
    ExpenseKind.HOTEL: ("hotel", "hostal"),
    ExpenseKind.FUEL: ("gasolina", "gasoil", "diesel", "combustible", "fuel", "petrol"),
    ExpenseKind.TRANSPORT: ("taxi", "tren", "autobus", "metro", "train", "bus", "transporte"),
    ExpenseKind.SHIPPING: ("envio", "correos", "mensajeria", "shipping", "courier"),
    ExpenseKind.MATERIAL: ("material", "papeleria", "stationery"),
    ExpenseKind.MILEAGE: ("kilometraje", "km", "mileage"),
}
_SMALL_WORDS = frozenset({"€", "eur", "euros", "en", "de", "in", "at"})
# a change of one of these changes what is paid
_COMPUTED_FROM = frozenset({"kind", "amount", "metres", "spent_on"})


class ExpenseChanges(TypedDict, total=False):
    """What an expense may change."""

    kind: str
    spent_on: date
    place: str
    reason: str
    amount: Decimal | None
    metres: int | None
    tax_rate: Decimal | None
    tax_amount: Decimal | None
    supplier: str
    supplier_tax_id: str
    invoice_number: str
    paid_by_company: bool
    document_id: str | None
    note: str


def get(session: Session, expense_id: str) -> Expense:
    expense = session.get(Expense, expense_id)
    if expense is None or expense.removed_at is not None:
        raise UserError(_("This expense is no longer here."))
    return expense


def add(
    session: Session,
    *,
    kind: str,
    spent_on: date,
    amount: Decimal | None = None,
    metres: int | None = None,
    place: str = "",
    reason: str = "",
    activity_id: str | None = None,
    account_id: str | None = None,
) -> Expense:
    """Add an expense to the report of its month, or to the next one that is still open.

    Raises `ValidationError` for a negative amount, `UserError` for kilometres without a rate.
    """
    _check(amount, metres)
    expense = Expense(
        user_id=team.my_id(session), kind=kind, spent_on=spent_on, amount=amount, metres=metres,
        report_id=expense_reports.open_report(session, spent_on).id, place=place, reason=reason,
        activity_id=activity_id, account_id=account_id,
    )  # fmt: skip
    expense_travel.compute(session, expense)
    session.add(expense)
    expense_reports.sum_up(session, expense)
    return expense


def _check(amount: Decimal | None, metres: int | None) -> None:
    if amount is not None and amount < 0:
        raise ValidationError("amount", _("An expense cannot be negative."))
    if metres is not None and metres < 0:
        raise ValidationError("kilometres", _("A distance cannot be negative."))


def update(session: Session, expense_id: str, **changes: Unpack[ExpenseChanges]) -> Expense:
    """Change an expense; a computed one becomes the user's own when what it is paid for changes.

    Raises `ValidationError` for what will not do, by the name of the field.
    """
    expense = get(session, expense_id)
    _check(changes.get("amount"), changes.get("metres"))
    if "supplier_tax_id" in changes:
        accounts.check(tax_id=changes["supplier_tax_id"])
        changes["supplier_tax_id"] = identifiers.normalise_tax_id(changes["supplier_tax_id"])
    before = expense.report_id
    for name, value in changes.items():
        setattr(expense, name, value)
    if changes.keys() & _COMPUTED_FROM:
        expense.is_automatic = False
        expense_travel.compute(session, expense)
    if changes.keys() & {"amount", "tax_rate", "kind"} and "tax_amount" not in changes:
        expense.tax_amount = included_tax(expense.amount, expense.tax_rate)
    if "spent_on" in changes:
        expense.report_id = expense_reports.open_report(session, expense.spent_on).id
        _sum_up_report(session, before)
    expense_reports.sum_up(session, expense)
    return expense


def _sum_up_report(session: Session, report_id: str | None) -> None:
    """Bring the report that an expense has left up to date."""
    session.flush()
    left = session.get(ExpenseReport, report_id) if report_id else None
    if left is not None:
        left.total = expense_reports.figures(session, left.month).total


def included_tax(amount: Decimal | None, rate: Decimal | None) -> Decimal | None:
    """Return the tax that a price holds at a rate in percent, or None when either is unknown."""
    if amount is None or rate is None:
        return None
    return money.round_cents(amount - amount / (1 + rate / 100))


def set_overnight(session: Session, expense_id: str, *, overnight: bool) -> Expense:
    """Pay a day away as one with a night, or without. Raises `UserError` when there is no rate."""
    expense = get(session, expense_id)
    kind = expense_travel.NIGHT if overnight else expense_travel.DAY
    rate = expense_travel.rate_on(session, kind, expense.spent_on)
    expense.rate = rate.amount
    expense_travel.compute(session, expense)
    expense_reports.sum_up(session, expense)
    return expense


def remove(session: Session, expense_id: str) -> None:
    expense = get(session, expense_id)
    expense.removed_at = saved_now()
    expense_reports.sum_up(session, expense)


def quick(session: Session, text: str, *, today: date, account_id: str | None = None) -> Expense:
    """Add an expense from one line: «aparcamiento 4,10 xàtiva», «km 42 calp».

    The kind is the word we know, the amount the number (kilometres for mileage), the place the
    rest. A line without a known kind is of kind «other». Raises `ValidationError` when it is empty.
    """
    kind, amount, place = read_line(text)
    metres = None
    if kind == ExpenseKind.MILEAGE and amount is not None:
        metres, amount = int(amount * 1000), None
    return add(
        session, kind=kind, spent_on=today, amount=amount, metres=metres, place=place,
        account_id=account_id,
    )  # fmt: skip


def read_line(text: str) -> tuple[str, Decimal | None, str]:
    """Return the kind, the amount and the place of a quick line."""
    if not text.strip():
        raise ValidationError("quick", _("Write what it was, how much, and where."))
    kind: str = ExpenseKind.OTHER
    amount: Decimal | None = None
    rest: list[str] = []
    for word in text.split():
        plain = _plain(word)
        known = next((k for k, names in _CALLED.items() if plain in names), None)
        if known is not None and kind == ExpenseKind.OTHER:
            kind = known
        elif amount is None and re.search(r"\d", word):
            try:
                amount = money.parse_amount(word, i18n.language())
            except money.NotAnAmount:
                rest.append(word)
        elif plain not in _SMALL_WORDS:
            rest.append(word)
    place = " ".join(rest)
    return kind, amount, place[:1].upper() + place[1:]


def _plain(word: str) -> str:
    decomposed = unicodedata.normalize("NFD", word.lower())
    return "".join(c for c in decomposed if not unicodedata.combining(c)).strip(".,;:")


# receipts


def attach(
    session: Session, expense_id: str, *, name: str, sha256: str, size: int, thumbnail: str,
    at: datetime,
) -> Document:  # fmt: skip
    """Make a picture whose bytes are in the file store the receipt of an expense.

    One that it had before is removed.
    """
    expense = get(session, expense_id)
    if expense.document_id:
        documents.remove(session, expense.document_id)
    kept = documents.add(
        session, name=name, kind="receipt", mime="image/jpeg", sha256=sha256, size=size,
        about="expense", about_id=expense.id, thumbnail=thumbnail, taken_at=at,
    )  # fmt: skip
    expense.document_id = kept.id
    return kept


def is_computed(kind: str) -> bool:
    """Tell whether what a kind pays is computed, and not typed."""
    return kind in AUTOMATIC
