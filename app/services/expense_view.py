"""The month of expenses as its screen shows it: the claim, its rows, and one of them in full."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from app.models.account import Account
from app.models.document import Document
from app.models.expense import Expense, ExpenseKind, ExpenseReport, ReportState
from app.models.journal import Operation
from app.models.product import TaxRate
from app.models.route import RouteStop
from app.models.sync_state import Draft
from app.rules import travel
from app.services import drafts, expense_reports, expense_travel, expenses
from app.services.expense_reports import PROBLEMS, Figures, Problem

FORM, QUICK = "expense", "expense_quick"


class MonthView(NamedTuple):
    """A month's claim: where it stands, what it adds up to, what is to be completed."""

    month: date
    state: str
    submitted_at: datetime | None
    figures: Figures
    ids: list[str]
    metres: int
    rate: Decimal | None  # per kilometre, when it is the same on all days
    days: int
    nights: int
    receipts: int
    with_photo: int
    to_complete: list[str]  # expense ids, those without an amount first
    without_amount: int
    typing: list[str]  # expenses that were being written when the program stopped
    quick: str  # the same of the quick line


class ExpenseRow(NamedTuple):
    """A row of the list."""

    id: str
    kind: str
    spent_on: date
    place: str
    reason: str
    supplier: str
    amount: Decimal | None
    taxable: Decimal
    metres: int | None
    stops: int
    is_overnight: bool
    is_automatic: bool
    by_company: bool
    thumbnail: str
    problem: str  # the most serious one, or ""
    is_local: bool


class Incomplete(NamedTuple):
    """An expense of a claim that lacks something; one without an amount does not go out."""

    kind: str
    spent_on: date
    place: str
    problem: str


class ClaimView(NamedTuple):
    """What goes out with a claim, by kind, and what should be completed before."""

    month: date
    by_kind: list[tuple[str, Decimal]]
    figures: Figures
    incomplete: list[Incomplete]


class Detail(NamedTuple):
    """All that the panel of an expense shows, from one snapshot."""

    expense: Expense
    document: Document | None
    report: ExpenseReport | None
    problems: list[str]  # most serious first
    rate: travel.Rate | None  # by which it is computed
    stops: int
    is_overnight: bool
    tax_rates: list[Decimal]
    account: str
    draft: dict[str, Any] | None

    @property
    def is_open(self) -> bool:
        return self.report is None or self.report.state == ReportState.DRAFT


def month_view(session: Session, month: date) -> MonthView:
    claim = expense_reports.find_report(session, month)
    found = expense_reports.rows(session, month)
    missing = _problems(session, month)
    urgent = dict.fromkeys(p.expense_id for p in missing if p.key == "amount")
    paper = [e for e in found if not expenses.is_computed(e.kind)]
    driven = [e for e in found if e.kind == ExpenseKind.MILEAGE and e.metres]
    rates = {e.rate for e in driven}
    away = [expense_travel.is_overnight(session, e) for e in found if e.kind == "per_diem"]
    typed = set(session.scalars(select(Draft.row_id).where(Draft.form == FORM)))
    return MonthView(
        expense_reports.first_of(month),
        claim.state if claim else ReportState.DRAFT,
        claim.submitted_at if claim else None,
        expense_reports.add_up(found, claim.advance if claim else Decimal(0)),
        [e.id for e in found],
        sum(e.metres or 0 for e in driven),
        next(iter(rates)) if len(rates) == 1 else None,
        away.count(False),
        away.count(True),
        len(paper),
        sum(1 for e in paper if e.document_id),
        list(dict.fromkeys([*urgent, *(p.expense_id for p in missing)])),
        len(urgent),
        [e.id for e in found if e.id in typed],
        str((drafts.find(session, QUICK) or {}).get("text", "")),
    )


def rows(session: Session, ids: Sequence[str]) -> list[ExpenseRow]:
    found = list(session.scalars(select(Expense).where(Expense.id.in_(ids))))
    problem: dict[str, str] = {}
    for month in {month_of(session, expense) for expense in found}:
        for each in _problems(session, month):
            problem.setdefault(each.expense_id, each.key)
    stops = _stops(session, [e.route_plan_id for e in found if e.route_plan_id])
    pictures = _thumbnails(session, [e.document_id for e in found if e.document_id])
    local = set(
        session.scalars(
            select(Operation.row_id).where(
                Operation.entity == "expense",
                Operation.row_id.in_(ids),
                Operation.state.in_(("pending", "in_flight")),
            )
        )
    )
    return [
        ExpenseRow(
            e.id, e.kind, e.spent_on, e.place, e.reason, e.supplier, e.amount, e.taxable, e.metres,
            stops.get(e.route_plan_id or "", 0), expense_travel.is_overnight(session, e),
            e.is_automatic, e.paid_by_company, pictures.get(e.document_id or "", ""),
            problem.get(e.id, ""), e.id in local,
        )
        for e in found
    ]  # fmt: skip


def month_of(session: Session, expense: Expense) -> date:
    """Return the month with which an expense is claimed."""
    report = session.get(ExpenseReport, expense.report_id) if expense.report_id else None
    return report.month if report else expense_reports.first_of(expense.spent_on)


def _problems(session: Session, month: date) -> list[Problem]:
    """Return what is to be completed; nothing once the claim has gone out."""
    claim = expense_reports.find_report(session, month)
    draft = claim is None or claim.state == ReportState.DRAFT
    return expense_reports.problems(session, month) if draft else []


def _stops(session: Session, route_ids: Sequence[str]) -> dict[str, int]:
    counted = session.execute(
        select(RouteStop.route_plan_id, func.count())
        .where(RouteStop.route_plan_id.in_(route_ids), RouteStop.removed_at.is_(None))
        .group_by(RouteStop.route_plan_id)
    )
    return dict(counted.all())


def _thumbnails(session: Session, document_ids: Sequence[str]) -> dict[str, str]:
    found = session.execute(
        select(Document.id, Document.thumbnail).where(Document.id.in_(document_ids))
    )
    return dict(found.all())


def detail(session: Session, expense_id: str) -> Detail:
    """Return an expense in full. Raises `UserError` when it is no longer here."""
    expense = expenses.get(session, expense_id)
    report = session.get(ExpenseReport, expense.report_id) if expense.report_id else None
    missing = _problems(session, month_of(session, expense))
    keys = {problem.key for problem in missing if problem.expense_id == expense_id}
    account = session.get(Account, expense.account_id) if expense.account_id else None
    overnight = expense_travel.is_overnight(session, expense)
    return Detail(
        expense,
        session.get(Document, expense.document_id) if expense.document_id else None,
        report,
        [key for key in PROBLEMS if key in keys],
        _rate(session, expense, overnight=overnight),
        _stops(session, [expense.route_plan_id]).get(expense.route_plan_id, 0)
        if expense.route_plan_id
        else 0,
        overnight,
        _tax_rates(session, expense.spent_on),
        account.name if account else "",
        drafts.find(session, FORM, expense_id),
    )


def claim(session: Session, month: date) -> ClaimView:
    """Return what would go out if the claim of `month` were submitted now."""
    found = expense_reports.rows(session, month)
    report = expense_reports.find_report(session, month)
    missing: dict[str, str] = {}
    for problem in expense_reports.problems(session, month):
        missing.setdefault(problem.expense_id, problem.key)
    return ClaimView(
        expense_reports.first_of(month),
        expense_reports.by_kind(found),
        expense_reports.add_up(found, report.advance if report else Decimal(0)),
        [
            Incomplete(e.kind, e.spent_on, e.place, missing[e.id])
            for e in sorted(found, key=lambda e: (e.amount is not None, e.spent_on))
            if e.id in missing
        ],
    )


def _rate(session: Session, expense: Expense, *, overnight: bool) -> travel.Rate | None:
    if not expenses.is_computed(expense.kind):
        return None
    kind = expense_travel.NIGHT if overnight else expense.kind
    try:
        return travel.rate_on(expense_travel.rates(session), kind, expense.spent_on)
    except travel.NoRate:
        return None


def _tax_rates(session: Session, day: date) -> list[Decimal]:
    """Return the rates of VAT of a day, highest first."""
    found = session.execute(
        select(TaxRate.kind, TaxRate.rate)
        .where(
            TaxRate.regime == "iva",
            TaxRate.removed_at.is_(None),
            TaxRate.valid_from <= day,
            or_(TaxRate.valid_to.is_(None), TaxRate.valid_to >= day),
        )
        .order_by(TaxRate.valid_from)
    )
    newest = dict(found.all())
    return sorted(set(newest.values()), reverse=True)
