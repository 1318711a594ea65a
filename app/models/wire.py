"""The form in which a field travels and is journaled: no floats, one text for one value.

Decimals are strings with their column's scale, instants are integer milliseconds UTC, days are
ISO text, sets are sorted lists; text is NFC. Equal values have equal forms on both sides.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from functools import cache
from typing import Any

from sqlalchemy import BigInteger, Boolean, Integer, String

from app.models import base
from app.models.base import Base, Synced

# columns that every synchronised row has and that travel beside its fields
ENVELOPE = frozenset({"id", "root", "removed_at"})


@dataclass(frozen=True)
class Field:
    """One synchronised column: its wire type, its merge policy, what it points to."""

    name: str
    wire: str  # text, integer, boolean, money, price, quantity, percent, discount, instant,
    #            day, set, json
    merge: str
    nullable: bool
    reference: str  # entity that a foreign key names, or ""
    default: Any  # wire form of what a row has when nothing is said


_SCALES = {"money": 2, "percent": 2, "quantity": 3, "price": 4}
_TYPES: tuple[tuple[type[Any], str], ...] = (
    (base.Price, "price"),
    (base.Quantity, "quantity"),
    (base.Percent, "percent"),
    (base.Money, "money"),
    (base.Discount, "discount"),
    (base.UtcDateTime, "instant"),
    (base.Day, "day"),
    (base.TextSet, "set"),
    (base.Json, "json"),
    (Boolean, "boolean"),
    (Integer, "integer"),
    (BigInteger, "integer"),
    (String, "text"),
)
_EMPTY: dict[str, Any] = {"text": "", "discount": "", "set": [], "boolean": False, "integer": 0}


@cache
def fields_of(entity: type[Synced]) -> tuple[Field, ...]:
    """Return the synchronised fields of `entity`, in the order of its columns."""
    table = Base.metadata.tables[entity.__tablename__]  # type: ignore[attr-defined]
    found = []
    for column in table.columns:
        if column.name in ENVELOPE:
            continue
        wire = next(name for kind, name in _TYPES if isinstance(column.type, kind))
        keys = list(column.foreign_keys)
        found.append(
            Field(
                column.name,
                wire,
                str(column.info["merge"]),
                bool(column.nullable),
                keys[0].column.table.name if keys else "",
                None if column.nullable else _EMPTY.get(wire),
            )
        )
    return tuple(found)


def encode(field: Field, value: Any) -> Any:
    """Return the wire form of a Python value of this field."""
    if value is None:
        return None
    match field.wire:
        case "text":
            return unicodedata.normalize("NFC", str(value))
        case "money" | "price" | "quantity" | "percent":
            return f"{value:.{_SCALES[field.wire]}f}"
        case "discount":
            return "+".join(f"{part.normalize():f}" for part in value)
        case "instant":
            return base.UtcDateTime().process_bind_param(value, None)  # type: ignore[arg-type]
        case "day":
            return value.isoformat()
        case "set":
            return sorted(value)
        case _:
            return value


def decode(field: Field, value: Any) -> Any:
    """Return the Python value of a wire form; ValueError when it is not one of this field."""
    if value is None:
        if field.nullable:
            return None
        message = f"{field.name} may not be empty"
        raise ValueError(message)
    try:
        return _decoded(field.wire, value)
    except (TypeError, InvalidOperation, OverflowError, AttributeError) as error:
        message = f"{field.name}: {value!r} is not a {field.wire}"
        raise ValueError(message) from error


def _decoded(wire: str, value: Any) -> Any:
    match wire:
        case "integer" | "instant":
            if isinstance(value, bool) or not isinstance(value, int) or abs(value) >= 2**53:
                raise TypeError
            return value if wire == "integer" else _instant(value)
        case "boolean":
            if not isinstance(value, bool):
                raise TypeError
            return value
        case "json":
            return value
        case "set":
            if not all(isinstance(word, str) for word in value):
                raise TypeError
            return frozenset(value)
    if not isinstance(value, str):
        raise TypeError
    match wire:
        case "day":
            return date.fromisoformat(value)
        case "discount":
            return tuple(Decimal(part) for part in value.split("+")) if value else ()
        case "text":
            return value
    number = Decimal(value)
    if not number.is_finite() or number != round(number, _SCALES[wire]):
        raise InvalidOperation
    return number


def _instant(millis: int) -> datetime:
    seconds, rest = divmod(millis, 1000)
    return datetime.fromtimestamp(seconds, UTC).replace(microsecond=rest * 1000)
