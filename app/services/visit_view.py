"""A visit as its screen shows it: who, what is known, the report so far, its photos."""

from __future__ import annotations

from typing import Any, NamedTuple

from sqlalchemy.orm import Session

from app.models.account import Account, Contact, Site
from app.models.activity import Activity, VisitReport
from app.services import documents, drafts, visits

FORM = "visit_report"


class VisitView(NamedTuple):
    """All that the visit's screen shows, from one snapshot."""

    visit: Activity
    account: Account | None
    site: Site | None
    report: VisitReport | None
    contacts: list[Contact]
    photos: list[tuple[str, str]]
    draft: dict[str, Any] | None  # what was being typed when the program stopped


def view(session: Session, activity_id: str) -> VisitView:
    visit = visits.get(session, activity_id)
    account = session.get(Account, visit.account_id) if visit.account_id else None
    return VisitView(
        visit,
        account,
        session.get(Site, visit.site_id) if visit.site_id else None,
        visits.report(session, activity_id),
        visits.contacts(session, visit.account_id) if visit.account_id else [],
        documents.thumbnails(documents.of(session, activity_id)),
        drafts.find(session, FORM, activity_id),
    )
