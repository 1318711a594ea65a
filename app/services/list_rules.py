"""Filters that a user puts together: field, operator, value; all of them hold (AND).

A rule becomes SQL over the account `a` or whatever the fields' expressions name. Values are typed
before: a day is a day, an amount is cents, and nothing of them is ever written into the SQL.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from app import i18n
from app.errors import ValidationError
from app.i18n import _
from app.models.search import name_key
from app.rules import dates, money
from app.services.route_problem import instant

TEXT, CHOICE, NUMBER, MONEY, DAY, INSTANT, AHEAD, FLAG = (
    "text", "choice", "number", "money", "day", "instant", "ahead", "flag",
)  # fmt: skip  # "ahead" is an instant that is still to come
_AMOUNT = ("least", "most", "is")
_WHEN = ("within", "not_within", "before", "after", "filled", "empty")
OPERATORS: dict[str, tuple[str, ...]] = {
    TEXT: ("contains", "lacks", "is", "begins", "filled", "empty"),
    CHOICE: ("is", "not", "filled", "empty"),
    NUMBER: _AMOUNT, MONEY: _AMOUNT, DAY: _WHEN, INSTANT: _WHEN,
    AHEAD: ("coming", *_WHEN[2:]), FLAG: ("yes", "no"),
}  # fmt: skip
_CALENDAR = frozenset({DAY, INSTANT, AHEAD})
_COUNTED = frozenset({"within", "not_within", "coming"})  # operators whose value is days
ALONE = frozenset({"filled", "empty", "yes", "no"})  # operators that need no value
_MOST_DAYS, _MOST = 36_500, 1_000_000  # beyond these a number is a slip of the hand
_YEARS = range(1900, 2201)
_MOST_AMOUNT = Decimal(10**10)


@dataclass(frozen=True)
class Field:
    """Something one can filter by: its kind, and its SQL."""

    kind: str
    sql: str


@dataclass(frozen=True)
class Rule:
    """One row of a filter; `value` is what `canonical` returned."""

    field: str
    operator: str
    value: str = ""


@dataclass(frozen=True)
class Condition:
    """SQL that has to hold, with the parameters it names."""

    sql: str
    params: dict[str, Any]


def operator_words(operator: str) -> str:
    """Return an operator as it stands between a field and its value."""
    return {
        "contains": _("contains"), "lacks": _("does not contain"), "is": _("is"),
        "not": _("is not"), "begins": _("begins with"), "filled": _("is known"),
        "empty": _("is empty"), "least": _("at least"), "most": _("at most"),
        "within": _("in the last … days"), "not_within": _("not in the last … days"),
        "coming": _("in the next … days"), "before": _("before"), "after": _("after"),
        "yes": _("yes"), "no": _("no"),
    }[operator]  # fmt: skip


def canonical(kind: str, operator: str, words: str, *, today: date) -> str:
    """Return what was typed in the form that is kept. Raises `ValidationError` with the reason."""
    said, language = words.strip(), i18n.language()
    if operator in ALONE:
        return ""
    if not said:
        raise ValidationError("value", _("Write what to look for."))
    try:
        if operator in _COUNTED or kind == NUMBER:
            typed = f"{money.parse_number(said, language).normalize():f}"
        elif kind in _CALENDAR:
            typed = dates.parse_day(said, today, language).isoformat()
        else:
            typed = str(money.parse_amount(said, language)) if kind == MONEY else said
        return _within_bounds(kind, operator, typed)
    except ValueError as error:
        raise ValidationError("value", _needed(kind, operator)) from error


def _needed(kind: str, operator: str) -> str:
    if operator in _COUNTED:
        return _("A whole number of days is needed here, up to {n}.").format(
            n=i18n.number(_MOST_DAYS)
        )
    if kind in _CALENDAR:
        return _("A day is needed here, such as 19/11.")
    return _("A whole number is needed here.") if kind == NUMBER else _("A number is needed here.")


def _within_bounds(kind: str, operator: str, value: str) -> str:
    """Return `value` as it is kept. Raises `ValueError` where it says nothing sensible."""
    if operator in _COUNTED:
        return str(_bounded(int(value), 0, _MOST_DAYS))
    if kind in _CALENDAR:
        _bounded(date.fromisoformat(value).year, _YEARS[0], _YEARS[-1])
    elif kind == NUMBER:
        return str(_bounded(int(value), -_MOST, _MOST))
    elif kind == MONEY and not abs(Decimal(value)) <= _MOST_AMOUNT:
        raise ValueError(value)
    return value


def _bounded(number: int, least: int, most: int) -> int:
    if not least <= number <= most:
        raise ValueError(number)
    return number


def holds(field: Field, rule: Rule) -> bool:
    """Say whether a rule that was kept can be asked for: its operator, and its value."""
    if rule.operator not in OPERATORS[field.kind]:
        return False
    try:
        if rule.operator not in ALONE:
            _within_bounds(field.kind, rule.operator, rule.value)
    except (ValueError, ArithmeticError):
        return False
    return True


def said(kind: str, rule: Rule) -> str:
    """Return a rule's value as a person reads it: a day, an amount, or the words."""
    if rule.operator in _COUNTED or not rule.value:
        return rule.value
    if kind in _CALENDAR:
        return i18n.day_numeric(date.fromisoformat(rule.value))
    if kind == MONEY:
        return i18n.money(Decimal(rule.value))
    return rule.value


def conditions(
    fields: Mapping[str, Field], rules: Sequence[Rule], *, today: date
) -> list[Condition]:
    """Return the SQL of `rules`; one of a field that there is no longer is left out."""
    return [
        _condition(fields[rule.field], rule, f"rule{n}", today)
        for n, rule in enumerate(rules)
        if rule.field in fields and holds(fields[rule.field], rule)
    ]


def _condition(field: Field, rule: Rule, name: str, today: date) -> Condition:
    sql, operator = field.sql, rule.operator
    if operator in {"filled", "empty"}:
        nothing = "IS NULL" if field.kind in _CALENDAR else "= ''"
        given = sql if field.kind in _CALENDAR else f"coalesce({sql}, '')"
        return Condition(f"{'NOT ' if operator == 'filled' else ''}({given} {nothing})", {})
    if field.kind == FLAG:
        return Condition(sql if operator == "yes" else f"NOT ({sql})", {})
    if field.kind == TEXT:
        return _text(sql, operator, name, rule.value)
    if field.kind == CHOICE:
        sign = "=" if operator == "is" else "<>"
        return Condition(f"coalesce({sql}, '') {sign} :{name}", {name: rule.value})
    if field.kind in {NUMBER, MONEY}:
        sign = {"least": ">=", "most": "<=", "is": "="}[operator]
        value = money.to_cents(Decimal(rule.value)) if field.kind == MONEY else int(rule.value)
        # an amount that is not there is nothing; a number that is not there is not known
        known = f"coalesce({sql}, 0)" if field.kind == MONEY else sql
        return Condition(f"{known} {sign} :{name}", {name: value})
    return _when(field, rule, name, today)


def _text(sql: str, operator: str, name: str, value: str) -> Condition:
    known, wanted = name_key(f"coalesce({sql}, '')"), name_key(f":{name}")
    found = {
        "contains": f"instr({known}, {wanted}) > 0", "lacks": f"instr({known}, {wanted}) = 0",
        "is": f"{known} = {wanted}", "begins": f"instr({known}, {wanted}) = 1",
    }[operator]  # fmt: skip
    return Condition(found, {name: value})


def _when(field: Field, rule: Rule, name: str, today: date) -> Condition:
    def moment(day: date) -> str | int:
        if field.kind == DAY:
            return day.isoformat()
        return int(instant(day, 0).timestamp() * 1000)

    sql = field.sql
    if rule.operator == "coming":
        least, end = moment(today), moment(today + timedelta(days=int(rule.value) + 1))
        ahead = f"coalesce({sql} >= :{name} AND {sql} < :{name}_end, 0)"
        return Condition(ahead, {name: least, f"{name}_end": end})
    if rule.operator in _COUNTED:
        since = moment(today - timedelta(days=int(rule.value)))
        fresh = f"coalesce({sql} >= :{name}, 0)"
        negated = "NOT " if rule.operator == "not_within" else ""
        return Condition(negated + fresh, {name: since})
    day = date.fromisoformat(rule.value)
    if rule.operator == "before":
        return Condition(f"{sql} < :{name}", {name: moment(day)})
    return Condition(f"{sql} >= :{name}", {name: moment(day + timedelta(days=1))})
