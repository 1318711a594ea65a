"""The quote on paper: what the customer takes home, numbered, totalled, signed.

The same function feeds the live preview and the final file, and gives the same bytes for the same
values.
"""

from __future__ import annotations

from decimal import Decimal

from reportlab.lib.colors import Color, HexColor

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
    width_of,
    wrapped,
)
from app.documents.quote_document import QuoteDocument, QuoteLine
from app.i18n import _

_SIGN_HEIGHT = 86.0
_PHOTO = 32.0


def render(document: QuoteDocument) -> bytes:
    """Return the PDF, in the document's own language."""
    with i18n.speaking(document.language):
        return _Quote(document).draw()


def _fitting(words: str, font: str, size: float, room: float) -> float:
    """Return the size at which words that may not be cut, such as amounts, fit into `room`."""
    return min(size, size * room / max(1.0, width_of(words, font, size)))


class _Quote:
    """The drawing of one quote: `y` is how far down the page it has come."""

    def __init__(self, document: QuoteDocument) -> None:
        self.d = document
        number = document.number or _("Draft")
        self.paper = Paper(
            title=_("Quote {number}").format(number=number),
            author=document.company.name,
            subject=document.customer[0] if document.customer else "",
            language=document.language,
        )
        self.paper.footer = document.company.registry
        self.photos = document.with_photos and any(line.photo for line in document.lines)
        self.y = HEIGHT - LEFT
        self.carried = Decimal(0)

    def money(self, amount: Decimal) -> str:
        return i18n.money(amount, self.d.currency)

    def draw(self) -> bytes:
        self._letterhead()
        self._title()
        self._parties()
        if self.d.introduction:
            self.y = self.paper.paragraph(
                LEFT, self.y, self.d.introduction, RIGHT - LEFT, REGULAR, 8.5, MUTED
            )
            self.y -= 8
        self._table()
        self._totals()
        self._closing()
        return self.paper.close()

    def _letterhead(self) -> None:
        p, company, y = self.paper, self.d.company, self.y
        left = LEFT
        if company.logo and p.image(company.logo, LEFT, y - 34, 34, 34):
            left += 44
        right = [
            " · ".join(
                part for part in (company.legal_name or company.name, company.tax_id) if part
            ),
            company.address,
            company.contact,
        ]
        room = RIGHT - left - max(width_of(line, REGULAR, 7.8) for line in right) - 16
        p.write(left, y - 14, shortened(company.name, BOLD, 15, room), BOLD, 15)
        p.write(left, y - 27, shortened(company.tagline, REGULAR, 8.2, room), REGULAR, 8.2, SUBTLE)
        for n, line in enumerate(right):
            p.write(RIGHT, y - 8 - n * 10.5, line, REGULAR, 7.8, MUTED, "right")
        self.y = y - 50
        p.rule(self.y, colour=PRIMARY, width=1.6)

    def _title(self) -> None:
        p = self.paper
        self.y -= 26
        title = _("Quote")
        p.write(LEFT, self.y, title, BOLD, 20)
        facts = (
            (_("Date"), self.d.issued_on),
            (_("Valid until"), self.d.valid_until),
            (_("Sales rep"), self.d.rep),
        )
        x = RIGHT
        for label, value in reversed(facts):
            value = shortened(value or "–", SEMIBOLD, 9, 110)  # noqa: PLW2901 - its printed form
            width = max(width_of(value, SEMIBOLD, 9), width_of(label, REGULAR, 7.4)) + 2
            p.write(x - width, self.y + 9, label, REGULAR, 7.4, SUBTLE)
            p.write(x - width, self.y - 2, value, SEMIBOLD, 9)
            x -= width + 18
        number = self.d.number or _("Draft")
        left = LEFT + width_of(title, BOLD, 20) + 8
        size = _fitting(number, MEDIUM, 20, x - left)
        p.write(left, self.y, number, MEDIUM, size, PRIMARY if self.d.number else SUBTLE)

    def _parties(self) -> None:
        p = self.paper
        self.y -= 16
        width = (RIGHT - LEFT - 10) / 2
        boxes = ((_("Customer"), self.d.customer), (_("Terms"), self.d.terms))
        height = 30 + 10.6 * max(3, *(len(lines) for _title, lines in boxes))
        for n, (title, lines) in enumerate(boxes):
            x = LEFT + n * (width + 10)
            p.box(x, self.y - height, width, height, fill=SOFT)
            p.write(x + 10, self.y - 13, title, SEMIBOLD, 7.4, PRIMARY)
            for k, line in enumerate(lines):
                first = k == 0 and n == 0
                font, size = (SEMIBOLD, 9.0) if first else (REGULAR, 8.1)
                words = shortened(line, font, size, width - 20)
                colour = INK if k == 0 else MUTED
                p.write(x + 10, self.y - 25 - k * 10.6, words, font, size, colour)
        self.y -= height + 16

    # the table

    def _columns(self) -> dict[str, float]:
        return {
            "name": LEFT + (42 if self.photos else 0), "quantity": RIGHT - 214,
            "price": RIGHT - 158, "discount": RIGHT - 112, "tax": RIGHT - 72, "amount": RIGHT,
        }  # fmt: skip

    def _head(self) -> None:
        p, columns = self.paper, self._columns()
        p.write(columns["name"], self.y, _("Product"), SEMIBOLD, 7.4, SUBTLE)
        for key, words in (
            ("quantity", _("Qty")), ("price", _("Price")), ("discount", _("Disc.")),
            ("tax", self.d.tax_name), ("amount", _("Amount")),
        ):  # fmt: skip
            p.write(columns[key], self.y, words, SEMIBOLD, 7.4, SUBTLE, "right")
        self.y -= 6
        p.rule(self.y, colour=INK, width=0.7)

    def _table(self) -> None:
        self._head()
        for line in self.d.lines:
            names = self._names(line)
            height = self._height(line, names)
            if self.y - height < FOOT + 30:
                self._break()
            self._line(line, names, height)
            if not line.is_optional:
                self.carried += line.amount

    def _names(self, line: QuoteLine) -> list[str]:
        columns = self._columns()
        room = columns["quantity"] - columns["name"] - 44
        return wrapped(line.description, SEMIBOLD, 9.2, room)

    def _height(self, line: QuoteLine, names: list[str]) -> float:
        if line.is_heading:
            return 24.0
        least = 38.0 if self.photos else 25.0
        return max(least, 15 + 11 * len(names) + (6 if self.photos else 0))

    def _break(self) -> None:
        """Carry the sum over to a new page, with the head of the table again."""
        p = self.paper
        words = _("Carried forward: {amount}").format(amount=self.money(self.carried))
        p.write(RIGHT, self.y - 14, words, MEDIUM, 8.4, MUTED, "right")
        p.new_page()
        self.y = HEIGHT - LEFT
        number = self.d.number or _("Draft")
        p.write(LEFT, self.y - 8, _("Quote {number}").format(number=number), SEMIBOLD, 9)
        words = _("Brought forward: {amount}").format(amount=self.money(self.carried))
        p.write(RIGHT, self.y - 8, words, MEDIUM, 8.4, MUTED, "right")
        self.y -= 28
        self._head()

    def _line(self, line: QuoteLine, names: list[str], height: float) -> None:
        p, columns, middle = self.paper, self._columns(), self.y - height / 2
        if line.is_heading:
            p.write(LEFT, middle - 3, names[0], BOLD, 9.6, PRIMARY)
        else:
            if line.photo and self.photos:
                p.image(line.photo, LEFT, middle - _PHOTO / 2, _PHOTO, _PHOTO)
            top = middle + 2.5 + 5.5 * (len(names) - 1)
            for n, words in enumerate(names):
                p.write(columns["name"], top - n * 11, words, SEMIBOLD, 9.2)
            below = " · ".join(part for part in (line.reference, line.format) if part)
            room = columns["quantity"] - columns["name"] - 40
            tags = self._tags(line)
            wanted = sum(width_of(words, SEMIBOLD, 6.8) + 14 for words, _fill, _ink in tags)
            last = width_of(names[-1], SEMIBOLD, 9.2)
            beside = last + wanted < room + 16  # the name; else beside the reference
            words = shortened(below, REGULAR, 7.8, room if beside else room - wanted)
            foot = top - 11 * len(names) - 0.5
            p.write(columns["name"], foot, words, REGULAR, 7.8, SUBTLE)
            x = columns["name"] + (last if beside else width_of(words, REGULAR, 7.8)) + 6
            for tag, fill, ink in tags:
                x += p.tag(x, (foot + 11.5 if beside else foot) + 0.5, tag, fill, ink) + 4
            self._figures(line, columns, middle - 2.5)
        self.y -= height
        p.rule(self.y)

    def _tags(self, line: QuoteLine) -> list[tuple[str, Color, Color]]:
        tags: list[tuple[str, Color, Color]] = []
        if line.is_sample:
            tags.append((_("Free sample"), HexColor("#EBE4F6"), HexColor("#523783")))
        if line.is_optional:
            tags.append((_("Optional"), SOFT, PRIMARY))
        return tags

    def _figures(self, line: QuoteLine, columns: dict[str, float], y: float) -> None:
        p = self.paper
        for key, words, font, colour, room in (
            ("quantity", i18n.number(line.quantity), MEDIUM, INK, 40),
            ("price", self._price(line.unit_price), REGULAR, INK, 52),
            ("discount", line.discount or "–", REGULAR, INK if line.discount else SUBTLE, 42),
            ("tax", i18n.percent(line.tax_rate), REGULAR, MUTED, 36),
            ("amount", self.money(line.amount), SEMIBOLD, INK, 68),
        ):
            size = _fitting(words, font, 8.8, room)
            p.write(columns[key], y, words, font, size, colour, "right")

    def _price(self, price: Decimal) -> str:
        decimals = 2 if price == round(price, 2) else 4
        return i18n.money(price, self.d.currency, decimals=decimals)

    # the foot

    def _totals(self) -> None:
        rows = len(self.d.by_rate)
        if self.y - max(110, 60 + 12.5 * rows) < FOOT:
            self.paper.new_page()
            self.y = HEIGHT - LEFT - 10
        top = self.y - 16
        left = self._breakdown(top)
        right = self._sums(top)
        self.y = min(left, right) - 20

    def _breakdown(self, top: float) -> float:
        p, d = self.paper, self.d
        surcharged = d.surcharge != 0
        p.write(LEFT, top, _("{tax} breakdown").format(tax=d.tax_name), SEMIBOLD, 7.4, SUBTLE)
        heads = [_("Base"), d.tax_name, *([_("Surcharge")] if surcharged else []), _("Total")]
        step = 62.0 if surcharged else 66.0
        ends = [LEFT + 88 + n * step for n in range(len(heads))]
        sums = [d.base, d.tax, *([d.surcharge] if surcharged else []), d.total]
        size = min(_fitting(self.money(amount), SEMIBOLD, 8.4, step - 6) for amount in sums)
        p.write(LEFT, top - 14, _("Rate"), REGULAR, 7.4, SUBTLE)
        for x, words in zip(ends, heads, strict=True):
            p.write(x, top - 14, words, REGULAR, 7.4, SUBTLE, "right")
        y = top - 26
        for part in d.by_rate:
            extra = [part.surcharge] if surcharged else []
            rate = i18n.percent(part.rate)
            if surcharged and part.surcharge_rate:
                rate += f" + {i18n.percent(part.surcharge_rate)}"
            p.write(LEFT, y, rate, MEDIUM, 7.6 if surcharged else 8.4)
            for x, amount in zip(ends, [part.base, part.tax, *extra, part.total], strict=True):
                p.write(x, y, self.money(amount), REGULAR, size, INK, "right")
            y -= 12.5
        p.rule(y + 8, LEFT, ends[-1])
        p.write(LEFT, y - 2, _("Sum"), SEMIBOLD, 8.4)
        for x, amount in zip(ends, sums, strict=True):
            p.write(x, y - 2, self.money(amount), SEMIBOLD, size, INK, "right")
        return y

    def _sums(self, top: float) -> float:
        p, d, left = self.paper, self.d, RIGHT - 205
        rows = [(_("Lines total"), self.money(d.lines_sum))]
        if d.discount:
            label = _("General discount {percent}").format(percent=d.general_discount)
            rows.append((label, self.money(-d.discount)))
        rows += [(_("Taxable base"), self.money(d.base)), (d.tax_name, self.money(d.tax))]
        if d.surcharge:
            rows.append((_("Equivalence surcharge"), self.money(d.surcharge)))
        for n, (label, amount) in enumerate(rows):
            p.write(left, top - n * 13.5, label, REGULAR, 8.8, MUTED)
            p.write(RIGHT, top - n * 13.5, amount, MEDIUM, 8.8, INK, "right")
        bottom = top - len(rows) * 13.5 - 20
        p.box(left - 10, bottom, RIGHT - left + 10, 27, fill=PRIMARY)
        p.write(left, bottom + 9, _("Total"), SEMIBOLD, 11, WHITE)
        p.write(RIGHT - 10, bottom + 8.5, self.money(d.total), BOLD, 14, WHITE, "right")
        return bottom

    def _closing(self) -> None:
        """Put clauses and signatures at the foot of the page, or on one of their own."""
        width = RIGHT - LEFT
        clauses = [
            wrapped(f"{n}. {clause}", REGULAR, 7.4, width)
            for n, clause in enumerate(self.d.clauses, 1)
        ]
        high = sum(len(lines) for lines in clauses) * 9.4 + 1.6 * len(clauses)
        high += (15 if clauses else 0) + 4 + _SIGN_HEIGHT
        if self.y - high < FOOT + 4:
            self.paper.new_page()
            self.y = HEIGHT - LEFT - 10
        y = FOOT + 4 + high if self.y - high > FOOT + 60 else self.y
        if clauses:
            self.paper.write(LEFT, y, _("Terms and conditions"), SEMIBOLD, 7.4, SUBTLE)
            y -= 11
            for lines in clauses:
                for words in lines:
                    self.paper.write(LEFT, y, words, REGULAR, 7.4, MUTED)
                    y -= 9.4
                y -= 1.6
        self._signatures(y - 4 - _SIGN_HEIGHT)

    def _signatures(self, bottom: float) -> None:
        p, d, half = self.paper, self.d, (RIGHT - LEFT - 12) / 2
        right = LEFT + half + 12
        p.box(LEFT, bottom, half, _SIGN_HEIGHT, stroke=LINE)
        p.box(right, bottom, half, _SIGN_HEIGHT, stroke=PRIMARY, line=0.9)
        top = bottom + _SIGN_HEIGHT - 13
        ours = _("For {company}").format(company=d.company.name)
        p.write(LEFT + 10, top, shortened(ours, SEMIBOLD, 7.4, half - 20), SEMIBOLD, 7.4, SUBTLE)
        p.write(LEFT + 10, bottom + 18, shortened(d.rep, SEMIBOLD, 8.4, half - 20), SEMIBOLD, 8.4)
        zone = shortened(d.rep_zone, REGULAR, 7.4, half - 20)
        p.write(LEFT + 10, bottom + 8, zone, REGULAR, 7.4, SUBTLE)
        p.write(right + 10, top, _("Accepted by the customer"), SEMIBOLD, 7.4, PRIMARY)
        mark = d.signature
        if mark is None:
            p.canvas.setDash(2, 2)
            p.rule(bottom + 28, right + 10, right + half - 10)
            p.canvas.setDash()
            words = _("Name, tax ID, date and signature")
            p.write(right + 10, bottom + 8, words, REGULAR, 7.4, SUBTLE)
            return
        p.strokes(mark.strokes, right + 12, bottom + 26, half - 24, _SIGN_HEIGHT - 44)
        p.write(
            right + 10, bottom + 18, shortened(mark.signer, SEMIBOLD, 8.4, half - 20), SEMIBOLD, 8.4
        )
        parts = [mark.tax_id, mark.place, mark.signed_at]
        words = " · ".join(part for part in parts if part)
        p.write(
            right + 10, bottom + 8, shortened(words, REGULAR, 7.4, half - 20), REGULAR, 7.4, SUBTLE
        )
        hashed = f"SHA-256 {mark.sha256[:8]}…{mark.sha256[-8:]}"
        p.write(right + half - 10, top, hashed, REGULAR, 6.6, SUBTLE, "right")
