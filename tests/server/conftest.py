"""The server on both engines, with a company, its people and their laptops."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from app.server import office
from app.server.store import Store
from tests.server.laptop import Laptop, enrol
from tests.serving import Serving, serving


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def database_url(request: pytest.FixtureRequest) -> str:
    """Return the URL of each engine in turn; "" for SQLite in the test's own folder."""
    if request.param == "sqlite":
        return ""
    return request.getfixturevalue("postgresql_url")


@pytest.fixture
def server(database_url: str, tmp_path: Path) -> Iterator[Serving]:
    with serving(tmp_path / "server", database_url) as running:
        yield running


@dataclass
class World:
    """One company, and whoever a test asks for."""

    server: Serving
    tenant: str
    users: dict[str, str] = field(default_factory=dict)
    laptops: list[Laptop] = field(default_factory=list)

    @property
    def store(self) -> Store:
        return self.server.store

    def user(self, name: str, role: str = "rep", **more: Any) -> str:
        if name not in self.users:
            self.users[name] = self.server.user(self.tenant, name, role=role, **more)
        return self.users[name]

    def laptop(self, name: str = "Ana", role: str = "rep", **more: Any) -> Laptop:
        """Return a new laptop of this user."""
        code = self.server.code(self.tenant, self.user(name, role, **more))
        self.laptops.append(enrol(self.server.url, code))
        return self.laptops[-1]

    def add(self, entity: str, **fields: Any) -> str:
        return office.add(self.store, self.tenant, None, entity, **fields)

    def edit(self, entity: str, row_id: str, *, by: str | None = None, **fields: Any) -> None:
        user = self.user(by, "office") if by else None
        office.edit(self.store, self.tenant, user, entity, row_id, **fields)

    def get(self, entity: str, row_id: str) -> dict[str, Any] | None:
        return office.get(self.store, self.tenant, entity, row_id)

    def rows(self, entity: str) -> list[dict[str, Any]]:
        return [body for _id, body in office.rows(self.store, self.tenant, entity)]


@pytest.fixture
def world(server: Serving) -> Iterator[World]:
    made = World(server, server.company())
    yield made
    for laptop in made.laptops:
        laptop.session.close()


Changes = Callable[..., dict[str, Any]]


@pytest.fixture
def to() -> Changes:
    """Return the fields of an update: `to(phone=("600", "601"))`, base before value."""

    def made(**fields: tuple[Any, Any]) -> dict[str, Any]:
        return {name: {"b": base, "v": value} for name, (base, value) in fields.items()}

    return made
