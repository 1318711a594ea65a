"""Lists of articles: families, prices, taxes and variants; again and newer."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select

from app.models.database import Database
from app.models.product import Family, PriceListLine, Product
from app.services.imports import plan, reading
from app.services.imports.plan import ImportPlan
from tests.company import Seeded, seed


@pytest.fixture
def company(database: Database) -> Seeded:
    return seed(database)


def read(database: Database, text: str, **options: Any) -> ImportPlan:
    with database.write() as session:
        return plan.run(session, text.encode(), "tarifa.csv", "products", **options)


def counts(made: ImportPlan) -> tuple[int, int, int, int]:
    return (made.count("add"), made.count("update"), made.count("unchanged"), len(made.refused))


def product(database: Database, reference: str) -> Product:
    with database.read() as session:
        return session.scalars(select(Product).filter_by(reference=reference)).one()


def price(database: Database, product_id: str) -> Decimal:
    with database.read() as session:
        line = session.scalars(select(PriceListLine).filter_by(product_id=product_id)).one()
        return line.price


LIST = (
    "Referencia;Descripción;EAN;Marca;Formato;Familia;PVP;Coste;IVA\n"
    "QS-1;Queso curado;8410000005332;La Cabra;Pieza 3 kg;Quesos;17,45;1.012,30;4 %\n"
)


def test_each_field_of_an_article_arrives(database: Database, company: Seeded) -> None:
    assert counts(read(database, LIST)) == (1, 0, 0, 0)
    cheese = product(database, "QS-1")
    assert (cheese.name, cheese.ean, cheese.brand, cheese.format) == (
        "Queso curado", "8410000005332", "La Cabra", "Pieza 3 kg",
    )  # fmt: skip
    assert (cheese.cost, cheese.tax_kind) == (Decimal("1012.30"), "super_reduced")
    assert price(database, cheese.id) == Decimal("17.45")
    with database.read() as session:
        assert session.get_one(Family, cheese.family_id).name == "Quesos"


def test_again_changes_nothing_and_newer_updates(database: Database, company: Seeded) -> None:
    read(database, LIST)
    assert counts(read(database, LIST)) == (0, 0, 1, 0)
    made = read(database, "Ref;Precio;Nombre\nQS-1;18,20;Queso muy curado\n")
    assert counts(made) == (0, 1, 0, 0)
    assert made.rows[0].notices == ["Its name is now: Queso curado"]
    cheese = product(database, "QS-1")
    assert (cheese.name, price(database, cheese.id)) == ("Queso muy curado", Decimal("18.20"))
    with database.write() as session:
        plan.undo(session, made)
    cheese = product(database, "QS-1")
    assert (cheese.name, price(database, cheese.id)) == ("Queso curado", Decimal("17.45"))


def test_an_article_of_the_catalogue_is_found_by_its_reference(database, company) -> None:
    made = read(database, "Ref;Nombre;Precio\nAC-105;Aceite de oliva virgen extra Picual;39,90\n")
    assert counts(made) == (0, 1, 0, 0)
    assert price(database, company.products[0]) == Decimal("39.90")


def test_variants_take_the_name_of_the_article_above(database: Database, company) -> None:
    text = (
        "name,optionValues,sku,price\nLaptop,13 inch|8GB,L1,1299.00\n,15 inch|8GB,L2,1399.00\n"
        ",,,\nTablet,,T1,329\n,,T1,329\n"
    )
    made = read(database, text)
    assert product(database, "L2").name == "Laptop - 15 inch / 8GB"
    assert [(r.line, r.reason) for r in made.refused] == [
        (6, "The same article stands above, in line 5.")
    ]


@pytest.mark.parametrize(
    ("cell", "expected"),
    [("1299.00", "1299"), ("1.299,00", "1299"), ("0.1234", "0.1234"), ("0,123", "0.123"),
     ("12,3456", "12.3456"), ("17,45 €", "17.45"), ("€5", "5")],
)  # fmt: skip
def test_prices_however_they_are_written(database, company, cell, expected) -> None:
    made = read(database, f'Nombre;Precio\nQueso;"{cell}"\n')
    assert (made.rows[0].values["price"], made.rows[0].notices) == (Decimal(expected), [])


@pytest.mark.parametrize(
    ("title", "cell", "notice"),
    [("Precio", "mucho", "Amount to check: mucho"), ("IVA", "33", "VAT to check: 33"),
     ("EAN", "84100", "Barcode to check: 84100")],
)  # fmt: skip
def test_what_is_odd_comes_in_with_a_notice(database, company, title, cell, notice) -> None:
    made = read(database, f"Nombre;{title}\nQueso;{cell}\n")
    assert (counts(made), made.rows[0].notices) == ((1, 0, 0, 0), [notice])


@pytest.mark.parametrize(
    ("row", "reason"),
    [(";R;", "It has no name."), ("Queso;=A1;", "A cell holds a formula, which is never"),
     (f"Queso;R;{'x' * 20_001}", "A cell holds 20,001 letters")],
)  # fmt: skip
def test_a_row_that_cannot_be_taken_says_why(database, company, row, reason) -> None:
    made = read(database, f"Nombre;Ref;Marca\n{row}\nVino;V1;x\n")
    assert [(r.line, r.reason[: len(reason)]) for r in made.refused] == [(2, reason)]
    assert made.count("add") == 1


def test_how_many_there_are_is_not_how_it_is_packed(database, company) -> None:
    made = read(database, "name,quantity,Discontinued\nQueso,45,1\nVino,6 x 75 cl,0\n")
    assert [row.values.get("format") for row in made.rows] == [None, "6 x 75 cl"]
    assert [row.values["is_active"] for row in made.rows] == [False, True]


def test_a_list_is_taken_for_what_it_holds(database: Database, company: Seeded) -> None:
    for text, kind in ((LIST, "products"), ("Nombre;NIF;Población\nAna;;Alcoi\n", "accounts")):
        assert plan.likely_kind(reading.read(text.encode(), "lista.csv")) == kind
