"""From a problem to a plan: the first that holds at once, then better until told to stop."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from app.routing.check import check
from app.routing.explain import left_out
from app.routing.instance import NEVER, Instance, compile_problem
from app.routing.problem import LeftOut, Plan, Problem
from app.routing.schedule import planned_day
from app.routing.search import Routes, Search
from app.routing.timing import timing, with_lunch
from app.routing.travel_times import StraightLine, TravelTimes


def plan(
    problem: Problem,
    *,
    stop: Callable[[], bool] | None = None,
    progress: Callable[[Plan], None] | None = None,
    seed: int | None = None,
    travel: TravelTimes | None = None,
    order: Sequence[Sequence[str]] | None = None,
) -> Plan:
    """Return the best plan found for `problem`: every window, limit and appointment kept.

    Its `violations` can only be a lunch without room beside the appointments, or a day that is
    over before it begins.

    Args:
        problem: what to plan; `iterations` makes the outcome depend on the seed alone.
        stop: asked every millisecond or so; once it says yes, the best so far is returned, at
            least the first plan. Without `stop` and `iterations`, 2,000 steps are made.
        progress: gets the first plan and each better one, without `left_out`, in this thread.
        seed: instead of the problem's own.
        travel: the travel times; straight lines when not given.
        order: stop ids of each day, such as today's plan: the outcome is never worse than it.

    Raises:
        ValueError: the problem contradicts itself: one id twice, an unknown stop that is done.
    """
    travel = travel or StraightLine()
    instance = compile_problem(problem, travel)
    _settle(instance)

    def publish(routes: Routes) -> None:
        if progress is not None:
            progress(_plan(instance, routes, travel))

    search = Search(instance, problem.seed if seed is None else seed, publish)
    _begin(search, instance, order)
    search.run(iterations=problem.iterations, stop=stop)
    best = _plan(instance, search.best, travel, left_out(instance, search.best))
    _refuse_wrong(problem, best, travel)
    return best


def _begin(search: Search, instance: Instance, order: Sequence[Sequence[str]] | None) -> None:
    """Give the search a first plan, what holds of `order`, and that with what else fits."""
    search.keep(search.construct())
    if order is not None:
        routes = [search.fit(d, nodes) for d, nodes in enumerate(_nodes(instance, order))]
        search.keep(routes)
        search.keep(search.recreate(routes, noise=0.0, power=1.5))


def _settle(instance: Instance) -> None:
    """Make the empty day hold, and let lunch give way where the appointments leave it no room."""
    for d, shift in enumerate(instance.shifts):
        if with_lunch(instance, d, []) is None:
            shift.lunch = None
        if timing(instance, d, [], None) is None:
            way_home = instance.drive_s[shift.start][shift.end]
            shift.finish_s = max(shift.finish_s, shift.free_s + way_home)
            home_m = shift.done_m + instance.drive_m[shift.start][shift.end]
            shift.max_m = max(shift.max_m, home_m) if shift.max_m < NEVER else NEVER
        fixed = [
            node
            for node, stop in enumerate(instance.stops)
            if stop.fixed_at is not None and stop.fixed_day == d and node not in shift.done
        ]
        fixed.sort(key=lambda node: instance.stops[node].fixed_at or 0)
        if with_lunch(instance, d, fixed) is None and timing(instance, d, fixed, None):
            shift.lunch = None


def _nodes(instance: Instance, order: Sequence[Sequence[str]]) -> list[list[int]]:
    """Return the order as nodes, without what is done, unknown or named twice."""
    seen = {node for shift in instance.shifts for node in shift.done}
    routes: list[list[int]] = []
    for ids in order:
        route = []
        for stop_id in ids:
            node = instance.index.get(stop_id)
            if node is not None and node not in seen:
                seen.add(node)
                route.append(node)
        routes.append(route)
    return routes + [[] for _day in range(len(instance.shifts) - len(routes))]


def _plan(
    instance: Instance, routes: Routes, travel: TravelTimes, left: tuple[LeftOut, ...] = ()
) -> Plan:
    days = [planned_day(instance, d, r.route, r.lunch_after) for d, r in enumerate(routes)]
    return Plan(tuple(days), left, travel.quality, travel.source)


def _refuse_wrong(problem: Problem, best: Plan, travel: TravelTimes) -> None:
    """Raise if the checker and the plan do not agree on what the plan breaks."""
    said = sorted((v.key, v.day, v.stop_id or "") for v in best.violations)
    found = sorted((v.key, v.day, v.stop_id or "") for v in check(problem, best, travel=travel))
    unexpected = [entry for entry in said if entry[0] not in {"lunch", "day_end", "km"}]
    if said != found or unexpected:
        raise AssertionError(f"the planner made a plan that does not hold: {found}, said {said}")
