"""The screens themselves: one is shown at a time, and the way from one to the next is kept."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import QCoreApplication, QEvent, Qt, Signal
from PySide6.QtWidgets import QAbstractScrollArea, QApplication, QStackedWidget, QWidget
from shiboken6 import isValid

from app.views.cover import Cover
from app.views.navigation import History, Place
from app.views.widgets.columns import first_stop
from app.views.widgets.page import Desk, Page, Ref

Makers = dict[str, Callable[[], Page]]


class Screens(QStackedWidget):
    """Makes each screen the first time that it opens, and restores how it was left."""

    shown = Signal(object, object)  # Place, Page: before the page hears what to show
    made = Signal(object)  # a page, to be connected

    def __init__(self, desk: Desk, makers: Makers) -> None:
        super().__init__()
        self._desk, self.makers = desk, makers
        self.pages: dict[str, Page] = {}
        self.history = History()
        self.cover = self._make_cover()

    def _make_cover(self) -> Cover:
        cover = Cover(self._desk)
        cover.back_requested.connect(lambda: self.step(-1))
        cover.left.connect(lambda: self._desk.customer_mode.switch(on=False))
        self.addWidget(cover)
        return cover

    @property
    def page(self) -> Page:
        """The screen that is shown."""
        current = self.currentWidget()
        assert isinstance(current, Page)  # noqa: S101 - nothing else is ever put there
        return current

    def open(self, ref: Ref) -> None:
        """Go to `ref`, leaving the place we are at so that going back restores it."""
        if ref.screen not in self.makers:
            message = f"No screen {ref.screen}"
            raise KeyError(message)
        self.leave()
        self._show(self.history.visit(ref))

    def step(self, by: int) -> None:
        """Go back or forward by so many places; nothing when there are none."""
        self.leave()
        place = self.history.step(by)
        if place is not None:
            self._show(place)

    def leave(self) -> None:
        """Remember how the place was left."""
        here = self.history.here
        if here is not None and here.ref.screen in self.pages:
            page = self.pages[here.ref.screen]
            here.state, here.scrolls = page.state(), _scrolls_of(page)

    def show_again(self) -> None:
        """Show the present place anew: covered or uncovered, or made in another language."""
        if self.history.here is not None:
            self._show(self.history.here)

    def _show(self, place: Place) -> None:
        page = self._page(place.ref.screen)
        covered = self._desk.customer_mode.on and not page.customer_safe
        self.setCurrentWidget(self.cover if covered else page)
        self.shown.emit(place, self.page)
        if covered:
            self.cover.setFocus()
            return
        page.show_ref(place.ref)
        if place.state:
            page.restore(place.state)
        if any(place.scrolls):  # what is scrolled arrives from another thread
            self._desk.tasks.idle.connect(
                partial(_scroll_to, page, list(place.scrolls)),
                Qt.ConnectionType.SingleShotConnection,
            )
        page.setFocus()

    def _page(self, key: str) -> Page:
        if key not in self.pages:
            page = self.makers[key]()
            page.back_requested.connect(lambda: self.step(-1))
            self.pages[key] = page
            self.addWidget(page)
            self.made.emit(page)
        return self.pages[key]

    def next_pane(self, by: int, around: Sequence[QWidget]) -> None:
        """Move the focus to the next part: content, side (it opens as a drawer), then `around`."""
        split = self.page.split
        panes = [*([split.content, split.side] if split is not None else [self.page]), *around]
        focused = QApplication.focusWidget()
        here = next((n for n, p in enumerate(panes) if focused and p.isAncestorOf(focused)), 0)
        for step in range(1, len(panes) + 1):
            pane = panes[(here + by * step) % len(panes)]
            if split is not None and pane is split.side and split.is_drawer:
                if split.open_drawer():
                    return
                continue
            stop = first_stop(pane)
            if stop is not None:
                if split is not None:
                    split.close_drawer()
                stop.setFocus(Qt.FocusReason.TabFocusReason)
                return

    def drop(self) -> None:
        """Forget every screen, after it has saved what is being typed; `show_again` makes them."""
        self.leave()
        for key in list(self.pages):
            self._forget(key)
        self.removeWidget(self.cover)
        self.cover.deleteLater()
        self.cover = self._make_cover()

    def drop_hidden(self) -> None:
        """Forget the screens that are not shown: dressing a widget anew takes half a millisecond.

        They are made again when they open, as they were left; one that is busy stays.
        """
        for key, page in list(self.pages.items()):
            if page is not self.currentWidget() and not page.busy:
                self._forget(key)
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)

    def _forget(self, key: str) -> None:
        page = self.pages.pop(key)
        page.retire()
        self.removeWidget(page)
        page.deleteLater()


def _areas(page: Page) -> list[QAbstractScrollArea]:
    return page.findChildren(QAbstractScrollArea)


def _scrolls_of(page: Page) -> list[int]:
    return [area.verticalScrollBar().value() for area in _areas(page)]


def _scroll_to(page: Page, values: list[int]) -> None:
    if not isValid(page):
        return
    for area, value in zip(_areas(page), values, strict=False):
        if value:
            area.verticalScrollBar().setValue(value)
