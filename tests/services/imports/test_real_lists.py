"""Lists that other programs have exported are understood without anybody's help."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from sqlalchemy import func, select

from app.errors import UserError
from app.models.account import Account, Site
from app.models.database import Database
from app.services.imports import plan, reading
from app.services.imports.plan import ImportPlan
from tests.company import seed

PLACES = "portfolio/prospects_andorra_2025.csv"
SYNTHETIC = "crm-exports/synthetic"


@pytest.fixture
def company(database: Database) -> Database:
    seed(database)
    return database


def read(database: Database, file: Path, kind: str = "accounts") -> ImportPlan:
    source = reading.read_file(file)
    with database.write() as session:
        return plan.carry_out(session, source, kind)


def counts(made: ImportPlan) -> tuple[int, int, int, int]:
    return (made.count("add"), made.count("update"), made.count("unchanged"), len(made.refused))


def test_a_thousand_places_come_in_with_positions_and_hours(company, shared_data) -> None:
    begun = time.perf_counter()
    made = read(company, shared_data / PLACES)
    assert time.perf_counter() - begun < 15, "3 s are promised; a busy machine may take longer"
    assert counts(made) == (1000, 0, 0, 0)
    with company.read() as session:
        sites = session.scalars(select(Site).filter_by(country="AD")).all()
        exact = sum(site.position_quality == "exact" for site in sites)
        hours = sum(bool(site.opening_hours) for site in sites)
        phones = session.scalar(select(func.count()).where(Account.phone.startswith("+376")))
    assert (exact, hours) == (1000, 116)
    assert phones is not None
    assert phones > 190
    assert counts(read(company, shared_data / PLACES)) == (0, 0, 1000, 0)


def test_a_newer_list_of_the_same_places_updates_them(company, shared_data) -> None:
    assert counts(read(company, shared_data / "portfolio/prospects_andorra_2013.csv"))[0] == 135
    added, updated, unchanged, refused = counts(read(company, shared_data / PLACES))
    assert (added + updated + unchanged, refused) == (1000, 0)
    assert updated > 40
    with company.read() as session:
        ids = select(func.count(Account.external_id.distinct())).where(Account.external_id != "")
        assert session.scalar(ids) == added + 135


@pytest.mark.parametrize(
    ("name", "encoding", "delimiter"),
    [
        ("double_encoded_mojibake_sep_line.csv", "utf-8", ";"),
        ("erp_clientes_cp1252_semicolon_decimalcomma.csv", "cp1252", ";"),
        ("excel_unicode_text_utf16le_tab.txt", "utf-16", "\t"),
        ("google_contacts_2024_format_es_labels.csv", "utf-8", ","),
        ("outlook_es_cp1252.csv", "cp1252", ","),
        ("suitecrm_accounts_cp1252_semicolon.csv", "cp1252", ";"),
        ("suitecrm_accounts_utf8_comma.csv", "utf-8", ","),
        ("thunderbird_es_utf8.csv", "utf-8", ","),
        ("vtiger54_accounts.csv", "utf-8", ","),
        ("zoho_leads.csv", "utf-8", ","),
    ],
)
def test_one_list_from_ten_programs(company, shared_data, name, encoding, delimiter) -> None:
    file = shared_data / SYNTHETIC / name
    source = reading.read_file(file)
    assert (source.encoding, source.delimiter, len(source.rows)) == (encoding, delimiter, 40)
    made = read(company, file)
    assert counts(made) == ((38, 0, 0, 2) if name.startswith("erp") else (40, 0, 0, 0))
    first, *_others = made.rows
    assert (first.title, first.values["phone"]) == ("Hotel Magic Ski", "+376734900")
    assert first.values["country"] == "AD"
    if "street" in first.values:
        assert "Avinguda del Ravell" in first.values["street"]
    words = " ".join(str(value) for row in made.rows for value in row.values.values())
    assert not {"Ã", "Â", "\ufffd", "&amp;"} & set(words.split()), "no letters are spoilt"
    assert "Ã" not in words
    again = read(company, file)
    assert counts(again)[:2] == (0, 0)


def test_ten_exports_of_one_portfolio_are_one_portfolio(company, shared_data) -> None:
    for file in sorted((shared_data / SYNTHETIC).iterdir()):
        read(company, file)
    with company.read() as session:
        names = session.scalar(select(func.count(Account.name.distinct())))
        rows = session.scalar(select(func.count()).select_from(Account))
    assert names is not None
    assert rows is not None
    assert rows - names <= 1, "hardly anybody is there twice"


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("atomiccrm_contacts_export.csv", (1, 1, 0, 0)), ("krayin_persons.csv", (2, 0, 0, 0)),
        ("mautic_10contacts.csv", (7, 3, 0, 0)), ("mautic_fakecompanydata.csv", (4, 0, 0, 0)),
        ("mautic_fakeleaddata.csv", (50, 0, 0, 4)), ("odoo_m2m_customers_tags.csv", (5, 0, 0, 0)),
        ("odoo_o2m_customers_contacts.csv", (4, 4, 0, 0)), ("odoo_res.partner.csv", (2, 4, 0, 0)),
        ("rolomind_custom.csv", (4, 0, 0, 0)), ("rolomind_linkedin.csv", (5, 0, 0, 0)),
        ("rolomind_rolodex.csv", (4, 0, 0, 0)), ("roundcube_all.csv", (1, 0, 0, 0)),
        ("roundcube_tb_plain.csv", (1, 0, 0, 0)), ("salesforce_Account.csv", (18, 0, 0, 0)),
    ],
)  # fmt: skip
def test_exports_of_other_programs(company, shared_data, name, expected) -> None:
    file = shared_data / "crm-exports/csv" / name
    assert counts(read(company, file)) == expected
    assert counts(read(company, file))[:2] == (0, 0), "again changes nothing"


def test_what_names_nobody_says_so(company, shared_data) -> None:
    for name in ("roundcube_email.csv", "roundcube_outlook.csv", "krayin_leads.csv"):
        with pytest.raises(UserError, match="looks like a name"):
            read(company, shared_data / "crm-exports/csv" / name)


def test_contacts_of_salesforce_find_their_accounts(company, shared_data) -> None:
    folder = shared_data / "crm-exports/csv"
    read(company, folder / "salesforce_Account.csv")
    assert counts(read(company, folder / "salesforce_Contact.csv")) == (0, 25, 0, 0)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("catalogue/northwind/Products.csv", (77, 0, 0, 0)),
        ("catalogue/openfoodfacts/off_spain.csv", (1000, 0, 0, 0)),
        ("catalogue/openfoodfacts/off_products.csv", (1464, 0, 0, 0)),
        ("catalogue/vendure/products.csv", (86, 0, 0, 2)),
        ("catalogue/vendure/variants_flat.csv", (86, 0, 0, 2)),
        ("crm-exports/csv/krayin_products.csv", (10, 0, 0, 0)),
        ("crm-exports/csv/odoo_External_id_products.csv", (5, 0, 0, 0)),
    ],
)
def test_catalogues(company, shared_data, name, expected) -> None:
    file = shared_data / name
    assert plan.likely_kind(reading.read_file(file)) == "products"
    assert counts(read(company, file, "products")) == expected
    assert counts(read(company, file, "products"))[:2] == (0, 0), "again changes nothing"


def test_suppliers_and_shippers_with_the_same_numbers(company, shared_data) -> None:
    folder = shared_data / "catalogue/northwind"
    for name, rows in (("Customers", 93), ("Suppliers", 29), ("Shippers", 3)):
        assert counts(read(company, folder / f"{name}.csv")) == (rows, 0, 0, 0)
