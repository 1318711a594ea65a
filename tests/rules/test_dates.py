"""Days as people type them."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app import i18n
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
        ("thu", date(2026, 11, 26)), ("in 2 weeks", date(2026, 12, 3)),
        ("next monday", date(2026, 11, 23)), ("el próximo lunes", date(2026, 11, 23)),
        ("lunes que viene", date(2026, 11, 23)), ("el viernes", date(2026, 11, 20)),
        ("this Friday", date(2026, 11, 20)), ("next week", date(2026, 11, 26)),
        ("la semana que viene", date(2026, 11, 26)), ("next month", date(2026, 12, 19)),
        ("en un mes", date(2026, 12, 19)), ("in a fortnight", date(2026, 12, 3)),
        ("dentro de tres días", date(2026, 11, 22)), ("26 nov", date(2026, 11, 26)),
        ("26 de noviembre de 2027", date(2027, 11, 26)), ("November 26", date(2026, 11, 26)),
        ("26th of November", date(2026, 11, 26)), ("jue 26 nov", date(2026, 11, 26)),
        ("Thu, 26 Nov 2026", date(2026, 11, 26)), ("jue. 26", date(2026, 11, 26)),
        ("3 mar", date(2027, 3, 3)), ("mar 3 nov", date(2026, 11, 3)),
        ("29/2", date(2028, 2, 29)), ("the day after tomorrow", date(2026, 11, 21)),
    ],
)  # fmt: skip
def test_what_people_type_is_understood(text, day):
    assert parse_day(text, TODAY) == day


@pytest.mark.parametrize(
    "text", ["", "nunca", "32", "0", "31/2", "26/13", "en 3 lunas", "+5 años", "29/2/2026", "xyz",
             "lunático", "vie 26 nov", "26 brumario", "mes", "week", "jue 2026", "next",
             "esta semana", "this week", "este mes", "la semana", "el mes", "the week"]
)  # fmt: skip
def test_what_is_no_day_is_refused(text):
    with pytest.raises(NotADay):
        parse_day(text, TODAY)


def test_the_word_before_a_day_is_read_in_the_language_of_who_types():
    assert parse_day("Mar 3", TODAY, "en") == date(2027, 3, 3)
    assert parse_day("3 mar", TODAY, "es") == date(2027, 3, 3)
    assert parse_day("mar 1", TODAY, "es") == date(2026, 12, 1)  # a Tuesday
    assert parse_day("Jan 5", TODAY, "es") == date(2027, 1, 5)
    with pytest.raises(NotADay):
        parse_day("mar 3", TODAY, "es")  # a Thursday


@given(st.dates(date(2000, 1, 1), date(2099, 1, 1)), st.dates(date(2000, 1, 1), date(2099, 1, 1)))
def test_a_whole_date_is_itself(day, today):
    assert parse_day(day.strftime("%d/%m/%Y"), today) == day
    assert parse_day(day.isoformat(), today) == day


@given(
    st.dates(date(2000, 1, 1), date(2099, 1, 1)), st.dates(date(2000, 1, 1), date(2099, 1, 1)),
    st.sampled_from(["es", "en"]),
)  # fmt: skip
def test_a_day_in_words_is_itself_in_both_languages(day, today, language):
    i18n.use(language)
    assert parse_day(f"{i18n.day_short(day)} {day.year}", today, language) == day
    assert parse_day(f"{i18n.day_long(day)} {day.year}", today, language) == day
    i18n.use("en")


@given(st.integers(-31, 333), st.dates(date(2000, 1, 1), date(2099, 1, 1)))
def test_a_day_of_the_coming_year_needs_no_year(away, today):
    day = today + timedelta(days=away)
    if (day.month, day.day) != (2, 29):
        assert parse_day(f"{day.day}/{day.month}", today) == day


@given(st.text(max_size=16), st.dates(date(2000, 1, 1), date(2099, 1, 1)))
def test_nothing_that_is_typed_breaks_it(typed, today):
    try:
        assert isinstance(parse_day(typed, today, "en"), date)
    except NotADay:
        assert typed not in {"today", "tomorrow"}


@given(st.dates(date(2000, 1, 1), date(2099, 1, 1)), st.sampled_from(["lun", "vie", "sun"]))
def test_a_weekday_is_within_the_coming_week(today, word):
    ahead = parse_day(word, today) - today
    assert timedelta(days=1) <= ahead <= timedelta(days=7)
