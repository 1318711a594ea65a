"""Every part in each theme, language and text size: nothing cut, nothing without a name."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QApplication, QLabel, QPushButton, QVBoxLayout, QWidget

from app import i18n
from app.views import theme
from tests.views import gallery
from tests.views.looking import clipped, nameless

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)
LOOKS = [
    ("claro", "es", 1.0, 1366, 1050), ("oscuro", "en", 1.25, 1500, 1300),
    ("sol", "xx", 1.0, 1500, 1200), ("claro", "xx", 1.25, 1700, 1500),
]  # fmt: skip


@pytest.fixture(autouse=True)
def _dressed_again(qapp):
    yield
    theme.apply(qapp, "claro", 1.0)


def shown(qtbot, part: QWidget, wide: int, high: int) -> QWidget:
    qtbot.addWidget(part)
    part.resize(wide, high)
    part.show()
    qtbot.waitExposed(part)
    QApplication.processEvents()
    return part


@pytest.mark.parametrize(("look", "language", "scale", "wide", "high"), LOOKS)
def test_all_parts_fit_and_have_names(qtbot, qapp, look, language, scale, wide, high):
    i18n.use(language)
    theme.apply(qapp, look, scale)
    window = shown(qtbot, gallery.window(), wide, high)
    assert clipped(window) == []
    assert nameless(window) == []
    assert window.minimumSizeHint().width() <= wide
    assert len(window.findChildren(QLabel)) > 30, "the gallery is not empty"


@pytest.mark.parametrize(("look", "language", "scale", "wide", "high"), LOOKS)
def test_the_board_fits_and_has_names(qtbot, qapp, look, language, scale, wide, high):
    i18n.use(language)
    theme.apply(qapp, look, scale)
    page = shown(qtbot, gallery.board_page(), 1150, 650)
    assert clipped(page) == []
    assert nameless(page) == []


def test_each_theme_paints_the_parts_with_its_own_colours(qtbot, qapp):
    pictures = {}
    for look in theme.NAMES:
        theme.apply(qapp, look, 1.0)
        for part in (gallery.charts(), gallery.board(), gallery.day()):
            shown(qtbot, part, 600, 300)
            pictures.setdefault(type(part).__name__, []).append(part.grab().toImage())
            part.hide()
    for name, (light, dark, sun) in pictures.items():
        assert light != dark, name
        assert light != sun, name
        assert dark != sun, name


def test_a_planted_fault_is_found(qtbot):
    window = QWidget()
    box = QVBoxLayout(window)
    cut, silent = QLabel("Words that are far too long for this label"), QPushButton()
    cut.setFixedWidth(40)
    box.addWidget(cut)
    box.addWidget(silent)
    shown(qtbot, window, 300, 200)
    assert any("far too long" in found for found in clipped(window))
    assert nameless(window)
