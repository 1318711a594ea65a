"""What was given out does not change: an issued quote, a submitted claim, by no way through ORM."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from sqlalchemy import select, update

from app.errors import UserError
from app.models.base import now
from app.models.entities import SYNCED
from app.models.expense import Expense, ExpenseReport, ReportState
from app.models.journal import Operation
from app.models.quote import Clause, Quote, QuoteLine, QuoteState
from app.models.wire import fields_of
from tests.company import seed

NOW = datetime(2026, 11, 19, 10, 28, tzinfo=UTC)
AFTER_ISSUE = {"state", "pdf_document_id", "internal_note", "needs_approval"}
AFTER_SUBMIT = {"state", "pdf_document_id", "submitted_at", "total", "advance"}


@pytest.fixture
def made(database):
    return seed(database)


def quote(session, made, state=QuoteState.ISSUED):
    row = Quote(account_id=made.account, owner_id=made.user, number="P1")
    session.add(row)
    session.flush()
    line = QuoteLine(quote_id=row.id, description="Aceite", quantity=Decimal(3))
    clause = Clause(quote_id=row.id, text="Portes pagados")
    session.add_all([line, clause])
    session.flush()
    row.state = state
    session.flush()
    return row, line, clause


def claim(session, made, state=ReportState.SUBMITTED):
    report = ExpenseReport(user_id=made.user, month=date(2026, 11, 1))
    session.add(report)
    session.flush()
    expense = Expense(
        user_id=made.user, kind="parking", spent_on=date(2026, 11, 3), report_id=report.id,
        amount=Decimal("3.20"),
    )  # fmt: skip
    session.add(expense)
    session.flush()
    report.state = state
    session.flush()
    return report, expense


def other_value(row, name):
    """Return some other value that the column takes."""
    value = getattr(row, name)
    kind = next(field.wire for field in fields_of(type(row)) if field.name == name)
    if kind == "integer":
        return (value or 0) + 1
    return {
        "text": "x" * 32, "boolean": not value, "money": Decimal("7.77"),
        "price": Decimal("7.7777"), "quantity": Decimal(7), "percent": Decimal(7),
        "discount": (Decimal(7),), "instant": NOW, "day": date(2027, 1, 1),
    }[kind]  # fmt: skip


def refused(database, kind, id_, change):
    """Make a change and insist that it is refused and leaves no trace, in rows or journal."""
    with database.read() as session:
        before = {field.name: getattr(session.get(kind, id_), field.name)
                  for field in fields_of(kind)}  # fmt: skip
        sent = session.scalars(select(Operation.number)).all()
    with pytest.raises(UserError, match="cannot change") as caught, database.write() as session:
        change(session, session.get(kind, id_))
    assert caught.value.hint
    with database.read() as session:
        row = session.get(kind, id_)
        assert {name: getattr(row, name) for name in before} == before
        assert session.scalars(select(Operation.number)).all() == sent


FREE = {Quote: AFTER_ISSUE, ExpenseReport: AFTER_SUBMIT}


@pytest.mark.parametrize("kind", [Quote, QuoteLine, Clause, ExpenseReport, Expense])
def test_no_field_of_what_was_given_out_changes(database, made, kind):
    with database.write() as session:
        rows = [*quote(session, made), *claim(session, made)]
        id_ = next(row.id for row in rows if isinstance(row, kind))
        loose, _line, _clause = quote(session, made, QuoteState.DRAFT)
        open_, _expense = claim(session, made, ReportState.DRAFT)
    references = {"quote_id": loose.id, "report_id": open_.id, "revises_id": loose.id}
    names = {field.name for field in fields_of(kind)} - FREE.get(kind, set())
    assert len(names) >= 2
    for name in sorted(names):

        def change(_session, row, name=name):
            setattr(row, name, references.get(name, other_value(row, name)))

        refused(database, kind, id_, change)


@pytest.mark.parametrize("kind", [Quote, QuoteLine, Clause, ExpenseReport, Expense])
def test_nothing_of_it_is_removed(database, made, kind):
    with database.write() as session:
        rows = [*quote(session, made), *claim(session, made)]
        id_ = next(row.id for row in rows if isinstance(row, kind))

    def remove(_session, row):
        row.removed_at = now()

    refused(database, kind, id_, remove)


@pytest.mark.parametrize("part", [QuoteLine, Clause, Expense])
def test_nothing_is_added_to_it(database, made, part):
    with database.write() as session:
        frozen, _line, _clause = quote(session, made)
        report, _expense = claim(session, made)

    def add(session, _row):
        session.add(
            {
                QuoteLine: lambda: QuoteLine(quote_id=frozen.id, description="Una más"),
                Clause: lambda: Clause(quote_id=frozen.id, text="Una más"),
                Expense: lambda: Expense(
                    user_id=made.user, kind="toll", spent_on=date(2026, 11, 4),
                    report_id=report.id,
                ),
            }[part]()
        )  # fmt: skip

    refused(database, Quote, frozen.id, add)
    with database.read() as session:
        assert len(session.scalars(select(part)).all()) == 1


@pytest.mark.parametrize("part", [QuoteLine, Clause, Expense])
def test_nothing_is_moved_into_it(database, made, part):
    with database.write() as session:
        frozen, _line, _clause = quote(session, made)
        report, _expense = claim(session, made)
        rows = [*quote(session, made, QuoteState.DRAFT), *claim(session, made, ReportState.DRAFT)]
        id_ = next(row.id for row in rows if isinstance(row, part))

    def move(_session, row):
        if part is Expense:
            row.report_id = report.id
        else:
            row.quote_id = frozen.id

    refused(database, part, id_, move)


def test_an_expense_without_claim_is_not_slipped_into_one_that_went_out(database, made):
    with database.write() as session:
        report, _expense = claim(session, made)
        loose = Expense(user_id=made.user, kind="toll", spent_on=date(2026, 11, 4))
        session.add(loose)

    def move(_session, row):
        row.report_id = report.id

    refused(database, Expense, loose.id, move)


def test_an_issued_quote_does_not_become_a_draft_again(database, made):
    with database.write() as session:
        frozen, _line, _clause = quote(session, made)

    def thaw(_session, row):
        row.state = QuoteState.DRAFT

    refused(database, Quote, frozen.id, thaw)


def test_a_claim_that_went_out_is_only_opened_again_by_the_office(database, made):
    with database.write() as session:
        report, _expense = claim(session, made)

    def open_again(_session, row):
        row.state = ReportState.DRAFT

    refused(database, ExpenseReport, report.id, open_again)
    with database.write() as session:  # the office speaks through Core
        table = ExpenseReport.__table__
        session.connection().execute(table.update().values(state=ReportState.DRAFT))
    with database.write() as session:
        session.scalars(select(Expense)).one().reason = "Mercado"


def test_one_frozen_row_among_others_keeps_them_all_back(database, made):
    with database.write() as session:
        frozen, line, _clause = quote(session, made)
        _draft, draft_line, _clause = quote(session, made, QuoteState.DRAFT)

    def change(session, row):
        session.get(QuoteLine, draft_line.id).quantity = Decimal(9)
        session.get(QuoteLine, line.id).quantity = Decimal(9)
        row.internal_note = "x"

    refused(database, Quote, frozen.id, change)
    with database.read() as session:
        assert session.get(QuoteLine, draft_line.id).quantity == 3


@pytest.mark.parametrize("name", sorted(AFTER_ISSUE))
def test_what_happens_to_a_quote_afterwards_is_written_on_it(database, made, name):
    value = {"state": QuoteState.SIGNED, "needs_approval": True}.get(name, "a" * 32)
    with database.write() as session:
        frozen, _line, _clause = quote(session, made)
    with database.write() as session:
        setattr(session.get(Quote, frozen.id), name, value)
    with database.read() as session:
        assert getattr(session.get(Quote, frozen.id), name) == value


def test_what_happens_to_a_claim_afterwards_is_written_on_it(database, made):
    with database.write() as session:
        report, _expense = claim(session, made)
    with database.write() as session:
        kept = session.get(ExpenseReport, report.id)
        kept.state, kept.advance, kept.total = ReportState.PAID, Decimal(50), Decimal("3.20")
    with database.read() as session:
        assert session.get(ExpenseReport, report.id).state == "paid"


def test_a_draft_is_free_and_a_template_of_the_company_too(database, made):
    with database.write() as session:
        draft, line, clause = quote(session, made, QuoteState.DRAFT)
        template = Clause(text="Plantilla", quote_id=None)
        session.add(template)
    with database.write() as session:
        session.get(QuoteLine, line.id).quantity = Decimal(9)
        session.get(Clause, clause.id).removed_at = now()
        session.get(Clause, template.id).text = "Otra"
        session.get(Quote, draft.id).introduction = "Hola"
    with database.read() as session:
        assert session.get(QuoteLine, line.id).quantity == 9
        assert session.get(Clause, template.id).text == "Otra"


def test_the_change_and_the_issue_may_be_one_act(database, made):
    with database.write() as session:
        draft, line, _clause = quote(session, made, QuoteState.DRAFT)
    with database.write() as session:
        session.get(QuoteLine, line.id).quantity = Decimal(9)
        row = session.get(Quote, draft.id)
        row.state, row.total = QuoteState.ISSUED, Decimal("1.00")
        session.flush()
        with pytest.raises(UserError, match="cannot change"):
            session.get(QuoteLine, line.id).quantity = Decimal(10)
            session.flush()
        session.rollback()
    with database.read() as session:
        assert session.get(QuoteLine, line.id).quantity == 3, "all of it was taken back"


def test_a_bulk_statement_is_no_way_around(database, made):
    with database.write() as session:
        frozen, _line, _clause = quote(session, made)
    for kind in SYNCED:
        with pytest.raises(RuntimeError, match="escape the journal"), database.write() as session:
            session.execute(update(kind).values(removed_at=NOW))
    with database.read() as session:
        assert session.get(Quote, frozen.id).removed_at is None
