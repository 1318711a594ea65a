"""The catalogue's picker: a quantity before the words, exact codes first, the price of the list."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from app.models.base import now
from app.models.product import PriceListLine, Product
from app.services import documents, products
from tests.company import seed

D = Decimal


@pytest.fixture
def made(database):
    return seed(database)


def names(database, words, **more):
    with database.read() as session:
        return [choice.name for choice in products.choices(session, words, **more)]


@pytest.mark.parametrize(
    ("typed", "quantity", "words"),
    [
        ("24 aove 5", D(24), "aove 5"), ("1,5 jamón", D("1.5"), "jamón"),
        ("0.250 azafrán", D("0.250"), "azafrán"), ("  3   vino ", D(3), "vino"),
        ("aove 5", None, "aove 5"), ("24", None, "24"), ("8410010123456", None, "8410010123456"),
        ("24 12", None, "24 12"), ("", None, ""), ("1,2345 x", None, "1,2345 x"),
        ("123456 vino", None, "123456 vino"),
    ],
)  # fmt: skip
def test_a_quantity_may_stand_in_front(typed, quantity, words):
    assert products.split_quantity(typed) == (quantity, words)


@given(st.integers(1, 99999), st.text("abcñ ", min_size=1).filter(str.strip))
def test_what_is_split_is_what_was_typed(quantity, words):
    assert products.split_quantity(f"{quantity} {words}") == (D(quantity), words.strip())


@given(st.text(max_size=30))
def test_splitting_takes_anything(text):
    quantity, words = products.split_quantity(text)
    assert quantity is None or quantity >= 0
    assert words == words.strip()


def test_words_find_products_with_their_price_and_picture(database, made):
    with database.write() as session:
        photo = documents.add(
            session, name="x", kind="photo", mime="image/jpeg", sha256="a" * 64, size=1,
            thumbnail="AAAA",
        )  # fmt: skip
        session.get(Product, made.products[1]).photo_document_id = photo.id
    with database.read() as session:
        (coffee,) = products.choices(session, "cafe grano", price_list_id=made.price_list)
        (without,) = products.choices(session, "cafe grano")
    assert coffee == products.ProductChoice(
        made.products[1], "Café en grano natural, tueste medio", "CF-210", "Bolsa 1 kg",
        D("17.45"), "AAAA",
    )  # fmt: skip
    assert without.price is None


def test_an_exact_reference_or_barcode_goes_first(database, made):
    with database.write() as session:
        session.add(Product(reference="CV-4180", name="CV-418 anchoas imitación"))
        session.add(Product(reference="", name="Sin referencia", ean="8410010123456"))
    assert names(database, "cv-418") == [
        "Anchoas del Cantábrico, serie oro", "CV-418 anchoas imitación",
    ]  # fmt: skip
    assert names(database, " 8410010123456 ") == ["Sin referencia"]


def test_nothing_typed_offers_nothing(database, made):
    assert names(database, "") == names(database, "  ") == []


def test_what_is_not_sold_any_more_is_not_offered(database, made):
    with database.write() as session:
        session.get(Product, made.products[1]).is_active = False
        session.get(Product, made.products[2]).removed_at = now()
    assert names(database, "CF-210") == names(database, "cafe") == names(database, "anchoas") == []


def test_prices_from_a_quantity_on_or_taken_back_are_not_the_price(database, made):
    with database.write() as session:
        line = session.scalars(
            select(PriceListLine).where(PriceListLine.product_id == made.products[1])
        ).one()
        line.removed_at = now()
        for quantity, price in (("0", "16.90"), ("24", "15.00")):
            session.add(
                PriceListLine(
                    price_list_id=made.price_list, product_id=made.products[1],
                    min_quantity=D(quantity), price=D(price),
                )
            )  # fmt: skip
    with database.read() as session:
        found = products.choices(session, "cafe", price_list_id=made.price_list)
    assert [choice.price for choice in found] == [D("16.90")]


def test_at_most_as_many_as_asked(database, made):
    with database.write() as session:
        session.add_all(Product(reference=f"X{n}", name=f"Aceituna {n}") for n in range(30))
    assert len(names(database, "aceituna")) == 8
    assert len(names(database, "aceituna", limit=3)) == 3
