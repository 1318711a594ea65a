"""The figures under a customer's name; each says what it is made of when it is asked."""

from __future__ import annotations

from datetime import date, timedelta
from typing import NamedTuple

from PySide6.QtCore import QPoint, QRectF, Qt
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QToolTip, QWidget

from app import i18n
from app.i18n import _, ngettext
from app.services.account_page import AccountPage
from app.views.widgets.button import paint_ring
from app.views.widgets.layout import Elided, Item, card, column, line, row

OPEN = 2  # so many figures are shown while the customer may be looking


class Figure(NamedTuple):
    """A figure: its name, the value, what is said below, its tone, and how it is made."""

    name: str
    value: str
    below: str
    tone: str
    why: str


class FigureTile(QWidget):
    """A figure that explains itself under the pointer, on Space, and to a screen reader."""

    def __init__(self, figure: Figure) -> None:
        super().__init__()
        self.figure = figure
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        said = f"{figure.name}: {figure.value}"
        self.setAccessibleName(f"{said}, {figure.below}" if figure.below else said)
        self.setAccessibleDescription(figure.why)
        self.setToolTip(figure.why)
        below = Elided(figure.below, "muted", tone=figure.tone)
        below.setToolTip(figure.why)
        self.setLayout(
            column(Elided(figure.name, "muted"), Elided(figure.value, "kpi"), below, gap=1)
        )

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Space:
            QToolTip.showText(self.mapToGlobal(QPoint(0, self.height())), self.figure.why, self)
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        if self.hasFocus():
            p = QPainter(self)
            p.setRenderHint(QPainter.RenderHint.Antialiasing)
            paint_ring(p, QRectF(self.rect()))


def figures_card(shown: AccountPage, today: date, *, customer_looks: bool) -> QFrame:
    """Return the figures side by side, fewer of them while the customer may be looking."""
    parts: list[Item] = []
    figures = figures_of(shown, today)
    for figure in figures[:OPEN] if customer_looks else figures:
        if parts:
            parts.append(line("v"))
        parts.append((FigureTile(figure), 1))
    return card(row(*parts, gap=14), margins=(16, 9, 12, 9))


def figures_of(shown: AccountPage, today: date) -> list[Figure]:
    """Return the five figures with their words."""
    return [
        _sales(shown, today), _last_order(shown, today), _balance(shown, today),
        _conversion(shown, today), _cost(shown, today),
    ]  # fmt: skip


def _period(today: date) -> str:
    """Write the twelve months that end today: «20 nov 2025 – 19 nov 2026»."""
    first = today - timedelta(days=364)
    return f"{i18n.day_numeric(first)} – {i18n.day_numeric(today)}"


def _sales(shown: AccountPage, today: date) -> Figure:
    f, name = shown.figures, _("Sales, 12 months")
    why = _("12 months: {period}, without VAT").format(period=_period(today))
    if not shown.has_sales:
        return Figure(name, "–", _("No sales figures yet"), "", why)
    change, tone = "", ""
    if f.sales_before:
        percent = round((f.sales - f.sales_before) / f.sales_before * 100)
        sign = "+" if percent > 0 else ""
        change = _("{percent} on last year").format(percent=sign + i18n.percent(percent))
        tone = "success" if percent >= 0 else "danger"
        before = i18n.money(f.sales_before, decimals=0)
        why += ". " + _("The 12 months before: {amount}").format(amount=before)
    return Figure(name, i18n.money(f.sales, decimals=0), change, tone, why)


def _last_order(shown: AccountPage, today: date) -> Figure:
    f, name = shown.figures, _("Last order")
    why = _("The last invoice, without VAT; usual is the average time between the last 12.")
    if f.last_order_on is None or f.last_order is None:
        return Figure(name, "–", _("No orders yet"), "", why)
    ago, tone = i18n.days_ago(f.last_order_on, today), ""
    if f.usual_days:
        ago += " · " + _("usually every {n}").format(n=f.usual_days)
        late = (today - f.last_order_on).days > f.usual_days
        tone = "warning" if late else ""
    why = f"{i18n.day_numeric(f.last_order_on)}. {why}"
    return Figure(name, i18n.money(f.last_order), ago, tone, why)


def _balance(shown: AccountPage, today: date) -> Figure:
    f = shown.figures
    why = _("What is owed of all invoices in the office's books, VAT included, as of {day}.")
    why = why.format(day=i18n.day_numeric(today))
    if not shown.has_sales and not f.balance:
        return Figure(_("Balance"), "–", _("No sales figures yet"), "", why)
    owed = _("{amount} overdue").format(amount=i18n.money(f.overdue)) if f.overdue else ""
    return Figure(_("Balance"), i18n.money(f.balance), owed or _("Nothing overdue"),
                  "danger" if owed else "", why)  # fmt: skip


def _conversion(shown: AccountPage, today: date) -> Figure:
    f = shown.figures
    won = ngettext("{won} of {n} quote", "{won} of {n} quotes", f.quotes)
    rate = i18n.percent(round(f.quotes_won * 100 / f.quotes)) if f.quotes else "–"
    below = won.format(won=f.quotes_won, n=f.quotes) if f.quotes else _("No quotes yet")
    why = _("Quotes signed or accepted, of those issued in 12 months: {period}.")
    return Figure(_("Conversion"), rate, below, "",
                  why.format(period=_period(today)))  # fmt: skip


def _cost(shown: AccountPage, today: date) -> Figure:
    cost, n = shown.cost, shown.figures.visits
    visits = ngettext("{n} visit this year", "{n} visits this year", n).format(n=n)
    value = i18n.money(cost.total, decimals=0) if cost.total else "–"
    parts = [_("12 months: {period}").format(period=_period(today))]
    if cost.driving is not None:
        parts.append(
            _("driving to the visits {km}, {amount}").format(
                km=i18n.kilometres(cost.metres), amount=i18n.money(cost.driving)
            )
        )
    parts.append(_("expenses noted for it {amount}").format(amount=i18n.money(cost.expenses)))
    return Figure(_("Commercial cost"), value, visits, "", "; ".join(parts))
