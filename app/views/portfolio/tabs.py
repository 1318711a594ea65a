"""The tabs of a customer's page that only show: summary, quotes, terms."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from app import i18n
from app.i18n import _
from app.models.account import Contact
from app.rules import identifiers
from app.services.account_page import AccountPage, Step
from app.views import theme
from app.views.portfolio.feed import event_row
from app.views.widgets import wording
from app.views.widgets.avatar import Avatar
from app.views.widgets.button import Button, IconButton
from app.views.widgets.chart import MonthChart
from app.views.widgets.chip import Chip
from app.views.widgets.columns import Columns
from app.views.widgets.layout import Elided, Icon, Item, card, column, line, row, scroll, text
from app.views.widgets.page import Ref

Go = Callable[[Ref], None]
Tab = Callable[[str], None]
_SELECTABLE = (
    Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
)


def summary(
    shown: AccountPage, today: date, go: Go, tab: Tab, *, customer_looks: bool = False
) -> Columns:
    """Return sales, what happened last, what comes next and the people, side by side."""
    parts: list[Item] = []
    if shown.has_sales or shown.account.kind != "prospect":
        parts.append((_sales(shown, today), 3))
    if not customer_looks:
        parts.append((_latest(shown, go, tab), 2))
    left = QWidget()
    left.setLayout(column(*parts, gap=12))
    inside = QWidget()
    cards = [_people(shown, None)] if customer_looks else _side(shown, today, go, tab)
    inside.setLayout(column(*cards, None, gap=12))
    return Columns(scroll(left), scroll(inside), title=_("Next step and contacts"), width=344)


def _sales(shown: AccountPage, today: date) -> QWidget:
    chart = MonthChart(_("Sales by month"))
    chart.set_months(
        [
            (i18n.month_initial(month).upper(), float(before), float(now))
            for month, before, now in shown.months
        ],
        current=today.month - 1,
        say=lambda value: i18n.money(Decimal(round(value)), decimals=0),
        years=(str(today.year - 1), str(today.year)),
    )
    any_sales = any(before or now for _month, before, now in shown.months)
    years = row(
        text(_("Sales by month"), "h2"), None, Chip(str(today.year - 1)),
        Chip(str(today.year), "primary"), *([chart.table_button] if any_sales else []),
    )  # fmt: skip
    chart.setMinimumHeight(theme.px(150))
    body: Item = (chart, 1)
    if not any_sales:
        words = _("No sales in these two years.") if shown.has_sales else _("No sales figures yet")
        body = column(text(words, "muted", wrap=True), None)
    return card(years, body)


def _latest(shown: AccountPage, go: Go, tab: Tab) -> QWidget:
    see = Button(_("See all"), kind="link", size="sm")
    see.clicked.connect(lambda: tab("activity"))
    note = Button(_("Note"), icon="sticky-note", kind="ghost", size="sm")
    note.clicked.connect(lambda: tab("activity"))
    rows: list[Item] = [event_row(event, go) for event in shown.events]
    if not rows:
        rows = [text(_("Nothing yet."), "muted")]
    head = row(text(_("Activity"), "h2"), None, note, see)
    inside = QWidget()
    inside.setLayout(column(*rows, None, gap=9, margins=(0, 0, 6, 0)))
    return card(head, (scroll(inside), 1))


def _side(shown: AccountPage, today: date, go: Go, tab: Tab) -> list[Item]:
    made: list[Item] = []
    facts: list[Item] = []
    for fact in shown.facts:
        if fact.key != "stopped":  # has a card of its own
            words = text(wording.fact(fact.key, fact.params), wrap=True)
            facts.append(row(Icon(fact.icon, fact.tone), (words, 1)))
    steps: list[Item] = [_step(step, today, go) for step in shown.steps]
    if steps or facts:
        made.append(card(text(_("Next step"), "h2"), *steps, *facts))
    if shown.stopped:
        offer = Button(_("Offer"), icon="plus", kind="link", size="sm")
        options = {"new": True, "account": shown.account.id}
        offer.clicked.connect(lambda: go(Ref("quote", options=options)))
        rows = [
            row(
                (Elided(s.name), 1),
                text(_("since {day}").format(day=i18n.day_short(s.since)), "muted"),
            )
            for s in shown.stopped[:4]
        ]
        made.append(card(row(text(_("No longer buys"), "h2"), None, offer), *rows))
    made.append(_people(shown, tab))
    return made


def _step(step: Step, today: date, go: Go) -> QWidget:
    """Return something planned: what, when, and where it is done."""
    holder = QWidget()
    is_visit = step.kind == "visit"
    title = step.title or (_("Visit") if is_visit else _("Follow up the visit"))
    if step.rule == "quote_follow_up":
        title = _("Ask about {number}").format(number=step.about)
    when, tone = wording.due(step.on, today) if step.on else (_("No day yet"), "neutral")
    icon = Icon("map-pin" if is_visit else "phone-call" if step.kind == "call" else "list-checks")
    parts: list[Item] = [icon, (Elided(title), 1), Chip(when, tone)]
    if is_visit:
        see = Button(_("See"), kind="link", size="sm")
        see.setAccessibleName(_("See: {what}").format(what=title))
        see.clicked.connect(lambda: go(Ref("visit", step.id)))
        parts.append(see)
    holder.setLayout(row(*parts))
    return holder


def _people(shown: AccountPage, tab: Tab | None) -> QWidget:
    here = [contact for contact in shown.account.contacts if contact.removed_at is None]
    people: list[Item] = [person(contact) for contact in here[:4]]
    if not people:
        people = [text(_("No contacts yet"), "muted")]
    head = row(text(_("Contacts"), "h2"), None)
    if tab is not None:
        add = IconButton("plus", _("Add a contact"), size="sm")
        add.clicked.connect(lambda: tab("record"))
        head.addWidget(add)
    return card(head, *people)


def person(contact: Contact) -> QWidget:
    holder = QWidget()
    phone = contact.mobile or contact.phone
    names = column(Elided(contact.name, "body"), Elided(contact.job, "muted"), gap=0)
    shown_phone = identifiers.phone_text(phone) if phone else contact.email
    avatar = Avatar(contact.name, 30, square=False)
    holder.setLayout(row(avatar, (names, 1), text(shown_phone, "muted")))
    return holder


def quotes(shown: AccountPage, go: Go) -> QWidget:
    rows: list[Item] = []
    for n, quote in enumerate(shown.quotes):
        words, tone, icon = wording.quote_state(quote.state)
        open_ = Button(_("Open"), kind="link", size="sm")
        number = quote.number or _("Draft")
        open_.setAccessibleName(_("Open {name}").format(name=number))
        open_.clicked.connect(lambda _checked=False, id_=quote.id: go(Ref("quote", id_)))
        day = i18n.day_short(quote.issued_on) if quote.issued_on else "–"
        if n:
            rows.append(line())
        rows.append(
            row((text(number, "strong"), 1), text(day, "muted"), Chip(words, tone, icon),
                text(i18n.money(quote.total, quote.currency), "strong"), open_, gap=14)
        )  # fmt: skip
    new = Button(_("New quote"), icon="plus", kind="soft", key="P")
    options = {"new": True, "account": shown.account.id}
    new.clicked.connect(lambda: go(Ref("quote", options=dict(options))))
    if not rows:
        rows = [text(_("No quotes yet. It is saved even without signal."), "muted", wrap=True)]
    inside = QWidget()
    inside.setLayout(column(*rows, None, gap=8, margins=(0, 0, 8, 0)))
    return card(row(text(_("Quotes"), "h2"), None, new), (scroll(inside), 1), gap=10)


def terms(shown: AccountPage, propose: Callable[[], None]) -> QWidget:
    """Return the conditions, which the office sets; `propose` writes to it."""
    account = shown.account
    limit = i18n.money(account.credit_limit) if account.credit_limit is not None else "–"
    reason = text(_("The office sets these terms: they come with each sync."), "muted", wrap=True)
    head = row(Icon("lock"), (reason, 1))
    if shown.office_email:
        ask = Button(_("Propose a change"), icon="mail", kind="soft")
        ask.clicked.connect(lambda _checked: propose())
        head.addWidget(ask)
    rows: list[Item] = [head]
    for words, value in (
        (_("Price list"), shown.price_list or "–"),
        (_("Payment"), account.payment_terms or "–"),
        (_("Credit limit"), limit),
        (_("Equivalence surcharge"), _("Yes") if account.surcharged else _("No")),
        (_("Customer number"), account.code or "–"),
    ):
        label = text(value, "strong", wrap=True)
        label.setTextInteractionFlags(_SELECTABLE)
        rows.append(row((text(words, "muted"), 1), (label, 2)))
    holder = QWidget()
    holder.setLayout(column(card(text(_("Terms"), "h2"), *rows, gap=10), None))
    return holder


def terms_words(shown: AccountPage) -> str:
    """Return the terms as they stand, for the letter that proposes a change."""
    account = shown.account
    lines = [
        f"{_('Customer')}: {account.name} {account.code}".strip(),
        f"{_('Price list')}: {shown.price_list or '–'}",
        f"{_('Payment')}: {account.payment_terms or '–'}",
    ]
    return "\n".join([*lines, "", _("Proposal:"), ""])
