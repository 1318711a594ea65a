"""What a careful look at a window finds: words that are cut, controls that have no name."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractScrollArea,
    QAbstractSpinBox,
    QComboBox,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QSizePolicy,
    QTabBar,
    QTextEdit,
    QWidget,
)

from app.views.widgets.chip import Chip
from app.views.widgets.layout import Elided

CONTROLS = (
    QAbstractButton, QLineEdit, QPlainTextEdit, QTextEdit, QComboBox, QAbstractSpinBox,
    QAbstractItemView,
)  # fmt: skip
_FIXED = QSizePolicy.Policy.Fixed


def clipped(root: QWidget) -> list[str]:
    """Return what of the visible words does not fit: labels, buttons, chips, tabs, choices."""
    return [
        f"{type(part).__name__} «{_says(part)}»: {why}"
        for part in root.findChildren(QWidget)
        if part.isVisible() and (why := _cut(part) or _outside(part))
    ]


def outside_parent(root: QWidget) -> list[str]:
    """Return the visible parts that reach beyond the widget they stand in, which cuts them.

    What stands in a scroller can be scrolled to, and a layer covers its window on purpose.
    """
    return [
        f"{type(part).__name__} «{_says(part)}» at {part.geometry().getRect()} beyond"
        f" {type(part.parent()).__name__} {_size(part.parentWidget().size())}"
        for part in root.findChildren(QWidget)
        if part.isVisible() and not part.isWindow() and _beyond(part)
    ]


def _beyond(part: QWidget) -> bool:
    above = part.parentWidget()
    if above is None or isinstance(above, QAbstractScrollArea) or _is_viewport(above):
        return False
    if isinstance(above, QLineEdit | QComboBox | QAbstractSpinBox | QTabBar | QAbstractItemView):
        return False
    room = above.rect().adjusted(-1, -1, 1, 1)
    return not room.contains(part.geometry())


def _is_viewport(part: QWidget) -> bool:
    area = part.parentWidget()
    return isinstance(area, QAbstractScrollArea) and area.viewport() is part


def nameless(root: QWidget) -> list[str]:
    """Return the visible controls that a screen reader could not name."""
    return [
        f"{type(part).__name__} in {type(part.parent()).__name__}"
        for part in root.findChildren(QWidget)
        if part.isVisible() and _is_control(part) and not _name(part).strip()
    ]


def _is_control(part: QWidget) -> bool:
    if isinstance(part.parent(), QLineEdit | QComboBox | QAbstractSpinBox | QTabBar):
        return False  # a part of another control
    focusable = bool(part.focusPolicy() & Qt.FocusPolicy.TabFocus)
    own = focusable and not isinstance(part, QAbstractScrollArea | QTabBar)
    return isinstance(part, CONTROLS) or own


def _name(part: QWidget) -> str:
    return part.accessibleName() or (part.text() if isinstance(part, QAbstractButton) else "")


def _says(part: QWidget) -> str:
    words = part.text() if isinstance(part, QLabel | QAbstractButton) else ""
    return str(words or part.accessibleName())[:60]


def _cut(part: QWidget) -> str:
    if isinstance(part.parent(), QLineEdit):
        return ""  # its own clear button and icon
    match part:
        case Elided():
            return ""  # shortens itself, and says all in its tooltip
        case QLabel() if part.wordWrap() and part.text():
            wanted = part.heightForWidth(part.width())
            return f"{wanted} high in {part.height()}" if wanted > part.height() + 1 else ""
        case QLabel() if part.text() and part.pixmap().isNull():
            wanted = part.sizeHint()
            short = wanted.width() > part.width() + 1 or wanted.height() > part.height() + 2
            return f"{_size(wanted)} in {_size(part.size())}" if short else ""
        case QAbstractButton() | Chip():
            return _squeezed(part)
        case QTabBar():
            last = part.tabRect(part.count() - 1).right() if part.count() else 0
            return f"tabs end at {last} of {part.width()}" if last > part.width() + 20 else ""
        case QComboBox():
            wanted = part.fontMetrics().horizontalAdvance(part.currentText()) + 34
            return f"{wanted} wide in {part.width()}" if wanted > part.width() else ""
    return ""


def _squeezed(part: QWidget) -> str:
    least = part.minimumSizeHint()
    if not least.isValid() and part.sizePolicy().horizontalPolicy() == _FIXED:
        least = part.sizeHint()
    if least.width() > part.width() or least.height() > part.height():
        return f"{_size(least)} in {_size(part.size())}"
    return ""


def _outside(part: QWidget) -> str:
    """Tell whether words stand beyond the window, unless they can be scrolled to."""
    if not isinstance(part, QLabel | QAbstractButton | QLineEdit) or _scrolls(part):
        return ""
    window = part.window()
    at = QRect(part.mapTo(window, QPoint(0, 0)), part.size())
    return "" if window.rect().contains(at) else f"at {at.getRect()}, beyond the window"


def _scrolls(part: QWidget) -> bool:
    above = part.parentWidget()
    while above is not None:
        if isinstance(above, QAbstractScrollArea):
            return True
        above = above.parentWidget()
    return False


def _size(size: object) -> str:
    return f"{size.width()}×{size.height()}"  # type: ignore[attr-defined]
