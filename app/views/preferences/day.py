"""Working day: when and from where one works, and what the company adds to it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLineEdit, QWidget

from app import i18n
from app.i18n import _, ngettext
from app.models.route import WorkingHours
from app.services import working_day
from app.services.working_day import GivenByCompany, WorkingDay
from app.views import theme
from app.views.preferences.choices import Choices
from app.views.preferences.parts import Fact, Section, SettingRow, show_nearest
from app.views.widgets.button import Button, Segmented
from app.views.widgets.edits import TimeEdit
from app.views.widgets.layout import row, text
from app.views.widgets.page import Desk

if TYPE_CHECKING:
    from app.models.database import Changes

LUNCHES = (0, 1800, 2700, 3600, 5400)


class Weekdays(QWidget):
    """Seven buttons; `days` are the ISO digits of those that are pressed."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        names = (
            _("Monday"), _("Tuesday"), _("Wednesday"), _("Thursday"), _("Friday"), _("Saturday"),
            _("Sunday"),
        )  # fmt: skip
        self.buttons = [Button(name[:3].strip("."), size="sm") for name in names]
        for button, name in zip(self.buttons, names, strict=True):
            button.setCheckable(True)
            button.setAccessibleName(name)
            button.setToolTip(name)
            button.clicked.connect(self.changed)
        self.setLayout(row(*self.buttons, gap=4))

    @property
    def days(self) -> str:
        return "".join(str(n) for n, b in enumerate(self.buttons, 1) if b.isChecked())

    def show_days(self, days: str) -> None:
        for n, button in enumerate(self.buttons, 1):
            button.setChecked(str(n) in days)


class Day(Section):
    """Hours, lunch, days, places; visits' lengths, the kilometre and holidays to be read."""

    key, icon = "day", "clock"

    def __init__(self, desk: Desk, choices: Choices) -> None:
        super().__init__(desk, choices, _("Working day"))
        self._day: WorkingDay | None = None
        self.weekdays = Weekdays()
        self.leave, self.finish = TimeEdit(_("I leave at")), TimeEdit(_("I am back by"))
        self.lunch_from, self.lunch_to = TimeEdit(_("Lunch from")), TimeEdit(_("Lunch until"))
        self.start, self.end = QLineEdit(), QLineEdit()
        for place in (self.start, self.end):
            place.setPlaceholderText(_("46900 Torrent"))
            place.setFixedWidth(theme.px(260))
        for edit in (self.leave, self.finish, self.lunch_from, self.lunch_to):
            edit.setFixedWidth(theme.px(90))
        lengths = [i18n.duration(n) if n else _("none") for n in LUNCHES]
        self.lunch = Segmented(lengths, 3, name=_("Lunch"))
        self.facts = {name: Fact() for name in ("segments", "mileage", "holidays")}
        self.fields = self._make_rows()
        self.fill(list(self.fields.values()))
        self._connect()

    def _make_rows(self) -> dict[str, SettingRow]:
        between = QWidget()
        between.setLayout(row(self.lunch_from, text("–", "muted"), self.lunch_to, gap=6))
        decided = _("Your company decides it.")
        routes = _("A postcode and a town: routes are planned from there.")
        return {
            "weekdays": SettingRow(_("Working days"), _("Follow-ups and new dates fall on them."),
                                   self.weekdays, also=_("week Monday weekend")),
            "leave": SettingRow(_("I leave at"), _("Never earlier than this."), self.leave,
                                also=_("hours begin timetable")),
            "finish": SettingRow(_("I am back by"), _("Routes end before this."), self.finish,
                                 also=_("hours end timetable")),
            "lunch": SettingRow(_("Lunch"), _("Routes leave time for it."), self.lunch,
                                also=_("break meal")),
            "lunch_between": SettingRow(_("Lunch between"), _("It falls between these times."),
                                        between, also=_("break meal")),
            "start": SettingRow(_("My day starts at"), routes, self.start, also=_("home address")),
            "end": SettingRow(_("My day ends at"), _("The same place, or another one."), self.end,
                              also=_("home hotel address")),
            "segments": SettingRow(_("Length of a visit"), _("By segment of the customer."),
                                   self.facts["segments"], locked=decided, also=_("duration")),
            "mileage": SettingRow(_("Kilometre"), _("What a kilometre in your own car is paid."),
                                  self.facts["mileage"], locked=decided,
                                  also=_("car vehicle mileage rate")),
            "holidays": SettingRow(_("Next holidays"), _("Of your company's province."),
                                   self.facts["holidays"], also=_("public holidays calendar")),
        }  # fmt: skip

    def _connect(self) -> None:
        self.weekdays.changed.connect(lambda: self._hours(weekdays=self.weekdays.days))
        self.leave.edited.connect(lambda: self._hours(leave_s=self.leave.seconds))
        self.finish.edited.connect(lambda: self._hours(finish_s=self.finish.seconds))
        self.lunch.clicked.connect(lambda: self._hours(lunch_length_s=LUNCHES[self.lunch.index]))
        for edit in (self.lunch_from, self.lunch_to):
            edit.edited.connect(self._lunch_between)
        self.start.editingFinished.connect(lambda: self._place(self.start, "start"))
        self.end.editingFinished.connect(lambda: self._place(self.end, "end"))

    def load(self) -> None:
        self.desk.tasks.read(self, working_day.get, self._show)
        today = i18n.local(self.desk.now()).date()
        self.desk.tasks.read(self, working_day.given, self._show_given, today)

    def refresh(self, changes: Changes) -> None:
        if changes.touched(WorkingHours):
            self.desk.tasks.read(self, working_day.get, self._show)

    def _show(self, day: WorkingDay) -> None:
        self._day = day
        self.weekdays.show_days(day.weekdays)
        for edit, seconds in (
            (self.leave, day.leave_s), (self.finish, day.finish_s),
            (self.lunch_from, day.lunch_from_s), (self.lunch_to, day.lunch_to_s),
        ):  # fmt: skip
            if not edit.hasFocus():
                edit.show_seconds(seconds)
        for place, words in ((self.start, day.start), (self.end, day.end)):
            if not place.hasFocus():
                place.setText(words)
        show_nearest(self.lunch, LUNCHES, day.lunch_length_s)
        self.fields["lunch_between"].setEnabled(day.lunch_length_s > 0)

    def _show_given(self, given: GivenByCompany) -> None:
        lines = []
        for name, minutes, every in given.segments:
            words = f"{name}: {i18n.duration(minutes * 60)}"
            if every:
                days = ngettext("every {n} day", "every {n} days", every).format(n=every)
                words = f"{words}, {days}"
            lines.append(words)
        self.facts["segments"].say("\n".join(lines))
        absent = [] if lines else ["segments"]
        absent += ["mileage"] if given.is_alone or given.mileage is None else []
        self.leave_out(*(self.fields[name] for name in absent))
        if given.mileage is not None:
            self.facts["mileage"].say(
                _("{amount} per km").format(amount=i18n.money(given.mileage, decimals=2))
            )
        self.facts["holidays"].say(
            "\n".join(f"{i18n.day_short(day)}: {words}" for day, words in given.holidays)
        )

    def _lunch_between(self) -> None:
        self._hours(lunch_from_s=self.lunch_from.seconds, lunch_to_s=self.lunch_to.seconds)

    def _hours(self, **changes: Any) -> None:
        if self._day is not None and any(getattr(self._day, n) != v for n, v in changes.items()):
            self._write(working_day.update, **changes)

    def _place(self, edit: QLineEdit, name: str) -> None:
        words = edit.text().strip()
        if words and self._day is not None and words != getattr(self._day, name):
            work: Callable[..., None] = (
                working_day.start_from if name == "start" else working_day.end_at
            )
            self._write(work, words)

    def _write(self, work: Callable[..., None], *args: Any, **kwargs: Any) -> None:
        def done(_none: None) -> None:
            for each in self.fields.values():
                each.show_problem("")
            self.said.emit(_("Setting changed"), True)

        task = self.desk.tasks.write(self, work, done, *args, **kwargs)
        self.desk.tasks.or_else(task, lambda error: self.refused(error, self.fields))
