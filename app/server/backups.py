"""A copy of every record while the server goes on: SQLite's own, or a dump of one moment.

A dump is lines of JSON under zstd: first the revision of the tables, then per row
`["table", {column: value}]`, all read in one REPEATABLE READ transaction.
"""

from __future__ import annotations

import sqlite3
from pathlib import Path

import msgspec
import zstandard
from sqlalchemy import select, update

from app.errors import UserError
from app.i18n import _
from app.server import migrations, tables
from app.server.store import Store

_ROWS = 1000


def back_up(store: Store, target: Path) -> int:
    """Write a consistent copy to `target` and return its size in bytes.

    The file appears whole or not at all. Each device is told, with its next hello, up to which
    operation it is in a copy, so that it may forget what is older. `UserError` when `target` is
    there already or cannot be written.
    """
    if target.exists():
        raise UserError(
            _("{name} is there already, so no copy was made.").format(name=target.name),
            _("Give another name, or move the old copy away."),
        )
    part = target.with_name(target.name + ".part")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        copied = _copy(store, part) if store.is_sqlite else _dump(store, part)
        part.replace(target)
    except OSError as error:
        raise UserError(
            _("The copy could not be written to {name}. The records are as they were.").format(
                name=target.name
            ),
            str(error),
        ) from error
    finally:
        part.unlink(missing_ok=True)
    _remember(store, copied)
    return target.stat().st_size


Acked = list[tuple[str, str, int]]  # tenant, device, last operation that is in the copy


def _copy(store: Store, part: Path) -> Acked:
    source = sqlite3.connect(str(store.url.database))
    copy = sqlite3.connect(part)
    try:
        source.backup(copy)
        rows = copy.execute("SELECT tenant_id, device_id, last_op_no FROM sync_device").fetchall()
    finally:
        copy.close()
        source.close()
    return [(tenant, device, number) for tenant, device, number in rows]


def _dump(store: Store, part: Path) -> Acked:
    table = tables.device
    with store.read() as connection, part.open("wb") as out:
        compressor = zstandard.ZstdCompressor(level=6)
        with compressor.stream_writer(out) as stream:
            stream.write(msgspec.json.encode({"viajante": migrations.HEAD}) + b"\n")
            for each in tables.TABLES:
                rows = connection.execution_options(yield_per=_ROWS).execute(select(each))
                for row in rows:
                    line = [str(each.name), {str(k): v for k, v in row._mapping.items()}]
                    stream.write(msgspec.json.encode(line) + b"\n")
        return [
            (row.tenant_id, row.device_id, row.last_op_no)
            for row in connection.execute(
                select(table.c.tenant_id, table.c.device_id, table.c.last_op_no)
            )
        ]


def _remember(store: Store, copied: Acked) -> None:
    table = tables.device

    def work() -> None:
        with store.write() as connection:
            for tenant_id, device_id, number in copied:
                connection.execute(
                    update(table)
                    .where(table.c.tenant_id == tenant_id, table.c.device_id == device_id)
                    .values(backup_op_no=number)
                )

    store.retrying(work)
