"""What a look at a customer beside the list shows: how to reach them, and what is open today."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app import i18n
from app.models.account import Account, Contact, Site
from app.models.history import Receivable
from app.models.quote import Quote
from app.services import account_figures, accounts
from app.services.account_figures import Fact
from app.services.quote_versions import UNDECIDED, in_force
from app.services.route_sheet import hours_text


class OpenQuote(NamedTuple):
    """The newest quote that nobody has decided on."""

    id: str
    number: str
    total: Decimal
    currency: str
    state: str
    since: date | None


class Debt(NamedTuple):
    """What is overdue, with the oldest invoice of it."""

    amount: Decimal
    number: str
    due_on: date


class Look(NamedTuple):
    """A customer beside the list."""

    account: Account
    site: Site | None
    contact: Contact | None
    hours: str
    quote: OpenQuote | None
    debt: Debt | None
    facts: list[Fact]


def look(session: Session, account_id: str, today: date) -> Look:
    """Return the look. Raises `UserError` when the customer is no longer here."""
    account = accounts.get(session, account_id)
    site = accounts.first_of(account.sites)
    told = {"overdue", "expiring"}  # said by the quote and the debt themselves
    facts = [f for f in account_figures.facts(session, account_id, today) if f.key not in told]
    return Look(
        account, site, accounts.first_of(account.contacts), hours_text(site, today),
        _quote(session, account_id), _debt(session, account_id, today), facts,
    )  # fmt: skip


def _quote(session: Session, account_id: str) -> OpenQuote | None:
    found = session.scalars(
        select(Quote)
        .where(Quote.account_id == account_id, in_force(*UNDECIDED))
        .order_by(Quote.id.desc())
        .limit(1)
    ).first()
    if found is None:
        return None
    since = i18n.local(found.issued_at).date() if found.issued_at else None
    return OpenQuote(found.id, found.number, found.total, found.currency, found.state, since)


def _debt(session: Session, account_id: str, today: date) -> Debt | None:
    late = (
        Receivable.account_id == account_id, Receivable.due_on < today,
        Receivable.removed_at.is_(None),
    )  # fmt: skip
    oldest = session.scalars(
        select(Receivable)
        .where(*late, Receivable.pending > 0)
        .order_by(Receivable.due_on, Receivable.id)
        .limit(1)
    ).first()
    amount = session.scalar(select(func.sum(Receivable.pending)).where(*late)) or Decimal(0)
    if oldest is None or amount <= 0:  # what was credited makes up for it
        return None
    return Debt(amount, oldest.number, oldest.due_on)
