"""A look at a customer of the day without leaving it: how to reach them, what is open."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QUrl, Signal
from PySide6.QtGui import QDesktopServices, QKeySequence, QShortcut
from PySide6.QtWidgets import QWidget

from app import i18n
from app.i18n import _
from app.models.account import Account
from app.rules import identifiers
from app.services import accounts, door
from app.services.door import Door
from app.services.route_sheet import hours_text
from app.views.widgets import wording
from app.views.widgets.avatar import Avatar
from app.views.widgets.button import Button, IconButton
from app.views.widgets.layer import Layer
from app.views.widgets.layout import Elided, Icon, Item, column, line, row, text
from app.views.widgets.page import Ref

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


class Look(NamedTuple):
    """A customer, in short."""

    account: Account
    door: Door
    hours: str


def load(session: Session, account_id: str, today: date) -> Look:
    account = accounts.get(session, account_id)
    hours = hours_text(accounts.first_of(account.sites), today)
    return Look(account, door.at(session, account_id, today), hours)


class LookLayer(Layer):
    """Closes with Esc or Space; Enter opens the record."""

    open_requested = Signal(object)  # Ref

    def __init__(self, over: QWidget, look: Look, today: date) -> None:
        account = look.account
        site = accounts.first_of(account.sites)
        place = " · ".join(part for part in (site.city if site else "", account.sector) if part)
        close = IconButton("x", _("Close"), key="Esc", size="sm")
        names = column(Elided(account.name, "h2"), Elided(place, "muted"), gap=0)
        record = Button(_("Open the record"), icon="arrow-right", kind="primary", key="↵")
        quote = Button(_("Quote"), icon="file-text", key="P")
        buttons: list[Item] = [record, quote]
        if look.door.phone:
            call = Button(_("Call"), icon="phone")
            call.clicked.connect(lambda: QDesktopServices.openUrl(QUrl(f"tel:{look.door.phone}")))
            buttons.append(call)
        parts: list[Item] = [row(Avatar(account.name, 38), (names, 1), close), line()]
        parts += [row(Icon(icon), (text(words, wrap=True), 1)) for icon, words in _reach(look)]
        last = look.door.last_visit
        ago = i18n.days_ago(last, today) if last else _("never")
        parts.append(row(Icon("history"), text(_("Last visit {when}").format(when=ago)), None))
        if look.door.facts:
            parts += [line(), text(_("For today"), "strong")]
            parts += [
                row(Icon(f.icon, f.tone), (text(wording.fact(f.key, f.params), wrap=True), 1))
                for f in look.door.facts
            ]
        parts += [4, row(*buttons, None)]
        super().__init__(over, column(*parts, gap=9, margins=(20, 16, 16, 18)), width=440,
                         name=account.name)  # fmt: skip
        close.clicked.connect(self.close_layer)
        record.clicked.connect(lambda: self._go(Ref("customer", account.id)))
        options = {"new": True, "account": account.id}
        quote.clicked.connect(lambda: self._go(Ref("quote", options=options)))
        QShortcut(QKeySequence("P"), self).activated.connect(quote.click)
        record.setFocus()

    def _go(self, ref: Ref) -> None:
        self.close_layer()
        self.open_requested.emit(ref)


def _reach(look: Look) -> list[tuple[str, str]]:
    account = look.account
    site, contact = accounts.first_of(account.sites), accounts.first_of(account.contacts)
    town = " ".join(p for p in (site.postcode, site.city) if p) if site else ""
    rows = [
        ("user", contact.name if contact else ""),
        ("phone", identifiers.phone_text(look.door.phone) if look.door.phone else ""),
        ("mail", look.door.email),
        ("map-pin", ", ".join(p for p in (site.street if site else "", town) if p)),
        ("clock", look.hours),
    ]
    return [(icon, words) for icon, words in rows if words]
