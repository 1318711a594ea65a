"""Copies of all that is on this computer: made, looked through, and put back.

A copy is two files, database and photos, encrypted with the same key. Putting one back is decided
in the window and happens at the next start, before anything is open: what was there is copied
first, each file is put in place in one step, and a start that was cut does it again.
"""

from __future__ import annotations

import json
import logging
import shutil
from collections.abc import Callable
from contextlib import closing, suppress
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import NamedTuple

import sqlcipher3

from app.errors import Unreadable, UserError
from app.i18n import _
from app.models import schema
from app.models.database import Database, translated
from app.models.files import Files

logger = logging.getLogger(__name__)

FOLDER, ORDER = "backups", "restore.json"
NAMES = DATABASE, FILES = "viajante.sqlite", "files.sqlite"
KEPT = schema.KEPT_BACKUPS
Look = Callable[[Path], sqlcipher3.dbapi2.Connection]  # opens a copy to read
_STAMP = "%Y%m%dT%H%M%S%f"
_SPARE = 20_000_000  # bytes that stay free


class Backup(NamedTuple):
    """A copy: the name of its database, when it was made, its size, and whether it has photos."""

    name: str
    at: datetime
    size: int
    has_files: bool


def make(database: Database, files: Files, now: datetime) -> Backup:
    """Copy both files while others read and write, and keep the newest five. Raises `UserError`."""
    folder = database.path.parent / FOLDER
    stamp = now.astimezone(UTC).strftime(_STAMP)
    with translated(folder):
        folder.mkdir(parents=True, exist_ok=True)
        needed = database.path.stat().st_size + files.path.stat().st_size + _SPARE
        if shutil.disk_usage(folder).free < needed:
            raise OSError(28, "No space left on device")
        for source, name in ((files, FILES), (database, DATABASE)):  # the database says it is whole
            part = folder / f"{name}.part"
            part.unlink(missing_ok=True)
            source.back_up(part)
            part.replace(folder / _named(name, stamp))
    _prune(folder)
    return next(each for each in listed(folder.parent) if each.name == _named(DATABASE, stamp))


def _named(name: str, stamp: str) -> str:
    path = Path(name)
    return f"{path.stem}-{stamp}{path.suffix}"


def _prune(folder: Path) -> None:
    kept = {each.name.partition("-")[2] for each in listed(folder.parent)[:KEPT]}
    for name in NAMES:
        for path in folder.glob(_named(name, "*")):
            if path.name.partition("-")[2] not in kept:
                path.unlink()


def listed(workspace: Path) -> list[Backup]:
    """Return the copies of a workspace, newest first."""
    found = []
    for path in (workspace / FOLDER).glob(_named(DATABASE, "*")):
        stamp = path.stem.partition("-")[2]
        with suppress(ValueError, FileNotFoundError):
            at = datetime.strptime(stamp, _STAMP).replace(tzinfo=UTC)
            photos = path.with_name(_named(FILES, stamp))
            size = path.stat().st_size + (photos.stat().st_size if photos.exists() else 0)
            found.append(Backup(path.name, at, size, photos.exists()))
    return sorted(found, key=lambda each: each.at, reverse=True)


def order(database: Database, name: str) -> None:
    """Put the copy `name` back at the next start. Raises `UserError` when it is not whole."""
    _order(database.path.parent, name, database.look_into)


def opened(workspace: Path, key: bytes, mend: Callable[[UserError, list[Backup]], str]) -> Database:
    """Open the database of a workspace, after putting back what was ordered.

    Where it cannot be read and there are copies, `mend` is asked for the name of one to go back
    to, "" for none.
    """
    carry_out(workspace, key)
    try:
        return Database(workspace / DATABASE, key)
    except Unreadable as error:
        copies = listed(workspace)
        name = mend(error, copies) if copies else ""
        if not name:
            raise
    _order(workspace, name, lambda copy: schema.look_into(copy, key))
    carry_out(workspace, key)
    return Database(workspace / DATABASE, key)


def _order(workspace: Path, name: str, look_into: Look) -> None:
    copy = workspace / FOLDER / name
    photos = copy.with_name(_named(FILES, copy.stem.partition("-")[2]))
    with translated(copy):
        _check(copy, look_into)
        if photos.exists():
            _check(photos, look_into)
        wanted = {"database": name, "files": photos.name if photos.exists() else ""}
        part = workspace / f"{ORDER}.part"
        part.write_text(json.dumps(wanted), "utf-8")
        part.replace(workspace / ORDER)


def _check(copy: Path, look_into: Look) -> None:
    with closing(look_into(copy)) as connection:
        problems = [row[0] for row in connection.execute("PRAGMA cipher_integrity_check")]
        problems += [row[0] for row in connection.execute("PRAGMA quick_check") if row[0] != "ok"]
        if not copy.name.startswith(Path(FILES).stem):
            row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
            if row is None or row[0] > schema.HEAD:
                raise UserError(
                    _("This copy was made by a newer version of Viajante. Nothing was changed."),
                    _("Update the program on this computer, and put it back then."),
                )
    if problems:
        raise UserError(
            _("This copy is damaged, so it is not put back. Nothing was changed."),
            _("Choose an older one."),
        )


def ordered(workspace: Path) -> str:
    """Return the name of the copy that the next start puts back, "" for none."""
    try:
        return str(json.loads((workspace / ORDER).read_text("utf-8"))["database"])
    except (FileNotFoundError, ValueError, KeyError, TypeError):
        return ""


def cancel(workspace: Path) -> None:
    """Take an order back."""
    (workspace / ORDER).unlink(missing_ok=True)


def carry_out(workspace: Path, key: bytes) -> bool:
    """Put back the copy that was ordered, if one was; tell whether.

    Nothing of the workspace may be open. What was there is in a copy of its own afterwards. A
    computer of a company has to ask for a new code then: its numbers would repeat what it sent.
    Raises `UserError` when the copy is gone; all is as it was then, and the order with it.
    """
    path = workspace / ORDER
    if not path.exists():
        return False
    try:
        wanted = json.loads(path.read_text("utf-8"))
        pairs = [
            (workspace / live, workspace / FOLDER / wanted[part])
            for live, part in ((FILES, "files"), (DATABASE, "database"))
            if wanted[part]
        ]
        for live, copy in pairs:
            shutil.copyfile(copy, live.with_suffix(".restoring"))
    except (OSError, ValueError, KeyError, TypeError) as error:
        path.unlink()
        logger.info("A backup was not put back: %s", error)
        raise UserError(
            _("The copy could not be put back: it is gone, or the disk is full. Your data is as"
              " it was."), _("Start Viajante again."),
        ) from error  # fmt: skip
    _keep_present(workspace, key)
    _new_start((workspace / DATABASE).with_suffix(".restoring"), workspace / DATABASE, key)
    for live, _copy in pairs:
        for tail in ("-wal", "-shm"):
            live.with_name(live.name + tail).unlink(missing_ok=True)
        live.with_suffix(".restoring").replace(live)
    path.unlink()
    return True


def _keep_present(workspace: Path, key: bytes) -> None:
    """Copy what is there now; what cannot be read is kept as it lies."""
    stamp = datetime.now(UTC).strftime(_STAMP)
    for name in NAMES:
        live, target = workspace / name, workspace / FOLDER / _named(name, stamp)
        if not live.exists():
            continue
        try:
            schema.copy(partial(schema.connect, live, key), target, key)
        except sqlcipher3.dbapi2.Error:
            target.unlink(missing_ok=True)
            for tail in ("", "-wal"):
                spoiled = live.with_name(live.name + tail)
                if spoiled.exists():
                    shutil.copyfile(spoiled, workspace / FOLDER / f"damaged-{stamp}-{spoiled.name}")


def _new_start(copy: Path, live: Path, key: bytes) -> None:
    """Let no number be given out twice by the copy, neither of quotes nor of what is sent."""
    year, counter = _counters(live, key)
    with closing(schema.connect(copy, key)) as connection:
        connection.execute(
            "UPDATE sync_state SET counter_year = ?, counter_n = ?"
            " WHERE (counter_year, counter_n) < (?, ?)", (year, counter, year, counter),
        )  # fmt: skip
        connection.execute("UPDATE sync_state SET device_id = '' WHERE is_demo")
        connection.execute(
            "UPDATE sync_state SET refresh_token = '', access_token = '', series = ''"
            " WHERE server_url <> '' AND NOT is_demo"
        )


def _counters(live: Path, key: bytes) -> tuple[int, int]:
    try:
        with closing(schema.connect(live, key)) as connection:
            row = connection.execute("SELECT counter_year, counter_n FROM sync_state").fetchone()
    except sqlcipher3.dbapi2.Error:
        return 0, 0
    return (int(row[0]), int(row[1])) if row else (0, 0)
