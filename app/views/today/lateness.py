"""«I am running late»: a message that is ready, and the ways to send it from this computer."""

from __future__ import annotations

from datetime import datetime, timedelta
from urllib.parse import quote

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QPlainTextEdit, QWidget

from app import i18n
from app.i18n import _
from app.services.agenda import DayRow
from app.services.door import Door
from app.views import theme
from app.views.widgets.button import Button, IconButton
from app.views.widgets.layer import Layer
from app.views.widgets.layout import Item, column, row, text

_STEP_MINUTES = 5


def arrival(stop: DayRow, now: datetime) -> datetime:
    """Return when the rep will be there, as one says it: on five minutes, after the drive."""
    there = now + timedelta(seconds=stop.drive_s or _STEP_MINUTES * 60)
    over = timedelta(minutes=there.minute % _STEP_MINUTES, seconds=there.second,
                     microseconds=there.microsecond)  # fmt: skip
    return there - over + timedelta(minutes=_STEP_MINUTES if over else 0)


def message(door: Door, at: datetime) -> str:
    """Return the message in the customer's language, where that is one of ours."""
    spoken = door.language if door.language in {"es", "en"} else i18n.language()
    with i18n.speaking(spoken):
        hello = _("Hello {name},").format(name=door.greeting.split(" ")[0]) if door.greeting else (
            _("Hello,"))  # fmt: skip
        body = _("I am running late: I will be with you at about {time}. Sorry for the wait.")
        return f"{hello}\n{body.format(time=i18n.clock(at))}\n{door.me}"


def ways(door: Door, words: str) -> list[tuple[str, str, str]]:
    """Return (name, icon, address) of each way to send it."""
    found = []
    digits = "".join(sign for sign in door.phone if sign.isdigit())
    if door.phone.startswith("+") and digits:
        found.append(
            (_("WhatsApp"), "message-circle", f"https://wa.me/{digits}?text={quote(words)}")
        )
    if door.email:
        subject = quote(_("I am running late"))
        found.append(
            (_("Email"), "mail", f"mailto:{door.email}?subject={subject}&body={quote(words)}")
        )
    if door.phone:
        found.append((_("Call"), "phone", f"tel:{door.phone}"))
    return found


class LateLayer(Layer):
    """Shows the message, to be changed, and opens the program that sends it."""

    def __init__(self, over: QWidget, door: Door, at: datetime) -> None:
        self._door = door
        self.words = QPlainTextEdit(message(door, at))
        self.words.setAccessibleName(_("Message"))
        self.words.setTabChangesFocus(True)
        self.words.setFixedHeight(theme.px(104))
        close = IconButton("x", _("Close"), key="Esc", size="sm")
        self.buttons: list[Button] = []
        for n, (name, icon, _url) in enumerate(ways(door, "")):
            self.buttons.append(Button(name, icon=icon, kind="secondary" if n else "primary"))
        parts: list[Item] = [
            row((text(_("Let {name} know").format(name=door.name), "h2", wrap=True), 1), close),
            text(_("The message is opened in your own program, and you send it."), "muted",
                 wrap=True),
            self.words,
        ]  # fmt: skip
        if self.buttons:
            parts.append(row(None, *self.buttons))
        else:
            parts.append(text(_("No telephone and no email of this customer is known."), "muted",
                              wrap=True))  # fmt: skip
        super().__init__(over, column(*parts, gap=10, margins=(20, 16, 16, 18)), width=520,
                         name=_("Let them know"))  # fmt: skip
        close.clicked.connect(self.close_layer)
        if self.buttons:
            self.buttons[0].setFocus(Qt.FocusReason.TabFocusReason)
        for n, button in enumerate(self.buttons):
            button.clicked.connect(lambda _checked=False, n=n: self._send(n))

    def _send(self, n: int) -> None:
        _name, _icon, address = ways(self._door, self.words.toPlainText())[n]
        QDesktopServices.openUrl(QUrl(address))
        self.close_layer()
