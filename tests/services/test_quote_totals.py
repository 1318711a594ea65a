"""One quote, three readers: the editor, the rules and the server agree on every cent."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from app.models.product import Product
from app.models.quote import Quote, QuoteState
from app.models.sync_state import Conflict
from app.models.team import Company
from app.rules import tax
from app.rules.money import after_discount, round_cents
from app.services import quote_documents, quote_lines, quote_rows, quote_totals, quotes
from tests.company import seed
from tests.services.records import NOW, TODAY
from tests.serving import serving
from tests.sync import laptops
from tests.sync.laptops import Laptop, World

D = Decimal
TOTALS = ("lines_sum", "base", "tax", "surcharge", "total")
RATES = (
    ("general", "21.00", "5.20"),
    ("reduced", "10.00", "1.40"),
    ("super_reduced", "4.00", "0.50"),
)


@pytest.fixture
def office(tmp_path: Path) -> Iterator[tuple[World, Laptop, str]]:
    """Yield a server with prices and taxes, a laptop that has them, and a customer of its rep."""
    with serving(tmp_path / "server") as server, laptops.world(tmp_path, server) as world:
        prices = world.add("price_list", name="General", is_default=True)
        for kind, rate, surcharge in RATES:
            world.add(
                "tax_rate", regime="iva", kind=kind, rate=rate, surcharge=surcharge,
                valid_from="2012-09-01",
            )  # fmt: skip
            product = world.add("product", reference=kind, name=kind, tax_kind=kind)
            world.add("price_list_line", price_list_id=prices, product_id=product, price="10.0000")
        user = server.user(world.tenant, "Marta", role="rep")
        customer = world.add("account", name="Bar", kind="customer", owner_id=user)
        yield world, world.laptop(user=user), customer


lines = st.lists(
    st.tuples(
        st.integers(0, 2),
        st.decimals("0.001", 999, places=3) | st.decimals(-9, -1, places=0),
        st.decimals(0, 999, places=4),
        st.sampled_from([(), (D(5),), (D(8), D(2)), (D("33.33"),), (D(100),)]),
        st.booleans(),
    ),
    min_size=1,
    max_size=6,
)
heads = st.tuples(lines, st.sampled_from([(), (D(2),), (D("7.5"), D(1))]), st.booleans())


def fill(laptop: Laptop, customer: str, head) -> str:
    wanted, discount, surcharged = head
    with laptop.database.write() as session:
        products = session.scalars(select(Product.id).order_by(Product.id)).all()
        quote = quotes.draft(session, customer, today=TODAY)
        quote.surcharged = surcharged
        for product, quantity, price, chain, optional in wanted:
            line = quote_lines.add_line(session, quote.id, products[product], today=TODAY)
            quote_lines.set_line(
                session, line.id, today=TODAY, quantity=quantity, unit_price=price,
                discount=chain, is_optional=optional,
            )  # fmt: skip
        quote_lines.add_heading(session, quote.id, "Observaciones")
        quotes.update(session, quote.id, general_discount=discount)
    return quote.id


@pytest.mark.parametrize("rounding", ["per_rate", "per_line"])
def test_editor_rules_paper_and_server_agree_to_the_cent(office, rounding):
    world, laptop, customer = office
    company = laptop.rows(Company)[0]
    world.edit("company", company.id, rounding=rounding)
    laptop.synced()

    @settings(max_examples=12, suppress_health_check=[HealthCheck.too_slow])
    @given(st.lists(heads, min_size=1, max_size=3))
    def agree(several) -> None:
        made = [fill(laptop, customer, head) for head in several]
        with laptop.database.read() as session:
            shown = [quote_rows.editor(session, id_, TODAY) for id_ in made]
            papers = [quote_documents.document(session, id_, lambda _sha: None) for id_ in made]
        before = [tuple(getattr(view.quote, name) for name in TOTALS) for view in shown]
        for view, paper, head in zip(shown, papers, several, strict=True):
            expected = tax.totals(
                [quote_totals.as_rule(e.line) for e in view.lines if e.line.kind == "product"],
                head[1], rounding=rounding, surcharged=head[2],
            )  # fmt: skip
            assert tuple(getattr(view.quote, name) for name in TOTALS) == tuple(
                getattr(expected, name) for name in TOTALS
            )
            assert [e.line.amount for e in view.lines if e.line.kind == "product"] == [
                round_cents(after_discount(q * p, c)) for _n, q, p, c, _o in head[0]
            ]
            assert (
                paper.lines_sum - paper.discount
                == paper.base
                == sum((row.base for row in paper.by_rate), D(0))
            )
            assert paper.total == sum((row.total for row in paper.by_rate), D(0))
        laptop.synced()
        for id_, totals in zip(made, before, strict=True):
            kept = laptop.get(Quote, id_)
            assert tuple(getattr(kept, name) for name in TOTALS) == totals, "the server's word"
            body = world.get("quote", id_)
            assert tuple(D(body.get(name, "0.00")) for name in TOTALS) == totals

    agree()
    assert laptop.rows(Conflict) == []


def test_the_server_would_have_put_a_draft_right(office):
    """What the test before relies on: a total that does not follow from its lines is corrected."""
    world, laptop, customer = office
    quote = fill(laptop, customer, ([(0, D(3), D("33.3333"), (D(8), D(2)), False)], (), False))
    with laptop.database.write() as session:
        right = session.get(Quote, quote).total
        session.get(Quote, quote).total = D("1.00")
    laptop.synced()
    assert D(world.get("quote", quote)["total"]) == right == laptop.get(Quote, quote).total


def test_an_issued_quote_agrees_too_and_is_no_conflict(office):
    world, laptop, customer = office
    quote = fill(
        laptop, customer,
        ([(0, D(7), D("12.3457"), (D(8), D(2)), False), (1, D("1.5"), D("9.99"), (), False)],
         (D("7.5"), D(1)), True),
    )  # fmt: skip
    with laptop.database.write() as session:
        issued = quotes.issue(session, quote, now=NOW)
    laptop.synced()
    assert D(world.get("quote", quote)["total"]) == issued.total
    assert laptop.rows(Conflict) == []
    assert laptop.get(Quote, quote).state == QuoteState.ISSUED


def test_two_rates_a_chain_and_a_general_discount_by_hand(database):
    """24 x 38.90 less 8+2 at 4 %, 8 x 46.20 at 21 %, all less 5."""
    made = seed(database)
    with database.write() as session:
        quote = quotes.draft(session, made.account, today=TODAY)
        oil = quote_lines.add_line(session, quote.id, made.products[0], today=TODAY, quantity=D(24))
        quote_lines.set_line(session, oil.id, today=TODAY, discount=(D(8), D(2)))
        quote_lines.add_line(session, quote.id, made.products[4], today=TODAY, quantity=D(8))
        quotes.update(session, quote.id, general_discount=(D(5),))
        rates = [(part.rate, part.base, part.tax) for part in
                 quote_totals.computed(session, quote).by_rate]  # fmt: skip
    # 933.60 x 0.9016 = 841.73; 369.60; together 1,211.33; less 5 %: 1,150.76
    assert (quote.lines_sum, quote.base) == (D("1211.33"), D("1150.76"))
    assert rates == [
        (D("4.00"), D("799.64"), D("31.99")), (D("21.00"), D("351.12"), D("73.74")),
    ]  # fmt: skip
    assert (quote.tax, quote.total) == (D("105.73"), D("1256.49"))


def test_the_surcharge_is_the_customers_and_a_rate_is_the_one_of_its_day(database):
    made = seed(database)
    with database.write() as session:
        quote = quotes.draft(session, made.account, today=TODAY)
        quote.surcharged = True
        quote_lines.add_line(session, quote.id, made.products[4], today=TODAY, quantity=D(1))
        assert (quote.tax, quote.surcharge, quote.total) == (D("9.70"), D("2.40"), D("58.30"))
        assert quote_lines.tax_rate(session, "export", "general", date(1999, 1, 1)) == (0, 0)


def test_the_margin_needs_every_cost_and_leaves_optional_lines_out(database):
    made = seed(database)
    with database.write() as session:
        quote = quotes.draft(session, made.account, today=TODAY)
        assert quote_totals.margin(session, quote.id) is None, "nothing sold, no margin"
        line = quote_lines.add_line(session, quote.id, made.products[0], today=TODAY)
        assert quote_totals.margin(session, quote.id) == D("30.0")
        other = quote_lines.add_line(session, quote.id, made.products[1], today=TODAY)
        quote_lines.set_line(session, other.id, today=TODAY, is_optional=True)
        other.cost = None
        assert quote_totals.margin(session, quote.id) == D("30.0")
        line.cost = None
        assert quote_totals.margin(session, quote.id) is None
