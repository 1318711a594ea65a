"""The portfolio's views, filters, bulk deeds, export, map and cells, as a person uses them."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import openpyxl
import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, QRectF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QPolygonF
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton
from shiboken6 import isValid
from sqlalchemy import select

from app.models.account import Account, Site
from app.models.activity import Activity
from app.models.base import now
from app.models.history import Receivable
from app.models.route import RouteStop
from app.services import undo
from app.services.list_rules import Rule
from app.views.portfolio.list_page import PortfolioPage
from app.views.portfolio.map_view import AreaMap
from app.views.widgets.page import Ref
from tests.views.desks import NOW, TODAY, cells, idle, press, typed, words

KEY = Qt.Key


@pytest.fixture
def more(database, company):
    """Three more customers in three towns, one of them visited last week."""
    with database.write() as session:
        made = [
            Account(name=name, owner_id=company.user, grade=grade, kind="customer")
            for name, grade in (("Bar Alcoi", "B"), ("Bar Gandia", "A"), ("Bar Sueca", "C"))
        ]
        session.add_all(made)
        session.flush()
        for account, city, lat, lon in zip(
            made, ("Alcoi", "Gandia", "Sueca"), (38_698_000, 38_967_000, 39_203_000),
            (-474_000, -181_000, -311_000), strict=True,
        ):  # fmt: skip
            session.add(Site(account_id=account.id, city=city, lat_e6=lat, lon_e6=lon))
        session.add(
            Activity(kind="visit", state="done", account_id=made[1].id, owner_id=company.user,
                     done_at=NOW - timedelta(days=7))
        )  # fmt: skip
        return {account.name.split()[1].lower(): account.id for account in made}


def opened(qtbot, desk) -> PortfolioPage:
    made = PortfolioPage(desk)
    qtbot.addWidget(made)
    made.resize(1158, 716)
    desk.tasks.changed.connect(made.refresh)
    made.show()
    made.activateWindow()
    made.show_ref(Ref("portfolio"))
    qtbot.waitUntil(lambda: made.model.rowCount() > 0)
    idle(qtbot, desk)
    return made


@pytest.fixture
def page(qtbot, desk, more):
    return opened(qtbot, desk)


def shown(qtbot, page, *wanted: str) -> None:
    def names() -> list[str]:
        return sorted(row[0].split(",")[0] for row in cells(page.view))

    qtbot.waitUntil(lambda: names() == sorted(wanted))


def tabs(page) -> list[str]:
    return [page.tabs.tabText(n) for n in range(page.tabs.count())]


# views


def saved(qtbot, page, name: str) -> None:
    page.views.ask_new()
    typed(page.views.layer.field.editor, name)
    press(KEY.Key_Return)
    qtbot.waitUntil(lambda: page.views.current is not None and page.views.current.title == name)
    idle(qtbot, page.desk)


def test_a_view_is_saved_chosen_renamed_and_removed(qtbot, page):
    qtbot.mouseClick(page.filters.quick["A"], Qt.MouseButton.LeftButton)
    shown(qtbot, page, "Bar Gandia", "Restaurante El Socarrat")
    saved(qtbot, page, "Mis A")
    qtbot.waitUntil(lambda: "Mis A 2" in tabs(page))
    page.tabs.choose("all")
    qtbot.waitUntil(lambda: page.model.rowCount() == 4)
    assert not page.filters.narrow, "its filters go with it"
    page.tabs.choose(page.views.own[0].key)
    shown(qtbot, page, "Bar Gandia", "Restaurante El Socarrat")
    page.views.ask_name()
    typed(page.views.layer.field.editor, "Las A")
    press(KEY.Key_Return)
    qtbot.waitUntil(lambda: any(text.startswith("Las A") for text in tabs(page)))
    with qtbot.waitSignal(page.toast_requested) as said:
        page.views.remove()
    qtbot.waitUntil(lambda: len(tabs(page)) == 5)
    assert said.args[0] == "View “Las A” removed"
    said.args[1]()
    qtbot.waitUntil(lambda: any(text.startswith("Las A") for text in tabs(page)))


def test_a_view_needs_a_name_of_its_own(qtbot, page):
    saved(qtbot, page, "Costa")
    page.views.ask_new()
    typed(page.views.layer.field.editor, "Costa")
    press(KEY.Key_Return)
    layer = page.views.layer
    qtbot.waitUntil(lambda: bool(layer.field.error))
    assert "already" in layer.field.error
    press(KEY.Key_Escape)


def test_what_was_shown_is_there_again_after_a_restart(qtbot, desk, page):
    page.tabs.choose("due")
    page.filters.quick["A"].click()
    page.view.ask_sort("-name")
    page.views.choose_columns()
    page.views.layer.boxes["phone"].click()
    press(KEY.Key_Escape)

    def kept() -> bool:
        return not (page.views._remember.isActive() or page.views._write.isActive())

    qtbot.waitUntil(kept)
    idle(qtbot, desk)
    again = opened(qtbot, desk)
    qtbot.waitUntil(lambda: again.tabs.key == "due" and again.filters.quick["A"].isChecked())
    assert again.view.sorted_by == "-name"
    assert "phone" in again.view.shown_keys()
    again.tabs.choose("all")
    assert "phone" not in again.view.shown_keys(), "columns are each view's own"


def test_the_menu_of_views_offers_what_can_be_done(qtbot, page):
    assert [a.text() for a in page.views.menu().actions() if a.text()] == [
        "Save as a view…", "Export the list…", "Import a list…",
    ]  # fmt: skip
    saved(qtbot, page, "Costa")
    offered = [a.text() for a in page.views.menu().actions() if a.text()]
    assert offered[1:4] == ["Keep the filters in this view", "Rename the view…", "Remove the view"]
    page.filters.quick["A"].click()
    page.views.keep_filters()
    idle(qtbot, page.desk)
    assert page.views.current.content["quick"] == ["A"]


# filters


def test_rules_are_put_together_in_a_layer_and_stand_first_as_chips(qtbot, page):
    qtbot.mouseClick(page.filters.more, Qt.MouseButton.LeftButton)
    [rule] = page.filters.layer.rows
    rule.field.setCurrentIndex(rule.field.findData("city"))
    rule.operator.setCurrentIndex(rule.operator.findData("is"))
    typed(rule.typed, "gandia")
    page.filters.layer.add(Rule("last_visit", "within", "30"))
    press(KEY.Key_Return, Qt.KeyboardModifier.ControlModifier)
    shown(qtbot, page, "Bar Gandia")
    first, second = page.filters.row._in_order()[:2]
    assert (first.text(), second.text()) == ("Town is gandia", "Last visit in the last 30 days")
    qtbot.mouseClick(first, Qt.MouseButton.LeftButton)
    assert page.filters.rules == (Rule("last_visit", "within", "30"),)
    assert page.escape(), "Esc clears the filters"
    qtbot.waitUntil(lambda: page.model.rowCount() == 4)
    assert not page.escape()


def test_a_value_that_cannot_be_used_is_said_in_its_row(qtbot, page):
    page.filters.ask()
    [rule] = page.filters.layer.rows
    rule.field.setCurrentIndex(rule.field.findData("sales"))
    typed(rule.typed, "mucho")
    page.filters.layer.apply()
    assert rule.problem.text() == "A number is needed here."
    assert page.filters.layer.isVisible()
    rule.field.setCurrentIndex(rule.field.findData("starred"))
    assert rule.value.isHidden(), "yes and no need no value"
    page.filters.layer.close_layer()


def test_chips_say_how_many_and_those_without_room_wait_in_the_layer(qtbot, page):
    qtbot.waitUntil(lambda: page.filters.quick["A"].accessibleName() == "Customer A 2")
    page.resize(620, 716)
    hidden = [chip.text() for chip in page.filters.row.hidden]
    assert "Customer C" in hidden
    page.filters.ask()
    twin = next(
        b for b in page.filters.layer.findChildren(type(page.filters.quick["C"]))
        if b.text() == "Customer C"
    )  # fmt: skip
    twin.click()
    shown(qtbot, page, "Bar Sueca")
    page.filters.layer.close_layer()


def test_the_empty_list_says_which_filter_to_take_away(qtbot, page):
    page.filters.set(("A",), (Rule("city", "is", "alcoi"),))
    page.filters.changed.emit()
    qtbot.waitUntil(lambda: "Without" in words(page.body))
    assert "Without Town is alcoi there would be 2." in words(page.body)


# many at once


def chosen(page, more, *names: str) -> list[str]:
    ids = [more[name] for name in names]
    page.view.select_ids(ids)
    return ids


def accounts_of(database, ids):
    with database.read() as session:
        return [session.get(Account, id_) for id_ in ids]


def test_the_bar_comes_with_the_second_row_and_esc_sends_it_away(qtbot, page, more):
    chosen(page, more, "alcoi")
    assert page.bulk.bar.isHidden()
    chosen(page, more, "alcoi", "sueca")
    assert page.bulk.bar.isVisible()
    assert page.bulk.bar.count.text() == "2 selected"
    assert page.escape()
    assert page.bulk.bar.isHidden()


def test_two_are_starred_with_one_deed_and_one_way_back(qtbot, page, more, database):
    ids = chosen(page, more, "alcoi", "sueca")
    with qtbot.waitSignal(page.toast_requested) as said:
        qtbot.mouseClick(page.bulk.starring, Qt.MouseButton.LeftButton)
    assert said.args == ["2 customers starred", True]
    assert all(account.starred for account in accounts_of(database, ids))
    with database.write() as session:
        undo.take_back(session, now=now())
    assert not any(account.starred for account in accounts_of(database, ids))


def test_two_get_a_frequency_and_what_is_none_is_refused(qtbot, page, more, database):
    ids = chosen(page, more, "alcoi", "sueca")
    actions = {action.text(): action for action in page.bulk.menu().actions()}
    actions["Days between visits…"].trigger()
    layer = page.bulk.layer
    typed(layer.field.editor, "400")
    layer.button.click()
    qtbot.waitUntil(lambda: bool(layer.field.error))
    typed(layer.field.editor, "14")
    layer.button.click()
    qtbot.waitUntil(lambda: [a.visit_every_days for a in accounts_of(database, ids)] == [14, 14])
    idle(qtbot, page.desk)
    assert not isValid(layer) or not layer.isVisible()


def test_two_get_a_tag_and_a_segment(qtbot, page, more, database, company):
    ids = chosen(page, more, "alcoi", "sueca")
    page.bulk.ask_tag()
    typed(page.bulk.layer.field.editor, "feria")
    press(KEY.Key_Return)
    qtbot.waitUntil(lambda: all(a.tags == {"feria"} for a in accounts_of(database, ids)))
    page.bulk.layer = None
    page.bulk.ask_segment()
    qtbot.waitUntil(lambda: page.bulk.layer is not None)
    page.bulk.layer.button.click()
    qtbot.waitUntil(
        lambda: all(a.segment_id == company.segment for a in accounts_of(database, ids))
    )
    idle(qtbot, page.desk)


def test_the_key_of_the_route_puts_the_row_on_it(qtbot, page, more, database):
    page.view.setFocus()
    page.view.choose(more["sueca"])
    with qtbot.waitSignal(page.toast_requested) as said:
        QTest.keyClick(page.view, KEY.Key_A)
    assert said.args == ["1 customer added to today's route", True]
    with database.read() as session:
        assert session.scalars(select(RouteStop.account_id)).all() == [more["sueca"]]


# cells


def test_a_frequency_is_written_into_its_cell(qtbot, page, more, database):
    page.views.choose_columns()
    page.views.layer.boxes["frequency"].click()
    page.views.layer.close_layer()
    column = page.model.column("frequency")
    at = page.model.row_of(more["alcoi"])
    qtbot.waitUntil(lambda: page.model.index(at, column).data() == "30 days")
    page.view.written.emit(more["alcoi"], "frequency", "a menudo")
    assert page.model.index(at, column).data() == "a menudo"
    assert page.foot.problem.text() == "A number of days is needed here, such as 28."
    page.view.written.emit(more["alcoi"], "frequency", "21")
    qtbot.waitUntil(lambda: page.model.index(at, column).data() == "21 days")
    assert page.foot.problem.isHidden()
    [account] = accounts_of(database, [more["alcoi"]])
    assert account.visit_every_days == 21


# export


def test_what_is_shown_is_exported(qtbot, page, tmp_path):
    page.filters.quick["A"].click()
    shown(qtbot, page, "Bar Gandia", "Restaurante El Socarrat")
    path = tmp_path / "cartera.xlsx"
    page.bulk.strip.ask = lambda _over, _name: path
    with qtbot.waitSignal(page.toast_requested) as said:
        page.bulk.export_list()
    assert said.args[0] == "2 customers in cartera.xlsx"
    assert page.bulk.strip.isHidden()
    rows = list(openpyxl.load_workbook(path).active.iter_rows(values_only=True))
    assert rows[0] == (
        "Customer", "State", "Last visit", "12 months", "Sales", "Overdue", "Sync mark",
    )  # fmt: skip
    assert [row[0] for row in rows[1:]] == ["Bar Gandia", "Restaurante El Socarrat"]
    assert rows[1][2].date() == TODAY - timedelta(days=7)


def test_an_export_is_given_up_and_thinking_better_of_it_does_nothing(qtbot, page, tmp_path):
    page.bulk.strip.ask = lambda _over, _name: None
    page.bulk.export_list()
    assert page.bulk.strip.isHidden()
    path = tmp_path / "cartera.csv"
    page.bulk.strip.ask = lambda _over, _name: path
    page.bulk.export_list()
    page.bulk.strip.give_up()
    qtbot.waitUntil(page.bulk.strip.isHidden)
    idle(qtbot, page.desk)
    assert not list(tmp_path.glob("*.part"))


# map


def test_the_map_shows_the_list_and_a_rectangle_selects_in_both(qtbot, page, more):
    qtbot.mouseClick(page.switch.as_map, Qt.MouseButton.LeftButton)
    map_ = page.map.map
    qtbot.waitUntil(lambda: len(map_.ids) == 4)
    qtbot.waitUntil(lambda: "4 on the map" in words(page.map))
    assert page.body.currentWidget() is page.map
    page.map.pick.click()
    corner = QPoint(map_.width() - 2, map_.height() - 2)
    QTest.mousePress(map_, Qt.MouseButton.LeftButton, pos=QPoint(1, 1))
    QTest.mouseMove(map_, corner)
    QTest.mouseRelease(map_, Qt.MouseButton.LeftButton, pos=corner)
    assert sorted(page.view.selected_ids()) == sorted(page.model.ids)
    assert page.bulk.bar.isVisible()
    page.filters.quick["C"].click()
    qtbot.waitUntil(lambda: map_.ids == [more["sueca"]])
    qtbot.mouseClick(page.switch.as_list, Qt.MouseButton.LeftButton)
    assert page.body.currentWidget() is page.view


def test_a_click_looks_and_a_second_one_opens(qtbot, page, more):
    page.switch.as_map.click()
    map_ = page.map.map
    qtbot.waitUntil(lambda: len(map_.ids) == 4)
    at = map_.ids.index(more["sueca"])
    spot = QPointF(*map_.pixels()[at]).toPoint()
    QTest.mouseClick(map_, Qt.MouseButton.LeftButton, pos=spot)
    assert page.view.current_id == more["sueca"]
    with qtbot.waitSignal(page.open_requested) as asked:
        QTest.mouseClick(map_, Qt.MouseButton.LeftButton, pos=spot)
    assert asked.args[0] == Ref("customer", more["sueca"])


def test_many_are_clusters_that_are_looked_into(qtbot):
    map_ = AreaMap()
    qtbot.addWidget(map_)
    map_.resize(600, 400)
    here = [(f"{n:032x}", 39_000_000 + n, -500_000) for n in range(20_000)]
    map_.show_places([*here, ("there", 39_400_000, -300_000)], fit=True)
    groups = map_.clusters()
    assert max(len(members) for _middle, members in groups) >= 10_000
    assert sum(len(members) for _middle, members in groups) == 20_001
    middle = max(groups, key=lambda group: len(group[1]))[0]
    before = map_._metres
    assert map_._pin_at(middle) == ""
    assert map_._metres < before, "a cluster is looked into"
    map_.show_places(here[:1], fit=True)
    assert map_.inside(QPolygonF(QRectF(0, 0, 600, 400))) == [here[0][0]]
    map_.grab()
    map_.show_places([], fit=True)
    assert map_.clusters() == []


def test_a_line_drawn_around_some_chooses_them_and_no_others(qtbot):
    map_ = AreaMap()
    qtbot.addWidget(map_)
    map_.resize(600, 600)
    map_.show()
    map_.show_places(
        [(name, 39_000_000 + lat, -500_000 + lon) for name, lat, lon in (
            ("west", 0, -200_000), ("middle", 0, 0), ("east", 0, 200_000),
        )], fit=True,
    )  # fmt: skip
    west, middle, east = (QPointF(*spot) for spot in map_.pixels())
    far = (east.x() - west.x()) / 4
    around = [  # a triangle whose box holds the east too, but whose inside does not
        west + QPointF(-far, -far), middle + QPointF(far, -far / 2),
        east + QPointF(far, 2 * far), west + QPointF(-far, 2 * far),
    ]  # fmt: skip
    map_.picking = True
    QTest.mousePress(map_, Qt.MouseButton.LeftButton, pos=around[0].toPoint())
    for corner in around[1:]:
        QTest.mouseMove(map_, corner.toPoint())
    with qtbot.waitSignal(map_.area_chosen) as said:
        QTest.mouseRelease(map_, Qt.MouseButton.LeftButton, pos=around[0].toPoint())
    assert said.args[0] == ["west", "middle"]


def test_a_dropped_file_is_imported(qtbot, page, tmp_path):
    content = QMimeData()
    content.setUrls([QUrl.fromLocalFile(str(tmp_path / "lista.xlsx"))])
    given = (Qt.DropAction.CopyAction, content, Qt.MouseButton.LeftButton,
             Qt.KeyboardModifier.NoModifier)  # fmt: skip
    QApplication.sendEvent(page.body, QDragEnterEvent(QPoint(8, 8), *given))
    with qtbot.waitSignal(page.open_requested) as asked:
        QApplication.sendEvent(page.body, QDropEvent(QPointF(8, 8), *given))
    assert asked.args[0].options == {"file": str(tmp_path / "lista.xlsx")}


# the new customer


def test_an_address_is_placed_and_a_click_sets_the_pin(qtbot, page, database):
    page.add()
    layer = page.new_layer
    typed(layer.line("name"), "Bar del Puerto")
    typed(layer.line("postcode"), "46800")
    qtbot.waitUntil(lambda: bool(layer.map.pins), timeout=30_000)  # reads the tables of postcodes
    assert "Val" in layer.line("province").text()
    assert layer.map.place is None
    qtbot.mouseClick(layer.map, Qt.MouseButton.LeftButton, pos=QPoint(30, 30))
    assert layer.map.place is not None
    with qtbot.waitSignal(layer.added, timeout=30_000) as added:
        layer.button.click()
    with database.read() as session:
        site = session.scalars(select(Site).where(Site.account_id == added.args[0])).one()
    assert (site.lat_e6, site.lon_e6) == layer.map.place
    assert site.position_quality == "exact"


def test_another_one_of_the_same_name_is_another_one(qtbot, page):
    page.add()
    layer = page.new_layer
    typed(layer.line("name"), "bar alcoi")
    qtbot.waitUntil(layer.twin.isVisible)
    qtbot.mouseClick(layer.other_twin, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(layer.twin.isHidden)
    layer.layer.close_layer()


def test_a_prospect_is_qualified_from_the_quick_look(qtbot, page, more, database):
    with database.write() as session:
        session.get(Account, more["sueca"]).kind = "prospect"
    page.view.setFocus()
    page.view.choose(more["sueca"])
    press(KEY.Key_Space)
    qtbot.waitUntil(lambda: "Not qualified yet" in words(page.peek))
    next(b for b in page.peek.findChildren(QPushButton) if b.text() == "Qualify").click()
    layer = page.bulk.lead
    fields = layer.fields.form.fields
    fields["lead_interest"].editor.setCurrentIndex(4)
    fields["lead_fit"].editor.setCurrentIndex(3)
    assert layer.fields.score.text() == "5/12"
    assert fields["lead_reason"].isHidden()
    fields["lead_state"].show_value("discarded")
    layer.button.click()
    qtbot.waitUntil(lambda: bool(fields["lead_reason"].error))
    typed(fields["lead_reason"].editor, "Cierra en enero")
    with qtbot.waitSignal(page.toast_requested) as said:
        layer.button.click()
    assert said.args == ["Bar Sueca qualified", True]
    qtbot.waitUntil(lambda: "5/12 · Discarded" in words(page.peek))


def test_a_burst_of_news_is_shown_a_few_times_at_most(qtbot, page, desk, database, company):
    shown_again = []
    page.model.modelReset.connect(lambda: shown_again.append(1))
    for n in range(30):
        with database.write() as session:
            session.add(Account(name=f"Bar Nuevo {n:02d}", owner_id=company.user))
    qtbot.waitUntil(lambda: page.model.rowCount() == 34)
    idle(qtbot, desk)
    assert len(shown_again) < 15


def test_the_customer_sees_no_figures_of_anybody(qtbot, page, desk, more, database):
    with database.write() as session:
        session.add(
            Receivable(account_id=more["sueca"], number="F-1", due_on=TODAY - timedelta(days=3),
                       pending=Decimal("50.25"), amount=Decimal(60))
        )  # fmt: skip
    page.view.setFocus()
    page.view.choose(more["sueca"])
    press(KEY.Key_Space)
    qtbot.waitUntil(lambda: "€50.25 overdue" in words(page.peek))
    desk.customer_mode.switch(on=True)
    assert page.view.shown_keys() == ["name", "state", "visit", "mark"]
    assert page.filters.quick["risk"].isHidden()
    qtbot.waitUntil(lambda: "overdue" not in words(page.peek))
    page.filters.ask()
    fields = page.filters.layer.rows[0].field
    assert fields.findData("sales") == -1
    page.filters.layer.close_layer()
    desk.customer_mode.switch(on=False)
    assert "sales" in page.view.shown_keys()
    idle(qtbot, desk)
