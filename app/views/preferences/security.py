"""Security: who may look, how the data is encrypted, its copies, and the end of it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from app import i18n
from app.errors import ValidationError
from app.i18n import _
from app.models import keys
from app.services import backups, screen_lock, syncing, this_computer
from app.services.backups import Backup
from app.services.syncing import Status
from app.services.this_computer import Safekeeping
from app.views.preferences.backup_layer import BackupLayer, described
from app.views.preferences.choices import Choices
from app.views.preferences.erase_layer import EraseLayer, Sender
from app.views.preferences.keyboard import open_file
from app.views.preferences.parts import Fact, OneOf, Section, SettingRow
from app.views.widgets.button import Button
from app.views.widgets.layout import row
from app.views.widgets.page import Desk
from app.views.widgets.secret_layer import SecretLayer

if TYPE_CHECKING:
    from app.models.database import Database

LOCKS = (0, 2, 5, 10, 30)
_SHORTEST_PASSPHRASE = 8


class Security(Section):
    """Lock, PIN, passphrase, backups, erasing. `erase_asked` when all of it is to go."""

    lock_asked = Signal()
    erase_asked = Signal()
    close_asked = Signal()
    key, icon = "safety", "shield-check"
    chosen = ("lock_after_minutes",)

    def __init__(self, desk: Desk, choices: Choices, database: Database, sender: Sender) -> None:
        super().__init__(desk, choices, _("Security"))
        self._database, self._sender = database, sender
        self._kept: Safekeeping | None = None
        self._status: Status | None = None
        self.layer: SecretLayer | BackupLayer | EraseLayer | None = None
        self._make_controls(choices)
        self.fill([*self._lock_rows(), *self._copy_rows()])
        self._connect()

    @property
    def _folder(self) -> Path:
        return self._database.path.parent

    def _make_controls(self, choices: Choices) -> None:
        self.after = OneOf(
            choices, "lock_after_minutes", _("Lock the screen after"),
            [(n, i18n.duration(n * 60) if n else _("never")) for n in LOCKS],
        )  # fmt: skip
        self.pin_button = Button(_("Set a PIN…"), icon="key-round")
        self.no_pin_button = Button(_("Remove"), kind="ghost")
        self.lock_button = Button(_("Lock now"), icon="lock")
        self.encryption, self.last = Fact(), Fact()
        self.phrase_button = Button(_("Use a passphrase…"), icon="key-round")
        self.backup_button = Button(_("Back up now"), icon="hard-drive")
        self.folder_button = Button(_("Open the folder"), icon="folder-open", kind="ghost")
        self.restore_button = Button(_("Go back to a backup…"), icon="history")
        self.close_button = Button(_("Close Viajante"), icon="x", kind="soft")
        self.stay_button = Button(_("Leave it as it is"), kind="ghost")
        self.erase_button = Button(_("Erase…"), icon="trash-2", kind="danger_ghost")

    def _lock_rows(self) -> list[SettingRow]:
        pin = QWidget()
        pin.setLayout(row(self.no_pin_button, self.pin_button, gap=6))
        self.pin_row = SettingRow(
            _("PIN"), _("With one, the screen locks when nobody is there. It guards the screen"
                        " only: the data is encrypted with a key of its own."),
            pin, also=_("password lock code"),
        )  # fmt: skip
        self.after_row = SettingRow(
            _("Lock the screen after"),
            _("When nobody touches this computer. It hides everything; the sync goes on."),
            self.after, also=_("inactivity minutes lock"),
        )  # fmt: skip
        self.now_row = SettingRow(
            _("Lock now"), _("When you leave the laptop with somebody."), self.lock_button,
            also=_("lock"),
        )  # fmt: skip
        self.phrase_row = SettingRow(
            _("Passphrase"), _("It opens the data at each start. Without it nobody can, not even"
                               " the office."),
            self.phrase_button, also=_("password key change encryption"),
        )  # fmt: skip
        encryption = SettingRow(
            _("Encryption"),
            _("All of your data on this computer: SQLCipher with a key of 256 bits."),
            self.encryption, also=_("key keyring safe"),
        )  # fmt: skip
        return [self.pin_row, self.after_row, self.now_row, encryption, self.phrase_row]

    def _copy_rows(self) -> list[SettingRow]:
        copies, back = QWidget(), QWidget()
        copies.setLayout(row(self.folder_button, self.backup_button, gap=6))
        back.setLayout(row(self.stay_button, self.close_button, self.restore_button, gap=6))
        self.restore_row = SettingRow(
            _("Restore"), _("What is here now is copied first."), back,
            also=_("backup go back copy"),
        )  # fmt: skip
        return [
            SettingRow(_("Backup"),
                       _("Data, photos and documents, encrypted with the same key, in the folder"
                         " backups beside your data. Five are kept; each update makes one too."),
                       copies, also=_("copy save")),
            SettingRow(_("Last backup"), _("On this computer: a copy on another disk is of use"
                                           " only together with the key."), self.last,
                       also=_("copy when where")),
            self.restore_row,
            SettingRow(_("Erase the data of this computer"),
                       _("Before you give it back or sell it. The key goes first."),
                       self.erase_button, also=_("delete remove wipe sell")),
        ]  # fmt: skip

    def _connect(self) -> None:
        self.pin_button.clicked.connect(self.ask_pin)
        self.no_pin_button.clicked.connect(self.remove_pin)
        self.lock_button.clicked.connect(self.lock_asked)
        self.phrase_button.clicked.connect(self.ask_passphrase)
        self.backup_button.clicked.connect(self.back_up)
        self.folder_button.clicked.connect(lambda: open_file(self._folder / backups.FOLDER))
        self.restore_button.clicked.connect(self.choose_backup)
        self.stay_button.clicked.connect(self.stay)
        self.close_button.clicked.connect(self.close_asked)
        self.erase_button.clicked.connect(self.ask_erase)

    # showing

    def load(self) -> None:
        self.desk.tasks.run(self, this_computer.safekeeping, self._show, self._folder)
        self.desk.tasks.read(self, syncing.status, self._note_status)

    def _note_status(self, status: Status) -> None:
        self._status = status

    def _show(self, kept: Safekeeping) -> None:
        self._kept = kept
        where = {
            "keyring": _("The key is in the keyring of this computer."),
            "passphrase": _("The key opens with your passphrase."),
            "file": _("The key is in a file beside the data: this is for trying only."),
        }
        self.encryption.say(where[kept.key])
        self.pin_button.setText(_("Change the PIN…") if kept.lock == "pin" else _("Set a PIN…"))
        self.no_pin_button.setVisible(kept.lock == "pin")
        absent = [] if kept.lock else [self.after_row, self.now_row]
        absent += [] if kept.backups else [self.restore_row]
        # the example's key protects nothing, so there is none to change
        self.leave_out(*absent, *([self.phrase_row] if kept.key == "file" else []))
        self.phrase_button.setText(
            _("Change the passphrase…") if kept.key == "passphrase" else _("Use a passphrase…")
        )
        self.last.say(described(kept.backups[0]) if kept.backups else _("None yet"))
        self.folder_button.setVisible(bool(kept.backups))
        self.restore_button.setVisible(bool(kept.backups) and not kept.ordered)
        for button in (self.close_button, self.stay_button):
            button.setVisible(bool(kept.ordered))
        self.restore_row.show_problem("")
        if kept.ordered:
            self.restore_row.show_problem(_("A copy is put back when Viajante starts again."))

    # lock

    def ask_pin(self) -> None:
        """Ask for a new PIN, and for the one that there is."""
        has_pin = self._kept is not None and self._kept.lock == "pin"

        def work(old: str, new: str) -> None:
            if has_pin and not screen_lock.opens(self._folder, old):
                raise ValidationError("old", _("That is not the PIN."))
            screen_lock.set_pin(self._folder, new, field="new")

        self.layer = SecretLayer(
            self, self.desk, _("PIN of the screen"),
            _("It is asked at the start and after a while without you. Nobody can tell you what it"
              " was: keep it in a safe place."),
            _("Use this PIN"), work, self._pin_set, asks_old=_("Present PIN") if has_pin else "",
            asks_new=_("New PIN, four signs or more"),
        )  # fmt: skip

    def _pin_set(self) -> None:
        self.said.emit(_("The screen opens with the new PIN."), None)
        self.load()

    def remove_pin(self) -> None:
        """Ask for the PIN once more, and forget it."""

        def work(old: str, _new: str) -> None:
            if not screen_lock.opens(self._folder, old):
                raise ValidationError("old", _("That is not the PIN."))
            screen_lock.remove_pin(self._folder)

        self.layer = SecretLayer(
            self, self.desk, _("Remove the PIN"), _("The screen does not lock any more."),
            _("Remove"), work, self._pin_gone, asks_old=_("Present PIN"),
        )  # fmt: skip

    def _pin_gone(self) -> None:
        self.said.emit(_("There is no PIN any more."), None)
        self.load()

    def ask_passphrase(self) -> None:
        """Ask for a passphrase in place of the keyring, or of the one that there is."""
        has_one = self._kept is not None and self._kept.key == "passphrase"

        def work(old: str, new: str) -> None:
            if len(new) < _SHORTEST_PASSPHRASE:
                words = _("A passphrase has {n} signs at least; four words are better.")
                raise ValidationError("new", words.format(n=_SHORTEST_PASSPHRASE))
            if has_one:
                keys.change_passphrase(self._folder, old, new)
            else:
                keys.protect(self._folder, new)

        self.layer = SecretLayer(
            self, self.desk, _("Passphrase of your data"),
            _("It is asked at each start. Without it nobody can open the data, nor the backups."),
            _("Use this passphrase"), work, self._phrase_set,
            asks_old=_("Present passphrase") if has_one else "", asks_new=_("New passphrase"),
        )  # fmt: skip

    def _phrase_set(self) -> None:
        self.said.emit(_("The data opens with the new passphrase."), None)
        self.load()

    # copies

    def back_up(self) -> None:
        """Copy database and photos, in the background."""
        self.backup_button.setEnabled(False)
        task = self.desk.tasks.run(
            self, backups.make, self._copied, self._database, self.desk.files, self.desk.now()
        )
        self.desk.tasks.or_else(task, self._not_copied)

    def _copied(self, made: Backup) -> None:
        self.backup_button.setEnabled(True)
        words = _("Backup made: {what}").format(what=described(made))
        self.said.emit(words, None)
        self.load()

    def _not_copied(self, error: Exception) -> None:
        self.backup_button.setEnabled(True)
        self.refused(error)

    def choose_backup(self) -> None:
        """Ask which copy to go back to."""
        if self._kept is None or not self._kept.backups:
            return
        status = self._status
        has_server = bool(status and status.is_connected and not status.is_demo)
        self.layer = BackupLayer(self, self._kept.backups, has_server=has_server)
        self.layer.chosen.connect(self._order)

    def _order(self, name: str) -> None:
        self.restore_button.setEnabled(False)
        task = self.desk.tasks.run(self, backups.order, self._ordered, self._database, name)
        self.desk.tasks.or_else(task, self._not_ordered)

    def _ordered(self, _none: None) -> None:
        self.restore_button.setEnabled(True)
        self.said.emit(_("The copy is put back when Viajante starts again."), self.stay)
        self.load()

    def _not_ordered(self, error: Exception) -> None:
        self.restore_button.setEnabled(True)
        self.refused(error)

    def stay(self) -> None:
        """Take back the wish to go back."""
        self.desk.tasks.run(self, backups.cancel, lambda _none: self.load(), self._folder)

    # the end

    def ask_erase(self) -> None:
        """Count what was not sent, and ask."""
        self.desk.tasks.read(self, syncing.status, self._ask_erase)

    def _ask_erase(self, status: Status) -> None:
        self.layer = EraseLayer(self, self.desk, self._sender, status)
        self.layer.erase.connect(self.erase_asked)
