"""What happened with a customer and what it cost and bought: lists, counts, sums."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from app.errors import ValidationError
from app.models.activity import Activity
from app.models.expense import Expense, TravelRate
from app.models.route import RoutePlan, RouteStop
from app.models.sync_state import SyncRun
from app.services import (
    account_costs,
    account_feed,
    account_sales,
    door,
    office_news,
    quotes,
    visits,
)
from tests.company import seed
from tests.services.records import NOW, TODAY, at, customer, debt, invoice

D = Decimal


@pytest.fixture
def made(database):
    return seed(database)


def happened(session, made, kind, days, title=""):
    session.add(
        Activity(
            kind=kind, state="done", account_id=made.account, owner_id=made.user, title=title,
            done_at=NOW - timedelta(days=days),
        )
    )  # fmt: skip


def test_the_feed_is_counted_by_kind_and_read_newest_first(database, made):
    with database.write() as session:
        for n in range(5):
            happened(session, made, "call", n + 1, f"Call {n}")
        happened(session, made, "visit", 2)
        account_feed.add_note(session, made.account, "  Cierra en enero ", now=NOW)
    with database.read() as session:
        all_ = account_feed.feed(session, made.account, limit=4)
        notes = account_feed.feed(session, made.account, "note")
        calls = account_feed.feed(session, made.account, "call", 2)
    assert all_.counts == {"call": 5, "visit": 1, "note": 1}
    assert all_.total == 7
    assert [event.kind for event in all_.events] == ["note", "call", "visit", "call"]
    assert [(event.title, event.kind) for event in notes.events] == [("Cierra en enero", "note")]
    assert [event.title for event in calls.events] == ["Call 0", "Call 1"]


def test_an_empty_note_is_not_kept(database, made):
    with pytest.raises(ValidationError, match="Write the note"), database.write() as session:
        account_feed.add_note(session, made.account, "  ", now=NOW)


def test_sales_add_up_by_month_family_and_product(database, made):
    oil, coffee = made.products[:2]
    with database.write() as session:
        invoice(session, made.account, date(2026, 11, 2), "100.00", lines={oil: "3"})
        invoice(session, made.account, date(2026, 10, 2), "40.00", lines={oil: "1"})
        invoice(session, made.account, date(2026, 9, 2), "70.00", lines={coffee: "4"})
        invoice(session, made.account, date(2025, 10, 2), "55.50", lines={coffee: "2"})
    with database.read() as session:
        products = account_sales.by_product(session, made.account, TODAY)
        families = account_sales.by_family(session, made.account, TODAY)
        months = account_sales.by_month(session, made.account, TODAY)
    assert [(row.name[:6], row.units, row.now, row.before) for row in products] == [
        ("Aceite", D(4), D(140), D(0)), ("Café e", D(4), D(70), D("55.50")),
    ]  # fmt: skip
    assert [(row.name, row.now, row.before) for row in families] == [
        ("Despensa", D(210), D("55.50"))
    ]
    assert [(row.name, row.now, row.before) for row in months][9] == (
        "October 2026", D(40), D("55.50"),
    )  # fmt: skip


def test_a_customer_costs_the_way_to_it_and_what_was_spent_for_it(database, made):
    with database.write() as session:
        session.add(
            TravelRate(kind="mileage", amount=D("0.26"), exempt=D("0.26"),
                       valid_from=date(2023, 7, 17))
        )  # fmt: skip
        visit = visits.plan(session, made.account, at=at(9))
        visits.log(session, visit.id, outcome="order", now=NOW)
        route = RoutePlan(
            user_id=made.user, day=TODAY, start_lat_e6=1, start_lon_e6=1, end_lat_e6=1,
            end_lon_e6=1, leave_s=0,
        )  # fmt: skip
        session.add(route)
        session.flush()
        session.add(
            RouteStop(route_plan_id=route.id, activity_id=visit.id, account_id=made.account,
                      drive_m=50_000)
        )  # fmt: skip
        for days, amount in ((3, "30.00"), (400, "99.00")):
            session.add(
                Expense(user_id=made.user, kind="customer_meal", account_id=made.account,
                        spent_on=TODAY - timedelta(days=days), amount=D(amount))
            )  # fmt: skip
    with database.read() as session:
        found = account_costs.cost(session, made.account, TODAY)
    assert (found.metres, found.driving, found.expenses) == (50_000, D("13.00"), D("30.00"))
    assert found.total == D("43.00")


def test_without_a_rate_the_way_costs_nothing_that_is_known(database, made):
    with database.read() as session:
        assert account_costs.cost(session, made.account, TODAY) == (None, 0, D(0))


def test_the_door_says_whom_to_greet_and_what_is_owed(database, made):
    with database.read() as session:
        found = door.at(session, made.account, TODAY)
    assert (found.name, found.greeting, found.me) == (
        "Restaurante El Socarrat", "Vicent Sanchis", "Marta Ferrer",
    )  # fmt: skip
    assert (found.owes, found.draft, found.last_visit) == (None, None, None)
    with database.write() as session:
        invoice(session, made.account, date(2026, 10, 2), "40.00")
        quotes.draft(session, made.account, today=TODAY)
    with database.read() as session:
        found = door.at(session, made.account, TODAY)
    assert (found.owes, found.draft) == (D(0), None), "a draft without lines is nothing to mention"
    with database.write() as session:
        debt(session, made.account, TODAY, "12.00")
        other = customer(session, made, "Bar", phone="+34600000000")
    with database.read() as session:
        assert door.at(session, made.account, TODAY).owes == D("12.00")
        assert door.at(session, other, TODAY).greeting == ""


def test_the_first_download_is_no_news_and_the_last_that_brought_something_is(database, made):
    def run(minute, receipt):
        received = sum(counts.get("received", 0) for counts in receipt.values())
        return SyncRun(
            started_at=at(9, minute), ended_at=at(9, minute + 1), received=received,
            receipt=receipt,
        )  # fmt: skip

    with database.write() as session:
        session.add(run(0, {"account": {"received": 126}}))
    with database.read() as session:
        assert office_news.latest(session) == (None, ())
    with database.write() as session:
        session.add(run(2, {"price_list_line": {"received": 31}, "account": {"sent": 3}}))
        session.add(run(4, {"row_of_no_interest": {"received": 2}}))
    with database.read() as session:
        news = office_news.latest(session)
    assert news.at == at(9, 3)
    assert [(item.entity, item.many) for item in news.items] == [("price_list_line", 31)]
