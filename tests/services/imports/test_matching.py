"""Columns find their fields: by titles however they are written, or by what they hold."""

from __future__ import annotations

import pytest

from app.models.database import Database
from app.services.imports import matching, plan, reading
from app.services.imports.rows import LONGEST
from tests.company import seed


@pytest.mark.parametrize(
    ("titles", "kind", "expected"),
    [
        (("N.I.F.", "C.P.", "POBLACIÓN", "RAZON SOCIAL"), "accounts",
         {"tax_id": 0, "postcode": 1, "city": 2, "name": 3}),
        (("BillingCity", "billing_street", "Billing Postal Code", "Name"), "accounts",
         {"city": 0, "street": 1, "postcode": 2, "name": 3}),
        (("Nombre", "Apellidos", "Organización"), "accounts",
         {"first_name": 0, "last_name": 1, "name": 2}),
        (("Name", "Company"), "accounts", {"contact": 0, "name": 1}),
        (("Razón social", "Nombre comercial"), "accounts", {"legal_name": 0, "name": 1}),
        (("Cliente", "Tel"), "accounts", {"name": 0, "phone": 1}),
        (("Código", "Descripción", "PVP"), "products", {"reference": 0, "name": 1, "price": 2}),
        (("name", "description"), "products", {"name": 0, "description": 1}),
        (("Tel", "Tel"), "accounts", {"phone": 0}),
        (("qué", "", "más"), "accounts", {}),
    ],
)  # fmt: skip
def test_titles(titles, kind, expected) -> None:
    assert matching.match(titles, kind) == expected


def test_a_list_without_titles_is_known_by_what_it_holds(database: Database) -> None:
    seed(database)
    text = "Ana Ruiz,ana@x.es,962 840 100,7\nLuis Roca,luis@x.es,962 840 101,7\n"
    source = reading.read(text.encode(), "lista.csv")
    assert plan.guess(source, "accounts") == {"name": 0, "email": 1, "phone": 2}
    goods = reading.read(b"8410000005332,Natillas\n8400016470026,Fideos\n", "lista.csv")
    assert plan.guess(goods, "products") == {"ean": 0, "name": 1}
    assert plan.likely_kind(goods) == "products"
    with database.read() as session:
        made = plan.plan(session, source, "accounts")
    assert [(row.line, row.title) for row in made.rows] == [(1, "Ana Ruiz"), (2, "Luis Roca")]


def test_empty_columns_without_titles_are_nothing() -> None:
    assert matching.by_content([], "accounts") == {}
    assert matching.by_content([(1, ("", "x"))], "accounts") == {}


def test_long_and_spoilt_names(database: Database) -> None:
    seed(database)
    rows = [f"{'x' * 300};a", "N\ufffdria;b", "Uno;c\ufffd", f"Dos;{'z' * (LONGEST + 1)}"]
    text = "\n".join(["Nombre;Notas", *rows])
    source = reading.read(text.encode(), "lista.csv", encoding="utf-8")
    with database.read() as session:
        made = plan.plan(session, source, "accounts")
    assert [(row.line, row.notices) for row in made.rows] == [
        (2, ["Name cut to 200 letters"]), (4, ["Letters to check: c\ufffd"]),
    ]  # fmt: skip
    assert [r.line for r in made.refused] == [3, 5]


def test_a_single_column_without_names_asks_for_the_delimiter(database: Database) -> None:
    source = reading.read(b"Correo\nana@x.es\n", "lista.csv")
    with database.read() as session, pytest.raises(Exception, match="check the delimiter"):
        plan.plan(session, source, "accounts")
