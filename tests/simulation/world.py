"""One company: its server, its office, its reps' laptops, and what is true of it in the end."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

from sqlalchemy import update
from sqlalchemy.orm import Session

from app.errors import SessionExpired, UserError
from app.models.database import Changes, Database
from app.models.files import Files
from app.server import accounts, devices, office, tables
from app.server.store import Store
from app.services.undo import NotUndoneError
from app.sync.client import Answered
from app.sync.report import SyncReport
from tests.simulation import checks
from tests.simulation.clock import OFFICE, SimTime
from tests.simulation.intents import Oracle
from tests.simulation.laptop import KEY, SimLaptop, calm
from tests.simulation.network import Network
from tests.simulation.server import SimServer

_HOT = 5  # rows that everybody works on
_ROUNDS = 14  # of calm syncs, after which everything must have come to rest
_ROUND_MS = 7 * 60 * 1000  # a refused file is tried again within six minutes


def _nothing() -> None:
    """What usually happens between two steps of a sync."""


@dataclass
class Noting:
    """What a deed says of itself while it happens; it counts once it is committed."""

    notes: list[tuple[str, str, str, str]] = field(default_factory=list)
    rows: list[tuple[str, str]] = field(default_factory=list)
    taken_out: list[tuple[str, set[str]]] = field(default_factory=list)
    replaced: list[tuple[str, str]] = field(default_factory=list)
    numbers: list[tuple[str, str]] = field(default_factory=list)
    undid: str = ""
    redid: str = ""

    def __call__(self, entity: str, row_id: str, name: str, value: str) -> None:
        self.notes.append((entity, row_id, name, value))

    def new(self, entity: str, row_id: str, name: str, value: str) -> None:
        self.rows.append((entity, row_id))
        self(entity, row_id, name, value)

    def gone(self, row_id: str, values: set[str]) -> None:
        self.taken_out.append((row_id, values))

    def replaces(self, row_id: str, name: str) -> None:
        self.replaced.append((row_id, name))

    def printed(self, quote_id: str, number: str) -> None:
        self.numbers.append((quote_id, number))

    def undone(self, command: str) -> None:
        self.undid = command

    def redone(self, command: str) -> None:
        self.redid = command


@dataclass
class World:
    """`folder` holds every file of it; `url` is PostgreSQL's, or "" for SQLite."""

    folder: Path
    clock: SimTime
    url: str = ""
    oracle: Oracle = field(default_factory=Oracle)
    laptops: list[SimLaptop] = field(default_factory=list)
    users: list[str] = field(default_factory=list)
    teams: list[str] = field(default_factory=list)
    products: list[str] = field(default_factory=list)
    rows: list[tuple[str, str]] = field(default_factory=list)  # entity and id, in order of making
    photos: dict[str, bytes] = field(default_factory=dict)
    printed: list[tuple[str, str]] = field(default_factory=list)  # quote, number
    rotten: list[tuple[Path, bytes]] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)  # seen on the way, told at the next rest
    counts: dict[str, int] = field(default_factory=dict)
    tokens: int = 0
    server_copy_at: int = -1  # the deed after which the server was copied
    tenant: str = ""
    manager: str = ""
    network: Network = field(init=False)
    server: SimServer = field(init=False)

    def __post_init__(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        self._blank = self.folder / "blank"
        Database(self._blank / "viajante.sqlite", KEY).close()
        Files(self._blank / "files.sqlite", KEY).close()
        self.network = Network(Random(0), self.clock)
        self.server = SimServer(self.folder, self.url, self.network.before_commit)
        self.network.application = self.server.application
        self.network.start_again = self._start_server_again
        self.tenant = accounts.add_company(self.store, "Bodega Ejemplo")

    # the server

    @property
    def store(self) -> Store:
        return self.server.store

    def _start_server_again(self) -> None:
        self.server.restart()
        self.network.application = self.server.application

    def copy_server(self) -> None:
        self.server.copy()
        self.network.application = self.server.application
        self.server_copy_at = self.oracle.count

    def restore_server(self, *, same_epoch: bool = False) -> None:
        self.clock.go(OFFICE)
        self.server.put_back(same_epoch=same_epoch)
        self.network.application = self.server.application
        self.oracle.forget_unsent(OFFICE, self.server_copy_at, set())
        self.oracle.reopen(self.server_copy_at)
        for laptop in self.laptops:
            laptop.starts_over = True

    def stored_files(self) -> list[Path]:
        found = (self.server.blobs / self.tenant).glob("??/*")
        return sorted(path for path in found if len(path.name) == 64)

    def close(self) -> None:
        for laptop in self.laptops:
            laptop.close()
        self.server.remove()

    # people and their computers

    def add_user(self, name: str, role: str = "rep", **more: Any) -> str:
        user = accounts.add_user(self.store, self.tenant, name, role=role, **more)
        self.users.append(user)
        return user

    def add_laptop(self, user: str) -> SimLaptop:
        folder = self.folder / f"laptop{len(self.laptops)}"
        shutil.copytree(self._blank, folder)
        name = f"L{len(self.laptops)}"
        made = SimLaptop(name, user, folder, self.network, self.clock.now_ms)
        self.laptops.append(made)
        self.enrol(made)
        report = self.sync(made)  # nobody works before the first download
        assert report.error is None, report.error
        return made

    def copy_profile(self, of: SimLaptop) -> None:
        folder = self.folder / f"laptop{len(self.laptops)}"
        of.copy_disk(folder)
        name = f"L{len(self.laptops)}"
        self.laptops.append(SimLaptop(name, of.user, folder, self.network, self.clock.now_ms))

    def enrol(self, laptop: SimLaptop) -> None:
        self.clock.go(OFFICE)
        code = devices.new_code(self.store, self.tenant, laptop.user)
        self.clock.go(laptop.name, laptop.offset_ms)
        laptop.enrol(code)
        laptop.starts_over = True

    def set_status(self, laptop: SimLaptop, status: str) -> None:
        with self.store.write() as connection:
            connection.execute(
                update(tables.device)
                .where(tables.device.c.device_id == laptop.state().device_id)
                .values(status=status)
            )

    def revoke_tokens(self, laptop: SimLaptop) -> None:
        """End the refresh tokens of a laptop; its access token lasts some minutes more."""
        token = tables.refresh_token
        with self.store.write() as connection:
            connection.execute(
                update(token)
                .where(token.c.device_id == laptop.state().device_id)
                .values(revoked_at=self.clock.now_ms())
            )

    # deeds

    def somebody(self, chance: Random) -> SimLaptop:
        laptop = chance.choice(self.laptops)
        self.clock.go(laptop.name, laptop.offset_ms)
        return laptop

    @contextmanager
    def deed(self, laptop: SimLaptop) -> Iterator[tuple[Session, Noting]]:
        """Let a person do something in one transaction; a refusal that is told is no deed."""
        self.clock.go(laptop.name, laptop.offset_ms)
        noting, seen = Noting(), list[Changes]()
        laptop.database.subscribers.append(seen.append)
        try:
            with laptop.database.write() as session:
                yield session, noting
        except NotUndoneError:
            raise
        except UserError:
            self.count("refused deed")
            return
        finally:
            laptop.database.subscribers.remove(seen.append)
        self._remember(laptop, noting, seen)

    def _remember(self, laptop: SimLaptop, noting: Noting, seen: list[Changes]) -> None:
        who, oracle = laptop.name, self.oracle
        for changes in seen:
            for ids in changes.removed.values():
                for row_id in sorted(ids):
                    oracle.took_away(who, row_id)
        for row_id, values in noting.taken_out:
            oracle.retract(who, row_id, values)
        for row_id, name in noting.replaced:
            oracle.replace(who, row_id, name)
        if noting.undid:
            oracle.undo(who, noting.undid)
        if noting.redid:
            oracle.redo(noting.redid)
        command = seen[-1].command if seen else ""
        for note in noting.notes:
            oracle.note(who, *note, command=command)
        self.rows += noting.rows
        self.printed += noting.numbers

    def token(self) -> str:
        """Return a value that nobody has given before."""
        self.tokens += 1
        return f"v{self.tokens:08d}"

    def known(self, *entities: str) -> list[str]:
        return [row_id for entity, row_id in self.rows if entity in entities]

    def pick(self, chance: Random, *entities: str) -> str:
        """Return a row, half of the time one of a few that everybody works on; "" for none."""
        known = self.known(*entities)
        if not known:
            return ""
        return chance.choice(known[:_HOT] if chance.random() < 0.5 else known)

    def as_office(self, work: Callable[..., Any], *args: Any, **fields: Any) -> Any:
        """Let the office do something; what the server refuses is no deed."""
        self.clock.go(OFFICE)
        return work(self.store, self.tenant, None, *args, **fields)

    def count(self, what: str) -> None:
        self.counts[what] = self.counts.get(what, 0) + 1

    def drop_unsent(self, laptop: SimLaptop) -> None:
        """Note that what this laptop did since its copy is gone, unless the office has it."""
        with self.store.read() as connection:
            sent = self.oracle.found(connection, self.tenant, laptop.name)
        self.oracle.forget_unsent(laptop.name, laptop.copied_at, sent)

    # coming to rest

    def sync(self, laptop: SimLaptop, *, between: Callable[[], None] = _nothing) -> SyncReport:
        """Sync once, and do what a person would about a refusal: ask for a new code."""
        self.clock.go(laptop.name, laptop.offset_ms)
        before = laptop.state()
        amid = between is not _nothing
        report = laptop.sync(between=between)
        self.clock.go(laptop.name, laptop.offset_ms)
        error = report.error
        self.faults += checks.on_the_way(laptop, before, report, amid=amid)
        if isinstance(error, SessionExpired) or (
            isinstance(error, Answered) and error.failure.error == "device_forked"
        ):
            self.count("enrolled anew")
            self.enrol(laptop)
        return report

    def settle(self) -> list[str]:
        """Let everybody sync in peace until nothing moves; return what is not as it must be."""
        for path, content in reversed(self.rotten):
            path.write_bytes(content)
        self.rotten.clear()
        with calm(self.network):
            while self.network.deliver_late():
                pass
            for laptop in self.laptops:
                self.set_status(laptop, "active")
            for _round in range(_ROUNDS):
                self.clock.pass_by(_ROUND_MS)
                reports = [self.sync(laptop) for laptop in self.laptops]
                if all(checks.is_at_rest(report) for report in reports):
                    break
            else:
                return ["sync does not come to rest: " + "; ".join(map(checks.said, reports))]
            for laptop in self.laptops:
                laptop.starts_over = False
            return checks.everything(self)


def people(world: World, *, reps: int, second: int) -> None:
    """Give the company a manager and so many reps, `second` of whom have two laptops."""
    world.teams = [world.as_office(office.add, "team", name=name) for name in ("Norte", "Sur")]
    _stock(world)
    world.manager = world.add_user("Jefa", "manager", team_id=world.teams[0])
    names = [world.add_user(f"Rep {n}", team_id=world.teams[n == reps - 1]) for n in range(reps)]
    for n, user in enumerate(names):
        world.add_laptop(user)
        if n < second:
            world.add_laptop(user)
    world.add_laptop(world.manager)
    for n in range(2 * reps):
        token = world.token()
        row_id = world.as_office(office.add, "account", name=token, owner_id=names[n % reps])
        world.rows.append(("account", row_id))
        world.oracle.note(OFFICE, "account", row_id, "name", token)


def _stock(world: World) -> None:
    """Give the company something to sell, at a price, with its tax."""
    add = office.add
    for regime in ("iva", "igic", "ipsi"):
        world.as_office(
            add, "tax_rate", regime=regime, kind="general", rate="21", valid_from="2000-01-01"
        )
    prices = world.as_office(add, "price_list", name="General", is_default=True)
    for n in range(3):
        made = world.as_office(add, "product", reference=f"P{n}", name=f"Product {n}")
        world.products.append(made)
        world.as_office(
            add, "price_list_line", price_list_id=prices, product_id=made, price=f"{n + 1}.35"
        )
