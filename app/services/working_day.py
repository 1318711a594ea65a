"""When and from where the rep works: what the planner asks, and what the company adds."""

from __future__ import annotations

import re
from datetime import date, timedelta
from decimal import Decimal
from typing import NamedTuple, TypedDict, Unpack

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.errors import ValidationError
from app.i18n import _
from app.models.account import Segment
from app.models.expense import ExpenseKind
from app.models.route import WorkingHours
from app.routing import geocode
from app.services import alone, day_marks, expense_travel, team

_AHEAD = timedelta(days=120)
_SHOWN = 4  # holidays


class HoursChanges(TypedDict, total=False):
    """What may change; seconds since local midnight, lengths in seconds, ISO days as digits."""

    weekdays: str
    leave_s: int
    finish_s: int
    lunch_from_s: int
    lunch_to_s: int
    lunch_length_s: int


class WorkingDay(NamedTuple):
    """What the settings show; the planner's defaults where nothing was ever set."""

    leave_s: int
    finish_s: int
    lunch_length_s: int
    start: str
    end: str
    weekdays: str
    lunch_from_s: int
    lunch_to_s: int


class GivenByCompany(NamedTuple):
    """What a rep cannot change about the day: lengths of visits, the kilometre, holidays."""

    segments: tuple[tuple[str, int, int | None], ...]  # name, minutes, every so many days
    mileage: Decimal | None  # per kilometre
    holidays: tuple[tuple[date, str], ...]
    is_alone: bool  # there is no company that decides


def get(session: Session) -> WorkingDay:
    hours = team.working_hours(session) or WorkingHours(user_id=team.my_id(session))
    return WorkingDay(
        hours.leave_s, hours.finish_s, hours.lunch_length_s, hours.start_label, hours.end_label,
        hours.weekdays, hours.lunch_from_s, hours.lunch_to_s,
    )  # fmt: skip


def given(session: Session, today: date) -> GivenByCompany:
    """Return what the company has decided about the rep's days."""
    segments = session.scalars(
        select(Segment).where(Segment.removed_at.is_(None)).order_by(Segment.position, Segment.name)
    )
    rates = [
        rate
        for rate in expense_travel.rates(session)
        if rate.kind == ExpenseKind.MILEAGE
        and rate.valid_from <= today
        and (rate.valid_to is None or today <= rate.valid_to)
    ]
    marks = day_marks.marked(session, today, today + _AHEAD)
    holidays = sorted((day, mark.words) for day, mark in marks.items() if mark.is_holiday)
    return GivenByCompany(
        tuple((s.name, s.visit_minutes, s.visit_every_days) for s in segments),
        rates[0].amount if rates else None,
        tuple(holidays[:_SHOWN]),
        alone.is_alone(session),
    )


def update(session: Session, **changes: Unpack[HoursChanges]) -> None:
    """Change when the day begins, ends, or when lunch is. Raises `ValidationError`."""
    hours = _mine(session)
    for name, value in changes.items():
        setattr(hours, name, value)
    if not hours.weekdays:
        raise ValidationError("weekdays", _("A week has one working day at least."))
    if hours.finish_s <= hours.leave_s:
        field = "finish" if "finish_s" in changes else "leave"
        raise ValidationError(field, _("The day has to end after it begins."))
    if hours.lunch_length_s and hours.lunch_to_s - hours.lunch_from_s < hours.lunch_length_s:
        raise ValidationError("lunch_between", _("Lunch does not fit between these times."))


def start_from(session: Session, words: str) -> None:
    """Let the day begin at a place, and end there too unless it ends elsewhere.

    «46900 Torrent», a postcode or a town. Raises `ValidationError` when there is no such place in
    the tables that the program has.
    """
    lat_e6, lon_e6 = _place(words, "start")
    hours = _mine(session)
    if not hours.end_label or hours.end_label == hours.start_label:
        hours.end_label, hours.end_lat_e6, hours.end_lon_e6 = words.strip(), lat_e6, lon_e6
    hours.start_label, hours.start_lat_e6, hours.start_lon_e6 = words.strip(), lat_e6, lon_e6


def end_at(session: Session, words: str) -> None:
    """Let the day end at a place. Raises `ValidationError` as `start_from` does."""
    lat_e6, lon_e6 = _place(words, "end")
    hours = _mine(session)
    hours.end_label, hours.end_lat_e6, hours.end_lon_e6 = words.strip(), lat_e6, lon_e6


def _place(words: str, field: str) -> tuple[int, int]:
    found = re.search(r"\b(AD)?\d{3,5}\b", words, re.IGNORECASE)
    postcode = found[0] if found else ""
    town = words.replace(postcode, "").strip(" ,")
    country = "AD" if postcode.upper().startswith("AD") else ""
    place = geocode.locate(country, postcode, town).position
    if place is None:
        raise ValidationError(field, _("I do not know that place. Write a postcode and a town."))
    return place.lat_e6, place.lon_e6


def _mine(session: Session) -> WorkingHours:
    hours = team.working_hours(session)
    if hours is None:
        hours = WorkingHours(user_id=team.my_id(session))
        session.add(hours)
        session.flush()
    return hours
