"""Days as people type them: «26», «26/11», «jue», «mañana», «+5», «en 2 semanas», "in 3 days"."""

from __future__ import annotations

import re
import unicodedata
from calendar import monthrange
from datetime import date, timedelta

_WEEKDAYS = {
    "es": ("lun", "mar", "mie", "jue", "vie", "sab", "dom"),
    "en": ("mon", "tue", "wed", "thu", "fri", "sat", "sun"),
}
_NEAR = {
    "hoy": 0, "today": 0, "manana": 1, "tomorrow": 1, "pasado": 2, "pasado manana": 2,
    "ayer": -1, "yesterday": -1,
}  # fmt: skip
_UNITS = {"d": 1, "dia": 1, "dias": 1, "day": 1, "days": 1, "s": 7, "sem": 7, "semana": 7,
          "semanas": 7, "w": 7, "week": 7, "weeks": 7}  # fmt: skip


class NotADay(ValueError):  # noqa: N818 - what the text is
    """The text names no day."""


def parse_day(text: str, today: date, language: str = "es") -> date:
    """Return the day that `text` names, seen from `today`.

    A weekday is the next one after today; a day of the month without a month is the next such
    day; a day and a month without a year are within the coming year, or up to a month ago.

    Raises:
        NotADay: the text is something else.
    """
    words = _folded(text)
    if words in _NEAR:
        return today + timedelta(days=_NEAR[words])
    if match := re.fullmatch(r"([+-])\s*(\d{1,3})\s*([a-z]*)", words):
        return _away(today, int(match[1] + match[2]), match[3], text)
    if match := re.fullmatch(r"(?:en|in|dentro de)\s+(\d{1,3})\s*([a-z]+)", words):
        return _away(today, int(match[1]), match[2], text)
    for names in (_WEEKDAYS.get(language, ()), *_WEEKDAYS.values()):
        if len(words) >= 3 and words[:3] in names and re.fullmatch(r"[a-z]+\.?", words):
            ahead = (names.index(words[:3]) - today.weekday() - 1) % 7 + 1
            return today + timedelta(days=ahead)
    if match := re.fullmatch(r"(\d{4})-(\d{1,2})-(\d{1,2})", words):
        return _made(int(match[1]), int(match[2]), int(match[3]), text)
    if match := re.fullmatch(r"(\d{1,2})(?:[/.\-\s](\d{1,2}))?(?:[/.\-\s](\d{2}|\d{4}))?", words):
        return _written(match, today, text)
    raise NotADay(text)


def _folded(text: str) -> str:
    decomposed = unicodedata.normalize("NFD", text.strip().lower())
    plain = "".join(c for c in decomposed if not unicodedata.combining(c))
    return re.sub(r"\s+", " ", plain)


def _away(today: date, count: int, unit: str, text: str) -> date:
    if unit and unit not in _UNITS:
        raise NotADay(text)
    return today + timedelta(days=count * _UNITS.get(unit, 1))


def _written(match: re.Match[str], today: date, text: str) -> date:
    day, month, year = (int(part) if part else None for part in match.groups())
    assert day is not None  # noqa: S101 - the expression has it
    if month is None:
        for ahead in range(12):
            months = today.month - 1 + ahead
            there = (today.year + months // 12, months % 12 + 1)
            if 1 <= day <= monthrange(*there)[1] and (made := date(*there, day)) >= today:
                return made
        raise NotADay(text)
    if year is not None:
        return _made(year if year > 99 else 2000 + year, month, day, text)
    made = _made(today.year, month, day, text)
    if made < today - timedelta(days=31):
        made = _made(today.year + 1, month, day, text)
    return made


def _made(year: int, month: int, day: int, text: str) -> date:
    try:
        return date(year, month, day)
    except ValueError as error:
        raise NotADay(text) from error
