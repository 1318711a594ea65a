"""Times of day and lengths of time as people type them, in both languages."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app import i18n
from app.rules.clock import NotADuration, NotATime, parse_duration, parse_time


@pytest.mark.parametrize(
    ("typed", "clock"),
    [
        ("930", "9:30"), ("9:30", "9:30"), ("9.30", "9:30"), ("9h", "9:00"), ("9", "9:00"),
        ("9h30", "9:30"), ("9 h 30", "9:30"), ("1730", "17:30"), ("a las 9", "9:00"),
        ("5 pm", "17:00"), ("5:30pm", "17:30"), ("12 am", "0:00"), ("12 p. m.", "12:00"),
        ("09:05", "9:05"), ("0:00", "0:00"), ("at 9:15", "9:15"), ("17 h", "17:00"),
    ],
)  # fmt: skip
def test_times_are_understood(typed, clock):
    assert i18n.clock_of_seconds(parse_time(typed)) == clock


@pytest.mark.parametrize(
    "typed", ["", "24:00", "9:60", "25", "nine", "13 pm", "0 am", "9:3", "-1", "15 min"]
)
def test_what_is_no_time_is_refused(typed):
    with pytest.raises(NotATime):
        parse_time(typed)


@pytest.mark.parametrize(
    ("typed", "minutes"),
    [
        ("45", 45), ("1h", 60), ("1:15", 75), ("1 h 15 min", 75), ("1h15", 75), ("1 h 15", 75),
        ("1,5 h", 90), ("1.5h", 90), ("90 min", 90), ("2 horas", 120), ("1 hour", 60),
        ("1 hora y 15 minutos", 75), ("1 hour and 15 minutes", 75), ("media hora", 30),
        ("half an hour", 30), ("0", 0), ("30'", 30), ("0:45", 45), ("una hora y media", 90),
    ],
)  # fmt: skip
def test_durations_are_understood(typed, minutes):
    assert parse_duration(typed) == minutes * 60


@pytest.mark.parametrize("typed", ["", "abc", "1:75", "24h", "-5", "1,01 h", "h", "y", "9999"])
def test_what_is_no_duration_is_refused(typed):
    with pytest.raises(NotADuration):
        parse_duration(typed)


@given(st.integers(0, 1439), st.sampled_from(["es", "en"]))
def test_what_we_write_we_read(minutes, language):
    i18n.use(language)
    assert parse_time(i18n.clock_of_seconds(minutes * 60)) == minutes * 60
    assert parse_duration(i18n.duration(minutes * 60)) == minutes * 60
    i18n.use("en")


@given(st.text(max_size=12))
def test_nothing_that_is_typed_breaks_them(typed):
    for parse, refusal in ((parse_time, NotATime), (parse_duration, NotADuration)):
        try:
            seconds = parse(typed)
        except refusal:
            continue
        assert 0 <= seconds < 86_400
        assert seconds % 60 == 0
