"""The card on top of Today: the visit that matters now, three facts, and one key to log it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from app import i18n
from app.i18n import _, ngettext
from app.services.account_figures import Fact
from app.services.agenda import DayPlan, Hero
from app.views.widgets import wording
from app.views.widgets.avatar import Avatar
from app.views.widgets.button import Button, OutcomeTile
from app.views.widgets.chip import Chip
from app.views.widgets.layout import AccentCard, Elided, Icon, Item, clear, column, row, text
from app.views.widgets.notices import EmptyState


class HeroCard(QWidget):
    """Shows one of six situations; says by signal what was pressed."""

    logged = Signal(str)  # outcome
    started = Signal()
    record_asked = Signal()
    call_asked = Signal()
    report_asked = Signal()
    skipped = Signal()
    proposal_asked = Signal()
    tomorrow_asked = Signal()
    close_asked = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._column = column(gap=0)
        self.setLayout(self._column)
        self.tiles: dict[str, OutcomeTile] = {}

    def show_hero(
        self, plan: DayPlan, now: datetime, facts: Sequence[Fact], last_visit: date | None,
        grade: str, *, can_call: bool,
    ) -> None:  # fmt: skip
        """Show what matters now; `can_call` when there is a number to call."""
        clear(self._column)
        self.tiles.clear()
        hero = plan.hero
        if hero.situation == "empty":
            self._column.addWidget(self._empty())
        elif hero.situation == "done":
            self._column.addWidget(self._done(plan))
        else:
            self._column.addWidget(
                self._visit(hero, now, facts, last_visit, grade, can_call=can_call)
            )

    def _empty(self) -> QWidget:
        see = Button(_("See the proposal"), icon="wand-sparkles", kind="primary")
        see.clicked.connect(self.proposal_asked)
        return EmptyState(
            "route",
            _("No visits on this day"),
            _("The proposal takes customers who are due, near each other and open."),
            see,
        )

    def _done(self, plan: DayPlan) -> QWidget:
        n = len(plan.rows)
        words = ngettext("{n} visit", "{n} visits", n).format(n=n)
        close = Button(_("Close the day"), icon="list-checks", kind="primary")
        close.clicked.connect(self.close_asked)
        tomorrow = Button(_("Plan tomorrow"), icon="route")
        tomorrow.clicked.connect(self.tomorrow_asked)
        inside = column(
            text(_("DONE"), "caps", tone="success"),
            text(" · ".join([words, *[i18n.kilometres(plan.metres)] * bool(plan.metres)]), "h2"),
            4,
            row(close, tomorrow, None),
            gap=4,
            margins=(20, 14, 16, 14),
        )
        return AccentCard(inside, "success")

    def _visit(
        self, hero: Hero, now: datetime, facts: Sequence[Fact], last_visit: date | None,
        grade: str, *, can_call: bool,
    ) -> QWidget:  # fmt: skip
        stop = hero.row
        assert stop is not None  # noqa: S101 - these situations have one
        record = Button(_("Record"), icon="notebook-tabs", kind="ghost")
        call = Button(_("Call"), icon="phone", kind="ghost")
        report = Button(_("Report"), icon="notebook-pen", kind="ghost")
        for button, signal in (
            (record, self.record_asked), (call, self.call_asked), (report, self.report_asked),
        ):  # fmt: skip
            button.clicked.connect(signal)
        late = hero.situation == "late"
        caps = text(_situation(hero, now), "caps", tone="warning" if late else "accent")
        buttons = [record, call, report] if can_call else [record, report]
        head = row(
            Avatar(stop.name, 44), (column(caps, Elided(stop.name, "h2"), gap=2), 1), *buttons,
            gap=12,
        )  # fmt: skip
        parts: list[Item] = [head, 2, self._chips(stop.city, last_visit, grade, now)]
        parts += [self._fact(fact) for fact in facts]
        parts += [4, self._ask(hero), 2, self._outcomes()]
        return AccentCard(column(*parts, gap=6, margins=(20, 12, 16, 12)), "accent")

    def _chips(self, city: str, last: date | None, grade: str, now: datetime) -> QWidget:
        chips: list[QWidget] = []
        if grade:
            chips.append(Chip(_("Customer {grade}").format(grade=grade), "success"))
        if last is not None:
            ago = i18n.days_ago(last, i18n.local(now).date())
            chips.append(Chip(_("Last visit {when}").format(when=ago), "neutral", "history"))
        else:
            chips.append(Chip(_("First visit"), "violet", "sparkles"))
        if city:
            chips.append(Chip(city, "neutral", "map-pin"))
        holder = QWidget()
        holder.setLayout(row(*chips, None, gap=6))
        return holder

    def _fact(self, fact: Fact) -> QWidget:
        holder = QWidget()
        words = Elided(wording.fact(fact.key, fact.params))
        holder.setLayout(row(Icon(fact.icon, fact.tone, 16), (words, 1), gap=8))
        return holder

    def _ask(self, hero: Hero) -> QWidget:
        holder = QWidget()
        question = text(_("How did it go?"), "strong")
        late = hero.situation == "late"
        words = "" if late else _("One key logs the visit. The detail can wait.")
        hint = Elided(words, "muted")
        buttons: list[Button] = []
        if late:
            again = Button(_("Plan the rest anew"), icon="wand-sparkles", kind="ghost", size="sm")
            again.clicked.connect(self.proposal_asked)
            buttons.append(again)
        if hero.situation != "visiting":
            skip = Button(_("I am not going"), icon="ban", kind="ghost", size="sm")
            skip.clicked.connect(self.skipped)
            start = Button(_("Start the visit"), icon="play", kind="soft", size="sm", key="↵")
            start.clicked.connect(self.started)
            buttons += [skip, start]
        holder.setLayout(row(question, (hint, 1), *buttons, gap=8))
        return holder

    def _outcomes(self) -> QWidget:
        holder = QWidget()
        for n, (key, (tone, icon)) in enumerate(wording.OUTCOMES.items(), 1):
            tile = OutcomeTile(wording.outcome(key), icon, tone, str(n))
            tile.clicked.connect(lambda _checked=False, key=key: self.logged.emit(key))
            self.tiles[key] = tile
        holder.setLayout(row(*[(tile, 1) for tile in self.tiles.values()], gap=8))
        return holder


def _situation(hero: Hero, now: datetime) -> str:
    """Return the line above the name, in capitals."""
    stop = hero.row
    assert stop is not None  # noqa: S101
    if hero.situation == "visiting" and hero.since is not None:
        length = i18n.duration(max(0, round((now - hero.since).total_seconds())))
        words = _("visiting since {time} · {length}")
        return words.format(time=i18n.clock(hero.since), length=length).upper()
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
