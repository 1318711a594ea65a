"""The table of keys: whole, without clashes, remapped, read from what is pressed."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QLineEdit

from app import i18n, paths, settings
from app.views import keymap

NONE, SHIFT = Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ShiftModifier
CONTROL, ALT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.AltModifier


@pytest.fixture
def chosen(tmp_path: Path) -> settings.Settings:
    return settings.Settings(tmp_path / "settings.json")


def pressed(key: Qt.Key, modifiers=NONE, text: str = "") -> QKeyEvent:
    return QKeyEvent(QEvent.Type.KeyPress, key, modifiers, text)


@pytest.mark.parametrize("action", keymap.ACTIONS, ids=lambda action: action.name)
def test_every_action_has_words_a_place_a_key_that_qt_knows_and_an_icon_that_is_there(action):
    titles = []
    for language in ("en", "es"):
        i18n.use(language)
        titles.append(action.title())
        assert action.place in keymap.places()
    i18n.use("en")
    assert all(titles)
    for key in action.keys:
        assert QKeySequence(key).toString(QKeySequence.SequenceFormat.PortableText) == key
        assert "Ctrl+Alt" not in key, "that is AltGr on Spanish keyboards"
    if action.icon:
        assert (paths.resources() / "icons" / f"{action.icon}.svg").exists()


def test_the_keys_that_come_with_the_program_do_not_clash(qapp, chosen):
    clashing = {
        (action.name, other.name, key)
        for action in keymap.ACTIONS
        for key in action.keys
        for other in keymap.clashes(chosen, action.name, key)
    }
    # R, A, P and the like are asked for by the page first, and everywhere is asked after it
    assert clashing == set()


def test_a_key_of_ones_own_takes_the_place_of_all_that_the_action_came_with(chosen):
    assert keymap.keys(chosen, "redo") == ("Ctrl+Y", "Ctrl+Shift+Z")
    chosen.keys["redo"] = "Ctrl+Shift+Y"
    assert keymap.keys(chosen, "redo") == ("Ctrl+Shift+Y",)
    assert keymap.printed(chosen, "redo") == "Ctrl ⇧ Y"
    assert [a.name for a in keymap.clashes(chosen, "undo", "Ctrl+Shift+Y")] == ["redo"]
    chosen.save()
    assert settings.load(chosen.path).keys == {"redo": "Ctrl+Shift+Y"}


def test_bad_keys_in_the_file_are_left_out(chosen):
    chosen.path.write_text('{"keys": {"undo": 7}, "language": "es"}', "utf-8")
    loaded = settings.load(chosen.path)
    assert (loaded.keys, loaded.language) == ({}, "es")


@pytest.mark.parametrize(
    ("event", "written"),
    [
        (pressed(Qt.Key.Key_V, text="v"), "V"),
        (pressed(Qt.Key.Key_V, SHIFT, "V"), "V"),
        (pressed(Qt.Key.Key_Asterisk, SHIFT, "*"), "*"),
        (pressed(Qt.Key.Key_Up, ALT), "Alt+Up"),
        (pressed(Qt.Key.Key_Enter, CONTROL), "Ctrl+Return"),
        (pressed(Qt.Key.Key_1, Qt.KeyboardModifier.KeypadModifier, "1"), "1"),
        (pressed(Qt.Key.Key_Space, text=" "), "Space"),
        (pressed(Qt.Key.Key_Shift, SHIFT), ""),
    ],
)
def test_what_is_pressed_is_written_as_the_table_writes_it(event, written):
    assert keymap.text_of(event) == written


def test_single_keys_sleep_in_fields_and_when_they_are_switched_off(qtbot, chosen):
    press = pressed(Qt.Key.Key_1, text="1")
    assert keymap.pressed(chosen, press, "today") == "outcome_1"
    assert keymap.pressed(chosen, press, "route") == ""
    field = QLineEdit()
    qtbot.addWidget(field)
    field.show()
    field.activateWindow()
    field.setFocus()
    qtbot.waitUntil(field.hasFocus)
    assert keymap.pressed(chosen, press, "today") == ""
    assert keymap.pressed(chosen, pressed(Qt.Key.Key_Up, ALT), "today") == "earlier"
    field.clearFocus()
    chosen.single_keys = False
    assert keymap.pressed(chosen, press, "today") == ""


@pytest.mark.parametrize(
    ("key", "printed"),
    [("Ctrl+K", "Ctrl K"), ("Alt+Left", "Alt ←"), ("Ctrl+Return", "Ctrl ↵"), ("+", "+"),
     ("Ctrl++", "Ctrl +"), ("Shift+F6", "⇧ F6"), ("Del", "Supr")],
)  # fmt: skip
def test_keys_are_printed_as_they_stand_on_the_keyboard(key, printed):
    with i18n.speaking("es"):
        assert keymap.written(key) == printed
