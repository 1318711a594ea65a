"""Kilometres, days away, and the days on which something is due."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.rules import follow_up, travel
from app.rules.travel import NoRate, Rate, rate_on

D = Decimal
OLD = Rate("mileage", D("0.19"), D("0.19"), date(2006, 1, 1), date(2023, 7, 16))
NOW = Rate("mileage", D("0.30"), D("0.26"), date(2023, 7, 17))
DAY_RATE = Rate("per_diem", D("30.00"), D("26.67"), date(2023, 1, 1))


def test_the_rate_is_the_one_of_the_day():
    assert rate_on([OLD, NOW], "mileage", date(2023, 7, 16)) == OLD
    assert rate_on([OLD, NOW], "mileage", date(2023, 7, 17)) == NOW
    with pytest.raises(NoRate):
        rate_on([OLD, NOW], "mileage", date(2005, 1, 1))
    with pytest.raises(NoRate):
        rate_on([OLD, NOW], "mileage", date(2026, 1, 1), abroad=True)


def test_what_is_above_the_limit_is_taxable():
    paid = travel.mileage(221_000, NOW)
    assert (paid.amount, paid.exempt, paid.taxable) == (D("66.30"), D("57.46"), D("8.84"))
    assert (
        travel.mileage(221_000, Rate("mileage", D("0.26"), D("0.26"), date(2023, 7, 17))).taxable
        == 0
    )
    assert travel.per_diem(2, DAY_RATE).exempt == D("53.34")


@given(st.integers(0, 10**7))
def test_exempt_and_taxable_are_the_amount(metres):
    paid = travel.mileage(metres, NOW)
    assert paid.exempt + paid.taxable == paid.amount
    assert paid.taxable >= 0


def test_a_day_away_is_in_another_municipality_than_home_and_work():
    assert travel.earns_per_diem(["Gandia"], "Torrent", "Valencia")
    assert not travel.earns_per_diem(["torrent", "Valencia", ""], "Torrent", "Valencia")


def test_working_days_skip_weekends_and_holidays():
    thursday = date(2026, 11, 19)
    assert follow_up.add_working_days(thursday, 1) == date(2026, 11, 20)
    assert follow_up.add_working_days(thursday, 2) == date(2026, 11, 23)
    assert follow_up.add_working_days(date(2026, 11, 21), 0) == date(2026, 11, 23)
    assert follow_up.add_working_days(thursday, 1, {date(2026, 11, 20)}) == date(2026, 11, 23)


@given(st.dates(date(2000, 1, 1), date(2100, 1, 1)), st.integers(0, 40))
def test_a_due_day_is_a_working_day_not_before(day, count):
    due = follow_up.add_working_days(day, count)
    assert due >= day
    assert due.weekday() < 5


def test_outcomes_ask_for_their_follow_up():
    thursday = date(2026, 11, 19)
    assert follow_up.after_visit("follow_up", thursday) == date(2026, 11, 26)
    assert follow_up.after_visit("not_in", thursday) == date(2026, 11, 20)
    assert follow_up.after_visit("order", thursday) is None
    assert follow_up.after_quote(date(2026, 11, 17), 5) == date(2026, 11, 23)
    assert follow_up.next_visit(thursday, 28) == date(2026, 12, 17)


def test_late_payments_climb_in_steps():
    due = date(2026, 11, 1)
    days = {6: None, 7: 7, 14: 7, 15: 15, 30: 30, 300: 30}
    for late, step in days.items():
        assert follow_up.overdue_step(due, date.fromordinal(due.toordinal() + late)) == step


def test_offers_expire():
    today = date(2026, 11, 19)
    assert follow_up.is_expiring(date(2026, 11, 22), today)
    assert follow_up.is_expiring(today, today)
    assert not follow_up.is_expiring(date(2026, 11, 23), today)
    assert not follow_up.is_expiring(date(2026, 11, 18), today)
    assert follow_up.is_expired(date(2026, 11, 18), today)
    assert not follow_up.is_expired(None, today)
