"""From TopoJSON of the atlases to flat arrays that the map can load in a moment."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

NEIGHBOURS = {"020": "AD", "620": "PT", "250": "FR", "504": "MA", "292": "GI", "012": "DZ"}
FRAME = (-20.0, 26.0, 10.5, 51.5)  # west, south, east, north: Spain, its islands and neighbours
PER_DEGREE = 10_000  # 11 m: both atlases are coarser

Ring = NDArray[np.float64]  # [k, 2]: longitude, latitude


@dataclass
class Feature:
    id: str
    name: str
    rings: list[Ring]


def topology_features(topology: dict[str, Any], layer: str) -> Iterator[Feature]:
    """Yield the features of one layer of a TopoJSON file, their rings in degrees."""
    scale = np.array(topology["transform"]["scale"])
    origin = np.array(topology["transform"]["translate"])
    arcs = [np.cumsum(np.array(arc), axis=0) * scale + origin for arc in topology["arcs"]]
    for geometry in topology["objects"][layer]["geometries"]:
        polygons = geometry.get("arcs", [])
        if geometry["type"] == "Polygon":
            polygons = [polygons]
        rings = [_ring(arcs, ring) for polygon in polygons for ring in polygon]
        name = (geometry.get("properties") or {}).get("name", "")
        yield Feature(str(geometry.get("id", "")), name, rings)


def _ring(arcs: list[Ring], indices: list[int]) -> Ring:
    """Join arcs; a negative index is an arc backwards; shared end points are kept once."""
    parts = [arcs[k] if k >= 0 else arcs[~k][::-1] for k in indices]
    return np.concatenate([parts[0], *(part[1:] for part in parts[1:])])


def centroid(rings: list[Ring]) -> tuple[float, float]:
    """Return the centre of the largest ring as longitude, latitude."""
    ring = max(rings, key=lambda r: abs(_twice_area(r)))
    area = _twice_area(ring)
    if abs(area) < 1e-12:
        x, y = ring.mean(axis=0)
        return float(x), float(y)
    x, y = ring[:, 0], ring[:, 1]
    cross = x[:-1] * y[1:] - x[1:] * y[:-1]
    return (
        float(((x[:-1] + x[1:]) * cross).sum() / (3 * area)),
        float(((y[:-1] + y[1:]) * cross).sum() / (3 * area)),
    )


def contains(rings: list[Ring], point: tuple[float, float]) -> bool:
    """Return whether the polygon has `point` (latitude, longitude) inside, holes apart."""
    lat, lon = point
    crossings = 0
    for ring in rings:
        x, y = ring[:, 0], ring[:, 1]
        crosses = (y[:-1] > lat) != (y[1:] > lat)
        rise = np.where(crosses, y[1:] - y[:-1], 1.0)
        at = x[:-1] + (lat - y[:-1]) / rise * (x[1:] - x[:-1])
        crossings += int((crosses & (at > lon)).sum())
    return crossings % 2 == 1


def _twice_area(ring: Ring) -> float:
    x, y = ring[:, 0], ring[:, 1]
    return float((x[:-1] * y[1:] - x[1:] * y[:-1]).sum())


def write_outlines(
    folder: Path, provinces: dict[str, Any], municipalities: dict[str, Any], world: dict[str, Any]
) -> None:
    """Write the arrays of the map: what it always shows, and the municipalities apart."""
    countries, backdrop = [], []
    for feature in topology_features(world, "countries"):
        near = [ring for ring in feature.rings if _in_frame(ring)]
        if feature.id in NEIGHBOURS:
            countries.append(Feature(NEIGHBOURS[feature.id], feature.name, near))
        elif feature.id == "724":
            backdrop.append(Feature("ES", feature.name, near))
    spain = Feature("ES", "Spain", next(topology_features(provinces, "border")).rings)
    shown = {
        "backdrop": backdrop,
        "land": [spain, *sorted(countries, key=lambda f: f.id)],
        "provinces": sorted(_own(provinces, "provinces"), key=lambda f: f.id),
    }
    _save(folder / "outlines.npz", shown)
    towns = sorted(_own(municipalities, "municipalities"), key=lambda f: f.id)
    _save(folder / "municipalities.npz", {"municipalities": towns})


def _own(topology: dict[str, Any], layer: str) -> list[Feature]:
    return [f for f in topology_features(topology, layer) if f.rings and f.id[:2] != "54"]


def _in_frame(ring: Ring) -> bool:
    west, south, east, north = FRAME
    (x0, y0), (x1, y1) = ring.min(axis=0), ring.max(axis=0)
    return bool(x1 > west and x0 < east and y1 > south and y0 < north)


def _save(path: Path, layers: dict[str, list[Feature]]) -> None:
    """Write arrays that `numpy.load` reads, with fixed dates: same input, same bytes.

    Per layer: `points` int32[n, 2], each the difference from the one before it, `rings` the
    length of each ring, `counts` the rings of each feature, and `ids` and `names`.
    """
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for layer, features in layers.items():
            rings = [ring for feature in features for ring in feature.rings]
            points = np.rint(np.concatenate(rings) * PER_DEGREE).astype(np.int32)
            points = np.diff(points, axis=0, prepend=np.zeros((1, 2), np.int32)).astype(np.int32)
            arrays = {
                "points": np.ascontiguousarray(points.T),
                "rings": np.array([len(ring) for ring in rings], dtype=np.int32),
                "counts": np.array([len(f.rings) for f in features], dtype=np.int32),
                "ids": np.array([f.id for f in features]),
                "names": np.array([f.name for f in features]),
            }
            for name, array in arrays.items():
                stream = io.BytesIO()
                np.lib.format.write_array(stream, array, allow_pickle=False)
                entry = zipfile.ZipInfo(f"{layer}_{name}.npy", (1980, 1, 1, 0, 0, 0))
                entry.compress_type = zipfile.ZIP_DEFLATED
                archive.writestr(entry, stream.getvalue(), compresslevel=9)
    print(f"{path.name}: {path.stat().st_size / 1000:.0f} kB")
