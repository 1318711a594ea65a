"""By keyboard alone: Tab reaches every control of every place, leaves it again, and is seen."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import (
    QAbstractScrollArea,
    QAbstractSpinBox,
    QApplication,
    QCheckBox,
    QComboBox,
    QLineEdit,
    QPushButton,
    QTabBar,
    QWidget,
)

from app.views import theme
from app.views.widgets.button import Button
from app.views.widgets.layer import Layer
from app.views.widgets.layout import column
from tests.company import Seeded, seed
from tests.views.desks import idle, window_on
from tests.views.places import PLACES, Paper, open_place, papers

_MOST = 400  # stops of one place: a longer walk goes round in circles
_AROUND = 4  # pixels around a control in which its ring may be


@pytest.fixture
def company(database) -> Seeded:
    return seed(database)


@pytest.fixture
def paper(database, company) -> Paper:
    return papers(database, company)


@pytest.fixture
def window(qtbot, qapp, company, paper, database, files, tmp_path: Path):
    with window_on(database, files, tmp_path) as made:
        made.synchroniser._stopped = True
        yield made
    theme.apply(qapp, "claro")


def stops(root: QWidget) -> list[QWidget]:
    """Return what Tab must reach: visible controls that take the focus by keyboard."""
    return [
        part
        for part in root.findChildren(QWidget)
        if part.isVisible()
        and part.isEnabled()
        and part.focusPolicy() & Qt.FocusPolicy.TabFocus == Qt.FocusPolicy.TabFocus
        and not isinstance(part.parent(), QComboBox | QAbstractSpinBox)
        and part.focusProxy() is None
    ]


def walk(window: QWidget, inside: QWidget) -> list[QWidget]:
    """Press Tab until the focus comes round, and return where it stopped."""
    seen: list[QWidget] = []
    for _n in range(_MOST):
        focused = QApplication.focusWidget()
        if focused is None or focused in seen:
            break
        seen.append(focused)
        inside.focusNextChild() if isinstance(inside, Layer) else window.focusNextChild()
    return seen


def said(part: QWidget) -> str:
    text = getattr(part, "text", str)()
    return f"{type(part).__name__} «{part.accessibleName() or text}»"


def top_layer(window) -> QWidget:
    layers = [layer for layer in window.findChildren(Layer) if layer.isVisible()]
    return layers[-1] if layers else window


@pytest.mark.parametrize("place", PLACES)
def test_tab_reaches_every_control_and_goes_on(qtbot, window, place, company, paper):
    open_place(qtbot, window, place, company, paper)
    idle(qtbot, window.desk)
    inside = top_layer(window)
    wanted = stops(inside)
    assert wanted, "there is something to do with the keyboard"
    if QApplication.focusWidget() not in wanted:
        wanted[0].setFocus(Qt.FocusReason.TabFocusReason)
    seen = walk(window, inside)
    missed = [said(part) for part in wanted if part.isVisible() and part not in seen]
    assert missed == []


def picture(window: QWidget, part: QWidget) -> QImage:
    corner = part.mapTo(window, QPoint(0, 0))
    around = QRect(corner, part.size()).adjusted(-_AROUND, -_AROUND, _AROUND, _AROUND)
    return window.grab(around.intersected(window.rect())).toImage()


def shows_focus(window: QWidget, part: QWidget) -> bool:
    """Tell whether a control looks different while it has the keyboard."""
    other = next(stop for stop in stops(top_layer(window)) if stop is not part)
    other.setFocus(Qt.FocusReason.TabFocusReason)
    QApplication.processEvents()
    before = picture(window, part)
    part.setFocus(Qt.FocusReason.TabFocusReason)
    QApplication.processEvents()
    if isinstance(part, QLineEdit):
        part.deselect()  # a caret and a selection are not the ring
    return picture(window, part) != before


@pytest.mark.parametrize("name", ["claro", "oscuro", "sol"])
@pytest.mark.parametrize("place", ["today", "portfolio", "quote", "expenses", "sync", "settings"])
def test_where_the_keyboard_is_can_be_seen(qtbot, qapp, window, place, name, company, paper):
    open_place(qtbot, window, place, company, paper)
    theme.apply(qapp, name)
    idle(qtbot, window.desk)
    unseen = [
        said(part)
        for part in stops(window.page)
        if not isinstance(part, QAbstractScrollArea) and not shows_focus(window, part)
    ]
    assert unseen == []


# the checks themselves


@pytest.fixture
def plain(qtbot) -> QWidget:
    made = QWidget()
    qtbot.addWidget(made)
    made.first, made.second = Button("First"), Button("Second")
    made.setLayout(column(made.first, made.second))
    made.show()
    made.activateWindow()
    qtbot.waitUntil(made.isActiveWindow)
    return made


def test_a_control_that_tab_skips_would_be_found(plain):
    plain.first.setFocus()
    assert walk(plain, plain) == [plain.first, plain.second]
    plain.second.focusNextPrevChild = lambda _forward: True
    third = QPushButton("Third")
    plain.layout().addWidget(third)
    third.show()
    plain.first.setFocus()
    QWidget.setTabOrder(plain.first, plain.second)
    plain.second.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
    assert third in stops(plain)
    assert plain.second not in stops(plain)


def test_a_focus_that_nobody_sees_would_be_found(plain):
    assert shows_focus(plain, plain.second)
    plain.second.paintEvent = lambda _event: None
    assert not shows_focus(plain, plain.second)


def test_tab_bars_and_boxes_count_as_stops(qtbot, plain):
    for part in (QTabBar(), QCheckBox("Only mine")):
        plain.layout().addWidget(part)
        part.show()
        assert part in stops(plain)
