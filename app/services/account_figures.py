"""What is worth knowing of a customer: figures, facts at the door, and what happened lately."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import NamedTuple

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from app import i18n
from app.models.activity import Activity, ActivityKind, ActivityState, VisitReport
from app.models.document import Document
from app.models.history import Invoice, InvoiceLine, Receivable
from app.models.product import Product
from app.models.quote import Quote, QuoteState
from app.rules import follow_up
from app.services.account_rows import months_back
from app.services.route_problem import instant

STOPPED_DAYS = 60  # a product bought regularly and not for so long has been given up
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
    """Something worth knowing at the door: a key for its sentence, and what fills it."""

    key: str
    icon: str
    tone: str
    params: dict[str, str]


class Event(NamedTuple):
    """Something that happened with a customer, newest first in its list."""

    id: str
    kind: str  # visit, task, quote, document, invoice
    at: datetime
    title: str
    detail: str
    amount: Decimal | None


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
    year = timedelta(days=365)
    recent = sum((b for on, b in invoices if on > today - year), Decimal("0.00"))
    before = sum((b for on, b in invoices if today - 2 * year < on <= today - year), Decimal(0))
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
            Quote.account_id == account_id, Quote.removed_at.is_(None), Quote.issued_at >= since
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


def facts(session: Session, account_id: str, today: date) -> list[Fact]:
    """Return at most three things worth knowing at the door, most useful first."""
    found: list[Fact] = []
    for gone in stopped_buying(session, account_id, today)[:1]:
        months = max(2, months_back(gone.since, today))
        params = {"product": gone.name, "months": str(months), "monthly": str(gone.monthly)}
        found.append(Fact("stopped", "trending-down", "danger", params))
    promised = _promise(session, account_id)
    if promised:
        found.append(Fact("promised", "message-square", "violet", {"words": promised}))
    expiring = session.scalars(
        select(Quote).where(
            Quote.account_id == account_id,
            Quote.state.in_((QuoteState.ISSUED, QuoteState.SENT)),
            Quote.removed_at.is_(None),
        )
    )
    for quote in expiring:
        if follow_up.is_expiring(quote.valid_until, today) and quote.valid_until:
            day = i18n.day_short(quote.valid_until)
            params = {"number": quote.number, "day": day}
            found.append(Fact("expiring", "file-text", "warning", params))
    _balance, overdue = _owed(session, account_id, today)
    if overdue > 0:
        found.append(Fact("overdue", "banknote", "danger", {"amount": i18n.money(overdue)}))
    return found[:3]


def _promise(session: Session, account_id: str) -> str:
    return (
        session.scalars(
            select(VisitReport.next_step)
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
        or ""
    )


def timeline(session: Session, account_id: str, limit: int = 50) -> list[Event]:
    """Return what happened with a customer, newest first."""
    events = [
        *_visit_events(session, account_id, limit),
        *_quote_events(session, account_id, limit),
    ]
    documents = session.scalars(
        select(Document)
        .where(Document.account_id == account_id, Document.removed_at.is_(None))
        .order_by(Document.id.desc())
        .limit(limit)
    )
    events += [
        Event(d.id, "document", d.taken_at, d.name, d.kind, None)
        for d in documents
        if d.taken_at is not None and d.kind != "quote"
    ]
    return sorted(events, key=lambda event: event.at, reverse=True)[:limit]


def _visit_events(session: Session, account_id: str, limit: int) -> list[Event]:
    rows = session.execute(
        select(Activity, VisitReport.notes)
        .outerjoin(
            VisitReport,
            and_(VisitReport.activity_id == Activity.id, VisitReport.removed_at.is_(None)),
        )
        .where(
            Activity.account_id == account_id,
            Activity.state == ActivityState.DONE,
            Activity.removed_at.is_(None),
            Activity.done_at.is_not(None),
        )
        .order_by(Activity.done_at.desc(), VisitReport.id.desc())
        .limit(limit)
    )
    events = [
        Event(a.id, a.kind, a.done_at, a.outcome or a.title, notes or a.title, None)
        for a, notes in rows
        if a.done_at is not None
    ]
    return list({event.id: event for event in events}.values())  # of two reports the first one


def _quote_events(session: Session, account_id: str, limit: int) -> list[Event]:
    quotes = session.scalars(
        select(Quote)
        .where(
            Quote.account_id == account_id, Quote.removed_at.is_(None), Quote.issued_at.is_not(None)
        )
        .order_by(Quote.issued_at.desc())
        .limit(limit)
    )
    return [
        Event(q.id, "quote", q.issued_at, q.number, q.state, q.total)
        for q in quotes
        if q.issued_at is not None
    ]
