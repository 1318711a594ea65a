"""More filters: rows of field, operator and value, all of which have to hold."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QComboBox, QFrame, QLineEdit, QStackedWidget, QWidget

from app.errors import ValidationError
from app.i18n import _
from app.services import list_rules
from app.services.list_rules import CHOICE, Field, Rule
from app.views import theme
from app.views.widgets.button import Button, IconButton
from app.views.widgets.layer import Layer
from app.views.widgets.layout import box, column, row, scroll, text

Choices = Mapping[str, Sequence[tuple[str, str]]]
_MOST = 8


class RuleRow(QFrame):
    """One rule; the value is typed, or chosen where the field knows its values."""

    removed = Signal()

    def __init__(
        self, fields: Mapping[str, Field], words: Callable[[str], str], choices: Choices,
        today: date,
    ) -> None:  # fmt: skip
        super().__init__()
        self.setProperty("bare", True)
        self._fields, self._choices, self._today = fields, choices, today
        self.field, self.operator, self.choice = QComboBox(), QComboBox(), QComboBox()
        self.typed, self.problem = QLineEdit(), text("", "error", wrap=True)
        for part, name in (
            (self.field, _("Field")), (self.operator, _("Condition")), (self.choice, _("Value")),
            (self.typed, _("Value")),
        ):  # fmt: skip
            part.setAccessibleName(name)
        for key in fields:
            self.field.addItem(words(key), key)
        self.value = QStackedWidget()
        self.value.addWidget(self.typed)
        self.value.addWidget(self.choice)
        self.value.setFixedHeight(theme.px(34))
        drop = IconButton("x", _("Remove this filter"), size="sm")
        drop.clicked.connect(self.removed)
        self.problem.hide()
        line = row((self.field, 3), (self.operator, 3), (self.value, 3), drop, gap=6)
        self.setLayout(column(line, self.problem, gap=2))
        self.field.currentIndexChanged.connect(self._take_field)
        self.operator.currentIndexChanged.connect(self._take_operator)
        self._take_field()

    @property
    def kind(self) -> str:
        return self._fields[self.field.currentData()].kind

    def show_rule(self, rule: Rule) -> None:
        self.field.setCurrentIndex(max(0, self.field.findData(rule.field)))
        self.operator.setCurrentIndex(max(0, self.operator.findData(rule.operator)))
        if self.kind == CHOICE:
            self.choice.setCurrentIndex(max(0, self.choice.findData(rule.value)))
        else:
            self.typed.setText(list_rules.said(self.kind, rule))

    def _take_field(self) -> None:
        self.operator.clear()
        for operator in list_rules.OPERATORS[self.kind]:
            self.operator.addItem(list_rules.operator_words(operator), operator)
        self.choice.clear()
        for value, words in self._choices.get(self.field.currentData(), ()):
            self.choice.addItem(words, value)
        self._take_operator()

    def _take_operator(self) -> None:
        operator = self.operator.currentData() or ""
        self.value.setCurrentIndex(1 if self.kind == CHOICE else 0)
        self.value.setVisible(operator not in list_rules.ALONE)

    def rule(self) -> Rule | None:
        """Return the rule, or None when its value cannot be used, which is then said."""
        operator = self.operator.currentData()
        words = self.choice.currentData() if self.kind == CHOICE else self.typed.text()
        try:
            value = list_rules.canonical(self.kind, operator, words or "", today=self._today)
        except ValidationError as error:
            self.problem.setText(error.message)
            self.problem.show()
            self.typed.setFocus(Qt.FocusReason.OtherFocusReason)
            return None
        self.problem.hide()
        return Rule(self.field.currentData(), operator, value)


class RulesLayer(Layer):
    """Rows of rules over a list; `applied` carries them when all can be used."""

    applied = Signal(object)  # tuple[Rule, ...]

    def __init__(
        self, over: QWidget, fields: Mapping[str, Field], words: Callable[[str], str],
        choices: Choices, rules: Sequence[Rule], *, today: date, quick: Sequence[QWidget] = (),
    ) -> None:  # fmt: skip
        """`quick` are the filters of the list that found no room in its line."""
        self._make = partial(RuleRow, fields, words, choices, today)
        self.rows: list[RuleRow] = []
        self._list = column(None, gap=8)
        more = Button(_("Add a filter"), icon="plus", kind="ghost", size="sm")
        apply_ = Button(_("Filter"), icon="list-filter", kind="primary", key="Ctrl ↵")
        cancel = Button(_("Cancel"), kind="ghost", key="Esc")
        self._scroller = scroll(box(self._list))
        parts = [text(_("More filters"), "h2"), text(_("All of them have to hold."), "muted")]
        layout = column(
            *parts, *quick, (self._scroller, 1), row(more, None), row(None, cancel, apply_),
            gap=10, margins=(22, 18, 22, 18),
        )  # fmt: skip
        self._more = more
        super().__init__(over, layout, width=680, name=_("More filters"))
        cancel.clicked.connect(self.close_layer)
        apply_.clicked.connect(self.apply)
        more.clicked.connect(lambda _checked=False: self.add())
        QShortcut(QKeySequence("Ctrl+Return"), self).activated.connect(self.apply)
        for rule in rules:
            self.add(rule)
        if not rules:
            self.add()

    def add(self, rule: Rule | None = None) -> None:
        """Add a row, empty or with a rule."""
        made = self._make()
        if rule is not None:
            made.show_rule(rule)
        made.removed.connect(lambda: self._drop(made))
        self.rows.append(made)
        self._list.insertWidget(self._list.count() - 1, made)
        made.field.setFocus(Qt.FocusReason.TabFocusReason)
        self._fit_rows()

    def _drop(self, gone: RuleRow) -> None:
        self.rows.remove(gone)
        gone.hide()
        gone.deleteLater()
        self._fit_rows()
        self._more.setFocus(Qt.FocusReason.TabFocusReason)

    def _fit_rows(self) -> None:
        self._more.setVisible(len(self.rows) < _MOST)
        wrong = sum(not each.problem.isHidden() for each in self.rows)
        high = len(self.rows) * (theme.px(36) + 8) + wrong * theme.px(24)
        self._scroller.setMinimumHeight(min(high + 6, theme.px(330)))
        self.fit()

    def apply(self) -> None:
        """Say the rules, unless one of them cannot be used."""
        found = [each.rule() for each in self.rows]
        self._fit_rows()
        if all(rule is not None for rule in found):
            self.close_layer()
            self.applied.emit(tuple(rule for rule in found if rule is not None))
