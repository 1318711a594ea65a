"""Days as people type them: «26», «26/11», «jue», «mañana», «+5», «en 2 semanas», "next Monday"."""

from __future__ import annotations

import re
import unicodedata
from calendar import monthrange
from datetime import date, timedelta

_WEEKDAYS: dict[str, tuple[str, ...]] = {
    "es": ("lunes", "martes", "miercoles", "jueves", "viernes", "sabado", "domingo"),
    "en": ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"),
}
_MONTHS: dict[str, tuple[str, ...]] = {
    "es": ("enero", "febrero", "marzo", "abril", "mayo", "junio", "julio", "agosto",
           "septiembre", "octubre", "noviembre", "diciembre"),
    "en": ("january", "february", "march", "april", "may", "june", "july", "august",
           "september", "october", "november", "december"),
}  # fmt: skip
_NEAR = {
    "hoy": 0, "today": 0, "manana": 1, "tomorrow": 1, "pasado": 2, "pasado manana": 2,
    "day after tomorrow": 2, "the day after tomorrow": 2, "ayer": -1, "yesterday": -1,
}  # fmt: skip
_UNITS = {"d": 1, "dia": 1, "dias": 1, "day": 1, "days": 1, "s": 7, "sem": 7, "semana": 7,
          "semanas": 7, "w": 7, "week": 7, "weeks": 7, "fortnight": 14, "fortnights": 14,
          "quincena": 15}  # fmt: skip
_MONTH_UNITS = ("mes", "meses", "month", "months")
_COUNTS = {
    "a": 1, "an": 1, "one": 1, "un": 1, "una": 1, "two": 2, "dos": 2, "three": 3, "tres": 3,
    "four": 4, "cuatro": 4, "diez": 10, "ten": 10, "quince": 15,
}  # fmt: skip
_COUNT = r"\d{1,3}|" + "|".join(_COUNTS)
_NEXT = re.compile(
    r"(?:el |la |este |esta |on |this |the )?(?P<before>(?:proxim[oa]|next|coming) )?"
    r"(?P<what>[a-z]+)(?P<after> que viene| proxim[oa])?"
)
_WORDED = re.compile(
    r"(?:(?P<weekday>[a-z]{3,}) )?(?:el )?(?P<day>\d{1,2})(?:st|nd|rd|th)?"
    r"(?: (?:de |of )?(?P<month>[a-z]{3,}))?(?: (?:de |del )?(?P<year>\d{4}))?"
)
_MONTH_FIRST = re.compile(
    r"(?:(?P<weekday>[a-z]{3,}) )?(?P<month>[a-z]{3,}) (?P<day>\d{1,2})(?:st|nd|rd|th)?"
    r"(?: (?P<year>\d{4}))?"
)


class NotADay(ValueError):  # noqa: N818 - what the text is
    """The text names no day."""


def parse_day(text: str, today: date, language: str = "es") -> date:
    """Return the day that `text` names, seen from `today`.

    A weekday is the next one after today, «next Monday» too; a day of the month without a month
    is the next such day; a day and a month without a year are within the coming year, or up to a
    month ago. A weekday beside a day has to be that day's.

    Raises:
        NotADay: the text is something else.
    """
    words = _folded(text)
    if words in _NEAR:
        return today + timedelta(days=_NEAR[words])
    if match := re.fullmatch(r"([+-])\s*(\d{1,3})\s*([a-z]*)", words):
        return _away(today, int(match[1] + match[2]), match[3], text)
    if match := re.fullmatch(rf"(?:en|in|dentro de)\s+({_COUNT})\s*([a-z]+)", words):
        return _away(today, _COUNTS.get(match[1]) or int(match[1]), match[2], text)
    if match := _NEXT.fullmatch(words):
        coming = bool(match["before"] or match["after"])  # «this week» names no day
        return _next(match["what"], today, language, coming=coming, text=text)
    if match := re.fullmatch(r"(\d{4})-(\d{1,2})-(\d{1,2})", words):
        return _made(int(match[1]), int(match[2]), int(match[3]), text)
    if match := re.fullmatch(r"(\d{1,2})(?:[/.\-\s](\d{1,2}))?(?:[/.\-\s](\d{2}|\d{4}))?", words):
        day, month, year = (int(part) if part else None for part in match.groups())
        return _written(day or 0, month, year, today, text)
    if match := _WORDED.fullmatch(words) or _MONTH_FIRST.fullmatch(words):
        return _in_words(match, today, language, text)
    raise NotADay(text)


def _folded(text: str) -> str:
    decomposed = unicodedata.normalize("NFD", text.strip().lower())
    plain = "".join(c for c in decomposed if not unicodedata.combining(c))
    plain = re.sub(r"(?<=[a-z])\.|,", " ", plain)
    return re.sub(r"\s+", " ", plain).strip()


def _named(word: str, names: dict[str, tuple[str, ...]], language: str) -> int | None:
    """Return the place of a name written whole or from its first three letters on."""
    for known in (names.get(language, ()), *names.values()):
        if (place := _place(word, known)) is not None:
            return place
    return None


def _place(word: str, names: tuple[str, ...]) -> int | None:
    long_enough = len(word) >= 3
    return next((n for n, name in enumerate(names) if long_enough and name.startswith(word)), None)


def _is_month(word: str, language: str) -> bool:
    """Say whether the word before a day is its month: «November 26», English «Mar 3»."""
    if _place(word, _WEEKDAYS.get(language, ())) is not None:
        return False
    in_language = _place(word, _MONTHS.get(language, ())) is not None
    return in_language or _named(word, _WEEKDAYS, language) is None


def _next(word: str, today: date, language: str, *, coming: bool, text: str) -> date:
    weekday = _named(word, _WEEKDAYS, language)
    if weekday is not None:
        return today + timedelta(days=(weekday - today.weekday() - 1) % 7 + 1)
    if coming and (word in _MONTH_UNITS or _UNITS.get(word, 0) == 7):
        return _away(today, 1, word, text)
    raise NotADay(text)


def _away(today: date, count: int, unit: str, text: str) -> date:
    if unit in _MONTH_UNITS:
        months = today.year * 12 + today.month - 1 + count
        year, month = months // 12, months % 12 + 1
        return _made(year, month, min(today.day, monthrange(year, month)[1]), text)
    if unit and unit not in _UNITS:
        raise NotADay(text)
    return today + timedelta(days=count * _UNITS.get(unit, 1))


def _in_words(match: re.Match[str], today: date, language: str, text: str) -> date:
    before, after = match["weekday"], match["month"]
    if before and not after and _is_month(before, language):
        before, after = None, before
    month = _named(after, _MONTHS, language) if after else None
    weekday = _named(before, _WEEKDAYS, language) if before else None
    if (after and month is None) or (before and weekday is None):
        raise NotADay(text)
    if match["year"] and month is None:
        raise NotADay(text)
    year = int(match["year"]) if match["year"] else None
    made = _written(int(match["day"]), None if month is None else month + 1, year, today, text)
    if weekday is not None and made.weekday() != weekday:
        raise NotADay(text)
    return made


def _written(day: int, month: int | None, year: int | None, today: date, text: str) -> date:
    if month is None:
        for ahead in range(12):
            months = today.month - 1 + ahead
            there = (today.year + months // 12, months % 12 + 1)
            if 1 <= day <= monthrange(*there)[1] and (made := date(*there, day)) >= today:
                return made
        raise NotADay(text)
    if year is not None:
        return _made(year if year > 99 else 2000 + year, month, day, text)
    if (month, day) == (2, 29):  # the next one there is
        year = next(y for y in range(today.year, today.year + 9) if monthrange(y, 2)[1] == 29)
        return date(year, 2, 29)
    made = _made(today.year, month, day, text)
    if made < today - timedelta(days=31):
        made = _made(today.year + 1, month, day, text)
    elif (before := _made(today.year - 1, month, day, text)) >= today - timedelta(days=31):
        made = before
    return made


def _made(year: int, month: int, day: int, text: str) -> date:
    try:
        return date(year, month, day)
    except ValueError as error:
        raise NotADay(text) from error
