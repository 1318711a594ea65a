"""How a visit's report looks: its parts, and how a `VisitView` fills them."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import date, timedelta

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QLineEdit, QPlainTextEdit, QWidget

from app import i18n
from app.i18n import _, ngettext
from app.models.activity import ActivityState, VisitReport
from app.rules import follow_up
from app.services.visit_view import Made, VisitView
from app.views import theme
from app.views.messages import MessageBar
from app.views.widgets import wording
from app.views.widgets.avatar import Avatar
from app.views.widgets.button import Button, IconButton, OutcomeTile
from app.views.widgets.calendar import marks_of
from app.views.widgets.chip import Chip, FilterChip
from app.views.widgets.columns import Columns
from app.views.widgets.date_edit import DateEdit, written_day
from app.views.widgets.field import Choosing, Field
from app.views.widgets.flow import flow
from app.views.widgets.form import Form
from app.views.widgets.layout import Elided, Icon, card, clear, column, row, scroll, text
from app.views.widgets.page import Desk, Page
from app.views.widgets.photo_strip import PhotoStrip


def topics() -> list[str]:
    """Return what reps talk about most; the report keeps the words."""
    return [_("New list"), _("Order"), _("Incident"), _("Payment"), _("Competition"), _("Sample")]


class ChoiceChips(Choosing):
    """Chips of which several can be on; `chosen` says which."""

    def __init__(self, nothing: str = "") -> None:
        super().__init__()
        holder, self._flow = flow()
        self._nothing = text(nothing, "muted")
        self.setLayout(column(holder, self._nothing, gap=0))
        self.chips: dict[str, FilterChip] = {}
        self._words: dict[str, str] = {}

    @property
    def chosen(self) -> frozenset[str]:
        return frozenset(key for key, chip in self.chips.items() if chip.isChecked())

    def show_choices(self, choices: dict[str, str]) -> None:
        """Show words by key; what is chosen stays so, and the focus where it is."""
        if choices != self._words:
            chosen = self.chosen
            self._words = choices
            clear(self._flow)
            self.chips = {key: self._chip(words) for key, words in choices.items()}
            self._choose(chosen)
        self._nothing.setVisible(not choices)

    def _choose(self, keys: Collection[str]) -> None:
        for key, chip in self.chips.items():
            chip.setChecked(key in keys)
            _mark(chip)

    def value(self) -> str:
        return "\n".join(sorted(self.chosen))

    def show_value(self, words: str) -> None:
        self._choose(words.split("\n"))

    def spoken(self, words: str) -> str:
        return ", ".join(self._words.get(key, key) for key in words.split("\n"))

    def _chip(self, words: str) -> FilterChip:
        chip = FilterChip(words, icon="plus")
        chip.toggled.connect(lambda _on: _mark(chip))
        chip.clicked.connect(lambda _on: self.changed.emit())
        self._flow.addWidget(chip)
        return chip


class Notes(QPlainTextEdit):
    """Takes the height that is left, and needs little of it."""

    def sizeHint(self) -> QSize:
        return QSize(super().sizeHint().width(), theme.px(96))


def _mark(chip: FilterChip) -> None:
    chip.icon_name = "check" if chip.isChecked() else "plus"
    chip.update()


class VisitLooks(Page):
    """The parts of the page; what they do is the subclass's."""

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(desk, parent)
        self.setObjectName("Page")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.bar = MessageBar()
        self.name, self.place = Elided("", "h1"), text("", "muted")
        self.avatar, self.state_chip = Avatar("", 44), Chip("")
        self.history_button = IconButton("history", _("History"))
        self.record_button = Button(_("Record"), icon="notebook-tabs", kind="ghost")
        self.quote_button = Button(_("Quote"), icon="file-text", key="P")
        self.save_button = Button(_("Save and go on"), icon="check", kind="primary", key="Ctrl ↵")
        self.tiles: dict[str, OutcomeTile] = {}
        for n, (key, (tone, icon)) in enumerate(wording.OUTCOMES.items(), 1):
            tile = OutcomeTile(wording.outcome(key), icon, tone, str(n))
            tile.setCheckable(True)
            self.tiles[key] = tile
        self.people, self.subjects = ChoiceChips(_("No contacts yet")), ChoiceChips()
        self.notes, self.competition = Notes(), QLineEdit()
        self.notes.setPlaceholderText(_("What was said, what they want, what you promised"))
        self.notes.setTabChangesFocus(True)
        self.notes.setMinimumHeight(theme.px(90))
        self.next_step = QLineEdit()
        self.next_step.setPlaceholderText(_("Send the price list, call on Thursday…"))
        marks = marks_of(self.desk, self, lambda: self.account)
        self.next_on = DateEdit(_("When"), self.today, marks)
        self.next_visit = DateEdit(_("Next visit"), self.today, marks)
        self.usual_button = Button("", kind="soft", size="sm")
        self.photos = PhotoStrip(_("Add photos"))
        self.typing = text("", "subtle")
        self.form = Form()
        self._make_form()
        self._lay_out()

    def today(self) -> date:
        return i18n.local(self.desk.now()).date()

    @property
    def topic_chips(self) -> dict[str, FilterChip]:
        return self.subjects.chips

    @property
    def contact_chips(self) -> dict[str, FilterChip]:
        return self.people.chips

    def _make_form(self) -> None:
        for name, label, editor in (
            ("contact_ids", _("Who with"), self.people), ("topics", _("Topics"), self.subjects),
            ("notes", _("Notes"), self.notes), ("competition", _("Competition seen"),
                                                self.competition),
            ("next_step", _("What"), self.next_step), ("next_on", _("When"), self.next_on),
            ("next_visit_on", _("Day"), self.next_visit),
        ):  # fmt: skip
            self.form.add(name, Field(label, editor))

    def _lay_out(self) -> None:
        head = row(
            self.avatar, (column(self.name, self.place, gap=0), 1), self.state_chip,
            self.history_button, self.record_button, self.quote_button, self.save_button, gap=10,
        )  # fmt: skip
        result = card(
            text(_("How did it go?"), "h2"), row(*[(tile, 1) for tile in self.tiles.values()]),
            gap=8, margins=(16, 12, 16, 14),
        )  # fmt: skip
        f = self.form.fields
        report = card(
            row(text(_("Report"), "h2"), None, self.typing), f["contact_ids"], f["topics"],
            (f["notes"], 1), f["competition"], gap=6, margins=(16, 12, 16, 14),
        )  # fmt: skip
        inside = QWidget()
        inside.setLayout(column(result, (report, 1), gap=12))
        self.split = Columns(
            scroll(inside), scroll(self._side()), title=_("Next step and photos"), width=344
        )
        self.setLayout(
            column(self.bar, head, self.form.bar, (self.split, 1), gap=12, margins=(20, 12, 20, 16))
        )

    def _side(self) -> QWidget:
        self.when_chips: dict[int, Button] = {}
        holder, chips = flow()
        for words, days in ((_("tomorrow"), 1), (_("3 days"), 3), (_("5 days"), 5),
                            (_("2 weeks"), 14)):  # fmt: skip
            self.when_chips[days] = chip = Button(words, kind="soft", size="sm")
            chip.setAccessibleName(_("Next step: {when}").format(when=words))
            chips.addWidget(chip)
        self.made = card(gap=8)
        side = QWidget()
        side.setLayout(
            column(
                self.made,
                card(
                    text(_("Next step"), "h2"), self.form.fields["next_step"],
                    self.form.fields["next_on"], holder, gap=8, margins=(16, 12, 16, 14),
                ),
                card(
                    row(text(_("Next visit"), "h2"), None, self.usual_button),
                    self.form.fields["next_visit_on"], gap=8, margins=(16, 12, 16, 14),
                ),
                card(self.photos, margins=(16, 12, 16, 14)), None, gap=12, margins=(0, 0, 6, 0),
            )
        )  # fmt: skip
        return side

    # showing

    def show_head(self, shown: VisitView) -> None:
        """Show who, where and when, how it went, and what was made in the visit."""
        visit = shown.visit
        name = shown.account.name if shown.account else visit.title
        self.crumbs_changed.emit([_("Today"), name])
        self.avatar.set_name(name)
        self.name.setText(name)
        self.place.setText(" · ".join(part for part in self._when_and_where(shown) if part))
        done = visit.state == ActivityState.DONE
        state = "done" if done else "now" if visit.state == ActivityState.UNDER_WAY else "planned"
        self.state_chip.show_status(*wording.day_state(state, visit.outcome))
        for key, tile in self.tiles.items():
            tile.setChecked(done and key == visit.outcome)
        for button in (self.record_button, self.quote_button):
            button.setVisible(shown.account is not None)
        self.photos.show_photos([photo[:3] for photo in shown.photos])
        self._show_usual(shown)

    def _when_and_where(self, shown: VisitView) -> list[str]:
        visit = shown.visit
        begun = visit.started_at or visit.planned_at
        when = i18n.moment(begun) if begun else ""
        if visit.started_at and visit.done_at:
            when = _("{begin} to {end}").format(begin=when, end=i18n.clock(visit.done_at))
        return [when, shown.site.city if shown.site else "", visit.title if shown.account else ""]

    def _show_usual(self, shown: VisitView) -> None:
        """Offer the day on which this customer is usually due again."""
        days = shown.every_days
        self.usual_button.setVisible(bool(days))
        if days:
            words = ngettext("in {n} day", "in {n} days", days).format(n=days)
            self.usual_button.setText(words)
            self.usual_button.setAccessibleName(_("Next visit: {when}").format(when=words))

    def usual_day(self, shown: VisitView) -> date:
        return follow_up.next_visit(self.today(), shown.every_days or 0)

    def day_in(self, days: int) -> date:
        """Return the working day in or after `days` days."""
        return follow_up.add_working_days(self.today() + timedelta(days=days), 0)

    def show_made(self, made: list[Made], open_quote: Callable[[str], None]) -> None:
        layout = self.made.layout()
        assert layout is not None  # noqa: S101 - made with one
        clear(layout)
        self.made.setVisible(bool(made))
        if made:
            layout.addWidget(text(_("Made in this visit"), "h2"))
        for quote in made:
            button = Button(_("Open"), kind="link", size="sm")
            button.clicked.connect(lambda _checked=False, id_=quote.id: open_quote(id_))
            title = quote.number or _("Quote")
            money = i18n.money(quote.total, quote.currency)
            words = column(
                Elided(f"{title} · {money}"), text(wording.quote_state(quote.state)[0], "muted"),
                gap=0,
            )  # fmt: skip
            holder = QWidget()
            holder.setLayout(row(Icon("file-text", "info_text", 18), (words, 1), button))
            layout.addWidget(holder)

    def show_choices(self, shown: VisitView) -> None:
        """Show what there is to choose from; what is chosen comes with the values."""
        talked = shown.report.topics if shown.report else frozenset()
        own = (talked | self.subjects.chosen) - set(topics())
        self.subjects.show_choices({word: word for word in (*topics(), *sorted(own))})
        people = {
            contact.id: f"{contact.name} · {contact.job}" if contact.job else contact.name
            for contact in shown.contacts
        }
        self.people.show_choices(people)

    def values(self, report: VisitReport | None) -> dict[str, str]:
        """Return what a report says, as the fields write it."""
        if report is None:
            return dict.fromkeys(self.form.fields, "")
        there = report.contact_ids & self.people.chips.keys()
        return {
            "contact_ids": "\n".join(sorted(there)), "topics": "\n".join(sorted(report.topics)),
            "notes": report.notes, "competition": report.competition,
            "next_step": report.next_step, "next_on": self._written(report.next_on),
            "next_visit_on": self._written(report.next_visit_on),
        }  # fmt: skip

    def _written(self, day: date | None) -> str:
        return written_day(day, self.today()) if day else ""

    def freeze(self, *, frozen: bool) -> None:
        """Let an old report be read and no longer changed."""
        for line in (self.notes, self.competition, self.next_step, self.next_on, self.next_visit):
            line.setReadOnly(frozen)
        for part in (self.people, self.subjects, *self.tiles.values()):
            part.setEnabled(not frozen)
        for button in (self.save_button, self.photos.add_button, *self.when_chips.values()):
            button.setVisible(not frozen)
        if frozen:
            self.usual_button.hide()
            self.quote_button.hide()
        self.photos.setAcceptDrops(not frozen)
        if frozen:
            self.bar.show_message(
                "info", _("This visit is more than 30 days old: its report can only be read.")
            )
