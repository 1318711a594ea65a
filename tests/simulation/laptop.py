"""A rep's computer in the simulation: real files, a real client, a clock of its own."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

from app.errors import UserError
from app.models.database import Database
from app.models.files import Files
from app.models.sync_state import SyncState
from app.services import syncing
from app.sync import client as clients
from app.sync import conversation, engine
from app.sync.client import Client
from app.sync.conversation import Db, Http
from app.sync.report import SyncReport
from tests.simulation.network import Network, Wire

URL = "http://127.0.0.1:1"
KEY = b"k" * 32


class Killed(Exception):  # noqa: N818 - an event rather than an error
    """The battery is empty."""


@dataclass
class SimLaptop:
    """`offset_ms` is by how much its clock is wrong."""

    name: str
    user: str
    folder: Path
    network: Network
    now_ms: Callable[[], int]
    offset_ms: int = 0
    syncs: int = 0
    kills: int = 0
    starts_over: bool = False  # what it reads next may differ from what it has
    copied_at: int = -1  # the deed after which the copy of its disk was made
    database: Database = field(init=False)
    files: Files = field(init=False)

    def __post_init__(self) -> None:
        self.open()

    def open(self) -> None:
        self.database = Database(self.folder / "viajante.sqlite", KEY)
        self.files = Files(self.folder / "files.sqlite", KEY)

    def close(self) -> None:
        self.files.close()
        self.database.close()

    def clock(self) -> int:
        return self.now_ms() + self.offset_ms

    # talking to the office

    def enrol(self, code: str) -> None:
        """Connect with a code; the network may not fail here."""
        with _calm(self.network):
            session = clients.Client(URL, None)
            self._wire(session)
            message = clients.Enrol(code, self.name, "1", clients.SCHEMA, self.state().database_id)
            answer = session.call("/enroll", message, clients.EnrolAnswer)
            session.close()
        with self.database.write() as own:
            syncing.enrolled(own, answer, URL)

    def client(self) -> Client:
        made = engine.client_of(self.database)
        self._wire(made)
        return made

    def _wire(self, client: Client) -> None:
        client._session.mount("http://", Wire(self.network))
        client._session.trust_env = False  # nobody's proxy lies between

    def sync(self, *, between: Callable[[], None] = lambda: None) -> SyncReport:
        """Synchronise once over the network as it is; `between` is called between its steps."""
        self.syncs += 1
        speaker = self.client()

        def never() -> bool:
            between()
            return False

        try:
            return engine.run(self.database, self.files, speaker, clock=self.clock, cancelled=never)
        finally:
            speaker.close()

    def sync_and_die(self, chance: Random) -> bool:
        """Kill the program at a step of a sync, before or after it; then start it again (F8)."""
        limit, before = chance.randint(1, 14), chance.random() < 0.5
        speaker = self.client()
        died = False
        try:
            steps = _cut(conversation.records(SyncReport(None), self.clock), limit, before=before)
            engine.drive(self.database, speaker, steps)
        except Killed:
            died = True
        except UserError:
            pass  # the network was faster
        finally:
            speaker.close()
        self.kills += died
        self.restart()
        return died

    def restart(self) -> None:
        """End without a word and open the files again."""
        self.database.engine.dispose()
        self.files.close()
        self.open()

    # its disk

    def copy_disk(self, to: Path) -> None:
        """Keep a copy of the disk."""
        shutil.rmtree(to, ignore_errors=True)
        to.mkdir(parents=True)
        self.database.back_up(to / "viajante.sqlite")
        self.files.back_up(to / "files.sqlite")

    def put_back(self, copy: Path) -> None:
        """Put the copy of yesterday in the place of today's disk (F14)."""
        self.close()
        for name in ("viajante.sqlite", "files.sqlite"):
            for old in self.folder.glob(f"{name}*"):
                old.unlink()
            shutil.copy(copy / name, self.folder / name)
        self.open()

    # its content

    def state(self) -> SyncState:
        with self.database.read() as session:
            found = session.get(SyncState, 1)
        return found or SyncState()


def _cut(steps: conversation.Steps, limit: int, *, before: bool) -> Any:
    """Pass the effects on until number `limit`, and die there."""
    count, answer = 0, None
    failure: UserError | None = None
    while True:
        try:
            effect = steps.throw(failure) if failure else steps.send(answer)
        except StopIteration:
            return
        failure = None
        count += isinstance(effect, Http | Db)
        if before and count == limit:
            raise Killed
        try:
            answer = yield effect
        except UserError as error:
            failure = error
        if not before and count == limit:
            raise Killed


class _calm:  # noqa: N801 - reads as a word of the sentence it stands in
    """The network works while this lasts."""

    def __init__(self, network: Network) -> None:
        self._network, self._badness = network, network.badness

    def __enter__(self) -> None:
        self._network.badness = 0.0
        self._network.kill_before_commit = 0

    def __exit__(self, *_args: object) -> None:
        self._network.badness = self._badness


calm = _calm
