"""The columns of the portfolio: what each row always says, and what the user may add."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import text
from sqlalchemy.orm import Session

from app import i18n
from app.services import account_rows, team
from app.services.account_filters import (
    AT_RISK,
    BALANCE,
    EVERY,
    LAST_ORDER,
    LEAD_SCORE,
    site,
    todays_stops,
)
from app.services.account_rows import AccountRow

_EARTH_KM = 6371.0
_SQL: dict[str, str] = {
    "prices": "(SELECT p.name FROM price_list p WHERE p.id = a.price_list_id)",
    "frequency": EVERY, "order": LAST_ORDER, "balance": BALANCE, "phone": "a.phone",
    "code": "a.code", "rep": '(SELECT u.name FROM "user" u WHERE u.id = a.owner_id)',
    "tags": "a.tags", "lat": site("lat_e6"), "lon": site("lon_e6"), "email": "a.email",
    "tax_id": "a.tax_id", "lead": LEAD_SCORE, "lead_state": "a.lead_state",
}  # fmt: skip
OPTIONAL = ("frequency", "order", "balance", "phone", "email", "code", "tax_id", "prices", "rep",
            "tags", "km", "lead", "lead_state")  # fmt: skip


class Listed(NamedTuple):
    """A customer as the list shows it: the usual columns, and of the others those asked for."""

    id: str
    account: AccountRow
    next_at: datetime | None
    is_visiting: bool
    more: dict[str, Any]

    def words_of(self, key: str) -> str:
        """Return what an optional column of text holds, "" where it was not asked for."""
        return str(self.more.get(key) or "")

    def amount_of(self, key: str) -> Decimal | None:
        """Return what an optional column of numbers holds, None where there is none."""
        value = self.more.get(key)
        return None if value is None else Decimal(value)

    def day_of(self, key: str) -> date | None:
        value = self.more.get(key)
        return value if isinstance(value, date) else None

    @property
    def starred(self) -> bool:
        return self.account.starred

    @property
    def is_at_risk(self) -> bool:
        """Whether an active customer bought less by more than 15 % than in the year before."""
        row = self.account
        is_active = row.kind == "customer" and row.status == "active"
        return is_active and row.sales < row.sales_before * AT_RISK


def rows(
    session: Session, ids: Sequence[str], *, today: date, wanted: frozenset[str] = frozenset()
) -> list[Listed]:
    """Return what the list shows of these accounts, in any order; `wanted` are of `OPTIONAL`."""
    usual = account_rows.rows(session, ids, today=today)
    more = _more(session, ids, wanted)
    moments = _moments(session, ids)
    here = whereabouts(session, today) if "km" in wanted else None
    made = []
    for row in usual:
        own = more.get(row.id, {})
        if here is not None:
            own["km"] = _apart(here, own.pop("lat", None), own.pop("lon", None))
        upcoming, visiting = moments.get(row.id, (None, False))
        made.append(Listed(row.id, row, upcoming, visiting, own))
    return made


def _more(
    session: Session, ids: Sequence[str], wanted: frozenset[str]
) -> dict[str, dict[str, Any]]:
    keys = sorted(wanted & _SQL.keys())
    if "km" in wanted:
        keys += ["lat", "lon"]
    if not keys:
        return {}
    asked = ", ".join(_SQL[key] for key in keys)
    found = session.execute(
        text(
            f"SELECT a.id, {asked} FROM account a WHERE a.id IN (SELECT value FROM json_each(:ids))"
        ),
        {"ids": json.dumps(list(ids))},
    )
    return {
        id_: {key: _typed(key, value) for key, value in zip(keys, values, strict=True)}
        for id_, *values in found
    }


def _typed(key: str, value: Any) -> Any:
    if key == "order":
        return date.fromisoformat(value) if value else None
    if key == "balance":
        return Decimal(value or 0).scaleb(-2)
    if key == "tags":
        return ", ".join(sorted(json.loads(value))) if value else ""
    return value


def _moments(session: Session, ids: Sequence[str]) -> dict[str, tuple[datetime | None, bool]]:
    """Return by account when the next visit is planned, and whether one is under way."""
    found = session.execute(
        text(
            "SELECT account_id, min(CASE state WHEN 'planned' THEN planned_at END),"
            " max(state = 'under_way') FROM activity WHERE account_id IN"
            " (SELECT value FROM json_each(:ids)) AND kind = 'visit' AND removed_at IS NULL"
            " AND done_at IS NULL AND state IN ('planned', 'under_way') GROUP BY account_id"
        ),
        {"ids": json.dumps(list(ids))},
    )
    return {
        id_: (datetime.fromtimestamp(at / 1000, UTC) if at else None, bool(here))
        for id_, at, here in found
    }


def whereabouts(session: Session, today: date) -> tuple[int, int] | None:
    """Return where the rep is, as far as is known: at the day's last visit, or at the start."""
    begun = [stop for stop in todays_stops(session, today) if stop.begun_at is not None]
    if begun:
        last = max(begun, key=lambda stop: stop.begun_at or 0)
        return last.lat_e6, last.lon_e6
    hours = team.working_hours(session)
    if hours is None or hours.start_lat_e6 is None or hours.start_lon_e6 is None:
        return None
    return hours.start_lat_e6, hours.start_lon_e6


def _apart(here: tuple[int, int], lat_e6: int | None, lon_e6: int | None) -> Decimal | None:
    """Return kilometres as the crow flies."""
    if lat_e6 is None or lon_e6 is None:
        return None
    a, b = math.radians(here[0] / 1e6), math.radians(lat_e6 / 1e6)
    across = math.radians((lon_e6 - here[1]) / 1e6)
    half = math.sin((b - a) / 2) ** 2 + math.cos(a) * math.cos(b) * math.sin(across / 2) ** 2
    return Decimal(round(2 * _EARTH_KM * math.asin(math.sqrt(half)), 1)).quantize(Decimal("0.1"))


def positions(session: Session, ids: Sequence[str]) -> list[tuple[str, int, int]]:
    """Return account, latitude and longitude (micro-degrees) of those that have a place."""
    found = session.execute(
        text(
            f"SELECT a.id, {site('lat_e6')} AS lat, {site('lon_e6')} FROM account a"
            " WHERE lat IS NOT NULL AND a.id IN (SELECT value FROM json_each(:ids))"
        ),
        {"ids": json.dumps(list(ids))},
    )
    return [(row[0], row[1], row[2]) for row in found]


def day_and_time(moment: datetime, today: date) -> str:
    """Return when a visit is: «today 12:35», or the day."""
    day = i18n.local(moment).date()
    if day == today:
        return f"{i18n.days_ago(day, today)} {i18n.clock(moment)}"
    return i18n.day_short(day)
