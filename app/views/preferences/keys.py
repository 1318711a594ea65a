"""The keys that work everywhere, as the settings list them."""

from __future__ import annotations

from collections.abc import Callable

from app.i18n import _

KEYS: tuple[tuple[str, Callable[[], str]], ...] = (
    ("Ctrl+K", lambda: _("Search or go to…")),
    ("Alt+← · Alt+→", lambda: _("Back and forward")),
    ("Ctrl+Z", lambda: _("Undo")),
    ("1 – 5", lambda: _("Log the visit, on Today")),
    ("V", lambda: _("New visit")),
    ("P", lambda: _("New quote")),
    ("G", lambda: _("New expense")),
    ("F5", lambda: _("Sync now")),
    ("F9", lambda: _("Theme: light, dark or sun")),
)
