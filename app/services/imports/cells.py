"""What the cells of a list say, however it is written: countries, telephones, days, positions."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from datetime import date
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import NamedTuple

from babel import Locale

from app.routing import gazetteer
from app.routing.place_names import fold, place_keys
from app.rules import identifiers, opening

_EMAIL = re.compile(r"[\w.+\-'&]+@[\w\-]+(?:\.[\w\-]+)+")
_DAY = re.compile(r"(\d{1,4})[/.\-](\d{1,2})[/.\-](\d{1,4})(?:[T\s].*)?")
_YES = frozenset({"1", "s", "si", "y", "yes", "true", "x", "verdadero", "t"})
_ALSO = {
    "usa": "US", "eeuu": "US", "ee uu": "US", "uk": "GB", "england": "GB", "inglaterra": "GB",
    "gran bretana": "GB", "scotland": "GB", "escocia": "GB", "wales": "GB", "holanda": "NL",
    "holland": "NL", "esp": "ES", "and": "AD", "prt": "PT", "fra": "FR", "espanya": "ES",
    "espagne": "ES", "andorre": "AD", "maroc": "MA",
}  # fmt: skip
_PREFIXES = {"+376": "AD", "00376": "AD", "+34": "ES", "0034": "ES", "+351": "PT", "+33": "FR"}


@lru_cache(maxsize=1)
def _countries() -> dict[str, str]:
    found: dict[str, str] = {}
    for language in ("en", "es"):
        for code, name in Locale(language).territories.items():
            if re.fullmatch(r"[A-Z]{2}", code):
                found.setdefault(fold(name), code)
                found.setdefault(code.lower(), code)
    return found | _ALSO


def country(text: str) -> str:
    """Return the two letters of a country's name or code, or nothing when it is unknown."""
    return _countries().get(fold(text), "")


def country_by_signs(postcode: str, parish: str, phone: str) -> str:
    """Return the country that an address gives away without naming it, or nothing."""
    if parish or re.match(r"\s*AD\s*-?\d", postcode, re.IGNORECASE):
        return "AD"
    if re.fullmatch(r"\d{4}-\d{3}", postcode.strip()):
        return "PT"
    number = re.sub(r"[\s'.()-]", "", phone)
    return next((code for prefix, code in _PREFIXES.items() if number.startswith(prefix)), "")


def is_in(city: str, code: str) -> bool:
    """Tell whether there is such a town in a country whose towns we know."""
    towns = gazetteer.cities(code)
    return any(key in towns for key in place_keys(city))


def several(cell: str) -> list[str]:
    """Return the values of a cell that holds more than one, as Google and Krayin write them."""
    if cell.startswith("[{"):
        try:
            found = json.loads(cell)
            return [str(one.get("value", "")) for one in found if isinstance(one, dict)]
        except (ValueError, AttributeError):
            return [cell]
    return [part.strip() for part in cell.split(":::")]


def phones(cell: str, code: str) -> list[str]:
    """Return the telephones of a cell in E.164, valid ones only."""
    return identifiers.phones(";".join(several(cell)), code)


def emails(cell: str) -> list[str]:
    return [str(found) for found in _EMAIL.findall(" ".join(several(cell)))]


def yes(cell: str) -> bool:
    return fold(cell) in _YES


def hours(cell: str) -> tuple[str, bool]:
    """Return opening hours in OSM syntax, and whether they can be understood."""
    try:
        opening.validate(cell)
    except opening.NotOpeningHours:
        try:
            return opening.to_osm(cell, "es"), True  # knows the English days too
        except opening.NotOpeningHours:
            return cell, False
    return cell, True


def position(lat: str, lon: str, both: str) -> tuple[int, int] | None:
    """Return micro-degrees, or None for what is nowhere on earth; 0, 0 is a field left empty."""
    if both and not (lat and lon):
        parts = re.findall(r"-?\d+[.,]\d+|-?\d+", both)
        lat, lon = parts if len(parts) == 2 else ("", "")
    try:
        north, east = (Decimal(part.replace(",", ".").strip()) for part in (lat, lon))
    except InvalidOperation:
        return None
    if not (north.is_finite() and east.is_finite()) or (north == 0 and east == 0):
        return None
    if abs(north) > 90 or abs(east) > 180:
        return None
    return round(north * 1_000_000), round(east * 1_000_000)


class DayOrder(NamedTuple):
    """How a list writes its days; `is_sure` is False when every one of them reads both ways."""

    day_first: bool = True
    is_sure: bool = True


def day_order(cells: Iterable[str]) -> DayOrder:
    """Find out whether 03/04/2019 is in April or in March: one 13 or more tells it for all."""
    first = second = doubtful = 0
    for cell in cells:
        match = _DAY.fullmatch(cell.strip())
        if match is None or len(match[1]) == 4:
            continue
        a, b = int(match[1]), int(match[2])
        first += a > 12
        second += b > 12
        doubtful += a <= 12 and b <= 12 and a != b
    if second > first:
        return DayOrder(day_first=False)
    return DayOrder(is_sure=bool(first) or not doubtful)


def day(cell: str, *, day_first: bool) -> date | None:
    """Return the day that a cell names, or None when there is none such; 0/0/00 is empty too."""
    match = _DAY.fullmatch(cell.strip())
    if match is None:
        return None
    a, b, c = (int(part) for part in match.groups())
    if len(match[1]) == 4:
        year, month, number = a, b, c
    else:
        year = c if len(match[3]) == 4 else 2000 + c if c < 70 else 1900 + c
        month, number = (b, a) if day_first else (a, b)
    try:
        return date(year, month, number)
    except ValueError:
        return None
