"""The order of seq is the order of commits, whoever writes; tables, retries, light imports."""

from __future__ import annotations

import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from app.errors import UserError
from app.models.base import new_id
from app.server import accounts, feed, migrations, office, records, tables
from app.server.devices import find_device
from app.server.records import Cause, tenant_write
from app.server.store import TRIES, Busy, Store
from app.sync.protocol import Pull

WRITERS, TURNS = 8, 12


@pytest.fixture
def store(database_url, tmp_path):
    with closing(Store(database_url or str(tmp_path / "server.sqlite"))) as opened:
        yield opened


def write_turns(store, tenant, failures):
    """Write in transactions of three rows, and roll every fourth back."""
    for turn in range(TURNS):
        try:
            store.retrying(lambda turn=turn: one_turn(store, tenant, turn))
        except ZeroDivisionError:
            failures.append(turn)


def one_turn(store, tenant, turn):
    with tenant_write(store, tenant) as unit:
        for _row in range(3):
            account = new_id()
            unit.write("account", account, root=account, body={"name": f"{turn}"}, cause=Cause("I"))
        if turn % 4 == 3:
            unit.flush()
            raise ZeroDivisionError


def test_seq_is_gapless_and_a_polling_reader_loses_nothing(world):
    laptop, tenant, store = world.laptop("Olga", "office"), world.tenant, world.store
    done, failures, seen = threading.Event(), [], []

    def read_all():
        cursor = 0
        while True:
            last = done.is_set()
            with store.read() as connection:
                device = find_device(connection, tenant, laptop.me.device)
                page = feed.pull(feed.look(connection, device), Pull("", cursor, 50))
            seen.extend(row[1] for table in page.tables for row in table.r)
            cursor = page.to
            if last and not page.more:
                return

    with ThreadPoolExecutor(WRITERS + 1) as pool:
        reader = pool.submit(read_all)
        writers = [pool.submit(write_turns, store, tenant, failures) for _n in range(WRITERS)]
        for writer in writers:
            writer.result()
        done.set()
        reader.result()
    assert len(failures) == WRITERS * TURNS // 4
    expected = list(range(1, 2 + WRITERS * TURNS * 3 * 3 // 4 + 1))  # company and user come first
    with store.read() as connection:
        query = sa.select(tables.record.c.seq).where(tables.record.c.tenant_id == tenant)
        assert sorted(connection.scalars(query)) == expected
    assert seen == sorted(seen)
    assert seen == expected


def test_digest_is_what_the_rows_say(store):
    tenant = accounts.add_company(store, "Bodega")
    ids = [office.add(store, tenant, None, "account", name=f"Bar {n}") for n in range(5)]
    for row_id in ids[:3]:
        office.edit(store, tenant, None, "account", row_id, phone="600")
    office.remove(store, tenant, None, "account", ids[0])
    cells, record = tables.digest, tables.record
    with store.read() as connection:
        for cell in connection.execute(cells.select().where(cells.c.tenant_id == tenant)):
            rows = connection.execute(
                record.select().where(
                    record.c.tenant_id == tenant,
                    record.c.root == cell.root,
                    record.c.entity == cell.entity,
                    record.c.deleted.is_(False),
                )
            ).all()
            sums = [records.cell_hash(r.entity, r.row_id, r.ver, r.hash) for r in rows]
            kept = ((cell.high << 32) + cell.low) % 2**64
            assert (cell.n, kept) == (len(rows), sum(sums) % 2**64)


def test_a_group_that_fails_leaves_nothing(store):
    tenant = accounts.add_company(store, "Bodega")
    kept, dropped = new_id(), new_id()
    with tenant_write(store, tenant) as unit:
        with unit.group():
            unit.write("account", kept, root=kept, body={"name": "A"}, cause=Cause("I"))
        seq = unit.seq
        with pytest.raises(ZeroDivisionError), unit.group():
            unit.write("account", dropped, root=dropped, body={"name": "B"}, cause=Cause("I"))
            unit.flush()
            raise ZeroDivisionError
        assert (unit.seq, unit.get("account", dropped)) == (seq, None)
    assert [row_id for row_id, _body in office.rows(store, tenant, "account")] == [kept]


def test_unknown_company(store):
    with pytest.raises(records.UnknownTenantError), tenant_write(store, new_id()):
        pytest.fail("there is nothing to write to")


def locked(_self=None):
    import sqlite3

    raise sa.exc.OperationalError("BEGIN", {}, sqlite3.OperationalError("database is locked"))


def test_a_lock_is_waited_for_a_few_times(store):
    tries = []

    def work():
        tries.append(1)
        return "done" if len(tries) == TRIES else locked()

    assert store.retrying(work) == "done"
    with pytest.raises(Busy):
        store.retrying(locked)


def test_other_faults_are_not_tried_again(store):
    tries = []

    def work():
        tries.append(1)
        with store.read() as connection:
            connection.execute(sa.text("SELECT nothing FROM nowhere"))

    with pytest.raises(sa.exc.DBAPIError):
        store.retrying(work)
    assert len(tries) == 1


def test_migrations_make_the_tables_of_the_models(store):
    with store.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert context.get_current_revision() == migrations.HEAD
        assert compare_metadata(context, tables.metadata) == []


def test_records_of_a_newer_server_are_left_alone(tmp_path):
    path = str(tmp_path / "server.sqlite")
    with closing(Store(path)) as store, store.write() as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(UserError, match="newer version of the server"):
        Store(path)


BARE = """
import sys

class Refuse:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in {REFUSED}:
            raise ImportError(f"{name} is refused here")

sys.meta_path.insert(0, Refuse())
import app.server.__main__, app.server.api, uvicorn
from app.sync.merge import merge_field
import phonenumbers
print("served")
"""


def test_the_server_needs_nothing_of_the_desktop():
    refused = {"PySide6", "shiboken6", "sqlcipher3", "keyring", "requests", "reportlab", "numpy"}
    code = BARE.replace("REFUSED", repr(refused)[1:-1])
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stdout) == (0, "served\n"), ran.stderr
