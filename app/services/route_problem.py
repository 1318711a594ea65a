"""From the portfolio to the planner's question: who could be visited on a day, and when.

Stops are named by account id. Opening hours that nobody can read count as unknown, so the rep's
working hours hold there; customers without a position are listed, not guessed.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from app import i18n
from app.errors import UserError
from app.i18n import _
from app.models.account import Account, AccountKind, Segment, Site
from app.models.activity import Activity, ActivityKind, ActivityState
from app.models.route import WorkingHours
from app.routing.problem import DAY_S, Day, Lunch, Position, Problem, Stop, Window
from app.rules import opening
from app.services import team
from app.services.account_rows import first_site

CANDIDATES = 80  # as many as the planner judges well in a second
_CLASS_VALUE = {"A": 1.0, "B": 0.6, "C": 0.35}
_USUAL_DAYS = 30  # between visits, where neither customer nor segment says
_NOT_DUE = 0.7  # below this part of the interval a customer is left in peace


class Candidate(NamedTuple):
    """A customer who may be visited on the day; `planned_id` is a visit already planned for it."""

    account_id: str
    name: str
    city: str
    country: str
    position: Position | None
    opening_hours: str
    minutes: int
    value: int
    planned_id: str | None
    fixed_at: int | None  # seconds since midnight
    site_id: str | None
    is_done: bool


@dataclass(frozen=True)
class Question:
    """What the planner is asked, and who could not be part of it."""

    problem: Problem
    candidates: dict[str, Candidate]
    unplaced: tuple[Candidate, ...]  # customers without a position


def instant(day: date, seconds: int) -> datetime:
    """Return the UTC instant at which the user's clock shows `seconds` after midnight of `day`."""
    wall = datetime.combine(day, time()) + timedelta(seconds=seconds)
    zone = i18n.zone()
    aware = wall.replace(tzinfo=zone) if zone is not None else wall.astimezone()
    return aware.astimezone(UTC)


def seconds_of(moment: datetime) -> int:
    """Return how many seconds after local midnight `moment` is."""
    there = i18n.local(moment)
    return there.hour * 3600 + there.minute * 60 + there.second


def day_bounds(day: date) -> tuple[datetime, datetime]:
    """Return the UTC instants at which the local `day` begins and ends."""
    return instant(day, 0), instant(day + timedelta(days=1), 0)


def question(
    session: Session,
    day: date,
    *,
    account_ids: Iterable[str] | None = None,
    limit: int = CANDIDATES,
) -> Question:
    """Return what to ask the planner for `day`: these accounts, or whoever is due.

    Visits that are planned for the day are always part of it; fixed ones keep their time.
    Raises `UserError` when nobody knows where the day starts.
    """
    hours = team.working_hours(session)
    if hours is None or hours.start_lat_e6 is None or hours.start_lon_e6 is None:
        raise UserError(
            _("To plan a route I need to know where your day starts."),
            _("Set your start in Settings, under Working day."),
        )
    found = candidates(session, day, account_ids=account_ids)
    home = Position(hours.start_lat_e6, hours.start_lon_e6)
    placed = [c for c in found if c.position is not None and not c.is_done]
    placed.sort(key=lambda c: (c.planned_id is None, -c.value, _apart(home, c.position)))
    kept = placed[: max(limit, sum(c.planned_id is not None for c in placed))]
    stops = tuple(_stop(c, day, wanted=account_ids is not None) for c in kept)
    return Question(
        Problem((working_day(hours, day),), stops),
        {c.account_id: c for c in kept},
        tuple(c for c in found if c.position is None),
    )


def _apart(home: Position, there: Position | None) -> int:
    if there is None:
        return 0
    return abs(home.lat_e6 - there.lat_e6) + abs(home.lon_e6 - there.lon_e6)


def working_day(hours: WorkingHours, day: date) -> Day:
    start = Position(hours.start_lat_e6 or 0, hours.start_lon_e6 or 0)
    has_end = hours.end_lat_e6 is not None and hours.end_lon_e6 is not None
    end = Position(hours.end_lat_e6 or 0, hours.end_lon_e6 or 0) if has_end else start
    lunch = None
    if hours.lunch_length_s:
        lunch = Lunch(hours.lunch_from_s, hours.lunch_to_s, hours.lunch_length_s)
    return Day(day, start, end, hours.leave_s, hours.finish_s, lunch)


def _stop(candidate: Candidate, day: date, *, wanted: bool) -> Stop:
    assert candidate.position is not None  # noqa: S101 - sorted out before
    return Stop(
        candidate.account_id,
        candidate.position,
        candidate.minutes * 60,
        (windows(candidate.opening_hours, day, candidate.country),),
        candidate.value,
        must=candidate.planned_id is not None or wanted,
        fixed_at=candidate.fixed_at,
        name=candidate.name,
    )


def windows(text: str, day: date, country: str) -> tuple[Window, ...] | None:
    """Return when a customer is open on `day`, or None where nobody knows."""
    if not text:
        return None
    try:
        found = opening.windows(text, day, country=country or "ES")
    except ValueError:
        return None
    return tuple((start, min(end, DAY_S)) for start, end in found)


def candidates(
    session: Session, day: date, *, account_ids: Iterable[str] | None = None
) -> list[Candidate]:
    """Return who could be visited on `day`: planned visits, and customers who are due."""
    wanted = set(account_ids) if account_ids is not None else None
    planned = planned_for(session, day)
    last = _last_visits(session)
    found = []
    for account, site, segment in _owned(session):
        visit = planned.get(account.id)
        if wanted is not None and account.id not in wanted and visit is None:
            continue
        ratio = _ratio(account, segment, last.get(account.id), day)
        if visit is None and wanted is None and ratio < _NOT_DUE:
            continue
        found.append(_candidate(account, site, segment, visit, ratio))
    return found


def _owned(session: Session) -> list[tuple[Account, Site | None, Segment | None]]:
    rows = session.execute(
        select(Account, Site, Segment)
        .select_from(Account)
        .outerjoin(Site, Site.id == first_site())
        .outerjoin(Segment, Segment.id == Account.segment_id)
        .where(
            Account.owner_id == team.my_id(session),
            Account.removed_at.is_(None),
            Account.status != "inactive",
            Account.kind != AccountKind.SUPPLIER,
        )
    )
    return [(account, site, segment) for account, site, segment in rows]


def planned_for(session: Session, day: date) -> dict[str, Activity]:
    """Return the user's visits of `day` by customer, made or not, but for cancelled ones."""
    begin, end = day_bounds(day)
    rows = session.scalars(
        select(Activity)
        .where(
            Activity.kind == ActivityKind.VISIT,
            Activity.owner_id == team.my_id(session),
            Activity.removed_at.is_(None),
            Activity.state != ActivityState.CANCELLED,
            Activity.account_id.is_not(None),
            or_(Activity.planned_at.between(begin, end), Activity.due_on == day),
        )
        .order_by(Activity.planned_at)
    )
    return {str(visit.account_id): visit for visit in rows}


def _last_visits(session: Session) -> dict[str, date]:
    rows = session.execute(
        select(Activity.account_id, func.max(Activity.done_at))
        .where(
            Activity.kind == ActivityKind.VISIT,
            Activity.state == ActivityState.DONE,
            Activity.removed_at.is_(None),
        )
        .group_by(Activity.account_id)
    )
    return {account: i18n.local(done).date() for account, done in rows if account and done}


def _ratio(account: Account, segment: Segment | None, last: date | None, day: date) -> float:
    """Return how much of the interval between visits has passed; a little over 1 when never."""
    if last is None:
        return 1.2
    every = account.visit_every_days or (segment.visit_every_days if segment else None)
    return (day - last).days / (every or _USUAL_DAYS)


def _candidate(
    account: Account, site: Site | None, segment: Segment | None, visit: Activity | None,
    ratio: float,
) -> Candidate:  # fmt: skip
    position = None
    if site is not None and site.lat_e6 is not None and site.lon_e6 is not None:
        position = Position(site.lat_e6, site.lon_e6)
    value = round(100 * _CLASS_VALUE.get(account.grade, 0.35) * min(max(ratio, 0.1), 2) ** 1.5)
    minutes = segment.visit_minutes if segment else 45
    fixed = None
    if visit is not None:
        minutes = visit.planned_minutes
        if visit.is_fixed and visit.planned_at is not None:
            fixed = seconds_of(visit.planned_at)
    return Candidate(
        account.id, account.name, site.city if site else "", site.country if site else "ES",
        position, site.opening_hours if site else "", minutes, value,
        visit.id if visit else None, fixed, site.id if site else None,
        visit is not None and visit.state == ActivityState.DONE,
    )  # fmt: skip
