"""Lists to import where none are given: invented prospects and articles, the same every time."""

from __future__ import annotations

import csv
import random
from collections.abc import Iterable, Sequence
from pathlib import Path

from app.server.demo.customers import KINDS, PEOPLE, STREETS, TOWNS

PROSPECTS, PRODUCTS = 120, 30
_GOODS = ("Salsa brava", "Alioli", "Pan de higo", "Sal en escamas", "Azafrán en hebra", "Ñora seca")
_SIZES = ("Tarro 250 g", "Bote 1 kg", "Caja 12 uds", "Bolsa 500 g", "Lata 400 g")


def write_prospects(path: Path) -> Path:
    """Write shops of the demo's coast that nobody visits yet, with positions and opening hours."""
    chance = random.Random(1905)  # noqa: S311 - invented places, the same every time
    rows = []
    for n in range(PROSPECTS):
        town, postcode, province, lat, lon = TOWNS[n % len(TOWNS)]
        word, names, trade, hours = chance.choice(KINDS)
        rows.append(
            (
                f"P{n:04d}", f"{word} {chance.choice(names)} {n + 1}", trade,
                f"{chance.choice(STREETS)}, {chance.randint(1, 90)}", postcode, town, province,
                f"{lat + chance.uniform(-0.01, 0.01):.6f}",
                f"{lon + chance.uniform(-0.01, 0.004):.6f}",
                f"60002{n:04d}", chance.choice(PEOPLE), hours,
            )
        )  # fmt: skip
    titles = (
        "Código", "Nombre", "Sector", "Dirección", "CP", "Población", "Provincia", "Latitud",
        "Longitud", "Teléfono", "Contacto", "Horario",
    )  # fmt: skip
    return _write(path, titles, rows)


def write_products(path: Path) -> Path:
    """Write articles with reference, EAN of the range for internal use, price and VAT."""
    chance = random.Random(1906)  # noqa: S311
    rows = [
        (
            f"NV-{n:03d}", _ean(n), f"{_GOODS[n % len(_GOODS)]} n.º {n // len(_GOODS) + 1}",
            chance.choice(_SIZES), f"{chance.randint(180, 2400) / 100:.2f}".replace(".", ","),
            "10",
        )
        for n in range(PRODUCTS)
    ]  # fmt: skip
    return _write(path, ("Referencia", "EAN", "Nombre", "Formato", "Precio", "IVA"), rows)


def _ean(n: int) -> str:
    digits = f"20000000{n:04d}"
    total = sum(int(digit) * (3 if at % 2 else 1) for at, digit in enumerate(digits))
    return f"{digits}{-total % 10}"


def _write(path: Path, titles: Sequence[str], rows: Iterable[Sequence[str]]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, delimiter=";")
        writer.writerow(titles)
        writer.writerows(rows)
    return path
