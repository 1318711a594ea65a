"""Copies can be put back, whole, after any interruption, and nothing that was there is lost."""

from __future__ import annotations

import secrets
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import delete, select, update

from app.errors import UserError
from app.models.account import Account
from app.models.database import Database
from app.models.files import Files
from app.models.sync_state import SyncState
from app.services import backups
from tests.company import seed

NOW = datetime(2026, 11, 19, 10, 28, tzinfo=UTC)


class Workspace:
    """A database and its photos, encrypted with one key, that can be opened again."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.key = folder, secrets.token_bytes(32)
        self.open()
        seed(self.database)

    def open(self) -> None:
        self.database = Database(self.folder / backups.DATABASE, self.key)
        self.files = Files(self.folder / backups.FILES, self.key)

    def close(self) -> None:
        self.files.close()
        self.database.close()

    def back_up(self, day: int = 0) -> backups.Backup:
        return backups.make(self.database, self.files, NOW + timedelta(days=day))

    def rename(self, name: str) -> None:
        with self.database.write() as session:
            session.scalars(select(Account)).one().name = name

    def name(self) -> str:
        with self.database.read() as session:
            return session.scalars(select(Account)).one().name

    def state(self) -> SyncState:
        with self.database.read() as session:
            return session.scalars(select(SyncState)).one()

    def set_state(self, **values: object) -> None:
        with self.database.write() as session:
            session.execute(update(SyncState).values(**values))


@pytest.fixture
def workspace(tmp_path):
    made = Workspace(tmp_path)
    yield made
    made.close()


def restore(workspace: Workspace, name: str) -> None:
    backups.order(workspace.database, name)
    workspace.close()
    assert backups.carry_out(workspace.folder, workspace.key)
    workspace.open()


def test_copy_holds_rows_and_photos_and_is_encrypted(workspace):
    photo = workspace.files.add(b"a photo")
    made = workspace.back_up()
    assert made.has_files
    assert made.at == NOW
    content = (workspace.folder / "backups" / made.name).read_bytes()
    assert b"SQLite format" not in content
    assert b"Socarrat" not in content
    workspace.rename("Other")
    workspace.files.remove(photo)
    restore(workspace, made.name)
    assert workspace.name() == "Restaurante El Socarrat"
    assert workspace.files.read(photo) == b"a photo"


def test_what_was_there_is_in_a_copy_of_its_own(workspace):
    made = workspace.back_up()
    workspace.rename("Work of today")
    restore(workspace, made.name)
    newest = backups.listed(workspace.folder)[0]
    assert newest.name != made.name
    restore(workspace, newest.name)
    assert workspace.name() == "Work of today"


def test_five_copies_are_kept_with_their_photos(workspace):
    names = [workspace.back_up(day).name for day in range(7)]
    assert [each.name for each in backups.listed(workspace.folder)] == names[:1:-1]
    folder = workspace.folder / "backups"
    assert len(list(folder.glob("files-*.sqlite"))) == 5
    assert not list(folder.glob("*.part"))


@pytest.mark.parametrize("part", ["viajante", "files"])
def test_damaged_copy_is_refused_and_nothing_is_ordered(workspace, part):
    workspace.files.add(b"x" * 100_000)
    made = workspace.back_up()
    [copy] = (workspace.folder / "backups").glob(f"{part}-*.sqlite")
    content = bytearray(copy.read_bytes())
    content[len(content) // 2] ^= 0xFF
    copy.write_bytes(bytes(content))
    with pytest.raises(UserError):
        backups.order(workspace.database, made.name)
    assert backups.ordered(workspace.folder) == ""


def test_copy_of_a_newer_program_is_refused(workspace):
    made = workspace.back_up()
    connection = Database.connect(workspace.database)
    connection.execute("UPDATE alembic_version SET version_num = '9999'")
    newer = backups.make(workspace.database, workspace.files, NOW + timedelta(days=1))
    connection.close()
    with pytest.raises(UserError, match="newer version"):
        backups.order(workspace.database, newer.name)
    assert made.name != newer.name


def test_copy_with_another_key_is_refused(workspace, tmp_path):
    made = workspace.back_up()
    other = Database(tmp_path / "other.sqlite", secrets.token_bytes(32))
    copy = workspace.folder / "backups" / made.name
    copy.unlink()
    other.back_up(copy)
    other.close()
    with pytest.raises(UserError, match="cannot be read"):
        backups.order(workspace.database, made.name)


def test_order_can_be_taken_back(workspace):
    made = workspace.back_up()
    backups.order(workspace.database, made.name)
    assert backups.ordered(workspace.folder) == made.name
    backups.cancel(workspace.folder)
    assert not backups.carry_out(workspace.folder, workspace.key)


def test_copy_that_is_gone_leaves_all_as_it_was(workspace):
    made = workspace.back_up()
    workspace.rename("Kept")
    backups.order(workspace.database, made.name)
    shutil.rmtree(workspace.folder / "backups")
    workspace.close()
    with pytest.raises(UserError, match="as it was"):
        backups.carry_out(workspace.folder, workspace.key)
    workspace.open()
    assert workspace.name() == "Kept"
    assert backups.ordered(workspace.folder) == ""


def test_cut_restore_is_done_again(workspace, monkeypatch):
    made = workspace.back_up()
    workspace.rename("Work of today")
    backups.order(workspace.database, made.name)
    workspace.close()
    replace, done = Path.replace, []

    def cut(self: Path, target: Path) -> Path:
        done.append(target)
        if len(done) == 2:
            raise OSError("the battery is flat")
        return replace(self, target)

    monkeypatch.setattr(Path, "replace", cut)
    with pytest.raises(OSError, match="battery"):
        backups.carry_out(workspace.folder, workspace.key)
    monkeypatch.undo()
    assert backups.carry_out(workspace.folder, workspace.key)
    workspace.open()
    assert workspace.name() == "Restaurante El Socarrat"
    copies = backups.listed(workspace.folder)
    restore(workspace, copies[1].name)  # that of the start that was cut
    assert workspace.name() == "Work of today"


def test_damaged_database_is_kept_as_it_lies_and_replaced(workspace):
    made = workspace.back_up()
    backups.order(workspace.database, made.name)
    workspace.close()
    live = workspace.folder / backups.DATABASE
    live.write_bytes(b"rubbish" * 10_000)
    assert backups.carry_out(workspace.folder, workspace.key)
    workspace.open()
    assert workspace.name() == "Restaurante El Socarrat"
    [spoiled] = (workspace.folder / "backups").glob("damaged-*")
    assert spoiled.read_bytes() == b"rubbish" * 10_000


def test_numbers_of_quotes_are_never_given_out_again(workspace):
    workspace.set_state(counter_year=2026, counter_n=4)
    made = workspace.back_up()
    workspace.set_state(counter_year=2026, counter_n=9)
    restore(workspace, made.name)
    assert workspace.state().counter_n == 9


def test_computer_of_a_company_asks_for_a_new_code(workspace):
    workspace.set_state(server_url="https://crm.example", refresh_token="r", access_token="a")
    made = workspace.back_up()
    restore(workspace, made.name)
    state = workspace.state()
    assert (state.refresh_token, state.access_token, state.series) == ("", "", "")
    assert state.device_id


def test_full_disk_is_said_before_anything_is_written(workspace, monkeypatch):
    usage = shutil.disk_usage(workspace.folder)
    monkeypatch.setattr(shutil, "disk_usage", lambda _folder: usage._replace(free=1000))
    with pytest.raises(UserError, match="disk is full"):
        workspace.back_up()
    assert backups.listed(workspace.folder) == []


def test_database_that_knows_nobody_is_replaced_too(workspace):
    made = workspace.back_up()
    with workspace.database.write() as session:
        session.execute(delete(SyncState))
    restore(workspace, made.name)
    assert workspace.state().user_id
