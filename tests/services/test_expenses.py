"""Expenses: read from a line, computed from the route, summed, completed and submitted."""

from __future__ import annotations

import base64
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from app.documents import expense_pdf
from app.errors import UserError, ValidationError
from app.models.document import Document
from app.models.expense import Expense, ExpenseKind, ReportState, TravelRate
from app.models.journal import Operation
from app.models.route import RoutePlan, RouteStop
from app.models.sync_state import FileQueueEntry
from app.services import (
    documents,
    expense_documents,
    expense_reports,
    expense_travel,
    expense_view,
    expenses,
    undo,
    visits,
)
from tests.company import Seeded, seed
from tests.documents.papers import picture, text_of

D = Decimal
NOW = datetime(2026, 11, 19, 10, 28, tzinfo=UTC)
TODAY = date(2026, 11, 19)
NOVEMBER, DECEMBER = date(2026, 11, 1), date(2026, 12, 1)
CHANGED = date(2023, 7, 17)  # since when a kilometre is exempt up to 0.26 EUR


@pytest.fixture
def company(database) -> Seeded:
    return seed(database)


@pytest.fixture
def rates(database, company) -> None:
    """The rates of Spain; this company pays 0.30 a kilometre, above what is exempt, since 2026."""
    with database.write() as session:
        for kind, amount, exempt, since, until in (
            ("mileage", "0.19", "0.19", date(2006, 1, 1), date(2023, 7, 16)),
            ("mileage", "0.26", "0.26", CHANGED, date(2025, 12, 31)),
            ("mileage", "0.30", "0.26", date(2026, 1, 1), None),
            ("per_diem", "26.67", "26.67", date(2006, 1, 1), None),
            ("per_diem_overnight", "60", "53.34", date(2006, 1, 1), None),
        ):
            session.add(
                TravelRate(
                    kind=kind, amount=D(amount), exempt=D(exempt), valid_from=since, valid_to=until
                )
            )  # fmt: skip


def drive(session, company, day: date, metres: int) -> RoutePlan:
    """Accept a route to Xàtiva and back."""
    route = RoutePlan(
        user_id=company.user, day=day, start_lat_e6=39_437_000, start_lon_e6=-465_000,
        end_lat_e6=39_437_000, end_lon_e6=-465_000, leave_s=31_200, drive_m=metres,
    )  # fmt: skip
    session.add(route)
    session.flush()
    visit = visits.plan(session, company.account, at=datetime(day.year, day.month, day.day, 9,
                                                              tzinfo=UTC))  # fmt: skip
    session.add(
        RouteStop(
            route_plan_id=route.id, activity_id=visit.id, account_id=company.account,
            site_id=company.site, position=1, start_s=33_000, leave_s=36_000,
        )
    )  # fmt: skip
    session.flush()
    return route


def parking(session, day: date = TODAY, amount: str = "4.10", **more) -> Expense:
    return expenses.add(session, kind="parking", spent_on=day, amount=D(amount), **more)


# reading a line


@pytest.mark.parametrize(
    ("typed", "kind", "amount", "place"),
    [
        ("aparcamiento 4,10 xàtiva", "parking", "4.10", "Xàtiva"),
        ("4.10€ parking in Gandia", "parking", "4.10", "Gandia"),
        ("Comida 2x17,45 Hotel Platja Nova", "customer_meal", "34.90", "Hotel Platja Nova"),
        ("peaje 3,25 AP7", "toll", "3.25", "AP7"),
        ("café 1,60", "customer_meal", "1.60", ""),
        ("regalo 12", "other", "12", "Regalo"),
        ("hotel Dénia", "hotel", None, "Dénia"),
    ],
)
def test_a_line_is_read_as_people_write_it(typed, kind, amount, place):
    assert expenses.read_line(typed) == (kind, D(amount) if amount else None, place)


def test_an_empty_line_is_asked_for(database, company):
    with pytest.raises(ValidationError) as failure, database.write() as session:
        expenses.quick(session, "  ", today=TODAY)
    assert failure.value.field == "quick"


def test_kilometres_in_a_line_are_paid_by_the_rate(database, rates):
    with database.write() as session:
        driven = expenses.quick(session, "km 42 calp", today=TODAY)
        assert (driven.kind, driven.metres, driven.place) == ("mileage", 42_000, "Calp")
        assert (driven.amount, driven.exempt, driven.taxable) == (D("12.60"), D("10.92"), D("1.68"))


# mileage and days away


@pytest.mark.parametrize(
    ("day", "rate", "amount", "exempt"),
    [
        (date(2023, 7, 16), "0.19", "41.99", "41.99"),
        (date(2023, 7, 17), "0.26", "57.46", "57.46"),
        (date(2026, 11, 19), "0.30", "66.30", "57.46"),
    ],
)
def test_221_kilometres_by_the_rate_of_their_day(
    database, rates, company, day, rate, amount, exempt
):
    with database.write() as session:
        drive(session, company, day, 221_000)
        made = expenses_mileage(session, day)
        assert (made.rate, made.amount, made.exempt) == (D(rate), D(amount), D(exempt))
        assert made.taxable == D(amount) - D(exempt)
        assert made.is_automatic
        assert made.place == "Xàtiva"
        assert made.reason == "Visits: Restaurante El Socarrat"


def expenses_mileage(session, day: date) -> Expense:
    made = expense_travel.mileage(session, day)
    assert made is not None
    return made


def test_a_route_that_changes_changes_its_line_and_makes_no_second(database, rates, company):
    with database.write() as session:
        route = drive(session, company, TODAY, 221_000)
        first = expenses_mileage(session, TODAY).id
        route.drive_m = 100_000
        session.flush()
        again = expenses_mileage(session, TODAY)
        assert (again.id, again.amount) == (first, D("30.00"))
        assert expense_reports.report(session, TODAY).total == D("30.00")


def test_a_month_brings_its_kilometres_and_days_away_by_itself(database, rates, company):
    with database.write() as session:
        for day, metres in ((3, 120_000), (19, 221_000), (20, 90_000)):
            drive(session, company, date(2026, 11, day), metres)
        assert expense_travel.automatic(session, NOVEMBER, today=TODAY) == ""
        found = {(e.spent_on.day, e.kind): e.amount for e in expense_reports.rows(session, TODAY)}
    assert found == {
        (3, "mileage"): D("36.00"), (3, "per_diem"): D("26.67"),
        (19, "mileage"): D("66.30"), (19, "per_diem"): D("26.67"),
    }  # fmt: skip  # the 20th has not come yet


def test_a_day_in_the_own_town_earns_no_per_diem(database, rates, company):
    from app.models.account import Site

    with database.write() as session:
        session.get(Site, company.site).city = "Torrent"
        drive(session, company, TODAY, 9_000)
        expense_travel.automatic(session, NOVEMBER, today=TODAY)
        assert [e.kind for e in expense_reports.rows(session, TODAY)] == ["mileage"]


def test_bringing_them_again_changes_nothing(database, rates, company):
    with database.write() as session:
        drive(session, company, TODAY, 221_000)
        expense_travel.automatic(session, NOVEMBER, today=TODAY)
    with database.write() as session:
        waiting = select(Operation.number, Operation.fields).order_by(Operation.number)
        before = session.execute(waiting).all()
        expense_travel.automatic(session, NOVEMBER, today=TODAY)
        session.flush()
        assert session.execute(waiting).all() == before


def test_what_the_user_removed_or_changed_stays_so(database, rates, company):
    with database.write() as session:
        drive(session, company, TODAY, 221_000)
        drive(session, company, date(2026, 11, 3), 50_000)
        expense_travel.automatic(session, NOVEMBER, today=TODAY)
        lines = {(e.spent_on.day, e.kind): e for e in expense_reports.rows(session, TODAY)}
        expenses.remove(session, lines[19, "per_diem"].id)
        mine = expenses.update(session, lines[19, "mileage"].id, metres=200_000)
        assert not mine.is_automatic
        expense_travel.automatic(session, NOVEMBER, today=TODAY)
        found = {(e.spent_on.day, e.kind): e.metres for e in expense_reports.rows(session, TODAY)}
        assert found == {(3, "mileage"): 50_000, (3, "per_diem"): None, (19, "mileage"): 200_000}
        assert expense_travel.mileage(session, TODAY) is None


def test_a_line_goes_with_its_route(database, rates, company):
    with database.write() as session:
        route = drive(session, company, TODAY, 221_000)
        expense_travel.automatic(session, NOVEMBER, today=TODAY)
        assert len(expense_reports.rows(session, TODAY)) == 2
        route.removed_at = NOW
        session.flush()
        expense_travel.automatic(session, NOVEMBER, today=TODAY)
        assert expense_reports.rows(session, TODAY) == []
        assert expense_reports.report(session, TODAY).total == 0


def test_without_a_rate_the_reason_is_said_and_nothing_invented(database, company):
    with database.write() as session:
        drive(session, company, TODAY, 221_000)
        why = expense_travel.automatic(session, NOVEMBER, today=TODAY)
        assert "no mileage rate for 19/11/2026" in why
        assert expense_reports.rows(session, TODAY) == []
        with pytest.raises(UserError, match="no mileage rate"):
            expense_travel.mileage(session, TODAY)


def test_a_night_away_is_paid_as_one(database, rates, company):
    with database.write() as session:
        drive(session, company, TODAY, 221_000)
        expense_travel.automatic(session, NOVEMBER, today=TODAY)
        (day,) = [e for e in expense_reports.rows(session, TODAY) if e.kind == "per_diem"]
        expenses.set_overnight(session, day.id, overnight=True)
        assert (day.amount, day.exempt, day.taxable) == (D("60.00"), D("53.34"), D("6.66"))
        expense_travel.automatic(session, NOVEMBER, today=TODAY)
        assert day.amount == D("60.00")  # it stays one with a night
        assert expense_view.detail(session, day.id).is_overnight
        expenses.set_overnight(session, day.id, overnight=False)
        assert day.amount == D("26.67")


@given(
    metres=st.integers(0, 900_000), amount=st.integers(0, 100), exempt=st.integers(0, 100),
)  # fmt: skip
def test_paid_is_exempt_and_taxable_to_the_cent(metres, amount, exempt):
    from app.rules import travel

    rate = travel.Rate("mileage", D(amount) / 100, D(exempt) / 100, NOVEMBER)
    paid = travel.mileage(metres, rate)
    assert paid.exempt + paid.taxable == paid.amount
    assert 0 <= paid.exempt <= paid.amount
    assert paid.amount == round(round(D(metres) / 1000, 1) * rate.amount + D("1E-9"), 2)


# sums

LINES = st.lists(
    st.builds(
        lambda kind, cents, exempt, company, known: Expense(
            user_id="u", kind=kind, spent_on=TODAY, amount=D(cents) / 100 if known else None,
            exempt=D(min(exempt, cents)) / 100 if known else D(0),
            taxable=D(cents - min(exempt, cents)) / 100 if known else D(0),
            paid_by_company=company,
        ),
        st.sampled_from(list(ExpenseKind)), st.integers(0, 500_000), st.integers(0, 500_000),
        st.booleans(), st.booleans(),
    ),
    max_size=30,
)  # fmt: skip


@given(lines=LINES, advance=st.integers(0, 100_000))
def test_the_sums_of_a_month_agree_with_each_other(lines, advance):
    sums = expense_reports.add_up(lines, D(advance) / 100)
    assert sums.mileage + sums.per_diem + sums.receipts == sums.total
    assert sums.exempt + sums.taxable == sums.total
    assert sum((amount for _kind, amount in expense_reports.by_kind(lines)), D(0)) == sums.total
    company = sum((e.amount or D(0) for e in lines if e.paid_by_company), D(0))
    assert sums.to_receive == sums.total - company - D(advance) / 100


@given(
    order=st.permutations([("0.10", "21"), ("44.20", "10"), ("9.40", "4"), ("62.00", None)]),
)
def test_the_tax_in_a_price_is_less_than_the_price(order):
    for amount, rate in order:
        tax = expenses.included_tax(D(amount), D(rate) if rate else None)
        if rate is None:
            assert tax is None
        else:
            base = D(amount) - tax
            assert abs(base * D(rate) / 100 - tax) <= D("0.01")
    assert expenses.included_tax(D("44.20"), D(10)) == D("4.02")


def test_the_total_of_the_report_follows_each_change(database, company):
    with database.write() as session:
        first, second = parking(session), parking(session, amount="9.40")
        claim = expense_reports.report(session, TODAY)
        assert claim.total == D("13.50")
        expenses.update(session, first.id, amount=D("5.00"))
        assert claim.total == D("14.40")
    with database.write() as session:
        expenses.remove(session, second.id)
        assert expense_reports.report(session, TODAY).total == D("5.00")
    with database.write() as session:
        undo.take_back(session)
        claim = expense_reports.report(session, TODAY)
        assert claim.total == D("14.40")
        expenses.update(session, second.id, spent_on=date(2026, 10, 5))
        assert claim.total == D("5.00")
        assert expense_reports.report(session, date(2026, 10, 1)).total == D("9.40")


def test_what_the_company_paid_and_the_advance_are_not_received(database, company):
    with database.write() as session:
        parking(session, amount="50")
        expenses.update(session, parking(session, amount="30").id, paid_by_company=True)
        expense_reports.report(session, TODAY).advance = D(20)
        session.flush()
        sums = expense_reports.figures(session, TODAY)
        assert (sums.total, sums.receipts, sums.to_receive) == (D(80), D(80), D(30))


# changing


def test_an_amount_below_nothing_and_a_wrong_tax_id_are_refused(database, company):
    with database.write() as session:
        made = parking(session)
        for change, field in (({"amount": D(-1)}, "amount"), ({"metres": -5}, "kilometres"),
                              ({"supplier_tax_id": "B0000"}, "tax_id"),
                              ({"supplier_tax_id": "B12345678"}, "tax_id")):  # fmt: skip
            with pytest.raises(ValidationError) as failure:
                expenses.update(session, made.id, **change)
            assert failure.value.field == field
        expenses.update(session, made.id, supplier_tax_id="b-1234567.4")
        assert made.supplier_tax_id == "B12345674"


def test_a_kind_that_changes_is_paid_as_the_new_one(database, rates):
    with database.write() as session:
        made = parking(session, amount="10")
        expenses.update(session, made.id, kind="per_diem")
        assert (made.amount, made.exempt) == (D("26.67"), D("26.67"))
        expenses.update(session, made.id, kind="mileage")
        assert (made.amount, made.exempt, made.taxable) == (None, 0, 0)
        expenses.update(session, made.id, metres=10_000)
        assert (made.amount, made.taxable) == (D("3.00"), D("0.40"))
        expenses.update(session, made.id, kind="toll", amount=D("2.50"))
        assert (made.amount, made.exempt, made.taxable) == (D("2.50"), D("2.50"), D(0))
        assert (made.metres, made.rate) == (None, None)


def test_what_is_missing_is_said_and_twins_are_asked_about(database, company):
    with database.write() as session:
        bare = expenses.add(session, kind="parking", spent_on=TODAY)
        first = parking(session, place="Xàtiva", reason="Visita")
        twin = parking(session, place="Xàtiva", reason="Visita")
        expenses.update(session, first.id, tax_rate=D(21))
        found: dict[str, list[str]] = {}
        for problem in expense_reports.problems(session, TODAY):
            found.setdefault(problem.expense_id, []).append(problem.key)
    assert found == {
        bare.id: ["amount", "receipt", "place", "reason"],
        first.id: ["receipt", "tax_id"],
        twin.id: ["duplicate", "receipt"],
    }


# receipts


def attach(session, files, expense: Expense) -> Document:
    content, thumbnail = documents.prepare_photo(picture())
    return expenses.attach(
        session, expense.id, name="ticket.jpg", sha256=files.add(content), size=len(content),
        thumbnail=thumbnail, at=NOW,
    )  # fmt: skip


def test_a_receipt_belongs_to_its_expense_and_is_queued(database, files, company):
    with database.write() as session:
        made = parking(session)
        first = attach(session, files, made)
        assert made.document_id == first.id
        assert session.scalar(select(FileQueueEntry.document_id)) == first.id
    with database.write() as session:
        second = attach(session, files, expenses.get(session, made.id))
        gone = session.get(Document, first.id)
        assert gone.removed_at is not None
    with database.write() as session:
        undo.take_back(session)
        assert expenses.get(session, made.id).document_id == first.id
        assert session.get(Document, first.id).removed_at is None
        assert session.get(Document, second.id).removed_at is not None


def test_a_picture_is_turned_a_quarter_to_the_right():
    from io import BytesIO

    from PIL import Image

    out = BytesIO()
    made = Image.new("RGB", (60, 40), "white")
    made.paste((200, 0, 0), (0, 0, 20, 20))  # a red corner at the top left
    made.save(out, "JPEG")
    with Image.open(BytesIO(expense_documents.turned(out.getvalue()))) as turned:
        assert turned.size == (40, 60)
        red, *_rest = turned.getpixel((33, 6))
        assert red > 150
        assert min(turned.getpixel((6, 6))) > 200


# submitting


def test_submitting_freezes_the_month_and_moves_what_has_no_amount(database, company):
    with database.write() as session:
        kept, open_ = parking(session), expenses.add(session, kind="toll", spent_on=TODAY)
        claim = expense_reports.submit(session, TODAY, now=NOW)
        assert (claim.state, claim.submitted_at, claim.total) == ("submitted", NOW, D("4.10"))
        assert [e.id for e in expense_reports.rows(session, NOVEMBER)] == [kept.id]
        assert [e.id for e in expense_reports.rows(session, DECEMBER)] == [open_.id]
        assert open_.spent_on == TODAY  # the day stays true
        assert expense_reports.month_of(session, TODAY) == DECEMBER
        assert expense_reports.submit(session, TODAY, now=NOW) is claim
    for change in (
        lambda s: expenses.update(s, kept.id, amount=D(9)),
        lambda s: expenses.remove(s, kept.id),
    ):
        with pytest.raises(UserError, match="submitted"), database.write() as session:
            change(session)


def test_an_older_expense_goes_into_the_next_claim(database, rates, company):
    with database.write() as session:
        parking(session)
        expense_reports.submit(session, TODAY, now=NOW)
        late = parking(session, amount="7")
        assert late.spent_on == TODAY
        assert expense_reports.rows(session, DECEMBER) == [late]
        drive(session, company, TODAY, 100_000)
        expense_travel.automatic(session, NOVEMBER, today=TODAY)
        assert len(expense_reports.rows(session, DECEMBER)) == 3
        assert len(expense_reports.rows(session, NOVEMBER)) == 1


def test_an_empty_month_cannot_be_submitted(database, company):
    with database.write() as session:
        expenses.add(session, kind="toll", spent_on=TODAY)
        with pytest.raises(ValidationError, match="nothing to submit"):
            expense_reports.submit(session, TODAY, now=NOW)
        assert expense_reports.report(session, TODAY).state == ReportState.DRAFT


def test_december_is_followed_by_january():
    assert expense_reports.following(date(2026, 12, 31)) == date(2027, 1, 1)
    assert expense_reports.following(date(2026, 1, 31)) == date(2026, 2, 1)


# on paper and on the screen


def test_the_paper_has_the_sums_of_the_screen(database, files, rates, company):
    with database.write() as session:
        drive(session, company, TODAY, 221_000)
        expense_travel.automatic(session, NOVEMBER, today=TODAY)
        made = parking(session, place="Xàtiva", reason="Visita a El Socarrat")
        expenses.update(session, made.id, tax_rate=D(21), paid_by_company=True)
        attach(session, files, made)
        expenses.add(session, kind="toll", spent_on=TODAY)
        document = expense_documents.document(session, TODAY, files.read, str.title)
        view = expense_view.month_view(session, TODAY)
    assert (document.total, document.to_receive) == (view.figures.total, view.figures.to_receive)
    assert sum(line.amount for line in document.lines) == document.total == D("97.07")
    assert sum(amount for _kind, amount in document.by_kind) == document.total
    assert (document.exempt, document.taxable) == (view.figures.exempt, view.figures.taxable)
    text = text_of(expense_pdf.render(document))
    for words in ("November 2026", "221\u00a0km × €0.30", "€66.30", "Xàtiva: Visita a El Socarrat",
                  "VAT 21%: €0.71", "company card", "receipt 1", "I declare"):  # fmt: skip
        assert words.replace("\u00a0", " ") in text.replace("\u00a0", " "), words
    assert "Toll" not in text  # without an amount it does not go out


def test_a_receipt_that_is_elsewhere_shows_its_thumbnail(database, files, company):
    with database.write() as session:
        kept = attach(session, files, parking(session))
        paper = expense_documents.document(session, TODAY, lambda _sha: None, str.title)
        assert paper.receipts[0].content == base64.b64decode(kept.thumbnail)


def test_the_pdf_of_a_submitted_claim_is_kept_with_it(database, files, company):
    kept = {"name": "x.pdf", "sha256": "a" * 64, "size": 9, "at": NOW}
    with database.write() as session:
        parking(session)
        with pytest.raises(UserError, match="not been submitted"):
            expense_documents.keep_pdf(session, TODAY, **kept)
        claim = expense_reports.submit(session, TODAY, now=NOW)
        document = expense_documents.keep_pdf(session, TODAY, **kept)
        assert claim.pdf_document_id == document.id
        paper = expense_documents.document(session, TODAY, files.read, str.title)
        assert (paper.state, paper.submitted) == ("Submitted", "19/11/2026")


def test_the_month_counts_what_its_figures_explain(database, files, rates, company):
    with database.write() as session:
        drive(session, company, TODAY, 221_000)
        expense_travel.automatic(session, NOVEMBER, today=TODAY)
        attach(session, files, parking(session, place="Xàtiva", reason="Visita"))
        bare = expenses.add(session, kind="toll", spent_on=TODAY)
        view = expense_view.month_view(session, TODAY)
        listed = {row.id: row for row in expense_view.rows(session, view.ids)}
        claim = expense_view.claim(session, TODAY)
    assert (view.metres, view.rate, view.days, view.nights) == (221_000, D("0.30"), 1, 0)
    assert (view.receipts, view.with_photo) == (2, 1)
    assert (view.to_complete, view.without_amount) == ([bare.id], 1)
    assert listed[bare.id].problem == "amount"
    assert {row.stops for row in listed.values()} == {0, 1}
    assert sum(bool(row.thumbnail) for row in listed.values()) == 1
    assert all(row.is_local for row in listed.values())
    assert [(i.kind, i.problem) for i in claim.incomplete] == [("toll", "amount")]
    assert claim.by_kind[0] == ("mileage", D("66.30"))


def test_nothing_is_asked_about_once_it_has_gone_out(database, company):
    with database.write() as session:
        made = parking(session)
        assert expense_view.detail(session, made.id).problems == ["receipt", "place", "reason"]
        expense_reports.submit(session, TODAY, now=NOW)
        shown = expense_view.detail(session, made.id)
        assert (shown.problems, shown.is_open) == ([], False)
        assert expense_view.month_view(session, TODAY).to_complete == []
        assert expense_view.rows(session, [made.id])[0].problem == ""
