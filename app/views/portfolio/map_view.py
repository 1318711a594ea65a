"""The listed customers on the map: in clusters where they are many, chosen by drawing around them.

The list is the accessible version: what is selected here is selected there, and the other way.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import log10

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QWidget

from app import i18n
from app.i18n import _
from app.routing.outlines import mercator
from app.services import account_columns
from app.views import theme
from app.views.tasks import Task
from app.views.widgets import map_canvas
from app.views.widgets.button import Button, IconButton
from app.views.widgets.layout import column, row, text
from app.views.widgets.map_canvas import MapCanvas, Pin
from app.views.widgets.page import Desk

_CELL = 44  # pixels within which customers are one cluster
_LASSO = 0.15  # of its box: what encloses less was meant as a rectangle


class AreaMap(MapCanvas):
    """A map of many places; with `picking`, or Shift held, a drag chooses those inside.

    Drawn around them it is a lasso; drawn straight from corner to corner, a rectangle.
    """

    area_chosen = Signal(list)  # ids

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName(_("Map of the listed customers; the list is the accessible version"))
        self.ids: list[str] = []
        self._spots = np.empty((0, 2))
        self.selected: set[str] = set()
        self.picking = False
        self._drawn: list[QPointF] = []

    def show_places(self, places: Sequence[tuple[str, int, int]], *, fit: bool) -> None:
        """Show these accounts: id, latitude, longitude in micro-degrees."""
        self.ids = [place[0] for place in places]
        points = [mercator(lat / 1e6, lon / 1e6) for _id, lat, lon in places]
        self._spots = np.array([(x, -y) for x, y in points]).reshape(-1, 2)
        if fit and places:
            corners = [min(places, key=lambda p: p[n]) for n in (1, 2)]
            corners += [max(places, key=lambda p: p[n]) for n in (1, 2)]
            self.set_pins([Pin("", lat, lon, kind="edge") for _id, lat, lon in corners])
            self.pins = []
        self.update()

    def show_selected(self, ids: Sequence[str]) -> None:
        self.selected = set(ids)
        self.update()

    def pixels(self) -> np.ndarray:
        """Return where each account lies on the widget."""
        centre = np.array([self._centre.x(), self._centre.y()])
        found: np.ndarray = (self._spots - centre) * self._scale
        found += np.array([self.width() / 2, self.height() / 2])
        return found

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if not self.ids:
            return
        p = QPainter(self)
        p.setRenderHint(QPainter.RenderHint.Antialiasing)
        for middle, members in self.clusters():
            self._paint_cluster(p, middle, members)
        if self._drawn:
            p.setPen(QPen(theme.colour("primary"), 2, Qt.PenStyle.DashLine))
            p.setBrush(theme.colour("primary", 0.12))
            p.drawPolygon(self._area())

    def clusters(self) -> list[tuple[QPointF, np.ndarray]]:
        """Return the visible groups: their middle, and the places of their members in `ids`."""
        where = self.pixels()
        side = theme.px(_CELL)
        inside = (
            (where[:, 0] > -side) & (where[:, 1] > -side)
            & (where[:, 0] < self.width() + side) & (where[:, 1] < self.height() + side)
        )  # fmt: skip
        seen = np.flatnonzero(inside)
        if not len(seen):
            return []
        cells = np.floor(where[seen] / side).astype(np.int64)
        keys = cells[:, 0] * 100_003 + cells[:, 1]
        order = np.argsort(keys, kind="stable")
        starts = np.flatnonzero(np.diff(keys[order], prepend=keys[order][0] - 1))
        groups = np.split(seen[order], starts[1:])
        return [(QPointF(*where[group].mean(axis=0)), group) for group in groups]

    def _paint_cluster(self, p: QPainter, middle: QPointF, members: np.ndarray) -> None:
        chosen = bool(self.selected) and any(self.ids[n] in self.selected for n in members)
        count = len(members)
        radius = theme.px(8 if count == 1 else min(24, 12 + round(4 * log10(count))))
        p.setPen(QPen(theme.colour("route_case"), 2))
        p.setBrush(theme.colour("accent" if chosen else "primary"))
        p.drawEllipse(middle, radius, radius)
        if count > 1:
            p.setFont(theme.font("xs", "bold"))
            p.setPen(theme.colour("on_accent" if chosen else "on_primary"))
            box = QRectF(middle.x() - radius, middle.y() - radius, 2 * radius, 2 * radius)
            words = i18n.number(count) if count < 1000 else f"{count // 1000}k"
            p.drawText(box, Qt.AlignmentFlag.AlignCenter, words)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        shifted = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        if self.picking or shifted:
            self._drawn = [event.position()]
        else:
            super().mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if not self._drawn:
            super().mouseMoveEvent(event)
            return
        self._drawn.append(event.position())
        self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if not self._drawn:
            super().mouseReleaseEvent(event)
            return
        self._drawn.append(event.position())
        area = self._area()
        self._drawn = []
        self.update()
        self.area_chosen.emit(self.inside(area))

    def _area(self) -> QPolygonF:
        """Return what was drawn as an area of the widget."""
        around = QPolygonF(self._drawn)
        box = around.boundingRect()
        if _size(around) > _LASSO * box.width() * box.height():
            return around
        return QPolygonF(QRectF(self._drawn[0], self._drawn[-1]).normalized())

    def inside(self, area: QPolygonF) -> list[str]:
        """Return the accounts within an area of the widget, by how often its edge is crossed."""
        where = self.pixels()
        x, y = where[:, 0], where[:, 1]
        within = np.zeros(len(where), dtype=bool)
        corners = [(corner.x(), corner.y()) for corner in area.toList()]
        for (ax, ay), (bx, by) in zip(corners, [*corners[1:], corners[0]], strict=True):
            if ay == by:
                continue
            crossed = (ay > y) != (by > y)
            within ^= crossed & (x < (bx - ax) * (y - ay) / (by - ay) + ax)
        return [self.ids[int(n)] for n in np.flatnonzero(within)]

    def _pin_at(self, spot: QPointF) -> str:
        """Return the nearest account under the pointer; a cluster is looked into instead."""
        for middle, members in self.clusters():
            if (middle - spot).manhattanLength() < theme.px(20):
                if len(members) == 1:
                    return self.ids[int(members[0])]
                self.zoom(0.4, middle)
                return ""
        return ""


def _size(area: QPolygonF) -> float:
    """Return the surface of an area, in square pixels."""
    corners = area.toList()
    following = [*corners[1:], *corners[:1]]
    pairs = zip(corners, following, strict=True)
    return abs(sum(a.x() * b.y() - b.x() * a.y() for a, b in pairs)) / 2


class PortfolioMap(QWidget):
    """The map with its words and buttons; a click looks at a customer, a second one opens it."""

    opened = Signal(str)
    looked_at = Signal(str)
    chosen = Signal(list)  # ids inside the area

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._task: Task | None = None
        self._ids: Sequence[str] = ()
        self._is_fitted = self._has_ground = False
        self.map = AreaMap()
        self.words = text("", "muted")
        self.pick = Button(_("Select an area"), icon="maximize", size="sm")
        self.pick.setCheckable(True)
        self.pick.toggled.connect(self._pick)
        closer = IconButton("zoom-in", _("Zoom in"), size="sm")
        wider = IconButton("zoom-out", _("Zoom out"), size="sm")
        whole = IconButton("expand", _("Show all"), size="sm")
        closer.clicked.connect(lambda: self.map.zoom(0.6))
        wider.clicked.connect(lambda: self.map.zoom(1.7))
        whole.clicked.connect(self._show_all)
        bar = row(self.words, None, self.pick, closer, wider, whole, gap=6, margins=(12, 6, 8, 6))
        self.setLayout(column(bar, (self.map, 1), gap=0))
        self.map.pin_clicked.connect(self._clicked)
        self.map.area_chosen.connect(self.chosen)
        self.map.area_chosen.connect(self.map.show_selected)

    def show_accounts(self, ids: Sequence[str], selected: Sequence[str]) -> None:
        """Show these accounts, with those that are selected in the list."""
        if not self._has_ground:
            self._has_ground = True
            self._desk.tasks.run(self, map_canvas.load, self.map.set_outlines)
        self.map.show_selected(selected if len(selected) > 1 else ())
        self._ids = ids
        task = self._desk.tasks.read(self, account_columns.positions, self._show, ids)
        self._task = self._desk.tasks.instead(self._task, task)

    def _show(self, places: list[tuple[str, int, int]]) -> None:
        self.map.show_places(places, fit=not self._is_fitted)
        self._is_fitted = bool(places)
        missing = len(self._ids) - len(places)
        self.words.setText(
            _("{n} on the map, {missing} without a position").format(
                n=i18n.number(len(places)), missing=i18n.number(missing)
            )
        )

    def _show_all(self) -> None:
        self._is_fitted = False
        self.show_accounts(self._ids, sorted(self.map.selected))

    def _pick(self, on: bool) -> None:  # noqa: FBT001 - a signal's
        self.map.picking = on
        self.map.setCursor(Qt.CursorShape.CrossCursor if on else Qt.CursorShape.ArrowCursor)

    def _clicked(self, account_id: str) -> None:
        if not account_id:
            return
        if account_id == self.map.chosen:
            self.opened.emit(account_id)
        else:
            self.map.choose(account_id)
            self.map.show_selected([account_id])
            self.looked_at.emit(account_id)
