"""The route of a day: proposed, accepted, changed by hand; hours kept or said, nothing twice."""

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from app.errors import UserError
from app.models.account import Account, Segment, Site
from app.models.activity import Activity
from app.models.base import now as saved_now
from app.models.route import RouteStop, WorkingHours
from app.routing import solver
from app.services import agenda, route_problem, routes, undo, visits
from tests.company import seed
from tests.services.records import NOW, TODAY, at, customer

HOURS = "Mo-Fr 09:00-14:00,17:00-20:00"


@pytest.fixture
def made(database):
    return seed(database)


@pytest.fixture
def towns(database, made):
    """Return four customers in four towns, all open as shops are."""
    with database.write() as session:
        session.get(Segment, made.segment).visit_minutes = 20
        return {
            city: customer(session, made, f"Bar de {city}", city=city, hours=HOURS)
            for city in ("Canals", "Ontinyent", "Alzira", "Gandia")
        }


def propose(session, day=TODAY, **more):
    asked = route_problem.question(session, day, **more)
    return asked, solver.plan(asked.problem, seed=1)


def accept(database, day=TODAY, **more):
    with database.write() as session:
        asked, plan = propose(session, day, **more)
        routes.accept(session, asked, plan)
    return asked, plan


def order(database, day=TODAY):
    with database.read() as session:
        route = routes.current(session, day)
        return [
            session.get(Account, stop.account_id).name for stop in routes.stops(session, route.id)
        ]


def stops(database, day=TODAY):
    with database.read() as session:
        route = routes.current(session, day)
        return routes.stops(session, route.id)


def planned(database, day=TODAY):
    """Return the visits of the day that are planned, by customer."""
    with database.read() as session:
        plan = agenda.day(session, day, NOW)
        return sorted(row.name for row in plan.rows)


# proposing


def test_who_was_never_visited_or_is_due_is_proposed(database, made, towns):
    with database.write() as session:
        for city, days in (("Canals", 3), ("Ontinyent", 19), ("Alzira", 20), ("Gandia", 100)):
            visit = visits.plan(session, towns[city], at=None)
            visits.log(session, visit.id, outcome="order", now=NOW - timedelta(days=days))
        asleep = customer(session, made, "Inactivo", city="Sueca", status="inactive")
        gone = customer(session, made, "Quitado", city="Sueca")
        session.get(Account, gone).removed_at = saved_now()
        theirs = customer(session, made, "De Luis", city="Sueca", owner_id=made.colleague)
        supplier = customer(session, made, "Proveedor", city="Sueca", kind="supplier")
    with database.read() as session:
        found = {candidate.account_id for candidate in route_problem.candidates(session, TODAY)}
    assert found == {made.account, towns["Alzira"], towns["Gandia"]}
    assert not found & {asleep, gone, theirs, supplier}


def test_who_is_long_overdue_and_buys_most_is_worth_most(database, made):
    with database.write() as session:
        ids = {}
        for grade, days in (("A", 28), ("B", 28), ("C", 28), ("A", 100)):
            ids[grade, days] = customer(session, made, f"{grade} {days}", city="Sueca", grade=grade)
            visit = visits.plan(session, ids[grade, days], at=None)
            visits.log(session, visit.id, outcome="order", now=NOW - timedelta(days=days))
    with database.read() as session:
        worth = {c.account_id: c.value for c in route_problem.candidates(session, TODAY)}
    assert worth[ids["A", 28]] == 100
    assert worth[ids["A", 100]] > 100 > worth[ids["B", 28]] > worth[ids["C", 28]] > 0


def test_a_visit_of_the_day_is_always_part_of_it_and_one_of_another_day_is_not(
    database, made, towns
):
    with database.write() as session:
        visit = visits.plan(session, towns["Canals"], at=None)
        visits.log(session, visit.id, outcome="order", now=NOW - timedelta(days=1))
        today = visits.plan(session, towns["Canals"], at=at(17), minutes=20)
        promised = customer(session, made, "Prometido", city="Sueca")
        for days in (0, 1):
            log = visits.plan(session, promised, at=None)
            visits.log(session, log.id, outcome="order", now=NOW - timedelta(days=1))
            log.about_id = None
            due = visits.plan(session, promised, at=None)
            due.due_on = TODAY + timedelta(days=days)
        tomorrow = visits.plan(session, towns["Gandia"], at=at(9, day=date(2026, 11, 20)))
    with database.read() as session:
        found = {c.account_id: c for c in route_problem.candidates(session, TODAY)}
    assert found[towns["Canals"]].planned_id == today.id
    assert found[towns["Canals"]].minutes == 20
    assert found[promised].planned_id is not None
    assert found[towns["Gandia"]].planned_id != tomorrow.id


def test_the_question_is_the_working_day_of_the_rep(database, made, towns):
    with database.read() as session:
        asked = route_problem.question(session, TODAY)
    (day,) = asked.problem.days
    assert (day.leave_s, day.finish_s) == (8 * 3600 + 1800, 18 * 3600)
    assert (day.start.lat_e6, day.start.lon_e6) == (39_437_000, -465_000)
    assert (day.lunch.from_s, day.lunch.length_s) == (13 * 3600 + 1800, 3600)
    assert {stop.id for stop in asked.problem.stops} == {made.account, *towns.values()}
    by_id = {stop.id: stop for stop in asked.problem.stops}
    assert by_id[towns["Canals"]].windows == (((32400, 50400), (61200, 72000)),)


def test_hours_that_nobody_can_read_are_unknown_and_no_position_is_said(database, made):
    with database.write() as session:
        odd = customer(session, made, "Raro", city="Sueca", hours="cuando abre")
        silent = customer(session, made, "Callado", city="Sueca")
        shut = customer(session, made, "Cerrado", city="Sueca", hours="Mo-We 09:00-14:00")
        nowhere = customer(session, made, "Sin dirección")
    with database.read() as session:
        asked = route_problem.question(session, TODAY)
    by_id = {stop.id: stop for stop in asked.problem.stops}
    assert by_id[odd].windows_on(0) is None
    assert by_id[silent].windows_on(0) is None
    assert by_id[shut].windows_on(0) == ()
    assert [candidate.account_id for candidate in asked.unplaced] == [nowhere]
    assert nowhere not in by_id


def test_without_a_start_nothing_is_guessed(database, made):
    with database.write() as session:
        session.scalars(select(WorkingHours)).one().start_lat_e6 = None
    with database.read() as session, pytest.raises(UserError, match="where your day starts") as e:
        route_problem.question(session, TODAY)
    assert "Settings" in e.value.hint
    with database.write() as session:
        session.scalars(select(WorkingHours)).one().removed_at = saved_now()
    with database.read() as session, pytest.raises(UserError, match="where your day starts"):
        route_problem.question(session, TODAY)


def test_a_day_may_end_elsewhere_and_without_lunch(database, made):
    with database.write() as session:
        hours = session.scalars(select(WorkingHours)).one()
        hours.lunch_length_s, hours.end_lat_e6 = 0, None
    with database.read() as session:
        (day,) = route_problem.question(session, TODAY).problem.days
    assert day.lunch is None
    assert day.end == day.start


def test_the_nearest_of_equals_are_asked_about_when_there_are_too_many(database, made, towns):
    with database.read() as session:
        asked = route_problem.question(session, TODAY, limit=2)
    assert set(asked.candidates) == {made.account, towns["Alzira"]}


# accepting


def test_an_accepted_route_keeps_every_opening_hour(database, made, towns):
    accept(database)
    with database.read() as session:
        for stop in stops(database):
            site = session.get(Site, stop.site_id)
            windows = route_problem.windows(site.opening_hours, TODAY, "ES")
            assert any(a <= stop.start_s and stop.leave_s <= b for a, b in windows)
        route = routes.current(session, TODAY)
        visited = [session.get(Activity, stop.activity_id) for stop in stops(database)]
    assert len(order(database)) == 5
    assert [visit.planned_at for visit in visited] == [
        route_problem.instant(TODAY, stop.start_s) for stop in stops(database)
    ]
    assert all(b.arrive_s >= a.leave_s + b.drive_s for a, b in pairwise(stops(database)))
    assert route.drive_m == sum(s.drive_m for s in stops(database)) + route.last_drive_m > 0


def test_what_does_not_fit_is_left_out_with_its_reason(database, made, towns):
    with database.write() as session:
        shut = customer(session, made, "Cerrado", city="Sueca", hours="Mo-We 09:00-14:00")
    with database.write() as session:
        asked, plan = propose(session)
        routes.accept(session, asked, plan)
        reasons = {left.stop_id: left.reason_key for left in plan.left_out}
    assert reasons == {shut: "closed"}
    assert "Cerrado" not in order(database)
    assert "Cerrado" not in planned(database), "a visit that was never wanted is not planned"


def test_accepting_again_changes_the_route_and_makes_no_second_one(database, made, towns):
    accept(database)
    before = {stop.account_id: (stop.id, stop.activity_id) for stop in stops(database)}
    accept(database)
    assert {stop.account_id: (stop.id, stop.activity_id) for stop in stops(database)} == before
    assert len(planned(database)) == 5


def test_a_stop_that_comes_back_uses_its_visit_again(database, made, towns):
    accept(database)
    gandia = next(s for s in stops(database) if s.account_id == towns["Gandia"])
    with database.write() as session:
        routes.reorder(
            session, TODAY, [s.activity_id for s in stops(database) if s.id != gandia.id]
        )
    assert "Bar de Gandia" in planned(database), "off the route, but still planned"
    accept(database)
    assert order(database).count("Bar de Gandia") == 1
    assert len(planned(database)) == 5


def test_planning_again_in_the_middle_of_the_day_keeps_what_was_done_in_front(
    database, made, towns
):
    accept(database)
    first, _second, third, *_rest = stops(database)
    with database.write() as session:
        for stop, hour in ((first, 9), (third, 10)):
            visits.log(session, stop.activity_id, outcome="order", now=at(hour, 30))
    accept(database)
    assert [stop.activity_id for stop in stops(database)][:2] == [
        first.activity_id, third.activity_id,
    ]  # fmt: skip
    assert [stop.position for stop in stops(database)] == list(range(5))
    assert len(planned(database)) == 5


def test_planning_again_at_half_past_ten_goes_on_from_there(database, made, towns):
    accept(database)
    first = stops(database)[0]
    with database.write() as session:
        visits.start(session, first.activity_id, now=at(9, 40))
        visits.log(session, first.activity_id, outcome="order", now=at(10, 30))
    with database.write() as session:
        asked = routes.ask(session, TODAY)
        routes.accept(session, asked, solver.plan(asked.problem, seed=1))
    done, *rest = stops(database)
    assert done.activity_id == first.activity_id
    assert len(rest) == 4
    assert all(stop.start_s >= 10 * 3600 + 1800 + stop.drive_s for stop in rest)
    assert len(planned(database)) == 5


def test_an_appointment_keeps_its_time_whatever_is_around_it(database, made, towns):
    with database.write() as session:
        visits.plan(session, towns["Gandia"], at=at(12), minutes=45, is_fixed=True)
    accept(database)
    stop = next(s for s in stops(database) if s.account_id == towns["Gandia"])
    assert (stop.start_s, stop.is_fixed) == (12 * 3600, True)


# changing by hand


def test_reordering_times_the_day_anew(database, made, towns):
    accept(database)
    ids = [stop.activity_id for stop in stops(database)]
    with database.write() as session:
        routes.reorder(session, TODAY, ids[::-1])
    found = stops(database)
    assert [stop.activity_id for stop in found] == ids[::-1]
    assert [stop.position for stop in found] == list(range(5))
    assert all(a.leave_s + b.drive_s <= b.start_s for a, b in pairwise(found))
    with database.read() as session:
        for stop in found:
            visit = session.get(Activity, stop.activity_id)
            assert visit.planned_at == route_problem.instant(TODAY, stop.start_s)


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.permutations(range(5)))
def test_any_order_can_be_had_and_its_figures_add_up(database, shuffled):
    with database.read() as session:
        route = session.scalar(select(RouteStop.id).limit(1))
    if route is None:
        company = seed(database)
        with database.write() as session:
            session.get(Segment, company.segment).visit_minutes = 20
            for city in ("Canals", "Ontinyent", "Alzira", "Gandia"):
                customer(session, company, city, city=city, hours=HOURS)
        accept(database)
    ids = sorted(stop.activity_id for stop in stops(database))
    wanted = [ids[n] for n in shuffled]
    with database.write() as session:
        plan = routes.reorder(session, TODAY, wanted)
    found = stops(database)
    assert [stop.activity_id for stop in found] == wanted
    with database.read() as session:
        route = routes.current(session, TODAY)
    assert route.drive_m == sum(stop.drive_m for stop in found) + route.last_drive_m
    assert route.drive_s == sum(stop.drive_s for stop in found) + route.last_drive_s
    assert route.end_s >= found[-1].leave_s + route.last_drive_s
    assert (route.drive_m, route.end_s) == (plan.days[0].drive_m, plan.days[0].end_s)


def test_an_order_that_cannot_be_kept_is_said_and_done(database, made, towns):
    with database.write() as session:
        early = customer(session, made, "Mercado", city="Sueca", hours="Mo-Fr 07:00-10:00")
    accept(database)
    ids = [stop.activity_id for stop in stops(database)]
    market = next(s.activity_id for s in stops(database) if s.account_id == early)
    with database.write() as session:
        plan = routes.reorder(session, TODAY, [*(i for i in ids if i != market), market])
    assert [(v.key, v.stop_id) for v in plan.violations if v.stop_id] == [("late", early)]
    assert order(database)[-1] == "Mercado"


def test_the_order_of_today_may_name_visits_that_are_not_on_the_route(database, made, towns):
    accept(database)
    with database.write() as session:
        beside = visits.plan(session, customer(session, made, "Sin dirección"), at=at(12))
    ids = [stop.activity_id for stop in stops(database)]
    with database.write() as session:
        routes.reorder(session, TODAY, [ids[1], beside.id, ids[0], *ids[2:]])
    assert [stop.activity_id for stop in stops(database)] == [ids[1], ids[0], *ids[2:]]


def test_adding_at_a_place_and_at_the_end(database, made, towns):
    with database.write() as session:
        routes.add_stop(session, TODAY, towns["Gandia"])
        routes.add_stop(session, TODAY, towns["Canals"], after=0)
        routes.add_stop(session, TODAY, towns["Alzira"], after=1)
        routes.add_stop(session, TODAY, towns["Ontinyent"])
    assert order(database) == [f"Bar de {c}" for c in ("Canals", "Alzira", "Gandia", "Ontinyent")]
    with pytest.raises(UserError, match="already on the route"), database.write() as session:
        routes.add_stop(session, TODAY, towns["Alzira"])
    assert len(order(database)) == 4


def test_adding_who_is_planned_for_the_day_takes_that_visit(database, made, towns):
    with database.write() as session:
        visit = visits.plan(session, towns["Gandia"], at=at(12), title="Firmar")
        routes.add_stop(session, TODAY, towns["Gandia"])
    assert [stop.activity_id for stop in stops(database)] == [visit.id]
    assert planned(database) == ["Bar de Gandia"]


def test_who_was_visited_this_morning_can_be_visited_again(database, made, towns):
    with database.write() as session:
        morning = visits.plan(session, towns["Gandia"], at=at(9))
        visits.log(session, morning.id, outcome="order", now=at(10))
        routes.add_stop(session, TODAY, towns["Gandia"])
    (stop,) = stops(database)
    assert stop.activity_id != morning.id
    assert planned(database) == ["Bar de Gandia", "Bar de Gandia"]


def test_a_customer_without_position_can_be_added_and_costs_no_way(database, made, towns):
    with database.write() as session:
        nowhere = customer(session, made, "Sin dirección")
        routes.add_stop(session, TODAY, nowhere)
    (stop,) = stops(database)
    assert (stop.account_id, stop.drive_m) == (nowhere, 0)


def test_taking_a_stop_off_and_putting_it_back(database, made, towns):
    accept(database)
    before = [(s.activity_id, s.start_s, s.drive_m) for s in stops(database)]
    middle = before[2][0]
    with database.write() as session:
        routes.remove_stop(session, TODAY, middle)
        assert session.get(Activity, middle).state == "cancelled"
    assert [s.activity_id for s in stops(database)] == [b[0] for b in before if b[0] != middle]
    assert len(planned(database)) == 4
    with database.write() as session:
        undo.take_back(session)
        assert session.get(Activity, middle).state == "planned"
    assert [(s.activity_id, s.start_s, s.drive_m) for s in stops(database)] == before


def test_putting_back_a_stop_that_had_left_and_come_before(database, made, towns):
    accept(database)
    gandia = next(s for s in stops(database) if s.account_id == towns["Gandia"])
    rest = [s.activity_id for s in stops(database) if s.id != gandia.id]
    with database.write() as session:
        routes.reorder(session, TODAY, rest)
    accept(database)
    before = order(database)
    with database.write() as session:
        routes.remove_stop(session, TODAY, gandia.activity_id)
    with database.write() as session:
        undo.take_back(session)
    assert order(database) == before
    assert order(database).count("Bar de Gandia") == 1


def test_a_visit_that_was_made_stays_made_without_its_stop(database, made, towns):
    accept(database)
    first = stops(database)[0].activity_id
    with database.write() as session:
        visits.log(session, first, outcome="order", now=at(9, 30))
        routes.remove_stop(session, TODAY, first)
        assert session.get(Activity, first).state == "done"
    with database.write() as session:
        undo.take_back(session)
        assert session.get(Activity, first).state == "planned", "both were one deed"


def test_a_longer_visit_moves_the_rest_and_none_is_shorter_than_five_minutes(database, made, towns):
    accept(database)
    before = stops(database)
    with database.write() as session:
        routes.set_minutes(session, TODAY, before[0].activity_id, 65)
    after = stops(database)
    assert after[0].leave_s - after[0].start_s == 65 * 60
    assert after[1].start_s >= before[1].start_s
    with database.write() as session:
        routes.set_minutes(session, TODAY, before[0].activity_id, -40)
        assert session.get(Activity, before[0].activity_id).planned_minutes == 5


def test_a_locked_visit_keeps_its_time_when_the_others_move(database, made, towns):
    accept(database)
    locked = stops(database)[1]
    with database.write() as session:
        routes.lock(session, TODAY, locked.activity_id, is_fixed=True)
        routes.set_minutes(session, TODAY, stops(database)[0].activity_id, 10)
    again = next(s for s in stops(database) if s.id == locked.id)
    assert (again.start_s, again.is_fixed) == (locked.start_s, True)
    with database.write() as session:
        routes.lock(session, TODAY, locked.activity_id, is_fixed=False)
        routes.retime(session, TODAY)
    again = next(s for s in stops(database) if s.id == locked.id)
    assert (again.start_s < locked.start_s, again.is_fixed) == (True, False)


def test_a_route_is_begun_and_finished_once(database, made, towns):
    accept(database)
    with database.write() as session:
        routes.begin(session, TODAY, now=at(8, 30))
        routes.begin(session, TODAY, now=at(9))
        routes.finish(session, TODAY, now=at(18))
        routes.finish(session, TODAY, now=at(19))
        route = routes.current(session, TODAY)
    assert (route.state, route.started_at, route.finished_at) == ("done", at(8, 30), at(18))


def test_a_day_without_route(database, made):
    with database.read() as session:
        assert routes.current(session, TODAY) is None
        assert routes.metres(session, TODAY) == 0
    for change in (
        lambda s: routes.reorder(s, TODAY, []),
        lambda s: routes.retime(s, TODAY),
        lambda s: routes.begin(s, TODAY, now=NOW),
    ):
        with pytest.raises(UserError, match="no route for this day"), database.write() as session:
            change(session)
