"""A quote's PDF of 6 and of 40 lines, beside a page with as many strings in the same fonts.

The floor embeds the same subsets of Inter and draws the same number of strings with reportlab
alone: what ours adds is the layout, the tables, the photographs and the footer.
"""

from __future__ import annotations

import io
import sys
from dataclasses import replace
from decimal import Decimal
from functools import partial

import pypdfium2
from PIL import Image
from reportlab.pdfgen.canvas import Canvas

from app.documents import page, quote_pdf
from app.documents.quote_document import Party, QuoteDocument, QuoteLine, RateRow
from benchmarks import figures
from benchmarks.figures import Figure

LINES = (6, 40)


def measure(lines: tuple[int, ...], times: int) -> list[Figure]:
    """Return how long a quote of so many lines takes, and how large it is."""
    figures.saying("documents: quotes")
    found = []
    for count in lines:
        quote = _quote(count)
        made = quote_pdf.render(quote)
        strings, pages = _strings(made)
        ours = figures.median(partial(quote_pdf.render, quote), times)
        floor = figures.median(partial(_plain, strings), times)
        bare = replace(quote, with_photos=False)
        without = figures.median(partial(quote_pdf.render, bare), times)
        beside = f"{len(strings)} strings with reportlab"
        note = f"pages: {pages}, {len(made) // 1024} KiB"
        found += [
            Figure(f"Quote of {count} lines as PDF", ours * 1000, "ms", floor * 1000, beside, note),
            Figure(
                f"Quote of {count} lines, no photographs",
                without * 1000,
                "ms",
                floor * 1000,
                beside,
            ),
        ]
    return found


def _quote(lines: int) -> QuoteDocument:
    base = Decimal(100) * lines
    tax = base / 10
    return QuoteDocument(
        company=Party("Alacena Levante", "Alacena Levante, S.L.", tax_id="NIF B00000018"),
        number="P26-K7-00347", issued_on="19/11/2026", valid_until="19/12/2026",
        rep="Marta Ferrer Soler", rep_zone="Zona Levante Sur",
        customer=("Restaurante El Socarrat, S.L.", "NIF B00000000", "46800 Xàtiva (Valencia)"),
        terms=("Pago: recibo domiciliado a 30 días", "Entrega: jueves, de 8:00 a 10:30"),
        lines=tuple(_line(n) for n in range(lines)), lines_sum=base, general_discount="",
        discount=Decimal(0), base=base,
        by_rate=(RateRow(Decimal(10), base, tax, Decimal(0), Decimal(0), base + tax),), tax=tax,
        surcharge=Decimal(0), total=base + tax,
        clauses=("Precios válidos hasta la fecha indicada, salvo agotamiento de existencias.",),
    )  # fmt: skip


def _line(n: int) -> QuoteLine:
    out = io.BytesIO()
    Image.new("RGB", (64, 64), (n * 40 % 256, 90, 120)).save(out, "PNG")
    return QuoteLine(
        f"AC-{n:03}", f"Aceite de oliva virgen extra, cosecha {n}", "Garrafa 5 l", Decimal(10),
        Decimal(10), "5 %", Decimal(10), Decimal(100), out.getvalue(),
    )  # fmt: skip


def _strings(pdf: bytes) -> tuple[list[str], int]:
    """Return what is drawn, string by string, and on how many pages."""
    document = pypdfium2.PdfDocument(pdf)
    found, pages = [], len(document)
    for sheet in document:
        text = sheet.get_textpage()
        found += [text.get_text_bounded(*text.get_rect(n)) for n in range(text.count_rects())]
        text.close()
        sheet.close()
    document.close()
    return found, pages


def _plain(strings: list[str]) -> bytes:
    page.load_fonts()
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=(page.WIDTH, page.HEIGHT), invariant=1)
    fonts = (page.REGULAR, page.MEDIUM, page.SEMIBOLD, page.BOLD)
    for n, words in enumerate(strings):
        canvas.setFont(fonts[n % len(fonts)], 9)
        canvas.drawString(page.LEFT, page.HEIGHT - 40 - n % 70 * 11, words)
        if n % 70 == 69:
            canvas.showPage()
    canvas.save()
    return out.getvalue()


def main(arguments: list[str] | None = None) -> int:
    parser = figures.options(__doc__)
    parser.add_argument("--lines", type=int, nargs="+", default=LINES)
    given = parser.parse_args(arguments)
    return figures.show(measure(tuple(given.lines), given.times or 15), given)


if __name__ == "__main__":
    sys.exit(main())
