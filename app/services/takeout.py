"""Everything that is here, taken out as files that other programs read: tables, documents, agenda.

Written row by row while the window goes on; a file that is not whole never bears its name.
"""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import Select, Table, func, select
from sqlalchemy.orm import Session

from app.documents import ics
from app.i18n import _
from app.models.account import Account, Site
from app.models.activity import Activity, ActivityKind, ActivityState
from app.models.base import Base
from app.models.database import translated
from app.models.document import Document
from app.models.entities import SYNCED
from app.models.files import Files
from app.services import team
from app.services.account_rows import first_site

_LEFT_OUT = frozenset({"conflict", "parked_operation"})  # about the sync, not about the trade
_ACCOUNT, _SITE = (Base.metadata.tables[name] for name in ("account", "site"))
_ADDRESS = ("street", "postcode", "city", "province", "country")
_INTERNAL = frozenset({"root", "thumbnail"})


class Taken(NamedTuple):
    """What went out; `missing` documents have not come to this computer."""

    rows: int
    documents: int
    missing: int


Progress = Callable[[int, int], None]  # rows written, of


def everything(session: Session, files: Files, target: Path, progress: Progress) -> Taken:
    """Write a zip with a CSV per table, every document that is here, and the agenda.

    Raises `UserError` when it cannot be written; an older file of that name stays then.
    """
    tables = [
        Base.metadata.tables[entity.__tablename__]  # type: ignore[attr-defined]
        for entity in SYNCED
        if entity.__tablename__ not in _LEFT_OUT  # type: ignore[attr-defined]
    ]
    total = sum(int(session.scalar(_live(table)) or 0) for table in tables)
    part = target.with_name(target.name + ".part")
    done = 0
    try:
        with translated(target), zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED) as out:
            for table in tables:
                done += _table(session, out, table, partial(_onward, progress, done, total))
            there, missing = _documents(session, out, files)
            out.writestr(f"{_('agenda')}.ics", agenda(session))
        part.replace(target)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
    return Taken(done, there, missing)


def _onward(progress: Progress, before: int, total: int, n: int) -> None:
    progress(before + n, total)


def _live(table: Table) -> Select[int]:
    return select(func.count()).select_from(table).where(table.c.removed_at.is_(None))


def _table(
    session: Session, out: zipfile.ZipFile, table: Table, progress: Callable[[int], None]
) -> int:
    columns = [c for c in table.columns if c.name not in _INTERNAL | {"removed_at"}]
    query = select(*columns).select_from(table)
    if table is _ACCOUNT:  # with the first address: other programs want one list of customers
        columns = [*columns, *(_SITE.c[name] for name in _ADDRESS)]
        own = _SITE.alias()
        first = select(func.min(own.c.id)).where(
            own.c.account_id == _ACCOUNT.c.id, own.c.removed_at.is_(None)
        )
        at = _SITE.c.id == first.scalar_subquery()
        query = select(*columns).select_from(_ACCOUNT.outerjoin(_SITE, at))
    rows = session.execute(
        query.where(table.c.removed_at.is_(None)).order_by(table.c.id)
    ).yield_per(500)
    n = 0
    with out.open(f"{table.name}.csv", "w") as raw:
        stream = io.TextIOWrapper(raw, "utf-8-sig", newline="")  # Excel reads the mark
        writer = csv.writer(stream)
        writer.writerow([column.name for column in columns])
        for n, row in enumerate(rows, 1):
            writer.writerow([_cell(value) for value in row])
            if n % 500 == 0:
                progress(n)
        stream.flush()
        stream.detach()
    progress(n)
    return n


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, frozenset | set):
        return " | ".join(sorted(str(each) for each in value))
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, tuple):
        return "+".join(_cell(each) for each in value)
    return str(value)


def _documents(session: Session, out: zipfile.ZipFile, files: Files) -> tuple[int, int]:
    there = missing = 0
    for document in session.scalars(select(Document).where(Document.removed_at.is_(None))):
        if files.size(document.sha256) is None:
            missing += 1
            continue
        plain = "".join(sign if sign.isalnum() or sign in " .-_" else "_" for sign in document.name)
        with out.open(f"documents/{document.id[-12:]}-{plain.strip() or 'file'}", "w") as stream:
            for chunk in files.chunks(document.sha256):
                stream.write(chunk)
        there += 1
    return there, missing


def write_agenda(session: Session, target: Path) -> int:
    """Write the agenda as an .ics file and return how many entries it has."""
    content = agenda(session)
    with translated(target):
        part = target.with_name(target.name + ".part")
        part.write_bytes(content)
        part.replace(target)
    return content.count(b"BEGIN:VEVENT")


def agenda(session: Session) -> bytes:
    """Return the visits, calls, tasks and events of this computer's user as a calendar."""
    return ics.render(_entries(session), stamp=datetime.now(UTC))


def _entries(session: Session) -> Iterator[ics.Entry]:
    rows = session.execute(
        select(Activity, Account.name, Site)
        .select_from(Activity)
        .outerjoin(Account, Account.id == Activity.account_id)
        .outerjoin(Site, Site.id == func.coalesce(Activity.site_id, first_site()))
        .where(
            Activity.owner_id == team.my_id(session), Activity.removed_at.is_(None),
            Activity.state != ActivityState.CANCELLED,
        )
        .order_by(Activity.planned_at, Activity.id)
    )  # fmt: skip
    words = {
        ActivityKind.VISIT: _("Visit"), ActivityKind.CALL: _("Phone call"),
        ActivityKind.EMAIL: _("E-mail"), ActivityKind.TASK: _("Task"),
        ActivityKind.EVENT: _("Event"),
    }  # fmt: skip
    for activity, name, where in rows:
        at = activity.planned_at or activity.started_at or activity.due_on or activity.done_at
        if at is None:
            continue
        kind = words.get(ActivityKind(activity.kind), activity.kind)
        title = " · ".join(part for part in (kind, name or "", activity.title) if part)
        town = f"{where.postcode} {where.city}".strip() if where else ""
        place = ", ".join(part for part in (where.street, town) if part) if where else ""
        yield ics.Entry(
            activity.id, title, at, activity.planned_minutes, place, activity.reason
        )  # fmt: skip
