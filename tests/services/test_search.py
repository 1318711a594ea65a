"""Searching by a few letters or digits, as the palette, the lists and the pickers do."""

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from app.models.account import Account, Contact, Site
from app.models.base import now
from app.models.product import Product
from app.services import accounts, documents, quote_lines, quotes, search
from tests.company import seed
from tests.services.records import NOW, TODAY, customer


@pytest.fixture
def company(database):
    return seed(database)


def found(database, words, **more):
    with database.read() as session:
        return [hit.title for hit in search.find(session, words, **more)]


@pytest.mark.parametrize(
    ("words", "kinds", "titles"),
    [
        ("socar", search.KINDS, ["Restaurante El Socarrat"]),
        ("SÒCARRAT rest", search.KINDS, ["Restaurante El Socarrat"]),
        ("restaurante  xativa", search.KINDS, ["Restaurante El Socarrat"]),
        ("46800", search.KINDS, ["Restaurante El Socarrat"]),
        ("carrat", search.KINDS, []),
        ("socarrat bar", search.KINDS, []),
        ("sanchis", search.KINDS, ["Vicent Sanchis"]),
        ("anchoas", ("product",), ["Anchoas del Cantábrico, serie oro"]),
        ("cantabrico", ("product",), ["Anchoas del Cantábrico, serie oro"]),
        ("anchoas", ("account",), []),
        ("anchoas", ("account", "nothing of the kind"), []),
        ("70001", search.KINDS, ["Restaurante El Socarrat"]),
        ("962 27.00-01", search.KINDS, ["Restaurante El Socarrat"]),
        ("+34 962 270", search.KINDS, ["Restaurante El Socarrat"]),
        ("01", search.KINDS, []),
        ("418", ("product",), ["Anchoas del Cantábrico, serie oro"]),
        ("cv-418", ("product",), ["Anchoas del Cantábrico, serie oro"]),
        ('"; DROP', search.KINDS, []), ("", search.KINDS, []), ("   ", search.KINDS, []),
    ],
)  # fmt: skip
def test_what_is_found(database, company, words, kinds, titles):
    assert found(database, words, kinds=kinds) == titles


def test_digits_are_found_inside_tax_ids_barcodes_and_numbers_of_quotes(database, company):
    with database.write() as session:
        accounts.update(session, company.account, tax_id="B-97.123.459")
        session.get(Product, company.products[0]).ean = "8410010123456"
        quote = quotes.draft(session, company.account, today=TODAY)
        quote_lines.add_line(session, quote.id, company.products[0], today=TODAY)
        quotes.issue(session, quote.id, now=NOW)
    for words in ("97123", "b-97.123", "123459", "B97123459"):
        assert found(database, words) == ["Restaurante El Socarrat"], words
    assert found(database, "0010123") == ["Aceite de oliva virgen extra Picual"]
    assert found(database, "K7-00001") == ["P26-K7-00001"]
    assert found(database, "p26") == ["P26-K7-00001"]


def test_two_numbers_that_stand_side_by_side_are_not_one(database, company):
    with database.write() as session:
        session.get(Account, company.account).tax_id = "B97123459"
    assert found(database, "001B97") == []


def test_a_hit_says_what_it_is_and_whose(database, company):
    with database.write() as session:
        documents.add(
            session, name="Contrato.pdf", kind="photo", mime="application/pdf", sha256="a" * 64,
            size=1, account_id=company.account,
        )  # fmt: skip
        documents.add(
            session, name="Notas.pdf", kind="photo", mime="application/pdf", sha256="b" * 64, size=1
        )
    with database.read() as session:
        hits = {hit.title: hit for words in ("socarrat", "sanchis", "cafe", "contrato", "notas")
                for hit in search.find(session, words)}  # fmt: skip
    account = hits["Restaurante El Socarrat"]
    assert account == search.Hit(
        "account", company.account, "Restaurante El Socarrat", "Xàtiva", company.account,
        ("customer", "A"),
    )  # fmt: skip
    assert (hits["Vicent Sanchis"].subtitle, hits["Vicent Sanchis"].account_id) == (
        "Restaurante El Socarrat", company.account,
    )  # fmt: skip
    coffee = hits["Café en grano natural, tueste medio"]
    assert (coffee.subtitle, coffee.account_id) == ("CF-210 Bolsa 1 kg", None)
    assert hits["Contrato.pdf"].subtitle == "Restaurante El Socarrat"
    assert (hits["Notas.pdf"].subtitle, hits["Notas.pdf"].account_id) == ("", None)


def test_a_customer_goes_before_forty_products_of_the_name(database, company):
    with database.write() as session:
        for n in range(40):
            session.add(Product(reference=f"VN-{n}", name="Vino"))
        cellar = customer(session, company, "Bodegas, licores y vinos de la Marina Alta")
        session.add(Contact(account_id=cellar, name="Vinyet Soler"))
    assert found(database, "vin")[:2] == [
        "Bodegas, licores y vinos de la Marina Alta", "Vinyet Soler",
    ]  # fmt: skip
    assert len(found(database, "vin")) == 12
    assert len(found(database, "vin", limit=5)) == 5


def test_a_name_goes_before_what_is_only_mentioned(database, company):
    with database.write() as session:
        mentioned = customer(session, company, "Bar Aitana", legal_name="Socarrat Hostelería, S.L.")
        named = customer(session, company, "Socarrat", segment_id=None)
        assert accounts.search(session, "socarrat")[0] == named
        assert accounts.search(session, "socarrat")[-1] == mentioned


def test_words_go_before_digits(database, company):
    with database.write() as session:
        customer(session, company, "Bar 270")
        first, second = search.find(session, "270", kinds=("account",))
    assert (first.title, second.title) == ("Bar 270", "Restaurante El Socarrat")


def test_what_is_removed_vanishes_and_comes_back(database, company):
    with database.write() as session:
        session.get(Product, company.products[2]).removed_at = now()
        session.get(Contact, company.contact).removed_at = now()
    assert found(database, "anchoas") == found(database, "sanchis") == []
    with database.write() as session:
        session.get(Product, company.products[2]).removed_at = None
        session.get(Contact, company.contact).removed_at = None
    assert len(found(database, "anchoas")) == len(found(database, "sanchis")) == 1


def test_the_people_of_a_removed_customer_are_not_offered(database, company):
    with database.write() as session:
        accounts.remove(session, company.account)
    assert found(database, "sanchis") == found(database, "70001") == []
    with database.write() as session:
        accounts.restore(session, company.account)
    assert found(database, "sanchis") == ["Vicent Sanchis"]


def test_a_customer_is_not_found_by_an_address_that_was_removed(database, company):
    with database.write() as session:
        session.get(Site, company.site).removed_at = now()
    assert found(database, "xativa") == []
    with database.write() as session:
        session.get(Site, company.site).removed_at = None
    assert found(database, "xativa") == ["Restaurante El Socarrat"]


def test_the_ids_of_one_kind(database, company):
    with database.read() as session:
        assert search.ids(session, "vino", "product") == [company.products[4]]
        assert len(search.ids(session, "vi", "product")) == 3
        assert len(search.ids(session, "vi", "product", limit=2)) == 2
        assert search.ids(session, "", "product") == []


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(max_size=20) | st.text("\"'*()-+^:{}[]~ANDORNEAR 019_ºª·\x00", max_size=20))
@example("_")
@example("º")
@example('"NEAR(')
@example("\x00\x00\x00")
@example("²²²")
def test_nothing_that_can_be_typed_is_syntax(database, words):
    with database.read() as session:
        empty = session.scalar(select(Account.id).limit(1)) is None
    if empty:
        seed(database)
    with database.read() as session:
        for hit in search.find(session, words):
            assert hit.title
        assert len(accounts.search(session, words)) <= 1


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(0, 8), st.integers(3, 11))
def test_any_part_of_a_telephone_finds_its_customer(database, start, length):
    with database.read() as session:
        empty = session.scalar(select(Account.id).limit(1)) is None
    if empty:
        seed(database)
    part = "34962270001"[start : start + length]
    assert found(database, part, kinds=("account",)) == ["Restaurante El Socarrat"]
