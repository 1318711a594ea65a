"""The messages between laptop and server, version 1, as SYNC.md 2.5 gives them.

All are POST with a JSON body, compressed with zstd or gzip (`Content-Encoding`), and carry
`Authorization: Bearer`, `X-Proto`, `X-Schema` and `X-Request-Id`. Numbers are integers or strings,
never floats; unknown keys are ignored, so that ages can differ.
"""

from __future__ import annotations

import gzip
import zlib
from typing import Any, TypeVar

import msgspec
import zstandard

PROTOCOL = 1
PREFIX = "/sync/v1"

OPS_PER_PUSH = 500
PUSH_BYTES = 1024 * 1024
PAGE_ROWS = 2000
PAGE_BYTES = 2 * 1024 * 1024
BLOB_BYTES = 50 * 1024 * 1024
BLOB_CHUNK = 4 * 1024 * 1024
VALUE_BYTES = 256 * 1024
GROUP_OPS = 1000
INFLATED_BYTES = 32 * 1024 * 1024  # a bomb guard: nothing larger is ever unpacked


class TooLargeError(ValueError):
    """A body is larger than its limit once unpacked."""


class Message(msgspec.Struct, omit_defaults=True):
    """What every message is: a struct whose defaults do not travel."""


class Op(Message):
    """One field-level change; `f` is a value per field of an insert, else base and value."""

    n: int
    id: str
    t: str  # entity
    r: str  # row id
    root: str
    k: str  # I, U, D
    hlc: int
    s: int  # schema of the maker
    bv: int = 0  # version it was made on
    f: dict[str, Any] = {}


class Group(Message):
    """The ops of one user transaction: applied whole or parked whole."""

    id: str
    ops: list[Op]


class Hello(Message):
    device: str
    schema: int
    app: str
    epoch: str
    cursor: int
    acked: int
    pending: int
    now: int  # milliseconds UTC by the device's clock
    db: str  # random id written when the local database was made
    proto: list[int] = msgspec.field(default_factory=lambda: [PROTOCOL])


class Limits(Message):
    ops: int = OPS_PER_PUSH
    push_bytes: int = PUSH_BYTES
    page_rows: int = PAGE_ROWS
    page_bytes: int = PAGE_BYTES
    blob: int = BLOB_BYTES
    chunk: int = BLOB_CHUNK


class HelloAnswer(Message, omit_defaults=False):
    epoch: str
    proto: int
    schema: dict[str, int]  # server, min_pull
    now: int
    seq: int
    last_op_no: int
    backup_op_no: int
    limits: Limits
    commands: list[str] = []
    slot: dict[str, int] = {}


class Push(Message):
    push_id: str
    epoch: str
    first: int
    groups: list[Group]
    scope_seq: int = 0  # last membership change that the device had applied


class ConflictNotice(Message):
    id: str
    f: str
    win: Any
    lose: Any
    why: str


class Result(Message):
    """The fate of one op: applied, merged, conflict, noop, parked or duplicate."""

    n: int
    s: str
    ver: int = 0
    seq: int = 0
    set: dict[str, Any] = {}  # fields whose merged value differs from what was sent
    conflicts: list[ConflictNotice] = []
    reason: str = ""
    note: str = ""


class PushAnswer(Message, omit_defaults=False):
    push_id: str
    upto: int
    seq: int
    results: list[Result]


class Pull(Message):
    epoch: str
    cursor: int
    limit: int = PAGE_ROWS
    until: int | None = None


class Table(Message, omit_defaults=False):
    """Rows of one entity in columns: `c` names them, `r` holds a list per row.

    The first four are always `_id`, `_seq`, `_ver`, `_root`.
    """

    t: str
    c: list[str]
    r: list[list[Any]]


class PullAnswer(Message, omit_defaults=False):
    to: int  # everything up to this seq is in this page or was in one before
    more: bool
    tables: list[Table] = []
    gone: list[tuple[str, str, int, int]] = msgspec.field(name="del", default_factory=list)
    # entity, id, seq, version
    exit: list[tuple[str, str, int]] = []  # entity, id, seq: moved out of this device's scope
    grants: list[tuple[str, int]] = []  # root, seq
    revokes: list[tuple[str, int]] = []
    digest: dict[str, tuple[int, str]] = {}  # entity: rows, hex sum; with the last page
    made: list[tuple[int, str, str, int]] = []
    # by whom the rows from this seq on were last changed: user, device, milliseconds UTC


class Backfill(Message):
    root: str
    after: str = ""
    limit: int = PAGE_ROWS


class BackfillAnswer(Message, omit_defaults=False):
    root: str
    as_of: int
    done: bool
    next: str
    tables: list[Table] = []


class Digest(Message):
    """`level` 1: per entity; 2: per root for `tables`; 3: per row for `roots`."""

    level: int
    tables: list[str] = []
    roots: list[str] = []


class DigestAnswer(Message, omit_defaults=False):
    seq: int
    level: int
    cells: list[
        list[Any]
    ]  # 1: [entity, n, sum]; 2: [entity, root, n, sum]; 3: [entity, id, ver, hash]


class Rows(Message):
    ids: list[tuple[str, str]]  # entity, id


class RowsAnswer(Message, omit_defaults=False):
    seq: int
    tables: list[Table] = []
    gone: list[tuple[str, str, int, int]] = msgspec.field(name="del", default_factory=list)
    unknown: list[tuple[str, str]] = []  # not in this device's scope, or nowhere


class Enrol(Message):
    """Turns a one-time code into a device. `public_key` is Ed25519, hex."""

    code: str
    name: str
    app: str
    schema: int
    db: str
    public_key: str = ""


class EnrolAnswer(Message, omit_defaults=False):
    tenant: str
    company: str
    device: str
    user: str
    user_name: str
    series: str
    epoch: str
    refresh: str
    access: str
    expires: int  # milliseconds UTC


class TokenRequest(Message):
    device: str
    refresh: str


class TokenAnswer(Message, omit_defaults=False):
    refresh: str
    access: str
    expires: int


class Failure(Message):
    """The body of every answer that is not 200; `error` is a short code."""

    error: str
    expected: int | None = None
    epoch: str = ""
    last_op_no: int | None = None
    note: str = ""


M = TypeVar("M")


def pack(message: Message, encoding: str = "zstd") -> bytes:
    """Return the compressed JSON of a message; `encoding` is zstd, gzip or identity."""
    raw = msgspec.json.encode(message)
    if encoding == "zstd":
        return zstandard.ZstdCompressor(level=3).compress(raw)
    return gzip.compress(raw, 6, mtime=0) if encoding == "gzip" else raw


def inflate(body: bytes, encoding: str, limit: int = INFLATED_BYTES) -> bytes:
    """Undo `Content-Encoding`; ValueError when it is broken or larger than `limit` unpacked."""
    if encoding in {"", "identity"}:
        raw = body
    elif encoding == "zstd":
        raw = _bounded_zstd(body, limit)
    elif encoding == "gzip":
        raw = _bounded_gzip(body, limit)
    else:
        message = f"unknown content encoding {encoding}"
        raise ValueError(message)
    if len(raw) > limit:
        message = f"more than {limit} bytes unpacked"
        raise TooLargeError(message)
    return raw


def _bounded_zstd(body: bytes, limit: int) -> bytes:
    try:
        with zstandard.ZstdDecompressor().stream_reader(body) as stream:
            return stream.read(limit + 1)
    except zstandard.ZstdError as error:
        raise ValueError(str(error)) from error


def _bounded_gzip(body: bytes, limit: int) -> bytes:
    import io

    try:
        with gzip.GzipFile(fileobj=io.BytesIO(body)) as stream:
            return stream.read(limit + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise ValueError(str(error)) from error


def unpack(body: bytes, encoding: str, kind: type[M]) -> M:
    """Return the message in a body; ValueError when it is not a `kind`."""
    try:
        return msgspec.json.decode(inflate(body, encoding), type=kind)
    except msgspec.MsgspecError as error:
        raise ValueError(str(error)) from error
