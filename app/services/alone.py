"""Work on this computer alone: a company of one person, without any server.

What the office would decide (company, rates, a price list) is written here once, as rows that the
user may change. Such a computer cannot join a company's server later: ids, numbers and rates of
both would meet, and nobody could say which are right. What was made can be exported.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TypedDict, Unpack

from sqlalchemy import delete
from sqlalchemy.orm import Session

from app.errors import UserError, ValidationError
from app.i18n import _
from app.models import change
from app.models.expense import TravelRate
from app.models.journal import Operation
from app.models.product import PriceList, TaxRate
from app.models.sync_state import SyncState
from app.models.team import Company, Role, User
from app.services import team

SERIES = "L"  # a server gives its computers two signs or more
_IVA = "Ley 37/1992 del IVA, art. 90, 91 y 161"
_IGI = "Llei 11/2012 de l'IGI (Andorra)"
_TRAVEL = "Orden HFP/792/2023; RD 439/2007, art. 9"
_RATES = (
    ("iva", "general", "21", "5.2", date(2012, 9, 1), _IVA),
    ("iva", "reduced", "10", "1.4", date(2012, 9, 1), _IVA),
    ("iva", "super_reduced", "4", "0.5", date(2012, 9, 1), _IVA),
    ("iva", "zero", "0", "0", date(2012, 9, 1), _IVA),
    ("igi", "general", "4.5", "0", date(2013, 1, 1), _IGI),
    ("igi", "reduced", "1", "0", date(2013, 1, 1), _IGI),
    ("igi", "super_reduced", "0", "0", date(2013, 1, 1), _IGI),
    ("igi", "zero", "0", "0", date(2013, 1, 1), _IGI),
)
_ALLOWANCES = (
    ("mileage", "0.19", date(2006, 1, 1), date(2023, 7, 16)),
    ("mileage", "0.26", date(2023, 7, 17), None),
    ("per_diem", "26.67", date(2006, 1, 1), None),
    ("per_diem_overnight", "53.34", date(2006, 1, 1), None),
)


class CompanyChanges(TypedDict, total=False):
    """What stands on the paper of somebody who works alone."""

    name: str
    legal_name: str
    tax_id: str
    address: str
    postcode: str
    city: str
    province: str
    phone: str
    email: str


def is_alone(session: Session) -> bool:
    """Tell whether this computer works without any server."""
    state = session.get(SyncState, 1)
    return bool(state and state.user_id and not state.device_id and not state.server_url)


def begin(session: Session, person: str, company: str) -> str:
    """Make a company of one person and return the person's id.

    Raises `ValidationError` for a name that is missing, `UserError` on a computer that has one.
    """
    for field, given, words in (
        ("person", person, _("Write your name: it stands on your quotes.")),
        ("company", company, _("Write the name under which you sell.")),
    ):
        if not given.strip():
            raise ValidationError(field, words)
    state = session.get(SyncState, 1)
    if state is None:
        state = SyncState()
        session.add(state)
    if state.user_id or state.device_id:
        raise UserError(_("This computer has a company already. Nothing was changed."))
    me = User(name=person.strip(), role=Role.REP)
    session.add_all([Company(name=company.strip()), me])
    session.add(PriceList(name=_("Prices"), is_default=True))
    for regime, kind, rate, surcharge, since, source in _RATES:
        session.add(
            TaxRate(
                regime=regime, kind=kind, rate=Decimal(rate), surcharge=Decimal(surcharge),
                valid_from=since, source=source,
            )
        )  # fmt: skip
    for kind, amount, since, until in _ALLOWANCES:
        session.add(
            TravelRate(
                kind=kind, amount=Decimal(amount), exempt=Decimal(amount), valid_from=since,
                valid_to=until, source=_TRAVEL,
            )
        )  # fmt: skip
    state.user_id, state.series = me.id, SERIES
    change.by_itself(session)
    session.flush()
    _forget_journal(session)
    return me.id


def _forget_journal(session: Session) -> None:
    """Empty the queue of what was written before anybody was here."""
    session.execute(delete(Operation))


def rename_me(session: Session, name: str) -> None:
    """Change the name of the one who works here. Raises `ValidationError` for an empty one."""
    if not name.strip():
        raise ValidationError("person", _("Write your name: it stands on your quotes."))
    team.me(session).name = name.strip()


def update_company(session: Session, **changes: Unpack[CompanyChanges]) -> None:
    """Change what stands on the paper. Raises `ValidationError` for an empty name."""
    if "name" in changes and not changes["name"].strip():
        raise ValidationError("name", _("Write the name under which you sell."))
    own = team.company(session)
    for name, value in changes.items():
        setattr(own, name, str(value).strip())
