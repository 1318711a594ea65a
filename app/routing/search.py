"""Ruin and recreate: take some stops out, put the best that fit back in, keep what is better.

Simulated annealing decides what "better" still admits. The score counts, in this order:
appointments kept, musts kept, value, and driving; as one integer, so that no amount of value
outweighs an appointment.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Iterable, Sequence

import numpy as np

from app.routing.exact import MOST, MOST_LABELS, best_order
from app.routing.insertion import NO_PLACE, Floats, best_places, places
from app.routing.instance import Instance, Ints
from app.routing.timing import Timing, sure, timing, with_lunch

Routes = list[Timing]
COLDEST_S = 20.0  # at the end, only a detour of seconds is still let through
CYCLES_WITHOUT_GAIN = 4
DEFAULT_ITERATIONS = 2000
FIRST_CYCLE = 150  # then a proof is tried: the better the day it starts from, the quicker
HURRIED_LABELS = 5_000  # some 15 ms, when the time is up already


class Search:
    """A search in progress: its random numbers, the worth of each stop, the best so far."""

    def __init__(self, instance: Instance, seed: int, on_better: Callable[[Routes], None]) -> None:
        self._instance = instance
        self._random = random.Random(seed)  # noqa: S311 - a search, not a secret
        self._noise = np.random.default_rng(seed)
        self._on_better = on_better
        self._days = range(len(instance.shifts))
        self._open = self._candidates()
        self._weigh()
        self._near = np.argsort(instance.seconds[: len(instance.stops), : len(instance.stops)])
        self.best: Routes = []
        self.best_score = -1
        self._stop: Callable[[], bool] = lambda: False
        # whether the best order of these stops of a day could be proven, when it drove that long
        self._tried: dict[tuple[int, frozenset[int], int], bool] = {}

    def _candidates(self) -> Ints:
        done = {node for shift in self._instance.shifts for node in shift.done}
        open_days = [any(day[i] for day in self._instance.starts) for i in self._nodes()]
        wanted = [
            i for i in self._nodes()
            if open_days[i] and i not in done and self._wanted(i)
        ]  # fmt: skip
        return np.array(wanted, dtype=np.int64)

    def _nodes(self) -> range:
        return range(len(self._instance.stops))

    def _wanted(self, node: int) -> bool:
        stop = self._instance.stops[node]
        return stop.value > 0 or stop.must or stop.fixed_at is not None

    def _weigh(self) -> None:
        """Set the score of each stop, the draw it has on the search, and its worth in seconds."""
        stops, per_point = self._instance.stops, self._instance.problem.drive_s_per_point
        plain = [max(stop.value, 0) * per_point for stop in stops]
        must = sum(plain) + 86_400 * 10 * len(self._instance.shifts)
        fixed = must * (len(stops) + 1)
        level = [fixed if s.fixed_at is not None else must if s.must else 0 for s in stops]
        self._score = [a + b for a, b in zip(plain, level, strict=True)]
        self._worth: Floats = np.array(
            [math.inf if b else a for a, b in zip(plain, level, strict=True)]
        )
        draw = [1e12 if s.fixed_at is not None else 1e6 if s.must else 1.0 for s in stops]
        self._draw: Floats = np.array(draw) * np.array([max(s.value, 1) for s in stops])
        ordinary = [value for value in plain if value] or [86_400]
        self._warmest = max(0.3 * sum(ordinary) / len(ordinary), 4 * COLDEST_S)

    def score(self, routes: Routes) -> int:
        """Return how good `routes` are; larger is better."""
        served = sum(self._score[node] for route in routes for node in route.route)
        return served - sum(route.drive_s for route in routes)

    def construct(self) -> Routes:
        """Return a first plan: the appointments in their order, then whatever fits best."""
        routes = []
        for d in self._days:
            fixed = [i for i in self._open.tolist() if self._fixed_on(i, d)]
            fixed.sort(key=lambda i: self._instance.starts[d][i][0])
            routes.append(self.fit(d, fixed))
        return self.recreate(routes, noise=0.0, power=1.5)

    def _fixed_on(self, node: int, day: int) -> bool:
        stop = self._instance.stops[node]
        return stop.fixed_at is not None and stop.fixed_day == day

    def fit(self, day: int, route: Sequence[int]) -> Timing:
        """Return `route` without the stops that do not hold after those before them."""
        whole = with_lunch(self._instance, day, list(route))
        if whole is not None:
            return whole
        kept = sure(with_lunch(self._instance, day, []))
        for node in route:
            longer = with_lunch(self._instance, day, [*kept.route, node])
            kept = longer or kept
        return kept

    def keep(self, routes: Routes) -> int:
        """Remember `routes` if they are the best so far; return their score."""
        score = self.score(routes)
        if not self.best or score > self.best_score:
            self.best, self.best_score = routes, score
            self._on_better(routes)
        return score

    def recreate(self, routes: Routes, *, noise: float, power: float) -> Routes:
        """Return `routes` with every stop that fits put in, the best bargain first."""
        inside = {node for route in routes for node in route.route}
        free = np.array([i for i in self._open.tolist() if i not in inside], dtype=np.int64)
        routes = list(routes)
        draw = self._draw[free] ** power
        if noise:
            draw = draw * np.exp(self._noise.normal(0.0, noise, len(free)))
        cost = np.full((len(routes), len(free)), NO_PLACE)
        row = np.zeros((len(routes), len(free)), dtype=np.int64)
        changed: Iterable[int] = self._days
        ways = [places(self._instance, d, route) for d, route in enumerate(routes)]
        while len(free):
            for d in changed:
                cost[d], row[d] = best_places(self._instance, d, ways[d], free, self._worth[free])
            cheapest = cost.min(axis=0)
            pick = int((draw / cheapest).argmax())
            if cheapest[pick] == NO_PLACE:
                break
            d = int(cost[:, pick].argmin())
            at, lunch_after = ways[d].split(int(row[d, pick]))
            longer = [*routes[d].route[:at], int(free[pick]), *routes[d].route[at:]]
            routes[d] = sure(timing(self._instance, d, longer, lunch_after))
            ways[d], changed = places(self._instance, d, routes[d]), (d,)
            free = np.delete(free, pick)
            draw = np.delete(draw, pick)
            cost, row = np.delete(cost, pick, axis=1), np.delete(row, pick, axis=1)
        return routes

    def anneal(self, routes: Routes, iterations: int, warmest_s: float) -> Routes:
        """Return where `iterations` steps of cooling from `routes` end; `best` is kept apart."""
        current, score = routes, self.score(routes)
        for step in range(iterations):
            if self._stop():
                break
            heat = warmest_s * (COLDEST_S / warmest_s) ** (step / iterations)
            ruined = self._ruin(current)
            power = self._random.choice((1.0, 1.5, 2.0))
            noise = self._random.choice((0.1, 0.3, 0.6))
            other = self.recreate(ruined, noise=noise, power=power)
            found = self.keep(other)
            if found >= score or self._random.random() < math.exp((found - score) / heat):
                current, score = other, found
        return current

    def _ruin(self, routes: Routes) -> Routes:
        """Return `routes` without a string, a neighbourhood or a handful of their stops."""
        inside = [node for route in routes for node in route.route]
        if not inside:
            return routes
        size = self._random.randint(1, max(2, min(len(inside) // 3 + 1, 12)))
        kind = self._random.random()
        if kind < 0.45:
            out = self._string(routes, size)
        elif kind < 0.8:
            centre = self._random.choice(inside)
            present = set(inside)
            near = (i for i in self._near[centre].tolist() if i in present)
            out = {node for node, _nth in zip(near, range(size), strict=False)}
        else:
            out = set(self._random.sample(inside, min(size, len(inside))))
        return [self._without(d, route, out) for d, route in enumerate(routes)]

    def _string(self, routes: Routes, size: int) -> set[int]:
        out: set[int] = set()
        for _time in range(self._random.choice((1, 1, 2))):
            route = self._random.choice(routes).route
            if route:
                length = min(size, len(route))
                at = self._random.randint(0, len(route) - length)
                out |= set(route[at : at + length])
        return out

    def _without(self, day: int, route: Timing, out: set[int]) -> Timing:
        left = [node for node in route.route if node not in out]
        if len(left) == len(route.route):
            return route
        # road times can break the triangle inequality: then a shorter day may not hold
        return with_lunch(self._instance, day, left) or route

    def polish(self, *, hurry: bool = False) -> bool:
        """Order each short day of the best plan exactly; return whether all were proven."""
        while True:
            ordered = [self._ordered(d, hurry=hurry) for d in self._days]
            before = self.best_score
            self.keep([day or route for day, route in zip(ordered, self.best, strict=True)])
            self.keep(self.recreate(self.best, noise=0.0, power=1.5))
            if self.best_score == before:
                return None not in ordered

    def _ordered(self, day: int, *, hurry: bool) -> Timing | None:
        route = self.best[day]
        tried = (day, frozenset(route.route), route.drive_s)
        if tried not in self._tried:
            most, stop = (HURRIED_LABELS, None) if hurry else (MOST_LABELS, self._stop)
            ordered = best_order(self._instance, day, route, most_labels=most, stop=stop)
            self._tried[tried] = ordered is not None
            if ordered is not None:
                self._tried[day, tried[1], ordered.drive_s] = True
            return ordered
        return route if self._tried[tried] else None

    def run(self, *, iterations: int | None, stop: Callable[[], bool] | None) -> None:
        """Improve `best` until the budget, the caller's `stop`, or nothing more to gain."""
        if stop is None:
            iterations = DEFAULT_ITERATIONS if iterations is None else iterations
        else:
            self._stop = stop
        first = FIRST_CYCLE if iterations is None else min(FIRST_CYCLE, iterations)
        self.anneal(self.best, first, self._warmest)
        if self._proven():
            return
        if iterations is not None:
            self.anneal(self.best, iterations - first, self._warmest)
        else:
            self._cycles()
        self.polish(hurry=self._stop())

    def _proven(self) -> bool:
        """Return whether one short day serves everybody in the best order: nothing to gain."""
        served = sum(len(route.route) for route in self.best)
        one_short_day = len(self.best) == 1 and served <= MOST
        return one_short_day and served == len(self._open) and self.polish()

    def _cycles(self) -> None:
        """Cool again and again, longer each time, until four cycles in a row gain nothing."""
        length, idle, warmest = 2 * FIRST_CYCLE, 0, self._warmest
        while idle < CYCLES_WITHOUT_GAIN and not self._stop():
            before = self.best_score
            self.anneal(self.best, length, warmest)
            if self._proven():
                return
            idle = 0 if self.best_score > before else idle + 1
            length, warmest = min(length * 2, 5000), self._warmest / 2
