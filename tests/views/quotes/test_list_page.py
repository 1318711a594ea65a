"""The list of quotes: tabs, words, what is only here, what is removed and comes back."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from PySide6.QtCore import Qt

from app.models.base import now
from app.services import quote_lines, quotes, undo
from app.views.quotes.list_page import QuotesPage
from app.views.widgets.page import Ref
from tests.views.desks import NOW, TODAY, cells, idle, press, typed, words

KEY = Qt.Key


@pytest.fixture
def made(database, company):
    """A draft, an issued quote that expires in three days, and another customer's draft."""
    with database.write() as session:
        draft = quotes.draft(session, company.account, today=TODAY)
        issued = quotes.draft(session, company.account, today=TODAY)
        quote_lines.add_line(
            session, issued.id, company.products[0], today=TODAY, quantity=Decimal(24)
        )
        quotes.update(session, issued.id, valid_until=TODAY + timedelta(days=3))
        quotes.issue(session, issued.id, now=NOW)
        return {"draft": draft.id, "issued": issued.id}


@pytest.fixture
def page(qtbot, desk, company):
    shown = QuotesPage(desk)
    qtbot.addWidget(shown)
    shown.resize(1158, 716)
    desk.tasks.changed.connect(shown.refresh)
    shown.show()
    shown.activateWindow()
    return shown


def opened(qtbot, page, count: int) -> None:
    page.show_ref(Ref("quotes"))
    qtbot.waitUntil(lambda: page.model.rowCount() == count)
    qtbot.waitUntil(lambda: all(row[0] for row in cells(page.view)))
    idle(qtbot, page.desk)


def test_it_shows_number_customer_dates_state_and_amount(qtbot, page, made):
    opened(qtbot, page, 2)
    rows = {row[0]: row for row in cells(page.view)}
    issued = rows["P26-K7-00001, Restaurante El Socarrat"]
    assert issued[1:5] == ["Thu 19 Nov", "Sun 22 Nov", "Issued", "€970.94"]
    assert issued[5] == "Only on this computer"
    assert rows["Draft, Restaurante El Socarrat"][3] == "Draft"
    assert "2 quotes" in words(page.foot)
    assert [page.tabs.tabText(n) for n in range(4)] == [
        "Open quotes 2", "Expiring this week 1", "Signed quotes 0", "All quotes 2",
    ]  # fmt: skip


def test_tabs_words_and_titles_narrow_and_sort(qtbot, page, made):
    opened(qtbot, page, 2)
    page.tabs.choose("expiring")
    qtbot.waitUntil(lambda: page.model.ids == [made["issued"]])
    page.tabs.choose("signed")
    qtbot.waitUntil(lambda: "No quotes here" in words(page.empty))
    page.tabs.choose("all")
    qtbot.waitUntil(lambda: page.model.rowCount() == 2)
    typed(page.search, "00001")
    qtbot.waitUntil(lambda: page.model.ids == [made["issued"]])
    assert page.escape()
    qtbot.waitUntil(lambda: page.model.rowCount() == 2)
    for sort, first in (("total", "draft"), ("-total", "issued")):
        page.view.sort_by(sort)
        page.view.sort_asked.emit(sort)
        qtbot.waitUntil(lambda first=first: page.model.ids[0] == made[first])


def test_enter_opens_and_a_new_one_begins_with_its_customer(qtbot, page, made):
    opened(qtbot, page, 2)
    page.view.setFocus()
    page.view.choose(made["issued"])
    with qtbot.waitSignal(page.open_requested) as asked:
        press(KEY.Key_Return)
    assert asked.args[0] == Ref("quote", made["issued"])
    with qtbot.waitSignal(page.open_requested) as asked:
        qtbot.mouseClick(page.new, Qt.MouseButton.LeftButton)
    assert asked.args[0].options == {"for": "quote"}


def test_a_draft_is_removed_and_comes_back_and_an_issued_one_stays(qtbot, page, made, database):
    opened(qtbot, page, 2)
    page.view.setFocus()
    page.view.choose(made["draft"])
    with qtbot.waitSignal(page.toast_requested) as said:
        press(KEY.Key_Delete)
    qtbot.waitUntil(lambda: page.model.ids == [made["issued"]])
    assert said.args == ["1 draft removed", True]
    with database.write() as session:
        undo.take_back(session, now=now())
    qtbot.waitUntil(lambda: page.model.rowCount() == 2)
    page.view.choose(made["issued"])
    with qtbot.waitSignal(page.desk.tasks.failed) as refused:
        press(KEY.Key_Delete)
    assert "has been issued, so it cannot be removed" in str(refused.args[1])
    assert page.model.rowCount() == 2


def test_the_empty_list_says_how_to_begin(qtbot, page):
    page.show_ref(Ref("quotes"))
    qtbot.waitUntil(lambda: "No quotes here" in words(page.empty))
    assert "New quote" in words(page.empty)


def test_going_back_finds_tab_and_row_again(qtbot, page, desk, made):
    opened(qtbot, page, 2)
    page.tabs.choose("all")
    page.view.choose(made["draft"])
    kept = page.state()
    again = QuotesPage(desk)
    qtbot.addWidget(again)
    again.show()
    again.show_ref(Ref("quotes"))
    again.restore(kept)
    qtbot.waitUntil(lambda: again.view.current_id == made["draft"])
    assert again.tabs.key == "all"


def test_the_table_passes_qts_own_model_tester(qtbot, qtmodeltester, page, made):
    opened(qtbot, page, 2)
    qtmodeltester.check(page.model)


def test_a_view_of_quotes_is_saved_and_what_it_shows_is_exported(qtbot, page, made, tmp_path):
    opened(qtbot, page, 2)
    page.view.ask_sort("-total")
    page.views.ask_new()
    typed(page.views.layer.field.editor, "Los grandes")
    press(KEY.Key_Return)
    qtbot.waitUntil(lambda: page.tabs.count() == 5 and page.views.current is not None)
    idle(qtbot, page.desk)
    assert page.views.base == "open"
    page.tabs.choose("all")
    page.tabs.choose(page.views.own[0].key)
    assert page.view.sorted_by == "-total"
    qtbot.waitUntil(lambda: list(page.model.ids) == [made["issued"], made["draft"]])
    path = tmp_path / "quotes.csv"
    page.strip.ask = lambda _over, _name: path
    with qtbot.waitSignal(page.toast_requested) as said:
        page.export()
    assert said.args[0] == "2 quotes in quotes.csv"
    lines = path.read_text("utf-8-sig").splitlines()
    assert lines[0] == "Quote,Date,Valid until,State,Amount,Sync mark"
    assert lines[1].startswith("P26-K7-00001,2026-11-19,2026-11-22,Issued,970.94")
