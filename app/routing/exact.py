"""The best order of one short day, proven: dynamic programming over sets of stops.

A label is a way to have served a set of stops and stand at one of them, with the time, the
driving so far, and whether lunch is behind. Later, longer and farther than another label of
the same place is dropped; so is what can no longer reach a stop in time or beat what we have.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from app.routing.instance import NEVER, Instance
from app.routing.timing import Timing, earliest, sure, timing

MOST = 12
MOST_LABELS = 250_000  # twelve stops that are open all day need 220,000: 0.7 s


@dataclass(slots=True)
class _Label:
    """`order` holds node indices, and -1 where lunch is."""

    clock: int
    drive_s: int
    drive_m: int
    order: tuple[int, ...]


Key = tuple[int, int, bool]  # the set of stops as bits, where the rep is, lunch behind


class _Day:
    """What the recursion asks about one day: lower bounds, latest starts, the best so far."""

    def __init__(self, instance: Instance, day: int, incumbent: Timing) -> None:
        self.instance, self.day, self.nodes = instance, day, incumbent.route
        self.shift = instance.shifts[day]
        self.windows = instance.starts[day]
        self.best_s, self.best_end = incumbent.drive_s, incumbent.end_s
        around = [*self.nodes, self.shift.start, self.shift.end]
        times = instance.seconds[np.ix_(around, around)].copy()
        self.link = np.minimum(times, times.T).tolist()  # by index in nodes, then start, then end
        for via in range(len(around)):
            times = np.minimum(times, times[:, via, None] + times[None, via, :])
        self.soonest = {node: times[k].tolist() for k, node in enumerate(around)}
        self.latest = [self.windows[node][-1][1] for node in self.nodes]
        self.limited = self.shift.max_m < NEVER
        self.lunch_s = 0 if self.shift.lunch is None else self.shift.lunch[2]
        self.rests: dict[int, tuple[int, int]] = {}

    def hopeless(self, key: Key, label: _Label) -> bool:
        """Return whether some stop, the end or a better sum is out of reach from here."""
        mask, place, fed = key
        soonest, nearest = self.soonest[place], NEVER
        for k, latest in enumerate(self.latest):
            if not mask >> k & 1:
                if label.clock + soonest[k] > latest:
                    return True
                nearest = min(nearest, soonest[k])
        if nearest == NEVER:
            nearest = soonest[-1]
        tree, service = self.rest(mask)
        drive = label.drive_s + nearest + tree
        end = label.clock + nearest + tree + service + (0 if fed else self.lunch_s)
        return (
            (drive, end) >= (self.best_s, self.best_end)
            or end > self.shift.finish_s
            or label.drive_m > self.shift.max_m
        )

    def rest(self, mask: int) -> tuple[int, int]:
        """Return the least driving that joins what `mask` leaves and the end, and its visits.

        The way through them and home is one of the trees that join them, so the smallest tree
        (Prim's) is never more.
        """
        known = self.rests.get(mask)
        if known is not None:
            return known
        left = [k for k in range(len(self.nodes)) if not mask >> k & 1]
        away = {k: self.link[-1][k] for k in left}
        tree = 0
        while away:
            k = min(away, key=away.__getitem__)
            tree += away.pop(k)
            link = self.link[k]
            away = {other: min(s, link[other]) for other, s in away.items()}
        self.rests[mask] = tree, sum(self.instance.serve_s[self.nodes[k]] for k in left)
        return self.rests[mask]


def best_order(
    instance: Instance,
    day: int,
    incumbent: Timing,
    *,
    most_labels: int = MOST_LABELS,
    stop: Callable[[], bool] | None = None,
) -> Timing | None:
    """Return the stops of `incumbent` in the order that drives least, then ends soonest.

    None when the day is longer than 12 stops, or `stop` or the budget of labels came first.
    """
    n = len(incumbent.route)
    if n > MOST:
        return None
    if n < 2 and instance.shifts[day].lunch is None:
        return incumbent
    work = _Day(instance, day, incumbent)
    shift = work.shift
    layer: dict[Key, list[_Label]] = {}
    _add(
        layer,
        (0, shift.start, shift.lunch is None),
        _Label(shift.free_s, 0, shift.done_m, ()),
        work,
    )
    made = 0
    for _stop in range(n):
        after: dict[Key, list[_Label]] = {}
        _eat(layer, work)
        for key, labels in layer.items():
            for label in labels:
                made += _extend(after, key, label, work)
            if made > most_labels or (stop is not None and stop()):
                return None
        layer = after
    _eat(layer, work)
    return _finish(layer, work) or incumbent


def _eat(layer: dict[Key, list[_Label]], work: _Day) -> None:
    """Let every label that still has lunch before it have it here."""
    if work.shift.lunch is None:
        return
    opens, latest, length = work.shift.lunch
    for key in [key for key in layer if not key[2]]:
        for label in layer[key]:
            if label.clock <= latest:
                clock = max(label.clock, opens) + length
                fed = _Label(clock, label.drive_s, label.drive_m, (*label.order, -1))
                _add(layer, (key[0], key[1], True), fed, work)


def _extend(after: dict[Key, list[_Label]], key: Key, label: _Label, work: _Day) -> int:
    """Drive on from `label` to every stop that is left; return how many labels that made."""
    mask, place, fed = key
    made = 0
    for k, node in enumerate(work.nodes):
        if mask >> k & 1:
            continue
        leg = work.instance.drive_s[place][node]
        begin = earliest(work.windows[node], label.clock + leg)
        if begin is None:
            continue
        made += 1
        further = _Label(
            begin + work.instance.serve_s[node],
            label.drive_s + leg,
            label.drive_m + work.instance.drive_m[place][node],
            (*label.order, node),
        )
        _add(after, (mask | 1 << k, node, fed), further, work)
    return made


def _add(layer: dict[Key, list[_Label]], key: Key, label: _Label, work: _Day) -> None:
    """Put `label` into its state unless another there is at least as good in everything."""
    if work.hopeless(key, label):
        return
    rest = layer.get(key, [])
    for other in rest:
        if (
            other.clock <= label.clock
            and other.drive_s <= label.drive_s
            and (other.drive_m <= label.drive_m or not work.limited)
        ):
            return
    layer[key] = [
        other for other in rest
        if other.clock < label.clock
        or other.drive_s < label.drive_s
        or (work.limited and other.drive_m < label.drive_m)
    ] + [label]  # fmt: skip


def _finish(layer: dict[Key, list[_Label]], work: _Day) -> Timing | None:
    """Return the best complete day, timed; None when none is better than the one given."""
    ends = []
    for (_mask, place, fed), labels in layer.items():
        back = work.instance.drive_s[place][work.shift.end]
        ends += [(x.drive_s + back, x.clock + back, x.order) for x in labels if fed]
    drive_s, end_s, order = min(ends, default=(NEVER, NEVER, ()))
    if (drive_s, end_s) >= (work.best_s, work.best_end):
        return None
    lunch = order.index(-1) if -1 in order else None
    route = [node for node in order if node >= 0]
    return sure(timing(work.instance, work.day, route, lunch))
