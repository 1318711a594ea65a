"""What the planner is asked and what it answers, as plain values that can be pickled.

Times are seconds since local midnight of the day they belong to, durations are seconds,
distances metres, positions millionths of a degree (WGS84). A day is named by its index in
`Problem.days`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Window = tuple[int, int]
Quality = Literal["straight-line", "road"]
DAY_S = 86_400


@dataclass(frozen=True, slots=True)
class Position:
    """A point on the earth in micro-degrees: exact to a hand's breadth, and hashable."""

    lat_e6: int
    lon_e6: int

    @classmethod
    def of(cls, lat: float, lon: float) -> Position:
        """Return the position of `lat`, `lon` in degrees."""
        return cls(round(lat * 1_000_000), round(lon * 1_000_000))

    @property
    def lat(self) -> float:
        return self.lat_e6 / 1_000_000

    @property
    def lon(self) -> float:
        return self.lon_e6 / 1_000_000


@dataclass(frozen=True, slots=True)
class Stop:
    """A customer who may be visited.

    `windows[d]` are the opening windows of day `d`: the whole visit lies inside one of them.
    `()` is closed that day; None, or a day beyond the end, is unknown: the rep's working hours.
    `value` is in points, of which a class A customer who is due has about 100.
    `must` is kept before any value; `fixed_at` is an appointment on day `fixed_day`, which starts
    at that second whatever the opening hours, and is kept before any `must`.
    """

    id: str
    position: Position
    duration_s: int = 1800
    windows: tuple[tuple[Window, ...] | None, ...] = ()
    value: int = 100
    must: bool = False
    fixed_at: int | None = None
    fixed_day: int = 0
    name: str = ""

    def windows_on(self, day: int) -> tuple[Window, ...] | None:
        """Return the windows of day `day` as given: None where nobody knows."""
        return self.windows[day] if day < len(self.windows) else None


@dataclass(frozen=True, slots=True)
class Lunch:
    """A break of `length_s` somewhere between `from_s` and `to_s`, wherever the rep then is."""

    from_s: int
    to_s: int
    length_s: int


@dataclass(frozen=True, slots=True)
class Day:
    """One working day: where it starts and ends, and what has already happened in it.

    `frozen` are stops already done, in their order: they stay in front and are not judged again.
    `free_at_s` is when the rep can leave the last of them (or the start, when there is none);
    None computes it. A lunch already taken is None.
    """

    date: dt.date
    start: Position
    end: Position
    leave_s: int = 8 * 3600
    finish_s: int = 18 * 3600
    lunch: Lunch | None = None
    max_m: int | None = None
    frozen: tuple[str, ...] = ()
    free_at_s: int | None = None


@dataclass(frozen=True, slots=True)
class Problem:
    """Days to fill and stops to choose from.

    `iterations` bounds the search (same seed, same plan); None leaves it to the caller's `stop`.
    `drive_s_per_point` is how much driving one point of value is worth: less of it, less driving.
    """

    days: tuple[Day, ...]
    stops: tuple[Stop, ...]
    seed: int = 1
    iterations: int | None = None
    drive_s_per_point: int = 600


@dataclass(frozen=True, slots=True)
class Violation:
    """Something that a day cannot keep: a key for the program, `params` for the sentence.

    Keys: `closed`, `late` (too late for its last window), `too_long` (open for less than the
    visit takes), `appointment`, `day_end`, `km`, `lunch`; and, from the checker alone, `order`,
    `time`, `unknown` and `frozen`, which only a wrong plan has.
    """

    key: str
    day: int
    stop_id: str | None = None
    params: Mapping[str, int | str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PlannedStop:
    """A visit with its times; `drive_s` and `drive_m` are the leg that leads to it."""

    stop_id: str
    arrive_s: int
    start_s: int
    leave_s: int
    drive_s: int
    drive_m: int
    wait_s: int
    violation: Violation | None = None


@dataclass(frozen=True, slots=True)
class PlannedDay:
    """A day in order; `drive_s`, `drive_m` are its totals, the leg home included.

    `lunch_after` counts the stops before lunch (0: before the first).
    """

    date: dt.date
    stops: tuple[PlannedStop, ...]
    leave_s: int
    lunch_at_s: int | None
    lunch_after: int | None
    drive_s: int
    drive_m: int
    back_s: int
    back_m: int
    end_s: int
    violations: tuple[Violation, ...] = ()


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A stop that is not in the plan, and why; `explain.sentence` says it in words."""

    stop_id: str
    reason_key: str
    params: Mapping[str, int | str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Plan:
    """The answer, and how good its travel times are."""

    days: tuple[PlannedDay, ...]
    left_out: tuple[LeftOut, ...] = ()
    travel_quality: Quality = "straight-line"
    source: str = ""

    @property
    def violations(self) -> tuple[Violation, ...]:
        """Return all that is not kept, day by day; empty for every plan of the solver."""
        found: list[Violation] = []
        for day in self.days:
            found += [stop.violation for stop in day.stops if stop.violation]
            found += day.violations
        return tuple(found)

    def order(self) -> tuple[tuple[str, ...], ...]:
        """Return the stop ids of each day, in order: what `evaluate` takes."""
        return tuple(tuple(stop.stop_id for stop in day.stops) for day in self.days)
