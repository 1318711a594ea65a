"""What a wide window shows below the day: news from the office, and who is on the way."""

from __future__ import annotations

from datetime import datetime, timedelta

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from app import i18n
from app.i18n import _, ngettext
from app.services import office_news, route_view
from app.services.agenda import DayPlan
from app.services.office_news import News
from app.services.route_view import Around, Extra
from app.views.today.block import Block
from app.views.widgets.avatar import Avatar
from app.views.widgets.button import Button
from app.views.widgets.layout import (
    Elided,
    Icon,
    Item,
    card,
    clear,
    column,
    line,
    row,
    scroll,
    text,
)
from app.views.widgets.page import Desk, Ref


def news_words(entity: str, count: int) -> tuple[str, str]:
    """Return what came of one kind, and its icon."""
    words = {
        "price_list_line": ngettext("{n} price changed", "{n} prices changed", count),
        "price_list": ngettext("{n} price list changed", "{n} price lists changed", count),
        "product": ngettext("{n} product changed", "{n} products changed", count),
        "account": ngettext("{n} customer changed", "{n} customers changed", count),
        "activity": ngettext("{n} visit or task changed", "{n} visits or tasks changed", count),
        "quote": ngettext("{n} quote changed", "{n} quotes changed", count),
        "invoice": ngettext("{n} new invoice", "{n} new invoices", count),
        "receivable": ngettext("{n} payment changed", "{n} payments changed", count),
        "expense_report": ngettext(
            "{n} expense claim changed", "{n} expense claims changed", count
        ),
        "conflict": ngettext("{n} conflict to review", "{n} conflicts to review", count),
        "parked_operation": ngettext("{n} change not accepted", "{n} changes not accepted", count),
    }[entity]
    icon = {
        "price_list_line": "tag", "price_list": "tags", "product": "package", "account": "store",
        "activity": "calendar-days", "quote": "file-text", "invoice": "receipt",
        "receivable": "banknote", "expense_report": "wallet", "conflict": "git-compare",
        "parked_operation": "circle-alert",
    }[entity]  # fmt: skip
    return words.format(n=count), icon


_FRESH = timedelta(minutes=5)


class Wide(QWidget):
    """Both cards side by side, each only where it has something to say."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._known: object = None
        self._at = desk.now()
        self.news, self.way = NewsCard(), OnTheWayCard()
        self.news_block = Block(desk.tasks, card(self.news))
        self.way_block = Block(desk.tasks, card(self.way))
        self.setLayout(row((self.news_block, 1), (self.way_block, 1), gap=12))
        self.hide()

    def load(self, plan: DayPlan | None, *, wanted: bool) -> None:
        """Read both anew when the day has changed, and now and then; or hide them."""
        if not wanted or plan is None:
            self._known = None
            self.hide()
            return
        now = self._desk.now()
        known = (plan.day, tuple((row_.id, row_.state) for row_ in plan.rows))
        if self._known == known and now - self._at < _FRESH:
            return  # who is on the way is asked of the whole portfolio
        self._known, self._at = known, now
        self.news_block.read(office_news.latest, self._show_news)
        self.way_block.read(route_view.around, self._show_way, plan.day)

    def _show_news(self, news: News) -> None:
        self.news.show_news(news, self._desk.now())
        self._show(self.news_block, has_words=bool(news.items))

    def _show_way(self, around: Around) -> None:
        self.way.show_extras(around.extras)
        self._show(self.way_block, has_words=bool(around.extras))

    def _show(self, block: Block, *, has_words: bool) -> None:
        block.setVisible(has_words)
        self.setVisible(not (self.news_block.isHidden() and self.way_block.isHidden()))


class NewsCard(QWidget):
    """What the last sync brought, by kind, each with the screen that shows it."""

    opened = Signal(object)  # Ref

    def __init__(self) -> None:
        super().__init__()
        self.when = text("", "muted")
        self._rows = column(gap=4)
        self.setLayout(
            column(row(text(_("News from the office"), "h2"), None, self.when), self._rows, None)
        )

    def show_news(self, news: News, now: datetime) -> None:
        clear(self._rows)
        if news.at is not None:
            ago = i18n.days_ago(i18n.local(news.at).date(), i18n.local(now).date())
            when = f"{ago}, {i18n.clock(news.at)}"
            self.when.setText(_("received {when}").format(when=when))
        for n, item in enumerate(news.items):
            if n:
                self._rows.addWidget(line())
            words, icon = news_words(item.entity, item.many)
            see = Button(_("See"), kind="link", size="sm")
            see.setAccessibleName(_("See: {what}").format(what=words))
            see.clicked.connect(
                lambda _checked=False, screen=item.screen: self.opened.emit(Ref(screen))
            )
            self._rows.addLayout(row(Icon(icon, "primary_text", 18), (Elided(words), 1), see))


class OnTheWayCard(QWidget):
    """Customers who are due and near the route, with the driving that each would add."""

    added = Signal(object)  # Extra
    opened = Signal(str)  # account

    def __init__(self) -> None:
        super().__init__()
        self._rows = column(gap=4)
        inside = QWidget()
        inside.setLayout(column(self._rows, None, gap=0))
        head = row(text(_("On the way"), "h2"), None, text(_("customers who are due"), "muted"))
        self.setLayout(column(head, (scroll(inside), 1)))

    def show_extras(self, extras: tuple[Extra, ...]) -> None:
        clear(self._rows)
        for n, extra in enumerate(extras):
            if n:
                self._rows.addWidget(line())
            self._rows.addWidget(self._row(extra))

    def _row(self, extra: Extra) -> QWidget:
        holder = QWidget()
        days = _("never visited")
        if extra.days is not None:
            words = ngettext("{n} day without a visit", "{n} days without a visit", extra.days)
            days = words.format(n=extra.days)
        more = f"+{i18n.duration(extra.minutes * 60)}"
        below = " · ".join(part for part in (extra.city, days, more) if part)
        names = column(Elided(extra.name, "strong"), Elided(below, "muted"), gap=0)
        see = Button(_("See"), kind="ghost", size="sm")
        see.setAccessibleName(_("See: {what}").format(what=extra.name))
        see.clicked.connect(lambda: self.opened.emit(extra.account_id))
        add = Button(_("Add"), icon="plus", kind="link", size="sm")
        add.setAccessibleName(_("Add {name} to the route").format(name=extra.name))
        add.clicked.connect(lambda: self.added.emit(extra))
        parts: list[Item] = [Avatar(extra.name, 34), (names, 1), see, add]
        holder.setLayout(row(*parts, gap=10))
        return holder
