"""Every key can be another one; a key in use is swapped; the sheet has them all."""

from __future__ import annotations

import io

import pypdfium2
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QDesktopServices
from PySide6.QtTest import QTest

from app.documents import keys_pdf
from app.views import keymap
from app.views.keymap import ACTIONS, BY_NAME
from app.views.preferences.keyboard import sheet_of
from app.views.widgets.page import Ref
from tests.views.desks import idle, window_on, words


@pytest.fixture
def section(page):
    page.choose("keyboard")
    return page.sections["keyboard"]


def ask(section, name, key, *modifiers):
    section.ask(BY_NAME[name])
    layer = section.layer
    held = modifiers[0] if modifiers else Qt.KeyboardModifier.NoModifier
    QTest.keyClick(layer.ear, key, held)
    return layer


def close(layer):
    if not layer.isHidden():
        layer.close_layer()


def test_every_action_is_listed_with_its_key(section):
    assert set(section.buttons) == set(BY_NAME)
    assert section.buttons["palette"].text() == "Ctrl K"
    assert section.buttons["redo"].text() == "Ctrl Y  ·  Ctrl ⇧ Z"


def test_free_key_is_taken_kept_and_taken_back(qtbot, page, section):
    layer = ask(section, "visit", Qt.Key.Key_W)
    assert layer.key == "W"
    assert layer.use.text() == "Use this key"
    with qtbot.waitSignal(page.toast_requested) as said:
        layer.use.click()
    assert page.desk.settings.keys == {"visit": "W"}
    assert section.buttons["visit"].text() == "W"
    assert section.backs["visit"].isVisible()
    said.args[1]()
    assert page.desk.settings.keys == {}
    assert section.buttons["visit"].text() == "V"


def test_key_in_use_is_swapped_and_both_can_come_back(page, section):
    layer = ask(section, "visit", Qt.Key.Key_P)
    assert "New quote" in layer.said.text()
    assert layer.use.text() == "Swap the keys"
    layer.use.click()
    settings = page.desk.settings
    assert settings.keys == {"visit": "P", "quote": "V"}
    section.put_back(BY_NAME["visit"])
    assert keymap.keys(settings, "visit") == ("V",)
    assert keymap.keys(settings, "quote") == ("P",)


def test_same_key_in_another_place_is_no_clash(page, section):
    layer = ask(section, "snooze", Qt.Key.Key_L)
    assert layer.use.text() == "Use this key", "L locks a stop on the route, not on Today"
    close(layer)


@pytest.mark.parametrize(
    ("pressed", "modifiers", "why"),
    [
        (Qt.Key.Key_E, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier,
         "AltGr"),
        (Qt.Key.Key_Down, Qt.KeyboardModifier.NoModifier, "moves"),
        (Qt.Key.Key_Space, Qt.KeyboardModifier.NoModifier, "button"),
    ],
)  # fmt: skip
def test_some_keys_cannot_be_taken(section, pressed, modifiers, why):
    layer = ask(section, "visit", pressed, modifiers)
    assert why in layer.said.text()
    assert layer.use.isHidden()
    close(layer)


def test_escape_leaves_it_as_it_was(qtbot, page, section):
    layer = ask(section, "visit", Qt.Key.Key_W)
    QTest.keyClick(layer.ear, Qt.Key.Key_Escape)
    qtbot.waitUntil(layer.isHidden)
    assert page.desk.settings.keys == {}


def test_no_two_actions_of_a_place_have_one_key_whatever_is_swapped(page, section):
    settings = page.desk.settings
    for name, key in (("visit", Qt.Key.Key_P), ("quote", Qt.Key.Key_A), ("expense", Qt.Key.Key_T),
                      ("see_route", Qt.Key.Key_A), ("star", Qt.Key.Key_G),
                      ("lock_stop", Qt.Key.Key_A)):  # fmt: skip
        layer = ask(section, name, key)
        if not layer.use.isHidden():
            layer.use.click()
        close(layer)
        for action in ACTIONS:
            for each in keymap.keys(settings, action.name):
                assert keymap.clashes(settings, action.name, each) == [], (name, action.name, each)


def test_new_key_works_in_the_window_at_once(qtbot, company, database, files, tmp_path):
    with window_on(database, files, tmp_path) as window:
        window.open(Ref("settings", tab="keyboard"))
        idle(qtbot, window.desk)
        layer = ask(
            window.page.sections["keyboard"], "routes", Qt.Key.Key_M,
            Qt.KeyboardModifier.ControlModifier,
        )  # fmt: skip
        layer.use.click()
        idle(qtbot, window.desk)
        window.activateWindow()
        qtbot.waitUntil(window.isActiveWindow)
        QTest.keyClick(window.page, Qt.Key.Key_M, Qt.KeyboardModifier.ControlModifier)
        qtbot.waitUntil(lambda: window.history.here.ref.screen == "routes")
        idle(qtbot, window.desk)


def pages_of(content: bytes) -> list[str]:
    document = pypdfium2.PdfDocument(io.BytesIO(content))
    said = [page.get_textpage().get_text_bounded() for page in document]
    document.close()
    return said


def test_sheet_has_every_key_on_paper(page, section):
    page.desk.settings.keys = {"visit": "W"}
    sheet = sheet_of(page.desk.settings)
    content = keys_pdf.render(sheet)
    assert content == keys_pdf.render(sheet), "the same bytes each time"
    said = "\n".join(pages_of(content))
    assert all(action.title() in said for action in ACTIONS if len(action.title()) < 30)
    assert "W" in said.split("Log a visit")[1][:6]


def test_sheet_opens_in_the_desktops_own_program(qtbot, monkeypatch, page, section, tmp_path):
    opened = []
    monkeypatch.setattr(QDesktopServices, "openUrl", opened.append)
    section.print_button.click()
    qtbot.waitUntil(lambda: bool(opened))
    path = tmp_path / "documents" / "keys.pdf"
    assert opened[0].toLocalFile() == str(path)
    assert path.read_bytes().startswith(b"%PDF")
    assert "Keyboard" in words(page)
