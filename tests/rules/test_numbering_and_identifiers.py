"""Numbers of documents, tax ids, telephones and postcodes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.rules import identifiers as ids
from app.rules.numbering import DEFAULT_PATTERN, Number, next_counter, number_text, parse_number


@given(
    st.integers(2020, 2098),
    st.text("0123456789ABCDEFGHJKMNPQRSTVWXYZ", min_size=2, max_size=4),
    st.integers(1, 99_999),
    st.integers(1, 9),
)
def test_a_number_survives_print_and_reading(year, series, counter, revision):
    number = Number(year, series, counter)
    text = number_text(DEFAULT_PATTERN, number, revision)
    assert parse_number(DEFAULT_PATTERN, text) == number


def test_the_default_and_a_companys_own_pattern():
    assert number_text(DEFAULT_PATTERN, Number(2026, "K7", 42)) == "P26-K7-00042"
    assert number_text(DEFAULT_PATTERN, Number(2026, "K7", 42), 2) == "P26-K7-00042 v2"
    own = "PRE/{year}/{series}{counter}"
    assert number_text(own, Number(2026, "K7", 42)) == "PRE/2026/K742"
    assert parse_number(DEFAULT_PATTERN, "F26-K7-00042") is None
    with pytest.raises(ValueError, match="lacks"):
        number_text("P-{counter}", Number(2026, "K7", 1))


def test_the_counter_starts_anew_each_year_and_never_goes_back():
    assert next_counter(2026, 2026, 41) == (2026, 42)
    assert next_counter(2027, 2026, 41) == (2027, 1)
    assert next_counter(2025, 2026, 41) == (2026, 42)  # a clock a year off


@pytest.mark.parametrize(
    ("text", "country", "problem"),
    [
        ("", "ES", None), ("12345678Z", "ES", None), ("12.345.678-z", "ES", None),
        ("X1234567L", "ES", None), ("ES12345678Z", "ES", None), ("12345678A", "ES", "digit"),
        ("12345", "ES", "short:4"), ("1234567890", "ES", "long:1"), ("B58378431", "ES", None),
        ("F-123456-Z", "AD", None), ("F-1", "AD", "digit"), ("DE999", "DE", None),
    ],
)  # fmt: skip
def test_tax_ids_say_what_is_wrong(text, country, problem):
    assert ids.tax_id_problem(text, country) == problem


def test_a_company_is_told_from_a_person():
    assert ids.is_company("B58378431")
    assert not ids.is_company("12345678Z")
    assert not ids.is_company("E12345674")


@pytest.mark.parametrize(
    ("cell", "country", "found"),
    [
        ("600 123 456", "ES", ["+34600123456"]),
        ("808181", "AD", ["+376808181"]),
        ("0037 6807222", "AD", ["+376807222"]),
        ("00376 807222", "AD", ["+376807222"]),
        ("618395 / 325085 / 372077", "AD", ["+376618395", "+376325085", "+376372077"]),
        ("'+376 808 181; 808181", "AD", ["+376808181"]),
        ("no tiene", "ES", []),
    ],
)
def test_telephones_of_a_cell(cell, country, found):
    assert ids.phones(cell, country) == found


def test_telephones_are_shown_as_in_their_country():
    assert ids.phone_text("+34600123456") == "600 12 34 56"
    assert ids.phone_text("+376808181") == "+376 808 181"
    assert ids.phone_text("what") == "what"


@pytest.mark.parametrize(
    ("text", "country", "code"),
    [
        ("46800", "ES", "46800"), ("8001", "ES", "08001"), ("99999", "ES", ""), ("abc", "ES", ""),
        ("500", "AD", "AD500"), ("AD 500", "AD", "AD500"), ("09999", "AD", ""),
        ("75001", "FR", "75001"),
    ],
)  # fmt: skip
def test_postcodes(text, country, code):
    assert ids.normalise_postcode(text, country) == code
