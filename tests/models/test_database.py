"""The encrypted file: transactions, news of commits, and calm sentences for what goes wrong."""

import secrets
import shutil
import sqlite3
import threading
from decimal import Decimal

import pytest
import sqlcipher3
from sqlalchemy import select
from sqlalchemy.exc import InvalidRequestError
from sqlalchemy.orm import selectinload

from app.errors import UserError
from app.models import schema
from app.models.account import Account, Contact
from app.models.base import now
from app.models.database import Database
from app.models.product import Product
from app.models.quote import QuoteLine
from tests.company import seed

KEY = secrets.token_bytes(32)


def test_what_is_written_is_read_with_its_types(database):
    made = seed(database)
    with database.read() as session:
        product = session.get(Product, made.products[0])
        assert product.cost == Decimal("27.2300")
        assert product.name == "Aceite de oliva virgen extra Picual"


def test_money_refuses_what_would_have_to_be_rounded(database):
    made = seed(database)
    with pytest.raises(Exception, match="more than 2 decimals"), database.write() as session:
        session.get(Account, made.account).credit_limit = Decimal("1.005")


def test_an_exception_rolls_back_and_publishes_nothing(database):
    made = seed(database)
    heard = []
    database.subscribers.append(heard.append)
    with pytest.raises(ZeroDivisionError), database.write() as session:
        session.get(Account, made.account).name = "Otro"
        session.flush()
        _ = 1 / 0
    assert heard == []
    with database.read() as session:
        assert session.get(Account, made.account).name == "Restaurante El Socarrat"


def test_a_commit_says_what_was_added_altered_and_removed(database):
    made = seed(database)
    heard = []
    database.subscribers.append(heard.append)
    with database.write() as session:
        session.get(Account, made.account).name = "Otro"
        session.add(Account(name="Nuevo", id="a" * 32))
        session.get(Contact, made.contact).removed_at = now()
    (changes,) = heard
    assert changes.altered[Account] == {made.account}
    assert changes.added[Account] == {"a" * 32}
    assert changes.removed[Contact] == {made.contact}
    assert changes.touched(Account, Contact) == {made.account, "a" * 32, made.contact}


def test_a_view_that_wanders_off_the_loaded_graph_fails_at_once(database):
    made = seed(database)
    with database.read() as session:
        account = session.get(Account, made.account)
        whole = session.get(
            Account, made.account, options=[selectinload(Account.contacts)],
            populate_existing=True,
        )  # fmt: skip
    assert [contact.name for contact in whole.contacts] == ["Vicent Sanchis"]
    with pytest.raises(InvalidRequestError, match="lazy='raise'"):
        _ = account.sites


def test_many_writers_wait_for_each_other(database):
    made = seed(database)

    def visit() -> None:
        for _ in range(10):
            with database.write() as session:
                session.add(Contact(account_id=made.account, name="X"))

    threads = [threading.Thread(target=visit) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with database.read() as session:
        assert len(session.scalars(select(Contact)).all()) == 41


def test_the_file_is_unreadable_without_its_key(tmp_path):
    path = tmp_path / "a.sqlite"
    database = Database(path, KEY)
    seed(database)
    database.close()
    assert b"Socarrat" not in path.read_bytes()
    with pytest.raises(sqlite3.DatabaseError, match="not a database"):
        sqlite3.connect(path).execute("SELECT * FROM account")
    before = path.read_bytes()
    with pytest.raises(UserError, match="its key is another one"):
        Database(path, secrets.token_bytes(32))
    assert path.read_bytes() == before


def test_a_truncated_file_is_refused_and_left_as_it_is(tmp_path):
    path = tmp_path / "a.sqlite"
    database = Database(path, KEY)
    seed(database)
    database.close()
    path.write_bytes(path.read_bytes()[:6000])
    before = path.read_bytes()
    with pytest.raises(UserError, match="damaged"):
        Database(path, KEY)
    assert path.read_bytes() == before


def test_a_file_that_is_no_database_is_refused(tmp_path):
    path = tmp_path / "a.sqlite"
    path.write_bytes(b"GIF89a" + bytes(9000))
    with pytest.raises(UserError, match="cannot be read"):
        Database(path, KEY)


def test_a_database_of_another_program_is_refused(tmp_path):
    path = tmp_path / "a.sqlite"
    other = sqlcipher3.dbapi2.connect(str(path))
    other.execute(f"PRAGMA key = \"x'{KEY.hex()}'\"")
    other.execute("CREATE TABLE theirs (a)")
    other.commit()
    other.close()
    with pytest.raises(UserError, match="another program"):
        Database(path, KEY)


def test_data_of_a_newer_version_is_a_calm_error(tmp_path):
    path = tmp_path / "a.sqlite"
    database = Database(path, KEY)
    connection = database.connect()
    connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.close()
    database.close()
    with pytest.raises(UserError, match="newer version") as caught:
        Database(path, KEY)
    assert caught.value.hint


def test_a_locked_database_says_so_and_loses_nothing(tmp_path, monkeypatch):
    monkeypatch.setattr(schema, "_BUSY_MS", 50)
    database = Database(tmp_path / "a.sqlite", KEY)
    made = seed(database)
    other = database.connect()
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(UserError, match="Another program"), database.write() as session:
        session.get(Account, made.account).name = "Otro"
    other.execute("ROLLBACK")
    other.close()
    with database.write() as session:
        session.get(Account, made.account).name = "Otro"
    database.close()


def test_a_full_disk_says_so_and_keeps_what_was_saved(database):
    made = seed(database)
    with pytest.raises(UserError, match="disk is full"), database.write() as session:
        # SQLite's own limit stands for the disk's: the same error code, at the same place
        session.connection().exec_driver_sql("PRAGMA max_page_count = 1")
        account = session.get(Account, made.account)
        account.notes = "x" * 5_000_000
    with database.read() as session:
        assert session.get(Account, made.account).notes == ""


def test_a_backup_is_whole_and_encrypted_with_the_same_key(database, tmp_path):
    made = seed(database)
    target = tmp_path / "copy.sqlite"
    database.back_up(target)
    assert b"Socarrat" not in target.read_bytes()
    copy = Database(target, database._key)
    with copy.read() as session:
        assert session.get(Account, made.account) is not None
    copy.close()


def test_only_the_last_five_backups_are_kept(database):
    for _ in range(7):
        schema.backup(database.path, database.connect, database._key)
    assert len(list((database.path.parent / "backups").glob("*.sqlite"))) == 5


def test_a_folder_that_cannot_be_written_is_said(tmp_path):
    blocked = tmp_path / "file"
    blocked.write_text("in the way")
    with pytest.raises(UserError, match="cannot be opened"):
        Database(blocked / "a.sqlite", KEY)


def test_killing_the_process_loses_no_committed_row(tmp_path):
    path = tmp_path / "a.sqlite"
    database = Database(path, KEY)
    made = seed(database)
    # what a kill leaves behind: the file and its write-ahead log, never checkpointed
    crash = tmp_path / "crash"
    crash.mkdir()
    with database.write() as session:
        session.add(QuoteLine(quote_id=_quote(session, made), description="Aceite"))
    for part in tmp_path.glob("a.sqlite*"):
        shutil.copy(part, crash / part.name)
    database.close()
    again = Database(crash / "a.sqlite", KEY)
    with again.read() as session:
        assert session.scalar(select(QuoteLine.description)) == "Aceite"
    again.close()


def _quote(session, made) -> str:
    from app.models.quote import Quote

    quote = Quote(account_id=made.account, owner_id=made.user)
    session.add(quote)
    session.flush()
    return quote.id
