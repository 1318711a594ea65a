"""Photos that the rep takes: a shelf and a receipt, painted, because there is no camera."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QFont, QImage, QPainter

_COLOURS = ("#7A9A2D", "#6B2045", "#C0392B", "#D99A00", "#0B6170", "#5A3A22")


def shelf(path: Path) -> Path:
    """Paint a shop's shelf with bottles and save it as a JPEG."""
    picture = QImage(1280, 960, QImage.Format.Format_RGB32)
    picture.fill(QColor("#E8E2D6"))
    painter = QPainter(picture)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    for board in range(3):
        bottom = 300 + board * 310
        for n in range(14):
            painter.setBrush(QColor(_COLOURS[(n * 5 + board) % len(_COLOURS)]))
            x, height = 40 + n * 88, 190 + (n * 37 + board * 11) % 50
            painter.drawRoundedRect(QRectF(x, bottom - height, 62, height), 14, 14)
            painter.drawRect(QRectF(x + 22, bottom - height - 34, 18, 44))
        painter.setBrush(QColor("#8A6B4A"))
        painter.drawRect(QRectF(0, bottom, 1280, 26))
    painter.end()
    picture.save(str(path), quality=85)
    return path


def receipt(path: Path) -> Path:
    """Paint a receipt of a car park and save it as a JPEG."""
    picture = QImage(700, 1000, QImage.Format.Format_RGB32)
    picture.fill(QColor("#FDFDFB"))
    painter = QPainter(picture)
    font = QFont("Inter")
    font.setPixelSize(40)
    painter.setFont(font)
    painter.setPen(QColor("#222222"))
    lines = ("PARKING CENTRO", "NIF B00000018", "", "Entrada  12:04", "Salida   13:31", "",
             "Total IVA incl.", "4,10 EUR", "", "Gracias")  # fmt: skip
    for n, words in enumerate(lines):
        box = QRectF(0, 80 + n * 80, 700, 60)
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, words)
    painter.end()
    picture.save(str(path), quality=85)
    return path
