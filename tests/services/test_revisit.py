"""Coming back to somebody who was not there: moments that fit, and the visit that takes one."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from app import i18n
from app.models.activity import Activity
from app.models.route import WorkingHours
from app.services import revisit, visits
from tests.company import seed
from tests.services.records import NOW, TODAY, at, customer

FRIDAY, MONDAY = date(2026, 11, 20), date(2026, 11, 23)


@pytest.fixture
def made(database):
    return seed(database)


def slots(database, account_id, **more):
    with database.read() as session:
        return revisit.slots(session, account_id, now_day=TODAY, **more)


def test_the_rest_of_this_week_comes_first_and_no_weekend(database, made):
    with database.write() as session:
        bar = customer(session, made, "Bar", city="Alzira", hours="Mo-Fr 09:00-14:00")
    found = slots(database, bar)
    assert [slot.day for slot in found] == [FRIDAY, MONDAY, MONDAY + timedelta(days=1)]
    for slot in found:
        there = i18n.local(slot.at)
        assert there.date() == slot.day
        assert 9 <= there.hour < 14, "while it is open"
        assert there.minute % 5 == 0
        assert slot.extra_minutes > 0


def test_who_is_on_the_way_of_a_day_adds_little(database, made):
    with database.write() as session:
        near = customer(session, made, "Bar Annauir", city="Annauir")
        visits.plan(session, made.account, at=at(11, day=FRIDAY))  # in Xàtiva, beside it
    first, second, *_rest = slots(database, near)
    assert first.day == FRIDAY
    assert first.extra_minutes < 10 < second.extra_minutes


def test_a_day_on_which_a_visit_is_planned_already_is_not_proposed(database, made):
    with database.write() as session:
        bar = customer(session, made, "Bar", city="Alzira")
        visits.plan(session, bar, at=at(11, day=FRIDAY))
    assert slots(database, bar)[0].day == MONDAY


def test_nobody_is_proposed_a_day_on_which_it_is_closed(database, made):
    with database.write() as session:
        bar = customer(session, made, "Bar", city="Alzira", hours="We 10:00-12:00")
    assert [slot.day for slot in slots(database, bar)] == [date(2026, 11, 25)]


def test_without_a_place_or_a_start_there_is_nothing_to_propose(database, made):
    with database.write() as session:
        nowhere = customer(session, made, "Bar")
        placed = customer(session, made, "Otro", city="Alzira")
    assert slots(database, nowhere) == []
    with database.write() as session:
        session.scalars(select(WorkingHours)).one().start_lat_e6 = None
    assert slots(database, placed) == []


def test_the_visit_takes_the_place_of_the_follow_up(database, made):
    with database.write() as session:
        visit = visits.plan(session, made.account, at=at(9), minutes=25, title="Tarifa")
        visits.log(session, visit.id, outcome="not_in", now=NOW)
        again = revisit.book(session, visit.id, at(10, day=FRIDAY))
    with database.read() as session:
        planned = session.get(Activity, again)
        task = session.scalars(select(Activity).where(Activity.rule == "visit_follow_up")).one()
    assert (planned.account_id, planned.planned_at) == (made.account, at(10, day=FRIDAY))
    assert (planned.planned_minutes, planned.title, planned.rule) == (25, "Tarifa", "revisit")
    assert task.removed_at is not None
