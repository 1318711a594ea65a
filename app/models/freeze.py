"""What may not change any more: an issued quote and its lines, a submitted expense report.

A listener refuses, so that no service, screen or import can do it by mistake. A change of an
issued quote is revision 2 of the same number.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import event, inspect, select
from sqlalchemy.orm import Session

from app.errors import UserError
from app.i18n import _
from app.models.expense import Expense, ExpenseReport, ReportState
from app.models.quote import Clause, Quote, QuoteLine, QuoteState

# what may still happen to an issued quote
_AFTER_ISSUE = frozenset({"state", "pdf_document_id", "internal_note", "needs_approval"})
_AFTER_SUBMIT = frozenset({"state", "pdf_document_id", "submitted_at", "total", "advance"})


def attach(session_class: type[Session]) -> None:
    """Make every session of `session_class` refuse changes of what is frozen."""
    event.listen(session_class, "before_flush", _refuse)


def _refuse(session: Session, _context: object, _instances: object) -> None:
    with session.no_autoflush:
        for row in [*session.dirty, *session.new]:
            if isinstance(row, Quote) and row not in session.new:
                if _was(row, "state") != QuoteState.DRAFT and (
                    _changed(row) - _AFTER_ISSUE or row.state == QuoteState.DRAFT
                ):
                    raise _frozen_quote()
            elif isinstance(row, QuoteLine | Clause):
                if (row in session.new or _changed(row)) and _quote_is_frozen(session, row):
                    raise _frozen_quote()
            elif isinstance(row, ExpenseReport) and row not in session.new:
                if _was(row, "state") != ReportState.DRAFT and (
                    _changed(row) - _AFTER_SUBMIT or row.state == ReportState.DRAFT
                ):
                    raise _frozen_report()
            elif isinstance(row, Expense) and _changed(row) and _report_is_frozen(session, row):
                raise _frozen_report()


def _changed(row: Any) -> set[str]:
    return {a.key for a in inspect(row).attrs if a.history.has_changes()}


def _was(row: Any, name: str) -> Any:
    """Return the value that `name` had before this flush."""
    history = inspect(row).attrs[name].history
    return history.deleted[0] if history.deleted else getattr(row, name)


def _quote_is_frozen(session: Session, row: QuoteLine | Clause) -> bool:
    """Tell whether the quote that the row is part of, or was until now, is frozen."""
    ids = {row.quote_id, _was(row, "quote_id")} - {None}
    known = {quote.id: quote for quote in session.identity_map.values() if isinstance(quote, Quote)}
    for id_ in ids:
        if id_ in known:
            state = _was(known[id_], "state")
        else:
            state = session.scalar(select(Quote.state).where(Quote.id == id_))
        if state not in {None, QuoteState.DRAFT}:
            return True
    return False


def _report_is_frozen(session: Session, row: Expense) -> bool:
    """Tell whether the report that claims the expense, or did until now, has gone out."""
    for id_ in {row.report_id, _was(row, "report_id")} - {None}:
        report = session.get(ExpenseReport, id_)
        if report is not None and _was(report, "state") != ReportState.DRAFT:
            return True
    return False


def _frozen_quote() -> UserError:
    return UserError(
        _("This quote has been issued and cannot change. Nothing was changed."),
        _("Make a new version of it."),
    )


def _frozen_report() -> UserError:
    return UserError(
        _("This expense report has been submitted and cannot change. Nothing was changed."),
        _("Ask the office to open it again."),
    )
