"""All that a customer's page shows, from one snapshot."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.models.account import Account, Segment
from app.models.document import Document
from app.models.history import Invoice, Receivable
from app.models.product import PriceList
from app.models.quote import Quote
from app.models.sync_state import Conflict
from app.services import account_figures, accounts, documents, quote_rows
from app.services.account_figures import Event, Fact, Figures, Stopped
from app.services.quote_rows import QuoteRow


class AccountPage(NamedTuple):
    """A customer, whole."""

    account: Account
    segment: str
    every_days: int | None
    price_list: str
    figures: Figures
    facts: list[Fact]
    months: list[tuple[date, Decimal, Decimal]]
    stopped: list[Stopped]
    events: list[Event]
    quotes: list[QuoteRow]
    invoices: list[tuple[str, date, Decimal]]
    receivables: list[tuple[str, date, Decimal]]
    documents: list[Document]
    conflicts: list[str]  # ids of open ones


def page(session: Session, account_id: str, today: date) -> AccountPage:
    """Return the page of an account. Raises `UserError` when it is gone."""
    account = accounts.get(session, account_id)
    segment = session.get(Segment, account.segment_id) if account.segment_id else None
    prices = session.get(PriceList, account.price_list_id) if account.price_list_id else None
    quotes = list(
        session.scalars(
            select(Quote.id)
            .where(Quote.account_id == account_id, Quote.removed_at.is_(None))
            .order_by(Quote.id.desc())
        )
    )
    order = {id_: n for n, id_ in enumerate(quotes)}
    return AccountPage(
        account, segment.name if segment else account.sector,
        account.visit_every_days or (segment.visit_every_days if segment else None),
        prices.name if prices else "",
        account_figures.figures(session, account_id, today),
        account_figures.facts(session, account_id, today),
        account_figures.sales_by_month(session, account_id, today),
        account_figures.stopped_buying(session, account_id, today),
        account_figures.timeline(session, account_id),
        sorted(quote_rows.rows(session, quotes), key=lambda row: order[row.id]),
        _invoices(session, account_id), _receivables(session, account_id),
        documents.of_account(session, account_id), _conflicts(session, account_id),
    )  # fmt: skip


def _invoices(session: Session, account_id: str) -> list[tuple[str, date, Decimal]]:
    rows = session.execute(
        select(Invoice.number, Invoice.issued_on, Invoice.total)
        .where(Invoice.account_id == account_id, Invoice.removed_at.is_(None))
        .order_by(Invoice.issued_on.desc())
        .limit(60)
    )
    return [(number, on, total) for number, on, total in rows]


def _receivables(session: Session, account_id: str) -> list[tuple[str, date, Decimal]]:
    rows = session.execute(
        select(Receivable.number, Receivable.due_on, Receivable.pending)
        .where(
            Receivable.account_id == account_id, Receivable.pending > 0,
            Receivable.removed_at.is_(None),
        )
        .order_by(Receivable.due_on)
    )  # fmt: skip
    return [(number, due, pending) for number, due, pending in rows]


def _conflicts(session: Session, account_id: str) -> list[str]:
    return list(
        session.scalars(
            select(Conflict.id)
            .where(Conflict.root == account_id, Conflict.state == "open")
            .order_by(func.length(Conflict.field))
        )
    )
