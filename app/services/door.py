"""What is worth knowing before a door is opened: chips and facts of the visit that comes now."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.models.account import Account, Contact
from app.models.history import Invoice, Receivable
from app.models.quote import Quote, QuoteState
from app.services import account_figures, team
from app.services.account_figures import Fact
from app.services.account_rows import last_visits


class Door(NamedTuple):
    """A customer as one sees them from the car."""

    account_id: str
    name: str
    grade: str
    last_visit: date | None
    draft: Decimal | None  # of the newest quote that is not issued
    owes: Decimal | None  # None where the office sends no figures
    phone: str
    email: str
    language: str
    greeting: str  # whom to write to
    me: str  # who writes
    facts: tuple[Fact, ...]


def at(session: Session, account_id: str, today: date) -> Door:
    account = session.get(Account, account_id)
    last = last_visits(session, [account_id]).get(account_id)
    draft = session.scalars(
        select(Quote.total)
        .where(
            Quote.account_id == account_id, Quote.state == QuoteState.DRAFT,
            Quote.removed_at.is_(None), Quote.total > 0,
        )
        .order_by(Quote.id.desc())
        .limit(1)
    ).first()  # fmt: skip
    person = session.scalars(
        select(Contact)
        .where(Contact.account_id == account_id, Contact.removed_at.is_(None))
        .order_by(Contact.is_main.desc(), Contact.id)
        .limit(1)
    ).first()
    phone, email = (account.phone, account.email) if account else ("", "")
    if person is not None:
        phone, email = phone or person.mobile or person.phone, email or person.email
    return Door(
        account_id, account.name if account else "", account.grade if account else "", last, draft,
        _owes(session, account_id), phone, email, account.language if account else "",
        person.name if person else "", team.me(session).name,
        tuple(account_figures.facts(session, account_id, today)),
    )  # fmt: skip


def _owes(session: Session, account_id: str) -> Decimal | None:
    """Return what is owed; None for a customer of whom no invoice was ever seen."""
    billed = session.scalar(select(Invoice.id).where(Invoice.account_id == account_id).limit(1))
    owed = session.scalar(
        select(func.sum(Receivable.pending)).where(
            Receivable.account_id == account_id, Receivable.removed_at.is_(None)
        )
    )
    return owed if owed is not None else Decimal(0) if billed else None
