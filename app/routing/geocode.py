"""From an address to a position, offline: the postcode first, then the town, then the province.

Nothing here is finer than a postcode or a village: streets come from the customer's own pin. How
good a position is travels with it, and an address that contradicts itself is flagged.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from math import cos, hypot, radians
from typing import Literal

from app.routing import gazetteer
from app.routing.gazetteer import Place
from app.routing.place_names import fold, place_key, place_keys
from app.routing.problem import Position

GeoQuality = Literal["exact", "street", "postal", "city", "province"]
Conflict = Literal["province", "city"]
FAR_KM = 40.0  # a town further than this from its postcode contradicts it

_COUNTRY_NAMES = {
    "es": "ES", "esp": "ES", "espana": "ES", "spain": "ES", "espanya": "ES", "espagne": "ES",
    "ad": "AD", "and": "AD", "andorra": "AD", "andorre": "AD", "pt": "PT", "prt": "PT",
    "portugal": "PT", "fr": "FR", "fra": "FR", "france": "FR", "francia": "FR", "ma": "MA",
    "mar": "MA", "morocco": "MA", "marruecos": "MA", "maroc": "MA", "gi": "GI", "gibraltar": "GI",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Located:
    """Where an address is and how well that is known.

    `position` and `quality` are None together: nothing in the address is known. `conflict` says
    what contradicts the postcode; the position is then the likelier of the two.
    """

    position: Position | None
    quality: GeoQuality | None
    conflict: Conflict | None = None


def locate(country: str = "", postcode: str = "", city: str = "", province: str = "") -> Located:
    """Return the position of an address as people write it.

    `country` is two letters or a name, and may be empty: the postcode tells, else it is Spain.
    Towns may be bilingual, without accents, with the article on either side; provinces are codes
    or names. With a postcode that is not in the tables the town decides, then the province.
    """
    nation = country_code(country, postcode)
    code = clean_postcode(nation, postcode)
    stated = province_code(province) if nation == "ES" else None
    by_code = province_of(code) if nation == "ES" else None
    middle = gazetteer.middle_of(nation, code) if code else None
    town = _town(nation, city, by_code)
    conflict: Conflict | None = None
    if stated and by_code and stated != by_code:
        conflict = "province"
        in_stated = _town(nation, city, stated)
        if in_stated is not None and in_stated.province == stated:
            return Located(in_stated.position, "city", conflict)
    if middle is not None:
        village = _within(nation, code, city)
        if village is not None:
            return Located(village, "postal", conflict)
        if conflict is None and town is not None and _elsewhere(nation, code, middle, town):
            conflict = "city"
        return Located(middle, "postal", conflict)
    if town is None or (by_code is None and stated is not None):
        town = _town(nation, city, stated) or town
    if town is not None:
        return Located(town.position, "city", conflict)
    home = gazetteer.provinces().get(by_code or stated or "")
    return Located(home.position, "province", conflict) if home else Located(None, None)


def country_code(country: str, postcode: str = "") -> str:
    """Return the two letters of `country`; an empty one follows from the postcode, else "ES"."""
    given = fold(country).replace(" ", "")
    if given:
        return _COUNTRY_NAMES.get(given, given.upper()[:2])
    written = postcode.strip().upper()
    if written.startswith("AD"):
        return "AD"
    if re.fullmatch(r"\d{4}-\d{3}", written):
        return "PT"
    return "ES"


def clean_postcode(country: str, postcode: str) -> str:
    """Return `postcode` as the tables write it, «AD500», «08001» for 8001; "" if it is none."""
    digits = "".join(re.findall(r"\d", postcode))
    if country == "AD":
        return f"AD{digits}" if len(digits) == 3 else ""
    if country == "PT":
        return digits[:4] if len(digits) in {4, 7} else ""
    if country in {"ES", "FR"}:  # spreadsheets drop the leading zero
        return digits.zfill(5) if len(digits) in {4, 5} else ""
    return digits


def province_of(postcode: str) -> str | None:
    """Return the Spanish province of a postcode as its code, "01" to "52"; None if it has none."""
    code = clean_postcode("ES", postcode)
    return code[:2] if code and code[:2] in gazetteer.provinces() else None


def province_code(name: str) -> str | None:
    """Return the code of a Spanish province by any of its names, or by the code itself."""
    codes = gazetteer.province_codes()
    return next((codes[key] for key in (fold(name), *place_keys(name)) if key in codes), None)


def province_name(code: str) -> str:
    """Return the name of a province as the atlas has it, «València/Valencia»; empty if unknown."""
    place = gazetteer.provinces().get(code)
    return place.name if place else ""


def cities_of(country: str, postcode: str) -> tuple[str, ...]:
    """Return the names of the places of a postcode, for the form to offer; alphabetical."""
    places = gazetteer.postcodes(country).get(clean_postcode(country, postcode), [])
    return tuple(sorted({name for name, _position in places}, key=fold))


def kilometres(a: Position, b: Position) -> float:
    """Return the straight distance of two places of one country, within half a percent."""
    east = (a.lon - b.lon) * cos(radians((a.lat + b.lat) / 2))
    return hypot(a.lat - b.lat, east) * 111.2


def _elsewhere(country: str, postcode: str, middle: Position, town: Place) -> bool:
    """Return whether `town` cannot have this postcode: another parish, or too far from it."""
    if country == "AD":
        return town.province not in {"", postcode}
    return kilometres(middle, town.position) > FAR_KM


def _within(country: str, postcode: str, city: str) -> Position | None:
    """Return the place of that name inside the postcode."""
    wanted = set(place_keys(city))
    for name, position in gazetteer.postcodes(country).get(postcode, []):
        if place_key(name) in wanted:
            return position
    return None


def _town(country: str, city: str, province: str | None) -> Place | None:
    """Return the town of that name in the province, else the largest; villages come last."""
    keys = place_keys(city)
    towns = gazetteer.cities(country)
    found = next((towns[key] for key in keys if key in towns), [])
    inside = [place for place in found if place.province == province]
    if country == "ES" and keys and not inside:
        small = gazetteer.villages().get(keys[0], [])
        inside = [place for place in small if place.province == province]
        found = found or small
    return max(inside or found, key=lambda place: place.population, default=None)
