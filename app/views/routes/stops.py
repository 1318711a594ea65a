"""The stops of a route as a list: the leg, the disc, who, when, and what binds it."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QAbstractButton, QApplication, QFrame, QMenu, QSizePolicy, QWidget

from app import i18n
from app.i18n import _, ngettext
from app.services.route_view import Extra, OffRoute, RouteView, StopView
from app.settings import Settings
from app.views import keymap, theme
from app.views.widgets.button import Button, IconButton, paint_ring
from app.views.widgets.layout import Elided, Item, clear, column, row, text
from app.views.widgets.notices import EmptyState

_MIDDLE = Qt.AlignmentFlag.AlignVCenter
_DEEDS = {"stop_up": ("move", -1), "stop_down": ("move", 1), "lock_stop": ("lock", 0)}
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class StopRow(QAbstractButton):
    """A stop: Alt+arrows or the mouse move it, L fixes it, + and - change how long it takes.

    Its menu says the same; Enter or a double click opens the visit.
    """

    asked = Signal(str, str, int)  # activity, what (move, remove, lock, longer), amount
    opened = Signal(str)
    dragged = Signal(object, float)  # this row, and how far down the list the pointer is
    dropped = Signal(object)

    def __init__(self, stop: StopView, settings: Settings) -> None:
        super().__init__()
        self.stop, self._settings = stop, settings
        self._pressed_at: QPointF | None = None
        self.is_dragging = False
        self.setCheckable(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        at = i18n.clock_of_seconds(stop.start_s)
        bound = _("fixed") if stop.is_fixed else ""
        parts = (f"{stop.number}", at, stop.name, stop.city, bound, stop.problem)
        self.setAccessibleName(", ".join(part for part in parts if part))
        self.setToolTip(stop.problem)

    def sizeHint(self) -> QSize:
        return QSize(theme.px(300), theme.px(64))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key, asked = event.key(), self.stop.activity_id
        name = keymap.pressed(self._settings, event, "route")
        if name in _DEEDS:
            self.asked.emit(asked, *_DEEDS[name])
        elif key == Qt.Key.Key_Delete:
            self.asked.emit(asked, "remove", 0)
        elif event.text() in {"+", "-"}:
            self.asked.emit(asked, "longer", 5 if event.text() == "+" else -5)
        elif key in {Qt.Key.Key_Return, Qt.Key.Key_Enter} and not event.modifiers():
            self.opened.emit(self.stop.activity_id)
        elif key in {Qt.Key.Key_Down, Qt.Key.Key_Up} and not event.modifiers():
            self.focusNextPrevChild(key == Qt.Key.Key_Down)
        else:
            super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        self.menu().popup(event.globalPos())

    def menu(self) -> QMenu:
        """Return what can be done with the stop, with its keys."""
        stop, menu = self.stop, QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction(f"{_('Open the visit')}\t↵", lambda: self.opened.emit(stop.activity_id))
        if stop.state == "planned":
            lock = _("Let the time move") if stop.is_fixed else _("Keep at this time")
            for words, keys, what, amount in (
                (lock, "L", "lock", 0),
                (_("Earlier in the order"), "Alt+↑", "move", -1),
                (_("Later in the order"), "Alt+↓", "move", 1),
                (_("5 minutes longer"), "+", "longer", 5),
                (_("5 minutes shorter"), "-", "longer", -5),
                (_("Take off the route"), _("Del"), "remove", 0),
            ):
                menu.addAction(
                    f"{words}\t{keys}", partial(self.asked.emit, stop.activity_id, what, amount)
                )
        return menu

    def mousePressEvent(self, event: QMouseEvent) -> None:
        super().mousePressEvent(event)
        if event.button() == Qt.MouseButton.LeftButton and self.stop.state == "planned":
            self._pressed_at = event.position()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._pressed_at is None:
            super().mouseMoveEvent(event)
            return
        away = (event.position() - self._pressed_at).manhattanLength()
        if self.is_dragging or away >= QApplication.startDragDistance():
            self.is_dragging = True
            self.setCursor(Qt.CursorShape.ClosedHandCursor)
            self.dragged.emit(self, self.y() + event.position().y())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._pressed_at = None
        if self.is_dragging:
            self.is_dragging = False
            self.unsetCursor()
            self.setDown(False)
            self.dropped.emit(self)
        else:
            super().mouseReleaseEvent(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self.opened.emit(self.stop.activity_id)

    def paintEvent(self, event: QPaintEvent) -> None:
        p = QPainter(self)
        p.setRenderHint(QPainter.RenderHint.Antialiasing)
        stop, leg = self.stop, theme.px(20)
        body = QRectF(0, leg, self.width(), self.height() - leg)
        if stop.state == "now":
            p.fillRect(body, theme.colour("accent_soft"))
        elif self.isChecked() or self.underMouse():
            p.fillRect(body, theme.colour("selected" if self.isChecked() else "hover"))
        if self.hasFocus():
            paint_ring(p, body)
        x, middle = theme.px(30), body.center().y()
        p.setPen(QPen(theme.colour("border_strong"), 1.4, Qt.PenStyle.DotLine))
        p.drawLine(QPointF(x, 0), QPointF(x, middle))
        self._paint_leg(p, leg)
        self._paint_disc(p, x, middle)
        self._paint_words(p, body)

    def _paint_leg(self, p: QPainter, leg: float) -> None:
        if not self.stop.drive_s and not self.stop.drive_m:
            return
        p.setFont(theme.font("sm"))
        p.setPen(theme.colour("text_muted"))
        theme.draw_icon(p, "car", theme.px(52), leg / 2 - theme.px(7), 14)
        words = f"{i18n.duration(self.stop.drive_s)} · {i18n.kilometres(self.stop.drive_m)}"
        p.drawText(QRectF(theme.px(74), 0, self.width(), leg), _MIDDLE, words)

    def _paint_disc(self, p: QPainter, x: float, middle: float) -> None:
        stop, radius = self.stop, theme.px(13)
        fill = {"done": "success", "now": "accent"}.get(stop.state, "primary")
        ink = {"done": "surface", "now": "on_accent"}.get(stop.state, "on_primary")
        if stop.problem:
            fill, ink = "danger", "on_danger"
        p.setPen(QPen(theme.colour("text"), 1.5) if stop.state == "now" else Qt.PenStyle.NoPen)
        p.setBrush(theme.colour(fill))
        p.drawEllipse(QPointF(x, middle), radius, radius)
        if stop.state == "done":
            half = theme.px(7)
            theme.draw_icon(p, "check", x - half, middle - half, 14, ink, stroke=3)
            return
        p.setFont(theme.font("sm", "bold"))
        p.setPen(theme.colour(ink))
        box = QRectF(x - radius, middle - radius, 2 * radius, 2 * radius)
        p.drawText(box, Qt.AlignmentFlag.AlignCenter, str(stop.number))

    def _paint_words(self, p: QPainter, body: QRectF) -> None:
        stop, left, half = self.stop, theme.px(52), body.height() / 2
        right = self.width() - theme.px(14)
        upper = QRectF(left, body.y() + 2, right - left, half - 1)
        lower = QRectF(left, body.center().y() - 1, right - left, half - 1)
        p.setFont(theme.font("base", "regular" if stop.state == "done" else "semibold"))
        p.setPen(theme.colour("text"))
        p.drawText(upper, _RIGHT, i18n.clock_of_seconds(stop.start_s))
        width = int(upper.width() - theme.px(56))
        elide = Qt.TextElideMode.ElideRight
        name = p.fontMetrics().elidedText(stop.name, elide, width)
        p.setFont(theme.font("base", "semibold"))
        p.drawText(upper, _MIDDLE, name)
        p.setFont(theme.font("sm"))
        bound = _("fixed") if stop.is_fixed else stop.hours
        bound_width = min(p.fontMetrics().horizontalAdvance(bound), round(lower.width() * 0.6))
        p.setPen(theme.colour("danger_text" if stop.problem else "text_subtle"))
        icon = "lock" if stop.is_fixed else "clock" if bound else ""
        if icon:
            at = right - bound_width - theme.px(19)
            theme.draw_icon(p, icon, at, lower.center().y() - theme.px(7), 14, "text_subtle")
        shown = p.fontMetrics().elidedText(bound, elide, bound_width + 2)
        p.drawText(lower, _RIGHT, shown)
        p.setPen(theme.colour("text_subtle"))
        place = " · ".join(part for part in (stop.city, i18n.duration(stop.minutes * 60)) if part)
        room = int(lower.width() - bound_width - theme.px(26))
        p.drawText(lower, _MIDDLE, p.fontMetrics().elidedText(place, elide, room))


class StopList(QWidget):
    """The stops in order; a stop that is dragged goes where the line is."""

    asked = Signal(str, str, int)
    chosen = Signal(str)
    opened = Signal(str)

    def __init__(self, settings: Settings) -> None:
        super().__init__()
        self._settings = settings
        self._column = column(gap=0)
        self.setLayout(self._column)
        self.rows: list[StopRow] = []
        self._mark = QFrame(self)
        self._mark.hide()
        self._drop_at = 0

    def show_route(self, shown: RouteView) -> None:
        focused = next((r.stop.activity_id for r in self.rows if r.hasFocus()), "")
        chosen = next((r.stop.activity_id for r in self.rows if r.isChecked()), "")
        clear(self._column)
        self._mark.hide()
        self.rows = []
        for stop in shown.stops:
            made = StopRow(stop, self._settings)
            made.setChecked(stop.activity_id == chosen)
            made.asked.connect(self.asked)
            made.opened.connect(self.opened)
            made.dragged.connect(self._drag)
            made.dropped.connect(self._drop)
            made.clicked.connect(lambda _checked=False, id_=stop.activity_id: self.chosen.emit(id_))
            self.rows.append(made)
            self._column.addWidget(made)
            if stop.activity_id == focused:
                made.setFocus()
        self._column.addStretch(1)

    def choose(self, activity_id: str) -> None:
        for made in self.rows:
            made.setChecked(made.stop.activity_id == activity_id)

    def _drag(self, dragged: StopRow, y: float) -> None:
        """Show where the stop would go: among those that are still to be made."""
        begun = sum(made.stop.state != "planned" for made in self.rows)
        below = sum(made.geometry().center().y() < y for made in self.rows)
        self._drop_at = max(begun, below)
        last = self._drop_at == len(self.rows)
        at = self.rows[-1].geometry().bottom() if last else self.rows[self._drop_at].y()
        colour = theme.colour("primary").name()
        self._mark.setStyleSheet(f"background: {colour}; border-radius: 1px;")
        self._mark.setGeometry(theme.px(12), max(0, at - 1), self.width() - theme.px(24), 3)
        self._mark.show()
        self._mark.raise_()

    def _drop(self, dragged: StopRow) -> None:
        self._mark.hide()
        at = self.rows.index(dragged)
        by = self._drop_at - at - (1 if self._drop_at > at else 0)
        if by:
            self.asked.emit(dragged.stop.activity_id, "move", by)


class NoStops(EmptyState):
    """A day without visits: who could be visited, and the two ways to begin."""

    def __init__(self) -> None:
        self.propose_button = Button(
            _("See the proposal"), icon="wand-sparkles", kind="primary", key="Ctrl ↵"
        )
        self.choose_button = Button(_("Choose myself"), icon="list-checks", key="A")
        buttons = QWidget()
        buttons.setLayout(
            column(row(None, self.propose_button, None), row(None, self.choose_button, None))
        )
        super().__init__("route", _("No visits on this day"), "", buttons, wide=270)

    def show_day(self, shown: RouteView) -> None:
        if shown.around is None:
            self.say_why("")
            return
        n = shown.around.due
        why = ngettext(
            "{n} customer is due. I look at who is near and open, and say why somebody does not"
            " fit.",
            "{n} customers are due. I look at who is near and open, and say why somebody does not"
            " fit.",
            n,
        ).format(n=n)
        self.say_why(why if n else _("Nobody is due on this day. Add whom you want to see."))


class ExtraList(QWidget):
    """Customers on the way, each with why and its minutes, and a button that adds it."""

    added = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self._column = column(gap=4)
        self.setLayout(column(
            row(text(_("On the way"), "strong"), text(_("without changing the order"), "muted"),
                None), self._column, gap=4, margins=(16, 8, 12, 8),
        ))  # fmt: skip

    def show_extras(self, extras: tuple[Extra, ...]) -> None:
        clear(self._column)
        self.setVisible(bool(extras))
        for extra in extras:
            add = IconButton("plus", _("Add {name}").format(name=extra.name), kind="soft")
            add.clicked.connect(lambda _checked=False, extra=extra: self.added.emit(extra))
            why = _never_or_days(extra.days)
            place = " · ".join(part for part in (extra.city, why) if part)
            words = column(Elided(extra.name, "body"), Elided(place, "muted"), gap=0)
            minutes = text(_("+{n} min").format(n=extra.minutes), "link")
            holder = QWidget()
            holder.setLayout(row((words, 1), minutes, add))
            self._column.addWidget(holder)


class OffList(QWidget):
    """Visits that are planned for the day and did not fit on its route."""

    added = Signal(object)  # OffRoute

    def __init__(self) -> None:
        super().__init__()
        self._column = column(gap=4)
        self.setLayout(
            column(
                text(_("Planned, but not on the route"), "strong"), self._column, gap=4,
                margins=(16, 8, 12, 8),
            )
        )  # fmt: skip

    def show_visits(self, visits: tuple[OffRoute, ...]) -> None:
        clear(self._column)
        self.setVisible(bool(visits))
        for visit in visits[:3]:
            why = visit.at if visit.is_placed else _("address without a position")
            place = " · ".join(part for part in (visit.city, why) if part)
            words = column(Elided(visit.name, "body"), Elided(place, "muted"), gap=0)
            parts: list[Item] = [(words, 1)]
            if visit.is_placed:
                add = IconButton("plus", _("Add {name}").format(name=visit.name), kind="soft")
                add.clicked.connect(lambda _checked=False, visit=visit: self.added.emit(visit))
                parts.append(add)
            holder = QWidget()
            holder.setLayout(row(*parts))
            self._column.addWidget(holder)


def _never_or_days(days: int | None) -> str:
    if days is None:
        return _("never visited")
    return ngettext("{n} day without a visit", "{n} days without a visit", days).format(n=days)
