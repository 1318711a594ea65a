"""What happened with a customer, in one list: visits, calls, notes, quotes, invoices, documents."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.orm import Session

from app.errors import ValidationError
from app.i18n import _
from app.models.activity import Activity, ActivityKind, ActivityState, VisitReport
from app.models.document import Document
from app.models.quote import Quote
from app.services import team

PAGE = 50
NOTE = "note"  # the rule of an event that was written by hand


class Event(NamedTuple):
    """Something that happened with a customer, newest first in its list."""

    id: str
    kind: str  # visit, call, email, task, event, note, quote, document
    at: datetime
    title: str
    detail: str
    amount: Decimal | None


class Feed(NamedTuple):
    """The newest events of the kinds asked for, and how many there are of each kind."""

    events: list[Event]
    counts: dict[str, int]

    @property
    def total(self) -> int:
        return sum(self.counts.values())


def feed(session: Session, account_id: str, kind: str = "", limit: int = PAGE) -> Feed:
    """Return the newest events of a kind, or of all."""
    return Feed(timeline(session, account_id, limit, kind), counts(session, account_id))


def timeline(
    session: Session, account_id: str, limit: int = PAGE, kind: str = ""
) -> list[Event]:  # fmt: skip
    """Return what happened with a customer, newest first."""
    sources: dict[str, Callable[[Session, str, int], list[Event]]] = {
        "quote": _quote_events, "document": _document_events,
    }  # fmt: skip
    if kind in sources:
        return sources[kind](session, account_id, limit)
    events = _activity_events(session, account_id, limit, kind)
    if not kind:
        for source in sources.values():
            events += source(session, account_id, limit)
    return sorted(events, key=lambda event: event.at, reverse=True)[:limit]


def counts(session: Session, account_id: str) -> dict[str, int]:
    """Return how many events there are of each kind that has any."""
    is_note = Activity.rule == NOTE
    found = {
        NOTE if note else str(kind): int(n)
        for kind, note, n in session.execute(
            select(Activity.kind, is_note, func.count())
            .where(*_happened(account_id))
            .group_by(Activity.kind, is_note)
        )
    }
    quotes = select(func.count()).where(*_issued(account_id))
    papers = select(func.count()).where(*_papers(account_id))
    found["quote"] = int(session.scalar(quotes) or 0)
    found["document"] = int(session.scalar(papers) or 0)
    return {kind: n for kind, n in found.items() if n}


def _happened(account_id: str) -> tuple[ColumnElement[bool], ...]:
    return (
        Activity.account_id == account_id, Activity.state == ActivityState.DONE,
        Activity.removed_at.is_(None), Activity.done_at.is_not(None),
    )  # fmt: skip


def _issued(account_id: str) -> tuple[ColumnElement[bool], ...]:
    return (
        Quote.account_id == account_id, Quote.removed_at.is_(None), Quote.issued_at.is_not(None),
    )  # fmt: skip


def _papers(account_id: str) -> tuple[ColumnElement[bool], ...]:
    return (
        Document.account_id == account_id, Document.removed_at.is_(None),
        Document.taken_at.is_not(None), Document.kind != "quote",
    )  # fmt: skip


def _activity_events(session: Session, account_id: str, limit: int, kind: str) -> list[Event]:
    query = (
        select(Activity, VisitReport.notes)
        .outerjoin(
            VisitReport,
            and_(VisitReport.activity_id == Activity.id, VisitReport.removed_at.is_(None)),
        )
        .where(*_happened(account_id))
        .order_by(Activity.done_at.desc(), VisitReport.id.desc())
        .limit(limit)
    )
    if kind == NOTE:
        query = query.where(Activity.rule == NOTE)
    elif kind:
        query = query.where(Activity.kind == kind, Activity.rule != NOTE)
    events = [_event(activity, notes or "") for activity, notes in session.execute(query)]
    return list({event.id: event for event in events}.values())  # of two reports the first one


def _event(activity: Activity, notes: str) -> Event:
    assert activity.done_at is not None  # noqa: S101 - asked for in the query
    if activity.rule == NOTE:
        return Event(activity.id, NOTE, activity.done_at, activity.title, "", None)
    title = activity.outcome or activity.title
    return Event(activity.id, activity.kind, activity.done_at, title, notes or activity.title, None)


def _quote_events(session: Session, account_id: str, limit: int) -> list[Event]:
    quotes = session.scalars(
        select(Quote).where(*_issued(account_id)).order_by(Quote.issued_at.desc()).limit(limit)
    )
    return [
        Event(q.id, "quote", q.issued_at, q.number, q.state, q.total)
        for q in quotes
        if q.issued_at is not None
    ]


def _document_events(session: Session, account_id: str, limit: int) -> list[Event]:
    documents = session.scalars(
        select(Document)
        .where(*_papers(account_id))
        .order_by(Document.taken_at.desc(), Document.id.desc())
        .limit(limit)
    )
    return [
        Event(d.id, "document", d.taken_at, d.name, d.kind, None)
        for d in documents
        if d.taken_at is not None
    ]


def add_note(session: Session, account_id: str, words: str, *, now: datetime) -> str:
    """Keep a note about the customer as of now, and return its id."""
    if not words.strip():
        raise ValidationError("note", _("Write the note first."))
    note = Activity(
        kind=ActivityKind.EVENT, account_id=account_id, owner_id=team.my_id(session), rule=NOTE,
        title=words.strip(), state=ActivityState.DONE, done_at=now, planned_minutes=0,
    )  # fmt: skip
    session.add(note)
    session.flush()
    return note.id
