"""How the parts are put together: settings, database, tasks, synchroniser, window.

No logic lives here; whoever needs a part gets it by constructor.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from app import i18n, log, settings
from app.errors import UserError
from app.i18n import _
from app.models import keys
from app.models.base import new_id
from app.models.database import Database
from app.models.files import Files

if TYPE_CHECKING:
    from app.services.imports.plan import ImportPlan
    from app.sync.report import Progress
    from app.views.main_window import MainWindow
    from app.views.synchroniser import Synchroniser
    from app.views.widgets.page import Desk, Page

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
    window = MainWindow(desk, synchroniser, {})
    window.screens |= _screens(workspace, desk, synchroniser, window)
    return Desktop(workspace, window)


def _screens(
    workspace: Workspace, desk: Desk, synchroniser: Synchroniser, window: MainWindow
) -> dict[str, Callable[[], Page]]:
    """Return how each screen is made, the first time that it is opened."""
    from app.views.expenses.page import ExpensesPage
    from app.views.first_run.page import FirstRunPage
    from app.views.imports.page import ImportPage
    from app.views.portfolio.customer_page import CustomerPage
    from app.views.portfolio.list_page import PortfolioPage
    from app.views.preferences.page import PreferencesPage
    from app.views.quotes.list_page import QuotesPage
    from app.views.quotes.page import QuotePage
    from app.views.routes.page import RoutesPage
    from app.views.sync.page import SyncPage
    from app.views.today.page import TodayPage
    from app.views.visits.page import VisitPage

    def first_run() -> Page:
        page = FirstRunPage(desk, partial(_enrol, workspace))
        page.connected.connect(window.start)
        page.theme_chosen.connect(window.set_theme)
        page.language_chosen.connect(window.set_language)
        page.example_asked.connect(lambda: desk.tasks.run(window, _open_example, _nothing))
        return page

    def preferences() -> Page:
        page = PreferencesPage(desk, workspace.database)
        page.theme_chosen.connect(window.set_theme)
        page.language_chosen.connect(window.set_language)
        return page

    return {
        "today": lambda: TodayPage(desk), "routes": lambda: RoutesPage(desk),
        "visit": lambda: VisitPage(desk), "portfolio": lambda: PortfolioPage(desk),
        "customer": lambda: CustomerPage(desk), "import": lambda: ImportPage(desk),
        "quotes": lambda: QuotesPage(desk), "quote": lambda: QuotePage(desk),
        "expenses": lambda: ExpensesPage(desk), "sync": lambda: SyncPage(desk, synchroniser),
        "settings": preferences, "first_run": first_run,
    }  # fmt: skip


def _enrol(
    workspace: Workspace, url: str, code: str, name: str, progress: Callable[[Progress], None]
) -> None:
    """Enrol this computer with a company's server and download everything. Raises `UserError`.

    A download that was interrupted goes on, without a new code.
    """
    from app.models.sync_state import SyncState
    from app.services import shell, syncing
    from app.sync import client, engine

    with workspace.database.read() as session:
        state = session.get(SyncState, 1)
        database_id = state.database_id if state is not None else new_id()
        known = shell.known_server(session)
    if not known:
        answer = client.enrol(url, code, name, database_id)
        with workspace.database.write() as session:
            syncing.enrolled(session, answer, client.address(url))
    with closing(engine.client_of(workspace.database)) as speaker:
        report = engine.run(workspace.database, workspace.files, speaker, progress=progress)
    if report.error is not None:
        raise report.error


def _open_example() -> None:
    """Start the example company in a process of its own, which outlives this one."""
    import subprocess

    subprocess.Popen(
        [sys.executable, "-m", "app", "demo"], cwd=Path(__file__).resolve().parent.parent,
        stdin=subprocess.DEVNULL, start_new_session=True,
    )  # fmt: skip


def _nothing(_none: None) -> None:
    """Take an outcome that nobody waits for."""


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
            desktop.window.start()
            outcome.status = program.exec()
        finally:
            workspace.close()
    return outcome.status


def run_demo(folder: Path, *, language: str = "", theme: str = "") -> int:
    """Open the desktop on the example company, whose server runs while the window is open."""
    from app import demo

    folder.mkdir(parents=True, exist_ok=True)
    keys.from_file(folder)  # the example's key protects nothing worth protecting
    server = demo.EmbeddedServer(folder / "server")
    server.make()
    server.start()
    try:
        workspace = open_workspace(folder, lambda _new: None)
        try:
            demo.enrol(workspace.database, workspace.files, server)
            chosen = workspace.settings
            chosen.language, chosen.theme = language or chosen.language, theme or chosen.theme
            chosen.save()
        finally:
            workspace.close()
        return run_desktop(folder)
    finally:
        server.stop()


def run_import(folder: Path, file: Path, kind: str, *, dry_run: bool = False) -> ImportPlan:
    """Read a list into the workspace in `folder` and return what happened, or would."""
    from app.services.imports import plan, reading

    if not (folder / DATABASE).exists():
        raise UserError(
            _("There is no workspace in {folder}. Nothing was imported.").format(folder=folder),
            _("Open Viajante there once, or `viajante demo --workspace {folder}`.").format(
                folder=folder
            ),
        )
    source = reading.read_file(file)
    workspace = open_workspace(folder, lambda _new: None)
    try:
        if dry_run:
            with workspace.database.read() as session:
                return plan.plan(session, source, kind)
        with workspace.database.write() as session:
            return plan.carry_out(session, source, kind)
    finally:
        workspace.close()
