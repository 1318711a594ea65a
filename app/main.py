"""How the parts are put together: settings, database, tasks, synchroniser, window.

No logic lives here; whoever needs a part gets it by constructor.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from app import i18n, log, settings
from app.models import keys
from app.models.database import Database
from app.models.files import Files

if TYPE_CHECKING:
    from app.views.main_window import MainWindow

logger = logging.getLogger(__name__)

DATABASE, FILES, SETTINGS = "viajante.sqlite", "files.sqlite", "settings.json"

# Worst pause of the GUI thread beside a thread computing in pure Python, table on screen:
# 310-1,400 ms at Python's 5 ms, 73-88 ms at 0.1 ms; it costs the computing thread about 2 %.
SWITCH_INTERVAL_S = 0.0001


@dataclass
class Workspace:
    """One folder of one user: settings, the encrypted database, and the encrypted files."""

    folder: Path
    settings: settings.Settings
    database: Database
    files: Files

    def close(self) -> None:
        self.files.close()
        self.database.close()


def open_workspace(folder: Path, ask: Callable[[bool], str | None]) -> Workspace:
    """Open, or make, the workspace in `folder`; `ask(is_new)` asks for a passphrase if it must.

    Raises `UserError` with a sentence for the user when the data cannot be opened.
    """
    folder.mkdir(parents=True, exist_ok=True)
    chosen = settings.load(folder / SETTINGS)
    i18n.use(chosen.language or i18n.system_language())
    key = keys.open_key(folder, ask)
    database = Database(folder / DATABASE, key)
    try:
        files = Files(folder / FILES, key)
    except BaseException:
        database.close()
        raise
    return Workspace(folder, chosen, database, files)


def utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass
class Desktop:
    """A running desktop: its window and what must be closed after it."""

    workspace: Workspace
    window: MainWindow

    def close(self) -> None:
        self.window.close()
        self.workspace.close()


def build(workspace: Workspace, *, now: Callable[[], datetime] = utc_now) -> Desktop:
    """Put the desktop together on an open workspace; the caller shows `window`.

    A QApplication made by `app.views.application.create` must exist.
    """
    from app.views.main_window import MainWindow
    from app.views.synchroniser import Synchroniser
    from app.views.tasks import Tasks
    from app.views.widgets.page import Desk

    tasks = Tasks(workspace.database)
    desk = Desk(tasks, workspace.settings, workspace.files, now)
    synchroniser = Synchroniser(desk, workspace.database)
    return Desktop(workspace, MainWindow(desk, synchroniser))


def run_desktop(
    folder: Path,
    *,
    now: Callable[[], datetime] = utc_now,
    before_show: Callable[[Desktop], None] | None = None,
) -> int:
    """Open the desktop on `folder` and stay until its window closes; return the exit status."""
    sys.setswitchinterval(SWITCH_INTERVAL_S)
    log.start(folder / "logs")
    from app.views import application

    chosen = settings.load(folder / SETTINGS)
    i18n.use(chosen.language or i18n.system_language())
    program = application.create(chosen)
    if not application.is_first_instance(program, folder):
        return 0
    with application.sentences_for_the_user() as outcome:
        workspace = open_workspace(folder, application.ask_passphrase)
        try:
            desktop = build(workspace, now=now)
            application.catch_bugs(desktop.window)
            if before_show is not None:
                before_show(desktop)
            desktop.window.show()
            outcome.status = program.exec()
        finally:
            workspace.close()
    return outcome.status
