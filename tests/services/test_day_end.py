"""What a day leaves, and closing it with that."""

from datetime import date, timedelta

import pytest

from app.models.expense import Expense
from app.models.route import RoutePlan
from app.services import day_end, quotes, visits
from tests.company import seed
from tests.services.records import NOW, TODAY, at
from tests.views.rounds import accepted, towns

FRIDAY = date(2026, 11, 20)


@pytest.fixture
def made(database):
    return seed(database)


def left(database, day=TODAY):
    with database.read() as session:
        return day_end.checklist(session, day, NOW)


def test_a_day_without_anything_leaves_nothing_but_a_plan(database, made):
    found = left(database)
    assert (found.reports, found.expenses, found.quotes) == (0, 0, 0)
    assert (found.to_send, found.tomorrow, found.planned) == (0, FRIDAY, 0)
    assert not found.is_closed


def test_each_thing_is_counted_with_the_place_of_the_first(database, made):
    with database.write() as session:
        visit = visits.plan(session, made.account, at=at(9))
        visits.log(session, visit.id, outcome="order", now=NOW)
        visits.plan(session, made.account, at=at(9, day=FRIDAY))
        session.add(Expense(user_id=made.user, kind="parking", spent_on=TODAY))
        quote = quotes.draft(session, made.account, today=TODAY)
    found = left(database)
    assert (found.reports, found.first_report) == (1, visit.id)
    assert (found.expenses, found.first_expense) == (1, TODAY.isoformat())
    assert (found.quotes, found.first_quote) == (1, quote.id)
    assert found.planned == 1
    assert found.to_send >= 4


def test_after_friday_comes_monday(database, made):
    assert left(database, FRIDAY).tomorrow == FRIDAY + timedelta(days=3)


def test_after_a_holiday_comes_the_day_behind_it_and_its_visits_without_an_hour(database, made):
    with database.write() as session:
        visit = visits.plan(session, made.account, at=None)
        visit.due_on = date(2026, 12, 9)
    found = left(database, date(2026, 12, 4))  # a Friday; the 8th is a holiday in all of Spain
    assert found.tomorrow == date(2026, 12, 7)
    found = left(database, date(2026, 12, 7))
    assert (found.tomorrow, found.planned) == (date(2026, 12, 9), 1)


def test_closing_ends_the_route_and_a_day_without_one_has_nothing_to_end(database, made):
    with database.write() as session:
        assert not day_end.close(session, TODAY, now=NOW)
    towns(database, made)
    accepted(database)
    with database.write() as session:
        assert day_end.close(session, TODAY, now=NOW)
    with database.read() as session:
        route = session.query(RoutePlan).one()
    assert (route.state, route.finished_at) == ("done", NOW)
    assert left(database).is_closed
