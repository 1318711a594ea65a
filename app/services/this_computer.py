"""What this computer is to the company, and how its data is kept: what the settings show."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from sqlalchemy.orm import Session

from app.models import keys
from app.models.sync_state import SyncState
from app.services import team


class ThisComputer(NamedTuple):
    """Who uses it, with which server, under which series; `is_demo` for the example company."""

    person: str
    zone: str
    company: str
    server: str
    series: str
    last_ok_at: datetime | None
    is_demo: bool


def get(session: Session) -> ThisComputer:
    state = session.get(SyncState, 1)
    me, company = team.me(session), team.company(session)
    return ThisComputer(
        me.name, me.zone, company.name, state.server_url if state else "",
        state.series if state else "", state.last_ok_at if state else None,
        bool(state and state.is_demo),
    )  # fmt: skip


class Safekeeping(NamedTuple):
    """Where the key is (keyring, passphrase, file), and the copies that were made, newest first."""

    key: str
    backups: tuple[Path, ...]


def safekeeping(folder: Path) -> Safekeeping:
    """Look at the workspace in `folder`; needs no session, but the disk."""
    key = "keyring"
    if (folder / keys.KEY_FILE).exists():
        key = "file"
    elif (folder / keys.PASSPHRASE_FILE).exists():
        key = "passphrase"
    return Safekeeping(key, tuple(sorted((folder / "backups").glob("*.sqlite"), reverse=True)))
