"""How the file is opened, recognised, checked, copied and brought up to date."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import sqlcipher3

from app.errors import Unreadable, UserError
from app.i18n import _

if TYPE_CHECKING:
    from alembic.config import Config

logger = logging.getLogger(__name__)

HEAD = "0005"  # the newest revision in migrations/versions: tests compare
APPLICATION_ID = 0x5649414A  # "VIAJ" in the file's header: this file is ours
KEPT_BACKUPS = 5
_BUSY_MS = 5000
_PAGE = 4096  # SQLCipher's

Connect = Callable[[], "sqlcipher3.dbapi2.Connection"]


def connect(path: Path, key: bytes) -> sqlcipher3.dbapi2.Connection:
    """Open `path` with the raw 256-bit `key`; the caller closes it."""
    connection = sqlcipher3.dbapi2.connect(
        str(path), isolation_level=None, check_same_thread=False, timeout=_BUSY_MS / 1000
    )
    try:
        # a wrong key or a damaged page is said in our words, not on the standard error
        connection.execute("PRAGMA cipher_log_level = NONE")
        connection.execute(f"PRAGMA key = \"x'{key.hex()}'\"")
        for pragma in (
            f"busy_timeout={_BUSY_MS}",
            "journal_mode=WAL",
            "synchronous=FULL",  # what was saved outlives a battery that ends at once
            "foreign_keys=ON",
            "temp_store=MEMORY",
        ):
            connection.execute(f"PRAGMA {pragma}")
    except BaseException:
        connection.close()
        raise
    return connection


def prepare(path: Path, connector: Connect, key: bytes) -> None:
    """Create the tables of a new file; check, copy and migrate an older one.

    Raises `UserError` for a file that is not ours or that a newer program made.
    """
    _refuse_cut(path)
    connection = connector()
    try:
        revision = _revision(connection, path)
        if revision == HEAD:
            return
        if revision:
            _check(connection, path)
            backup(path, connector, key)
    finally:
        connection.close()
    _upgrade(connector)


def _refuse_cut(path: Path) -> None:
    """Refuse a file that ends inside a page: SQLite would notice when it reads that page.

    With a write-ahead log beside it, the page is in there and the file is about to be mended.
    """
    log = path.with_name(path.name + "-wal")
    size = path.stat().st_size if path.exists() else 0
    if size % _PAGE and not (log.exists() and log.stat().st_size):
        message = "database disk image is malformed"
        raise sqlcipher3.dbapi2.DatabaseError(message)


def _revision(connection: sqlcipher3.dbapi2.Connection, path: Path) -> str:
    tables = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
    if not tables:
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        return ""
    if connection.execute("PRAGMA application_id").fetchone()[0] != APPLICATION_ID:
        raise UserError(
            _("{name} is a database of another program. It was left untouched.").format(
                name=path.name
            ),
            _("Choose another folder for Viajante."),
        )
    row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    revision = str(row[0]) if row else ""
    if revision > HEAD:
        raise UserError(
            _("This data was made by a newer version of Viajante. Nothing was changed."),
            _("Update the program on this computer and open it again."),
        )
    return revision


def _check(connection: sqlcipher3.dbapi2.Connection, path: Path) -> None:
    problems = [row[0] for row in connection.execute("PRAGMA cipher_integrity_check")]
    problems += [row[0] for row in connection.execute("PRAGMA quick_check") if row[0] != "ok"]
    if problems:
        logger.error("Integrity check of %s: %s", path.name, problems[:5])
        raise Unreadable(
            _("The database {name} is damaged, so it was not updated.").format(name=path.name),
            _("Restore the last backup from the backups folder beside it."),
        )


def backup(path: Path, connector: Connect, key: bytes) -> Path:
    """Copy the file into `backups/` beside it, keep the last five, return the copy."""
    folder = path.parent / "backups"
    folder.mkdir(exist_ok=True)
    stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%S%f")
    target = folder / f"{path.stem}-{stamp}{path.suffix}"
    copy(connector, target, key)
    for old in sorted(folder.glob(f"{path.stem}-*{path.suffix}"))[:-KEPT_BACKUPS]:
        old.unlink()
    return target


def look_into(copy: Path, key: bytes) -> sqlcipher3.dbapi2.Connection:
    """Open a copy to read only; nothing is written beside it. The caller closes it."""
    connection = sqlcipher3.dbapi2.connect(f"{copy.resolve().as_uri()}?immutable=1", uri=True)
    connection.execute("PRAGMA cipher_log_level = NONE")
    connection.execute(f"PRAGMA key = \"x'{key.hex()}'\"")
    return connection


def copy(connector: Connect, target: Path, key: bytes) -> None:
    """Copy the open database to `target`, encrypted with `key`, by SQLite's backup API."""
    source = connector()
    try:
        copied = sqlcipher3.dbapi2.connect(str(target))
        try:
            copied.execute(f"PRAGMA key = \"x'{key.hex()}'\"")
            source.backup(copied)
        finally:
            copied.close()
    finally:
        source.close()


def alembic_config(connector: Connect) -> Config:
    """Return an Alembic configuration whose environment opens the file with `connector`."""
    from alembic.config import Config  # slow to import, and needed only to migrate

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.attributes["connect"] = connector
    return config


def _upgrade(connector: Connect) -> None:
    from alembic import command

    command.upgrade(alembic_config(connector), "head")
