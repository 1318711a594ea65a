"""Reading a list of 1,000 customers: CSV, XLSX, and the same list once more.

Ours finds out encoding, delimiter and columns, cleans and checks each cell, looks for those who
are here already, finds places, and journals every field. Beside it: the csv module or openpyxl, and
bare inserts into the same encrypted tables.
"""

from __future__ import annotations

import csv
import io
import secrets
import statistics
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import openpyxl

from app.models.base import new_id
from app.models.database import Database
from app.services.imports import plan
from benchmarks import figures, portfolio
from benchmarks.figures import Figure

ROWS = 1_000
_TITLES = ("Nombre", "NIF", "Teléfono", "Correo", "Dirección", "CP", "Población", "Contacto")
_TOWNS = (("46800", "Xàtiva"), ("03801", "Alcoi"), ("46700", "Gandia"), ("03700", "Dénia"))

Lines = list[tuple[str, ...]]


def measure(rows: int, times: int) -> list[Figure]:
    """Return the figures; each import goes into a company of its own."""
    lines = _lines(rows)
    as_csv, as_xlsx = _csv(lines), _xlsx(lines)
    found = []
    _ours(as_csv, "clientes.csv", rows, 1)  # loads the places and the rules of telephones, once
    for name, content, read in (("CSV", as_csv, _read_csv), ("XLSX", as_xlsx, _read_xlsx)):
        figures.saying(f"imports: {name}")
        ours, again = _ours(content, f"clientes.{name.lower()}", rows, times)
        floor = statistics.median(_floor(read, content) for _run in range(times))
        beside = "csv" if name == "CSV" else "openpyxl"
        found.append(
            Figure(
                f"{rows:,} customers from {name}", ours, "s", floor,
                f"{beside} and bare inserts", f"{rows / ours:,.0f} a second",
            )
        )  # fmt: skip
        if name == "CSV":
            found.append(
                Figure(
                    "The same CSV again, nothing changes", again, "s", _looking_up(content),
                    "csv and a bare look-up by telephone and by name",
                )
            )  # fmt: skip
    return found


def _lines(rows: int) -> Lines:
    made: Lines = []
    for n in range(rows):
        postcode, town = _TOWNS[n % len(_TOWNS)]
        made.append(
            (
                f"Bar Número {n}", "", f"962 27 {n // 100:02} {n % 100:02}",
                f"bar{n}@correo.example",
                f"C/ Major, {n % 90 + 1}", postcode, town, f"Vicent {n}",
            )
        )  # fmt: skip
    return made


def _csv(lines: Lines) -> bytes:
    out = io.StringIO()
    csv.writer(out, delimiter=";").writerows([_TITLES, *lines])
    return out.getvalue().encode("cp1252")


def _xlsx(lines: Lines) -> bytes:
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet()
    for line in [_TITLES, *lines]:
        sheet.append(line)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _ours(content: bytes, name: str, rows: int, times: int) -> tuple[float, float]:
    """Return the median seconds of a first import and of the same one again."""
    firsts: list[float] = []
    seconds: list[float] = []
    for _run in range(times):
        with _company() as database:
            for taken, expected in ((firsts, "added"), (seconds, "unchanged")):
                made: list[plan.ImportPlan] = []

                def work(database: Database = database, made: list[plan.ImportPlan] = made) -> None:
                    with database.write() as session:
                        made.append(plan.run(session, content, name, "accounts"))

                taken.append(figures.seconds(work))
                if made[0].as_json()[expected] != rows:  # type: ignore[literal-required]
                    raise RuntimeError(f"not all were {expected}: {made[0].as_json()}")
    return statistics.median(firsts), statistics.median(seconds)


@contextmanager
def _company(accounts: int = 0) -> Iterator[Database]:
    with tempfile.TemporaryDirectory(prefix="viajante-bench-") as name:
        database = Database(Path(name) / "viajante.sqlite", secrets.token_bytes(32))
        try:
            portfolio.fill(database, accounts)
            yield database
        finally:
            database.close()


def _read_csv(content: bytes) -> Iterable[tuple[str, ...]]:
    reader = csv.reader(io.StringIO(content.decode("cp1252")), delimiter=";")
    return [tuple(row) for row in reader][1:]


def _read_xlsx(content: bytes) -> Iterable[tuple[str, ...]]:
    book = openpyxl.load_workbook(io.BytesIO(content), read_only=True)
    return [tuple(map(str, row)) for row in book.worksheets[0].iter_rows(values_only=True)][1:]


def _looking_up(content: bytes) -> float:
    """Return the seconds of reading, and of asking for each row whether it is here."""
    rows = len(list(_read_csv(content)))
    with _company(rows) as database, closing(database.connect()) as connection:

        def work() -> None:
            for row in _read_csv(content):
                for column, value in (("phone", row[2]), ("name", row[0])):
                    query = f"SELECT id FROM account WHERE {column} = ?"
                    connection.execute(query, (value,)).fetchone()

        return figures.median(work, 3)


def _floor(read: Callable[[bytes], Iterable[tuple[str, ...]]], content: bytes) -> float:
    """Return the seconds of reading and of inserting a customer, an address and a person a row."""
    with _company() as database, closing(database.connect()) as connection:
        blank = {name: _blank(connection, name) for name in ("account", "site", "contact")}
        inserts = {
            name: f"INSERT INTO {name} ({', '.join(row)}) VALUES ({', '.join('?' * len(row))})"
            for name, row in blank.items()
        }

        def work() -> None:
            connection.execute("BEGIN IMMEDIATE")
            for row in read(content):
                for name, values in _written(row):
                    connection.execute(inserts[name], list((blank[name] | values).values()))
            connection.execute("COMMIT")

        return figures.seconds(work)


def _written(row: tuple[str, ...]) -> Iterator[tuple[str, dict[str, str]]]:
    name, _tax_id, phone, email, street, postcode, city, person = row
    account = new_id()
    under = {"root": account, "account_id": account}
    yield "account", {"id": account, "root": account, "name": name, "phone": phone, "email": email}
    where = {"street": street, "postcode": postcode, "city": city}
    yield "site", {"id": new_id(), **under, **where}
    yield "contact", {"id": new_id(), **under, "name": person}


def _blank(connection: Any, table: str) -> dict[str, object]:
    """Return a row of the columns that must hold something."""
    columns = connection.execute(f"PRAGMA table_info({table})").fetchall()
    needed = [(name, kind) for _n, name, kind, must, _default, _key in columns if must]
    row: dict[str, object] = {"id": "", "root": ""}
    return row | {name: "" if kind.startswith("VARCHAR") else 0 for name, kind in needed}


def main(arguments: list[str] | None = None) -> int:
    parser = figures.options(__doc__)
    parser.add_argument("--rows", type=int, default=ROWS)
    given = parser.parse_args(arguments)
    return figures.show(measure(given.rows, given.times or 3), given)


if __name__ == "__main__":
    sys.exit(main())
