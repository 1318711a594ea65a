"""A file in trouble: what is said, in which words, and that every row is still there afterwards."""

from __future__ import annotations

import os
import secrets
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import sqlcipher3
from sqlalchemy import select
from sqlalchemy.orm import Session

from app import i18n
from app.errors import UserError
from app.models import schema
from app.models.account import Account
from app.models.database import Database
from app.models.files import Files
from app.models.journal import Operation
from tests.company import seed

KEY = secrets.token_bytes(32)
PAGE = 4096
SOCARRAT = "Restaurante El Socarrat"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Return the path of a closed database with a company in it."""
    made = tmp_path / "viajante.sqlite"
    database = Database(made, KEY)
    seed(database)
    database.close()
    return made


def names(path: Path, key: bytes = KEY) -> list[str]:
    database = Database(path, key)
    with database.read() as session:
        found = list(session.scalars(select(Account.name)))
    database.close()
    return found


def refused(path: Path, words: str, key: bytes = KEY) -> UserError:
    """Open a file that cannot be used; insist that it is said, with advice, and left as it was."""
    before = path.read_bytes()
    with pytest.raises(UserError, match=words) as caught:
        Database(path, key)
    assert caught.value.hint, "what to do about it"
    with i18n.speaking("es"), pytest.raises(UserError) as spanish:
        Database(path, key)
    assert spanish.value.message != caught.value.message
    assert path.read_bytes() == before
    return caught.value


# what is not ours, or cannot be read


def test_another_key_is_said_and_the_right_one_still_opens_it(path):
    refused(path, "its key is another one", secrets.token_bytes(32))
    assert names(path) == [SOCARRAT]


@pytest.mark.parametrize("content", [b"GIF89a" + bytes(9000), b"x", b"PK\x03\x04" * 3000])
def test_a_file_that_is_no_database_at_all(tmp_path, content):
    path = tmp_path / "viajante.sqlite"
    path.write_bytes(content)
    refused(path, "cannot be read")


def test_a_plain_database_of_another_program(tmp_path):
    path = tmp_path / "viajante.sqlite"
    other = sqlite3.connect(path)
    other.execute("CREATE TABLE theirs (a)")
    other.execute("INSERT INTO theirs VALUES (42)")
    other.commit()
    other.close()
    refused(path, "cannot be read")
    other = sqlite3.connect(path)
    assert other.execute("SELECT a FROM theirs").fetchall() == [(42,)]
    other.close()


def test_our_own_database_without_encryption_is_not_taken_for_a_new_one(path, tmp_path):
    plain = tmp_path / "plain.sqlite"
    connection = schema.connect(path, KEY)
    connection.execute(f"ATTACH DATABASE '{plain}' AS plain KEY ''")
    connection.execute("SELECT sqlcipher_export('plain')")
    connection.execute("DETACH DATABASE plain")
    connection.close()
    refused(plain, "cannot be read")
    other = sqlcipher3.dbapi2.connect(str(plain))  # without a key it is plain SQLite
    assert other.execute("SELECT name FROM account").fetchall() == [(SOCARRAT,)]
    other.close()


def test_a_database_of_a_newer_program_is_left_to_it(path):
    connection = schema.connect(path, KEY)
    connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.close()
    error = refused(path, "newer version")
    assert "Update the program" in error.hint
    connection = schema.connect(path, KEY)
    assert connection.execute("SELECT name FROM account").fetchall() == [(SOCARRAT,)]
    assert connection.execute("SELECT version_num FROM alembic_version").fetchone() == ("9999",)
    connection.close()
    assert not (path.parent / "backups").exists()


# what was cut or changed on the disk


def test_a_file_cut_anywhere_is_said_and_its_rest_is_left_as_it_is(path, tmp_path):
    whole = path.read_bytes()
    pages = len(whole) // PAGE
    lengths = [
        1, 15, 16, 100, 1024, PAGE - 1, PAGE, PAGE + 1, 6000, 3 * PAGE, pages // 2 * PAGE,
        (pages - 1) * PAGE, len(whole) - PAGE // 2, len(whole) - 1,
    ]  # fmt: skip
    cut = tmp_path / "cut.sqlite"
    for length in lengths:
        cut.write_bytes(whole[:length])
        refused(cut, "cannot be read: it is damaged|is damaged")
        for part in tmp_path.glob("cut.sqlite-*"):
            part.unlink()


def test_an_emptied_file_is_a_new_one(path):
    """SQLite cannot tell it from a file that never held anything: the backups are beside it."""
    path.write_bytes(b"")
    assert names(path) == []


def test_a_flipped_bit_is_said_where_it_is_read_and_harms_nothing_else(path):
    content = bytearray(path.read_bytes())
    connection = schema.connect(path, KEY)
    root = connection.execute(
        "SELECT rootpage FROM sqlite_master WHERE name = 'account'"
    ).fetchone()[0]
    connection.close()
    content[(root - 1) * PAGE + 2000] ^= 0x01
    path.write_bytes(bytes(content))
    database = Database(path, KEY)
    with pytest.raises(UserError, match="damaged") as caught, database.read() as session:
        session.scalars(select(Account)).all()
    assert "backup" in caught.value.hint
    with database.read() as session:
        assert session.scalars(select(Operation)).all() == []
    database.close()


def test_the_last_backup_brings_everything_back(path):
    copy = schema.backup(path, lambda: schema.connect(path, KEY), KEY)
    path.write_bytes(path.read_bytes()[:6000])
    refused(path, "damaged")
    shutil.copy(copy, path)
    assert names(path) == [SOCARRAT]


# what is in use


HOLD = """
import sys
from pathlib import Path
from app.models import schema
connection = schema.connect(Path(sys.argv[1]), bytes.fromhex(sys.argv[2]))
connection.execute("PRAGMA locking_mode = " + sys.argv[3])
connection.execute("BEGIN IMMEDIATE")
print("held", flush=True)
sys.stdin.read()
"""


@contextmanager
def held_by_another_process(path: Path, mode: str) -> Iterator[None]:
    other = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(path), KEY.hex(), mode],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    with other:
        assert other.stdout is not None
        assert other.stdout.readline() == "held\n"
        yield
        other.communicate(timeout=20)


def test_another_process_that_writes_is_waited_for_then_said(path, monkeypatch):
    monkeypatch.setattr(schema, "_BUSY_MS", 50)
    database = Database(path, KEY)
    with held_by_another_process(path, "NORMAL"):
        with (
            pytest.raises(UserError, match="Another program is using") as caught,
            database.write() as session,
        ):
            session.scalars(select(Account)).one().name = "Otro"
        with database.read() as session:
            assert session.scalars(select(Account.name)).all() == [SOCARRAT], "reading goes on"
    assert "Close the other copy" in caught.value.hint
    with database.write() as session:
        session.scalars(select(Account)).one().notes = "después"
    database.close()
    assert names(path) == [SOCARRAT]


def test_another_process_that_keeps_the_whole_file_is_said_at_the_start(path, monkeypatch):
    monkeypatch.setattr(schema, "_BUSY_MS", 50)
    with held_by_another_process(path, "EXCLUSIVE"):
        refused(path, "Another program is using")
    assert names(path) == [SOCARRAT]


# what cannot be written


def let_grow(session: Session, pages: int) -> None:
    """Let the file grow to so many pages: SQLite's own limit, with the error of a full disk."""
    session.connection().exec_driver_sql(f"PRAGMA max_page_count = {pages}")


@pytest.mark.parametrize("rows", [1, 500])
def test_a_full_disk_takes_the_whole_change_back(path, rows):
    database = Database(path, KEY)
    heard: list[object] = []
    database.subscribers.append(heard.append)
    with pytest.raises(UserError, match="disk is full") as caught, database.write() as session:
        let_grow(session, 1)
        session.scalars(select(Account)).one().name = "Otro"
        for n in range(rows):
            session.add(Account(name=f"Bar {n}", notes="x" * (2_000_000 // rows)))
    assert "Free some space" in caught.value.hint
    assert heard == []
    with database.read() as session:
        assert session.scalars(select(Account.name)).all() == [SOCARRAT]
        assert session.scalars(select(Operation)).all() == [], "nor is it sent"
    with database.write() as session:
        let_grow(session, 4_294_967_294)
        session.add(Account(name="Bar"))
    database.close()
    assert sorted(names(path)) == ["Bar", SOCARRAT]


@contextmanager
def somebody_else() -> Iterator[None]:
    """Be a user for whom permissions count, where the tests run as root."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


@pytest.fixture
def guarded() -> Iterator[Path]:
    """Yield a folder that nobody but its owner may write to, with a closed database in it."""
    folder = Path(tempfile.mkdtemp(prefix="viajante-guarded-", dir=tempfile.gettempdir()))
    database = Database(folder / "viajante.sqlite", KEY)
    seed(database)
    database.close()
    (folder / "viajante.sqlite").chmod(0o444)
    folder.chmod(0o555)
    yield folder
    folder.chmod(0o755)
    shutil.rmtree(folder)


@pytest.mark.skipif(sys.platform == "win32", reason="permissions of POSIX")
def test_a_folder_where_nothing_can_be_written_is_said(guarded):
    path = guarded / "viajante.sqlite"
    before = path.read_bytes()
    with somebody_else(), pytest.raises(UserError) as caught:
        opened = Database(path, KEY)
        with opened.write() as session:
            session.scalars(select(Account)).one().name = "Otro"
    assert "cannot be written" in caught.value.message or "cannot be opened" in caught.value.message
    assert caught.value.hint
    assert path.read_bytes() == before
    guarded.chmod(0o755)
    path.chmod(0o644)
    assert names(path) == [SOCARRAT]


@pytest.mark.skipif(sys.platform == "win32", reason="permissions of POSIX")
def test_a_new_database_in_such_a_folder_is_said_and_leaves_nothing(guarded):
    with somebody_else(), pytest.raises(UserError, match="cannot be") as caught:
        Database(guarded / "new.sqlite", KEY)
    assert "permissions" in caught.value.hint or "may write" in caught.value.hint
    with somebody_else(), pytest.raises(UserError, match="cannot be"):
        Database(guarded / "below" / "new.sqlite", KEY)
    assert sorted(entry.name for entry in guarded.iterdir()) == ["viajante.sqlite"]


# before a migration


def age(path: Path, revision: str = "0000") -> None:
    connection = schema.connect(path, KEY)
    connection.execute("UPDATE alembic_version SET version_num = ?", (revision,))
    connection.close()


def grow_up(connector: schema.Connect) -> None:
    """Stand for the migration that a later version will bring."""
    connection = connector()
    connection.execute("UPDATE alembic_version SET version_num = ?", (schema.HEAD,))
    connection.close()


def test_each_migration_leaves_a_copy_and_the_last_five_stay(path, monkeypatch):
    monkeypatch.setattr(schema, "_upgrade", grow_up)
    for n in range(8):
        database = Database(path, KEY)
        with database.write() as session:
            session.scalars(select(Account)).one().notes = f"versión {n}"
        database.close()
        age(path)
        assert names(path) == [SOCARRAT]
    copies = sorted((path.parent / "backups").glob("*.sqlite"))
    notes = []
    for copy in copies:
        assert b"Socarrat" not in copy.read_bytes()
        connection = schema.connect(copy, KEY)
        notes.append(connection.execute("SELECT notes FROM account").fetchone()[0])
        assert connection.execute("SELECT version_num FROM alembic_version").fetchone()[0] == "0000"
        connection.close()
    assert notes == [f"versión {n}" for n in range(3, 8)], "the newest five, before each change"


def test_backups_of_another_file_beside_it_are_left_alone(path, monkeypatch):
    monkeypatch.setattr(schema, "_upgrade", grow_up)
    folder = path.parent / "backups"
    folder.mkdir()
    (folder / "otra-20260101T000000000000.sqlite").write_bytes(b"theirs")
    for _time in range(7):
        age(path)
        assert names(path) == [SOCARRAT]
    assert len(list(folder.glob("viajante-*.sqlite"))) == 5
    assert (folder / "otra-20260101T000000000000.sqlite").read_bytes() == b"theirs"


def test_without_room_for_the_copy_nothing_is_migrated(path, monkeypatch):
    upgraded: list[object] = []
    monkeypatch.setattr(schema, "_upgrade", upgraded.append)
    age(path)
    (path.parent / "backups").write_text("a file where the folder should be")
    with pytest.raises(UserError, match="cannot be opened"):
        Database(path, KEY)
    assert upgraded == []
    connection = schema.connect(path, KEY)
    assert connection.execute("SELECT version_num FROM alembic_version").fetchone() == ("0000",)
    assert connection.execute("SELECT name FROM account").fetchall() == [(SOCARRAT,)]
    connection.close()


def test_a_file_of_today_is_opened_without_a_copy(path):
    assert names(path) == [SOCARRAT]
    assert not (path.parent / "backups").exists()


# the store of photos


def test_a_file_that_could_not_be_kept_leaves_no_half(tmp_path):
    store = Files(tmp_path / "files.sqlite", KEY)
    store._connection.execute(
        "CREATE TRIGGER no BEFORE INSERT ON chunk WHEN new.n = 1"
        " BEGIN SELECT raise(FAIL, 'no'); END"
    )
    with pytest.raises(sqlcipher3.dbapi2.Error, match="no"):
        store.add(secrets.token_bytes(600_000))
    assert store.total() == (0, 0)
    small = store.add(b"receipt")
    assert store.read(small) == b"receipt"
    store.close()


def test_a_store_of_files_in_trouble_says_the_same(tmp_path):
    path = tmp_path / "files.sqlite"
    store = Files(path, KEY)
    sha256 = store.add(b"PHOTO" * 100_000)
    store.close()
    whole = path.read_bytes()
    with pytest.raises(UserError, match="its key is another one"):
        Files(path, secrets.token_bytes(32))
    path.write_bytes(whole[:6000])
    with pytest.raises(UserError, match="damaged"):
        Files(path, KEY)
    path.write_bytes(whole)
    again = Files(path, KEY)
    again._connection.execute("PRAGMA max_page_count = 1")
    with pytest.raises(UserError, match="disk is full"):
        again.add(secrets.token_bytes(2_000_000))
    assert again.total() == (1, 500_000)
    assert again.read(sha256) == b"PHOTO" * 100_000
    again.close()
