"""Photos outlive a server that was restored, and a damaged one holds up no other."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import delete, select, update

from app.models.account import Account
from app.models.base import now
from app.models.document import Document
from app.models.sync_state import FileQueueEntry
from app.server import tables
from app.sync import engine
from app.sync.client import Answered
from tests.sync.laptops import Laptop, World


def photo(laptop: Laptop, content: bytes) -> str:
    sha256 = laptop.files.add(content)
    account = laptop.add(Account, name="Bar Núñez", owner_id=laptop.user)
    document = laptop.add(
        Document, name="Fachada", kind="photo", mime="image/jpeg", sha256=sha256,
        size=len(content), account_id=account,
    )  # fmt: skip
    laptop.add(
        FileQueueEntry, sha256=sha256, direction="up", size=len(content), document_id=document
    )
    return sha256


def forget_files(world: World) -> None:
    """Leave the server as a backup would that was made before the files came."""
    with world.server.store.write() as connection:
        for table in (tables.upload, tables.blob):
            connection.execute(delete(table))


def test_a_restored_server_is_given_again_the_files_it_does_not_know(world: World):
    one = world.laptop()
    sha256 = photo(one, b"a" * 5000)
    one.synced()
    forget_files(world)
    with world.server.store.write() as connection:
        connection.execute(update(tables.tenant).values(epoch="e" * 32))
    assert one.synced().files_sent == 1
    two = world.laptop(user=one.user)
    assert two.files.read(sha256) == b"a" * 5000


def test_a_new_code_has_the_server_asked_for_each_file(world: World):
    one = world.laptop()
    sha256 = photo(one, b"a" * 5000)
    one.synced()
    forget_files(world)
    world.enrol(one)
    one.synced()
    two = world.laptop(user=one.user)
    assert two.files.read(sha256) == b"a" * 5000


def test_a_file_that_the_server_keeps_damaged_holds_up_no_other(world: World):
    one = world.laptop()
    bad = photo(one, b"a" * 5000)
    good = photo(one, b"b" * 6000)  # larger: it comes after
    one.synced()
    [kept] = [path for path in world.server.folder.rglob(bad) if path.is_file()]
    kept.write_bytes(b"x" * 5000)
    two = world.laptop(user=one.user, empty=True)
    report = two.sync()
    assert report.error is None
    assert two.files.size(bad) is None
    assert two.files.read(good) == b"b" * 6000
    with two.database.read() as session:
        entry = session.scalars(select(FileQueueEntry).where(FileQueueEntry.sha256 == bad)).one()
    assert (entry.state, entry.tries) == ("queued", 1)

    kept.write_bytes(b"a" * 5000)
    two.execute(update(FileQueueEntry).values(next_try_at=None))
    two.synced()
    assert two.files.read(bad) == b"a" * 5000


def test_damaged_bytes_have_a_name(world: World):
    one = world.laptop()
    sha256 = photo(one, b"a" * 5000)
    one.synced()
    [kept] = [path for path in world.server.folder.rglob(sha256) if path.is_file()]
    kept.write_bytes(b"x")
    client = engine.client_of(one.database)
    try:
        client.download(sha256)
    except Answered as error:
        said = error.failure.error
    finally:
        client.close()
    assert said == "blob_damaged"


def test_bytes_leave_with_the_customer_they_belong_to(world: World):
    one = world.laptop()
    sha256 = photo(one, b"a" * 5000)
    one.synced()
    other = world.server.user(world.tenant, "Nil")
    [account] = one.rows(Account)
    world.edit("account", account.id, owner_id=other)
    one.synced()
    assert one.rows(Document) == []
    assert one.files.size(sha256) is None
    world.edit("account", account.id, owner_id=one.user)
    assert one.synced().files_received == 1
    assert one.files.read(sha256) == b"a" * 5000


def test_a_file_that_waits_for_another_year_is_tried_now(world: World):
    """The wait was reckoned while the computer's clock was a year ahead."""
    one = world.laptop()
    sha256 = photo(one, b"a" * 5000)
    one.execute(update(FileQueueEntry).values(next_try_at=now() + timedelta(days=365)))
    assert one.synced().files_sent == 1
    assert one.files.read(sha256) == b"a" * 5000
