"""The route sheet: the day on one printed page, with room to write."""

from __future__ import annotations

from dataclasses import dataclass

from app import i18n
from app.documents.page import (
    BOLD,
    FOOT,
    HEIGHT,
    INK,
    LEFT,
    LINE,
    MEDIUM,
    MUTED,
    PRIMARY,
    REGULAR,
    RIGHT,
    SEMIBOLD,
    SOFT,
    SUBTLE,
    WHITE,
    Paper,
    shortened,
)
from app.i18n import _, ngettext


@dataclass(frozen=True)
class RouteSheetStop:
    """A stop as it is printed; positions in micro-degrees draw the little map."""

    arrive: str
    leave: str
    name: str
    address: str
    contact: str
    hours: str
    purpose: str
    drive: str  # «35 min · 33 km», the leg before it
    is_fixed: bool = False
    lat_e6: int | None = None
    lon_e6: int | None = None


@dataclass(frozen=True)
class RouteDocument:
    """A day's route, in words and figures ready to print."""

    title: str  # the day in words
    rep: str
    company: str
    start: str
    end: str
    leave: str
    arrive: str
    kilometres: str
    driving: str
    back: str  # the last leg
    stops: tuple[RouteSheetStop, ...]
    lunch: str = ""  # «13:20 · 60 min»
    lunch_after: int = 0
    left_out: tuple[tuple[str, str], ...] = ()  # name and reason
    travel_note: str = ""  # how good the times are
    start_position: tuple[int, int] | None = None
    language: str = "es"


_STOP_HEIGHT = 52.0
_MAP = 118.0


def render(document: RouteDocument) -> bytes:
    """Return the route sheet as PDF, in the document's own language."""
    with i18n.speaking(document.language):
        return _Sheet(document).draw()


class _Sheet:
    """The drawing of one day."""

    def __init__(self, document: RouteDocument) -> None:
        self.d = document
        self.paper = Paper(
            title=_("Route sheet, {day}").format(day=document.title),
            author=document.company,
            subject=document.rep,
            language=document.language,
        )
        self.paper.footer = " · ".join(
            part for part in (document.company, document.travel_note) if part
        )
        self.y = HEIGHT - LEFT

    def draw(self) -> bytes:
        self._head()
        for number, stop in enumerate(self.d.stops):
            if self.d.lunch and number == self.d.lunch_after:
                self._lunch()
            self._room(_STOP_HEIGHT + 14)
            self._stop(number + 1, stop)
        if self.d.lunch and self.d.lunch_after >= len(self.d.stops):
            self._lunch()
        self._end()
        self._left_out()
        return self.paper.close()

    def _room(self, needed: float) -> None:
        if self.y - needed < FOOT:
            self.paper.new_page()
            self.y = HEIGHT - LEFT - 4

    def _head(self) -> None:
        p, d = self.paper, self.d
        p.write(LEFT, self.y - 16, d.title, BOLD, 20)
        p.write(LEFT, self.y - 31, f"{d.rep} · {d.company}", REGULAR, 9, SUBTLE)
        has_map = self._map(RIGHT - _MAP * 1.5, self.y - _MAP + 14, _MAP * 1.5, _MAP - 14)
        n = len(d.stops)
        figures = (
            (_("Visits"), ngettext("{n} stop", "{n} stops", n).format(n=n)),
            (_("Distance"), d.kilometres),
            (_("Driving"), d.driving),
            (_("Leave"), d.leave),
            (_("Back"), d.arrive),
        )
        y = self.y - 58
        for i, (label, value) in enumerate(figures):
            x = LEFT + i * (62 if has_map else 96)
            p.write(x, y, label, REGULAR, 7.6, SUBTLE)
            p.write(x, y - 13, value, SEMIBOLD, 10)
        self.y -= _MAP if has_map else 84
        p.rule(self.y, colour=PRIMARY, width=1.6)
        self.y -= 16
        p.write(LEFT + 82, self.y, d.start, SEMIBOLD, 9.4)
        p.write(LEFT, self.y, d.leave, MEDIUM, 9.4)
        self.y -= 8

    def _map(self, x: float, y: float, width: float, height: float) -> bool:
        """Draw the order of the stops as a line with numbers; False without positions."""
        placed = [
            (n, s.lat_e6, s.lon_e6)
            for n, s in enumerate(self.d.stops, 1)
            if s.lat_e6 is not None and s.lon_e6 is not None
        ]
        if self.d.start_position:
            placed = [(0, *self.d.start_position), *placed]
        if len(placed) < 2:
            return False
        lats, lons = [p[1] for p in placed], [p[2] for p in placed]
        # a degree of longitude is about 0.77 of one of latitude in the middle of Spain
        wide, high = max((max(lons) - min(lons)) * 0.77, 1), max(max(lats) - min(lats), 1)
        scale = min((width - 24) / wide, (height - 24) / high)
        left = x + (width - wide * scale) / 2
        low = y + (height - high * scale) / 2
        points = [
            (n, left + (lon - min(lons)) * 0.77 * scale, low + (lat - min(lats)) * scale)
            for n, lat, lon in placed
        ]
        self.paper.box(x, y, width, height, fill=SOFT)
        canvas = self.paper.canvas
        canvas.setStrokeColor(PRIMARY)
        canvas.setLineWidth(1.2)
        path = canvas.beginPath()
        closed = [*points, points[0]] if self.d.start_position else points
        for i, (_n, px, py) in enumerate(closed):
            path.lineTo(px, py) if i else path.moveTo(px, py)
        canvas.drawPath(path)
        for n, px, py in points:
            canvas.setFillColor(PRIMARY if n else INK)
            canvas.circle(px, py, 6, stroke=0, fill=1)
            label = str(n) if n else "⌂"
            if n:
                self.paper.write(px, py - 2.6, label, SEMIBOLD, 7, WHITE, "centre")
        return True

    def _stop(self, number: int, stop: RouteSheetStop) -> None:
        p = self.paper
        p.write(LEFT + 82, self.y - 4, stop.drive, REGULAR, 7.6, SUBTLE)
        self.y -= 12
        p.canvas.setFillColor(PRIMARY)
        p.canvas.circle(LEFT + 66, self.y - 8, 8, stroke=0, fill=1)
        p.write(LEFT + 66, self.y - 11, str(number), SEMIBOLD, 8.6, WHITE, "centre")
        p.write(LEFT, self.y - 10, stop.arrive, SEMIBOLD, 10.4)
        until = _("until {time}").format(time=stop.leave)
        p.write(LEFT, self.y - 21, until, REGULAR, 7.6, SUBTLE)
        x, middle = LEFT + 82, LEFT + 330
        room = middle - x - 10
        p.write(x, self.y - 10, shortened(stop.name, SEMIBOLD, 10.4, room), SEMIBOLD, 10.4)
        p.write(x, self.y - 21, shortened(stop.address, REGULAR, 8.2, room), REGULAR, 8.2, MUTED)
        facts = " · ".join(part for part in (stop.contact, stop.hours) if part)
        p.write(x, self.y - 31, shortened(facts, REGULAR, 8.2, room), REGULAR, 8.2, MUTED)
        purpose = stop.purpose
        if stop.is_fixed:
            purpose = " · ".join(part for part in (_("Fixed time"), purpose) if part)
        p.write(x, self.y - 41, shortened(purpose, MEDIUM, 8.2, room), MEDIUM, 8.2, PRIMARY)
        for line in range(3):
            p.rule(self.y - 14 - line * 13, middle, RIGHT, LINE, 0.5)
        self.y -= _STOP_HEIGHT - 4

    def _lunch(self) -> None:
        self._room(24)
        self.paper.box(LEFT + 82, self.y - 18, RIGHT - LEFT - 66, 14, fill=SOFT, radius=4)
        words = _("Lunch: {when}").format(when=self.d.lunch)
        self.paper.write(LEFT + 74, self.y - 14, words, MEDIUM, 8.2, MUTED)
        self.y -= 24

    def _end(self) -> None:
        self._room(30)
        self.paper.write(LEFT + 82, self.y - 4, self.d.back, REGULAR, 7.6, SUBTLE)
        self.paper.write(LEFT, self.y - 17, self.d.arrive, MEDIUM, 9.4)
        self.paper.write(LEFT + 82, self.y - 17, self.d.end, SEMIBOLD, 9.4)
        self.y -= 30

    def _left_out(self) -> None:
        if not self.d.left_out:
            return
        self._room(30)
        self.paper.rule(self.y)
        self.paper.write(LEFT, self.y - 14, _("Not on the route"), SEMIBOLD, 8.4, SUBTLE)
        self.y -= 26
        for name, reason in self.d.left_out:
            self._room(12)
            words = shortened(f"{name}: {reason}", REGULAR, 8, RIGHT - LEFT)
            self.paper.write(LEFT, self.y, words, REGULAR, 8, MUTED)
            self.y -= 11
