"""Every place of the program that shows something: screens, tabs of a customer, layers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

from app.models.database import Database
from app.services import quote_lines, quotes
from app.views.main_window import MainWindow
from app.views.quotes.signing import SigningLayer
from app.views.widgets.page import Ref
from tests.company import Seeded
from tests.views.desks import NOW, TODAY, idle

TABS = ("summary", "activity", "sales", "quotes", "documents", "terms", "record")
PLACES = (
    "today", "routes", "portfolio", *(f"customer {tab}" for tab in TABS), "quotes", "quote",
    "issued", "expenses", "sync", "settings", "import", "first_run", "new customer", "signature",
    "palette", "visit", "help", "notices", "cover",
)  # fmt: skip


@dataclass(frozen=True)
class Paper:
    """Two quotes with all six products, discounts and long numbers: a draft and an issued one."""

    draft: str
    issued: str


def papers(database: Database, company: Seeded) -> Paper:
    """Write both quotes."""
    made = []
    with database.write() as session:
        for _n in range(2):
            quote = quotes.draft(session, company.account, today=TODAY)
            for product in company.products:
                line = quote_lines.add_line(
                    session, quote.id, product, today=TODAY, quantity=Decimal(1240)
                )
                quote_lines.set_line(
                    session, line.id, today=TODAY, discount=(Decimal(8), Decimal("2.5"))
                )
            quotes.update(
                session, quote.id, general_discount=(Decimal(2),),
                valid_until=TODAY + timedelta(days=30),
            )  # fmt: skip
            made.append(quote.id)
        quotes.issue(session, made[1], now=NOW)
    return Paper(*made)


def open_place(qtbot: Any, window: MainWindow, place: str, company: Seeded, paper: Paper) -> None:
    """Open a place of `PLACES` and wait until it is filled."""
    if window.desk.customer_mode.on:
        window.switch_customer_mode()
    window.open(_ref(place, company, paper))
    idle(qtbot, window.desk)
    page: Any = window.page
    if place == "new customer":
        page.add()
    elif place == "signature":
        qtbot.waitUntil(lambda: page.shown is not None)
        page.sign()
        assert isinstance(page.signing, SigningLayer)
    elif place == "palette":
        window.show_palette()
    elif place == "help":
        window.show_help()
    elif place == "notices":
        window.say("1 visit logged", None)
        window.show_notices()
    elif place == "cover":
        window.switch_customer_mode()
    qtbot.waitUntil(lambda: not window.desk.tasks.busy)


def _ref(place: str, company: Seeded, paper: Paper) -> Ref:
    if place.startswith("customer "):
        return Ref("customer", company.account, place.removeprefix("customer "))
    return {
        "new customer": Ref("portfolio"), "quote": Ref("quote", paper.draft),
        "issued": Ref("quote", paper.issued), "signature": Ref("quote", paper.issued),
        "palette": Ref("sync"), "help": Ref("today"), "notices": Ref("today"),
        "cover": Ref("portfolio"),
        "visit": Ref("visit", options={"new": True, "account": company.account}),
    }.get(place, Ref(place))  # fmt: skip
