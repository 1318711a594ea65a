"""What is done with many customers at once; each deed is one step back with Ctrl+Z."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QComboBox, QLineEdit, QMenu

from app.errors import UserError, ValidationError
from app.i18n import _, ngettext, number
from app.models.account import Account
from app.services import account_bulk, account_filters, accounts
from app.views.paged_table import PagedTable
from app.views.portfolio.lead import LeadLayer
from app.views.widgets.ask_layer import AskLayer
from app.views.widgets.bulk_bar import BulkBar, bulk_button
from app.views.widgets.edits import NumberEdit
from app.views.widgets.export_strip import ExportStrip
from app.views.widgets.field import Field
from app.views.widgets.list_foot import ListFoot
from app.views.widgets.page import Page
from app.views.widgets.table_view import TableView


class Bulk(QObject):
    """The bar of the portfolio and its deeds, on what is selected in `view`."""

    def __init__(
        self, page: Page, view: TableView, model: PagedTable, today: Callable[[], date]
    ) -> None:
        super().__init__(page)
        self._page, self._tasks, self._today = page, page.desk.tasks, today
        self._view, self._model, self._chosen = view, model, view.selected_ids
        self.strip = ExportStrip(page.desk.tasks)
        self.strip.finished.connect(self._exported)
        self.layer: AskLayer | None = None
        self.lead: LeadLayer | None = None
        self.to_route = bulk_button(_("Add to the route"), "route", self.add_to_route)
        self.starring = bulk_button(_("Star"), "star", self.star)
        self.change = bulk_button(_("Change"), "pencil", self._show_menu, menu=True)
        self.export = bulk_button(_("Export"), "download", self.export_list)
        self.removal = bulk_button(_("Remove"), "trash-2", lambda: self.remove(self._chosen()))
        self.bar = BulkBar(self.to_route, self.starring, self.change, self.export, self.removal)

    def menu(self) -> QMenu:
        """Return what of the selected customers can be changed."""
        menu = QMenu(self.change)
        menu.addAction(_("Days between visits…"), self.ask_frequency)
        menu.addAction(_("Segment…"), self.ask_segment)
        menu.addAction(_("Add a tag…"), self.ask_tag)
        menu.addAction(_("Take the star away"), lambda: self.star(starred=False))
        return menu

    def _show_menu(self) -> None:
        menu = self.menu()
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(self.change.mapToGlobal(self.change.rect().topLeft()))
        menu.setActiveAction(menu.actions()[0])

    def _say(self, words: str, n: int) -> None:
        self._page.toast_requested.emit(words.format(n=number(n)), True)

    def star(self, *, starred: bool = True) -> None:
        def done(n: int) -> None:
            if starred:
                self._say(ngettext("{n} customer starred", "{n} customers starred", n), n)
            else:
                self._say(ngettext("{n} customer without star", "{n} customers without star", n), n)

        ids = list(self._chosen())
        self._tasks.write(self, account_bulk.star, done, ids, starred=starred)

    def add_to_route(self) -> None:
        """Put the selected customers on today's route."""
        ids = list(self._chosen())

        def done(counts: tuple[int, int]) -> None:
            new, there = counts
            if new:
                words = ngettext(
                    "{n} customer added to today's route", "{n} customers added to today's route",
                    new,
                )  # fmt: skip
                self._page.toast_requested.emit(words.format(n=number(new)), True)
            elif there:
                self._page.toast_requested.emit(_("Already on today's route"), None)

        self._tasks.write(self, account_bulk.add_to_route, done, self._today(), ids)

    def qualify(self, account: Account) -> None:
        """Say how promising a prospect is."""
        self.lead = LeadLayer(self._page, self._page.desk, account)
        self.lead.saved.connect(
            lambda name: self._page.toast_requested.emit(
                _("{name} qualified").format(name=name), True
            )
        )

    def remove(self, ids: Sequence[str]) -> None:
        def done(n: int) -> None:
            self._say(ngettext("{n} customer removed", "{n} customers removed", n), n)

        self._tasks.write(self, account_bulk.remove, done, list(ids))

    def export_list(self) -> None:
        """Write the selected customers into a file, or all that are listed."""
        chosen = self._chosen()
        ids = chosen if len(chosen) > 1 else self._model.ids
        self.strip.begin(_("Portfolio"), self._view, self._model, ids)

    def _exported(self, rows: int, path: Path) -> None:
        words = ngettext("{n} customer in {name}", "{n} customers in {name}", rows)
        said = words.format(n=number(rows), name=path.name)
        self._page.toast_requested.emit(said, None)

    # asking first

    def _ask(self, title: str, field: Field, answered: Callable[[str], None]) -> None:
        self.layer = AskLayer(self._page, title, field)
        self.layer.answered.connect(answered)

    def _deed(self, work: Callable[..., int], value: object) -> None:
        layer, ids = self.layer, list(self._chosen())

        def done(n: int) -> None:
            if layer is not None:
                layer.close_layer()
            self._say(ngettext("{n} customer changed", "{n} customers changed", n), n)

        def refused(error: Exception) -> None:
            if layer is not None and isinstance(error, ValidationError):
                layer.refuse(error.message)
            else:
                self._tasks.failed.emit(self._page, error)

        self._tasks.or_else(self._tasks.write(self, work, done, ids, value), refused)

    def ask_frequency(self) -> None:
        edit = NumberEdit(_("Days between visits"), places=0, least=1)
        self._ask(_("Days between visits"), Field(_("Days"), edit), self._take_frequency)

    def _take_frequency(self, words: str) -> None:
        if not words.strip().isdigit():
            if self.layer is not None:
                self.layer.refuse(_("A number is needed here."))
            return
        self._deed(account_bulk.set_frequency, int(words))

    def ask_tag(self) -> None:
        field = Field(_("Tag"), QLineEdit())
        self._ask(_("Add a tag"), field, lambda words: self._deed(account_bulk.add_tag, words))

    def ask_segment(self) -> None:
        def ask(choices: dict[str, list[tuple[str, str]]]) -> None:
            box = QComboBox()
            for id_, words in choices["segment_id"]:
                box.addItem(words, id_)
            field = Field(_("Segment"), box)
            self._ask(_("Segment"), field, lambda id_: self._deed(account_bulk.set_segment, id_))

        self._tasks.read(self, account_filters.choices, ask)


class CellEdits(QObject):
    """Saves what is written into the cells of the list, one customer at a time."""

    def __init__(self, page: Page, model: PagedTable, view: TableView, foot: ListFoot) -> None:
        super().__init__(page)
        self._page, self._model, self._foot = page, model, foot
        view.written.connect(self.write)

    def write(self, id_: str, key: str, words: str) -> None:
        """Save a cell; what cannot be used stays in it, marked, with the reason below the list."""
        self._model.keep_draft(id_, key, words)
        if key == "frequency" and words and not words.isdigit():
            self._refuse(id_, key, words, _("A number of days is needed here, such as 28."))
            return
        fields: dict[str, dict[str, Any]] = {
            "frequency": {"visit_every_days": int(words) if words.isdigit() else None},
            "phone": {"phone": words}, "email": {"email": words},
        }  # fmt: skip
        tasks = self._page.desk.tasks

        def done(_account: object) -> None:
            self._model.keep_draft(id_, key, None)
            self._model.refresh([id_])
            self._say_problem()

        def failed(error: Exception) -> None:
            if isinstance(error, UserError):
                self._refuse(id_, key, words, error.message)
            else:
                tasks.failed.emit(self._page, error)

        tasks.or_else(tasks.write(self, accounts.update, done, id_, **fields[key]), failed)

    def _refuse(self, id_: str, key: str, words: str, why: str) -> None:
        self._model.keep_draft(id_, key, words, why)
        self._say_problem()

    def _say_problem(self) -> None:
        reasons = list(self._model.refused.values())
        self._foot.show_problem(reasons[-1] if reasons else "")
