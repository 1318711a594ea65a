"""The stops of a route as a list: the leg, the disc, who, when, and what binds it."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from app import i18n
from app.i18n import _
from app.services.route_view import Extra, RouteView, StopView
from app.views import theme
from app.views.widgets.button import IconButton, paint_ring
from app.views.widgets.layout import Elided, clear, column, row, text

_MIDDLE = Qt.AlignmentFlag.AlignVCenter
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class StopRow(QAbstractButton):
    """A stop; its keys are printed in the help of the page."""

    asked = Signal(str, str, int)  # activity, what (move, remove, lock, longer), amount

    def __init__(self, stop: StopView) -> None:
        super().__init__()
        self.stop = stop
        self.setCheckable(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        at = i18n.clock_of_seconds(stop.start_s)
        parts = (f"{stop.number}", at, stop.name, stop.city, stop.problem)
        self.setAccessibleName(", ".join(part for part in parts if part))
        self.setToolTip(stop.problem)

    def sizeHint(self) -> QSize:
        return QSize(theme.px(300), theme.px(64))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key, alt = event.key(), event.modifiers() & Qt.KeyboardModifier.AltModifier
        asked: tuple[str, int] | None = None
        if alt and key in {Qt.Key.Key_Up, Qt.Key.Key_Down}:
            asked = ("move", -1 if key == Qt.Key.Key_Up else 1)
        elif key == Qt.Key.Key_Delete:
            asked = ("remove", 0)
        elif event.text().lower() == "l":
            asked = ("lock", 0)
        elif event.text() in {"+", "-"}:
            asked = ("longer", 5 if event.text() == "+" else -5)
        if asked is not None:
            self.asked.emit(self.stop.activity_id, *asked)
        elif key in {Qt.Key.Key_Down, Qt.Key.Key_Up}:
            self.focusNextPrevChild(key == Qt.Key.Key_Down)
        else:
            super().keyPressEvent(event)

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
    """The stops in order."""

    asked = Signal(str, str, int)
    chosen = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self._column = column(gap=0)
        self.setLayout(self._column)
        self.rows: list[StopRow] = []

    def show_route(self, shown: RouteView) -> None:
        focused = next((r.stop.activity_id for r in self.rows if r.hasFocus()), "")
        clear(self._column)
        self.rows = []
        for stop in shown.stops:
            made = StopRow(stop)
            made.asked.connect(self.asked)
            made.clicked.connect(lambda _checked=False, id_=stop.activity_id: self.chosen.emit(id_))
            self.rows.append(made)
            self._column.addWidget(made)
            if stop.activity_id == focused:
                made.setFocus()
        self._column.addStretch(1)

    def choose(self, activity_id: str) -> None:
        for made in self.rows:
            made.setChecked(made.stop.activity_id == activity_id)


class ExtraList(QWidget):
    """Customers on the way, each with its minutes and a button that adds it."""

    added = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self._column = column(gap=6)
        self.setLayout(column(
            row(text(_("On the way"), "strong"), text(_("without changing the order"), "muted"),
                None), self._column, gap=6, margins=(16, 10, 12, 10),
        ))  # fmt: skip

    def show_extras(self, extras: tuple[Extra, ...]) -> None:
        clear(self._column)
        self.setVisible(bool(extras))
        for extra in extras:
            add = IconButton("plus", _("Add {name}").format(name=extra.name), kind="soft")
            add.clicked.connect(lambda _checked=False, extra=extra: self.added.emit(extra))
            words = column(Elided(extra.name, "body"), Elided(extra.city, "muted"), gap=0)
            minutes = text(_("+{n} min").format(n=extra.minutes), "link")
            holder = QWidget()
            holder.setLayout(row((words, 1), minutes, add))
            self._column.addWidget(holder)
