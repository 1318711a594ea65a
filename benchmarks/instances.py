"""Published route problems as ours: orienteering (TOPTW) and the travelling salesman with windows.

Distances of TOPTW are Euclidean, rounded down to one decimal, or two for the instances of Cordeau;
windows are for the start of service. A TSPTW instance gives its matrix, service inside the arcs.
"""

from __future__ import annotations

import csv
import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np

from app.routing.problem import Day, Position, Problem, Quality, Stop
from app.routing.travel_times import Matrix

_SCALE_TSPTW = 100  # decimals of the matrices that have them; integers stay exact


@dataclass(frozen=True)
class Given:
    """A matrix that is known; the nodes are told by their numbers, kept in the latitude."""

    seconds: Matrix

    @property
    def quality(self) -> Quality:
        return "road"

    @property
    def source(self) -> str:
        return "instance"

    def matrix(self, positions: Sequence[Position]) -> tuple[Matrix, Matrix]:
        nodes = [position.lat_e6 for position in positions]
        seconds = self.seconds[np.ix_(nodes, nodes)]
        return seconds, seconds


@dataclass(frozen=True)
class Instance:
    """A problem with its matrix and the best value that anybody has published."""

    name: str
    problem: Problem
    travel: Given
    best: float
    scale: int


def toptw(folder: Path, names: Sequence[tuple[str, int]]) -> list[Instance]:
    """Return instances by name and number of days: the most profit is the best."""
    with (folder / "best_known.csv").open(encoding="utf-8", newline="") as text:
        best = {(row["instance"], int(row["m"])): row["best_known"] for row in csv.DictReader(text)}
    return [
        _toptw(folder / f"{name}.txt", days, float(best[name, days]))
        for name, days in names
        if (name, days) in best and (folder / f"{name}.txt").exists()
    ]


def _toptw(path: Path, days: int, best: float) -> Instance:
    scale = 100 if path.stem.startswith("pr") else 10
    points = [list(map(float, line.split())) for line in path.read_text("utf-8").splitlines()[2:]]
    points = [point for point in points if point]
    seconds = [
        [math.floor(scale * math.hypot(a[1] - b[1], a[2] - b[2]) + 1e-9) for b in points]
        for a in points
    ]
    stops = []
    for n, point in enumerate(points[1:], 1):
        service, opens, closes = (round(scale * value) for value in (point[3], *point[-2:]))
        window = ((opens, closes + service),)
        stops.append(Stop(f"{n}", Position(n, 0), service, (window,) * days, value=round(point[4])))
    latest = round(scale * points[0][-1])
    depot = Position(0, 0)
    day = Day(date(2026, 1, 5), depot, depot, leave_s=0, finish_s=latest)
    problem = Problem((day,) * days, tuple(stops), drive_s_per_point=latest * days + 1)
    travel = Given(np.array(seconds, dtype=np.int32))
    return Instance(f"{path.stem}, {days} days", problem, travel, best, 1)


def tsptw(folder: Path, names: Sequence[str]) -> list[Instance]:
    """Return instances as SET/NAME: the least driving that visits all is the best."""
    with (folder / "best_known.csv").open(encoding="utf-8", newline="") as text:
        best = {
            f"{row['set']}/{row['instance']}": row["best_known_travel_time"]
            for row in csv.DictReader(text)
        }
    return [
        _tsptw(folder / name, float(best[name]))
        for name in names
        if name in best and (folder / name).exists()
    ]


def _tsptw(path: Path, best: float) -> Instance:
    lines = [line.split("#")[0] for line in path.read_text("utf-8").splitlines()]
    numbers = [float(word) for line in lines for word in line.split()]
    n = int(numbers[0])
    arcs = [_scaled(value) for value in numbers[1 : 1 + n * n]]
    windows = [_scaled(value) for value in numbers[1 + n * n : 1 + n * n + 2 * n]]
    stops = tuple(
        Stop(f"{k}", Position(k, 0), 0, (((windows[2 * k], windows[2 * k + 1]),),), must=True)
        for k in range(1, n)
    )
    depot = Position(0, 0)
    day = Day(date(2026, 1, 5), depot, depot, leave_s=windows[0], finish_s=windows[1])
    travel = Given(np.array(arcs, dtype=np.int32).reshape(n, n))
    return Instance(path.name, Problem((day,), stops), travel, best, _SCALE_TSPTW)


def _scaled(value: float) -> int:
    return round(value * _SCALE_TSPTW)
