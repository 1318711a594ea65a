"""A form over one row at a time: saved field by field, kept while typing, merged with a sync."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QLineEdit, QPlainTextEdit, QWidget

from app.errors import UserError, ValidationError
from app.i18n import _
from app.views.widgets.form import Form
from app.views.widgets.form_drafts import FormDrafts
from app.views.widgets.page import Desk

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

Write = Callable[["Session", str, dict[str, Any]], object]
Change = Callable[[str], dict[str, Any]]


class LiveForm(QObject):
    """Saves each field of a row as it is left or chosen, together with its draft.

    `write(session, row_id, changes)` stores what `change(name)` returned for each field.
    """

    said = Signal(str)  # beside the heading: typing, saved, here again
    settled = Signal(str)  # the id of a row of which nothing is being written any more
    refused = Signal(str, object)  # the id of a row, and why: nothing that a field can say

    def __init__(
        self, desk: Desk, owner: QWidget, form: Form, kind: str, *, write: Write, change: Change
    ) -> None:
        super().__init__(owner)
        self._desk, self._owner, self._form = desk, owner, form
        self._write, self._change = write, change
        self._row_id, self._is_shown, self._fixed = "", False, False
        self._saving: Counter[str] = Counter()  # what is read meanwhile may be older than that
        self._recovered = False
        self.by_sync = False  # whether what is shown next comes from a sync
        self.drafts = FormDrafts(desk, owner, form, kind)
        form.left.connect(lambda name: self._save([name]))
        form.typed.connect(self._typed)
        self.drafts.kept.connect(self._say_saved)
        self.drafts.restored.connect(self._restored)

    def heard(self, *, by_sync: bool) -> None:
        """Mind that what is read from now on may come from a sync: the form's bar will say so."""
        self.by_sync = self.by_sync or by_sync

    def begin(self, row_id: str) -> None:
        """Save what is being typed, and await `row_id`; the same one goes on as it is."""
        if row_id != self._row_id:
            self.leave()
            self._row_id, self._is_shown = row_id, False

    def is_older(self, row_id: str) -> bool:
        """Tell whether what was read of `row_id` is not wanted: `settled` asks to read it anew."""
        return row_id != self._row_id or self._saving[row_id] > 0

    def show(
        self, values: Mapping[str, str], draft: Mapping[str, str] | None, *, fixed: bool = False,
        by_sync: bool = False,
    ) -> None:  # fmt: skip
        """Show the row that was begun, or what came of it under what is being typed.

        `draft` is what was being typed when the program ended; `fixed` may only be read. `by_sync`
        is what this object's `by_sync` was when the values were asked for.
        """
        first, self._is_shown, self._fixed = not self._is_shown, True, fixed
        if by_sync:
            self.by_sync = False
        if first:
            self._recovered = False
            self.said.emit("")
            self.drafts.keep()  # what was typed last belongs to the row before
            self._form.show(values)
            self.drafts.take_up(self._row_id, None if fixed else draft)
        elif fixed:
            self._form.show(values)
        else:
            self._form.merge(values, by_sync=by_sync)

    # saving

    def save(self) -> None:
        """Save all that is typed and can be saved, as if its fields were left."""
        if self._is_shown and not self._fixed and (names := self._form.ready()):
            self._save(names)

    def leave(self) -> None:
        """Save what can be saved and keep the rest: the row is left, or the page is made anew."""
        if self._is_shown and not self._fixed:
            self.save()
            self.drafts.keep()

    def _save(self, names: Sequence[str]) -> None:
        if not self._is_shown or self._fixed:
            return
        changes: dict[str, Any] = {}
        for name in names:
            self._form.saving(name)
            changes |= self._change(name)
        row_id, along = self._row_id, self.drafts.along()
        self._saving[row_id] += 1
        task = self._desk.tasks.write(
            self._owner, _both, lambda _done: self._saved(row_id), self._write, row_id, changes,
            along,
        )  # fmt: skip
        self._desk.tasks.or_else(task, partial(self._not_saved, row_id, names))
        if task.cancelled:  # the window closes
            self._saving[row_id] -= 1

    def _saved(self, row_id: str) -> None:
        self._saving[row_id] -= 1
        if row_id == self._row_id:
            self._say_saved()
        self._settle(row_id)

    def _settle(self, row_id: str) -> None:
        if not self._saving[row_id]:
            self.settled.emit(row_id)

    def _not_saved(self, row_id: str, names: Sequence[str], error: Exception) -> None:
        self._saving[row_id] -= 1
        if row_id != self._row_id:
            self.refused.emit(row_id, error)
            return
        for name in names:
            self._form.not_saved(name)
        if isinstance(error, ValidationError) and error.field in self._form.fields:
            self._form.fields[error.field].set_error(error.message)
        else:
            for name in names if isinstance(error, UserError) else ():
                self._take_back(name)
            self.refused.emit(row_id, error)
        self.drafts.keep()
        self._settle(row_id)

    def _take_back(self, name: str) -> None:
        """What was chosen and refused is not chosen; what was typed stays to be mended."""
        if not isinstance(self._form.fields[name].editor, QLineEdit | QPlainTextEdit):
            self._form.take_back(name)

    # what is said

    def _typed(self) -> None:
        if self._is_shown:
            self._recovered = False
            self.said.emit(_("Typing…"))

    def _say_saved(self) -> None:
        words = _("Draft recovered") if self._recovered else _("Saved on this computer")
        if not self.drafts.waiting:
            self.said.emit(words)

    def _restored(self) -> None:
        self._recovered = True
        self.said.emit(_("Draft recovered"))
        self.save()


def _both(
    session: Session, write: Write, row_id: str, changes: dict[str, Any],
    along: Callable[[Session], None],
) -> None:  # fmt: skip
    """Change a row and its draft in one transaction."""
    write(session, row_id, changes)
    along(session)
