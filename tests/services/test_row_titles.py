"""Every kind of record is called by a name, and opens where a person would look for it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from app.models.activity import Activity, VisitReport
from app.models.database import Database
from app.models.document import Document
from app.models.expense import Expense, ExpenseReport
from app.models.quote import Clause, Quote, QuoteLine
from app.models.route import RoutePlan, RouteStop
from app.services import row_titles
from tests.company import Seeded, seed

DAY = date(2026, 3, 2)
NAME = "Restaurante El Socarrat"


@pytest.fixture
def company(database: Database) -> Seeded:
    return seed(database)


@pytest.fixture
def made(database: Database, company: Seeded) -> dict[str, Any]:
    """One record of each kind that belongs to another."""
    user, account = company.user, company.account
    visit = Activity(kind="visit", account_id=account, owner_id=user)
    call = Activity(kind="call", account_id=account, owner_id=user)
    alone = Activity(kind="task", owner_id=user)
    quote = Quote(account_id=account, owner_id=user, number="Q26-K7-00001")
    draft = Quote(account_id=account, owner_id=user)
    plan = RoutePlan(
        user_id=user, day=DAY, start_label="", start_lat_e6=0, start_lon_e6=0, end_label="",
        end_lat_e6=0, end_lon_e6=0, leave_s=0, end_s=0,
    )  # fmt: skip
    with database.write() as session:
        session.add_all([visit, call, alone, quote, draft, plan])
        session.flush()
        more = {
            "report": VisitReport(activity_id=visit.id),
            "line": QuoteLine(quote_id=quote.id, position=1),
            "clause": Clause(text="Portes pagados"),
            "photo": Document(
                name="Fachada", kind="photo", mime="image/jpeg", sha256="ab", size=1,
                account_id=account,
            ),
            "paper": Document(
                name="Ruta", kind="route", mime="application/pdf", sha256="cd", size=1
            ),
            "expense": Expense(
                user_id=user, kind="parking", spent_on=DAY, reason="Mercado", amount=Decimal(3)
            ),
            "claim": ExpenseReport(user_id=user, month=DAY.replace(day=1)),
            "stop": RouteStop(
                route_plan_id=plan.id, activity_id=visit.id, account_id=account, position=1,
                arrive_s=0, start_s=0, leave_s=0,
            ),
        }  # fmt: skip
        session.add_all(more.values())
    rows = {"visit": visit, "call": call, "alone": alone, "quote": quote, "draft": draft, **more}
    return {name: (row.__tablename__, row.id) for name, row in rows.items()} | {
        "visit_id": visit.id, "quote_id": quote.id, "account_id": account,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("name", "words", "kind", "screen", "opens"),
    [
        ("visit", NAME, "Visit", "visit", "visit_id"),
        ("call", NAME, "Call", "customer", "account_id"),
        ("alone", "Task", "", "", ""),
        ("report", NAME, "Visit report", "visit", "visit_id"),
        ("quote", f"Q26-K7-00001 · {NAME}", "Quote", "quote", "quote_id"),
        ("draft", NAME, "Quote", "quote", None),
        ("line", "Q26-K7-00001", "Quote line", "quote", "quote_id"),
        ("clause", "Clause", "", "", ""),
        ("photo", f"Fachada · {NAME}", "Photo", "customer", "account_id"),
        ("paper", "Ruta", "Document", "", ""),
        ("expense", "Mercado", "Expense", "expenses", "2026-03-01"),
        ("claim", "March 2026", "Expense report", "expenses", "2026-03-01"),
        ("stop", NAME, "Route stop", "customer", "account_id"),
    ],
)
def test_titles(
    database: Database, made: dict[str, Any], name: str, words: str, kind: str, screen: str,
    opens: str | None,
):  # fmt: skip
    with database.read() as session:
        title = row_titles.title(session, *made[name])
    assert (title.words, title.kind, title.screen) == (words, kind, screen)
    if opens is not None:
        assert title.screen_id == made.get(opens, opens)


def test_what_belongs_to_something_that_is_not_here_has_its_kind(database: Database, made):
    with database.read() as session:
        gone = row_titles.title(session, "quote_line", "0" * 32)
    assert (gone.words, gone.screen) == ("Quote line", "")
