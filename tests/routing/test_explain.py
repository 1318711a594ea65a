"""Who is left out hears why, in a sentence that is true."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app import i18n
from app.routing.explain import sentence, violation_sentence
from app.routing.problem import LeftOut, Problem, Stop, Violation
from app.routing.solver import plan
from tests.routing.days import HOUR, at, day

ALL_DAY = (((8 * HOUR, 20 * HOUR),),)
BUSY = (Stop("a", at(2), 2 * HOUR, ALL_DAY, must=True), Stop("b", at(4), 2 * HOUR, must=True))
NOON = 12 * HOUR + 2700


def why(stop, *others, **changes):
    days = changes.get("days") or (day(**changes),)
    found = plan(Problem(days, (*others, stop), iterations=60))
    [left] = [left for left in found.left_out if left.stop_id == stop.id]
    return left


def test_closed_that_day():
    left = why(Stop("x", at(1), windows=((),)))
    assert (left.reason_key, sentence(left)) == ("closed", "Closed on Mon 2 Mar.")


def test_closed_on_all_days():
    left = why(Stop("x", at(1), windows=((), ())), days=(day(), day()))
    assert sentence(left) == "Closed on all of these days."


def test_open_for_less_than_the_visit():
    left = why(Stop("x", at(1), 3600, windows=(((9 * HOUR, 9 * HOUR + 1800),),)))
    assert sentence(left) == "Never open for the 60 minutes that the visit takes."


def test_out_of_reach():
    left = why(Stop("x", at(60), windows=(((8 * HOUR, 8 * HOUR + 1900),),)))
    assert left.reason_key == "out_of_reach"
    assert sentence(left).startswith("Out of reach within its hours and yours: 1")


def test_over_the_limit():
    left = why(Stop("x", at(50), windows=ALL_DAY), max_m=20_000)
    assert left.reason_key == "over_km"
    assert left.params["metres"] > 90_000
    assert sentence(left).endswith("over the limit of the day.")


def test_beside_an_appointment():
    fixed = Stop("boss", at(-40), 3 * HOUR, fixed_at=9 * HOUR, name="Bar Pepe")
    left = why(Stop("x", at(40), windows=(((9 * HOUR, 11 * HOUR),),)), fixed)
    assert sentence(left) == "No time beside the appointment with Bar Pepe at 9:00."


def test_two_appointments_at_once():
    fixed = tuple(Stop(name, at(5), HOUR, fixed_at=9 * HOUR, name=name) for name in ("A", "B"))
    found = plan(Problem((day(),), fixed, iterations=20))
    assert len(found.order()[0]) == 1
    assert found.left_out[0].reason_key == "appointment_clash"


def test_an_appointment_on_another_day():
    left = why(Stop("x", at(1), fixed_at=9 * HOUR, fixed_day=5))
    assert sentence(left) == "Its appointment is on another day."


def test_no_room_says_what_it_would_take():
    left = why(Stop("x", at(3), 1800, ALL_DAY), *BUSY, finish_s=NOON)
    assert left.reason_key == "no_room"
    assert 30 <= left.params["minutes"] <= 39
    assert sentence(left).startswith("Does not fit: it would take 3")


def test_not_worth_the_drive():
    left = why(Stop("x", at(50), 600, ALL_DAY, value=1))
    assert left.reason_key == "not_worth"
    assert sentence(left).startswith("It fits, but costs 1")
    assert why(Stop("x", at(1), 600, ALL_DAY, value=0)).reason_key == "not_worth"


def test_the_minutes_are_true():
    stop = Stop("x", at(3), 1800, ALL_DAY)
    left = why(stop, *BUSY, finish_s=NOON)
    longer = day(finish_s=NOON + 60 * (left.params["minutes"] + 1))
    assert plan(Problem((longer,), (*BUSY, stop), iterations=60)).left_out == ()


def test_in_spanish():
    i18n.use("es")
    assert sentence(LeftOut("x", "closed", {"day": "2026-03-02"})) == "Cerrado el lun 2 mar."
    late = Violation("late", 0, "x", {"closes_s": 13 * HOUR + 1800, "by_s": 600})
    assert violation_sentence(late) == "No llegas: cierra a las 13:30."


@pytest.mark.parametrize(
    ("violation", "words"),
    [
        (Violation("closed", 0, "x"), "Closed that day."),
        (
            Violation("late", 0, "x", {"closes_s": 48600, "by_s": 60}),
            "Too late: it closes at 13:30.",
        ),
        (
            Violation("too_long", 0, "x", {"visit_s": 60}),
            "It is open for less time than the visit takes.",
        ),
        (
            Violation("appointment", 0, "x", {"at_s": 36000}),
            "Too late for the appointment at 10:00.",
        ),
        (
            Violation("day_end", 0, None, {"end_s": 68400, "by_s": 1800}),
            "The day ends at 19:00, 30\u00a0min too late.",
        ),
        (Violation("km", 0, None, {"by_m": 12_000}), "12\u00a0km over the limit of the day."),
        (Violation("lunch", 0), "No time left for lunch."),
        (Violation("time", 0), "The times of this plan do not hold. Plan the day again."),
    ],
)
def test_what_a_day_cannot_keep_is_said(violation, words):
    assert violation_sentence(violation) == words


def test_over_the_limit_of_every_day_of_a_week():
    far = Stop("x", at(50), windows=ALL_DAY * 2)
    left = why(far, days=(day(max_m=20_000), replace(day(), max_m=30_000)))
    assert left.params["metres"] < 100_000
