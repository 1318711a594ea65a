"""What is seen while something takes long, and what a page says in place."""

from __future__ import annotations

import threading
from typing import NamedTuple

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QLineEdit, QVBoxLayout, QWidget

from app import i18n
from app.views.messages import MessageBar
from app.views.paged_table import Column, PagedTable
from app.views.tasks import Tasks
from app.views.widgets.button import Button
from app.views.widgets.edits import MoneyEdit
from app.views.widgets.inline import InlineEdit
from app.views.widgets.notices import Banner, Banners
from app.views.widgets.progress import Progress, of_bytes, of_things
from app.views.widgets.skeleton import AFTER_MS, Skeleton, TableSkeleton
from app.views.widgets.stepper import Steps
from app.views.widgets.table_view import TableView
from tests.views.desks import press, typed

KEY, LEFT = Qt.Key, Qt.MouseButton.LeftButton


@pytest.fixture
def window(qtbot) -> QWidget:
    made = QWidget()
    QVBoxLayout(made)
    qtbot.addWidget(made)
    made.resize(600, 400)
    made.show()
    made.activateWindow()
    qtbot.waitUntil(made.isActiveWindow)
    return made


def put(window: QWidget, part: QWidget) -> QWidget:
    window.layout().addWidget(part)
    part.show()
    return part


def test_a_skeleton_is_seen_only_after_a_while_and_covers_the_rows(qtbot, window):
    rows = put(window, QWidget())
    waiting = Skeleton(rows, head=20, after_ms=30)
    waiting.begin()
    assert waiting.isHidden()
    qtbot.waitUntil(waiting.isVisible)
    assert waiting.geometry() == rows.rect().adjusted(0, 20, 0, 0)
    window.resize(500, 300)
    qtbot.waitUntil(lambda: waiting.geometry() == rows.rect().adjusted(0, 20, 0, 0))
    waiting.end()
    assert waiting.isHidden()


def test_what_comes_in_time_shows_no_skeleton(qtbot, window):
    waiting = Skeleton(put(window, QWidget()))
    assert AFTER_MS == 150
    waiting.begin()
    waiting.end()
    assert not waiting._timer.isActive()
    assert waiting.isHidden()


class Row(NamedTuple):
    id: str


@pytest.fixture
def tasks(qapp, database):
    made = Tasks(database)
    yield made
    made.close()


def test_rows_that_are_slow_to_come_are_drawn_as_such(qtbot, window, tasks):
    here = threading.Event()

    def fetch(_session, ids):
        assert here.wait(10)
        return [Row(id_) for id_ in ids]

    table = PagedTable(tasks, [Column("id", "Id", lambda row: row.id)], fetch)
    view = put(window, TableView("Slow", 40))
    view.set_table(table)
    waiting = view.findChild(TableSkeleton)
    assert waiting.isHidden()
    table.show_ids([f"{n:03d}" for n in range(900)])
    assert waiting.isHidden()
    qtbot.waitUntil(waiting.isVisible)
    assert waiting.geometry() == view.viewport().geometry(), "the titles stay"
    here.set()
    qtbot.waitUntil(lambda: table.index(0, 0).data() == "000")
    assert waiting.isHidden()
    here.clear()
    view.scrollToBottom()
    qtbot.waitUntil(waiting.isVisible)
    here.set()
    qtbot.waitUntil(waiting.isHidden)
    assert table.index(899, 0).data() == "899"


@pytest.mark.parametrize(
    ("language", "done", "total", "said"),
    [
        ("es", 11_200_000, 18_000_000, "11,2 de 18,0\u00a0MB"),
        ("en", 11_200_000, 18_000_000, "11.2 of 18.0\u00a0MB"),
        ("en", 400_000, 2_000_000_000, "0.0 of 2.0\u00a0GB"), ("es", 3, 12, "3 de 12\u00a0B"),
    ],
)  # fmt: skip
def test_amounts_have_one_unit(language, done, total, said):
    i18n.use(language)
    assert of_bytes(done, total) == said


def test_progress_says_amounts_then_offers_to_stop(qtbot, window):
    progress = put(window, Progress("Photos", words_ms=20, cancel_ms=60))
    progress.begin()
    progress.show_amount(3_000_000, 12_000_000)
    assert progress.bar.isVisible()
    assert progress.words.isHidden()
    qtbot.waitUntil(progress.words.isVisible)
    assert progress.words.text() == "3.0 of 12.0\u00a0MB"
    assert progress.bar.accessibleDescription() == progress.words.text()
    assert progress.bar.value() == 250
    qtbot.waitUntil(progress.stop.isVisible)
    with qtbot.waitSignal(progress.cancelled):
        QTest.mouseClick(progress.stop, LEFT)
    progress.end()
    assert progress.isHidden()
    progress.begin()
    assert progress.words.isHidden()


def test_an_unknown_whole_has_no_endless_bar(qtbot, window):
    progress = put(window, Progress("Rows", can_cancel=False, words_ms=0, cancel_ms=0))
    progress.begin()
    progress.show_amount(1200, write=of_things)
    qtbot.waitUntil(progress.words.isVisible)
    assert progress.words.text() == "1,200"
    assert progress.bar.isHidden()
    assert progress.stop.isHidden()


def test_of_many_notices_the_most_serious_is_seen_with_its_button(qtbot, window):
    notices, mended = put(window, Banners()), []
    notices.hide()
    notices.put("stale", "warning", "Prices are old.", "", ("Sync", lambda: mended.append("sync")))
    notices.put("signed", "success", "Signed.")
    notices.put("twins", "danger", "Two versions.", "", ("Review", lambda: mended.append("twins")))

    def seen() -> list[str]:
        shown = [banner for banner in notices.findChildren(Banner) if banner.isVisible()]
        return [banner.findChild(QLabel).accessibleName() for banner in shown]

    assert seen() == ["Two versions."]
    buttons = [b for b in notices.findChildren(Button) if b.isVisible()]
    QTest.mouseClick(buttons[0], LEFT)
    assert mended == ["twins"]
    notices.take_away("twins")
    assert seen() == ["Prices are old."]
    notices.put("stale", "info", "Prices of yesterday.")
    assert seen() == ["Prices of yesterday."], "in place of what it said"
    for key in ("stale", "signed"):
        notices.take_away(key)
    assert notices.isHidden()


def test_steps_give_up_their_words_but_the_current_one(qtbot):
    steps = Steps(["File", "Check", "Import"], 1)
    qtbot.addWidget(steps)
    assert steps.minimumSizeHint().width() < steps.sizeHint().width()
    steps.resize(steps.sizeHint())
    whole = steps.grab().toImage()
    steps.resize(steps.minimumSizeHint())
    assert steps.grab().toImage().width() < whole.width()
    assert steps.accessibleName() == "2/3: Check"


def test_a_value_is_changed_where_it_stands(qtbot, window):
    inline, other = put(window, InlineEdit("Next step")), put(window, QLineEdit())
    inline.show_value("Call")
    assert inline.value.accessibleName() == "Next step: Call"
    inline.value.setFocus(Qt.FocusReason.TabFocusReason)
    press(KEY.Key_F2)
    assert inline.editor.hasFocus()
    typed(inline.editor, "Send the list")
    with qtbot.waitSignal(inline.saved) as said:
        other.setFocus()
    assert said.args == ["Send the list"]
    assert (inline.is_open, inline.value.text()) == (False, "Send the list")
    QTest.mouseClick(inline.value, LEFT)
    typed(inline.editor, "Nothing")
    with qtbot.assertNotEmitted(inline.saved):
        press(KEY.Key_Escape)
    assert (inline.is_open, inline.value.text()) == (False, "Send the list")
    assert inline.value.hasFocus()


def test_what_is_refused_keeps_the_editor_open_and_enter_saves(qtbot, window):
    inline = put(window, InlineEdit("Name", check=lambda words: "" if words else "Fill this in."))
    inline.show_value("Casa")
    inline.edit()
    inline.editor.clear()
    press(KEY.Key_Return)
    assert inline.is_open
    assert inline.editor.accessibleDescription() == "Fill this in."
    typed(inline.editor, "Casa Nova")
    with qtbot.waitSignal(inline.saved):
        press(KEY.Key_Return)
    assert inline.value.hasFocus()


def test_an_amount_is_read_before_it_is_saved(qtbot, window):
    edit = MoneyEdit("Amount")
    inline = put(window, InlineEdit("Amount", edit))
    inline.show_value("€5.00")
    inline.edit()
    typed(edit, "x")
    press(KEY.Key_Return)
    assert inline.is_open
    assert "Write an amount" in edit.problem
    typed(edit, "40+4,20")
    with qtbot.waitSignal(inline.saved) as said:
        press(KEY.Key_Return)
    assert said.args == ["€44.20"]
    inline.show_value("€1.00")
    assert inline.value.text() == "€1.00"


def test_strips_that_stand_apart_are_seen_one_at_a_time(qtbot, window):
    bar, limit = put(window, MessageBar()), put(window, Banner("warning"))
    notices = put(window, Banners())
    limit.say_nothing()
    notices.hold(bar, limit)

    def seen() -> list[bool]:
        return [part.isVisible() for part in (bar, limit, notices)]

    assert seen() == [False, False, False]
    limit.show_message("warning", "Over your limit.")
    assert seen() == [False, True, False]
    bar.show_message("info", "Nothing changed.")
    assert seen() == [False, True, False], "the warning is more serious"
    bar.show_message("danger", "Not saved.")
    assert seen() == [True, False, False]
    notices.put("signed", "success", "Signed.")
    bar.clear()
    assert seen() == [False, True, False]
    limit.say_nothing()
    assert seen() == [False, False, True]
