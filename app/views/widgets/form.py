"""Forms: checked on leaving a field, kept while typing, merged with what a sync brings."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent
from PySide6.QtWidgets import QCheckBox, QComboBox, QFrame, QLineEdit, QPlainTextEdit

from app.errors import ValidationError
from app.i18n import _
from app.views.widgets.button import IconButton
from app.views.widgets.edits import ReadingEdit
from app.views.widgets.field import Choosing, Field
from app.views.widgets.layout import Icon, row, text

_TWO = "two:"  # in a draft, before the name of a field of which there were two versions


class Verdict(NamedTuple):
    """What a check says of a value: it cannot be used (red), or can with consequences (amber)."""

    words: str
    can_be_used: bool = False


Check = Callable[[str], Verdict | None]


class News(NamedTuple):
    """The labels of the fields that were filled, and of those of which there are two versions."""

    filled: tuple[str, ...] = ()
    contested: tuple[str, ...] = ()

    def and_(self, more: News) -> News:
        return News(self.filled + more.filled, self.contested + more.contested)


class FormBar(QFrame):
    """Says in the form's own strip what a sync changed under it; nothing, and it is not there."""

    def __init__(self) -> None:
        super().__init__()
        self._icon, self.words = Icon("refresh-cw", "info_text", 16), text("", wrap=True)
        close = IconButton("x", _("Close"), size="sm")
        close.clicked.connect(self.hide)
        self.setLayout(row(self._icon, (self.words, 1), close, gap=10, margins=(12, 4, 6, 4)))
        self.hide()

    def say(self, words: str, tone: str = "info") -> None:
        self.setProperty("banner", tone)
        self.words.setProperty("tone", tone)
        self._icon.show_icon("git-compare" if tone == "warning" else "refresh-cw", f"{tone}_text")
        for part in (self, self.words):
            part.style().unpolish(part)
            part.style().polish(part)
        self.words.setText(words)
        self.show()
        QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self, words))


class Form(QObject):
    """The fields of a form by name, and what each was when it was shown."""

    left = Signal(str)  # the name of a field that was changed and left or chosen, and can be used
    typed = Signal()  # something is being typed

    def __init__(self) -> None:
        super().__init__()
        self.fields: dict[str, Field] = {}
        self._checks: dict[str, Check] = {}
        self._shown: dict[str, str] = {}
        self._saved: dict[str, str] = {}  # left and on its way to the database
        self._filling = self._reading = False  # by the form itself: nobody typed or left anything
        self._bar: FormBar | None = None

    @property
    def bar(self) -> FormBar:
        """The strip that says what came under the form; whoever asks for it lays it out."""
        if self._bar is None:
            self._bar = FormBar()
        return self._bar

    def add(self, name: str, field: Field, check: Check | None = None) -> Field:
        self.fields[name] = field
        if check is not None:
            self._checks[name] = check
        if self.parent() is None:
            self.setParent(field)  # it goes with the widgets, never by itself
        field.left.connect(lambda: self.leave(name))
        self._shown[name] = field.value()
        self._listen(name, field)
        return field

    def _listen(self, name: str, field: Field) -> None:
        match field.editor:
            case ReadingEdit():
                field.editor.textEdited.connect(self._typed)
                field.editor.edited.connect(lambda: self._chose(name))
            case QLineEdit():
                field.editor.textEdited.connect(self._typed)
                field.editor.returnPressed.connect(lambda: self.leave(name))
            case QPlainTextEdit():
                field.editor.textChanged.connect(self._typed)
            case QCheckBox():
                field.editor.toggled.connect(self._typed)
                field.editor.clicked.connect(lambda _on: self._chose(name))
            case QComboBox():
                field.editor.activated.connect(self._typed)
                field.editor.activated.connect(lambda _n: self._chose(name))
            case Choosing():
                field.editor.changed.connect(self._typed)
                field.editor.changed.connect(lambda: self._chose(name))

    def _typed(self, *_what: object) -> None:
        if not self._filling:
            self.typed.emit()

    def _chose(self, name: str) -> None:
        if not self._reading:
            self.leave(name)

    def text(self, name: str) -> str:
        """Return what is typed into a line field."""
        editor = self.fields[name].editor
        assert isinstance(editor, QLineEdit)  # noqa: S101 - the form's own fields
        return editor.text().strip()

    # checking

    def leave(self, name: str) -> None:
        """Read and check a field, as when the focus goes; `left` when it can be saved."""
        if self._can_be_saved(name):
            self.left.emit(name)

    def ready(self) -> list[str]:
        """Return which fields are typed in and can be saved now; the rest say what is wrong."""
        return [name for name in self.touched() if self._can_be_saved(name)]

    def _can_be_saved(self, name: str) -> bool:
        field = self.fields[name]
        if not self._read(field):
            return False
        if self.is_touched(name):
            return self.check(name) and not field.is_contested
        field.withdraw()
        if field.error:  # it was typed back to what it was
            self.check(name)
        return False

    def _read(self, field: Field) -> bool:
        if not isinstance(field.editor, ReadingEdit):
            return True
        self._reading = True
        try:
            return field.editor.commit()
        finally:
            self._reading = False

    def check(self, name: str) -> bool:
        """Say below a field what is wrong with it; False when it cannot be used."""
        field = self.fields[name]
        value = field.value()
        if field.required and not value.strip():
            field.set_error(_("Fill this in."))
            return False
        check = self._checks.get(name)
        verdict = check(value) if check is not None else None
        if verdict is None:
            field.set_error("")
        elif verdict.can_be_used:
            field.set_warning(verdict.words)
        else:
            field.set_error(verdict.words)
        return not field.error

    def submit(self) -> bool:
        """Check everything; the focus goes to the first field that cannot be used, if any."""
        wrong = [name for name in self.fields if not self.check(name)]
        if not wrong:
            return True
        first = self.fields[wrong[0]]
        first.editor.setFocus(Qt.FocusReason.OtherFocusReason)
        said = f"{first.name}: {first.error}"
        QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(first.editor, said))
        return False

    def show_error(self, error: Exception) -> bool:
        """Say a `ValidationError` beside its field and go there; False when it is none of ours."""
        self.clear_errors()
        if not isinstance(error, ValidationError) or error.field not in self.fields:
            return False
        self.not_saved(error.field)
        field = self.fields[error.field]
        field.set_error(error.message)
        field.editor.setFocus()
        return True

    def clear_errors(self) -> None:
        for field in self.fields.values():
            if field.error:
                field.set_error("")

    # what was shown, what is typed, what comes

    def is_touched(self, name: str) -> bool:
        """Tell whether a field holds something that is neither shown from the data nor saved."""
        value = self.fields[name].value()
        return value not in {self._shown[name].strip(), self._saved.get(name, self._shown[name])}

    def touched(self) -> dict[str, str]:
        """Return what is typed and not saved, by field."""
        return {name: field.value() for name, field in self.fields.items() if self.is_touched(name)}

    def saving(self, name: str) -> None:
        """Take what stands in a field for saved: what comes back of it is no news."""
        self._saved[name] = self.fields[name].value()

    def not_saved(self, name: str) -> None:
        """Take back `saving`: it was refused, and what stands in the field is typed and no more."""
        self._saved.pop(name, None)

    def take_back(self, name: str) -> None:
        """Show again what the data says in a field, in place of what the user made of it."""
        self.not_saved(name)
        self.fields[name].withdraw()
        self._fill(name, self._shown[name])

    @property
    def contested(self) -> list[str]:
        """The names of the fields of which there are two versions."""
        return [name for name, field in self.fields.items() if field.is_contested]

    def _fill(self, name: str, value: str) -> None:
        self._filling = True
        self.fields[name].show_value(value)
        self._filling = False

    def show(self, values: Mapping[str, str]) -> None:
        """Show another record: every field is filled, nothing is said."""
        self._saved.clear()
        if self._bar is not None:
            self._bar.hide()
        for name, value in values.items():
            if (field := self.fields.get(name)) is not None:
                field.withdraw()
                field.set_error("")
                self._fill(name, value)
                self._shown[name] = field.value()

    def draft(self) -> dict[str, str]:
        """Return what `restore` needs to show again: what is typed, and where there are two."""
        return self.touched() | {_TWO + name: "1" for name in self.contested}

    def restore(self, draft: Mapping[str, str]) -> None:
        """Show again what was being typed when the program ended."""
        names = [
            name for name, field in self.fields.items()
            if name in draft and draft[name] != field.value()
        ]  # fmt: skip
        for name in names:
            editor = self.fields[name].editor
            if isinstance(editor, ReadingEdit):  # read when it is left, as it would have been
                editor.setText(draft[name])
            else:
                self._fill(name, draft[name])
            if _TWO + name in draft:
                self._contest(name, self._shown[name])
        if names and self._bar is not None:
            labels = [self.fields[name].name for name in names]
            said = _("What you were typing is here again: {fields}")
            self._bar.say(said.format(fields=_listed(labels)))

    def merge(self, values: Mapping[str, str], *, by_sync: bool = True) -> News:
        """Show what the data says now, under what is being typed, and return what that changed.

        A field that the user has not touched is filled, and the bar says so when it was a sync;
        for a touched one both versions are offered.
        """
        filled: list[str] = []
        contested: list[str] = []
        for name, field in self.fields.items():
            theirs = values.get(name, self._shown[name])
            if theirs.strip() == self._shown[name].strip():
                continue
            mine = field.value()
            untouched = not self.is_touched(name)
            was_ours = self._saved.pop(name, None) is not None
            self._shown[name] = theirs
            if mine == theirs.strip():
                field.withdraw()
            elif untouched:
                field.withdraw()
                self._fill(name, theirs)
                if not was_ours:
                    filled.append(field.name)
            elif not was_ours:  # else it is the echo of what was saved, and typing went on
                contested.append(field.name)
                self._contest(name, theirs)
        news = News(tuple(filled), tuple(contested))
        if by_sync:
            self.tell(news)
        return news

    def _contest(self, name: str, theirs: str) -> None:
        field = self.fields[name]

        def mine() -> None:
            if self.check(name):
                self.left.emit(name)

        def take() -> None:
            self._fill(name, theirs)
            self._shown[name] = field.value()
            field.set_error("")
            self.typed.emit()

        field.offer(theirs, mine, take)

    def tell(self, news: News) -> None:
        """Say in the bar what a sync changed; nothing changed leaves it as it is."""
        if self._bar is None or not (news.filled or news.contested):
            return
        words = []
        if news.filled:
            said = _("Updated by the sync: {fields}")
            words.append(said.format(fields=_listed(news.filled)) + ".")
        if news.contested:
            said = _("Changed here and by the sync: {fields}. Choose which one stays.")
            words.append(said.format(fields=_listed(news.contested)))
        self._bar.say(" ".join(words), "warning" if news.contested else "info")


def _listed(labels: Sequence[str]) -> str:
    return ", ".join([labels[0], *(_inside(label) for label in labels[1:])])


def _inside(label: str) -> str:
    """Write a label in the midst of a sentence: «Place» as «place», «VAT» as it is."""
    return label[:1].lower() + label[1:] if label[1:2].islower() else label
