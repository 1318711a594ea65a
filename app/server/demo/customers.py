"""Invented customers along a real coast: names made of parts, towns where towns are."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from app.models.base import new_id

Row = tuple[str, dict[str, Any]]

# town, postcode, province, latitude, longitude
TOWNS: tuple[tuple[str, str, str, float, float], ...] = (
    ("Gandia", "46700", "Valencia", 38.968, -0.181),
    ("Oliva", "46780", "Valencia", 38.920, -0.119),
    ("Sueca", "46410", "Valencia", 39.202, -0.311),
    ("Cullera", "46400", "Valencia", 39.164, -0.253),
    ("Alzira", "46600", "Valencia", 39.151, -0.435),
    ("Carcaixent", "46740", "Valencia", 39.122, -0.449),
    ("Xàtiva", "46800", "Valencia", 38.990, -0.519),
    ("Ontinyent", "46870", "Valencia", 38.821, -0.607),
    ("Algemesí", "46680", "Valencia", 39.190, -0.436),
    ("Tavernes de la Valldigna", "46760", "Valencia", 39.072, -0.266),
    ("Dénia", "03700", "Alicante", 38.841, 0.106),
    ("Xàbia", "03730", "Alicante", 38.789, 0.163),
    ("Alcoi", "03801", "Alicante", 38.698, -0.474),
    ("Pego", "03780", "Alicante", 38.843, -0.117),
    ("Torrent", "46900", "Valencia", 39.437, -0.466),
    ("Catarroja", "46470", "Valencia", 39.403, -0.403),
    ("Silla", "46460", "Valencia", 39.362, -0.411),
    ("Albaida", "46860", "Valencia", 38.840, -0.519),
)  # fmt: skip
KINDS: tuple[tuple[str, tuple[str, ...], str, str], ...] = (
    ("Restaurante", ("El Racó", "La Sénia", "Casa Blai", "Ca Vicenta", "La Marjal", "El Trull",
                     "Les Barques", "El Cresol", "La Llotja", "Can Roderic"),
     "Restaurante",
     "Tu-Sa 13:00-16:00,20:00-23:30; Su 13:00-16:30; Mo off"),
    ("Bar", ("Nou", "La Plaça", "Central", "El Moll", "Sant Roc", "Les Moreres", "Avinguda"),
     "Bar", "Mo-Sa 07:00-23:00; Su off"),
    ("Hotel", ("Marina", "Bahía Azul", "Les Dunes", "Mirador", "Torre Vella", "Port"),
     "Hotel", "24/7"),
    ("Ultramarinos", ("Monroig", "La Font", "Peris", "Boix", "El Forn", "Llorenç"),
     "Tienda", "Mo-Fr 09:00-14:00,17:00-20:30; Sa 09:00-14:00"),
    ("Cafetería", ("Valls", "Aurora", "Colom", "El Passeig", "Sorolla", "Miramar"),
     "Cafetería", "Mo-Fr 07:30-20:00; Sa 08:00-14:00"),
    ("Supermercados", ("Serrella", "Vernissa", "La Safor", "Montgó"),
     "Supermercado", "Mo-Sa 09:00-21:00"),
)  # fmt: skip
PEOPLE = ("Empar", "Vicent", "Josep", "Amparo", "Carles", "Lola", "Toni", "Rosa", "Jaume", "Maite")
SURNAMES = ("Roig", "Sanchis", "Climent", "Ferri", "Bosch", "Peiró", "Mascarell", "Català",
            "Escrivà", "Pellicer")  # fmt: skip
STREETS = ("C/ Major", "Av. del País Valencià", "C/ de la Mar", "Pl. de l'Ajuntament",
           "C/ Sant Josep", "Av. de la Pau")  # fmt: skip


@dataclass(frozen=True)
class Customer:
    """An invented customer, with what the history needs of it."""

    id: str
    site: str
    owner: str
    grade: str
    kind: str
    trade: str
    monthly: Decimal  # what it buys in a normal month
    stopped: bool  # has given up a product lately


def nif(chance: random.Random) -> str:
    """Return a company's tax id with the right check digit that nobody has been given."""
    digits = f"00{chance.randint(0, 99_999):05d}"
    even = sum(int(d) for d in digits[1::2])
    odd = sum(sum(divmod(int(d) * 2, 10)) for d in digits[::2])
    return f"B{digits}{-(even + odd) % 10}"


class Portfolio:
    """126 customers and some prospects, shared out among the reps."""

    def __init__(
        self, chance: random.Random, *, reps: list[str], segments: dict[str, str],
        lists: dict[str, str], today: date,
    ) -> None:  # fmt: skip
        self._chance, self._reps, self._segments = chance, reps, segments
        self._lists, self._today = lists, today
        self.customers: list[Customer] = []

    def rows(self, count: int = 126) -> Iterator[Row]:
        used: set[str] = set()
        taken = 0
        while len(self.customers) < count:
            town = TOWNS[len(self.customers) * 7 % len(TOWNS)]
            word, names, trade, hours = self._chance.choice(KINDS)
            name = f"{word} {self._chance.choice(names)}"
            if f"{name} {town[0]}" in used:
                taken += 1
                if taken < 100:  # so often in a row: the town has used up its names
                    continue
                name = f"{name} {len(self.customers)}"
            taken = 0
            used.add(f"{name} {town[0]}")
            yield from self._customer(len(self.customers), name, trade, hours, town)

    def _customer(
        self, n: int, name: str, trade: str, hours: str, town: tuple[str, str, str, float, float]
    ) -> Iterator[Row]:
        chance = self._chance
        owner = self._reps[0] if n % 3 else self._reps[1 + n // 3 % 2]
        prospect = n % 11 == 10
        grade = "" if prospect else chance.choices("ABC", (2, 4, 5))[0]
        monthly = Decimal({"A": 3200, "B": 1100, "C": 380}.get(grade, 0)) * chance.randint(70, 140)
        one = Customer(
            new_id(), new_id(), owner, grade, "prospect" if prospect else "customer", trade,
            monthly / 100, chance.random() < 0.18,
        )  # fmt: skip
        self.customers.append(one)
        shop = trade in {"Tienda", "Supermercado"}
        since = self._today - timedelta(days=chance.randint(200, 3000))
        yield "account", {
            "id": one.id, "kind": one.kind, "name": name, "owner_id": owner, "grade": grade,
            "legal_name": f"{name} {town[0]}, S.L.", "tax_id": nif(chance),
            "code": "" if prospect else f"43{n + 201:05d}", "sector": trade,
            "segment_id": self._segments["Comercio" if shop else "Hostelería"],
            "phone": f"+3460000{n:04d}", "email": f"compras{n}@cliente.example",
            "price_list_id": self._lists["Tienda" if shop else "Hostelería"],
            "payment_terms": chance.choice(("Recibo a 30 días", "Transferencia", "Contado")),
            "credit_limit": Decimal(6000 if grade == "A" else 2500),
            "surcharged": shop and n % 4 == 0, "since_on": None if prospect else since,
            "starred": n % 17 == 0, "language": "es",
        }  # fmt: skip
        yield "site", {
            "id": one.site, "account_id": one.id, "city": town[0], "postcode": town[1],
            "province": town[2], "street": f"{chance.choice(STREETS)}, {chance.randint(1, 90)}",
            "lat_e6": round(town[3] * 1e6) + chance.randint(-6000, 6000),
            "lon_e6": round(town[4] * 1e6) + chance.randint(-6000, 2000),
            "position_quality": "exact", "opening_hours": hours,
        }  # fmt: skip
        yield "contact", {
            "account_id": one.id, "is_main": True, "job": chance.choice(("Compras", "Gerencia")),
            "name": f"{chance.choice(PEOPLE)} {chance.choice(SURNAMES)}",
            "mobile": f"+3460001{n:04d}",
        }  # fmt: skip
