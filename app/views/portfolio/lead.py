"""How promising a prospect is: four marks, where it stands, and why it was given up."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QComboBox, QFrame, QLineEdit, QWidget

from app.i18n import _
from app.models.account import Account, LeadState
from app.services import leads
from app.services.leads import BEST, MARKS
from app.views.widgets.button import Button
from app.views.widgets.field import Field
from app.views.widgets.form import Form
from app.views.widgets.layer import Layer
from app.views.widgets.layout import column, row, text
from app.views.widgets.page import Desk


class LeadFields(QFrame):
    """The fields, with the score of the marks beside their title."""

    def __init__(self, form: Form) -> None:
        super().__init__()
        self.setProperty("bare", True)
        self.form = form
        self.score = text("", "strong")
        marks = []
        for name in MARKS:
            box = QComboBox()
            box.addItem("–", "")
            for mark in range(BEST + 1):
                box.addItem(str(mark), str(mark))
            box.currentIndexChanged.connect(lambda _at: self._show_score())
            marks.append(form.add(name, Field(leads.mark_words(name), box)))
        self.state = QComboBox()
        self.state.addItem("–", "")
        for state in LeadState:
            self.state.addItem(leads.state_words(state), str(state))
        self.state.currentIndexChanged.connect(lambda _at: self._show_reason())
        where = form.add("lead_state", Field(_("State of the prospect"), self.state))
        self.reason = form.add("lead_reason", Field(_("Why it was discarded"), QLineEdit()))
        keeping = self.reason.sizePolicy()
        keeping.setRetainSizeWhenHidden(True)
        self.reason.setSizePolicy(keeping)
        self.setLayout(
            column(
                row(text(_("How promising it is"), "strong"), None, self.score),
                row(*((mark, 1) for mark in marks), gap=10),
                row((where, 2), (self.reason, 3), gap=10), gap=8,
            )
        )  # fmt: skip
        self._show_score()
        self._show_reason()

    def _show_score(self) -> None:
        given = [self.form.fields[name].value() for name in MARKS if name in self.form.fields]
        known = [int(mark) for mark in given if mark]
        most = BEST * len(MARKS)
        self.score.setText(f"{sum(known)}/{most}" if known else "")

    def _show_reason(self) -> None:
        discarded = self.state.currentData() == LeadState.DISCARDED
        self.reason.setVisible(discarded)

    def show_lead(self, account: Account) -> None:
        """Show what is known of a prospect."""
        values = {name: getattr(account, name) for name in (*MARKS, "lead_state", "lead_reason")}
        self.form.show({name: "" if value is None else str(value)
                        for name, value in values.items()})  # fmt: skip
        self._show_score()
        self._show_reason()


class LeadLayer(Layer):
    """Qualifies a prospect that is there already."""

    saved = Signal(str)  # its name

    def __init__(self, over: QWidget, desk: Desk, account: Account) -> None:
        self._desk, self._account = desk, account
        self.fields = LeadFields(Form())
        self.fields.show_lead(account)
        self.button = Button(_("Save"), icon="check", kind="primary", key="Ctrl ↵")
        cancel = Button(_("Cancel"), kind="ghost", key="Esc")
        inside = column(
            text(account.name, "h2", wrap=True), self.fields, row(None, cancel, self.button),
            gap=12, margins=(22, 18, 22, 18),
        )  # fmt: skip
        super().__init__(over, inside, width=620, name=_("How promising it is"))
        cancel.clicked.connect(self.close_layer)
        self.button.clicked.connect(self.save)
        QShortcut(QKeySequence("Ctrl+Return"), self).activated.connect(self.save)

    def save(self) -> None:
        values = {name: field.value() for name, field in self.fields.form.fields.items()}
        task = self._desk.tasks.write(self, leads.qualify, self._saved, self._account.id, values)
        self._desk.tasks.or_else(task, self._refused)

    def _saved(self, account: Account) -> None:
        self.close_layer()
        self.saved.emit(account.name)

    def _refused(self, error: Exception) -> None:
        if not self.fields.form.show_error(error):
            self._desk.tasks.failed.emit(self, error)
        self.fit()
