"""Paper: an A4 page with our fonts, colours and small drawing words, the same bytes each time.

Coordinates are points from the lower left corner, as PDF has them. Fonts are embedded subsets of
Inter, so text can be searched and copied everywhere.
"""

from __future__ import annotations

import io
from functools import cache
from typing import Any, Literal

from reportlab.lib.colors import Color, HexColor
from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.lib.utils import ImageReader
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from app import paths
from app.i18n import _

WIDTH, HEIGHT = A4
MARGIN = 15 * mm
LEFT, RIGHT = MARGIN, WIDTH - MARGIN
FOOT = 40.0  # below this only the footer

REGULAR, MEDIUM, SEMIBOLD, BOLD = "Inter", "Inter-Medium", "Inter-SemiBold", "Inter-Bold"
INK, MUTED, SUBTLE = HexColor("#13211F"), HexColor("#43524E"), HexColor("#5A6965")
LINE, PRIMARY, SOFT = HexColor("#D3DAD6"), HexColor("#0B6170"), HexColor("#EAF3F4")
WHITE, PEN = HexColor("#FFFFFF"), HexColor("#12305F")
Align = Literal["left", "right", "centre"]


@cache
def load_fonts() -> None:
    """Register the embedded fonts with reportlab, once per process."""
    files = {REGULAR: "Regular", MEDIUM: "Medium", SEMIBOLD: "SemiBold", BOLD: "Bold"}
    for name, weight in files.items():
        path = paths.resources() / "fonts" / f"InterPdf-{weight}.ttf"
        pdfmetrics.registerFont(TTFont(name, str(path)))


def width_of(words: str, font: str, size: float) -> float:
    return float(pdfmetrics.stringWidth(words, font, size))


def wrapped(words: str, font: str, size: float, width: float, most: int = 99) -> list[str]:
    """Break words into lines of at most `width`; a word longer than that is cut.

    Beyond `most` lines the last one ends in «…».
    """
    lines: list[str] = []
    for paragraph in words.split("\n"):
        line = ""
        for word in paragraph.split(" "):
            for piece in _pieces(word, font, size, width):
                longer = f"{line} {piece}" if line else piece
                if line and width_of(longer, font, size) > width:
                    lines.append(line)
                    line = piece
                else:
                    line = longer
        lines.append(line)
    if len(lines) > most:
        lines = lines[:most]
        lines[-1] = shortened(lines[-1] + "…", font, size, width)
    return lines


def _pieces(word: str, font: str, size: float, width: float) -> list[str]:
    pieces = []
    while width_of(word, font, size) > width and len(word) > 1:
        cut = next(n for n in range(len(word) - 1, 0, -1)
                   if n == 1 or width_of(word[:n], font, size) <= width)  # fmt: skip
        pieces.append(word[:cut])
        word = word[cut:]
    return [*pieces, word]


def shortened(words: str, font: str, size: float, width: float) -> str:
    """Return the words, ending in «…» where they are wider than `width`."""
    if width_of(words, font, size) <= width:
        return words
    while words and width_of(words + "…", font, size) > width:
        words = words[:-1]
    return words.rstrip() + "…"


class Paper:
    """A document being drawn. `close` returns its bytes, the same for the same drawing.

    The footer of each page is drawn at the end, when the number of pages is known.
    """

    def __init__(self, *, title: str, author: str, subject: str, language: str) -> None:
        load_fonts()
        self._buffer = io.BytesIO()
        # invariant: no clock and no random id, so that a PDF can be made again byte for byte
        lang = "es-ES" if language == "es" else "en-GB"
        self.canvas = Canvas(
            self._buffer, pagesize=A4, invariant=1, lang=lang, initialFontName=REGULAR
        )
        self.canvas.setTitle(title)
        self.canvas.setAuthor(author)
        self.canvas.setSubject(subject)
        self.canvas.setCreator("Viajante")
        self.canvas.setViewerPreference("DisplayDocTitle", "true")
        self.footer = ""
        self._pages: list[dict[str, Any]] = []

    def write(
        self, x: float, y: float, words: str, font: str = REGULAR, size: float = 8.5,
        colour: Color = INK, align: Align = "left",
    ) -> None:  # fmt: skip
        """Write one line of text with its base line at `y`."""
        self.canvas.setFont(font, size)
        self.canvas.setFillColor(colour)
        draw = {
            "left": self.canvas.drawString, "right": self.canvas.drawRightString,
            "centre": self.canvas.drawCentredString,
        }[align]  # fmt: skip
        draw(x, y, words)

    def paragraph(
        self, x: float, y: float, words: str, width: float, font: str = REGULAR, size: float = 8.5,
        colour: Color = INK, leading: float = 1.28, most: int = 99,
    ) -> float:  # fmt: skip
        """Write wrapped text from `y` down; return the base line after the last one."""
        for line in wrapped(words, font, size, width, most):
            self.write(x, y, line, font, size, colour)
            y -= size * leading
        return y

    def rule(
        self, y: float, x1: float = LEFT, x2: float = RIGHT, colour: Color = LINE,
        width: float = 0.5,
    ) -> None:  # fmt: skip
        self.canvas.setStrokeColor(colour)
        self.canvas.setLineWidth(width)
        self.canvas.line(x1, y, x2, y)

    def box(
        self, x: float, y: float, width: float, height: float, *, fill: Color | None = None,
        stroke: Color | None = None, line: float = 0.7, radius: float = 5,
    ) -> None:  # fmt: skip
        """Draw a box with round corners; `y` is its lower edge."""
        if fill is not None:
            self.canvas.setFillColor(fill)
        if stroke is not None:
            self.canvas.setStrokeColor(stroke)
            self.canvas.setLineWidth(line)
        self.canvas.roundRect(
            x, y, width, height, radius, stroke=int(stroke is not None), fill=int(fill is not None)
        )

    def tag(self, x: float, y: float, words: str, fill: Color, ink: Color) -> float:
        """Draw a small label with its base line at `y`; return its width."""
        width = width_of(words, SEMIBOLD, 6.8) + 10
        self.box(x, y - 3.2, width, 11, fill=fill, radius=5.5)
        self.write(x + 5, y, words, SEMIBOLD, 6.8, ink)
        return width

    def image(self, content: bytes, x: float, y: float, width: float, height: float) -> bool:
        """Draw a picture inside the box, in its own proportions; False when it is none."""
        try:
            reader = ImageReader(io.BytesIO(content))
            w, h = reader.getSize()
        except (OSError, ValueError):
            return False
        scale = min(width / w, height / h)
        self.canvas.drawImage(
            reader, x + (width - w * scale) / 2, y + (height - h * scale) / 2, w * scale, h * scale,
            mask="auto",
        )  # fmt: skip
        return True

    def strokes(
        self, strokes: tuple[tuple[tuple[int, int], ...], ...], x: float, y: float, width: float,
        height: float, pen: float = 1.3,
    ) -> None:  # fmt: skip
        """Draw the strokes of a signature, captured in a box of 1000 by 400, as vectors."""
        scale = min(width / 1000, height / 400)
        self.canvas.saveState()
        self.canvas.setStrokeColor(PEN)
        self.canvas.setLineWidth(pen)
        self.canvas.setLineCap(1)
        self.canvas.setLineJoin(1)
        for stroke in strokes:
            path = self.canvas.beginPath()
            for n, (px, py) in enumerate(stroke):
                point = (x + px * scale, y + height - py * scale)
                path.lineTo(*point) if n else path.moveTo(*point)
            if len(stroke) == 1:
                path.lineTo(x + stroke[0][0] * scale + 0.1, y + height - stroke[0][1] * scale)
            self.canvas.drawPath(path)
        self.canvas.restoreState()

    def new_page(self) -> None:
        """End this page; the next drawing is on a fresh one."""
        self._pages.append(dict(self.canvas.__dict__))
        self.canvas._startPage()

    def close(self) -> bytes:
        """Draw the footers, end the document and return it."""
        self._pages.append(dict(self.canvas.__dict__))
        for number, page in enumerate(self._pages, 1):
            self.canvas.__dict__.update(page)
            words = _("Page {n} of {m}").format(n=number, m=len(self._pages))
            self.write(RIGHT, 26, words, REGULAR, 6.6, SUBTLE, "right")
            room = RIGHT - LEFT - width_of(words, REGULAR, 6.6) - 12
            foot = shortened(self.footer, REGULAR, 6.6, room)
            self.write(LEFT, 26, foot, REGULAR, 6.6, SUBTLE)
            self.canvas.showPage()
        self.canvas.save()
        return self._buffer.getvalue()
