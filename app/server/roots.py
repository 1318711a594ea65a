"""Which unit of scope a row belongs to, and which rows hang on another, read off the catalogue."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

from app.models.base import COMPANY, user_root
from app.server.records import Unit
from app.sync.catalogue import CATALOGUE, Entity

# the server chose their root when it wrote them, and that stays
KEEPING = frozenset({"conflict", "parked_operation"})


class NoParentError(LookupError):
    """The row that another takes its root from is not here."""


@dataclass(frozen=True)
class Child:
    """A field of another entity that points here; a required one cannot live without us."""

    entity: str
    column: str
    required: bool


@cache
def children_of(entity: str) -> tuple[Child, ...]:
    """Return what may point to a row of `entity`."""
    return tuple(
        Child(other.name, field.name, not field.nullable)
        for other in CATALOGUE.values()
        for field in other.fields.values()
        if field.reference == entity
    )


def root_of(unit: Unit, entity: Entity, row_id: str, body: dict[str, Any]) -> str:
    """Return the root of a row with these fields; `NoParentError` when its parent is not here."""
    if entity.name in KEEPING:
        here = unit.get(entity.name, row_id)
        return here.root if here else COMPANY
    rule = entity.root
    if rule.itself:
        return row_id
    if rule.account and (account_id := body.get(rule.account)):
        return str(account_id)
    if rule.parent and (parent_id := body.get(rule.parent[0])):
        parent = unit.get(rule.parent[1], str(parent_id))
        if parent is None:
            raise NoParentError(f"{rule.parent[1]} {parent_id} is not here")
        return parent.root
    if rule.user and (user_id := body.get(rule.user)):
        return user_root(str(user_id))
    return COMPANY


def parent_of(entity: Entity, body: dict[str, Any]) -> tuple[str, str] | None:
    """Return the row that gives this one its root, where there is one."""
    rule = entity.root
    if rule.account and (account_id := body.get(rule.account)):
        return "account", str(account_id)
    if rule.parent and (parent_id := body.get(rule.parent[0])):
        return rule.parent[1], str(parent_id)
    return None
