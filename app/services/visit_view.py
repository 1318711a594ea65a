"""A visit as its screen shows it: who, what is known, the report so far, its photos."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models.account import Account, Contact, Segment, Site
from app.models.activity import Activity, VisitReport
from app.models.quote import Quote
from app.services import documents, drafts, visits

FORM = "visit_report"


class Photo(NamedTuple):
    """A picture of the visit; `thumbnail` is a JPEG as base64."""

    id: str
    name: str
    thumbnail: str
    sha256: str


class Made(NamedTuple):
    """A quote that was begun in the visit."""

    id: str
    number: str
    total: Decimal
    currency: str
    state: str


class VisitView(NamedTuple):
    """All that the visit's screen shows, from one snapshot."""

    visit: Activity
    account: Account | None
    site: Site | None
    report: VisitReport | None
    contacts: list[Contact]
    photos: list[Photo]
    draft: dict[str, Any] | None  # what was being typed when the program stopped
    made: list[Made]
    every_days: int | None  # how often this customer is visited


def view(session: Session, activity_id: str) -> VisitView:
    """Return the visit. Raises `UserError` when it is gone."""
    visit = visits.get(session, activity_id)
    account = session.get(Account, visit.account_id) if visit.account_id else None
    return VisitView(
        visit,
        account,
        session.get(Site, visit.site_id) if visit.site_id else None,
        visits.report(session, activity_id),
        visits.contacts(session, visit.account_id) if visit.account_id else [],
        [
            Photo(document.id, document.name, document.thumbnail, document.sha256)
            for document in documents.of(session, activity_id)
            if document.thumbnail
        ],
        drafts.find(session, FORM, activity_id),
        _made(session, activity_id),
        _every_days(session, account),
    )


def _made(session: Session, activity_id: str) -> list[Made]:
    quotes = session.scalars(
        select(Quote)
        .where(Quote.activity_id == activity_id, Quote.removed_at.is_(None))
        .order_by(Quote.id)
    )
    return [Made(q.id, q.number, q.total, q.currency, q.state) for q in quotes]


def _every_days(session: Session, account: Account | None) -> int | None:
    if account is None:
        return None
    segment = session.get(Segment, account.segment_id) if account.segment_id else None
    return account.visit_every_days or (segment.visit_every_days if segment else None)
