"""The customer's page: figures, what happened, what to do, and the record itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app import i18n
from app.errors import UserError
from app.i18n import _
from app.models.account import Account, Contact, Site
from app.models.activity import Activity, VisitReport
from app.models.document import Document
from app.models.history import Invoice, Receivable
from app.models.quote import Quote
from app.models.sync_state import Conflict
from app.services import accounts
from app.services.account_page import AccountPage, page
from app.views.messages import MessageBar
from app.views.portfolio import tabs as parts
from app.views.portfolio.record_form import RecordForm
from app.views.tasks import Task
from app.views.widgets import wording
from app.views.widgets.avatar import Avatar
from app.views.widgets.button import Button, IconButton
from app.views.widgets.chip import Chip
from app.views.widgets.layout import clear, column, row, text
from app.views.widgets.notices import Banner
from app.views.widgets.page import Desk, Page, Ref
from app.views.widgets.tabs import Tabs

if TYPE_CHECKING:
    from app.models.database import Changes

_SHOWS = (
    Account, Site, Contact, Activity, VisitReport, Quote, Document, Invoice, Receivable, Conflict,
)  # fmt: skip


class CustomerPage(Page):
    """One customer or prospect."""

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(desk, parent)
        self.setObjectName("Page")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.account_id = ""
        self.shown: AccountPage | None = None
        self._loading: Task | None = None
        review = Button(_("Review"), kind="danger_ghost", size="sm")
        review.clicked.connect(self._review)
        self.bar, self.banner = MessageBar(), Banner("danger", "", "", review)
        self.banner.hide()
        self.avatar, self.name, self.place = Avatar("", 46), text("", "h1"), text("", "muted")
        self.star = IconButton("star", _("Star"), key="*")
        self.chips, self.tabs = row(gap=6), Tabs()
        self.record = RecordForm()
        self._figures, self._body = QVBoxLayout(), QVBoxLayout()
        for layout in (self._figures, self._body):
            layout.setContentsMargins(0, 0, 0, 0)
        self._lay_out()
        self._connect()

    def _lay_out(self) -> None:
        self.call = Button(_("Call"), icon="phone", kind="ghost")
        self.quote = Button(_("Quote"), icon="file-text", key="P")
        self.visit = Button(_("Log a visit"), icon="map-pin", kind="primary", key="V")
        names = column(row(self.name, self.star, None, gap=4), self.place, gap=0)
        head = row(self.avatar, (names, 1), self.call, self.quote, self.visit, gap=10)
        self.setLayout(
            column(
                self.bar, self.banner, head, self.chips, self._figures, self.tabs,
                (self._body, 1), (self.record, 1), gap=8, margins=(20, 12, 20, 16),
            )
        )  # fmt: skip
        self.record.hide()

    def _connect(self) -> None:
        self.tabs.chosen.connect(lambda _key: self._show_tab())
        self.star.clicked.connect(self._star)
        self.call.clicked.connect(self._call)
        self.quote.clicked.connect(lambda: self._begin("quote"))
        self.visit.clicked.connect(lambda: self._begin("visit"))
        self.record.account_changed.connect(
            lambda changes: self._write(accounts.update, self.account_id, **changes)
        )
        self.record.site_changed.connect(self._change_site)
        contacts = self.record.contacts
        contacts.added.connect(
            lambda name: self._write(accounts.add_contact, self.account_id, name)
        )
        contacts.changed.connect(
            lambda id_, changes: self._write(accounts.update_contact, id_, **changes)
        )
        contacts.removed.connect(self._remove_contact)

    # loading

    def show_ref(self, ref: Ref) -> None:
        self.bar.clear()
        self.account_id, self.shown = ref.id, None
        self.tabs.choose(ref.tab or "summary")
        self._load()

    def state(self) -> dict[str, Any]:
        return {"tab": self.tabs.key}

    def restore(self, state: dict[str, Any]) -> None:
        self.tabs.choose(state.get("tab", ""))

    @property
    def account(self) -> str:
        return self.account_id

    def refresh(self, changes: Changes) -> None:
        if self.isVisible() and changes.touched(*_SHOWS):
            self._load()

    @property
    def today(self) -> Any:
        return i18n.local(self.desk.now()).date()

    def _load(self) -> None:
        task = self.desk.tasks.read(self, page, self._show, self.account_id, self.today)
        self._loading = self.desk.tasks.instead(self._loading, task)
        self.desk.tasks.or_else(task, self._refused)

    def _refused(self, error: Exception) -> None:
        if isinstance(error, UserError):
            self.bar.show_error(error)
        else:
            self.desk.tasks.failed.emit(self, error)

    def _show(self, shown: AccountPage) -> None:
        if shown.account.id != self.account_id:
            return
        self.shown = shown
        account = shown.account
        self.crumbs_changed.emit([_("Portfolio"), account.name])
        self.avatar.set_name(account.name)
        self.name.setText(account.name)
        site = accounts.first_of(account.sites)
        since = (
            _("Customer since {year}").format(year=account.since_on.year)
            if account.since_on
            else ""
        )
        place = (site.city if site else "", shown.segment, since)
        self.place.setText(" · ".join(part for part in place if part))
        self.star.kind = "soft" if account.starred else "ghost"
        self.star.update()
        self.call.setVisible(bool(account.phone))
        self.banner.setVisible(bool(shown.conflicts))
        self.banner.show_message("danger", _("Two versions of this record."))
        self._show_chips(shown)
        clear(self._figures)
        self._figures.addWidget(parts.figures(shown, self.today))
        self.tabs.set_tabs(
            [
                ("summary", _("Summary"), None), ("activity", _("Activity"), len(shown.events)),
                ("sales", _("Sales and payments"), None),
                ("quotes", _("Quotes"), len(shown.quotes)),
                ("documents", _("Documents"), len(shown.documents)), ("terms", _("Terms"), None),
                ("record", _("Record"), None),
            ]
        )  # fmt: skip
        self.record.show_record(account)
        self._show_tab()

    def _show_chips(self, shown: AccountPage) -> None:
        clear(self.chips)
        account = shown.account
        words, tone, icon = wording.account_state(account.kind, account.status)
        chips = [Chip(words, tone or "success", icon)]
        if account.grade:
            grade = _("Customer {grade}").format(grade=account.grade)
            chips.append(Chip(grade, "success"))
        if shown.price_list:
            chips.append(Chip(shown.price_list, "neutral", "tag"))
        if shown.every_days:
            every = _("Every {n} days").format(n=shown.every_days)
            chips.append(Chip(every, "neutral", "repeat"))
        if shown.figures.overdue:
            owed = _("{amount} overdue").format(amount=i18n.money(shown.figures.overdue))
            chips.append(Chip(owed, "danger", "triangle-alert"))
        for chip in chips:
            self.chips.addWidget(chip)
        self.chips.addStretch(1)

    def _show_tab(self) -> None:
        if self.shown is None:
            return
        key, shown, go = self.tabs.key, self.shown, self.open_requested.emit
        self.record.setVisible(key == "record")
        clear(self._body)
        made = {
            "activity": lambda: parts.activity(shown, go),
            "sales": lambda: parts.sales(shown, self.today),
            "quotes": lambda: parts.quotes(shown, go),
            "documents": lambda: parts.papers(shown),
            "terms": lambda: parts.terms(shown),
            "summary": lambda: parts.summary(shown, self.today, go),
        }.get(key)
        if made is not None:
            self._body.addWidget(made())

    # acting

    def _write(self, work: Any, *args: Any, **kwargs: Any) -> None:
        task = self.desk.tasks.write(self, work, lambda _done: None, *args, **kwargs)
        self.desk.tasks.or_else(task, self._not_written)

    def _not_written(self, error: Exception) -> None:
        if not self.record.form.show_error(error):
            self._refused(error)

    def _change_site(self, site_id: str, changes: dict[str, Any]) -> None:
        if site_id:
            self._write(accounts.update_site, site_id, **changes)
        else:
            self._write(accounts.add_site, self.account_id, **changes)

    def _remove_contact(self, contact_id: str) -> None:
        def undo() -> None:
            self._write(accounts.restore_contact, contact_id)

        def done(_none: None) -> None:
            self.toast_requested.emit(_("Contact removed"), undo)

        self.desk.tasks.write(self, accounts.remove_contact, done, contact_id)

    def _star(self) -> None:
        if self.shown is not None:
            starred = not self.shown.account.starred
            self._write(accounts.star, self.account_id, starred=starred)

    def _call(self) -> None:
        if self.shown is not None:
            QDesktopServices.openUrl(QUrl(f"tel:{self.shown.account.phone}"))

    def _begin(self, screen: str) -> None:
        options = {"new": True, "account": self.account_id}
        self.open_requested.emit(Ref(screen, options=options))

    def _review(self) -> None:
        if self.shown is not None and self.shown.conflicts:
            self.open_requested.emit(Ref("sync", self.shown.conflicts[0]))
