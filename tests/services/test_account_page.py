"""What lists and pages say of a customer: visits, sales, debts, habits, and the latest news."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from app import i18n
from app.errors import UserError
from app.models.activity import Activity, VisitReport
from app.models.base import now
from app.models.history import Invoice
from app.models.product import Product
from app.models.sync_state import Conflict
from app.services import (
    account_feed,
    account_figures,
    account_page,
    account_rows,
    accounts,
    documents,
    follow_ups,
    quote_lines,
    quotes,
    visits,
)
from tests.company import seed
from tests.services.records import NOW, TODAY, at, customer, debt, invoice

D = Decimal


@pytest.fixture
def made(database):
    return seed(database)


def logged(session, account_id, when, *, outcome="order", notes="", next_step=""):
    visit = visits.plan(session, account_id, at=when)
    visits.log(session, visit.id, outcome=outcome, now=when)
    if notes or next_step:
        visits.write_report(session, visit.id, notes=notes, next_step=next_step)
    return visit


def row(session, account_id):
    (found,) = account_rows.rows(session, [account_id], today=TODAY)
    return found


def test_a_customer_without_history_has_a_row_of_nothing(database, made):
    with database.read() as session:
        found = row(session, made.account)
    assert (found.name, found.city, found.segment, found.grade) == (
        "Restaurante El Socarrat", "Xàtiva", "Hostelería", "A",
    )  # fmt: skip
    assert (found.last_visit, found.next_visit, found.every_days) == (None, None, 28)
    assert (found.sales, found.overdue, found.mark) == (0, 0, "")
    assert found.months == (0,) * 12


def test_a_row_adds_up_visits_sales_and_debts(database, made):
    with database.write() as session:
        logged(session, made.account, NOW - timedelta(days=40))
        logged(session, made.account, NOW - timedelta(days=9))
        visits.plan(session, made.account, at=at(9, day=date(2026, 12, 3)))
        off = visits.plan(session, made.account, at=at(9, day=date(2026, 11, 25)))
        visits.cancel(session, off.id)
        invoice(session, made.account, date(2026, 11, 2), "300.40")
        invoice(session, made.account, date(2026, 11, 3), "-50.00")  # a credit note
        invoice(session, made.account, date(2025, 12, 1), "60.00")
        invoice(session, made.account, date(2025, 11, 20), "40.00")
        invoice(session, made.account, date(2025, 11, 19), "70.00")
        invoice(session, made.account, date(2024, 11, 20), "7.00")
        invoice(session, made.account, date(2024, 11, 19), "9999.00")
        invoice(session, made.account, date(2026, 11, 4), "5.00").removed_at = now()
        debt(session, made.account, TODAY, "10.00")
        debt(session, made.account, TODAY - timedelta(days=1), "20.20")
        debt(session, made.account, TODAY - timedelta(days=90), "0.10")
    with database.read() as session:
        found = row(session, made.account)
    assert (found.last_visit, found.next_visit) == (date(2026, 11, 10), date(2026, 12, 3))
    assert (found.sales, found.sales_before) == (D("350.40"), D("77.00"))
    assert (found.months[0], found.months[-1]) == (60, 250)
    assert found.overdue == D("20.30")


def test_the_day_of_a_visit_is_the_one_of_the_users_clock(database, made):
    late = at(0, 30)  # Thursday in Madrid, still Wednesday in UTC
    with database.write() as session:
        logged(session, made.account, late)
    with database.read() as session:
        assert row(session, made.account).last_visit == TODAY


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.tuples(st.dates(date(2024, 1, 1), TODAY), st.decimals(-900, 900, places=2)), max_size=8
    )
)
def test_sales_are_the_sum_of_the_invoices_to_the_cent(database, invoices):
    with database.write() as session:
        company = session.scalar(select(accounts.Account.owner_id).limit(1))
    if company is None:
        seed(database)
    with database.write() as session:
        account = accounts.add(session, name="Bar")
        for on, base in invoices:
            invoice(session, account.id, on, str(base))
    with database.read() as session:
        found = row(session, account.id)
        year = account_figures.sales_by_month(session, account.id, TODAY)
        page = account_figures.figures(session, account.id, TODAY)
    assert found.sales == sum((b for on, b in invoices if on > date(2025, 11, 19)), D(0))
    assert found.sales_before == sum(
        (b for on, b in invoices if date(2024, 11, 19) < on <= date(2025, 11, 19)), D(0)
    )
    assert (found.sales, found.sales_before) == (page.sales, page.sales_before)
    assert sum(this for _m, _last, this in year) == sum(
        (b for on, b in invoices if on.year == 2026), D(0)
    )
    assert sum(last for _m, last, _this in year) == sum(
        (b for on, b in invoices if on.year == 2025), D(0)
    )


def test_marks_say_what_waits_and_what_disagrees(database, made):
    with database.write() as session:
        accounts.update(session, made.account, notes="x")
    with database.read() as session:
        assert row(session, made.account).mark == "local"
    with database.write() as session:
        session.add(
            Conflict(entity="account", row_id=made.account, field="phone", base="", winner="1",
                     winner_by="", winner_at=NOW, loser="2", loser_by="", policy="latest",
                     root=made.account)
        )  # fmt: skip
    with database.read() as session:
        assert row(session, made.account).mark == "conflict"
        assert len(account_page.page(session, made.account, TODAY).conflicts) == 1


def test_the_figures_of_the_page(database, made):
    with database.write() as session:
        for on in (date(2026, 9, 1), date(2026, 10, 1), date(2026, 11, 2)):
            invoice(session, made.account, on, "100.00")
        invoice(session, made.account, date(2025, 10, 1), "40.00")
        invoice(session, made.account, date(2026, 11, 10), "-30.00")  # what came back is no order
        debt(session, made.account, date(2026, 11, 18), "60.00")
        debt(session, made.account, date(2026, 12, 18), "70.00")
        logged(session, made.account, NOW - timedelta(days=2))
        logged(session, made.account, at(0, 15, day=date(2026, 1, 1)))
        logged(session, made.account, at(23, 45, day=date(2025, 12, 31)))
    with database.read() as session:
        found = account_figures.figures(session, made.account, TODAY)
    assert (found.sales, found.sales_before) == (D("270.00"), D("40.00"))
    assert (found.last_order_on, found.last_order) == (date(2026, 11, 2), D("100.00"))
    assert found.usual_days == round((335 + 30 + 32) / 3)
    assert (found.balance, found.overdue) == (D("130.00"), D("60.00"))
    assert (found.quotes, found.quotes_won) == (0, 0)
    assert found.visits == 2, "this year, by the user's clock"


def test_quotes_of_a_year_count_with_those_that_were_won(database, made):
    with database.write() as session:
        ids = []
        for days in (0, 100, 400):
            quote = quotes.draft(session, made.account, today=TODAY)
            quote.issued_at = None
            quote_lines.add_line(session, quote.id, made.products[0], today=TODAY)
            quotes.update(session, quote.id, valid_until=date(2027, 1, 1))
            quotes.issue(session, quote.id, now=NOW - timedelta(days=days))
            ids.append(quote.id)
        quotes.get(session, ids[0]).state = "signed"
        quotes.reject(session, ids[1])
    with database.read() as session:
        found = account_figures.figures(session, made.account, TODAY)
    assert (found.quotes, found.quotes_won) == (2, 1)


def test_a_product_bought_often_and_not_lately_is_missed(database, made):
    oil, coffee, anchovy, _pepper, wine, _vinegar = made.products
    with database.write() as session:
        for month in (5, 6, 7, 8):
            invoice(session, made.account, date(2026, month, 5), "100", lines={oil: "6", wine: "1"})
        invoice(session, made.account, date(2026, 11, 5), "100", lines={wine: "1", coffee: "3"})
        for month in (5, 6):  # twice is no habit
            invoice(session, made.account, date(2026, month, 9), "20", lines={anchovy: "2"})
    with database.read() as session:
        (gone,) = account_figures.stopped_buying(session, made.account, TODAY)
        usual = account_figures.usual_products(session, made.account, TODAY)
        (fact,) = account_figures.facts(session, made.account, TODAY)
    assert (gone.product_id, gone.since, gone.monthly) == (oil, date(2026, 8, 5), D("2.0"))
    assert [id_ for id_, _name in usual] == [wine, oil, anchovy]
    assert (fact.key, fact.params["months"]) == ("stopped", "3")
    with database.write() as session:  # what is not sold any more is no news at the door
        session.get(Product, oil).is_active = False
    with database.read() as session:
        assert account_figures.stopped_buying(session, made.account, TODAY) == []
        assert account_figures.facts(session, made.account, TODAY) == []


def test_what_the_erp_took_back_and_returns_are_no_habit(database, made):
    oil = made.products[0]
    with database.write() as session:
        for month in (5, 6):
            invoice(session, made.account, date(2026, month, 5), "100", lines={oil: "6"})
        invoice(session, made.account, date(2026, 7, 5), "-100", lines={oil: "-6"})
        taken_back = invoice(session, made.account, date(2026, 8, 5), "100", lines={oil: "6"})
        taken_back.removed_at = now()
    with database.read() as session:
        assert account_figures.stopped_buying(session, made.account, TODAY) == []


def test_three_facts_at_the_door_most_useful_first(database, made):
    with database.write() as session:
        oil = made.products[0]
        for month in (5, 6, 7):
            invoice(session, made.account, date(2026, month, 5), "100", lines={oil: "6"})
        logged(session, made.account, NOW - timedelta(days=9), next_step="Llevar el muestrario")
        quote = quotes.draft(session, made.account, today=TODAY)
        quote_lines.add_line(session, quote.id, oil, today=TODAY)
        quotes.update(session, quote.id, valid_until=TODAY + timedelta(days=2))
        quotes.issue(session, quote.id, now=NOW)
        debt(session, made.account, TODAY - timedelta(days=3), "812.30")
    with database.read() as session:
        found = account_figures.facts(session, made.account, TODAY)
    assert [fact.key for fact in found] == ["stopped", "promised", "expiring"]
    assert found[1].params == {"words": "Llevar el muestrario"}
    assert found[2].params == {"number": "P26-K7-00001", "day": "Sat 21 Nov"}
    with database.write() as session:
        quotes.reject(session, quote.id)
    with database.read() as session:
        assert account_figures.facts(session, made.account, TODAY)[-1].params == {
            "amount": "€812.30"
        }


def test_the_timeline_tells_each_thing_once_newest_first(database, made):
    with database.write() as session:
        visit = logged(session, made.account, NOW - timedelta(days=3), notes="Prueban el café")
        session.add(VisitReport(activity_id=visit.id, notes="del otro portátil"))
        call = logged(session, made.account, NOW - timedelta(days=2))
        call.removed_at = now()
        quote = quotes.draft(session, made.account, today=TODAY)
        quote_lines.add_line(session, quote.id, made.products[0], today=TODAY)
        quotes.issue(session, quote.id, now=NOW - timedelta(days=1))
        for kind in ("photo", "quote"):
            documents.add(
                session, name=f"{kind}.jpg", kind=kind, mime="image/jpeg", sha256="a" * 64,
                size=3, account_id=made.account, taken_at=NOW,
            )  # fmt: skip
    with database.read() as session:
        found = account_feed.timeline(session, made.account)
    assert [event.kind for event in found] == ["document", "quote", "visit"]
    assert [event.title for event in found] == ["photo.jpg", "P26-K7-00001", "order"]
    assert found[1].amount == D("40.46")
    assert found[2].detail == "Prueban el café"


def test_the_page_is_one_snapshot_of_everything(database, made):
    with database.write() as session:
        first = invoice(session, made.account, date(2026, 10, 2), "100.00")
        invoice(session, made.account, date(2026, 11, 2), "200.00")
        invoice(session, made.account, date(2026, 11, 3), "1.00").removed_at = now()
        debt(session, made.account, date(2026, 12, 2), "242.00")
        debt(session, made.account, date(2026, 11, 2), "121.00")
        debt(session, made.account, date(2026, 9, 2), "0.00")
        older = quotes.draft(session, made.account, today=TODAY)
        newer = quotes.draft(session, made.account, today=TODAY)
    with database.read() as session:
        page = account_page.page(session, made.account, TODAY)
        assert session.get(Invoice, first.id).number == "F261002"
    assert (page.account.name, page.segment, page.every_days, page.price_list) == (
        "Restaurante El Socarrat", "Hostelería", 28, "Hostelería 2",
    )  # fmt: skip
    assert [bill.number for bill in page.invoices] == ["F261102", "F261002"]
    assert page.has_sales
    assert [quote.id for quote in page.quotes] == [newer.id, older.id]
    assert [site.city for site in page.account.sites] == ["Xàtiva"]
    assert len(page.months) == 12
    with pytest.raises(UserError, match="no longer here"), database.read() as session:
        account_page.page(session, "f" * 32, TODAY)


def test_a_customer_without_segment_or_prices_has_a_page_too(database, made):
    with database.write() as session:
        plain = customer(session, made, "Bar", segment_id=None, sector="Bar", visit_every_days=15)
    with database.read() as session:
        page = account_page.page(session, plain, TODAY)
    assert (page.segment, page.every_days, page.price_list) == ("Bar", 15, "")


def test_words_of_facts_follow_the_language(database, made):
    with database.write() as session:
        debt(session, made.account, TODAY - timedelta(days=3), "1812.30")
    with i18n.speaking("es"), database.read() as session:
        (fact,) = account_figures.facts(session, made.account, TODAY)
    assert fact.params == {"amount": "1.812,30\u00a0€"}


def test_an_invoice_says_what_of_it_is_owed_since_when(database, made):
    with database.write() as session:
        paid = invoice(session, made.account, date(2026, 9, 2), "50.00")
        open_ = invoice(session, made.account, date(2026, 10, 2), "100.00")
        debt(session, made.account, date(2026, 11, 1), "21.00").invoice_id = open_.id
    with database.read() as session:
        bills = account_page.page(session, made.account, TODAY).invoices
    assert [(bill.number, bill.due_on, bill.pending) for bill in bills] == [
        (open_.number, date(2026, 11, 1), D("21.00")), (paid.number, None, D(0)),
    ]  # fmt: skip


def test_the_latest_four_are_on_the_page_and_the_rest_is_counted(database, made):
    with database.write() as session:
        for n in range(7):
            logged(session, made.account, NOW - timedelta(days=n))
        visits.plan(session, made.account, at=at(9, day=date(2026, 12, 3)), title="Cata")
    with database.read() as session:
        page = account_page.page(session, made.account, TODAY)
    assert (len(page.events), page.happened) == (4, 7)
    assert [(step.title, step.on) for step in page.steps] == [("Cata", date(2026, 12, 3))]


def test_a_colleagues_customer_names_its_owner(database, made):
    with database.write() as session:
        theirs = customer(session, made, "Bar de Luis", owner_id=made.colleague)
    with database.read() as session:
        assert account_page.page(session, theirs, TODAY).owner == "Luis Roca"
        assert account_page.page(session, made.account, TODAY).owner == ""


def test_an_order_that_is_late_is_worth_a_word(database, made):
    with database.write() as session:
        for days in (100, 70, 40):
            invoice(session, made.account, TODAY - timedelta(days=days), "100.00")
    with database.read() as session:
        (fact,) = account_figures.facts(session, made.account, TODAY)
    assert (fact.key, fact.params) == ("late_order", {"n": "40", "usual": "30"})
    assert (fact.screen, fact.ref_id, fact.tab) == ("customer", made.account, "sales")
    with database.write() as session:
        calm = customer(session, made, "Bar Calma")
        for days in (99, 69, 39):
            invoice(session, calm, TODAY - timedelta(days=days), "100.00")
    with database.read() as session:
        assert account_figures.facts(session, calm, TODAY) == [], "39 days are not more than 1.3×30"


def test_a_promise_that_was_kept_is_not_said_again(database, made):
    with database.write() as session:
        visit = logged(session, made.account, NOW, next_step="Traer muestras")
        visits.write_report(session, visit.id, next_on=TODAY)
        visits.complete_report(session, visit.id, now=NOW)
    with database.read() as session:
        (fact,) = account_figures.facts(session, made.account, TODAY)
        assert (fact.key, fact.screen, fact.ref_id) == ("promised", "visit", visit.id)
        task = session.scalars(select(Activity).where(Activity.rule == "report_next_step")).one()
    with database.write() as session:
        follow_ups.complete(session, f"task:{task.id}", now=NOW)
    with database.read() as session:
        assert account_figures.facts(session, made.account, TODAY) == []
