"""Long tables as people use them: columns moved and kept, cells written in, rows kept by id."""

from __future__ import annotations

from typing import NamedTuple

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QPainter, QPixmap
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QStyleOptionViewItem, QWidget
from sqlalchemy import select

from app.models.account import Account
from app.services.id_list import IdList
from app.views.paged_table import Column, PagedTable, spans
from app.views.tasks import Tasks
from app.views.widgets import arrangement
from app.views.widgets.arrangement import Arrangement
from app.views.widgets.cells import BarCell, CheckCell, TwoLine
from app.views.widgets.column_chooser import ColumnChooser, column_menu
from app.views.widgets.table_view import TableView
from tests.company import seed
from tests.views.desks import press

KEY = Qt.Key


class Line(NamedTuple):
    id: str
    name: str
    phone: str


def lines(session, ids):
    found = session.execute(
        select(Account.id, Account.name, Account.phone).where(Account.id.in_(list(ids)))
    )
    return [Line(*row) for row in found]


def columns() -> list[Column]:
    return [
        Column("name", "Name", lambda row: TwoLine(row.name, "Xàtiva", row.name, star=True)),
        Column("phone", "Phone", lambda row: row.phone, width=120, edit=lambda row: row.phone),
        Column("margin", "Margin", lambda row: "12 %", width=80, right=True, internal=True),
        Column("goal", "Goal", lambda row: BarCell(0.6, "60 %", pace=0.5), width=90, optional=True),
        Column("done", "Done", lambda row: CheckCell(True, "Done"), width=60, optional=True,
               edit=lambda row: "x"),
    ]  # fmt: skip


@pytest.fixture
def tasks(qapp, database):
    made = Tasks(database)
    yield made
    made.close()


@pytest.fixture
def table(tasks, database):
    seed(database)
    with database.write() as session:
        session.add_all([Account(name=f"Cliente {n:04d}", phone=str(n)) for n in range(400)])
    with database.read() as session:
        ids = list(session.scalars(select(Account.id).order_by(Account.name)))
    made = PagedTable(tasks, columns(), lines)
    made.show_ids(IdList(ids))
    return made


@pytest.fixture
def view(qtbot, tasks, table):
    made = TableView("Customers", 40)
    qtbot.addWidget(made)
    made.resize(900, 420)
    made.set_table(table)
    made.show()
    made.activateWindow()
    made.setFocus()
    qtbot.waitUntil(lambda: table.index(0, 1).data() == "0")
    return made


def titles(view) -> list[str]:
    header, model = view.horizontalHeader(), view.model()
    order = [header.logicalIndex(n) for n in range(header.count())]
    return [model.columns[n].title for n in order if not view.isColumnHidden(n)]


def test_it_passes_qts_own_model_tester(qtmodeltester, table, view):
    qtmodeltester.check(table)


def test_optional_columns_come_when_asked_for_and_stand_where_they_are_put(view, table):
    assert titles(view) == ["Name", "Phone", "Margin"]
    view.arrange(Arrangement(("goal", "name", "phone"), {"goal": 140}))
    assert titles(view) == ["Goal", "Name", "Phone"]
    assert view.columnWidth(table.column("goal")) == 140
    view.arrange(Arrangement())
    assert titles(view) == ["Name", "Phone", "Margin"]


def test_what_is_internal_is_hidden_while_the_customer_looks(view):
    view.arrange(view.arrangement, customer_looks=True)
    assert titles(view) == ["Name", "Phone"]
    view.arrange(view.arrangement, customer_looks=False)
    assert titles(view) == ["Name", "Phone", "Margin"]


def test_the_mouse_moves_and_widens_a_column_and_says_so(qtbot, view, table):
    with qtbot.waitSignal(view.arranged):
        view.horizontalHeader().moveSection(2, 1)
    assert view.shown_keys() == ["name", "margin", "phone"]
    with qtbot.waitSignal(view.arranged):
        view.horizontalHeader().resizeSection(table.column("phone"), 200)
    assert view.arrangement.widths == {"phone": 200}


def test_an_arrangement_is_read_as_it_was_kept_and_nonsense_is_none():
    made = Arrangement(("phone", "name"), {"phone": 200})
    assert arrangement.read(made.kept()) == made
    for nonsense in (None, [], {"shown": 3, "widths": "x"}, {"widths": {"phone": "wide"}}):
        assert arrangement.read(nonsense) == Arrangement()
    assert Arrangement(("gone",)).keys(columns()) == ["name", "phone", "margin"]
    only = Arrangement(("name",))
    assert only.switched(columns(), "name", on=False) == only, "one column stays"
    assert made.resized("phone", 9999).widths["phone"] == arrangement.MOST


def test_the_menu_of_a_column_is_opened_with_the_keyboard(qtbot, view, table):
    view.setCurrentIndex(table.index(2, table.column("phone")))
    with qtbot.waitSignal(view.menu_asked) as asked:
        press(KEY.Key_F10, Qt.KeyboardModifier.ShiftModifier)
    assert asked.args[0] == "phone"
    menu = column_menu(view, table, "phone")
    by_words = {action.text(): action for action in menu.actions() if action.text()}
    assert list(by_words) == [
        "Sort upwards", "Sort downwards", "Move to the left", "Move to the right", "Wider",
        "Narrower", "Hide the column",
    ]  # fmt: skip
    with qtbot.waitSignal(view.sort_asked) as sorted_:
        by_words["Sort downwards"].trigger()
    assert sorted_.args == ["-phone"]
    assert table.headerData(1, Qt.Orientation.Horizontal) == "Phone ↓"
    by_words["Move to the left"].trigger()
    assert view.shown_keys() == ["phone", "name", "margin"]
    by_words["Wider"].trigger()
    assert view.columnWidth(table.column("phone")) == 140
    by_words["Hide the column"].trigger()
    assert view.shown_keys() == ["name", "margin"]


def test_the_chooser_shows_hides_moves_and_takes_back(qtbot, view, table):
    layer = ColumnChooser(view, view, table)
    layer.boxes["goal"].click()
    assert view.shown_keys() == ["name", "phone", "margin", "goal"]
    layer.boxes["phone"].click()
    assert view.shown_keys() == ["name", "margin", "goal"]
    up = next(
        b for b in layer.findChildren(QWidget) if b.accessibleName() == "Move Goal to the left"
    )
    up.click()
    assert view.shown_keys() == ["name", "goal", "margin"]
    next(b for b in layer.findChildren(QWidget) if b.accessibleName() == "As they came").click()
    assert view.shown_keys() == ["name", "phone", "margin"]
    press(KEY.Key_Escape)
    assert not layer.isVisible()


def test_rows_are_chosen_by_id_through_a_new_order(view, table):
    ids = list(table.ids)
    view.select_ids(ids[3:6])
    assert view.selected_ids() == ids[3:6]
    table.show_ids(IdList(reversed(ids)))
    assert sorted(view.selected_ids()) == sorted(ids[3:6])
    table.show_ids(IdList(ids[4:]))
    assert view.selected_ids() == ids[4:6], "who is gone is not chosen"


def test_a_row_is_chosen_whatever_key_is_held(view, table):
    press(KEY.Key_Control, Qt.KeyboardModifier.ControlModifier)
    view.choose(table.id_at(3))
    view.choose(table.id_at(4))
    assert view.selected_ids() == [table.id_at(4)]
    QTest.keyPress(view, KEY.Key_Control, Qt.KeyboardModifier.ControlModifier)
    view.choose(table.id_at(5))
    assert view.selected_ids() == [table.id_at(5)]
    QTest.keyRelease(view, KEY.Key_Control)


def test_everything_is_selected_without_fetching_a_row(qtbot, tasks, view, table):
    many = IdList(f"{n:032x}" for n in range(100_000))
    table.show_ids(many)
    press(KEY.Key_A, Qt.KeyboardModifier.ControlModifier)
    assert view.chosen_count() == 100_000
    assert view.selected_ids() == list(many)
    qtbot.waitUntil(lambda: not tasks.busy)
    assert len(table._rows) < 1000
    table.show_ids(IdList(many[1:]))
    assert view.chosen_count() == 99_999


def test_the_scroll_bar_is_true_and_the_place_is_kept_by_id(view, table):
    many = [f"{n:032x}" for n in range(200_000)]
    table.show_ids(IdList(many))
    bar = view.verticalScrollBar()
    bar.setValue(bar.maximum())
    assert view.rowAt(view.viewport().height() - 2) == 199_999
    bar.setValue(40 * 100_000 + 7)
    assert view.top_id == many[100_000]
    table.show_ids(IdList(many[50:]))
    assert view.top_id == many[100_000]
    assert bar.value() == 40 * (100_000 - 50) + 7, "not a pixel"
    view.show_at_top(many[70_000])
    assert view.top_id == many[70_000]


def test_more_rows_at_the_end_move_nothing(qtbot, view, table):
    ids = list(table.ids)
    table.show_ids(IdList(ids[:100]))
    view.choose(ids[7])
    with qtbot.waitSignal(table.rowsInserted) as grown:
        table.show_ids(IdList(ids))
    assert grown.args[1:] == [100, len(ids) - 1]
    assert view.current_id == ids[7]
    assert table.index(0, 1).data() == "0", "what is known is there at once"


def edited(view, words: str, key) -> None:
    editor = view.findChild(QLineEdit)
    editor.setText(words)
    press(key)


def test_a_cell_is_its_own_editor_and_enter_goes_down(qtbot, view, table):
    view.setCurrentIndex(table.index(1, 1))
    press(KEY.Key_F2)
    editor = view.findChild(QLineEdit)
    assert editor.geometry() == view.visualRect(table.index(1, 1))
    assert editor.accessibleName() == "Phone"
    assert editor.text() == "1"
    with qtbot.waitSignal(view.written) as written:
        edited(view, "600", KEY.Key_Return)
    assert written.args == [table.id_at(1), "phone", "600"]
    assert view.currentIndex().row() == 2
    assert table.index(1, 1).data() == "600", "shown until it is saved"
    table.keep_draft(table.id_at(1), "phone", None)
    assert table.index(1, 1).data() == "1"


def test_tab_goes_on_to_the_next_cell_that_can_be_written(view, table):
    view.arrange(Arrangement(("name", "phone", "margin", "done")))
    view.setCurrentIndex(table.index(0, table.column("phone")))
    press(KEY.Key_F2)
    press(KEY.Key_Tab)
    assert view.currentIndex() == table.index(0, table.column("done"))
    press(KEY.Key_Tab)
    assert view.currentIndex() == table.index(1, table.column("phone"))
    press(KEY.Key_Backtab)
    assert view.currentIndex() == table.index(0, table.column("done"))


def test_escape_gives_an_edit_up_and_the_name_has_none(qtbot, view, table):
    view.setCurrentIndex(table.index(0, 1))
    press(KEY.Key_F2)
    with qtbot.assertNotEmitted(view.written):
        edited(view, "600", KEY.Key_Escape)
    view.setCurrentIndex(table.index(0, 0))
    assert not view.edit_cell()


def test_what_is_refused_stays_marked_and_blocks_nothing(view, table):
    id_ = table.id_at(1)
    table.keep_draft(id_, "phone", "many", "A number is needed.")
    assert table.index(1, 1).data() == "many"
    assert table.refused == {(id_, "phone"): "A number is needed."}
    picture = QPixmap(900, 420)
    view.render(picture)
    box = view.visualRect(table.index(1, 1))
    at = box.topLeft() + view.viewport().pos() + QPoint(1, box.height() // 2)
    assert picture.toImage().pixelColor(at).red() > 150, "a red frame"
    view.setCurrentIndex(table.index(2, 1))
    assert view.edit_cell()


@pytest.mark.parametrize("key", ["goal", "done", "name"])
def test_each_kind_of_cell_is_painted_and_said(view, table, key):
    view.arrange(Arrangement((key,)))
    option = QStyleOptionViewItem()
    option.rect = QRect(0, 0, 200, 40)
    index = table.index(0, table.column(key))
    blank, painted = QPixmap(200, 40), QPixmap(200, 40)
    for picture, which in ((blank, table.index(0, table.column("margin"))), (painted, index)):
        picture.fill(Qt.GlobalColor.white)
        view.itemDelegate().initStyleOption(option, which)
        option.rect = QRect(0, 0, 200, 40)
        painter = QPainter(picture)
        view.itemDelegate().paint(painter, option, which)
        painter.end()
    assert painted.toImage() != blank.toImage()
    assert index.data(Qt.ItemDataRole.AccessibleTextRole)


def test_ctrl_enter_asks_for_a_window_of_its_own(qtbot, view, table):
    view.opens_windows = True
    view.choose(table.id_at(4))
    with qtbot.waitSignal(view.window_asked) as asked:
        press(KEY.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert asked.args == [table.id_at(4)]


def test_spans_are_what_lies_side_by_side():
    assert spans([1, 2, 3, 7, 9, 10]) == [(1, 3), (7, 7), (9, 10)]
    assert spans([]) == []
