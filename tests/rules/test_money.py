"""Amounts: read as people type them, rounded half up, split without losing a cent."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app import i18n
from app.rules import money
from app.rules.money import NotAnAmount, parse_amount, parse_percent

amounts = st.decimals(-(10**7), 10**7, places=2, allow_nan=False)


@pytest.mark.parametrize(
    ("typed", "spanish", "english"),
    [
        ("44,2", "44.20", "44.20"), ("44.20", "44.20", "44.20"), ("40+4,20", "44.20", "44.20"),
        ("2x17,45", "34.90", "34.90"), ("1.234,56", "1234.56", "1234.56"),
        ("1,234.56", "1234.56", "1234.56"), ("1.234", "1234.00", "1.23"),
        ("1,234", "1.23", "1234.00"), ("1.234.567", "1234567.00", "1234567.00"),
        ("0.125", "0.13", "0.13"), (" 5 € ", "5.00", "5.00"), ("-5", "-5.00", "-5.00"),
        ("\u221242,94 €", "-42.94", "-42.94"), ("10-2,50", "7.50", "7.50"), (".5", "0.50", "0.50"),
        ("12 euros", "12.00", "12.00"), ("1'234,5", "1234.50", "1234.50"), ("5,", "5.00", "5.00"),
    ],
)  # fmt: skip
def test_what_people_type_is_understood(typed, spanish, english):
    assert parse_amount(typed, "es") == Decimal(spanish)
    assert parse_amount(typed, "en") == Decimal(english)


@pytest.mark.parametrize(
    "typed", ["", "abc", "12.3456,7", "1,2,3", "2xx3", "5%", "x4", "1.23.456", "--", "2x"]
)
def test_what_is_no_amount_is_refused(typed):
    with pytest.raises(NotAnAmount):
        parse_amount(typed)


@given(amounts, st.sampled_from(["es", "en"]))
def test_what_we_write_we_read(amount, language):
    i18n.use(language)
    assert parse_amount(i18n.money(amount), language) == amount
    i18n.use("en")


def test_percentages_may_be_chained():
    assert parse_percent("8") == (Decimal(8),)
    assert parse_percent("8 %") == (Decimal(8),)
    assert parse_percent("8+2") == (Decimal(8), Decimal(2))
    assert parse_percent("2,5 + 0") == (Decimal("2.5"),)
    assert parse_percent("") == () == parse_percent("0")
    assert money.single_percent((Decimal(8), Decimal(2))) == Decimal("9.84")
    for wrong in ("101", "8+x", "1,234", "-5"):
        with pytest.raises(NotAnAmount):
            parse_percent(wrong)


def test_halves_are_rounded_away_from_zero():
    assert money.round_cents(Decimal("0.125")) == Decimal("0.13")
    assert money.round_cents(Decimal("-0.125")) == Decimal("-0.13")
    assert money.round_price(Decimal("0.00005")) == Decimal("0.0001")


def test_cents_are_whole():
    assert money.to_cents(Decimal("12.34")) == 1234
    assert money.from_cents(1234) == Decimal("12.34")
    with pytest.raises(ValueError, match="whole cents"):
        money.to_cents(Decimal("0.001"))


@given(st.decimals(0, 10**6, places=2), st.lists(st.decimals(0, 10**5, places=2), max_size=20))
def test_shares_sum_exactly_and_are_off_by_less_than_a_cent(total, weights):
    parts = money.share(total, weights)
    assert len(parts) == len(weights)
    if weights:
        assert sum(parts) == total
    whole = sum(weights)
    if whole:
        for part, weight in zip(parts, weights, strict=True):
            assert abs(part - total * weight / whole) < Decimal("0.01")


def test_nothing_to_share_among_none_and_all_of_it_to_the_first_of_equals_without_weight():
    assert money.share(Decimal("1.00"), []) == []
    assert money.share(Decimal("1.00"), [Decimal(0), Decimal(0)]) == [Decimal("1.00"), Decimal(0)]


@given(st.decimals(0, 10**6, places=2), st.lists(st.decimals(0, 100, places=2), max_size=4))
def test_chained_discounts_never_give_money_back_and_equal_their_single_one(amount, chain):
    left = money.after_discount(amount, tuple(chain))
    assert 0 <= left <= amount
    assert abs(
        left - money.after_discount(amount, (money.single_percent(tuple(chain)),))
    ) < Decimal("0.000001")


@given(st.decimals(-(10**6), 10**6, places=4))
def test_rounding_is_within_half_a_cent_and_even_handed(amount):
    rounded = money.round_cents(amount)
    assert abs(rounded - amount) <= Decimal("0.005")
    assert money.round_cents(-amount) == -rounded
    assert money.from_cents(money.to_cents(rounded)) == rounded
