"""Fields that read what people type: discounts, quantities, prices, times."""

from __future__ import annotations

import contextlib
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app import i18n
from app.rules.money import NotAnAmount, parse_amount, parse_percent
from app.views.widgets.edits import (
    MoneyEdit,
    NumberEdit,
    PercentEdit,
    TimeEdit,
    discount_text,
)
from tests.views.desks import press, typed

KEY, D = Qt.Key, Decimal


@pytest.fixture
def shown(qtbot):
    window = QWidget()
    QVBoxLayout(window)
    qtbot.addWidget(window)

    def put(edit):
        window.layout().addWidget(edit)
        window.show()
        window.activateWindow()
        qtbot.waitUntil(lambda: window.isActiveWindow() and edit.isVisible())
        return edit

    return put


@pytest.mark.parametrize(
    ("words", "discount", "written"),
    [("8", (D(8),), "8%"), ("8+2", (D(8), D(2)), "8+2%"), ("8,5 %", (D("8.5"),), "8.5%"),
     ("", (), "0%"), ("8%+2%", (D(8), D(2)), "8+2%")],
)  # fmt: skip
def test_a_discount_may_be_chained(qtbot, shown, words, discount, written):
    edit = shown(PercentEdit("Discount"))
    edit.show_discount((D(50),))
    typed(edit, words) if words else edit.clear()
    edit.setFocus()
    with qtbot.waitSignal(edit.edited):
        press(KEY.Key_Return)
    assert edit.discount == discount
    assert edit.text() == written


@pytest.mark.parametrize(
    ("words", "number", "written"),
    [("24", "24", "24"), ("2.5", "2.5", "2.5"), ("2,5", "2.5", "2.5"), ("1 240", "1240", "1,240")],
)
def test_a_quantity_takes_both_marks(qtbot, shown, words, number, written):
    edit = shown(NumberEdit("Quantity"))
    edit.show_number(D(1))
    typed(edit, words)
    press(KEY.Key_Return)
    assert (edit.number, edit.text()) == (D(number), written)


def test_a_price_keeps_two_to_four_decimals(shown):
    i18n.use("es")
    edit = shown(NumberEdit("Precio", places=4, least=2))
    for words, written in (("38,9", "38,90"), ("0,1255", "0,1255"), ("12", "12,00")):
        typed(edit, words)
        press(KEY.Key_Return)
        assert edit.text() == written


@pytest.mark.parametrize("words", ["many", "1.23456", ""])
def test_what_cannot_be_read_stays_with_a_red_frame_and_escape_gives_it_up(shown, words):
    edit = shown(NumberEdit("Quantity"))
    edit.show_number(D(6))
    typed(edit, words) if words else edit.clear()
    edit.setFocus()
    press(KEY.Key_Return)
    assert edit.problem
    assert edit.property("bad") is True
    assert edit.accessibleDescription() == edit.problem
    assert (edit.text(), edit.number) == (words, D(6))
    press(KEY.Key_Escape)
    assert (edit.text(), edit.problem) == ("6", "")


def test_leaving_reads_too_and_nothing_changed_says_nothing(qtbot, shown):
    edit, other = shown(MoneyEdit("Amount")), shown(NumberEdit("Quantity"))
    edit.show_amount(D("44.20"))
    said = []
    edit.edited.connect(lambda: said.append(edit.amount))
    edit.setFocus()
    other.setFocus()
    assert said == []
    typed(edit, "40+4,25")
    other.setFocus()
    assert said == [D("44.25")]
    assert edit.text() == "€44.25"


def test_a_time_is_short_to_write_and_steps_with_the_arrows(qtbot, shown):
    edit = shown(TimeEdit("From"))
    for words, written in (("930", "9:30"), ("9h", "9:00"), ("16.45", "16:45")):
        typed(edit, words)
        press(KEY.Key_Return)
        assert edit.text() == written
    press(KEY.Key_Up)
    assert edit.text() == "16:50"
    press(KEY.Key_Down)
    press(KEY.Key_Down)
    assert edit.text() == "16:40"
    typed(edit, "25:00")
    press(KEY.Key_Return)
    assert edit.problem


percents = st.decimals("0.01", 100, places=2)


@given(st.lists(percents, max_size=3), st.sampled_from(["es", "en"]))
def test_a_discount_that_we_write_we_read(chain, language):
    i18n.use(language)
    discount = tuple(part.normalize() for part in chain)
    assert parse_percent(discount_text(discount), language) == discount
    i18n.use("en")


@given(st.text(max_size=14), st.sampled_from(["es", "en"]))
def test_nothing_that_is_typed_breaks_the_reading_of_amounts(words, language):
    with contextlib.suppress(NotAnAmount):
        assert parse_amount(words, language) == round(parse_amount(words, language), 2)
    with contextlib.suppress(NotAnAmount):
        assert all(0 < part <= 100 for part in parse_percent(words, language))
