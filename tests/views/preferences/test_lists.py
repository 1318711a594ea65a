"""What goes out of the settings: everything as a zip, the agenda; and connecting again."""

from __future__ import annotations

import zipfile

import pytest
from PySide6.QtGui import QDesktopServices
from sqlalchemy import update

from app.errors import ValidationError
from app.models.sync_state import SyncState
from app.views.preferences.choices import Choices
from app.views.preferences.page import PreferencesPage
from app.views.widgets.page import Ref
from tests.views.desks import idle, words


@pytest.fixture
def opened(monkeypatch):
    seen = []
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: seen.append(url.toLocalFile()))
    return seen


def test_everything_goes_where_the_user_says(qtbot, page, opened, tmp_path):
    page.choose("lists")
    lists = page.sections["lists"]
    target = tmp_path / "out" / "mine.zip"
    target.parent.mkdir()
    asked = []
    lists.pick = lambda _parent, name, kind: asked.append((name, kind)) or target
    with qtbot.waitSignal(page.toast_requested) as said:
        lists.export_button.click()
        assert not lists.export_button.isEnabled()
    assert asked == [("viajante-2026-11-19.zip", "zip")]
    assert "rows and 0 documents are in mine.zip" in said.args[0]
    assert lists.export_button.isEnabled()
    assert opened == [str(target.parent)]
    with zipfile.ZipFile(target) as archive:
        assert "account.csv" in archive.namelist()


def test_nothing_happens_without_a_place(page, opened):
    page.choose("lists")
    lists = page.sections["lists"]
    lists.pick = lambda *_: None
    lists.export_button.click()
    lists.agenda_button.click()
    assert lists.export_button.isEnabled()
    assert opened == []


def test_place_that_cannot_be_written_is_said_by_the_window(qtbot, page, tmp_path):
    page.choose("lists")
    lists = page.sections["lists"]
    lists.pick = lambda *_: tmp_path / "nowhere" / "mine.zip"
    with qtbot.waitSignal(page.desk.tasks.failed):
        lists.export_button.click()
    assert lists.export_button.isEnabled()


def test_agenda_is_written(qtbot, page, tmp_path):
    page.choose("lists")
    lists = page.sections["lists"]
    lists.pick = lambda _parent, name, _kind: tmp_path / name
    with qtbot.waitSignal(page.toast_requested) as said:
        lists.agenda_button.click()
    assert "0 entries are in agenda.ics" in said.args[0]
    assert (tmp_path / "agenda.ics").read_bytes().startswith(b"BEGIN:VCALENDAR")


def test_computer_is_connected_again_with_a_new_code(qtbot, company, desk, database, sender):
    with database.write() as session:
        session.execute(update(SyncState).values(server_url="https://crm.example"))
    asked = []

    def enrol(url, code, name, _joining):
        asked.append((url, code, bool(name)))
        if code == "WRONG":
            raise ValidationError("code", "There is no such code.")

    page = PreferencesPage(desk, database, Choices(desk), enrol, sender)
    qtbot.addWidget(page)
    page.show()
    page.show_ref(Ref("settings", tab="sync"))
    idle(qtbot, desk)
    section = page.sections["sync"]
    assert "https://crm.example" in words(page)
    section.again_button.click()
    layer = section.layer
    layer.take()
    assert layer.form.fields["code"].error
    layer.code.setText("WRONG")
    layer.take()
    qtbot.waitUntil(lambda: "no such code" in layer.form.fields["code"].error)
    layer.code.setText(" ABCDE-FGHIJ ")
    with qtbot.waitSignal(page.toast_requested) as said:
        layer.take()
    assert said.args[0] == "Connected again."
    assert asked == [("https://crm.example", "WRONG", True),
                     ("https://crm.example", "ABCDE-FGHIJ", True)]  # fmt: skip
    idle(qtbot, desk)
