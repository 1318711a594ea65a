"""What must be true of the server's database by itself, on either engine."""

from __future__ import annotations

import hashlib
from typing import Any

import msgspec
from sqlalchemy import func, select

from app.server import tables
from app.server.store import Store
from app.sync.catalogue import cell_hash, row_hash

_SAID = 5
_LOW = 0xFFFFFFFF


def everything(store: Store, tenant: str) -> list[str]:
    """Return every violation, in words."""
    with store.read() as connection:
        return [
            *_seqs(connection), *_replayed(connection), *_operations(connection),
            *_conflicts(connection), *_digests(connection), *_references(connection, tenant),
            *_members(connection),
        ]  # fmt: skip


def _seqs(connection: Any) -> list[str]:
    """I14: seqs are given once, without holes, and none is beyond the tenant's."""
    log, record, gone = tables.change_log.c, tables.record.c, tables.exit_.c
    seq = connection.scalar(select(tables.tenant.c.seq)) or 0
    logged = list(connection.scalars(select(log.seq)))
    used = {*logged, *connection.scalars(select(record.seq)), *connection.scalars(select(gone.seq))}
    found = []
    if max(used, default=0) > seq:
        found.append(f"seq {max(used)} was given, the tenant stands at {seq}")
    if len(logged) != len(set(logged)):
        found.append("a seq was given twice")
    if holes := sorted(set(range(1, seq + 1)) - used):
        found.append(f"seqs without anything: {holes[:_SAID]}")
    return found


def _replayed(connection: Any) -> list[str]:
    """I3: the history of each row, from its first value on, gives what the row is now."""
    log = tables.change_log.c
    now: dict[tuple[str, str], dict[str, Any]] = {}
    found = []
    query = select(log.entity, log.row_id, log.ver, log.fields).order_by(log.seq)
    for entity, row_id, ver, fields in connection.execute(query):
        body = now.setdefault((entity, row_id), {})
        for name, (old, new) in fields.items():
            if body.get(name) != old:
                found.append(f"{entity} {row_id} {ver}: {name} was {body.get(name)!r}, not {old!r}")
            body[name] = new
    for row in connection.execute(select(tables.record)):
        replay = {k: v for k, v in now[row.entity, row.row_id].items() if v is not None}
        if replay != row.body:
            found.append(f"{row.entity} {row.row_id} is not what its history says")
        if row.hash != row_hash(row.body):
            found.append(f"{row.entity} {row.row_id} has another hash than its content")
    return found[:_SAID]


def _operations(connection: Any) -> list[str]:
    """I2: operations keep their text; I12: numbers have no gaps; I13: groups stay whole."""
    op = tables.op.c
    found = []
    numbers: dict[str, list[int]] = {}
    fates: dict[tuple[str, str], set[bool]] = {}
    pushes: dict[tuple[str, str], set[int]] = {}
    query = select(
        op.device_id, op.op_no, op.group_id, op.result, op.body, op.detail, op.received_at
    )
    for device, number, group, result, body, detail, at in connection.execute(query):
        pushes.setdefault((device, group), set()).add(at)
        numbers.setdefault(device, []).append(number)
        if result != "duplicate":
            fates.setdefault((device, group), set()).add(result == "parked")
        if "{" not in body or "{" not in detail:
            found.append("an operation is kept without its text or its fate")
    for device, given in numbers.items():
        if sorted(given) != list(range(1, len(given) + 1)):
            found.append(f"operations of {device} have gaps: {sorted(given)[:20]}")
    found += [f"group {group} came in parts" for (_d, group), at in pushes.items() if len(at) > 1]
    found += [
        f"group {group} is in part put aside" for (_d, group), f in fates.items() if len(f) > 1
    ]
    return found[:_SAID]


def _conflicts(connection: Any) -> list[str]:
    """I4: a loser that was reported to a laptop is in a row that can be seen."""
    op, record = tables.op.c, tables.record.c
    known = set(connection.scalars(select(record.row_id).where(record.entity == "conflict")))
    found = []
    for detail in connection.scalars(select(op.detail).where(op.result == "conflict")):
        for notice in msgspec.json.decode(detail).get("conflicts", []):
            if notice["id"] not in known:
                found.append(f"conflict {notice['id']} was reported and is nowhere")
    return found[:_SAID]


def _digests(connection: Any) -> list[str]:
    """I37: the digest that is kept is the one that the records give."""
    record, kept = tables.record.c, tables.digest.c
    wanted: dict[tuple[str, str], list[int]] = {}
    query = select(record.root, record.entity, record.row_id, record.ver, record.hash)
    for root, entity, row_id, ver, hash_ in connection.execute(query.where(~record.deleted)):
        cell = wanted.setdefault((root, entity), [0, 0, 0])
        hashed = cell_hash(entity, row_id, ver, hash_)
        cell[0], cell[1], cell[2] = cell[0] + 1, cell[1] + (hashed >> 32), cell[2] + (hashed & _LOW)
    there = {
        (row.root, row.entity): [int(row.n), int(row.high), int(row.low)]
        for row in connection.execute(
            select(kept.root, kept.entity, kept.n, kept.high, kept.low).where(kept.n != 0)
        )
    }
    wrong = sorted(k for k in wanted.keys() | there.keys() if wanted.get(k) != there.get(k))
    return [f"the digest is not that of what is there: {wrong[:_SAID]}"] if wrong else []


def _references(connection: Any, tenant: str) -> list[str]:
    """I33: a live row points to what is there, if only removed."""
    from app.sync.catalogue import CATALOGUE

    record = tables.record.c
    rows = connection.execute(
        select(record.entity, record.row_id, record.body, record.deleted).where(
            record.tenant_id == tenant
        )
    ).all()
    there = {(row.entity, row.row_id) for row in rows}
    found = []
    for row in rows:
        for field in CATALOGUE[row.entity].fields.values():
            target = row.body.get(field.name) if field.reference else None
            if target and not row.deleted and (field.reference, target) not in there:
                found.append(f"{row.entity} {row.row_id}: there is no {field.reference} {target}")
    return found[:_SAID]


def _members(connection: Any) -> list[str]:
    """I27 to I29: who sees a customer follows from its owner, and from nothing else."""
    record, member = tables.record.c, tables.member.c
    rows = connection.execute(
        select(record.entity, record.row_id, record.body, record.deleted).where(
            record.entity.in_(("account", "user"))
        )
    ).all()
    people = {row.row_id: row.body for row in rows if row.entity == "user"}
    leaders: dict[str, set[str]] = {}
    for user, body in people.items():
        if body.get("role") == "manager" and body.get("team_id"):
            leaders.setdefault(body["team_id"], set()).add(user)
    wanted: set[tuple[str, str]] = set()
    for user, body in people.items():
        if body.get("role") in {"office", "admin"}:
            wanted.add((user, "*"))
    for row in rows:
        owner = row.body.get("owner_id") if row.entity == "account" else None
        if owner in people:
            team = people[owner].get("team_id") or ""
            wanted |= {(user, row.row_id) for user in {owner} | leaders.get(team, set())}
    there = {
        (row.user_id, row.root)
        for row in connection.execute(
            select(member.user_id, member.root).where(member.until_seq.is_(None))
        )
    }
    different = sorted(wanted ^ there)
    return [f"who sees what is wrong: {different[:_SAID]}"] if different else []


def fingerprint(store: Store) -> str:
    """Return what stands for the content of the server: the same run gives the same."""
    record = tables.record.c
    query = select(record.entity, record.row_id, record.ver, record.deleted, record.hash)
    with store.read() as connection:
        rows = sorted(tuple(row) for row in connection.execute(query))
        count = connection.scalar(select(func.count()).select_from(tables.op))
    return hashlib.sha256(repr((rows, count)).encode()).hexdigest()[:16]
