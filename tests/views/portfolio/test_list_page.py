"""The portfolio as a person uses it: find, peek, open, add, star, sort."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from PySide6.QtCore import QPoint, Qt
from sqlalchemy import select

from app.models.account import Account, Site
from app.models.activity import Activity
from app.models.base import now
from app.models.history import Invoice, Receivable
from app.services import undo
from app.views.portfolio.list_page import PortfolioPage
from app.views.widgets.page import Ref
from tests.views.desks import NOW, TODAY, cells, idle, press, typed, words

KEY = Qt.Key


@pytest.fixture
def more(database, company):
    """Two more customers, one of whom bought, owes, and was not visited for long; a prospect."""
    with database.write() as session:
        baladre = Account(name="Cafetería Baladre", owner_id=company.user, grade="B")
        llopis = Account(name="Comestibles Llopis", owner_id=company.user, grade="A", starred=True)
        prospect = Account(name="Taberna Nueva", owner_id=company.user, kind="prospect")
        for each in (baladre, llopis):
            each.kind = "customer"
        session.add_all([baladre, llopis, prospect])
        session.flush()
        session.add(Site(account_id=baladre.id, city="Alzira"))
        session.add(
            Invoice(
                account_id=llopis.id, number="F-1", issued_on=TODAY - timedelta(days=40),
                base=Decimal(1200), total=Decimal(1320),
            )
        )  # fmt: skip
        session.add(
            Receivable(
                account_id=llopis.id, number="F-1", due_on=TODAY - timedelta(days=10),
                pending=Decimal("612.40"), amount=Decimal("612.40"),
            )
        )  # fmt: skip
        session.add(
            Activity(
                kind="visit", state="done", account_id=llopis.id, owner_id=company.user,
                done_at=NOW - timedelta(days=47),
            )
        )  # fmt: skip
        return {"baladre": baladre.id, "llopis": llopis.id, "prospect": prospect.id}


@pytest.fixture
def page(qtbot, desk, more):
    made = PortfolioPage(desk)
    qtbot.addWidget(made)
    made.resize(1158, 716)
    desk.tasks.changed.connect(made.refresh)
    made.show()
    made.activateWindow()
    made.show_ref(Ref("portfolio"))
    qtbot.waitUntil(lambda: made.model.rowCount() == 4)
    idle(qtbot, desk)
    return made


def names(page) -> list[str]:
    return [row[0].split(",")[0] for row in cells(page.view)]


def shown(qtbot, page, *wanted: str) -> None:
    qtbot.waitUntil(lambda: sorted(names(page)) == sorted(wanted))


def test_it_shows_who_there_is_with_town_visit_sales_and_debt(qtbot, page, desk):
    qtbot.waitUntil(lambda: all(row[0] for row in cells(page.view)))
    rows = {row[0].split(",")[0]: row for row in cells(page.view)}
    assert rows["Restaurante El Socarrat"][0] == "Restaurante El Socarrat, Xàtiva · Hostelería"
    llopis = rows["Comestibles Llopis"]
    assert llopis[2] == "47 days ago, No next visit"
    assert llopis[4].startswith("€1,200")
    assert llopis[5] == "€612.40"
    assert rows["Taberna Nueva"][1] == "Prospect"
    assert [page.tabs.tabText(n) for n in range(page.tabs.count())] == [
        "Everyone 4", "To visit 3", "With debt 1", "Prospects 1", "Starred 1",
    ]  # fmt: skip
    assert "4 of 4 customers" in words(page.foot)


def test_letters_filter_without_accents_and_the_empty_state_takes_the_filter_away(qtbot, page):
    typed(page.search, "cafeteria")
    shown(qtbot, page, "Cafetería Baladre")
    typed(page.search, "zzz")
    qtbot.waitUntil(lambda: page.body.currentIndex() == 2)
    assert "No customer with these filters" in words(page.body)
    qtbot.mouseClick(page.body.unfilter, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: page.model.rowCount() == 4)
    assert page.body.currentIndex() == 0


def test_views_and_classes_narrow_the_list(qtbot, page):
    page.tabs.choose("debt")
    shown(qtbot, page, "Comestibles Llopis")
    page.tabs.choose("prospects")
    shown(qtbot, page, "Taberna Nueva")
    page.tabs.choose("all")
    qtbot.mouseClick(page.filters.quick["A"], Qt.MouseButton.LeftButton)
    shown(qtbot, page, "Comestibles Llopis", "Restaurante El Socarrat")


def test_the_titles_of_the_columns_sort(qtbot, page):
    header = page.view.horizontalHeader()

    def click(column: int) -> None:
        at = QPoint(header.sectionViewportPosition(column) + 20, 10)
        qtbot.mouseClick(header.viewport(), Qt.MouseButton.LeftButton, pos=at)

    for column in (4, 5, 2):
        click(column)
        click(column)
        qtbot.waitUntil(lambda: names(page)[:1] == ["Comestibles Llopis"])
        click(0)
        qtbot.waitUntil(lambda: names(page)[:1] == ["Cafetería Baladre"])
    assert page.view.sorted_by == "name"
    click(3)
    assert page.view.sorted_by == "name", "the picture of twelve months sorts nothing"


def test_space_peeks_the_peek_follows_and_escape_closes_it(qtbot, page, more):
    page.view.setFocus()
    page.view.choose(more["llopis"])
    press(KEY.Key_Space)
    qtbot.waitUntil(lambda: "Comestibles Llopis" in words(page.peek))
    assert "€612.40 overdue" in words(page.peek)
    page.view.choose(more["baladre"])
    qtbot.waitUntil(lambda: "Cafetería Baladre" in words(page.peek))
    assert "Alzira" in words(page.peek)
    assert page.escape()
    assert not page.peek.isVisible()
    assert not page.escape(), "nothing is left to close"


def test_enter_opens_the_record_and_a_purpose_begins_what_was_meant(qtbot, page, more):
    page.view.setFocus()
    page.view.choose(more["baladre"])
    with qtbot.waitSignal(page.open_requested) as asked:
        press(KEY.Key_Return)
    assert asked.args[0] == Ref("customer", more["baladre"])
    page.show_ref(Ref("portfolio", options={"for": "quote"}))
    assert "Choose the customer for the quote" in page.banner._words.text()
    typed(page.search, "llopis")
    shown(qtbot, page, "Comestibles Llopis")
    with qtbot.waitSignal(page.open_requested) as asked:
        press(KEY.Key_Return)
    ref = asked.args[0]
    assert (ref.screen, ref.options["account"]) == ("quote", more["llopis"])


def test_the_star_goes_on_and_off(qtbot, page, database, more):
    def starred() -> bool:
        with database.read() as session:
            return session.get(Account, more["baladre"]).starred

    page.view.setFocus()
    page.view.choose(more["baladre"])
    qtbot.waitUntil(lambda: page.model.row(page.model.row_of(more["baladre"])) is not None)
    qtbot.keyClick(page.view, KEY.Key_Asterisk)
    qtbot.waitUntil(starred)
    qtbot.waitUntil(lambda: page.model.row(page.model.row_of(more["baladre"])).starred)
    qtbot.keyClick(page.view, KEY.Key_Asterisk)
    qtbot.waitUntil(lambda: not starred())


def test_a_customer_is_added_with_the_keyboard_and_undone(qtbot, page, database):
    page.add()
    layer = page.new_layer
    typed(layer.line("name"), "Bar Central")
    typed(layer.line("city"), "Gandia")
    typed(layer.line("postcode"), "46701")
    typed(layer.line("contact"), "Rosa Peiró")
    typed(layer.line("hours"), "9-14 16:30-20, Mon closed")
    toast, opened = [], []
    page.toast_requested.connect(lambda *args: toast.extend(args))
    page.open_requested.connect(opened.append)
    press(KEY.Key_Return, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: bool(opened), timeout=30_000)  # the tables of postcodes are read first
    assert toast[0] == "Bar Central added"
    qtbot.waitUntil(lambda: "Bar Central" in names(page))
    with database.read() as session:
        added = session.scalars(select(Account).where(Account.name == "Bar Central")).one()
        site = session.scalars(select(Site).where(Site.account_id == added.id)).one()
    assert opened[0] == Ref("customer", added.id)
    assert added.kind == "prospect"
    assert site.opening_hours == "Mo-Su 09:00-14:00,16:30-20:00; Mo off"
    assert toast[1] is True
    with database.write() as session:
        undo.take_back(session, now=now())
    qtbot.waitUntil(lambda: "Bar Central" not in names(page))


def test_what_cannot_be_used_is_said_beside_its_field_and_nothing_is_cleared(qtbot, page):
    page.add()
    layer = page.new_layer
    typed(layer.line("tax_id"), "B1234")
    layer.save()
    qtbot.waitUntil(lambda: bool(layer.form.fields["name"].error))
    typed(layer.line("name"), "Bar Central")
    layer.save()
    qtbot.waitUntil(lambda: bool(layer.form.fields["tax_id"].error))
    assert layer.form.fields["tax_id"].error == "4 characters short: a tax ID has 9."
    assert layer.line("name").text() == "Bar Central"
    press(KEY.Key_Escape)
    assert not layer.layer.isVisible()


def test_a_possible_twin_is_named_and_can_be_opened(qtbot, page, company):
    page.add()
    layer = page.new_layer
    typed(layer.line("name"), "restaurante el socarrat")
    qtbot.waitUntil(layer.twin.isVisible)
    assert "Restaurante El Socarrat, Xàtiva" in layer.twin._words.text()
    with qtbot.waitSignal(page.open_requested) as asked:
        qtbot.mouseClick(layer.open_twin, Qt.MouseButton.LeftButton)
    assert asked.args[0] == Ref("customer", company.account)


def test_removing_says_so_and_can_be_undone(qtbot, page, more, database):
    page.view.setFocus()
    page.view.choose(more["prospect"])
    with qtbot.waitSignal(page.toast_requested) as said:
        press(KEY.Key_Delete)
    qtbot.waitUntil(lambda: "Taberna Nueva" not in names(page))
    assert said.args == ["1 customer removed", True]
    with database.write() as session:
        undo.take_back(session, now=now())
    qtbot.waitUntil(lambda: "Taberna Nueva" in names(page))


def test_going_back_finds_tab_words_and_row_again(qtbot, desk, page, more):
    page.tabs.choose("due")
    typed(page.search, "llopis")
    shown(qtbot, page, "Comestibles Llopis")
    page.view.choose(more["llopis"])
    kept = page.state()
    made = PortfolioPage(desk)  # as after a change of language
    qtbot.addWidget(made)
    made.show()
    made.show_ref(Ref("portfolio"))
    made.restore(kept)
    shown(qtbot, made, "Comestibles Llopis")
    assert made.tabs.key == "due"
    qtbot.waitUntil(lambda: made.view.current_id == more["llopis"])


def test_an_empty_portfolio_offers_the_two_ways_to_begin(qtbot, desk, database, more, company):
    with database.write() as session:
        for account in session.scalars(select(Account)):
            account.removed_at = NOW
    made = PortfolioPage(desk)
    qtbot.addWidget(made)
    made.show()
    made.show_ref(Ref("portfolio"))
    qtbot.waitUntil(lambda: "Your portfolio is empty" in words(made.body))
    assert "Import a list" in words(made.body)
    assert "New customer" in words(made.body)


def test_the_table_passes_qts_own_model_tester(qtmodeltester, page):
    qtmodeltester.check(page.model)
