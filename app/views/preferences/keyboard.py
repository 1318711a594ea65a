"""Keyboard: every key of the program, each of which can be another one, and a sheet to print."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices

from app import i18n
from app.documents.keys_pdf import KeySheet
from app.errors import UserError
from app.i18n import _
from app.settings import Settings
from app.views import keymap
from app.views.keymap import ACTIONS, Action
from app.views.preferences.choices import Choices
from app.views.preferences.key_layer import KeyLayer
from app.views.preferences.parts import Section, SettingRow, Switch
from app.views.widgets.button import Button, IconButton
from app.views.widgets.page import Desk


class Keyboard(Section):
    """Single keys on or off, the keys by place, and their sheet."""

    key, icon = "keyboard", "keyboard"
    chosen = ("single_keys", "keys")

    def __init__(self, desk: Desk, choices: Choices) -> None:
        super().__init__(desk, choices, _("Keyboard"))
        self.single = Switch(choices, "single_keys")
        self.print_button = Button(_("Print the sheet"), icon="printer")
        self.print_button.clicked.connect(self.print_sheet)
        self.layer: KeyLayer | None = None
        self.buttons: dict[str, Button] = {}
        self.backs: dict[str, IconButton] = {}  # made when a key is changed
        self._of: dict[str, SettingRow] = {}
        places = keymap.places()
        rows = [
            SettingRow(_("Single keys"),
                       _("Letters and digits alone do something, outside of text fields."),
                       self.single, also=_("shortcuts accessibility letters")),
            SettingRow(_("Sheet of keys"), _("All keys as they are now, on paper or as a PDF."),
                       self.print_button, also=_("print PDF shortcuts")),
        ]  # fmt: skip
        heads: dict[int, str] = {}
        for place, title in places.items():
            heads[len(rows)] = title
            rows += [self._row(action, title) for action in keymap.of([place])]
        self.fill(rows, heads)
        self._show("keys")
        choices.changed.connect(self._show)

    def _row(self, action: Action, place: str) -> SettingRow:
        button = Button("", size="sm", tip=_("Change the key"))
        button.clicked.connect(lambda: self.ask(action))
        made = SettingRow(action.title(), "", button, also=f"{place} {_('key shortcut')}")
        self.buttons[action.name], self._of[action.name] = button, made
        return made

    def _show_action(self, action: Action) -> None:
        words = _written(self.desk.settings, action)
        button = self.buttons[action.name]
        button.setText(words)
        name = _("{action}: {keys}, change").format(action=action.title(), keys=words)
        button.setAccessibleName(name)
        is_changed = action.name in self.desk.settings.keys
        if is_changed and action.name not in self.backs:
            back = IconButton("rotate-ccw", _("Restore the key it comes with"), size="sm")
            back.clicked.connect(lambda: self.put_back(action))
            self._of[action.name].add_control(back)
            self.backs[action.name] = back
        if action.name in self.backs:
            self.backs[action.name].setVisible(is_changed)

    def _show(self, name: str) -> None:
        if name == "keys":
            for action in ACTIONS:
                self._show_action(action)

    def ask(self, action: Action) -> None:
        """Ask for the new key of an action, in a layer that listens."""
        self.layer = KeyLayer(self, self.desk.settings, action)
        self.layer.chosen.connect(lambda keys: self.choices.put("keys", keys))

    def put_back(self, action: Action) -> None:
        """Give an action the key it comes with; who has it now swaps with it."""
        settings = self.desk.settings
        keys = {name: key for name, key in settings.keys.items() if name != action.name}
        for key in action.keys:
            for other in keymap.clashes(settings, action.name, key):
                keys[other.name] = keymap.keys(settings, action.name)[0]
        self.choices.put("keys", keys)

    def print_sheet(self) -> None:
        """Write the sheet beside the data and open it in the desktop's own program."""
        sheet = sheet_of(self.desk.settings)
        folder = self.desk.settings.path.parent / "documents"
        task = self.desk.tasks.run(self, _write, open_file, sheet, folder)
        self.desk.tasks.or_else(task, self.refused)


def _written(settings: Settings, action: Action) -> str:
    return "  ·  ".join(keymap.written(key) for key in keymap.keys(settings, action.name))


def sheet_of(settings: Settings) -> KeySheet:
    """Return the keys as they are now, ready to print."""
    return KeySheet(
        tuple(
            (title, tuple((a.title(), _written(settings, a)) for a in keymap.of([place])))
            for place, title in keymap.places().items()
        ),
        i18n.language(),
    )


def open_file(path: Path) -> None:
    """Open a file or a folder in the desktop's own program."""
    QDesktopServices.openUrl(QUrl.fromLocalFile(str(path)))


def _write(sheet: KeySheet, folder: Path) -> Path:
    from app.documents import keys_pdf  # reportlab takes a moment, and not at every start

    path = folder / f"{_('keys')}.pdf"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        path.write_bytes(keys_pdf.render(sheet))
    except OSError as error:
        raise UserError(
            _("The sheet of keys could not be written."),
            _("If it is open in another program, close it there, and check the free space."),
        ) from error
    return path
