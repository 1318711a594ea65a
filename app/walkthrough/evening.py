"""Steps 8 to 10: started again after the kill, the office's changes, the sync of the evening."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from app.models.account import Account
from app.models.expense import Expense
from app.models.quote import Quote
from app.models.sync_state import Conflict, SyncRun
from app.sync.report import Progress
from app.views.portfolio.customer_page import CustomerPage
from app.views.sync.conflict_view import ConflictView
from app.views.sync.page import SyncPage
from app.views.today.page import TodayPage
from app.views.visits.page import VisitPage
from app.views.widgets.page import Ref
from app.walkthrough import eyes, gallery
from app.walkthrough.notebook import Step, require
from app.walkthrough.rep import Rep, play

OFFICE_PHONE, OFFICE_OTHER = "+34960111222", "+34960333444"


def look_at_laptop(rep: Rep) -> None:
    """Take the fingerprints of what is there before the window has done anything."""
    rep.told["after"] = eyes.fingerprints(rep.workspace.database)


def script(rep: Rep) -> None:
    """Work through the evening and close the window."""
    if play(
        rep,
        (
            (8, "killed, started again, all there", look_again),
            (9, "the office changes two of the same customers", let_office_edit),
            (10, "sync: preview, progress, receipt, conflict", synchronise),
        ),
    ):
        rep.end(kill=False)


def look_again(rep: Rep, step: Step) -> None:
    """See that not a row and not a word is missing after the process was killed."""
    hands, told = rep.hands, rep.told
    before, after = told["before"], told["after"]
    changed = sorted(name for name in before if before[name] != after.get(name))
    require(not changed, f"the same rows as before the kill; not so: {changed}")
    hands.page(TodayPage)
    hands.picture("today-again")
    page = hands.go(Ref("visit", told["typed_visit"]), VisitPage)
    hands.until(lambda: page.notes.toPlainText() == told["typed"], "what was being typed is there")
    hands.picture("draft-recovered")
    database = rep.workspace.database
    quote = eyes.one(database, Quote, told["quote"])
    require(quote.number == told["number"], "the quote keeps its number")
    require(eyes.one(database, Expense, told["expense"]).amount is not None, "the expense is there")
    step.found = {
        "tables": len(before), "recovered_characters": len(told["typed"]), "number": quote.number,
    }  # fmt: skip


def let_office_edit(rep: Rep, step: Step) -> None:
    """Both customers that she changed are changed at the office too, one in the same field."""
    same, other = rep.told["edited"]
    edits = {same: {"phone": OFFICE_PHONE}, other: {"phone": OFFICE_OTHER}}
    rep.ask("office edits", edits=edits)
    step.found = {"same_field": same, "other_field": other, "edits": edits}


def synchronise(rep: Rep, step: Step) -> None:
    """Preview what goes, send it, see what arrived, and decide the conflict."""
    hands, window = rep.hands, rep.desktop.window
    page = hands.screen("Ctrl+0", SyncPage)
    waiting = window.synchroniser.status
    require(waiting is not None and waiting.operations > 0, "changes wait to be sent")
    hands.picture("sync-preview")
    rep.ask("network on")
    progress: list[Progress] = []
    window.synchroniser.progressed.connect(progress.append)
    _sync(rep, page)
    hands.picture("sync-review")
    receipt = _receipt(rep, page)
    conflict = _decide(rep, page)
    _sync(rep, page)
    hands.until(
        lambda: window.synchroniser.pill.key == "up_to_date", "everything is settled and sent"
    )
    hands.picture("sync-done")
    same, other = rep.told["edited"]
    mine = eyes.one(rep.workspace.database, Account, same)
    merged = eyes.one(rep.workspace.database, Account, other)
    require(mine.phone == rep.told["phone"], "her telephone number is back after the swap")
    require(merged.phone == OFFICE_OTHER, "the office's number came in")
    require(merged.email == rep.told["email"], "her address was kept beside it")
    customer = hands.go(Ref("customer", same), CustomerPage)
    hands.until(lambda: customer.shown is not None, "the customer is shown")
    hands.picture("customer")
    step.found = {
        "waiting": waiting.operations if waiting else 0, "files": waiting.files if waiting else 0,
        "progress": sorted({each.phase for each in progress}), "receipt": receipt,
        "conflict": conflict, "themes": gallery.take(rep),
    }  # fmt: skip


def _sync(rep: Rep, page: SyncPage) -> None:
    """Press the button and wait until the run has ended well."""
    hands, synchroniser = rep.hands, rep.desktop.window.synchroniser
    hands.until(lambda: not synchroniser.running, "no sync is under way")
    ended: list[Any] = []
    synchroniser.finished.connect(ended.append)
    if page.card.button.isVisible():
        hands.click(page.card.button)
    hands.until(lambda: synchroniser.running or ended, "the sync begins")
    if synchroniser.running:
        hands.snapshot("sync-under-way")
    hands.until(lambda: ended, "the sync ends", 180)
    synchroniser.finished.disconnect(ended.append)
    require(ended[-1].error is None, f"the sync ends well: {ended[-1].error}")
    require(ended[-1].digest_ok, "both sides have the same digest")
    hands.settle()


def _receipt(rep: Rep, page: SyncPage) -> dict[str, Any]:
    run = eyes.first(
        rep.workspace.database, select(SyncRun).order_by(SyncRun.started_at.desc()).limit(1)
    )
    page.select(f"run:{run.id}")
    rep.hands.picture("sync-receipt")
    require(run.sent > 0 and run.receipt, "the receipt says what arrived")
    return {
        "sent": run.sent, "received": run.received, "files": run.files_sent,
        "digest_ok": run.digest_ok, "conflicts": run.conflicts, "rows": run.receipt,
    }  # fmt: skip


def _decide(rep: Rep, page: SyncPage) -> dict[str, Any]:
    """Open the conflict, see both values, and swap the office's for hers."""
    hands = rep.hands
    found = eyes.first(rep.workspace.database, select(Conflict).where(Conflict.state == "open"))
    require(found is not None, "the same field is in conflict")
    page.select(f"conflict:{found.id}")
    hands.until(lambda: isinstance(page.detail, ConflictView), "the conflict is shown")
    view = page.detail
    assert isinstance(view, ConflictView)  # noqa: S101 - waited for
    require(len(view.fields) == 1, "one field is in conflict")
    field = view.fields[0]
    hands.picture("sync-conflict")
    values = {"mine": field.mine.words, "office": field.office.words}
    require(values["mine"] != values["office"], "both values are shown")
    hands.click(field.mine)
    hands.picture("sync-swapped")
    hands.click(view.save)
    hands.until(
        lambda: not eyes.count(rep.workspace.database, Conflict, Conflict.state == "open"),
        "the conflict is settled",
    )
    return {"field": found.field, "policy": found.policy, **values}
