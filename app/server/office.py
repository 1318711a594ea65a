"""What the back office does, as functions: add, edit, remove, and load in bulk.

Values may be Python's (Decimal, date, aware datetime, set) or in wire form. All of it goes through
`tenant_write`, so that every laptop hears of it. `user` is the id of who does it, None the server.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import islice
from typing import Any

from sqlalchemy import select

from app.errors import UserError
from app.i18n import _
from app.models.base import new_id
from app.models.wire import Field, encode
from app.server import applying, merging, quotes, tables, writing
from app.server.parking import Parked
from app.server.records import SERVER, Author, Cause, Record, Unit, tenant_write
from app.server.store import Store
from app.sync.catalogue import Entity, entity

BATCH = 500  # rows per transaction of a bulk load: the lock is held for a moment only

Row = tuple[str, Mapping[str, Any]]  # entity, fields; "id" among them where it is known


def add(store: Store, tenant_id: str, user: str | None, name: str, /, **fields: Any) -> str:
    """Insert a row and return its id; `id=` gives one. `UserError` when it is not valid."""

    def work() -> str:
        with tenant_write(store, tenant_id, SERVER) as unit:
            _speak(unit, user)
            return _put(unit, entity(name), fields)

    return store.retrying(work)


def edit(
    store: Store, tenant_id: str, user: str | None, name: str, row_id: str, /, **fields: Any
) -> Record:
    """Change fields of a row and return it; a removed row comes back. `UserError` when it fails."""

    def work() -> Record:
        with tenant_write(store, tenant_id, SERVER) as unit:
            _speak(unit, user)
            _existing(unit, name, row_id)
            _put(unit, entity(name), {**fields, "id": row_id})
            return _existing(unit, name, row_id)

    return store.retrying(work)


def remove(store: Store, tenant_id: str, user: str | None, name: str, row_id: str) -> None:
    """Remove a row and what cannot be without it."""

    def work() -> None:
        with tenant_write(store, tenant_id, SERVER) as unit:
            _speak(unit, user)
            record = _existing(unit, name, row_id)
            if not record.deleted:
                writing.remove(unit, record, Cause("D"))

    store.retrying(work)


def load(store: Store, tenant_id: str, user: str | None, rows: Iterable[Row]) -> int:
    """Insert or update many rows, parents first, and return how many; 500 per transaction.

    An interrupted load can be run again: rows with an `id` are updated, and what is the same
    already is left alone.
    """
    done, waiting = 0, iter(rows)
    while batch := list(islice(waiting, BATCH)):
        store.retrying(lambda batch=batch: _load(store, tenant_id, user, batch))  # type: ignore[misc]
        done += len(batch)
    return done


def get(store: Store, tenant_id: str, name: str, row_id: str) -> dict[str, Any] | None:
    """Return the wire fields of a row, or None when it is not there or removed."""
    for found_id, body in rows(store, tenant_id, name):
        if found_id == row_id:
            return body
    return None


def rows(store: Store, tenant_id: str, name: str) -> list[tuple[str, dict[str, Any]]]:
    """Return every live row of an entity, as id and wire fields, in order of id."""
    table = tables.record
    query = (
        select(table.c.row_id, table.c.body)
        .where(table.c.tenant_id == tenant_id, table.c.entity == name, table.c.deleted.is_(False))
        .order_by(table.c.row_id)
    )
    with store.read() as connection:
        return [(row.row_id, row.body) for row in connection.execute(query)]


def _load(store: Store, tenant_id: str, user: str | None, batch: list[Row]) -> None:
    # an id for each now, so that what is there of them is asked for at once and not row by row
    rows_ = [(name, {**fields, "id": fields.get("id") or new_id()}) for name, fields in batch]
    with tenant_write(store, tenant_id, SERVER) as unit:
        _speak(unit, user)
        for name in {name for name, _fields in rows_}:
            unit.load(name, [str(fields["id"]) for kind, fields in rows_ if kind == name])
        for name, fields in rows_:
            _put(unit, entity(name), fields)


def _speak(unit: Unit, user: str | None) -> None:
    if user is None:
        return
    person = unit.get("user", user)
    if person is None:
        raise UserError(_("There is no such user in this company."))
    unit.speaking_as(Author(user_id=user, role=str(person.body.get("role", "office"))))


def _existing(unit: Unit, name: str, row_id: str) -> Record:
    record = unit.get(name, row_id)
    if record is None:
        raise UserError(_("There is no such record in this company."))
    return record


def _put(unit: Unit, known: Entity, fields: dict[str, Any]) -> str:
    row_id = str(fields.pop("id", None) or new_id())
    before = unit.get(known.name, row_id)
    body = dict(before.body) if before else {}
    try:
        said = {name: _wire(known.fields.get(name), value) for name, value in fields.items()}
        changed = {name for name, value in said.items() if body.get(name) != value}
        if before is not None and not before.deleted and not changed:
            return row_id
        body.update(said)
        applying.complete(known, body)
        applying.check_references(unit, known, row_id, body, changed, sees=lambda _root: True)
        if known.name == "quote":
            quotes.check_frozen(before, changed)
            quotes.check_number(unit, row_id, body, hlc=0, series="")
    except Parked as error:
        raise UserError(
            _("The office's change of {entity} was refused: {reason}.").format(
                entity=known.name, reason=error.note or error.reason
            )
        ) from error
    writing.put(unit, known, row_id, body, Cause("U" if before else "I"))
    return row_id


def _wire(wanted: Field | None, value: Any) -> Any:
    if wanted is None or value is None:
        return value
    if isinstance(value, str | list | bool) or (
        isinstance(value, int) and wanted.wire in {"integer", "instant"}
    ):
        return merging.valid(wanted, value)
    if isinstance(value, int):  # a whole amount
        return merging.valid(wanted, str(value))
    return merging.valid(wanted, encode(wanted, value))
