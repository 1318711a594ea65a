"""The walls around every test hold: no network, no silent warning, nobody's real home."""

from __future__ import annotations

import logging
import os
import socket
import subprocess
import sys
import time
from pathlib import Path

import keyring
import keyring.errors
import platformdirs
import pytest
import requests

from app import i18n

CONFTEST = Path(__file__).parent / "conftest.py"


@pytest.mark.parametrize("address", [("192.0.2.1", 80), ("2001:db8::1", 80)])
def test_network_is_refused(address):
    with pytest.raises(RuntimeError, match="only this machine"):
        socket.create_connection(address, timeout=1)


def test_network_is_refused_inside_requests():
    with pytest.raises(RuntimeError, match=r"example\.com"):
        requests.get("https://example.com", timeout=1)


def test_an_invalid_name_is_not_found_as_without_coverage():
    with pytest.raises(requests.ConnectionError):
        requests.get("https://server.invalid", timeout=1)


def test_this_machine_is_allowed():
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        with socket.create_connection(("localhost", port), timeout=5) as client:
            assert client.getpeername() == ("127.0.0.1", port)


def test_home_is_not_the_users():
    for folder in (Path.home(), platformdirs.user_data_path("Viajante")):
        assert "viajante-tests-" in str(folder)


def test_keyring_refuses_unless_asked():
    with pytest.raises(keyring.errors.NoKeyringError):
        keyring.get_password("viajante", "demo")


def test_memory_keyring(memory_keyring):
    keyring.set_password("viajante", "demo", "secret")
    assert memory_keyring == {("viajante", "demo"): "secret"}
    keyring.delete_password("viajante", "demo")
    with pytest.raises(keyring.errors.PasswordDeleteError):
        keyring.delete_password("viajante", "demo")


@pytest.mark.skipif(not hasattr(time, "tzset"), reason="Windows has no TZ")
def test_zone_is_madrid():
    assert time.localtime(1_790_000_000).tm_gmtoff == 2 * 3600  # a day of September 2026


@pytest.mark.parametrize("attempt", [1, 2])
def test_language_does_not_leak(attempt):
    assert i18n.language() == "en"
    i18n.use("es")


def test_a_warning_in_the_log_can_be_looked_at(caplog):
    logging.getLogger("app").warning("announced")
    assert caplog.messages == ["announced"]


@pytest.mark.parametrize(("level", "status"), [("warning", 1), ("info", 0)])
def test_an_unexpected_warning_in_the_log_fails(tmp_path, level, status):
    (tmp_path / "conftest.py").write_text(CONFTEST.read_text(encoding="utf-8"), encoding="utf-8")
    (tmp_path / "test_a.py").write_text(
        f"import logging\ndef test_a():\n    logging.getLogger('app.sync').{level}('who?')\n",
        encoding="utf-8",
    )
    run = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--rootdir", tmp_path,
         tmp_path / "test_a.py"],
        cwd=Path(__file__).parents[1], env=os.environ, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert run.returncode == status, run.stdout
    assert ("WARNING app.sync: who?" in run.stdout) == bool(status)


@pytest.mark.postgresql
def test_postgresql_is_ours_alone(postgresql_url):
    import sqlalchemy as sa

    engine = sa.create_engine(postgresql_url, poolclass=sa.NullPool)
    with engine.connect() as connection:
        name = connection.exec_driver_sql("SELECT current_database()").scalar_one()
        tables = sa.inspect(connection).get_table_names()
    assert name.startswith("viajante_")
    assert isinstance(tables, list)
