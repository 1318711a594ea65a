"""Ctrl+Z and Ctrl+Y in the window: across screens, after a restart, by toast, while typing."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from sqlalchemy import update

from app.models.account import Account, Contact
from app.models.base import now
from app.models.change import CHANGE, COMMAND
from app.models.database import Changes
from app.models.journal import Operation
from app.services import accounts, quote_lines, quotes, shell
from app.views import theme
from app.views.undo import UndoStack
from app.views.widgets.page import Ref
from app.views.widgets.record_history import HistoryLayer
from tests.company import Seeded, seed
from tests.views.desks import idle, press, typed, window_on, words

KEY = Qt.Key
CONTROL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
TODAY = now().date()


@pytest.fixture
def company(database) -> Seeded:
    return seed(database)


@pytest.fixture
def window(qtbot, qapp, company, database, files, tmp_path: Path):
    with window_on(database, files, tmp_path) as made:
        made.synchroniser._stopped = True  # no run begins by itself
        qtbot.waitUntil(made.isActiveWindow)
        yield made
    theme.apply(qapp, "claro")


def go(qtbot, window, ref: Ref):
    window.open(ref)
    idle(qtbot, window.desk)
    return window.page


def do(qtbot, window, work: Any, *args: Any, **fields: Any) -> None:
    """Write as a page does."""
    window.desk.tasks.write(window, work, lambda _done: None, *args, **fields)
    idle(qtbot, window.desk)


def undo(qtbot, window) -> str:
    window.page.setFocus()
    press(KEY.Key_Z, CONTROL)
    idle(qtbot, window.desk)
    return window.toast.words


def account(database, company) -> Account:
    with database.read() as session:
        return session.get(Account, company.account)


def test_it_goes_back_and_forth_across_screens(qtbot, window, company, database):
    go(qtbot, window, Ref("customer", company.account))
    do(qtbot, window, accounts.update, company.account, name="Bar Nou")
    do(qtbot, window, accounts.star, company.account, starred=True)
    go(qtbot, window, Ref("quotes"))
    assert undo(qtbot, window) == "Undone: Starred of Bar Nou"
    assert undo(qtbot, window) == "Undone: Name of Bar Nou"
    assert account(database, company).name == "Restaurante El Socarrat"
    assert undo(qtbot, window) == "There is nothing to undo."
    press(KEY.Key_Y, CONTROL)
    idle(qtbot, window.desk)
    assert window.toast.words == "Done again: Name of Restaurante El Socarrat"
    press(KEY.Key_Z, CONTROL | SHIFT)
    idle(qtbot, window.desk)
    found = account(database, company)
    assert (found.name, found.starred) == ("Bar Nou", True)
    press(KEY.Key_Y, CONTROL)
    idle(qtbot, window.desk)
    assert window.toast.words == "There is nothing to redo."


def test_after_a_restart_it_still_takes_back(qtbot, company, database, files, tmp_path):
    with window_on(database, files, tmp_path) as first:
        first.synchroniser._stopped = True
        do(qtbot, first, accounts.update, company.account, name="Bar Nou")
    with window_on(database, files, tmp_path) as second:
        second.synchroniser._stopped = True
        qtbot.waitUntil(second.isActiveWindow)
        go(qtbot, second, Ref("portfolio"))
        assert undo(qtbot, second) == "Undone: Name of Bar Nou"
    assert account(database, company).name == "Restaurante El Socarrat"


def test_the_toast_takes_back_what_it_spoke_of(qtbot, window, company, database):
    go(qtbot, window, Ref("customer", company.account))
    do(qtbot, window, accounts.remove_contact, company.contact)
    window.page.toast_requested.emit("Contact removed", True)
    do(qtbot, window, accounts.update, company.account, name="Bar Nou")
    qtbot.mouseClick(window.toast._button, Qt.MouseButton.LeftButton)
    idle(qtbot, window.desk)
    assert window.toast.words == "Undone: Contact removed"
    with database.read() as session:
        assert session.get(Contact, company.contact).removed_at is None
    assert account(database, company).name == "Bar Nou"


def test_a_toast_without_a_command_takes_back_its_own(qtbot, window, company, database):
    called: list[str] = []
    go(qtbot, window, Ref("quotes"))
    do(qtbot, window, accounts.update, company.account, name="Bar Nou")
    window.say("Setting changed", lambda: called.append("setting"))
    assert undo(qtbot, window) == "Undone: Setting changed"
    assert called == ["setting"]
    assert undo(qtbot, window) == "Undone: Name of Bar Nou"


def test_what_the_office_wrote_and_what_the_program_does_is_passed_over(
    qtbot, window, company, database
):
    go(qtbot, window, Ref("quotes"))
    do(qtbot, window, accounts.update, company.account, name="Bar Nou")
    changes = Changes()
    with database.apply(changes) as connection:
        table = Account.__table__
        connection.execute(update(table).values(phone="900"))
        changes.altered[Account].add(company.account)
    do(qtbot, window, shell.person)
    assert undo(qtbot, window) == "Undone: Name of Bar Nou"
    assert account(database, company).phone == "900"


def test_what_cannot_be_undone_says_why_and_lets_pass(qtbot, window, company, database):
    with database.write() as session:
        quote = quotes.draft(session, company.account, today=TODAY)
        quote_lines.add_line(session, quote.id, company.products[0], today=TODAY)
    go(qtbot, window, Ref("quotes"))
    do(qtbot, window, accounts.update, company.account, name="Bar Nou")
    do(qtbot, window, quotes.issue, quote.id, now=window.desk.now())
    undo(qtbot, window)
    assert "This quote has been issued and cannot change." in words(window.bar)
    assert "Make a new version of it." in words(window.bar)
    assert undo(qtbot, window) == "Undone: Name of Bar Nou"


def test_typing_is_undone_first_then_the_deed(qtbot, window, company, database):
    page = go(qtbot, window, Ref("portfolio"))
    do(qtbot, window, accounts.update, company.account, name="Bar Nou")
    typed(page.search, "bar")
    press(KEY.Key_Z, CONTROL)
    idle(qtbot, window.desk)
    assert account(database, company).name == "Bar Nou"
    while page.search.isUndoAvailable():
        press(KEY.Key_Z, CONTROL)
    assert page.search.text() == ""
    assert QApplication.focusWidget() is page.search
    press(KEY.Key_Z, CONTROL)
    idle(qtbot, window.desk)
    assert account(database, company).name == "Restaurante El Socarrat"


def test_a_toast_of_what_was_so_already_takes_nothing_else_back(qtbot, window, company, database):
    go(qtbot, window, Ref("quotes"))
    do(qtbot, window, accounts.update, company.account, name="Bar Nou")
    window.say("Name changed", True)
    do(qtbot, window, accounts.update, company.account, name="Bar Nou")
    window.say("Name changed", True)
    qtbot.mouseClick(window.toast._button, Qt.MouseButton.LeftButton)
    idle(qtbot, window.desk)
    assert window.toast.words == "There is nothing to undo."
    assert account(database, company).name == "Bar Nou"


def test_an_undone_deed_leaves_nothing_to_send(qtbot, window, company, database):
    go(qtbot, window, Ref("quotes"))
    do(qtbot, window, accounts.add_contact, company.account, name="Empar")
    undo(qtbot, window)
    with database.read() as session:
        assert session.query(Operation).count() == 0


def test_an_unexpected_failure_is_no_silence(qtbot, window, database):
    failed: list[object] = []
    stack = UndoStack(window.desk.tasks)
    window.desk.tasks.failed.disconnect()
    window.desk.tasks.failed.connect(lambda _owner, error: failed.append(error))
    stack._refused(RuntimeError("x"))
    assert [str(error) for error in failed] == ["x"]


def test_the_history_shows_versions_and_returns_to_one(qtbot, window, company, database):
    page = go(qtbot, window, Ref("customer", company.account))
    do(qtbot, window, accounts.update, company.account, name="Bar Nou")
    do(qtbot, window, accounts.star, company.account, starred=True)
    history = HistoryLayer(page, window.desk, "account", company.account)
    idle(qtbot, window.desk)
    newest, oldest = history.versions
    assert newest.button is None
    assert "Present version" in words(newest)
    assert "Restaurante El Socarrat" in words(oldest)
    assert "You" in oldest.accessibleName()
    assert "Name: Restaurante El Socarrat, now Bar Nou" in oldest.accessibleName()
    press(KEY.Key_Tab)
    while QApplication.focusWidget() is not oldest.button:
        press(KEY.Key_Tab)
    press(KEY.Key_Space)
    idle(qtbot, window.desk)
    assert window.toast.words.startswith("Returned to the version of")
    found = account(database, company)
    assert (found.name, found.starred) == ("Bar Nou", False)
    undo(qtbot, window)
    assert account(database, company).starred


def test_the_history_of_what_is_frozen_says_why_not(qtbot, window, company, database):
    with database.write() as session:
        quote = quotes.draft(session, company.account, today=TODAY)
        quote_lines.add_line(session, quote.id, company.products[0], today=TODAY)
    do(qtbot, window, quotes.update, quote.id, introduction="Hola")
    do(qtbot, window, quotes.issue, quote.id, now=window.desk.now())
    page = go(qtbot, window, Ref("quote", quote.id))
    qtbot.mouseClick(page.head.history, Qt.MouseButton.LeftButton)
    idle(qtbot, window.desk)
    qtbot.mouseClick(page.history.versions[-1].button, Qt.MouseButton.LeftButton)
    idle(qtbot, window.desk)
    assert page.history.banner.isVisible()
    assert "issued and cannot change" in words(page.history.banner)
    press(KEY.Key_Escape)
    qtbot.waitUntil(lambda: not page.history.layer.isVisible())


def test_a_record_without_changes_says_so_and_private_fields_hide(qtbot, window, company, database):
    page = go(qtbot, window, Ref("customer", company.account))
    history = HistoryLayer(page, window.desk, "account", company.account)
    idle(qtbot, window.desk)
    assert "Nothing has changed yet" in words(history.layer)
    press(KEY.Key_Escape)
    do(qtbot, window, accounts.update, company.account, notes="paga tarde", sector="bar")
    window.desk.customer_mode.switch(on=True)
    history = HistoryLayer(page, window.desk, "account", company.account)
    idle(qtbot, window.desk)
    assert "Sector" in words(history.layer)
    assert "paga tarde" not in words(history.layer)
    press(KEY.Key_Escape)
    window.desk.customer_mode.switch(on=False)


def test_older_versions_come_when_asked_for(qtbot, window, company, database):
    with database.apply(Changes()) as connection:
        for n in range(45):
            id_ = f"{n:032x}"
            values = {"id": id_, "at": now(), "source": "sync", "user_id": "", "device_id": ""}
            connection.execute(COMMAND.insert(), {**values, "standing": ""})
            fields = {"phone": [str(n), str(n + 1)]}
            change = {"entity": "account", "row_id": company.account, "kind": "U"}
            connection.execute(CHANGE.insert(), {**change, "command_id": id_, "fields": fields})
    page = go(qtbot, window, Ref("customer", company.account))
    history = HistoryLayer(page, window.desk, "account", company.account)
    idle(qtbot, window.desk)
    assert len(history.versions) == 40
    qtbot.mouseClick(history.older, Qt.MouseButton.LeftButton)
    idle(qtbot, window.desk)
    assert len(history.versions) == 45
    assert not history.older.isVisible()
    QTest.keyClick(history.layer, KEY.Key_Escape)
