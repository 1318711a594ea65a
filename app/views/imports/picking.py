"""The system's own dialog that asks for a list."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QWidget

from app.i18n import _


def pick_file(parent: QWidget) -> Path | None:
    """Ask for a list; None when nobody chose one."""
    name, _filter = QFileDialog.getOpenFileName(
        parent, _("Choose a list"), "",
        _("Lists ({patterns})").format(patterns="*.csv *.txt *.tsv *.xlsx"),
    )  # fmt: skip
    return Path(name) if name else None
