"""To be written."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Signal

from app.views.widgets.page import Desk, Page


class FirstRunPage(Page):
    connected = Signal()
    theme_chosen = Signal(str)
    language_chosen = Signal(str)

    def __init__(self, desk: Desk, *rest: Any) -> None:
        super().__init__(desk)
