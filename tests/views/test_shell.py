"""The house around the screens: drawer, panes, customer mode, notices, help, windows of records."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QListWidget

from app.errors import UserError
from app.models.account import Account, Contact
from app.models.base import new_id
from app.services import accounts
from app.sync.report import SyncReport
from app.views import theme
from app.views.notice_centre import Notice
from app.views.record_window import RecordWindow
from app.views.widgets.button import Button
from app.views.widgets.columns import Columns
from app.views.widgets.layer import Layer
from app.views.widgets.layout import box, column
from app.views.widgets.page import Ref
from tests.company import Seeded, seed
from tests.views.desks import NOW, idle, press, window_on, words
from tests.views.places import Paper, papers

KEY = Qt.Key
CONTROL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def company(database) -> Seeded:
    return seed(database)


@pytest.fixture
def paper(database, company) -> Paper:
    return papers(database, company)


@pytest.fixture
def window(qtbot, qapp, company, database, files, tmp_path: Path):
    with window_on(database, files, tmp_path) as made:
        made.synchroniser._stopped = True
        yield made
    theme.apply(qapp, "claro")


def go(qtbot, window, ref: Ref):
    window.open(ref)
    idle(qtbot, window.desk)
    return window.page


def layer_of(window) -> Layer:
    return next(layer for layer in window.findChildren(Layer) if layer.isVisible())


# the side column


@pytest.fixture
def split(qtbot) -> Columns:
    content, side = box(column(Button("Content"))), box(column(Button("Side"), QLabel("words")))
    made = Columns(content, side, title="More", width=300)
    qtbot.addWidget(made)
    made.resize(1200, 600)
    made.show()
    made.activateWindow()
    return made


def test_a_wide_window_has_the_side_beside_the_content(split):
    assert not split.is_drawer
    assert split.side.isVisible()
    assert split.side.width() == 300
    assert not split.button.isVisible()
    assert split.side.mapTo(split, QPoint(0, 0)).x() > split.content.width()


def test_a_narrow_window_has_a_drawer_that_its_button_opens_and_escape_closes(qtbot, split):
    split.resize(1000, 600)
    qtbot.waitUntil(lambda: split.is_drawer)
    assert not split.side.isVisible()
    qtbot.mouseClick(split.button, Qt.MouseButton.LeftButton)
    assert split.side.isVisible()
    focused = QApplication.focusWidget()
    assert isinstance(focused, Button)
    assert focused.text() == "Side", "the focus goes in"
    QTest.keyClick(focused, KEY.Key_Escape)
    assert not split.side.isVisible()
    assert QApplication.focusWidget() is split.button, "and comes back"
    split.resize(1200, 600)
    qtbot.waitUntil(lambda: not split.is_drawer)
    assert split.side.isVisible()


def test_a_side_that_is_not_wanted_has_no_button(qtbot, split):
    split.set_side_wanted(wanted=False)
    assert not split.side.isVisible()
    split.resize(1000, 600)
    qtbot.waitUntil(lambda: split.is_drawer)
    assert not split.button.isVisible()
    assert not split.open_drawer()


def test_larger_text_makes_a_drawer_of_it_too(qtbot, qapp, split):
    theme.apply(qapp, "claro", 1.25)
    split.resize(1190, 600)
    assert split.is_drawer
    theme.apply(qapp, "claro")


def test_f6_goes_through_the_parts_of_the_window_and_back(qtbot, window, company):
    page = go(qtbot, window, Ref("visit", options={"new": True, "account": company.account}))
    page.split.content.findChild(type(page.notes)).setFocus()
    panes = [page.split.content, page.split.side, window.sidebar, window.top]
    seen = []
    for _n in range(4):
        press(KEY.Key_F6)
        focused = QApplication.focusWidget()
        seen.append(next(n for n, pane in enumerate(panes) if pane.isAncestorOf(focused)))
    assert seen == [1, 2, 3, 0]
    press(KEY.Key_F6, SHIFT)
    assert window.top.isAncestorOf(QApplication.focusWidget())


# going back


def test_going_back_restores_the_scroll(qtbot, window, database, company):
    with database.write() as session:
        for n in range(60):
            session.add(Account(name=f"Bar {n:02}", owner_id=company.user))
    page = go(qtbot, window, Ref("portfolio"))
    qtbot.waitUntil(lambda: page.model.rowCount() == 61)
    bar = page.view.verticalScrollBar()
    qtbot.waitUntil(lambda: bar.maximum() > 20)
    bar.setValue(20)
    go(qtbot, window, Ref("quotes"))
    bar.setValue(0)
    window.step(-1)
    idle(qtbot, window.desk)
    qtbot.waitUntil(lambda: bar.value() == 20)


def test_the_buttons_at_the_side_of_a_mouse_go_back_and_forward(qtbot, window):
    go(qtbot, window, Ref("quotes"))
    go(qtbot, window, Ref("expenses"))
    QTest.mouseClick(window, Qt.MouseButton.BackButton)
    assert window.history.here.ref == Ref("quotes")
    QTest.mouseClick(window, Qt.MouseButton.ForwardButton)
    assert window.history.here.ref == Ref("expenses")
    idle(qtbot, window.desk)


# the customer is looking


def test_customer_mode_covers_what_shows_others_and_hides_the_margin(qtbot, window, company, paper):
    page = go(qtbot, window, Ref("quote", paper.draft))
    qtbot.waitUntil(lambda: page.shown is not None)
    assert page.foot.margin_box.isVisible()
    press(KEY.Key_F8)
    assert window.page is page, "a quote is what the customer came for"
    assert not page.foot.margin_box.isVisible()
    assert window.top.customer_mode.isVisible()
    go(qtbot, window, Ref("portfolio"))
    assert window.page is window.stack.cover
    assert "Socarrat" not in words(window.stack)
    press(KEY.Key_F8)
    assert window.page is window.pages["portfolio"]
    assert not window.top.customer_mode.isVisible()
    idle(qtbot, window.desk)


def test_the_cover_leads_back_or_out(qtbot, window, company, paper):
    page = go(qtbot, window, Ref("quote", paper.draft))
    window.switch_customer_mode()
    go(qtbot, window, Ref("sync"))
    back, leave = window.stack.cover.findChildren(Button)
    qtbot.mouseClick(back, Qt.MouseButton.LeftButton)
    assert window.page is page
    window.step(1)
    qtbot.mouseClick(leave, Qt.MouseButton.LeftButton)
    assert window.page is window.pages["sync"]
    idle(qtbot, window.desk)


def test_signing_turns_customer_mode_on_and_off_again(qtbot, window, paper):
    page = go(qtbot, window, Ref("quote", paper.issued))
    qtbot.waitUntil(lambda: page.shown is not None)
    page.sign()
    assert window.desk.customer_mode.on
    assert not page.foot.margin_box.isVisible()
    page.signing.layer.close_layer()
    assert not window.desk.customer_mode.on
    assert page.foot.margin_box.isVisible()


# help and notices


def test_f1_says_what_the_screen_is_for_and_its_keys_as_they_are_mapped(qtbot, window, company):
    window.desk.settings.keys["outcome_1"] = "7"
    go(qtbot, window, Ref("visit", options={"new": True, "account": company.account}))
    window.page.setFocus()
    press(KEY.Key_F1)
    said = words(layer_of(window))
    for part in ("It is saved as you type.", "Outcome: order", "7", "Search or go to…", "Ctrl K"):
        assert part in said
    press(KEY.Key_Escape)
    assert not [layer for layer in window.findChildren(Layer) if layer.isVisible()]


def test_what_was_said_and_what_went_wrong_can_be_read_again(qtbot, window):
    go(qtbot, window, Ref("quotes"))
    window.say("1 draft removed", None)
    window.desk.tasks.failed.emit(window.page, UserError("The disk is full.", "Free some space."))
    assert window.top._bell.accessibleName() == "Notices: 1 new"
    report = SyncReport(NOW, ended_at=NOW)
    report.received["account"], report.conflicts = 3, 1
    window.synchroniser.finished.emit(report)
    assert window.top._bell.accessibleName() == "Notices: 3 new"
    qtbot.mouseClick(window.top._bell, Qt.MouseButton.LeftButton)
    listed = layer_of(window).findChild(QListWidget)
    said = [listed.item(n).text().rsplit(",", 2)[0] for n in range(listed.count())]
    assert said[:2] == ["1 change to review", "The office sent 3 changes"]
    assert said[2].startswith("The disk is full. Free some space.")
    assert said[3].startswith("1 draft removed")
    assert window.top._bell.accessibleName() == "Notices"
    press(KEY.Key_Return)
    assert window.history.here.ref == Ref("sync")
    idle(qtbot, window.desk)


def test_before_anything_happened_the_notices_say_so(qtbot, window):
    go(qtbot, window, Ref("quotes"))
    window.show_notices()
    assert "Nothing to tell yet" in words(layer_of(window))


# the size of the words


def test_the_text_size_changes_while_the_program_runs(qtbot, window):
    go(qtbot, window, Ref("quotes"))
    before = window.top._new.height()
    window.set_scale(125)
    idle(qtbot, window.desk)
    assert window.desk.settings.text_scale == 125
    assert window.history.here.ref == Ref("quotes")
    assert window.top._new.height() > before
    qtbot.waitUntil(window.desk.settings.path.exists)


def test_a_remapped_key_works_and_the_old_one_no_longer(qtbot, window):
    go(qtbot, window, Ref("quotes"))
    window.desk.settings.keys["sync"] = "Ctrl+7"
    window.rebuild()
    idle(qtbot, window.desk)
    QTest.keyClick(window.page, KEY.Key_0, CONTROL)
    assert window.history.here.ref == Ref("quotes")
    QTest.keyClick(window.page, KEY.Key_7, CONTROL)
    assert window.history.here.ref == Ref("sync")
    idle(qtbot, window.desk)


# a record in a window of its own


@pytest.fixture
def record(qtbot, window, company) -> RecordWindow:
    go(qtbot, window, Ref("quotes"))
    window.open_window(Ref("customer", company.account))
    idle(qtbot, window.desk)
    return window.records[0]


def test_a_record_opens_in_a_window_and_hears_of_changes(qtbot, window, record, company, database):
    assert record.isVisible()
    qtbot.waitUntil(lambda: "Socarrat" in record.windowTitle())
    with database.write() as session:
        session.add(Contact(id=new_id(), account_id=company.account, name="Nuria Vidal"))
        accounts.get(session, company.account).phone = "+34962000000"
    qtbot.waitUntil(lambda: "Nuria Vidal" in words(record) or "962 00 00 00" in words(record))
    assert window.history.here.ref == Ref("quotes"), "the main window stays where it is"


def test_escape_closes_it_and_closing_the_main_window_closes_all(qtbot, window, record, company):
    record.page.setFocus()
    QTest.keyClick(record, KEY.Key_Escape)
    qtbot.waitUntil(lambda: not window.records)
    window.open_window(Ref("customer", company.account))
    idle(qtbot, window.desk)
    second = window.records[0]
    window.close()
    assert not window.records
    assert not second.isVisible()


def test_customer_mode_takes_away_windows_and_notices_of_others(qtbot, window, record, company):
    window.notices.add(Notice(window.desk.now(), "La Tapeta debe 80 €", "danger", needs=True))
    window.open(Ref("customer", company.account))
    qtbot.waitUntil(lambda: window.page.account == company.account)
    window.switch_customer_mode()
    assert record.isVisible(), "the customer who is looking"
    window.show_notices()
    assert "What happened is shown when you leave it." in words(window)
    window.findChild(Layer).close_layer()
    assert window.notices.unseen == 1
    window.switch_customer_mode()
    window.open(Ref("expenses"))
    window.switch_customer_mode()
    assert window.records == [record]
    assert not record.isVisible()
    window.switch_customer_mode()
    assert record.isVisible()


def test_what_it_opens_elsewhere_opens_in_the_main_window(qtbot, window, record):
    record.page.open_requested.emit(Ref("expenses"))
    assert window.history.here.ref == Ref("expenses")
    idle(qtbot, window.desk)
