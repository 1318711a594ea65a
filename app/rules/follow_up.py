"""What to do next, and when: days counted in working days, reasons as keys for the screens."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, timedelta

SATURDAY = 5
# working days after a visit until it is followed up, by outcome; others ask for nothing
AFTER_VISIT = {"follow_up": 5, "quote": 5, "not_in": 1}
OVERDUE_STEPS = (7, 15, 30)
EXPIRING_DAYS = 3
# an order is late when the usual interval has passed so many times, and so many days at least
SILENT, LEAST_SILENT_DAYS = 1.3, 10


def working_day(day: date, holidays: Collection[date] = ()) -> bool:
    return day.weekday() < SATURDAY and day not in holidays


def add_working_days(day: date, count: int, holidays: Collection[date] = ()) -> date:
    """Return the working day that is `count` working days after `day`; 0 is `day` or the next."""
    while not working_day(day, holidays):
        day += timedelta(days=1)
    for _step in range(count):
        day += timedelta(days=1)
        while not working_day(day, holidays):
            day += timedelta(days=1)
    return day


def after_visit(outcome: str, today: date, holidays: Collection[date] = ()) -> date | None:
    """Return when a visit with this outcome is followed up, or None when nothing is due."""
    days = AFTER_VISIT.get(outcome)
    return None if days is None else add_working_days(today, days, holidays)


def after_quote(issued: date, days: int, holidays: Collection[date] = ()) -> date:
    """Return when to ask about a quote: `days` after it went out, on a working day."""
    return add_working_days(issued + timedelta(days=days), 0, holidays)


def next_visit(last: date, every_days: int, holidays: Collection[date] = ()) -> date:
    """Return when a customer is due again, on a working day."""
    return add_working_days(last + timedelta(days=every_days), 0, holidays)


def overdue_step(due: date, today: date) -> int | None:
    """Return the step reached by a payment: 7, 15 or 30 days late, or None before the first."""
    late = (today - due).days
    return max((step for step in OVERDUE_STEPS if late >= step), default=None)


def is_expiring(valid_until: date | None, today: date) -> bool:
    """Tell whether an offer ends within three days, today included, and has not ended yet."""
    return valid_until is not None and 0 <= (valid_until - today).days <= EXPIRING_DAYS


def is_expired(valid_until: date | None, today: date) -> bool:
    return valid_until is not None and valid_until < today
