"""The map: outlines, towns, the day's route and numbered pins, drawn by us, without a network.

The ground (land, provinces, municipalities, towns) is painted once into a picture for each view
and theme; route and pins are painted over it. Every pin is also in the list beside the map, which
is the accessible version.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import NamedTuple

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QFontMetrics,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
    QPixmap,
    QPolygonF,
    QResizeEvent,
    QTransform,
    QWheelEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.i18n import _
from app.routing import outlines as atlas
from app.routing.outlines import Outlines, Shape, mercator
from app.views import theme

_PIN_COLOURS = {
    "planned": ("primary", "on_primary"), "now": ("accent", "on_accent"),
    "done": ("success", "surface"), "home": ("text", "surface"), "customer": ("violet", "surface"),
}  # fmt: skip
_FITTED_M = 9_000.0  # at least, around the pins
_LEAST_M, _MOST_M = 1_500.0, 2_500_000.0  # metres across the view


@dataclass(frozen=True)
class Pin:
    """A place on the map; `kind` is planned, now, done, suggestion, home or customer."""

    id: str
    lat_e6: int
    lon_e6: int
    label: str = ""
    kind: str = "planned"
    number: int = 0

    def at(self) -> QPointF:
        x, y = mercator(self.lat_e6 / 1e6, self.lon_e6 / 1e6)
        return QPointF(x, -y)


class _Ground(NamedTuple):
    """The outlines as they are painted: paths with fill and line, and (rank, x, y, town)."""

    layers: tuple[tuple[QPainterPath, str, str], ...]
    towns: tuple[tuple[int, float, float, str], ...]


def load() -> Outlines:
    """Return the outlines, made ready to be painted; for a worker: it takes a tenth of a second."""
    outlines = atlas.load()
    _ground_of(outlines)
    return outlines


@cache
def _ground_of(outlines: Outlines) -> _Ground:
    """Return what is painted of the outlines, for every map the same."""
    layers = (
        (_path(outlines.backdrop), "map_land", ""),
        (_path(outlines.land[1:]), "map_land", "map_province"),
        (_path(outlines.land[:1]), "map_land", "map_province"),
        (_path(outlines.provinces), "", "map_province"),
    )
    towns = ((town.rank, *mercator(town.lat, town.lon), town.name) for town in outlines.places)
    return _Ground(layers, tuple((rank, x, -y, name) for rank, x, y, name in towns))


def _path(shapes: Iterable[Shape]) -> QPainterPath:
    path = QPainterPath()
    path.setFillRule(Qt.FillRule.OddEvenFill)
    for shape in shapes:
        for ring in shape.rings:
            path.addPolygon(QPolygonF([QPointF(x, -y) for x, y in ring.tolist()]))
    return path


class MapCanvas(QWidget):
    """Give it `set_outlines`, `set_pins` and `set_route`; `+ - 0` zoom, arrows and drag move."""

    pin_clicked = Signal(str)

    def __init__(self, *, interactive: bool = True) -> None:
        super().__init__()
        self.setAccessibleName(_("Map of the route; its stops are in the list beside it"))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self._interactive = interactive
        if interactive:
            self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._outlines: Outlines | None = None
        self._details: tuple[Shape, ...] = ()
        self.pins: list[Pin] = []
        self.chosen = ""
        self.covered = 0  # pixels at the bottom that something else lies over
        self._as_fitted = True
        self._route: list[QPointF] = []
        self._done = 0
        x, y = mercator(39.1, -0.4)
        self._centre, self._metres = QPointF(x, -y), 120_000.0
        self._ground: QPixmap | None = None
        self._grabbed: QPointF | None = None
        self._moved = False
        theme.look.changed.connect(self._forget)

    def minimumSizeHint(self) -> QSize:
        return QSize(theme.px(120), theme.px(80))

    def set_outlines(self, outlines: Outlines, municipalities: Sequence[Shape] = ()) -> None:
        """Draw this ground from now on; `load` gives it, off the GUI thread."""
        self._outlines, self._details = outlines, tuple(municipalities)
        self._forget()

    def set_pins(self, pins: Sequence[Pin], *, fit: bool = True) -> None:
        """Show these pins; `fit` False keeps the view where the user left it."""
        self.pins = list(pins)
        if fit:
            self.fit()
        self.update()

    def set_route(self, points: Sequence[tuple[int, int]], *, done: int = 0) -> None:
        """Draw a line through micro-degree points; its first `done` legs are behind the rep."""
        self._route = [Pin("", lat, lon).at() for lat, lon in points]
        self._done = done
        self.update()

    def choose(self, pin_id: str) -> None:
        """Ring this pin; «» rings none."""
        self.chosen = pin_id
        self.update()

    def fit(self) -> None:
        """Show every pin but suggestions, with room around them."""
        spots = [pin.at() for pin in self.pins if pin.kind != "suggestion"]
        if not spots:
            return
        xs, ys = [s.x() for s in spots], [s.y() for s in spots]
        high = max(1, self.height() - self.covered)
        ratio = max(1, self.width()) / high
        # discs have a size whatever the scale: room for them at each side, in pixels
        across = max(0.3, 1 - 2 * theme.px(40) / max(1, self.width()))
        down = max(0.3, 1 - 2 * theme.px(34) / high)
        wide = max((max(xs) - min(xs)) / across, (max(ys) - min(ys)) * ratio / down)
        self._metres = min(max(wide, _FITTED_M if len(spots) > 1 else 6 * _FITTED_M), _MOST_M)
        lower = self.covered / 2 / self._scale
        self._centre = QPointF((min(xs) + max(xs)) / 2, (min(ys) + max(ys)) / 2 + lower)
        self._as_fitted = True
        self._forget()

    def zoom(self, factor: float, around: QPointF | None = None) -> None:
        """Show more (above 1) or less, keeping the point `around` (in pixels) where it is."""
        spot = around or QPointF(self.width() / 2, self.height() / 2)
        before = self._to_map(spot)
        self._metres = min(max(self._metres * factor, _LEAST_M), _MOST_M)
        self._centre += before - self._to_map(spot)
        self._as_fitted = False
        self._forget()

    def _forget(self) -> None:
        self._ground = None
        self.update()

    @property
    def _scale(self) -> float:
        return self.width() / self._metres

    def _to_pixels(self, spot: QPointF) -> QPointF:
        away = (spot - self._centre) * self._scale
        return QPointF(away.x() + self.width() / 2, away.y() + self.height() / 2)

    def _to_map(self, pixel: QPointF) -> QPointF:
        away = pixel - QPointF(self.width() / 2, self.height() / 2)
        return self._centre + away / self._scale

    # painting

    def paintEvent(self, event: QPaintEvent) -> None:
        p = QPainter(self)
        p.setRenderHint(QPainter.RenderHint.Antialiasing)
        clip = QPainterPath()
        clip.addRoundedRect(QRectF(self.rect()), 9, 9)
        p.setClipPath(clip)
        if self._ground is None:
            self._ground = self._paint_ground()
        p.drawPixmap(0, 0, self._ground)
        self._paint_route(p)
        taken: list[QRectF] = []
        for pin in sorted(self.pins, key=lambda pin: pin.kind in {"now", "home"}):
            self._paint_pin(p, pin, taken)
        self._paint_labels(p, taken)
        if self.hasFocus():
            p.setPen(QPen(theme.colour("focus"), 2))
            p.setBrush(Qt.BrushStyle.NoBrush)
            p.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 8, 8)

    def _paint_ground(self) -> QPixmap:
        dpr = self.devicePixelRatioF()
        ground = QPixmap(round(self.width() * dpr), round(self.height() * dpr))
        ground.setDevicePixelRatio(dpr)
        ground.fill(theme.colour("map_sea" if self._outlines else "sunken"))
        if self._outlines is None:
            return ground
        p = QPainter(ground)
        p.setRenderHint(QPainter.RenderHint.Antialiasing)
        move = QTransform()
        move.translate(self.width() / 2, self.height() / 2)
        move.scale(self._scale, self._scale)
        move.translate(-self._centre.x(), -self._centre.y())
        p.setTransform(move)
        layers = _ground_of(self._outlines).layers
        if self._metres < 400_000 and self._details:
            layers = (*layers[:3], (self._near(), "", "map_land_line"), layers[3])
        for path, fill, line in layers:
            pen = QPen(theme.colour(line), 1.0 if line == "map_province" else 0.8)
            pen.setCosmetic(True)
            p.setPen(pen if line else Qt.PenStyle.NoPen)
            p.setBrush(theme.colour(fill) if fill else Qt.BrushStyle.NoBrush)
            p.drawPath(path)
        p.end()
        return ground

    def _near(self) -> QPainterPath:
        """Return the outlines of the municipalities in view."""
        a, b = self._to_map(QPointF(0, 0)), self._to_map(QPointF(self.width(), self.height()))
        return _path(
            shape
            for shape in self._details
            if shape.box[0] < b.x() and shape.box[2] > a.x()
            and shape.box[1] < -a.y() and shape.box[3] > -b.y()
        )  # fmt: skip

    def _paint_route(self, p: QPainter) -> None:
        if len(self._route) < 2:
            return
        points = [self._to_pixels(spot) for spot in self._route]
        p.setBrush(Qt.BrushStyle.NoBrush)
        for case in (True, False):
            for n, (a, b) in enumerate(pairwise(points)):
                token = "route_case" if case else "route_done" if n < self._done else "route"
                pen = QPen(theme.colour(token), theme.px(6.5 if case else 3.6))
                pen.setCapStyle(Qt.PenCapStyle.RoundCap)
                p.setPen(pen)
                p.drawLine(a, b)

    def _paint_pin(self, p: QPainter, pin: Pin, taken: list[QRectF]) -> None:
        spot = self._to_pixels(pin.at())
        if not self.rect().adjusted(-20, -20, 20, 20).contains(spot.toPoint()):
            return
        radius = theme.px({"now": 15, "suggestion": 12, "customer": 7}.get(pin.kind, 12))
        box = QRectF(spot.x() - radius, spot.y() - radius, 2 * radius, 2 * radius)
        taken.append(box)
        if pin.id and pin.id == self.chosen:
            p.setPen(QPen(theme.colour("focus"), 3))
            p.setBrush(theme.colour("surface"))
            p.drawEllipse(box.adjusted(-5, -5, 5, 5))
        if pin.kind == "suggestion":
            p.setPen(QPen(theme.colour("route"), 2, Qt.PenStyle.DashLine))
            p.setBrush(theme.colour("surface"))
            p.drawEllipse(box)
            half = theme.px(7)
            theme.draw_icon(p, "plus", spot.x() - half, spot.y() - half, 14, "primary_text")
            return
        fill, ink = _PIN_COLOURS.get(pin.kind, _PIN_COLOURS["planned"])
        p.setPen(QPen(theme.colour("text" if pin.kind == "now" else "route_case"), 2))
        p.setBrush(theme.colour(fill))
        p.drawEllipse(box)
        icon = {"done": "check", "home": "house"}.get(pin.kind, "")
        if icon:
            half = theme.px(7)
            theme.draw_icon(p, icon, spot.x() - half, spot.y() - half, 14, ink, stroke=2.6)
        elif pin.number:
            p.setFont(theme.font("sm", "bold"))
            p.setPen(theme.colour(ink))
            p.drawText(box, Qt.AlignmentFlag.AlignCenter, str(pin.number))

    def _paint_labels(self, p: QPainter, taken: list[QRectF]) -> None:
        """Write the stops' names, then the towns by rank, wherever there is room."""
        for pin in self.pins:
            if pin.label:
                self._label(p, self._to_pixels(pin.at()), pin.label, taken, bold=True)
        if self._outlines is None:
            return
        most = 0 if self._metres > 900_000 else 2 if self._metres > 200_000 else 4
        a, b = self._to_map(QPointF(0, 0)), self._to_map(QPointF(self.width(), self.height()))
        west, north, east, south = a.x(), a.y(), b.x(), b.y()
        for rank, x, y, name in _ground_of(self._outlines).towns:
            if rank > most:  # the largest come first
                break
            if west <= x <= east and north <= y <= south:
                self._label(p, self._to_pixels(QPointF(x, y)), name, taken, bold=False)

    def _label(
        self, p: QPainter, spot: QPointF, words: str, taken: list[QRectF], *, bold: bool
    ) -> None:
        font = theme.font("sm" if bold else "xs", "semibold" if bold else "medium")
        metrics = QFontMetrics(font)
        width, height = metrics.horizontalAdvance(words) + 6, metrics.height()
        gap = theme.px(15 if bold else 4)
        inside = QRectF(self.rect()).adjusted(4, 4, -4, -4 - self.covered)
        for x in (spot.x() + gap, spot.x() - gap - width):
            box = QRectF(x, spot.y() - height / 2, width, height)
            if any(box.intersects(other) for other in taken) or not inside.contains(box):
                continue
            taken.append(box)
            shape = QPainterPath()
            shape.addText(box.x() + 3, box.y() + metrics.ascent(), font, words)
            halo = QPen(theme.colour("map_halo"), 3.2)
            halo.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
            p.strokePath(shape, halo)
            p.fillPath(shape, theme.colour("text" if bold else "map_label"))
            return

    # moving

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self._as_fitted:
            self.fit()
        self._forget()

    def wheelEvent(self, event: QWheelEvent) -> None:
        if not self._interactive:
            event.ignore()
            return
        self.zoom(0.999 ** event.angleDelta().y(), event.position())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = self._metres * 0.12
        moves = {
            Qt.Key.Key_Left: QPointF(-step, 0), Qt.Key.Key_Right: QPointF(step, 0),
            Qt.Key.Key_Up: QPointF(0, -step), Qt.Key.Key_Down: QPointF(0, step),
        }  # fmt: skip
        key = Qt.Key(event.key())
        if key in moves:
            self._centre += moves[key]
            self._as_fitted = False
            self._forget()
        elif event.text() in {"+", "-"}:
            self.zoom(0.8 if event.text() == "+" else 1.25)
        elif event.text() == "0":
            self.fit()
        else:
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._grabbed, self._moved = event.position(), False

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._grabbed is None or not self._interactive:
            return
        away = event.position() - self._grabbed
        if self._moved or away.manhattanLength() > 4:
            self._moved, self._as_fitted = True, False
            self._centre -= away / self._scale
            self._grabbed = event.position()
            self._forget()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self._grabbed is not None and not self._moved:
            self.pin_clicked.emit(self._pin_at(event.position()))
        self._grabbed = None

    def _pin_at(self, spot: QPointF) -> str:
        """Return the id of the nearest pin under the pointer, or «»."""
        away = {
            pin.id: (self._to_pixels(pin.at()) - spot).manhattanLength()
            for pin in self.pins
            if pin.kind != "home"
        }
        nearest = min(away, key=away.__getitem__, default="")
        return nearest if nearest and away[nearest] < theme.px(16) else ""
