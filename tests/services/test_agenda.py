"""Today: the visits in the order of the day, and the card of the moment, by the user's clock."""

from datetime import UTC, date, timedelta
from zoneinfo import ZoneInfo

import pytest

from app import i18n
from app.models.activity import Activity, VisitReport
from app.models.base import now as saved_now
from app.models.route import RoutePlan, RouteStop
from app.services import account_rows, agenda, routes, visits
from tests.company import seed
from tests.services.records import NOW, TODAY, at, customer
from tests.views.rounds import accepted, on_route, towns


@pytest.fixture
def made(database):
    return seed(database)


@pytest.fixture
def three(database, made):
    """Return three visits of the day, at nine, eleven and one."""
    with database.write() as session:
        found = []
        for name, hour in (("Alba", 9), ("Brisa", 11), ("Cala", 13)):
            account = customer(session, made, name, city="Gandia")
            found.append(visits.plan(session, account, at=at(hour), minutes=30).id)
    return found


def day(database, now=NOW, when=TODAY):
    with database.read() as session:
        return agenda.day(session, when, now)


def names(plan):
    return [row.name for row in plan.rows]


def route(session, made, stops, **more):
    """Put visits on a route, each with its start in seconds."""
    plan = RoutePlan(
        user_id=made.user, day=TODAY, start_lat_e6=1, start_lon_e6=2, end_lat_e6=1, end_lon_e6=2,
        **{"leave_s": 8 * 3600 + 1800, **more},
    )  # fmt: skip
    session.add(plan)
    session.flush()
    for position, (visit_id, start_s) in enumerate(stops):
        session.add(
            RouteStop(
                route_plan_id=plan.id, activity_id=visit_id, position=position, start_s=start_s,
                account_id=session.get(Activity, visit_id).account_id, drive_s=600, drive_m=9000,
            )
        )  # fmt: skip
    session.flush()
    return plan


def test_an_empty_day(database, made):
    plan = day(database)
    assert plan.rows == ()
    assert plan.hero == agenda.Hero("empty", None, None, None, 0)
    assert (plan.lunch_at, plan.metres, plan.end_at, plan.has_route) == (None, 0, None, False)
    assert plan.start == (39_437_000, -465_000), "the map shows where the rep starts"


def test_visits_stand_by_their_hour_with_what_the_list_shows(database, three):
    plan = day(database, at(8))
    assert names(plan) == ["Alba", "Brisa", "Cala"]
    assert [row.state for row in plan.rows] == ["next", "planned", "planned"]
    assert [row.number for row in plan.rows] == [1, 2, 3]
    assert (plan.rows[0].city, plan.rows[0].minutes, plan.rows[0].at) == ("Gandia", 30, at(9))
    assert plan.end_at == at(13, 30)


def test_the_card_follows_the_clock_through_the_day(database, three):
    first, second, third = three
    assert day(database, at(8)).hero.situation == "before"
    assert day(database, at(8)).hero.leave_at == at(9)
    assert day(database, at(8, 59)).hero.situation == "before"
    assert day(database, at(9, 15)).hero.situation == "driving", "a quarter of an hour is not late"
    late = day(database, at(9, 16)).hero
    assert (late.situation, late.late_minutes, late.row.id) == ("late", 16, first)
    with database.write() as session:
        visits.start(session, first, now=at(9, 20))
    hero = day(database, at(9, 40)).hero
    assert (hero.situation, hero.row.id, hero.since) == ("visiting", first, at(9, 20))
    with database.write() as session:
        visits.log(session, first, outcome="order", now=at(9, 55))
    hero = day(database, at(10)).hero
    assert (hero.situation, hero.row.id) == ("driving", second)
    assert day(database, at(11, 16)).hero.situation == "late"
    with database.write() as session:
        visits.log(session, second, outcome="not_in", now=at(11, 20))
        visits.log(session, third, outcome="order", now=at(13, 20))
    hero = day(database, at(13, 30)).hero
    assert (hero.situation, hero.row.id) == ("done", third)


def test_the_length_of_what_was_done_is_what_it_took(database, three):
    with database.write() as session:
        visits.start(session, three[0], now=at(9, 20))
        visits.log(session, three[0], outcome="order", now=at(10, 5))
    done = day(database).rows[0]
    assert (done.at, done.minutes, done.outcome, done.state) == (
        at(9, 20),
        45,
        "order",
        "no_report",
    )
    with database.write() as session:
        visits.complete_report(session, three[0], now=at(10, 10))
    assert day(database).rows[0].state == "done"


def test_the_route_gives_order_drive_lunch_and_end(database, made, three):
    with database.write() as session:
        order = [(three[2], 9 * 3600), (three[0], 11 * 3600), (three[1], 15 * 3600)]
        route(session, made, order, lunch_at_s=14 * 3600, lunch_length_s=3600, drive_m=42_000,
              end_s=18 * 3600)  # fmt: skip
    plan = day(database, at(8))
    assert names(plan) == ["Cala", "Alba", "Brisa"]
    assert plan.hero.leave_at == at(8, 30)
    assert (plan.lunch_at, plan.lunch_minutes) == (at(14), 60)
    assert (plan.metres, plan.end_at, plan.start) == (42_000, at(18), (1, 2))
    assert (plan.rows[0].drive_s, plan.rows[0].drive_m) == (600, 9000)


def test_a_visit_beside_the_route_stands_at_its_own_hour(database, made, three):
    with database.write() as session:
        route(session, made, [(three[0], 9 * 3600), (three[2], 13 * 3600)])
    assert names(day(database, at(8))) == ["Alba", "Brisa", "Cala"]


def test_what_was_done_stands_in_front_as_it_happened(database, made, three):
    with database.write() as session:
        route(session, made, [(id_, 9 * 3600 + n * 7200) for n, id_ in enumerate(three)])
        visits.log(session, three[2], outcome="order", now=at(9, 30))
        visits.log(session, three[0], outcome="order", now=at(10, 30))
    plan = day(database)
    assert names(plan) == ["Cala", "Alba", "Brisa"]
    assert plan.hero.row.name == "Brisa"


def test_what_is_under_way_is_the_card_even_unplanned(database, made, three):
    with database.write() as session:
        route(session, made, [(id_, 9 * 3600 + n * 7200) for n, id_ in enumerate(three)])
        visits.log(session, three[0], outcome="order", now=at(9, 30))
        walk_in = customer(session, made, "Duna")
        visits.add_unplanned(session, walk_in, now=at(10, 15))
    plan = day(database)
    assert names(plan) == ["Alba", "Duna", "Brisa", "Cala"]
    assert (plan.hero.situation, plan.hero.row.name) == ("visiting", "Duna")


def test_cancelled_removed_and_other_peoples_visits_are_not_there(database, made, three):
    with database.write() as session:
        visits.cancel(session, three[0])
        session.get(Activity, three[1]).removed_at = saved_now()
        session.get(Activity, three[2]).owner_id = made.colleague
    assert day(database).rows == ()


def test_appointments_say_that_they_are_fixed(database, three):
    with database.write() as session:
        session.get(Activity, three[1]).is_fixed = True
    assert [row.state for row in day(database, at(8)).rows] == ["next", "fixed", "planned"]


def test_two_reports_of_two_laptops_are_one_visit_and_a_removed_one_is_none(database, three):
    with database.write() as session:
        visits.log(session, three[0], outcome="order", now=at(9, 30))
        visits.write_report(session, three[0], notes="a")
        other = VisitReport(activity_id=three[0], notes="b", completed_at=NOW)
        session.add(other)
    assert [row.state for row in day(database).rows] == ["done", "next", "planned"]
    with database.write() as session:
        session.get(VisitReport, other.id).removed_at = saved_now()
    assert [row.state for row in day(database).rows] == ["no_report", "next", "planned"]


def test_a_visit_around_midnight_belongs_to_the_day_of_the_users_clock(database, made):
    with database.write() as session:
        account = customer(session, made, "Pub")
        before = visits.plan(session, account, at=at(0) - timedelta(minutes=1))
        after = visits.plan(session, account, at=at(0))
        last = visits.plan(session, account, at=at(23, 59))
        next_day = visits.plan(session, account, at=at(0, day=date(2026, 11, 20)))
    assert [row.id for row in day(database).rows] == [after.id, last.id]
    assert [row.id for row in day(database, when=date(2026, 11, 18)).rows] == [before.id]
    assert [row.id for row in day(database, when=date(2026, 11, 20)).rows] == [next_day.id]


def test_in_another_zone_the_same_instants_are_another_day(database, made):
    with database.write() as session:
        account = customer(session, made, "Pub")
        visit = visits.plan(session, account, at=at(0, 30))
    assert [row.id for row in day(database).rows] == [visit.id]
    i18n.use_zone(ZoneInfo("Atlantic/Canary"))
    assert day(database).rows == ()
    assert [row.id for row in day(database, when=date(2026, 11, 18)).rows] == [visit.id]


@pytest.mark.parametrize(
    ("when", "hours"), [(date(2026, 3, 29), 23), (date(2026, 10, 25), 25), (TODAY, 24)]
)
def test_the_days_on_which_the_clocks_change_are_whole(when, hours):
    begin, end = agenda.day_bounds(when)
    assert (end - begin) == timedelta(hours=hours)
    for zone in (None, ZoneInfo("Europe/Madrid")):
        i18n.use_zone(zone)
        noon = agenda.instant(when, 12 * 3600)
        assert noon.tzinfo is UTC
        assert (i18n.local(noon).hour, agenda.seconds_of(noon)) == (12, 12 * 3600)


def test_the_next_day_with_visits(database, made, three):
    with database.write() as session:
        friday = visits.plan(session, made.account, at=at(9, day=date(2026, 11, 20)))
        visits.plan(session, made.account, at=at(9, day=date(2026, 11, 24)))
    with database.write() as session:
        assert agenda.next_day_with_visits(session, TODAY) == date(2026, 11, 20)
        visits.cancel(session, friday.id)
        assert agenda.next_day_with_visits(session, TODAY) == date(2026, 11, 24)
        assert agenda.next_day_with_visits(session, date(2026, 11, 24)) is None


def test_what_was_begun_yesterday_is_under_way_today_and_nowhere_else(database, made):
    tomorrow = TODAY + timedelta(days=1)
    with database.write() as session:
        id_ = customer(session, made, "Hotel Nit")
        visit = visits.plan(session, id_, at=at(22))
        visits.start(session, visit.id, now=at(23, 10))
    hero = day(database, at(0, 20, day=tomorrow), when=tomorrow).hero
    assert (hero.situation, hero.row.id, hero.since) == ("visiting", visit.id, at(23, 10))
    later = day(database, at(0, 20, day=tomorrow), when=tomorrow + timedelta(days=1))
    assert later.rows == (), "another day than today is not asked"


def test_taking_a_visit_off_times_the_rest_of_the_route_anew(database, made):
    towns(database, made)
    before = accepted(database)
    with database.write() as session:
        agenda.take_off(session, TODAY, before[1])
    assert on_route(database) == [before[0], *before[2:]]
    with database.read() as session:
        route = routes.current(session, TODAY)
        here = routes.stops(session, route.id)
        assert [stop.position for stop in here] == list(range(len(before) - 1))
        assert session.get(Activity, before[1]).state == "cancelled"


def test_a_visit_without_a_route_is_just_cancelled(database, three):
    first, *_rest = three
    with database.write() as session:
        agenda.take_off(session, TODAY, first)
    assert [row.id for row in day(database, at(8)).rows] == _rest


def test_a_visit_for_a_day_without_an_hour_is_on_that_day_once(database, made, three):
    when = date(2026, 11, 25)
    with database.write() as session:
        visits.log(session, three[0], outcome="order", now=at(9))
        visits.write_report(session, three[0], next_visit_on=when)
        visits.complete_report(session, three[0], now=at(9))
    plan = day(database, when=when)
    assert names(plan) == ["Alba"]
    assert plan.rows[0].at is None
    assert names(day(database, when=date(2026, 11, 24))) == []
    with database.read() as session:
        account_id = session.get(Activity, three[0]).account_id
        (row,) = account_rows.rows(session, [account_id], today=TODAY)
    assert row.next_visit == when
    with database.write() as session:
        visits.plan(session, made.account, at=at(10, day=when))
        routes.add_stop(session, when, account_id)
    timed = day(database, when=when)
    assert names(timed).count("Alba") == 1
    assert all(row.at for row in timed.rows if row.name == "Alba")
