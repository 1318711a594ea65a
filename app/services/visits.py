"""Plan, start, log and report visits: one key stores a visit, the report can wait."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import NamedTuple, TypedDict, Unpack

from sqlalchemy import select
from sqlalchemy.orm import Session

from app import i18n
from app.errors import UserError, ValidationError
from app.i18n import _, local
from app.models.account import Account, Contact, Segment, Site
from app.models.activity import Activity, ActivityKind, ActivityState, Outcome, VisitReport
from app.models.base import now as saved_now
from app.models.route import RouteStop
from app.rules import follow_up
from app.services import team

DEFAULT_MINUTES = 45
EDITABLE_DAYS = 30
# outcomes after which something must happen next, and what that is called
_NEXT = {Outcome.QUOTE, Outcome.FOLLOW_UP, Outcome.NOT_IN}


class ReportChanges(TypedDict, total=False):
    """What a visit report may change."""

    notes: str
    topics: frozenset[str]
    contact_ids: frozenset[str]
    competition: str
    next_step: str
    next_on: date | None
    next_visit_on: date | None


class Logged(NamedTuple):
    """What logging a visit stored, for the toast."""

    activity_id: str
    account_name: str
    outcome: str
    follow_up_id: str | None
    account_id: str


def get(session: Session, activity_id: str) -> Activity:
    visit = session.get(Activity, activity_id)
    if visit is None or visit.removed_at is not None:
        raise UserError(
            _("This visit is no longer here."), _("It may have been removed by the last sync.")
        )
    return visit


def plan(
    session: Session,
    account_id: str,
    *,
    at: datetime | None,
    minutes: int | None = None,
    title: str = "",
    is_fixed: bool = False,
) -> Activity:
    """Add a planned visit at `at`; `minutes` defaults to what the customer's segment takes."""
    account = session.get(Account, account_id)
    if account is None:
        raise UserError(_("This customer is no longer here."))
    site = session.scalars(
        select(Site.id)
        .where(Site.account_id == account_id, Site.removed_at.is_(None))
        .order_by(Site.id)
        .limit(1)
    ).first()
    visit = Activity(
        kind=ActivityKind.VISIT,
        account_id=account_id,
        site_id=site,
        owner_id=team.my_id(session),
        title=title,
        planned_at=at,
        planned_minutes=minutes or usual_minutes(session, account),
        is_fixed=is_fixed,
    )
    session.add(visit)
    session.flush()
    return visit


def usual_minutes(session: Session, account: Account) -> int:
    segment = session.get(Segment, account.segment_id) if account.segment_id else None
    return segment.visit_minutes if segment else DEFAULT_MINUTES


def start(session: Session, activity_id: str, *, now: datetime) -> None:
    """Note that the visit began; starting it twice keeps the first moment."""
    visit = get(session, activity_id)
    if visit.state == ActivityState.PLANNED:
        visit.state, visit.started_at = ActivityState.UNDER_WAY, now


def log(
    session: Session,
    activity_id: str,
    *,
    outcome: str,
    now: datetime,
    motive: str = "",
    follow_up_on: date | None = None,
    position: tuple[int, int] | None = None,
) -> Logged:
    """Store how the visit went: done, when, with which outcome, and what comes next.

    `position` in micro-degrees only where the user records positions. Logging a visit that is
    done changes its outcome. Raises `ValidationError` for an unknown outcome.
    """
    if outcome not in set(Outcome):
        raise ValidationError("outcome", _("Choose how the visit went."))
    visit = get(session, activity_id)
    visit.state, visit.outcome, visit.motive = ActivityState.DONE, outcome, motive
    visit.started_at = visit.started_at or now - timedelta(minutes=min(visit.planned_minutes, 15))
    visit.done_at = visit.done_at or now
    if position is not None:
        visit.lat_e6, visit.lon_e6 = position
    next_day = follow_up_on or follow_up.after_visit(outcome, local(now).date())
    visit.follow_up_on = next_day
    task = _follow_up(session, visit, outcome, next_day)
    account = session.get(Account, visit.account_id) if visit.account_id else None
    return Logged(
        visit.id,
        account.name if account else visit.title,
        outcome,
        task.id if task else None,
        visit.account_id or "",
    )


def _follow_up_of(session: Session, visit_id: str) -> Activity | None:
    return session.scalars(
        select(Activity).where(Activity.rule == "visit_follow_up", Activity.about_id == visit_id)
    ).first()


def _follow_up(
    session: Session, visit: Activity, outcome: str, next_day: date | None
) -> Activity | None:
    """Make, move or remove the task that the outcome asks for: never two for one visit."""
    task = _follow_up_of(session, visit.id)
    if outcome not in _NEXT or next_day is None:
        if task is not None and task.state == ActivityState.PLANNED:
            task.removed_at = task.removed_at or saved_now()
        return None
    if task is None:
        task = Activity(
            kind=ActivityKind.TASK,
            account_id=visit.account_id,
            owner_id=visit.owner_id,
            rule="visit_follow_up",
            about_id=visit.id,
        )
        session.add(task)
    task.removed_at, task.due_on, task.reason = None, next_day, str(outcome)
    session.flush()
    return task


def report(session: Session, activity_id: str) -> VisitReport | None:
    """Return the report of a visit, or None when nothing was written yet."""
    return session.scalars(
        select(VisitReport)
        .where(VisitReport.activity_id == activity_id, VisitReport.removed_at.is_(None))
        .order_by(VisitReport.id)
        .limit(1)
    ).first()


def write_report(
    session: Session, activity_id: str, **changes: Unpack[ReportChanges]
) -> VisitReport:
    """Change the report of a visit, making it at the first change."""
    get(session, activity_id)
    found = report(session, activity_id)
    if found is None:
        found = VisitReport(activity_id=activity_id)
        session.add(found)
        session.flush()
    for name, value in changes.items():
        setattr(found, name, value)
    return found


def complete_report(session: Session, activity_id: str, *, now: datetime) -> None:
    """Say that the report is finished; the next step it names becomes a task, the visit a plan.

    Finished again without them, what they had become and was not done is removed.
    """
    found = write_report(session, activity_id)
    found.completed_at = found.completed_at or now
    visit = get(session, activity_id)
    if found.next_on is not None and found.next_step:
        _promise(session, visit, found.next_step, found.next_on)
    else:
        _take_back(session, visit, "report_next_step")
    if found.next_visit_on is not None and visit.account_id:
        _next_visit(session, visit, found.next_visit_on)
    else:
        _take_back(session, visit, "next_visit")


def _take_back(session: Session, visit: Activity, rule: str) -> None:
    made = select(Activity).where(
        Activity.rule == rule, Activity.about_id == visit.id,
        Activity.state == ActivityState.PLANNED, Activity.removed_at.is_(None),
    )  # fmt: skip
    for activity in session.scalars(made).all():
        activity.removed_at = saved_now()


def _promise(session: Session, visit: Activity, words: str, day: date) -> None:
    task = session.scalars(
        select(Activity).where(Activity.rule == "report_next_step", Activity.about_id == visit.id)
    ).first()
    if task is None:
        task = Activity(
            kind=ActivityKind.TASK,
            account_id=visit.account_id,
            owner_id=visit.owner_id,
            rule="report_next_step",
            about_id=visit.id,
        )
        session.add(task)
        session.flush()
    task.title, task.due_on, task.removed_at = words, day, None


def _next_visit(session: Session, visit: Activity, day: date) -> None:
    planned = session.scalars(
        select(Activity).where(Activity.rule == "next_visit", Activity.about_id == visit.id)
    ).first()
    if planned is None and visit.account_id:
        planned = plan(session, visit.account_id, at=None)
        planned.rule, planned.about_id = "next_visit", visit.id
    if planned is not None:
        if planned.planned_at and i18n.local(planned.planned_at).date() != day:
            planned.planned_at = None  # the hour it had got was of another day
        planned.due_on, planned.removed_at = day, None


def add_unplanned(session: Session, account_id: str, *, now: datetime) -> Activity:
    """Add and start a visit that nobody had planned."""
    visit = plan(session, account_id, at=now)
    visit.state, visit.started_at = ActivityState.UNDER_WAY, now
    return visit


def cancel(session: Session, activity_id: str) -> None:
    """Take the visit off the day; its stop on the route goes with it."""
    visit = get(session, activity_id)
    visit.state = ActivityState.CANCELLED
    for stop in _stops(session, activity_id):
        stop.removed_at = stop.removed_at or saved_now()


def _stops(session: Session, activity_id: str) -> list[RouteStop]:
    """Return the stops of a visit, the one that was on a route last in front."""
    found = session.scalars(select(RouteStop).where(RouteStop.activity_id == activity_id))
    return sorted(found, key=lambda stop: (stop.removed_at or saved_now(), stop.id), reverse=True)


def contacts(session: Session, account_id: str) -> list[Contact]:
    return list(
        session.scalars(
            select(Contact)
            .where(Contact.account_id == account_id, Contact.removed_at.is_(None))
            .order_by(Contact.is_main.desc(), Contact.name)
        )
    )


def is_editable(visit: Activity, *, now: datetime) -> bool:
    """Tell whether the visit's report can still change: for 30 days after it was done."""
    return visit.done_at is None or now - visit.done_at <= timedelta(days=EDITABLE_DAYS)
