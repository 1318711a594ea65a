"""The first sync, the end of a day and a sync without news, with a server in a process of its own.

All on this machine, so that the network costs next to nothing and what is left is ours. Bytes and
requests are counted on the laptop. Floors: unpacking, reading and inserting the same pages bare;
and as many empty requests to the same server.
"""

from __future__ import annotations

import json
import secrets
import statistics
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import requests
from sqlalchemy import select

from app import demo
from app.models import schema
from app.models.account import Account
from app.models.database import Database
from app.models.files import Files
from app.models.product import Product
from app.server.blobs import Blobs
from app.server.demo.seed import seed
from app.server.store import Store
from app.services import expenses, quote_lines, quotes, syncing, visits
from app.sync import client as clients
from app.sync import engine, protocol
from app.sync.client import Client
from app.sync.protocol import PullAnswer
from app.sync.report import SyncReport
from benchmarks import figures
from benchmarks.figures import Figure

CUSTOMERS = 126  # of the whole company; the rep has two thirds of them
VISITS, QUOTES, EXPENSES = 12, 3, 8


class CountingClient(Client):
    """A client that counts its requests, and keeps the pages it gets."""

    requests = 0

    def __init__(self, plain: Client) -> None:
        super().__init__(plain.url, plain._tokens)
        self.pages: list[tuple[bytes, str]] = []

    def _sent(self, method: str, path: str, *more: Any, **options: Any) -> Any:
        self.requests += 1
        response, content = super()._sent(method, path, *more, **options)
        if path == "/pull":
            self.pages.append((content, response.headers.get("Content-Encoding", "")))
        return response, content


@dataclass
class Run:
    """One sync: how long, how much on the wire, in how many requests."""

    took_s: float
    report: SyncReport
    requests: int
    pages: list[tuple[bytes, str]] = field(repr=False)

    @property
    def note(self) -> str:
        report = self.report
        up, down = report.bytes_sent / 1024, report.bytes_received / 1024
        return f"{self.requests} requests, {up:,.1f} KiB up, {down:,.1f} KiB down"


@dataclass
class Laptop:
    """A rep's computer: database and files, enrolled with the server."""

    database: Database
    files: Files

    def sync(self) -> Run:
        with closing(CountingClient(engine.client_of(self.database))) as client:
            made: list[SyncReport] = []
            took = figures.seconds(
                lambda: made.append(engine.run(self.database, self.files, client))
            )
            if made[0].error is not None:
                raise made[0].error
            return Run(took, made[0], client.requests, client.pages)


def measure(customers: int, times: int) -> list[Figure]:
    """Return the figures; each first sync is that of a laptop of its own."""
    with tempfile.TemporaryDirectory(prefix="viajante-bench-") as name:
        folder = Path(name)
        figures.saying(f"sync: making a company of {customers:,} customers")
        server = demo.EmbeddedServer(folder / "server")
        with closing(Store(str(server.database))) as store:
            seed(
                store,
                Blobs(store, server.folder / "files"),
                date(2026, 11, 19),
                customers=customers,
            )
        server.start()
        try:
            return _measured(folder, server, times)
        finally:
            server.stop()


def _measured(folder: Path, server: demo.EmbeddedServer, times: int) -> list[Figure]:
    figures.saying("sync: first, end of day, nothing new")
    firsts, days, idle = [], [], []
    for n in range(times):
        with _laptop(folder / f"laptop{n}", server) as laptop:
            firsts.append(laptop.sync())
            _one_day(laptop.database)
            days.append(laptop.sync())
            idle += [laptop.sync() for _again in range(3)]
    rows = firsts[-1].report.changed
    operations = days[-1].report.sent.total()
    floor = statistics.median(_bare(folder, firsts[-1].pages) for _run in range(times))
    return [
        _figure(f"First sync, {rows:,} rows", firsts, floor, "unpack, read and insert them bare"),
        _figure(
            f"End of a day, {operations} changes", days, _empty(server, days[-1].requests),
            "as many empty requests",
        ),
        _figure("Nothing new", idle, _empty(server, idle[-1].requests), "as many empty requests"),
    ]  # fmt: skip


def _figure(what: str, runs: list[Run], floor: float, beside: str) -> Figure:
    took = statistics.median(run.took_s for run in runs)
    return Figure(what, took * 1000, "ms", floor * 1000, beside, runs[-1].note)


@contextmanager
def _laptop(folder: Path, server: demo.EmbeddedServer) -> Iterator[Laptop]:
    key = secrets.token_bytes(32)
    database, files = Database(folder / "viajante.sqlite", key), Files(folder / "files.sqlite", key)
    try:
        code = server.command("enrol", "--company", demo.COMPANY, "--user", demo.REP)["code"]
        answer = clients.enrol(server.url, code, "Portátil", "0" * 32)
        with database.write() as session:
            syncing.enrolled(session, answer, server.url)
        yield Laptop(database, files)
    finally:
        files.close()
        database.close()


def _one_day(database: Database) -> None:
    """Do a rep's day: visits logged, quotes issued, expenses noted; a transaction for each."""
    now = datetime.now(UTC)
    today = now.date()
    with database.read() as session:
        accounts = list(session.scalars(select(Account.id).order_by(Account.id).limit(VISITS)))
        products = list(session.scalars(select(Product.id).order_by(Product.id).limit(6)))
    for account in accounts:
        with database.write() as session:
            visit = visits.add_unplanned(session, account, now=now)
            visits.log(session, visit.id, outcome="order", now=now)
    for account in accounts[:QUOTES]:
        with database.write() as session:
            quote = quotes.draft(session, account, today=today)
            for product in products:
                quote_lines.add_line(session, quote.id, product, today=today)
            quotes.issue(session, quote.id, now=now)
    for n in range(EXPENSES):
        with database.write() as session:
            expenses.add(session, kind="meal", spent_on=today, amount=Decimal(10 + n))


def _bare(folder: Path, pages: list[tuple[bytes, str]]) -> float:
    """Return the seconds of unpacking and reading pages, and of inserting them without an index."""
    with tempfile.TemporaryDirectory(dir=folder) as name:
        path = Path(name) / "bare.sqlite"
        with closing(schema.connect(path, secrets.token_bytes(32))) as connection:

            def work() -> None:
                connection.execute("BEGIN IMMEDIATE")
                for content, encoding in pages:
                    for table in protocol.unpack(content, encoding, PullAnswer).tables:
                        name = f"{table.t}_{len(table.c)}_{hash(tuple(table.c)) & 0xFFFF}"
                        columns, marks = ", ".join(table.c), ", ".join("?" * len(table.c))
                        connection.execute(f"CREATE TABLE IF NOT EXISTS {name} ({columns})")
                        rows = [[_plain(cell) for cell in row] for row in table.r]
                        connection.executemany(f"INSERT INTO {name} VALUES ({marks})", rows)
                connection.execute("COMMIT")

            return figures.seconds(work)


def _plain(cell: Any) -> Any:
    return json.dumps(cell) if isinstance(cell, list | dict) else cell


def _empty(server: demo.EmbeddedServer, count: int) -> float:
    """Return the seconds of `count` requests that ask for nothing, on one connection."""
    with requests.Session() as session:

        def work() -> None:
            for _n in range(count):
                session.get(f"{server.url}/health", timeout=10).raise_for_status()

        return figures.median(work, 5)


def main(arguments: list[str] | None = None) -> int:
    parser = figures.options(__doc__)
    parser.add_argument("--customers", type=int, default=CUSTOMERS)
    given = parser.parse_args(arguments)
    return figures.show(measure(given.customers, given.times or 3), given)


if __name__ == "__main__":
    sys.exit(main())
