"""What is asked after an outcome: when to follow up, why not, when to come back. All may wait."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from PySide6.QtWidgets import QWidget

from app import i18n
from app.i18n import _
from app.rules import follow_up
from app.services.revisit import Slot
from app.services.visits import Logged
from app.views.widgets import wording
from app.views.widgets.choices import Choice, Choices

# chips of a follow-up: working days, or a fortnight
_DAYS = {"1": 1, "3": 3, "5": 5}
_USUAL = 2
MOTIVES = ("price", "quality", "service", "competition", "closing", "other")


def follow_up_days(today: date) -> dict[str, date]:
    """Return the days that are offered after «follow-up», by the key of their answer."""
    days = {key: follow_up.add_working_days(today, count) for key, count in _DAYS.items()}
    return days | {"14": follow_up.add_working_days(today + timedelta(days=14), 0)}


def ask_when(over: QWidget, logged: Logged, today: date) -> Choices:
    """Ask only when to follow up; five days are stored already."""
    words = {"1": _("Tomorrow"), "3": _("3 days"), "5": _("5 days"), "14": _("2 weeks")}
    days = follow_up_days(today)
    choices = [Choice(key, words[key]) for key in words]
    day = i18n.day_short(days["5"])
    why = _("Logged. The follow-up is on {day} unless you say otherwise.").format(day=day)
    title = _("When to follow up with {name}?").format(name=logged.account_name)
    return Choices(over, title, why, choices, usual=_USUAL)


def ask_why(over: QWidget, logged: Logged) -> Choices:
    """Ask for the motive, by one key."""
    choices = [Choice(key, wording.motive(key)) for key in MOTIVES]
    title = _("Why is {name} not interested?").format(name=logged.account_name)
    return Choices(over, title, _("Logged. Esc leaves the reason open."), choices)


def ask_again(over: QWidget, logged: Logged, slots: Sequence[Slot]) -> Choices:
    """Propose when to come back to somebody who was not there."""
    choices = []
    for n, slot in enumerate(slots):
        words = f"{i18n.day_short(slot.day)} · {i18n.clock(slot.at)}"
        choices.append(Choice(str(n), words, "calendar-plus", _detour(slot.extra_minutes)))
    title = _("Come back to {name}?").format(name=logged.account_name)
    why = _("Logged. These moments fit into your days; Esc leaves it for later.")
    return Choices(over, title, why, choices, listed=True)


def _detour(minutes: int | None) -> str:
    if minutes is None:
        return ""
    if minutes < 2:
        return _("on the way")
    return _("{length} more of driving").format(length=i18n.duration(minutes * 60))
