"""Keeps what is being typed into a form within two seconds, and shows it after a crash."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtWidgets import QWidget

from app.services import drafts
from app.views.widgets.form import Form
from app.views.widgets.page import Desk

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

EVERY_MS = 1500  # so that it is on disk two seconds after the key


class FormDrafts(QObject):
    """The draft of one form of one record; `begin` before the form shows another record."""

    kept = Signal()  # what was typed is on disk
    restored = Signal()  # what was being typed is shown again

    def __init__(self, desk: Desk, owner: QWidget, form: Form, kind: str) -> None:
        super().__init__(owner)
        self._desk, self._owner, self._form, self._kind = desk, owner, form, kind
        self._row_id = ""
        self._kept: dict[str, str] | None = None
        self._timer = QTimer(self, singleShot=True, interval=EVERY_MS)
        self._timer.timeout.connect(self.keep)
        form.typed.connect(self._begin_to_wait)

    def begin(self, row_id: str = "") -> None:
        """Show again what was being typed into `row_id`, when the program ended in between."""
        self._turn_to(row_id)
        self._desk.tasks.read(
            self._owner, drafts.find, lambda found: self._restore(row_id, found), self._kind, row_id
        )

    def take_up(self, row_id: str, found: Mapping[str, str] | None) -> None:
        """Do what `begin` does where the draft was read along with what the form now shows."""
        self._turn_to(row_id)
        self._restore(row_id, found)

    def _turn_to(self, row_id: str) -> None:
        if self._timer.isActive():
            self.keep()
        self._row_id, self._kept = row_id, None

    def along(self) -> Callable[[Session], None]:
        """Return what brings the draft up to date in the transaction that saves the rest."""
        self._timer.stop()
        self._kept = typing = self._form.draft()
        kind, row_id = self._kind, self._row_id
        if not typing:
            return partial(drafts.forget, form=kind, row_id=row_id)
        now = self._desk.now()
        return partial(drafts.keep, form=kind, row_id=row_id, fields=typing, now=now)

    def keep(self) -> None:
        """Keep what is typed and not saved now; nothing typed, and the draft goes."""
        self._timer.stop()
        typing = self._form.draft()
        if typing == (self._kept or {}):
            return
        self._kept = typing
        if typing:
            self._desk.tasks.write(
                self._owner, drafts.keep, lambda _none: self.kept.emit(), self._kind,
                self._row_id, typing, now=self._desk.now(),
            )  # fmt: skip
        else:
            self.forget()

    @property
    def waiting(self) -> bool:
        """Whether something was typed since it was last kept."""
        return self._timer.isActive()

    def forget(self) -> None:
        """What was typed is saved, or is not wanted."""
        self._timer.stop()
        self._kept = {}
        self._desk.tasks.write(
            self._owner, drafts.forget, lambda _none: None, self._kind, self._row_id
        )

    def _begin_to_wait(self) -> None:
        if not self._timer.isActive():  # every two seconds, and not two after the last key
            self._timer.start()

    def _restore(self, row_id: str, found: Mapping[str, str] | None) -> None:
        if found and row_id == self._row_id:
            self._kept = dict(found)
            self._form.restore(found)
            if self._form.touched():
                self.restored.emit()
            else:
                self.forget()
