"""The layer in which one of the copies is chosen to go back to."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QButtonGroup, QRadioButton, QWidget

from app import i18n
from app.i18n import _
from app.services.backups import Backup
from app.views.widgets.button import Button
from app.views.widgets.layer import Layer
from app.views.widgets.layout import column, row, text


def described(backup: Backup) -> str:
    """Return when a copy was made, how large it is, and what is in it."""
    parts = [i18n.moment(backup.at), str(i18n.local(backup.at).year), i18n.size(backup.size)]
    parts.append(_("with photos and documents") if backup.has_files else _("without photos"))
    return " · ".join(parts)


class BackupLayer(Layer):
    """`chosen` carries the name of the copy."""

    chosen = Signal(str)

    def __init__(self, over: QWidget, backups: Sequence[Backup], *, has_server: bool) -> None:
        self._group = QButtonGroup()
        self.buttons: list[QRadioButton] = []
        for backup in backups:
            button = QRadioButton(described(backup))
            button.setProperty("backup", backup.name)
            self._group.addButton(button)
            self.buttons.append(button)
        self.buttons[0].setChecked(True)
        self.go = Button(_("Go back to it"), icon="history", kind="primary")
        give_up = Button(_("Cancel"), kind="ghost")
        words = [
            _("It is checked now and put in place when Viajante starts the next time. What is here"
              " then is copied first, so you can come back to it."),
        ]  # fmt: skip
        if has_server:
            words.append(
                _("Afterwards the office has to give this computer a new code: its series and its"
                  " numbers begin anew, so that none is used twice.")
            )  # fmt: skip
        super().__init__(
            over,
            column(
                text(_("Go back to a backup"), "h2"),
                *(text(each, "muted", wrap=True) for each in words), 4, *self.buttons, 4,
                row(None, give_up, self.go), gap=10, margins=(22, 20, 22, 18),
            ),
            width=560, name=_("Go back to a backup"),
        )  # fmt: skip
        self.go.clicked.connect(self._take)
        give_up.clicked.connect(self.close_layer)

    def _take(self) -> None:
        name = next(str(b.property("backup")) for b in self.buttons if b.isChecked())
        self.close_layer()
        self.chosen.emit(name)
