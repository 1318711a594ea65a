"""The claim of a month as its PDF wants it, and the file that stays with what was submitted."""

from __future__ import annotations

import base64
import io
from collections.abc import Callable, Sequence
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy.orm import Session

from app import i18n
from app.documents.expense_pdf import ExpenseDocument, ExpenseLine, Receipt
from app.errors import UserError
from app.i18n import _
from app.models import change
from app.models.document import Document
from app.models.expense import Expense, ExpenseKind, ReportState
from app.rules.money import round_cents
from app.services import documents, expense_reports, team

ReadFile = Callable[[str], bytes | None]  # SHA-256 to bytes, None when not here
NameOf = Callable[[str], str]  # a kind of expense in a word


def document(
    session: Session, month: date, read_file: ReadFile, name_of: NameOf
) -> ExpenseDocument:
    """Return all that the PDF of a month's claim shows, as it stands now, oldest day first.

    While it is a draft, expenses without an amount are left out: they do not go out with it.
    """
    me, company = team.me(session), team.company(session)
    claim = expense_reports.find_report(session, month)
    advance = claim.advance if claim else Decimal(0)
    found = [e for e in reversed(expense_reports.rows(session, month)) if e.amount is not None]
    sums = expense_reports.add_up(found, advance)
    receipts = _receipts(session, found, read_file, name_of)
    numbers = {receipt_of: n for n, receipt_of in enumerate(receipts, 1)}
    state = claim.state if claim else ReportState.DRAFT
    return ExpenseDocument(
        company=company.legal_name or company.name,
        company_tax_id=company.tax_id,
        rep=me.name,
        rep_tax_id=me.tax_id,
        month=_upper(i18n.month(month)),
        state=state_name(state),
        lines=tuple(_line(e, name_of, numbers.get(e.id, 0)) for e in found),
        by_kind=tuple((name_of(kind), sum_) for kind, sum_ in expense_reports.by_kind(found)),
        advance=advance,
        total=sums.total,
        exempt=sums.exempt,
        taxable=sums.taxable,
        to_receive=sums.to_receive,
        declaration=declaration(),
        receipts=tuple(receipts.values()),
        submitted=i18n.day_numeric(i18n.local(claim.submitted_at).date())
        if claim and claim.submitted_at
        else "",
        language=i18n.language(),
    )


def declaration() -> str:
    """Return what the rep declares by submitting."""
    return _(
        "I declare that these expenses were incurred for work on the days and for the reasons "
        "given, and that nobody else has been asked to pay them."
    )


def state_name(key: str) -> str:
    return {
        ReportState.DRAFT: _("Draft"),
        ReportState.SUBMITTED: _("Submitted"),
        ReportState.APPROVED: _("Approved"),
        ReportState.PAID: _("Paid"),
    }.get(ReportState(key), key)


def _upper(words: str) -> str:
    return words[:1].upper() + words[1:]


def _line(expense: Expense, name_of: NameOf, receipt: int) -> ExpenseLine:
    words = [expense.place, expense.reason]
    return ExpenseLine(
        f"{expense.spent_on:%d/%m}", name_of(expense.kind), ": ".join(w for w in words if w),
        " · ".join(part for part in _details(expense) if part), expense.amount or Decimal(0),
        expense.exempt, expense.taxable, expense.paid_by_company, receipt,
    )  # fmt: skip


def _details(expense: Expense) -> list[str]:
    if expense.kind == ExpenseKind.MILEAGE and expense.metres and expense.rate is not None:
        return [mileage_words(expense.metres, expense.rate)]
    tax = ""
    if expense.tax_rate is not None and expense.tax_amount is not None:
        tax = _("VAT {rate}: {amount}").format(
            rate=i18n.percent(expense.tax_rate), amount=i18n.money(expense.tax_amount)
        )
    return [expense.supplier, expense.supplier_tax_id, expense.invoice_number, tax, expense.note]


def mileage_words(metres: int, rate: Decimal) -> str:
    """Write «221 km × 0,26 €»: kilometres to one decimal, as they are paid."""
    km = round(Decimal(metres) / 1000, 1)
    places = 2 if round_cents(rate) == rate else 4
    return f"{i18n.number(km)}\u00a0km × {i18n.money(rate, decimals=places)}"


def _receipts(
    session: Session, found: Sequence[Expense], read_file: ReadFile, name_of: NameOf
) -> dict[str, Receipt]:
    """Return the receipts by expense; a thumbnail while the photo itself is not here."""
    made: dict[str, Receipt] = {}
    for expense in found:
        kept = documents.get(session, expense.document_id) if expense.document_id else None
        if kept is not None and kept.removed_at is None:
            content = read_file(kept.sha256) or base64.b64decode(kept.thumbnail) or None
            name = f"{name_of(expense.kind)}, {expense.spent_on:%d/%m}"
            made[expense.id] = Receipt(len(made) + 1, name, content)
    return made


def keep_pdf(
    session: Session, month: date, *, name: str, sha256: str, size: int, at: datetime
) -> Document:
    """Name the bytes of a submitted claim's PDF, which are in the file store already."""
    change.by_itself(session)
    claim = expense_reports.report(session, month)
    if claim.state == ReportState.DRAFT:
        raise UserError(_("This claim has not been submitted. Its PDF was not kept."))
    kept = documents.add(
        session, name=name, kind="expenses", mime="application/pdf", sha256=sha256, size=size,
        about="expense_report", about_id=claim.id, taken_at=at,
    )  # fmt: skip
    claim.pdf_document_id = kept.id
    return kept


def turned(content: bytes) -> bytes:
    """Return a picture turned a quarter to the left."""
    from PIL import Image

    out = io.BytesIO()
    with Image.open(io.BytesIO(content)) as opened:
        opened.convert("RGB").rotate(90, expand=True).save(out, "JPEG", quality=90)
    return out.getvalue()
