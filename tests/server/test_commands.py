"""The commands as an administrator types them, in a process of their own."""

from __future__ import annotations

import json
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from contextlib import closing, contextmanager

import msgspec
import pytest
import requests
import sqlalchemy as sa
import zstandard

from app.server import tables
from app.server.store import Store
from tests.server.laptop import enrol


@pytest.fixture
def database(database_url, tmp_path):
    return database_url or str(tmp_path / "records" / "server.sqlite")


def run(*words, database):
    command = [sys.executable, "-m", "app.server", *words, "--database", database]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)


def answer(*words, database):
    ran = run(*words, "--json", database=database)
    assert (ran.returncode, ran.stderr) == (0, "")
    return json.loads(ran.stdout)


@contextmanager
def running(database, folder):
    port_file = folder / "port"
    command = [
        sys.executable, "-m", "app.server", "run", "--database", database,
        "--files", str(folder / "files"), "--port", "0", "--port-file", str(port_file),
    ]  # fmt: skip
    server = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        url = server.stdout.readline().strip()  # said once the port is taken and in its file
        assert url == f"http://127.0.0.1:{port_file.read_text()}", server.communicate()
        yield server, url
    finally:
        server.kill()
        server.communicate()


def test_from_nothing_to_a_laptop_that_syncs(database, tmp_path):
    name = f"Bodega {tmp_path.name} {time.time_ns()}"  # PostgreSQL's database is not this test's
    company = answer("company", "add", name, "--admin-email", "a@b.es", database=database)
    added = answer("user", "add", "--company", name, "--name", "Ana Ruiz", database=database)
    given = ("enrol", "--company", company["company"], "--user", "ana ruiz")
    code = answer(*given, database=database)
    assert code["minutes"] == 10
    with running(database, tmp_path) as (server, url):
        laptop = enrol(url, code["code"])
        with closing(laptop.session):
            assert (laptop.me.user, laptop.me.company) == (added["user"], name)
            account = laptop.add("account", name="Bar")
            assert set(laptop.pull()["user"]) == {added["user"], company["admin"]}
        server.send_signal(signal.SIGTERM)
        out, err = server.communicate(timeout=20)
        assert (server.returncode, out) == (0, "")
        assert "ERROR" not in err
        with pytest.raises(requests.ConnectionError):
            requests.get(url + "/health", timeout=5)
    with running(database, tmp_path / "again") as (_server, url):
        laptop.url, laptop.session, laptop.cursor = url, requests.Session(), 0
        with closing(laptop.session):
            assert account in laptop.pull()["account"]


def test_sentences_for_people(database):
    made = run("company", "add", "Bodega Única", database=database)
    assert (made.returncode, made.stderr) == (0, "")
    assert made.stdout.startswith("Bodega Única was made, with the id ")
    lost = run("enrol", "--company", "Nadie", "--user", "Ana", database=database)
    assert (lost.returncode, lost.stdout) == (1, "")
    assert lost.stderr.startswith("There is no “Nadie” here")


def test_a_port_that_is_taken(tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        ran = run("run", "--port", port, database=str(tmp_path / "s.sqlite"))
    assert ran.returncode == 1
    assert f"The server cannot listen on 127.0.0.1, port {port}." in ran.stderr


def test_backup_is_a_copy_of_one_moment(world, tmp_path):
    laptop = world.laptop()
    account = laptop.add("account", name="Bar")
    url = world.store.url.render_as_string(hide_password=False)
    target = tmp_path / "copies" / "copy"
    said = answer("backup", "--to", str(target), database=url)
    assert said == {"file": str(target), "bytes": target.stat().st_size}
    rows = read_back(world.store, target)
    assert (world.tenant, account) in rows["record"]
    assert {table.name for table in tables.TABLES} == rows.keys()
    assert laptop.hello().backup_op_no == 1
    again = run("backup", "--to", str(target), database=url)
    assert (again.returncode, "is there already" in again.stderr) == (1, True)


def read_back(store: Store, target):
    """Return the (tenant, row id) pairs of each table in the copy."""
    found = {}
    if store.is_sqlite:
        with closing(sqlite3.connect(target)) as copy:
            assert copy.execute("PRAGMA integrity_check").fetchone() == ("ok",)
            for table in tables.TABLES:
                names = [column.name for column in table.columns]
                cursor = copy.execute(f"SELECT {', '.join(names)} FROM {table.name}")
                rows = [dict(zip(names, row, strict=True)) for row in cursor]
                found[table.name] = {(r.get("tenant_id"), r.get("row_id")) for r in rows}
        return found
    with zstandard.open(target, "rb") as copy:
        lines = [msgspec.json.decode(line) for line in copy.read().splitlines()]
    assert lines[0] == {"viajante": "0001"}
    found = {table.name: set() for table in tables.TABLES}
    for name, row in lines[1:]:
        found[name].add((row.get("tenant_id"), row.get("row_id")))
    with store.read() as connection:
        count = connection.scalar(sa.select(sa.func.count()).select_from(tables.record))
    assert count == sum(1 for name, _row in lines[1:] if name == "record")
    return found


def test_backup_to_where_nothing_can_be_written(tmp_path):
    database = str(tmp_path / "s.sqlite")
    (tmp_path / "file").write_text("x")
    ran = run("backup", "--to", str(tmp_path / "file" / "copy"), database=database)
    assert ran.returncode == 1
    assert "The records are as they were." in ran.stderr
    assert [path.name for path in tmp_path.glob("*.part")] == []
