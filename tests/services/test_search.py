"""Searching by a few letters or digits, as the palette, the lists and the pickers do."""

import pytest

from app.services import search
from tests.company import seed


@pytest.fixture
def company(database):
    return seed(database)


@pytest.mark.parametrize(
    ("words", "kinds", "titles"),
    [
        ("socar", search.KINDS, ["Restaurante El Socarrat"]),
        ("SÒCARRAT rest", search.KINDS, ["Restaurante El Socarrat"]),
        ("sanchis", search.KINDS, ["Vicent Sanchis"]),
        ("anchoas", ("product",), ["Anchoas del Cantábrico, serie oro"]),
        ("anchoas", ("account",), []),
        ("70001", search.KINDS, ["Restaurante El Socarrat"]),
        ("418", ("product",), ["Anchoas del Cantábrico, serie oro"]),
        ('"; DROP', search.KINDS, []), ("", search.KINDS, []),
    ],
)  # fmt: skip
def test_what_is_found(database, company, words, kinds, titles):
    with database.read() as session:
        assert [hit.title for hit in search.find(session, words, kinds=kinds)] == titles


def test_the_ids_of_one_kind(database, company):
    with database.read() as session:
        assert search.ids(session, "vino", "product") == [company.products[4]]
        assert len(search.ids(session, "vi", "product")) == 3
