"""The example company's server: it keeps its address and ends with whoever started it."""

from __future__ import annotations

import secrets
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from app import demo
from app.models.database import Database
from app.models.files import Files
from app.models.sync_state import SyncState

ROOT = Path(__file__).resolve().parents[1]
DESKTOP = """
import sys, time
from pathlib import Path
from app import demo
server = demo.EmbeddedServer(Path(sys.argv[1]))
server.start()
print(server.url, flush=True)
time.sleep(120)
"""


def _answers(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), 1).close()
    except ConnectionRefusedError:  # a full queue is no silence: only a closed port is
        return False
    except OSError:
        return True
    return True


def _falls_silent(port: int, seconds: float = 20) -> bool:
    end = time.monotonic() + seconds
    while _answers(port):
        if time.monotonic() > end:
            return False
    return True


def _port(url: str) -> int:
    return int(url.rpartition(":")[2])


def test_server_keeps_its_address_when_it_is_started_again(tmp_path: Path):
    server = demo.EmbeddedServer(tmp_path)
    server.start()
    try:
        first = server.url
        assert _answers(_port(first))
        server.stop()
        assert not _answers(_port(first))
        server.start()
        assert server.url == first
        assert _answers(_port(first))
    finally:
        server.stop()


@pytest.mark.skipif(sys.platform == "win32", reason="kills with a POSIX signal")
def test_server_does_not_outlive_a_killed_desktop(tmp_path: Path):
    with subprocess.Popen(
        [sys.executable, "-c", DESKTOP, str(tmp_path)], cwd=ROOT, stdout=subprocess.PIPE, text=True
    ) as desktop:
        assert desktop.stdout is not None
        port = _port(desktop.stdout.readline().strip())
        assert _answers(port)
        desktop.send_signal(signal.SIGKILL)
        desktop.wait(10)
        assert _falls_silent(port)


def _device(database: Database) -> str:
    with database.read() as session:
        state = session.get(SyncState, 1)
        assert state is not None
        return state.device_id or ""


def test_second_start_makes_no_second_company_and_keeps_the_device(tmp_path: Path):
    server = demo.EmbeddedServer(tmp_path / "server")
    server.make()
    made = server.database.stat().st_mtime_ns
    server.make()
    assert server.database.stat().st_mtime_ns == made
    server.start()
    database = Database(tmp_path / "viajante.sqlite", secrets.token_bytes(32))
    files = Files(tmp_path / "files.sqlite", secrets.token_bytes(32))
    try:
        demo.enrol(database, files, server)
        first = _device(database)
        demo.enrol(database, files, server)
        assert first
        assert _device(database) == first
    finally:
        files.close()
        database.close()
        server.stop()
