"""Times of day and lengths of time as people type them: «930», «9h», "5 pm"; «45», «1 h 15»."""

from __future__ import annotations

import re
from decimal import Decimal

DAY_S = 86_400
_MINUTE, _HOUR = 60, 3600
_TIME = re.compile(
    r"(?:a las |las |at )?(?P<hour>\d{1,2})\s*(?:[:.h]\s*)?(?P<minute>\d{2})?\s*"
    r"(?P<unit>h|hs|horas|min)?\s*(?P<half>[ap]\.?\s?m\.?)?"
)
_LENGTH = re.compile(
    r"(?:(?P<hours>\d+(?:[.,]\d+)?)\s*(?:h|hs|hr|hrs|hora|horas|hour|hours)\b\.?)?"
    r"\s*(?:y|and|,)?\s*"
    r"(?:(?P<minutes>\d+)\s*(?:m|\'|min|mins|minuto|minutos|minute|minutes)?\.?)?"
)
_SAID = {
    "media hora": 1800, "half an hour": 1800, "half hour": 1800, "un cuarto de hora": 900,
    "a quarter of an hour": 900, "una hora": 3600, "an hour": 3600, "hora y media": 5400,
    "una hora y media": 5400, "an hour and a half": 5400,
}  # fmt: skip


class NotATime(ValueError):  # noqa: N818 - what the text is
    """The text is no time of day."""


class NotADuration(ValueError):  # noqa: N818 - what the text is
    """The text is no length of time."""


def parse_time(text: str) -> int:
    """Return seconds since midnight: «930», «9:30», «9.30», «9h», "5:30 pm".

    Raises:
        NotATime: the text is something else.
    """
    match = _TIME.fullmatch(" ".join(text.lower().split()))
    if not match or (match["unit"] == "min" and not match["minute"]):  # «15 min» is a length
        raise NotATime(text)
    hour, minute = int(match["hour"]), int(match["minute"] or 0)
    if half := match["half"]:
        if not 1 <= hour <= 12:
            raise NotATime(text)
        hour = hour % 12 + (12 if half.startswith("p") else 0)
    if hour > 23 or minute > 59:
        raise NotATime(text)
    return hour * _HOUR + minute * _MINUTE


def parse_duration(text: str) -> int:
    """Return seconds: «45» minutes, «1h», «1:15», «1 h 15 min», «1,5 h», "half an hour".

    Raises:
        NotADuration: the text is something else, or a day or more.
    """
    words = " ".join(text.lower().split())
    if words in _SAID:
        return _SAID[words]
    if match := re.fullmatch(r"(\d{1,2})[:.](\d{2})(?:\s*h)?", words):
        hours, minutes = Decimal(match[1]), int(match[2])
        if minutes > 59:
            raise NotADuration(text)
    else:
        glued = re.sub(r"(?<=\d)\s*h\s*(?=\d)", " h ", words)
        found = _LENGTH.fullmatch(glued)
        if not words or not found or not (found["hours"] or found["minutes"]):
            raise NotADuration(text)
        hours = Decimal((found["hours"] or "0").replace(",", "."))
        minutes = int(found["minutes"] or 0)
    seconds = hours * _HOUR + minutes * _MINUTE
    if seconds >= DAY_S or seconds % _MINUTE:
        raise NotADuration(text)
    return int(seconds)
