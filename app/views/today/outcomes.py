"""One key logs the visit; what that outcome asks for is asked afterwards, and may be left open."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import date
from typing import Any

from app import i18n
from app.i18n import _
from app.services import revisit, visits
from app.services.revisit import Slot
from app.services.visits import Logged
from app.views.today import answers
from app.views.widgets import wording
from app.views.widgets.choices import Choice, Choices
from app.views.widgets.page import Page, Ref

_PATIENCE_S = 3.0  # a question that comes later would disturb what one does by then


class Outcomes:
    """Logs visits for a page; `asking` is the question that is open."""

    def __init__(self, page: Page, reload: Callable[[], None]) -> None:
        self._page, self._desk, self._reload = page, page.desk, reload
        self._busy = ""  # the visit that a key is being stored for
        self.asking: Choices | None = None
        self._slots: list[Slot] = []  # that are proposed

    @property
    def _today(self) -> date:
        return i18n.local(self._desk.now()).date()

    def forget(self) -> None:
        """Let the same visit be logged again: it may have been taken back."""
        self._busy = ""

    def choose(self, visit_id: str, name: str) -> None:
        """Ask how a visit went, and log it."""
        choices = [
            Choice(key, wording.outcome(key), icon)
            for key, (_tone, icon) in wording.OUTCOMES.items()
        ]
        title = _("How did it go with {name}?").format(name=name)
        asked = self._open(Choices(self._over(), title, _("One key logs the visit."), choices))
        asked.chosen.connect(lambda outcome: self.log(visit_id, outcome))

    def _over(self) -> Page:
        """Return the page with the focus on itself: what has it now may be gone when it returns."""
        self._page.setFocus()
        return self._page

    def _open(self, asked: Choices) -> Choices:
        self.asking = asked
        asked.closed.connect(self._shut)
        return asked

    def _shut(self) -> None:
        self.asking = None

    def log(self, visit_id: str, outcome: str) -> None:
        """Store an outcome at once; a second press while that goes on is dropped."""
        if visit_id == self._busy:
            return
        self._busy = visit_id
        task = self._desk.tasks.write(
            self._page, visits.log, self._logged, visit_id, outcome=outcome, now=self._desk.now()
        )
        self._desk.tasks.or_else(task, self._not_logged)

    def _not_logged(self, error: Exception) -> None:
        self._busy = ""
        self._desk.tasks.failed.emit(self._page, error)
        self._reload()

    def _logged(self, logged: Logged) -> None:
        if not self._page.isVisible():
            self._say(logged)
            return
        match logged.outcome:
            case "follow_up":
                self._ask(logged, answers.ask_when(self._over(), logged, self._today))
            case "no_interest":
                self._ask(logged, answers.ask_why(self._over(), logged))
            case "not_in" if logged.account_id:
                asked_at = time.monotonic()
                task = self._desk.tasks.read(
                    self._page, revisit.slots,
                    lambda slots: self._propose(logged, slots, time.monotonic() - asked_at),
                    logged.account_id, now_day=self._today,
                )  # fmt: skip
                self._desk.tasks.or_else(task, lambda _error: self._say(logged))
            case "quote":
                self._say(logged)
                options = {
                    "new": True, "account": logged.account_id, "activity": logged.activity_id,
                }  # fmt: skip
                self._page.open_requested.emit(Ref("quote", options=options))
            case _:
                self._say(logged)

    def _say(self, logged: Logged) -> None:
        outcome = wording.outcome(logged.outcome)
        words = _("Visit logged: {outcome}").format(outcome=outcome)
        self._page.toast_requested.emit(words, True)

    def _propose(self, logged: Logged, slots: list[Slot], took_s: float) -> None:
        """Ask when to come back; not when there is no answer to give, nor long after the key."""
        here = self._page.isVisible() and self.asking is None
        if not slots or not here or took_s > _PATIENCE_S:
            self._say(logged)
            return
        self._slots = slots
        self._ask(logged, answers.ask_again(self._over(), logged, slots))

    def _ask(self, logged: Logged, asked: Choices) -> None:
        """Take the answer in; what stays open is said with the way back."""
        self._open(asked)

        def closed() -> None:
            if not asked.answer:
                self._say(logged)

        asked.chosen.connect(lambda key: self._answer(logged, key))
        asked.closed.connect(closed)

    def _answer(self, logged: Logged, key: str) -> None:
        if logged.outcome == "not_in":
            slot = self._slots[int(key)]
            when = f"{i18n.day_short(slot.day)}, {i18n.clock(slot.at)}"
            said = _("Visit planned: {when}").format(when=when)
            self._write(revisit.book, said, logged.activity_id, slot.at)
            return
        more: dict[str, Any] = {"motive": key}
        said = _("Visit logged: {outcome}").format(outcome=wording.motive(key))
        if logged.outcome == "follow_up":
            day = answers.follow_up_days(self._today)[key]
            more = {"follow_up_on": day}
            said = _("Follow-up on {day}").format(day=i18n.day_short(day))
        self._write(
            visits.log, said, logged.activity_id, outcome=logged.outcome, now=self._desk.now(),
            **more,
        )  # fmt: skip

    def _write(self, work: Any, said: str, *args: Any, **kwargs: Any) -> None:
        def done(_outcome: Any) -> None:
            self._page.toast_requested.emit(said, True)

        self._desk.tasks.write(self._page, work, done, *args, **kwargs)
