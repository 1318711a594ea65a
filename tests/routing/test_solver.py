"""Every plan holds, by the word of the checker; and small ones are what a person would say."""

from __future__ import annotations

from dataclasses import replace
from itertools import count, islice, permutations
from random import Random
from time import perf_counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.routing.check import check
from app.routing.exact import best_order
from app.routing.instance import compile_problem
from app.routing.problem import Lunch, Problem, Stop
from app.routing.schedule import evaluate
from app.routing.solver import plan
from app.routing.timing import sure, timing, with_lunch
from app.routing.travel_times import StraightLine
from tests.routing.days import HOUR, at, day, problems, three_shops

ALL_DAY = (((8 * HOUR, 20 * HOUR),),)


def planned(found):
    return [stop.stop_id for each in found.days for stop in each.stops]


def score(problem, found):
    """Count as the planner must: appointments, musts, then points less driving."""
    kept = [stop for stop in problem.stops if stop.id in planned(found)]
    points = sum(stop.value for stop in kept) * problem.drive_s_per_point
    return (
        sum(stop.fixed_at is not None for stop in kept),
        sum(stop.must and stop.fixed_at is None for stop in kept),
        points - sum(each.drive_s for each in found.days),
    )


@given(problems())
@settings(max_examples=80)
def test_every_plan_holds(problem):
    found = plan(problem)
    assert {v.key for v in check(problem, found)} <= {"lunch"}
    ids = planned(found)
    left = [each.stop_id for each in found.left_out]
    assert sorted(ids + left) == sorted(stop.id for stop in problem.stops)


@given(problems())
@settings(max_examples=40)
def test_lunch_gives_way_to_appointments_alone(problem):
    for d, each in enumerate(plan(problem).days):
        if each.violations:
            fixed = {s.id for s in problem.stops if s.fixed_at is not None and s.fixed_day == d}
            assert fixed & {stop.stop_id for stop in each.stops}


@given(problems())
@settings(max_examples=25)
def test_same_seed_same_plan(problem):
    assert plan(problem) == plan(problem)


@given(problems(), st.randoms(use_true_random=False))
@settings(max_examples=50)
def test_never_worse_than_the_order_given(problem, chance):
    ids = [stop.id for stop in problem.stops if stop.value or stop.must or stop.fixed_at]
    chance.shuffle(ids)
    order = [ids[d :: len(problem.days)] for d in range(len(problem.days))]
    mine = evaluate(problem, order)
    while mine.violations and any(order):
        longest = max(order, key=len)
        longest.pop()
        mine = evaluate(problem, order)
    if not mine.violations:
        found = plan(replace(problem, iterations=5), order=order)
        assert score(problem, found) >= score(problem, mine)


@given(problems())
@settings(max_examples=25)
def test_cancelled_at_once_is_still_a_plan(problem):
    found = plan(replace(problem, iterations=None), stop=lambda: True)
    assert {v.key for v in check(problem, found)} <= {"lunch"}


def test_cancelled_midway_returns_the_best_so_far():
    problem = replace(hundred(), iterations=None)
    seen = []
    asked = count()
    found = plan(problem, stop=lambda: next(asked) > 30, progress=seen.append)
    assert next(asked) < 45
    assert score(problem, found) >= score(problem, seen[-1]) >= score(problem, seen[0])
    assert len(found.days[0].stops) > 5


def hundred() -> Problem:
    """Return a hundred shops around home, with every kind of opening hours."""
    hours = (
        ((9 * HOUR, 13 * HOUR), (17 * HOUR, 20 * HOUR)),
        ((8 * HOUR, 15 * HOUR),),
        None,
        (),
    )
    stops = tuple(
        Stop(
            f"s{k}", at((k * 37) % 83 - 41, (k * 53) % 71 - 35), 1800, (hours[k % 4],),
            value=(100, 60, 35)[k % 3], must=k in {8, 44},
        )
        for k in range(100)
    )  # fmt: skip
    return Problem((day(lunch=Lunch(13 * HOUR, 16 * HOUR, HOUR)),), stops)


def test_a_first_plan_is_there_at_once_and_keeps_the_musts():
    began = perf_counter()
    moments = []
    found = plan(
        hundred(), stop=lambda: True, progress=lambda _plan: moments.append(perf_counter())
    )
    assert moments[0] - began < 1.0  # 0.2 s is the goal on an idle machine; benchmarks measure it
    assert {"s8", "s44"} <= set(planned(found))
    assert found.days[0].lunch_at_s is not None


def test_stops_are_driven_in_their_order_along_the_road():
    found = plan(three_shops())
    assert planned(found) in (["near", "middle", "far"], ["far", "middle", "near"])
    assert found.travel_quality == "straight-line"


def test_an_order_to_start_from_may_name_stops_that_are_gone():
    found = plan(three_shops(), order=[["far", "gone", "far"]])
    assert set(planned(found)) == {"near", "middle", "far"}


def test_windows_decide_the_order():
    early, late = ((8 * HOUR, 10 * HOUR),), ((15 * HOUR, 18 * HOUR),)
    stops = (Stop("evening", at(1), windows=(late,)), Stop("morning", at(30), windows=(early,)))
    found = plan(Problem((day(),), stops, iterations=20))
    assert planned(found) == ["morning", "evening"]
    first, second = found.days[0].stops
    assert first.start_s <= 10 * HOUR - 1800
    assert second.start_s == 15 * HOUR


def test_the_rep_waits_at_home_for_the_first_customer_to_open():
    stop = Stop("late", at(10), windows=(((11 * HOUR, 13 * HOUR),),))
    each = plan(Problem((day(),), (stop,), iterations=5)).days[0]
    assert each.stops[0].start_s == 11 * HOUR
    assert each.stops[0].wait_s == 0
    assert each.leave_s == 11 * HOUR - each.stops[0].drive_s


def test_an_appointment_is_kept_against_any_value():
    fixed = Stop("fixed", at(60), fixed_at=10 * HOUR, value=1, windows=((),))
    rest = tuple(Stop(f"s{k}", at(-60, k), value=1000, windows=ALL_DAY) for k in range(6))
    found = plan(Problem((day(finish_s=13 * HOUR),), (*rest, fixed), iterations=100))
    [kept] = [stop for stop in found.days[0].stops if stop.stop_id == "fixed"]
    assert kept.start_s == 10 * HOUR


def test_lunch_is_between_its_times_and_takes_its_time():
    stops = tuple(Stop(f"s{k}", at(k + 1), 3600, ALL_DAY) for k in range(8))
    lunch = Lunch(13 * HOUR, 15 * HOUR, HOUR)
    each = plan(Problem((day(lunch=lunch),), stops, iterations=50)).days[0]
    assert 13 * HOUR <= each.lunch_at_s <= 14 * HOUR
    before, after = each.stops[each.lunch_after - 1], each.stops[each.lunch_after]
    assert before.leave_s <= each.lunch_at_s
    assert after.arrive_s - after.drive_s == each.lunch_at_s + HOUR


def test_what_is_done_stays_in_front_and_the_rest_starts_now():
    shops = three_shops()
    today = day(frozen=("far",), free_at_s=12 * HOUR)
    found = plan(replace(shops, days=(today,)))
    assert planned(found) == ["far", "middle", "near"]
    first, second, _third = found.days[0].stops
    assert second.arrive_s == 12 * HOUR + second.drive_s
    assert first.violation is None
    assert check(replace(shops, days=(today,)), found) == ()


def test_a_limit_of_kilometres_is_kept():
    shops = three_shops()
    found = plan(replace(shops, days=(day(max_m=45_000),)))
    assert planned(found) == ["near"]
    assert found.days[0].drive_m <= 45_000


def test_a_day_that_is_over_before_it_begins_is_empty_and_says_so():
    shops = three_shops()
    found = plan(replace(shops, days=(day(leave_s=19 * HOUR),)))
    assert planned(found) == []
    assert [v.key for v in found.violations] == ["day_end"]


def test_less_driving_when_driving_is_dear():
    near, far = Stop("near", at(2), windows=ALL_DAY), Stop("far", at(55), windows=ALL_DAY)
    problem = Problem((day(),), (near, far), iterations=20)
    assert set(planned(plan(problem))) == {"near", "far"}
    thrifty = plan(replace(problem, drive_s_per_point=20))
    assert planned(thrifty) == ["near"]
    assert thrifty.left_out[0].reason_key == "not_worth"


def test_stops_of_a_week_are_spread_and_visited_once():
    closed_today = Stop("tuesday", at(3), windows=((), ((9 * HOUR, 12 * HOUR),)))
    stops = tuple(Stop(f"s{k}", at(k - 7), 3600, value=50) for k in range(14))
    found = plan(Problem((day(), day()), (*stops, closed_today), iterations=60))
    assert "tuesday" in found.order()[1]
    assert len(found.order()[0]) > 4
    assert len(set(planned(found))) == len(planned(found)) == 15


class Roads:
    """Times as a road network gives them: one way streets, and detours that are quicker."""

    quality = "road"
    source = "a road network"

    def matrix(self, positions):
        lat = np.array([p.lat_e6 for p in positions], dtype=np.int64)
        lon = np.array([p.lon_e6 for p in positions], dtype=np.int64)
        mixed = (
            lat[:, None] * 7919 + lat[None, :] * 104_729 + lon[:, None] + lon[None, :] * 31
        ) % 5003
        seconds = np.where(np.eye(len(positions), dtype=bool), 0, mixed)
        return seconds.astype(np.int32), (seconds * 11).astype(np.int32)


@given(problems())
@settings(max_examples=80)
def test_plans_hold_on_roads_that_are_no_straight_lines(problem):
    found = plan(problem, travel=Roads())
    assert {v.key for v in check(problem, found, travel=Roads())} <= {"lunch", "day_end", "km"}
    assert (found.travel_quality, found.source) == ("road", "a road network")


def test_travel_times_that_change_their_mind_are_refused():
    class Moody(StraightLine):
        def matrix(self, positions):
            seconds, metres = StraightLine.matrix(self, positions)
            return seconds + next(moods), metres

    moods = count()
    with pytest.raises(AssertionError, match="does not hold"):
        plan(three_shops(), travel=Moody())


def test_the_search_ends_by_itself_when_all_are_served_in_the_best_order(monkeypatch):
    monkeypatch.setattr("app.routing.search.FIRST_CYCLE", 1)
    chance = Random(10)
    hours = [((9 * HOUR, 13 * HOUR), (17 * HOUR, 20 * HOUR)), ((8 * HOUR, 15 * HOUR),), None]
    stops = tuple(
        Stop(
            f"s{k}",
            at(chance.uniform(-25, 25), chance.uniform(-30, 30)),
            chance.choice([900, 1800, 2700]),
            (chance.choice(hours),),
        )
        for k in range(8)
    )
    asked = count()
    found = plan(Problem((day(finish_s=20 * HOUR),), stops), stop=lambda: next(asked) > 20_000)
    assert len(planned(found)) == 8
    assert next(asked) < 20_000


def test_the_exact_order_gives_up_when_told_to():
    stops = tuple(Stop(f"s{k}", at(k * 7 % 23, k * 5 % 17), 600, ALL_DAY) for k in range(9))
    instance = compile_problem(Problem((day(),), stops), StraightLine())
    route = with_lunch(instance, 0, list(range(9)))
    assert best_order(instance, 0, route, stop=lambda: True) is None
    assert best_order(instance, 0, route, most_labels=10) is None
    assert best_order(instance, 0, route).drive_s < route.drive_s


def test_the_exact_order_takes_the_detour_that_is_quicker():
    class Bypass:
        """From home to b directly takes three hours, over a it takes twenty minutes."""

        quality, source = "road", "a bypass"

        def matrix(self, positions):
            minutes = np.array([[0, 10, 9, 9], [10, 0, 9, 9], [10, 180, 0, 0], [10, 180, 0, 0]])
            return (minutes * 60).astype(np.int32), (minutes * 600).astype(np.int32)

    hours = (((8 * HOUR, 10 * HOUR),),)
    stops = (Stop("a", at(1), 600, hours), Stop("b", at(2), 600, hours))
    instance = compile_problem(Problem((day(),), stops), Bypass())
    only_way = with_lunch(instance, 0, [0, 1])
    assert best_order(instance, 0, only_way).route == [0, 1]


def test_a_route_that_cannot_hold_is_a_bug():
    with pytest.raises(AssertionError, match="does not"):
        sure(None)


def test_contradictions_are_refused():
    twice = (Stop("a", at(1)), Stop("a", at(2)))
    with pytest.raises(ValueError, match="same id"):
        plan(Problem((day(),), twice))
    with pytest.raises(ValueError, match="done"):
        plan(Problem((day(frozen=("nobody",)),), ()))


@given(problems(most=6, most_days=1))
@settings(max_examples=150)
def test_the_exact_order_is_the_best_of_all_orders(problem):
    instance = compile_problem(problem, StraightLine())
    nodes = [k for k in range(len(instance.stops)) if instance.starts[0][k]]
    best, chosen = None, None
    for size in range(len(nodes), -1, -1):
        for order in permutations(nodes, size):
            lunches = range(size + 1) if instance.shifts[0].lunch else [None]
            for lunch in lunches:
                held = timing(instance, 0, list(order), lunch)
                if held and (best is None or (held.drive_s, held.end_s) < best):
                    best, chosen = (held.drive_s, held.end_s), sorted(order)
        if best is not None:
            break
        nodes = nodes[: size - 1]  # this set does not fit into the day: try without its last
    if best is None:
        assert with_lunch(instance, 0, []) is None
        return
    for order in islice(permutations(chosen), 24):
        given_order = with_lunch(instance, 0, list(order))
        if given_order is not None:
            proven = best_order(instance, 0, given_order)
            assert (proven.drive_s, proven.end_s) == best


def test_twelve_open_stops_are_proven_in_time():
    stops = tuple(Stop(f"s{k}", at(k * 7 % 23, k * 5 % 17), 600, ALL_DAY) for k in range(12))
    problem = Problem((day(finish_s=22 * HOUR),), stops)
    began = perf_counter()
    found = plan(problem)
    assert len(planned(found)) == 12
    assert perf_counter() - began < 15  # 0.8 s on an idle machine
    instance = compile_problem(problem, StraightLine())
    mine = timing(instance, 0, [instance.index[stop_id] for stop_id in planned(found)], None)
    assert best_order(instance, 0, mine).drive_s == mine.drive_s
