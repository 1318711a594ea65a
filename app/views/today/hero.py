"""The card on top of Today: the visit that matters now, three facts, and one key to log it."""

from __future__ import annotations

from datetime import date, datetime
from typing import NamedTuple

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from app import i18n
from app.i18n import _, ngettext
from app.services.account_figures import Fact
from app.services.agenda import DayPlan, DayRow, Hero
from app.services.door import Door
from app.views.widgets import wording
from app.views.widgets.avatar import Avatar
from app.views.widgets.button import Button, OutcomeTile
from app.views.widgets.chip import Chip
from app.views.widgets.flow import flow
from app.views.widgets.layout import AccentCard, Elided, Icon, Item, box, clear, column, row, text
from app.views.widgets.notices import EmptyState

_PRIVATE = {"overdue", "promised"}  # facts that are not for the customer's eyes


class Shown(NamedTuple):
    """What the card needs to know besides the day itself."""

    now: datetime
    door: Door | None  # None while it is on its way
    is_first_use: bool = False  # nobody in the portfolio yet
    due: int = 0  # customers who are due, for an empty day
    customer_looks: bool = False
    is_evening: bool = False  # the day may be closed, whatever is left of it
    has_failed: bool = False  # what is worth knowing at the door could not be read


class HeroCard(QWidget):
    """Shows one of six situations; says by signal what was pressed.

    `can_log` tells whether an outcome has a visit to go to; `tiles` are the outcomes on the card.
    """

    logged = Signal(str)  # outcome
    asked = Signal(str)  # begin, start, record, call, report, skip, notify, propose, choose, route,
    # tomorrow, close, import, add, retry
    fact_opened = Signal(object)  # Fact

    def __init__(self) -> None:
        super().__init__()
        self._column = column(gap=0)
        self.setLayout(self._column)
        self.tiles: dict[str, OutcomeTile] = {}
        self.can_log = False
        self.main = ""  # what Enter asks for

    def show_hero(self, plan: DayPlan, shown: Shown) -> None:
        """Show what matters now."""
        clear(self._column)
        self.tiles.clear()
        hero = plan.hero
        self.can_log = hero.situation not in {"empty", "done"}
        self.main = ""
        if shown.customer_looks and hero.situation != "visiting":
            title = _("Customer mode is on")
            why = _("Your visits stay hidden while the customer may be looking.")
            self._column.addWidget(EmptyState("eye-off", title, why))
        elif hero.situation == "empty":
            self._column.addWidget(self._empty(plan, shown))
        elif hero.situation == "done":
            self._column.addWidget(self._done(plan))
        else:
            self._column.addWidget(self._visit(plan, shown))

    def _button(
        self, what: str, words: str, icon: str, kind: str = "secondary", *, key: str = "",
        size: str = "md",
    ) -> Button:  # fmt: skip
        made = Button(words, icon=icon, kind=kind, key=key, size=size)
        made.clicked.connect(lambda: self.asked.emit(what))
        return made

    def _empty(self, plan: DayPlan, shown: Shown) -> QWidget:
        if shown.is_first_use:
            return EmptyState(
                "users", _("Begin with your customers"),
                _("Today shows where to go and what matters there as soon as it knows them."),
                self._button("import", _("Import your portfolio"), "file-up", "primary"),
                self._button("add", _("Add your first customer"), "user-plus"),
            )  # fmt: skip
        today = i18n.local(shown.now).date()
        title = _("No visits today") if plan.day == today else _("No visits on this day")
        why = _("The proposal takes customers who are due, near each other and open.")
        if shown.due:
            due = ngettext("{n} customer is due.", "{n} customers are due.", shown.due)
            why = f"{due.format(n=shown.due)} {why}"
        self.main = "propose"
        return EmptyState(
            "route", title, why,
            self._button("propose", _("See the proposal"), "wand-sparkles", "primary"),
            self._button("choose", _("Choose myself"), "list"),
        )  # fmt: skip

    def _done(self, plan: DayPlan) -> QWidget:
        n = len(plan.rows)
        words = ngettext("{n} visit", "{n} visits", n).format(n=n)
        caps = _("DAY CLOSED") if plan.is_closed else _("DONE")
        close = self._button(
            "close", _("Close the day"), "list-checks", "secondary" if plan.is_closed else "primary"
        )
        tomorrow = self._button(
            "tomorrow", _("Plan tomorrow"), "route", "primary" if plan.is_closed else "secondary"
        )
        self.main = "tomorrow" if plan.is_closed else "close"
        inside = column(
            text(caps, "caps", tone="success"),
            text(" · ".join([words, *[i18n.kilometres(plan.metres)] * bool(plan.metres)]), "h2"),
            4, row(close, tomorrow, None), gap=4, margins=(20, 14, 16, 14),
        )  # fmt: skip
        return AccentCard(inside, "success")

    def _visit(self, plan: DayPlan, shown: Shown) -> QWidget:
        hero, stop = plan.hero, plan.hero.row
        assert stop is not None  # noqa: S101 - these situations have one
        tone = "warning" if hero.situation == "late" else "accent"
        caps = Elided(situation(hero, shown.now), "caps", tone=tone)
        door = shown.door
        side = [self._button("record", _("Record"), "notebook-tabs", "ghost")]
        if door is not None and door.phone:
            side.append(self._button("call", _("Call"), "phone", "ghost"))
        if hero.situation == "visiting":
            side.append(self._button("report", _("Report"), "notebook-pen", "ghost"))
        head = row(
            Avatar(stop.name, 44), (column(caps, Elided(stop.name, "h2"), gap=2), 1), *side, gap=8
        )
        parts: list[Item] = [head, 2, self._chips(stop, shown)]
        facts = door.facts if door is not None else ()
        if shown.customer_looks:
            facts = tuple(fact for fact in facts if fact.key not in _PRIVATE)
        parts += [self._fact(fact) for fact in facts]
        if shown.has_failed:
            words = Elided(_("This could not be worked out."), "muted")
            retry = self._button("retry", _("Retry"), "refresh-cw", "soft", size="sm")
            parts.append(row(Icon("circle-alert", "danger"), (words, 1), retry))
        parts += [4, self._ask(hero, plan, may_close=shown.is_evening)]
        if hero.situation != "before":
            parts += [2, self._outcomes()]
        return AccentCard(column(*parts, gap=5, margins=(20, 12, 16, 12)), tone)

    def _chips(self, stop: DayRow, shown: Shown) -> QWidget:
        holder, line = flow(6)
        today, door = i18n.local(shown.now).date(), shown.door
        chips: list[Chip] = []
        if door is not None:
            if door.grade and not shown.customer_looks:
                chips.append(Chip(_("Customer {grade}").format(grade=door.grade), "success"))
            chips.append(_last_chip(door.last_visit, today))
            if door.draft is not None:
                words = _("Draft quote · {amount}").format(amount=i18n.money(door.draft))
                chips.append(Chip(words, "info", "file-text"))
            if door.owes is not None and not shown.customer_looks:
                paid = Chip(_("No debt"), "neutral", "circle-check")
                words = _("Owes {amount}").format(amount=i18n.money(door.owes))
                chips.append(Chip(words, "neutral", "banknote") if door.owes else paid)
        if stop.city:
            chips.append(Chip(stop.city, "neutral", "map-pin"))
        for chip in chips:
            line.addWidget(chip)
        return holder

    def _fact(self, fact: Fact) -> QWidget:
        """Return a fact with the link that shows its reason."""
        holder = QWidget()
        words = wording.fact(fact.key, fact.params)
        parts: list[Item] = [Icon(fact.icon, fact.tone, 16), (Elided(words), 1)]
        if fact.screen:
            see = Button(_("See"), kind="link", size="sm")
            see.setFixedHeight(see.sizeHint().height() - 6)
            see.setAccessibleName(_("See: {what}").format(what=words))
            see.clicked.connect(lambda: self.fact_opened.emit(fact))
            parts.append(see)
        holder.setLayout(row(*parts, gap=8))
        return holder

    def _ask(self, hero: Hero, plan: DayPlan, *, may_close: bool) -> QWidget:
        match hero.situation:
            case "before":
                start = ("begin", _("Start the route")) if plan.has_route else (
                    "start", _("Start the visit"))  # fmt: skip
                self.main = start[0]
                hint = Elided(_("At the door, keys 1 to 5 log the visit."), "muted")
                buttons = [
                    self._button(start[0], start[1], "play", "primary", key="↵"),
                    self._button("route", _("See route"), "route", key="R"),
                ]
                return box(row(*buttons, (hint, 1), gap=8))
            case "visiting":
                hint = Elided(_("One key logs the visit. The detail can wait."), "muted")
                return box(row(text(_("How did it go?"), "strong"), (hint, 1), gap=8))
        self.main = "start"
        buttons = [self._button("start", _("Start the visit"), "play", "primary", key="↵")]
        if hero.situation == "late":
            buttons += [
                self._button("notify", _("Let them know"), "send"),
                self._button("propose", _("Reorder"), "wand-sparkles"),
            ]
        buttons.append(self._button("skip", _("I am not going"), "ban", "ghost"))
        if may_close:
            buttons.append(self._button("close", _("Close the day"), "list-checks", "ghost"))
        holder, line = flow(8)  # late in the evening they are five
        for button in buttons:
            line.addWidget(button)
        return holder

    def _outcomes(self) -> QWidget:
        holder = QWidget()
        for n, (key, (tone, icon)) in enumerate(wording.OUTCOMES.items(), 1):
            tile = OutcomeTile(wording.outcome(key), icon, tone, str(n))
            tile.clicked.connect(lambda _checked=False, key=key: self.logged.emit(key))
            self.tiles[key] = tile
        holder.setLayout(row(*[(tile, 1) for tile in self.tiles.values()], gap=8))
        return holder


def _last_chip(last: date | None, today: date) -> Chip:
    if last is None:
        return Chip(_("First visit"), "violet", "sparkles")
    ago = i18n.days_ago(last, today)
    return Chip(_("Last visit {when}").format(when=ago), "neutral", "history")


def situation(hero: Hero, now: datetime) -> str:
    """Return the line above the name, in capitals."""
    stop = hero.row
    assert stop is not None  # noqa: S101 - only of situations with a visit
    if hero.situation == "visiting" and hero.since is not None:
        length = i18n.duration(max(0, round((now - hero.since).total_seconds())))
        same = i18n.local(hero.since).date() == i18n.local(now).date()
        since = i18n.clock(hero.since) if same else i18n.moment(hero.since)
        return _("visiting since {time} · {length}").format(time=since, length=length).upper()
    at = i18n.clock(stop.at) if stop.at else ""
    if hero.situation == "late":
        length = i18n.duration(hero.late_minutes * 60)
        return _("next · {length} late").format(length=length).upper()
    if hero.situation == "before" and hero.leave_at is not None:
        return _("first visit · leave at {time}").format(time=i18n.clock(hero.leave_at)).upper()
    if stop.drive_m:
        distance = i18n.kilometres(stop.drive_m)
        return _("next · {time} · {distance}").format(time=at, distance=distance).upper()
    return _("next · {time}").format(time=at).upper()
