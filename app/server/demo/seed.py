"""Put the invented company into a server's store; the same seed makes the same company."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from app.models.base import new_id
from app.server import accounts, office
from app.server.blobs import Blobs
from app.server.demo.catalogue import Catalogue
from app.server.demo.customers import Portfolio
from app.server.demo.history import History
from app.server.store import Store

Row = tuple[str, dict[str, Any]]
NAME = "Alacena Levante"
_CLAUSES = {
    "es": (
        "Precios válidos hasta la fecha indicada, salvo agotamiento de existencias.",
        "Las mermas o golpes se comunican en 24 horas con fotografía; la reposición sale en la"
        " siguiente ruta.",
        "Las muestras sin cargo no generan derecho a devolución.",
        "Protección de datos: responsable Alacena Levante, S.L.; finalidad, gestionar este"
        " presupuesto. Derechos en privacidad@alacena.example.",
    ),
    "en": (
        "Prices hold until the date above, while stocks last.",
        "Damage is reported within 24 hours with a photograph; the replacement leaves with the"
        " next delivery.",
        "Free samples cannot be returned.",
    ),
}


class Demo(NamedTuple):
    """Ids of the company and of the rep whose laptop is tried."""

    tenant: str
    user: str


def seed(store: Store, files: Blobs, today: date, *, customers: int = 126) -> Demo:
    """Make the company, unless it is there already, and return its ids."""
    chance = random.Random(2026)  # noqa: S311 - an invented company, the same every time
    tenant = accounts.add_company(
        store, NAME, legal_name="Alacena Levante, S.L.", tax_id="B00000018", currency="EUR",
        tagline="Alimentación selecta para hostelería y tienda", city="Torrent", postcode="46900",
        address="Pol. Ind. La Garrofera, nave 14", province="Valencia", phone="+34960000000",
        email="pedidos@alacena.example", declaration=_DECLARATION,
        registry_line="Alacena Levante, S.L. · Registro Mercantil de Valencia (datos inventados)",
    )  # fmt: skip
    teams = {"team": new_id()}
    office.add(store, tenant, None, "team", id=teams["team"], name="Levante", zone="Levante Sur")
    people = _people(store, tenant, teams["team"])
    goods = Catalogue()
    segments = {"Hostelería": new_id(), "Comercio": new_id()}
    rows = [*_house(segments), *goods.rows(), *_hours(people["Marta Ferrer Soler"])]
    office.load(store, tenant, None, rows)
    for content in goods.pictures.values():
        files.keep(tenant, content)
    rep = people["Marta Ferrer Soler"]
    reps = [rep, people["Luis Roca Vidal"], people["Neus Gil Bosch"]]
    portfolio = Portfolio(chance, reps=reps, segments=segments, lists=goods.lists, today=today)
    office.load(store, tenant, None, portfolio.rows(customers))
    history = History(chance, goods, today)
    office.load(store, tenant, None, history.invoices(portfolio.customers))
    office.load(store, tenant, None, history.visits(portfolio.customers))
    office.load(store, tenant, None, history.agenda(rep, portfolio.customers))
    return Demo(tenant, rep)


_DECLARATION = (
    "Declaro que los gastos de esta liquidación se han hecho por cuenta de la empresa, en los días,"
    " lugares y por los motivos indicados."
)


def _people(store: Store, tenant: str, team: str) -> dict[str, str]:
    made = {}
    for name, role, zone, limit in (
        ("Marta Ferrer Soler", "rep", "Zona Levante Sur", Decimal(8)),
        ("Luis Roca Vidal", "rep", "Zona Alicante", Decimal(8)),
        ("Neus Gil Bosch", "rep", "Zona Ribera", Decimal(8)),
        ("Andreu Pons Mir", "manager", "Levante", Decimal(15)),
        ("Oficina", "office", "", None),
    ):
        made[name] = accounts.add_user(
            store, tenant, name, role=role, zone=zone, team_id=team, discount_limit=limit
        )
    return made


def _house(segments: dict[str, str]) -> Iterator[Row]:
    """Yield what the company decides: segments, rates with their sources, clauses."""
    for n, (name, id_) in enumerate(segments.items()):
        yield "segment", {
            "id": id_, "name": name, "visit_every_days": (28, 35)[n], "visit_minutes": (45, 35)[n],
            "position": n,
        }  # fmt: skip
    source = "Ley 37/1992 del IVA, art. 90, 91 y 161"
    for kind, rate, surcharge in (
        ("general", "21", "5.2"), ("reduced", "10", "1.4"), ("super_reduced", "4", "0.5"),
        ("zero", "0", "0"),
    ):  # fmt: skip
        yield "tax_rate", {
            "regime": "iva", "kind": kind, "rate": Decimal(rate), "surcharge": Decimal(surcharge),
            "valid_from": date(2012, 9, 1), "source": source,
        }  # fmt: skip
    for kind, rate in (("general", "4.5"), ("reduced", "1"), ("super_reduced", "0"), ("zero", "0")):
        yield "tax_rate", {
            "regime": "igi", "kind": kind, "rate": Decimal(rate), "surcharge": Decimal(0),
            "valid_from": date(2013, 1, 1), "source": "Llei 11/2012 de l'IGI (Andorra)",
        }  # fmt: skip
    travel = "Orden HFP/792/2023; RD 439/2007, art. 9"
    for kind, amount, since, until in (
        ("mileage", "0.19", date(2006, 1, 1), date(2023, 7, 16)),
        ("mileage", "0.26", date(2023, 7, 17), None),
        ("per_diem", "26.67", date(2006, 1, 1), None),
        ("per_diem_overnight", "53.34", date(2006, 1, 1), None),
    ):
        yield "travel_rate", {
            "kind": kind, "amount": Decimal(amount), "exempt": Decimal(amount),
            "valid_from": since, "valid_to": until, "source": travel,
        }  # fmt: skip
    for language, texts in _CLAUSES.items():
        for n, text in enumerate(texts):
            yield "clause", {"language": language, "text": text, "position": n}


def _hours(user: str) -> Iterator[Row]:
    yield "working_hours", {
        "user_id": user, "leave_s": 31_200, "start_label": "Torrent", "end_label": "Torrent",
        "start_lat_e6": 39_437_000, "start_lon_e6": -466_000, "end_lat_e6": 39_437_000,
        "end_lon_e6": -466_000,
    }  # fmt: skip
