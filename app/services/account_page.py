"""All that a customer's page shows when it opens, from one snapshot; the feed is read apart."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app import i18n
from app.models.account import Account, Segment
from app.models.activity import Activity, ActivityState
from app.models.document import Document
from app.models.history import Invoice, Receivable
from app.models.product import PriceList
from app.models.quote import Quote
from app.models.sync_state import Conflict, SyncState
from app.models.team import Company, User
from app.services import (
    account_costs,
    account_feed,
    account_figures,
    accounts,
    documents,
    quote_rows,
    team,
)
from app.services.account_costs import Cost
from app.services.account_feed import Event
from app.services.account_figures import Fact, Figures, Stopped
from app.services.quote_rows import QuoteRow

LATEST = 4  # events on the summary


class Bill(NamedTuple):
    """An invoice as the office's books have it; `due_on` is None where nothing of it is owed."""

    number: str
    issued_on: date
    total: Decimal
    due_on: date | None
    pending: Decimal


class Step(NamedTuple):
    """Something planned with the customer: a task or a visit."""

    id: str
    kind: str
    title: str
    on: date | None
    rule: str
    about: str  # the number of the quote that it is about


class AccountPage(NamedTuple):
    """A customer, whole."""

    account: Account
    segment: str
    every_days: int | None
    price_list: str
    figures: Figures
    cost: Cost
    facts: list[Fact]
    months: list[tuple[date, Decimal, Decimal]]
    stopped: list[Stopped]
    events: list[Event]  # the latest ones
    happened: int  # how many there are in all
    steps: list[Step]
    quotes: list[QuoteRow]
    invoices: list[Bill]
    documents: list[Document]
    conflicts: list[str]  # ids of open ones
    owner: str  # whose customer it is, when not the user's
    office_email: str
    heard_at: datetime | None  # when the office was last heard

    @property
    def has_sales(self) -> bool:
        return bool(self.invoices)


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
    known = account_figures.figures(session, account_id, today)
    stopped = account_figures.stopped_buying(session, account_id, today)
    return AccountPage(
        account, segment.name if segment else account.sector,
        account.visit_every_days or (segment.visit_every_days if segment else None),
        prices.name if prices else "",
        known,
        account_costs.cost(session, account_id, today),
        account_figures.facts(session, account_id, today, known=known, stopped=stopped),
        account_figures.sales_by_month(session, account_id, today),
        stopped,
        account_feed.timeline(session, account_id, LATEST),
        sum(account_feed.counts(session, account_id).values()), _steps(session, account_id),
        sorted(quote_rows.rows(session, quotes), key=lambda row: order[row.id]),
        _invoices(session, account_id),
        documents.of_account(session, account_id), _conflicts(session, account_id),
        _owner(session, account),
        session.scalar(select(Company.email).where(Company.removed_at.is_(None)).limit(1)) or "",
        session.scalar(select(SyncState.last_ok_at).where(SyncState.id == 1)),
    )  # fmt: skip


def _owner(session: Session, account: Account) -> str:
    """Return whose customer this is; "" for one's own and for nobody's."""
    if account.owner_id is None or account.owner_id == team.my_id(session):
        return ""
    owner = session.get(User, account.owner_id)
    return owner.name if owner else "–"


def _steps(session: Session, account_id: str, limit: int = 4) -> list[Step]:
    """Return what is planned with the customer, the most urgent first."""
    rows = session.execute(
        select(Activity, Quote.number)
        .outerjoin(Quote, Quote.id == Activity.about_id)
        .where(
            Activity.account_id == account_id,
            Activity.state == ActivityState.PLANNED,
            Activity.removed_at.is_(None),
        )
    )
    found = [
        Step(
            step.id, step.kind, step.title,
            step.due_on or (i18n.local(step.planned_at).date() if step.planned_at else None),
            step.rule, number or "",
        )
        for step, number in rows
    ]  # fmt: skip
    return sorted(found, key=lambda step: (step.on or date.max, step.id))[:limit]


def _invoices(session: Session, account_id: str, limit: int = 60) -> list[Bill]:
    owed: dict[str, tuple[date, Decimal]] = {}
    for invoice_id, number, last, pending in session.execute(
        select(Receivable.invoice_id, Receivable.number, Receivable.due_on, Receivable.pending)
        .where(Receivable.account_id == account_id, Receivable.removed_at.is_(None))
        .order_by(Receivable.due_on.desc())
    ):
        for key in (invoice_id, number):
            if key:
                known = owed.get(key)
                owed[key] = (last, pending + (known[1] if known else Decimal(0)))
    rows = session.execute(
        select(Invoice.id, Invoice.number, Invoice.issued_on, Invoice.total)
        .where(Invoice.account_id == account_id, Invoice.removed_at.is_(None))
        .order_by(Invoice.issued_on.desc())
        .limit(limit)
    )
    found = []
    for id_, number, on, total in rows:
        debt = owed.get(id_) or owed.get(number)
        due = debt[0] if debt is not None else None
        found.append(Bill(number, on, total, due, debt[1] if debt is not None else Decimal(0)))
    return found


def _conflicts(session: Session, account_id: str) -> list[str]:
    return list(
        session.scalars(
            select(Conflict.id)
            .where(Conflict.root == account_id, Conflict.state == "open")
            .order_by(func.length(Conflict.field))
        )
    )
