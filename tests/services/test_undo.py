"""What the user did is taken back and done again, whatever it was and whoever came between."""

import secrets
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select, update

from app.models import change
from app.models.account import Account, Contact
from app.models.base import new_id, now
from app.models.change import Change, Command
from app.models.database import Changes, Database
from app.models.journal import Operation
from app.models.quote import Quote
from app.services import accounts, quote_documents, quote_lines, quotes, syncing, undo, visits
from app.services.undo import NotUndoneError, TakenBack
from app.sync.protocol import EnrolAnswer
from tests.company import Seeded, seed

TODAY = now().date()


@pytest.fixture
def made(database: Database) -> Seeded:
    return seed(database)


def back(database: Database, command_id: str = "") -> TakenBack | None:
    with database.write() as session:
        return undo.take_back(session, command_id, now=now())


def again(database: Database) -> TakenBack | None:
    with database.write() as session:
        return undo.redo(session, now=now())


def account(database: Database, made: Seeded) -> Account:
    with database.read() as session:
        return session.get(Account, made.account)


def waiting(database: Database) -> list[str]:
    with database.read() as session:
        return [op.kind for op in session.scalars(select(Operation).order_by(Operation.number))]


def set_account(database: Database, made: Seeded, **values: object) -> None:
    with database.write() as session:
        accounts.update(session, made.account, **values)


def office(database: Database, made: Seeded, entity: str, row_id: str, **values: object) -> None:
    """Write as the sync does: by Core, with the change of an author who is not here."""
    table = {"account": Account.__table__, "contact": Contact.__table__}[entity]
    with database.apply(Changes()) as connection:
        before = connection.execute(select(table).where(table.c.id == row_id)).mappings().one()
        connection.execute(update(table).where(table.c.id == row_id).values(values))
        id_ = new_id()
        connection.execute(
            change.COMMAND.insert().values(
                id=id_, at=now(), source="sync", user_id=made.colleague, device_id="", standing=""
            )
        )
        fields = {name: [before[name], value] for name, value in values.items()}
        connection.execute(
            change.CHANGE.insert().values(
                command_id=id_, entity=entity, row_id=row_id, kind="U", fields=fields
            )
        )


def test_nothing_done_is_nothing_to_undo(database, made):
    assert back(database) is None
    assert again(database) is None


def test_a_change_is_taken_back_in_words_and_leaves_nothing_to_send(database, made):
    set_account(database, made, phone="+34 962 27 00 09")
    assert back(database).words == "Phone of Restaurante El Socarrat"
    assert account(database, made).phone == "+34962270001"
    assert waiting(database) == []
    assert again(database).words == "Phone of Restaurante El Socarrat"
    assert account(database, made).phone != "+34962270001"
    assert waiting(database) == ["U"]


def test_what_was_sent_is_answered_by_a_new_change(database, made):
    set_account(database, made, name="Bar Nou")
    with database.write() as session:
        session.execute(update(Operation).values(state="acked"))
    back(database)
    with database.read() as session:
        last = session.scalars(select(Operation).order_by(Operation.number.desc())).first()
    assert last.fields == {"name": {"b": "Bar Nou", "v": "Restaurante El Socarrat"}}


def test_what_was_added_goes_and_comes_back_and_what_was_removed_too(database, made):
    with database.write() as session:
        contact = accounts.add_contact(session, made.account, name="Empar")
    with database.write() as session:
        accounts.remove_contact(session, made.contact)
    assert back(database).words == "Vicent Sanchis · Restaurante El Socarrat removed"
    assert back(database).words == "Empar · Restaurante El Socarrat added"
    with database.read() as session:
        assert session.get(Contact, made.contact).removed_at is None
        assert session.get(Contact, contact.id).removed_at is not None
    assert waiting(database) == []
    again(database)
    again(database)
    with database.read() as session:
        assert session.get(Contact, made.contact).removed_at is not None
        assert session.get(Contact, contact.id).removed_at is None
    assert waiting(database) == ["I", "D"]


def test_a_new_deed_ends_what_could_be_done_again(database, made):
    set_account(database, made, name="Bar Nou")
    back(database)
    set_account(database, made, website="https://example.org")
    assert again(database) is None


def test_what_a_colleague_changed_since_is_kept_and_named(database, made):
    set_account(database, made, name="Bar Nou", sector="bar")
    office(database, made, "account", made.account, name="Bar Nou de Xàtiva")
    outcome = back(database)
    assert outcome.kept == ["Name"]
    found = account(database, made)
    assert (found.name, found.sector) == ("Bar Nou de Xàtiva", "")


def test_where_all_was_changed_since_nothing_is_and_it_is_said(database, made):
    set_account(database, made, name="Bar Nou")
    office(database, made, "account", made.account, name="Bar Nou de Xàtiva")
    with pytest.raises(NotUndoneError, match="Name was changed since"):
        back(database)
    assert account(database, made).name == "Bar Nou de Xàtiva"
    with database.write() as session:
        undo.pass_over(session, undo.last(session, now=now()))
    assert back(database) is None


def test_a_row_that_a_colleague_works_on_is_not_taken_away(database, made):
    with database.write() as session:
        contact = accounts.add_contact(session, made.account, name="Empar")
    office(database, made, "contact", contact.id, job="Cuina")
    with pytest.raises(NotUndoneError, match="Empar"):
        back(database)
    with database.read() as session:
        assert session.get(Contact, contact.id).removed_at is None


def test_what_the_office_wrote_is_never_on_the_stack(database, made):
    office(database, made, "account", made.account, name="Bar Nou")
    assert back(database) is None


def test_tags_are_taken_back_one_by_one(database, made):
    set_account(database, made, tags=frozenset({"vip"}))
    set_account(database, made, name="Bar Nou")
    set_account(database, made, tags=frozenset({"vip", "terraza"}))
    with database.read() as session:
        first = session.scalars(select(Command.id).order_by(Command.n)).first()
    back(database, first)
    assert account(database, made).tags == {"terraza"}


def test_another_enrolment_ends_what_could_be_undone(database, made):
    set_account(database, made, name="Bar Nou")
    answer = EnrolAnswer(
        tenant=new_id(), company="Otra", device=new_id(), user=made.colleague, user_name="Luis",
        series="B1", epoch=new_id(), refresh="r", access="a", expires=0,
    )  # fmt: skip
    with database.write() as session:
        syncing.enrolled(session, answer, "https://example.org")
    assert back(database) is None


def test_a_month_ago_is_too_long_ago(database, made):
    set_account(database, made, name="Bar Nou")
    with database.write() as session:
        assert undo.take_back(session, now=now() + timedelta(days=31)) is None


def quote_with_line(database: Database, made: Seeded) -> tuple[str, str]:
    with database.write() as session:
        quote = quotes.draft(session, made.account, today=TODAY)
        line = quote_lines.add_line(session, quote.id, made.products[0], today=TODAY)
        session.flush()
        session.execute(delete(Change))
        session.execute(delete(Command))
    return quote.id, line.id


def test_a_quote_amounts_to_its_lines_whichever_is_taken_back(database, made):
    quote_id, line_id = quote_with_line(database, made)
    with database.write() as session:
        total = session.get(Quote, quote_id).total
        quote_lines.set_line(session, line_id, today=TODAY, quantity=Decimal(7))
    with database.write() as session:
        quote_lines.add_line(session, quote_id, made.products[1], today=TODAY)
    with database.read() as session:
        first = session.scalars(select(Command.id).order_by(Command.n)).first()
        more = session.get(Quote, quote_id).total
    assert back(database, first).kept == []
    with database.read() as session:
        now_ = session.get(Quote, quote_id).total
    assert total < now_ < more
    back(database)
    with database.read() as session:
        assert session.get(Quote, quote_id).total == total


def test_an_issued_number_and_a_signature_say_what_to_do_instead(database, made):
    quote_id, _line_id = quote_with_line(database, made)
    with database.write() as session:
        quotes.issue(session, quote_id, now=now())
    with pytest.raises(NotUndoneError, match="issued") as refused:
        back(database)
    assert refused.value.hint == "Make a new version of it."
    with database.write() as session:
        undo.pass_over(session, refused.value.command_id)
        quote_documents.sign(
            session, quote_id, signer="Vicent", tax_id="12345678Z", strokes=[[[0, 0], [9, 9]]],
            pdf=b"%PDF", at=now(),
        )  # fmt: skip
    with pytest.raises(NotUndoneError, match="signature"):
        back(database)


def test_a_logged_visit_and_its_follow_up_are_one_deed(database, made):
    with database.write() as session:
        visit = visits.plan(session, made.account, at=now())
    with database.write() as session:
        logged = visits.log(session, visit.id, outcome="follow_up", now=now())
    assert logged.follow_up_id
    back(database)
    with database.read() as session:
        assert visits.get(session, visit.id).state == "planned"
        assert session.get(type(visit), logged.follow_up_id).removed_at is not None


FIELDS = {
    "name": st.text("abc", min_size=1), "notes": st.text("abc\n"), "starred": st.booleans(),
    "tags": st.frozensets(st.sampled_from(["a", "b", "c"])),
    "visit_every_days": st.none() | st.integers(1, 90),
    "credit_limit": st.none() | st.decimals(0, 9999, places=2),
}  # fmt: skip
edits = st.lists(
    st.dictionaries(st.sampled_from(sorted(FIELDS)), st.none(), min_size=1, max_size=3).flatmap(
        lambda chosen: st.fixed_dictionaries({name: FIELDS[name] for name in chosen})
    ),
    max_size=6,
)


@settings(max_examples=25)
@given(edits)
def test_edits_taken_back_in_turn_give_the_first_state_and_again_the_last(sequence):
    with TemporaryDirectory() as folder:
        database = Database(Path(folder) / "a.sqlite", secrets.token_bytes(32))
        made = seed(database)

        def state() -> dict[str, object]:
            found = account(database, made)
            return {name: getattr(found, name) for name in FIELDS}

        first = state()
        for values in sequence:
            with database.write() as session:
                row = session.get(Account, made.account)
                for name, value in values.items():
                    setattr(row, name, value)
        last = state()
        while back(database) is not None:
            pass
        assert state() == first
        assert waiting(database) == []
        while again(database) is not None:
            pass
        assert state() == last
        database.close()
