"""What holds for every test: a home of its own, one zone, no network beyond this machine, no noise.

Set before anything of the program is imported, because folders, zone and platform are read then.
"""

from __future__ import annotations

import ipaddress
import logging
import os
import secrets
import shutil
import socket
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import hypothesis
import keyring
import keyring.backend
import keyring.errors
import pytest

if TYPE_CHECKING:
    from app.models.database import Database
    from app.models.files import Files

HOME = Path(tempfile.mkdtemp(prefix="viajante-tests-"))
DATABASE = "VIAJANTE_TEST_DATABASE_URL"
IN_CI = bool(os.environ.get("CI"))


def _take_over_environment() -> None:
    """Nothing of the person who runs the tests is read or written, in child processes too."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    folders = {
        "HOME": "", "USERPROFILE": "", "APPDATA": "roaming", "LOCALAPPDATA": "local",
        "XDG_DATA_HOME": "share", "XDG_CONFIG_HOME": "config", "XDG_CACHE_HOME": "cache",
        "XDG_STATE_HOME": "state", "XDG_RUNTIME_DIR": "run",
    }  # fmt: skip
    for name, folder in folders.items():
        (HOME / folder).mkdir(mode=0o700, exist_ok=True)
        os.environ[name] = str(HOME / folder)
    for name in [name for name in os.environ if name.lower().endswith("_proxy")]:
        del os.environ[name]
    displays = ("DISPLAY", "WAYLAND_DISPLAY")
    for name in ("LC_ALL", "LANGUAGE", *displays * (os.environ["QT_QPA_PLATFORM"] == "offscreen")):
        os.environ.pop(name, None)
    os.environ["LANG"] = "C.UTF-8"
    os.environ["TZ"] = "Europe/Madrid"
    os.environ["PYTHON_KEYRING_BACKEND"] = "keyring.backends.fail.Keyring"
    if hasattr(time, "tzset"):
        time.tzset()


class NetworkRefused(RuntimeError):  # noqa: N818
    """A test reached for the network; no OSError, so that nothing takes it for being offline."""


def _is_here(host: object) -> bool:
    if host in {None, "", "localhost", socket.gethostname()}:
        return True
    try:
        address = ipaddress.ip_address(host.decode() if isinstance(host, bytes) else str(host))
    except ValueError:
        return False
    return address.is_loopback or address.is_unspecified


def _refuse_network(event: str, arguments: tuple[object, ...]) -> None:
    if event in {"socket.connect", "socket.sendto"}:
        address = arguments[1]
        host = address[0] if isinstance(address, tuple) else None  # a path: a local socket
    elif event == "socket.getaddrinfo":
        host = arguments[0]
        if str(host).endswith(".invalid"):  # what a machine without coverage says
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
    else:
        return
    if not _is_here(host):
        raise NetworkRefused(f"This test wants to talk to {host}: only this machine is allowed.")


_take_over_environment()
sys.addaudithook(_refuse_network)
hypothesis.settings.register_profile("viajante", deadline=None, derandomize=IN_CI)
hypothesis.settings.load_profile("viajante")


def pytest_unconfigure() -> None:
    shutil.rmtree(HOME, ignore_errors=True)


class _Listener(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(f"{record.levelname} {record.name}: {record.getMessage()}")


@pytest.fixture(autouse=True)
def _no_unexpected_log(request: pytest.FixtureRequest) -> Iterator[None]:
    """Fail a test during which something warned; a test that takes `caplog` looks for itself."""
    if "caplog" in request.fixturenames:
        yield
        return
    listener = _Listener()
    logging.getLogger().addHandler(listener)
    yield
    logging.getLogger().removeHandler(listener)
    if listener.lines:
        pytest.fail("Unexpected in the log:\n" + "\n".join(listener.lines))


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    """Each test begins in English, on the zone of the computer, whatever the last one chose."""
    from app import i18n

    i18n.use("en")
    i18n.use_zone(None)
    yield
    i18n.use("en")
    i18n.use_zone(None)


class _MemoryKeyring(keyring.backend.KeyringBackend):
    priority = 1

    def __init__(self) -> None:
        super().__init__()
        self.secrets: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.secrets.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.secrets[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        if (service, username) not in self.secrets:
            raise keyring.errors.PasswordDeleteError(username)
        del self.secrets[service, username]


@pytest.fixture
def memory_keyring() -> Iterator[dict[tuple[str, str], str]]:
    """Give the test a working keyring; its content, by (service, name), is what is yielded."""
    before = keyring.get_keyring()
    mine = _MemoryKeyring()
    keyring.set_keyring(mine)
    yield mine.secrets
    keyring.set_keyring(before)


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Return the folder of real input that lies beside the project, never inside it."""
    folder = Path(__file__).resolve().parents[2] / "shared" / "data"
    if not folder.is_dir():
        pytest.skip("needs the real input in ../shared/data, which is not here")
    return folder


@pytest.fixture(scope="session")
def postgresql_url(worker_id: str) -> Iterator[str]:
    """Yield the URL of an empty PostgreSQL database of this test process alone."""
    import sqlalchemy as sa

    url = os.environ.get(DATABASE)
    if not url:
        if IN_CI:
            pytest.fail(f"{DATABASE} is not set: run the tests with `make test`")
        pytest.skip(f"needs PostgreSQL: `make test` starts one and sets {DATABASE}")
    name = f"viajante_{worker_id}"
    server = sa.create_engine(url, isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
    with server.connect() as connection:
        connection.exec_driver_sql(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        connection.exec_driver_sql(f'CREATE DATABASE "{name}"')
    yield sa.make_url(url).set(database=name).render_as_string(hide_password=False)
    with server.connect() as connection:
        connection.exec_driver_sql(f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture(scope="session", autouse=True)
def _tables_are_made_once(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Give each new database a copy of the first one's tables, encrypted with its own key.

    The real migrations make the first one, and have tests of their own; for each of a thousand
    tests to run them takes a fifth of the time of all.
    """
    import sqlcipher3

    from app.models import schema

    def connected(path: Path, key: bytes) -> sqlcipher3.dbapi2.Connection:
        connection = connect(path, key)
        connection.execute("PRAGMA synchronous = OFF")  # no test pulls the plug of this machine
        return connection

    connect, schema.connect = schema.connect, connected
    prepare, head, key = schema.prepare, schema.HEAD, secrets.token_bytes(32)
    first = tmp_path_factory.mktemp("tables") / "first.sqlite"
    prepare(first, lambda: schema.connect(first, key), key)

    def prepared(path: Path, connector: schema.Connect, own: bytes) -> None:
        if head == schema.HEAD and not path.exists():
            shutil.copyfile(first, path)
            connection = sqlcipher3.dbapi2.connect(str(path), isolation_level=None)
            for statement in (
                f"PRAGMA key = \"x'{key.hex()}'\"", "PRAGMA journal_mode = DELETE",
                "PRAGMA synchronous = OFF", f"PRAGMA rekey = \"x'{own.hex()}'\"",
            ):  # fmt: skip
                connection.execute(statement)
            connection.close()
        prepare(path, connector, own)

    schema.prepare = prepared
    yield
    schema.prepare, schema.connect = prepare, connect


@pytest.fixture(autouse=True)
def _garbage_is_sought_between_tests() -> Iterator[None]:
    """As in the program: on the thread of the windows, never on one of the tasks'."""
    from app import garbage

    garbage.take_over()
    yield
    garbage.look()


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    """Yield a new encrypted database, empty but for its tables."""
    from app.models.database import Database

    opened = Database(tmp_path / "viajante.sqlite", secrets.token_bytes(32))
    yield opened
    opened.close()


@pytest.fixture
def files(tmp_path: Path) -> Iterator[Files]:
    """Yield a new encrypted store of files."""
    from app.models.files import Files

    opened = Files(tmp_path / "files.sqlite", secrets.token_bytes(32))
    yield opened
    opened.close()


@pytest.fixture
def process_as_before() -> Iterator[None]:
    """Take back what a start changes in this process: its log and Python's switch interval."""
    root, interval = logging.getLogger(), sys.getswitchinterval()
    handlers, level = list(root.handlers), root.level
    yield
    for handler in [h for h in root.handlers if h not in handlers]:
        if type(handler).__name__ == "RotatingFileHandler":
            root.removeHandler(handler)
            handler.close()
    root.setLevel(level)
    sys.setswitchinterval(interval)
