"""Photos on their way: resumed where they stopped, put aside when hopeless, never in the way."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from app.errors import Offline, UserError
from app.models.account import Account
from app.models.document import Document
from app.models.sync_state import FileQueueEntry
from app.sync import files as transfers
from app.sync.client import Answered, Client
from app.sync.protocol import BLOB_CHUNK, Failure
from app.sync.report import Progress
from tests.sync.laptops import Laptop, World

PHOTO = bytes(range(256)) * 40_000  # 10 MB: three pieces


def queue(laptop: Laptop, content: bytes = PHOTO, **more: Any) -> str:
    """Keep a photo with its row and its place in the queue; return its SHA-256."""
    sha256 = laptop.files.add(content)
    account = laptop.add(Account, name="Bar Núñez", owner_id=laptop.user)
    document = laptop.add(
        Document, name="Fachada", kind="photo", mime="image/jpeg", sha256=sha256,
        size=len(content), account_id=account,
    )  # fmt: skip
    laptop.add(
        FileQueueEntry, sha256=sha256, direction="up", size=len(content), document_id=document,
        **more,
    )  # fmt: skip
    return sha256


def entries(laptop: Laptop) -> list[FileQueueEntry]:
    with laptop.database.read() as session:
        return list(session.scalars(select(FileQueueEntry).order_by(FileQueueEntry.id)))


def test_an_upload_that_was_cut_goes_on_where_it_stopped(world: World, monkeypatch):
    laptop = world.laptop()
    queue(laptop)
    real = Client.append
    offsets: list[int] = []

    def cut(client: Client, sha256: str, offset: int, chunk: bytes) -> int:
        if offset == BLOB_CHUNK and len(offsets) == 1:
            raise Offline("tunnel")
        offsets.append(offset)
        return real(client, sha256, offset, chunk)

    monkeypatch.setattr(Client, "append", cut)
    report = laptop.sync()
    assert isinstance(report.error, Offline)
    assert report.sent.total() == 2, "records are safe before the photo"
    assert [entry.offset for entry in entries(laptop)] == [BLOB_CHUNK]
    offsets.append(-1)
    laptop.synced()
    assert offsets == [0, -1, BLOB_CHUNK, 2 * BLOB_CHUNK]
    assert [entry.state for entry in entries(laptop)] == ["stored"]


def test_a_piece_whose_answer_was_lost_is_not_sent_twice(world: World, monkeypatch):
    laptop = world.laptop()
    sha256 = queue(laptop)
    real, sent = Client.append, []

    def deaf(client: Client, sha256: str, offset: int, chunk: bytes) -> int:
        after = real(client, sha256, offset, chunk)
        sent.append(offset)
        if len(sent) == 1:
            raise Offline("the answer is lost")
        return after

    monkeypatch.setattr(Client, "append", deaf)
    assert isinstance(laptop.sync().error, Offline)
    laptop.synced()
    assert sent == [0, BLOB_CHUNK, 2 * BLOB_CHUNK]
    stored = list((world.folder / "server" / "files").rglob(sha256))
    assert [path.read_bytes() == PHOTO for path in stored] == [True]


def test_bytes_that_were_changed_on_the_way_are_sent_again(world: World, monkeypatch):
    laptop = world.laptop()
    queue(laptop)
    real, tries = Client.append, []

    def garbling(client: Client, sha256: str, offset: int, chunk: bytes) -> int:
        tries.append(offset)
        if len(tries) == 2:
            raise Answered(460, Failure("blob_checksum"), "changed on the way")
        return real(client, sha256, offset, chunk)

    monkeypatch.setattr(Client, "append", garbling)
    assert laptop.synced().files_sent == 1
    assert tries == [0, BLOB_CHUNK, BLOB_CHUNK, 2 * BLOB_CHUNK]


def test_a_photo_that_is_not_here_any_more_waits_for_the_user(world: World):
    laptop = world.laptop()
    sha256 = queue(laptop, b"lost")
    queue(laptop, b"kept")
    laptop.files.remove(sha256)
    report = laptop.synced()
    assert report.files_sent == 1
    assert sorted(entry.state for entry in entries(laptop)) == ["needs_user", "stored"]


@pytest.mark.parametrize(("status", "state"), [(413, "needs_user"), (404, "queued")])
def test_a_refused_file_does_not_hold_up_the_others(world: World, monkeypatch, status, state):
    laptop = world.laptop()
    refused = queue(laptop, b"refused")
    queue(laptop, b"taken up")
    real = Client.begin

    def begin(client: Client, sha256: str, size: int) -> Any:
        if sha256 == refused:
            raise Answered(status, Failure("blob"), "no")
        return real(client, sha256, size)

    monkeypatch.setattr(Client, "begin", begin)
    assert laptop.synced().files_sent == 1
    [entry] = [entry for entry in entries(laptop) if entry.sha256 == refused]
    assert (entry.state, entry.tries) == (state, 1)
    assert entry.next_try_at > datetime.now(UTC) + timedelta(seconds=30)
    monkeypatch.setattr(Client, "begin", real)
    laptop.synced()
    assert entry.tries == 1, "not before its time"


def test_a_server_that_garbles_for_ever_is_left_alone(world: World, monkeypatch):
    laptop = world.laptop()
    queue(laptop, b"small")

    def garbling(*_what: Any) -> int:
        raise Answered(460, Failure("blob_checksum"), "changed on the way")

    monkeypatch.setattr(Client, "append", garbling)
    laptop.synced()
    assert [(entry.state, entry.tries) for entry in entries(laptop)] == [("queued", 1)]


def test_it_stops_between_two_files(world: World):
    laptop = world.laptop()
    queue(laptop, b"one")
    queue(laptop, b"two")
    seen: list[str] = []

    def progress(progress: Progress) -> None:
        seen.append(progress.phase)

    report = laptop.sync(progress=progress, cancelled=lambda: seen.count("files") >= 1)
    assert report.cancelled
    assert {entry.state for entry in entries(laptop)} == {"queued", "stored"}


def test_a_large_document_is_not_fetched_by_itself(world: World, monkeypatch):
    from app.sync import apply

    monkeypatch.setattr(apply, "AUTOMATIC_BYTES", 3)
    one = world.laptop()
    two = world.laptop(user=one.user)
    large = queue(one, b"large")
    small = queue(one, b"s")
    one.synced()
    two.synced()
    assert two.files.size(small) == 1
    assert two.files.size(large) is None


def test_a_file_that_is_not_at_the_office_yet_is_fetched_later(world: World):
    one = world.laptop()
    two = world.laptop(user=one.user)
    sha256 = queue(one, b"late")
    one.execute(FileQueueEntry.__table__.delete())
    one.synced()
    two.synced()
    assert two.files.size(sha256) is None
    one.add(FileQueueEntry, sha256=sha256, direction="up", size=4)
    one.synced()
    two.execute(FileQueueEntry.__table__.update().values(next_try_at=None))
    two.synced()
    assert two.files.read(sha256) == b"late"


def test_the_reason_of_a_missing_file_is_an_expected_one():
    assert isinstance(transfers.FileNotHereError(), UserError)
