"""What waits, what was rejected, what is here: counted in the journal, named for a person."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from app import i18n
from app.models.account import Account, Contact
from app.models.activity import Activity
from app.models.database import Database
from app.models.document import Document
from app.models.journal import Operation
from app.models.quote import Quote
from app.models.route import RoutePlan
from app.models.sync_state import (
    FileQueueEntry,
    ParkedOperation,
    RowMeta,
    SyncRun,
    SyncState,
)
from app.services import field_labels, row_titles, syncing
from app.sync.catalogue import CATALOGUE
from app.sync.protocol import EnrolAnswer
from tests.company import Seeded, seed


@pytest.fixture
def company(database: Database) -> Seeded:
    return seed(database)


def answer(**more) -> EnrolAnswer:
    values = {
        "tenant": "a" * 32, "company": "Bodega", "device": "b" * 32, "user": "c" * 32,
        "user_name": "Marta", "series": "A1", "epoch": "e" * 32, "refresh": "r", "access": "t",
        "expires": 0,
    }  # fmt: skip
    return EnrolAnswer(**{**values, **more})


def test_what_waits_is_named_and_counted(database: Database, company: Seeded):
    with database.write() as session:
        session.get(Account, company.account).phone = "600"
        session.get(Contact, company.contact).removed_at = datetime(2026, 3, 2, tzinfo=UTC)
    with database.write() as session:
        session.add(Activity(kind="visit", account_id=company.account, owner_id=company.user))
    with database.read() as session:
        waiting = syncing.pending(session)
        status = syncing.status(session)
    assert waiting.operations == status.operations == 3
    assert [(row.title.kind, row.title.words, row.what) for row in waiting.rows] == [
        ("Visit", "Restaurante El Socarrat", "added"),
        ("Contact", "Vicent Sanchis · Restaurante El Socarrat", "removed"),
        ("Customer record", "Restaurante El Socarrat", "changed"),
    ]
    assert {row.title.screen for row in waiting.rows} == {"visit", "customer"}


def test_files_wait_with_what_is_left_of_them(database: Database, company: Seeded):
    with database.write() as session:
        session.add(
            Document(
                name="Fachada", kind="photo", mime="image/jpeg", sha256="ab", size=900,
                account_id=company.account,
            )
        )  # fmt: skip
        session.add(
            FileQueueEntry(sha256="ab", direction="up", state="sending", size=900, offset=300)
        )
        session.add(FileQueueEntry(sha256="cd", direction="up", state="stored", size=5))
    with database.read() as session:
        waiting = syncing.pending(session)
    assert waiting.bytes == 600
    [file] = waiting.files
    assert (file.title.kind, file.title.words) == ("Photo", "Fachada · Restaurante El Socarrat")


def test_rejected_changes_say_what_was_written(database: Database, company: Seeded):
    payload = {"k": "U", "f": {"phone": {"b": "1", "v": "600"}, "starred": {"b": True, "v": False}}}
    with database.write() as session:
        session.add(
            ParkedOperation(
                device_id="d" * 32, op_no=4, op_id="f" * 32, entity="account",
                row_id=company.account, reason="role", payload=payload, root="D:" + "d" * 32,
            )
        )  # fmt: skip
    with database.read() as session:
        [rejected] = syncing.rejected(session)
        assert syncing.to_review(session) == 1
    assert rejected.title.words == "Restaurante El Socarrat"
    assert (rejected.reason, rejected.values) == ("role", [("Phone", "600")])


def test_enrolling_again_keeps_what_was_not_sent_under_new_numbers(
    database: Database, company: Seeded
):
    with database.write() as session:
        session.get(Account, company.account).phone = "600"
    with database.write() as session:
        operation = session.scalars(select(Operation)).one()
        operation.state = "acked"
        session.add(RowMeta(entity="account", row_id=company.account, version=3))
    for grade in "BC":
        with database.write() as session:
            session.get(Account, company.account).grade = grade
            session.add(Contact(account_id=company.account, name=grade))
    with database.write() as session:
        syncing.enrolled(session, answer(), "https://crm.example")
    with database.read() as session:
        state = session.get(SyncState, 1)
        numbers = session.scalars(select(Operation.number).order_by(Operation.number)).all()
        assert session.scalars(select(RowMeta)).all() == [], "another company's versions"
    assert numbers == [1, 2, 3]
    assert (state.last_op_no, state.series, state.server_url) == (3, "A1", "https://crm.example")


def test_the_first_device_of_an_empty_database(database: Database):
    with database.write() as session:
        syncing.enrolled(session, answer(), "https://crm.example")
    with database.read() as session:
        status = syncing.status(session)
        contents = syncing.contents(session)
    assert status.is_connected
    assert (status.operations, status.files, status.last_ok_at) == (0, 0, None)
    assert dict(contents.tables)["account"] == 0


def test_contents_and_history(database: Database, company: Seeded):
    with database.write() as session:
        for hour in (8, 9):
            session.add(SyncRun(started_at=datetime(2026, 3, 2, hour, tzinfo=UTC), sent=hour))
    with database.read() as session:
        contents = dict(syncing.contents(session).tables)
        runs = syncing.history(session)
    assert (contents["account"], contents["product"]) == (1, 6)
    assert [run.sent for run in runs] == [9, 8]


def test_every_kind_of_record_has_a_name_in_both_languages():
    for language in ("en", "es"):
        i18n.use(language)
        names = [field_labels.entity_name(entity) for entity in CATALOGUE]
        assert len(set(names)) == len(names)
        assert field_labels.entity_name("of_the_future") not in names
        for entity, known in CATALOGUE.items():
            for field in known.fields:
                assert field_labels.label(entity, field)


def test_titles_lead_to_the_screen_of_the_record(database: Database, company: Seeded):
    day = datetime(2026, 3, 2, tzinfo=UTC).date()
    with database.write() as session:
        quote = Quote(account_id=company.account, owner_id=company.user, number="Q26-K7-00001")
        plan = RoutePlan(
            user_id=company.user, day=day, start_label="", start_lat_e6=0, start_lon_e6=0,
            end_label="", end_lat_e6=0, end_lon_e6=0, leave_s=0, end_s=0,
        )  # fmt: skip
        session.add_all([quote, plan])
    with database.read() as session:
        title = row_titles.title(session, "quote", quote.id)
        route = row_titles.title(session, "route_plan", plan.id)
        site = row_titles.title(session, "site", company.site)
        gone = row_titles.title(session, "visit_report", "0" * 32)
        unknown = row_titles.title(session, "of_the_future", "0" * 32)
    assert title.words == "Q26-K7-00001 · Restaurante El Socarrat"
    assert (title.screen, title.screen_id) == ("quote", quote.id)
    assert (route.screen, route.screen_id) == ("routes", "2026-03-02")
    assert site.words == "C/ de la Fontana, 12, Xàtiva · Restaurante El Socarrat"
    assert (gone.words, gone.screen) == ("Visit report", "")
    assert unknown.words == "Record"


@pytest.mark.parametrize(
    ("entity", "field", "value", "text"),
    [
        ("account", "phone", "600 000 415", "600 000 415"),
        ("account", "phone", "", "–"),
        ("account", "credit_limit", "1200.50", "€1,200.50"),
        ("account", "starred", True, "Yes"),
        ("account", "tags", ["terraza", "vip"], "terraza, vip"),
        ("account", "since_on", "2026-03-02", "02/03/2026"),
        ("account", "of_the_future", "x", "x"),
        ("quote", "general_discount", "8+2", "8% + 2%"),
        ("quote", "state", "signed", "Signed"),
        ("quote_line", "unit_price", "3.1234", "€3.1234"),
        ("quote_line", "quantity", "2.500", "2.5"),
        ("user", "discount_limit", "8.00", "8%"),
        ("account", "visit_every_days", 28, "28"),
        ("working_hours", "leave_s", 30600, "8:30"),
        ("account", "credit_limit", "not a number", "not a number"),
    ],
)
def test_values_are_written_as_a_person_reads_them(
    database: Database, entity: str, field: str, value: object, text: str
):
    with database.read() as session:
        assert field_labels.value_text(session, entity, field, value) == text


def test_references_are_written_by_name(database: Database, company: Seeded):
    with database.read() as session:
        said = field_labels.value_text(session, "account", "segment_id", company.segment)
        gone = field_labels.value_text(session, "account", "segment_id", "0" * 32)
        moment = field_labels.value_text(session, "activity", "done_at", 1_772_445_600_000)
    assert (said, gone) == ("Hostelería", "–")
    assert "11:00" in moment
