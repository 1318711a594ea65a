"""What a calendar marks: holidays where the customer is, and the days on which they are closed."""

from __future__ import annotations

from datetime import date, timedelta
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from app import i18n
from app.i18n import _
from app.models.account import Site
from app.models.team import Company
from app.rules import opening
from app.services import team

# the autonomous communities as `holidays` names them, by the first two figures of their postcodes
_REGIONS = {
    "AN": "04 11 14 18 21 23 29 41", "AR": "22 44 50", "AS": "33", "CB": "39", "CE": "51",
    "CL": "05 09 24 34 37 40 42 47 49", "CM": "02 13 16 19 45", "CN": "35 38",
    "CT": "08 17 25 43", "EX": "06 10", "GA": "15 27 32 36", "IB": "07", "MC": "30", "MD": "28",
    "ML": "52", "NC": "31", "PV": "01 20 48", "RI": "26", "VC": "03 12 46",
}  # fmt: skip
_LANGUAGES = {"ES": {"es": "es"}}  # the others in English


class DayMark(NamedTuple):
    """Why a day is marked: a holiday has a name, the others are days of being closed."""

    is_holiday: bool
    words: str


def marked(session: Session, first: date, last: date, account_id: str = "") -> dict[date, DayMark]:
    """Return the marked days from `first` to `last`; of no customer, the company's holidays."""
    site = session.scalars(
        select(Site)
        .where(Site.account_id == account_id, Site.removed_at.is_(None))
        .order_by(Site.id)
        .limit(1)
    ).first()
    company = session.scalars(select(Company).limit(1)).first()
    where = site or company
    country, postcode = (where.country, where.postcode) if where else ("ES", "")
    found = _holidays(first, last, country=country, postcode=postcode)
    for day in _closed(site, first, last) if site is not None else ():
        found.setdefault(day, DayMark(is_holiday=False, words=_("Closed")))
    return found


def working_days(session: Session, after: date, *, within: int) -> list[date]:
    """Return the days on which the user works, of the `within` days after `after`.

    Monday to Friday where the user never said; without the company's holidays.
    """
    hours = team.working_hours(session)
    weekdays = hours.weekdays if hours and hours.weekdays else "12345"
    ahead = [after + timedelta(days=n) for n in range(1, within + 1)]
    free = marked(session, ahead[0], ahead[-1])
    return [day for day in ahead if str(day.isoweekday()) in weekdays and day not in free]


def _holidays(first: date, last: date, *, country: str, postcode: str) -> dict[date, DayMark]:
    import holidays  # its calendars take a moment to load

    region = next((name for name, codes in _REGIONS.items() if postcode[:2] in codes.split()), None)
    language = _LANGUAGES.get(country, {}).get(i18n.language(), "en_US")
    try:
        known = holidays.country_holidays(
            country, subdiv=region if country == "ES" else None, language=language,
            years=range(first.year, last.year + 1),
        )  # fmt: skip
    except NotImplementedError:  # a country that the library does not know has none to mark
        return {}
    return {
        day: DayMark(is_holiday=True, words=name)
        for day, name in sorted(known.items())
        if first <= day <= last
    }


def _closed(site: Site, first: date, last: date) -> list[date]:
    if not site.opening_hours:
        return []
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    try:
        return [day for day in days if not opening.windows(site.opening_hours, day)]
    except opening.NotOpeningHours:  # kept as it was typed, and shown amber in the record
        return []
