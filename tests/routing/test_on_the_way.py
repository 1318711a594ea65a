"""Suggestions fit without moving anything, and cost what they say."""

from __future__ import annotations

from hypothesis import given, settings

from app.routing.on_the_way import suggest
from app.routing.problem import Lunch, Problem, Stop
from app.routing.schedule import evaluate
from app.routing.solver import plan
from tests.routing.days import HOUR, at, day, problems, three_shops

ALL_DAY = (((8 * HOUR, 20 * HOUR),),)


def test_what_lies_on_the_road_comes_first():
    problem = three_shops()
    candidates = [
        Stop("beside", at(15, 2), 900, ALL_DAY),
        Stop("on the road", at(15), 900, ALL_DAY),
        Stop("elsewhere", at(-60), 900, ALL_DAY),
        Stop("closed", at(15), 900, ((),)),
        Stop("near", at(10), 900, ALL_DAY),
    ]
    found = suggest(problem, plan(problem), candidates)
    assert [s.stop_id for s in found] == ["on the road", "beside"]
    assert found[0].extra_s < found[1].extra_s <= 900
    assert suggest(problem, plan(problem), candidates, limit=1) == found[:1]
    assert suggest(problem, plan(problem), []) == ()


@given(problems(most=8, most_days=2))
@settings(max_examples=60)
def test_a_suggestion_holds_and_costs_what_it_says(problem):
    chosen, others = problem.stops[::2], problem.stops[1::2]
    smaller = Problem(problem.days, chosen, problem.seed, 10)
    found = plan(smaller)
    for suggestion in suggest(smaller, found, others, most_s=3600, limit=9):
        order = [list(ids) for ids in found.order()]
        order[suggestion.day].insert(suggestion.after, suggestion.stop_id)
        with_it = evaluate(problem, order)
        assert len(with_it.violations) <= len(found.violations)
        extra = with_it.days[suggestion.day].drive_s - found.days[suggestion.day].drive_s
        assert suggestion.extra_s == max(0, extra)


def test_nothing_is_suggested_into_what_is_done_or_past():
    problem = Problem(
        (day(frozen=("a",), free_at_s=16 * HOUR, lunch=Lunch(13 * HOUR, 15 * HOUR, HOUR)),),
        (Stop("a", at(5)), Stop("b", at(6))),
        iterations=5,
    )
    found = plan(problem)
    assert found.order()[0][0] == "a"
    short = Stop("short", at(5, 1), 300)
    [suggestion] = suggest(problem, found, [short])
    assert suggestion.after >= 1


def test_a_broken_day_gets_no_suggestion():
    problem = Problem((day(finish_s=9 * HOUR),), (Stop("a", at(50)),))
    broken = evaluate(problem, [["a"]])
    assert suggest(problem, broken, [Stop("b", at(50), 60, ALL_DAY)]) == ()
