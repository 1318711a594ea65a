"""Steps 5 to 7, without network: visits closed with a key, a quote that is signed, an expense."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

from PySide6.QtWidgets import QLineEdit
from sqlalchemy import select

from app import i18n
from app.models.account import Account
from app.models.activity import Activity, ActivityState, VisitReport
from app.models.document import Document
from app.models.expense import Expense, ExpenseKind
from app.models.quote import Quote, QuoteLine, QuoteState, Signature
from app.models.sync_state import Draft, SyncState
from app.rules.money import round_cents
from app.services import agenda
from app.views.expenses.page import ExpensesPage
from app.views.portfolio.customer_page import CustomerPage
from app.views.quotes.page import QuotePage
from app.views.today.lists import VisitRow
from app.views.today.page import TodayPage
from app.views.visits.page import VisitPage
from app.views.widgets.page import Ref
from app.walkthrough import eyes, pictures
from app.walkthrough.notebook import Step, require
from app.walkthrough.rep import Rep

# (what is typed to find it, quantity, discount): wines at the general rate, food at the reduced
LINES = (
    ("VI-601", "6", ""), ("VI-610", "4", "8+2"), ("CV-418", "24", "5"), ("CF-210", "10", ""),
    ("MI-301", "12", "3"), ("CV-431", "8", ""),
)  # fmt: skip
GENERAL_DISCOUNT = "2"
SIGNER, SIGNER_ID = "Empar Roig Sanchis", "12345678Z"
STROKES = (
    [(0.15 + 0.02 * n, 0.55 - 0.25 * (n % 4) / 3) for n in range(16)],
    [(0.50 + 0.018 * n, 0.35 + 0.3 * ((n * 7) % 5) / 5) for n in range(18)],
    [(0.12 + 0.04 * n, 0.74 - 0.01 * (n % 3)) for n in range(19)],
)
NOTES = "Le ha gustado la crianza. Quiere precio para 12 cajas y catarla con el equipo el jueves."
TYPED = "Dice que el pedido de Navidad lo decide su socio; llamar el lunes antes de las diez y"
PHONE, EMAIL = "699 100 200", "pedidos.nuevo@cliente.example"


def close_visits(rep: Rep, step: Step) -> None:
    """Three keys for three visits, one of them with a full report and a photo."""
    done: dict[str, str] = {}
    for key, outcome in (("3", "follow_up"), ("5", "no_interest"), ("1", "order")):
        visit = _close(rep, key)
        require(visit.outcome == outcome, f"key {key} stores {outcome}, not {visit.outcome}")
        done[visit.id] = outcome
    rep.hands.picture("today-three-done")
    first = next(iter(done))
    _report(rep, first)
    accounts = [str(eyes.one(rep.workspace.database, Activity, id_).account_id) for id_ in done]
    _change_records(rep, accounts[0], accounts[1])
    step.found = {"visits": done, "report": first, "records_changed": accounts[:2]}


def _close(rep: Rep, key: str) -> Activity:
    """Be at the next customer, press one key on Today, and return what was stored."""
    hands, database = rep.hands, rep.workspace.database
    today = hands.screen("Ctrl+1", TodayPage)
    hands.until(lambda: today.hero.can_log, "the card has a visit")
    now = rep.clock.now()
    with database.read() as session:
        stop = agenda.day(session, i18n.local(now).date(), now).hero.row
    assert stop is not None  # noqa: S101 - the card shows it
    if stop.at is not None:
        rep.clock.move_to(stop.at)
    today.setFocus()
    hands.press(today, key)
    hands.until(
        lambda: eyes.one(database, Activity, stop.id).state == ActivityState.DONE,
        f"the visit is stored by key {key}",
    )
    hands.settle()
    if today.outcomes.asking is not None:
        hands.picture(f"today-asks-{key}")
        today.outcomes.asking.close_layer()  # what it asks may stay open
        hands.settle()
    stored: Activity = eyes.one(database, Activity, stop.id)
    return stored


def _open_visit(rep: Rep, visit_id: str) -> VisitPage:
    """Open a visit from the list of the day."""
    today = rep.hands.screen("Ctrl+1", TodayPage)
    row = next(part for part in today.list.findChildren(VisitRow) if part.visit.id == visit_id)
    rep.hands.click(row)
    page = rep.hands.page(VisitPage)
    rep.hands.until(lambda: page.shown is not None and page.activity_id == visit_id, "the visit")
    rep.hands.settle()
    return page


def _report(rep: Rep, visit_id: str) -> None:
    """Write the whole report: topics, notes, competition, next step, and a photo of the shelf."""
    hands, database = rep.hands, rep.workspace.database
    page = _open_visit(rep, visit_id)
    hands.click(next(iter(page.topic_chips.values())))
    hands.settle()
    hands.write(page.notes, NOTES)
    hands.write(page.competition, "Vinos del Sur: crianza a 5,90 €")
    hands.write(page.next_step, "Enviar precio de 12 cajas")
    photo = pictures.shelf(Path(rep.told["folder"]) / "estanteria.jpg")
    hands.drop(page.photos, [photo])
    about = (Document.about_id == visit_id, Document.kind == "photo")
    hands.until(lambda: eyes.count(database, Document, *about), "the photo is kept")
    hands.picture("visit-report")
    hands.press(page, "Ctrl+Return")
    hands.page(TodayPage)
    report = eyes.first(database, select(VisitReport).where(VisitReport.activity_id == visit_id))
    require(report is not None and report.notes == NOTES, "the report is stored")
    require(report.completed_at is not None, "the report is complete")
    require(report.topics, "its topics are stored")


def _change_records(rep: Rep, same: str, other: str) -> None:
    """Change a telephone number and an address on the customers' pages."""
    for account_id, name, words in ((same, "phone", PHONE), (other, "email", EMAIL)):
        page = rep.hands.go(Ref("customer", account_id, "record"), CustomerPage)
        rep.hands.until(lambda page=page: page.shown is not None, "the customer")  # type: ignore[misc]
        rep.hands.settle()
        editor = page.record.form.fields[name].editor
        assert isinstance(editor, QLineEdit)  # noqa: S101 - the form's own
        rep.hands.write(editor, words)
        rep.hands.press(editor, "Tab")
        rep.hands.settle()
    rep.hands.picture("customer-record")
    database = rep.workspace.database
    phone, email = (
        eyes.one(database, Account, same).phone, eyes.one(database, Account, other).email
    )  # fmt: skip
    require(phone.endswith(PHONE.replace(" ", "")), f"the telephone is stored: {phone}")
    require(email == EMAIL, f"the address is stored: {email}")
    rep.tell |= {"edited": [same, other], "phone": phone, "email": email}


def quote(rep: Rep, step: Step) -> None:
    """Six lines by typing, two VAT rates, discounts; number, PDF, signature."""
    hands, database = rep.hands, rep.workspace.database
    _close(rep, "2")  # the fourth visit: its key opens the editor
    page = hands.page(QuotePage)
    hands.until(lambda: page.shown is not None, "the draft")
    for n, (words, quantity, discount) in enumerate(LINES):
        _add_line(rep, page, n, words, quantity, discount)
    hands.write(page.foot.general, GENERAL_DISCOUNT)
    hands.press(page.foot.general, "Return")
    hands.until(
        lambda: eyes.one(database, Quote, page.quote_id).general_discount == (Decimal(2),),
        "the general discount",
    )
    hands.until(lambda: page.preview.pdf, "the preview")
    hands.picture("quote-editor")
    hands.click(page.head.issue)

    def state() -> str:
        return str(eyes.one(database, Quote, page.quote_id).state)

    hands.until(lambda: state() == QuoteState.ISSUED, "the quote is issued")
    hands.until(lambda: page.shown and page.shown.quote.number, "its number is shown")
    hands.picture("quote-issued")
    _sign(rep, page)
    hands.until(lambda: state() == QuoteState.SIGNED, "the quote is signed")
    hands.picture("quote-signed")
    step.found = _check_quote(rep, page.quote_id)
    rep.tell |= {"quote": page.quote_id, "number": step.found["number"]}


def _add_line(
    rep: Rep, page: QuotePage, n: int, words: str, quantity: str, discount: str
) -> None:  # fmt: skip
    hands = rep.hands
    hands.write(page.add_field, words)
    hands.until(lambda: page.add_field.list.count() == 1, f"{words} is found")
    hands.press(page.add_field, "Return")
    hands.until(lambda: len(page.table.rows) == n + 1, f"{words} is on the quote")
    hands.settle()
    row = page.table.rows[n]
    for edit, typed in ((row.quantity, quantity), (row.discount, discount)):
        if typed:
            hands.write(edit, typed)
            hands.press(edit, "Return")
            hands.settle()


def _sign(rep: Rep, page: QuotePage) -> None:
    hands = rep.hands
    hands.click(page.head.sign)
    hands.until(lambda: page.signing is not None, "the layer to sign")
    layer = page.signing
    assert layer is not None  # noqa: S101 - waited for
    hands.write(layer.name, SIGNER)
    hands.write(layer.tax_id, SIGNER_ID)
    hands.draw(layer.pad, STROKES)
    hands.press(layer.accept, "Space")
    hands.picture("signature")
    hands.click(layer.button)


def _check_quote(rep: Rep, quote_id: str) -> dict[str, object]:
    """See that screen, paper and arithmetic say the same, and that the number is ours."""
    database = rep.workspace.database
    kept: Quote = eyes.one(database, Quote, quote_id)
    with database.read() as session:
        lines = list(session.scalars(select(QuoteLine).where(QuoteLine.quote_id == quote_id)))
        series = session.get_one(SyncState, 1).series
        signature = session.scalars(
            select(Signature).where(Signature.quote_id == quote_id)
        ).one()  # fmt: skip
    papers = select(Document).where(Document.about_id == quote_id).order_by(Document.id.desc())
    rep.hands.until(lambda: eyes.first(database, papers) is not None, "the paper is kept")
    rep.hands.settle()
    sha256 = eyes.first(database, papers).sha256
    (rep.out / "quote.pdf").write_bytes(rep.workspace.files.read(sha256))
    words = eyes.pdf_text(rep.out / "quote.pdf")
    rates = {line.tax_rate for line in lines}
    total = round_cents(sum((line.amount for line in lines), Decimal(0)))
    require(len(lines) == len(LINES), "six lines")
    require(len(rates) == 2, f"two VAT rates, not {rates}")
    require(f"-{series}-" in kept.number, f"{kept.number} is of the series {series}")
    require(kept.number in words, "the number is on the paper")
    with i18n.speaking(kept.language or i18n.language()):  # the customer's, not the rep's
        total_words = " ".join(i18n.money(kept.total, kept.currency).split())
    require(total_words in words, "the total is on the paper")
    require(kept.base == round_cents(total * Decimal("0.98")), "2 % less than the lines")
    require(kept.total == kept.base + kept.tax + kept.surcharge, "base and taxes are the total")
    require(signature.signer == SIGNER and signature.strokes, "the signature is stored")
    return {
        "id": quote_id, "number": kept.number, "lines": len(lines),
        "rates": sorted(str(rate) for rate in rates), "base": str(kept.base), "tax": str(kept.tax),
        "total": str(kept.total), "pdf_sha256": sha256,
    }  # fmt: skip


def expense(rep: Rep, step: Step) -> None:
    """A receipt with its photo, the kilometres of the route, and the report on paper."""
    hands, database = rep.hands, rep.workspace.database
    page = hands.screen("Ctrl+9", ExpensesPage)
    hands.write(page.quick, "aparcamiento 4,10 centro")
    hands.press(page.quick, "Return")
    parked = select(Expense).where(Expense.kind == ExpenseKind.PARKING).order_by(Expense.id.desc())
    hands.until(lambda: eyes.first(database, parked) is not None, "the expense is stored")
    hands.settle()
    receipt = pictures.receipt(Path(rep.told["folder"]) / "ticket.jpg")
    hands.drop(page.receipt, [receipt])
    hands.until(lambda: eyes.first(database, parked).document_id, "the receipt is attached")
    route = eyes.first(
        database, select(Expense).where(Expense.kind == ExpenseKind.MILEAGE,
                                        Expense.removed_at.is_(None)),
    )  # fmt: skip
    hands.picture("expenses")
    require(route is not None and route.amount, "the kilometres of the route are there")
    require(route.is_automatic, "they were written by the day itself")
    hands.click(page.pdf_button)
    hands.until(lambda: hands.opener.opened, "the report is opened")
    path = hands.opener.opened.pop()
    (rep.out / "expenses.pdf").write_bytes(path.read_bytes())
    require("4,10" in eyes.pdf_text(path) or "4.10" in eyes.pdf_text(path), "the amount is on it")
    spent = eyes.first(database, parked)
    step.found = {
        "expense": spent.id, "amount": str(spent.amount), "document": spent.document_id,
        "mileage": str(route.amount), "metres": route.metres,
    }  # fmt: skip
    rep.tell |= {"expense": spent.id}


def type_until_killed(rep: Rep) -> None:
    """Type into the report of the last visit, wait two seconds, and be killed without warning."""
    hands, database = rep.hands, rep.workspace.database
    last = eyes.first(
        database,
        select(Activity).where(Activity.outcome == "quote").order_by(Activity.done_at.desc()),
    )  # fmt: skip
    page = _open_visit(rep, last.id)
    hands.write(page.notes, TYPED)
    hands.until(
        lambda: eyes.first(database, select(Draft).where(Draft.row_id == last.id)) is not None,
        "the draft is kept within two seconds", 4,
    )  # fmt: skip
    hands.settle()
    rep.tell |= {
        "typed": TYPED, "typed_visit": last.id, "before": eyes.fingerprints(database),
    }  # fmt: skip
    rep.end(kill=True)
    hands.until(lambda: False, "the conductor kills this process")
