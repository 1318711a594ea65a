"""Devices: how a laptop joins a company with a one-time code, and proves who it is afterwards.

A one-time code makes a device; the device trades a rotating refresh token, kept here as a hash,
for access tokens of fifteen minutes. Access tokens name tenant and device and are signed, so that
a request can be routed without a look-up.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass

from sqlalchemy import Connection, RowMapping, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from app.models.base import new_id
from app.models.team import Role
from app.server import tables
from app.server.records import SERVER, Unit, now_ms, tenant_write
from app.server.store import Store
from app.sync.protocol import Enrol, EnrolAnswer, TokenAnswer

CODE_MS = 10 * 60 * 1000
ACCESS_MS = 15 * 60 * 1000
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's: nothing that is read as another
_CODE_LENGTH = 10
_SERIES_HEADS = "ABCDEFGHJKMNPQRSTVWXYZ"
_SERIES_TAILS = "123456789ABCDEFGHJKMNPQRSTVWXYZ"


class Unauthorised(Exception):  # noqa: N818 - a state rather than an error, and named so
    """The token, the code or the device is not accepted; `code` is the short reason."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Device:
    """A device that proved who it is, and the user it belongs to."""

    tenant_id: str
    device_id: str
    user_id: str
    role: str
    series: str
    status: str
    offset_ms: int
    clock_suspect: bool
    cursor_seq: int
    enrolled_seq: int
    last_op_no: int
    backup_op_no: int
    seen_at: int


def new_code(store: Store, tenant_id: str, user_id: str) -> str:
    """Return a code with which one device can be enrolled for this user, once, for ten minutes."""
    code = "".join(secrets.choice(_ALPHABET) for _n in range(_CODE_LENGTH))
    row = {
        "code_hash": _hashed(code),
        "tenant_id": tenant_id,
        "user_id": user_id,
        "expires_at": now_ms() + CODE_MS,
    }
    with store.write() as connection:
        connection.execute(insert(tables.enrol_code), row)
    return f"{code[:5]}-{code[5:]}"


def _spelled(code: str) -> str:
    """Return a code as it was made, however it was typed."""
    plain = "".join(letter for letter in code.upper() if letter.isalnum())
    return plain.translate(str.maketrans("OIL", "011"))


def enrol(store: Store, message: Enrol) -> EnrolAnswer:
    """Turn a one-time code into a device; `Unauthorised` when the code is wrong, old or used."""
    return store.retrying(lambda: _enrol(store, message))


def _enrol(store: Store, message: Enrol) -> EnrolAnswer:
    codes, code_hash = tables.enrol_code, _hashed(_spelled(message.code))
    with store.read() as connection:
        tenant_id = connection.scalar(
            select(codes.c.tenant_id).where(codes.c.code_hash == code_hash)
        )
    if tenant_id is None:
        raise Unauthorised("code_unknown")
    with tenant_write(store, tenant_id, SERVER) as unit:
        code = unit.connection.execute(select(codes).where(codes.c.code_hash == code_hash)).one()
        if code.used_at is not None:
            raise Unauthorised("code_used")
        if code.expires_at < unit.now:
            raise Unauthorised("code_expired")
        unit.connection.execute(
            update(codes).where(codes.c.code_hash == code_hash).values(used_at=unit.now)
        )
        return _make_device(unit, message, code.user_id)


def _make_device(unit: Unit, message: Enrol, user_id: str) -> EnrolAnswer:
    user = unit.get("user", user_id)
    if user is None or user.deleted or not user.body.get("is_active", True):
        raise Unauthorised("user_inactive")
    device_id, series = new_id(), _next_series(unit)
    unit.connection.execute(
        insert(tables.device),
        {
            "tenant_id": unit.tenant_id,
            "device_id": device_id,
            "user_id": user_id,
            "name": _plain(message.name),
            "series": series,
            "public_key": _plain(message.public_key),
            "database_id": _plain(message.db),
            "enrolled_seq": unit.seq,
            "app": _plain(message.app),
            "schema_no": message.schema,
            "last_seen_at": unit.now,
        },
    )
    refresh = _new_refresh(unit.connection, unit.tenant_id, device_id, family=new_id())
    access, expires = _new_access(unit.connection, unit.tenant_id, device_id)
    return EnrolAnswer(
        tenant=unit.tenant_id,
        company=_company_name(unit),
        device=device_id,
        user=user_id,
        user_name=str(user.body.get("name", "")),
        series=series,
        epoch=unit.epoch,
        refresh=refresh,
        access=access,
        expires=expires,
    )


def _company_name(unit: Unit) -> str:
    table = tables.record
    bodies = unit.connection.scalars(
        select(table.c.body).where(
            table.c.tenant_id == unit.tenant_id,
            table.c.entity == "company",
            table.c.deleted.is_(False),
        )
    ).all()
    return str(bodies[0].get("name", "")) if bodies else ""


def _plain(text: str) -> str:
    return text.replace("\0", "")[:200]


def _next_series(unit: Unit) -> str:
    counter = tables.tenant.c.series_n
    where = tables.tenant.c.tenant_id == unit.tenant_id
    number = int(unit.connection.scalar(select(counter).where(where)) or 0)
    unit.connection.execute(update(tables.tenant).where(where).values(series_n=number + 1))
    return series_of(number)


def series_of(number: int) -> str:
    """Return the series of a company's device `number`, from 0: A1, B1 to Z1, A2 to ZZ, A11."""
    number, head = divmod(number, len(_SERIES_HEADS))
    tail = ""
    while True:
        number, digit = divmod(number, len(_SERIES_TAILS))
        tail = _SERIES_TAILS[digit] + tail
        if number == 0:
            return _SERIES_HEADS[head] + tail
        number -= 1


def renew(store: Store, device_id: str, refresh: str) -> TokenAnswer:
    """Trade a refresh token for its successor and an access token.

    An old token whose successor was used already is a copy: the whole family is revoked. Where the
    successor was never used the answer was lost on the way, and another is given.
    """
    tenant_id = _tenant_in(refresh)
    failed, answer = store.retrying(lambda: _renew(store, tenant_id, device_id, refresh))
    if answer is None:
        raise Unauthorised(failed)
    return answer


def _renew(
    store: Store, tenant_id: str, device_id: str, refresh: str
) -> tuple[str, TokenAnswer | None]:
    table = tables.refresh_token
    mine = (table.c.tenant_id == tenant_id) & (table.c.token_hash == _hashed(refresh))
    with store.write() as connection:
        token = connection.execute(select(table).where(mine).with_for_update()).one_or_none()
        if token is None or token.device_id != device_id or token.revoked_at is not None:
            return "token", None
        if token.replaced_by is not None:
            heir = connection.execute(
                select(table).where(
                    table.c.tenant_id == tenant_id, table.c.token_hash == token.replaced_by
                )
            ).one()
            if heir.replaced_by is not None:
                _revoke(connection, tenant_id, token.family)
                return "token_reused", None
            connection.execute(
                update(table)
                .where(table.c.tenant_id == tenant_id, table.c.token_hash == heir.token_hash)
                .values(revoked_at=now_ms())
            )
        fresh = _new_refresh(connection, tenant_id, device_id, family=token.family)
        connection.execute(update(table).where(mine).values(replaced_by=_hashed(fresh)))
        access, expires = _new_access(connection, tenant_id, device_id)
        return "", TokenAnswer(fresh, access, expires)


def _revoke(connection: Connection, tenant_id: str, family: str) -> None:
    table = tables.refresh_token
    connection.execute(
        update(table)
        .where(table.c.tenant_id == tenant_id, table.c.family == family)
        .values(revoked_at=now_ms())
    )


def authenticate(connection: Connection, access: str) -> Device:
    """Return the device that an access token speaks for; `Unauthorised` when it does not."""
    try:
        version, tenant_id, device_id, expires, signature = access.split(".")
        is_late = int(expires) < now_ms()
    except ValueError as error:
        raise Unauthorised("token") from error
    signed = f"{version}.{tenant_id}.{device_id}.{expires}"
    if not hmac.compare_digest(signature.encode(), _sign(connection, signed).encode()):
        raise Unauthorised("token")
    if is_late:
        raise Unauthorised("token_expired")
    return find_device(connection, tenant_id, device_id)


def find_device(connection: Connection, tenant_id: str, device_id: str) -> Device:
    """Return a device with its user's role; `Unauthorised` when either is not active."""
    table, people = tables.device, tables.record
    user = (
        (people.c.tenant_id == table.c.tenant_id)
        & (people.c.entity == "user")
        & (people.c.row_id == table.c.user_id)
    )
    row = connection.execute(
        select(table, people.c.body, people.c.deleted)
        .join(people, user)
        .where(table.c.tenant_id == tenant_id, table.c.device_id == device_id)
    ).one_or_none()
    if row is None:
        raise Unauthorised("token")
    return _device(row._mapping)


def _device(row: RowMapping) -> Device:
    is_active = not row["deleted"] and row["body"].get("is_active", True)
    return Device(
        tenant_id=row["tenant_id"],
        device_id=row["device_id"],
        user_id=row["user_id"],
        role=str(row["body"].get("role", Role.REP)),
        series=row["series"],
        status=row["status"] if is_active else "suspended",
        offset_ms=row["clock_offset_ms"],
        clock_suspect=row["clock_suspect"],
        cursor_seq=row["cursor_seq"],
        enrolled_seq=row["enrolled_seq"],
        last_op_no=row["last_op_no"],
        backup_op_no=row["backup_op_no"],
        seen_at=row["last_seen_at"],
    )


def _hashed(text: str) -> str:
    return hashlib.sha256(text.encode(errors="replace")).hexdigest()


def _tenant_in(token: str) -> str:
    parts = token.split(".")
    return parts[1] if len(parts) == 4 else ""


def _new_refresh(connection: Connection, tenant_id: str, device_id: str, *, family: str) -> str:
    token = f"r1.{tenant_id}.{device_id}.{secrets.token_hex(32)}"
    row = {
        "tenant_id": tenant_id,
        "token_hash": _hashed(token),
        "device_id": device_id,
        "family": family,
        "created_at": now_ms(),
    }
    connection.execute(insert(tables.refresh_token), row)
    return token


def _new_access(connection: Connection, tenant_id: str, device_id: str) -> tuple[str, int]:
    _make_key(connection)
    expires = now_ms() + ACCESS_MS
    signed = f"a1.{tenant_id}.{device_id}.{expires}"
    return f"{signed}.{_sign(connection, signed)}", expires


def _sign(connection: Connection, text: str) -> str:
    return hmac.new(_key(connection), text.encode(), hashlib.sha256).hexdigest()


def _key(connection: Connection) -> bytes:
    """Return the key of this server's access tokens, which nobody else knows."""
    kept = connection.scalar(select(tables.secret.c.value).where(tables.secret.c.name == "access"))
    if kept is None:
        raise Unauthorised("token")  # the first token that is given makes the key
    return bytes.fromhex(kept)


def _make_key(connection: Connection) -> None:
    dialect = sqlite if connection.dialect.name == "sqlite" else postgresql
    made = dialect.insert(tables.secret).on_conflict_do_nothing()
    connection.execute(made, {"name": "access", "value": secrets.token_hex(32)})
