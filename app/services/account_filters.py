"""What the portfolio can be narrowed by: quick filters, and rules over any field of a customer."""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import text
from sqlalchemy.orm import Session

from app.i18n import _
from app.models.activity import FIRST_TO_COME, TO_VISIT, VISITED
from app.services import list_rules, team
from app.services.field_labels import label
from app.services.list_rules import (
    AHEAD,
    CHOICE,
    DAY,
    FLAG,
    INSTANT,
    MONEY,
    NUMBER,
    TEXT,
    Condition,
    Field,
    Rule,
)
from app.services.route_problem import instant

QUICK = ("A", "B", "C", "unvisited", "near", "risk", "no_order")
UNVISITED_DAYS, NO_ORDER_DAYS = 30, 60
NEAR_KM = 3.0
ORIGINS = ("cold_visit", "referral", "fair", "web", "campaign")
AT_RISK = Decimal("0.85")  # of the sales of the year before; below it a customer slips away
_KM_PER_DEGREE = 111.2
_NOBODY = "a.kind = ''"  # a bare 0 is a condition that no index serves


@dataclass(frozen=True)
class Narrow:
    """What narrows a list of accounts: quick filters by name, and rules; all of them hold."""

    quick: frozenset[str] = frozenset()
    rules: tuple[Rule, ...] = field(default=())

    def __bool__(self) -> bool:
        return bool(self.quick or self.rules)


def site(column: str) -> str:
    """Return the SQL of something of the first address of the account `a`."""
    return (
        f"(SELECT s.{column} FROM site s WHERE s.account_id = a.id AND s.removed_at IS NULL"
        " ORDER BY s.id LIMIT 1)"
    )


def _invoices(what: str, more: str = "") -> str:
    return (
        f"(SELECT {what} FROM invoice i WHERE i.account_id = a.id AND i.removed_at IS NULL{more})"
    )


def _owed(more: str = "") -> str:
    return (
        "(SELECT sum(r.pending) FROM receivable r WHERE r.account_id = a.id"
        f" AND r.removed_at IS NULL{more})"
    )


LAST_VISIT = f"(SELECT max(done_at) FROM activity WHERE account_id = a.id AND {VISITED})"
NEXT_VISIT = f"(SELECT {FIRST_TO_COME} FROM activity WHERE account_id = a.id AND {TO_VISIT})"
LAST_ORDER = _invoices("max(i.issued_on)")
BALANCE = _owed()
EVERY = (
    "coalesce(nullif(a.visit_every_days, 0), nullif((SELECT g.visit_every_days FROM segment g"
    " WHERE g.id = a.segment_id), 0), 30)"
)
_MARKS = ("lead_interest", "lead_fit", "lead_budget", "lead_timing")
LEAD_SCORE = (
    f"(CASE WHEN coalesce({', '.join(f'a.{mark}' for mark in _MARKS)}) IS NOT NULL THEN "
    + " + ".join(f"coalesce(a.{mark}, 0)" for mark in _MARKS)
    + " END)"
)
# what the optional columns are sorted by
SORTS = {
    "frequency": EVERY, "order": LAST_ORDER, "balance": BALANCE, "phone": "a.phone",
    "email": "a.email", "code": "a.code", "tax_id": "a.tax_id", "lead": LEAD_SCORE,
    "lead_state": "a.lead_state",
    "prices": "(SELECT p.name FROM price_list p WHERE p.id = a.price_list_id)",
    "rep": '(SELECT u.name FROM "user" u WHERE u.id = a.owner_id)',
}  # fmt: skip


def fields(today: date) -> dict[str, Field]:
    """Return all that a rule can be about, in the order in which it is offered."""
    since, _before = years(today)
    plain = {
        key: Field(TEXT, f"a.{key}")
        for key in ("name", "legal_name", "tax_id", "code", "sector", "phone", "email", "tags",
                    "notes")
    }  # fmt: skip
    return {
        **plain,
        "city": Field(TEXT, site("city")), "postcode": Field(TEXT, site("postcode")),
        "province": Field(TEXT, site("province")),
        "segment_id": Field(CHOICE, "a.segment_id"), "grade": Field(CHOICE, "a.grade"),
        "kind": Field(CHOICE, "a.kind"), "source": Field(CHOICE, "a.source"),
        "status": Field(CHOICE, "a.status"),
        "price_list_id": Field(CHOICE, "a.price_list_id"),
        "visit_every_days": Field(NUMBER, EVERY), "lead": Field(NUMBER, LEAD_SCORE),
        "lead_state": Field(CHOICE, "a.lead_state"),
        "last_visit": Field(INSTANT, LAST_VISIT), "next_visit": Field(AHEAD, NEXT_VISIT),
        "last_order": Field(DAY, LAST_ORDER), "since_on": Field(DAY, "a.since_on"),
        "sales": Field(MONEY, _invoices("sum(i.base)", f" AND i.issued_on >= '{since}'")),
        "balance": Field(MONEY, BALANCE),
        "overdue": Field(MONEY, _owed(f" AND r.due_on < '{today}'")),
        "starred": Field(FLAG, "a.starred"),
        "placed": Field(FLAG, f"({site('lat_e6')} IS NOT NULL)"),
    }  # fmt: skip


INTERNAL = frozenset({"sales", "balance", "overdue", "notes"})  # not while the customer looks


def field_words(key: str) -> str:
    """Return a field as it is offered and said."""
    own = {
        "city": _("Town"), "postcode": _("Postcode"), "province": _("Province"),
        "last_visit": _("Last visit"), "next_visit": _("Next visit"),
        "last_order": _("Last invoice"), "sales": _("Sales of 12 months"),
        "balance": _("Balance"), "overdue": _("Overdue"), "placed": _("On the map"),
        "kind": _("Kind"), "status": _("State"), "grade": _("Class"), "starred": _("Is starred"),
        "visit_every_days": _("Days between visits"), "source": _("Origin"),
        "lead": _("Score of the prospect"),
    }  # fmt: skip
    return own.get(key) or label("account", key)


def choices(session: Session) -> dict[str, list[tuple[str, str]]]:
    """Return (value, words) for the fields one chooses a value of."""
    segments = session.execute(
        text("SELECT id, name FROM segment WHERE removed_at IS NULL ORDER BY position, name")
    )
    lists = session.execute(
        text("SELECT id, name FROM price_list WHERE removed_at IS NULL ORDER BY name")
    )
    return {
        "segment_id": [(row[0], row[1]) for row in segments],
        "price_list_id": [(row[0], row[1]) for row in lists],
        "grade": [(letter, letter) for letter in "ABC"],
        "source": [(key, origin_words(key)) for key in (*ORIGINS, "import")],
        "kind": [("customer", _("Customer")), ("prospect", _("Prospect"))],
        "lead_state": [
            ("new", _("New")), ("contacted", _("Contacted")), ("qualified", _("Qualified")),
            ("discarded", _("Discarded")),
        ],
        "status": [
            ("active", _("Active")), ("inactive", _("Inactive")), ("blocked", _("Blocked")),
        ],
    }  # fmt: skip


def origin_words(key: str) -> str:
    """Return how somebody was found, in words; an import and what is unknown say themselves."""
    return {
        "cold_visit": _("Cold visit"), "referral": _("Recommendation"), "fair": _("Trade fair"),
        "web": _("Website"), "campaign": _("Campaign"), "import": _("Import"),
    }.get(key, key)  # fmt: skip


def years(today: date) -> tuple[date, date]:
    """Return the first days of the 365 days up to today, and of as many before them.

    Sales of 12 months are these wherever they are shown, so that both years are as long.
    """
    return today - timedelta(days=364), today - timedelta(days=729)


def conditions(session: Session, narrow: Narrow, *, today: date) -> list[Condition]:
    """Return the SQL over the account `a` of what narrows the list."""
    found = list_rules.conditions(fields(today), narrow.rules, today=today)
    if grades := narrow.quick & set("ABC"):
        named = ", ".join(f"'{letter}'" for letter in sorted(grades))
        found.append(Condition(f"a.grade IN ({named})", {}))
    for key in sorted(narrow.quick - set("ABC")):
        found.append(_quick(session, key, today))
    return found


def _quick(session: Session, key: str, today: date) -> Condition:
    bought = "a.kind = 'customer' AND a.status = 'active' AND"
    if key == "unvisited":
        day = instant(today - timedelta(days=UNVISITED_DAYS), 0)
        sql = f"a.kind = 'customer' AND a.status <> 'inactive' AND coalesce({LAST_VISIT}, -1)"
        return Condition(f"{sql} < :unvisited", {"unvisited": int(day.timestamp() * 1000)})
    if key == "near":
        return _near(session, today)
    if key == "risk":
        return Condition(f"{bought} {at_risk(today)}", {})
    if key == "no_order":
        since = today - timedelta(days=NO_ORDER_DAYS)
        recent = _invoices("1", f" AND i.issued_on >= '{since}'")
        return Condition(f"{bought} NOT EXISTS {recent}", {})
    return Condition(_NOBODY, {})  # a quick filter that there is no longer


def at_risk(today: date) -> str:
    """Return the SQL for sales that fell by more than 15 % on the year before."""
    since, before = years(today)
    sold = _invoices("coalesce(sum(i.base), 0)", f" AND i.issued_on >= '{since}'")
    sold_before = _invoices(
        "coalesce(sum(i.base), 0)", f" AND i.issued_on >= '{before}' AND i.issued_on < '{since}'"
    )
    return f"{sold} < {sold_before} * {AT_RISK}"


def _near(session: Session, today: date) -> Condition:
    """Return the condition of lying within reach of today's stops without being one."""
    stops = todays_stops(session, today)
    there = ",".join(["", *(stop.account_id for stop in stops), ""])
    named: dict[str, Any] = {"near_stops": there}
    boxes: list[str] = []
    for n, (_id, lat, lon, _begun_at) in enumerate(stops):
        high = round(NEAR_KM / _KM_PER_DEGREE * 1e6)
        wide = round(high / max(0.2, math.cos(math.radians(lat / 1e6))))
        boxes.append(
            f"(s.lat_e6 BETWEEN :lat{n} - {high} AND :lat{n} + {high}"
            f" AND s.lon_e6 BETWEEN :lon{n} - {wide} AND :lon{n} + {wide})"
        )
        named |= {f"lat{n}": lat, f"lon{n}": lon}
    if not boxes:
        return Condition(_NOBODY, {})
    near = " OR ".join(boxes)
    sql = (
        "instr(:near_stops, ',' || a.id || ',') = 0 AND EXISTS (SELECT 1 FROM site s"
        f" WHERE s.account_id = a.id AND s.removed_at IS NULL AND ({near}))"
    )
    return Condition(sql, named)


class Stop(NamedTuple):
    """A visit of the day: where, and when it began or was made (milliseconds)."""

    account_id: str
    lat_e6: int
    lon_e6: int
    begun_at: int | None


def todays_stops(session: Session, today: date) -> list[Stop]:
    """Return the visits of the day that have a place, whether a route holds them or not."""
    given = {
        "me": team.my_id(session), "from": int(instant(today, 0).timestamp() * 1000),
        "to": int(instant(today + timedelta(days=1), 0).timestamp() * 1000),
    }  # fmt: skip
    found = session.execute(
        text(
            "SELECT v.account_id, s.lat_e6, s.lon_e6, coalesce(v.done_at, v.started_at)"
            " FROM activity v JOIN site s"
            " ON s.id = coalesce(v.site_id, (SELECT min(t.id) FROM site t"
            "  WHERE t.account_id = v.account_id AND t.removed_at IS NULL))"
            " WHERE v.owner_id = :me AND v.kind = 'visit' AND v.removed_at IS NULL"
            " AND v.state IN ('planned', 'under_way', 'done') AND v.planned_at >= :from"
            " AND v.planned_at < :to AND s.lat_e6 IS NOT NULL LIMIT 60"
        ),
        given,
    )
    return [Stop(*row) for row in found]


def quick_words(key: str) -> str:
    """Return a quick filter as it stands on its chip."""
    if key in "ABC":
        return _("Customer {grade}").format(grade=key)
    return {
        "unvisited": _("More than {n} days without a visit").format(n=UNVISITED_DAYS),
        "near": _("Near the route"), "risk": _("At risk"),
        "no_order": _("No invoice for {n} days").format(n=NO_ORDER_DAYS),
    }[key]  # fmt: skip


def rule_words(rule: Rule, known: dict[str, list[tuple[str, str]]]) -> str:
    """Return a rule as a chip says it: «Town is Gandia»."""
    kind = fields(date.min.replace(year=2000))[rule.field].kind
    value = list_rules.said(kind, rule)
    names = dict(known.get(rule.field, ()))
    does = list_rules.operator_words(rule.operator)
    if "…" in does:
        does, value = does.replace("…", value), ""
    return " ".join(
        part for part in (field_words(rule.field), does, names.get(value, value)) if part
    )


def readable(rules: Collection[object]) -> tuple[Rule, ...]:
    """Return the rules of a kept view; what is no rule of today's fields is left out."""
    known = fields(date(2000, 1, 1))
    found: list[Rule] = []
    for each in rules:
        if not isinstance(each, Sequence) or isinstance(each, str) or len(each) != 3:
            continue
        rule = Rule(*(str(part) for part in each))
        if rule.field in known and list_rules.holds(known[rule.field], rule):
            found.append(rule)
    return tuple(found)
