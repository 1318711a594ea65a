"""The server of the tests is there while the command runs, and gone afterwards."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest
import sqlalchemy as sa

from tests import with_postgresql

pytestmark = [
    pytest.mark.postgresql,
    pytest.mark.skipif(
        with_postgresql.find_programs() is None and not os.environ.get("CI"),
        reason="PostgreSQL is not installed",
    ),
]
SCRIPT = Path(with_postgresql.__file__)
SAY_URL = f"import os, sys; print(os.environ['{with_postgresql.VARIABLE}'], flush=True);"


def start(code: str) -> subprocess.Popen[str]:
    command = [sys.executable, SCRIPT, sys.executable, "-c", SAY_URL + code]
    return subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def is_gone(url: sa.URL) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex((url.host, url.port)) != 0


def data_of(pid: int) -> list[Path]:
    home = with_postgresql.ROOT / ".postgresql"
    return list(home.glob(f"{pid}-*")) if home.exists() else []


@pytest.fixture
def running():
    """A server whose command waits for its input to end."""
    process = start("sys.stdin.read(); sys.exit(7)")
    url = sa.make_url(process.stdout.readline().strip())
    yield process, url
    process.kill()
    process.communicate()


def test_server_answers_with_its_password_and_hands_on_the_status(running):
    process, url = running
    with sa.create_engine(url, poolclass=sa.NullPool).connect() as connection:
        assert connection.exec_driver_sql("SELECT 6 * 7").scalar_one() == 42
    wrong = sa.create_engine(url.set(password="wrong"), poolclass=sa.NullPool)
    with pytest.raises(sa.exc.OperationalError, match="password"):
        wrong.connect()
    process.communicate()
    assert process.returncode == 7
    assert is_gone(url)
    assert data_of(process.pid) == []


def test_nothing_is_left_when_the_run_is_ended(running):
    process, url = running
    process.send_signal(signal.SIGTERM)
    process.wait(timeout=60)
    assert process.returncode == 143
    assert is_gone(url)
    assert data_of(process.pid) == []


def test_what_a_killed_run_left_is_removed_by_the_next(tmp_path):
    dead = subprocess.Popen([sys.executable, "-c", ""])
    dead.wait()
    left, alive = tmp_path / f"{dead.pid}-abc", tmp_path / f"{os.getpid()}-abc"
    left.mkdir()
    alive.mkdir()
    with_postgresql.forget_killed_runs(tmp_path)
    assert list(tmp_path.iterdir()) == [alive]
