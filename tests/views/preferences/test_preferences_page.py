"""Settings apply at once, are kept, can be taken back, and are found by their words."""

from __future__ import annotations

import json

import pytest
from PySide6.QtGui import QGuiApplication
from sqlalchemy import select

from app import i18n
from app.models.route import WorkingHours
from app.views import application, theme
from app.views.preferences.choices import DEFAULTS, Choices
from app.views.preferences.page import PreferencesPage
from app.views.widgets.page import Ref
from app.views.widgets.table_view import TableView
from tests.views.desks import idle, window_on, words


def kept(page):
    return json.loads(page.desk.settings.path.read_text("utf-8"))


def hours(database):
    with database.read() as session:
        return session.scalars(select(WorkingHours)).first()


def rows_shown(page):
    return [row for each in page.sections.values() for row in each.rows if row.isVisible()]


def test_choice_is_kept_at_once_and_can_be_taken_back(qtbot, page):
    page.choose("sync")
    interval = page.sections["sync"].interval
    with qtbot.waitSignal(page.toast_requested) as said:
        interval.choose(2)
    assert page.desk.settings.sync_every_minutes == 30
    qtbot.waitUntil(page.desk.settings.path.exists)
    qtbot.waitUntil(lambda: kept(page)["sync_every_minutes"] == 30)
    said.args[1]()
    assert page.desk.settings.sync_every_minutes == 10
    assert interval.words[interval.index].startswith("10")
    qtbot.waitUntil(lambda: kept(page)["sync_every_minutes"] == 10)


def test_defaults_of_a_section_come_back_and_go_again(qtbot, page):
    appearance = page.sections["appearance"]
    assert appearance.restore.isVisible(), "the desk of the tests is light, not the system's"
    appearance.sidebar.click()
    with qtbot.waitSignal(page.toast_requested) as said:
        appearance.restore.click()
    chosen = page.desk.settings
    assert (chosen.theme, chosen.sidebar_collapsed) == ("", False)
    assert not appearance.restore.isVisible()
    said.args[1]()
    assert (chosen.theme, chosen.sidebar_collapsed) == ("claro", True)


def test_window_follows_theme_size_and_language(qtbot, company, database, files, tmp_path):
    with window_on(database, files, tmp_path) as window:
        window.open(Ref("settings", tab="appearance"))
        idle(qtbot, window.desk)
        window.pages["settings"].sections["appearance"].theme.choose(2)
        assert theme.name() == "oscuro"
        window.pages["settings"].sections["appearance"].scale.choose(3)
        assert theme.scale() == pytest.approx(1.25)
        idle(qtbot, window.desk)
        window.pages["settings"].sections["appearance"].scale.choose(1)
        window.pages["settings"].sections["appearance"].theme.choose(1)
        window.open(Ref("settings", tab="profile"))
        window.pages["settings"].sections["profile"].language.choose(1)
        qtbot.waitUntil(lambda: "Apariencia" in words(window.page))
        window.undo()
        qtbot.waitUntil(lambda: "Appearance" in words(window.page))
        window.set_language("en")
        idle(qtbot, window.desk)


def test_rows_of_tables_become_compact_at_once(qtbot, company, database, files, tmp_path):
    with window_on(database, files, tmp_path) as window:
        window.open(Ref("portfolio"))
        idle(qtbot, window.desk)
        [table] = [t for t in window.page.findChildren(TableView) if t.isVisible()]
        before = table.verticalHeader().defaultSectionSize()
        window.open(Ref("settings", tab="appearance"))
        window.page.sections["appearance"].density.choose(1)
        assert table.verticalHeader().defaultSectionSize() == before - 8
        window.undo()
        assert table.verticalHeader().defaultSectionSize() == before
        idle(qtbot, window.desk)


def test_system_theme_is_read_from_the_system_not_from_what_we_set(qapp):
    hints = QGuiApplication.styleHints()
    before = theme.system_theme()
    other = "claro" if before == "oscuro" else "oscuro"
    theme.apply(qapp, other)
    assert theme.system_theme() == before
    theme.apply(qapp, before)
    assert (hints.colorScheme().name == "Dark") == (before == "oscuro")


def test_change_of_the_systems_scheme_is_followed_only_while_it_is_chosen(qapp, desk):
    asked = []
    end = application.follow_system(desk.settings, asked.append)
    hints = QGuiApplication.styleHints()
    desk.settings.theme = "claro"
    hints.colorSchemeChanged.emit(hints.colorScheme())
    assert asked == []
    desk.settings.theme = ""
    other = "claro" if theme.system_theme() == "oscuro" else "oscuro"
    theme.apply(qapp, other)
    hints.colorSchemeChanged.emit(hints.colorScheme())
    assert asked == [""]
    end()
    hints.colorSchemeChanged.emit(hints.colorScheme())
    assert asked == [""]


@pytest.mark.parametrize("language", ["es", "en"])
def test_search_finds_every_setting_by_its_own_words(
    qtbot, company, desk, database, sender, language
):
    i18n.use(language)
    page = PreferencesPage(desk, database, Choices(desk), lambda *_: None, sender)
    qtbot.addWidget(page)
    page.resize(1100, 700)
    page.show()
    page.find_words("a")
    idle(qtbot, desk)
    every = [row for each in page.sections.values() for row in each.rows if row not in each._absent]
    assert len(page.sections) == len(page._makers)
    assert len(every) > 90
    for row in every:
        page.find_words(row.title)
        assert row.isVisible(), row.title


@pytest.mark.parametrize(
    ("language", "typed", "title"),
    [
        ("en", "colours", "Theme"), ("es", "colores", "Tema"), ("es", "tamano", "Tamaño del texto"),
        ("en", "zoom", "Text size"), ("es", "copia", "Última copia"), ("en", "gdpr", "Your data"),
        ("es", "festivos", "Próximos festivos"), ("en", "SHORTCUT ctrl", ""),
        ("es", "idioma", "Idioma"), ("en", "Español", "Language"), ("en", "odbl", ""),
    ],
)  # fmt: skip
def test_search_knows_other_words_and_needs_no_accents(
    qtbot, company, desk, database, sender, language, typed, title
):
    i18n.use(language)
    page = PreferencesPage(desk, database, Choices(desk), lambda *_: None, sender)
    qtbot.addWidget(page)
    page.show()
    page.find_words(typed)
    idle(qtbot, desk)
    titles = {row.title for row in rows_shown(page)}
    if title:
        assert title in titles
    else:
        assert page.nothing.isVisible() == (not titles)


def test_search_says_when_it_finds_nothing_and_goes_back(qtbot, page):
    page.find_words("no such words")
    assert page.nothing.isVisible()
    page.find_words("")
    assert not page.nothing.isVisible()
    assert page.sections["appearance"].isVisible()
    page.search.setText("backup")
    qtbot.waitUntil(lambda: "Last backup" in words(page))
    assert page.escape()
    assert page.search.text() == ""
    assert not page.escape()
    idle(qtbot, page.desk)


def test_no_line_stands_over_the_first_row_nor_under_a_head(page):
    for section in page._makers:
        page.choose(section)
        made = page.sections[section]
        shown = [row for row in made.rows if row.isVisible()]
        assert not shown[0]._is_ruled
        assert all(row._is_ruled != (row in made._above) for row in shown[1:])
    page.find_words("key")
    keyboard = page.sections["keyboard"]
    page.find_words("sync")
    assert all(head.isHidden() for head in keyboard._above.values())


def test_working_day_is_written_for_the_planner(qtbot, page, database):
    page.choose("day")
    day = page.sections["day"]
    idle(qtbot, page.desk)
    day.leave.setText("730")
    day.leave.commit()
    qtbot.waitUntil(lambda: hours(database).leave_s == 7 * 3600 + 1800)
    day.start.setText("46900 Torrent")
    day.start.editingFinished.emit()
    qtbot.waitUntil(lambda: hours(database).start_label == "46900 Torrent")
    assert abs(hours(database).start_lat_e6 - 39_437_000) < 100_000
    assert hours(database).end_label == "46900 Torrent"
    idle(qtbot, page.desk)
    day.end.setText("46800 Xàtiva")
    day.end.editingFinished.emit()
    qtbot.waitUntil(lambda: hours(database).end_label == "46800 Xàtiva")
    assert hours(database).start_label == "46900 Torrent"
    day.lunch.choose(1)
    qtbot.waitUntil(lambda: hours(database).lunch_length_s == 1800)
    day.weekdays.buttons[5].click()
    qtbot.waitUntil(lambda: hours(database).weekdays == "123456")


def test_ctrl_z_takes_a_change_of_the_day_back(qtbot, company, database, files, tmp_path):
    with window_on(database, files, tmp_path) as window:
        window.open(Ref("settings", tab="day"))
        idle(qtbot, window.desk)
        window.page.sections["day"].lunch.choose(0)
        qtbot.waitUntil(lambda: hours(database).lunch_length_s == 0)
        idle(qtbot, window.desk)
        window.undo()
        qtbot.waitUntil(lambda: hours(database).lunch_length_s == 3600)
        idle(qtbot, window.desk)
        lunch = window.page.sections["day"].lunch
        qtbot.waitUntil(lambda: lunch.words[lunch.index].startswith("1"))


def test_what_will_not_do_is_said_beside_it(qtbot, page, database):
    page.choose("day")
    day = page.sections["day"]
    idle(qtbot, page.desk)
    before = hours(database).finish_s
    day.finish.setText("6:00")
    day.finish.commit()
    qtbot.waitUntil(lambda: bool(day.fields["finish"].said_problem))
    assert "end after it begins" in day.fields["finish"].said_problem
    day.start.setText("Atlantis")
    day.start.editingFinished.emit()
    qtbot.waitUntil(lambda: bool(day.fields["start"].said_problem))
    day.lunch_from.setText("15:00")
    day.lunch_from.commit()
    qtbot.waitUntil(lambda: bool(day.fields["lunch_between"].said_problem))
    assert hours(database).finish_s == before


def test_what_the_company_decides_is_shown_with_a_lock(qtbot, page):
    for section in ("profile", "day", "documents", "sync"):
        page.choose(section)
        idle(qtbot, page.desk)
        said = words(page)
        assert "Your company" in said or "office decides" in said
    page.choose("profile")
    assert {"Marta Ferrer", "Zona Levante Sur", "Sales rep"} <= set(words(page).splitlines())
    page.choose("day")
    assert "Hostelería: 45\u00a0min, every 28 days" in words(page)
    page.choose("documents")
    assert "P26-K7-00042" in words(page)


def test_import_and_ones_data_are_reached_from_here(qtbot, page):
    page.choose("lists")
    with qtbot.waitSignal(page.open_requested) as asked:
        page.sections["lists"].import_button.click()
    assert asked.args[0] == Ref("import")
    page.choose("privacy")
    page.sections["privacy"].export_button.click()
    assert page.section == "lists"


def test_every_chosen_setting_has_a_default_to_go_back_to(page):
    for key in page._makers:
        section = page.made(key)
        assert all(hasattr(DEFAULTS, name) for name in section.chosen)


def test_news_are_read_off_the_changelog(qtbot, page):
    page.choose("about")
    page.sections["about"].news_button.click()
    qtbot.waitUntil(lambda: page.sections["about"].layer is not None)
    assert "Unreleased" in words(page.sections["about"].layer)
    page.sections["about"].layer.close_layer()
