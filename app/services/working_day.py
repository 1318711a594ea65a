"""When and from where the rep works: what the planner asks first."""

from __future__ import annotations

import re
from typing import NamedTuple, TypedDict, Unpack

from sqlalchemy.orm import Session

from app.errors import ValidationError
from app.i18n import _
from app.models.route import WorkingHours
from app.routing import geocode
from app.services import team


class HoursChanges(TypedDict, total=False):
    """What may change; seconds since local midnight, lengths in seconds."""

    leave_s: int
    finish_s: int
    lunch_length_s: int


class WorkingDay(NamedTuple):
    """What the settings show; the planner's defaults where nothing was ever set."""

    leave_s: int
    finish_s: int
    lunch_length_s: int
    start: str


def get(session: Session) -> WorkingDay:
    hours = team.working_hours(session) or WorkingHours(user_id=team.my_id(session))
    return WorkingDay(hours.leave_s, hours.finish_s, hours.lunch_length_s, hours.start_label)


def update(session: Session, **changes: Unpack[HoursChanges]) -> None:
    """Change when the day begins, ends, or how long lunch is. Raises `ValidationError`."""
    hours = _mine(session)
    for name, value in changes.items():
        setattr(hours, name, value)
    if hours.finish_s <= hours.leave_s:
        field = "finish" if "finish_s" in changes else "leave"
        raise ValidationError(field, _("The day has to end after it begins."))


def start_from(session: Session, words: str) -> None:
    """Let the day begin and end at a place: «46900 Torrent», a postcode or a town.

    Raises `ValidationError` when there is no such place in the tables that the program has.
    """
    found = re.search(r"\b(AD)?\d{3,5}\b", words, re.IGNORECASE)
    postcode = found[0] if found else ""
    town = words.replace(postcode, "").strip(" ,")
    country = "AD" if postcode.upper().startswith("AD") else ""
    place = geocode.locate(country, postcode, town).position
    if place is None:
        raise ValidationError("start", _("I do not know that place. Write a postcode and a town."))
    hours = _mine(session)
    hours.start_label = hours.end_label = words.strip()
    hours.start_lat_e6 = hours.end_lat_e6 = place.lat_e6
    hours.start_lon_e6 = hours.end_lon_e6 = place.lon_e6


def _mine(session: Session) -> WorkingHours:
    hours = team.working_hours(session)
    if hours is None:
        hours = WorkingHours(user_id=team.my_id(session))
        session.add(hours)
        session.flush()
    return hours
