"""The tables of postcodes, towns and municipalities, read from resources/geo when first asked.

They are data that ship with the program and never change while it runs, so each is read once
and kept. Keys are `place_names.place_key`.
"""

from __future__ import annotations

import csv
import gzip
from bisect import bisect_left
from collections import defaultdict
from functools import cache
from statistics import median
from typing import NamedTuple

from app import paths
from app.routing.place_names import place_key, place_keys, whole_keys
from app.routing.problem import Position

POSTAL_COUNTRIES = frozenset({"AD", "ES", "FR", "MA", "PT"})


class Place(NamedTuple):
    """A named place; `province` is the Spanish code of two digits, in Andorra the postcode."""

    name: str
    province: str
    position: Position
    population: int


class Municipality(NamedTuple):
    """A Spanish municipality as INE numbers it."""

    ine: str
    name: str
    position: Position
    population: int


def _rows(name: str) -> list[list[str]]:
    path = paths.resources() / "geo" / name
    if path.suffix == ".gz":
        text = gzip.decompress(path.read_bytes()).decode()
    else:
        text = path.read_text(encoding="utf-8")
    return list(csv.reader(text.splitlines()))[1:]


@cache
def postcodes(country: str) -> dict[str, list[tuple[str, Position]]]:
    """Return the places of each postcode of `country` (two letters); empty where unknown."""
    table: dict[str, list[tuple[str, Position]]] = defaultdict(list)
    if country == "AD":
        for name, code, lat, lon in _rows("andorra.csv"):
            table[code].append((name, Position.of(float(lat), float(lon))))
    elif country in POSTAL_COUNTRIES:
        for code, name, lat, lon in _rows(f"postcodes_{country.lower()}.csv.gz"):
            table[code].append((name, Position.of(float(lat), float(lon))))
    return dict(table)


@cache
def middle_of(country: str, postcode: str) -> Position | None:
    """Return the middle of the places of a postcode; in Andorra its first place, the parish."""
    places = postcodes(country).get(postcode, [])
    if not places:
        return None
    if country == "AD":
        return places[0][1]
    return Position(
        round(median(position.lat_e6 for _name, position in places)),
        round(median(position.lon_e6 for _name, position in places)),
    )


@cache
def municipalities() -> tuple[Municipality, ...]:
    """Return the municipalities of Spain in the order of their codes."""
    return tuple(
        Municipality(ine, name, Position.of(float(lat), float(lon)), int(population))
        for ine, name, lat, lon, population in _rows("municipalities.csv.gz")
    )


@cache
def _municipality_keys() -> list[tuple[str, int]]:
    """Return all keys of all municipalities, sorted, each with its index."""
    found = ((key, k) for k, m in enumerate(municipalities()) for key in place_keys(m.name))
    return sorted(found)


def municipality_suggestions(
    typed: str, *, province: str = "", limit: int = 8
) -> tuple[Municipality, ...]:
    """Return municipalities one of whose names begins with `typed`, the largest first.

    Accents, case and the article do not matter; `province` is a code of two digits.
    """
    prefix = place_key(typed)
    if not prefix:
        return ()
    keys, all_of_them = _municipality_keys(), municipalities()
    found: dict[int, Municipality] = {}
    for key, k in keys[bisect_left(keys, (prefix, -1)) :]:
        if not key.startswith(prefix):
            break
        if all_of_them[k].ine.startswith(province):
            found[k] = all_of_them[k]
    return tuple(sorted(found.values(), key=lambda m: (-m.population, m.name))[:limit])


@cache
def cities(country: str) -> dict[str, list[Place]]:
    """Return the towns of `country` by key: by their own names, then by other and half ones.

    Half of a hyphenated name, or a name in another language, counts only where no town has it
    for its own.
    """
    places = _places_of(country)
    table: dict[str, list[Place]] = defaultdict(list)
    for place, _others in places:
        for key in whole_keys(place.name):
            table[key].append(place)
    second: dict[str, list[Place]] = defaultdict(list)
    for place, others in places:
        for key in {key for name in (place.name, *others) for key in place_keys(name)}:
            if key not in table:
                second[key].append(place)
    return dict(table) | second


def _places_of(country: str) -> list[tuple[Place, list[str]]]:
    found: list[tuple[Place, list[str]]] = []
    if country == "ES":
        found += [
            (Place(m.name, m.ine[:2], m.position, m.population), []) for m in municipalities()
        ]
    for code, villages_of in postcodes("AD").items() if country == "AD" else ():
        found += [(Place(name, code, position, 0), []) for name, position in villages_of]
    parish = {place_key(place.name): place.province for place, _ in found if country == "AD"}
    for row in _rows("towns.csv.gz"):
        if row[0] == country:
            position = Position.of(float(row[2]), float(row[3]))
            others = row[5].split("|") if row[5] else []
            province = parish.get(place_key(row[1]), "")
            found.append((Place(row[1], province, position, int(row[4])), others))
    return found


@cache
def villages() -> dict[str, list[Place]]:
    """Return the smaller places of Spain that only the postal tables know, by key."""
    table: dict[str, list[Place]] = defaultdict(list)
    for code, places in postcodes("ES").items():
        for name, position in places:
            table[place_key(name)].append(Place(name, code[:2], position, 0))
    return dict(table)


@cache
def provinces() -> dict[str, Place]:
    """Return the provinces of Spain by code, "01" to "52", each at its centre."""
    return {
        code: Place(name, code, Position.of(float(lat), float(lon)), 0)
        for code, name, lat, lon in _rows("provinces.csv.gz")
    }


@cache
def province_codes() -> dict[str, str]:
    """Return the code of each province by the keys of all its names, old and foreign ones too."""
    codes = {key: code for code, p in provinces().items() for key in whole_keys(p.name)}
    codes.update({code: code for code in provinces()})
    for name, also in _rows("other_names.csv"):
        codes.setdefault(place_key(also), codes[place_key(name)])
    return codes
