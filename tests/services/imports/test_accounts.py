"""Lists of accounts: what is recognised, cleaned, updated, refused, undone."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import func, select

from app.errors import UserError
from app.models.account import Account, Contact, Site
from app.models.database import Database
from app.models.journal import Operation
from app.services.imports import plan, reading
from app.services.imports.plan import ImportPlan
from app.services.imports.rows import CREATE, SKIP, Cancelled, Choices
from tests.company import Seeded, seed


@pytest.fixture
def company(database: Database) -> Iterator[Seeded]:
    return seed(database)


def read(database: Database, text: str, **options: Any) -> ImportPlan:
    """Import a list and return the report."""
    source = reading.read(text.encode(), "lista.csv")
    with database.write() as session:
        return plan.carry_out(session, source, "accounts", **options)


def look(database: Database, text: str, **options: Any) -> ImportPlan:
    """Return the dry run of a list."""
    source = reading.read(text.encode(), "lista.csv")
    with database.read() as session:
        return plan.plan(session, source, "accounts", **options)


def counts(made: ImportPlan) -> tuple[int, int, int, int]:
    return (made.count("add"), made.count("update"), made.count("unchanged"), len(made.refused))


def only(database: Database, kind: type[Any], **where: Any) -> Any:
    with database.read() as session:
        return session.scalars(select(kind).filter_by(**where)).one()


def how_many(database: Database, kind: type[Any]) -> int:
    with database.read() as session:
        query = select(func.count()).select_from(kind).where(kind.removed_at.is_(None))
        return session.scalar(query) or 0


ROW = (
    "Código;Nombre comercial;Razón social;NIF;Dirección;CP;Población;Teléfono;Correo;Web;"
    "F. Alta;Visita días;Riesgo;Contacto;Cargo;Horario;Obs\n"
    "C-77;Hotel Marina;Marina Safor, S.L.;B58378431;Passeig Marítim 3;46730;Gandia;"
    "962 840 100;hola@marina.example;marina.example;25/04/2019;28;6.000,50;Ana Ruiz;Compras;"
    "lun-vie 9-14;Llamar antes\n"
)


def test_each_field_of_a_row_arrives(database: Database, company: Seeded) -> None:
    assert counts(read(database, ROW)) == (1, 0, 0, 0)
    account = only(database, Account, name="Hotel Marina")
    assert (account.kind, account.owner_id, account.source) == ("prospect", company.user, "import")
    assert (account.code, account.legal_name, account.tax_id) == (
        "C-77", "Marina Safor, S.L.", "B58378431",
    )  # fmt: skip
    assert (account.phone, account.email, account.website) == (
        "+34962840100", "hola@marina.example", "marina.example",
    )  # fmt: skip
    assert (account.since_on, account.visit_every_days) == (date(2019, 4, 25), 28)
    assert (account.credit_limit, account.notes) == (Decimal("6000.50"), "Llamar antes")
    site = only(database, Site, account_id=account.id)
    assert (site.street, site.postcode, site.city, site.country) == (
        "Passeig Marítim 3", "46730", "Gandia", "ES",
    )  # fmt: skip
    assert site.opening_hours == "Mo-Fr 09:00-14:00"
    assert (site.position_quality, round(site.lat_e6 / 1e6, 1)) == ("postal", 39.0)
    contact = only(database, Contact, account_id=account.id)
    assert (contact.name, contact.job, contact.is_main) == ("Ana Ruiz", "Compras", True)


def test_a_dry_run_writes_nothing_and_says_the_same(database: Database, company: Seeded) -> None:
    dry = look(database, ROW)
    assert how_many(database, Account) == 1
    with database.read() as session:
        assert session.scalar(select(func.count()).select_from(Operation)) == 0
    assert read(database, ROW).as_json() == dry.as_json()


def test_the_same_list_again_changes_nothing(database: Database, company: Seeded) -> None:
    read(database, ROW)
    with database.read() as session:
        before = session.scalar(select(func.count()).select_from(Operation))
    assert counts(read(database, ROW)) == (0, 0, 1, 0)
    with database.read() as session:
        assert session.scalar(select(func.count()).select_from(Operation)) == before


def test_a_newer_list_updates_what_differs_and_clears_nothing(database, company) -> None:
    read(database, ROW)
    newer = "Código;Nombre comercial;Población;Teléfono;Correo\nC-77;Hotel Marina;;962840199;\n"
    made = read(database, newer)
    assert (counts(made), made.rows[0].values) == ((0, 1, 0, 0), {"phone": "+34962840199"})
    account = only(database, Account, name="Hotel Marina")
    assert (account.phone, account.email) == ("+34962840199", "hola@marina.example")


@pytest.mark.parametrize(
    "row",
    [
        "Nombre;NIF\nOtro nombre;B-58378431\n",
        "Nombre;Población\nHOTEL MARINA;gandia\n",
        "Nombre;Población;Dirección\nHotel Marina;Gandia;Passeig Marítim, 3\n",
        "Razón social;CP;Población\nMarina Safor S.L.;46730;Gandia\n",
        "Código;Nombre\nc-77;Hotel Marina\n",
    ],
)
def test_a_business_is_recognised(database: Database, company: Seeded, row: str) -> None:
    read(database, ROW)
    assert look(database, row).count("add") == 0


@pytest.mark.parametrize(
    "row",
    [
        "Código;Nombre;Población\nC-77;Panadería Luz;Alcoi\n",  # the codes of another program
        "Nombre;Población\nHotel Marina;Cullera\n",
        "Nombre;NIF;Población\nHotel Marina;A58818501;Gandia\n",
    ],
)
def test_another_business_is_not_taken_for_it(database, company, row: str) -> None:
    read(database, ROW)
    assert counts(look(database, row)) == (1, 0, 0, 0)


def test_a_code_that_is_somebody_elses_is_left_out_and_said(database, company) -> None:
    read(database, ROW)
    made = read(database, "Código;Nombre;Población\nC-77;Panadería Luz;Alcoi\n")
    assert made.rows[0].notices == ["Code C-77 belongs to Hotel Marina: left out"]
    assert only(database, Account, name="Panadería Luz").code == ""


def test_ids_of_two_programs_do_not_meet(database: Database, company: Seeded) -> None:
    read(database, "SupplierID,CompanyName\n1,Exotic Liquids\n")
    assert counts(read(database, "ShipperID,CompanyName\n1,Speedy Express\n")) == (1, 0, 0, 0)
    assert counts(read(database, "SupplierID,CompanyName\n1,Exotic Liquids\n")) == (0, 0, 1, 0)


def test_a_long_id_follows_a_business_that_changed_its_name(database, company) -> None:
    read(database, "osm_id,name,lat,lon\nnode/271939031,bp,42.57958,1.6400616\n")
    made = read(database, "osm_id,name,lat,lon\nnode/271939031,Repsol,42.57958,1.6400616\n")
    assert counts(made) == (0, 1, 0, 0)
    assert only(database, Account, external_id="node/271939031").name == "Repsol"


def test_shops_of_a_chain_are_apart_and_the_same_row_twice_is_not(database, company) -> None:
    text = (
        "Nombre;NIF;Dirección;Población\n"
        "Consum;F46078986;C/ Mayor 1;Gandia\nConsum;F46078986;C/ Nueva 9;Gandia\n"
        "Consum;F46078986;C/ Mayor 1;Gandia\n"
    )
    made = read(database, text)
    assert [refused.reason for refused in made.refused] == [
        "The same business stands above, in line 2."
    ]
    assert counts(made) == (2, 0, 0, 1)
    assert counts(read(database, text)) == (0, 0, 2, 1)


def test_people_of_one_company_become_its_contacts(database: Database, company: Seeded) -> None:
    text = (
        "Company,First Name,Last Name,Email,Mobile Phone,Title\n"
        "Acme,Ana,Ruiz,ana@acme.example,600123456,Mrs.\n"
        "Acme,Luis,Roca,luis@acme.example,,CEO\nAcme,Ana,Ruiz,ana@acme.example,,\n"
    )
    made = read(database, text)
    assert counts(made) == (1, 1, 0, 1)
    account = only(database, Account, name="Acme")
    with database.read() as session:
        people = session.scalars(select(Contact).filter_by(account_id=account.id)).all()
    found = {p.name: (p.email, p.job, p.is_main) for p in people}
    assert found == {"Ana Ruiz": ("ana@acme.example", "", True),
                     "Luis Roca": ("luis@acme.example", "CEO", False)}  # fmt: skip
    assert counts(read(database, text)) == (0, 0, 3, 0)


def test_people_whose_list_names_their_company_by_an_id(database, company) -> None:
    people = (
        "Id,AccountId,LastName,FirstName,Email,Name\n003,001bm00001ZL,Ruiz,Ana,a@x.es,Ana Ruiz\n"
    )
    early = look(database, people)
    assert "import the list of companies first" in early.refused[0].reason
    read(database, "Id,Name\n001bm00001ZL,Edge Communications\n")
    assert counts(read(database, people)) == (0, 1, 0, 0)
    account = only(database, Account, name="Edge Communications")
    assert only(database, Contact, account_id=account.id).email == "a@x.es"


def test_what_the_user_wrote_stays(database: Database, company: Seeded) -> None:
    read(database, ROW)
    with database.write() as session:
        account = session.scalars(select(Account).filter_by(code="C-77")).one()
        account.notes = "Llamar antes. Le gusta el vino."
        site = session.scalars(select(Site).filter_by(account_id=account.id)).one()
        site.lat_e6, site.lon_e6, site.position_quality = 38_990_001, -150_001, "exact"
    assert counts(read(database, ROW)) == (0, 0, 1, 0)
    made = read(database, "Código;Nombre;Obs\nC-77;Hotel Marina;Cierra en enero\n")
    assert counts(made) == (0, 1, 0, 0)
    assert only(database, Account, code="C-77").notes == (
        "Llamar antes. Le gusta el vino.\n\nCierra en enero"
    )


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (";600123456;", "It has no name."),
        ("=cmd|' /C calc'!A0;;", "A cell holds a formula, which is never imported:"),
        ("Ana;=1+1;", "A cell holds a formula, which is never imported:"),
        ("Ana;;S", "The list says that it is inactive or deleted."),
        (f"{'x' * 20_001};;", "A cell holds 20,001 letters"),
    ],
)
def test_a_row_that_cannot_be_taken_says_why_and_where(database, company, row, reason) -> None:
    made = read(database, f"Nombre;Teléfono;Baja\nHotel Uno;600123456;N\n{row}\n")
    assert [(r.line, r.reason[: len(reason)]) for r in made.refused] == [(3, reason)]
    assert how_many(database, Account) == 2  # the good row came in


@pytest.mark.parametrize(
    ("title", "cell", "notice"),
    [
        ("Teléfono", "12", "Phone to check: 12"),
        ("Correo", "ana", "Email to check: ana"),
        ("NIF", "B58378432", "Tax ID to check: B58378432"),
        ("CP", "99999", "Postcode to check: 99999"),
        ("Horario", "a ratos", "Hours to check: a ratos"),
        ("País", "Ruritania", "Country to check: Ruritania"),
        ("Coordenadas", "por aquí", "Position to check: por aquí"),
        ("Fecha alta", "31/02/2020", "Date to check: 31/02/2020"),
        ("Riesgo", "mucho", "Amount to check: mucho"),
        ("Visitar cada", "a veces", "Days between visits to check: a veces"),
    ],
)
def test_what_is_odd_comes_in_with_a_notice(database, company, title, cell, notice) -> None:
    made = read(database, f"Nombre;{title}\nHotel Uno;{cell}\n")
    assert (counts(made), made.rows[0].notices) == ((1, 0, 0, 0), [notice])


def test_more_cells_than_titles_are_noticed(database: Database, company: Seeded) -> None:
    made = look(database, "Nombre,Población\nBar, Pepe,Alcoi\n")
    assert made.rows[0].notices == ["More cells than titles: a delimiter may stand inside a text"]


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        ("42.5,1.5,", (42_500_000, 1_500_000)), ('"42,5","1,5",', (42_500_000, 1_500_000)),
        (',,"42.5, 1.5"', (42_500_000, 1_500_000)), ("0,0,", None), ("NaN,1,", None),
        ("91,1,", None), ("1,181,", None),
    ],
)  # fmt: skip
def test_positions_however_they_are_written(database, company, cells, expected) -> None:
    made = look(database, f"Nombre,Lat,Lon,Coordenadas\nHotel Uno,{cells}\n")
    values = made.rows[0].values
    found = (values["lat_e6"], values["lon_e6"]) if "lat_e6" in values else None
    assert found == expected


def test_a_country_is_found_by_its_name_its_postcodes_or_its_neighbours(database, company) -> None:
    text = (
        "Nombre;CP;Población;País;Teléfono\nUno;AD400;La Massana;;808 181\n"
        "Dos;;Encamp;;\nTres;;Berlin;Germany;030 0074321\nCuatro;AD500;;;\n"
    )
    made = look(database, text)
    assert [row.values.get("country") for row in made.rows] == ["AD", "AD", "DE", "AD"]
    assert [row.values.get("phone") for row in made.rows] == [
        "+376808181", None, "+49300074321", None,
    ]  # fmt: skip
    read(database, text)
    dos = only(database, Account, name="Dos")
    assert only(database, Site, account_id=dos.id).country == "AD"


def test_several_telephones_in_a_cell_are_all_kept(database: Database, company: Seeded) -> None:
    read(database, "Nombre;Teléfono\nUno;962840100 / 962840101 ::: 600123456\n")
    account = only(database, Account, name="Uno")
    assert account.phone == "+34962840100"
    assert account.notes == "Tel. +34962840101, +34600123456"


def test_days_that_read_both_ways_are_asked_once(database: Database, company: Seeded) -> None:
    doubtful = "Nombre;Fecha alta\nUno;03/04/2019\nDos;05/06/2020\n"
    made = look(database, doubtful)
    assert made.days is not None
    assert not made.days.is_sure
    assert made.rows[0].notices == ["Date to check: 03/04/2019"]
    for first, month in ((True, 4), (False, 3)):
        said = look(database, doubtful, choices=Choices(day_first=first))
        assert said.rows[0].values["since_on"].month == month
        assert said.rows[0].notices == []
    american = look(database, "Nombre;Fecha alta\nUno;03/04/2019\nDos;12/31/2020\n")
    assert [row.values["since_on"].month for row in american.rows] == [3, 12]
    plain = look(database, "Nombre;Fecha alta\nUno;03/04/2019\nDos;0/0/00\nTres;2019-04-30\n"
                           "Cuatro;31/12/99\n")  # fmt: skip
    assert [row.values.get("since_on") for row in plain.rows] == [
        date(2019, 4, 3), None, date(2019, 4, 30), date(1999, 12, 31),
    ]  # fmt: skip


def test_duplicates_may_be_skipped_or_created(database: Database, company: Seeded) -> None:
    read(database, ROW)
    twin = "Nombre;Población;Teléfono\nHotel Marina;Gandia;962840199\n"
    assert counts(look(database, twin, choices=Choices(SKIP))) == (0, 0, 1, 0)
    assert counts(look(database, twin, choices=Choices(CREATE))) == (1, 0, 0, 0)


def test_columns_may_be_chosen_by_hand(database: Database, company: Seeded) -> None:
    source = reading.read(b"x;y\nAna;Alcoi\n", "lista.csv")
    with database.read() as session:
        with pytest.raises(UserError, match=r"No column of lista\.csv looks like a name\. Nothing"):
            plan.plan(session, source, "accounts")
        made = plan.plan(session, source, "accounts", {"name": 0, "city": 1})
    assert made.rows[0].values["city"] == "Alcoi"


def test_an_import_can_be_undone(database: Database, company: Seeded) -> None:
    read(database, ROW)
    made = read(
        database,
        "Código;Nombre;Población;Teléfono;Correo\nC-77;Hotel Marina;Gandia;962840199;x@y.es\n"
        "C-78;Bar Luz;Alcoi;;\n",
    )
    with database.write() as session:
        session.scalars(select(Account).filter_by(code="C-77")).one().email = "typed@since.es"
    with database.write() as session:
        assert plan.undo(session, made) == 2
    account = only(database, Account, code="C-77")
    assert (account.phone, account.email) == ("+34962840100", "typed@since.es")
    assert only(database, Account, code="C-78").removed_at is not None
    assert (how_many(database, Account), how_many(database, Site)) == (2, 2)


def test_a_stopped_import_leaves_nothing(database: Database, company: Seeded) -> None:
    rows = "".join(f"Bar {n};Alcoi\n" for n in range(450))
    seen: list[tuple[int, int]] = []
    with pytest.raises(Cancelled, match="Nothing was imported"):
        read(
            database, f"Nombre;Población\n{rows}",
            progress=lambda done, total: seen.append((done, total)),
            cancelled=lambda: len(seen) > 3,
        )  # fmt: skip
    assert seen == [(0, 450), (100, 450), (200, 450), (300, 450)]
    assert how_many(database, Account) == 1
    with database.read() as session:
        assert session.scalar(select(func.count()).select_from(Operation)) == 0
