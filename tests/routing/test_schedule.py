"""An order chosen by hand is timed, never refused, and what it breaks is said."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.routing.check import check
from app.routing.problem import Lunch, Problem, Stop
from app.routing.schedule import evaluate
from app.routing.solver import plan
from tests.routing.days import HOUR, at, day, problems, three_shops

MORNING = (((9 * HOUR, 13 * HOUR),),)
LUNCH = Lunch(13 * HOUR, 15 * HOUR, HOUR)


def keys(violations):
    return sorted((v.key, v.day, v.stop_id or "") for v in violations)


def test_the_order_is_kept():
    found = evaluate(three_shops(), [["far", "near", "middle"]])
    assert found.order() == (("far", "near", "middle"),)
    assert found.violations == ()
    better = plan(three_shops())
    assert found.days[0].drive_s > better.days[0].drive_s


@given(problems(), st.randoms(use_true_random=False))
@settings(max_examples=120)
def test_what_is_broken_is_what_the_checker_finds(problem, chance):
    ids = [stop.id for stop in problem.stops]
    chance.shuffle(ids)
    found = evaluate(problem, [ids[d :: len(problem.days)] for d in range(len(problem.days))])
    assert keys(check(problem, found)) == keys(found.violations)


@given(problems())
@settings(max_examples=40)
def test_the_solvers_order_is_timed_as_well_as_it_was(problem):
    found = plan(problem)
    again = evaluate(problem, found.order())
    assert keys(again.violations) == keys(found.violations)
    for mine, solver in zip(again.days, found.days, strict=True):
        assert mine.end_s <= solver.end_s
        assert mine.drive_s == solver.drive_s


@pytest.mark.parametrize(
    ("stop", "key"),
    [
        (Stop("x", at(1), 1800, ((),)), "closed"),
        (Stop("x", at(1), 6 * HOUR, MORNING), "too_long"),
        (Stop("x", at(1), 1800, (((8 * HOUR, 8 * HOUR + 1800),),)), "late"),
        (Stop("x", at(50), 1800, MORNING, fixed_at=8 * HOUR), "appointment"),
        (Stop("x", at(1), 1800, MORNING, fixed_at=9 * HOUR, fixed_day=3), "appointment"),
    ],
)
def test_each_thing_that_can_break(stop, key):
    found = evaluate(Problem((day(),), (stop,)), [["x"]])
    assert [v.key for v in found.violations] == [key]
    assert found.days[0].stops[0].violation.stop_id == "x"


def test_late_says_by_how_much_and_when_it_closes():
    stop = Stop("x", at(40), 1800, (((8 * HOUR, 9 * HOUR),),))
    found = evaluate(Problem((day(),), (stop,)), [["x"]])
    [late] = found.violations
    arrive = found.days[0].stops[0].arrive_s
    assert late.params == {"closes_s": 9 * HOUR, "by_s": arrive - (9 * HOUR - 1800)}


def test_a_day_too_long_and_too_far_says_both():
    problem = Problem((day(finish_s=9 * HOUR, max_m=10_000),), (Stop("x", at(50)),))
    found = evaluate(problem, [["x"]])
    assert [v.key for v in found.violations] == ["day_end", "km"]
    assert found.violations[1].params["by_m"] == found.days[0].drive_m - 10_000


def test_lunch_goes_where_it_breaks_least():
    stops = (
        Stop("a", at(1), HOUR, MORNING),
        Stop("b", at(2), HOUR, fixed_at=13 * HOUR),
        Stop("c", at(3), HOUR),
    )
    found = evaluate(Problem((day(lunch=LUNCH),), stops), [["a", "b", "c"]])
    assert found.violations == ()
    assert (found.days[0].lunch_after, found.days[0].lunch_at_s) == (2, 14 * HOUR)


def test_no_time_for_lunch_is_said():
    stop = Stop("b", at(2), 2 * HOUR, fixed_at=13 * HOUR)
    found = evaluate(Problem((day(lunch=LUNCH),), (stop,)), [["b"]])
    assert [v.key for v in found.violations] == ["lunch"]
    assert [v.key for v in plan(Problem((day(lunch=LUNCH),), (stop,))).violations] == ["lunch"]


def test_what_is_done_stays_in_front_even_when_the_order_forgets_it():
    shops = three_shops()
    problem = replace(shops, days=(day(frozen=("far",), free_at_s=11 * HOUR),))
    found = evaluate(problem, [["near"]])
    assert found.order() == (("far", "near"),)
    assert check(problem, found) == ()


def test_the_time_after_the_start_is_computed_when_nobody_says_when():
    shops = three_shops()
    found = evaluate(replace(shops, days=(day(frozen=("far",)),)), [["near"]])
    first, second = found.days[0].stops
    assert second.arrive_s == first.leave_s + second.drive_s


def test_an_unknown_stop_is_refused():
    with pytest.raises(KeyError):
        evaluate(three_shops(), [["nobody"]])


def break_a_plan(found, **changes):
    first, *rest = found.days[0].stops
    return replace(found, days=(replace(found.days[0], stops=(replace(first, **changes), *rest)),))


def test_the_checker_believes_nothing():
    problem = three_shops()
    found = plan(problem)
    today = found.days[0]
    assert check(problem, found) == ()
    wrong = [
        (break_a_plan(found, arrive_s=0), "time"),
        (break_a_plan(found, drive_m=1), "time"),
        (break_a_plan(found, stop_id="nobody"), "unknown"),
        (replace(found, days=(replace(today, drive_s=1),)), "time"),
        (replace(found, days=(replace(today, stops=today.stops * 2),)), "order"),
        (replace(found, days=()), "order"),
    ]
    for plan_, key in wrong:
        assert key in {v.key for v in check(problem, plan_)}
    assert {v.key for v in check(replace(problem, days=(day(leave_s=9 * HOUR),)), found)} == {
        "time"
    }
    frozen = replace(problem, days=(day(frozen=("middle",)),))
    assert "frozen" in {v.key for v in check(frozen, found)}
    nowhere = replace(today, stops=())
    left = plan(replace(problem, days=(day(max_m=1),)))
    assert {v.key for v in check(problem, replace(left, days=(today,)))} == {"order"}
    assert "time" in {v.key for v in check(problem, replace(found, days=(nowhere,)))}


def test_the_checker_reads_touching_windows_as_one():
    hours = ((9 * HOUR, 11 * HOUR), (11 * HOUR, 13 * HOUR))
    problem = Problem((day(leave_s=10 * HOUR),), (Stop("x", at(1), 2 * HOUR, (hours,)),))
    found = plan(problem)
    assert found.order() == (("x",),)
    assert check(problem, found) == ()
