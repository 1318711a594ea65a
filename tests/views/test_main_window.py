"""The window around the screens: going and coming back, keys, undo, theme, language, what fails."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QMenu, QMessageBox
from sqlalchemy import update

from app.errors import UserError
from app.models.account import Account
from app.models.sync_state import Conflict, SyncState
from app.views import keymap, theme
from app.views.navigation import SCREENS
from app.views.portfolio.customer_page import CustomerPage
from app.views.portfolio.list_page import PortfolioPage
from app.views.quotes.page import QuotePage
from app.views.sync.page import SyncPage
from app.views.widgets.page import Ref
from tests.company import Seeded, seed
from tests.views.desks import cells, idle, press, typed, window_on, words

KEY = Qt.Key
CONTROL, ALT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.AltModifier


@pytest.fixture
def company(database) -> Seeded:
    return seed(database)


@pytest.fixture
def window(qtbot, qapp, company, database, files, tmp_path: Path):
    with window_on(database, files, tmp_path) as made:
        made.synchroniser._stopped = True  # no run begins by itself
        yield made
    theme.apply(qapp, "claro")


def go(qtbot, window, ref: Ref):
    window.open(ref)
    idle(qtbot, window.desk)
    return window.page


def key(window, code: Qt.Key, modifiers=Qt.KeyboardModifier.NoModifier) -> None:
    QTest.keyClick(window.page, code, modifiers)


def test_it_begins_at_today_with_the_person_and_the_company(qtbot, window):
    window.start()
    qtbot.waitUntil(lambda: bool(window.pages))
    idle(qtbot, window.desk)
    assert window.sidebar.items["today"].isChecked()
    assert "Marta Ferrer" in words(window.sidebar)
    qtbot.waitUntil(lambda: window.windowTitle() == "Viajante · Alacena Levante")


@pytest.mark.parametrize("screen", [s for s in SCREENS if s.key != "settings"], ids=lambda s: s.key)
def test_each_screen_has_its_key(qtbot, window, screen):
    go(qtbot, window, Ref("sync" if screen.key != "sync" else "quotes"))
    digit = Qt.Key(ord(keymap.BY_NAME[screen.key].keys[0][-1]))
    key(window, digit, CONTROL)
    assert window.history.here.ref == Ref(screen.key)
    assert window.sidebar.items[screen.key].isChecked()
    idle(qtbot, window.desk)


def test_back_and_forward_restore_what_was_left(qtbot, window, company, database):
    page = go(qtbot, window, Ref("portfolio"))
    page.tabs.choose("due")
    typed(page.search, "socarrat")
    qtbot.waitUntil(lambda: page.model.ids == [company.account])
    page.view.choose(company.account)
    customer = go(qtbot, window, Ref("customer", company.account))
    customer.tabs.choose("terms")
    key(window, KEY.Key_Left, ALT)
    assert window.page is page
    idle(qtbot, window.desk)
    assert (page.tabs.key, page.search.text()) == ("due", "socarrat")
    qtbot.waitUntil(lambda: page.view.current_id == company.account)
    key(window, KEY.Key_Right, ALT)
    assert window.page is customer
    idle(qtbot, window.desk)
    assert customer.tabs.key == "terms"
    assert not window.top._forward.isEnabled()
    qtbot.mouseClick(window.top._back, Qt.MouseButton.LeftButton)
    assert window.page is page
    assert not window.top._back.isEnabled()


def test_escape_clears_closes_and_then_goes_back(qtbot, window, company):
    go(qtbot, window, Ref("quotes"))
    page = go(qtbot, window, Ref("portfolio"))
    typed(page.search, "socarrat")
    press(KEY.Key_Escape)
    assert page.search.text() == ""
    page.view.setFocus()
    qtbot.waitUntil(lambda: page.model.rowCount() == 1)
    page.view.choose(company.account)
    press(KEY.Key_Space)
    assert page.peek.isVisible()
    press(KEY.Key_Escape)
    assert not page.peek.isVisible()
    press(KEY.Key_Escape)
    assert window.history.here.ref == Ref("quotes")


def test_control_z_takes_back_the_last_thing_that_was_done(qtbot, window, company, database):
    page = go(qtbot, window, Ref("portfolio"))
    page.view.setFocus()
    qtbot.waitUntil(lambda: page.model.rowCount() == 1)
    page.view.choose(company.account)
    press(KEY.Key_Delete)
    qtbot.waitUntil(lambda: window.toast.words == "1 customer removed")
    qtbot.waitUntil(lambda: page.model.rowCount() == 0)
    QTest.keyClick(page, KEY.Key_Z, CONTROL)
    qtbot.waitUntil(lambda: page.model.rowCount() == 1)
    idle(qtbot, window.desk)
    assert window.toast.words == "Undone: 1 customer removed"
    with database.read() as session:
        assert session.get(Account, company.account).removed_at is None
    QTest.keyClick(page, KEY.Key_Z, CONTROL)
    qtbot.waitUntil(lambda: window.toast.words == "There is nothing to undo.")


def test_the_toast_itself_undoes(qtbot, window):
    go(qtbot, window, Ref("quotes"))
    undone = []
    window.say("1 line removed", lambda: undone.append(1))
    qtbot.mouseClick(window.toast._button, Qt.MouseButton.LeftButton)
    assert undone == [1]
    QTest.keyClick(window.page, KEY.Key_S, CONTROL)
    assert window.toast.words == "It is already saved."


def test_single_keys_begin_things_but_not_while_typing(qtbot, window, company):
    page = go(qtbot, window, Ref("portfolio"))
    typed(page.search, "")
    for letter in (KEY.Key_V, KEY.Key_P, KEY.Key_N):
        QTest.keyClick(page.search, letter)
    assert window.page is page
    assert page.search.text() == "vpn"
    page.search.clear()
    qtbot.waitUntil(lambda: page.model.rowCount() == 1)
    page.view.setFocus()
    page.view.choose(company.account)
    window.desk.settings.single_keys = False
    QTest.keyClick(page.view, KEY.Key_P)
    assert window.page is page, "they were switched off"
    window.desk.settings.single_keys = True
    QTest.keyClick(page.view, KEY.Key_P)
    assert isinstance(window.page, QuotePage)
    qtbot.waitUntil(lambda: window.page.shown is not None)
    assert window.page.shown.account_name == "Restaurante El Socarrat"
    idle(qtbot, window.desk)


def test_a_quote_without_a_customer_asks_for_one_first(qtbot, window):
    go(qtbot, window, Ref("quotes"))
    QTest.keyClick(window.page, KEY.Key_P)
    assert isinstance(window.page, PortfolioPage)
    assert window.page.purpose == "quote"
    idle(qtbot, window.desk)


@pytest.mark.qt_log_ignore("This plugin does not support", extend=True)
def test_the_menu_of_new_things_prints_their_keys(qtbot, window):
    go(qtbot, window, Ref("quotes"))
    QTest.keyClick(window.page, KEY.Key_N)
    menu = window.top.findChild(QMenu)
    assert [action.text() for action in menu.actions()] == [
        "Visit\tV", "Quote\tP", "Customer or prospect", "Expense\tG", "Task\tT",
    ]  # fmt: skip
    menu.actions()[2].trigger()
    menu.close()
    idle(qtbot, window.desk)
    assert window.page.new_layer is not None
    window.page.new_layer.layer.close_layer()


def test_slash_and_control_f_go_to_the_filter_and_else_search_everything(qtbot, window):
    page = go(qtbot, window, Ref("portfolio"))
    QTest.keyClick(page.view, KEY.Key_Slash)
    assert page.search.hasFocus()
    go(qtbot, window, Ref("sync"))
    QTest.keyClick(window.page, KEY.Key_F, CONTROL)
    assert window.palette_layer.layer.isVisible()
    window.palette_layer.layer.close_layer()


def test_the_palette_goes_to_a_customer_in_three_letters(qtbot, window, company):
    go(qtbot, window, Ref("quotes"))
    QTest.keyClick(window.page, KEY.Key_K, CONTROL)
    palette = window.palette_layer
    assert palette.field.hasFocus()
    typed(palette.field, "sòc")
    qtbot.waitUntil(lambda: len(palette.list.shown()) == 4)
    groups = [(found.group, found.title) for found in palette.list.shown()]
    assert groups == [
        ("Actions", "Log a visit to Restaurante El Socarrat"),
        ("Actions", "New quote for Restaurante El Socarrat"),
        ("Actions", "Add Restaurante El Socarrat to the route"),
        ("Customers", "Restaurante El Socarrat"),
    ]
    for _step in range(3):
        press(KEY.Key_Down)
    press(KEY.Key_Return)
    assert isinstance(window.page, CustomerPage)
    assert window.page.account_id == company.account
    idle(qtbot, window.desk)


def test_the_palette_takes_enter_before_the_list_and_says_when_there_is_nothing(qtbot, window):
    go(qtbot, window, Ref("quotes"))
    window.show_palette()
    typed(window.palette_layer.field, "sanchis")
    press(KEY.Key_Return)
    qtbot.waitUntil(lambda: isinstance(window.page, CustomerPage))
    assert window.page.tabs.key == "record", "a contact stands on the record"
    window.show_palette()
    typed(window.palette_layer.field, "zzz")
    items = window.palette_layer.list
    qtbot.waitUntil(lambda: items.count() == 1 and "Nothing found" in items.item(0).text())
    press(KEY.Key_Return)
    assert window.palette_layer.layer.isVisible()
    press(KEY.Key_Escape)
    idle(qtbot, window.desk)


def test_a_layer_keeps_the_keys_of_the_window_to_itself(qtbot, window):
    page = go(qtbot, window, Ref("portfolio"))
    page.add()
    layer = page.new_layer
    layer.button.setFocus()
    QTest.keyClick(layer.button, KEY.Key_P)
    assert window.page is page
    QTest.keyClick(layer.button, KEY.Key_9, CONTROL)
    assert window.page is page
    typed(layer.line("name"), "Bar Central")
    press(KEY.Key_Return, CONTROL)
    qtbot.waitUntil(lambda: window.toast.words == "Bar Central added")
    qtbot.waitUntil(lambda: isinstance(window.page, CustomerPage))
    idle(qtbot, window.desk)


@pytest.mark.parametrize("screen", ["today", "portfolio", "quotes", "sync", "routes"])
def test_f9_changes_the_theme_with_any_screen_open(qtbot, window, screen):
    page = go(qtbot, window, Ref(screen))
    for name in ("oscuro", "sol", "claro"):
        QTest.keyClick(page, KEY.Key_F9)
        assert theme.name() == name
        assert window.grab().toImage().pixelColor(1362, 3) == theme.colour("surface")
    idle(qtbot, window.desk)
    assert window.desk.settings.path.exists(), "the choice is kept"


def test_the_language_changes_with_a_screen_open(qtbot, window, company):
    page = go(qtbot, window, Ref("customer", company.account, "terms"))
    assert page.tabs.tabText(0) == "Summary"
    window.set_language("es")
    idle(qtbot, window.desk)
    qtbot.waitUntil(lambda: window.page.tabs.tabText(0) == "Resumen")
    assert window.page.tabs.key == "terms"
    assert window.sidebar.items["portfolio"].text() == "Cartera"
    assert window.top._search.text() == "Buscar o ir a…"
    assert window.top._new.accessibleName() == "Nuevo"
    window.step(-1)
    window.set_language("en")
    assert window.sidebar.items["portfolio"].text() == "Portfolio"
    idle(qtbot, window.desk)


def test_badges_count_what_needs_the_person(qtbot, window, company, database):
    go(qtbot, window, Ref("sync"))
    with database.write() as session:
        for field in ("phone", "website"):  # two fields of one record are one thing to decide
            session.add(
                Conflict(
                    entity="account", row_id=company.account, root=company.account, field=field,
                    base="1", winner="2", loser="3", policy="latest",
                )
            )  # fmt: skip
    qtbot.waitUntil(lambda: window.sidebar.items["sync"].accessibleName() == "Sync (1)")
    idle(qtbot, window.desk)


def test_what_was_expected_is_said_in_the_bar_and_leaves_with_the_screen(qtbot, window):
    page = go(qtbot, window, Ref("quotes"))

    def refuse(_session) -> None:
        raise UserError("The disk is full.", "Free some space.")

    window.desk.tasks.read(page, refuse, lambda _none: None)
    qtbot.waitUntil(window.bar.isVisible)
    assert window.bar.words.text() == "The disk is full. Free some space."
    qtbot.mouseClick(window.bar._close, Qt.MouseButton.LeftButton)
    assert not window.bar.isVisible()
    window.bar.show_error(UserError("Again.", ""))
    go(qtbot, window, Ref("sync"))
    assert not window.bar.isVisible()


@pytest.mark.qt_log_ignore("This plugin does not support raise", extend=True)
def test_a_bug_is_said_once_per_trace_and_the_program_goes_on(qtbot, window, caplog):
    page = go(qtbot, window, Ref("quotes"))

    def one(_session) -> None:
        raise ZeroDivisionError

    def other(_session) -> None:
        raise ValueError

    def boxes() -> list[QMessageBox]:
        return [box for box in window.findChildren(QMessageBox) if box.isVisible()]

    for n, work in enumerate((one, one, other)):
        window.desk.tasks.read(page, work, lambda _none: None)
        idle(qtbot, window.desk)
        qtbot.waitUntil(lambda n=n: len(boxes()) == (1, 1, 2)[n])
    text = boxes()[0].informativeText()
    assert text == "Your data is safe: what you saved is kept, and you can go on working."
    [copy] = [b for b in boxes()[0].buttons() if b.text() == "Copy details"]
    copy.click()
    assert "ZeroDivisionError" in QApplication.clipboard().text()
    for box in boxes():
        box.close()
    assert caplog.text.count("A bug reached the user") == 3
    assert isinstance(go(qtbot, window, Ref("sync")), SyncPage)


def test_the_sidebar_collapses_where_there_is_little_room(qtbot, window):
    go(qtbot, window, Ref("quotes"))
    assert window.sidebar.width() == 208
    window.resize(1280, 650)
    assert window.sidebar.width() == 60
    window.resize(1700, 900)
    assert window.sidebar.width() == 232
    QTest.keyClick(window.page, KEY.Key_B, CONTROL)
    assert window.sidebar.width() == 60
    QTest.keyClick(window.page, KEY.Key_B, CONTROL)
    idle(qtbot, window.desk)


def test_the_pill_leads_to_the_sync_centre(qtbot, window):
    go(qtbot, window, Ref("quotes"))
    qtbot.mouseClick(window.top.pill, Qt.MouseButton.LeftButton)
    assert isinstance(window.page, SyncPage)
    idle(qtbot, window.desk)


def test_control_enter_is_the_primary_button_of_the_screen(qtbot, window, company, database):
    page = go(qtbot, window, Ref("quote", options={"new": True, "account": company.account}))
    qtbot.waitUntil(page.add_field.hasFocus)
    typed(page.add_field, "2 cafe")
    press(KEY.Key_Return)
    qtbot.waitUntil(lambda: len(page.table.rows) == 1)
    QTest.keyClick(page, KEY.Key_Return, CONTROL)
    qtbot.waitUntil(lambda: page.head.state.words == "Issued")
    QTest.keyClick(page, KEY.Key_Return, CONTROL)
    assert page.signing is not None
    page.signing.layer.close_layer()
    idle(qtbot, window.desk)
    key(window, KEY.Key_6, CONTROL)
    idle(qtbot, window.desk)
    qtbot.waitUntil(lambda: any("P26-K7-00001" in row[0] for row in cells(window.page.view)))


def test_a_computer_without_a_company_begins_at_the_first_run(
    qtbot, qapp, database, files, tmp_path
):

    with window_on(database, files, tmp_path) as window:
        with database.write() as session:
            session.execute(update(SyncState).values(last_ok_at=None, user_id=""))
        window.start()
        qtbot.waitUntil(lambda: "first_run" in window.pages)
        assert not window.sidebar.isVisible()
        assert not window.findChild(QLineEdit, "PaletteInput")
        idle(qtbot, window.desk)
