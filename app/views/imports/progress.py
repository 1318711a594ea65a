"""The last step: how far the import is, how it ended, and where to go from there."""

from __future__ import annotations

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QFrame, QStackedWidget

from app import i18n
from app.i18n import _
from app.services.imports.plan import ImportPlan
from app.views import theme
from app.views.widgets.button import Button
from app.views.widgets.layout import Icon, box, column, line, row, text
from app.views.widgets.progress import Progress

_POLL_MS = 80
_REASONS = 6


class Run:
    """An import under way, as the writing thread and the window share it: plain values only."""

    def __init__(self) -> None:
        self.done, self.total, self.stop = 0, 0, False

    def progress(self, done: int, total: int) -> None:
        self.done, self.total = done, total

    def is_stopped(self) -> bool:
        return self.stop


class ProgressCard(QFrame):
    """How far it is while it runs; afterwards the report."""

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("card", "true")
        self.run: Run | None = None
        self.progress = Progress(_("Importing"))
        self.report_label, self.left_out = text("", "h2", wrap=True), text("", "muted", wrap=True)
        self._icon = Icon("circle-check", "success_text", 28)
        self.portfolio_button = Button(_("See in the portfolio"), icon="users", kind="primary")
        self.undo_button = Button(_("Undo the import"), icon="undo-2")
        self.again_button = Button(_("Import another list"), icon="upload", kind="ghost")
        self._timer = QTimer(self, interval=_POLL_MS)
        self._timer.timeout.connect(self._show_run)
        self.progress.cancelled.connect(self._stop)
        self._line = line()
        self._lay_out()

    def _lay_out(self) -> None:
        self._body = QStackedWidget()
        self.progress.setFixedWidth(theme.px(460))
        running = column(None, row(None, self.progress, None), None)
        buttons = row(self.portfolio_button, self.undo_button, self.again_button, None, gap=10)
        done = column(
            row(self._icon, (self.report_label, 1), gap=12), 6, buttons, 8, self._line,
            self.left_out, None, gap=8, margins=(24, 24, 24, 24),
        )  # fmt: skip
        self._body.addWidget(box(running))
        self._body.addWidget(box(done))
        self.setLayout(column(self._body, gap=0, margins=(1, 1, 1, 1)))

    def begin(self) -> Run:
        """Show a new run and follow it."""
        self.run = Run()
        self._body.setCurrentIndex(0)
        self.progress.begin()
        self._show_run()
        self._timer.start()
        return self.run

    def end(self) -> None:
        self._timer.stop()
        self.progress.end()
        self.run = None

    def show_report(self, report: ImportPlan) -> None:
        self.end()
        self._icon.show_icon("circle-check", "success_text")
        self.report_label.setText(report_words(report))
        self.portfolio_button.setVisible(report.kind == "accounts")
        self.undo_button.setVisible(bool(report.count("add") + report.count("update")))
        reasons = [
            _("Line {line}: {reason}").format(line=i18n.number(r.line), reason=r.reason)
            for r in report.refused[:_REASONS]
        ]
        more = len(report.refused) - len(reasons)
        if more > 0:
            reasons.append(_("and {n} more").format(n=i18n.number(more)))
        self.left_out.setText("\n".join([_("Left out:"), *reasons] if reasons else []))
        self._line.setVisible(bool(reasons))
        self._body.setCurrentIndex(1)

    def show_undone(self) -> None:
        self._icon.show_icon("undo-2", "info_text")
        self.report_label.setText(
            _("The import is undone. What was changed since then stays.")
        )  # fmt: skip
        self.left_out.clear()
        self._line.hide()
        self.undo_button.hide()

    def _show_run(self) -> None:
        if self.run is None:
            return
        self.progress.show_amount(self.run.done, self.run.total, _rows)
        if not self.run.total:
            self.progress.words.setText(_("Reading the rows"))

    def _stop(self) -> None:
        if self.run is not None:
            self.run.stop = True
            self.progress.words.setText(_("Stopping: nothing will be imported."))
            self.progress.words.show()
            self.progress.stop.hide()
            self._timer.stop()


def _rows(done: int, total: int) -> str:
    return _("{n} of {total} rows").format(n=i18n.number(done), total=i18n.number(total))


def report_words(report: ImportPlan) -> str:
    """Say in one sentence what an import has done."""
    counts = [
        (report.count("add"), _("{n} added")), (report.count("update"), _("{n} updated")),
        (report.count("unchanged"), _("{n} unchanged")), (len(report.refused), _("{n} left out")),
    ]  # fmt: skip
    said = [words.format(n=i18n.number(n)) for n, words in counts if n]
    return _("{n} read: {what}").format(n=i18n.number(report.read), what=", ".join(said))
