"""Lines of a draft: priced by the customer's list, changed cell by cell, kept by copies."""

from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import select

from app.errors import UserError, ValidationError
from app.models.account import Site
from app.models.base import now
from app.models.product import PriceList, PriceListLine, Product
from app.models.quote import Clause, Quote, QuoteLine, QuoteState
from app.models.sync_state import SyncState
from app.services import quote_lines, quote_totals, quotes
from tests.company import seed
from tests.services.records import NOW, TODAY

D = Decimal


@pytest.fixture
def made(database):
    return seed(database)


def draft(session, made, *products, quantity=None):
    quote = quotes.draft(session, made.account, today=TODAY)
    for product in products:
        quote_lines.add_line(session, quote.id, product, today=TODAY, quantity=quantity)
    return quote


def lines(session, quote):
    return quote_totals.lines(session, quote.id)


def clauses(session, quote_id):
    return session.scalars(
        select(Clause.text)
        .where(Clause.quote_id == quote_id, Clause.removed_at.is_(None))
        .order_by(Clause.position)
    ).all()


@pytest.fixture
def steps(database, made):
    """Make the oil cheaper from 12 on, and again from 48 on."""
    with database.write() as session:
        for quantity, price in (("12", "36.00"), ("48", "33.50")):
            session.add(
                PriceListLine(
                    price_list_id=made.price_list, product_id=made.products[0],
                    min_quantity=D(quantity), price=D(price),
                )
            )  # fmt: skip


def test_a_line_says_what_it_costs_and_why(database, made):
    with database.write() as session:
        session.get(Product, made.products[0]).usual_quantity = D(6)
        (line,) = lines(session, draft(session, made, made.products[0]))
    assert (line.reference, line.format, line.quantity) == ("AC-105", "Garrafa 5 l", D(6))
    assert (line.unit_price, line.list_price, line.price_source) == (
        D("38.90"), D("38.90"), "list:Hostelería 2",
    )  # fmt: skip
    assert (line.tax_rate, line.surcharge_rate, line.cost) == (D(4), D("0.5"), D("27.23"))
    assert line.amount == D("233.40")


@pytest.mark.parametrize(
    ("quantity", "price"),
    [("11.999", "38.90"), ("12", "36.00"), ("47", "36.00"), ("48", "33.50"), ("-3", "38.90")],
)
def test_a_quantity_reaches_its_price(database, made, steps, quantity, price):
    with database.write() as session:
        (line,) = lines(session, draft(session, made, made.products[0], quantity=D(1)))
        quote_lines.set_line(session, line.id, today=TODAY, quantity=D(quantity))
    assert (line.unit_price, line.list_price) == (D(price), D(price))


def test_a_typed_price_stays_whatever_the_quantity_and_the_list(database, made, steps):
    with database.write() as session:
        dearer = PriceList(name="Tiendas")
        session.add(dearer)
        session.flush()
        session.add(
            PriceListLine(price_list_id=dearer.id, product_id=made.products[1], price=D("19.00"))
        )
        quote = draft(session, made, made.products[0], made.products[1], made.products[2])
        oil, coffee, anchovy = lines(session, quote)
        quote_lines.set_line(session, oil.id, today=TODAY, unit_price=D("30.1234"))
        quote_lines.set_line(session, oil.id, today=TODAY, quantity=D(48))
        quotes.set_price_list(session, quote.id, dearer.id, today=TODAY)
    assert (oil.unit_price, oil.price_source) == (D("30.1234"), "manual")
    assert (coffee.unit_price, coffee.price_source) == (D("19.00"), "list:Tiendas")
    assert anchovy.unit_price == D("14.60"), "the new list has none: the known price stands"
    assert quote.lines_sum == D("1445.92") + D("19.00") + D("14.60")


def test_a_list_that_is_not_in_force_names_no_price(database, made):
    with database.write() as session:
        session.get(PriceList, made.price_list).valid_to = date(2026, 10, 31)
        (line,) = lines(session, draft(session, made, made.products[0]))
    assert (line.unit_price, line.list_price, line.price_source) == (D(0), None, "")


def test_a_sample_is_free_and_costs_again_when_it_is_none(database, made):
    with database.write() as session:
        quote = draft(session, made, made.products[0])
        (line,) = lines(session, quote)
        quote_lines.set_line(session, line.id, today=TODAY, is_sample=True)
        assert (line.discount, line.amount, quote.total) == ((D(100),), 0, 0)
        assert quote_totals.over_limit(session, quote.id) == []
        quote_lines.set_line(session, line.id, today=TODAY, is_sample=False)
    assert (line.discount, line.amount) == ((), D("38.90"))


def test_what_is_gone_says_so(database, made):
    with database.write() as session:
        quote = draft(session, made)
    for change, words in (
        (
            lambda s: quote_lines.add_line(s, quote.id, "f" * 32, today=TODAY),
            "product is no longer",
        ),
        (lambda s: quote_lines.add_line(s, "f" * 32, made.products[0], today=TODAY), "quote is no"),
        (lambda s: quote_lines.set_line(s, "f" * 32, today=TODAY, note="x"), "line is no longer"),
        (lambda s: quotes.draft(s, "f" * 32, today=TODAY), "customer is no longer"),
    ):
        with pytest.raises(UserError, match=words), database.write() as session:
            change(session)
    with database.read() as session:
        assert session.scalars(select(QuoteLine)).all() == []


def test_a_price_below_nothing_changes_nothing(database, made):
    with database.write() as session:
        (line,) = lines(session, draft(session, made, made.products[0]))
    with pytest.raises(ValidationError), database.write() as session:
        quote_lines.set_line(session, line.id, today=TODAY, unit_price=D("-0.01"), note="x")
    with database.read() as session:
        kept = session.get(QuoteLine, line.id)
    assert (kept.unit_price, kept.note) == (D("38.90"), "")


def test_a_line_moves_to_the_ends_and_no_further(database, made):
    with database.write() as session:
        quote = draft(session, made, *made.products[:3])
        first = lines(session, quote)[0]
        for by, place in ((-1, 0), (1, 1), (1, 2), (1, 2), (-2, 0), (5, 0)):
            quote_lines.move_line(session, first.id, by)
            assert [line.id for line in lines(session, quote)].index(first.id) == place
        assert [line.position for line in lines(session, quote)] == [0, 1, 2]


# revisions and copies


@pytest.fixture
def issued(database, made):
    with database.write() as session:
        session.add(Clause(text="De la empresa", language="en"))
        session.flush()
        quote = draft(session, made, *made.products[:2])
        (own,) = session.scalars(select(Clause).where(Clause.quote_id == quote.id))
        own.text = "Hablada con Vicent"
        quotes.update(
            session, quote.id, introduction="Como hablamos", general_discount=(D(2),),
            language="en",
        )  # fmt: skip
        quotes.issue(session, quote.id, now=NOW)
    return quote.id


@pytest.mark.parametrize("copy", [quotes.revise, quotes.duplicate])
def test_a_copy_has_the_lines_conditions_and_clauses_that_were_agreed(database, made, issued, copy):
    with database.write() as session:
        made_copy = copy(session, issued, today=date(2026, 12, 1))
        old = session.get(Quote, issued)
        assert clauses(session, made_copy.id) == ["Hablada con Vicent"]
        assert [line.description for line in lines(session, made_copy)] == [
            line.description for line in lines(session, old)
        ]
    assert (made_copy.state, made_copy.total) == (QuoteState.DRAFT, old.total)
    assert (made_copy.introduction, made_copy.general_discount) == ("Como hablamos", (D(2),))
    assert made_copy.valid_until == date(2026, 12, 31)
    assert made_copy.issued_at is None


def test_a_copy_is_its_own_and_leaves_the_original_alone(database, issued):
    with database.write() as session:
        copy = quotes.duplicate(session, issued, today=TODAY)
        quote_lines.set_line(session, lines(session, copy)[0].id, today=TODAY, quantity=D(99))
        before = quote_totals.get(session, issued).total
        quotes.issue(session, copy.id, now=NOW)
    with database.read() as session:
        assert quote_totals.get(session, issued).total == before
        assert (copy.number, copy.revision) == ("P26-K7-00002", 1)


def test_revising_twice_opens_the_version_that_was_begun(database, issued):
    with database.write() as session:
        second = quotes.revise(session, issued, today=TODAY)
        assert quotes.revise(session, issued, today=TODAY).id == second.id
        assert quotes.revise(session, second.id, today=TODAY).id == second.id
        assert session.get(SyncState, 1).counter_n == 1


def test_no_version_is_given_twice(database, issued):
    numbers = []
    with database.write() as session:
        second = quotes.revise(session, issued, today=TODAY)
        quotes.issue(session, second.id, now=NOW)
        numbers.append(second.number)
        third = quotes.revise(session, issued, today=TODAY)  # of the first one, once more
        quotes.remove(session, third.id)
        session.flush()
        fourth = quotes.revise(session, second.id, today=TODAY)
        numbers += [third.number, fourth.number]
    assert numbers == ["P26-K7-00001 v2", "P26-K7-00001 v3", "P26-K7-00001 v4"]
    assert (fourth.revises_id, fourth.revision) == (second.id, 4)


def test_an_offer_to_a_customer_with_two_addresses_takes_the_first(database, made):
    with database.write() as session:
        session.add(Site(account_id=made.account, city="Las Palmas", postcode="35001"))
        quote = draft(session, made)
        assert (quote.site_id, quote.tax_regime) == (made.site, "iva")
        session.get(Site, made.site).removed_at = now()
        session.flush()
        assert draft(session, made).tax_regime == "igic"
