"""What is decided in the window and done when nothing is open: going back, and erasing."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QMessageBox
from sqlalchemy import select

from app import main
from app.models import keys
from app.models.account import Account
from app.models.sync_state import SyncState
from app.services import backups, erasing, screen_lock
from app.views.preferences.lock import ScreenLock
from tests.company import seed

NOW = datetime(2026, 11, 19, 10, 28, tzinfo=UTC)


pytestmark = pytest.mark.usefixtures("process_as_before")


@pytest.fixture
def folder(tmp_path: Path, memory_keyring: dict[tuple[str, str], str]) -> Path:
    """A workspace with a company in it, whose key is in the keyring, closed."""
    del memory_keyring
    workspace = main.open_workspace(tmp_path, lambda _new: None)
    seed(workspace.database)
    workspace.close()
    return tmp_path


def name_of(workspace: main.Workspace) -> str:
    with workspace.database.read() as session:
        return session.scalars(select(Account)).one().name


def test_copy_is_put_back_at_the_next_start(folder):
    workspace = main.open_workspace(folder, lambda _new: None)
    made = backups.make(workspace.database, workspace.files, NOW)
    with workspace.database.write() as session:
        session.scalars(select(Account)).one().name = "Afterwards"
    backups.order(workspace.database, made.name)
    workspace.close()
    again = main.open_workspace(folder, lambda _new: None)
    assert name_of(again) == "Restaurante El Socarrat"
    again.close()
    once_more = main.open_workspace(folder, lambda _new: None)
    assert name_of(once_more) == "Restaurante El Socarrat"
    assert len(backups.listed(folder)) == 2, "put back once, with what was there kept"
    once_more.close()


def test_window_that_erases_leaves_nothing_readable(qapp, folder, memory_keyring):
    log = folder / "logs"

    def erase(desktop: main.Desktop) -> None:
        QTimer.singleShot(300, lambda: main._erase(folder, desktop.window))

    assert main.run_desktop(folder, before_show=erase) == 0
    assert memory_keyring == {}
    assert [path.name for path in folder.iterdir()] == ["logs"]
    assert b"Socarrat" not in b"".join(path.read_bytes() for path in log.iterdir())


def test_end_that_never_came_is_made_up_for_at_the_next_start(folder, memory_keyring):
    before = dict(memory_keyring)
    erasing.want(folder)
    workspace = main.open_workspace(folder, lambda _new: None)
    with workspace.database.read() as session:
        assert session.scalars(select(Account)).all() == []
        assert session.get(SyncState, 1) is None
    workspace.close()
    assert memory_keyring != before, "a new key for a new beginning"


def test_window_with_a_pin_is_locked_before_it_shows(qapp, folder):
    screen_lock.set_pin(folder, "1234")
    seen = []

    def look(desktop: main.Desktop) -> None:
        seen.append(desktop.window.findChild(ScreenLock).screen is not None)
        QTimer.singleShot(200, desktop.window.close)

    assert main.run_desktop(folder, before_show=look) == 0
    assert seen == [True]


def test_example_is_erased_only_after_its_server_has_stopped(qapp, tmp_path):
    keys.from_file(tmp_path)
    main.open_workspace(tmp_path, lambda _new: None).close()

    def erase(desktop: main.Desktop) -> None:
        QTimer.singleShot(200, lambda: main._erase(tmp_path, desktop.window))

    assert main.run_desktop(tmp_path, before_show=erase) == 0
    assert erasing.is_wanted(tmp_path)
    assert (tmp_path / keys.KEY_FILE).exists()
    assert erasing.carry_out(tmp_path)
    assert not (tmp_path / keys.KEY_FILE).exists()


def spoil(folder: Path) -> None:
    path = folder / main.DATABASE
    content = bytearray(path.read_bytes())
    content[2000:3000] = b"x" * 1000
    path.write_bytes(bytes(content))


@pytest.mark.parametrize("pressed", [True, False])
def test_damaged_data_offers_the_last_backup(qapp, folder, monkeypatch, pressed):
    workspace = main.open_workspace(folder, lambda _new: None)
    backups.make(workspace.database, workspace.files, NOW)
    workspace.close()
    spoil(folder)
    said = []

    def answer(box: QMessageBox) -> None:
        said.append(f"{box.text()} {box.informativeText()}")
        if pressed and len(box.buttons()) == 2:
            next(b for b in box.buttons() if "Go back" in b.text()).click()

    monkeypatch.setattr(QMessageBox, "exec", answer)
    shown = []

    def close(desktop: main.Desktop) -> None:
        shown.append(name_of(desktop.workspace))
        QTimer.singleShot(200, desktop.window.close)

    status = main.run_desktop(folder, before_show=close)
    assert "There is a backup of Thu 19 Nov" in said[0]
    if pressed:
        assert (status, shown) == (0, ["Restaurante El Socarrat"])
        assert len(list((folder / "backups").glob("damaged-*"))) == 1
    else:
        assert (status, shown) == (1, [])
        assert backups.ordered(folder) == ""
