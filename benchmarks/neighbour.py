"""The peer of the route solver: nearest neighbour within the windows, then 2-opt."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from app.routing.problem import Problem
from app.routing.travel_times import TravelTimes


class Neighbour:
    """Plans the days of a problem one after the other; knows no lunch and no appointments."""

    def __init__(self, problem: Problem, travel: TravelTimes) -> None:
        self._problem = problem
        places = [stop.position for stop in problem.stops]
        day = problem.days[0]
        seconds, _metres = travel.matrix([*places, day.start, day.end])
        self._s: list[list[int]] = seconds.tolist()
        self._start, self._end = len(places), len(places) + 1

    def plan(self) -> list[list[int]]:
        """Return the stops of each day, as their numbers in the problem, in order."""
        left = set(range(len(self._problem.stops)))
        routes = []
        for day in range(len(self._problem.days)):
            route = self._two_opt(self._build(day, left), day)
            left -= set(route)
            routes.append(self._add(route, day, left))
        return routes

    def drive_s(self, route: Sequence[int]) -> int:
        around = [self._start, *route, self._end]
        return sum(self._s[a][b] for a, b in pairwise(around))

    def _holds(self, route: Sequence[int], day: int) -> bool:
        shift = self._problem.days[day]
        clock, place = shift.leave_s, self._start
        for node in route:
            served = self._served(clock + self._s[place][node], node, day)
            if served is None:
                return False
            clock, place = served, node
        return clock + self._s[place][self._end] <= shift.finish_s

    def _served(self, arrive: int, node: int, day: int) -> int | None:
        """Return when a visit that could begin at `arrive` ends, None when it is too late."""
        stop, shift = self._problem.stops[node], self._problem.days[day]
        windows = stop.windows_on(day)
        for opens, closes in ((shift.leave_s, shift.finish_s),) if windows is None else windows:
            begins = max(arrive, opens)
            if begins + stop.duration_s <= closes:
                return begins + stop.duration_s
        return None

    def _build(self, day: int, left: set[int]) -> list[int]:
        route: list[int] = []
        while True:
            place = route[-1] if route else self._start
            for node in sorted(left - set(route), key=self._s[place].__getitem__):
                if self._holds([*route, node], day):
                    route.append(node)
                    break
            else:
                return route

    def _two_opt(self, route: list[int], day: int) -> list[int]:
        better = True
        while better:
            better = False
            for i in range(len(route) - 1):
                for j in range(i + 2, len(route) + 1):
                    turned = [*route[:i], *reversed(route[i:j]), *route[j:]]
                    if self.drive_s(turned) < self.drive_s(route) and self._holds(turned, day):
                        route, better = turned, True
        return route

    def _add(self, route: list[int], day: int, left: set[int]) -> list[int]:
        """Put in what fits now, dearest first, where it costs least."""
        for node in sorted(left - set(route), key=lambda n: -self._problem.stops[n].value):
            ways = [[*route[:k], node, *route[k:]] for k in range(len(route) + 1)]
            fitting = [way for way in ways if self._holds(way, day)]
            if fitting:
                route = min(fitting, key=self.drive_s)
        return route
