"""Totals: worked examples, and what must hold of any document."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.rules.tax import Line, line_amount, regime_of_postcode, totals

D = Decimal
RATES = ((D(21), D("5.2")), (D(10), D("1.4")), (D(4), D("0.5")), (D(0), D(0)))


@st.composite
def lines(draw):
    rate, surcharge = draw(st.sampled_from(RATES))
    return Line(
        draw(st.decimals(0, 500, places=3)),
        draw(st.decimals(0, 900, places=4)),
        draw(st.sampled_from([(), (D(5),), (D(8), D(2)), (D(100),)])),
        rate,
        surcharge,
        draw(st.booleans()),
    )


documents = st.lists(lines(), max_size=12)
discounts = st.sampled_from([(), (D(2),), (D("3.5"), D(1)), (D(100),)])


def test_the_quote_of_the_picture():
    found = totals(
        [
            Line(D(24), D("38.90"), (D(5),), D(4)),
            Line(D(30), D("17.45"), (D(8),), D(10)),
            Line(D(20), D("14.60"), (), D(10)),
            Line(D(12), D("13.20"), (D(3),), D(10)),
            Line(D(8), D("46.20"), (D(10),), D(21)),
            Line(D(2), D("6.85"), (D(100),), D(10)),
        ],
        (D(2),),
    )
    assert (found.lines_sum, found.discount, found.base) == (
        D("2146.83"), D("42.94"), D("2103.89"),
    )  # fmt: skip
    assert [(part.base, part.tax) for part in found.by_rate] == [
        (D("869.18"), D("34.77")), (D("908.72"), D("90.87")), (D("325.99"), D("68.46")),
    ]  # fmt: skip
    assert (found.tax, found.total) == (D("194.10"), D("2297.99"))


def test_the_surcharge_is_on_top_of_the_tax_and_on_the_same_base():
    found = totals([Line(D(1), D(100), (), D(21), D("5.2"))], surcharged=True)
    assert (found.base, found.tax, found.surcharge, found.total) == (
        D(100), D(21), D("5.20"), D("126.20"),
    )  # fmt: skip
    assert found.by_rate[0].total == found.total
    assert totals([Line(D(1), D(100), (), D(21), D("5.2"))]).surcharge == 0


def test_rounding_per_line_may_differ_by_cents():
    three = [Line(D(1), D("0.33"), (), D(21))] * 3
    assert totals(three).tax == D("0.21")  # 0.99 x 21 % = 0.2079
    assert totals(three, rounding="per_line").tax == D("0.21")  # 3 x 0.0693, each 0.07
    many = [Line(D(1), D("0.02"), (), D(21))] * 10
    assert totals(many).tax == D("0.04")
    assert totals(many, rounding="per_line").tax == D("0.00")


def test_an_optional_line_is_not_in_the_total():
    assert totals([Line(D(1), D(10), (), D(21), D(0), optional=True)]).total == 0


def test_a_returned_article_lowers_the_total_with_a_general_discount_too():
    found = totals([Line(D(3), D(10), (), D(21)), Line(D(-1), D(10), (), D(10))], (D(10),))
    assert found.base == D("18.00") == sum(part.base for part in found.by_rate)


@given(documents, discounts, st.sampled_from(["per_rate", "per_line"]), st.booleans())
def test_the_parts_are_the_whole(document, discount, rounding, surcharged):
    found = totals(document, discount, rounding=rounding, surcharged=surcharged)
    counted = [line for line in document if not line.optional]
    assert found.lines_sum == sum((line_amount(line) for line in counted), D(0))
    assert found.lines_sum - found.discount == found.base
    assert found.base == sum((part.base for part in found.by_rate), D(0))
    assert found.tax == sum((part.tax for part in found.by_rate), D(0))
    assert found.surcharge == sum((part.surcharge for part in found.by_rate), D(0))
    assert found.total == found.base + found.tax + found.surcharge
    assert found.total == sum((part.total for part in found.by_rate), D(0))


@given(documents, discounts, st.randoms())
def test_the_order_of_the_lines_does_not_matter(document, discount, random):
    shuffled = list(document)
    random.shuffle(shuffled)
    assert totals(document, discount) == totals(shuffled, discount)


@given(documents, discounts, lines())
def test_one_line_more_never_costs_less(document, discount, extra):
    assert totals([*document, extra], discount).base >= totals(document, discount).base


@pytest.mark.parametrize(
    ("postcode", "country", "regime"),
    [
        ("46800", "ES", "iva"), ("35001", "ES", "igic"), ("38005", "ES", "igic"),
        ("51001", "ES", "ipsi"), ("52001", "ES", "ipsi"), ("AD500", "AD", "igi"),
        ("75001", "FR", "export"), ("", "", "iva"),
    ],
)  # fmt: skip
def test_the_place_proposes_the_regime(postcode, country, regime):
    assert regime_of_postcode(postcode, country) == regime
