"""A window with every part that screens are made of, for looking at them all at once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal

from PySide6.QtWidgets import QCheckBox, QFrame, QLineEdit, QRadioButton, QWidget

from app import i18n
from app.i18n import _
from app.services.day_marks import DayMark
from app.views.widgets.button import Button
from app.views.widgets.chart import Chart, Figures, MonthChart, Series
from app.views.widgets.chip import Chip
from app.views.widgets.date_edit import DateEdit
from app.views.widgets.edits import DurationEdit, MoneyEdit, NumberEdit, PercentEdit, TimeEdit
from app.views.widgets.field import Field
from app.views.widgets.flow import flow
from app.views.widgets.form import Form
from app.views.widgets.inline import InlineEdit
from app.views.widgets.kanban import Board, Card, DropStrip, Stage
from app.views.widgets.layout import card, column, row, text
from app.views.widgets.notices import Banner, Banners
from app.views.widgets.progress import Progress
from app.views.widgets.skeleton import Skeleton
from app.views.widgets.stepper import Steps
from app.views.widgets.timeline import Block, Timeline

TODAY = date(2026, 11, 19)
D = Decimal
STAGES = ("new", "qualified", "quoted", "negotiation", "won")


def marks(first: date, last: date, done: Callable[[dict[date, DayMark]], None]) -> None:
    """Mark Mondays as closed and one day as a holiday."""
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    found = {day: DayMark(is_holiday=False, words=_("Closed")) for day in days if not day.weekday()}
    if first <= date(2026, 12, 8) <= last:
        found[date(2026, 12, 8)] = DayMark(is_holiday=True, words="Inmaculada Concepción")
    done(found)


def buttons() -> QFrame:
    kinds = row(
        Button(_("Save"), icon="check", kind="primary", key="Ctrl ↵"),
        Button(_("Export"), icon="download"), Button(_("Review"), kind="soft"),
        Button(_("Cancel"), kind="ghost"), Button(_("Remove"), kind="danger_ghost"), None,
    )  # fmt: skip
    return card(text(_("Keys"), "h2"), kinds)


def chips() -> QFrame:
    holder, inside = flow()
    for words, tone, icon in (
        (_("Draft"), "neutral", "pencil"), (_("Quote"), "info", "send"),
        (_("Order"), "success", "signature"), (_("Overdue"), "danger", "circle-x"),
        (_("Follow-up"), "warning", "clock"), (_("Prospect"), "violet", "user-plus"),
    ):  # fmt: skip
        inside.addWidget(Chip(words, tone, icon))
    return card(text(_("Status"), "h2"), holder)


def form() -> tuple[QFrame, Form]:
    made = Form()
    amount, discount, day = MoneyEdit(""), PercentEdit(""), DateEdit("", lambda: TODAY, marks)
    leave, length, quantity = TimeEdit(""), DurationEdit(""), NumberEdit("")
    fixed = QLineEdit("HORECA 2")
    fixed.setReadOnly(True)
    f = {
        "amount": Field(_("Amount"), amount, hint=_("Write an amount, such as 44.20 or 2x17.45.")),
        "tax_id": Field(_("Tax ID"), QLineEdit("B1234"), required=True),
        "discount": Field(_("Discount"), discount), "day": Field(_("Date"), day),
        "leave": Field(_("I leave at"), leave), "length": Field(_("Lunch"), length),
        "quantity": Field(_("Quantity"), quantity),
        "list": Field(_("Price list"), fixed, hint=_("Set by the office")),
    }  # fmt: skip
    for name, field in f.items():
        made.add(name, field)
    amount.show_amount(D("44.20"))
    discount.show_discount((D(8), D(2)))
    day.show_day(TODAY + timedelta(days=7))
    leave.show_seconds(9 * 3600)
    length.show_seconds(4500)
    quantity.show_number(D("2.5"))
    f["tax_id"].set_error(_("Fill this in."))
    f["quantity"].set_warning(_("I do not know this number: it is kept as it is."))
    ticks = row(QCheckBox(_("With a night away from home")), QRadioButton(_("Customer")), None)
    rows = [
        row((f[a], 1), (f[b], 1), gap=12)
        for a, b in (("amount", "tax_id"), ("discount", "list"), ("day", "leave"),
                     ("length", "quantity"))
    ]  # fmt: skip
    return card(text(_("Record"), "h2"), made.bar, *rows, ticks), made


def stages() -> list[Stage]:
    es = i18n.language() == "es"
    names = ("Nueva", "Cualificada", "Presupuestada", "Negociación", "Ganada") if es else (
        "New", "Qualified", "Quoted", "Negotiation", "Won")  # fmt: skip
    meaning = "Aún no han visto precios" if es else "They have seen no prices yet"
    return [
        Stage(key, name, D(share), meaning, is_won=share == 100, can_add=share < 100)
        for key, name, share in zip(STAGES, names, (10, 30, 55, 75, 100), strict=True)
    ]


def cards() -> dict[str, list[Card]]:
    """Return cards for the first three stages and the last; the fourth has none."""
    new, qualified, quoted, _negotiation, won = STAGES
    return {
        new: [
            Card("1", "Verduras de temporada", "Casa Amparo", D(3200), "Llamar hoy", "warning",
                 mark="megaphone", mark_words="Campaña de otoño"),
            Card("2", "Cestas para empresas", "Comercial Turia", D(18500), "Visita hoy 12:35",
                 "info"),
            Card("3", "Todo el desayuno de las tres casas rurales", "Casas del Montgó",
                 D("2750.50"), "Sin siguiente paso", "danger"),
        ],
        qualified: [
            Card("4", "Aceite de 5 litros", "Bar Nou", D(7600), "Enviar muestra"),
        ],
        quoted: [
            Card("5", "Tarifa nueva completa", "Forn de Baix", D("2297.99"), "Firmar hoy",
                 "accent", "P-2026-0347"),
            Card("6", "Café para tres locales", "Bar Nou", D(6840), "Caduca en 3 días", "warning",
                 "P-2026-0318", is_fixed=True),
        ],
        won: [Card("7", "Reposición", "Casa Amparo", D(2610), "Pedido PED-1", "success", "PED-1")],
    }  # fmt: skip


def board() -> Board:
    made = Board(stages())
    made.show_cards(cards())
    return made


def board_page() -> QWidget:
    page = QWidget()
    page.setObjectName("Page")
    strip = DropStrip("archive", "Suelta aquí para marcar como perdida", "Ctrl+← →")
    page.setLayout(column((board(), 1), strip, gap=10, margins=(20, 12, 20, 14)))
    return page


def charts() -> QFrame:
    bars = MonthChart(_("Sales by month"), head=True)
    letters = "EFMAMJJASOND" if i18n.language() == "es" else "JFMAMJJASOND"
    bars.set_months(
        [(letter, 5200 + 310 * (n % 5), 4800 + 640 * (n % 4) if n < 11 else 0)
         for n, letter in enumerate(letters)],
        current=10, say=lambda value: i18n.money(D(round(value)), decimals=0),
        years=("2025", "2026"),
    )  # fmt: skip
    lines = Chart(_("Sales and payments"))
    lines.show_figures(
        Figures(
            ("1", "2", "3", "4", "5"),
            (Series(_("Order"), (120, -40, 300, None, 210), "data2"),
             Series(_("Last year"), (100, 90, 260, 240, 200), "data_prev", is_line=True)),
        )
    )  # fmt: skip
    return card(row((bars, 1), (lines, 1), gap=16))


def notices() -> QFrame:
    """Return a notice of each tone; a page shows the most serious one only."""
    said = (
        ("info", _("Updated by the sync: {fields}").format(fields=_("Phone")), ""),
        ("warning", _("Overdue"), _("Set by the office")),
        ("danger", _("Two versions of this record."), ""),
        ("success", _("Saved on this computer"), ""),
    )  # fmt: skip
    shown = [Banner(tone, title, words) for tone, title, words in said]
    waiting = Banners()
    for tone, title, words in said:
        waiting.put(tone, tone, title, words, (_("Review"), lambda: None))
    return card(text(_("Notices"), "h2"), *shown, waiting)


def moving() -> QFrame:
    """Return what waits, goes on, or stands at a step."""
    empty_list, steps = QWidget(), Steps([_("File"), _("Check"), _("Import")], 1)
    empty_list.setFixedHeight(120)
    waiting = Skeleton(empty_list, after_ms=0)
    waiting.begin()
    progress = Progress(_("Photos"), words_ms=0, cancel_ms=0)
    progress.begin()
    progress.show_amount(11_200_000, 18_000_000)
    return card(text(_("Loading"), "h2"), empty_list, progress, steps)


def inline() -> QFrame:
    value, opened = InlineEdit(_("Next step")), InlineEdit(_("Amount"), MoneyEdit(_("Amount")))
    value.show_value("Enviar la tarifa nueva")
    opened.show_value(i18n.money(D("44.20")))
    opened.edit()
    return card(row((value, 1), (opened, 1), gap=12))


def day() -> Timeline:
    made = Timeline()
    made.set_day(
        [Block(9 * 3600, 36_000, "1 Casa Amparo", "done"),
         Block(39_600, 42_000, "2 Bar Nou", "now"), Block(48_600, 52_200, "", "lunch"),
         Block(57_600, 61_200, "3 Forn de Baix")],
        leave_s=31_000, back_s=66_000, start="Torrent", end="Torrent", now_s=40_500,
    )  # fmt: skip
    return made


def window() -> QWidget:
    """Return the window with all parts side by side."""
    made = QWidget()
    made.setObjectName("Page")
    fields, made.form = form()  # type: ignore[attr-defined]
    left = column(buttons(), chips(), charts(), inline(), card(day()), None, gap=12)
    right = column(fields, notices(), moving(), None, gap=12)
    made.setLayout(row((left, 1), (right, 1), gap=14, margins=(20, 14, 20, 16)))
    return made
