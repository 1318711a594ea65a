"""Opening hours: from OSM syntax, or as people write them, to the windows of a day.

The OSM syntax is read by opening-hours-py. Windows are seconds since local midnight; what is open
past midnight is cut there and goes on in the next day's windows.
"""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import Any

DAY_S = 86_400
Window = tuple[int, int]

_DAYS = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")
_WORDS = {
    "es": ("lun", "mar", "mie", "jue", "vie", "sab", "dom"),
    "en": ("mon", "tue", "wed", "thu", "fri", "sat", "sun"),
}
_SPOKEN = {
    "es": ("lun", "mar", "mié", "jue", "vie", "sáb", "dom"),
    "en": ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"),
}
_CLOSED = ("cerrado", "cierra", "closed", "off")
_TIME = r"(\d{1,2})(?:[:.h](\d{2}))?h?"
_RANGE = re.compile(_TIME + r"\s*(?:-|–|a|to)\s*" + _TIME)


class NotOpeningHours(ValueError):  # noqa: N818 - what the text is
    """The text says no opening hours that anybody could follow."""


@lru_cache(maxsize=4096)
def _read(text: str, country: str) -> Any:
    # the two errors are missing from the library's stub
    from opening_hours import (  # type: ignore[attr-defined]
        OpeningHours,
        ParserError,
        UnknownCountryError,
    )

    cleaned = text.replace("–", "-").replace("—", "-").strip()
    try:
        return OpeningHours(cleaned, country=country or None)
    except UnknownCountryError:
        return OpeningHours(cleaned)
    except ParserError as error:
        raise NotOpeningHours(text) from error


def validate(text: str) -> None:
    """Raise NotOpeningHours when `text` is not OSM syntax; nothing at all is fine."""
    if text.strip():
        _read(text, "")


def windows(text: str, day: date, *, country: str = "") -> list[Window]:
    """Return when a place is open on `day`: ordered, apart from each other, [] when closed.

    Hours that OSM calls unknown count as open: somebody may be there. `country` (two letters)
    brings the holidays. Raises NotOpeningHours.
    """
    from opening_hours import State

    begin = datetime.combine(day, time())
    end = begin + timedelta(days=1)
    found: list[Window] = []
    for start, stop, state, _comment in _read(text, country).intervals(begin, end):
        if state == State.CLOSED:
            continue
        first = max(0, round((start - begin).total_seconds()))
        last = min(DAY_S, round((stop - begin).total_seconds()))
        if found and found[-1][1] == first:
            found[-1] = (found[-1][0], last)
        elif last > first:
            found.append((first, last))
    return found


def to_osm(text: str, language: str = "es") -> str:
    """Turn hours as people write them into OSM syntax; OSM syntax passes through.

    «9-14 16:30-20, sáb 10-14, lun cerrado» means every day but for what is said of single days;
    «lun-vie 9-14» is a range of days. Raises NotOpeningHours.
    """
    text = text.strip()
    if not text:
        return ""
    if re.match(r"(24/7|(Mo|Tu|We|Th|Fr|Sa|Su|PH|\d{2}:)\b)", text):
        validate(text)
        return text
    parts = re.split(r"[;,\n]|\by\b(?=\s*[a-z])", _folded(text))
    rules = [_rule(part.strip(), language, text) for part in parts if part.strip()]
    made = "; ".join(rules)
    validate(made)
    return made


def to_words(text: str, language: str = "es") -> str:
    """Write OSM syntax as people do: «lun-sáb 9:00-14:00 17:00-20:00; dom cerrado».

    `to_osm` reads it back; what cannot be said so stays as it is.
    """
    days = dict(zip(_DAYS, _SPOKEN.get(language, _SPOKEN["en"]), strict=True))
    words = re.sub(r"\b(" + "|".join(_DAYS) + r")\b", lambda match: days[match[1]], text)
    words = re.sub(r"\b0(\d:\d\d)", r"\1", words).replace(", ", " ").replace(",", " ")
    words = words.replace("off", "cerrado" if language == "es" else "closed")
    try:
        same = to_osm(words, language) == text.replace(", ", ",")
    except NotOpeningHours:
        return text
    return words if same else text


def _folded(text: str) -> str:
    return text.lower().translate(str.maketrans("áéíóú–—", "aeiou--"))


def _rule(part: str, language: str, whole: str) -> str:
    days, rest = _leading_days(part, language)
    if any(word in rest for word in _CLOSED):
        return f"{days or 'Mo-Su'} off"
    spans = []
    for match in _RANGE.finditer(rest):
        h1, m1, h2, m2 = (int(g) if g else 0 for g in match.groups())
        if h2 < h1 <= 12:  # «9-2» and "9-5" are said of an afternoon; a bar opens at 20-2
            h2 += 12
        if h1 > 24 or h2 > 26 or m1 > 59 or m2 > 59:
            raise NotOpeningHours(whole)
        spans.append(f"{h1:02d}:{m1:02d}-{h2:02d}:{m2:02d}")
    if not spans or re.sub(r"[\s/y&]|and", "", _RANGE.sub("", rest)):
        raise NotOpeningHours(whole)
    return f"{days or 'Mo-Su'} {','.join(spans)}"


def _leading_days(part: str, language: str) -> tuple[str, str]:
    known = {
        word: osm
        for words in (_WORDS["en"], _WORDS.get(language, ()))
        for word, osm in zip(words, _DAYS, strict=True)
    }
    word = r"(?:de\s+|los\s+)?(" + "|".join(known) + r")[a-z]*\.?"
    match = re.match(word + r"(?:\s*(?:-|\ba\b|\bto\b)\s*" + word + r")?\s*:?\s*", part)
    if not match:
        return "", part
    first, last = known[match[1]], known[match[2]] if match[2] else ""
    return (f"{first}-{last}" if last else first), part[match.end() :]
