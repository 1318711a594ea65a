"""The ribbon over the example company: what is shown is invented, and the ways out of it."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame

from app.i18n import _
from app.views import theme
from app.views.widgets.button import Button
from app.views.widgets.layout import Elided, Icon, row


class DemoRibbon(QFrame):
    """Stands above everything as long as the data is the example's."""

    connect_asked = Signal()
    erase_asked = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("bare", True)
        self.words = Elided("", "strong", tone="violet")
        self.connect_button = Button(kind="link", size="sm", icon="plug")
        self.erase_button = Button(kind="link", size="sm", icon="trash-2")
        self.connect_button.clicked.connect(self.connect_asked)
        self.erase_button.clicked.connect(self.erase_asked)
        self.setLayout(
            row(Icon("presentation", "violet_text", 16), (self.words, 1), self.connect_button,
                self.erase_button, gap=8, margins=(20, 2, 16, 2))
        )  # fmt: skip
        self.retranslate()

    def retranslate(self) -> None:
        self.words.setText(_("Example data: nothing here is real, and nothing leaves this"
                             " computer."))  # fmt: skip
        self.connect_button.setText(_("Connect"))
        self.connect_button.setToolTip(_("Begin with your own data"))
        self.erase_button.setText(_("Erase"))
        self.erase_button.setToolTip(_("Erase the example and close it"))

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()

    def paintEvent(self, event: QPaintEvent) -> None:
        p = QPainter(self)
        p.fillRect(self.rect(), theme.colour("violet_soft"))
        p.fillRect(0, self.height() - 1, self.width(), 1, theme.colour("violet"))
