"""Made-up documents for the tests of paper."""

from __future__ import annotations

import io
from dataclasses import replace
from decimal import Decimal

import pypdfium2
from PIL import Image

from app.documents.quote_document import Party, QuoteDocument, QuoteLine, RateRow, SignatureMark

D = Decimal


def picture(colour: str = "#7A2E1D") -> bytes:
    """Return a small square PNG."""
    out = io.BytesIO()
    Image.new("RGB", (64, 64), colour).save(out, "PNG")
    return out.getvalue()


COMPANY = Party(
    "Alacena Levante", "Alacena Levante, S.L.", "Alimentación selecta para hostelería y tienda",
    "NIF B00000000", "Pol. Ind. La Garrofera, nave 14 · 46900 Torrent (Valencia)",
    "960 000 000 · pedidos@alacena.example",
    "Alacena Levante, S.L. · Registro Mercantil de Valencia, tomo 0000, folio 00, hoja V-000000",
    picture(),
)  # fmt: skip
LINES = tuple(
    QuoteLine(ref, name, form, D(q), D(p), disc, D(rate), D(amount), picture(colour), sample)
    for ref, name, form, q, p, disc, rate, amount, colour, sample in (
        ("AC-105", "Aceite de oliva virgen extra Picual", "Garrafa 5 l", "24", "38.90", "5 %", "4",
         "886.92", "#7A9A2D", False),
        ("CF-210", "Café en grano natural, tueste medio", "Bolsa 1 kg", "30", "17.45", "8 %", "10",
         "481.62", "#4A2E1D", False),
        ("CV-418", "Anchoas del Cantábrico, serie oro", "Lata 180 g", "20", "14.60", "", "10",
         "292.00", "#D9A400", False),
        ("CV-430", "Pimiento del piquillo entero", "Lata 3 kg", "12", "13.20", "3 %", "10",
         "153.65", "#C0392B", False),
        ("VI-601", "Vino tinto crianza 2022", "Caja 6 × 75 cl", "8", "46.20", "10 %", "21",
         "332.64", "#5B2040", False),
        ("VN-120", "Vinagre de Jerez reserva", "Botella 750 ml", "2", "6.85", "100 %", "10",
         "0.00", "#6B3F1D", True),
    )
)  # fmt: skip
QUOTE = QuoteDocument(
    company=COMPANY,
    number="P26-K7-00347",
    issued_on="19/11/2026",
    valid_until="19/12/2026",
    rep="Marta Ferrer Soler",
    rep_zone="Zona Levante Sur",
    customer=("Restaurante El Socarrat, S.L.", "NIF B00000000 · Cliente 4300218",
              "C/ de la Fontana, 12 · 46800 Xàtiva (Valencia)",
              "A la atención de Vicent Sanchis · 600 000 218"),
    terms=("Tarifa Hostelería 2", "Pago: recibo domiciliado a 30 días",
           "Entrega: jueves, de 8:00 a 10:30, por el almacén"),
    lines=LINES,
    lines_sum=D("2146.83"), general_discount="2 %", discount=D("42.94"), base=D("2103.89"),
    by_rate=(
        RateRow(D(4), D("869.18"), D("34.77"), D(0), D(0), D("903.95")),
        RateRow(D(10), D("908.72"), D("90.87"), D(0), D(0), D("999.59")),
        RateRow(D(21), D("325.99"), D("68.46"), D(0), D(0), D("394.45")),
    ),
    tax=D("194.10"), surcharge=D(0), total=D("2297.99"),
    clauses=(
        "Precios válidos 30 días, salvo agotamiento de existencias. Los productos con IVA del 4 %"
        " siguen el tipo vigente en la fecha de factura.",
        "Las mermas o golpes se comunican en 24 horas con fotografía; la reposición sale en la"
        " siguiente ruta.",
    ),
)  # fmt: skip
SIGNED = replace(
    QUOTE,
    signature=SignatureMark(
        (((100, 200), (200, 80), (260, 320), (400, 120), (520, 260), (700, 140), (900, 200)),),
        "Vicent Sanchis Moll", "DNI 00000000T", "19/11/2026 11:52", "Xàtiva", "9f2c" * 15 + "71be",
    ),
)  # fmt: skip


def text_of(pdf: bytes) -> str:
    """Return the text of all pages, in reading order."""
    document = pypdfium2.PdfDocument(pdf)
    pages = []
    for page in document:
        words = page.get_textpage()
        pages.append(words.get_text_bounded())
        words.close()
        page.close()
    document.close()
    return "\n".join(pages).replace("\u00a0", " ").replace("\r", "")


def page_count(pdf: bytes) -> int:
    document = pypdfium2.PdfDocument(pdf)
    count = len(document)
    document.close()
    return count


def boxes_outside(pdf: bytes) -> list[str]:
    """Return the characters that are drawn outside of the page's margins."""
    document = pypdfium2.PdfDocument(pdf)
    found = []
    for number, page in enumerate(document, 1):
        width, height = page.get_size()
        words = page.get_textpage()
        for n in range(words.count_chars()):
            left, bottom, right, top = words.get_charbox(n)
            if right > left and (
                left < 40 or right > width - 40 or bottom < 18 or top > height - 30
            ):
                found.append(
                    f"page {number}: {words.get_text_range(n, 1)!r} at {left:.0f}, {bottom:.0f}"
                )
        words.close()
        page.close()
    document.close()
    return found


def overlapping(pdf: bytes) -> list[str]:
    """Return the pieces of text that stand on one another, by the boxes of what is drawn."""
    found = []
    document = pypdfium2.PdfDocument(pdf)
    for number, page in enumerate(document, 1):
        text = page.get_textpage()
        boxes = [text.get_rect(n) for n in range(text.count_rects())]
        for n, one in enumerate(boxes):
            for other in boxes[n + 1 :]:
                wide = min(one[2], other[2]) - max(one[0], other[0])
                high = min(one[3], other[3]) - max(one[1], other[1])
                if wide > 0.5 and high > 1.5:
                    words = (text.get_text_bounded(*box) for box in (one, other))
                    found.append(f"{number}: {' / '.join(words)}")
    document.close()
    return found
