"""Settings apply at once, are kept, and can be taken back."""

from __future__ import annotations

import json

import pytest
from sqlalchemy import select

from app.models.database import Database
from app.models.route import WorkingHours
from app.views import theme
from app.views.preferences.page import PreferencesPage
from app.views.widgets.page import Ref
from tests.company import seed
from tests.views.desks import desk_on, idle, window_on, words


@pytest.fixture
def company(database):
    return seed(database)


@pytest.fixture
def page(qtbot, company, database, files, tmp_path):
    with desk_on(database, files, tmp_path) as desk:
        made = PreferencesPage(desk, database)
        qtbot.addWidget(made)
        made.resize(1100, 700)
        made.show()
        made.show_ref(Ref("settings"))
        idle(qtbot, desk)
        yield made


def kept(page):
    return json.loads(page.desk.settings.path.read_text("utf-8"))


def hours(database):
    with database.read() as session:
        return session.scalars(select(WorkingHours)).first()


def test_a_choice_is_kept_at_once_and_can_be_taken_back(qtbot, page):
    with qtbot.waitSignal(page.toast_requested) as said:
        page.interval.choose(2)
    assert page.desk.settings.sync_every_minutes == 30
    qtbot.waitUntil(page.desk.settings.path.exists)
    qtbot.waitUntil(lambda: kept(page)["sync_every_minutes"] == 30)
    said.args[1]()
    assert page.desk.settings.sync_every_minutes == 10
    assert page.interval.words[page.interval.index].startswith("10")
    qtbot.waitUntil(lambda: kept(page)["sync_every_minutes"] == 10)


def test_the_window_follows_theme_size_and_language(qtbot, company, database, files, tmp_path):
    with window_on(database, files, tmp_path) as window:
        window.open(Ref("settings"))
        idle(qtbot, window.desk)
        page = window.pages["settings"]
        page.theme.choose(2)
        assert theme.name() == "oscuro"
        page.scale.choose(3)
        assert theme.scale() == pytest.approx(1.25)
        page.scale.choose(1)
        page.theme.choose(1)
        page.language.choose(1)
        qtbot.waitUntil(lambda: "Apariencia" in words(window.page))
        window.set_language("en")
        idle(qtbot, window.desk)


def test_the_search_finds_rows_of_every_section(page):
    page.search.setText("backup")
    page._filter("backup")
    shown = [row for each in page.sections for row in each.rows if row.isVisible()]
    assert {"Backup", "Last backup"} <= set(words(page).splitlines())
    assert all("backup" in row.said for row in shown)
    page._filter("no such words")
    assert page.nothing.isVisible()
    page._filter("")
    assert not page.nothing.isVisible()
    assert page.sections[0].frame.isVisible()


def test_the_working_day_is_written_for_the_planner(qtbot, page, database):
    page.choose("day")
    page.leave.setText("730")
    page.leave.commit()
    qtbot.waitUntil(lambda: hours(database).leave_s == 7 * 3600 + 1800)
    page.start.setText("46900 Torrent")
    page.start.editingFinished.emit()
    qtbot.waitUntil(lambda: hours(database).start_label == "46900 Torrent")
    assert abs(hours(database).start_lat_e6 - 39_437_000) < 100_000
    page.lunch.choose(1)
    qtbot.waitUntil(lambda: hours(database).lunch_length_s == 1800)


def test_what_will_not_do_is_said_beside_it(qtbot, page, database):
    page.choose("day")
    before = hours(database).finish_s
    page.finish.setText("6:00")
    page.finish.commit()
    qtbot.waitUntil(page.rows["finish"].problem.isVisible)
    assert "end after it begins" in page.rows["finish"].problem.text()
    page.start.setText("Atlantis")
    page.start.editingFinished.emit()
    qtbot.waitUntil(page.rows["start"].problem.isVisible)
    assert hours(database).finish_s == before


def test_what_the_company_decides_is_shown_with_its_values(page):
    page.choose("sync")
    assert "Marta Ferrer · Zona Levante Sur" in words(page)
    assert "Alacena Levante" in words(page)


def test_a_backup_can_be_opened_with_the_same_key(qtbot, page, database, tmp_path):
    page.choose("safety")
    assert page.facts["backup"].text() == "None yet"
    with qtbot.waitSignal(page.toast_requested):
        page.backup_button.click()
    qtbot.waitUntil(lambda: page.facts["backup"].text() != "None yet")
    copy = tmp_path / "backups" / page.facts["backup"].text()
    opened = Database(copy, database._key)
    with opened.read() as session:
        assert session.scalars(select(WorkingHours)).first() is not None
    opened.close()


@pytest.mark.parametrize(
    ("name", "words_"),
    [("", "keyring"), ("key.json", "passphrase"), ("demo.key", "in a file")],
)
def test_it_is_said_truly_where_the_key_is(qtbot, page, tmp_path, name, words_):
    if name:
        (tmp_path / name).write_text("x", "utf-8")
    page._load()
    qtbot.waitUntil(lambda: words_ in page.facts["key"].text())


def test_the_import_is_reached_from_here(qtbot, page):
    with qtbot.waitSignal(page.open_requested) as asked:
        page.import_button.click()
    assert asked.args[0] == Ref("import")
