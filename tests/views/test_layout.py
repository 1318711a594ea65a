"""Every screen and layer, in each language, at each size of window and of text: nothing is cut.

es, en and English a third longer; 1280x650, 1366x698, 1366x768 and 1920x1080; 100 and 125 %.
A window is opened once for each language and text size, and goes through all places.
"""

from __future__ import annotations

import contextlib
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication, QLabel, QWidget

from app.views import theme
from app.views.widgets.button import Button
from app.views.widgets.layer import Layer
from app.views.widgets.layout import box, column, row, text
from tests.company import Seeded, seed
from tests.views.desks import idle, window_on
from tests.views.looking import clipped, nameless, outside_parent
from tests.views.places import PLACES, Paper, open_place, papers

SIZES = ((1280, 650), (1366, 698), (1366, 768), (1920, 1080))
LANGUAGES, SCALES = ("es", "en", "xx"), (100, 125)


@pytest.fixture
def company(database) -> Seeded:
    return seed(database)


@pytest.fixture
def paper(database, company) -> Paper:
    return papers(database, company)


@pytest.fixture(params=[(words, scale) for words in LANGUAGES for scale in SCALES],
                ids=lambda given: f"{given[0]}-{given[1]}")  # fmt: skip
def window(request, qtbot, qapp, company, paper, database, files, tmp_path: Path):
    language, scale = request.param
    with window_on(database, files, tmp_path, language=language, scale=scale) as made:
        made.synchroniser._stopped = True
        yield made
    theme.apply(qapp, "claro")


def faults(qtbot, window) -> list[str]:
    """Return what is cut, hidden by its parent, or has no name, at every size."""
    found = []
    for width, height in SIZES:
        window.resize(width, height)
        idle(qtbot, window.desk)
        with contextlib.suppress(qtbot.TimeoutError):
            qtbot.waitUntil(lambda: not clipped(window) and not outside_parent(window),
                            timeout=300)  # fmt: skip
        if (window.width(), window.height()) != (width, height):
            found.append(f"{width}x{height}: the window is {window.width()}x{window.height()}")
        every = (*clipped(window), *outside_parent(window), *nameless(window))
        found += [f"{width}x{height}: {fault}" for fault in every]
    return found


def test_nothing_is_cut_anywhere_and_every_control_has_a_name(qtbot, window, company, paper):
    found = {}
    for place in PLACES:
        open_place(qtbot, window, place, company, paper)
        if seen := faults(qtbot, window):
            found[place] = seen
        for layer in window.findChildren(Layer):
            layer.close_layer()
    assert found == {}, "\n".join(f"{place}: {fault}" for place in found for fault in found[place])


@pytest.fixture
def plain(qtbot) -> QWidget:
    made = QWidget()
    qtbot.addWidget(made)
    made.resize(300, 200)
    return made


def test_words_that_are_cut_would_be_found(plain):
    label, button, wrapped = (
        text("Base imponible"), Button("Firmar y guardar"), text("uno dos tres " * 9, wrap=True)
    )  # fmt: skip
    plain.setLayout(column(label, row(button, None), wrapped, None))
    plain.show()
    assert clipped(plain) == []
    label.setFixedWidth(40)
    button.setFixedWidth(60)
    wrapped.setFixedHeight(20)
    plain.layout().activate()
    found = "\n".join(clipped(plain))
    for words in ("Base imponible", "Firmar y guardar", "uno dos tres"):
        assert words in found


def test_words_beyond_the_window_would_be_found(plain):
    label = QLabel("Total", plain)
    plain.show()
    label.move(10, 10)
    assert clipped(plain) == []
    label.move(290, 10)
    assert "beyond the window" in clipped(plain)[0]


def test_a_child_outside_of_its_parent_would_be_found(plain):
    inner = Button("Guardar")
    card = box(column(inner, margins=(0, 0, 0, 0)))
    plain.setLayout(column(card, None))
    plain.show()
    QApplication.processEvents()
    assert outside_parent(plain) == []
    card.setFixedSize(40, 12)
    plain.layout().activate()
    inner.setGeometry(0, 0, 120, 34)
    assert any("Guardar" in fault for fault in outside_parent(plain))


def test_a_control_without_a_name_would_be_found(plain):
    button = Button("", icon="x", tip="Close")
    plain.setLayout(column(button))
    plain.show()
    assert nameless(plain) == []
    button.setAccessibleName("")
    assert nameless(plain) == ["Button in QWidget"]
