"""How Viajante starts, and what it says when it cannot."""

from __future__ import annotations

import sqlite3
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QMessageBox

import app.__main__ as commands
from app import main
from app.models import keys
from app.models.database import Database
from app.views import application
from app.walkthrough import run as walkthrough

pytestmark = pytest.mark.usefixtures("process_as_before")


@pytest.fixture
def said(qapp, monkeypatch) -> list[str]:
    """Collect the dialogs of a start instead of waiting for somebody to close them."""
    sentences: list[str] = []
    monkeypatch.setattr(QMessageBox, "exec", lambda box: sentences.append(box.text()))
    return sentences


def _truncated(path: Path) -> None:
    Database(path, keys.from_file(path.parent)).close()
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2 + 100])


def _not_ours(path: Path) -> None:
    path.write_bytes(b"A letter to the office, kept under a wrong name.\n" * 200)


def _plain(path: Path) -> None:
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE notes (words TEXT)")
    connection.commit()
    connection.close()


def _newer(path: Path) -> None:
    database = Database(path, keys.from_file(path.parent))
    connection = database.connect()
    connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.commit()
    connection.close()
    database.close()


def _never(_desktop: main.Desktop) -> None:
    pytest.fail("a window opened on data that cannot be read")


@pytest.mark.parametrize("spoil", [_truncated, _not_ours, _plain, _newer])
def test_file_that_cannot_be_opened_is_said_and_left_alone(
    tmp_path: Path, said: list[str], spoil: Callable[[Path], None]
):
    keys.from_file(tmp_path)
    path = tmp_path / main.DATABASE
    spoil(path)
    before = path.read_bytes()
    assert main.run_desktop(tmp_path, before_show=_never) == 1
    assert len(said) == 1
    assert said[0].endswith(".")
    assert path.read_bytes() == before


def test_database_held_by_another_program_is_said(tmp_path: Path, said: list[str]):
    path = tmp_path / main.DATABASE
    database = Database(path, keys.from_file(tmp_path))
    database.close()
    other = database.connect()
    try:
        other.execute("PRAGMA locking_mode = EXCLUSIVE")
        other.execute("BEGIN EXCLUSIVE")
        before = path.read_bytes()
        assert main.run_desktop(tmp_path, before_show=_never) == 1
        assert path.read_bytes() == before
    finally:
        other.close()
    assert said == ["Another program is using the database. Nothing was changed."]


def test_closed_window_leaves_no_thread(tmp_path: Path, said: list[str]):
    keys.from_file(tmp_path)
    before = set(threading.enumerate())
    status = main.run_desktop(
        tmp_path, before_show=lambda desktop: QTimer.singleShot(500, desktop.window.close)
    )
    assert status == 0
    assert said == []
    assert {thread for thread in threading.enumerate() if thread not in before} == set()


def test_workspace_opens_once_at_a_time(qapp, tmp_path: Path):
    assert application.is_first_instance(qapp, tmp_path / "one")
    assert not application.is_first_instance(qapp, tmp_path / "one")
    assert application.is_first_instance(qapp, tmp_path / "two")


def test_second_start_leaves_at_once(qapp, tmp_path: Path, said: list[str]):
    assert application.is_first_instance(qapp, tmp_path)
    assert main.run_desktop(tmp_path) == 0
    assert said == []
    assert not (tmp_path / main.DATABASE).exists()


def test_no_display_means_the_walkthrough(monkeypatch):
    monkeypatch.setattr(sys, "platform", "linux")
    for name in ("QT_QPA_PLATFORM", "DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    assert not commands._has_display()
    monkeypatch.setenv("WAYLAND_DISPLAY", "wayland-0")
    assert commands._has_display()


def test_demo_without_a_display_runs_the_walkthrough(monkeypatch, capsys):
    asked: list[Path] = []
    monkeypatch.setattr(commands, "_has_display", lambda: False)
    monkeypatch.setattr(walkthrough, "run", lambda out, **_more: asked.append(out) or 0)
    assert commands.main(["demo", "--lang", "en"]) == 0
    assert asked == [Path("out")]
    assert "There is no display here" in capsys.readouterr().out


def test_help_names_the_commands(capsys):
    with pytest.raises(SystemExit) as end:
        commands.main(["--help"])
    assert end.value.code == 0
    assert "demo" in capsys.readouterr().out


@pytest.mark.parametrize("line", [["sell"], ["import"], ["demo", "--theme", "pink"]])
def test_wrong_command_line_is_status_2(line: list[str], capsys):
    with pytest.raises(SystemExit) as end:
        commands.main(line)
    assert end.value.code == 2
    assert "usage" in capsys.readouterr().err
