"""How promising a prospect is: four marks from 0 to 3, a state, and why one was given up."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy.orm import Session

from app.errors import ValidationError
from app.i18n import _
from app.models.account import Account, LeadState
from app.services import accounts

MARKS = ("lead_interest", "lead_fit", "lead_budget", "lead_timing")
BEST = 3  # of each mark


def score(account: Account) -> int | None:
    """Return the sum of the marks that were given, None where there is none."""
    given = [mark for name in MARKS if (mark := getattr(account, name)) is not None]
    return sum(given) if given else None


def state_words(state: str | None) -> str:
    """Return where a prospect stands, "" where nobody has said."""
    return {
        LeadState.NEW: _("New"), LeadState.CONTACTED: _("Contacted"),
        LeadState.QUALIFIED: _("Qualified"), LeadState.DISCARDED: _("Discarded"),
    }.get(LeadState(state), "") if state in set(LeadState) else ""  # fmt: skip


def mark_words(mark: str) -> str:
    """Return what one of `MARKS` is about."""
    return {
        "lead_interest": _("Interest"), "lead_fit": _("Fit"), "lead_budget": _("Budget"),
        "lead_timing": _("Time frame"),
    }[mark]  # fmt: skip


def qualify(session: Session, account_id: str, values: Mapping[str, str]) -> Account:
    """Set marks, state and reason as they were written; "" is unknown.

    Raises `ValidationError` for a mark that is none, or a discarded prospect without a reason.
    """
    account = accounts.get(session, account_id)
    take(account, values)
    return account


def take(account: Account, values: Mapping[str, str]) -> None:
    """Put what was written into an account that may be new."""
    for name in MARKS:
        written = values.get(name, "")
        if written not in {"", "0", "1", "2", "3"}:
            raise ValidationError(name, _("A mark from 0 to 3."))
        setattr(account, name, int(written) if written else None)
    state, reason = values.get("lead_state", ""), values.get("lead_reason", "").strip()
    if state == LeadState.DISCARDED and not reason:
        raise ValidationError("lead_reason", _("Say why it was discarded."))
    account.lead_state = state if state in set(LeadState) else None
    account.lead_reason = reason if state == LeadState.DISCARDED else None
