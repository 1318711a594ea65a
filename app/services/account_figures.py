"""What is worth knowing of a customer: figures, facts at the door, and what happened lately."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app import i18n
from app.models.account import Contact
from app.models.activity import Activity, ActivityKind, ActivityState, VisitReport
from app.models.base import id_moment
from app.models.history import Invoice, InvoiceLine, Receivable
from app.models.product import Product
from app.models.quote import Quote, QuoteState
from app.rules import follow_up
from app.services.account_filters import years
from app.services.account_rows import months_back
from app.services.quote_versions import ISSUED, in_force, replaced
from app.services.route_problem import instant

STOPPED_DAYS = 60  # a product bought regularly and not for so long has been given up
NEW_DAYS = 30  # for so long a person counts as new
REGULAR = 3  # invoices with it in a year make a product usual


class Figures(NamedTuple):
    """The figures on top of a customer's page; amounts are without tax."""

    sales: Decimal
    sales_before: Decimal
    last_order_on: date | None
    last_order: Decimal | None
    usual_days: int | None
    balance: Decimal
    overdue: Decimal
    quotes_won: int
    quotes: int
    visits: int


class Fact(NamedTuple):
    """Something worth knowing at the door: a key for its sentence, what fills it, where it leads.

    `screen`, `ref_id` and `tab` name the place that shows the reason.
    """

    key: str
    icon: str
    tone: str
    params: dict[str, str]
    screen: str = ""
    ref_id: str = ""
    tab: str = ""


class Stopped(NamedTuple):
    """A product that a customer used to buy."""

    product_id: str | None
    name: str
    since: date
    monthly: Decimal


def figures(session: Session, account_id: str, today: date) -> Figures:
    invoices = session.execute(
        select(Invoice.issued_on, Invoice.base)
        .where(Invoice.account_id == account_id, Invoice.removed_at.is_(None))
        .order_by(Invoice.issued_on.desc())
    ).all()
    since, earlier = years(today)
    recent = sum((b for on, b in invoices if on >= since), Decimal("0.00"))
    before = sum((b for on, b in invoices if earlier <= on < since), Decimal(0))
    days = sorted({on for on, b in invoices if b > 0})
    gaps = [(b - a).days for a, b in pairwise(days)][-12:]
    balance, overdue = _owed(session, account_id, today)
    won, all_quotes = _quotes(session, account_id, today)
    return Figures(
        recent, before, days[-1] if days else None, next((b for _on, b in invoices if b > 0), None),
        round(sum(gaps) / len(gaps)) if gaps else None, balance, overdue, won, all_quotes,
        _visits(session, account_id, today),
    )  # fmt: skip


def _owed(session: Session, account_id: str, today: date) -> tuple[Decimal, Decimal]:
    rows = session.execute(
        select(Receivable.due_on, Receivable.pending).where(
            Receivable.account_id == account_id, Receivable.removed_at.is_(None)
        )
    ).all()
    balance = sum((pending for _due, pending in rows), Decimal("0.00"))
    return balance, sum((pending for due, pending in rows if due < today), Decimal("0.00"))


def _quotes(session: Session, account_id: str, today: date) -> tuple[int, int]:
    since = instant(today - timedelta(days=365), 0)
    states = session.scalars(
        select(Quote.state).where(
            Quote.account_id == account_id,
            Quote.removed_at.is_(None),
            Quote.issued_at >= since,
            ~replaced(),
        )
    ).all()
    won = sum(state in {QuoteState.SIGNED, QuoteState.ACCEPTED} for state in states)
    return won, len(states)


def _visits(session: Session, account_id: str, today: date) -> int:
    since = instant(date(today.year, 1, 1), 0)
    return int(
        session.scalar(
            select(func.count())
            .select_from(Activity)
            .where(
                Activity.account_id == account_id,
                Activity.kind == ActivityKind.VISIT,
                Activity.state == ActivityState.DONE,
                Activity.removed_at.is_(None),
                Activity.done_at >= since,
            )
        )
        or 0
    )


def sales_by_month(
    session: Session, account_id: str, today: date
) -> list[tuple[date, Decimal, Decimal]]:
    """Return (first of the month, last year, this year) for each month of `today`'s year."""
    rows = session.execute(
        select(Invoice.issued_on, Invoice.base).where(
            Invoice.account_id == account_id,
            Invoice.removed_at.is_(None),
            Invoice.issued_on >= date(today.year - 1, 1, 1),
        )
    ).all()
    sums: dict[tuple[int, int], Decimal] = {}
    for on, base in rows:
        key = (on.year, on.month)
        sums[key] = sums.get(key, Decimal(0)) + base
    return [
        (
            date(today.year, month, 1),
            sums.get((today.year - 1, month), Decimal(0)),
            sums.get((today.year, month), Decimal(0)),
        )
        for month in range(1, 13)
    ]


def stopped_buying(session: Session, account_id: str, today: date) -> list[Stopped]:
    """Return products bought at least three times in a year and not for two months."""
    rows = session.execute(
        select(
            InvoiceLine.product_id, func.max(Product.name), func.max(Invoice.issued_on),
            func.count(Invoice.id.distinct()), func.sum(InvoiceLine.quantity),
        )
        .join(Invoice, Invoice.id == InvoiceLine.invoice_id)
        .join(Product, Product.id == InvoiceLine.product_id)
        .where(
            Invoice.account_id == account_id,
            Invoice.issued_on >= today - timedelta(days=365),
            Invoice.removed_at.is_(None),
            InvoiceLine.removed_at.is_(None),
            InvoiceLine.quantity > 0,
            Product.removed_at.is_(None),
            Product.is_active,
        )
        .group_by(InvoiceLine.product_id)
    )  # fmt: skip
    found = [
        Stopped(product_id, name, last, round(quantity / 12, 1))
        for product_id, name, last, times, quantity in rows
        if times >= REGULAR and (today - last).days >= STOPPED_DAYS
    ]
    return sorted(found, key=lambda s: s.since, reverse=True)


def usual_products(
    session: Session, account_id: str, today: date, limit: int = 3
) -> list[tuple[str, str]]:
    """Return (id, name) of what the customer buys most often: «Suele pedir»."""
    rows = session.execute(
        select(Product.id, Product.name)
        .join(InvoiceLine, InvoiceLine.product_id == Product.id)
        .join(Invoice, Invoice.id == InvoiceLine.invoice_id)
        .where(
            Invoice.account_id == account_id,
            Invoice.issued_on >= today - timedelta(days=365),
            Invoice.removed_at.is_(None),
            InvoiceLine.removed_at.is_(None),
            InvoiceLine.quantity > 0,
            Product.removed_at.is_(None),
            Product.is_active,
        )
        .group_by(Product.id, Product.name)
        .order_by(func.count(Invoice.id.distinct()).desc(), Product.name)
        .limit(limit)
    )
    return [(id_, name) for id_, name in rows]


def facts(
    session: Session, account_id: str, today: date, limit: int = 3, *,
    known: Figures | None = None, stopped: Sequence[Stopped] | None = None,
) -> list[Fact]:  # fmt: skip
    """Return at most three things worth knowing at the door, most useful first.

    Who has the figures and what is no longer bought already may pass them on.
    """
    here = ("customer", account_id)
    known = known or figures(session, account_id, today)
    if stopped is None:
        stopped = stopped_buying(session, account_id, today)
    found: list[Fact] = []
    for gone in stopped[:1]:
        months = max(2, months_back(gone.since, today))
        monthly = i18n.number(gone.monthly)
        params = {"product": gone.name, "months": str(months), "monthly": monthly}
        found.append(Fact("stopped", "trending-down", "danger", params, *here, "sales"))
    found += _promise(session, account_id)
    found += _expiring(session, account_id, today)
    if known.overdue > 0:
        params = {"amount": i18n.money(known.overdue)}
        found.append(Fact("overdue", "banknote", "danger", params, *here, "sales"))
    found += _late_order(known, account_id, today)
    found += _new_contact(session, account_id, today)
    return found[:limit]


def _expiring(session: Session, account_id: str, today: date) -> list[Fact]:
    """Return the offers that end within days, the most urgent first."""
    offers = session.scalars(
        select(Quote)
        .where(
            Quote.account_id == account_id,
            in_force(*ISSUED),
        )
        .order_by(Quote.valid_until)
    )
    return [
        Fact(
            "expiring", "file-text", "warning",
            {"number": quote.number, "day": i18n.day_short(quote.valid_until)}, "quote", quote.id,
        )
        for quote in offers
        if quote.valid_until and follow_up.is_expiring(quote.valid_until, today)
    ]  # fmt: skip


def _late_order(shown: Figures, account_id: str, today: date) -> list[Fact]:
    """Return that the customer, who orders every so often, has been silent for too long."""
    if shown.usual_days is None or shown.last_order_on is None:
        return []
    silent = (today - shown.last_order_on).days
    if silent <= shown.usual_days * follow_up.SILENT or silent < follow_up.LEAST_SILENT_DAYS:
        return []
    params = {"n": str(silent), "usual": str(shown.usual_days)}
    return [Fact("late_order", "history", "warning", params, "customer", account_id, "sales")]


def _new_contact(session: Session, account_id: str, today: date) -> list[Fact]:
    """Return who has come since we know the customer, for a month."""
    people = session.scalars(
        select(Contact).where(Contact.account_id == account_id, Contact.removed_at.is_(None))
    )
    known = id_moment(account_id)
    for person in sorted(people, key=lambda one: one.id, reverse=True):
        made = id_moment(person.id)
        since = (today - i18n.local(made).date()).days
        if 0 <= since <= NEW_DAYS and made - known > timedelta(days=1):
            words = ", ".join(part for part in (person.name, person.job) if part)
            place = ("customer", account_id, "record")
            return [Fact("new_contact", "user-plus", "violet", {"who": words}, *place)]
    return []


def _promise(session: Session, account_id: str) -> list[Fact]:
    """Return what the last report that names a next step promised, unless it was done since."""
    row = session.execute(
        select(VisitReport.next_step, VisitReport.activity_id)
        .join(Activity, Activity.id == VisitReport.activity_id)
        .where(
            Activity.account_id == account_id,
            Activity.removed_at.is_(None),
            VisitReport.next_step != "",
            VisitReport.removed_at.is_(None),
        )
        .order_by(Activity.done_at.desc())
        .limit(1)
    ).first()
    if row is None:
        return []
    words, visit_id = row
    kept = session.scalar(
        select(Activity.id).where(
            Activity.rule == "report_next_step", Activity.about_id == visit_id,
            Activity.state == ActivityState.DONE, Activity.removed_at.is_(None),
        )
    )  # fmt: skip
    if kept:
        return []
    return [Fact("promised", "message-square", "violet", {"words": words}, "visit", visit_id)]
