"""Tasks: work happens elsewhere, its outcome comes here, and to nobody who has gone."""

import threading

import pytest
from PySide6.QtCore import QObject
from shiboken6 import delete

from app.errors import UserError
from app.models.account import Account
from app.views.tasks import Tasks
from tests.company import seed


@pytest.fixture
def tasks(qapp, database):
    made = Tasks(database)
    yield made
    made.close()


def name_of(session, account_id):
    return session.get(Account, account_id).name


def rename(session, account_id, *, name):
    session.get(Account, account_id).name = name
    return threading.current_thread().name


def test_a_read_brings_its_result_to_the_gui_thread(qtbot, tasks, database):
    made = seed(database)
    owner, got = QObject(), []
    tasks.read(
        owner,
        name_of,
        lambda name: got.append((name, threading.current_thread())),
        made.account,
    )
    assert got == []  # never re-entrantly, even when the work is already done
    qtbot.waitUntil(lambda: bool(got))
    assert got == [("Restaurante El Socarrat", threading.main_thread())]


def test_a_write_commits_and_says_what_changed(qtbot, tasks, database):
    made = seed(database)
    owner, threads = QObject(), []
    with qtbot.waitSignal(tasks.changed) as heard:
        tasks.write(owner, rename, threads.append, made.account, name="Otro")
    assert heard.args[0].altered[Account] == {made.account}
    qtbot.waitUntil(lambda: bool(threads))
    assert threads[0].startswith("write")


def test_writes_happen_in_the_order_asked(qtbot, tasks, database):
    made = seed(database)
    owner = QObject()
    for number in range(30):
        tasks.write(owner, rename, lambda _: None, made.account, name=str(number))
    with qtbot.waitSignal(tasks.idle):
        pass
    with database.read() as session:
        assert name_of(session, made.account) == "29"


def test_a_cancelled_task_and_one_whose_owner_is_gone_deliver_nothing(qtbot, tasks, database):
    made = seed(database)
    owner, gone, got = QObject(), QObject(), []
    tasks.read(owner, name_of, got.append, made.account).cancel()
    tasks.read(gone, name_of, got.append, made.account)
    delete(gone)
    with qtbot.waitSignal(tasks.idle):
        pass
    assert got == []


def test_an_expected_failure_reaches_whoever_was_named_or_the_window(qtbot, tasks, database):
    seed(database)
    owner, mine = QObject(), []

    def refuse(_session):
        raise UserError("No.", "Do this.")

    with qtbot.waitSignal(tasks.failed) as heard:
        tasks.read(owner, refuse, print)
    assert heard.args[0] is owner
    assert str(heard.args[1]) == "No. Do this."
    Tasks.or_else(tasks.read(owner, refuse, print), mine.append)
    qtbot.waitUntil(lambda: bool(mine))


def test_a_bug_is_logged_with_its_trace(qtbot, tasks, database, caplog):
    seed(database)
    owner = QObject()
    with qtbot.waitSignal(tasks.failed):
        tasks.read(owner, lambda _session: 1 / 0, print)
    assert "ZeroDivisionError" in caplog.text


def test_closing_waits_for_what_is_being_written(qtbot, database):
    made = seed(database)
    tasks = Tasks(database)
    owner = QObject()
    for number in range(10):
        tasks.write(owner, rename, lambda _: None, made.account, name=str(number))
    tasks.close()
    with database.read() as session:
        assert name_of(session, made.account) == "9"
    assert not [t for t in threading.enumerate() if t.name.startswith(("read", "write", "back"))]
