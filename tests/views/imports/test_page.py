"""The import screen: a file in, its columns, what is odd, a fuller portfolio; or as before."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from sqlalchemy import func, select

from app.models.account import Account
from app.models.database import Database
from app.models.files import Files
from app.models.product import Product
from app.settings import Settings
from app.views.imports import picking
from app.views.imports.page import COLUMNS, FILE, IMPORT, REVIEW, ImportPage
from app.views.tasks import Tasks
from app.views.widgets.page import Desk, Ref
from tests.company import seed

NOW = datetime(2026, 11, 19, 17, 42, tzinfo=UTC)
LIST = "Nombre;Población;Teléfono;Agente\nBar Luz;Alcoi;600123456;7\n;Gandia;;7\nMar;Cullera;12;7\n"


@pytest.fixture
def page(qtbot, database: Database, files: Files, tmp_path: Path) -> Iterator[ImportPage]:
    seed(database)
    tasks = Tasks(database)
    made = ImportPage(Desk(tasks, Settings(tmp_path / "settings.json"), files, lambda: NOW))
    made.resize(1158, 640)
    qtbot.addWidget(made)
    made.show()
    made.show_ref(Ref("import"))
    yield made
    tasks.close()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "lista.csv"
    path.write_text(LIST, "utf-8")
    return path


def click(part) -> None:
    assert part.isVisible()
    QTest.mouseClick(part, Qt.MouseButton.LeftButton)


def choose(qtbot, page: ImportPage, path: Path) -> None:
    page.choose(path)
    qtbot.waitUntil(lambda: page.plan is not None)


def pick(page: ImportPage, column: int, words: str) -> None:
    """Choose a field for a column as a person does."""
    box = page.columns.boxes[column]
    at = box.findText(words)
    assert at >= 0
    box.setCurrentIndex(at)
    box.activated.emit(at)


def names(page: ImportPage, database: Database, kind=Account) -> set[str]:
    with database.read() as session:
        return set(session.scalars(select(kind.name).where(kind.removed_at.is_(None))))


def test_from_the_picker_to_the_portfolio(qtbot, page, database, file) -> None:
    page.pick = lambda _parent: file
    click(page.pick_button)
    qtbot.waitUntil(lambda: page.plan is not None)
    assert page.step == COLUMNS
    assert [box.currentText() for box in page.columns.boxes.values()] == [
        "Name", "Town", "Phone", "Do not import",
    ]  # fmt: skip
    click(page.review_button)
    assert page.step == REVIEW
    qtbot.waitUntil(lambda: page.review.model.row(1) is not None)
    shown = [page.review.model.row(n) for n in range(2)]
    assert [(p.line, p.left_out, p.reason) for p in shown] == [
        (3, True, "It has no name."), (4, False, "Phone to check: 12"),
    ]  # fmt: skip
    with qtbot.waitSignal(page.toast_requested) as toast:
        click(page.import_button)
    assert page.step == IMPORT
    assert page.report_text == "3 read: 2 added, 1 left out"
    assert toast.args[0] == page.report_text
    assert "Line 3: It has no name." in page.progress.left_out.text()
    assert {"Bar Luz", "Mar"} < names(page, database)
    with qtbot.waitSignal(page.open_requested) as opened:
        click(page.progress.portfolio_button)
    assert (opened.args[0].screen, opened.args[0].tab) == ("portfolio", "prospects")


def test_nobody_chose_a_file(page) -> None:
    page.pick = lambda _parent: None
    click(page.pick_button)
    assert (page.step, page.path) == (FILE, None)


def test_the_same_file_again_has_nothing_to_import(qtbot, page, file) -> None:
    choose(qtbot, page, file)
    click(page.import_button)
    qtbot.waitUntil(lambda: page.report is not None)
    click(page.progress.again_button)
    assert page.step == FILE
    choose(qtbot, page, file)
    assert (page.plan.count("unchanged"), page.import_button.isVisible()) == (2, False)
    assert page.outlook.unchanged.isVisible()


def test_a_column_may_be_given_another_field(qtbot, page, database, file) -> None:
    choose(qtbot, page, file)
    pick(page, 3, "Phone")
    qtbot.waitUntil(lambda: page.plan is not None)
    assert page.columns.boxes[2].currentText() == "Do not import", "a field has one column"
    assert page.plan.columns == {"name": 0, "city": 1, "phone": 3}
    pick(page, 0, "Do not import")
    qtbot.waitUntil(lambda: page.problem_text != "")
    assert page.problem_text == (
        "No column of lista.csv looks like a name. Nothing was imported. "
        "Choose below which column is the name."
    )
    assert not page.import_button.isVisible()
    pick(page, 1, "Name")
    qtbot.waitUntil(lambda: page.plan is not None)
    assert (page.problem_text, page.plan.count("add")) == ("", 3)


def test_going_back_finds_the_file_and_its_columns_again(qtbot, page, file) -> None:
    choose(qtbot, page, file)
    pick(page, 3, "Phone")
    qtbot.waitUntil(lambda: page.plan is not None)
    kept = page.state()
    page.show_ref(Ref("import"))
    assert (page.step, page.source) == (FILE, None)
    page.restore(kept)
    qtbot.waitUntil(lambda: page.plan is not None)
    assert (page.step, page.path) == (COLUMNS, file)
    assert page.plan.columns == {"name": 0, "city": 1, "phone": 3}
    page.back()
    assert page.state() == {}, "no file, nothing to find again"


def test_the_wheel_does_not_change_a_field(qtbot, page, file) -> None:
    choose(qtbot, page, file)
    box = page.columns.boxes[0]
    turn = QWheelEvent(
        QPointF(5, 5), QPointF(5, 5), QPoint(), QPoint(0, -240), Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(box, turn)
    assert box.currentText() == "Name"


@pytest.mark.parametrize("way", ["button", "toast"])
def test_an_import_is_undone(qtbot, page, database, file, way) -> None:
    before = names(page, database)
    choose(qtbot, page, file)
    with qtbot.waitSignal(page.toast_requested) as toast:
        click(page.import_button)
    if way == "button":
        click(page.progress.undo_button)
    else:
        toast.args[1]()
    qtbot.waitUntil(lambda: page.report_text.startswith("The import is undone."))
    assert names(page, database) == before
    assert not page.progress.undo_button.isVisible()


def test_a_stopped_import_leaves_nothing(qtbot, page, database, tmp_path, monkeypatch) -> None:
    path = tmp_path / "largo.csv"
    path.write_text("Nombre;Población\n" + "".join(f"Bar {n};Alcoi\n" for n in range(900)), "utf-8")
    before = names(page, database)
    choose(qtbot, page, path)
    # the import is far too quick for a hand: stop it at its first word, in its own thread
    begin = page.progress.begin

    def begin_and_stop():
        run = begin()
        said = run.progress
        run.progress = lambda done, total: (said(done, total), setattr(run, "stop", done >= 300))
        return run

    monkeypatch.setattr(page.progress, "begin", begin_and_stop)
    click(page.import_button)
    qtbot.waitUntil(lambda: page.problem_text != "")
    assert page.problem_text.strip() == "The import was stopped. Nothing was imported."
    assert (page.step, page.report, names(page, database)) == (COLUMNS, None, before)
    assert page.import_button.isVisible(), "it can be begun again"


def test_the_stop_button_is_a_wish_that_is_said(qtbot, page) -> None:
    page.body.setCurrentIndex(IMPORT)
    how_far = page.progress.progress
    for timer in (how_far._late, how_far._later):
        timer.setInterval(20)
    run = page.progress.begin()
    run.progress(300, 900)
    qtbot.waitUntil(lambda: how_far.words.text() == "300 of 900 rows")
    qtbot.waitUntil(how_far.stop.isVisible)
    assert how_far.words.isVisible()
    assert how_far.bar.value() == 333
    click(how_far.stop)
    assert run.is_stopped()
    assert how_far.words.text() == "Stopping: nothing will be imported."
    assert not how_far.stop.isVisible()
    page.progress.end()


def test_a_bad_file_is_said_in_place_and_the_next_one_is_taken(qtbot, page, file, tmp_path) -> None:
    picture = tmp_path / "foto.csv"
    picture.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(200))
    page.choose(picture)
    qtbot.waitUntil(lambda: page.problem_text != "")
    assert page.problem_text.startswith("foto.csv is not a list but a picture or document.")
    assert page.step == FILE
    assert not page.import_button.isVisible()
    choose(qtbot, page, file)
    assert page.problem_text == ""


def test_the_kind_is_found_out_unless_it_is_said(qtbot, page, database, tmp_path) -> None:
    path = tmp_path / "tarifa.csv"
    path.write_text("Ref;Nombre;PVP\nZ-1;Sal;1,20\n", "utf-8")
    choose(qtbot, page, path)
    assert (page.kind_key, page.title.text()) == ("products", "Import products")
    click(page.import_button)
    qtbot.waitUntil(lambda: page.report_text == "1 read: 1 added")
    assert "Sal" in names(page, database, Product)
    assert not page.progress.portfolio_button.isVisible()
    page.show_ref(Ref("import", options={"as": "accounts", "file": str(path)}))
    qtbot.waitUntil(lambda: page.plan is not None)
    assert (page.kind_key, page.plan.kind) == ("accounts", "accounts")
    page.kind.choose(1)
    qtbot.waitUntil(lambda: page.plan is not None and page.plan.kind == "products")


def test_how_a_file_was_read_can_be_changed(qtbot, page, file) -> None:
    choose(qtbot, page, file)
    assert (page.outlook.encoding.currentText(), page.outlook.delimiter.currentText()) == (
        "UTF-8", "Semicolon",
    )  # fmt: skip
    click_box(page.outlook.titles)
    qtbot.waitUntil(lambda: page.source is not None and page.source.header == 0)
    assert page.source.titles[0] == "Column 1"
    click_box(page.outlook.titles)
    qtbot.waitUntil(lambda: page.source is not None and page.source.titles[0] == "Nombre")
    page.outlook.delimiter.setCurrentIndex(page.outlook.delimiter.findText("Comma"))
    page.outlook.delimiter.activated.emit(0)
    qtbot.waitUntil(lambda: page.source is not None and len(page.source.titles) == 1)
    qtbot.waitUntil(lambda: page.problem_text != "")
    assert "looks like a name" in page.problem_text


def click_box(box) -> None:
    QTest.mouseClick(box, Qt.MouseButton.LeftButton, pos=QPoint(8, box.height() // 2))


def test_doubtful_days_and_duplicates_are_decided_beside(qtbot, page, tmp_path) -> None:
    path = tmp_path / "altas.csv"
    path.write_text(
        "Nombre;Población;Fecha alta\nRestaurante El Socarrat;Xàtiva;03/04/2019\n", "utf-8"
    )
    choose(qtbot, page, path)
    assert page.outlook.days.isVisible()
    assert page.plan.rows[0].values["since_on"].month == 4
    page.outlook.days.choose(1)
    qtbot.waitUntil(lambda: page.plan is not None)
    assert page.plan.rows[0].values["since_on"].month == 3
    page.outlook.twins.choose(1)
    qtbot.waitUntil(lambda: page.plan is not None)
    assert page.plan.count("unchanged") == 1
    page.outlook.twins.choose(2)
    qtbot.waitUntil(lambda: page.plan is not None)
    assert page.plan.count("add") == 1


def test_a_file_may_be_dropped(qtbot, page, file) -> None:
    content = QMimeData()
    content.setUrls([QUrl.fromLocalFile(str(file))])
    copy, left, none = (
        Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier,
    )  # fmt: skip
    QApplication.sendEvent(page, QDragEnterEvent(QPoint(8, 8), copy, content, left, none))
    QApplication.sendEvent(page, QDropEvent(QPointF(8, 8), copy, content, left, none))
    qtbot.waitUntil(lambda: page.plan is not None)
    assert page.path == file


def test_escape_and_ctrl_enter_go_through_the_steps(qtbot, page, file) -> None:
    choose(qtbot, page, file)
    page.primary()
    assert page.step == REVIEW
    assert page.escape()
    assert page.step == COLUMNS
    assert page.escape()
    assert (page.step, page.source) == (FILE, None)
    assert not page.escape(), "the window goes back"
    page.pick = lambda _parent: file
    page.primary()
    qtbot.waitUntil(lambda: page.plan is not None)


def test_the_picker_is_the_systems(monkeypatch, page, file) -> None:
    monkeypatch.setattr(
        picking.QFileDialog, "getOpenFileName", lambda *_rest: (str(file), "")
    )  # fmt: skip
    assert picking.pick_file(page) == file
    monkeypatch.setattr(picking.QFileDialog, "getOpenFileName", lambda *_rest: ("", ""))
    assert picking.pick_file(page) is None


def test_many_columns_are_all_within_reach(qtbot, page, tmp_path) -> None:
    path = tmp_path / "ancho.csv"
    titles = [f"c{n}" for n in range(300)] + ["Nombre"]
    path.write_text(";".join(titles) + "\n" + ";".join(["x"] * 301) + "\n", "utf-8")
    choose(qtbot, page, path)
    assert page.columns.boxes[300].currentText() == "Name"
    assert page.plan.count("add") == 1


def test_everything_that_can_be_used_has_a_name(qtbot, page, file) -> None:
    choose(qtbot, page, file)
    controls = [*page.columns.boxes.values(), page.kind, page.outlook.twins, page.outlook.encoding,
                page.back_button, page.import_button, page.review_button]  # fmt: skip
    assert all(control.accessibleName() for control in controls)


def test_nothing_of_the_import_is_written_by_looking(qtbot, page, database, file) -> None:
    with database.read() as session:
        before = session.scalar(select(func.count()).select_from(Account))
    choose(qtbot, page, file)
    click(page.review_button)
    page.back()
    with database.read() as session:
        assert session.scalar(select(func.count()).select_from(Account)) == before
