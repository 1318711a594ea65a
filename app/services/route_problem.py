"""From the portfolio to the planner's question: who could be visited on a day, and when.

Stops are named by account id. Opening hours that nobody can read count as unknown, so the rep's
working hours hold there; customers without a position are listed, not guessed.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple

from sqlalchemy import Select, select, text, union_all
from sqlalchemy.orm import Session

from app import i18n
from app.errors import UserError
from app.i18n import _
from app.models.activity import VISITED, Activity, ActivityKind, ActivityState
from app.models.route import WorkingHours
from app.routing.problem import DAY_S, Day, Lunch, Position, Problem, Stop, Window
from app.rules import opening
from app.services import team

CANDIDATES = 80  # as many as the planner judges well in a second
_CLASS_VALUE = {"A": 1.0, "B": 0.6, "C": 0.35}
_USUAL_DAYS = 30  # between visits, where neither customer nor segment says
_SPARE = 4  # as many are looked at as may be kept: worth is rounded, and ties go to the nearest
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
    home = Position(hours.start_lat_e6, hours.start_lon_e6)
    found = candidates(session, day, account_ids=account_ids, best=limit * _SPARE, home=home)
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


class _Known(NamedTuple):
    """What the planner has to know of a customer and of its first address."""

    id: str
    name: str
    grade: str
    every_days: int
    minutes: int
    site_id: str | None
    city: str | None
    country: str | None
    lat_e6: int | None
    lon_e6: int | None
    opening_hours: str | None
    last: int | None  # visit, in milliseconds since 1970


def candidates(
    session: Session,
    day: date,
    *,
    account_ids: Iterable[str] | None = None,
    best: int = -1,
    home: Position | None = None,
) -> list[Candidate]:
    """Return who could be visited on `day`: planned visits, and customers who are due.

    Of the due ones those worth most, `best` of them (-1: all), of equal ones those near `home`.
    """
    planned = planned_for(session, day)
    ids = _due(session, day, best, home) if account_ids is None else account_ids
    found = []
    for known in _known(session, {*ids, *planned}):
        visit = planned.get(known.id)
        ratio = _ratio(known, day)
        if visit is None and account_ids is None and ratio < _NOT_DUE:
            continue
        found.append(_candidate(known, visit, ratio))
    return found


_OWNED = (
    "a.owner_id = :me AND a.removed_at IS NULL AND a.kind <> 'supplier' AND a.status <> 'inactive'"
)
_EVERY = (
    "coalesce(nullif(a.visit_every_days, 0), nullif(g.visit_every_days, 0),"
    f" {_USUAL_DAYS}) AS every"
)
_LAST = f"(SELECT max(done_at) FROM activity WHERE account_id = a.id AND {VISITED}) AS last"
# The order of `_candidate`'s values without its power, and with a day to spare: `_ratio` counts
# calendar days. Read as the accounts were made, visits and addresses lie in the same order.
_DUE = f"""
WITH seen AS MATERIALIZED (
 SELECT a.id, a.grade, {_EVERY}, {_LAST}
 FROM account a NOT INDEXED LEFT JOIN segment g ON g.id = a.segment_id WHERE {_OWNED}
), due AS MATERIALIZED (
 SELECT id,
  CASE grade WHEN 'A' THEN 1.0 WHEN 'B' THEN 0.711 ELSE 0.497 END
   * min(coalesce((:day - last) / 86400000.0 / every, 1.2), 2.0) AS worth,
  (SELECT abs(s.lat_e6 - :lat) + abs(s.lon_e6 - :lon) FROM site s
   WHERE s.account_id = seen.id AND s.removed_at IS NULL ORDER BY s.id LIMIT 1) AS apart
 FROM seen WHERE last IS NULL OR (:day - last) / 86400000.0 + 1 >= {_NOT_DUE} * every
)
SELECT id FROM (SELECT id FROM due WHERE apart IS NOT NULL
 ORDER BY worth DESC, apart, id LIMIT :best)
UNION ALL SELECT id FROM (SELECT id FROM due WHERE apart IS NULL ORDER BY id LIMIT :best)
"""
_KNOWN = f"""
SELECT a.id, a.name, a.grade, {_EVERY}, coalesce(g.visit_minutes, 45), s.id, s.city, s.country,
 s.lat_e6, s.lon_e6, s.opening_hours, {_LAST}
FROM account a LEFT JOIN segment g ON g.id = a.segment_id LEFT JOIN site s ON s.id =
 (SELECT t.id FROM site t WHERE t.account_id = a.id AND t.removed_at IS NULL ORDER BY t.id LIMIT 1)
WHERE a.id IN (SELECT value FROM json_each(:ids)) AND {_OWNED} ORDER BY a.id
"""


def _due(session: Session, day: date, best: int, home: Position | None) -> list[str]:
    """Return the ids of whoever may be due, from indexes alone."""
    given = {
        "me": team.my_id(session), "day": int(instant(day, 0).timestamp() * 1000), "best": best,
        "lat": home.lat_e6 if home else 0, "lon": home.lon_e6 if home else 0,
    }  # fmt: skip
    return list(session.scalars(text(_DUE), given))


def _known(session: Session, ids: Iterable[str]) -> list[_Known]:
    given = {"ids": json.dumps(list(ids)), "me": team.my_id(session)}
    return [_Known(*row) for row in session.execute(text(_KNOWN), given)]


def of_day(session: Session, day: date) -> list[Select[str]]:
    """Return queries for what the user has planned for `day`, at a time or without one.

    Each has an index of its own, and SQLite would use neither for both at once.
    """
    begin, end = day_bounds(day)
    mine = select(Activity.id).where(Activity.owner_id == team.my_id(session))
    return [
        mine.where(Activity.planned_at >= begin, Activity.planned_at < end),
        mine.where(Activity.due_on == day, Activity.planned_at.is_(None)),
    ]


def planned_for(session: Session, day: date) -> dict[str, Activity]:
    """Return the user's visits of `day` by customer, made or not, but for cancelled ones."""
    rows = session.scalars(
        select(Activity)
        .where(
            Activity.id.in_(union_all(*of_day(session, day))),
            Activity.kind == ActivityKind.VISIT,
            Activity.removed_at.is_(None),
            Activity.state != ActivityState.CANCELLED,
            Activity.account_id.is_not(None),
        )
        .order_by(Activity.planned_at)
    )
    return {str(visit.account_id): visit for visit in rows}


def _ratio(known: _Known, day: date) -> float:
    """Return how much of the interval between visits has passed; a little over 1 when never."""
    if known.last is None:
        return 1.2
    last = i18n.local(datetime.fromtimestamp(known.last / 1000, UTC)).date()
    return (day - last).days / known.every_days


def _candidate(known: _Known, visit: Activity | None, ratio: float) -> Candidate:
    position = None
    if known.lat_e6 is not None and known.lon_e6 is not None:
        position = Position(known.lat_e6, known.lon_e6)
    value = round(100 * _CLASS_VALUE.get(known.grade, 0.35) * min(max(ratio, 0.1), 2) ** 1.5)
    minutes, fixed = known.minutes, None
    if visit is not None:
        minutes = visit.planned_minutes
        if visit.is_fixed and visit.planned_at is not None:
            fixed = seconds_of(visit.planned_at)
    return Candidate(
        known.id, known.name, known.city or "", known.country or "ES", position,
        known.opening_hours or "", minutes, value, visit.id if visit else None, fixed,
        known.site_id, visit is not None and visit.state == ActivityState.DONE,
    )  # fmt: skip
