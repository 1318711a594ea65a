"""A small company for tests, made through the ORM as its office would make it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import Table, delete, update
from sqlalchemy.orm import Session

from app.models.account import Account, Contact, Segment, Site
from app.models.base import Base
from app.models.change import Change, Command
from app.models.database import Changes, Database
from app.models.journal import Operation
from app.models.product import Family, PriceList, PriceListLine, Product, TaxRate
from app.models.route import WorkingHours
from app.models.sync_state import SyncState
from app.models.team import Company, Role, Team, User

ORIGIN = date(2012, 9, 1)  # the day from which IVA is 21, 10 and 4 %


@dataclass(frozen=True)
class Seeded:
    """Ids of what `seed` made."""

    company: str
    user: str
    colleague: str
    segment: str
    price_list: str
    products: tuple[str, ...]
    account: str
    site: str
    contact: str


_made: dict[Seeded, list[tuple[str, list[tuple[object, ...]]]]] = {}


def seed(database: Database) -> Seeded:
    """Fill `database` with a company, two reps, six products and a customer.

    Nothing of it waits to be sent or can be undone. An empty database gets the rows that the ORM
    made in this process's first one: a thousand tests begin like this.
    """
    with database.read() as session:
        is_empty = not session.connection().exec_driver_sql(_ANY).scalar()
    if not is_empty:
        return _seed(database)
    if not _made:
        seeded = _seed(database)
        with database.read() as session:
            found = [_rows(session, table) for table in _TABLES]
        _made[seeded] = [(statement, rows) for statement, rows in found if rows]
        return seeded
    ((seeded, parts),) = _made.items()
    with database.apply(Changes()) as connection:
        for statement, rows in parts:
            connection.exec_driver_sql(statement, rows)
    return seeded


_TABLES = [
    table for table in Base.metadata.sorted_tables if table.name not in ("command", "change")
]


_ANY = "SELECT " + " OR ".join(f'EXISTS (SELECT 1 FROM "{table.name}")' for table in _TABLES)


def _rows(session: Session, table: Table) -> tuple[str, list[tuple[object, ...]]]:
    names = [column.name for column in table.columns]
    listed = ", ".join(f'"{name}"' for name in names)
    found = session.connection().exec_driver_sql(f'SELECT {listed} FROM "{table.name}"')
    places = ", ".join("?" * len(names))
    return f'INSERT INTO "{table.name}" ({listed}) VALUES ({places})', [tuple(r) for r in found]


def _seed(database: Database) -> Seeded:
    with database.write() as session:
        company = Company(
            name="Alacena Levante", legal_name="Alacena Levante, S.L.", city="Torrent"
        )
        team = Team(name="Levante", zone="Levante Sur")
        session.add_all([company, team])
        session.flush()
        user = User(
            name="Marta Ferrer", role=Role.REP, team_id=team.id, discount_limit=Decimal(8),
            zone="Zona Levante Sur",
        )  # fmt: skip
        colleague = User(name="Luis Roca", role=Role.REP, team_id=team.id)
        segment = Segment(name="Hostelería", visit_every_days=28, visit_minutes=45)
        price_list = PriceList(name="Hostelería 2", is_default=True)
        family = Family(name="Despensa")
        session.add_all([user, colleague, segment, price_list, family])
        for kind, rate, surcharge in (
            ("general", "21", "5.2"), ("reduced", "10", "1.4"), ("super_reduced", "4", "0.5"),
        ):  # fmt: skip
            session.add(
                TaxRate(
                    kind=kind, rate=Decimal(rate), surcharge=Decimal(surcharge), valid_from=ORIGIN
                )
            )
        session.flush()
        session.add(
            WorkingHours(
                user_id=user.id, start_label="Torrent", start_lat_e6=39_437_000,
                start_lon_e6=-465_000, end_label="Torrent", end_lat_e6=39_437_000,
                end_lon_e6=-465_000,
            )
        )  # fmt: skip
        products = _products(session_add=session.add_all, family_id=family.id)
        session.flush()
        session.add_all(
            PriceListLine(price_list_id=price_list.id, product_id=product.id, price=price)
            for product, price in products
        )
        account = Account(
            name="Restaurante El Socarrat", kind="customer", owner_id=user.id, grade="A",
            segment_id=segment.id, price_list_id=price_list.id, payment_terms="Recibo a 30 días",
            phone="+34962270001",
        )  # fmt: skip
        session.add(account)
        session.flush()
        site = Site(
            account_id=account.id, street="C/ de la Fontana, 12", postcode="46800", city="Xàtiva",
            province="Valencia", lat_e6=38_990_000, lon_e6=-519_000, position_quality="exact",
            opening_hours="Mo-Sa 09:00-16:00,19:00-23:00",
        )  # fmt: skip
        contact = Contact(account_id=account.id, name="Vicent Sanchis", job="Compras", is_main=True)
        session.add_all([site, contact])
        session.flush()
        session.execute(update(SyncState).values(user_id=user.id, series="K7", device_id="d" * 32))
        for kept in (Operation, Command, Change):
            session.execute(delete(kept))
        session.execute(update(SyncState).values(last_op_no=0))
        ids = tuple(product.id for product, _price in products)
        return Seeded(
            company.id, user.id, colleague.id, segment.id, price_list.id, ids, account.id,
            site.id, contact.id,
        )  # fmt: skip


def _products(session_add: object, family_id: str) -> list[tuple[Product, Decimal]]:
    shelf = (
        ("AC-105", "Aceite de oliva virgen extra Picual", "Garrafa 5 l", "super_reduced", "38.90"),
        ("CF-210", "Café en grano natural, tueste medio", "Bolsa 1 kg", "reduced", "17.45"),
        ("CV-418", "Anchoas del Cantábrico, serie oro", "Lata 180 g", "reduced", "14.60"),
        ("CV-430", "Pimiento del piquillo entero", "Lata 3 kg", "reduced", "13.20"),
        ("VI-601", "Vino tinto crianza 2022", "Caja 6 × 75 cl", "general", "46.20"),
        ("VN-120", "Vinagre de Jerez reserva", "Botella 750 ml", "reduced", "6.85"),
    )
    made = [
        (
            Product(
                reference=reference, name=name, format=format_, tax_kind=kind,
                family_id=family_id, cost=Decimal(price) * Decimal("0.7"),
            ),
            Decimal(price),
        )
        for reference, name, format_, kind, price in shelf
    ]  # fmt: skip
    session_add([product for product, _price in made])  # type: ignore[operator]
    return made
