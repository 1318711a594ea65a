"""A look at a customer beside the list: who, how to reach them, what is open."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QUrl, Signal
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QFrame

from app.i18n import _
from app.models.account import Account
from app.rules import identifiers
from app.services import account_figures, accounts
from app.services.account_figures import Fact, Figures
from app.services.route_sheet import hours_text
from app.views import theme
from app.views.tasks import Task
from app.views.widgets import wording
from app.views.widgets.avatar import Avatar
from app.views.widgets.button import Button, IconButton
from app.views.widgets.layout import Elided, Icon, clear, column, line, row, text
from app.views.widgets.page import Desk, Ref

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


class _Look(NamedTuple):
    account: Account
    figures: Figures
    facts: list[Fact]
    hours: str


def _load(session: Session, account_id: str, today: date) -> _Look:
    account = accounts.get(session, account_id)
    site = accounts.first_of(account.sites)
    return _Look(
        account, account_figures.figures(session, account_id, today),
        account_figures.facts(session, account_id, today), hours_text(site, today),
    )  # fmt: skip


class Peek(QFrame):
    """Hidden until Space is pressed on a row; then it follows the row."""

    open_requested = Signal(object)

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk, self.account_id = desk, ""
        self._task: Task | None = None
        self.setProperty("card", "true")
        self.setFixedWidth(theme.px(300))
        self._column = column(gap=8, margins=(16, 14, 16, 14))
        self.setLayout(self._column)
        self.hide()

    def toggle(self, account_id: str, today: date) -> None:
        if self.isVisible() and account_id == self.account_id:
            self.close_peek()
        else:
            self.show()
            self._look(account_id, today)

    def follow(self, account_id: str, today: date) -> None:
        if self.isVisible() and account_id:
            self._look(account_id, today)

    def close_peek(self) -> bool:
        """Close, and tell whether it was open."""
        was_open = self.isVisible()
        self.hide()
        return was_open

    def _look(self, account_id: str, today: date) -> None:
        self.account_id = account_id
        task = self._desk.tasks.read(self, _load, self._show, account_id, today)
        self._task = self._desk.tasks.instead(self._task, task)

    def _show(self, look: _Look) -> None:
        account = look.account
        if account.id != self.account_id:
            return
        clear(self._column)
        close = IconButton("x", _("Close"), key="Esc", size="sm")
        close.clicked.connect(self.close_peek)
        site = accounts.first_of(account.sites)
        place = " · ".join(part for part in (site.city if site else "", account.sector) if part)
        names = column(Elided(account.name, "h2"), Elided(place, "muted"), gap=0)
        self._column.addLayout(row(Avatar(account.name, 38), (names, 1), close))
        visit = Button(_("Visit"), icon="map-pin", kind="primary", key="V")
        quote = Button(_("Quote"), icon="file-text", key="P")
        for button, screen in ((visit, "visit"), (quote, "quote")):
            button.clicked.connect(lambda _checked=False, screen=screen: self._begin(screen))
        self._column.addLayout(row(visit, quote, None))
        self._column.addWidget(line())
        for icon, words in self._reach(account, look.hours):
            self._column.addLayout(row(Icon(icon), (text(words, wrap=True), 1)))
        if account.phone:
            call = Button(_("Call"), icon="phone", kind="soft", size="sm")
            call.clicked.connect(lambda: QDesktopServices.openUrl(QUrl(f"tel:{account.phone}")))
            self._column.addLayout(row(call, None))
        if look.facts or look.figures.overdue > 0:
            self._column.addWidget(line())
            self._column.addWidget(text(_("For today"), "strong"))
            for fact in look.facts:
                label = text(wording.fact(fact.key, fact.params), wrap=True)
                self._column.addLayout(row(Icon(fact.icon, fact.tone), (label, 1)))
        self._column.addStretch(1)
        record = Button(_("Open the record"), icon="arrow-right", kind="ghost", key="↵")
        record.clicked.connect(lambda: self.open_requested.emit(Ref("customer", account.id)))
        self._column.addWidget(record)

    def _reach(self, account: Account, hours: str) -> list[tuple[str, str]]:
        site, contact = accounts.first_of(account.sites), accounts.first_of(account.contacts)
        town = " ".join(p for p in (site.postcode, site.city) if p) if site else ""
        rows = [
            ("user", contact.name if contact else ""),
            ("phone", identifiers.phone_text(account.phone) if account.phone else ""),
            ("mail", account.email),
            ("map-pin", ", ".join(p for p in (site.street if site else "", town) if p)),
            ("clock", hours),
            ("calendar-days", _("Every {n} days").format(n=account.visit_every_days)
             if account.visit_every_days else ""),
        ]  # fmt: skip
        return [(icon, words) for icon, words in rows if words]

    def _begin(self, screen: str) -> None:
        options = {"new": True, "account": self.account_id}
        self.open_requested.emit(Ref(screen, options=options))
