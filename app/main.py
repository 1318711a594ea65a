"""How the parts are put together: settings, database, tasks, synchroniser, window.

No logic lives here; whoever needs a part gets it by constructor.
"""

from __future__ import annotations

import gc
import logging
import sys
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app import garbage, i18n, log, settings
from app.errors import UserError
from app.i18n import _
from app.models import keys
from app.models.base import new_id
from app.models.database import Database
from app.models.files import Files
from app.services import backups, erasing, screen_lock

if TYPE_CHECKING:
    from app.services.imports.plan import ImportPlan
    from app.services.joining import Joining
    from app.views.main_window import MainWindow
    from app.views.preferences.choices import Choices
    from app.views.preferences.lock import ScreenLock
    from app.views.synchroniser import Synchroniser
    from app.views.widgets.page import Desk, Page

logger = logging.getLogger(__name__)

DATABASE, FILES, SETTINGS = "viajante.sqlite", "files.sqlite", "settings.json"

# Worst pause of the GUI thread beside a thread computing in pure Python, table on screen:
# 310-1,400 ms at Python's 5 ms, 73-88 ms at 0.1 ms; it costs the computing thread about 2 %.
SWITCH_INTERVAL_S = 0.0001
_PREFETCH_MS = 500  # after the first screen, which is to be painted first


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


def open_workspace(
    folder: Path,
    ask: Callable[[bool], str | None],
    mend: Callable[[UserError, list[backups.Backup]], str] = lambda _error, _copies: "",
) -> Workspace:
    """Open, or make, the workspace in `folder`; `ask(is_new)` asks for a passphrase if it must.

    `mend` chooses the copy to go back to where the data is damaged; "" for none. Raises `UserError`
    with a sentence for the user when the data cannot be opened.
    """
    folder.mkdir(parents=True, exist_ok=True)
    erasing.carry_out(folder)
    chosen = settings.load(folder / SETTINGS)
    i18n.use(chosen.language or i18n.system_language())
    key = keys.open_key(folder, ask)
    database = backups.opened(folder, key, mend)
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
    from app.views import theme
    from app.views.main_window import MainWindow
    from app.views.preferences.choices import Choices
    from app.views.preferences.lock import ScreenLock
    from app.views.synchroniser import Synchroniser
    from app.views.tasks import Tasks
    from app.views.widgets.page import Desk

    tasks = Tasks(workspace.database)
    desk = Desk(tasks, workspace.settings, workspace.files, now)
    synchroniser = Synchroniser(desk, workspace.database)
    window = MainWindow(desk, synchroniser, {})
    choices = Choices(desk)
    choices.theme_chosen.connect(window.set_theme)
    choices.density_chosen.connect(theme.set_density)
    choices.scale_chosen.connect(window.set_scale)
    choices.language_chosen.connect(window.set_language)
    choices.frame_chosen.connect(window.rebuild)
    lock = ScreenLock(desk, window, workspace.folder)
    lock.start(locked=screen_lock.kind(workspace.folder) == "pin")
    parts = _Parts(workspace, desk, synchroniser, window, choices, lock)
    window.screens.update(_screens(parts))
    _say_if_example(workspace, window)
    return Desktop(workspace, window)


@dataclass
class _Parts:
    """What some screens are made of, beside the desk."""

    workspace: Workspace
    desk: Desk
    synchroniser: Synchroniser
    window: MainWindow
    choices: Choices
    lock: ScreenLock


def _screens(parts: _Parts) -> dict[str, Callable[[], Page]]:
    """Return how each screen is made, the first time that it is opened."""

    def sync() -> Page:
        from app.views.sync.page import SyncPage

        return SyncPage(parts.desk, parts.synchroniser)

    def everyday(key: str) -> Page:
        page: Page = _class_of(key)(parts.desk)
        return page

    return {
        **{key: partial(everyday, key) for key in _EVERYDAY},
        "sync": sync, "settings": partial(_preferences, parts),
        "first_run": partial(_first_run, parts),
    }  # fmt: skip


def _first_run(parts: _Parts) -> Page:
    from app.views.first_run import hints
    from app.views.first_run.page import FirstRunPage

    workspace, desk, window = parts.workspace, parts.desk, parts.window
    page = FirstRunPage(
        desk, partial(_enrol, workspace), partial(_begin_alone, workspace), workspace.folder
    )
    page.connected.connect(partial(hints.begin, window))
    page.theme_chosen.connect(window.set_theme)
    page.language_chosen.connect(window.set_language)
    page.example_asked.connect(lambda: desk.tasks.run(window, _start, _nothing, "demo"))
    return page


def _preferences(parts: _Parts) -> Page:
    from app.views.preferences.page import PreferencesPage

    workspace = parts.workspace
    page = PreferencesPage(
        parts.desk, workspace.database, parts.choices, partial(_enrol, workspace),
        parts.synchroniser,
    )  # fmt: skip
    page.lock_asked.connect(parts.lock.lock)
    page.erase_asked.connect(partial(_erase, workspace.folder, parts.window))
    return page


# imported when they are first opened, or a while after the start: Today needs none of the others
_EVERYDAY = {
    "today": "today.page.TodayPage", "portfolio": "portfolio.list_page.PortfolioPage",
    "customer": "portfolio.customer_page.CustomerPage", "visit": "visits.page.VisitPage",
    "routes": "routes.page.RoutesPage", "quotes": "quotes.list_page.QuotesPage",
    "quote": "quotes.page.QuotePage", "expenses": "expenses.page.ExpensesPage",
    "import": "imports.page.ImportPage",
}  # fmt: skip


def _class_of(key: str) -> Any:
    """Return the class of a screen, importing it."""
    module, _dot, name = _EVERYDAY[key].rpartition(".")
    return getattr(import_module(f"app.views.{module}"), name)


def _prefetch_soon(desktop: Desktop) -> None:
    """Import the other screens in the background once the first one is there."""
    from PySide6.QtCore import Qt, QTimer

    window, tasks = desktop.window, desktop.window.desk.tasks
    later = QTimer(window, singleShot=True, interval=_PREFETCH_MS)
    later.timeout.connect(lambda: tasks.run(window, _prefetch, _nothing))
    tasks.idle.connect(later.start, Qt.ConnectionType.SingleShotConnection)


def _prefetch() -> None:
    """Import the screens, so that the first opening of each is as quick as the second.

    Garbage is never again sought in what the start has made.
    """
    with garbage.later():
        for key in _EVERYDAY:
            _class_of(key)
        import_module("app.views.preferences.page")
        import_module("app.views.sync.page")
        gc.freeze()


def _enrol(workspace: Workspace, url: str, code: str, name: str, heard: Joining) -> None:
    """Enrol this computer with a company's server and download its records. Raises `UserError`.

    A download that was interrupted goes on, without a new code. Photos are left to the next sync.
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
        heard.joined(answer.company)
        with workspace.database.write() as session:
            syncing.enrolled(session, answer, client.address(url))
    with closing(engine.client_of(workspace.database)) as speaker:
        report = engine.run(
            workspace.database, workspace.files, speaker, progress=heard.note,
            cancelled=lambda: heard.progress is not None and heard.progress.phase == "files",
        )  # fmt: skip
    if report.error is not None:
        raise report.error


def _begin_alone(workspace: Workspace, person: str, company: str) -> None:
    """Make a company of one person on this computer. Raises `UserError`."""
    from app.services import alone

    with workspace.database.write() as session:
        alone.begin(session, person, company)


def _erase(folder: Path, window: MainWindow) -> None:
    """Close, and erase what is in `folder` when nothing of it is open any more."""
    erasing.want(folder)
    window.close()


def _say_if_example(workspace: Workspace, window: MainWindow) -> None:
    """Put a ribbon over the example company, with the ways out of it."""
    from app.services import shell
    from app.views.first_run.ribbon import DemoRibbon

    with workspace.database.read() as session:
        if not shell.is_demo(session):
            return
    ribbon, tasks = DemoRibbon(), window.desk.tasks
    ribbon.erase_asked.connect(partial(_erase, workspace.folder, window))
    ribbon.connect_asked.connect(lambda: tasks.run(window, _start, partial(_close, window)))
    window.add_ribbon(ribbon)


def _close(window: MainWindow, _none: None) -> None:
    window.close()


def _start(*arguments: str) -> None:
    """Start the program once more, with another command; it outlives this one."""
    import subprocess

    subprocess.Popen(  # noqa: S603 - our own program, with our own arguments
        [sys.executable, "-m", "app", *arguments], cwd=Path(__file__).resolve().parent.parent,
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
    garbage.take_over()  # nothing of what is made until the window is shown becomes garbage
    log.start(folder / "logs")
    from app.views import application

    chosen = settings.load(folder / SETTINGS)
    i18n.use(chosen.language or i18n.system_language())
    program = application.create(chosen)
    if not application.is_first_instance(program, folder):
        return 0
    with application.sentences_for_the_user() as outcome:
        workspace = open_workspace(folder, application.ask_passphrase, application.offer_backup)
        try:
            desktop = build(workspace, now=now)
            application.catch_bugs(desktop.window)
            unfollow = application.follow_system(workspace.settings, desktop.window.set_theme)
            if before_show is not None:
                before_show(desktop)
            desktop.window.show()
            desktop.window.start()
            _prefetch_soon(desktop)
            outcome.status = program.exec()
            unfollow()
        finally:
            workspace.close()
        if not (folder / keys.KEY_FILE).exists():  # the example is erased after its server
            erasing.carry_out(folder)
    return outcome.status


def run_demo(folder: Path, *, language: str = "", theme: str = "") -> int:
    """Open the desktop on the example company, whose server runs while the window is open."""
    from app import demo

    folder.mkdir(parents=True, exist_ok=True)
    erasing.carry_out(folder)  # of a start that was cut
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
        return run_desktop(folder, before_show=_introduce_example)
    finally:
        server.stop()
        erasing.carry_out(folder)


def _introduce_example(desktop: Desktop) -> None:
    """Say what is worth knowing over the example."""
    from app.views.first_run import hints

    hints.offer(desktop.window, desktop.window.desk)


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
