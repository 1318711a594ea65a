"""Real laptops – database, files, client – of a real server, for the tests of sync."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import select, update

from app.models.base import Base
from app.models.database import Database
from app.models.files import Files
from app.models.journal import Operation
from app.models.sync_state import SyncState
from app.server import office
from app.services import syncing
from app.sync import client as clients
from app.sync import engine
from app.sync.catalogue import CATALOGUE
from app.sync.engine import SyncReport
from tests.serving import Serving


@dataclass
class Laptop:
    """One rep's computer."""

    database: Database
    files: Files
    user: str
    clock_ms: int = 0

    def sync(self, **more: Any) -> SyncReport:
        client = engine.client_of(self.database)
        try:
            return engine.run(self.database, self.files, client, **more)
        finally:
            client.close()

    def synced(self, **more: Any) -> SyncReport:
        """Sync and insist that it went well."""
        report = self.sync(**more)
        assert report.error is None, report.error
        assert report.digest_ok is True
        return report

    def add(self, entity: type, /, **fields: Any) -> str:
        with self.database.write() as session:
            row = entity(**fields)
            session.add(row)
        return row.id

    def edit(self, kind: type, row_id: str, /, **fields: Any) -> None:
        with self.database.write() as session:
            row = session.get(kind, row_id)
            for name, value in fields.items():
                setattr(row, name, value)

    def get(self, kind: type, row_id: str) -> Any:
        with self.database.read() as session:
            return session.get(kind, row_id)

    def rows(self, kind: type) -> list[Any]:
        with self.database.read() as session:
            return list(
                session.scalars(select(kind).where(kind.removed_at.is_(None)).order_by(kind.id))
            )

    def state(self) -> SyncState:
        with self.database.read() as session:
            state = session.get(SyncState, 1)
        assert state is not None
        return state

    def operations(self, *states: str) -> list[Operation]:
        with self.database.read() as session:
            query = select(Operation).order_by(Operation.number)
            return list(session.scalars(query.where(Operation.state.in_(states))))

    def execute(self, statement: Any) -> None:
        """Change a local table behind everybody's back."""
        with self.database.write() as session:
            session.connection().execute(statement)

    def set_state(self, **values: Any) -> None:
        self.execute(update(Base.metadata.tables["sync_state"]).values(**values))

    def content(self) -> dict[str, dict[str, tuple[Any, ...]]]:
        """Return everything synchronised that is not removed, to compare with another laptop."""
        found: dict[str, dict[str, tuple[Any, ...]]] = {}
        with self.database.read() as session:
            for name in CATALOGUE:
                table = Base.metadata.tables[name]
                for row in session.execute(select(table).where(table.c.removed_at.is_(None))):
                    found.setdefault(name, {})[row.id] = tuple(row)
        return found


@dataclass
class World:
    """A company on a server, its laptops, and where they are."""

    server: Serving
    tenant: str
    folder: Path
    laptops: list[Laptop]

    def laptop(
        self, name: str = "Marta", *, role: str = "rep", user: str = "", empty: bool = False
    ) -> Laptop:
        """Return a new, enrolled laptop; not synced yet when it is to be `empty`."""
        user = user or self.server.user(self.tenant, name, role=role)
        folder = self.folder / f"laptop{len(self.laptops)}"
        database = Database(folder / "viajante.sqlite", secrets.token_bytes(32))
        made = Laptop(database, Files(folder / "files.sqlite", secrets.token_bytes(32)), user)
        self.laptops.append(made)
        self.enrol(made)
        if not empty:
            made.synced()
        return made

    def enrol(self, laptop: Laptop) -> None:
        code = self.server.code(self.tenant, laptop.user)
        answer = clients.enrol(self.server.url, code, "Portátil", "d" * 32)
        with laptop.database.write() as session:
            syncing.enrolled(session, answer, self.server.url)

    def add(self, entity: str, **fields: Any) -> str:
        return office.add(self.server.store, self.tenant, None, entity, **fields)

    def edit(self, entity: str, row_id: str, **fields: Any) -> None:
        office.edit(self.server.store, self.tenant, None, entity, row_id, **fields)

    def remove(self, entity: str, row_id: str) -> None:
        office.remove(self.server.store, self.tenant, None, entity, row_id)

    def get(self, entity: str, row_id: str) -> dict[str, Any] | None:
        return office.get(self.server.store, self.tenant, entity, row_id)


@contextmanager
def world(folder: Path, server: Serving) -> Iterator[World]:
    made = World(server, server.company(), folder, [])
    try:
        yield made
    finally:
        for laptop in made.laptops:
            laptop.files.close()
            laptop.database.close()
