"""Migrations: their head is the models, an older file is checked and copied before it changes."""

import secrets
from pathlib import Path

import pytest
import sqlcipher3
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine
from sqlalchemy.pool import StaticPool

from app.errors import UserError
from app.models import schema
from app.models.account import Account
from app.models.base import Base
from app.models.database import Database
from app.services import accounts, search
from tests.company import seed

KEY = secrets.token_bytes(32)


def test_the_head_of_the_migrations_is_the_one_the_program_expects(database):
    script = ScriptDirectory.from_config(schema.alembic_config(database.connect))
    assert script.get_current_head() == schema.HEAD


# SQLAlchemy does not compare the index of the list's order, which is over an expression
@pytest.mark.filterwarnings("ignore:Skipped unsupported reflection of expression-based index")
def test_the_head_equals_the_models(database):
    engine = create_engine(
        "sqlite://", creator=database.connect, module=sqlcipher3.dbapi2, poolclass=StaticPool
    )
    with engine.connect() as connection:
        ours = set(Base.metadata.tables)
        context = MigrationContext.configure(
            connection,
            opts={
                "compare_type": True,
                # the full-text index is made by triggers and has no models
                "include_name": lambda name, kind, _parent: kind != "table" or name in ours,
            },
        )
        assert compare_metadata(context, Base.metadata) == []
    engine.dispose()


def _age(database: Database) -> None:
    """Make the file look as if an older program had made it."""
    connection = database.connect()
    connection.execute("UPDATE alembic_version SET version_num = '0000'")
    connection.close()


def test_an_older_file_is_copied_before_it_is_migrated(tmp_path, monkeypatch):
    path = tmp_path / "a.sqlite"
    database = Database(path, KEY)
    made = seed(database)
    _age(database)
    database.close()
    upgrades = []
    monkeypatch.setattr(schema, "_upgrade", upgrades.append)
    Database(path, KEY).close()
    (copy,) = (tmp_path / "backups").glob("a-*.sqlite")
    assert upgrades
    connection = schema.connect(copy, KEY)
    assert connection.execute("SELECT id FROM account").fetchone()[0] == made.account
    connection.close()


def test_a_migration_that_fails_leaves_the_file_as_it_was(tmp_path, monkeypatch):
    path = tmp_path / "a.sqlite"
    database = Database(path, KEY)
    made = seed(database)
    _age(database)
    database.close()

    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("half way")

    monkeypatch.setattr(command, "upgrade", fail)
    with pytest.raises(RuntimeError):
        Database(path, KEY)
    connection = schema.connect(path, KEY)
    assert connection.execute("SELECT id FROM account").fetchone()[0] == made.account
    connection.close()


def test_a_damaged_file_is_not_migrated(tmp_path, caplog):
    path = tmp_path / "a.sqlite"
    database = Database(path, KEY)
    seed(database)
    _age(database)
    database.close()
    content = bytearray(path.read_bytes())
    content[-4096 - 2000] ^= 0xFF  # one flipped bit in a page in the middle
    path.write_bytes(bytes(content))
    with pytest.raises(UserError, match="damaged"):
        Database(path, KEY)
    assert path.read_bytes() == bytes(content)
    assert "HMAC" in caplog.text


def _made_by(revision: str, path: Path) -> sqlcipher3.dbapi2.Connection:
    """Return a file as the program of `revision` made it."""
    connection = schema.connect(path, KEY)
    connection.execute(f"PRAGMA application_id = {schema.APPLICATION_ID}")
    command.upgrade(schema.alembic_config(lambda: schema.connect(path, KEY)), revision)
    return connection


@pytest.mark.parametrize("revision", ["0001", "0002"])
def test_everything_is_found_in_a_file_of_an_older_program(tmp_path, revision):
    path = tmp_path / "a.sqlite"
    now_made = Database(tmp_path / "now.sqlite", KEY)
    made = seed(now_made)
    now_made.close()
    old = _made_by(revision, path)
    old.execute("PRAGMA foreign_keys = OFF")
    old.execute("ATTACH ? AS now KEY ?", (str(tmp_path / "now.sqlite"), f"x'{KEY.hex()}'"))
    for table in ("user", "segment", "price_list", "account", "site", "contact", "product"):
        named = ", ".join(f'"{row[1]}"' for row in old.execute(f"PRAGMA table_info('{table}')"))
        old.execute(f'INSERT INTO "{table}" ({named}) SELECT {named} FROM now."{table}"')
    old.close()
    migrated = Database(path, KEY)
    with migrated.read() as session:
        for words in ("socarrat", "xativa", "962270"):
            assert search.ids(session, words, "account") == [made.account]
        assert search.ids(session, "sanchis", "contact") == [made.contact]
        assert search.ids(session, "anchoas", "product") == [made.products[2]]
        assert accounts.search(session) == [made.account]
    with migrated.write() as session:
        session.get(Account, made.account).name = "Bodega Nueva"
    with migrated.read() as session:
        assert search.ids(session, "bodega", "account") == [made.account]
        assert search.ids(session, "socarrat", "account") == []
    migrated.close()
