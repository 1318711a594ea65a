"""The conductor of a walkthrough: the server, the office, and the rep's process, which it kills.

The rep's window runs in a process of its own (`app.walkthrough.process`). It writes one JSON
message a line: a step that it has done, or something that it asks for, which is answered in one
line. So the server can be stopped under it, and it can be killed without warning.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from app import i18n
from app.demo import COMPANY, REP, EmbeddedServer
from app.errors import UserError
from app.i18n import _
from app.models import keys
from app.rules import follow_up
from app.services import route_problem
from app.walkthrough import invented, notebook
from app.walkthrough.notebook import Step
from app.walkthrough.office import BackOffice, Comparison

STEPS = 11
SILENCE_S = 300.0  # no step takes nearly as long
BEGIN = time(8, 30)
_ROOT = Path(__file__).resolve().parents[2]

Message = dict[str, Any]


def run(
    out: Path, *, portfolio: Path | None, products: Path | None, language: str, theme: str
) -> int:
    """Walk through a day and write day.json, screens/ and the PDFs into `out`; 0 when it held.

    Raises `UserError` when a file to import cannot be read or the server does not start.
    """
    i18n.use(language)
    for file in (portfolio, products):
        if file is not None and not file.is_file():
            raise UserError(
                _("{name} cannot be read. Nothing was imported.").format(name=file.name),
                _("Check that it exists and that you may read it."),
            )
    for pictures in ("screens", "themes"):
        shutil.rmtree(out / pictures, ignore_errors=True)
    out.mkdir(parents=True, exist_ok=True)
    for old in ("day.json", "quote.pdf", "route.pdf", "expenses.pdf"):
        (out / old).unlink(missing_ok=True)
    with tempfile.TemporaryDirectory(prefix="viajante-day-") as folder, ExitStack() as stack:
        day = Day(out.resolve(), Path(folder), language, theme, stack)
        day.choose_files(portfolio, products)
        day.live()
    ok = notebook.write(
        out / "day.json", day.steps, STEPS, day=day.date.isoformat(), language=language,
        theme=theme, portfolio=day.portfolio.name, products=day.products.name,
    )  # fmt: skip
    lines = [
        f"{'ok  ' if s.ok else 'FAIL'} {s.seconds:7.2f} s  {s.name}  {s.why}" for s in day.steps
    ]
    sys.stdout.write("\n".join([*lines, _("Written to {folder}").format(folder=out), ""]))
    return 0 if ok else 1


def working_day(today: date) -> date:
    """Return `today`, or the next day on which shops are open."""
    import holidays  # its calendars take a moment to load

    closed = [holidays.country_holidays(country) for country in ("ES", "AD")]
    day = today
    while not follow_up.working_day(day) or any(day in dates for dates in closed):
        day += timedelta(days=1)
    return day


class Day:
    """The day as it goes: what each side does, and what was written down."""

    def __init__(
        self, out: Path, folder: Path, language: str, theme: str, stack: ExitStack
    ) -> None:
        self.out, self.folder, self.steps = out, folder, list[Step]()
        self.date = working_day(i18n.local(datetime.now(UTC)).date())
        self.laptop = folder / "laptop"
        self.laptop.mkdir()
        keys.from_file(self.laptop)  # an example's key protects nothing worth protecting
        self.server = EmbeddedServer(folder / "server")
        self._language, self._theme, self._stack = language, theme, stack
        self.portfolio = self.products = Path()
        self._told: Message = {}

    def choose_files(self, portfolio: Path | None, products: Path | None) -> None:
        """Take the files that were given; invented ones stand in for those that were not."""
        self.portfolio = portfolio or invented.write_prospects(self.folder / "prospects.csv")
        self.products = products or invented.write_products(self.folder / "products.csv")

    def live(self) -> None:
        """Go through the day; a failed step ends it, and is written down."""
        self.server.make()
        self._stack.callback(self.server.stop)
        self.server.start()
        self.office = BackOffice(self.server.database)
        self._stack.callback(self.office.close)
        prepared = self.office.prepare_day(
            self.date, self.portfolio.read_bytes(), self.portfolio.name
        )
        code = self.server.command("enrol", "--company", COMPANY, "--user", REP)["code"]
        begin = datetime.combine(self.date, BEGIN)
        seconds = begin.hour * 3600 + begin.minute * 60
        self._told = {
            "out": str(self.out), "folder": str(self.laptop), "portfolio": str(self.portfolio),
            "products": str(self.products), "url": self.server.url, "code": code,
            "begin": route_problem.instant(self.date, seconds).isoformat(),
            "language": self._language, "theme": self._theme, "pictures": 1, **prepared,
        }  # fmt: skip
        if self._process("morning") and self._process("evening"):
            self._compare()

    def _process(self, part: str) -> bool:
        """Let the rep's process do its part; True when it did all of it."""
        environment = {"QT_QPA_PLATFORM": "offscreen", **os.environ}
        errors = (self.out / f"{part}.log").open("wb")
        self._stack.callback(errors.close)
        process = subprocess.Popen(  # noqa: S603 - our own program
            [sys.executable, "-m", "app.walkthrough.process", part], cwd=_ROOT, env=environment,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors, text=True,
        )  # fmt: skip
        try:
            _say(process, self._told)
            done = False
            for line in _lines(process):
                message = json.loads(line)
                if "step" in message:
                    self.steps.append(Step.from_json(message))
                elif message["ask"] == "end":
                    done = True
                    self._told |= message["tell"]
                    if message["kill"]:
                        process.kill()  # without warning, while she types
                else:
                    _say(process, self._do(message))
            return done and all(step.ok for step in self.steps)
        finally:
            process.kill()
            process.wait()

    def _do(self, message: Message) -> Message:
        """Do what the rep's process asks for."""
        match message["ask"]:
            case "network off":
                self.server.stop()
            case "office edits":
                for account_id, fields in message["edits"].items():
                    self.office.edit_account(account_id, **fields)
            case "network on":
                self.server.start()
        return {"done": message["ask"]}

    def _compare(self) -> None:
        from app.main import open_workspace

        step = Step(STEPS, "the server holds what the laptop holds")
        self.steps.append(step)
        try:
            with notebook.timed(step):
                workspace = open_workspace(self.laptop, lambda _new: None)
                try:
                    found: Comparison = self.office.compare(workspace.database)
                    step.found = found.as_json() | self._files_missing(workspace.database)
                finally:
                    workspace.close()
                notebook.require(found.rows.total() > 0, "something to compare")
                notebook.require(not found.differences, "both sides hold the same")
                notebook.require(not step.found["files_missing"], "the server has every file")
        except (notebook.StepFailed, UserError):
            return  # written down in the step

    def _files_missing(self, database: Any) -> Message:
        held, missing = self.office.files(database)
        return {"files": held, "files_missing": missing}


def _lines(process: subprocess.Popen[str]) -> Iterator[str]:
    """Yield what the process says, and kill it when it is silent for too long."""
    assert process.stdout is not None  # noqa: S101 - a pipe
    while True:
        watchdog = threading.Timer(SILENCE_S, process.kill)
        watchdog.start()
        try:
            line = process.stdout.readline()
        finally:
            watchdog.cancel()
        if not line:
            return
        yield line


def _say(process: subprocess.Popen[str], words: Message) -> None:
    assert process.stdin is not None  # noqa: S101 - a pipe
    process.stdin.write(json.dumps(words) + "\n")
    process.stdin.flush()
