"""Today: the card of each situation, one key for a visit, the lists, and the way back."""

from datetime import date, timedelta

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from sqlalchemy import select

from app import i18n
from app.models.account import Account
from app.models.activity import Activity, VisitReport
from app.models.route import RoutePlan
from app.services import follow_ups, visits
from app.views.today import lateness
from app.views.today import page as today_page
from app.views.today.page import TodayPage
from app.views.widgets.page import Ref
from tests.services.records import TODAY, at, customer, debt
from tests.views.desks import idle, press, words
from tests.views.looking import clipped, nameless
from tests.views.rounds import Heard, accepted, alive, key, names, on_route, one, towns

OUTCOMES = ("order", "quote", "follow_up", "not_in", "no_interest")


@pytest.fixture
def bars(database, company):
    return towns(database, company)


@pytest.fixture
def round_(database, bars):
    """The visits of an accepted day in their order."""
    return accepted(database)


@pytest.fixture
def page(qtbot, desk, clock):
    clock.set(8)
    return alive(qtbot, TodayPage(desk), Ref("today"))


def shown(page):
    return [row.visit.id for row in page.list.rows]


def reloaded(qtbot, page):
    page.show_ref(Ref("today"))
    idle(qtbot, page.desk)
    qtbot.waitUntil(lambda: bool(words(page.hero)))


def test_before_leaving_it_says_when_to_leave_and_whom_to_see(round_, database, page):
    assert len(round_) >= 4
    assert shown(page) == round_
    assert page.title.text() == "Thursday 19 November"
    assert page.summary.text().startswith(f"{len(round_)} visits · ")
    assert "km · back at " in page.summary.text()
    said = words(page.hero)
    first = page.list.rows[0].visit
    assert "FIRST VISIT · LEAVE AT " in said
    assert first.name in said
    assert "Start the route" in said
    assert "How did it go?" not in said, "nobody is at a door yet"
    assert page.hero.tiles == {}
    assert page.sheet_button.isVisible()


@pytest.mark.parametrize(("number", "outcome"), list(enumerate(OUTCOMES, 1)))
def test_one_key_stores_the_visit(qtbot, database, round_, page, clock, number, outcome):
    heard = Heard(page)
    clock.set(9, 40)
    key(page, Qt.Key(Qt.Key.Key_0 + number))
    qtbot.waitUntil(lambda: page.list.rows[0].visit.outcome == outcome)
    visit = one(database, Activity, round_[0])
    assert (visit.state, visit.outcome, visit.done_at) == ("done", outcome, at(9, 40))
    following = page.list.rows[1].visit.name
    qtbot.waitUntil(lambda: following in words(page.hero))  # the next one is on the card
    if outcome in {"follow_up", "not_in", "no_interest"}:
        qtbot.waitUntil(lambda: page.outcomes.asking is not None)
        press(Qt.Key.Key_Escape)  # what is asked may stay open
    qtbot.waitUntil(lambda: len(heard.toasts) == 1)
    if outcome == "quote":
        assert heard.opened[0].screen == "quote"
        assert heard.opened[0].options["activity"] == round_[0]
    heard.undo()
    qtbot.waitUntil(lambda: page.list.rows[0].visit.state == "next")
    assert one(database, Activity, round_[0]).state == "planned"


def asked(qtbot, page, number):
    """Log the visit of the card and return the question that follows."""
    key(page, Qt.Key(Qt.Key.Key_0 + number))
    qtbot.waitUntil(lambda: page.outcomes.asking is not None)
    return page.outcomes.asking


def test_a_follow_up_asks_only_when(qtbot, database, round_, page):
    heard = Heard(page)
    layer = asked(qtbot, page, 3)
    visit = one(database, Activity, round_[0])
    assert visit.follow_up_on == date(2026, 11, 26), "five working days unless one says otherwise"
    labels = [button.text() for button in layer.buttons.values()]
    assert labels == ["Tomorrow", "3 days", "5 days", "2 weeks"]
    assert layer.buttons["5"].hasFocus()
    press(Qt.Key.Key_1)
    qtbot.waitUntil(lambda: bool(heard.toasts))
    assert heard.toasts[0][0] == "Follow-up on Fri 20 Nov"
    assert one(database, Activity, round_[0]).follow_up_on == date(2026, 11, 20)
    with database.read() as session:
        (task,) = session.scalars(select(Activity).where(Activity.rule == "visit_follow_up"))
    assert task.due_on == date(2026, 11, 20)
    assert page.hasFocus()


def test_no_interest_asks_the_motive_by_one_key(qtbot, database, round_, page):
    heard = Heard(page)
    layer = asked(qtbot, page, 5)
    assert len(layer.buttons) == 6
    press(Qt.Key.Key_4)
    qtbot.waitUntil(lambda: one(database, Activity, round_[0]).motive == "competition")
    assert one(database, Activity, round_[0]).outcome == "no_interest"
    qtbot.waitUntil(lambda: heard.toasts[0][0] == "Visit logged: Competition")


def test_who_was_not_there_gets_a_new_slot(qtbot, database, round_, page):
    heard = Heard(page)
    layer = asked(qtbot, page, 4)
    assert next(iter(layer.buttons.values())).text().startswith("Fri 20 Nov · ")
    press(Qt.Key.Key_1)
    qtbot.waitUntil(lambda: bool(heard.toasts))
    assert heard.toasts[0][0].startswith("Visit planned: Fri 20 Nov, ")
    visit = one(database, Activity, round_[0])
    with database.read() as session:
        (again,) = session.scalars(select(Activity).where(Activity.rule == "revisit"))
        tasks = session.scalars(select(Activity).where(Activity.rule == "visit_follow_up")).all()
    assert (again.account_id, again.about_id) == (visit.account_id, visit.id)
    assert i18n.local(again.planned_at).date() == date(2026, 11, 20)
    assert [task.removed_at is not None for task in tasks] == [True], "the visit takes its place"


def test_a_key_pressed_twice_does_not_log_the_next_visit(qtbot, database, round_, page):
    key(page, Qt.Key.Key_1)
    key(page, Qt.Key.Key_2)
    qtbot.waitUntil(lambda: page.list.rows[0].visit.outcome == "order")
    idle(qtbot, page.desk)
    with database.read() as session:
        done = session.scalars(select(Activity).where(Activity.state == "done")).all()
    assert [(visit.id, visit.outcome) for visit in done] == [(round_[0], "order")]


def test_five_keys_close_the_day_one_after_the_other(qtbot, database, round_, page, clock):
    for n, id_ in enumerate(round_):
        clock.set(9 + n)
        key(page, Qt.Key.Key_1)
        qtbot.waitUntil(lambda id_=id_: one(database, Activity, id_).state == "done")
        idle(qtbot, page.desk)
    qtbot.waitUntil(lambda: "DONE" in words(page.hero))
    said = words(page.hero)
    assert f"{len(round_)} visits · " in said


def test_a_visit_that_cannot_be_logged_says_so_and_the_key_works_again(
    qtbot, database, round_, page
):
    heard = Heard(page)
    page.desk.tasks.changed.disconnect(page.refresh)
    with database.write() as session:
        session.get(Activity, round_[0]).removed_at = at(8)
    key(page, Qt.Key.Key_1)
    qtbot.waitUntil(lambda: bool(heard.failed))
    assert "no longer here" in str(heard.failed[0])
    qtbot.waitUntil(lambda: shown(page) == round_[1:])
    key(page, Qt.Key.Key_1)
    qtbot.waitUntil(lambda: one(database, Activity, round_[1]).state == "done")


def test_enter_starts_the_route_and_then_the_visit(qtbot, database, round_, page, clock):
    key(page, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: "NEXT · " in words(page.hero))
    with database.read() as session:
        route = session.scalars(select(RoutePlan)).one()
    assert (route.state, route.started_at) == ("under_way", at(8))
    clock.set(9, 2)
    key(page, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: "VISITING SINCE 9:02" in words(page.hero))
    assert "Start the visit" not in words(page.hero)
    clock.set(9, 20)
    reloaded(qtbot, page)
    assert "VISITING SINCE 9:02 · 18\xa0MIN" in words(page.hero)
    assert page.list.rows[0].visit.state == "now"


def test_enter_on_a_button_presses_the_button(qtbot, database, round_, page):
    heard = Heard(page)
    page.route_button.setFocus(Qt.FocusReason.TabFocusReason)
    press(Qt.Key.Key_Return)
    assert heard.opened == [Ref("routes", TODAY.isoformat())]
    idle(qtbot, page.desk)
    assert one(database, Activity, round_[0]).state == "planned"


def test_late_says_how_late_and_offers_to_plan_the_rest_anew(qtbot, round_, page, clock):
    heard = Heard(page)
    planned = page.list.rows[0].visit.at
    clock.now = planned + timedelta(minutes=75)
    reloaded(qtbot, page)
    assert "NEXT · 1\xa0H\xa015 LATE" in words(page.hero)
    press_button(page.hero, "Reorder")
    assert heard.opened[0].screen == "routes"
    assert heard.opened[0].options == {"propose": True}


def test_late_one_lets_them_know_in_ones_own_program(
    qtbot, database, company, page, clock, monkeypatch
):
    opened = []
    monkeypatch.setattr(lateness.QDesktopServices, "openUrl", opened.append)
    with database.write() as session:
        session.get(Account, company.account).email = "socarrat@cliente.example"
        visits.plan(session, company.account, at=at(9))
    clock.set(9, 22)
    reloaded(qtbot, page)
    qtbot.waitUntil(lambda: "Call" in words(page.hero))
    press_button(page.hero, "Let them know")
    layer = page.layer
    assert "I will be with you at about 9:30" in layer.words.toPlainText()
    layer.words.appendPlainText("¡Gracias!")
    names_ = [button.text() for button in layer.buttons]
    assert names_ == ["WhatsApp", "Email", "Call"]
    layer.buttons[0].click()
    url = opened[0].toString()
    assert url.startswith("https://wa.me/34962270001?text=Hello")
    assert "Gracias" in url
    assert not layer.isVisible()


def _says(part, name):
    return hasattr(part, "click") and part.isVisible() and part.text() == name


def press_button(page, name):
    next(b for b in page.findChildren(object) if _says(b, name)).click()


def test_whom_one_does_not_visit_goes_off_the_day_and_comes_back(
    qtbot, database, round_, page, clock
):
    heard = Heard(page)
    clock.now = page.list.rows[0].visit.at
    reloaded(qtbot, page)
    press_button(page.hero, "I am not going")
    qtbot.waitUntil(lambda: shown(page) == round_[1:])
    heard.undo()
    qtbot.waitUntil(lambda: shown(page) == round_)


def test_a_done_day_is_closed_with_what_is_left(qtbot, database, round_, page, clock):
    heard = Heard(page)
    with database.write() as session:
        for id_ in round_:
            visits.log(session, id_, outcome="order", now=at(13))
    qtbot.waitUntil(lambda: "DONE" in words(page.hero))
    press_button(page.hero, "Plan tomorrow")
    assert (heard.opened[0].screen, heard.opened[0].options) == ("routes", {"tomorrow": True})
    press_button(page.hero, "Close the day")
    qtbot.waitUntil(lambda: page.layer is not None)
    layer = page.layer
    said = words(layer)
    assert f"{len(round_)} reports to complete" in said
    assert "All expenses have an amount" in said
    assert "Fri 20 Nov: nothing planned yet" in said
    layer.buttons["reports"].click()
    assert heard.opened[-1].screen == "visit"
    assert not layer.isVisible()


def test_the_day_closes_with_things_left_and_that_is_undone(qtbot, database, round_, page):
    heard = Heard(page)
    with database.write() as session:
        for id_ in round_:
            visits.log(session, id_, outcome="order", now=at(13))
    qtbot.waitUntil(lambda: "DONE" in words(page.hero))
    page.primary()
    qtbot.waitUntil(lambda: page.layer is not None)
    press(Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: "DAY CLOSED" in words(page.hero))
    assert heard.toasts[-1][0] == "The day is closed"
    heard.undo()
    qtbot.waitUntil(lambda: "DONE" in words(page.hero))


def test_an_empty_day_offers_a_proposal_and_nothing_that_has_nothing_to_show(page, database):
    heard = Heard(page)
    said = words(page.hero)
    assert "No visits today" in said
    assert "1 customer is due." in said
    assert not page.day_card.isVisible()
    assert not page.sheet_button.isVisible()
    assert [pin.kind for pin in page.map.pins] == ["home"]
    press_button(page.hero, "See the proposal")
    assert heard.opened[0] == Ref("routes", TODAY.isoformat(), options={"propose": True})
    press_button(page.hero, "Choose myself")
    assert heard.opened[1] == Ref("routes", TODAY.isoformat())
    key(page, Qt.Key.Key_1)
    with database.read() as session:
        assert session.scalars(select(Activity)).all() == []


def test_planned_visits_without_a_route_are_a_day_too(qtbot, database, bars, page):
    with database.write() as session:
        late = visits.plan(session, bars["Gandia"], at=at(12)).id
        early = visits.plan(session, bars["Canals"], at=at(9), title="Present the list").id
    qtbot.waitUntil(lambda: shown(page) == [early, late])
    assert page.summary.text().startswith("2 visits · back at ")
    assert not page.sheet_button.isVisible(), "there is no route to print"
    assert page.map.pins[0].kind == "home"
    assert "9:00 Bar de Canals, Canals, Next" in words(page.list)


def test_only_who_has_a_number_can_be_called(qtbot, database, company, bars, page):
    with database.write() as session:
        mute = visits.plan(session, bars["Gandia"], at=at(9)).id
        visits.plan(session, company.account, at=at(10))
    qtbot.waitUntil(lambda: bool(page.list.rows))
    assert "Call" not in words(page.hero).splitlines()
    with database.write() as session:
        visits.cancel(session, mute)
    qtbot.waitUntil(lambda: "Restaurante El Socarrat" in words(page.hero))
    qtbot.waitUntil(lambda: "Call" in words(page.hero).splitlines())


def test_rows_open_move_and_go_by_keys(qtbot, database, round_, page):
    heard = Heard(page)
    page.list.rows[1].setFocus()
    press(Qt.Key.Key_Return)
    assert heard.opened == [Ref("visit", round_[1])]
    press(Qt.Key.Key_Down, Qt.KeyboardModifier.AltModifier)
    swapped = [round_[0], round_[2], round_[1], *round_[3:]]
    qtbot.waitUntil(lambda: on_route(database) == swapped)
    qtbot.waitUntil(lambda: shown(page) == swapped)
    assert page.list.rows[2].hasFocus(), "the row that moved keeps the keyboard"
    press(Qt.Key.Key_Delete)
    qtbot.waitUntil(lambda: len(shown(page)) == len(round_) - 1)
    assert round_[1] not in shown(page)
    heard.undo()
    qtbot.waitUntil(lambda: sorted(shown(page)) == sorted(round_))


def test_without_a_route_moving_a_visit_makes_one(qtbot, database, bars, page):
    with database.write() as session:
        first = visits.plan(session, bars["Canals"], at=at(9)).id
        second = visits.plan(session, bars["Alzira"], at=at(10)).id
    qtbot.waitUntil(lambda: shown(page) == [first, second])
    page.list.rows[0].setFocus()
    press(Qt.Key.Key_Down, Qt.KeyboardModifier.AltModifier)
    qtbot.waitUntil(lambda: shown(page) == [second, first])
    assert on_route(database) == [second, first]


def test_lunch_stands_between_the_visits_and_is_said(round_, page):
    from app.views.today.lists import LunchRow

    plan = page._shown.plan
    assert plan.lunch_at is not None
    lunch = page.list.findChildren(LunchRow)
    assert plan.lunch_after > 0
    assert [row.words for row in lunch] == ["Lunch · 1\xa0h"]


def test_the_route_sheet_is_written_and_opened(qtbot, monkeypatch, round_, page):
    opened = []
    monkeypatch.setattr(today_page, "open_file", opened.append)
    page.sheet_button.click()
    qtbot.waitUntil(lambda: bool(opened))
    assert opened[0].read_bytes().startswith(b"%PDF")
    assert opened[0].name == "route-2026-11-19.pdf"


def test_the_map_and_r_lead_to_the_route(qtbot, round_, page):
    heard = Heard(page)
    key(page, Qt.Key.Key_R)
    QTest.mouseClick(page.map, Qt.MouseButton.LeftButton)
    assert heard.opened == [Ref("routes", TODAY.isoformat())] * 2
    numbers = [pin.number for pin in page.map.pins if pin.kind != "home"]
    assert numbers == list(range(1, len(round_) + 1))


# pending


@pytest.fixture
def to_do(database, company):
    """A visit without a report, a debt, and two tasks."""
    with database.write() as session:
        visit = visits.plan(session, company.account, at=at(9, day=TODAY - timedelta(days=2)))
        visits.log(session, visit.id, outcome="order", now=at(10, day=TODAY - timedelta(days=2)))
        debt(session, company.account, TODAY - timedelta(days=41), "1086.69")
        task = follow_ups.add_task(
            session, "Send the price list", due_on=TODAY, account_id=company.account
        )
        alone = follow_ups.add_task(session, "Buy paper", due_on=TODAY)
    return {"visit": visit.id, "task": task, "alone": alone}


def row_of(page, key_):
    return next(row for row in page.pending_card.list.rows if row.item.key == key_)


def test_pending_says_what_why_and_since_when(to_do, page):
    said = words(page.pending_card)
    assert "Visit without a report" in said
    assert "€1,086.69, 41 days late" in said
    assert page.pending_card.count.words == "4"
    assert not page.pending_card.all_button.isVisible(), "all of it is shown"
    rules = [row for row in page.pending_card.list.rows if not row.is_task]
    assert len(rules) == 2
    assert not any(hasattr(row, "done") for row in rules), "what a rule finds is done by doing it"


def test_a_report_that_is_missing_is_opened(to_do, page):
    heard = Heard(page)
    row_of(page, f"report:{to_do['visit']}").action.click()
    assert heard.opened == [Ref("visit", to_do["visit"])]


def test_space_completes_a_task_and_undo_brings_it_back(qtbot, to_do, page):
    heard = Heard(page)
    task = f"task:{to_do['task']}"
    row_of(page, task).setFocus()
    press(Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: page.pending_card.count.words == "3")
    assert heard.toasts[-1][0] == "Done: Restaurante El Socarrat"
    heard.undo()
    qtbot.waitUntil(lambda: page.pending_card.count.words == "4")


def test_a_puts_a_task_off_until_tomorrow(qtbot, database, to_do, page):
    heard = Heard(page)
    row_of(page, f"task:{to_do['alone']}").setFocus()
    press(Qt.Key.Key_A)
    press(Qt.Key.Key_1)
    tomorrow = TODAY + timedelta(days=1)
    qtbot.waitUntil(lambda: bool(heard.toasts))
    assert one(database, Activity, to_do["alone"]).due_on == tomorrow
    heard.undo()
    qtbot.waitUntil(lambda: one(database, Activity, to_do["alone"]).due_on == TODAY)


def test_more_than_five_are_behind_all(qtbot, database, to_do, page):
    with database.write() as session:
        for n in range(5):
            follow_ups.add_task(session, f"Task {n}", due_on=TODAY)
    qtbot.waitUntil(lambda: page.pending_card.count.words == "9")
    assert len(page.pending_card.list.rows) == 5
    page.pending_card.all_button.click()
    layer = page.pending_card.layer
    assert all(f"Task {n}" in words(layer) for n in range(5))


def test_a_report_that_was_completed_is_no_longer_missing(qtbot, database, to_do, page):
    with database.write() as session:
        visits.complete_report(session, to_do["visit"], now=at(11))
        assert session.scalars(select(VisitReport)).one().completed_at is not None
    qtbot.waitUntil(lambda: page.pending_card.count.words == "3")


@pytest.mark.parametrize("size", [(1140, 716), (1220, 598)])
def test_every_control_has_a_name_and_no_word_is_cut(qtbot, database, company, page, size):
    with database.write() as session:
        id_ = customer(session, company, "Ultramarinos y Vinos Hermanos Garrigues", city="Canals")
        visits.plan(session, id_, at=at(9))
    qtbot.waitUntil(lambda: bool(page.list.rows))
    page.resize(*size)
    idle(qtbot, page.desk)
    qtbot.waitUntil(lambda: clipped(page) == [])
    assert nameless(page) == []


def test_the_day_changes_at_midnight(qtbot, database, bars, page, clock):
    tomorrow = TODAY + timedelta(days=1)
    with database.write() as session:
        visits.plan(session, bars["Alzira"], at=at(9, day=tomorrow))
    clock.set(0, 1, day=tomorrow)
    page._load()  # what the clock of the page does each minute
    qtbot.waitUntil(lambda: page.title.text() == "Friday 20 November")
    assert names(database, shown(page)) == ["Bar de Alzira"]
