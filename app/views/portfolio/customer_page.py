"""The customer's page: figures, what happened, what to do, and the record itself."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

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
from app.services import account_feed, accounts, follow_ups, routes
from app.services.account_page import AccountPage, page
from app.views.messages import MessageBar
from app.views.portfolio import tabs as parts
from app.views.portfolio.feed import FeedTab
from app.views.portfolio.figures import figures_card
from app.views.portfolio.head import CustomerHead, email_of, phone_of
from app.views.portfolio.papers import PapersTab
from app.views.portfolio.record_form import RecordForm
from app.views.portfolio.sales import SalesTab
from app.views.tasks import Task
from app.views.widgets.button import Button
from app.views.widgets.columns import Columns
from app.views.widgets.layer import Layer
from app.views.widgets.layout import card, clear, column, text
from app.views.widgets.notices import Banner
from app.views.widgets.paced import Paced
from app.views.widgets.page import Desk, Page, Ref
from app.views.widgets.record_history import HistoryLayer
from app.views.widgets.tabs import Tabs
from app.views.widgets.task_layer import DayLayer

if TYPE_CHECKING:
    from app.models.database import Changes

_SHOWS = (
    Account, Site, Contact, Activity, VisitReport, Quote, Document, Invoice, Receivable, Conflict,
)  # fmt: skip
_LOOKED_AT = ("summary", "quotes")  # tabs that the customer may see
_OF_OTHERS = ("people", "terms")  # and those of a colleague's customer


class CustomerPage(Page):
    """One customer or prospect."""

    places = ("customer", "portfolio")
    customer_safe = True  # it hides what is not the customer's

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(desk, parent)
        self.setObjectName("Page")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.account_id = ""
        self.shown: AccountPage | None = None
        self.layer: Layer | None = None
        self.history: HistoryLayer | None = None
        self._loading: Task | None = None
        self._news = Paced(self, self._load)
        review = Button(_("Review"), kind="danger_ghost", size="sm")
        review.clicked.connect(self._review)
        self.bar, self.banner = MessageBar(), Banner("danger", "", "", review)
        self.others = Banner("info")
        self.head, self.tabs = CustomerHead(desk.settings), Tabs()
        self.record, self.feed = RecordForm(desk), FeedTab(desk)
        self.sales, self.papers = SalesTab(desk), PapersTab(desk)
        self._figures, self._body = QVBoxLayout(), QVBoxLayout()
        for layout in (self._figures, self._body):
            layout.setContentsMargins(0, 0, 0, 0)
        self._standing: dict[str, QWidget] = {
            "activity": self.feed, "sales": self.sales, "documents": self.papers,
            "record": self.record,
        }  # fmt: skip
        self.setLayout(
            column(
                self.bar, self.banner, self.others, self.head, self._figures, self.tabs,
                (self._body, 1), *((part, 1) for part in self._standing.values()), gap=8,
                margins=(20, 12, 20, 16),
            )
        )  # fmt: skip
        for part in (self.banner, self.others, *self._standing.values()):
            part.hide()
        self._connect()

    def _connect(self) -> None:
        self.tabs.chosen.connect(lambda _key: self._show_tab())
        self.head.asked.connect(self._asked)
        self.feed.opened.connect(self.open_requested)
        self.feed.noted.connect(self._note)
        self.papers.said.connect(lambda words: self.toast_requested.emit(words, True))
        self.papers.failed.connect(self._refused)
        self.desk.customer_mode.changed.connect(self._again)
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
        contacts.removed.connect(
            lambda id_: self._write(accounts.remove_contact, id_, said=_("Contact removed"))
        )

    # loading

    def show_ref(self, ref: Ref) -> None:
        self.bar.clear()
        if ref.id != self.account_id:
            self._leave_record()  # what is typed there belongs to the customer before
            self.shown = None
        self.account_id = ref.id
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
            self.record.heard(by_sync=changes.by_sync)
            if changes.by_sync:
                self._news.ask()
            else:
                self._load()

    @property
    def today(self) -> date:
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

    def _again(self) -> None:
        """Show or hide what is not for the customer's eyes."""
        if self.shown is not None:
            self._show(self.shown)

    def _show(self, shown: AccountPage) -> None:
        if shown.account.id != self.account_id:
            return
        self.shown = shown
        looks = self.desk.customer_mode.on
        self.crumbs_changed.emit([_("Portfolio"), shown.account.name])
        self.head.show_head(shown, customer_looks=looks)
        self.banner.setVisible(bool(shown.conflicts) and not looks)
        self.banner.show_message("danger", _("Two versions of this record."))
        self.others.setVisible(bool(shown.owner))
        whose = _("A customer of {name}: you can look, the figures are theirs.")
        self.others.show_message("info", "", whose.format(name=shown.owner))
        clear(self._figures)
        if not shown.owner:
            card_ = figures_card(shown, self.today, customer_looks=looks)
            self._figures.addWidget(card_)
        wanted, tabs = self.tabs.key, self._tabs(shown, looks=looks)
        self.tabs.set_tabs(tabs)
        if wanted not in {key for key, _words, _count in tabs}:
            self.tabs.choose(tabs[0][0])
        self._show_tab()

    def _tabs(self, shown: AccountPage, *, looks: bool) -> list[tuple[str, str, int | None]]:
        """Return the tabs that there are: all of them, or fewer for other eyes and of others."""
        all_: list[tuple[str, str, int | None]] = [
            ("summary", _("Summary"), None), ("activity", _("Activity"), shown.happened),
            ("sales", _("Sales and payments"), None), ("quotes", _("Quotes"), len(shown.quotes)),
            ("documents", _("Documents"), len(shown.documents)), ("people", _("Contacts"), None),
            ("terms", _("Terms"), None), ("record", _("Record"), None),
        ]  # fmt: skip
        if shown.owner:
            return [tab for tab in all_ if tab[0] in _OF_OTHERS]
        if looks:
            return [tab for tab in all_ if tab[0] in _LOOKED_AT]
        hidden = {"people"}
        if shown.account.kind == "prospect" and not shown.has_sales:
            hidden.add("sales")
        return [tab for tab in all_ if tab[0] not in hidden]

    def _show_tab(self) -> None:
        if self.shown is None:
            return
        key, shown, go = self.tabs.key, self.shown, self.open_requested.emit
        for name, part in self._standing.items():
            part.setVisible(name == key)
        clear(self._body)
        self.split = None
        looks = self.desk.customer_mode.on
        made: dict[str, Callable[[], QWidget]] = {
            "quotes": lambda: parts.quotes(shown, go),
            "terms": lambda: parts.terms(shown, self._propose),
            "people": lambda: _people(shown),
            "summary": lambda: self._summary(shown, looks=looks),
        }
        if key in made:
            self._body.addWidget(made[key]())
        elif key == "activity":
            self.feed.show_account(self.account_id)
        elif key == "sales":
            self.sales.show_page(shown, self.today)
        elif key == "record":
            self.record.show_record(shown.account)
        elif key == "documents":
            self.papers.show_documents(self.account_id, shown.documents)

    def _summary(self, shown: AccountPage, *, looks: bool) -> Columns:
        go = self.open_requested.emit
        self.split = made = parts.summary(
            shown, self.today, go, self.tabs.choose, customer_looks=looks
        )
        return made

    # acting

    def act(self, name: str) -> bool:
        """Do what a key asks for; the customer of this page is meant."""
        if name not in {"star", "task", "add_to_route"} or self.shown is None or self.shown.owner:
            return False
        self._asked("route" if name == "add_to_route" else name)
        return True

    def _write(self, work: Any, *args: Any, said: str = "", **kwargs: Any) -> None:
        def done(_outcome: Any) -> None:
            if said:
                self.toast_requested.emit(said, True)

        task = self.desk.tasks.write(self, work, done, *args, **kwargs)
        self.desk.tasks.or_else(task, self._not_written)

    def _not_written(self, error: Exception) -> None:
        if not self.record.form.show_error(error):
            self._refused(error)

    def _change_site(self, site_id: str, changes: dict[str, Any]) -> None:
        if site_id:
            self._write(accounts.update_site, site_id, **changes)
        else:
            self._write(accounts.add_site, self.account_id, **changes)

    def _note(self, words: str) -> None:
        self._write(
            account_feed.add_note, self.account_id, words, now=self.desk.now(), said=_("Note kept")
        )

    def _asked(self, what: str) -> None:
        """Do what the head or its menu asks for."""
        shown = self.shown
        if shown is None:
            return
        name = shown.account.name
        match what:
            case "star":
                self._write(accounts.star, self.account_id, starred=not shown.account.starred)
            case "call":
                QDesktopServices.openUrl(QUrl(f"tel:{phone_of(shown)}"))
            case "email":
                QDesktopServices.openUrl(QUrl(f"mailto:{email_of(shown)}"))
            case "quote" | "visit":
                options = {"new": True, "account": self.account_id}
                self.open_requested.emit(Ref(what, options=options))
            case "route":
                said = _("{name} is on today's route").format(name=name)
                self._write(routes.add_stop, self.today, self.account_id, said=said)
            case "document":
                self.tabs.choose("documents")
                self.papers.add_button.click()
            case "history":
                self.history = HistoryLayer(self, self.desk, "account", self.account_id)
            case "task":
                self._new_task(name)
            case _:
                self._change(what, name)

    def _change(self, what: str, name: str) -> None:
        changes, said = {
            "convert": ({"kind": "customer"}, _("{name} is a customer now")),
            "archive": ({"status": "inactive"}, _("{name} is in the archive")),
            "bring_back": ({"status": "active"}, _("{name} is back from the archive")),
        }[what]
        self._write(accounts.update, self.account_id, said=said.format(name=name), **changes)

    def _new_task(self, name: str) -> None:
        self.setFocus()
        asked = DayLayer(self, _("New task"), lambda: self.today, title=True, whose=name)
        self.layer = asked

        def written(words: str, day: date) -> None:
            said = _("Task noted for {day}").format(day=i18n.day_short(day))
            self._write(
                follow_ups.add_task, words, due_on=day, account_id=self.account_id, said=said
            )

        asked.written.connect(written)

    def _propose(self) -> None:
        """Write to the office, with the terms as they stand."""
        if self.shown is not None:
            subject = _("Change of terms: {name}").format(name=self.shown.account.name)
            body = parts.terms_words(self.shown)
            address = (
                f"mailto:{self.shown.office_email}?subject={quote(subject)}&body={quote(body)}"
            )
            QDesktopServices.openUrl(QUrl(address))

    def _review(self) -> None:
        if self.shown is not None and self.shown.conflicts:
            self.open_requested.emit(Ref("sync", self.shown.conflicts[0]))

    def _leave_record(self) -> None:
        if self.record.isVisible():
            self.record.leave()

    def retire(self) -> None:
        self._leave_record()


def _people(shown: AccountPage) -> QWidget:
    """Return the people of a colleague's customer, to be called but not changed."""
    here = [contact for contact in shown.account.contacts if contact.removed_at is None]
    rows = [parts.person(contact) for contact in here]
    holder = QWidget()
    none = [] if rows else [text(_("No contacts yet"), "muted")]
    holder.setLayout(column(card(text(_("Contacts"), "h2"), *rows, *none), None))
    return holder
