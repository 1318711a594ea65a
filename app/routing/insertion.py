"""Where each of many stops would cost least in one route, all at once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.routing.instance import NEVER, Instance, Ints
from app.routing.timing import Timing

Floats = NDArray[np.float64]
NO_PLACE = float("inf")


@dataclass(slots=True)
class Places:
    """The ways into a route: one row per gap, two for the gap that holds lunch.

    A row drives from `place` at `leave` and must reach `to` by `late`; `begin` is when service
    there starts now. In the row `eats_at` the new stop comes before lunch.
    """

    timing: Timing
    leave: Ints
    place: Ints
    to: Ints
    late: Ints
    begin: Ints
    eats_at: int | None

    def split(self, row: int) -> tuple[int, int | None]:
        """Return at which index a stop of `row` goes in, and where lunch then is."""
        lunch = self.timing.lunch_after
        if lunch is None:
            return row, None
        if row <= lunch:
            return row, lunch + 1
        return row - 1, lunch


def places(instance: Instance, day: int, timing: Timing) -> Places:
    """Return the rows of `timing`; with lunch after k stops, row k is before it, k + 1 after."""
    shift = instance.shifts[day]
    nodes = [shift.start, *timing.route]
    after = [*timing.route, shift.end]
    begin = [*timing.start, timing.end_s]
    leave, late = list(timing.leave), list(timing.late)
    lunch = timing.lunch_after
    if lunch is not None:
        leave.insert(lunch, timing.before_lunch)
        for rows in (nodes, after, begin, late):
            rows.insert(lunch, rows[lunch])
    table = np.array((leave, nodes, after, late, begin), dtype=np.int64)
    return Places(timing, table[0], table[1], table[2], table[3], table[4], lunch)


def best_places(
    instance: Instance, day: int, ways: Places, nodes: Ints, worth: Floats
) -> tuple[Floats, Ints]:
    """Return, for each stop of `nodes`, what it costs at its best row, and that row.

    The cost is in seconds: how much later the route goes on, a third of the detour, a tenth of
    the visit and a minute, so that waiting that is there anyway costs nothing. Infinite where
    it does not fit, or where the detour is more than its `worth` in seconds of driving.
    """
    shift = instance.shifts[day]
    there = instance.seconds[ways.place[:, None], nodes]
    back = instance.seconds[nodes[None, :], ways.to[:, None]]
    arrive = ways.leave[:, None] + there
    begin = np.full(arrive.shape, NEVER, dtype=np.int64)
    for w in range(instance.opens.shape[2] - 1, -1, -1):
        opens, closes = instance.opens[day, nodes, w], instance.closes[day, nodes, w]
        begin = np.where(arrive <= closes, np.maximum(arrive, opens), begin)
    ready = begin + instance.service[nodes]
    if ways.eats_at is not None and shift.lunch is not None:
        opens_s, latest, length = shift.lunch
        row = ready[ways.eats_at]
        ready[ways.eats_at] = np.where(row <= latest, np.maximum(row, opens_s) + length, NEVER)
    reach = ready + back
    direct = instance.seconds[ways.place, ways.to]
    detour = there + back - direct[:, None]
    fits = (reach <= ways.late[:, None]) & (detour <= worth)
    if shift.max_m < NEVER:
        metres = instance.metres
        extra = metres[ways.place[:, None], nodes] + metres[nodes[None, :], ways.to[:, None]]
        room = shift.max_m - ways.timing.drive_m + metres[ways.place, ways.to]
        fits &= extra <= room[:, None]
    later = np.maximum(reach - ways.begin[:, None], 0)
    cost = later + 0.3 * np.maximum(detour, 0) + 0.1 * instance.service[nodes] + 60.0
    cost = np.where(fits, cost, NO_PLACE)
    rows = cost.argmin(axis=0)
    return cost[rows, np.arange(len(nodes))], rows
