"""A board by keys and by drag: where the cards go, what is counted, what is heard."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QWidget

from app import i18n
from app.views.widgets.kanban import Board, DropStrip
from app.views.widgets.kanban_card import MIME
from app.views.widgets.layout import column
from tests.views import gallery
from tests.views.desks import press

KEY, CONTROL = Qt.Key, Qt.KeyboardModifier.ControlModifier
NEW, QUALIFIED, QUOTED, NEGOTIATION, WON = ("new", "qualified", "quoted", "negotiation", "won")


@pytest.fixture
def board(qtbot) -> Board:
    made = gallery.board()
    made.resize(1150, 600)
    qtbot.addWidget(made)
    made.show()
    made.activateWindow()
    qtbot.waitUntil(made.isActiveWindow)
    return made


def cards(board: Board, key: str) -> list[str]:
    return [card.id for card in board.columns[key].list.cards.cards]


def focus(board: Board, key: str) -> None:
    board.columns[key].list.setFocus(Qt.FocusReason.TabFocusReason)


def test_control_and_an_arrow_carry_the_card_and_the_cursor_goes_with_it(qtbot, board):
    focus(board, NEW)
    press(KEY.Key_Down)
    with qtbot.waitSignal(board.moved) as said:
        press(KEY.Key_Right, CONTROL)
    assert said.args == ["2", NEW, QUALIFIED]
    assert cards(board, NEW) == ["1", "3"]
    assert cards(board, QUALIFIED) == ["2", "4"]
    assert board.columns[QUALIFIED].list.hasFocus()
    assert board.current().id == "2"
    press(KEY.Key_Right, CONTROL)
    press(KEY.Key_Left, CONTROL)
    press(KEY.Key_Left, CONTROL)
    assert cards(board, NEW) == ["2", "1", "3"]
    press(KEY.Key_Left, CONTROL)
    assert cards(board, NEW) == ["2", "1", "3"], "there is no stage before the first"


def test_arrows_alone_move_the_cursor_through_the_stages(board):
    focus(board, NEW)
    press(KEY.Key_Down)
    press(KEY.Key_Right)
    assert board.columns[QUALIFIED].list.hasFocus()
    assert board.current().id == "4", "the nearest card there is"
    press(KEY.Key_Right)
    press(KEY.Key_Right)
    assert board.columns[NEGOTIATION].list.hasFocus(), "an empty stage can be reached too"
    press(KEY.Key_Right)
    assert board.current().id == "7"


def test_enter_opens_the_card_and_plus_adds_to_its_stage(qtbot, board):
    focus(board, QUOTED)
    with qtbot.waitSignal(board.opened) as said:
        press(KEY.Key_Return)
    assert said.args == ["5"]
    add = board.columns[QUOTED].findChild(QAbstractButton)
    assert add.accessibleName() == "New in “Quoted”"
    with qtbot.waitSignal(board.add_asked) as said:
        QTest.mouseClick(add, Qt.MouseButton.LeftButton)
    assert said.args == [QUOTED]
    assert board.columns[WON].findChild(QAbstractButton) is None


def test_the_head_counts_sums_and_weighs_and_follows_a_move(board):
    part = board.columns[NEW]
    assert part.count.accessibleName() == "3"
    assert part.total.text() == "€24,450"
    assert part.weighted.text() == "weighted €2,445"
    assert part.list.accessibleName() == "New, 3, €24,450.50, weighted €2,445"
    board.move_card("2", NEGOTIATION)
    assert part.total.text() == "€5,950"
    assert board.columns[NEGOTIATION].weighted.text() == "weighted €13,875"
    assert board.columns[WON].weighted.text() == "", "what is won is not weighed"


def test_a_card_is_one_whole_sentence(board):
    i18n.use("es")
    index = board.columns[QUOTED].list.cards.index(0, 0)
    heard = index.data(Qt.ItemDataRole.AccessibleTextRole)
    assert heard == "Tarifa nueva completa, Forn de Baix, 2.297,99\u00a0€, Firmar hoy, P-2026-0347"
    index = board.columns[NEW].list.cards.index(0, 0)
    assert "Campaña de otoño" in index.data(Qt.ItemDataRole.AccessibleTextRole)


def test_somebody_elses_card_is_read_and_stays(qtbot, board):
    focus(board, QUOTED)
    press(KEY.Key_Down)
    assert board.current().id == "6"
    with qtbot.assertNotEmitted(board.moved):
        press(KEY.Key_Right, CONTROL)
    model = board.columns[QUOTED].list.cards
    assert not model.flags(model.index(1, 0)) & Qt.ItemFlag.ItemIsDragEnabled
    assert model.flags(model.index(0, 0)) & Qt.ItemFlag.ItemIsDragEnabled


def drop(target: QWidget, carried: QMimeData) -> None:
    spot, none = QPointF(40, 10), Qt.KeyboardModifier.NoModifier
    actions = Qt.DropAction.MoveAction | Qt.DropAction.CopyAction
    enter = QDragEnterEvent(spot.toPoint(), actions, carried,
                            Qt.MouseButton.LeftButton, none)  # fmt: skip
    QApplication.sendEvent(target, enter)
    assert enter.isAccepted() == carried.hasFormat(MIME)
    if enter.isAccepted():
        event = QDropEvent(spot, actions, carried, Qt.MouseButton.LeftButton, none)
        QApplication.sendEvent(target, event)
        assert event.dropAction() == Qt.DropAction.CopyAction, "nobody else takes the card away"


def test_a_dragged_card_lands_where_it_is_dropped(qtbot, board):
    source = board.columns[NEW].list.cards
    carried = source.mimeData([source.index(0, 0)])
    with qtbot.waitSignal(board.moved) as said:
        drop(board.columns[WON].list.viewport(), carried)
    assert said.args == ["1", NEW, WON]
    assert (cards(board, NEW), cards(board, WON)) == (["2", "3"], ["1", "7"])
    with qtbot.assertNotEmitted(board.moved):
        drop(board.columns[WON].list.viewport(), carried)


def test_what_is_no_card_is_not_taken(qtbot, board):
    text = QMimeData()
    text.setText("1")
    with qtbot.assertNotEmitted(board.moved):
        drop(board.columns[WON].list.viewport(), text)


def test_a_card_dropped_on_the_strip_is_named_and_can_be_taken_away(qtbot, board):
    strip = DropStrip("archive", "Lost")
    qtbot.addWidget(strip)
    source = board.columns[NEW].list.cards
    strip.dropped.connect(board.take_away)
    drop(strip, source.mimeData([source.index(2, 0)]))
    assert cards(board, NEW) == ["1", "2"]


def test_the_cursor_stays_on_its_card_when_news_come(board):
    board.choose("5")
    news = gallery.cards()
    moved = news[QUOTED].pop(0)
    news[WON].append(replace(moved, amount=Decimal(1)))
    board.show_cards(news)
    assert board.current().id == "5"
    assert board.stage_of("5") == WON


@pytest.mark.parametrize("empty", [True, False])
def test_an_empty_stage_says_what_it_means(board, empty):
    part = board.columns[NEGOTIATION].list
    with_words = part.grab().toImage()
    part._meaning = "" if empty else part._meaning
    assert (part.grab().toImage() == with_words) is not empty


def test_three_hundred_cards_fit_into_a_page(qtbot):
    page, board = QWidget(), gallery.board()
    card = gallery.cards()[NEW][0]
    many = {key: [replace(card, id=f"{key}{n}") for n in range(60)] for key in board.columns}
    page.setLayout(column((board, 1)))
    qtbot.addWidget(page)
    page.resize(1150, 600)
    board.show_cards(many)
    page.show()
    page.activateWindow()
    qtbot.waitUntil(page.isActiveWindow)
    focus(board, WON)
    press(KEY.Key_End)
    assert board.current().id == "won59"
    assert board.columns[WON].count.accessibleName() == "60"
