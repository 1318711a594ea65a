"""Prices: which offer wins, and what it says about the others."""

from datetime import date
from decimal import Decimal

from app.rules.pricing import Offer, margin_percent, price_of, within_limit

D = Decimal
DAY = date(2026, 11, 19)
LIST = Offer("list", D("9.10"), "Hostelería 2")
BREAK = Offer("list", D("8.60"), "Hostelería 2", D(12))
SPECIAL = Offer("special", D("8.00"), "AC-2026-041", valid_to=date(2026, 12, 31))


def test_the_list_holds_and_tells_of_the_next_break():
    price = price_of([LIST, BREAK], D(10), DAY)
    assert (price.amount, price.offer, price.next_break) == (D("9.10"), LIST, BREAK)


def test_a_larger_quantity_reaches_the_break():
    price = price_of([LIST, BREAK], D(12), DAY)
    assert (price.amount, price.next_break, price.passed_over) == (D("8.60"), None, (LIST,))


def test_a_special_price_stands_above_the_list_while_it_holds():
    assert price_of([LIST, SPECIAL], D(1), DAY).offer == SPECIAL
    assert price_of([LIST, SPECIAL], D(1), date(2027, 1, 1)).offer == LIST


def test_a_typed_price_stands_above_all():
    typed = Offer("manual", D("12.00"))
    price = price_of([LIST, SPECIAL, typed], D(1), DAY)
    assert price.offer == typed
    assert price.passed_over == (SPECIAL, LIST)


def test_nobody_named_a_price():
    late = Offer("list", D(1), valid_from=date(2027, 1, 1))
    assert price_of([late], D(1), DAY).amount is None


def test_limits_and_margins():
    assert within_limit((D(8),), D(8))
    assert not within_limit((D(8), D(2)), D(8))
    assert within_limit((D(50),), None)
    assert margin_percent(D(100), D(70)) == D("30.0")
    assert margin_percent(D(0), D(70)) is None
