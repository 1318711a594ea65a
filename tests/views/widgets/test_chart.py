"""Charts: read by mouse, by keys, by ear, and as a table with the same figures."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app import i18n
from app.views import theme
from app.views.widgets.chart import Chart, Figures, MonthChart, Series
from app.views.widgets.chart_plot import nice_ceiling, nice_step
from tests.views.desks import press

KEY = Qt.Key
FIGURES = Figures(
    ("O", "N", "D"),
    (Series("2026", (120, None, 300)), Series.before("2025", (100, 90, -40))),
    ("October", "November", "December"), here=1,
)  # fmt: skip


@pytest.fixture
def chart(qtbot) -> Chart:
    window, made = QWidget(), Chart("Sales")
    QVBoxLayout(window).addWidget(made)
    made.show_figures(FIGURES)
    qtbot.addWidget(window)
    window.resize(600, 260)
    window.show()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    made.held = window
    return made


def test_all_of_it_can_be_heard(chart):
    assert chart.plot.accessibleName() == "Sales"
    assert chart.plot.accessibleDescription() == (
        "October: 2026 120; 2025 100; November: 2026 –; 2025 90; December: 2026 300; 2025 −40"
    )


def test_arrows_read_one_place_after_the_other(chart):
    chart.table_button.setFocus()
    chart.plot.setFocus(Qt.FocusReason.TabFocusReason)
    assert chart.plot.at == 1, "it begins at today"
    press(KEY.Key_Right)
    press(KEY.Key_Right)
    assert chart.plot.at == 2
    press(KEY.Key_Home)
    assert chart.plot.at == 0
    press(KEY.Key_Left)
    assert chart.plot.at == 0
    press(KEY.Key_End)
    assert FIGURES.sentence(chart.plot.at) == "December: 2026 300; 2025 −40"
    chart.table_button.setFocus()
    assert chart.plot.at == -1


def test_the_mouse_reads_the_place_under_it(chart):
    plot = chart.plot
    before = plot.grab().toImage()
    QTest.mouseMove(plot, QPoint(plot.width() - 30, plot.height() // 2))
    assert plot.at == 2
    assert plot.grab().toImage() != before, "the values are seen"
    QTest.mouseMove(plot, QPoint(2, 2))
    assert plot.at == -1
    assert plot.grab().toImage() == before


def test_the_table_has_the_same_figures(qtbot, chart):
    assert chart.table_button.text() == "See table"
    chart.table_button.setFocus()
    QTest.mouseClick(chart.table_button, Qt.MouseButton.LeftButton)
    assert chart.shows_table
    assert chart.table_button.text() == "See chart"
    table = chart.table
    qtbot.waitUntil(table.hasFocus)
    rows = [[table.item(r, c).text() for c in range(3)] for r in range(3)]
    assert rows == [["October", "120", "100"], ["November", "–", "90"], ["December", "300", "−40"]]
    assert table.currentRow() == 1
    heard = table.item(2, 1).data(Qt.ItemDataRole.AccessibleTextRole)
    assert heard == "December, 2026: 300"
    QTest.mouseClick(chart.table_button, Qt.MouseButton.LeftButton)
    assert not chart.shows_table


def test_months_have_their_names_and_years(qtbot):
    i18n.use("es")
    chart = MonthChart("Ventas")
    qtbot.addWidget(chart)
    months = [(initial, 10.0, 20.0) for initial in "EFMAMJJASOND"]
    chart.set_months(months, say=lambda value: f"{value:.0f} €", years=("2025", "2026"))
    assert "noviembre: 2025 10 €; 2026 20 €" in chart.plot.accessibleDescription()
    assert chart.table.item(0, 0).text() == "enero"


def inks(plot: QWidget) -> set[str]:
    picture = plot.grab().toImage()
    return {
        picture.pixelColor(x, y).name()
        for x in range(picture.width()) for y in range(picture.height())
    }  # fmt: skip


@pytest.mark.parametrize("look", theme.NAMES)
def test_last_year_is_grey_and_this_year_in_colour_in_every_theme(qtbot, qapp, look):
    theme.apply(qapp, look, 1.0)
    chart = Chart("Sales")
    qtbot.addWidget(chart)
    chart.resize(500, 240)
    chart.show_figures(FIGURES)
    found = inks(chart.plot)
    theme_of = {token: theme.colour(token).name() for token in ("data1", "data_prev")}
    theme.apply(qapp, "claro", 1.0)
    assert set(theme_of.values()) <= found


def test_nothing_to_show_is_no_error(qtbot):
    chart = Chart("Sales")
    qtbot.addWidget(chart)
    for figures in (Figures(), Figures(("N",), (Series("2026", (None,)),))):
        chart.show_figures(figures)
        chart.resize(300, 150)
        assert not chart.grab().isNull()


@pytest.mark.parametrize(
    ("ceiling", "step"), [(9000, 3000), (8000, 2000), (1000, 250), (5, 1), (1.5, 0.5), (4, 1)]
)
def test_an_axis_has_steps_that_are_easy_to_read(ceiling, step):
    assert nice_ceiling(ceiling) == pytest.approx(ceiling)
    assert nice_step(ceiling) == pytest.approx(step)
