"""The example company on this computer: its server started, this laptop enrolled, all of it local.

The server is a process of its own on a free port of this machine, with an SQLite file. It can be
stopped and started again, which is what losing and finding coverage is.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path
from typing import Any

from app.errors import UserError
from app.i18n import _
from app.models.database import Database
from app.models.files import Files
from app.models.sync_state import SyncState
from app.services import syncing
from app.sync import client, engine

COMPANY = "Alacena Levante"
REP = "Marta Ferrer Soler"
_START_S = 30.0


class EmbeddedServer:
    """The central server of the example, in `folder`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.database = folder / "server.sqlite"
        self._port = 0
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._port}"

    def command(self, *arguments: str) -> dict[str, Any]:
        """Run a command of the server to its end and return its answer."""
        done = subprocess.run(  # noqa: S603 - our own program, with our own arguments
            [sys.executable, "-m", "app.server", *arguments, "--database", str(self.database),
             "--json"],
            capture_output=True, check=False, cwd=Path(__file__).parent.parent,
        )  # fmt: skip
        if done.returncode:
            raise UserError(
                _("The example company's server did not answer."),
                done.stderr.decode("utf-8", "replace").strip().splitlines()[-1],
            )
        answer: dict[str, Any] = json.loads(done.stdout)
        return answer

    def make(self) -> None:
        """Make the invented company; once."""
        if not self.database.exists():
            self.folder.mkdir(parents=True, exist_ok=True)
            try:
                self.command("demo", "--files", str(self.folder / "files"))
            except BaseException:
                self.database.unlink(missing_ok=True)  # half a company is none
                raise

    def start(self) -> None:
        """Serve; at the same address as before when it was stopped."""
        note = self.folder / "port"
        note.unlink(missing_ok=True)
        with (self.folder / "server.log").open("ab") as log:
            self._process = subprocess.Popen(  # noqa: S603
                [sys.executable, "-m", "app.server", "run", "--database", str(self.database),
                 "--files", str(self.folder / "files"), "--port", str(self._port), "--port-file",
                 str(note), "--while-stdin"],
                stdin=subprocess.PIPE,  # closed when this process ends, however it ends
                stdout=log, stderr=log, cwd=Path(__file__).parent.parent,
            )  # fmt: skip
        began = time.monotonic()
        while not note.exists():
            if self._process.poll() is not None or time.monotonic() - began > _START_S:
                raise UserError(
                    _("The example company's server did not start."),
                    _("See {file}.").format(file=self.folder / "server.log"),
                )
            time.sleep(0.02)
        self._port = int(note.read_text("ascii"))

    def stop(self) -> None:
        if self._process is not None:
            self._process.terminate()
            self._process.wait(20)
            if self._process.stdin is not None:
                self._process.stdin.close()
            self._process = None


def enrol(database: Database, files: Files, server: EmbeddedServer) -> None:
    """Enrol this laptop with the example's server and download everything; once."""
    with database.read() as session:
        state = session.get(SyncState, 1)
        known = state is not None and bool(state.device_id)
        database_id = state.database_id if state is not None else ""
    if not known:
        code = server.command("enrol", "--company", COMPANY, "--user", REP)["code"]
        answer = client.enrol(server.url, code, _("Example"), database_id or "0" * 32)
        with database.write() as session:
            syncing.enrolled(session, answer, server.url)
            state = session.get(SyncState, 1)
            assert state is not None  # noqa: S101 - just written
            state.is_demo = True
    else:
        with database.write() as session:
            state = session.get(SyncState, 1)
            assert state is not None  # noqa: S101
            state.server_url = server.url
    with closing(engine.client_of(database)) as speaker:
        report = engine.run(database, files, speaker)
    if report.error is not None and not known:
        raise report.error
