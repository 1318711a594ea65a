"""Numbers of documents: P26-K7-00042 is kind, year, the device's series, and its counter."""

from __future__ import annotations

import re
from dataclasses import dataclass

DEFAULT_PATTERN = "P{year:02d}-{series}-{counter:05d}"
_PARTS = {
    "year": r"(?P<year>\d{2,4})", "series": r"(?P<series>[0-9A-Z]{1,4})",
    "counter": r"(?P<counter>\d+)",
}  # fmt: skip


@dataclass(frozen=True)
class Number:
    """The parts of a number; `year` has four digits."""

    year: int
    series: str
    counter: int


def number_text(pattern: str, number: Number, revision: int = 1) -> str:
    """Return the printed text; from revision 2 on it ends in « v2».

    Raises ValueError for a pattern without year, series or counter, whose numbers would repeat.
    """
    if any("{" + part not in pattern for part in _PARTS):
        message = f"{pattern!r} lacks the year, the series or the counter"
        raise ValueError(message)
    year = number.year % 100 if "{year:02d}" in pattern else number.year
    text = pattern.format(year=year, series=number.series, counter=number.counter)
    return text if revision == 1 else f"{text} v{revision}"


def parse_number(pattern: str, text: str) -> Number | None:
    """Return the parts of a printed number of this pattern, or None when it is none."""
    expression = re.escape(pattern)
    for part, group in _PARTS.items():
        field = re.search(r"\\\{" + part + r"[^}]*\\\}", expression)
        if field:
            expression = expression.replace(field[0], group)
    match = re.fullmatch(expression + r"(?: v\d+)?", text.strip())
    if not match:
        return None
    year = int(match["year"])
    return Number(year if year > 99 else 2000 + year, match["series"], int(match["counter"]))


def next_counter(today_year: int, counter_year: int, counter: int) -> tuple[int, int]:
    """Return (year, counter) of the next number: the counter starts anew with each year.

    A clock that goes back never reuses a number: the larger year stays.
    """
    if today_year > counter_year:
        return today_year, 1
    return counter_year, counter + 1
