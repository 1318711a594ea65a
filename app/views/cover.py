"""What stands in the place of a screen that the customer, who may be looking, must not see."""

from __future__ import annotations

from PySide6.QtCore import Signal

from app.i18n import _
from app.views import keymap
from app.views.widgets.button import Button
from app.views.widgets.layout import column
from app.views.widgets.notices import EmptyState
from app.views.widgets.page import Desk, Page


class Cover(Page):
    """Says that customer mode is on, and leads back to the customer or out of it."""

    left = Signal()  # customer mode is to be switched off

    customer_safe = True

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        back = Button(_("Go back"), icon="arrow-left", kind="primary")
        back.clicked.connect(self.back_requested)
        leave = Button(
            _("Leave customer mode"), icon="eye",
            key=keymap.printed(desk.settings, "customer_mode"),
        )  # fmt: skip
        leave.clicked.connect(self.left)
        why = _("This screen shows other customers or figures of your own, so it stays covered"
                " while the customer may be looking.")  # fmt: skip
        self.setLayout(
            column(None, EmptyState("eye-off", _("Customer mode is on"), why, back, leave), None)
        )
