"""Lists from other programs, in four steps: the file, its columns, what is odd, and in."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QStackedWidget, QWidget

from app import i18n
from app.errors import UserError
from app.i18n import _, ngettext
from app.services.imports import matching, reading
from app.services.imports import plan as importing
from app.services.imports.plan import ImportPlan
from app.services.imports.reading import Source
from app.services.imports.rows import Choices
from app.views.imports import wording
from app.views.imports.columns import ColumnsCard
from app.views.imports.outlook import TWINS, WIDTH, OutlookPanel
from app.views.imports.picking import pick_file
from app.views.imports.progress import ProgressCard, report_words
from app.views.imports.review import ReviewCard, problems
from app.views.tasks import Task
from app.views.widgets.button import Button, Segmented
from app.views.widgets.chip import Chip
from app.views.widgets.columns import Columns
from app.views.widgets.layout import card, column, row, text
from app.views.widgets.notices import Banner, EmptyState
from app.views.widgets.page import Desk, Page, Ref
from app.views.widgets.stepper import Steps

KINDS = ("accounts", "products")
FILE, COLUMNS, REVIEW, IMPORT = range(4)


class ImportPage(Page):
    """`choose` is what follows the file picker; `plan` is the dry run, `report` what was done."""

    split: Columns

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(desk, parent)
        self.setObjectName("Page")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setAcceptDrops(True)
        self.pick: Callable[[QWidget], Path | None] = pick_file
        self.path: Path | None = None
        self.source: Source | None = None
        self.plan: ImportPlan | None = None
        self.report: ImportPlan | None = None
        self._guessed: Source | None = None  # as it was read without being told how
        self._columns: dict[str, int] = {}
        self._chosen: dict[str, int] = {}  # before this page was left, for the file it was left at
        self._kind_is_said = False
        self._task: Task | None = None
        self.title = text("", "h1")
        self.steps = Steps([_("File"), _("Columns"), _("Review"), _("Import")])
        self.file_chip = Chip("", "neutral", "file-text", size="sm")
        self.problem = Banner("danger")
        self.kind = Segmented([_("Customers"), _("Products")], name=_("What the list holds"))
        self.pick_button = Button(_("Choose a file"), icon="folder-open", kind="primary", size="lg")
        self.columns, self.review = ColumnsCard(), ReviewCard(desk.tasks)
        self.outlook, self.progress = OutlookPanel(), ProgressCard()
        self.back_button = Button(_("Go back"), icon="arrow-left", kind="ghost")
        self.import_button = Button("", icon="check", size="lg")
        self.review_button = Button("", icon="arrow-right", kind="primary", size="lg")
        self._lay_out()
        self._connect()
        self._start()

    def _lay_out(self) -> None:
        first = EmptyState(
            "file-up", _("Bring your list from Excel or another program"),
            _("Drop a CSV or Excel file here. Nothing is imported until you have seen what will"
              " happen."), self.pick_button,
        )  # fmt: skip
        self._kind_above = row(None, self.kind, None)
        choose = card(self._kind_above, (first, 1), margins=(16, 24, 16, 24))
        self.body = QStackedWidget()
        for part in (choose, self.columns, self.review, self.progress):
            self.body.addWidget(part)
        head = row(self.title, 14, self.steps, None, self.file_chip, gap=8)
        self.split = Columns(self.body, self.outlook, title=_("What will happen"), width=WIDTH)
        self._kind_below = row(gap=0)
        foot = row(
            self.back_button, self._kind_below, None, self.import_button, self.review_button, gap=10
        )
        self.setLayout(
            column(head, self.problem, (self.split, 1), foot, gap=10, margins=(20, 12, 20, 14))
        )

    @property
    def busy(self) -> bool:
        """Whether a list is being looked at, or read in."""
        return self.source is not None

    def _connect(self) -> None:
        self.kind.clicked.connect(self._change_kind)
        self.pick_button.clicked.connect(self._pick)
        self.columns.changed.connect(self._change_columns)
        self.outlook.decided.connect(self._make_plan)
        self.outlook.read_anew.connect(self._read_anew)
        self.back_button.clicked.connect(self.back)
        self.review_button.clicked.connect(lambda: self._go(REVIEW))
        self.import_button.clicked.connect(self.begin_import)
        self.progress.portfolio_button.clicked.connect(self._open_portfolio)
        self.progress.undo_button.clicked.connect(self.undo)
        self.progress.again_button.clicked.connect(self._start)

    # where we are

    @property
    def kind_key(self) -> str:
        """What is imported: accounts or products."""
        return KINDS[self.kind.index]

    @property
    def step(self) -> int:
        return self.body.currentIndex()

    @property
    def report_text(self) -> str:
        """What is said when the import is done or undone; "" before."""
        label = self.progress.report_label
        return label.text() if label.isVisibleTo(self) and self.step == IMPORT else ""

    @property
    def problem_text(self) -> str:
        """What is said to be wrong with the file; "" when nothing is."""
        return self.problem.accessibleName() if not self.problem.isHidden() else ""

    def show_ref(self, ref: Ref) -> None:
        self.crumbs_changed.emit([_("Portfolio"), _("Import")])
        if self.progress.run is not None:
            return  # it goes on
        self._start()
        said = ref.options.get("as", "")
        if said in KINDS:
            self._kind_is_said = True
            self._show_kind(said)
        if ref.options.get("file"):
            self.choose(Path(ref.options["file"]))
        else:
            self.pick_button.setFocus()

    def state(self) -> dict[str, Any]:
        if self.step not in {COLUMNS, REVIEW} or self.source is not self._guessed:
            return {}
        return {"file": self.path, "as": self.kind_key, "columns": self._columns}

    def restore(self, state: dict[str, Any]) -> None:
        if self.progress.run is None:
            self._kind_is_said, self._chosen = True, state["columns"]
            self._show_kind(state["as"])
            self.choose(state["file"])

    def _start(self) -> None:
        """Begin anew, without a file."""
        self._drop_task()
        self.path = self.source = self.plan = self.report = self._guessed = None
        self._columns, self._kind_is_said = {}, False
        self.outlook.twins.index = self.outlook.days.index = 0
        self.problem.hide()
        self._go(FILE)

    def _go(self, step: int) -> None:
        self.body.setCurrentIndex(step)
        self.steps.show_step(step)
        self.title.setText(
            _("Import customers") if self.kind_key == "accounts" else _("Import products")
        )
        self.split.set_side_wanted(wanted=step in {COLUMNS, REVIEW})
        if step == FILE:
            self._kind_above.insertWidget(1, self.kind)
        else:
            self._kind_below.addWidget(self.kind)
        self.kind.setVisible(step in {FILE, COLUMNS})
        self.back_button.setVisible(step in {COLUMNS, REVIEW})
        self._show_buttons()

    def _show_buttons(self) -> None:
        work = self.plan.count("add") + self.plan.count("update") if self.plan is not None else 0
        odd = len(problems(self.plan)) if self.plan is not None else 0
        here = self.step in {COLUMNS, REVIEW}
        to_review = here and self.step == COLUMNS and bool(odd)
        self.review_button.setVisible(to_review)
        self.review_button.setText(
            ngettext("Review {n} row", "Review {n} rows", odd).format(n=i18n.number(odd))
        )
        self.import_button.kind = "secondary" if to_review else "primary"
        self.import_button.setText(
            ngettext("Import {n} row", "Import {n} rows", work).format(n=i18n.number(work))
        )
        self.import_button.setVisible(here and bool(work))
        self.file_chip.setVisible(self.source is not None)
        if self.source is not None:
            self.file_chip.show_status(wording.named(self.source), "neutral", "file-text")

    def back(self) -> None:
        """Go one step back; from the columns to another file."""
        if self.step == REVIEW:
            self._go(COLUMNS)
        elif self.step == COLUMNS:
            self._start()

    # the file

    def _pick(self) -> None:
        path = self.pick(self)
        if path is not None:
            self.choose(path)

    def choose(self, path: Path) -> None:
        """Take a file, as the picker gives it: read it and show what it would do."""
        if self.progress.run is not None:
            return
        self._drop_task()
        self.path = path
        self.source = self.plan = self.report = self._guessed = None
        self.problem.hide()
        self._keep(self.desk.tasks.run(self, reading.read_file, self._show_source, path))

    def _read_anew(self) -> None:
        """Read the same file as the person said: other letters, another delimiter."""
        path = self.path
        if path is None or self._guessed is None:
            return
        encoding = str(self.outlook.encoding.currentData() or "")
        delimiter = str(self.outlook.delimiter.currentData() or "")
        titles = self.outlook.titles.isChecked()
        self._drop_task()
        self.plan = None
        self._show_buttons()
        self._keep(
            self.desk.tasks.run(
                self, reading.read_as, self._show_source, path,
                encoding="" if encoding == self._guessed.encoding else encoding,
                delimiter="" if delimiter == self._guessed.delimiter else delimiter,
                titles=titles,
            )
        )  # fmt: skip

    def _show_source(self, source: Source) -> None:
        self.source = source
        self._guessed = self._guessed or source
        if not self._kind_is_said:
            self._show_kind(importing.likely_kind(source))
        self._guess()

    def _show_kind(self, kind: str) -> None:
        self.kind.index = KINDS.index(kind)
        self.kind.update()
        self._go(self.step)

    def _change_kind(self) -> None:
        self._kind_is_said = True
        self._go(self.step)
        if self.source is not None:
            self._guess()

    def _guess(self) -> None:
        assert self.source is not None  # noqa: S101 - only called with a file
        self._columns = self._chosen or importing.guess(self.source, self.kind_key)
        self._chosen = {}
        self.columns.show_source(self.source, self.kind_key, self._columns)
        self.outlook.show_source(self.source)
        self._go(COLUMNS)
        self._make_plan()

    def _change_columns(self, columns: dict[str, int]) -> None:
        self._columns = columns
        self._make_plan()

    # the dry run

    def _choices(self) -> Choices:
        asked = self.plan is not None and self.plan.days is not None and not self.plan.days.is_sure
        day_first = self.outlook.days.index == 0 if asked or self.outlook.days.index else None
        return Choices(TWINS[self.outlook.twins.index], day_first)

    def _make_plan(self) -> None:
        if self.source is None:
            return
        choices = self._choices()
        self._drop_task()
        self.plan = None
        self.problem.hide()
        self.outlook.show_waiting(_("Comparing with what is here"))
        self._show_buttons()
        self._keep(
            self.desk.tasks.read(
                self, importing.plan, self._show_plan, self.source, self.kind_key, self._columns,
                choices,
            )
        )  # fmt: skip

    def _show_plan(self, made: ImportPlan) -> None:
        self.plan = made
        self.outlook.show_plan(made)
        self.columns.show_days(made.days, day_first=self.outlook.days.index == 0)
        self.review.show_plan(made)
        self._show_buttons()

    def _keep(self, task: Task) -> None:
        self._task = self.desk.tasks.or_else(task, self._failed)

    def _drop_task(self) -> None:
        if self._task is not None:
            self._task.cancel()
        self._task = None

    def _failed(self, error: Exception) -> None:
        """Say in place what is wrong with the file; anything unexpected is told as usual."""
        if not isinstance(error, UserError):
            self.desk.tasks.failed.emit(self, error)
            return
        self.outlook.show_waiting(_("Nothing yet."))
        hint = error.hint
        if self.source is not None and not matching.names(self._columns, self.kind_key):
            hint = _("Choose below which column is the name.")
        self.problem.show_message("danger", error.message, hint)
        self.problem.setAccessibleName(f"{error.message} {hint}")
        self.problem.show()
        self._show_buttons()

    # doing it

    def begin_import(self) -> None:
        """Import what the dry run has shown, in one transaction."""
        if self.source is None or self.plan is None or self.progress.run is not None:
            return
        run = self.progress.begin()
        task = self.desk.tasks.write(
            self, importing.carry_out, self._done, self.source, self.kind_key, self._columns,
            self._choices(), progress=run.progress, cancelled=run.is_stopped,
        )  # fmt: skip
        self.desk.tasks.or_else(task, self._stopped)
        self._go(IMPORT)

    def _done(self, report: ImportPlan) -> None:
        self.report = report
        self.progress.show_report(report)
        self._show_buttons()
        self.toast_requested.emit(report_words(report), partial(self._undo, report))

    def _stopped(self, error: Exception) -> None:
        """Nothing was written: go back to where it was begun and say why."""
        self.progress.end()
        self._go(COLUMNS)
        self._failed(error)
        if self.plan is not None:
            self.outlook.show_plan(self.plan)

    def undo(self) -> None:
        """Take the import back, as far as nobody changed its rows since."""
        if self.report is not None:
            self._undo(self.report)

    def _undo(self, report: ImportPlan) -> None:
        if report is self.report:
            self.progress.undo_button.hide()
        self.desk.tasks.write(
            self, importing.undo, lambda _count: self._show_undone(report), report
        )

    def _show_undone(self, report: ImportPlan) -> None:
        if report is self.report:
            self.progress.show_undone()
        self.toast_requested.emit(_("Import undone"), None)

    def _open_portfolio(self) -> None:
        self.open_requested.emit(Ref("portfolio", tab="prospects"))

    # keys and the mouse

    def primary(self) -> None:
        for button in (self.review_button, self.import_button):
            if button.isVisible():
                button.click()
                return
        if self.step == FILE:
            self._pick()

    def escape(self) -> bool:
        if self.step not in {COLUMNS, REVIEW}:
            return False
        self.back()
        return True

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if event.mimeData().hasUrls() and self.progress.run is None:
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        self.choose(Path(event.mimeData().urls()[0].toLocalFile()))
