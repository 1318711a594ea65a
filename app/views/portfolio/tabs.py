"""The tabs of a customer's page: summary, activity, sales, quotes, documents, terms."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from PySide6.QtWidgets import QFrame, QWidget

from app import i18n
from app.i18n import _
from app.rules import identifiers
from app.services.account_figures import Event
from app.services.account_page import AccountPage
from app.views import theme
from app.views.widgets import wording
from app.views.widgets.avatar import Avatar
from app.views.widgets.button import Button
from app.views.widgets.chart import MonthChart
from app.views.widgets.chip import Chip
from app.views.widgets.layout import Elided, Icon, Item, card, column, line, row, scroll, text
from app.views.widgets.page import Ref

Go = Callable[[Ref], None]


def figures(shown: AccountPage, today: date) -> QFrame:
    """Return the five figures under the name."""
    f = shown.figures
    change = ""
    tone = "success"
    if f.sales_before:
        percent = round((f.sales - f.sales_before) / f.sales_before * 100)
        sign = "+" if percent > 0 else ""
        change = _("{percent} on last year").format(percent=sign + i18n.percent(percent))
        tone = "success" if percent >= 0 else "danger"
    last, usual = "–", _("No orders yet")
    if f.last_order_on and f.last_order is not None:
        last = i18n.money(f.last_order)
        usual = i18n.days_ago(f.last_order_on, today)
        if f.usual_days:
            usual += " · " + _("usually every {n}").format(n=f.usual_days)
    owed = _("{amount} overdue").format(amount=i18n.money(f.overdue)) if f.overdue else ""
    won = _("{won} of {n} quotes").format(won=f.quotes_won, n=f.quotes)
    rate = i18n.percent(round(f.quotes_won * 100 / f.quotes)) if f.quotes else "–"
    parts: list[Item] = []
    for words, value, below, tint in (
        (_("Sales, 12 months"), i18n.money(f.sales, decimals=0), change, tone),
        (_("Last order"), last, usual, ""),
        (_("Balance"), i18n.money(f.balance), owed, "danger"),
        (_("Conversion"), rate, won, ""),
        (_("Visits this year"), str(f.visits), "", ""),
    ):
        if parts:
            parts.append(line("v"))
        inside = column(
            text(words, "muted"), text(value, "kpi"), Elided(below, "muted", tone=tint), gap=1
        )
        parts.append((inside, 1))
    return card(row(*parts, gap=16), margins=(16, 10, 16, 10))


def summary(shown: AccountPage, today: date, go: Go) -> QWidget:
    chart = MonthChart(_("Sales by month"))
    chart.set_months(
        [
            (i18n.month_initial(month).upper(), float(before), float(now))
            for month, before, now in shown.months
        ],
        current=today.month - 1,
        say=lambda value: f"{value:.0f}",
    )
    years = row(
        text(_("Sales by month"), "h2"), None, Chip(str(today.year - 1)),
        Chip(str(today.year), "primary"),
    )  # fmt: skip
    any_sales = any(before or now for _month, before, now in shown.months)
    body: Item = (chart, 1) if any_sales else text(_("No sales yet."), "muted")
    left = column(
        (card(years, body), 3), (card(text(_("Activity"), "h2"), *feed(shown.events[:4], go),
                                            None), 2), gap=12,
    )  # fmt: skip
    side = QWidget()
    side.setFixedWidth(theme.px(336))
    side.setLayout(column(*_side(shown, go), None, gap=12))
    holder = QWidget()
    holder.setLayout(row((left, 1), side, gap=14))
    return holder


def _side(shown: AccountPage, go: Go) -> list[Item]:
    made: list[Item] = []
    if shown.facts:
        rows = [
            row(Icon(f.icon, f.tone), (text(wording.fact(f.key, f.params), wrap=True), 1))
            for f in shown.facts
        ]
        made.append(card(text(_("Next step"), "h2"), *rows))
    if shown.stopped:
        offer = Button(_("Offer"), icon="plus", kind="link", size="sm")
        options = {"new": True, "account": shown.account.id}
        offer.clicked.connect(lambda: go(Ref("quote", options=options)))
        rows = [
            row((Elided(s.name), 1), text(_("since {day}").format(day=i18n.day_short(s.since)),
                                          "muted"))
            for s in shown.stopped[:4]
        ]  # fmt: skip
        made.append(card(row(text(_("No longer buys"), "h2"), None, offer), *rows))
    people: list[Item] = []
    for contact in shown.account.contacts[:4]:
        if contact.removed_at is None:
            phone = contact.mobile or contact.phone
            names = column(Elided(contact.name, "body"), Elided(contact.job, "muted"), gap=0)
            shown_phone = identifiers.phone_text(phone) if phone else ""
            avatar = Avatar(contact.name, 30, square=False)
            people.append(row(avatar, (names, 1), text(shown_phone, "muted")))
    if not people:
        people = [text(_("No contacts yet"), "muted")]
    made.append(card(text(_("Contacts"), "h2"), *people))
    return made


_EVENT_ICONS = {
    "visit": ("map-pin", "primary"), "quote": ("file-text", "info"), "call": ("phone", "primary"),
    "task": ("list-checks", "neutral"), "document": ("paperclip", "neutral"),
}  # fmt: skip


def feed(events: list[Event], go: Go) -> list[Item]:
    """Return what happened as rows, newest first."""
    if not events:
        return [text(_("Nothing yet."), "muted")]
    made: list[Item] = []
    for event in events:
        icon, _tone = _EVENT_ICONS.get(event.kind, ("circle", "neutral"))
        title = _title(event)
        amount = i18n.money(event.amount) if event.amount is not None else ""
        below = " · ".join(part for part in (amount, _detail(event)) if part)
        words = column(Elided(title, "strong"), Elided(below, "muted"), gap=0)
        day = text(i18n.day_short(i18n.local(event.at).date()), "muted")
        parts: list[Item] = [Icon(icon, "primary_text", 18), (words, 1), day]
        if event.kind in {"visit", "quote"}:
            open_ = Button(_("See"), kind="link", size="sm")
            ref = Ref(event.kind, event.id)
            open_.clicked.connect(lambda _checked=False, ref=ref: go(ref))
            parts.append(open_)
        made.append(row(*parts, gap=12))
    return made


def _title(event: Event) -> str:
    if event.kind == "visit":
        how = wording.outcome(event.title)
        return _("Visit · {outcome}").format(outcome=how) if how else _("Visit")
    if event.kind == "quote":
        return _("Quote {number}").format(number=event.title)
    return event.title


def _detail(event: Event) -> str:
    if event.kind == "quote":
        return wording.quote_state(event.detail)[0]
    return "" if event.kind == "document" else event.detail


def activity(shown: AccountPage, go: Go) -> QWidget:
    inside = card(text(_("Activity"), "h2"), *feed(shown.events, go), None, gap=10)
    return scroll(inside)


def sales(shown: AccountPage, today: date) -> QWidget:
    """Return invoices and what is owed, as the office's books say."""
    owed: list[Item] = [text(_("Owed"), "h2")]
    for number, due, pending in shown.receivables:
        late = due < today
        when = text(i18n.days_ago(due, today), "muted", tone="danger" if late else "")
        owed.append(row((text(number), 1), when, text(i18n.money(pending), "strong"), gap=14))
    if len(owed) == 1:
        owed.append(text(_("Nothing is owed."), "muted"))
    invoices: list[Item] = [text(_("Invoices"), "h2")]
    for number, issued, total in shown.invoices:
        invoices.append(
            row((text(number), 1), text(i18n.day_numeric(issued), "muted"),
                text(i18n.money(total), "strong"), gap=14)
        )  # fmt: skip
    if len(invoices) == 1:
        invoices.append(text(_("No sales yet."), "muted"))
    source = text(_("From the office's books; they cannot be changed here."), "subtle")
    holder = QWidget()
    holder.setLayout(
        row((scroll(card(*invoices, None)), 3), (column(card(*owed), source, None), 2), gap=14)
    )
    return holder


def quotes(shown: AccountPage, go: Go) -> QWidget:
    rows: list[Item] = []
    for quote in shown.quotes:
        words, tone, icon = wording.quote_state(quote.state)
        open_ = Button(_("Open"), kind="link", size="sm")
        open_.clicked.connect(lambda _checked=False, id_=quote.id: go(Ref("quote", id_)))
        day = i18n.day_short(quote.issued_on) if quote.issued_on else "–"
        rows.append(
            row((text(quote.number or _("Draft"), "strong"), 1), text(day, "muted"),
                Chip(words, tone, icon), text(i18n.money(quote.total, quote.currency), "strong"),
                open_, gap=14)
        )  # fmt: skip
    if not rows:
        rows = [text(_("No quotes here"), "muted")]
    return scroll(card(text(_("Quotes"), "h2"), *rows, None, gap=10))


def papers(shown: AccountPage) -> QWidget:
    rows: list[Item] = []
    for document in shown.documents:
        day = i18n.moment(document.taken_at) if document.taken_at else ""
        icon = "image" if document.mime.startswith("image/") else "file-text"
        rows.append(
            row(Icon(icon, "text_muted", 18), (Elided(document.name, "strong"), 1),
                text(day, "muted"), text(i18n.size(document.size), "muted"), gap=12)
        )  # fmt: skip
    if not rows:
        rows = [text(_("No documents yet: photos of visits and quotes come here."), "muted")]
    return scroll(card(text(_("Documents"), "h2"), *rows, None, gap=10))


def terms(shown: AccountPage) -> QWidget:
    """Return the conditions, which the office sets."""
    account = shown.account
    limit = i18n.money(account.credit_limit) if account.credit_limit is not None else "–"
    rows: list[Item] = [
        row(Icon("lock"), text(_("The office sets these terms."), "muted"), None),
    ]
    for words, value in (
        (_("Price list"), shown.price_list or "–"),
        (_("Payment"), account.payment_terms or "–"),
        (_("Credit limit"), limit),
        (_("Equivalence surcharge"), _("Yes") if account.surcharged else _("No")),
        (_("Customer number"), account.code or "–"),
    ):
        rows.append(row((text(words, "muted"), 1), (text(value, "strong"), 2)))
    holder = QWidget()
    holder.setLayout(column(card(text(_("Terms"), "h2"), *rows, gap=10), None))
    return holder
