"""PIN, passphrase, copies and the end of the data, with real files and a real window."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from sqlalchemy import select, update

from app.errors import Offline
from app.models import keys
from app.models.account import Account
from app.models.database import Database
from app.models.sync_state import SyncState
from app.services import backups, screen_lock
from app.sync.report import SyncReport
from app.views.preferences.lock import ScreenLock
from app.views.widgets.page import Ref
from tests.views.desks import NOW, idle, typed, window_on, words


@pytest.fixture
def section(page):
    page.choose("safety")
    made = page.sections["safety"]
    idle_now(page)
    return made


def idle_now(page):
    from PySide6.QtWidgets import QApplication

    while page.desk.tasks.busy:
        QApplication.processEvents()


def answer(qtbot, section, **typed_words):
    """Fill the layer in and wait until it is closed, or says what is wrong."""
    layer = section.layer
    for name, words_ in typed_words.items():
        layer.edits[name].setText(words_)
    layer.take()
    qtbot.waitUntil(lambda: not section.desk.tasks.busy)
    return layer


def test_pin_is_set_changed_and_removed(qtbot, section, tmp_path):
    assert "Lock the screen after" not in words(section)
    section.pin_button.click()
    layer = answer(qtbot, section, new="12", again="12")
    assert "4 digits" in layer.form.fields["new"].error
    layer = answer(qtbot, section, new="1234", again="1235")
    assert layer.form.fields["again"].error
    answer(qtbot, section, new="1234", again="1234")
    qtbot.waitUntil(lambda: section.pin_button.text() == "Change the PIN…")
    assert "Lock the screen after" in words(section)
    assert screen_lock.opens(tmp_path, "1234")
    assert b"1234" not in (tmp_path / screen_lock.FILE).read_bytes()
    section.pin_button.click()
    layer = answer(qtbot, section, old="0000", new="98765", again="98765")
    assert layer.form.fields["old"].error
    answer(qtbot, section, old="1234", new="98765", again="98765")
    qtbot.waitUntil(lambda: screen_lock.opens(tmp_path, "98765"))
    assert not screen_lock.opens(tmp_path, "1234")
    section.no_pin_button.click()
    answer(qtbot, section, old="98765")
    qtbot.waitUntil(lambda: section.pin_button.text() == "Set a PIN…")
    assert screen_lock.kind(tmp_path) == ""


def test_passphrase_takes_the_place_of_the_keyring(
    qtbot, page, section, tmp_path, key, memory_keyring
):
    memory_keyring[keys.SERVICE, str(tmp_path.resolve())] = key.hex()
    section.phrase_button.click()
    layer = answer(qtbot, section, new="short", again="short")
    assert "8 signs" in layer.form.fields["new"].error
    answer(qtbot, section, new="tres gatos negros", again="tres gatos negros")
    qtbot.waitUntil(lambda: section.phrase_button.text() == "Change the passphrase…")
    assert memory_keyring == {}
    assert keys.open_key(tmp_path, lambda _new: "tres gatos negros") == key
    section.phrase_button.click()
    layer = answer(qtbot, section, old="wrong", new="cuatro perros", again="cuatro perros")
    assert layer.form.fields["old"].error
    answer(qtbot, section, old="tres gatos negros", new="cuatro perros", again="cuatro perros")
    qtbot.waitUntil(lambda: keys.opens(tmp_path, "cuatro perros"))
    assert keys.open_key(tmp_path, lambda _new: "cuatro perros") == key


@pytest.mark.parametrize(
    ("name", "words_"),
    [("", "keyring"), ("key.json", "passphrase"), ("demo.key", "in a file")],
)
def test_it_is_said_truly_where_the_key_is(qtbot, section, tmp_path, name, words_):
    if name:
        (tmp_path / name).write_text("x", "utf-8")
    section.load()
    qtbot.waitUntil(lambda: words_ in section.encryption.text())
    qtbot.waitUntil(lambda: section.phrase_row.isVisible() == (name != "demo.key"))


def test_copy_is_made_and_gone_back_to_at_the_next_start(
    qtbot, page, section, database, files, tmp_path, key
):
    assert section.last.text() == "None yet"
    photo = files.add(b"a photo")
    with qtbot.waitSignal(page.toast_requested) as said:
        section.backup_button.click()
    assert "with photos" in said.args[0]
    qtbot.waitUntil(lambda: section.last.text() != "None yet")
    with database.write() as session:
        session.scalars(select(Account)).one().name = "Changed afterwards"
    files.remove(photo)
    section.restore_button.click()
    assert "new code" not in words(section.layer), "no server: nothing to ask for"
    section.layer.go.click()
    qtbot.waitUntil(section.close_button.isVisible)
    assert "put back when Viajante starts again" in words(section)
    idle(qtbot, page.desk)
    files.close()
    database.close()
    assert backups.carry_out(tmp_path, key)
    again = Database(tmp_path / "viajante.sqlite", key)
    with again.read() as session:
        assert session.scalars(select(Account)).one().name == "Restaurante El Socarrat"
    again.close()
    files.__init__(tmp_path / "files.sqlite", key)
    assert files.read(photo) == b"a photo"


def test_going_back_can_be_taken_back(qtbot, page, section, tmp_path):
    section.back_up()
    qtbot.waitUntil(section.restore_button.isVisible)
    section.restore_button.click()
    with qtbot.waitSignal(page.toast_requested) as said:
        section.layer.go.click()
    assert backups.ordered(tmp_path)
    said.args[1]()
    qtbot.waitUntil(lambda: not backups.ordered(tmp_path))
    qtbot.waitUntil(section.restore_button.isVisible)


def connected(database):
    with database.write() as session:
        session.execute(update(SyncState).values(server_url="https://crm.example"))


def waiting(database):
    with database.write() as session:
        session.scalars(select(Account)).one().notes = "Not sent"


def test_erasing_sends_first(qtbot, page, section, database, sender):
    connected(database)
    waiting(database)
    section.erase_button.click()
    qtbot.waitUntil(lambda: section.layer is not None)
    assert "1 change has not been sent." in words(section.layer)
    with qtbot.assertNotEmitted(section.erase_asked):
        section.layer.go.click()
    assert sender.asked == 1
    offline = Offline("The office's server does not answer.")
    with qtbot.assertNotEmitted(section.erase_asked):
        sender.finished.emit(SyncReport(NOW, ended_at=NOW, error=offline))
        qtbot.waitUntil(section.layer.anyway.isVisible)
    assert "does not answer" in section.layer.problem.text()
    with database.write() as session:
        session.connection().exec_driver_sql("UPDATE operation SET state = 'acked'")
    section.layer.go.click()
    with qtbot.waitSignal(page.erase_asked):
        sender.finished.emit(SyncReport(NOW, ended_at=NOW))


def test_erasing_without_a_server_says_that_it_is_nowhere_else(qtbot, page, section):
    section.erase_button.click()
    qtbot.waitUntil(lambda: section.layer is not None)
    assert "nowhere else" in words(section.layer)
    section.layer.give_up.click()
    assert section.isVisible()
    section.layer = None
    section.erase_button.click()
    qtbot.waitUntil(lambda: section.layer is not None)
    with qtbot.waitSignal(page.erase_asked):
        section.layer.go.click()


@pytest.fixture
def window(company, database, files, tmp_path, qtbot):
    screen_lock.set_pin(tmp_path, "1234")
    with window_on(database, files, tmp_path) as made:
        idle(qtbot, made.desk)
        yield made
        idle(qtbot, made.desk)


def lock_of(window):
    return window.findChild(ScreenLock)


def unlock(qtbot, window, pin="1234"):
    screen = lock_of(window).screen
    typed(screen.words, pin)
    QTest.keyClick(screen.words, Qt.Key.Key_Return)
    idle(qtbot, window.desk)


def test_window_with_a_pin_opens_locked_and_hides_everything(qtbot, window):
    screen = lock_of(window).screen
    assert screen is not None
    assert "Viajante is locked" in words(window)
    assert "Today" not in words(window)
    QTest.keyClick(screen.words, Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClick(screen.words, Qt.Key.Key_Tab)
    assert screen.button.hasFocus()
    QTest.keyClick(screen.button, Qt.Key.Key_Tab)
    assert screen.words.hasFocus(), "nothing behind it can be reached"
    unlock(qtbot, window, "0000")
    assert "does not open it" in screen.problem.text()
    assert screen.words.text() == ""
    unlock(qtbot, window)
    assert lock_of(window).screen is None
    assert "Today" in words(window)


def test_what_comes_up_behind_the_lock_stays_behind_it(qtbot, window):
    screen = lock_of(window).screen
    window.toast.show_words("Restaurante El Socarrat has paid", None)
    qtbot.waitUntil(lambda: not window.toast.isVisible())
    assert "Socarrat" not in words(window)
    assert screen.isVisible()
    unlock(qtbot, window)


def test_nobody_for_as_long_as_is_set_locks(qtbot, window, tmp_path, database):
    unlock(qtbot, window)
    now = [1000.0]
    lock = ScreenLock(window.desk, window, tmp_path, clock=lambda: now[0])
    lock.start(locked=False)
    now[0] += 599
    lock.look()
    idle(qtbot, window.desk)
    assert lock.screen is None
    QTest.keyClick(window.windowHandle(), Qt.Key.Key_Shift)
    now[0] += 599
    lock.look()
    idle(qtbot, window.desk)
    assert lock.screen is None, "a key was pressed meanwhile"
    now[0] += 2
    lock.look()
    qtbot.waitUntil(lambda: lock.screen is not None)
    lock.screen.words.setText("1234")
    lock.screen.open()
    qtbot.waitUntil(lambda: lock.screen is None)
    window.desk.settings.lock_after_minutes = 0
    now[0] += 100_000
    lock.look()
    idle(qtbot, window.desk)
    assert lock.screen is None, "never is never"
    window.desk.settings.lock_after_minutes = 10
    screen_lock.remove_pin(tmp_path)
    lock.look()
    idle(qtbot, window.desk)
    assert lock.screen is None, "nothing could open it again"


def test_after_some_wrong_tries_one_has_to_wait(qtbot, window):
    screen = lock_of(window).screen
    for _try in range(5):
        unlock(qtbot, window, "9999")
    assert not screen.button.isEnabled()
    assert "Try again in" in screen.problem.text()
    unlock(qtbot, window)
    assert lock_of(window).screen is screen, "even the right one waits"
    for _second in range(10):
        screen._count_down()
    assert screen.button.isEnabled()
    unlock(qtbot, window)
    assert lock_of(window).screen is None


def test_lock_now_from_the_settings(qtbot, window):
    unlock(qtbot, window)
    window.open(Ref("settings", tab="safety"))
    idle(qtbot, window.desk)
    window.page.sections["safety"].lock_button.click()
    assert lock_of(window).screen is not None
    unlock(qtbot, window)
    assert window.page.section == "safety"
