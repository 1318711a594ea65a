"""A report that is open while a sync changes it: filled where nobody types, else a choice."""

from __future__ import annotations

from datetime import timedelta

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from sqlalchemy import update

from app.models.activity import VisitReport
from app.models.database import Changes
from app.services import drafts, undo, visit_view, visits
from app.views.visits.page import VisitPage
from app.views.widgets.button import Button
from app.views.widgets.page import Ref
from tests.services.records import TODAY, at
from tests.views.desks import idle, typed
from tests.views.rounds import Heard, alive, key

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def visit(database, company):
    """A visit with a report that a colleague can change too."""
    with database.write() as session:
        made = visits.plan(session, company.account, at=at(9))
        visits.start(session, made.id, now=at(9, 10))
        visits.write_report(session, made.id, notes="They close on Monday")
        return made.id


@pytest.fixture
def page(qtbot, desk, clock, visit):
    clock.set(9, 40)
    return shown(qtbot, desk, visit)


def shown(qtbot, desk, visit):
    made = alive(qtbot, VisitPage(desk), Ref("visit", visit))
    qtbot.waitUntil(lambda: made.shown is not None)
    idle(qtbot, desk)
    return made


def report(database, visit) -> VisitReport:
    with database.read() as session:
        return visits.report(session, visit)


def synced(database, visit, **values) -> None:
    """Change the report as a sync does: no words to the journal, and the page hears of it."""
    changes = Changes()
    with database.apply(changes) as connection:
        mine = VisitReport.activity_id == visit
        connection.execute(update(VisitReport).where(mine).values(**values))
        changes.altered[VisitReport].add(report(database, visit).id)


def button(page, words: str) -> Button:
    return next(b for b in page.findChildren(Button) if b.text() == words and b.isVisible())


def test_what_nobody_types_in_is_filled_and_named(qtbot, page, database, visit, company):
    synced(
        database, visit, competition="Café Montseny", topics=frozenset({"Order", "Fair"}),
        contact_ids=frozenset({company.contact}), next_on=TODAY + timedelta(days=1),
    )  # fmt: skip
    qtbot.waitUntil(page.form.bar.isVisible)
    said = "Updated by the sync: Who with, topics, competition seen, when."
    assert page.form.bar.words.text() == said
    assert page.competition.text() == "Café Montseny"
    assert page.subjects.chosen == {"Order", "Fair"}
    assert page.contact_chips[company.contact].isChecked()
    assert page.next_on.day == TODAY + timedelta(days=1)
    assert page.form.touched() == {}


def test_what_is_being_typed_stays_and_both_versions_are_offered(qtbot, page, database, visit):
    typed(page.notes, "Half a sen")
    synced(database, visit, notes="They close on Tuesday", competition="Café Montseny")
    qtbot.waitUntil(page.form.bar.isVisible)
    assert page.notes.toPlainText() == "Half a sen"
    assert page.competition.text() == "Café Montseny"
    assert "Changed here and by the sync: Notes" in page.form.bar.words.text()
    page.competition.setFocus()
    idle(qtbot, page.desk)
    assert report(database, visit).notes == "They close on Tuesday", "nobody has chosen yet"
    QTest.mouseClick(button(page, "Mine"), LEFT)
    qtbot.waitUntil(lambda: report(database, visit).notes == "Half a sen")
    idle(qtbot, page.desk)
    assert not page.form.contested


def test_theirs_takes_the_place_of_what_was_typed(qtbot, page, database, visit):
    typed(page.notes, "Half a sen")
    synced(database, visit, notes="They close on Tuesday")
    qtbot.waitUntil(lambda: bool(page.form.contested))
    QTest.mouseClick(button(page, "Theirs"), LEFT)
    assert page.notes.toPlainText() == "They close on Tuesday"
    page.retire()
    idle(qtbot, page.desk)
    assert report(database, visit).notes == "They close on Tuesday"


def test_a_report_with_two_versions_is_not_finished_before_one_is_chosen(
    qtbot, page, database, visit
):
    heard = Heard(page)
    key(page, Qt.Key.Key_1)
    typed(page.notes, "Half a sen")
    synced(database, visit, notes="They close on Tuesday")
    qtbot.waitUntil(lambda: bool(page.form.contested))
    page.save()
    assert page.bar.words.text() == "First choose which version stays."
    assert heard.opened == []
    QTest.mouseClick(button(page, "Mine"), LEFT)
    page.save()
    qtbot.waitUntil(lambda: heard.opened == [Ref("today")])
    assert report(database, visit).notes == "Half a sen"


def test_two_versions_are_still_two_after_the_page_is_left(qtbot, desk, page, database, visit):
    typed(page.notes, "Half a sen")
    synced(database, visit, notes="They close on Tuesday")
    qtbot.waitUntil(lambda: bool(page.form.contested))
    page.retire()
    page.hide()
    idle(qtbot, desk)
    assert report(database, visit).notes == "They close on Tuesday"
    again = shown(qtbot, desk, visit)
    assert again.notes.toPlainText() == "Half a sen"
    assert again.form.contested == ["notes"]
    QTest.mouseClick(button(again, "Theirs"), LEFT)
    again.retire()
    idle(qtbot, desk)
    assert report(database, visit).notes == "They close on Tuesday"
    with database.read() as session:
        assert drafts.find(session, visit_view.FORM, visit) is None


def test_ones_own_changes_say_nothing(qtbot, page, database, visit):
    page.topic_chips["Order"].click()
    page.topic_chips["Sample"].click()
    typed(page.competition, "Café Montseny")
    typed(page.next_step, "Call")
    page.when_chips[3].click()
    qtbot.waitUntil(lambda: report(database, visit).next_on is not None)
    idle(qtbot, page.desk)
    kept = report(database, visit)
    assert (kept.topics, kept.competition) == ({"Order", "Sample"}, "Café Montseny")
    assert page.form.bar.isHidden()
    assert not page.form.contested


def test_typing_that_goes_on_after_a_field_was_saved_is_no_conflict(qtbot, page, database, visit):
    typed(page.next_step, "Call")
    page.form.leave("next_step")
    typed(page.next_step, "Call on Thursday")
    idle(qtbot, page.desk)
    assert page.next_step.text() == "Call on Thursday"
    assert not page.form.contested
    page.retire()
    idle(qtbot, page.desk)
    assert report(database, visit).next_step == "Call on Thursday"


def test_what_cannot_be_read_yet_is_kept_beside_what_is_saved(qtbot, page, database, visit):
    typed(page.next_on, "someday")
    typed(page.competition, "Café Montseny")
    page.form.leave("competition")
    idle(qtbot, page.desk)
    assert report(database, visit).competition == "Café Montseny"
    with database.read() as session:
        assert drafts.find(session, visit_view.FORM, visit) == {"next_on": "someday"}
    with database.write() as session:
        undo.take_back(session)
    qtbot.waitUntil(lambda: page.competition.text() == "")
    assert page.next_on.text() == "someday", "undo leaves alone what is being typed"
    assert page.form.bar.isHidden()
