"""Settings: each change applies at once and can be undone; what the company decides has a lock."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QLineEdit, QScrollArea, QWidget

import app
from app import i18n
from app.errors import ValidationError
from app.i18n import _
from app.models.route import WorkingHours
from app.services import this_computer, working_day
from app.services.this_computer import Safekeeping, ThisComputer
from app.services.working_day import WorkingDay
from app.views.messages import MessageBar
from app.views.preferences.keys import KEYS
from app.views.preferences.parts import Section, SectionList, SettingRow, section
from app.views.widgets.button import Button, Segmented
from app.views.widgets.edits import TimeEdit
from app.views.widgets.layout import column, row, scroll, text
from app.views.widgets.page import Desk, Page, Ref
from app.views.widgets.search_box import SearchBox

if TYPE_CHECKING:
    from app.models.database import Changes, Database

LANGUAGES = ("", "es", "en")
THEMES = ("", "claro", "oscuro", "sol")
SCALES = (90, 100, 110, 125, 150)
INTERVALS = (5, 10, 30, 60)
LUNCHES = (0, 1800, 2700, 3600, 5400)


class PreferencesPage(Page):
    """Sections at the left with a search on top; no OK button."""

    theme_chosen = Signal(str)
    language_chosen = Signal(str)

    def __init__(self, desk: Desk, database: Database) -> None:
        super().__init__(desk)
        self.setObjectName("Page")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._database = database
        self._day: WorkingDay | None = None
        self.bar = MessageBar()
        self.search = SearchBox(_("Search the settings"))
        self._make_controls()
        self.sections = self._sections()
        self.list = SectionList(self.sections, self.choose)
        self.nothing = text(_("No setting has these words."), "muted")
        self._lay_out()
        self._connect()
        self.choose("appearance")

    # construction

    def _make_controls(self) -> None:
        chosen = self.desk.settings
        self.theme = Segmented(
            [_("System"), _("Light"), _("Dark"), _("Sun")], THEMES.index(chosen.theme),
            name=_("Theme"),
        )  # fmt: skip
        self.language = Segmented(
            [_("System"), "Español", "English"], LANGUAGES.index(chosen.language),
            name=_("Language"),
        )  # fmt: skip
        at = min(range(len(SCALES)), key=lambda n: abs(SCALES[n] - chosen.text_scale))
        percents = [i18n.percent(scale) for scale in SCALES]
        self.scale = Segmented(percents, at, name=_("Text size"))
        at = min(range(len(INTERVALS)), key=lambda n: abs(INTERVALS[n] - chosen.sync_every_minutes))
        minutes = [i18n.duration(n * 60) for n in INTERVALS]
        self.interval = Segmented(minutes, at, name=_("Sync by itself every"))
        lengths = [i18n.duration(n) if n else _("none") for n in LUNCHES]
        self.lunch = Segmented(lengths, 3, name=_("Lunch"))
        self.sidebar, self.single = QCheckBox(), QCheckBox()
        self.sidebar.setChecked(chosen.sidebar_collapsed)
        self.single.setChecked(chosen.single_keys)
        self.leave, self.finish = TimeEdit(_("I leave at")), TimeEdit(_("I am back by"))
        self.start = QLineEdit()
        self.start.setPlaceholderText(_("46900 Torrent"))
        self.start.setFixedWidth(260)
        for edit in (self.leave, self.finish):
            edit.setFixedWidth(100)
        self.import_button = Button(_("Import…"), icon="upload")
        self.backup_button = Button(_("Back up now"), icon="hard-drive")
        self.facts = {
            name: text("", "strong", wrap=True)
            for name in ("person", "company", "server", "series", "key", "backup")
        }

    def _sections(self) -> list[Section]:
        return [
            self._appearance(), self._working_day(), self._keyboard(), self._sync(), self._lists(),
            self._safety(), self._about(),
        ]  # fmt: skip

    def _appearance(self) -> Section:
        return section("appearance", _("Appearance"), "contrast", [
            SettingRow(_("Theme"), _("F9 changes it from anywhere. Sun is for bright light."),
                       self.theme),
            SettingRow(_("Text size"), _("Of everything on the screen."), self.scale),
            SettingRow(_("Language"), _("Of the program; a quote has the customer's."),
                       self.language),
            SettingRow(_("Small sidebar"), _("Only icons, Ctrl+B."), self.sidebar),
        ])  # fmt: skip

    def _working_day(self) -> Section:
        where = _("A postcode and a town: routes are planned from there.")
        self.rows = {
            "start": SettingRow(_("My day starts and ends at"), where, self.start),
            "leave": SettingRow(_("I leave at"), _("Never earlier than this."), self.leave),
            "finish": SettingRow(_("I am back by"), _("Routes end before this."), self.finish),
        }
        lunch = SettingRow(_("Lunch"), _("Routes leave time for it."), self.lunch)
        return section("day", _("Working day"), "clock", [*self.rows.values(), lunch])

    def _keyboard(self) -> Section:
        return section("keyboard", _("Keyboard"), "keyboard", [
            SettingRow(_("Single keys"),
                       _("N, V, P and G begin something, outside of text fields."), self.single),
            *[SettingRow(words(), "", text(keys, "strong")) for keys, words in KEYS],
        ])  # fmt: skip

    def _sync(self) -> Section:
        facts = self.facts
        return section("sync", _("Sync"), "refresh-cw", [
            SettingRow(_("Sync by itself every"), _("And a moment after each change."),
                       self.interval),
            SettingRow(_("You"), _("The company decides your name and your zone."),
                       facts["person"], locked=True),
            SettingRow(_("Company"), _("Whose portfolio and catalogue these are."),
                       facts["company"], locked=True),
            SettingRow(_("Server"), _("This computer speaks to no other."), facts["server"],
                       locked=True),
            SettingRow(_("Series of this computer"),
                       _("Your quotes are numbered in it, also without signal."),
                       facts["series"], locked=True),
        ])  # fmt: skip

    def _lists(self) -> Section:
        words = _("Customers, prospects or products from Excel or CSV; you see what would happen"
                  " before it does.")  # fmt: skip
        row_ = SettingRow(_("Import a list"), words, self.import_button)
        return section("lists", _("Import"), "upload", [row_])

    def _safety(self) -> Section:
        return section("safety", _("Security"), "shield-check", [
            SettingRow(_("Encryption"),
                       _("All of your data on this computer: SQLCipher with a key of 256 bits."),
                       self.facts["key"]),
            SettingRow(_("Backup"),
                       _("A copy with the same key, in the folder backups beside your data. To go"
                         " back to one, close Viajante and put it in the place of"
                         " viajante.sqlite."), self.backup_button),
            SettingRow(_("Last backup"), _("Five are kept; each update makes one too."),
                       self.facts["backup"]),
        ])  # fmt: skip

    def _about(self) -> Section:
        licences = _(
            "Viajante: Apache 2.0. Qt: LGPL 3. Inter: OFL. Lucide: ISC. Outlines: ©"
            " Instituto Geográfico Nacional, CC BY 4.0. Places: GeoNames, CC BY 4.0."
        )
        return section("about", _("About"), "info", [
            SettingRow(_("Version"), "", text(app.__version__, "strong")),
            SettingRow(_("Licences"), licences, QWidget()),
        ])  # fmt: skip

    def _lay_out(self) -> None:
        inside = QWidget()
        inside.setMaximumWidth(900)
        frames = [each.frame for each in self.sections]
        inside.setLayout(column(self.nothing, *frames, None, gap=12))
        self.body: QScrollArea = scroll(inside)
        left = column(self.search, 4, self.list, gap=6)
        whole = row(left, (self.body, 1), gap=18)
        self.setLayout(
            column(
                self.bar, text(_("Settings"), "h1"), (whole, 1), gap=12, margins=(20, 14, 20, 16)
            )
        )

    def _connect(self) -> None:
        self.search.searched.connect(self._filter)
        self.theme.clicked.connect(lambda: self._set("theme", THEMES[self.theme.index]))
        self.language.clicked.connect(lambda: self._set("language", LANGUAGES[self.language.index]))
        self.scale.clicked.connect(lambda: self._set("text_scale", SCALES[self.scale.index]))
        self.interval.clicked.connect(
            lambda: self._set("sync_every_minutes", INTERVALS[self.interval.index])
        )
        self.sidebar.clicked.connect(lambda on: self._set("sidebar_collapsed", on))
        self.single.clicked.connect(lambda on: self._set("single_keys", on))
        self.lunch.clicked.connect(lambda: self._hours(lunch_length_s=LUNCHES[self.lunch.index]))
        self.leave.edited.connect(lambda: self._hours(leave_s=self.leave.seconds))
        self.finish.edited.connect(lambda: self._hours(finish_s=self.finish.seconds))
        self.start.editingFinished.connect(self._start)
        self.import_button.clicked.connect(lambda: self.open_requested.emit(Ref("import")))
        self.backup_button.clicked.connect(self.back_up)

    # showing

    def show_ref(self, ref: Ref) -> None:
        self.crumbs_changed.emit([_("Settings")])
        self.bar.clear()
        self._load()
        if ref.tab:
            self.choose(ref.tab)

    def refresh(self, changes: Changes) -> None:
        if self.isVisible() and changes.touched(WorkingHours):
            self._load()

    def state(self) -> dict[str, Any]:
        return {"section": self.section}

    def restore(self, state: dict[str, Any]) -> None:
        self.choose(state.get("section", "appearance"))

    def _load(self) -> None:
        self.desk.tasks.read(self, working_day.get, self._show_day)
        self.desk.tasks.read(self, this_computer.get, self._show_computer)
        self.desk.tasks.run(self, this_computer.safekeeping, self._show_kept, self._folder)

    @property
    def _folder(self) -> Path:
        return self._database.path.parent

    def _show_day(self, day: WorkingDay) -> None:
        self._day = day
        if not self.leave.hasFocus():
            self.leave.show_seconds(day.leave_s)
        if not self.finish.hasFocus():
            self.finish.show_seconds(day.finish_s)
        if not self.start.hasFocus():
            self.start.setText(day.start)
        near = min(range(len(LUNCHES)), key=lambda n: abs(LUNCHES[n] - day.lunch_length_s))
        self.lunch.index = near
        self.lunch.update()

    def _show_computer(self, here: ThisComputer) -> None:
        person = " · ".join(part for part in (here.person, here.zone) if part)
        example = _("Example company") if here.is_demo else ""
        company = " · ".join(part for part in (here.company, example) if part)
        for name, words in (
            ("person", person), ("company", company), ("server", here.server),
            ("series", here.series),
        ):  # fmt: skip
            self.facts[name].setText(words or "–")

    def _show_kept(self, kept: Safekeeping) -> None:
        where = {
            "keyring": _("The key is in the keyring of this computer."),
            "passphrase": _("The key opens with your passphrase."),
            "file": _("The key is in a file beside the data: this is for trying only."),
        }
        self.facts["key"].setText(where[kept.key])
        self.facts["backup"].setText(kept.backups[0].name if kept.backups else _("None yet"))

    def choose(self, key: str) -> None:
        """Show one section."""
        self.section = key
        self.search.clear()
        for each in self.sections:
            each.frame.setVisible(each.key == key)
            for shown in each.rows:
                shown.show()
        self.nothing.hide()
        self.list.buttons[key].setChecked(True)

    def _filter(self, words: str) -> None:
        """Show every row that has these words, of whatever section."""
        wanted = words.casefold().split()
        if not wanted:
            self.choose(self.section)
            return
        found = False
        for each in self.sections:
            hits = [shown for shown in each.rows if all(word in shown.said for word in wanted)]
            each.frame.setVisible(bool(hits))
            for shown in each.rows:
                shown.setVisible(shown in hits)
            found = found or bool(hits)
        self.nothing.setVisible(not found)

    # changing

    def _set(self, name: str, value: Any) -> None:
        """Take over a setting at once, save it, and offer to take it back."""
        before = getattr(self.desk.settings, name)
        if before == value:
            return
        self._put(name, value)
        self.toast_requested.emit(_("Setting changed"), lambda: self._put(name, before))

    def _put(self, name: str, value: Any) -> None:
        setattr(self.desk.settings, name, value)
        self._show_setting(name, value)
        self.desk.tasks.run(self, self.desk.settings.save, _nothing)
        if name == "language":
            self.language_chosen.emit(value or i18n.system_language())
        elif name in {"theme", "text_scale", "sidebar_collapsed"}:
            self.theme_chosen.emit(self.desk.settings.theme)

    def _show_setting(self, name: str, value: Any) -> None:
        choices: dict[str, tuple[Segmented, tuple[Any, ...]]] = {
            "theme": (self.theme, THEMES), "language": (self.language, LANGUAGES),
            "text_scale": (self.scale, SCALES), "sync_every_minutes": (self.interval, INTERVALS),
        }  # fmt: skip
        if name in choices:
            control, values = choices[name]
            control.index = values.index(value)
            control.update()
        elif name == "sidebar_collapsed":
            self.sidebar.setChecked(value)
        else:
            self.single.setChecked(value)

    def _hours(self, **changes: Any) -> None:
        before = self._day
        if before is None:
            return
        old: Any = {name: getattr(before, name) for name in changes}
        self._write(
            lambda: self._write(None, working_day.update, **old),
            working_day.update, **changes,
        )  # fmt: skip

    def _start(self) -> None:
        before = self._day.start if self._day else ""
        words = self.start.text().strip()
        if words and words != before:

            def undo() -> None:
                self._write(None, working_day.start_from, before)

            self._write(undo if before else None, working_day.start_from, words)

    def _write(self, undo: Callable[[], None] | None, work: Any, *args: Any, **kwargs: Any) -> None:
        def done(_none: None) -> None:
            for each in self.rows.values():
                each.show_problem("")
            self._load()
            self.toast_requested.emit(_("Setting changed"), undo)

        task = self.desk.tasks.write(self, work, done, *args, **kwargs)
        self.desk.tasks.or_else(task, self._refused)

    def _refused(self, error: Exception) -> None:
        if isinstance(error, ValidationError) and error.field in self.rows:
            self.rows[error.field].show_problem(error.message)
        else:
            self.desk.tasks.failed.emit(self, error)

    def back_up(self) -> None:
        """Copy the database beside itself, in the background."""
        stamp = self.desk.now().astimezone(UTC).strftime("%Y%m%dT%H%M%S%f")
        target = self._folder / "backups" / f"{self._database.path.stem}-{stamp}.sqlite"

        def work() -> str:
            target.parent.mkdir(parents=True, exist_ok=True)
            self._database.back_up(target)
            return target.name

        def done(name: str) -> None:
            self.toast_requested.emit(_("Copied to backups/{name}").format(name=name), None)
            self._load()

        task = self.desk.tasks.run(self, work, done)
        self.desk.tasks.or_else(task, self._refused)


def _nothing(_none: None) -> None:
    """Take an outcome that nobody waits for."""
