"""The report of a visit: filled, saved, never lost; its photos; and what can no longer change."""

import os
import secrets
import signal
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path

import pytest
from PIL import Image
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from sqlalchemy import select

from app.models.account import Contact
from app.models.activity import Activity
from app.models.database import Database
from app.models.document import Document
from app.services import drafts, quotes, visit_view, visits
from app.views.visits.page import VisitPage
from app.views.widgets.layer import Layer
from app.views.widgets.page import Ref
from tests.company import seed
from tests.services.records import TODAY, at
from tests.views.desks import idle, press, typed, window_on, words
from tests.views.looking import clipped, nameless
from tests.views.rounds import Heard, alive, key, one

CONTROL = Qt.KeyboardModifier.ControlModifier
WORDS = "Prueban el café; llamar en diciembre, «sí» con tarifa"


@pytest.fixture
def visit(database, company):
    """A visit that was begun at ten past nine."""
    with database.write() as session:
        made = visits.plan(session, company.account, at=at(9), title="Present the list")
        visits.start(session, made.id, now=at(9, 10))
        return made.id


@pytest.fixture
def page(qtbot, desk, clock, visit):
    clock.set(9, 40)
    return shown(qtbot, VisitPage(desk), visit)


def shown(qtbot, page, visit_id):
    alive(qtbot, page, Ref("visit", visit_id))
    qtbot.waitUntil(lambda: page.shown is not None)
    return page


def report(database, visit_id):
    with database.read() as session:
        return visits.report(session, visit_id)


def draft(database, visit_id):
    with database.read() as session:
        return drafts.find(session, visit_view.FORM, visit_id)


def photos(database, visit_id):
    with database.read() as session:
        query = select(Document).where(Document.about_id == visit_id, Document.removed_at.is_(None))
        return list(session.scalars(query.order_by(Document.id)))


def picture(folder: Path, name: str = "shelf.jpg", size: tuple[int, int] = (1800, 1200)) -> Path:
    path = folder / name
    Image.effect_noise(size, 80).convert("RGB").save(path)
    return path


def test_it_shows_who_where_when_and_why(page):
    assert page.name.text() == "Restaurante El Socarrat"
    assert page.place.text() == "Thu 19 Nov, 9:10 · Xàtiva · Present the list"
    assert page.state_chip.words == "Visiting"
    assert [chip.text() for chip in page.contact_chips.values()] == ["Vicent Sanchis · Compras"]
    assert "Incident" in page.topic_chips


def test_a_whole_report_is_saved_and_today_comes_next(qtbot, database, company, page, visit):
    heard = Heard(page)
    key(page, Qt.Key.Key_3)
    qtbot.waitUntil(lambda: page.state_chip.words == "Follow-up")
    typed(page.notes, WORDS)
    page.topic_chips["Incident"].click()
    page.topic_chips["Sample"].click()
    page.contact_chips[company.contact].click()
    typed(page.competition, "Café Montseny, 16,90 €")
    typed(page.next_step, "Send the sample")
    page.when_chips[1].click()
    page.usual_button.click()
    idle(qtbot, page.desk)
    page.primary()
    qtbot.waitUntil(lambda: heard.opened == [Ref("today")])
    stored = report(database, visit)
    assert (stored.notes, stored.competition) == (WORDS, "Café Montseny, 16,90 €")
    assert stored.topics == {"Incident", "Sample"}
    assert stored.contact_ids == {company.contact}
    assert (stored.next_step, stored.next_on) == ("Send the sample", TODAY + timedelta(days=1))
    assert stored.next_visit_on == TODAY + timedelta(days=28), "as often as the segment says"
    assert stored.completed_at == at(9, 40)
    assert draft(database, visit) is None
    with database.read() as session:
        rules = set(session.scalars(select(Activity.rule).where(Activity.about_id == visit)))
    assert rules >= {"report_next_step", "next_visit"}
    assert heard.toasts[-1][0] == "Report saved"


def test_two_keys_are_a_complete_visit(qtbot, database, page, visit):
    key(page, Qt.Key.Key_2)
    assert not page.escape(), "escape goes back; nothing is asked"
    idle(qtbot, page.desk)
    stored = one(database, Activity, visit)
    assert (stored.state, stored.outcome, stored.done_at) == ("done", "quote", at(9, 40))


def test_how_it_went_is_needed_before_saving(qtbot, database, page, visit):
    heard = Heard(page)
    page.save()
    assert "First say how it went" in page.bar.words.text()
    assert heard.opened == []
    key(page, Qt.Key.Key_1)
    page.save()
    qtbot.waitUntil(lambda: heard.opened == [Ref("today")])
    assert report(database, visit).completed_at is not None


def test_an_outcome_is_taken_back(qtbot, database, page, visit):
    heard = Heard(page)
    page.tiles["no_interest"].click()
    qtbot.waitUntil(lambda: page.state_chip.words == "No interest")
    assert page.tiles["no_interest"].isChecked()
    heard.undo()
    qtbot.waitUntil(lambda: page.state_chip.words == "Visiting")
    assert not any(tile.isChecked() for tile in page.tiles.values())
    assert one(database, Activity, visit).state == "under_way"


def test_digits_in_the_notes_are_words(qtbot, database, page, visit):
    typed(page.notes, "2 boxes")
    idle(qtbot, page.desk)
    assert one(database, Activity, visit).state == "under_way"
    assert page.notes.toPlainText() == "2 boxes"


# what is typed is never lost


def test_a_draft_is_kept_within_two_seconds_while_the_typing_goes_on(qtbot, database, page, visit):
    page.notes.setFocus()
    begun, n = time.monotonic(), 0
    while draft(database, visit) is None:
        QTest.keyClick(page.notes, Qt.Key.Key_A)
        n += 1
        QApplication.processEvents()
        assert time.monotonic() - begun < 2.5
    assert time.monotonic() - begun < 2
    kept = draft(database, visit)["notes"]
    assert set(kept) == {"a"}
    assert len(kept) <= n
    assert report(database, visit) is None, "it is a draft until the field is left"


def test_a_draft_survives_a_page_that_is_built_anew(qtbot, desk, database, page, visit):
    typed(page.notes, WORDS)
    typed(page.next_step, "Call")
    qtbot.waitUntil(lambda: (draft(database, visit) or {}).get("next_step") == "Call")
    page.desk.tasks.changed.disconnect(page.refresh)
    page.shown = None  # it will not say goodbye
    page.hide()
    again = shown(qtbot, VisitPage(desk), visit)
    assert again.notes.toPlainText() == WORDS
    assert again.next_step.text() == "Call"
    qtbot.waitUntil(lambda: report(database, visit) is not None)
    assert (report(database, visit).notes, draft(database, visit)) == (WORDS, None)
    qtbot.waitUntil(lambda: again.typing.text() == "Draft recovered")


KILLED = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from app.models.database import Database
from app.models.files import Files
from app.settings import Settings
from app.views import application
from app.views.tasks import Tasks
from app.views.visits.page import VisitPage
from app.views.widgets.page import Desk, Ref
from PySide6.QtCore import QTimer

folder, key, visit, words = Path(sys.argv[1]), bytes.fromhex(sys.argv[2]), sys.argv[3], sys.argv[4]
settings = Settings(folder / "settings.json", theme="claro")
program = application.create(settings)
database, files = Database(folder / "kept.sqlite", key), Files(folder / "files.sqlite", key)
now = lambda: datetime(2026, 11, 19, 8, 40, tzinfo=UTC)
page = VisitPage(Desk(Tasks(database), settings, files, now))
page.show()
page.show_ref(Ref("visit", visit))

def begin():
    if page.shown is None:
        QTimer.singleShot(5, begin)
        return
    page.notes.setFocus()
    page.notes.insertPlainText(words)
    QTimer.singleShot(2000, say)

def say():
    print("typed two seconds ago", flush=True)
    again = QTimer(page, interval=5)
    again.timeout.connect(lambda: page.notes.insertPlainText("x"))
    again.start()

begin()
program.exec()
"""


def test_what_was_typed_two_seconds_before_a_kill_is_there_after_the_start(
    qtbot, qapp, tmp_path, files
):
    from tests.views.rounds import Clock, desk_at

    secret = secrets.token_bytes(32)
    database = Database(tmp_path / "kept.sqlite", secret)
    made = seed(database)
    with database.write() as session:
        visit_id = visits.add_unplanned(session, made.account, now=at(9)).id
    database.close()
    home = tmp_path / "killed"
    home.mkdir()
    (tmp_path / "kept.sqlite").rename(home / "kept.sqlite")
    child = subprocess.Popen(
        [sys.executable, "-c", KILLED, str(home), secret.hex(), visit_id, WORDS],
        stdout=subprocess.PIPE, cwd=Path(__file__).parents[3], text=True, encoding="utf-8",
        env={**os.environ, "PYTHONUTF8": "1"},
    )  # fmt: skip
    try:
        assert child.stdout is not None
        assert child.stdout.readline().strip() == "typed two seconds ago"
    finally:
        child.send_signal(signal.SIGKILL if hasattr(signal, "SIGKILL") else signal.SIGTERM)
        child.wait(10)
        child.stdout.close()
    database = Database(home / "kept.sqlite", secret)
    try:
        with desk_at(database, files, tmp_path, Clock()) as desk:
            page = shown(qtbot, VisitPage(desk), visit_id)
            assert page.notes.toPlainText().startswith(WORDS)
            assert page.typing.text() == "Draft recovered"
            idle(qtbot, desk)
            page.close()
            idle(qtbot, desk)
    finally:
        database.close()


def test_opening_another_visit_saves_the_first(qtbot, database, company, page, visit):
    with database.write() as session:
        other = visits.plan(session, company.account, at=at(16)).id
    typed(page.notes, WORDS)
    page.show_ref(Ref("visit", other))
    qtbot.waitUntil(lambda: page.shown is not None and page.shown.visit.id == other)
    qtbot.waitUntil(lambda: report(database, visit) is not None)
    assert page.notes.toPlainText() == ""
    assert report(database, visit).notes == WORDS
    assert report(database, other) is None


def test_closing_the_window_saves_what_is_being_typed(
    qtbot, qapp, database, company, files, tmp_path, visit
):
    with window_on(database, files, tmp_path) as window:
        window.synchroniser._stopped = True
        window.open(Ref("visit", visit))
        qtbot.waitUntil(lambda: window.page.shown is not None)
        typed(window.page.notes, WORDS)
        window.close()
    assert report(database, visit).notes == WORDS


def test_ctrl_enter_in_the_notes_saves_the_report(
    qtbot, qapp, database, company, files, tmp_path, visit
):
    with window_on(database, files, tmp_path) as window:
        window.synchroniser._stopped = True
        window.open(Ref("visit", visit))
        qtbot.waitUntil(lambda: window.page.shown is not None)
        window.page.log("order")
        typed(window.page.notes, WORDS)
        press(Qt.Key.Key_Return, CONTROL)
        qtbot.waitUntil(lambda: type(window.page).__name__ == "TodayPage")
        idle(qtbot, window.desk)
        assert report(database, visit).completed_at is not None
        assert report(database, visit).notes == WORDS


def test_what_arrives_while_typing_changes_nothing_under_the_fingers(qtbot, database, page, visit):
    typed(page.notes, "Half a sen")
    with database.write() as session:
        visits.write_report(session, visit, competition="Seen by a colleague", notes="Theirs")
    qtbot.waitUntil(lambda: page.competition.text() == "Seen by a colleague")
    assert page.notes.toPlainText() == "Half a sen"


def test_chips_pressed_one_after_the_other_are_all_stored(qtbot, database, page, visit):
    for words_ in ("New list", "Order", "Incident"):
        page.topic_chips[words_].click()
    page.topic_chips["Order"].click()
    idle(qtbot, page.desk)
    assert report(database, visit).topics == {"New list", "Incident"}
    on = {words_ for words_, chip in page.topic_chips.items() if chip.isChecked()}
    assert on == {"New list", "Incident"}


def test_a_chip_keeps_the_keyboard_when_it_is_pressed(qtbot, database, page, visit):
    page.topic_chips["Order"].setFocus(Qt.FocusReason.TabFocusReason)
    press(Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: report(database, visit) is not None)
    idle(qtbot, page.desk)
    assert page.topic_chips["Order"].hasFocus()


def test_everybody_who_was_met_stays_in_the_report(qtbot, database, company, page, visit):
    with database.write() as session:
        people = [Contact(account_id=company.account, name=f"Person {n}") for n in range(9)]
        session.add_all(people)
        session.flush()
        ids = frozenset(person.id for person in people)
        gone = people[0]
        visits.write_report(session, visit, contact_ids=ids)
        gone.removed_at = at(9)
    qtbot.waitUntil(lambda: len(page.contact_chips) == 9)
    page.contact_chips[company.contact].click()
    idle(qtbot, page.desk)
    assert report(database, visit).contact_ids == ids | {company.contact}


def test_a_day_that_is_none_is_not_saved_as_one(qtbot, database, page, visit):
    heard = Heard(page)
    key(page, Qt.Key.Key_1)
    typed(page.next_on, "someday")
    page.save()
    assert page.next_on.problem
    assert heard.opened == []
    typed(page.next_on, "+5")
    page.save()
    qtbot.waitUntil(lambda: heard.opened == [Ref("today")])
    assert report(database, visit).next_on == TODAY + timedelta(days=5)


# photos


def test_photos_are_picked_shrunk_shown_and_removed(qtbot, database, files, page, visit, tmp_path):
    heard = Heard(page)
    page.photos.pick = lambda: [picture(tmp_path), picture(tmp_path, "door.png", (400, 900))]
    page.photos.add_button.click()
    qtbot.waitUntil(lambda: page.photos.count == 2)
    kept = photos(database, visit)
    assert {document.name for document in kept} == {"shelf.jpg", "door.jpg"}
    assert all(document.account_id == page.account for document in kept)
    shelf = next(document for document in kept if document.name == "shelf.jpg")
    assert max(QImage.fromData(files.read(shelf.sha256)).size().toTuple()) == 1600
    QTest.keyClick(page.photos.thumbnails[0], Qt.Key.Key_Delete)
    qtbot.waitUntil(lambda: page.photos.count == 1)
    qtbot.waitUntil(lambda: bool(heard.toasts))
    heard.undo()
    qtbot.waitUntil(lambda: page.photos.count == 2)


def test_a_photo_opens_in_its_size(qtbot, page, tmp_path):
    page.attach([picture(tmp_path)])
    qtbot.waitUntil(lambda: page.photos.count == 1)
    page.photos.thumbnails[0].click()
    qtbot.waitUntil(lambda: page.window().findChild(Layer) is not None)
    assert "shelf.jpg" in words(page.window().findChild(Layer))


def test_a_file_that_is_no_picture_is_said(qtbot, database, page, visit, tmp_path):
    broken = tmp_path / "list.jpg"
    broken.write_bytes(b"no picture")
    page.attach([broken])
    qtbot.waitUntil(lambda: "not a picture" in page.bar.words.text())
    page.attach([tmp_path / "gone.jpg"])
    qtbot.waitUntil(lambda: "gone.jpg cannot be read" in page.bar.words.text())
    assert photos(database, visit) == []


def test_a_photo_belongs_to_the_visit_that_was_shown(
    qtbot, database, company, page, visit, tmp_path
):
    with database.write() as session:
        other = visits.plan(session, company.account, at=at(16)).id
    page.attach([picture(tmp_path)])
    page.show_ref(Ref("visit", other))
    qtbot.waitUntil(lambda: len(photos(database, visit)) == 1)
    assert photos(database, other) == []


def test_photos_are_dropped_and_pasted(qtbot, database, page, visit, tmp_path):
    content = QMimeData()
    content.setUrls([QUrl.fromLocalFile(str(picture(tmp_path)))])
    copy, left, none = (
        Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    )  # fmt: skip
    where = QPoint(8, 8)
    QApplication.sendEvent(page.photos, QDragEnterEvent(where, copy, content, left, none))
    QApplication.sendEvent(page.photos, QDropEvent(QPointF(where), copy, content, left, none))
    qtbot.waitUntil(lambda: page.photos.count == 1)
    image = QImage(300, 200, QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.darkGreen)
    QApplication.clipboard().setImage(image)
    page.setFocus()
    press(Qt.Key.Key_V, CONTROL)
    qtbot.waitUntil(lambda: page.photos.count == 2)
    QApplication.clipboard().clear()


# around it


def test_a_visit_that_nobody_planned_is_made_and_begun(qtbot, database, company, desk, clock):
    clock.set(12, 5)
    ref = Ref("visit", options={"new": True, "account": company.account})
    page = alive(qtbot, VisitPage(desk), ref)
    qtbot.waitUntil(lambda: page.shown is not None)
    made = one(database, Activity, page.activity_id)
    assert (made.state, made.started_at, made.account_id) == (
        "under_way", at(12, 5), company.account,
    )  # fmt: skip
    page.show_ref(ref)
    idle(qtbot, desk)
    with database.read() as session:
        assert len(session.scalars(select(Activity)).all()) == 1, "going back makes no second one"


def test_a_quote_of_the_visit_is_shown_with_it(qtbot, database, company, page, visit):
    heard = Heard(page)
    assert not page.made.isVisible()
    page.quote_button.click()
    assert heard.opened[0].options["activity"] == visit
    with database.write() as session:
        quote = quotes.draft(session, company.account, today=TODAY)
        quote.activity_id = visit
    qtbot.waitUntil(page.made.isVisible)
    qtbot.waitUntil(lambda: "Made in this visit" in words(page.made))
    assert "€0.00" in words(page.made)
    next(b for b in page.made.findChildren(object) if getattr(b, "key", None) == "").click()
    assert heard.opened[-1] == Ref("quote", quote.id)


def test_after_thirty_days_a_report_can_only_be_read(qtbot, database, page, clock, visit):
    with database.write() as session:
        visits.log(session, visit, outcome="order", now=at(9, 40))
        visits.write_report(session, visit, notes=WORDS)
    clock.set(10, day=TODAY + timedelta(days=31))
    page.show_ref(Ref("visit", visit))
    qtbot.waitUntil(lambda: "can only be read" in page.bar.words.text())
    assert page.notes.isReadOnly()
    assert page.notes.toPlainText() == WORDS
    assert not page.save_button.isVisible()
    assert not page.photos.add_button.isVisible()
    key(page, Qt.Key.Key_5)
    page.primary()
    idle(qtbot, page.desk)
    assert one(database, Activity, visit).outcome == "order"


def test_a_visit_that_is_gone_is_said(qtbot, desk, company):
    page = alive(qtbot, VisitPage(desk), Ref("visit", "f" * 32))
    qtbot.waitUntil(lambda: "no longer here" in page.bar.words.text())


def test_the_customers_page_is_one_click_away(page, company):
    heard = Heard(page)
    page.record_button.click()
    assert heard.opened == [Ref("customer", company.account)]
    assert page.account == company.account


@pytest.mark.parametrize("size", [(1140, 716), (1220, 598)])
def test_every_control_has_a_name_and_no_word_is_cut(qtbot, page, tmp_path, size):
    page.attach([picture(tmp_path)])
    qtbot.waitUntil(lambda: page.photos.count == 1)
    page.resize(*size)
    idle(qtbot, page.desk)
    qtbot.waitUntil(lambda: clipped(page) == [])
    assert nameless(page) == []
    assert page.notes.height() >= 90
    assert page.mapFromGlobal(page.competition.mapToGlobal(QPoint(0, 30))).y() < size[1]
