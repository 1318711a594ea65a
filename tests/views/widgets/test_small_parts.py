"""The small parts: pad, preview, layer, tabs, toast, chips, side-by-side views, charts."""

from __future__ import annotations

from dataclasses import replace

import pypdfium2
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget

from app.documents.quote_pdf import render
from app.errors import ValidationError
from app.views.tasks import Tasks
from app.views.widgets.avatar import initials
from app.views.widgets.button import Button, IconButton, Segmented
from app.views.widgets.chart import MonthChart, nice_ceiling
from app.views.widgets.chip import FilterChip
from app.views.widgets.field import Field
from app.views.widgets.form import Form
from app.views.widgets.layer import Layer
from app.views.widgets.layout import Elided, column
from app.views.widgets.notices import Banner
from app.views.widgets.pdf_preview import PdfPreview
from app.views.widgets.signature_pad import SignaturePad
from app.views.widgets.stepper import Steps
from app.views.widgets.tabs import Tabs
from app.views.widgets.toast import Toast
from tests.documents.papers import LINES, QUOTE
from tests.views.desks import press, typed

KEY, LEFT = Qt.Key, Qt.MouseButton.LeftButton
CONTROL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def window(qtbot) -> QWidget:
    made = QWidget()
    made.resize(900, 600)
    QVBoxLayout(made)
    qtbot.addWidget(made)
    made.show()
    made.activateWindow()
    qtbot.waitUntil(made.isActiveWindow)
    return made


def put(window: QWidget, part: QWidget) -> QWidget:
    window.layout().addWidget(part)
    part.show()
    return part


def test_strokes_are_kept_in_a_box_of_their_own_with_their_times(window):
    pad = put(window, SignaturePad())
    pad.setFixedSize(500, 200)
    QTest.mousePress(pad, LEFT, pos=QPoint(50, 100))
    QTest.mouseMove(pad, QPoint(250, 40))
    QTest.mouseMove(pad, QPoint(2000, -50))
    QTest.mouseRelease(pad, LEFT, pos=QPoint(250, 40))
    [stroke] = pad.strokes()
    assert [point[:2] for point in stroke] == [[100, 200], [500, 80], [1000, 0]]
    times = [point[2] for point in stroke]
    assert times[0] == 0
    assert times == sorted(times)
    QTest.mouseClick(pad, LEFT, pos=QPoint(10, 10))
    assert len(pad.strokes()) == 1, "a mere click is no stroke"
    pad.setFocus()
    press(KEY.Key_Delete)
    assert pad.is_empty()


def test_on_a_trackpad_space_is_the_pen(window):
    pad = put(window, SignaturePad())
    pad.setFocus()
    QTest.keyPress(pad, KEY.Key_Space)
    QTest.mouseMove(pad, QPoint(30, 30))
    QTest.mouseMove(pad, QPoint(90, 60))
    QTest.keyRelease(pad, KEY.Key_Space)
    QTest.mouseMove(pad, QPoint(200, 90))
    [stroke] = pad.strokes()
    assert len(stroke) >= 2


def test_the_preview_shows_each_page_zooms_and_clears(qtbot, window, database):
    tasks = Tasks(database)
    preview = put(window, PdfPreview(tasks))
    preview.setFixedWidth(400)
    pdf = render(replace(QUOTE, lines=LINES * 5))
    pages = len(pypdfium2.PdfDocument(pdf))
    preview.show_pdf(pdf)
    qtbot.waitUntil(lambda: preview.page_count() == pages > 1)
    label = preview._labels[0]
    assert label.accessibleName() == f"Page 1 of {pages}"

    def excess() -> int:
        return label.pixmap().width() - (preview.viewport().width() - 28)

    qtbot.waitUntil(lambda: abs(excess()) <= 2)
    preview.setFocus()
    QTest.keyClicks(preview, "+")
    qtbot.waitUntil(lambda: excess() > 50)
    QTest.keyClicks(preview, "0")
    qtbot.waitUntil(lambda: abs(excess()) <= 2)
    preview.clear()
    assert (preview.page_count(), preview.pdf) == (0, b"")
    qtbot.waitUntil(lambda: not tasks.busy)
    tasks.close()


@pytest.fixture
def layer(window):
    below = put(window, QLineEdit())
    below.setFocus()
    first, last = QLineEdit(), Button("Save")
    made = Layer(window, column(first, last), width=300, name="Layer")
    made.below, made.first, made.last = below, first, last
    return made


def test_a_layer_keeps_the_focus_and_gives_it_back(layer):
    assert layer.first.hasFocus()
    press(KEY.Key_Tab)
    assert layer.last.hasFocus()
    press(KEY.Key_Tab)
    assert layer.first.hasFocus()
    press(KEY.Key_Escape)
    assert not layer.isVisible()
    assert layer.below.hasFocus()


def test_keys_are_the_layers_alone(window, layer):
    outside, inside = [], []
    for owner, heard in ((window, outside), (layer, inside)):
        shortcut = QShortcut(QKeySequence("Ctrl+Return"), owner)
        shortcut.activated.connect(lambda heard=heard: heard.append(1))
    QTest.keyClick(layer.first, KEY.Key_Return, CONTROL)
    QTest.keyClick(layer.first, KEY.Key_Enter, CONTROL | Qt.KeyboardModifier.KeypadModifier)
    assert (outside, inside) == ([], [1, 1])


def test_a_click_beside_the_panel_closes_and_one_on_it_does_not(layer):
    QTest.mouseClick(layer, LEFT, pos=layer.panel.geometry().center())
    assert layer.isVisible()
    QTest.mouseClick(layer, LEFT, pos=QPoint(5, 5))
    assert not layer.isVisible()


def test_tabs_keep_their_key_and_may_be_chosen_before_they_are_known(qtbot):
    tabs = Tabs()
    qtbot.addWidget(tabs)
    tabs.choose("terms")
    assert tabs.key == "terms"
    tabs.set_tabs([("summary", "Summary", None), ("terms", "Terms", 3)])
    assert (tabs.key, tabs.tabText(1)) == ("terms", "Terms 3")
    with qtbot.waitSignal(tabs.chosen) as went:
        tabs.setCurrentIndex(0)
    assert went.args == ["summary"]
    tabs.set_tabs([("terms", "Terms", None), ("summary", "Summary", None)])
    assert tabs.key == "summary"
    tabs.choose("nowhere")
    assert tabs.key == "summary"


def test_a_toast_never_shortens_what_fits(window):
    toast = Toast(window)
    undone = []
    for words in ("1 línea eliminada", "P26-K7-00001 emitido", "Guardado"):
        toast.show_words(words, lambda: undone.append(1))
        room = toast._button.x() - 42
        assert toast.fontMetrics().horizontalAdvance(words) <= room
    QTest.mouseClick(toast._button, LEFT)
    assert (undone, toast.words) == ([1], "")


def test_views_side_by_side_go_with_arrows_and_clicks(qtbot, window):
    views = put(window, Segmented(["List", "Map"], name="View"))
    said = []
    views.clicked.connect(lambda: said.append(views.index))
    views.setFocus()
    press(KEY.Key_Right)
    press(KEY.Key_Right)
    assert said == [1], "there is nothing further right"
    assert views.accessibleName() == "View: Map"
    QTest.mouseClick(views, LEFT, pos=QPoint(8, 10))
    assert views.index == 0


def test_a_filter_is_named_with_its_count(qtbot):
    chip = FilterChip("Customer A", 18)
    qtbot.addWidget(chip)
    assert chip.accessibleName() == "Customer A 18"
    chip.set_count(None)
    assert chip.accessibleName() == "Customer A"


def test_an_icon_button_has_a_name_and_a_tip_with_its_key(qtbot):
    button = IconButton("star", "Star", key="*")
    qtbot.addWidget(button)
    assert (button.accessibleName(), button.toolTip()) == ("Star", "Star  *")
    assert min(button.sizeHint().width(), button.sizeHint().height()) >= 28


def test_a_form_says_what_is_wrong_where_it_is(window):
    form = Form()
    field = put(window, form.add("name", Field("Name", QLineEdit(), hint="As on the door")))
    assert field.label.buddy() is field.editor
    assert form.show_error(ValidationError("name", "A customer needs a name."))
    assert field.error == "A customer needs a name."
    assert field.editor.accessibleDescription() == "A customer needs a name."
    assert field.editor.hasFocus()
    assert not form.show_error(ValidationError("city", "Which town?"))
    assert field.error == ""
    assert not form.show_error(ZeroDivisionError())
    typed(field.editor, "Bar")
    assert form.text("name") == "Bar"


def test_a_banner_shows_words_as_they_are(qtbot):
    banner = Banner("warning", "Tapas & <b>vinos</b>", "8 < 10")
    qtbot.addWidget(banner)
    assert "&amp; &lt;b>vinos&lt;/b>" in banner._words.text()
    assert banner._words.accessibleName() == "Tapas & <b>vinos</b> 8 < 10"


def test_long_words_are_shortened_and_whole_in_the_tip(qtbot):
    label = Elided("Restaurante y hospedería de nombre largo")
    qtbot.addWidget(label)
    label.setFixedWidth(60)
    assert label.toolTip() == label.text() == "Restaurante y hospedería de nombre largo"


@pytest.mark.parametrize(
    ("name", "two"),
    [("Restaurante El Socarrat", "RS"), ("L'Olivera", "OL"), ("Bar", "BA"), ("", "?"),
     ("Comestibles Llopis", "CL"), ("Ca Rosario", "CR"), ("de la", "DL")],
)  # fmt: skip
def test_initials(name, two):
    assert initials(name) == two


def test_without_a_pointer_arrows_draw_while_space_is_held(qtbot, window):
    pad = put(window, SignaturePad())
    pad.setFixedSize(500, 200)
    pad.setFocus(Qt.FocusReason.TabFocusReason)
    press(KEY.Key_Right)
    assert pad.is_empty(), "the pen is up"
    QTest.keyPress(pad, KEY.Key_Space)
    for key in (KEY.Key_Right, KEY.Key_Right, KEY.Key_Up, KEY.Key_Right):
        press(key)
    with qtbot.waitSignal(pad.changed):
        QTest.keyRelease(pad, KEY.Key_Space)
    (stroke,) = pad.strokes()
    assert len(stroke) == 5
    assert stroke[-1][0] > stroke[0][0]
    assert stroke[-1][1] < stroke[0][1]
    press(KEY.Key_Right)
    assert len(pad.strokes()[0]) == 5
    press(KEY.Key_Delete)
    assert pad.is_empty()


@pytest.mark.parametrize(
    ("value", "end"), [(0, 1), (7, 8), (8334, 9000), (9000, 9000), (12001, 15000), (0.4, 0.4)]
)
def test_an_axis_ends_well(value, end):
    assert nice_ceiling(value) == pytest.approx(end)


def test_a_chart_can_be_heard(qtbot):
    chart = MonthChart("Sales by month")
    qtbot.addWidget(chart)
    chart.set_months([("J", 100, 120), ("F", 80, 60)], say=lambda value: f"{value:.0f}")
    assert chart.accessibleDescription() == (
        "January: Last year 100; This year 120; February: Last year 80; This year 60"
    )


def test_steps_say_where_they_are(qtbot):
    steps = Steps(["File", "Check", "Import"])
    qtbot.addWidget(steps)
    steps.show_step(1)
    assert steps.accessibleName() == "2/3: Check"
