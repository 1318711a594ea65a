"""The route of a day: proposed, accepted, changed by hand, and why somebody is not on it."""

from datetime import timedelta

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from sqlalchemy import select

from app.models.activity import Activity
from app.models.route import RoutePlan, RouteStop, WorkingHours
from app.services import routes, visits
from app.views.routes.page import RoutesPage
from app.views.routes.stops import StopRow
from app.views.widgets.page import Ref
from app.views.widgets.picker import Picker
from tests.services.records import TODAY, at, customer
from tests.views.desks import idle, press, typed, words
from tests.views.looking import clipped, nameless
from tests.views.rounds import Heard, accepted, alive, key, names, on_route, one, towns

CONTROL = Qt.KeyboardModifier.ControlModifier
ALT = Qt.KeyboardModifier.AltModifier


@pytest.fixture
def bars(database, company):
    return towns(database, company)


@pytest.fixture
def round_(database, bars):
    return accepted(database)


@pytest.fixture
def page(qtbot, desk, clock):
    clock.set(8)
    return alive(qtbot, RoutesPage(desk), Ref("routes", TODAY.isoformat()))


def order(page):
    return [row.stop.activity_id for row in page.stops.rows]


def times(page):
    return [row.stop.start_s for row in page.stops.rows]


def propose(qtbot, page):
    page.primary()
    qtbot.waitUntil(lambda: page.proposal is not None, timeout=10_000)
    idle(qtbot, page.desk)


def row_of(page, activity_id):
    return next(row for row in page.stops.rows if row.stop.activity_id == activity_id)


def focus(page, activity_id):
    row_of(page, activity_id).setFocus(Qt.FocusReason.TabFocusReason)


# proposing


def test_an_empty_day_says_who_is_due_and_what_one_can_do(bars, page):
    said = words(page)
    assert "No visits on this day" in said
    assert "5 customers are due." in said
    assert page.nothing.propose_button.isVisible()
    assert page.nothing.choose_button.isVisible()
    for absent in (page.day_card, page.sums, page.optimise_button, page.state_chip, page.advice):
        assert not absent.isVisible()


def test_a_proposal_is_looked_at_before_it_is_a_route(qtbot, database, bars, page):
    heard = Heard(page)
    propose(qtbot, page)
    assert page.state_chip.words == "Proposal"
    assert len(page.stops.rows) >= 4
    assert page.bar_of_proposal.isVisible()
    assert page.figures[0][0].text() == str(len(page.stops.rows))
    assert page.figures[1][0].text().startswith("≈ ")
    assert on_route(database) == [], "nothing is stored yet"
    page.primary()
    qtbot.waitUntil(lambda: bool(on_route(database)))
    qtbot.waitUntil(lambda: page.state_chip.words == "Planned")
    assert order(page) == on_route(database)
    assert not page.bar_of_proposal.isVisible()
    assert heard.toasts[0][0] == f"Route with {len(order(page))} visits"
    with database.read() as session:
        day = session.scalars(select(Activity).where(Activity.kind == "visit")).all()
    assert {visit.id for visit in day} == set(order(page)), "each stop is a planned visit"


def test_escape_discards_a_proposal(qtbot, database, bars, page):
    assert not page.escape()
    propose(qtbot, page)
    assert page.escape()
    qtbot.waitUntil(lambda: "No visits on this day" in words(page))
    assert page.proposal is None
    assert on_route(database) == []


def test_planned_visits_are_shown_and_offered_a_better_order(qtbot, database, bars, page):
    with database.write() as session:
        for hour, town in ((9, "Gandia"), (10, "Ontinyent"), (11, "Alzira"), (12, "Canals")):
            visits.plan(session, bars[town], at=at(hour))
    qtbot.waitUntil(lambda: len(page.stops.rows) == 4)
    assert page.state_chip.words == "Not optimised"
    assert times(page) == [9 * 3600, 10 * 3600, 11 * 3600, 12 * 3600]
    assert page.stops.rows[1].stop.drive_s > 0, "the way is known before there is a route"
    before = page.shown.figures.drive_m
    propose(qtbot, page)
    change = words(page.bar_of_proposal)
    assert "4 →" in change
    assert "Distance" in change
    page.accept_button.click()
    qtbot.waitUntil(lambda: page.state_chip.words == "Planned")
    assert {stop.name for stop in page.shown.stops} >= {f"Bar de {town}" for town in bars}
    assert page.shown.figures.drive_m < before


def test_who_does_not_fit_is_named_with_the_reason(qtbot, database, company, bars, page):
    with database.write() as session:
        shut = customer(
            session, company, "Cerrado los jueves", city="Sueca", hours="Mo-We 09:00-14:00"
        )
        customer(session, company, "En ninguna parte")
    propose(qtbot, page)
    assert shut not in {row.stop.account_id for row in page.stops.rows}
    assert dict(page.left_out) == {
        "Cerrado los jueves": "Closed on Thu 19 Nov.",
        "En ninguna parte": "No position: write the address on their record.",
    }
    assert page.why_button.text() == "2 do not fit: why?"
    page.why_button.click()
    said = words(page.layer)
    assert "Cerrado los jueves" in said
    assert "Closed on Thu 19 Nov." in said
    QTest.keyClick(page.layer, Qt.Key.Key_Escape)
    assert page.layer is None


def test_a_planned_visit_that_did_not_fit_stays_in_sight(qtbot, database, company, bars, page):
    with database.write() as session:
        shut = customer(session, company, "Cerrado", city="Sueca", hours="Mo-We 09:00-14:00")
        visit = visits.plan(session, shut, at=at(9)).id
    propose(qtbot, page)
    page.primary()
    qtbot.waitUntil(lambda: page.state_chip.words == "Planned")
    assert visit not in order(page)
    qtbot.waitUntil(lambda: "Planned, but not on the route" in words(page))
    assert page.off_route.isVisible()
    add = next(b for b in page.off_route.findChildren(object) if _named(b, "Add Cerrado"))
    add.click()
    qtbot.waitUntil(lambda: visit in order(page))
    assert row_of(page, visit).stop.problem == "Closed that day."
    assert page.advice.property("banner") == "danger"
    assert not page.off_route.isVisible()


def _named(part, name):
    return (
        hasattr(part, "accessibleName") and hasattr(part, "click") and part.accessibleName() == name
    )


def test_without_a_start_the_page_says_where_to_set_it(qtbot, database, bars, page):
    with database.write() as session:
        hours = session.scalars(select(WorkingHours)).one()
        hours.start_lat_e6 = None
    page.primary()
    qtbot.waitUntil(lambda: "where your day starts" in page.bar.words.text())
    assert page.nothing.propose_button.isEnabled()


def test_nobody_due_is_said(qtbot, database, company, page):
    with database.write() as session:
        visit = visits.plan(session, company.account, at=at(9, day=TODAY - timedelta(days=1)))
        visits.log(session, visit.id, outcome="order", now=at(10, day=TODAY - timedelta(days=1)))
    page.primary()
    qtbot.waitUntil(lambda: "Nobody is due, near and open" in page.bar.words.text())
    assert page.proposal is None


def test_going_to_another_day_drops_what_is_being_planned(qtbot, database, bars, page):
    page.primary()
    page.after.click()
    idle(qtbot, page.desk)
    assert page.title.text() == "Fri 20 Nov"
    assert page.proposal is None
    assert page.nothing.propose_button.isEnabled()
    assert on_route(database) == []


def test_a_link_can_ask_for_the_proposal_and_for_tomorrow(qtbot, bars, page):
    page.show_ref(Ref("routes", TODAY.isoformat(), options={"propose": True}))
    qtbot.waitUntil(lambda: page.proposal is not None, timeout=10_000)
    page.show_ref(Ref("routes", options={"tomorrow": True}))
    idle(qtbot, page.desk)
    assert page.day == TODAY + timedelta(days=1)
    assert page.proposal is None


def test_planning_again_keeps_what_was_done_and_the_hours_that_passed(
    qtbot, database, round_, page, clock
):
    with database.write() as session:
        visits.start(session, round_[0], now=at(9, 5))
        visits.log(session, round_[0], outcome="order", now=at(9, 30))
    clock.set(11)
    propose(qtbot, page)
    first, *others = page.stops.rows
    assert (first.stop.activity_id, first.stop.state) == (round_[0], "done")
    assert min(row.stop.start_s for row in others) >= 11 * 3600
    page.accept_button.click()
    qtbot.waitUntil(lambda: page.state_chip.words == "Under way")
    assert on_route(database)[0] == round_[0]
    assert one(database, Activity, round_[0]).state == "done"


# changing by hand


def test_alt_and_an_arrow_move_a_stop_and_the_times_follow(qtbot, database, round_, page):
    before = times(page)
    focus(page, round_[0])
    press(Qt.Key.Key_Down, ALT)
    swapped = [round_[1], round_[0], *round_[2:]]
    qtbot.waitUntil(lambda: order(page) == swapped)
    assert on_route(database) == swapped
    assert times(page) != before
    assert times(page) == sorted(times(page))
    assert row_of(page, round_[0]).hasFocus()
    rows = list(page.stops.rows)
    idle(qtbot, page.desk)  # who else could be visited has come meanwhile
    assert page.shown.around is not None
    assert page.stops.rows == rows
    assert row_of(page, round_[0]).hasFocus()
    visit = one(database, Activity, round_[1])
    assert visit.planned_at is not None, "the visit moved with its stop"


def test_a_stop_is_dragged_to_its_place(qtbot, database, round_, page):
    row, last = page.stops.rows[0], page.stops.rows[-1]
    middle = row.rect().center()
    QTest.mousePress(row, Qt.MouseButton.LeftButton, pos=middle)
    away = QPoint(middle.x(), last.y() - row.y() + last.height() - 4)
    QTest.mouseMove(row, middle + QPoint(0, 20))
    QTest.mouseMove(row, away)
    assert row.is_dragging
    assert page.stops._mark.isVisible()
    QTest.mouseRelease(row, Qt.MouseButton.LeftButton, pos=away)
    assert not page.stops._mark.isVisible()
    moved = [*round_[1:], round_[0]]
    qtbot.waitUntil(lambda: order(page) == moved)
    assert on_route(database) == moved


def test_a_click_is_not_a_drag(qtbot, database, round_, page):
    QTest.mouseClick(page.stops.rows[1], Qt.MouseButton.LeftButton)
    assert page.stops.rows[1].isChecked()
    assert page.map.chosen == round_[1]
    idle(qtbot, page.desk)
    assert on_route(database) == round_


def test_nothing_goes_before_what_is_done(qtbot, database, round_, page):
    with database.write() as session:
        visits.log(session, round_[0], outcome="order", now=at(9, 30))
    qtbot.waitUntil(lambda: page.stops.rows[0].stop.state == "done")
    QTest.keyClick(row_of(page, round_[1]), Qt.Key.Key_Up, ALT)
    QTest.keyClick(row_of(page, round_[0]), Qt.Key.Key_Down, ALT)
    idle(qtbot, page.desk)
    assert order(page) == round_


def test_l_fixes_a_visit_at_its_time_and_frees_it_again(qtbot, database, round_, page):
    QTest.keyClick(row_of(page, round_[1]), Qt.Key.Key_L)
    qtbot.waitUntil(lambda: row_of(page, round_[1]).stop.is_fixed)
    assert "fixed" in row_of(page, round_[1]).accessibleName()
    assert one(database, Activity, round_[1]).is_fixed
    QTest.keyClick(row_of(page, round_[1]), Qt.Key.Key_L)
    qtbot.waitUntil(lambda: not row_of(page, round_[1]).stop.is_fixed)


def test_plus_and_minus_change_how_long_a_visit_takes(qtbot, database, round_, page):
    after = times(page)[2]
    QTest.keyClick(row_of(page, round_[1]), Qt.Key.Key_Plus)
    qtbot.waitUntil(lambda: row_of(page, round_[1]).stop.minutes == 25)
    assert times(page)[2] == after + 300
    QTest.keyClick(row_of(page, round_[1]), Qt.Key.Key_Minus)
    qtbot.waitUntil(lambda: row_of(page, round_[1]).stop.minutes == 20)


def test_a_stop_that_is_taken_off_comes_back_where_it_was(qtbot, database, round_, page):
    heard = Heard(page)
    QTest.keyClick(row_of(page, round_[1]), Qt.Key.Key_Delete)
    qtbot.waitUntil(lambda: order(page) == [id_ for id_ in round_ if id_ != round_[1]])
    qtbot.waitUntil(lambda: bool(heard.toasts))
    assert one(database, Activity, round_[1]).state == "cancelled"
    heard.undo()
    qtbot.waitUntil(lambda: order(page) == round_)
    assert one(database, Activity, round_[1]).state == "planned"


def test_the_menu_of_a_stop_says_what_its_keys_do(qtbot, database, round_, page):
    heard = Heard(page)
    menu = row_of(page, round_[1]).menu()
    said = [action.text().split("\t") for action in menu.actions()]
    assert ["Keep at this time", "L"] in said
    assert ["Take off the route", "Del"] in said
    menu.actions()[0].trigger()
    assert heard.opened == [Ref("visit", round_[1])]
    next(a for a in menu.actions() if a.text().startswith("5 minutes longer")).trigger()
    qtbot.waitUntil(lambda: row_of(page, round_[1]).stop.minutes == 25)


def test_enter_and_a_double_click_open_the_visit(round_, page):
    heard = Heard(page)
    QTest.keyClick(row_of(page, round_[0]), Qt.Key.Key_Return)
    QTest.mouseDClick(page.stops.rows[1], Qt.MouseButton.LeftButton)
    assert heard.opened == [Ref("visit", round_[0]), Ref("visit", round_[1])]


@pytest.mark.qt_log_ignore("This plugin does not support raise", extend=True)
def test_a_finds_a_customer_and_puts_them_on_the_route(qtbot, database, company, round_, page):
    with database.write() as session:
        new = customer(session, company, "Horno Sant Pere", city="Alginet")
    heard = Heard(page)
    key(page, Qt.Key.Key_A)
    picker = page.layer.panel.findChild(Picker)
    typed(picker, "Horno")
    qtbot.waitUntil(lambda: picker.list.isVisible() and picker.list.count() > 0)
    QTest.keyClick(picker, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: new in {row.stop.account_id for row in page.stops.rows})
    assert page.layer is None
    assert len(on_route(database)) == len(round_) + 1
    assert heard.toasts[-1][0] == "Horno Sant Pere is on the route"


def test_choosing_oneself_begins_a_route(qtbot, database, bars, page):
    page.nothing.choose_button.click()
    assert page.layer is not None
    page.layer.close_layer()
    page._add(bars["Alzira"], "Bar de Alzira")
    qtbot.waitUntil(lambda: len(page.stops.rows) == 1)
    assert page.state_chip.words == "Planned"
    assert names(database, on_route(database)) == ["Bar de Alzira"]


def test_who_is_on_the_way_is_offered_and_added_in_between(qtbot, database, company, bars, page):
    with database.write() as session:
        customer(session, company, "Bar de camino", city="Annauir")
        routes.add_stop(session, TODAY, company.account)
    qtbot.waitUntil(lambda: page.extras.isVisible())  # noqa: PLW0108 - the part is made anew
    qtbot.waitUntil(lambda: "On the way" in words(page.extras))
    said = words(page.extras)
    assert "On the way" in said
    assert "never visited" in said
    suggested = [pin.id for pin in page.map.pins if pin.kind == "suggestion"]
    first = page.shown.extras[0]
    assert first.account_id in suggested
    assert f"+{first.minutes} min" in said
    next(b for b in page.extras.findChildren(object) if _named(b, f"Add {first.name}")).click()
    qtbot.waitUntil(lambda: len(page.stops.rows) == 2)
    assert first.account_id in {row.stop.account_id for row in page.stops.rows}


def test_what_is_refused_is_said_on_the_page(qtbot, database, company, round_, page):
    page._add(page.stops.rows[0].stop.account_id, "Bar")
    qtbot.waitUntil(lambda: "already on the route" in page.bar.words.text())


def test_a_change_by_hand_makes_planned_visits_a_route(qtbot, database, bars, page):
    with database.write() as session:
        first = visits.plan(session, bars["Canals"], at=at(9)).id
        second = visits.plan(session, bars["Alzira"], at=at(11)).id
    qtbot.waitUntil(lambda: order(page) == [first, second])
    QTest.keyClick(row_of(page, second), Qt.Key.Key_Up, ALT)
    qtbot.waitUntil(lambda: order(page) == [second, first])
    assert page.state_chip.words == "Planned"
    with database.read() as session:
        assert len(session.scalars(select(RoutePlan)).all()) == 1
        assert len(session.scalars(select(RouteStop)).all()) == 2


# map and strip


def test_a_pin_and_a_row_are_chosen_together(round_, page):
    page.map.pin_clicked.emit(round_[2])
    assert [row.isChecked() for row in page.stops.rows][:3] == [False, False, True]
    assert page.map.chosen == round_[2]
    assert [pin.id for pin in page.map.pins if pin.number] == round_


def test_the_strip_says_the_day(round_, page):
    said = page.strip.accessibleName()
    for row in page.stops.rows:
        assert f"{row.stop.number} {row.stop.name}" in said
    assert "Lunch" in said


def test_zooming_is_kept_while_times_change(qtbot, round_, page):
    page.map.zoom(0.5)
    width = page.map._metres
    QTest.keyClick(row_of(page, round_[0]), Qt.Key.Key_Plus)
    qtbot.waitUntil(lambda: row_of(page, round_[0]).stop.minutes == 25)
    assert page.map._metres == width


@pytest.mark.parametrize("size", [(1140, 716), (1220, 598)])
def test_every_control_has_a_name_and_no_word_is_cut(qtbot, round_, page, size):
    page.resize(*size)
    idle(qtbot, page.desk)
    qtbot.waitUntil(lambda: clipped(page) == [])
    assert nameless(page) == []
    propose(qtbot, page)
    qtbot.waitUntil(lambda: clipped(page) == [])
    assert nameless(page) == []
    assert all(isinstance(row, StopRow) and row.accessibleName() for row in page.stops.rows)
