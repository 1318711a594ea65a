"""What a calendar marks: holidays of where the customer is, and when they are closed."""

from __future__ import annotations

from datetime import date

import pytest

from app import i18n
from app.models.account import Account, Site
from app.services import day_marks
from tests.company import seed

FIRST, LAST = date(2026, 10, 1), date(2026, 12, 31)


@pytest.fixture
def company(database):
    return seed(database)


def marks(database, account_id="", first=FIRST, last=LAST):
    with database.read() as session:
        return day_marks.marked(session, first, last, account_id)


def change(database, company, **fields):
    with database.write() as session:
        site = session.get(Site, company.site)
        for name, value in fields.items():
            setattr(site, name, value)


def test_holidays_are_those_of_the_customers_region(database, company):
    i18n.use("es")
    found = marks(database, company.account)
    assert found[date(2026, 12, 8)].words == "Inmaculada Concepción"
    assert found[date(2026, 12, 8)].is_holiday
    assert found[date(2026, 10, 9)].is_holiday, "the day of the Valencian Community"
    change(database, company, postcode="08001")
    elsewhere = marks(database, company.account)
    assert not (date(2026, 10, 9) in elsewhere and elsewhere[date(2026, 10, 9)].is_holiday)


def test_another_country_has_its_own(database, company):
    change(database, company, country="AD", postcode="AD500", opening_hours="")
    found = marks(database, company.account, date(2026, 9, 1), date(2026, 9, 30))
    assert found[date(2026, 9, 8)].words == "Our Lady of Meritxell"
    change(database, company, country="ZZ")
    assert marks(database, company.account) == {}


def test_days_of_being_closed_are_marked_and_a_holiday_keeps_its_name(database, company):
    found = marks(database, company.account)  # Monday to Saturday
    sundays = {day for day, mark in found.items() if mark.words == "Closed"}
    assert date(2026, 11, 22) in sundays
    assert all(day.weekday() == 6 for day in sundays)
    change(database, company, opening_hours="We-Su 09:00-16:00")
    found = marks(database, company.account)
    assert found[date(2026, 11, 24)] == day_marks.DayMark(is_holiday=False, words="Closed")
    assert found[date(2026, 12, 8)].is_holiday, "a Tuesday"


@pytest.mark.parametrize("hours", ["", "cuando quiere"])
def test_who_says_no_hours_is_never_closed(database, company, hours):
    change(database, company, opening_hours=hours)
    assert all(mark.is_holiday for mark in marks(database, company.account).values())


def test_without_a_customer_the_companys_country_counts(database, company):
    with database.write() as session:
        other = Account(name="Sin dirección", owner_id=company.user)
        session.add(other)
        session.flush()
        id_ = other.id
    for account in ("", id_):
        found = marks(database, account)
        assert date(2026, 10, 12) in found
        assert all(mark.is_holiday for mark in found.values())
