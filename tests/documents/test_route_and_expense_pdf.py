"""The route sheet and the expense report on paper."""

from dataclasses import replace
from decimal import Decimal

import pytest

from app.documents import expense_pdf, route_pdf
from app.documents.expense_pdf import ExpenseDocument, ExpenseLine, Receipt
from app.documents.route_pdf import RouteDocument, RouteSheetStop
from tests.documents.papers import boxes_outside, page_count, picture, text_of

D = Decimal
STOP = RouteSheetStop(
    "9:20", "10:00", "Cafetería Baladre", "C/ Mayor, 4 · 46600 Alzira", "600 000 121",
    "9:00–14:00, 17:00–20:00", "Presentar tarifa 2027", "38 min · 42 km", False, 39_151_000,
    -435_000,
)  # fmt: skip
ROUTE = RouteDocument(
    title="Jueves, 19 de noviembre", rep="Marta Ferrer", company="Alacena Levante",
    start="Torrent", end="Torrent", leave="8:40", arrive="17:40", kilometres="221 km",
    driving="3 h 42", back="45 min · 40 km",
    stops=(
        STOP,
        replace(STOP, name="Restaurante El Socarrat", is_fixed=True, lat_e6=38_990_000),
        replace(STOP, name="Hotel Marina Safor", lat_e6=38_967_000, lon_e6=-181_000),
    ),
    lunch="13:20 · 60 min", lunch_after=2, left_out=(("Bar Pepe", "Cerrado el jue 19 nov."),),
    travel_note="Tiempos estimados", start_position=(39_437_000, -465_000),
)  # fmt: skip
LINE = ExpenseLine(
    "19/11", "Kilometraje", "Alzira, Xàtiva: visitas a clientes", "221 km × 0,26 €", D("57.46"),
    D("57.46"), D(0),
)  # fmt: skip
REPORT = ExpenseDocument(
    company="Alacena Levante, S.L.", company_tax_id="B00000000", rep="Marta Ferrer",
    rep_tax_id="00000000T", month="Noviembre de 2026", state="Borrador",
    lines=(LINE, replace(LINE, kind="Aparcamiento", amount=D("4.10"), exempt=D("4.10"), receipt=1,
                         by_company=True, words="Xàtiva", detail="IVA 21 %")),
    by_kind=(("Kilometraje", D("57.46")), ("Aparcamiento", D("4.10"))), advance=D(50),
    total=D("61.56"), exempt=D("61.56"), taxable=D(0), to_receive=D("7.46"),
    declaration="Declaro que estos gastos son de trabajo.",
    receipts=(Receipt(1, "ticket.jpg", picture()), Receipt(2, "factura.pdf", None)),
)  # fmt: skip


def test_the_day_is_on_one_page_with_all_that_is_needed_at_the_door():
    pdf = route_pdf.render(ROUTE)
    text = text_of(pdf)
    assert page_count(pdf) == 1
    assert boxes_outside(pdf) == []
    for words in (
        "Jueves, 19 de noviembre", "Marta Ferrer", "221 km", "3 h 42", "Cafetería Baladre",
        "C/ Mayor, 4 · 46600 Alzira", "600 000 121", "38 min · 42 km", "Hora fija",
        "Comida: 13:20 · 60 min", "Bar Pepe: Cerrado el jue 19 nov.", "Tiempos estimados",
    ):  # fmt: skip
        assert words in text, words


def test_lunch_stands_between_the_right_stops():
    text = text_of(route_pdf.render(ROUTE))
    assert text.index("El Socarrat") < text.index("Comida") < text.index("Marina Safor")


@pytest.mark.parametrize("count", [0, 1, 11, 40])
def test_any_number_of_stops_stays_on_its_pages(count):
    stops = tuple(replace(STOP, name=f"Cliente {n}") for n in range(count))
    pdf = route_pdf.render(replace(ROUTE, stops=stops, lunch_after=count))
    assert boxes_outside(pdf) == []
    assert text_of(pdf).count("Cliente ") == count


def test_a_route_without_positions_has_no_map():
    stops = tuple(replace(stop, lat_e6=None, lon_e6=None) for stop in ROUTE.stops)
    pdf = route_pdf.render(replace(ROUTE, stops=stops, start_position=None))
    assert len(pdf) < len(route_pdf.render(ROUTE))


def test_each_expense_has_its_day_place_reason_and_parts():
    pdf = expense_pdf.render(REPORT)
    text = text_of(pdf)
    assert boxes_outside(pdf) == []
    for words in (
        "Liquidación de gastos", "Noviembre de 2026", "Alzira, Xàtiva: visitas a clientes",
        "221 km × 0,26 €", "57,46 €", "tarjeta de empresa", "ticket 1", "Anticipo", "−50,00 €",
        "Pagado por la empresa", "A cobrar", "7,46 €", "Declaro que", "Ticket 1: ticket.jpg",
    ):  # fmt: skip
        assert words in text, words


def test_long_months_and_many_receipts():
    lines = tuple(replace(LINE, words="motivo largo " * 12) for _ in range(60))
    receipts = tuple(Receipt(n, f"{n}.jpg", picture()) for n in range(1, 6))
    pdf = expense_pdf.render(replace(REPORT, lines=lines, receipts=receipts))
    assert boxes_outside(pdf) == []
    text = text_of(pdf)
    assert text.count("221 km × 0,26 €") == 60
    assert text.count("Ticket ") == 5


def test_a_receipt_that_is_no_picture_is_said():
    document = replace(REPORT, receipts=(Receipt(1, "x.jpg", b"no picture"),))
    assert "El archivo se guarda con la liquidación." in text_of(expense_pdf.render(document))


def test_both_give_the_same_bytes_twice_and_speak_english():
    assert route_pdf.render(ROUTE) == route_pdf.render(ROUTE)
    assert expense_pdf.render(REPORT) == expense_pdf.render(REPORT)
    assert "Route sheet" in str(route_pdf.render(replace(ROUTE, language="en")).decode("latin-1"))
    assert "To receive" in text_of(expense_pdf.render(replace(REPORT, language="en")))
