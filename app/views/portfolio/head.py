"""The head of a customer's page: who it is, what can be done, and the chips that place them."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Signal
from PySide6.QtWidgets import QMenu, QSizePolicy, QWidget

from app import i18n
from app.i18n import _
from app.services import accounts
from app.services.account_page import AccountPage
from app.settings import Settings
from app.views import keymap
from app.views.widgets import wording
from app.views.widgets.avatar import Avatar
from app.views.widgets.button import Button, IconButton
from app.views.widgets.chip import Chip
from app.views.widgets.flow import flow
from app.views.widgets.layout import Elided, clear, column, row


class CustomerHead(QWidget):
    """Says by signal what is to be done: star, call, quote, visit, and those of the menu.

    They are: route, email, task, document, history, convert, archive, bring_back.
    """

    asked = Signal(str)

    def __init__(self, settings: Settings) -> None:
        super().__init__()
        self._settings = settings
        self._shown: AccountPage | None = None
        self.avatar, self.name, self.place = Avatar("", 46), Elided("", "h1"), Elided("", "muted")
        self.star = IconButton("star", _("Star"), key=keymap.printed(settings, "star"))
        self.call = Button(_("Call"), icon="phone", kind="ghost")
        self.quote = Button(_("Quote"), icon="file-text", key=keymap.printed(settings, "quote"))
        self.visit = Button(
            _("Log a visit"), icon="map-pin", kind="primary", key=keymap.printed(settings, "visit")
        )
        self.more = IconButton("ellipsis", _("More actions"))
        holder, self.chips = flow(6)
        # as wide as its words where there is room, so that the star stands beside them
        self.name.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        names = column(row(self.name, self.star, None, gap=6), self.place, gap=0)
        buttons = (self.call, self.quote, self.visit, self.more)
        self.setLayout(column(row(self.avatar, (names, 1), *buttons, gap=10), holder, gap=8))
        for button, what in (
            (self.star, "star"), (self.call, "call"), (self.quote, "quote"), (self.visit, "visit"),
        ):  # fmt: skip
            button.clicked.connect(lambda _checked=False, what=what: self.asked.emit(what))
        self.more.clicked.connect(
            lambda: self.menu().popup(self.more.mapToGlobal(QPoint(0, self.more.height())))
        )

    def show_head(self, shown: AccountPage, *, customer_looks: bool) -> None:
        self._shown = shown
        account = shown.account
        self.avatar.set_name(account.name)
        self.name.setText(account.name)
        site = accounts.first_of(account.sites)
        since = ""
        if account.since_on:
            since = _("Customer since {year}").format(year=account.since_on.year)
        place = (site.city if site else "", shown.segment, since)
        self.place.setText(" · ".join(part for part in place if part))
        self.star.kind = "soft" if account.starred else "ghost"
        words = _("Take the star off") if account.starred else _("Star")
        self.star.rename("star", words, keymap.printed(self._settings, "star"))
        self.call.setVisible(bool(phone_of(shown)))
        mine = not shown.owner
        self.quote.setVisible(mine)
        self.visit.setVisible(mine)
        self.more.setVisible(not customer_looks)
        self._show_chips(shown, customer_looks=customer_looks)

    def _show_chips(self, shown: AccountPage, *, customer_looks: bool) -> None:
        clear(self.chips)
        account = shown.account
        words, tone, icon = wording.account_state(account.kind, account.status)
        chips = [Chip(words, tone or "success", icon)]
        if shown.price_list:
            chips.append(Chip(shown.price_list, "neutral", "tag"))
        if not customer_looks:
            if account.grade:
                grade = _("Customer {grade}").format(grade=account.grade)
                chips.insert(1, Chip(grade, "success"))
            if shown.every_days:
                every = _("Every {n} days").format(n=shown.every_days)
                chips.append(Chip(every, "neutral", "repeat"))
            if shown.figures.overdue and not shown.owner:
                owed = _("{amount} overdue").format(amount=i18n.money(shown.figures.overdue))
                chips.append(Chip(owed, "danger", "triangle-alert"))
        for chip in chips:
            self.chips.addWidget(chip)

    def menu(self) -> QMenu:
        """Return what else can be done with the customer."""
        menu, shown = QMenu(self), self._shown
        if shown is None:
            return menu
        account = shown.account
        mine = not shown.owner
        if mine:
            self._add(menu, "route", _("Add to today's route"))
        if email_of(shown):
            self._add(menu, "email", _("Write an email"))
        if mine:
            self._add(menu, "task", _("New task"), keymap.printed(self._settings, "task"))
            self._add(menu, "document", _("Add documents"))
        self._add(menu, "history", _("History"))
        if mine:
            menu.addSeparator()
            if account.kind == "prospect":
                self._add(menu, "convert", _("Make it a customer"))
            if account.status == "inactive":
                self._add(menu, "bring_back", _("Bring back from the archive"))
            else:
                self._add(menu, "archive", _("Archive"))
        return menu

    def _add(self, menu: QMenu, what: str, words: str, key: str = "") -> None:
        action = menu.addAction(f"{words}\t{key}" if key else words)
        action.setObjectName(what)
        action.triggered.connect(lambda _checked=False: self.asked.emit(what))


def phone_of(shown: AccountPage) -> str:
    """Return the number to call: the business's, else the main contact's."""
    person = accounts.first_of(shown.account.contacts)
    return shown.account.phone or (person.mobile or person.phone if person is not None else "")


def email_of(shown: AccountPage) -> str:
    person = accounts.first_of(shown.account.contacts)
    return shown.account.email or (person.email if person is not None else "")
