"""The back office's part of the day, and whether it holds exactly what the laptop holds."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from statistics import median_low
from typing import Any

from sqlalchemy import select

from app.demo import COMPANY, REP
from app.i18n import _
from app.models.base import Base
from app.models.database import Database
from app.models.document import Document
from app.models.sync_state import RowMeta, SyncState
from app.models.wire import encode
from app.routing.problem import Position
from app.routing.travel_times import straight_m
from app.server import accounts, members, office, tables
from app.server.store import Store
from app.services import route_problem
from app.services.imports import matching, reading
from app.sync.catalogue import CATALOGUE, Entity

_FAR_M = 60_000  # a portfolio that begins further away than this is worked from a hotel
_DIFFERENCES = 20  # as many are named; the rest is counted

Cells = dict[tuple[str, str], dict[str, Any]]


@dataclass
class Comparison:
    """What both sides hold, row by row and field by field."""

    rows: Counter[str] = field(default_factory=Counter)  # per entity, equal on both sides
    differences: list[str] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        return {
            "rows_equal": self.rows.total(), "rows": dict(sorted(self.rows.items())),
            "differences": len(self.differences), "first": self.differences[:_DIFFERENCES],
        }  # fmt: skip


class BackOffice:
    """Speaks to the server's records, as the office's own programs do."""

    def __init__(self, database: Path) -> None:
        self.store = Store(str(database))
        self.tenant = accounts.find_company(self.store, COMPANY)
        self.rep = accounts.find_user(self.store, self.tenant, REP)

    def close(self) -> None:
        self.store.close()

    def prepare_day(self, day: date, portfolio: bytes, name: str) -> dict[str, Any]:
        """Let the day begin where the list of places lies, and say where that is.

        For places far from her home the rep gets a hotel among them, and what was planned at home
        for `day` moves to a week later.
        """
        hours_id, hours = next(
            (row_id, body)
            for row_id, body in office.rows(self.store, self.tenant, "working_hours")
            if body["user_id"] == self.rep
        )
        home = Position(hours["start_lat_e6"], hours["start_lon_e6"])
        middle = _middle(portfolio, name)
        if middle is None or straight_m([home, middle])[0, 1] < _FAR_M:
            return {"start": hours["start_label"], "moved": 0}
        label = _("Hotel")
        office.edit(
            self.store, self.tenant, None, "working_hours", hours_id, start_label=label,
            end_label=label, start_lat_e6=middle.lat_e6, start_lon_e6=middle.lon_e6,
            end_lat_e6=middle.lat_e6, end_lon_e6=middle.lon_e6,
        )  # fmt: skip
        return {"start": label, "moved": self._postpone(day)}

    def _postpone(self, day: date) -> int:
        begin, end = (int(at.timestamp() * 1000) for at in route_problem.day_bounds(day))
        week, moved = int(timedelta(days=7).total_seconds() * 1000), 0
        for row_id, body in office.rows(self.store, self.tenant, "activity"):
            planned = body.get("planned_at")
            mine = body["owner_id"] == self.rep and body["state"] == "planned"
            if mine and planned is not None and begin <= planned < end:
                later = {"planned_at": planned + week}
                office.edit(self.store, self.tenant, None, "activity", row_id, **later)
                moved += 1
        return moved

    def edit_account(self, account_id: str, **fields: Any) -> None:
        """Change a customer as somebody of the office."""
        person = accounts.find_user(self.store, self.tenant, "Oficina")
        office.edit(self.store, self.tenant, person, "account", account_id, **fields)

    def account(self, account_id: str) -> dict[str, Any]:
        found = office.get(self.store, self.tenant, "account", account_id)
        assert found is not None  # noqa: S101 - it was edited before
        return found

    def compare(self, database: Database) -> Comparison:
        """Compare all that the rep may see with all that is on the laptop."""
        with database.read() as session:
            state = session.get(SyncState, 1)
            assert state is not None  # noqa: S101 - an enrolled laptop
            user, device = state.user_id, state.device_id
        return compared(self._cells(user, device), laptop_cells(database))

    def files(self, database: Database) -> tuple[int, list[str]]:
        """Return how many files the laptop's documents name, and those that the server lacks."""
        with database.read() as session:
            named = set(
                session.scalars(
                    select(Document.sha256).where(
                        Document.removed_at.is_(None), Document.sha256 != ""
                    )
                )
            )
        with self.store.read() as connection:
            stored = set(
                connection.scalars(
                    select(tables.blob.c.sha256).where(tables.blob.c.tenant_id == self.tenant)
                )
            )
        return len(named), sorted(named - stored)

    def _cells(self, user: str, device: str) -> Cells:
        table = tables.record
        with self.store.read() as connection:
            scope = members.scope_at(connection, self.tenant, user, device)
            query = select(table.c.entity, table.c.row_id, table.c.body).where(
                table.c.tenant_id == self.tenant, table.c.deleted.is_(False),
                members.in_scope(table.c.root, self.tenant, user, scope),
            )  # fmt: skip
            return {
                (row.entity, row.row_id): dict(row.body)
                for row in connection.execute(query)
                if row.entity in CATALOGUE
            }


def laptop_cells(database: Database) -> Cells:
    """Return every synchronised row on the laptop that is not removed, in wire form.

    A field whose target is not on the laptop counts with what the server said of it.
    """
    found: Cells = {}
    with database.read() as session:
        kept = {
            (meta.entity, meta.row_id): meta.extra or {}
            for meta in session.scalars(select(RowMeta).where(RowMeta.extra.is_not(None)))
        }
        for name, entity in CATALOGUE.items():
            table = Base.metadata.tables[name]
            for row in session.execute(select(table).where(table.c.removed_at.is_(None))):
                cells = _encoded(entity, row._mapping)
                found[name, row.id] = cells | kept.get((name, row.id), {})
    return found


def _encoded(entity: Entity, row: Any) -> dict[str, Any]:
    return {name: encode(field, row[name]) for name, field in entity.fields.items()}


def compared(server: Cells, laptop: Cells) -> Comparison:
    """Compare both sides; each difference names entity, id, and what differs."""
    made = Comparison()
    for key in sorted(server.keys() | laptop.keys()):
        entity, row_id = key
        if key not in server or key not in laptop:
            where = "laptop" if key in laptop else "server"
            made.differences.append(f"{entity} {row_id}: only on the {where}")
            continue
        names = server[key].keys() | laptop[key].keys()
        unlike = sorted(n for n in names if server[key].get(n) != laptop[key].get(n))
        if unlike:
            made.differences.append(f"{entity} {row_id}: {', '.join(unlike)}")
        else:
            made.rows[entity] += 1
    return made


def _middle(content: bytes, name: str) -> Position | None:
    """Return a place in the middle of a list's positions, or None when it has none."""
    source = reading.read(content, name)
    columns = matching.match(source.titles, "accounts")
    if "lat" not in columns or "lon" not in columns:
        return None
    places = []
    for _line, cells in source.rows:
        try:
            places.append((float(cells[columns["lat"]]), float(cells[columns["lon"]])))
        except (ValueError, IndexError):
            continue
    if not places:
        return None
    lat, lon = (median_low(axis) for axis in zip(*places, strict=True))
    return Position(round(lat * 1e6), round(lon * 1e6))
