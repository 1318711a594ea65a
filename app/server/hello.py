"""The first words of a sync: who stands where, by which clock, with which limits."""

from __future__ import annotations

from sqlalchemy import select, update

from app.server import tables
from app.server.devices import Device
from app.server.pushing import EpochChanged
from app.server.records import now_ms
from app.server.store import Store
from app.sync.catalogue import SCHEMA
from app.sync.protocol import PROTOCOL, Hello, HelloAnswer, Limits

MIN_PULL = 1  # the oldest schema that can read what this server sends
SUSPECT_MS = 5 * 60 * 1000  # a clock that is further off, or jumped further, is not believed


def meet(store: Store, device: Device, message: Hello) -> HelloAnswer:
    """Note how the device is and return how the server is; `EpochChanged` after a restore."""
    return store.retrying(lambda: _meet(store, device, message))


def _meet(store: Store, device: Device, message: Hello) -> HelloAnswer:
    now = now_ms()
    offset = max(-(2**53), min(now - message.now, 2**53))
    is_first = device.seen_at == 0 or device.cursor_seq == 0
    jumped = not is_first and abs(offset - device.offset_ms) > SUSPECT_MS
    with store.write() as connection:
        tenant = connection.execute(
            select(tables.tenant).where(tables.tenant.c.tenant_id == device.tenant_id)
        ).one()
        if message.epoch and message.epoch != tenant.epoch:
            raise EpochChanged(tenant.epoch, device.last_op_no)
        connection.execute(
            update(tables.device)
            .where(
                tables.device.c.tenant_id == device.tenant_id,
                tables.device.c.device_id == device.device_id,
            )
            .values(
                cursor_seq=min(max(message.cursor, 0), tenant.seq),
                clock_offset_ms=offset,
                clock_suspect=jumped or abs(offset) > SUSPECT_MS,
                app=message.app.replace("\0", "")[:100],
                schema_no=max(0, min(message.schema, 2**31 - 1)),
                pending=max(0, min(message.pending, 2**31 - 1)),
                last_seen_at=now,
            )
        )
    return HelloAnswer(
        epoch=tenant.epoch,
        proto=PROTOCOL,
        schema={"server": SCHEMA, "min_pull": MIN_PULL},
        now=now_ms(),
        seq=tenant.seq,
        last_op_no=device.last_op_no,
        backup_op_no=device.backup_op_no,
        limits=Limits(),
    )
