"""Quotes with numbers that are never given twice, and documents with their bytes."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from random import Random
from typing import Any

from sqlalchemy import select

from app.errors import UserError
from app.models.account import Account
from app.models.quote import Quote, QuoteLine, QuoteState
from app.services import documents, quote_lines, quotes
from tests.simulation.laptop import SimLaptop
from tests.simulation.world import World


def _today(laptop: SimLaptop) -> date:
    return datetime.fromtimestamp(laptop.clock() / 1000, UTC).date()


def draft(world: World, chance: Random) -> None:
    laptop = world.somebody(chance)
    with world.deed(laptop) as (session, note):
        account = session.get(Account, world.pick(chance, "account"))
        if account is None or account.removed_at is not None:
            return
        quote = quotes.draft(session, account.id, today=_today(laptop))
        token = world.token()
        quote.customer_reference = token
        note.new("quote", quote.id, "customer_reference", token)
        for _n in range(chance.choice((0, 1, 1, 2))):
            _add_line(world, chance, laptop, session, quote.id)


def _add_line(world: World, chance: Random, laptop: SimLaptop, session: Any, quote_id: str) -> None:
    quote_lines.add_line(
        session, quote_id, chance.choice(world.products), today=_today(laptop),
        quantity=Decimal(chance.randint(1, 30)),
    )  # fmt: skip


def _a_draft(world: World, chance: Random, session: Any) -> Quote | None:
    known = world.known("quote")
    quote = session.get(Quote, chance.choice(known)) if known else None
    if quote is None or quote.removed_at is not None or quote.state != QuoteState.DRAFT:
        return None
    account = session.get(Account, quote.account_id)
    return quote if account is not None and account.removed_at is None else None


def change_line(world: World, chance: Random) -> None:
    """Add, change or remove a line of a draft that others may be changing as well."""
    laptop = world.somebody(chance)
    with world.deed(laptop) as (session, note):
        quote = _a_draft(world, chance, session)
        if quote is None:
            return
        lines = session.scalars(
            select(QuoteLine)
            .where(QuoteLine.quote_id == quote.id, QuoteLine.removed_at.is_(None))
            .order_by(QuoteLine.id)
        ).all()
        if not lines or chance.random() < 0.3:
            _add_line(world, chance, laptop, session, quote.id)
            return
        line = chance.choice(lines)
        if chance.random() < 0.15:
            quote_lines.remove_line(session, line.id)
            return
        token = world.token()
        quote_lines.set_line(
            session, line.id, today=_today(laptop), quantity=Decimal(chance.randint(1, 90)),
            note=token,
        )  # fmt: skip
        note("quote_line", line.id, "note", token)


def issue(world: World, chance: Random) -> None:
    """Print a quote: its number is in somebody's hands from now on (I34)."""
    laptop = world.somebody(chance)
    with world.deed(laptop) as (session, note):
        quote = _a_draft(world, chance, session)
        if quote is None:
            return
        quote.valid_until = date(2099, 1, 1)  # whatever the clock says
        at = datetime.fromtimestamp(laptop.clock() / 1000, UTC)
        try:
            with session.begin_nested():
                quotes.issue(session, quote.id, now=at)
        except UserError:
            return  # no line yet
        note("quote", quote.id, "number", quote.number)
        note.printed(quote.id, quote.number)


def remove_draft(world: World, chance: Random) -> None:
    with world.deed(world.somebody(chance)) as (session, _note):
        quote = _a_draft(world, chance, session)
        if quote is not None:
            quotes.remove(session, quote.id)


def add_document(world: World, chance: Random) -> None:
    """Take a photo: its bytes are kept before the row that names them (F22)."""
    laptop = world.somebody(chance)
    known = world.pick(chance, "account")
    size = chance.choice((40, 3_000, 30_000, 90_000))
    with laptop.database.read() as session:
        account = session.get(Account, known)
    if account is None or account.removed_at is not None:
        return
    content = chance.randbytes(size)
    sha256 = laptop.files.add(content)
    with world.deed(laptop) as (session, note):
        token = world.token()
        made = documents.add(
            session, name=token, kind="photo", mime="image/jpeg", sha256=sha256, size=size,
            account_id=known,
        )  # fmt: skip
        note.new("document", made.id, "name", token)
    world.photos[sha256] = content
