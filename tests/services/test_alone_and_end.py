"""Working alone, what opens the screen, and the end of the data on this computer."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import func, select

from app.errors import UserError, ValidationError
from app.models import keys
from app.models.database import Database
from app.models.files import Files
from app.models.journal import Operation
from app.models.sync_state import SyncState
from app.rules import numbering
from app.server.devices import series_of
from app.services import alone, erasing, expense_travel, screen_lock, shell, team, this_computer
from tests.company import seed


def test_company_of_one_has_what_quotes_and_expenses_need(database):
    with database.write() as session:
        alone.begin(session, " Ana Gil ", "Quesos Gil")
    with database.read() as session:
        assert team.me(session).name == "Ana Gil"
        assert team.company(session).name == "Quesos Gil"
        assert expense_travel.rate_on(session, "mileage", date(2026, 11, 19)).amount == Decimal(
            "0.26"
        )
        state = session.get(SyncState, 1)
        assert state.series == alone.SERIES
        assert session.scalar(select(func.count()).select_from(Operation)) == 0
        assert alone.is_alone(session)
        assert this_computer.get(session).is_alone
        assert not shell.is_demo(session)


def test_series_of_one_alone_is_none_of_a_server():
    assert alone.SERIES not in {series_of(n) for n in range(3000)}
    pattern = numbering.DEFAULT_PATTERN
    number = numbering.Number(2026, alone.SERIES, 1)
    assert numbering.parse_number(pattern, numbering.number_text(pattern, number)) == number


def test_nobody_begins_twice_nor_over_a_company(database):
    with database.write() as session:
        alone.begin(session, "Ana", "Quesos")
    with database.write() as session, pytest.raises(UserError, match="company already"):
        alone.begin(session, "Luis", "Vinos")
    with database.read() as session:
        assert team.me(session).name == "Ana"


def test_nothing_waits_for_a_server_that_there_is_not(database):
    with database.write() as session:
        alone.begin(session, "Ana", "Quesos")
    with database.write() as session:
        team.me(session).phone = "+34600000000"
    with database.read() as session:
        assert session.scalar(select(func.count()).select_from(Operation)) == 0
        assert team.me(session).phone == "+34600000000"


def test_company_of_a_server_is_not_alone(database):
    seed(database)
    with database.write() as session:
        assert not alone.is_alone(session)
        before = session.scalar(select(func.count()).select_from(Operation))
        team.me(session).phone = "+34600000000"
        session.flush()
        after = session.scalar(select(func.count()).select_from(Operation))
        assert after == before + 1, "what waits for the server waits"


def test_letterhead_can_be_written(database):
    with database.write() as session:
        alone.begin(session, "Ana", "Quesos")
        alone.update_company(session, tax_id=" B00000018 ", city="Gandia")
        alone.rename_me(session, "Ana Gil")
    with database.read() as session:
        paper = this_computer.paper(session, "es")
        assert (paper.tax_id, paper.city, paper.is_alone) == ("B00000018", "Gandia", True)
        assert paper.quote_number == "P26-L-00042"
        assert team.me(session).name == "Ana Gil"
    with database.write() as session, pytest.raises(ValidationError) as refused:
        alone.update_company(session, name="  ")
    assert refused.value.field == "name"
    with database.write() as session, pytest.raises(ValidationError):
        alone.rename_me(session, "")


def test_pin_is_kept_as_what_nobody_can_read(tmp_path):
    assert screen_lock.kind(tmp_path) == ""
    screen_lock.set_pin(tmp_path, "24680")
    assert screen_lock.kind(tmp_path) == "pin"
    assert screen_lock.opens(tmp_path, "24680")
    assert not screen_lock.opens(tmp_path, "24681")
    assert not screen_lock.opens(tmp_path, "")
    with pytest.raises(ValidationError):
        screen_lock.set_pin(tmp_path, " 12 ")
    assert screen_lock.opens(tmp_path, "24680"), "a bad one changes nothing"


def test_spoiled_pin_is_opened_by_the_passphrase_alone(tmp_path):
    keys.open_key(tmp_path, lambda _new: "tres gatos negros")
    assert screen_lock.kind(tmp_path) == "passphrase"
    assert screen_lock.opens(tmp_path, "tres gatos negros")
    (tmp_path / screen_lock.FILE).write_text("{", "utf-8")
    assert not screen_lock.opens(tmp_path, "")
    assert screen_lock.opens(tmp_path, "tres gatos negros")


def test_erasing_takes_the_key_and_all_of_ours_and_nothing_else(tmp_path, memory_keyring):
    key = keys.open_key(tmp_path, lambda _new: None)
    Database(tmp_path / "viajante.sqlite", key).close()
    Files(tmp_path / "files.sqlite", key).close()
    (tmp_path / "viajante.sqlite-wal").write_bytes(b"x")
    (tmp_path / "viajante.restoring").write_bytes(b"x")
    for name in ("backups", "documents"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "a.pdf").write_bytes(b"x")
    screen_lock.set_pin(tmp_path, "1234")
    (tmp_path / "settings.json").write_text("{}", "utf-8")
    (tmp_path / "holiday.jpg").write_bytes(b"mine")
    assert not erasing.carry_out(tmp_path), "nobody wants it yet"
    assert len(memory_keyring) == 1
    erasing.want(tmp_path)
    assert erasing.carry_out(tmp_path)
    assert memory_keyring == {}
    assert [path.name for path in tmp_path.iterdir()] == ["holiday.jpg"]
    assert not erasing.is_wanted(tmp_path)


def test_cut_erasing_goes_on_and_the_data_is_unreadable_meanwhile(
    tmp_path, memory_keyring, monkeypatch
):
    key = keys.open_key(tmp_path, lambda _new: None)
    Database(tmp_path / "viajante.sqlite", key).close()
    (tmp_path / "backups").mkdir()
    erasing.want(tmp_path)

    def stuck(_folder: object) -> None:
        raise PermissionError("another program has it open")

    monkeypatch.setattr("shutil.rmtree", stuck)
    with pytest.raises(PermissionError):
        erasing.carry_out(tmp_path)
    assert memory_keyring == {}
    monkeypatch.undo()
    assert erasing.carry_out(tmp_path)
    assert list(tmp_path.iterdir()) == []
