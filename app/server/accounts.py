"""Companies and their people: made here, found by name or id."""

from __future__ import annotations

from typing import Any

from sqlalchemy import insert, select

from app.errors import UserError
from app.i18n import _
from app.models.base import COMPANY, new_id
from app.models.team import Role
from app.server import office, tables
from app.server.records import now_ms
from app.server.store import Store


def add_company(store: Store, name: str, *, country: str = "ES", **details: Any) -> str:
    """Make a company and return its tenant's id; `details` are fields of Company."""
    tenant_id = new_id()
    with store.write() as connection:
        connection.execute(
            insert(tables.tenant),
            {"tenant_id": tenant_id, "epoch": new_id(), "seq": 0, "created_at": now_ms()},
        )
    office.add(store, tenant_id, None, "company", name=name, country=country, **details)
    return tenant_id


def add_user(
    store: Store, tenant_id: str, name: str, *, role: str = Role.REP, **details: Any
) -> str:
    """Make a person and return the id; `details` are fields of User."""
    if role not in set(Role):
        raise UserError(
            _("There is no role “{role}”.").format(role=role),
            _("The roles are {roles}.").format(roles=", ".join(Role)),
        )
    return office.add(store, tenant_id, None, "user", name=name, role=role, **details)


def find_company(store: Store, wanted: str) -> str:
    """Return the tenant with this id, or whose company has this name; else `UserError`."""
    return _find(store, wanted, entity="company", tenant_id=None)[0]


def find_user(store: Store, tenant_id: str, wanted: str) -> str:
    """Return the user of a company with this id, name or e-mail address; else `UserError`."""
    return _find(store, wanted, entity="user", tenant_id=tenant_id)[1]


def _find(store: Store, wanted: str, *, entity: str, tenant_id: str | None) -> tuple[str, str]:
    table = tables.record
    query = select(table).where(
        table.c.entity == entity, table.c.root == COMPANY, table.c.deleted.is_(False)
    )
    if tenant_id:
        query = query.where(table.c.tenant_id == tenant_id)
    with store.read() as connection:
        rows = connection.execute(query).all()
    key = wanted.casefold()
    found = [
        (row.tenant_id, row.row_id)
        for row in rows
        if key
        in {
            row.tenant_id if entity == "company" else row.row_id,
            str(row.body.get("name", "")).casefold(),
            str(row.body.get("email") or "-").casefold(),
        }
    ]
    if len(found) != 1:
        raise UserError(
            _("There is no “{name}” here, or there is more than one.").format(name=wanted),
            _("Give its exact name or its id."),
        )
    return found[0]
