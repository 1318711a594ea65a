"""Versions of one quote: the last one that was issued is in force, the ones before are replaced."""

from __future__ import annotations

from sqlalchemy import ColumnElement, and_, exists, select
from sqlalchemy.orm import Session, aliased

from app.models.quote import Quote, QuoteState

REPLACED = "replaced"  # shown in the place of the state of a version that is no longer in force
ISSUED = (QuoteState.ISSUED, QuoteState.SENT)  # with a customer who has not decided
UNDECIDED = (QuoteState.DRAFT, *ISSUED)


def replaced() -> ColumnElement[bool]:
    """Return the condition that a later version of the quote of the query has been issued."""
    later = aliased(Quote)
    return exists().where(
        later.account_id == Quote.account_id,  # the index that there is
        later.series == Quote.series, later.year == Quote.year, later.counter == Quote.counter,
        later.revision > Quote.revision, later.issued_at.is_not(None), later.removed_at.is_(None),
    )  # fmt: skip


def in_force(*states: QuoteState) -> ColumnElement[bool]:
    """Return the condition that the quote is here, in one of `states`, and not replaced."""
    return and_(Quote.state.in_(states), Quote.removed_at.is_(None), ~replaced())


def is_replaced(session: Session, quote_id: str) -> bool:
    return bool(session.scalar(select(replaced()).where(Quote.id == quote_id)))
