"""Days as people type them."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.rules.dates import NotADay, parse_day

TODAY = date(2026, 11, 19)  # a Thursday


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("hoy", date(2026, 11, 19)), ("mañana", date(2026, 11, 20)),
        ("Tomorrow", date(2026, 11, 20)),
        ("pasado mañana", date(2026, 11, 21)), ("ayer", date(2026, 11, 18)),
        ("jue", date(2026, 11, 26)), ("viernes", date(2026, 11, 20)), ("mon", date(2026, 11, 23)),
        ("miércoles", date(2026, 11, 25)), ("+5", date(2026, 11, 24)), ("-2", date(2026, 11, 17)),
        ("+2s", date(2026, 12, 3)), ("en 2 semanas", date(2026, 12, 3)),
        ("in 3 days", date(2026, 11, 22)), ("26", date(2026, 11, 26)), ("3", date(2026, 12, 3)),
        ("19", date(2026, 11, 19)), ("31", date(2026, 12, 31)), ("26/11", date(2026, 11, 26)),
        ("1/11", date(2026, 11, 1)), ("7/1", date(2027, 1, 7)), ("26/11/26", date(2026, 11, 26)),
        ("26.11.2027", date(2027, 11, 26)), ("2026-12-01", date(2026, 12, 1)),
    ],
)  # fmt: skip
def test_what_people_type_is_understood(text, day):
    assert parse_day(text, TODAY) == day


@pytest.mark.parametrize(
    "text", ["", "nunca", "32", "0", "31/2", "26/13", "en 3 lunas", "+5 años", "29/2/2026", "xyz"]
)
def test_what_is_no_day_is_refused(text):
    with pytest.raises(NotADay):
        parse_day(text, TODAY)


@given(st.dates(date(2000, 1, 1), date(2099, 1, 1)), st.dates(date(2000, 1, 1), date(2099, 1, 1)))
def test_a_whole_date_is_itself(day, today):
    assert parse_day(day.strftime("%d/%m/%Y"), today) == day
    assert parse_day(day.isoformat(), today) == day


@given(st.dates(date(2000, 1, 1), date(2099, 1, 1)), st.sampled_from(["lun", "vie", "sun"]))
def test_a_weekday_is_within_the_coming_week(today, word):
    ahead = parse_day(word, today) - today
    assert timedelta(days=1) <= ahead <= timedelta(days=7)
