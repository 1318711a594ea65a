"""The history of a record: who changed what and from where, in words, and any version again."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import insert

from app import i18n
from app.errors import UserError
from app.models.account import Account, Contact, Site
from app.models.activity import VisitReport
from app.models.base import new_id, now
from app.models.change import CHANGE, COMMAND
from app.models.database import Changes, Database
from app.models.quote import Quote, QuoteLine
from app.services import accounts, quote_lines, quotes, record_history, undo, visits
from app.services.record_history import History
from tests.company import Seeded, seed


@pytest.fixture
def made(database: Database) -> Seeded:
    return seed(database)


def history(database: Database, entity: str, row_id: str, **more: int) -> History:
    with database.read() as session:
        return record_history.versions(session, entity, row_id, **more)


def go_back(database: Database, entity: str, row_id: str, command_id: str) -> str:
    with database.write() as session:
        return record_history.return_to(session, entity, row_id, command_id)


def update_account(database: Database, made: Seeded, **values: object) -> None:
    with database.write() as session:
        accounts.update(session, made.account, **values)


def arrive(database: Database, row_id: str, fields: dict[str, list[object]], **by: str) -> None:
    """Write into the history what a sync brought."""
    command = {
        "id": new_id(), "at": datetime(2026, 5, 4, 9, 30, tzinfo=UTC), "standing": "",
        "source": "sync", "user_id": "", "device_id": "",
    } | by  # fmt: skip
    change = {"entity": "account", "row_id": row_id, "kind": "U", "fields": fields}
    with database.apply(Changes()) as connection:
        connection.execute(insert(COMMAND), command)
        connection.execute(insert(CHANGE), {"command_id": command["id"], **change})


def test_a_record_that_never_changed_has_none(database, made):
    found = history(database, "account", made.account)
    assert found == History("Restaurante El Socarrat", "Customer record", [], more=False)


def test_fields_are_told_as_a_person_reads_them_newest_first(database, made):
    i18n.use("es")
    update_account(database, made, credit_limit=Decimal("3500.5"), starred=True, segment_id=None)
    update_account(database, made, name="Bar Nou")
    newest, oldest = history(database, "account", made.account).versions
    assert [(line.label, line.before, line.after) for line in newest.lines] == [
        ("Nombre", "Restaurante El Socarrat", "Bar Nou")
    ]
    assert {(line.before, line.after) for line in oldest.lines} == {
        ("–", "3.500,50\xa0€"), ("No", "Sí"), ("Hostelería", "–"),
    }  # fmt: skip
    assert (newest.is_present, oldest.is_present) == (True, False)
    assert (newest.who, newest.name, newest.where) == ("Tú", "Marta Ferrer", "Este equipo")
    assert now() - newest.at < timedelta(minutes=1)


def test_who_and_where_from_are_said(database, made):
    for by in (
        {"user_id": made.colleague, "device_id": "c" * 32},
        {"user_id": made.user, "device_id": "e" * 32},
        {},
        {"source": "merge", "user_id": made.user},
    ):
        arrive(database, made.account, {"phone": ["1", "2"]}, **by)
    said = [(v.who, v.where) for v in history(database, "account", made.account).versions]
    assert said == [
        ("You", "Joined with changes of the office"), ("The office", "From the office"),
        ("You", "Another computer of yours"), ("Luis Roca", "From another computer"),
    ]  # fmt: skip
    assert history(database, "account", made.account).versions[0].at.year == 2026


def test_parts_are_told_under_their_names_and_positions_as_one(database, made):
    with database.write() as session:
        accounts.update_contact(session, made.contact, job="Cuina")
        accounts.update_site(session, made.site, lat_e6=39_000_000, lon_e6=-400_000)
    with database.write() as session:
        accounts.remove_contact(session, made.contact)
    removed, changed = history(database, "account", made.account).versions
    assert [(line.part, line.label) for line in removed.lines] == [
        ("Contact: Vicent Sanchis", "Removed")
    ]
    assert {(line.part, line.label) for line in changed.lines} == {
        ("Contact: Vicent Sanchis", "Job"), ("Address: C/ de la Fontana, 12, Xàtiva", "Position"),
    }  # fmt: skip


def test_people_of_a_report_are_names(database, made):
    with database.write() as session:
        visit = visits.plan(session, made.account, at=now())
        visits.write_report(session, visit.id)
    with database.write() as session:
        visits.write_report(session, visit.id, contact_ids=frozenset({made.contact}))
    newest = history(database, "activity", visit.id).versions[0]
    assert [line.after for line in newest.lines] == ["Vicent Sanchis"]


def test_what_has_no_name_on_the_screens_is_left_out(database, made):
    arrive(database, made.account, {"external_id": ["", "17"]})
    assert history(database, "account", made.account).versions == []


def test_what_the_customer_should_not_see_is_marked(database, made):
    update_account(database, made, notes="paga tarde", website="https://example.org")
    (version,) = history(database, "account", made.account).versions
    assert {(line.label, line.is_private) for line in version.lines} == {
        ("Notes", True), ("Website", False),
    }  # fmt: skip


def test_there_is_always_more_to_ask_for(database, made):
    for n in range(4):
        update_account(database, made, visit_every_days=n + 1)
    assert history(database, "account", made.account, limit=3).more
    assert not history(database, "account", made.account, limit=4).more


def test_any_version_comes_back_and_goes_again(database, made):
    update_account(database, made, name="Uno")
    with database.write() as session:
        contact = accounts.add_contact(session, made.account, name="Empar")
    update_account(database, made, name="Dos", tags=frozenset({"vip"}))
    arrive(database, made.account, {"phone": ["+34962270001", "9"]})
    with database.apply(Changes()) as connection:
        connection.execute(Account.__table__.update().values(phone="9"))
    with database.write() as session:
        accounts.remove_contact(session, made.contact)
    first = history(database, "account", made.account).versions[-1]
    assert go_back(database, "account", made.account, first.command_id) == "Uno"
    with database.read() as session:
        account = session.get(Account, made.account)
        assert (account.name, account.tags, account.phone) == ("Uno", frozenset(), "+34962270001")
        assert session.get(Contact, made.contact).removed_at is None
        assert session.get(Contact, contact.id).removed_at is not None
        assert session.get(Site, made.site).removed_at is None
    newest = history(database, "account", made.account).versions[0]
    assert newest.where == "Returned to a version"
    with database.write() as session:
        undo.take_back(session, now=now())
    with database.read() as session:
        account = session.get(Account, made.account)
        assert (account.name, account.tags, account.phone) == ("Dos", frozenset({"vip"}), "9")
        assert session.get(Contact, contact.id).removed_at is None


def test_a_quote_comes_back_with_its_lines_and_its_total(database, made):
    today = now().date()
    with database.write() as session:
        quote = quotes.draft(session, made.account, today=today)
        line = quote_lines.add_line(session, quote.id, made.products[0], today=today)
    with database.read() as session:
        total = session.get(Quote, quote.id).total
    with database.write() as session:
        quote_lines.set_line(session, line.id, today=today, quantity=Decimal(9))
    with database.write() as session:
        quote_lines.remove_line(session, line.id)
    first = history(database, "quote", quote.id).versions[-1]
    go_back(database, "quote", quote.id, first.command_id)
    with database.read() as session:
        assert session.get(QuoteLine, line.id).removed_at is None
        assert session.get(Quote, quote.id).total == total


def test_what_is_frozen_says_why_not_and_stays(database, made):
    today = now().date()
    with database.write() as session:
        quote = quotes.draft(session, made.account, today=today)
        quote_lines.add_line(session, quote.id, made.products[0], today=today)
    with database.write() as session:
        quotes.update(session, quote.id, introduction="Hola")
    with database.write() as session:
        quotes.issue(session, quote.id, now=now())
    first = history(database, "quote", quote.id).versions[-1]
    with pytest.raises(UserError, match="issued and cannot change"):
        go_back(database, "quote", quote.id, first.command_id)
    with database.read() as session:
        assert session.get(Quote, quote.id).introduction == "Hola"


def test_an_old_visit_and_a_forgotten_version_say_so(database, made):
    with database.write() as session:
        visit = visits.add_unplanned(session, made.account, now=now())
        visit.done_at = now() - timedelta(days=31)
    with database.write() as session:
        report = VisitReport(activity_id=visit.id, notes="Hola")
        session.add(report)
    version = history(database, "activity", visit.id).versions[-1]
    with pytest.raises(UserError, match="30 days"):
        go_back(database, "activity", visit.id, version.command_id)
    with pytest.raises(UserError, match="not kept"):
        go_back(database, "activity", visit.id, new_id())
