"""Today's other states: customer mode, first use, a part that fails, midnight, wide, by hand."""

from __future__ import annotations

from datetime import timedelta

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QScrollArea
from sqlalchemy import select

from app import i18n
from app.models.account import Account
from app.models.activity import Activity
from app.models.sync_state import SyncRun
from app.services import alerts, door, follow_ups, visits
from app.views.today.page import TodayPage
from app.views.widgets.button import Button
from app.views.widgets.page import Ref
from tests.services.records import TODAY, at, customer, debt
from tests.views.desks import idle, press, typed, words
from tests.views.looking import clipped
from tests.views.rounds import Heard, accepted, alive, key, one, towns


@pytest.fixture
def page(qtbot, desk, clock):
    clock.set(8)
    return alive(qtbot, TodayPage(desk), Ref("today"))


@pytest.fixture
def visit(database, company):
    with database.write() as session:
        return visits.plan(session, company.account, at=at(9)).id


def test_while_the_customer_looks_nobody_else_is_seen(qtbot, database, company, visit, page):
    with database.write() as session:
        debt(session, company.account, TODAY - timedelta(days=41), "1086.69")
        visits.plan(session, customer(session, company, "Bar Núñez", city="Canals"), at=at(11))
        visits.start(session, visit, now=at(8))
    qtbot.waitUntil(lambda: "€1,086.69 overdue" in words(page.hero))
    assert page.split.side.isVisible()
    page.desk.customer_mode.switch(on=True)
    qtbot.waitUntil(lambda: "Restaurante El Socarrat" in words(page))
    said = words(page)
    for hidden in ("1,086.69", "Bar Núñez", "Customer A", "Pending"):
        assert hidden not in said
    key(page, Qt.Key.Key_1)
    qtbot.waitUntil(lambda: "Customer mode is on" in words(page.hero))
    assert "Bar Núñez" not in words(page), "the next customer is not this one's business"
    page.desk.customer_mode.switch(on=False)
    qtbot.waitUntil(lambda: "Bar Núñez" in words(page.hero))


def test_an_empty_portfolio_begins_with_an_import(qtbot, database, company, page):
    with database.write() as session:
        session.get(Account, company.account).removed_at = at(7)
    page.show_ref(Ref("today"))
    qtbot.waitUntil(lambda: "Begin with your customers" in words(page.hero))
    heard = Heard(page)
    for name in ("Import your portfolio", "Add your first customer"):
        next(b for b in page.hero.findChildren(object) if _named(b, name)).click()
    assert [ref.screen for ref in heard.opened] == ["import", "portfolio"]
    assert heard.opened[1].options == {"new": True}


def _named(part, name):
    return hasattr(part, "click") and part.isVisible() and part.text() == name


def test_a_part_that_fails_says_so_alone_and_tries_again(
    qtbot, database, visit, page, monkeypatch, caplog
):
    work, faults = alerts.pending, [RuntimeError("broken")]

    def once_broken(*args):
        if faults:
            raise faults.pop()
        return work(*args)

    monkeypatch.setattr(alerts, "pending", once_broken)
    page.show_ref(Ref("today"))
    block = page.pending_card.block
    qtbot.waitUntil(block.problem.isVisible)
    idle(qtbot, page.desk)
    assert block.words.text() == "This could not be worked out."
    qtbot.waitUntil(lambda: "Restaurante El Socarrat" in words(page.hero))
    block.retry.click()
    qtbot.waitUntil(block.content.isVisible)
    assert not block.problem.isVisible()
    assert "A task failed" in caplog.text


def test_without_its_facts_the_card_still_logs_the_visit(
    qtbot, database, visit, page, monkeypatch, caplog
):
    work, faults = door.at, [RuntimeError("broken")]

    def once_broken(*args):
        if faults:
            raise faults.pop()
        return work(*args)

    monkeypatch.setattr(door, "at", once_broken)
    page.show_ref(Ref("today"))
    qtbot.waitUntil(lambda: "This could not be worked out." in words(page.hero))
    assert page.hero.can_log
    next(b for b in page.hero.findChildren(object) if _named(b, "Retry")).click()
    qtbot.waitUntil(lambda: "This could not be worked out." not in words(page.hero))
    qtbot.waitUntil(lambda: "First visit" in words(page.hero))
    assert "A task failed" in caplog.text


def test_a_visit_that_goes_on_past_midnight_stays_on_the_card(qtbot, database, visit, page, clock):
    with database.write() as session:
        visits.start(session, visit, now=at(23, 10))
    tomorrow = TODAY + timedelta(days=1)
    clock.set(0, 20, day=tomorrow)
    page.show_ref(Ref("today"))
    qtbot.waitUntil(lambda: "VISITING SINCE THU 19 NOV, 23:10" in words(page.hero))
    key(page, Qt.Key.Key_1)
    qtbot.waitUntil(lambda: one(database, Activity, visit).state == "done")
    qtbot.waitUntil(lambda: "DONE" in words(page.hero))


def test_v_on_a_row_asks_how_that_visit_went(qtbot, database, company, visit, page):
    heard = Heard(page)
    with database.write() as session:
        other = customer(session, company, "Bar Núñez", city="Canals")
        later = visits.plan(session, other, at=at(11)).id
    qtbot.waitUntil(lambda: [row.isVisible() for row in page.list.rows] == [True, True])
    page.list.rows[1].setFocus()
    assert page.account == other
    assert page.act("visit")
    assert "How did it go with Bar Núñez?" in words(page.outcomes.asking)
    press(Qt.Key.Key_1)
    qtbot.waitUntil(lambda: one(database, Activity, later).outcome == "order")
    qtbot.waitUntil(lambda: bool(heard.toasts))
    assert one(database, Activity, visit).state == "planned"


def test_space_looks_at_the_customer_and_enter_opens_it(qtbot, visit, company, page):
    heard = Heard(page)
    qtbot.waitUntil(lambda: [row.isVisible() for row in page.list.rows] == [True])
    page.list.rows[0].setFocus()
    press(Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: page.layer is not None)
    assert "Vicent Sanchis" in words(page.layer)
    press(Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: heard.opened == [Ref("customer", company.account)])


def test_a_fact_leads_to_its_reason(qtbot, database, company, visit, page):
    heard = Heard(page)
    with database.write() as session:
        debt(session, company.account, TODAY - timedelta(days=41), "1086.69")
    qtbot.waitUntil(lambda: "€1,086.69 overdue" in words(page.hero))
    see = next(
        b for b in page.hero.findChildren(object)
        if hasattr(b, "click") and b.accessibleName() == "See: €1,086.69 overdue"
    )  # fmt: skip
    see.click()
    assert heard.opened == [Ref("customer", company.account, "sales")]


def test_from_six_on_the_day_can_be_closed_with_visits_left(qtbot, visit, page, clock):
    qtbot.waitUntil(lambda: "Restaurante El Socarrat" in words(page.hero))
    assert "Close the day" not in words(page.hero)
    clock.set(18, 5)
    page.show_ref(Ref("today"))
    qtbot.waitUntil(lambda: "Close the day" in words(page.hero))
    next(b for b in page.hero.findChildren(object) if _named(b, "Close the day")).click()
    qtbot.waitUntil(lambda: page.layer is not None)
    assert "Fri 20 Nov: nothing planned yet" in words(page.layer)


# pending


def rows(page):
    return {row.item.rule: row for row in page.pending_card.list.rows if row.isVisible()}


def test_a_rule_is_named_switched_off_and_on_again(qtbot, database, company, page):
    heard = Heard(page)
    with database.write() as session:
        debt(session, company.account, TODAY - timedelta(days=41), "1086.69")
    qtbot.waitUntil(lambda: "overdue" in rows(page))
    row = rows(page)["overdue"]
    menu = [action.text() for action in row.menu().actions()]
    assert menu[0] == "Rule: An invoice is 7, 15 or 30 days late"
    assert menu[-1] == "Don't tell me this again"
    row.menu().actions()[-1].trigger()
    qtbot.waitUntil(lambda: not rows(page))
    assert page.desk.settings.muted_rules == ["overdue"]
    page.pending_card.all_button.click()
    layer = page.pending_card.layer
    assert "Rules that are switched off" in words(layer)
    next(b for b in layer.findChildren(object) if _named(b, "Switch on")).click()
    qtbot.waitUntil(lambda: "overdue" in rows(page))
    rows(page)["overdue"].menu().actions()[-1].trigger()
    qtbot.waitUntil(lambda: not rows(page))
    heard.undo()
    qtbot.waitUntil(lambda: "overdue" in rows(page))
    idle(qtbot, page.desk)


def test_what_a_rule_found_is_put_off_on_this_computer(qtbot, database, company, page, clock):
    heard = Heard(page)
    with database.write() as session:
        debt(session, company.account, TODAY - timedelta(days=41), "1086.69")
    qtbot.waitUntil(lambda: "overdue" in rows(page))
    rows(page)["overdue"].setFocus()
    press(Qt.Key.Key_A)
    press(Qt.Key.Key_2)
    qtbot.waitUntil(lambda: not rows(page))
    assert heard.toasts[-1][0] == "Put off until Mon 23 Nov: Restaurante El Socarrat"
    clock.set(8, day=TODAY + timedelta(days=4))
    page.show_ref(Ref("today"))
    qtbot.waitUntil(lambda: "overdue" in rows(page))


def test_a_task_is_noted_by_hand_and_undone(qtbot, database, page):
    heard = Heard(page)
    page.show_ref(Ref("today", options={"new": "task"}))
    layer = page.pending_card.layer
    press(Qt.Key.Key_Return)
    assert "Write what is to be done." in words(layer)
    typed(layer.title, "Buy paper")
    press(Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: "Buy paper" in words(page.pending_card))
    assert heard.toasts[-1][0] == "Task noted for Thu 19 Nov"
    with database.read() as session:
        task = session.scalars(select(Activity).where(Activity.kind == "task")).one()
    assert (task.due_on, task.title, task.rule) == (TODAY, "Buy paper", "")
    heard.undo()
    qtbot.waitUntil(lambda: "Buy paper" not in words(page.pending_card))


def test_a_task_put_off_to_a_chosen_day_leaves_the_list(qtbot, database, page):
    with database.write() as session:
        task = follow_ups.add_task(session, "Buy paper", due_on=TODAY)
    qtbot.waitUntil(lambda: list(rows(page)) == ["task"])
    page.pending_card.list.rows[0].setFocus()
    press(Qt.Key.Key_A)
    press(Qt.Key.Key_3)
    layer = page.pending_card.layer
    typed(layer.day, "+7")
    press(Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: one(database, Activity, task).due_on == TODAY + timedelta(days=7))
    qtbot.waitUntil(lambda: not page.pending_card.list.rows)


# where there is room


def test_a_wide_window_tells_news_and_who_is_on_the_way(qtbot, database, company, desk, clock):
    towns(database, company)
    route = accepted(database)
    with database.write() as session:
        near = customer(session, company, "Bar Nou", city="Annauir")
        for n in range(2):
            session.add(
                SyncRun(
                    started_at=at(7, n), ended_at=at(7, n + 1), received=31,
                    receipt={"price_list_line": {"received": 31}},
                )
            )  # fmt: skip
    clock.set(8)
    page = alive(qtbot, TodayPage(desk), Ref("today"), size=(1700, 980))
    qtbot.waitUntil(lambda: "31 prices changed" in words(page))
    assert "received today, 7:02" in words(page)
    qtbot.waitUntil(lambda: "Bar Nou" in words(page.wide))
    heard = Heard(page)
    add = next(
        b for b in page.wide.findChildren(object)
        if hasattr(b, "click") and b.accessibleName() == "Add Bar Nou to the route"
    )  # fmt: skip
    add.click()
    qtbot.waitUntil(lambda: len(page.list.rows) == len(route) + 1)
    assert near in {row.visit.account_id for row in page.list.rows}
    qtbot.waitUntil(lambda: bool(heard.toasts))
    assert heard.toasts[-1][0] == "Bar Nou is on the route"


@pytest.mark.parametrize("language", ["en", "es", "xx"])
def test_late_in_the_evening_all_that_can_be_done_has_room(qtbot, desk, visit, clock, language):
    i18n.use(language)
    clock.set(18, 30)
    page = alive(qtbot, TodayPage(desk), Ref("today"), size=(1140, 716))
    qtbot.waitUntil(lambda: len(page.hero.findChildren(Button)) >= 7)
    idle(qtbot, desk)
    areas = [area for area in page.findChildren(QScrollArea) if area.isVisible()]
    assert areas
    for area in areas:
        qtbot.waitUntil(lambda area=area: area.widget().width() <= area.viewport().width())
    assert clipped(page) == []


def test_a_narrow_window_keeps_the_side_behind_a_button(qtbot, desk, visit, clock):
    page = alive(qtbot, TodayPage(desk), Ref("today"), size=(1060, 640))
    assert page.split.is_drawer
    assert not page.pending_card.isVisible()
    page.split.button.click()
    assert page.pending_card.isVisible()
