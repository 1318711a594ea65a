"""The claim of a month: which expenses it holds, what they add up to, and how it goes out.

An expense is claimed with the report of its month, and when that has gone out already, with the
next one that has not: the day on which it was spent stays true.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import NamedTuple

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from app.errors import ValidationError
from app.i18n import _
from app.models.expense import Expense, ExpenseKind, ExpenseReport, ReportState
from app.services import team

ONE_DAY = timedelta(days=1)
AUTOMATIC = (ExpenseKind.MILEAGE, ExpenseKind.PER_DIEM)
# most serious first; `reason` and `place` are what the law asks of each expense
PROBLEMS = ("amount", "duplicate", "receipt", "tax_id", "place", "reason")


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
    """Something to complete, by its key in PROBLEMS."""

    expense_id: str
    key: str


def first_of(day: date) -> date:
    return day.replace(day=1)


def following(month: date) -> date:
    """Return the first day of the month after that of `month`."""
    return (month.replace(day=28) + timedelta(days=4)).replace(day=1)


def find_report(session: Session, month: date) -> ExpenseReport | None:
    """Return the report of the month of `month`, without beginning one."""
    return session.scalars(
        select(ExpenseReport)
        .where(
            ExpenseReport.user_id == team.my_id(session),
            ExpenseReport.month == first_of(month),
            ExpenseReport.removed_at.is_(None),
        )
        .order_by(ExpenseReport.id)
        .limit(1)
    ).first()


def report(session: Session, month: date) -> ExpenseReport:
    """Return the report of the month of `month`, beginning it at the first asking."""
    found = find_report(session, month)
    if found is None:
        found = ExpenseReport(user_id=team.my_id(session), month=first_of(month))
        session.add(found)
        session.flush()
    return found


def open_report(session: Session, day: date) -> ExpenseReport:
    """Return the report that claims an expense of `day`: of its month, or the next still open."""
    found = report(session, day)
    while found.state != ReportState.DRAFT:
        found = report(session, following(found.month))
    return found


def is_open(session: Session, expense: Expense) -> bool:
    """Tell whether an expense may change: its report has not gone out."""
    found = session.get(ExpenseReport, expense.report_id) if expense.report_id else None
    return found is None or found.state == ReportState.DRAFT


def rows(session: Session, month: date) -> list[Expense]:
    """Return the expenses that are claimed with a month, newest day first."""
    first = first_of(month)
    unclaimed = and_(
        Expense.report_id.is_(None),
        Expense.spent_on >= first,
        Expense.spent_on < following(first),
    )
    return list(
        session.scalars(
            select(Expense)
            .outerjoin(ExpenseReport, ExpenseReport.id == Expense.report_id)
            .where(
                Expense.user_id == team.my_id(session),
                Expense.removed_at.is_(None),
                or_(ExpenseReport.month == first, unclaimed),
            )
            .order_by(Expense.spent_on.desc(), Expense.id.desc())
        )
    )


def month_of(session: Session, day: date) -> date:
    """Return the month in which an expense of `day` is to be looked for: one to complete first."""
    months = session.scalars(
        select(ExpenseReport.month)
        .join(Expense, Expense.report_id == ExpenseReport.id)
        .where(
            Expense.user_id == team.my_id(session),
            Expense.spent_on == day,
            Expense.removed_at.is_(None),
            Expense.amount.is_(None),
        )
        .order_by(ExpenseReport.month.desc())
        .limit(1)
    ).first()
    return months or first_of(day)


def add_up(expenses: Iterable[Expense], advance: Decimal = Decimal(0)) -> Figures:
    """Return the sums of `expenses`; one without an amount counts for nothing yet."""
    known = [expense for expense in expenses if expense.amount is not None]

    def amounts(chosen: Iterable[Expense]) -> Decimal:
        return sum((e.amount or Decimal(0) for e in chosen), Decimal("0.00"))

    total = amounts(known)
    return Figures(
        amounts(e for e in known if e.kind == ExpenseKind.MILEAGE),
        amounts(e for e in known if e.kind == ExpenseKind.PER_DIEM),
        amounts(e for e in known if e.kind not in AUTOMATIC),
        advance,
        total,
        sum((e.exempt for e in known), Decimal("0.00")),
        sum((e.taxable for e in known), Decimal("0.00")),
        total - amounts(e for e in known if e.paid_by_company) - advance,
    )


def figures(session: Session, month: date) -> Figures:
    """Return the sums of a month."""
    found = find_report(session, month)
    return add_up(rows(session, month), found.advance if found else Decimal(0))


def by_kind(expenses: Iterable[Expense]) -> list[tuple[str, Decimal]]:
    """Return what each kind amounts to, in the order of ExpenseKind, without empty ones."""
    sums: dict[str, Decimal] = {}
    for expense in expenses:
        if expense.amount is not None:
            sums[expense.kind] = sums.get(expense.kind, Decimal("0.00")) + expense.amount
    order = [str(kind) for kind in ExpenseKind]
    known = sorted(sums, key=lambda kind: order.index(kind) if kind in order else len(order))
    return [(kind, sums[kind]) for kind in known]


def sum_up(session: Session, expense: Expense) -> None:
    """Write into the report of `expense` what it amounts to now."""
    session.flush()
    found = session.get(ExpenseReport, expense.report_id) if expense.report_id else None
    if found is not None and found.state == ReportState.DRAFT:
        found.total = figures(session, found.month).total


def problems(session: Session, month: date) -> list[Problem]:
    """Return what should be completed before the report goes out; none of it blocks."""
    found: list[Problem] = []
    seen: set[tuple[date, Decimal, str]] = set()
    for expense in reversed(rows(session, month)):  # of two alike, the later one is asked about
        keys = {key for key, missing in _missing(expense) if missing}
        if expense.amount is not None and expense.kind not in AUTOMATIC:
            twin = (expense.spent_on, expense.amount, expense.supplier.casefold())
            keys |= {"duplicate"} if twin in seen else set()
            seen.add(twin)
        found += [Problem(expense.id, key) for key in PROBLEMS if key in keys]
    return found


def _missing(expense: Expense) -> list[tuple[str, bool]]:
    paper = expense.kind not in AUTOMATIC
    return [
        ("amount", expense.amount is None),
        ("receipt", paper and not expense.document_id),
        ("tax_id", paper and bool(expense.tax_amount) and not expense.supplier_tax_id),
        ("place", not expense.place.strip()),
        ("reason", not expense.reason.strip()),
    ]


def submit(session: Session, month: date, *, now: datetime) -> ExpenseReport:
    """Submit a month's report and freeze it; expenses without an amount move to the next one.

    Raises `ValidationError` when there is nothing to submit.
    """
    claim = report(session, month)
    if claim.state != ReportState.DRAFT:
        return claim
    expenses = rows(session, month)
    if not any(e.amount is not None for e in expenses):
        raise ValidationError("report", _("There is nothing to submit this month."))
    for expense in expenses:
        if expense.amount is None:
            expense.report_id = open_report(session, following(claim.month)).id
        elif expense.report_id is None:
            expense.report_id = claim.id
    session.flush()
    claim.total = figures(session, month).total
    claim.state, claim.submitted_at = ReportState.SUBMITTED, now
    session.flush()
    return claim
