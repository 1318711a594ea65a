"""An encrypted workspace with as many invented customers as wished, made in bulk.

What is in it is what the screens read: addresses, people, debts, articles, five visits each, two
invoices with 3.7 lines between them. Only so many were visited this fortnight as a rep can visit.
"""

from __future__ import annotations

import random
import shutil
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from app import main
from app.models import keys, schema
from app.models.account import Account, Contact, Segment, Site
from app.models.activity import Activity
from app.models.base import COMPANY, Base, new_id
from app.models.database import Database
from app.models.history import Invoice, InvoiceLine, Receivable
from app.models.product import Family, PriceList, PriceListLine, Product, TaxRate
from app.models.route import WorkingHours
from app.models.sync_state import SyncState
from app.models.team import Company, Team, User
from app.services import quote_lines, quotes
from benchmarks import bulk
from benchmarks.bulk import Put

NOW = datetime(2026, 11, 19, 10, 28, tzinfo=UTC)
TODAY = NOW.date()
PRODUCTS, VISITS, INVOICES = 600, 5, 2  # visits and invoices are of one customer
DEBTORS = 0.02  # of the customers owe something
_TODAYS, _RECENT = 9, 60  # customers with a visit today, or with one in the last fortnight
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


def kept(folder: Path, accounts: int) -> Path:
    """Return the workspace of so many customers inside `folder`, made where it is not there yet."""
    path = folder / f"{accounts}-{schema.HEAD}"
    made = path / "made"
    if not made.exists():
        shutil.rmtree(path, ignore_errors=True)
        make(path, accounts).close()
        made.touch()
    return path


def fill(database: Database, accounts: int, *, seed: int = 2026) -> None:
    """Put a company and its customers into an empty database; nothing of it waits to be sent."""
    chance = random.Random(seed)
    ids = {name: new_id() for name in ("company", "team", "user", "segment", "list", "family")}
    with bulk.loading(database) as put:
        goods = _house(put, ids)
        for start in range(0, accounts, _BATCH):
            numbers = range(start, min(accounts, start + _BATCH))
            _customers(put, ids, chance, numbers, goods=goods)


def draft(database: Database, account_id: str, lines: int) -> str:
    """Begin a quote with so many lines and return its id."""
    with database.write() as session:
        quote = quotes.draft(session, account_id, today=TODAY)
        for product in session.query(Product.id).order_by(Product.reference).limit(lines):
            quote_lines.add_line(session, quote.id, product.id, today=TODAY)
        return quote.id


def _house(put: Put, ids: dict[str, str]) -> list[str]:
    """Write what is the whole company's: people, rates, articles, whose ids it returns."""
    common = {"root": COMPANY}

    def one(entity: type[Base], /, **fields: Any) -> None:
        put(entity, [{"id": new_id(), **common, **fields}])

    one(Company, id=ids["company"], name="Alacena Levante", legal_name="Alacena Levante, S.L.")
    one(Team, id=ids["team"], name="Levante")
    one(User, id=ids["user"], name="Marta Ferrer", team_id=ids["team"])
    one(Segment, id=ids["segment"], name="Hostelería", visit_every_days=28)
    one(PriceList, id=ids["list"], name="Hostelería 2", is_default=True)
    one(Family, id=ids["family"], name="Despensa")
    one(
        WorkingHours, user_id=ids["user"], start_lat_e6=39_437_000, start_lon_e6=-465_000,
        end_lat_e6=39_437_000, end_lon_e6=-465_000,
    )  # fmt: skip
    for kind, rate in (("general", "21"), ("reduced", "10"), ("super_reduced", "4")):
        one(TaxRate, kind=kind, rate=Decimal(rate), valid_from=date(2012, 9, 1))
    state = {
        "id": 1, "user_id": ids["user"], "series": "K7", "device_id": new_id(),
        "database_id": new_id(), "last_ok_at": NOW, "cursor_seq": 1,
    }  # fmt: skip
    put(SyncState, [state])
    return _goods(put, ids, common)


def _goods(put: Put, ids: dict[str, str], common: dict[str, str]) -> list[str]:
    """Write the articles and what they cost."""
    products = [
        {
            "id": new_id(), **common, "reference": f"AC-{n:05}", "family_id": ids["family"],
            "name": f"{_GOODS[n % len(_GOODS)]} {n}", "format": "Caja 12 × 1 kg",
            "tax_kind": "reduced",
        }
        for n in range(PRODUCTS)
    ]  # fmt: skip
    put(Product, products)
    prices = [
        {
            "id": new_id(), **common, "price_list_id": ids["list"], "product_id": product["id"],
            "price": Decimal(3 + n % 40),
        }
        for n, product in enumerate(products)
    ]  # fmt: skip
    put(PriceListLine, prices)
    return [str(product["id"]) for product in products]


def _customers(
    put: Put, ids: dict[str, str], chance: random.Random, numbers: range, *, goods: list[str]
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
    put(Account, accounts)
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
        put(kind, rows)
        if kind is Invoice:
            put(InvoiceLine, _lines(rows, goods, chance))


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
    number = int(account["code"][2:])
    done = {"kind": "visit", "owner_id": ids["user"], "title": account["name"], "outcome": "order"}
    if number < _TODAYS:
        at = NOW.replace(hour=8, minute=0) + timedelta(minutes=50 * number)
        yield {**done, "state": "planned", "planned_at": at, "outcome": ""}
    for n in range(VISITS - (number < _TODAYS)):
        newest = 1 if number < _RECENT else 15  # days
        ago = chance.randint(newest + 60 * n, 60 * (n + 1))
        at = NOW - timedelta(days=ago, minutes=chance.randint(0, 400))
        yield {**done, "state": "done", "planned_at": at, "started_at": at, "done_at": at}


def _invoices(account: dict[str, Any], _ids: dict[str, str], chance: random.Random) -> Rows:
    for n in range(INVOICES):
        base = Decimal(chance.randint(50, 900))
        yield {
            "number": f"F{account['code']}-{n}", "base": base, "total": base * Decimal("1.1"),
            "issued_on": TODAY - timedelta(days=chance.randint(0, 700)),
        }  # fmt: skip


def _lines(invoices: list[dict[str, Any]], goods: list[str], chance: random.Random) -> Rows:
    """Give the invoices 3.7 lines for every two."""
    for n, invoice in enumerate(invoices):
        for _line in range(1 if n % 20 in {3, 10, 17} else 2):
            yield {
                "id": new_id(), "root": invoice["root"], "invoice_id": invoice["id"],
                "product_id": chance.choice(goods), "quantity": Decimal(chance.randint(1, 12)),
                "amount": invoice["base"] / 2,
            }  # fmt: skip


def _debts(account: dict[str, Any], _ids: dict[str, str], chance: random.Random) -> Rows:
    if chance.random() < DEBTORS:
        amount = Decimal(chance.randint(40, 900))
        yield {
            "number": f"F{account['code']}", "amount": amount, "pending": amount,
            "due_on": TODAY + timedelta(days=chance.randint(-60, 30)),
        }  # fmt: skip
