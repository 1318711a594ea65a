"""What the rep spends: typed in a line, computed from the day's route, claimed once a month."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple, TypedDict, Unpack

from sqlalchemy import select
from sqlalchemy.orm import Session

from app import i18n
from app.errors import UserError, ValidationError
from app.i18n import _
from app.models.account import Account, Site
from app.models.base import now as saved_now
from app.models.expense import Expense, ExpenseKind, ExpenseReport, ReportState, TravelRate
from app.models.route import RoutePlan, RouteStop
from app.rules import money, travel
from app.services import team

AUTOMATIC = (ExpenseKind.MILEAGE, ExpenseKind.PER_DIEM)
# what people call a kind in a quick line, without accents
_CALLED: dict[ExpenseKind, tuple[str, ...]] = {
    ExpenseKind.PARKING: ("aparcamiento", "parking", "parquing", "car park"),
    ExpenseKind.TOLL: ("peaje", "toll"),
    ExpenseKind.CUSTOMER_MEAL: ("comida", "almuerzo", "cena", "cafe", "meal", "lunch", "dinner"),
    ExpenseKind.HOTEL: ("hotel", "hostal"),
    ExpenseKind.FUEL: ("gasolina", "gasoil", "diesel", "combustible", "fuel", "petrol"),
    ExpenseKind.TRANSPORT: ("taxi", "tren", "autobus", "metro", "train", "bus", "transporte"),
    ExpenseKind.SHIPPING: ("envio", "correos", "mensajeria", "shipping", "courier"),
    ExpenseKind.MATERIAL: ("material", "papeleria", "stationery"),
}


class ExpenseChanges(TypedDict, total=False):
    """What an expense may change."""

    kind: str
    spent_on: date
    place: str
    reason: str
    amount: Decimal | None
    tax_rate: Decimal | None
    tax_amount: Decimal | None
    supplier: str
    supplier_tax_id: str
    invoice_number: str
    paid_by_company: bool
    document_id: str | None
    note: str


class Figures(NamedTuple):
    """The sums of a month; `to_receive` is without what the company paid and the advance."""

    mileage: Decimal
    per_diem: Decimal
    receipts: Decimal
    advance: Decimal
    total: Decimal
    exempt: Decimal
    taxable: Decimal
    to_receive: Decimal


class Problem(NamedTuple):
    """Something to complete: amount, receipt, place, reason or duplicate."""

    expense_id: str
    key: str


def report(session: Session, month: date) -> ExpenseReport:
    """Return the report of the month of `month`, beginning it at the first asking."""
    first = month.replace(day=1)
    me = team.my_id(session)
    found = session.scalars(
        select(ExpenseReport)
        .where(
            ExpenseReport.user_id == me,
            ExpenseReport.month == first,
            ExpenseReport.removed_at.is_(None),
        )
        .order_by(ExpenseReport.id)
        .limit(1)
    ).first()
    if found is None:
        found = ExpenseReport(user_id=me, month=first)
        session.add(found)
        session.flush()
    return found


def find_report(session: Session, month: date) -> ExpenseReport | None:
    """Return the report of a month without beginning one."""
    return session.scalars(
        select(ExpenseReport)
        .where(
            ExpenseReport.user_id == team.my_id(session),
            ExpenseReport.month == month.replace(day=1),
            ExpenseReport.removed_at.is_(None),
        )
        .order_by(ExpenseReport.id)
        .limit(1)
    ).first()


def rows(session: Session, month: date) -> list[Expense]:
    """Return the expenses of a month, newest day first."""
    first = month.replace(day=1)
    following = (first.replace(day=28) + (date(2000, 1, 5) - date(2000, 1, 1))).replace(day=1)
    return list(
        session.scalars(
            select(Expense)
            .where(
                Expense.user_id == team.my_id(session),
                Expense.removed_at.is_(None),
                Expense.spent_on >= first,
                Expense.spent_on < following,
            )
            .order_by(Expense.spent_on.desc(), Expense.id.desc())
        )
    )


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
    place: str = "",
    reason: str = "",
    document_id: str | None = None,
    activity_id: str | None = None,
    account_id: str | None = None,
) -> Expense:
    """Add an expense to its month's report. Raises `ValidationError` for a negative amount."""
    if amount is not None and amount < 0:
        raise ValidationError("amount", _("An expense cannot be negative."))
    expense = Expense(
        user_id=team.my_id(session),
        report_id=_open_report(session, spent_on).id,
        kind=kind,
        spent_on=spent_on,
        amount=amount,
        place=place,
        reason=reason,
        exempt=amount or Decimal(0),
        document_id=document_id,
        activity_id=activity_id,
        account_id=account_id,
    )
    session.add(expense)
    session.flush()
    _sum_up(session, expense)
    return expense


def _open_report(session: Session, day: date) -> ExpenseReport:
    """Return the report that an expense of `day` goes to; a submitted one takes no more."""
    found = report(session, day)
    if found.state != ReportState.DRAFT:
        raise UserError(
            _("The report of {month} has been submitted.").format(month=i18n.month(day)),
            _("Choose a day of this month; older expenses go into the next report."),
        )
    return found


def update(session: Session, expense_id: str, **changes: Unpack[ExpenseChanges]) -> Expense:
    """Change an expense; one that was computed becomes the user's own when its amount changes."""
    expense = get(session, expense_id)
    amount = changes.get("amount")
    if amount is not None and amount < 0:
        raise ValidationError("amount", _("An expense cannot be negative."))
    for name, value in changes.items():
        setattr(expense, name, value)
    if "amount" in changes and expense.kind not in AUTOMATIC:
        expense.exempt, expense.taxable = amount or Decimal(0), Decimal(0)
    if "amount" in changes and expense.is_automatic:
        expense.is_automatic = False
    if "spent_on" in changes:
        expense.report_id = _open_report(session, expense.spent_on).id
    _sum_up(session, expense)
    return expense


def remove(session: Session, expense_id: str) -> None:
    expense = get(session, expense_id)
    expense.removed_at = saved_now()
    _sum_up(session, expense)


def restore(session: Session, expense_id: str) -> None:
    expense = session.get(Expense, expense_id)
    if expense is not None:
        expense.removed_at = None
        _sum_up(session, expense)


def _sum_up(session: Session, expense: Expense) -> None:
    session.flush()
    found = session.get(ExpenseReport, expense.report_id) if expense.report_id else None
    if found is not None and found.state == ReportState.DRAFT:
        found.total = figures(session, found.month).total


def quick(session: Session, text: str, *, today: date) -> Expense:
    """Add an expense from one line: «aparcamiento 4,10 xàtiva».

    The kind is the word we know, the amount the number, the place the rest. A line without a known
    kind is of kind «other». Raises `ValidationError` for an empty line.
    """
    kind, amount, place = read_line(text)
    return add(session, kind=kind, spent_on=today, amount=amount, place=place)


def read_line(text: str) -> tuple[str, Decimal | None, str]:
    """Return the kind, the amount and the place of a quick line."""
    if not text.strip():
        raise ValidationError("quick", _("Write what it was, how much, and where."))
    kind, amount, rest = ExpenseKind.OTHER, None, []
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
        elif plain not in {"€", "eur", "euros", "en", "de", "in", "at"}:
            rest.append(word)
    place = " ".join(rest)
    return kind, amount, place[:1].upper() + place[1:]


def _plain(word: str) -> str:
    decomposed = unicodedata.normalize("NFD", word.lower())
    return "".join(c for c in decomposed if not unicodedata.combining(c)).strip(".,;:")


def mileage(session: Session, day: date) -> Expense | None:
    """Write the kilometres of the day's route as an expense, or bring it up to date.

    One route makes one expense. Returns None without a route, or when the user has made the
    expense their own. Raises `UserError` when the company has no rate for the day.
    """
    route = session.scalars(
        select(RoutePlan)
        .where(
            RoutePlan.user_id == team.my_id(session),
            RoutePlan.day == day,
            RoutePlan.removed_at.is_(None),
        )
        .limit(1)
    ).first()
    if route is None or not route.drive_m:
        return None
    expense = session.scalars(select(Expense).where(Expense.route_plan_id == route.id)).first()
    if expense is not None and not expense.is_automatic:
        return None
    rate = _rate(session, "mileage", day)
    paid = travel.mileage(route.drive_m, rate)
    if expense is None:
        expense = Expense(
            user_id=route.user_id, report_id=_open_report(session, day).id, spent_on=day,
            kind=ExpenseKind.MILEAGE, route_plan_id=route.id, is_automatic=True,
        )  # fmt: skip
        session.add(expense)
    expense.metres, expense.rate, expense.removed_at = route.drive_m, rate.amount, None
    expense.amount, expense.exempt, expense.taxable = paid.amount, paid.exempt, paid.taxable
    towns, names = _visited(session, route)
    expense.place = ", ".join(dict.fromkeys(towns))
    expense.reason = _("Visits: {names}").format(names=", ".join(names))
    session.flush()
    _sum_up(session, expense)
    return expense


def _rate(session: Session, kind: str, day: date) -> travel.Rate:
    known = session.scalars(select(TravelRate).where(TravelRate.removed_at.is_(None)))
    rates = [
        travel.Rate(r.kind, r.amount, r.exempt, r.valid_from, r.valid_to, r.abroad) for r in known
    ]
    try:
        return travel.rate_on(rates, kind, day)
    except travel.NoRate as error:
        raise UserError(
            _("Your company has no mileage rate for {day}.").format(day=i18n.day_numeric(day)),
            _("Ask the office for it; it comes with the next sync."),
        ) from error


def _visited(session: Session, route: RoutePlan) -> tuple[list[str], list[str]]:
    found = session.execute(
        select(Site.city, Account.name)
        .select_from(RouteStop)
        .join(Account, Account.id == RouteStop.account_id)
        .outerjoin(Site, Site.id == RouteStop.site_id)
        .where(RouteStop.route_plan_id == route.id, RouteStop.removed_at.is_(None))
        .order_by(RouteStop.position)
    ).all()
    return [city for city, _name in found if city], [name for _city, name in found]


def figures(session: Session, month: date) -> Figures:
    """Return the sums of a month."""
    expenses = [e for e in rows(session, month) if e.amount is not None]
    found = find_report(session, month)
    advance = found.advance if found else Decimal(0)

    def add_up(chosen: Iterable[Expense]) -> Decimal:
        return sum((e.amount or Decimal(0) for e in chosen), Decimal("0.00"))

    total = add_up(expenses)
    return Figures(
        add_up(e for e in expenses if e.kind == ExpenseKind.MILEAGE),
        add_up(e for e in expenses if e.kind == ExpenseKind.PER_DIEM),
        add_up(e for e in expenses if e.kind not in AUTOMATIC),
        advance,
        total,
        sum((e.exempt for e in expenses), Decimal("0.00")),
        sum((e.taxable for e in expenses), Decimal("0.00")),
        total - add_up(e for e in expenses if e.paid_by_company) - advance,
    )


def problems(session: Session, month: date) -> list[Problem]:
    """Return what should be completed before the report goes out; none of it blocks."""
    found = []
    seen: set[tuple[date, Decimal, str]] = set()
    for expense in rows(session, month):
        automatic = expense.kind in AUTOMATIC
        if expense.amount is None:
            found.append(Problem(expense.id, "amount"))
        if not automatic and not expense.document_id:
            found.append(Problem(expense.id, "receipt"))
        if not expense.place:
            found.append(Problem(expense.id, "place"))
        if not expense.reason:
            found.append(Problem(expense.id, "reason"))
        if expense.amount is not None and not automatic:
            twin = (expense.spent_on, expense.amount, expense.supplier.casefold())
            if twin in seen:
                found.append(Problem(expense.id, "duplicate"))
            seen.add(twin)
    return found


def submit(session: Session, month: date, *, now: datetime) -> ExpenseReport:
    """Submit a month's report and freeze it; expenses without an amount move to the next month.

    Raises `ValidationError` when there is nothing to submit.
    """
    claim = report(session, month)
    if claim.state != ReportState.DRAFT:
        return claim
    expenses = rows(session, month)
    if not any(e.amount is not None for e in expenses):
        raise ValidationError("report", _("There is nothing to submit this month."))
    following = (claim.month.replace(day=28) + (date(2000, 1, 5) - date(2000, 1, 1))).replace(day=1)
    for expense in expenses:
        if expense.amount is None:
            expense.spent_on = following
            expense.report_id = report(session, following).id
    session.flush()
    claim.total = figures(session, month).total
    claim.state, claim.submitted_at = ReportState.SUBMITTED, now
    session.flush()
    return claim
