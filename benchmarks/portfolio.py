"""An encrypted workspace with as many invented customers as wished, made in bulk.

What is in it is what the screens read: addresses, people, visits, invoices, debts, articles.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, insert

from app import main
from app.models import keys
from app.models.account import Account, Contact, Segment, Site
from app.models.activity import Activity
from app.models.base import COMPANY, Base, new_id
from app.models.database import Changes, Database
from app.models.history import Invoice, Receivable
from app.models.product import Family, PriceList, PriceListLine, Product, TaxRate
from app.models.route import WorkingHours
from app.models.sync_state import SyncState
from app.models.team import Company, Team, User
from app.services import quote_lines, quotes

NOW = datetime(2026, 11, 19, 10, 28, tzinfo=UTC)
TODAY = NOW.date()
PRODUCTS = 600
_BATCH = 5_000
_KINDS = (
    "Restaurante",
    "Bar",
    "Cafetería",
    "Hotel",
    "Ultramarinos",
    "Bodega",
    "Panadería",
    "Mesón",
)
_NAMES = (
    "El Socarrat", "La Murta", "Vicent", "Las Salinas", "Casa Pilar", "El Carme", "La Pepica",
    "Sant Jordi", "Mar Blava", "El Racó", "Ca Pepe", "La Serrella", "Els Ports", "Montgó",
)  # fmt: skip
_TOWNS = (
    ("Xàtiva", "46800", 38_990_000, -519_000), ("Alcoi", "03801", 38_698_000, -474_000),
    ("Gandia", "46700", 38_967_000, -181_000), ("Dénia", "03700", 38_840_000, 105_000),
    ("Torrent", "46900", 39_437_000, -465_000), ("Alzira", "46600", 39_151_000, -435_000),
    ("Ontinyent", "46870", 38_822_000, -606_000), ("Cullera", "46400", 39_165_000, -253_000),
)  # fmt: skip
_GOODS = (
    "Aceite de oliva",
    "Café en grano",
    "Anchoas",
    "Pimiento",
    "Vino tinto",
    "Vinagre",
    "Arroz",
)


def make(folder: Path, accounts: int) -> main.Workspace:
    """Return an open workspace in `folder` with so many customers, as a rep's laptop has them."""
    keys.from_file(folder)
    workspace = main.open_workspace(folder, lambda _new: None)
    fill(workspace.database, accounts)
    return workspace


def fill(database: Database, accounts: int, *, seed: int = 2026) -> None:
    """Put a company and its customers into an empty database; nothing of it waits to be sent."""
    chance = random.Random(seed)
    ids = {name: new_id() for name in ("company", "team", "user", "segment", "list", "family")}
    with database.apply(Changes()) as connection:
        _house(connection, ids)
    for start in range(0, accounts, _BATCH):
        with database.apply(Changes()) as connection:
            _customers(connection, ids, chance, range(start, min(accounts, start + _BATCH)))


def draft(database: Database, account_id: str, lines: int) -> str:
    """Begin a quote with so many lines and return its id."""
    with database.write() as session:
        quote = quotes.draft(session, account_id, today=TODAY)
        for product in session.query(Product.id).order_by(Product.reference).limit(lines):
            quote_lines.add_line(session, quote.id, product.id, today=TODAY)
        return quote.id


def _put(connection: Connection, kind: type[Base], rows: list[dict[str, Any]]) -> None:
    if rows:
        connection.execute(insert(Base.metadata.tables[kind.__tablename__]), rows)


def _house(connection: Connection, ids: dict[str, str]) -> None:
    """Write what is the whole company's: people, segments, rates, articles and prices."""
    common = {"root": COMPANY}

    def put(entity: type[Base], /, **fields: Any) -> None:
        _put(connection, entity, [{"id": new_id(), **common, **fields}])

    put(Company, id=ids["company"], name="Alacena Levante", legal_name="Alacena Levante, S.L.")
    put(Team, id=ids["team"], name="Levante")
    put(User, id=ids["user"], name="Marta Ferrer", team_id=ids["team"])
    put(Segment, id=ids["segment"], name="Hostelería", visit_every_days=28)
    put(PriceList, id=ids["list"], name="Hostelería 2", is_default=True)
    put(Family, id=ids["family"], name="Despensa")
    put(
        WorkingHours, user_id=ids["user"], start_lat_e6=39_437_000, start_lon_e6=-465_000,
        end_lat_e6=39_437_000, end_lon_e6=-465_000,
    )  # fmt: skip
    for kind, rate in (("general", "21"), ("reduced", "10"), ("super_reduced", "4")):
        put(TaxRate, kind=kind, rate=Decimal(rate), valid_from=date(2012, 9, 1))
    _goods(connection, ids, common)
    put_state = insert(Base.metadata.tables[SyncState.__tablename__])
    connection.execute(
        put_state,
        {
            "id": 1, "user_id": ids["user"], "series": "K7", "device_id": new_id(),
            "database_id": new_id(), "last_ok_at": NOW, "cursor_seq": 1,
        },
    )  # fmt: skip


def _goods(connection: Connection, ids: dict[str, str], common: dict[str, str]) -> None:
    """Write the articles and what they cost."""
    products = [
        {
            "id": new_id(), **common, "reference": f"AC-{n:05}", "family_id": ids["family"],
            "name": f"{_GOODS[n % len(_GOODS)]} {n}", "format": "Caja 12 × 1 kg",
            "tax_kind": "reduced",
        }
        for n in range(PRODUCTS)
    ]  # fmt: skip
    _put(connection, Product, products)
    prices = [
        {
            "id": new_id(), **common, "price_list_id": ids["list"], "product_id": product["id"],
            "price": Decimal(3 + n % 40),
        }
        for n, product in enumerate(products)
    ]  # fmt: skip
    _put(connection, PriceListLine, prices)


def _customers(
    connection: Connection, ids: dict[str, str], chance: random.Random, numbers: range
) -> None:
    """Write so many customers with what belongs to them, a table at a time."""
    accounts = [
        {
            "id": (made := new_id()), "root": made, "kind": chance.choice(("customer", "prospect")),
            "name": f"{chance.choice(_KINDS)} {chance.choice(_NAMES)} {n}", "owner_id": ids["user"],
            "code": f"43{n:06}", "tax_id": f"B{n:08}", "segment_id": ids["segment"],
            "grade": chance.choice("ABC"), "phone": f"+34960{n:06}", "starred": n % 40 == 0,
            "price_list_id": ids["list"],
        }
        for n in numbers
    ]  # fmt: skip
    _put(connection, Account, accounts)
    kinds: tuple[tuple[type[Base], Any], ...] = (
        (Site, _sites), (Contact, _contacts), (Activity, _visits), (Invoice, _invoices),
        (Receivable, _debts),
    )  # fmt: skip
    for kind, rows_of in kinds:
        rows = [
            {"id": new_id(), "root": account["id"], "account_id": account["id"], **row}
            for account in accounts
            for row in rows_of(account, ids, chance)
        ]
        _put(connection, kind, rows)


Rows = Iterator[dict[str, Any]]


def _sites(_account: dict[str, Any], _ids: dict[str, str], chance: random.Random) -> Rows:
    city, postcode, lat, lon = chance.choice(_TOWNS)
    yield {
        "street": f"C/ Major, {chance.randint(1, 90)}", "city": city, "postcode": postcode,
        "province": "Valencia", "lat_e6": lat + chance.randint(-9000, 9000),
        "lon_e6": lon + chance.randint(-9000, 9000), "position_quality": "street",
        "opening_hours": "Mo-Sa 09:00-16:00,19:00-23:00",
    }  # fmt: skip


def _contacts(account: dict[str, Any], _ids: dict[str, str], chance: random.Random) -> Rows:
    name = f"{chance.choice(('Vicent', 'Empar', 'Lluís', 'Carme'))} {chance.choice(_NAMES)}"
    yield {"name": name, "job": "Compras", "mobile": f"+346{account['code'][1:]}", "is_main": True}


def _visits(account: dict[str, Any], ids: dict[str, str], chance: random.Random) -> Rows:
    at = NOW - timedelta(days=chance.randint(1, 60), minutes=chance.randint(0, 400))
    done = {"kind": "visit", "owner_id": ids["user"], "title": account["name"], "outcome": "order"}
    yield {**done, "state": "done", "planned_at": at, "started_at": at, "done_at": at}
    if int(account["code"][2:]) < 9:  # today's
        at = NOW.replace(hour=8, minute=0) + timedelta(minutes=50 * int(account["code"][2:]))
        yield {
            **done, "state": "planned", "planned_at": at, "outcome": "", "started_at": None,
            "done_at": None,
        }  # fmt: skip


def _invoices(account: dict[str, Any], _ids: dict[str, str], chance: random.Random) -> Rows:
    for n in range(4):
        base = Decimal(chance.randint(50, 900))
        yield {
            "number": f"F{account['code']}-{n}", "base": base, "total": base * Decimal("1.1"),
            "issued_on": TODAY - timedelta(days=chance.randint(0, 700)),
        }  # fmt: skip


def _debts(account: dict[str, Any], _ids: dict[str, str], chance: random.Random) -> Rows:
    if chance.random() < 0.1:
        amount = Decimal(chance.randint(40, 900))
        yield {
            "number": f"F{account['code']}", "amount": amount, "pending": amount,
            "due_on": TODAY + timedelta(days=chance.randint(-60, 30)),
        }  # fmt: skip
