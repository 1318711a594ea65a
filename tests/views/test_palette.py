"""The command palette: go, do, find, by prefix, with what is near at hand first."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDesktopServices, QGuiApplication
from PySide6.QtTest import QTest

from app.models.account import Contact
from app.models.product import Product
from app.services import palette as service
from app.services import quotes, visits
from app.views import keymap
from app.views.expenses.page import ExpensesPage
from app.views.portfolio.customer_page import CustomerPage
from app.views.quotes.page import QuotePage
from app.views.sync.page import SyncPage
from app.views.today.page import TodayPage
from app.views.visits.page import VisitPage
from app.views.widgets.page import Ref
from tests.company import Seeded, seed
from tests.services.records import NOW, TODAY, at, customer
from tests.views.desks import idle, press, typed, window_on

KEY = Qt.Key
CONTROL = Qt.KeyboardModifier.ControlModifier
SOCARRAT = "Restaurante El Socarrat"


@pytest.fixture
def company(database) -> Seeded:
    return seed(database)


@pytest.fixture
def window(qtbot, qapp, company, database, files, tmp_path: Path):
    with window_on(database, files, tmp_path) as made:
        made.synchroniser._stopped = True  # no run begins by itself
        made.open(Ref("sync"))
        idle(qtbot, made.desk)
        yield made


@pytest.fixture
def opened(monkeypatch) -> list[str]:
    urls: list[str] = []

    def note(url: QUrl) -> bool:
        urls.append(url.toString())
        return True

    monkeypatch.setattr(QDesktopServices, "openUrl", note)
    return urls


def ask(qtbot, window, words: str):
    """Open the palette, type, and wait until that is what it shows."""
    window.show_palette()
    palette = window.palette_layer
    idle(qtbot, window.desk)
    if words:
        typed(palette.field, words)
        qtbot.waitUntil(lambda: palette._asked == words)
        idle(qtbot, window.desk)
    return palette


def shown(palette) -> list[tuple[str, str]]:
    return [(found.group, found.title) for found in palette.list.shown()]


def titles(palette) -> list[str]:
    return [found.title for found in palette.list.shown()]


def choose(palette, title: str) -> None:
    while palette.list.current().title != title:
        press(KEY.Key_Down)


def add_records(database, company) -> dict[str, str]:
    with database.write() as session:
        quote = quotes.draft(session, company.account, today=TODAY)
        quote.number = "P26-K7-00347"
        session.get(Product, company.products[2]).ean = "8410010123456"
        return {"quote": quote.id, "other": customer(session, company, "Bar Sócrates")}


def test_nothing_typed_offers_the_next_visit_what_was_opened_and_all_actions(
    qtbot, window, company, database
):
    made = add_records(database, company)
    with database.write() as session:
        visits.plan(session, made["other"], at=at(16))
    for ref in (Ref("customer", company.account), Ref("quote", made["quote"]), Ref("sync")):
        window.open(ref)
        idle(qtbot, window.desk)
    palette = ask(qtbot, window, "")
    assert shown(palette)[:4] == [
        ("Next visit", "Bar Sócrates"), ("Recent", "P26-K7-00347"), ("Recent", SOCARRAT),
        ("Actions", "What can I do?"),
    ]  # fmt: skip
    assert "Go to Today" in titles(palette)
    choose(palette, "What can I do?")
    press(KEY.Key_Return)
    assert palette.layer.isVisible()
    assert palette.field.text() == ">"
    qtbot.waitUntil(lambda: "Sync now" in titles(palette))


def test_a_place_that_is_shown_is_not_among_those_opened_last(qtbot, window, company):
    window.open(Ref("customer", company.account))
    idle(qtbot, window.desk)
    palette = ask(qtbot, window, "")
    assert ("Recent", SOCARRAT) not in shown(palette)
    assert "What can I do?" in titles(palette)


def test_actions_are_listed_with_their_keys_and_done(qtbot, window):
    palette = ask(qtbot, window, ">")
    listed = {found.title: found.key for found in palette.list.shown()}
    wanted = [a for a in keymap.ACTIONS if a.runs and a.name in window.keys.deeds]
    assert list(listed) == [action.title() for action in wanted]
    assert (listed["Log a visit"], listed["Sync now"]) == ("V", "F5")
    typed(palette.field, " custo mode")
    qtbot.waitUntil(lambda: titles(palette) == ["Customer mode: hide what is internal"])
    press(KEY.Key_Return)
    assert window.desk.customer_mode.on
    assert not palette.layer.isVisible()


def test_a_remapped_key_is_the_one_that_is_shown(qtbot, window):
    window.desk.settings.keys["expenses"] = "Ctrl+5"
    palette = ask(qtbot, window, "> expens")
    assert [f.key for f in palette.list.shown() if f.title == "Go to Expenses"] == ["Ctrl 5"]
    choose(palette, "Go to Expenses")
    press(KEY.Key_Return)
    assert isinstance(window.page, ExpensesPage)
    idle(qtbot, window.desk)


def test_words_find_actions_too_after_what_is_done_with_the_customer(qtbot, window):
    palette = ask(qtbot, window, "sync")
    assert shown(palette) == [("Actions", "Go to Sync"), ("Actions", "Sync now")]


def test_help_finds_every_key_and_leads_to_the_help_of_the_screen(qtbot, window):
    palette = ask(qtbot, window, "? sign")
    assert shown(palette) == [("Quote", "Sign")]
    press(KEY.Key_Return)
    qtbot.waitUntil(lambda: not palette.layer.isVisible())
    typed_all = ask(qtbot, window, "?")
    assert len(titles(typed_all)) == len(keymap.ACTIONS)


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("@soc", [("Customers", "Bar Sócrates"), ("Customers", SOCARRAT)]),
        ("@ sanchis", [("Contacts", "Vicent Sanchis")]),
        ("#347", [("Documents", "P26-K7-00347")]),
        ("$anchoas", [("Products", "Anchoas del Cantábrico, serie oro")]),
        ("$ 8410010", [("Products", "Anchoas del Cantábrico, serie oro")]),
        ("#socarrat", []), ("@", []), ("$zzz", []),
        ("347", [("Documents", "P26-K7-00347")]),
        ("46800", [("Customers", SOCARRAT)]),
        ("962 270", [("Customers", SOCARRAT)]),
        ("8410010123456", [("Products", "Anchoas del Cantábrico, serie oro")]),
    ],
)  # fmt: skip
def test_a_prefix_says_where_to_look_and_a_number_is_tried_as_each(
    qtbot, window, company, database, words, found
):
    add_records(database, company)
    assert shown(ask(qtbot, window, words)) == found


def test_the_customer_of_the_screen_goes_before_the_day_and_the_day_before_the_rest(
    qtbot, window, company, database
):
    with database.write() as session:
        ids = {name: customer(session, company, f"Mesón {name}") for name in "ABCD"}
        visits.plan(session, ids["C"], at=at(16))
    window.open(Ref("customer", ids["D"]))
    idle(qtbot, window.desk)
    palette = ask(qtbot, window, "meson")
    assert [title for group, title in shown(palette) if group == "Customers"] == [
        "Mesón D", "Mesón C", "Mesón A", "Mesón B",
    ]  # fmt: skip
    assert titles(palette)[0] == "Log a visit to Mesón D"
    today = next(found for found in palette.list.shown() if found.title == "Mesón C")
    assert today.subtitle.endswith("today")


def test_the_first_result_logs_a_visit_of_the_best_customer(qtbot, window, company):
    palette = ask(qtbot, window, "soca")
    assert palette.list.current().title == f"Log a visit to {SOCARRAT}"
    assert palette.list.current().key == "V"
    press(KEY.Key_Return)
    assert isinstance(window.page, VisitPage)
    idle(qtbot, window.desk)


def test_a_customer_is_added_to_the_route_and_then_no_longer_offered(
    qtbot, window, company, database
):
    with database.write() as session:
        other = customer(session, company, "Bar Alba", city="Sueca")
        visits.plan(session, other, at=at(16))
    add = f"Add {SOCARRAT} to the route"
    choose(ask(qtbot, window, "soca"), add)
    press(KEY.Key_Return)
    qtbot.waitUntil(lambda: window.toast.words == "Added to today's route")
    idle(qtbot, window.desk)
    palette = ask(qtbot, window, "soca")
    assert add not in titles(palette)
    assert SOCARRAT in titles(palette)


def test_the_arrow_shows_what_can_be_done_with_a_result(qtbot, window, company, opened):
    palette = ask(qtbot, window, "@soca")
    press(KEY.Key_Right)
    qtbot.waitUntil(lambda: len(titles(palette)) > 2)
    assert {group for group, _title in shown(palette)} == {SOCARRAT}
    assert titles(palette)[:2] == ["Open", "Open in a window of its own"]
    assert f"New task about {SOCARRAT}" in titles(palette)
    press(KEY.Key_Left)
    assert shown(palette) == [("Customers", SOCARRAT)]
    press(KEY.Key_Right)
    qtbot.waitUntil(lambda: len(titles(palette)) > 2)
    press(KEY.Key_Escape)
    assert palette.layer.isVisible(), "the first Esc leaves the actions"
    press(KEY.Key_Right)
    qtbot.waitUntil(lambda: len(titles(palette)) > 2)
    choose(palette, next(title for title in titles(palette) if title.startswith("Call")))
    press(KEY.Key_Return)
    assert opened == ["tel:+34962270001"]


def test_a_person_is_called_and_written_to_and_their_firm_is_opened(
    qtbot, window, company, database, opened
):
    with database.write() as session:
        contact = session.get(Contact, company.contact)
        contact.mobile, contact.email = "+34600123456", "v@example.com"
    palette = ask(qtbot, window, "@sanchis")
    press(KEY.Key_Right)
    qtbot.waitUntil(lambda: len(titles(palette)) == 4)
    assert titles(palette)[2:] == ["Call +34600123456", "Write to v@example.com"]
    choose(palette, "Write to v@example.com")
    press(KEY.Key_Return)
    assert opened == ["mailto:v@example.com"]
    ask(qtbot, window, "@sanchis")
    press(KEY.Key_Return)
    assert isinstance(window.page, CustomerPage)
    idle(qtbot, window.desk)
    assert window.page.tabs.key == "record"


def test_control_enter_opens_a_record_in_a_window_of_its_own(qtbot, window, company, database):
    add_records(database, company)
    here = window.page
    ask(qtbot, window, "#347")
    QTest.keyClick(window.palette_layer.field, KEY.Key_Return, CONTROL)
    qtbot.waitUntil(lambda: len(window.records) == 1)
    idle(qtbot, window.desk)
    assert isinstance(window.records[0].page, QuotePage)
    assert window.page is here
    window.records[0].close()


def test_what_has_no_record_opens_here_whatever_is_held(qtbot, window):
    ask(qtbot, window, "> go to today")
    QTest.keyClick(window.palette_layer.field, KEY.Key_Return, CONTROL)
    assert isinstance(window.page, TodayPage)
    idle(qtbot, window.desk)
    assert window.records == []


def test_an_article_opens_its_card_and_its_reference_is_copied(qtbot, window, company, database):
    add_records(database, company)
    palette = ask(qtbot, window, "$anchoas")
    press(KEY.Key_Return)
    qtbot.waitUntil(lambda: window.finder.card is not None)
    card = window.finder.card
    assert card.card.name == "Anchoas del Cantábrico, serie oro"
    card.copy.click()
    assert QGuiApplication.clipboard().text() == card.card.reference
    QTest.keyClick(card.copy, KEY.Key_Escape)
    assert not card.layer.isVisible()
    QGuiApplication.clipboard().clear()
    palette = ask(qtbot, window, "$anchoas")
    press(KEY.Key_Right)
    assert titles(palette) == ["Open", "Copy reference"]
    press(KEY.Key_Down)
    press(KEY.Key_Return)
    qtbot.waitUntil(lambda: QGuiApplication.clipboard().text() == card.card.reference)
    idle(qtbot, window.desk)


def test_the_customer_who_looks_on_sees_articles_and_nobody_else(qtbot, window, company, database):
    add_records(database, company)
    with database.write() as session:
        service.opened(session, "customer", company.account, NOW - timedelta(minutes=1))
    window.desk.customer_mode.switch(on=True)
    assert shown(ask(qtbot, window, ""))[0] == ("Actions", "What can I do?")
    window.palette_layer.layer.close_layer()
    assert shown(ask(qtbot, window, "soc")) == []
    window.palette_layer.layer.close_layer()
    assert titles(ask(qtbot, window, "anchoas")) == ["Anchoas del Cantábrico, serie oro"]


def test_the_screen_stays_when_nothing_is_chosen(qtbot, window):
    palette = ask(qtbot, window, "zzz")
    press(KEY.Key_Return)
    press(KEY.Key_Right)
    assert palette.layer.isVisible()
    press(KEY.Key_Escape)
    assert not palette.layer.isVisible()
    assert isinstance(window.page, SyncPage)
