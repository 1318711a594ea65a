"""What is near at hand for the palette, what goes first, how people are reached."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import func, select

from app.models.account import Account, Contact
from app.models.base import now as saved_now
from app.models.change import Command
from app.models.product import PriceList, Product, TaxRate
from app.services import accounts, palette, quotes, search, visits
from tests.company import seed
from tests.services.records import NOW, TODAY, at, customer

KINDS = ("account", "contact", "quote", "document", "product")


@pytest.fixture
def company(database):
    return seed(database)


def titles(hits):
    return [hit.title for hit in hits]


def test_what_was_opened_last_comes_first_and_what_is_gone_does_not_come(database, company):
    with database.write() as session:
        other = customer(session, company, "Bar Alba")
        quote = quotes.draft(session, company.account, today=TODAY)
        quote.number = "P26-K7-00009"
    opened = [("customer", company.account), ("quote", quote.id), ("customer", other),
              ("customer", company.account)]  # fmt: skip
    for minute, (screen, row_id) in enumerate(opened):
        with database.write() as session:
            palette.opened(session, screen, row_id, NOW + timedelta(minutes=minute))
    with database.read() as session:
        assert titles(palette.recent(session)) == [
            "Restaurante El Socarrat", "Bar Alba", "P26-K7-00009",
        ]  # fmt: skip
        assert len(palette.recent(session, limit=1)) == 1
    with database.write() as session:
        accounts.remove(session, other)
    with database.read() as session:
        assert "Bar Alba" not in titles(palette.recent(session))


def test_only_the_last_places_are_kept(database, company):
    with database.write() as session:
        for n in range(palette.KEPT + 5):
            made = customer(session, company, f"Bar {n}")
            palette.opened(session, "customer", made, NOW + timedelta(seconds=n))
    with database.read() as session:
        kept = titles(palette.recent(session, limit=100))
    assert (len(kept), kept[0], kept[-1]) == (palette.KEPT, "Bar 44", "Bar 5")


def test_opening_a_place_is_neither_sent_nor_undone(database, company):
    heard = []
    database.subscribers.append(heard.append)
    with database.write() as session:
        palette.opened(session, "customer", company.account, NOW)
    assert heard == []
    with database.read() as session:
        assert session.scalar(select(func.count()).select_from(Command)) == 0


def test_what_is_near_is_the_screen_the_next_visit_and_the_day(database, company):
    with database.write() as session:
        later = customer(session, company, "Bar Tarde")
        visits.plan(session, later, at=at(17))
        visits.plan(session, company.account, at=at(16))
    with database.read() as session:
        near = palette.near(session, NOW, later)
        nothing = palette.near(session, NOW + timedelta(days=1), "")
    assert near.here is not None
    assert near.here.title == "Bar Tarde"
    assert near.next_visit is not None
    assert (near.next_visit.title, near.next_at) == ("Restaurante El Socarrat", at(16))
    assert set(near.today) == {later, company.account}
    assert (nothing.here, nothing.next_visit, nothing.next_at) == (None, None, None)


def test_what_is_near_goes_first_even_among_hundreds(database, company):
    with database.write() as session:
        many = [customer(session, company, f"Bodega {n:03}") for n in range(350)]
        session.add(Contact(account_id=many[340], name="Bodega Gil"))
        session.add(Contact(account_id=many[3], name="Bodega Abad"))
    with database.read() as session:
        plain = palette.find(session, "bodega", KINDS)
        hits = palette.find(session, "bodega", KINDS, [many[340], many[7], company.account])
    assert titles(plain)[:2] == ["Bodega 000", "Bodega 001"]
    assert titles(hits)[:3] == ["Bodega 340", "Bodega 007", "Bodega 000"]
    people = [hit.title for hit in hits if hit.entity == "contact"]
    assert people == ["Bodega Gil", "Bodega Abad"]
    assert sum(hit.entity == "account" for hit in hits) == palette.LIMITS["account"]


def test_kinds_stand_in_the_order_asked_for_and_one_alone_has_more_room(database, company):
    with database.write() as session:
        session.add_all(Product(reference=f"SC-{n}", name="Socarrat de arroz") for n in range(20))
    with database.read() as session:
        kinds = [hit.entity for hit in palette.find(session, "soc", ("product", "account"))]
        alone = palette.find(session, "soc", ("product",))
    assert kinds[-1] == "account"
    assert len(alone) == 3 * palette.LIMITS["product"]


def test_among_keeps_the_order_and_looks_at_digits_too(database, company):
    with database.read() as session:
        for words in ("socarrat", "xativa", "962270"):
            assert search.among(session, words, "account", [company.account]) == [company.account]
        assert search.among(session, "nadie", "account", [company.account]) == []
        assert search.among(session, "socarrat", "account", []) == []


def test_a_customer_without_a_number_is_reached_through_its_person(database, company):
    with database.write() as session:
        account = session.get(Account, company.account)
        account.phone, account.email = "", ""
        contact = session.get(Contact, company.contact)
        contact.mobile, contact.email = "+34600123456", "v@example.com"
    with database.read() as session:
        expected = palette.Reach(company.account, "+34600123456", "v@example.com")
        assert palette.reach(session, "account", company.account) == expected
        assert palette.reach(session, "contact", company.contact) == expected
        for kind in ("account", "contact"):
            assert palette.reach(session, kind, "0" * 32) == palette.Reach("", "", "")


def test_the_card_of_an_article_says_what_is_known(database, company):
    with database.read() as session:
        card = palette.card(session, company.products[2], NOW)
        assert palette.card(session, "0" * 32, NOW) is None
    assert card is not None
    assert (card.name, card.price_list) == ("Anchoas del Cantábrico, serie oro", "Hostelería 2")
    assert card.price is not None
    assert card.price > 0
    assert card.tax_rate == Decimal(10)
    with database.write() as session:
        for rate in session.query(TaxRate):
            rate.removed_at = saved_now()
        session.query(PriceList).one().is_default = False
    with database.read() as session:
        bare = palette.card(session, company.products[2], NOW)
    assert bare is not None
    assert (bare.tax_rate, bare.price, bare.price_list) == (None, None, "")
    with database.write() as session:
        session.get(Product, company.products[2]).removed_at = saved_now()
    with database.read() as session:
        assert palette.card(session, company.products[2], NOW) is None
