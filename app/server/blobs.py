"""Files on disk under their SHA-256: uploads that resume, and readers by scope (SYNC.md 2.13).

A device reads a file when it sent it itself or sees a document that names it. To any other the
file does not exist: a device that only knows a hash has to send all the bytes, which proves that
it has them.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import os
import re
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import delete, select

from app.server import tables
from app.server.devices import Device
from app.server.feed import look
from app.server.records import now_ms
from app.server.store import Store
from app.sync.protocol import BLOB_BYTES, BLOB_CHUNK

_SHA256 = re.compile(r"[0-9a-f]{64}")
_KEPT_MS = 14 * 86_400_000  # an upload that nobody goes on with


class BlobError(Exception):
    """An upload that cannot go on; `status` and `code` go to the device, with its offset."""

    def __init__(self, status: int, code: str, *, offset: int | None = None) -> None:
        super().__init__(code)
        self.status, self.code, self.offset = status, code, offset


@dataclass(frozen=True)
class Held:
    """What the server has of a file: `path` once it is whole, else how far an upload came."""

    size: int
    offset: int
    path: Path | None = None


class Blobs:
    """The files of every tenant, in `folder`/<tenant>/<two digits>/<sha256>."""

    def __init__(self, store: Store, folder: Path) -> None:
        self._store, self._folder = store, folder

    def find(self, device: Device, sha256: str) -> Held | None:
        """Return what this device may know of a file, None when that is nothing."""
        _check_name(sha256)
        upload, blob, use = tables.upload, tables.blob, tables.blob_use
        tenant = device.tenant_id
        with self._store.read() as connection:
            mine = connection.execute(
                select(upload.c.size, upload.c.state).where(
                    upload.c.tenant_id == tenant,
                    upload.c.sha256 == sha256,
                    upload.c.device_id == device.device_id,
                )
            ).one_or_none()
            stored = connection.scalar(
                select(blob.c.size).where(blob.c.tenant_id == tenant, blob.c.sha256 == sha256)
            )
            named = connection.scalar(
                select(use.c.row_id)
                .join(
                    tables.record,
                    (tables.record.c.tenant_id == use.c.tenant_id)
                    & (tables.record.c.entity == "document")
                    & (tables.record.c.row_id == use.c.row_id),
                )
                .where(
                    use.c.sha256 == sha256,
                    look(connection, device).visible(tables.record.c.root),
                )
                .limit(1)
            )
        is_mine = mine is not None and mine.state == "stored"
        if stored is not None and (is_mine or named is not None):
            return Held(int(stored), int(stored), self._path(tenant, sha256))
        if mine is None or is_mine:
            return None
        part = self._part(device, sha256)
        return Held(int(mine.size), part.stat().st_size if part.exists() else 0)

    def begin(self, device: Device, sha256: str, size: int) -> Held:
        """Make room for an upload of `size` bytes, or say how far it came before."""
        held = self.find(device, sha256)
        if held is not None:
            return held
        if not 0 < size <= BLOB_BYTES:
            raise BlobError(413, "blob_too_large")
        part = self._part(device, sha256)
        part.parent.mkdir(parents=True, exist_ok=True)
        part.write_bytes(b"")
        self._note(device, sha256, size, "partial")
        return Held(size, 0)

    def append(self, device: Device, sha256: str, offset: int, chunk: bytes, checksum: str) -> int:
        """Add a chunk at `offset` and return where the next one goes.

        The last chunk has the whole file checked against its name: `BlobError` 460 and a fresh
        start when they differ, so that what is stored is what was meant.
        """
        held = self.find(device, sha256)
        if held is None:
            raise BlobError(404, "blob_unknown")
        if held.path is not None:
            return held.size
        if offset != held.offset:
            raise BlobError(409, "blob_offset", offset=held.offset)
        if len(chunk) > BLOB_CHUNK or offset + len(chunk) > held.size:
            raise BlobError(413, "blob_too_large", offset=held.offset)
        if checksum and not _matches(checksum, chunk):
            raise BlobError(460, "blob_checksum", offset=held.offset)
        part = self._part(device, sha256)
        with part.open("ab") as out:
            out.write(chunk)
            out.flush()
            os.fsync(out.fileno())
        if offset + len(chunk) == held.size:
            self._store_whole(device, sha256, part, held.size)
        return offset + len(chunk)

    def keep(self, tenant_id: str, content: bytes) -> str:
        """Keep a file that the office gives, and return its SHA-256."""
        sha256 = hashlib.sha256(content).hexdigest()
        target = self._path(tenant_id, sha256)
        target.parent.mkdir(parents=True, exist_ok=True)
        part = target.with_name(sha256 + ".part")
        part.write_bytes(content)
        part.replace(target)
        same = {"tenant_id": tenant_id, "sha256": sha256}

        def work() -> None:
            with self._store.write() as connection:
                connection.execute(delete(tables.blob).filter_by(**same))
                row = {**same, "size": len(content), "stored_at": now_ms()}
                connection.execute(tables.blob.insert(), row)

        self._store.retrying(work)
        return sha256

    def _store_whole(self, device: Device, sha256: str, part: Path, size: int) -> None:
        with part.open("rb") as whole:
            found = hashlib.file_digest(whole, "sha256").hexdigest()
        if found != sha256:
            part.write_bytes(b"")
            raise BlobError(460, "blob_checksum", offset=0)
        target = self._path(device.tenant_id, sha256)
        target.parent.mkdir(parents=True, exist_ok=True)
        part.replace(target)
        _fsync_folder(target.parent)
        self._note(device, sha256, size, "stored")

    def _note(self, device: Device, sha256: str, size: int, state: str) -> None:
        upload = tables.upload
        row = {
            "tenant_id": device.tenant_id,
            "sha256": sha256,
            "device_id": device.device_id,
            "size": size,
            "state": state,
            "created_at": now_ms(),
        }
        key = {name: row[name] for name in ("tenant_id", "sha256", "device_id")}

        def work() -> None:
            with self._store.write() as connection:
                connection.execute(delete(upload).filter_by(**key))
                connection.execute(upload.insert(), row)
                if state == "stored":
                    blob = tables.blob
                    same = {"tenant_id": device.tenant_id, "sha256": sha256}
                    connection.execute(delete(blob).filter_by(**same))
                    connection.execute(blob.insert(), {**same, "size": size, "stored_at": now_ms()})

        self._store.retrying(work)

    def forget_unfinished(self) -> int:
        """Remove uploads that nobody has gone on with for 14 days; return how many."""
        upload = tables.upload
        with self._store.write() as connection:
            old = connection.execute(
                select(upload).where(
                    upload.c.state == "partial", upload.c.created_at < now_ms() - _KEPT_MS
                )
            ).all()
            for row in old:
                part = self._folder / row.tenant_id / "partial" / f"{row.sha256}-{row.device_id}"
                part.unlink(missing_ok=True)
                connection.execute(
                    delete(upload).filter_by(
                        tenant_id=row.tenant_id, sha256=row.sha256, device_id=row.device_id
                    )
                )
        return len(old)

    def _path(self, tenant_id: str, sha256: str) -> Path:
        return self._folder / tenant_id / sha256[:2] / sha256

    def _part(self, device: Device, sha256: str) -> Path:
        return self._folder / device.tenant_id / "partial" / f"{sha256}-{device.device_id}"


def _check_name(sha256: str) -> None:
    if not _SHA256.fullmatch(sha256):
        raise BlobError(404, "blob_unknown")


def _matches(checksum: str, chunk: bytes) -> bool:
    """Compare `sha256 <hex or base64>` with a chunk."""
    algorithm, _space, said = checksum.strip().partition(" ")
    if algorithm.lower() != "sha256":
        return False
    made = hashlib.sha256(chunk).digest()
    try:
        return said.lower() == made.hex() or base64.b64decode(said, validate=True) == made
    except binascii.Error:
        return False


def _fsync_folder(folder: Path) -> None:
    if os.name == "nt":  # Windows does not open folders
        return
    number = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)
