"""The expense report: each line with day, place and reason, totals by type, receipts behind."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

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
    wrapped,
)
from app.i18n import _


@dataclass(frozen=True)
class ExpenseLine:
    """An expense as it is printed; `receipt` is its number among the receipts, 0 for none."""

    day: str
    kind: str
    words: str  # place and reason
    detail: str  # «221 km × 0,26 €», supplier, tax
    amount: Decimal
    exempt: Decimal
    taxable: Decimal
    by_company: bool = False
    receipt: int = 0


@dataclass(frozen=True)
class Receipt:
    """The picture of a receipt; a file that is no picture is named only."""

    number: int
    name: str
    content: bytes | None


@dataclass(frozen=True)
class ExpenseDocument:
    """A month's report, in words and figures ready to print."""

    company: str
    company_tax_id: str
    rep: str
    rep_tax_id: str
    month: str
    state: str
    lines: tuple[ExpenseLine, ...]
    by_kind: tuple[tuple[str, Decimal], ...]
    advance: Decimal
    total: Decimal
    exempt: Decimal
    taxable: Decimal
    to_receive: Decimal
    declaration: str = ""
    receipts: tuple[Receipt, ...] = ()
    submitted: str = ""
    currency: str = "EUR"
    language: str = "es"


_KIND_X, _WORDS_X = LEFT + 54, LEFT + 128
_TAXABLE_X, _EXEMPT_X = RIGHT - 62, RIGHT - 118


def render(document: ExpenseDocument) -> bytes:
    """Return the expense report as PDF, in the document's own language."""
    with i18n.speaking(document.language):
        return _Report(document).draw()


class _Report:
    """The drawing of one month."""

    def __init__(self, document: ExpenseDocument) -> None:
        self.d = document
        self.paper = Paper(
            title=_("Expense report, {month}").format(month=document.month),
            author=document.rep,
            subject=document.company,
            language=document.language,
        )
        self.paper.footer = " · ".join(
            part for part in (document.company, document.company_tax_id) if part
        )
        self.y = HEIGHT - LEFT

    def money(self, amount: Decimal) -> str:
        return i18n.money(amount, self.d.currency)

    def draw(self) -> bytes:
        self._head()
        self._table_head()
        for line in self.d.lines:
            self._line(line)
        self._totals()
        self._closing()
        self._receipts()
        return self.paper.close()

    def _head(self) -> None:
        p, d = self.paper, self.d
        p.write(LEFT, self.y - 16, _("Expense report"), BOLD, 20)
        p.write(LEFT, self.y - 34, d.month, MEDIUM, 13, PRIMARY)
        for n, words in enumerate(
            (
                d.company,
                d.company_tax_id,
                " · ".join(part for part in (d.rep, d.rep_tax_id) if part),
                " · ".join(part for part in (d.state, d.submitted) if part),
            )
        ):
            font = SEMIBOLD if n == 2 else REGULAR
            p.write(RIGHT, self.y - 8 - n * 11, words, font, 8.4, MUTED, "right")
        self.y -= 50
        p.rule(self.y, colour=PRIMARY, width=1.6)
        self.y -= 18

    def _table_head(self) -> None:
        p = self.paper
        for x, words, side in (
            (LEFT, _("Day"), "left"), (_KIND_X, _("Type"), "left"),
            (_WORDS_X, _("Place and reason"), "left"), (_EXEMPT_X, _("Exempt"), "right"),
            (_TAXABLE_X, _("Taxable"), "right"), (RIGHT, _("Amount"), "right"),
        ):  # fmt: skip
            p.write(x, self.y, words, SEMIBOLD, 7.4, SUBTLE, "right" if side == "right" else "left")
        self.y -= 6
        p.rule(self.y, colour=INK, width=0.7)

    def _room(self, needed: float) -> None:
        if self.y - needed < FOOT + 6:
            self.paper.new_page()
            self.y = HEIGHT - LEFT - 8
            self._table_head()

    def _line(self, line: ExpenseLine) -> None:
        p = self.paper
        room = _EXEMPT_X - 50 - _WORDS_X
        words = wrapped(line.words or "–", REGULAR, 8.6, room, 3)
        detail = " · ".join(
            part
            for part in (
                line.detail,
                _("company card") if line.by_company else "",
                _("receipt {n}").format(n=line.receipt) if line.receipt else "",
            )
            if part
        )
        height = 12 + 10.6 * len(words) + (9 if detail else 0)
        self._room(height)
        y = self.y - 13
        p.write(LEFT, y, line.day, MEDIUM, 8.6)
        p.write(_KIND_X, y, shortened(line.kind, REGULAR, 8.6, 70), REGULAR, 8.6)
        for n, row in enumerate(words):
            p.write(_WORDS_X, y - n * 10.6, row, REGULAR, 8.6)
        if detail:
            below = y - len(words) * 10.6 + 1
            p.write(_WORDS_X, below, shortened(detail, REGULAR, 7.6, room), REGULAR, 7.6, SUBTLE)
        for x, amount, font in (
            (_EXEMPT_X, line.exempt, REGULAR), (_TAXABLE_X, line.taxable, REGULAR),
            (RIGHT, line.amount, SEMIBOLD),
        ):  # fmt: skip
            p.write(x, y, self.money(amount) if amount else "–", font, 8.6, INK, "right")
        self.y -= height
        p.rule(self.y)

    def _totals(self) -> None:
        p, d = self.paper, self.d
        rows = [*d.by_kind]
        high = 60 + 13 * max(len(rows), 4)
        if self.y - high < FOOT:
            p.new_page()
            self.y = HEIGHT - LEFT - 8
        top = self.y - 18
        p.write(LEFT, top, _("By type"), SEMIBOLD, 7.4, SUBTLE)
        for n, (kind, amount) in enumerate(rows, 1):
            p.write(LEFT, top - n * 13, kind, REGULAR, 8.6, MUTED)
            p.write(LEFT + 200, top - n * 13, self.money(amount), MEDIUM, 8.6, INK, "right")
        left = RIGHT - 205
        sums = [(_("Exempt"), d.exempt), (_("Taxable"), d.taxable), (_("Total"), d.total)]
        company = sum((line.amount for line in d.lines if line.by_company), Decimal(0))
        if company:
            sums.append((_("Paid by the company"), -company))
        if d.advance:
            sums.append((_("Advance"), -d.advance))
        for n, (label, amount) in enumerate(sums):
            p.write(left, top - n * 13.5, label, REGULAR, 8.8, MUTED)
            p.write(RIGHT, top - n * 13.5, self.money(amount), MEDIUM, 8.8, INK, "right")
        bottom = top - len(sums) * 13.5 - 20
        p.box(left - 10, bottom, RIGHT - left + 10, 27, fill=PRIMARY)
        p.write(left, bottom + 9, _("To receive"), SEMIBOLD, 11, WHITE)
        p.write(RIGHT - 10, bottom + 8.5, self.money(d.to_receive), BOLD, 14, WHITE, "right")
        self.y = min(bottom, top - 13 * (len(rows) + 1)) - 18

    def _closing(self) -> None:
        p, d = self.paper, self.d
        words = wrapped(d.declaration, REGULAR, 7.8, RIGHT - LEFT) if d.declaration else []
        if self.y - 10 * len(words) - 90 < FOOT:
            p.new_page()
            self.y = HEIGHT - LEFT - 8
        for row in words:
            p.write(LEFT, self.y, row, REGULAR, 7.8, MUTED)
            self.y -= 10
        half = (RIGHT - LEFT - 12) / 2
        bottom = max(FOOT + 8, self.y - 84)
        for n, (title, name) in enumerate(((_("Sales rep"), d.rep), (_("Approved by"), ""))):
            x = LEFT + n * (half + 12)
            p.box(x, bottom, half, 70, stroke=LINE)
            p.write(x + 10, bottom + 57, title, SEMIBOLD, 7.4, SUBTLE)
            p.write(x + 10, bottom + 8, name, SEMIBOLD, 8.4)
        self.y = bottom - 14

    def _receipts(self) -> None:
        """Put two receipts on a page, each as large as half a page allows."""
        p = self.paper
        pictures = [receipt for receipt in self.d.receipts if receipt.content is not None]
        width, height = (RIGHT - LEFT - 14) / 2, HEIGHT - 2 * LEFT - 50
        for n, receipt in enumerate(pictures):
            if n % 2 == 0:
                p.new_page()
                p.write(LEFT, HEIGHT - LEFT - 10, _("Receipts"), BOLD, 13)
            x = LEFT + (n % 2) * (width + 14)
            p.box(x, FOOT + 14, width, height, fill=SOFT)
            title = _("Receipt {n}: {name}").format(n=receipt.number, name=receipt.name)
            p.write(x + 8, FOOT + height, shortened(title, MEDIUM, 8.4, width - 16), MEDIUM, 8.4)
            drawn = p.image(receipt.content or b"", x + 8, FOOT + 22, width - 16, height - 32)
            if not drawn:
                p.write(
                    x + 8, FOOT + height - 16, _("The file is kept with the report."), REGULAR, 8
                )
