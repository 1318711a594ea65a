"""The server's tables: one `record` per synchronised row, and what orders and explains them.

Every key begins with the tenant, ready to be sharded by it (SYNC.md 2.3). Bodies are JSONB on
PostgreSQL and JSON text on SQLite. Instants are integer milliseconds UTC.
"""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
)
from sqlalchemy.dialects.postgresql import JSONB

from app.models.base import NAMES

metadata = MetaData(naming_convention=NAMES)

Body = JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")
ID = String(32)
ROOT = String(34)
WORD = String(64)


def _tenant() -> Column[str]:
    return Column("tenant_id", ID, primary_key=True)


tenant = Table(
    "sync_tenant",
    metadata,
    _tenant(),
    Column("epoch", ID, nullable=False),
    Column("seq", BigInteger, nullable=False, default=0),
    Column("gc_seq", BigInteger, nullable=False, default=0),
    Column("series_n", Integer, nullable=False, default=0),  # device series given so far
    Column("created_at", BigInteger, nullable=False),
)

device = Table(
    "sync_device",
    metadata,
    _tenant(),
    Column("device_id", ID, primary_key=True),
    Column("user_id", ID, nullable=False),
    Column("name", String, nullable=False),
    Column("series", String(8), nullable=False),
    Column("public_key", String, nullable=False, default=""),
    Column("database_id", String, nullable=False, default=""),
    Column("enrolled_seq", BigInteger, nullable=False),  # tenant's seq at that moment
    Column("last_op_no", BigInteger, nullable=False, default=0),
    Column("last_op_id", ID, nullable=False, default=""),
    Column("backup_op_no", BigInteger, nullable=False, default=0),
    Column("cursor_seq", BigInteger, nullable=False, default=0),
    Column("status", String(16), nullable=False, default="active"),
    Column("app", String, nullable=False, default=""),
    Column("schema_no", Integer, nullable=False, default=0),
    Column("clock_offset_ms", BigInteger, nullable=False, default=0),
    Column("clock_suspect", Boolean, nullable=False, default=False),
    Column("pending", Integer, nullable=False, default=0),
    Column("last_seen_at", BigInteger, nullable=False, default=0),
    UniqueConstraint("tenant_id", "series"),
)

record = Table(
    "record",
    metadata,
    _tenant(),
    Column("entity", WORD, primary_key=True),
    Column("row_id", ID, primary_key=True),
    Column("root", ROOT, nullable=False),
    Column("seq", BigInteger, nullable=False),
    Column("ver", Integer, nullable=False),
    Column("deleted", Boolean, nullable=False, default=False),
    Column("deleted_with", ID, nullable=False, default=""),  # parent whose removal took it along
    Column("body", Body, nullable=False),
    Column("hash", BigInteger, nullable=False),
    Column("by_user", ID, nullable=False, default=""),
    Column("by_device", ID, nullable=False, default=""),
    Column("at", BigInteger, nullable=False),
    Index("uq_record_seq", "tenant_id", "seq", unique=True),
    Index("ix_record_root", "tenant_id", "root", "seq"),
)

# a row that moved to another root, for the readers of the old one
exit_ = Table(
    "sync_exit",
    metadata,
    _tenant(),
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    Column("entity", WORD, nullable=False),
    Column("row_id", ID, nullable=False),
    Column("old_root", ROOT, nullable=False),
    Index("ix_sync_exit_root", "tenant_id", "old_root", "seq"),
)

# who sees which root, from one seq to another; root "*" is everything
member = Table(
    "sync_member",
    metadata,
    _tenant(),
    Column("user_id", ID, primary_key=True),
    Column("root", ROOT, primary_key=True),
    Column("since_seq", BigInteger, primary_key=True, autoincrement=False),
    Column("until_seq", BigInteger),
    Index("ix_sync_member_root", "tenant_id", "root"),
)

# every operation as it came, and its fate; text, because JSONB does not take every JSON text
op = Table(
    "sync_op",
    metadata,
    _tenant(),
    Column("device_id", ID, primary_key=True),
    Column("op_no", BigInteger, primary_key=True, autoincrement=False),
    Column("op_id", String, nullable=False),
    Column("group_id", String, nullable=False),
    Column("received_at", BigInteger, nullable=False),
    Column("body", Text, nullable=False),
    Column("result", String(16), nullable=False),
    Column("result_seq", BigInteger, nullable=False),
    Column("detail", Text, nullable=False),
    Index("ix_sync_op_id", "tenant_id", "op_id"),  # not unique: a copied profile sends them again
)

change_log = Table(
    "change_log",
    metadata,
    _tenant(),
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    Column("entity", WORD, nullable=False),
    Column("row_id", ID, nullable=False),
    Column("ver", Integer, nullable=False),
    Column("kind", String(16), nullable=False),
    Column("fields", Body, nullable=False),  # {field: [old, new]}
    Column("user_id", ID, nullable=False),
    Column("role", String(16), nullable=False),
    Column("device_id", ID, nullable=False),
    Column("op_id", String, nullable=False),
    Column("hlc", BigInteger, nullable=False),
    Column("edited_at", BigInteger, nullable=False),  # by the maker's clock, corrected
    Column("at", BigInteger, nullable=False),
    Index("ix_change_log_row", "tenant_id", "entity", "row_id", "seq"),
)

parked_op = Table(
    "parked_op",
    metadata,
    _tenant(),
    Column("device_id", ID, primary_key=True),
    Column("op_no", BigInteger, primary_key=True, autoincrement=False),
    Column("reason", String(16), nullable=False),
    Column("state", String(16), nullable=False),
    Column("note", String, nullable=False),
)

# per root and entity: how many live rows, and the sum of their hashes in two halves of 32 bits,
# so that the engine can add them up without overflow
digest = Table(
    "sync_digest",
    metadata,
    _tenant(),
    Column("root", ROOT, primary_key=True),
    Column("entity", WORD, primary_key=True),
    Column("n", Integer, nullable=False),
    Column("high", BigInteger, nullable=False),
    Column("low", BigInteger, nullable=False),
)

quote_number = Table(
    "quote_number",
    metadata,
    _tenant(),
    Column("series", String(8), primary_key=True),
    Column("year", Integer, primary_key=True, autoincrement=False),
    Column("counter", Integer, primary_key=True, autoincrement=False),
    Column("revision", Integer, primary_key=True, autoincrement=False),
    Column("row_id", ID, nullable=False),
    Column("device_id", ID, nullable=False),
    Column("hlc", BigInteger, nullable=False),  # of the operation that issued it
    Index("ix_quote_number_row", "tenant_id", "row_id"),
)

blob = Table(
    "blob",
    metadata,
    _tenant(),
    Column("sha256", String(64), primary_key=True),
    Column("size", BigInteger, nullable=False),
    Column("stored_at", BigInteger, nullable=False),
)

upload = Table(
    "blob_upload",
    metadata,
    _tenant(),
    Column("sha256", String(64), primary_key=True),
    Column("device_id", ID, primary_key=True),
    Column("size", BigInteger, nullable=False),
    Column("state", String(16), nullable=False),  # partial, stored
    Column("created_at", BigInteger, nullable=False),
)

# which records name a file: who may read it follows from who may read them
blob_use = Table(
    "blob_use",
    metadata,
    _tenant(),
    Column("sha256", String(64), primary_key=True),
    Column("row_id", ID, primary_key=True),
)

enrol_code = Table(
    "enrol_code",
    metadata,
    Column("code_hash", String(64), primary_key=True),
    Column("tenant_id", ID, nullable=False),
    Column("user_id", ID, nullable=False),
    Column("expires_at", BigInteger, nullable=False),
    Column("used_at", BigInteger),
)

refresh_token = Table(
    "refresh_token",
    metadata,
    _tenant(),
    Column("token_hash", String(64), primary_key=True),
    Column("device_id", ID, nullable=False),
    Column("family", ID, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("replaced_by", String(64)),
    Column("revoked_at", BigInteger),
    Index("ix_refresh_token_family", "tenant_id", "family"),
)

# one row: the key that signs access tokens
secret = Table(
    "server_secret",
    metadata,
    Column("name", WORD, primary_key=True),
    Column("value", String, nullable=False),
)

TABLES: tuple[Table, ...] = tuple(metadata.sorted_tables)
