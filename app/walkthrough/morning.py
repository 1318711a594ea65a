"""Steps 1 to 7: from the first run of the laptop to an expense, the last ones without network."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import select

from app.models.account import Account, Site
from app.models.activity import Activity
from app.models.history import Invoice
from app.models.product import Product
from app.models.route import RoutePlan, RouteStop
from app.views.first_run.hints import Hints
from app.views.first_run.page import FirstRunPage
from app.views.imports.page import ImportPage
from app.views.routes.page import RoutesPage
from app.views.sync.page import SyncPage
from app.views.today.page import TodayPage
from app.views.widgets.page import Ref
from app.walkthrough import eyes, selling
from app.walkthrough.notebook import Step, require
from app.walkthrough.rep import Rep, play

FEWEST_STOPS = 4  # three visits are closed, and one is left to be typed into when the power goes


def script(rep: Rep) -> None:
    """Work through the morning; at its end the conductor kills this process."""
    if play(
        rep,
        (
            (1, "enrol and first sync", enrol),
            (2, "import", import_lists),
            (3, "plan the route", plan_route),
            (4, "network off", lose_network),
            (5, "close three visits", selling.close_visits),
            (6, "quote, number, PDF, signature", selling.quote),
            (7, "expense, receipt, mileage", selling.expense),
        ),
    ):
        selling.type_until_killed(rep)


def enrol(rep: Rep, step: Step) -> None:
    """Connect with the company in the first run, and see Today when all has arrived."""
    hands = rep.hands
    page = hands.page(FirstRunPage)
    hands.picture("first-run")
    door = page.connecting
    hands.write(door.address, rep.told["url"])
    hands.write(door.code, rep.told["code"])
    hands.write(door.computer, "Portátil de Marta")
    hands.picture("connect")
    hands.click(door.button)
    hands.until(lambda: page.layer is not None, "the records are here")
    hands.picture("connected")
    assert page.layer is not None  # noqa: S101 - waited for
    hands.click(page.layer.give_up)
    hands.page(TodayPage)
    hands.until(lambda: hands.window.findChild(Hints), "three hints are given")
    hands.picture("hints")
    hints = hands.window.findChild(Hints)
    assert hints is not None  # noqa: S101 - waited for
    hands.click(hints.never_button)
    hands.picture("today-before")
    database = rep.workspace.database
    step.found = {
        "accounts": eyes.count(database, Account), "products": eyes.count(database, Product),
        "invoices": eyes.count(database, Invoice), "activities": eyes.count(database, Activity),
    }  # fmt: skip
    require(all(step.found.values()), "portfolio, catalogue and history are here")


def import_lists(rep: Rep, step: Step) -> None:
    """Import the prospects and the products, with the report of what was read and why not."""
    for kind, name in (("accounts", "portfolio"), ("products", "products")):
        step.found[name] = _import(rep, kind, Path(rep.told[name]))
        require(step.found[name]["added"], f"something of {name} was added")
    first = rep.told["portfolio"]
    again = _import(rep, "accounts", Path(first))
    step.found["again"] = again
    require(not again["added"] and not again["updated"], "the same file changes nothing")


def _import(rep: Rep, kind: str, file: Path) -> dict[str, object]:
    hands = rep.hands
    page = hands.go(Ref("import", options={"as": kind}), ImportPage)
    page.choose(file)
    hands.until(lambda: page.plan is not None or page.problem_text, f"the dry run of {file.name}")
    require(page.plan is not None, f"{file.name} is a list: {page.problem_text}")
    hands.picture(f"import-{kind}")
    assert page.plan is not None  # noqa: S101 - waited for
    report = page.plan.as_json()
    if page.plan.count("add") or page.plan.count("update"):
        hands.click(page.import_button)
        hands.until(lambda: page.report is not None, f"the import of {file.name}")
        assert page.report is not None  # noqa: S101 - waited for
        report = page.report.as_json()
        hands.picture(f"imported-{kind}")
    refused = report["refused"]
    return {**report, "refused": len(refused), "reasons": refused[:5], "file": file.name}


def plan_route(rep: Rep, step: Step) -> None:
    """Let the planner propose the day over real positions and opening hours, and accept it."""
    hands, database = rep.hands, rep.workspace.database
    page = hands.screen("Ctrl+3", RoutesPage)
    hands.press(page, "Ctrl+Return")
    hands.until(lambda: page.proposal is not None, "a route is proposed")
    hands.picture("route-before-and-after")
    hands.click(page.accept_button)
    hands.until(lambda: eyes.count(database, RouteStop), "the route is accepted")
    hands.settle()
    hands.until(lambda: page.shown is not None and page.shown.stops, "the route is shown")
    hands.picture("route")
    route = eyes.first(database, select(RoutePlan).where(RoutePlan.removed_at.is_(None)))
    step.found = {
        "start": rep.told["start"], "stops": eyes.count(database, RouteStop),
        "metres": route.drive_m, "drive_s": route.drive_s, "route": route.id,
        "places_with_hours": eyes.count(database, Site, Site.opening_hours != ""),
        "left_out": [f"{name}: {why}" for name, why in page.left_out[:3]],
    }  # fmt: skip
    require(step.found["stops"] >= FEWEST_STOPS, "a day with visits to make")
    _print_sheet(rep)


def _print_sheet(rep: Rep) -> None:
    hands = rep.hands
    today = hands.screen("Ctrl+1", TodayPage)
    hands.picture("today")
    hands.click(today.sheet_button)
    hands.until(lambda: hands.opener.opened, "the route sheet is opened")
    path = hands.opener.opened.pop()
    (rep.out / "route.pdf").write_bytes(path.read_bytes())
    require(len(eyes.pdf_text(path)) > 100, "the route sheet has text")


def lose_network(rep: Rep, step: Step) -> None:
    """See everything sent, then lose the server: the pill says so and nothing else changes."""
    hands, window = rep.hands, rep.desktop.window

    def pill() -> str:
        return window.synchroniser.pill.key

    hands.until(lambda: not window.synchroniser.running, "no sync is under way")
    hands.press(window, "F5")
    hands.until(
        lambda: pill() == "up_to_date" and not window.synchroniser.running,
        "everything has been sent", 120,
    )  # fmt: skip
    page = hands.screen("Ctrl+0", SyncPage)
    hands.picture("sync-up-to-date")
    rep.ask("network off")
    hands.click(page.card.button)
    hands.until(lambda: pill() == "offline", "the pill says that there is no network")
    hands.picture("sync-offline")
    report = window.synchroniser.report
    step.found = {"pill": window.synchroniser.pill.words}
    require(report is not None and report.error is not None, "the sync has said that it failed")
