"""The declarative base, the column types, and what every synchronised row has.

Each column of a `Synced` entity says how two edits of it are merged (`info=LATEST` and so on);
its wire type follows from its column type. `app.sync.catalogue` reads both off these classes.
"""

from __future__ import annotations

import json
import secrets
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, ClassVar, dataclass_transform

from sqlalchemy import BigInteger, Dialect, MetaData, String
from sqlalchemy.orm import DeclarativeBase, Mapped, MappedAsDataclass, mapped_column, relationship
from sqlalchemy.types import TypeDecorator

NAMES = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}

# How two edits of one field are merged (SYNC.md 2.10). `local` never travels.
LATEST: dict[Any, Any] = {"merge": "latest"}
AUTHORITY: dict[Any, Any] = {"merge": "authority"}
TRANSITION: dict[Any, Any] = {"merge": "transition"}
DELTA: dict[Any, Any] = {"merge": "delta"}
SET: dict[Any, Any] = {"merge": "set"}
TEXT3: dict[Any, Any] = {"merge": "text3"}
APPEND: dict[Any, Any] = {"merge": "append"}

_ids = threading.Lock()
_last_id = 0


def new_id() -> str:
    """Return a UUIDv7 as 32 hex characters; ids made by one process sort in the order made."""
    global _last_id  # noqa: PLW0603 - the generator's only state
    with _ids:
        stamp = time.time_ns() // 1_000_000
        value = (stamp << 80) | (0x7 << 76) | (secrets.randbits(12) << 64)
        value |= (0b10 << 62) | secrets.randbits(62)
        if value <= _last_id:
            value = _last_id + 1 + secrets.randbits(32)
        _last_id = value
    return f"{value:032x}"


def id_moment(id_: str) -> datetime:
    """Return the instant at which the UUIDv7 `id_` was made, by the clock of its maker."""
    return datetime.fromtimestamp(int(id_[:12], 16) / 1000, UTC)


def now() -> datetime:
    """Return this instant, in UTC and to the millisecond, as the file keeps it."""
    moment = datetime.now(UTC)
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)


class _Scaled(TypeDecorator[Decimal]):
    """A Decimal kept as a whole number of its smallest unit, so that no float can touch it."""

    impl = BigInteger
    cache_ok = True
    places: ClassVar[int] = 2

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> int | None:
        del dialect
        if value is None:
            return None
        scaled = Decimal(value).scaleb(self.places)
        if scaled != scaled.to_integral_value():
            message = f"{value} has more than {self.places} decimals"
            raise ValueError(message)
        return int(scaled)

    def process_result_value(self, value: int | None, dialect: Dialect) -> Decimal | None:
        del dialect
        return None if value is None else Decimal(value).scaleb(-self.places)


class Money(_Scaled):
    """An amount: cents in the file, Decimal with two decimals in code."""

    cache_ok = True


class Price(_Scaled):
    """A unit price or a rate per kilometre: four decimals."""

    cache_ok = True
    places = 4


class Quantity(_Scaled):
    """How many, or how much: three decimals."""

    cache_ok = True
    places = 3


class Percent(_Scaled):
    """A percentage such as 5.2: two decimals."""

    cache_ok = True


class Discount(TypeDecorator[tuple[Decimal, ...]]):
    """Chained percentages: «8+2» in the file, (Decimal("8"), Decimal("2")) in code, () for none."""

    impl = String
    cache_ok = True

    def process_bind_param(self, value: tuple[Decimal, ...] | None, dialect: Dialect) -> str | None:
        del dialect
        return None if value is None else "+".join(f"{part.normalize():f}" for part in value)

    def process_result_value(
        self, value: str | None, dialect: Dialect
    ) -> tuple[Decimal, ...] | None:
        del dialect
        if value is None:
            return None
        return tuple(Decimal(part) for part in value.split("+")) if value else ()


class UtcDateTime(TypeDecorator[datetime]):
    """An instant: milliseconds since 1970 in the file, aware UTC in code."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:
        del dialect
        if value is None:
            return None
        if value.tzinfo is None:
            message = f"{value} has no time zone"
            raise ValueError(message)
        delta = value.astimezone(UTC) - datetime(1970, 1, 1, tzinfo=UTC)
        return (delta.days * 86_400 + delta.seconds) * 1000 + delta.microseconds // 1000

    def process_result_value(self, value: int | None, dialect: Dialect) -> datetime | None:
        del dialect
        if value is None:
            return None
        seconds, millis = divmod(value, 1000)
        return datetime.fromtimestamp(seconds, UTC).replace(microsecond=millis * 1000)


class Day(TypeDecorator[date]):
    """A calendar day, such as an invoice's date: ISO text in the file."""

    impl = String
    cache_ok = True

    def process_bind_param(self, value: date | None, dialect: Dialect) -> str | None:
        del dialect
        return None if value is None else value.isoformat()

    def process_result_value(self, value: str | None, dialect: Dialect) -> date | None:
        del dialect
        return None if value is None else date.fromisoformat(value)


class TextSet(TypeDecorator[frozenset[str]]):
    """A set of words or ids, such as tags: a sorted JSON list in the file."""

    impl = String
    cache_ok = True

    def process_bind_param(self, value: frozenset[str] | None, dialect: Dialect) -> str | None:
        del dialect
        return None if value is None else json.dumps(sorted(value), ensure_ascii=False)

    def process_result_value(self, value: str | None, dialect: Dialect) -> frozenset[str] | None:
        del dialect
        return None if value is None else frozenset(json.loads(value))


class Json(TypeDecorator[Any]):
    """A small structure without floats, such as the strokes of a signature: JSON text."""

    impl = String
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        del dialect
        if value is None:
            return None
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True)

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:
        del dialect
        return None if value is None else json.loads(value)


ID = String(32)


@dataclass(frozen=True)
class Root:
    """Which unit of scope a row belongs to (SYNC.md 2.2), as a rule over its own columns.

    The first rule that yields something wins: the row itself (an account), the account of
    `account`, the root of the row that `parent` names, the private root of `user`, else the
    company's common root «G».
    """

    itself: bool = False
    parent: tuple[str, str] | None = None  # (column, entity name)
    account: str | None = None
    user: str | None = None


COMPANY = "G"


def user_root(user_id: str) -> str:
    return f"U:{user_id}"


def device_root(device_id: str) -> str:
    return f"D:{device_id}"


REP = frozenset({"rep", "manager", "office", "admin"})
OFFICE = frozenset({"office", "admin"})
SERVER: frozenset[str] = frozenset()


@dataclass_transform(kw_only_default=True, field_specifiers=(mapped_column, relationship))
class Base(MappedAsDataclass, DeclarativeBase, kw_only=True):
    """Everything in the laptop's database."""

    metadata = MetaData(naming_convention=NAMES)
    type_annotation_map: ClassVar[Mapping[Any, Any]] = {
        datetime: UtcDateTime,
        date: Day,
        Decimal: Money,
        frozenset[str]: TextSet,
    }


@dataclass_transform(kw_only_default=True, field_specifiers=(mapped_column, relationship))
class Synced(MappedAsDataclass, kw_only=True):
    """A row that laptop and server agree on.

    `__root__` says which scope it belongs to, `__writers__` which roles may change it.
    Removal sets `removed_at`: others must hear of it, and it can be undone.
    """

    __root__: ClassVar[Root] = Root()
    __writers__: ClassVar[frozenset[str]] = REP

    id: Mapped[str] = mapped_column(ID, primary_key=True, default_factory=new_id)
    root: Mapped[str] = mapped_column(String(34), default="", index=True)
    removed_at: Mapped[datetime | None] = mapped_column(default=None)
