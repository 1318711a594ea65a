"""A part of Today that is worked out by itself: when that fails, only this part says so."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Concatenate, ParamSpec, TypeVar

from PySide6.QtWidgets import QWidget

from app.errors import UserError
from app.i18n import _
from app.views.tasks import Task, Tasks
from app.views.widgets.button import Button
from app.views.widgets.layout import Icon, card, column, row, text

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

P = ParamSpec("P")
R = TypeVar("R")


class Block(QWidget):
    """Shows `content`, or in its place what went wrong with a button to try again."""

    def __init__(self, tasks: Tasks, content: QWidget) -> None:
        super().__init__()
        self._tasks, self.content = tasks, content
        self._task: Task | None = None
        self._again: Callable[[], None] = lambda: None
        self.words = text("", "muted", wrap=True)
        self.retry = Button(_("Retry"), icon="refresh-cw", kind="soft", size="sm")
        self.retry.clicked.connect(lambda _checked: self._again())
        self.problem = card(row(Icon("circle-alert", "danger"), (self.words, 1), self.retry))
        self.setLayout(column((content, 1), self.problem, gap=0))
        self.problem.hide()

    def read(
        self,
        work: Callable[Concatenate[Session, P], R],
        done: Callable[[R], None],
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> None:
        """Read with `work` and give `done` the outcome; an earlier reading is dropped."""

        def found(outcome: R) -> None:
            self.problem.hide()
            self.content.show()
            done(outcome)

        self._again = lambda: self.read(work, done, *args, **kwargs)
        task = self._tasks.read(self, work, found, *args, **kwargs)
        self._task = self._tasks.instead(self._task, self._tasks.or_else(task, self._failed))

    def _failed(self, error: Exception) -> None:
        said = f"{error.message} {error.hint}".strip() if isinstance(error, UserError) else ""
        self.words.setText(said or _("This could not be worked out."))
        self.content.hide()
        self.problem.show()
