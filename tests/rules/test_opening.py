"""Opening hours: OSM syntax against values evaluated elsewhere, and hours typed by hand."""

import csv
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.rules.opening import DAY_S, NotOpeningHours, to_osm, to_words, validate, windows

H = 3600
MONDAY = date(2025, 3, 10)


def hours(*spans):
    return [(round(a * H), round(b * H)) for a, b in spans]


def test_two_windows_a_day_and_closed_days():
    text = "Mo-Fr 09:00-14:00,16:30-20:00; Sa 10:00-14:00"
    assert windows(text, MONDAY) == hours((9, 14), (16.5, 20))
    assert windows(text, MONDAY + timedelta(days=5)) == hours((10, 14))
    assert windows(text, MONDAY + timedelta(days=6)) == []


def test_what_is_open_past_midnight_goes_on_in_the_next_day():
    text = "Fr 20:00-02:00"
    assert windows(text, MONDAY + timedelta(days=4)) == hours((20, 24))
    assert windows(text, MONDAY + timedelta(days=5)) == hours((0, 2))


def test_holidays_of_the_country():
    text = "Mo-Su 09:00-14:00; PH off"
    reyes = date(2026, 1, 6)
    assert windows(text, reyes, country="ES") == []
    assert windows(text, reyes) == hours((9, 14))
    assert windows(text, reyes, country="ZZ") == hours((9, 14))


def test_what_nobody_could_follow_is_said():
    for text in ("Jan-Dez", "from nine to five", "Mo-Fr 09:00-1300 & 14:00-18:00"):
        with pytest.raises(NotOpeningHours):
            windows(text, MONDAY)
    validate("")
    with pytest.raises(NotOpeningHours):
        validate("whenever")


@pytest.mark.parametrize(
    ("typed", "osm"),
    [
        (
            "9-14 16:30-20, sáb 10-14, lun cerrado",
            "Mo-Su 09:00-14:00,16:30-20:00; Sa 10:00-14:00; Mo off",
        ),
        (
            "lun-vie 9-14 y 16-20; sábados 10 a 13h; dom cerrado",
            "Mo-Fr 09:00-14:00,16:00-20:00; Sa 10:00-13:00; Su off",
        ),
        ("9.30-14", "Mo-Su 09:30-14:00"),
        ("mon-fri 9-5, sat closed", "Mo-Fr 09:00-17:00; Sa off"),
        ("20-2", "Mo-Su 20:00-02:00"),
        ("Mo-Fr 09:00-14:00", "Mo-Fr 09:00-14:00"),
        ("24/7", "24/7"),
        ("", ""),
    ],
)
def test_hours_typed_by_hand(typed, osm):
    assert to_osm(typed) == osm


@pytest.mark.parametrize("typed", ["foo", "9", "lun", "25-30", "9-14 quizás", "Mo-Fr nine"])
def test_hours_that_are_none(typed):
    with pytest.raises(NotOpeningHours):
        to_osm(typed)


def _expected(cell):
    spans = []
    for part in sorted(filter(None, cell.replace(";", " ").split(" "))):
        start, end = part.split("=")[0].split("-")
        span = tuple(int(t[:2]) * H + int(t[3:]) * 60 for t in (start, end))
        if spans and spans[-1][1] == span[0]:
            spans[-1] = (spans[-1][0], span[1])
        else:
            spans.append(span)
    return spans


def test_real_values_agree_with_another_evaluation(shared_data):
    path = shared_data / "portfolio" / "opening_hours_oracle.csv"
    with path.open(encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    days = list(rows[0])[-7:]
    checked = wrong = 0
    for row in rows:
        try:
            got = [windows(row["opening_hours"], MONDAY + timedelta(days=n)) for n in range(7)]
        except NotOpeningHours:
            assert row["valid"] == "0", row["opening_hours"]
            continue
        checked += 1
        wrong += got != [_expected(row[day]) for day in days]
    assert checked > 100
    assert wrong <= checked // 100


@pytest.mark.parametrize(
    ("osm", "spanish", "english"),
    [
        ("Mo-Sa 07:00-23:00; Su off", "lun-sáb 7:00-23:00; dom cerrado",
         "Mon-Sat 7:00-23:00; Sun closed"),
        ("Mo-Fr 09:00-14:00,17:00-20:00", "lun-vie 9:00-14:00 17:00-20:00",
         "Mon-Fri 9:00-14:00 17:00-20:00"),
        ("Mo,We 09:00-14:00", "Mo,We 09:00-14:00", "Mo,We 09:00-14:00"),
        ("PH off", "PH off", "PH off"), ("24/7", "24/7", "24/7"), ("", "", ""),
    ],
)  # fmt: skip
def test_hours_are_shown_as_people_write_them_and_read_back(osm, spanish, english):
    for language, words in (("es", spanish), ("en", english)):
        assert to_words(osm, language) == words
        assert to_osm(words, language) == osm


def test_what_is_open_without_a_break_is_one_window():
    tuesday = date(2026, 11, 17)
    text = 'Mo-Fr 09:00-12:00 open, Mo-Fr 12:00-14:00 unknown "mejor llamar"'
    assert windows(text, tuesday) == [(9 * 3600, 14 * 3600)]


@given(st.dates(date(2020, 1, 1), date(2035, 12, 31)))
def test_windows_are_in_order_apart_and_inside_the_day(day):
    for text in ("Mo-Sa 09:00-14:00,17:00-02:00; PH off", "24/7", "Fr 20:00-26:00; Sa 00:00-06:00"):
        found = windows(text, day, country="ES")
        edges = [edge for window in found for edge in window]
        assert edges == sorted(set(edges))
        assert all(0 <= start < end <= DAY_S for start, end in found)
