"""What must be true once everybody has synchronised in peace (I1 to I38 of the design)."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select

from app.models.base import Base
from app.models.document import Document
from app.models.outbox import Operation
from app.models.sync_state import FileQueueEntry, InboxEntry, Recovery, RowMeta, SyncState
from app.models.wire import encode
from app.server import members, quotes, records, tables
from app.sync.catalogue import CATALOGUE
from app.sync.report import SyncReport
from tests.simulation import server_checks

if TYPE_CHECKING:
    from tests.simulation.laptop import SimLaptop
    from tests.simulation.world import World

_SAID = 5  # of a kind: the first ones tell enough
_AUTOMATIC = 5 * 1024 * 1024

Key = tuple[str, str]


def is_at_rest(report: SyncReport) -> bool:
    """I25, I26: a sync after a sync sends nothing, changes nothing, and both sides agree."""
    quiet = not report.sent and not report.changed and not report.repaired
    files = not report.files_sent and not report.files_received
    return report.error is None and report.digest_ok is True and quiet and files


def said(report: SyncReport) -> str:
    return (
        f"error={report.error!r} sent={dict(report.sent)} received={dict(report.received)}"
        f" left={report.left} repaired={report.repaired} digest={report.digest_ok}"
        f" files={report.files_sent}/{report.files_received}"
    )


def on_the_way(
    laptop: SimLaptop, before: SyncState, report: SyncReport, *, amid: bool
) -> list[str]:
    """I17: within one history and one identity a cursor does not go back, but to begin anew.

    And what is received needs no repair, unless the server is another one, the laptop begins
    anew, or others wrote between the page that brought the sums and the roots that were fetched
    after it: a repair that nothing explains hides a defect.
    """
    after, found = laptop.state(), []
    same = (before.epoch, before.device_id) == (after.epoch, after.device_id)
    if same and 0 < after.cursor_seq < before.cursor_seq and report.error is None:
        went = f"from {before.cursor_seq} to {after.cursor_seq}"
        found.append(f"{laptop.name}: the cursor went back {went}")
    # a copy of a profile, or a disk put back, may hold a laptop that was about to begin anew
    begins = laptop.starts_over or before.cursor_seq == 0
    if report.repaired and not amid and not begins and same:
        found.append(f"{laptop.name}: {report.repaired} rows had to be repaired")
    return found


def everything(world: World) -> list[str]:
    """Return every violation, in words."""
    found, world.faults = world.faults[:_SAID], []
    found += server_checks.everything(world.store, world.tenant)
    found += [*_deeds(world), *_numbers(world), *_totals(world)]
    with world.store.read() as server:
        records_ = {
            (row.entity, row.row_id): row
            for row in server.execute(select(tables.record).where(~tables.record.c.deleted))
        }
        known_ops = set(server.scalars(select(tables.op.c.op_id)))
    contents = [_content(laptop) for laptop in world.laptops]
    for laptop, here in zip(world.laptops, contents, strict=True):
        found += _laptop(world, laptop)
        found += _rows(world, laptop, here, records_)
        found += _operations(laptop, known_ops)
        found += _files(world, laptop, here)
    return found + _twins(world, contents)


def _deeds(world: World) -> list[str]:
    """I2, I4, I5, I9, I10: every deed is in the history, in a conflict, or put aside."""
    with world.store.read() as connection:
        missing = world.oracle.unaccounted(connection, world.tenant)
    return [f"lost: {intent}" for intent in missing[:_SAID]]


def _numbers(world: World) -> list[str]:
    """I34: a number that was printed is of one quote, and of no other, for ever."""
    record = tables.record.c
    found, by_number = [], {}
    with world.store.read() as connection:
        rows = connection.execute(
            select(record.row_id, record.body).where(record.entity == "quote")
        ).all()
    bodies = {row.row_id: row.body for row in rows}
    for row in rows:
        if number := row.body.get("number"):
            other = by_number.setdefault((number, row.body.get("revision", 1)), row.row_id)
            if other != row.row_id:
                found.append(f"{number} is the number of {other} and of {row.row_id}")
    for quote_id, number in world.printed:
        now = bodies.get(quote_id, {}).get("number")
        if now and now != number and not _was_printed_again(world, quote_id, now):
            found.append(f"quote {quote_id} was printed as {number} and is {now}")
    return found[:_SAID]


def _was_printed_again(world: World, quote_id: str, number: str) -> bool:
    """Whether two laptops have issued the same draft: one of the numbers is in a conflict."""
    return (quote_id, number) in world.printed


def _totals(world: World) -> list[str]:
    """I35: a quote's totals are what its lines come to, or a conflict says that they are not."""
    found = []
    record, seen = tables.record.c, set[str]()
    with records.tenant_write(world.store, world.tenant) as unit:
        rows = unit.connection.execute(
            select(tables.record).where(record.entity == "conflict", ~record.deleted)
        )
        for row in rows:
            if row.body.get("policy") == "totals":
                seen.add(row.body["row_id"])
        query = select(tables.record).where(record.entity == "quote", ~record.deleted)
        for row in unit.connection.execute(query).all():
            quote = records.record_of(row)
            ours = quotes._totals(unit, quote)
            wrong = {name for name, value in ours.items() if quote.body.get(name) != value}
            if wrong and quote.row_id not in seen:
                found.append(f"the totals of {quote.row_id} are not those of its lines: {wrong}")
    return found[:_SAID]


def _laptop(world: World, laptop: SimLaptop) -> list[str]:
    """I10, I16, I33 on one laptop."""
    found = []
    with laptop.database.read() as session:
        broken = session.connection().exec_driver_sql("PRAGMA foreign_key_check").fetchall()
        waiting = session.scalar(select(func.count()).select_from(InboxEntry)) or 0
        unsent = session.scalar(
            select(func.count())
            .select_from(Operation)
            .where(Operation.state.in_(("pending", "in_flight")))
        )
    cursor = laptop.state().cursor_seq
    with world.store.read() as server:
        seq = server.scalar(select(tables.tenant.c.seq)) or 0
    if broken:
        found.append(f"{laptop.name}: broken references {broken[:_SAID]}")
    if waiting:
        found.append(f"{laptop.name}: {waiting} rows wait in the inbox")
    if unsent:
        found.append(f"{laptop.name}: {unsent} operations were not sent")
    if cursor > seq:
        found.append(f"{laptop.name}: cursor {cursor} is beyond {seq}")
    return found


def _operations(laptop: SimLaptop, known: set[str]) -> list[str]:
    """I1: what a laptop holds for sent is at the server."""
    with laptop.database.read() as session:
        sent = set(
            session.scalars(select(Operation.op_id).where(Operation.state.in_(("acked", "parked"))))
        )
    lost = sorted(sent - known)
    return [f"{laptop.name}: the server does not know {lost[:_SAID]}"] if lost else []


def _content(laptop: SimLaptop) -> dict[Key, Any]:
    """Return every live synchronised row."""
    found = {}
    with laptop.database.read() as session:
        connection = session.connection()
        for name in CATALOGUE:
            table = Base.metadata.tables[name]
            for row in connection.execute(select(table).where(table.c.removed_at.is_(None))):
                found[name, row.id] = row
    return found


def _put_aside(laptop: SimLaptop) -> set[Key]:
    """Return the rows of which the server has put something aside: they are shown as refused."""
    with laptop.database.read() as session:
        query = select(Operation.entity, Operation.row_id).where(Operation.state == "parked")
        return {(entity, row_id) for entity, row_id in session.execute(query)}


def _rows(world: World, laptop: SimLaptop, here: dict[Key, Any], records_: Any) -> list[str]:
    """I21, I27: the laptop has what is in its scope, field by field, and nothing else.

    What was put aside stays on the screen of its author until a person decides.
    """
    found, aside = [], _put_aside(laptop)
    there = _in_scope(world, laptop, records_)
    for key in sorted(here.keys() ^ there.keys()):
        if key not in aside:
            side = "only here" if key in here else "only at the office"
            found.append(f"{laptop.name}: {key} is {side}")
    extra = _apart(laptop)
    for key in sorted((here.keys() & there.keys()) - aside):
        different = _differing(key, here[key], there[key].body, extra.get(key, {}))
        if different:
            found.append(f"{laptop.name}: {key} differs from the office's: {different}")
    return found[:_SAID]


def _apart(laptop: SimLaptop) -> dict[Key, dict[str, Any]]:
    """Return what the server says of rows and their tables cannot hold."""
    with laptop.database.read() as session:
        query = select(RowMeta).where(RowMeta.extra.is_not(None))
        return {(meta.entity, meta.row_id): meta.extra or {} for meta in session.scalars(query)}


def _differing(key: Key, row: Any, body: dict[str, Any], apart: dict[str, Any]) -> list[str]:
    different = []
    for name, field in CATALOGUE[key[0]].fields.items():
        if name in apart:
            continue
        mine, theirs = encode(field, row._mapping[name]), body.get(name)
        if mine != theirs:
            different.append(f"{name} {mine!r} / {theirs!r}")
    return different


def _in_scope(world: World, laptop: SimLaptop, records_: dict[Key, Any]) -> dict[Key, Any]:
    """Return the live rows that this laptop's user sees, by the server's own membership."""
    with world.store.read() as server:
        device = laptop.state().device_id
        scope = members.scope_at(server, world.tenant, laptop.user, device)
    return {key: row for key, row in records_.items() if key[0] in CATALOGUE and row.root in scope}


def _files(world: World, laptop: SimLaptop, here: dict[Key, Any]) -> list[str]:
    """I8: what was sent is at the office, byte by byte, and has come to whoever sees it."""
    found = []
    folder = world.server.blobs / world.tenant
    with world.store.read() as server:
        stored = set(server.scalars(select(tables.blob.c.sha256)))
    with laptop.database.read() as session:
        queue = session.execute(
            select(FileQueueEntry.sha256, FileQueueEntry.state, FileQueueEntry.direction)
        ).all()
    for sha256 in sorted(stored):
        content = (folder / sha256[:2] / sha256).read_bytes()
        if hashlib.sha256(content).hexdigest() != sha256:
            found.append(f"the server keeps other bytes as {sha256}")
    found += _unnamed_files(laptop)
    alive = {row.sha256 for key, row in here.items() if key[0] == "document"}
    aside = {key[1] for key in _put_aside(laptop)}
    for sha256, state, direction in queue:
        is_whole = state == "stored" and sha256 in stored
        if direction == "up" and sha256 in alive and not is_whole:
            found.append(f"{laptop.name}: the file {sha256} ({state}) is not at the office")
    for key, row in here.items():
        if key[0] == "document" and row.sha256 in stored and key[1] not in aside:
            if laptop.files.size(row.sha256) is None:
                found.append(f"{laptop.name}: the file {row.sha256} has not come")
            elif laptop.files.read(row.sha256) != world.photos[row.sha256]:
                found.append(f"{laptop.name}: the file {row.sha256} has other bytes")
    return found[:_SAID]


def _unnamed_files(laptop: SimLaptop) -> list[str]:
    """I27: bytes of what has left are not here; of what was put aside in doubt they may be."""
    with laptop.database.read() as session:
        named = set(session.scalars(select(Document.sha256)))
        doubtful = "".join(str(payload) for payload in session.scalars(select(Recovery.payload)))
        queued = set(session.scalars(select(FileQueueEntry.sha256)))
    return [
        f"{laptop.name}: the file {sha256} stayed behind"
        for sha256 in sorted(queued - named)
        if sha256 not in doubtful and laptop.files.size(sha256) is not None
    ]


def _twins(world: World, contents: list[dict[Key, Any]]) -> list[str]:
    """I22: two laptops of one user hold the same, but for what concerns one device only.

    A reference to a removed row is kept apart where that row has never been, see `_apart`.
    """
    found = []
    by_user: dict[str, list[tuple[SimLaptop, dict[Key, Any]]]] = {}
    for laptop, content in zip(world.laptops, contents, strict=True):
        by_user.setdefault(laptop.user, []).append((laptop, content))
    for (first, here), *others in by_user.values():
        for other, there in others:
            left_out = _put_aside(first) | _put_aside(other)
            apart, also_apart = _apart(first), _apart(other)
            for key in sorted((here.keys() | there.keys()) - left_out):
                if key[0] in {"conflict", "parked_operation"}:
                    continue
                names = apart.get(key, {}).keys() | also_apart.get(key, {}).keys()
                if not _are_alike(here.get(key), there.get(key), names):
                    found.append(f"{first.name} and {other.name} of one user differ in {key}")
    return found[:_SAID]


def _are_alike(one: Any, other: Any, apart: set[str]) -> bool:
    if one is None or other is None:
        return one is other
    return all(
        name in apart or value == other._mapping[name] for name, value in one._mapping.items()
    )
