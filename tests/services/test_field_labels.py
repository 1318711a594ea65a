"""Every record and field that a person may meet has a name in both languages, and so its values."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from app import i18n
from app.models.account import AccountKind, PositionQuality
from app.models.activity import ActivityKind, ActivityState, Outcome
from app.models.entities import SYNCED
from app.models.expense import ExpenseKind, ReportState
from app.models.quote import QuoteState
from app.models.wire import encode, fields_of
from app.services import field_labels
from tests.company import seed

# what the program keeps for itself: nobody types it, and it is shown only under a general word
TECHNICAL = {
    "account": {"external_source", "external_id"},
    "activity": {"rule", "about_id"},
    "visit_report": {"activity_id"},
    "working_hours": {"start_lat_e6", "start_lon_e6", "end_lat_e6", "end_lon_e6"},
    "quote": {
        "activity_id", "series", "year", "counter", "revises_id", "pdf_document_id",
    },
    "quote_line": {"quote_id", "kind", "price_source"},
    "clause": {"quote_id"},
    "signature": {"quote_id", "strokes", "pdf_sha256", "device_id", "clauses_shown"},
    "route_plan": {
        "start_lat_e6", "start_lon_e6", "end_lat_e6", "end_lon_e6", "end_s", "lunch_at_s",
        "drive_s", "drive_m", "last_drive_s", "last_drive_m", "travel_quality",
    },
    "route_stop": {
        "route_plan_id", "activity_id", "arrive_s", "start_s", "drive_s", "drive_m", "wait_s",
    },
    "expense_report": {"pdf_document_id"},
    "expense": {"report_id", "activity_id", "route_plan_id", "is_automatic"},
    "document": {"mime", "sha256", "about", "about_id", "is_received", "thumbnail"},
    "invoice_line": {"invoice_id"},
    "receivable": {"invoice_id"},
}  # fmt: skip
FROM_THE_SERVER = {"conflict", "parked_operation"}  # shown by screens of their own
ALIKE = {"Sector", "Total", "Hotel", "Material"}  # the same word in both languages
ENTITIES = [entity for entity in SYNCED if entity.__tablename__ not in FROM_THE_SERVER]


def names(entity):
    technical = TECHNICAL.get(entity.__tablename__, set())
    return [field.name for field in fields_of(entity) if field.name not in technical]


@pytest.mark.parametrize("entity", ENTITIES, ids=lambda entity: entity.__tablename__)
def test_every_field_has_a_name_of_its_own_in_both_languages(entity):
    table = entity.__tablename__
    for name in names(entity):
        assert field_labels.is_named(table, name), name
        english = field_labels.label(table, name)
        with i18n.speaking("es"):
            spanish = field_labels.label(table, name)
        assert english != name
        assert spanish != english or english in ALIKE, english
        assert spanish[0].isupper(), spanish
        assert english[0].isupper(), english


def test_what_is_technical_exists_and_has_the_general_word():
    known = {entity.__tablename__: {f.name for f in fields_of(entity)} for entity in SYNCED}
    for table, technical in TECHNICAL.items():
        assert technical <= known[table], table
        for name in technical:
            assert not field_labels.is_named(table, name), f"{table}.{name} is named: test it"
            assert field_labels.label(table, name) == "Detail"
    assert field_labels.label("of_the_future", "whatever") == "Detail"


def test_every_kind_of_record_has_a_name_in_both_languages():
    english = {entity.__tablename__: field_labels.entity_name(entity.__tablename__)
               for entity in SYNCED}  # fmt: skip
    with i18n.speaking("es"):
        spanish = {table: field_labels.entity_name(table) for table in english}
        assert field_labels.entity_name("of_the_future") == "Ficha"
    assert "Record" not in english.values()
    assert len(set(english.values())) == len(english), "no two kinds are called the same"
    assert all(spanish[table] != english[table] for table in english)


@pytest.mark.parametrize("states", [ActivityState, Outcome, QuoteState, ReportState])
def test_every_state_has_a_word(database, states):
    made = seed(database)
    assert made
    field = "outcome" if states is Outcome else "state"
    entity = {ActivityState: "activity", Outcome: "activity", QuoteState: "quote",
              ReportState: "expense_report"}[states]  # fmt: skip
    with database.read() as session:
        for state in states:
            english = field_labels.value_text(session, entity, field, state.value)
            with i18n.speaking("es"):
                spanish = field_labels.value_text(session, entity, field, state.value)
            assert english != state.value
            assert spanish not in {state.value, english}


@pytest.mark.parametrize(
    ("entity", "field", "kinds"),
    [
        ("account", "kind", AccountKind), ("activity", "kind", ActivityKind),
        ("expense", "kind", ExpenseKind), ("site", "position_quality", PositionQuality),
    ],
)  # fmt: skip
def test_every_kind_has_a_word(database, entity, field, kinds):
    with database.read() as session:
        for kind in kinds:
            english = field_labels.value_text(session, entity, field, kind.value)
            with i18n.speaking("es"):
                spanish = field_labels.value_text(session, entity, field, kind.value)
            assert english != kind.value
            assert spanish not in {"", kind.value}
            assert spanish != english or english in ALIKE, english


VALUES = [
    ("account", "phone", "", "–", "–"),
    ("account", "tags", frozenset(), "–", "–"),
    ("account", "tags", frozenset({"b", "a"}), "a, b", "a, b"),
    ("account", "starred", True, "Yes", "Sí"),
    ("account", "starred", False, "No", "No"),
    ("account", "credit_limit", Decimal("1234.50"), "€1,234.50", "1.234,50\u00a0€"),
    ("account", "credit_limit", None, "–", "–"),
    ("account", "since_on", date(2026, 3, 2), "02/03/2026", "02/03/2026"),
    ("account", "visit_every_days", 28, "28", "28"),
    ("quote_line", "unit_price", Decimal("38.9"), "€38.9000", "38,9000\u00a0€"),
    ("quote_line", "quantity", Decimal("1.5"), "1.5", "1,5"),
    ("quote_line", "discount", (Decimal(8), Decimal(2)), "8% + 2%", "8\u00a0% + 2\u00a0%"),
    ("quote_line", "tax_rate", Decimal("5.2"), "5.2%", "5,2\u00a0%"),
    ("working_hours", "leave_s", 8 * 3600 + 1800, "8:30", "8:30"),
    ("activity", "done_at", datetime(2026, 11, 19, 10, 28, tzinfo=UTC), "Thu 19 Nov, 11:28",
     "jue 19 nov, 11:28"),
]  # fmt: skip


@pytest.mark.parametrize(("table", "name", "value", "english", "spanish"), VALUES)
def test_values_are_written_as_people_read_them(database, table, name, value, english, spanish):
    known = field_labels.field_of(table, name)
    wire = encode(known, value)
    with database.read() as session:
        assert field_labels.value_text(session, table, name, wire) == english
        with i18n.speaking("es"):
            assert field_labels.value_text(session, table, name, wire) == spanish


def test_references_are_names_and_what_is_not_understood_stays_itself(database):
    made = seed(database)
    with database.read() as session:

        def text(table, name, value):
            return field_labels.value_text(session, table, name, value)

        assert text("account", "owner_id", made.colleague) == "Luis Roca"
        assert text("account", "owner_id", "f" * 32) == "–"
        assert text("contact", "account_id", made.account) == "Restaurante El Socarrat"
        assert text("visit_report", "next_on", "not a day") == "not a day"
        assert text("account", "of_the_future", {"a": 1}) == "{'a': 1}"
    assert field_labels.field_of("of_the_future", "x") is None
    assert field_labels.mapped("of_the_future") is None
