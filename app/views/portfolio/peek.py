"""A look at a customer beside the list: who, how to reach them, what is open, where."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from PySide6.QtCore import QUrl, Signal
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QFrame, QWidget

from app import i18n
from app.i18n import _, ngettext
from app.models.account import Account, AccountKind
from app.rules import identifiers
from app.services import account_peek, leads
from app.services.account_peek import Debt, Look, OpenQuote
from app.views import keymap, theme
from app.views.tasks import Task
from app.views.widgets import map_canvas, wording
from app.views.widgets.avatar import Avatar
from app.views.widgets.button import Button, IconButton
from app.views.widgets.flow import flow
from app.views.widgets.layout import Elided, Icon, box, clear, column, line, row, scroll, text
from app.views.widgets.map_canvas import MapCanvas, Pin
from app.views.widgets.page import Desk, Ref


class Peek(QFrame):
    """Follows the row of the list; `look` shows a customer."""

    open_requested = Signal(object)
    route_asked = Signal()
    qualify_asked = Signal(object)  # Account
    closed = Signal()

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk, self.account_id = desk, ""
        self._task: Task | None = None
        self._today = date.min
        self._has_ground = False
        self.setProperty("card", "true")
        self.setAccessibleName(_("Quick look"))
        self.map = MapCanvas(interactive=False)
        self.map.setAccessibleName(_("Where the customer is"))
        self.map.setMinimumHeight(theme.px(130))
        self._words = column(gap=8)
        inside = scroll(box(column(self._words, (self.map, 1), gap=10, margins=(16, 14, 16, 14))))
        self.setLayout(column(inside, gap=0, margins=(1, 1, 1, 1)))

    def look(self, account_id: str, today: date) -> None:
        """Show this customer as soon as it is read."""
        self.account_id, self._today = account_id, today
        if not self._has_ground:
            self._has_ground = True
            self._desk.tasks.run(self, map_canvas.load, self.map.set_outlines)
        task = self._desk.tasks.read(self, account_peek.look, self._show, account_id, today)
        self._task = self._desk.tasks.instead(self._task, task)

    def _show(self, look: Look) -> None:
        account = look.account
        if account.id != self.account_id:
            return
        clear(self._words)
        for part in self._parts(look):
            self._words.addWidget(part)
        site = look.site
        placed = site is not None and site.lat_e6 is not None and site.lon_e6 is not None
        self.map.setVisible(placed)
        if site is not None and site.lat_e6 is not None and site.lon_e6 is not None:
            self.map.set_pins([Pin(account.id, site.lat_e6, site.lon_e6)])

    def _parts(self, look: Look) -> Iterator[QWidget]:
        yield self._head(look)
        yield self._begin()
        yield self._contact_buttons(look)
        yield line()
        for icon, words, beside in _reach(look):
            label = text(beside, "muted")
            yield box(row(Icon(icon), (text(words, wrap=True), 1), label, gap=9))
        if look.account.kind == AccountKind.PROSPECT and not self._desk.customer_mode.on:
            yield self._lead(look.account)
        todays = list(self._todays(look))
        if todays:
            yield line()
            yield text(_("For today"), "strong")
            yield from todays

    def _head(self, look: Look) -> QWidget:
        account, site = look.account, look.site
        grade = _("Customer {grade}").format(grade=account.grade) if account.grade else ""
        place = " · ".join(p for p in (site.city if site else "", grade or account.sector) if p)
        name = Elided(account.name, "h2")
        names = column(name, Elided(place, "muted"), gap=0)
        close = IconButton("x", _("Close"), key="Esc", size="sm")
        close.clicked.connect(self.closed)
        return box(row(Avatar(account.name, 42), (names, 1), close, gap=10))

    def _begin(self) -> QWidget:
        printed = self._desk.settings
        visit = Button(_("Visit"), icon="map-pin", kind="primary",
                       key=keymap.printed(printed, "visit"))  # fmt: skip
        quote = Button(_("Quote"), icon="file-text")
        for button, screen in ((visit, "visit"), (quote, "quote")):
            button.clicked.connect(lambda _checked=False, screen=screen: self._open_new(screen))
        return _flowing(visit, quote)

    def _contact_buttons(self, look: Look) -> QWidget:
        contact = look.contact
        phone = (contact.mobile or contact.phone if contact else "") or look.account.phone
        email = (contact.email if contact else "") or look.account.email
        made: list[QWidget] = []
        for words, icon, url in (
            (_("Call"), "phone", f"tel:{phone}" if phone else ""),
            (_("Write"), "mail", f"mailto:{email}" if email else ""),
        ):
            if url:
                button = Button(words, icon=icon, kind="soft", size="sm")
                button.clicked.connect(
                    lambda _checked=False, url=url: QDesktopServices.openUrl(QUrl(url))
                )
                made.append(button)
        route = Button(_("Route"), icon="route", kind="soft", size="sm", tip=_("Add to the route"))
        route.clicked.connect(self.route_asked)
        return _flowing(*made, route)

    def _todays(self, look: Look) -> Iterator[QWidget]:
        if look.quote is not None:
            yield self._quote(look.quote)
        if self._desk.customer_mode.on:
            return  # the rest is not for the customer's eyes
        if look.debt is not None:
            yield self._debt(look.debt)
        for fact in look.facts:
            said = text(wording.fact(fact.key, fact.params), wrap=True)
            yield box(row(Icon(fact.icon, f"{fact.tone}_text"), (said, 1), gap=9))

    def _lead(self, account: Account) -> QWidget:
        score, state = leads.score(account), leads.state_words(account.lead_state)
        most = leads.BEST * len(leads.MARKS)
        said = " · ".join(part for part in (f"{score}/{most}" if score is not None else "", state)
                          if part) or _("Not qualified yet")  # fmt: skip
        qualify = Button(_("Qualify"), kind="link", size="sm")
        qualify.clicked.connect(lambda: self.qualify_asked.emit(account))
        return box(row(Icon("leaf", "violet_text"), (Elided(said), 1), qualify, gap=9))

    def _quote(self, quote: OpenQuote) -> QWidget:
        amount = i18n.money(quote.total, quote.currency)
        title = f"{quote.number or _('Draft')} · {amount}"
        below = wording.quote_state(quote.state)[0]
        if quote.since is not None:
            below = f"{below} · {i18n.days_ago(quote.since, self._today)}"
        opener = Button(_("Open"), kind="link", size="sm")
        opener.setAccessibleName(_("Open the quote {number}").format(number=title))
        opener.clicked.connect(lambda: self.open_requested.emit(Ref("quote", quote.id)))
        words = column(Elided(title), Elided(below, "muted"), gap=0)
        return box(row(Icon("file-text", "info_text"), (words, 1), opener, gap=9))

    def _debt(self, debt: Debt) -> QWidget:
        days = (self._today - debt.due_on).days
        title = _("{amount} overdue").format(amount=i18n.money(debt.amount))
        late = ngettext("{n} day", "{n} days", days).format(n=days)
        words = column(
            text(title, tone="danger"), Elided(f"{debt.number} · {late}", "muted"), gap=0
        )
        return box(row(Icon("circle-alert", "danger_text"), (words, 1), gap=9))

    def _open_new(self, screen: str) -> None:
        options = {"new": True, "account": self.account_id}
        self.open_requested.emit(Ref(screen, options=options))


def _flowing(*parts: QWidget) -> QWidget:
    holder, inside = flow(6)
    for part in parts:
        inside.addWidget(part)
    return holder


def _reach(look: Look) -> list[tuple[str, str, str]]:
    """Return icon, words and what stands beside them at the right."""
    account, contact = look.account, look.contact
    phone = (contact.mobile or contact.phone if contact else "") or account.phone
    rows = [
        ("user", contact.name if contact else "", contact.job if contact else ""),
        ("phone", identifiers.phone_text(phone) if phone else "", ""),
        ("clock", look.hours, ""),
    ]
    return [each for each in rows if each[1]]
