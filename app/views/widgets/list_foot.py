"""The line below a list: how many there are, what is wrong, and what the keys do."""

from __future__ import annotations

from PySide6.QtWidgets import QFrame, QLabel

from app.views.widgets.layout import Elided, Item, box, row, text


class ListFoot(QFrame):
    """The line below a list: how many there are, what is wrong, and what the keys do."""

    def __init__(self, *keys: tuple[str, str]) -> None:
        """`keys` are pairs of a key as it is printed and what it does."""
        super().__init__()
        self.setProperty("bare", True)
        self.count, self.problem = text("", "muted"), Elided("", "error")
        self.problem.hide()
        parts: list[Item] = []
        for key, does in keys:
            hint = QLabel(key)
            hint.setProperty("kbd", True)
            parts += [hint, text(does, "muted"), 6]
        self.keys = box(row(*parts, gap=5))
        inside = row(self.count, (self.problem, 9), None, self.keys, gap=14, margins=(14, 5, 8, 5))
        self.setLayout(inside)

    def show_count(self, words: str) -> None:
        self.count.setText(words)

    def show_problem(self, words: str) -> None:
        """Say why a cell was refused; "" when all is well."""
        self.problem.setText(words)
        self.problem.setVisible(bool(words))
        self.keys.setVisible(not words)
