"""Run a command with a PostgreSQL server of its own, gone when the command ends, however it ends.

    python tests/with_postgresql.py COMMAND [ARGUMENT…]   exits with the status of COMMAND
    python tests/with_postgresql.py --find                prints the folder of the server's programs

COMMAND finds the server's address in VIAJANTE_TEST_DATABASE_URL. The server listens on loopback
alone, on a free port, with a password made for this run. Its data is in `.postgresql/` inside the
project, or in the temporary folder where the server's user may not enter the project. PostgreSQL
refuses to run as root; root runs it as the user `postgres`. Only the standard library is used, so
that any Python can ask for --find before anything is installed.
"""

from __future__ import annotations

import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
VARIABLE = "VIAJANTE_TEST_DATABASE_URL"
PLACES = ("/usr/lib/postgresql/*/bin", "/opt/homebrew/opt/postgresql*/bin", "/usr/pgsql-*/bin")
# Tests throw their data away: no wait for the disk.
QUICK = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "max_connections=60")
START_S = 60


def find_programs() -> Path | None:
    """Return the folder that holds `initdb` and `postgres`, the newest version where several do."""
    candidates = [folder for place in PLACES for folder in Path("/").glob(place.lstrip("/"))]
    candidates.sort(
        key=lambda folder: [int(part) for part in folder.as_posix().split("/") if part.isdigit()]
    )
    on_path = shutil.which("initdb")
    if on_path:
        candidates.insert(0, Path(on_path).resolve().parent)
    complete = [
        folder
        for folder in candidates
        if (folder / "initdb").exists() and (folder / "postgres").exists()
    ]
    return complete[-1] if complete else None


def server_user() -> dict[str, object]:
    """Return the arguments that make `subprocess` run as somebody other than root."""
    if not hasattr(os, "geteuid") or os.geteuid() != 0:
        return {}
    import pwd

    for name in ("postgres", "nobody"):
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}
    sys.exit(
        "PostgreSQL does not run as root, and there is no user postgres or nobody to run it as."
    )


def forget_killed_runs(home: Path) -> None:
    """Remove what a run left that was killed outright; its server then ends within a minute."""
    for folder in home.iterdir():
        owner = folder.name.partition("-")[0]
        try:
            os.kill(int(owner), 0)
        except ProcessLookupError:
            shutil.rmtree(folder)
        except (ValueError, PermissionError):
            continue


def make_folder(user: dict[str, object]) -> Path:
    """Make an empty folder that the server's user owns and can reach."""
    home = ROOT / ".postgresql"
    home.mkdir(exist_ok=True)
    forget_killed_runs(home)
    reachable = subprocess.run(["test", "-x", str(home)], **user, check=False).returncode == 0
    prefix = f"{os.getpid()}-" if reachable else "viajante-postgresql-"
    folder = Path(tempfile.mkdtemp(prefix=prefix, dir=home if reachable else None))
    if user:
        os.chown(folder, user["user"], user["group"])
    return folder


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def initialise(programs: Path, data: Path, password: str, user: dict[str, object]) -> None:
    secret = data.parent / "password"
    secret.write_text(password)
    secret.chmod(0o600)
    if user:
        os.chown(secret, user["user"], user["group"])
    command = [
        programs / "initdb",
        "--pgdata",
        data,
        "--username",
        "viajante",
        "--pwfile",
        secret,
        "--auth",
        "scram-sha-256",
        "--encoding",
        "UTF8",
        "--locale",
        "C",
        "--no-sync",
    ]
    made = subprocess.run(
        command, **user, cwd=data.parent, capture_output=True, text=True, check=False
    )
    secret.unlink()
    if made.returncode:
        sys.exit(f"initdb failed:\n{made.stdout}{made.stderr}")


def wait_until_ready(server: subprocess.Popen[bytes], data: Path) -> bool:
    """Return whether the server says in its pid file that it takes connections."""
    end = time.monotonic() + START_S
    while server.poll() is None and time.monotonic() < end:
        try:
            lines = (data / "postmaster.pid").read_text().splitlines()
        except FileNotFoundError:
            lines = []
        if len(lines) > 7 and lines[7].strip() == "ready":
            return True
        time.sleep(0.05)
    return False


@contextmanager
def running(programs: Path) -> Iterator[str]:
    """Run a server; yield its address; stop it and remove its data."""
    user = server_user()
    folder = make_folder(user)
    data, log, password, server = folder / "data", folder / "log", secrets.token_hex(16), None
    try:
        initialise(programs, data, password, user)
        port = free_port()
        options = [f"port={port}", "listen_addresses=127.0.0.1", "unix_socket_directories=", *QUICK]
        command = [str(programs / "postgres"), "-D", str(data)]
        command += [part for option in options for part in ("-c", option)]
        with log.open("wb") as out:
            server = subprocess.Popen(
                command,
                **user,
                cwd=folder,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=out,
                start_new_session=True,  # Ctrl+C is for the tests; the server ends after them
            )
        if not wait_until_ready(server, data):
            sys.exit(f"PostgreSQL did not start:\n{log.read_text(errors='replace')}")
        yield f"postgresql+psycopg://viajante:{password}@127.0.0.1:{port}/postgres"
    finally:
        if server is not None:
            stop(server)
        shutil.rmtree(folder)
        home = ROOT / ".postgresql"
        if not any(home.iterdir()):
            home.rmdir()


def stop(server: subprocess.Popen[bytes]) -> None:
    """Stop `server` at once; what it holds is thrown away anyway."""
    server.send_signal(signal.SIGQUIT)
    try:
        server.wait(timeout=20)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait()


def main(arguments: list[str]) -> int:
    programs = find_programs()
    if programs is None:
        print("PostgreSQL is not installed (Debian: apt install postgresql).", file=sys.stderr)
        return 1
    if arguments == ["--find"]:
        print(programs)
        return 0
    if not arguments:
        print(__doc__, file=sys.stderr)
        return 2
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that `finally` runs
    signal.signal(signal.SIGHUP, lambda *_: sys.exit(129))
    with running(programs) as url:
        command = subprocess.Popen(arguments, env={**os.environ, VARIABLE: url})
        while True:
            try:
                return command.wait()
            except KeyboardInterrupt:
                continue  # the command was told as well; it may still say what it found
            except SystemExit:
                command.terminate()
                command.wait()
                raise


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
