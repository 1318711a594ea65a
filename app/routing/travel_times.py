"""How long it takes from one place to the next: a matrix of seconds and metres.

Without a road network the straight line is stretched by a circuity and driven at a speed that
both depend on its length. The anchors are those measured with a road engine on real shops in
Andorra and Liechtenstein for short legs, and the published factors for long ones; between two
anchors both are interpolated, so that a longer line never takes less time.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from app.routing.problem import Position, Quality

Matrix = NDArray[np.int32]
EARTH_M = 6_371_008.8


class TravelTimes(Protocol):
    """Something that knows travel times; `source` is its name for the reader of a plan."""

    @property
    def quality(self) -> Quality: ...

    @property
    def source(self) -> str: ...

    def matrix(self, positions: Sequence[Position]) -> tuple[Matrix, Matrix]:
        """Return seconds and metres, int32[n, n], from row to column; zero on the diagonal."""
        ...


def straight_m(positions: Sequence[Position]) -> NDArray[np.float64]:
    """Return great-circle distances in metres, float64[n, n], by the haversine formula."""
    degrees = np.array([(p.lat_e6, p.lon_e6) for p in positions], dtype=np.float64)
    radians = np.radians(degrees.reshape(-1, 2) / 1e6)
    lat, lon = radians[:, 0], radians[:, 1]
    cos_lat = np.cos(lat)
    half_lat = np.sin((lat[:, None] - lat[None, :]) / 2) ** 2
    half_lon = np.sin((lon[:, None] - lon[None, :]) / 2) ** 2
    chord = half_lat + cos_lat[:, None] * cos_lat[None, :] * half_lon
    distances: NDArray[np.float64] = 2 * EARTH_M * np.arcsin(np.sqrt(np.clip(chord, 0.0, 1.0)))
    return distances


@dataclass(frozen=True, slots=True)
class StraightLine:
    """Stretched straight lines: always there, good to about a fifth of the time.

    `stretch` is the rep's own factor, fitted from recorded legs; 1.0 until there are some.
    Parking and walking in cost `parking_s` per leg; where walking is quicker than driving and
    parking (some 200 m), the leg is walked.
    """

    stretch: float = 1.0
    parking_s: int = 180
    walk_m_s: float = 1.05
    at_m: tuple[float, ...] = (1_000.0, 6_000.0, 25_000.0, 60_000.0)
    circuity: tuple[float, ...] = (1.45, 1.35, 1.30, 1.25)
    speed_km_h: tuple[float, ...] = (25.0, 40.0, 55.0, 75.0)

    @property
    def quality(self) -> Quality:
        return "straight-line"

    @property
    def source(self) -> str:
        return "straight-line"

    def matrix(self, positions: Sequence[Position]) -> tuple[Matrix, Matrix]:
        """Return seconds and metres, int32[n, n], symmetric."""
        line = straight_m(positions)
        metres = line * np.interp(line, self.at_m, self.circuity) * self.stretch
        speed = np.interp(line, self.at_m, self.speed_km_h) / 3.6
        seconds = np.minimum(self.parking_s + metres / speed, line / self.walk_m_s)
        return np.rint(seconds).astype(np.int32), np.rint(metres).astype(np.int32)
