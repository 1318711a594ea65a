"""What this computer is to the company, and how its data is kept: what the settings show."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import keys
from app.models.quote import Clause
from app.models.sync_state import SyncState
from app.rules import numbering
from app.services import alone, backups, screen_lock, team
from app.services.backups import Backup


class ThisComputer(NamedTuple):
    """Who uses it, with which server, under which series; `is_demo` for the example company."""

    person: str
    role: str
    zone: str
    phone: str
    email: str
    company: str
    server: str
    series: str
    last_ok_at: datetime | None
    is_demo: bool
    is_alone: bool


def get(session: Session) -> ThisComputer:
    state = session.get(SyncState, 1)
    me, company = team.me(session), team.company(session)
    return ThisComputer(
        me.name, me.role, me.zone, me.phone, me.email, company.name,
        state.server_url if state else "", state.series if state else "",
        state.last_ok_at if state else None, bool(state and state.is_demo),
        alone.is_alone(session),
    )  # fmt: skip


class Paper(NamedTuple):
    """What the company puts on its documents; `address` is one line."""

    name: str
    legal_name: str
    tax_id: str
    street: str
    postcode: str
    city: str
    phone: str
    email: str
    registry_line: str
    colour: str
    has_logo: bool
    quote_number: str  # an example
    quote_valid_days: int
    clauses: tuple[str, ...]
    is_alone: bool


def paper(session: Session, language: str) -> Paper:
    """Return what stands on documents, with the clauses of `language`."""
    company = team.company(session)
    clauses = session.scalars(
        select(Clause.text)
        .where(
            Clause.quote_id.is_(None), Clause.removed_at.is_(None), Clause.by_default,
            Clause.language == language,
        )
        .order_by(Clause.position, Clause.id)
    )  # fmt: skip
    state = session.get(SyncState, 1)
    example = numbering.Number(2026, (state.series if state else "") or "A1", 42)
    number = numbering.number_text(company.quote_pattern, example)
    return Paper(
        company.name, company.legal_name, company.tax_id, company.address, company.postcode,
        company.city, company.phone, company.email, company.registry_line, company.colour,
        bool(company.logo_document_id), number,
        company.quote_valid_days,
        tuple(clauses), alone.is_alone(session),
    )  # fmt: skip


class Safekeeping(NamedTuple):
    """How the data is kept: where the key is, what opens the screen, which copies there are.

    `key` is keyring, passphrase or file; `lock` is pin, passphrase or "" for none; copies are the
    newest first; `ordered` is the copy that the next start puts back.
    """

    key: str
    lock: str
    backups: tuple[Backup, ...]
    ordered: str
    size: int  # bytes of database and photos


def safekeeping(folder: Path) -> Safekeeping:
    """Look at the workspace in `folder`; needs no session, but the disk."""
    key = "keyring"
    if (folder / keys.KEY_FILE).exists():
        key = "file"
    elif (folder / keys.PASSPHRASE_FILE).exists():
        key = "passphrase"
    size = sum(path.stat().st_size for name in backups.NAMES for path in folder.glob(name))
    return Safekeeping(
        key, screen_lock.kind(folder), tuple(backups.listed(folder)), backups.ordered(folder), size
    )
