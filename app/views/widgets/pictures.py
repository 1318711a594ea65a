"""Pictures that the user brings: read from a file, or taken from the clipboard, as bytes."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QBuffer, QIODevice
from PySide6.QtGui import QImage

from app.errors import UserError
from app.i18n import _


def read(path: Path) -> bytes:
    """Read a file that the user chose, off the GUI thread.

    Raises:
        UserError: it cannot be read.
    """
    try:
        return path.read_bytes()
    except OSError as error:
        raise UserError(
            _("{name} cannot be read. Nothing was added.").format(name=path.name),
            _("Choose the file again."),
        ) from error


def encoded(image: QImage) -> bytes:
    """Return a picture of the clipboard as PNG."""
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG")  # type: ignore[call-overload]  # its stub wants bytes
    return bytes(buffer.data().data())
