"""Working alone: a company of one person on this computer, through the real window."""

from __future__ import annotations

import sys
from functools import partial

import pytest
from PySide6.QtWidgets import QApplication

from app import i18n, main
from app.models.product import TaxRate
from app.services import accounts, erasing, quotes, shell, syncing
from app.settings import Settings
from app.views import application, theme
from app.views.first_run.hints import Hints, offer
from app.views.first_run.page import FirstRunPage
from app.views.first_run.ribbon import DemoRibbon
from app.views.widgets.page import Ref
from tests.company import seed
from tests.views.desks import NOW, TODAY, desk_on, idle, window_on, words


@pytest.fixture
def window(qtbot, database, files, tmp_path):
    """The window as it opens for the first time on a computer that knows nobody."""
    settings = Settings(tmp_path / "settings.json", language="en", theme="claro")
    i18n.use("en")
    application.create(settings)
    workspace = main.Workspace(tmp_path, settings, database, files)
    desktop = main.build(workspace, now=lambda: NOW)
    desktop.window.resize(1366, 768)
    desktop.window.show()
    desktop.window.start()
    qtbot.waitUntil(lambda: "first_run" in desktop.window.pages)
    yield desktop.window
    idle(qtbot, desktop.window.desk)
    desktop.window.close()
    desktop.window.deleteLater()


def begin(qtbot, window, screen=""):
    page = window.page
    page.person.setText(" Ana Gil ")
    page.company.setText("Quesos Gil")
    page.begin(screen)
    qtbot.waitUntil(lambda: isinstance(window.page, FirstRunPage) is False, timeout=10_000)
    idle(qtbot, window.desk)


def test_company_of_one_begins_on_today(qtbot, window, database):
    begin(qtbot, window)
    qtbot.waitUntil(lambda: "Ana Gil" in words(window.sidebar))
    assert "Quesos Gil" in window.windowTitle()
    qtbot.waitUntil(lambda: window.synchroniser.pill.key == "alone")
    window.synchroniser.sync_now()
    assert not window.synchroniser.running
    assert "Only on this computer" in words(window.top)
    with database.read() as session:
        status = syncing.status(session)
        assert status.is_alone
        assert not status.is_connected
        assert status.operations == 0, "there is nobody to send it to"
        assert shell.is_enrolled(session)
        assert {rate.kind for rate in session.query(TaxRate)} >= {"general", "reduced"}


def test_undo_does_not_take_the_company_away(qtbot, window, database):
    begin(qtbot, window)
    window.undo()
    idle(qtbot, window.desk)
    with database.read() as session:
        assert shell.person(session).company == "Quesos Gil"


def test_portfolio_is_imported_next_when_it_is_wished(qtbot, window):
    begin(qtbot, window, "import")
    qtbot.waitUntil(lambda: window.history.here.ref == Ref("import"))


def test_quote_can_be_issued_without_any_server(qtbot, window, database):
    begin(qtbot, window)
    with database.write() as session:
        account = accounts.add(session, name="Bar Sol", kind="customer", city="Gandia")
        quote = quotes.draft(session, account.id, today=TODAY)
        assert quote.tax_regime == "iva"
    with database.read() as session:
        assert quotes.get(session, quote.id).price_list_id


@pytest.mark.parametrize("empty", ["person", "company"])
def test_missing_name_is_said_beside_it(qtbot, window, database, empty):
    page = window.page
    page.person.setText("" if empty == "person" else "Ana")
    page.company.setText("" if empty == "company" else "Quesos")
    page.begin("")
    qtbot.waitUntil(lambda: bool(page.form.fields[empty].error))
    assert page.empty_button.isEnabled()
    with database.read() as session:
        assert not shell.is_enrolled(session)


def test_settings_of_somebody_alone_say_so_and_can_be_written(qtbot, window, database):
    begin(qtbot, window)
    window.open(Ref("settings", tab="sync"))
    idle(qtbot, window.desk)
    assert "cannot be joined with a company's later" in words(window.page)
    assert "Connect again" not in words(window.page)
    window.open(Ref("settings", tab="documents"))
    idle(qtbot, window.desk)
    papers = window.page.sections["documents"]
    papers.edits["tax_id"].setText("B00000018")
    papers.edits["tax_id"].editingFinished.emit()
    idle(qtbot, window.desk)
    assert papers._shown.tax_id == "B00000018"
    papers.edits["name"].setText(" ")
    papers.edits["name"].editingFinished.emit()
    qtbot.waitUntil(lambda: bool(papers.fields["name"].said_problem))
    window.open(Ref("settings", tab="profile"))
    idle(qtbot, window.desk)
    profile = window.page.sections["profile"]
    profile.name.setText("Ana Gil Mas")
    profile.name.editingFinished.emit()
    idle(qtbot, window.desk)
    assert profile._shown.person == "Ana Gil Mas"
    with database.read() as session:
        assert shell.person(session).name == "Ana Gil Mas"


def test_three_hints_come_once(qtbot, window):
    begin(qtbot, window)
    hints = window.findChild(Hints)
    assert {"Three things to know", "Don't show again"} <= set(words(hints).splitlines())
    edge = hints.geometry()
    assert window.rect().contains(edge)
    window.resize(1280, 650)
    QApplication.processEvents()
    assert window.rect().contains(hints.geometry())
    hints.never_button.click()
    assert window.desk.settings.hints_seen
    idle(qtbot, window.desk)
    offer(window, window.desk)
    idle(qtbot, window.desk)
    assert [each for each in window.findChildren(Hints) if not each.isHidden()] == []


def test_language_and_theme_are_on_top(qtbot, window):
    page = window.page
    page.theme.choose(1)
    assert theme.name() == "oscuro"
    page.theme.choose(0)
    page.language.choose(0)
    qtbot.waitUntil(lambda: "Trabajar solo en este equipo" in words(window.page))
    window.page.language.choose(1)
    qtbot.waitUntil(lambda: "Work alone on this computer" in words(window.page))


def test_ribbon_stands_only_over_the_example(qtbot, database, files, tmp_path):
    seed(database)
    with window_on(database, files, tmp_path) as window:
        assert window.findChild(DemoRibbon) is None
    with database.write() as session:
        session.connection().exec_driver_sql("UPDATE sync_state SET is_demo = 1")
    with window_on(database, files, tmp_path) as window:
        ribbon = window.findChild(DemoRibbon)
        assert ribbon.isVisible()
        assert ribbon.geometry().right() == window.rect().right()
        window.set_language("es")
        qtbot.waitUntil(lambda: "Datos de ejemplo" in ribbon.words.text())
        assert ribbon.erase_button.text() == "Borrar"
        idle(qtbot, window.desk)
        ribbon.erase_button.click()
        assert not window.isVisible()
        assert erasing.is_wanted(tmp_path)


def test_way_from_the_example_to_ones_own_data(qtbot, database, files, tmp_path, monkeypatch):
    started = []
    monkeypatch.setattr("subprocess.Popen", lambda command, **_: started.append(command))
    seed(database)
    with database.write() as session:
        session.connection().exec_driver_sql("UPDATE sync_state SET is_demo = 1")
    with window_on(database, files, tmp_path) as window:
        idle(qtbot, window.desk)
        window.findChild(DemoRibbon).connect_button.click()
        qtbot.waitUntil(lambda: not window.isVisible())
    assert started == [[sys.executable, "-m", "app"]]


def test_example_opens_in_a_window_of_its_own(qtbot, window, monkeypatch):
    started = []
    monkeypatch.setattr("subprocess.Popen", lambda command, **_: started.append(command))
    window.page.example_button.click()
    qtbot.waitUntil(lambda: bool(started))
    assert started == [[sys.executable, "-m", "app", "demo"]]


def test_computer_that_has_a_company_keeps_it(qtbot, database, files, tmp_path):
    with desk_on(database, files, tmp_path) as desk:
        workspace = main.Workspace(tmp_path, desk.settings, database, files)
        main._begin_alone(workspace, "Ana", "Quesos")
        page = FirstRunPage(
            desk, partial(main._enrol, workspace), partial(main._begin_alone, workspace), tmp_path
        )
        qtbot.addWidget(page)
        page.show()
        page.person.setText("Luis")
        page.company.setText("Vinos")
        page.begin("")
        qtbot.waitUntil(page.bar.isVisible)
        assert "has a company already" in page.bar.words.text()
        with database.read() as session:
            assert shell.person(session).name == "Ana"
