"""The outlines that the map draws: land and provinces at once, municipalities when asked for.

Coordinates are web mercator metres, x to the east and y to the north.
"""

from __future__ import annotations

import csv
import gzip
from dataclasses import dataclass
from functools import cache
from math import asinh, atan, degrees, radians, sinh, tan
from typing import TYPE_CHECKING, NamedTuple

from app import paths

if TYPE_CHECKING:  # to project a stop needs no numpy, and its import takes as long as a screen
    import numpy as np
    from numpy.typing import NDArray

    Ring = NDArray[np.float32]  # [k, 2]: x, y; closed, the last point is the first

EARTH_RADIUS_M = 6_378_137.0
PER_DEGREE = 10_000
RANKS = (500_000, 100_000, 30_000, 10_000, 2_000)


@dataclass(frozen=True, slots=True, eq=False)
class Shape:
    """A country, province or municipality: `id` is ISO, or INE's code; holes are rings too.

    Filled by the odd-even rule. `box` is west, south, east, north, for leaving it out.
    """

    id: str
    name: str
    rings: tuple[Ring, ...]
    box: tuple[float, float, float, float]


class PlaceLabel(NamedTuple):
    """A town to write on the map; `rank` 0 is the most important, 5 a village."""

    name: str
    country: str
    lat: float
    lon: float
    population: int
    rank: int


@dataclass(frozen=True, slots=True, eq=False)
class Outlines:
    """What the map always shows; `land` has Spain first, then AD, DZ, FR, GI, MA, PT.

    `backdrop` is Spain from the atlas of the neighbours: filled first, without a line, it closes
    the gaps that two atlases leave along a border.
    """

    backdrop: tuple[Shape, ...]
    land: tuple[Shape, ...]
    provinces: tuple[Shape, ...]
    places: tuple[PlaceLabel, ...]


def mercator(lat: float, lon: float) -> tuple[float, float]:
    """Return x, y in web mercator metres of a position in degrees."""
    return radians(lon) * EARTH_RADIUS_M, asinh(tan(radians(lat))) * EARTH_RADIUS_M


def from_mercator(x: float, y: float) -> tuple[float, float]:
    """Return latitude and longitude in degrees of web mercator metres."""
    return degrees(atan(sinh(y / EARTH_RADIUS_M))), degrees(x / EARTH_RADIUS_M)


@cache
def load() -> Outlines:
    """Return land, provinces and places; read once (tens of milliseconds), from any thread."""
    backdrop, land, provinces = (
        _shapes("outlines.npz", layer) for layer in ("backdrop", "land", "provinces")
    )
    return Outlines(backdrop, land, provinces, _places())


@cache
def municipalities() -> tuple[Shape, ...]:
    """Return the 8,000 municipalities of Spain, by code; read once, in a fifth of a second."""
    return _shapes("municipalities.npz", "municipalities")


def _shapes(file: str, layer: str) -> tuple[Shape, ...]:
    import numpy as np

    with np.load(paths.resources() / "geo" / file, allow_pickle=False) as arrays:
        steps = arrays[f"{layer}_points"]
        lengths, counts = arrays[f"{layer}_rings"], arrays[f"{layer}_counts"]
        ids, names = arrays[f"{layer}_ids"].tolist(), arrays[f"{layer}_names"].tolist()
    points = _project(np.cumsum(steps.T, axis=0, dtype=np.int64))
    ends = np.cumsum(lengths)
    starts = ends - lengths
    low = np.minimum.reduceat(points, starts)
    high = np.maximum.reduceat(points, starts)
    last = np.cumsum(counts)
    first = last - counts
    boxes = np.hstack((np.minimum.reduceat(low, first), np.maximum.reduceat(high, first))).tolist()
    rings = [points[a:b] for a, b in zip(starts.tolist(), ends.tolist(), strict=True)]
    spans = zip(first.tolist(), last.tolist(), strict=True)
    return tuple(
        Shape(ids[k], names[k], tuple(rings[a:b]), tuple(boxes[k]))
        for k, (a, b) in enumerate(spans)
    )


def _project(points: NDArray[np.int64]) -> NDArray[np.float32]:
    import numpy as np

    angles = np.radians(points / PER_DEGREE)
    x = angles[:, 0] * EARTH_RADIUS_M
    y = np.arcsinh(np.tan(angles[:, 1])) * EARTH_RADIUS_M
    return np.column_stack((x, y)).astype(np.float32)


def _places() -> tuple[PlaceLabel, ...]:
    packed = (paths.resources() / "geo" / "towns.csv.gz").read_bytes()
    rows = csv.reader(gzip.decompress(packed).decode().splitlines()[1:])
    places = [
        PlaceLabel(name, country, float(lat), float(lon), int(population), _rank(int(population)))
        for country, name, lat, lon, population, _others in rows
    ]
    places.sort(key=lambda place: -place.population)
    return tuple(places)


def _rank(population: int) -> int:
    return next((k for k, least in enumerate(RANKS) if population >= least), len(RANKS))
