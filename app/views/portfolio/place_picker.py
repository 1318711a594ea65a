"""A small map to say where a customer is: a click, or Enter for the middle of the map."""

from __future__ import annotations

from PySide6.QtCore import QPointF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent

from app.i18n import _
from app.routing.outlines import from_mercator
from app.views import theme
from app.views.widgets.map_canvas import MapCanvas, Pin


class PlacePicker(MapCanvas):
    """`place` is what the user set, None while the address alone says where it is."""

    placed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName(_("Where it is: Enter sets the pin in the middle of the map"))
        self.setMinimumHeight(theme.px(130))
        self.place: tuple[int, int] | None = None

    def suggest(self, lat_e6: int, lon_e6: int) -> None:
        """Show where the address says it is, unless the user has set the pin."""
        if self.place is None:
            self.set_pins([Pin("here", lat_e6, lon_e6)])

    def set_place(self, spot: QPointF) -> None:
        """Set the pin at a point of the widget."""
        there = self._to_map(spot)
        lat, lon = from_mercator(there.x(), -there.y())
        self.place = round(lat * 1e6), round(lon * 1e6)
        self.set_pins([Pin("here", *self.place, kind="now")], fit=False)
        self.placed.emit()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        still = self._grabbed is not None and not self._moved
        super().mouseReleaseEvent(event)
        if still:
            self.set_place(event.position())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter} and not event.modifiers():
            self.set_place(QPointF(self.width() / 2, self.height() / 2))
        else:
            super().keyPressEvent(event)
