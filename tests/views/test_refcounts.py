"""Refuse a PySide6 that loses count of None, True and False: docs/decisions/005-pyside6-pin.md.

PySide6 6.12.0 drops a reference of what a slot or a void method returns; after some hundreds of
signals the interpreter aborts, in the middle of somebody's day. From Python 3.12 on these objects
are immortal and cannot show it, so the test says something on 3.11 alone.
"""

from __future__ import annotations

import sys
from collections.abc import Callable

import pytest
from PySide6.QtCore import QModelIndex, QObject, QStringListModel, Signal
from PySide6.QtGui import QPainterPath
from PySide6.QtWidgets import QLabel

TIMES = 300
NOISE = 50  # references that come and go meanwhile; a leak shows as TIMES


class Source(QObject):
    said = Signal(bool)
    plain = Signal()


class Model(QStringListModel):
    def hasChildren(self, parent: QModelIndex = QModelIndex()) -> bool:
        return not parent.isValid()


def emit_bool() -> Callable[[], object]:
    source = Source()
    source.said.connect(lambda value: value)
    return lambda: source.said.emit(True)


def emit_plain() -> Callable[[], object]:
    source = Source()
    source.plain.connect(lambda: None)
    return lambda: source.plain.emit()  # noqa: PLW0108 - a bound emit does not keep its source


def void_method() -> Callable[[], object]:
    label = QLabel()
    return lambda: label.setText("Bar Sol")


def void_method_of_a_value() -> Callable[[], object]:
    path = QPainterPath()
    return lambda: path.lineTo(1, 2)


def overridden_virtual() -> Callable[[], object]:
    model = Model(["Bar Sol"])
    return lambda: model.hasChildren(model.index(0))


@pytest.mark.parametrize(
    "make", [emit_bool, emit_plain, void_method, void_method_of_a_value, overridden_virtual]
)
def test_qt_keeps_count(qapp, make):
    call = make()
    call()
    before = [sys.getrefcount(thing) for thing in (None, True, False)]
    for _ in range(TIMES):
        call()
    after = [sys.getrefcount(thing) for thing in (None, True, False)]
    assert all(abs(b - a) < NOISE for a, b in zip(before, after, strict=True)), (before, after)


def test_a_lost_count_would_show():
    """The same measure sees 300 references that are taken and not given back."""
    before = sys.getrefcount(None)
    kept = [None] * TIMES
    gained = sys.getrefcount(None) - before
    immortal = sys.version_info >= (3, 12)
    assert immortal or gained >= TIMES - NOISE, (gained, len(kept))
