"""A route on the screen and on its sheet: hours, what cannot be kept, who is on the way."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import select

from app import i18n
from app.models.account import Account, Contact, Segment, Site
from app.models.expense import TravelRate
from app.models.route import WorkingHours
from app.routing import solver
from app.services import route_problem, route_sheet, route_view, routes, visits
from tests.company import seed
from tests.services.records import NOW, TODAY, at, customer

HOURS = "Mo-Fr 09:00-14:00,17:00-20:00"


@pytest.fixture
def made(database):
    return seed(database)


@pytest.fixture
def towns(database, made):
    with database.write() as session:
        session.get(Segment, made.segment).visit_minutes = 20
        return {
            city: customer(session, made, f"Bar de {city}", city=city, hours=HOURS)
            for city in ("Canals", "Ontinyent", "Alzira")
        }


def add(database, *account_ids):
    with database.write() as session:
        for account_id in account_ids:
            routes.add_stop(session, TODAY, account_id)


def view(database, now=NOW, day=TODAY):
    with database.read() as session:
        shown = route_view.view(session, day, now)
        return replace(shown, around=route_view.around(session, day))


def test_a_day_without_route_is_empty_and_knows_the_hour(database, made):
    shown = view(database, at(9, 30))
    assert (shown.route, shown.stops, shown.cost, shown.extras) == (None, (), None, ())
    assert shown.now_s == 9 * 3600 + 1800
    assert view(database, day=date(2026, 11, 20)).now_s == -1


def test_a_stop_shows_its_hours_and_its_place_in_the_day(database, made, towns):
    add(database, towns["Alzira"], made.account)
    first, second = view(database).stops
    assert (first.number, first.name, first.city, first.minutes) == (
        1,
        "Bar de Alzira",
        "Alzira",
        20,
    )
    assert (first.hours, first.windows) == ("9:00–14:00", ((32400, 50400),))
    assert (first.state, first.problem, first.is_fixed) == ("planned", "", False)
    assert first.start_s >= 32400
    assert first.leave_s == first.start_s + 1200
    assert second.start_s >= first.leave_s + second.drive_s
    assert (first.lat_e6, first.lon_e6) == (39_150_000, -436_000)


def test_what_is_done_shows_when_it_was(database, made, towns):
    add(database, towns["Alzira"], towns["Canals"])
    done, going = view(database).stops
    with database.write() as session:
        visits.start(session, done.activity_id, now=at(9, 2))
        visits.log(session, done.activity_id, outcome="order", now=at(9, 31))
        visits.start(session, going.activity_id, now=at(10, 5))
        customer(session, made, "Bar de camino", city="Annauir")
    assert {extra.name for extra in view(database).extras} >= {"Bar de camino"}
    first, second = view(database).stops
    assert (first.state, first.start_s, first.leave_s) == ("done", 9 * 3600 + 120, 9 * 3600 + 1860)
    assert second.state == "now"


def test_what_cannot_be_kept_says_why_and_is_the_advice(database, made, towns):
    with database.write() as session:
        shut = customer(session, made, "Cerrado", city="Sueca", hours="Mo-We 09:00-14:00")
        early = customer(session, made, "Mercado", city="Gandia", hours="Mo-Fr 06:00-09:15")
        short = customer(session, made, "Quiosco", city="Villena", hours="Mo-Fr 10:00-10:10")
    add(database, towns["Alzira"], shut, early, short)
    shown = view(database)
    problems = {stop.name: stop.problem for stop in shown.stops}
    assert problems == {
        "Bar de Alzira": "", "Cerrado": "Closed that day.",
        "Mercado": "Too late: it closes at 9:15.",
        "Quiosco": "It is open for less time than the visit takes.",
    }  # fmt: skip
    assert shown.advice == "Cerrado: Closed that day."
    hours = {stop.name: stop.hours for stop in shown.stops}
    assert (hours["Cerrado"], hours["Mercado"]) == ("closed", "6:00–9:15")


def test_a_day_that_is_too_long_is_done_as_asked(database, made, towns):
    with database.write() as session:
        session.scalars(select(WorkingHours)).one().finish_s = 10 * 3600
    add(database, towns["Alzira"], towns["Ontinyent"], towns["Canals"])
    with database.read() as session:
        plan = routes.evaluated(session, TODAY, routes.stops(session, view(database).route.id))
    assert {violation.key for violation in plan.violations} >= {"day_end"}
    assert len(view(database).stops) == 3


def test_who_closes_soon_is_worth_a_word(database, made, towns):
    add(database, towns["Ontinyent"])
    with database.write() as session:
        stop = view(database).stops[0]
        market = customer(session, made, "Mercado", city="Canals", hours="Mo-Fr 08:00-11:00")
    add(database, market)
    shown = view(database, at(8))
    second = shown.stops[1]
    assert second.problem == ""
    assert 11 * 3600 - second.leave_s < route_view.TIGHT_S
    latest = 11 * 3600 - second.minutes * 60 - second.drive_s
    assert shown.advice == (
        f"Leave Ontinyent before {i18n.clock_of_seconds(latest)} to visit Mercado calmly:"
        " it closes at 11:00."
    )
    assert latest >= stop.leave_s
    assert view(database, at(11, 1)).advice == "", "when it has closed nothing helps"


def test_the_way_costs_what_the_company_pays_for_a_kilometre(database, made, towns):
    add(database, towns["Alzira"])
    assert view(database).cost is None, "no rate, no cost"
    with database.write() as session:
        session.add(
            TravelRate(
                kind="mileage", amount=Decimal("0.26"), exempt=Decimal("0.26"),
                valid_from=date(2023, 7, 17),
            )
        )  # fmt: skip
    shown = view(database)
    km = (Decimal(shown.route.drive_m) / 1000).quantize(Decimal("0.1"))
    assert shown.cost == (km * Decimal("0.26")).quantize(Decimal("0.01"))


def test_who_is_due_and_on_the_way_is_offered_and_who_has_no_place_is_named(database, made, towns):
    with database.write() as session:
        customer(session, made, "Sin dirección")
        customer(session, made, "Bar de camino", city="Annauir")
    add(database, made.account)
    shown = view(database)
    assert [extra.name for extra in shown.extras] == ["Bar de camino"]
    assert all(extra.minutes >= 1 and extra.account_id != made.account for extra in shown.extras)
    assert shown.around.unplaced == ("Sin dirección",)
    first = shown.extras[0]
    with database.write() as session:
        routes.add_stop(session, TODAY, first.account_id, after=first.after)
    assert first.account_id in {stop.account_id for stop in view(database).stops}
    assert first.account_id not in {extra.account_id for extra in view(database).extras}


def test_a_route_of_a_rep_whose_start_was_taken_away_is_still_shown(database, made, towns):
    add(database, towns["Alzira"])
    with database.write() as session:
        session.scalars(select(WorkingHours)).one().start_lat_e6 = None
    shown = view(database)
    assert [stop.name for stop in shown.stops] == ["Bar de Alzira"]
    assert (shown.extras, shown.advice) == ((), "")


def test_a_stop_without_position_is_shown_beside_the_others(database, made, towns):
    with database.write() as session:
        nowhere = customer(session, made, "Sin dirección")
    add(database, towns["Alzira"], nowhere)
    assert [stop.name for stop in view(database).stops] == ["Bar de Alzira", "Sin dirección"]
    assert view(database).around.unplaced == ("Sin dirección",)


def test_the_sheet_has_all_that_the_road_needs(database, made, towns):
    assert sheet_of(database) is None
    with database.write() as session:
        session.get(Contact, made.contact).mobile = "+34600111222"
        session.get(Segment, made.segment).visit_minutes = 45
        asked = route_problem.question(session, TODAY)
        routes.accept(session, asked, solver.plan(asked.problem, seed=1))
        visit = next(
            stop.activity_id for stop in view_stops(session) if stop.account_id == made.account
        )
        visits.get(session, visit).title = "Presentar el café"
    sheet = sheet_of(database)
    shown = view(database)
    assert (sheet.title, sheet.rep, sheet.company) == (
        "Thursday 19 November", "Marta Ferrer", "Alacena Levante",
    )  # fmt: skip
    assert (sheet.start, sheet.end, sheet.leave) == (
        "Torrent", "Torrent", i18n.clock_of_seconds(shown.route.leave_s),
    )  # fmt: skip
    assert sheet.kilometres == i18n.kilometres(shown.route.drive_m)
    assert [stop.name for stop in sheet.stops] == [stop.name for stop in shown.stops]
    mine = next(stop for stop in sheet.stops if stop.name == "Restaurante El Socarrat")
    assert mine.address == "C/ de la Fontana, 12 · 46800 Xàtiva"
    assert mine.contact == "Vicent Sanchis · 600 11 12 22"
    assert mine.hours == "9:00–16:00, 19:00–23:00"
    assert mine.purpose == "Presentar el café"
    assert sheet.travel_note == "Times estimated from straight lines"
    assert sheet.lunch.startswith(i18n.clock_of_seconds(shown.route.lunch_at_s))
    assert 0 <= sheet.lunch_after <= len(sheet.stops)
    before = [s for s in shown.stops if s.leave_s <= shown.route.lunch_at_s]
    assert sheet.lunch_after == len(before)


def sheet_of(database):
    with database.read() as session:
        return route_sheet.sheet(session, TODAY)


def view_stops(session):
    return routes.stops(session, routes.current(session, TODAY).id)


def test_the_sheet_speaks_the_language_and_does_without_what_is_unknown(database, made, towns):
    with database.write() as session:
        plain = customer(session, made, "Sin nada")
        session.get(Account, plain).phone = ""
    add(database, plain)
    with i18n.speaking("es"):
        sheet = sheet_of(database)
    (stop,) = sheet.stops
    assert (sheet.title, sheet.language) == ("Jueves, 19 de noviembre", "es")
    assert (stop.contact, stop.address, stop.hours) == ("", "", "")


@pytest.mark.parametrize(
    ("hours", "words"),
    [
        ("", ""), ("cuando abre", ""), ("Mo-We 09:00-14:00", "closed"),
        (HOURS, "9:00–14:00, 17:00–20:00"), ("24/7", "0:00–24:00"),
    ],
)  # fmt: skip
def test_hours_as_people_read_them(hours, words):
    site = Site(account_id="a" * 32, opening_hours=hours)
    assert route_sheet.hours_text(site, TODAY) == words
    assert route_sheet.hours_text(None, TODAY) == ""
