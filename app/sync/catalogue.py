"""Every synchronised entity as both sides know it: fields, wire types, merge policies.

A row on the wire is its fields in wire form (`app.models.wire`); its hash is over the canonical
JSON of those, known and unknown alike, so that equal content has one hash on both sides.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import msgspec

from app.models.base import Root, Synced
from app.models.entities import SYNCED
from app.models.journal import SCHEMA
from app.models.wire import Field, decode, fields_of

__all__ = ["CATALOGUE", "SCHEMA", "Entity", "canonical", "cell_hash", "entity", "row_hash"]


@dataclass(frozen=True)
class Entity:
    """One synchronised entity; `order` puts parents before children."""

    name: str
    mapped: type[Synced]
    order: int

    @cached_property
    def fields(self) -> dict[str, Field]:
        return {field.name: field for field in fields_of(self.mapped)}

    @property
    def root(self) -> Root:
        return self.mapped.__root__

    @property
    def writers(self) -> frozenset[str]:
        """The roles that may change rows of this entity; none means the server alone."""
        return self.mapped.__writers__

    def problems(self, values: dict[str, Any]) -> list[str]:
        """Return what is wrong with these wire values, a sentence each; unknown fields pass."""
        found = []
        for name, value in values.items():
            if name in self.fields:
                try:
                    decode(self.fields[name], value)
                except ValueError as error:
                    found.append(str(error))
        return found


CATALOGUE: dict[str, Entity] = {
    mapped.__tablename__: Entity(mapped.__tablename__, mapped, order)  # type: ignore[attr-defined]
    for order, mapped in enumerate(SYNCED)
}


def entity(name: str) -> Entity:
    """Return the entity called `name`; KeyError when this version does not know it."""
    return CATALOGUE[name]


def canonical(values: dict[str, Any]) -> bytes:
    """Return the one JSON text of a row's wire fields: sorted keys, no blanks, nulls left out.

    A null says the same as an absent field, so that a new nullable column changes no hash.
    """
    kept = {name: value for name, value in values.items() if value is not None}
    return msgspec.json.encode(kept, order="deterministic")


def row_hash(values: dict[str, Any]) -> int:
    """Return the signed 64-bit BLAKE2b of a row's wire fields."""
    digest = hashlib.blake2b(canonical(values), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True)


def cell_hash(entity_name: str, row_id: str, version: int, content: int) -> int:
    """Return what one row adds to its cell's digest; sums are taken modulo 2**64."""
    text = f"{entity_name}|{row_id}|{version}|{content}".encode()
    return int.from_bytes(hashlib.blake2b(text, digest_size=8).digest(), "big")
