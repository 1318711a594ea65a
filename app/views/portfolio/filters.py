"""The filters of the portfolio: chips that are on or off, and rules over any field."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

from PySide6.QtCore import QElapsedTimer, QObject, QTimer, Signal
from PySide6.QtWidgets import QWidget

from app.i18n import _
from app.services import account_filters, account_list
from app.services.account_filters import INTERNAL, QUICK, Narrow
from app.services.list_rules import Rule
from app.views.tasks import Task
from app.views.widgets.button import Button
from app.views.widgets.chip import FilterChip
from app.views.widgets.chip_row import ChipRow
from app.views.widgets.flow import flow
from app.views.widgets.page import Desk
from app.views.widgets.rules_layer import RulesLayer

_COUNT_MS = 3000
_FRESH_MS = 30_000  # counting reads every invoice: coming back to the list does not do it anew
_ICONS = {"unvisited": "calendar-clock", "near": "route", "risk": "triangle-alert",
          "no_order": "receipt"}  # fmt: skip
_UNSEEN = frozenset({"risk", "no_order"})  # not while the customer looks
_ORDER = ("A", "unvisited", "near", "risk", "no_order", "B", "C")


class Filters(QObject):
    """Holds what narrows the list; `changed` says that it is another list now."""

    changed = Signal()

    def __init__(self, over: QWidget, desk: Desk, today: Callable[[], date]) -> None:
        super().__init__(over)
        self._over, self._desk, self._today = over, desk, today
        self.rules: tuple[Rule, ...] = ()
        self.choices: dict[str, list[tuple[str, str]]] = {}
        self._counts: dict[str, int] = {}
        self._counted: Task | None = None
        self._quiet = False
        self._later = QTimer(self, singleShot=True, interval=_COUNT_MS)
        self._later.timeout.connect(self._count)
        self._since = QElapsedTimer()  # since the last count
        self.layer: RulesLayer | None = None
        self.more = Button(_("More filters"), icon="list-filter", kind="ghost", size="sm")
        self.more.clicked.connect(self.ask)
        self.quick = {
            key: FilterChip(account_filters.quick_words(key), icon=_ICONS.get(key, ""))
            for key in QUICK
        }
        for chip in self.quick.values():
            chip.toggled.connect(lambda _on: self._switched())
        self._rule_chips: list[FilterChip] = []
        self.row = ChipRow(self.more)
        for chip in self.quick.values():
            chip.setParent(self.row)  # without one, showing it would open a window for a moment
        self.show_chips()

    @property
    def narrow(self) -> Narrow:
        hidden = _UNSEEN if self._desk.customer_mode.on else frozenset()
        on = {key for key, chip in self.quick.items() if chip.isChecked()}
        return Narrow(frozenset(on) - hidden, self.rules)

    def set(self, quick: Sequence[str], rules: Sequence[Rule]) -> None:
        """Set these filters and no others, without saying so."""
        self._quiet = True
        for key, chip in self.quick.items():
            chip.setChecked(key in quick)
        self.rules = tuple(rules)
        self._quiet = False
        self.show_chips()

    def clear(self) -> bool:
        """Take every filter away; False when there was none."""
        if not self.narrow:
            return False
        self.set((), ())
        self.changed.emit()
        return True

    def without(self, quick: str, rule: Rule | None) -> None:
        """Take one filter away."""
        on = self.narrow.quick - {quick}
        self.set(tuple(on), tuple(each for each in self.rules if each != rule))
        self.changed.emit()

    def load_later(self) -> None:
        """Count anew, every few seconds at most: a sync brings one change after another."""
        if not self._later.isActive():
            self._later.start()

    def load(self) -> None:
        """Fetch how many each chip would leave, and what rules can choose from."""
        if not self._since.isValid() or self._since.elapsed() > _FRESH_MS:
            self._count()
        self._desk.tasks.read(self, account_filters.choices, self._take_choices)

    def _count(self) -> None:
        self._since.start()
        task = self._desk.tasks.read(
            self, account_list.quick_counts, self._take_counts, self._today(), QUICK
        )
        self._counted = self._desk.tasks.instead(self._counted, task)

    def _take_counts(self, counts: dict[str, int]) -> None:
        self._counts = counts
        for key, chip in self.quick.items():
            chip.set_count(counts.get(key))
        self.row.place()

    def _take_choices(self, choices: dict[str, list[tuple[str, str]]]) -> None:
        self.choices = choices
        self.show_chips()

    def _switched(self) -> None:
        if not self._quiet:
            self.show_chips()
            self.changed.emit()

    def show_chips(self) -> None:
        """Show the rules as chips, then the quick filters."""
        chips: list[FilterChip] = []
        for rule in self.rules:
            chip = FilterChip(account_filters.rule_words(rule, self.choices), icon="x")
            chip.setChecked(True)
            chip.setToolTip(_("Remove this filter"))
            chip.toggled.connect(lambda _on, rule=rule: self.without("", rule))
            chips.append(chip)
        hidden = _UNSEEN if self._desk.customer_mode.on else frozenset()
        for key in _ORDER:
            self.quick[key].setVisible(key not in hidden)
        shown = [self.quick[key] for key in _ORDER if key not in hidden]
        self.row.set_chips([*chips, *shown], keep=self.quick.values())

    def ask(self) -> None:
        """Open the layer of rules; chips without room in the line stand in it too."""
        fields = account_filters.fields(self._today())
        if self._desk.customer_mode.on:
            fields = {key: each for key, each in fields.items() if key not in INTERNAL}
        self.layer = RulesLayer(
            self._over, fields, account_filters.field_words, self.choices, self.rules,
            today=self._today(), quick=self._without_room(),
        )  # fmt: skip
        self.layer.applied.connect(self._take_rules)

    def _without_room(self) -> list[QWidget]:
        holder, inside = flow(8)
        for chip in self.row.hidden:
            key = next((key for key, each in self.quick.items() if each is chip), "")
            if not key:
                continue
            twin = FilterChip(chip.text(), self._counts.get(key), icon=chip.icon_name)
            twin.setChecked(chip.isChecked())
            twin.toggled.connect(chip.setChecked)
            inside.addWidget(twin)
        return [holder] if inside.count() else []

    def _take_rules(self, rules: tuple[Rule, ...]) -> None:
        self.rules = rules
        self.show_chips()
        self.changed.emit()

    def kept(self) -> dict[str, Any]:
        """Return the filters as a view keeps them."""
        rules = [[rule.field, rule.operator, rule.value] for rule in self.rules]
        return {"quick": sorted(self.narrow.quick), "rules": rules}

    def take(self, content: dict[str, Any]) -> None:
        """Set the filters that a view keeps."""
        quick = [str(key) for key in content.get("quick", [])]
        self.set(quick, account_filters.readable(content.get("rules", [])))
