"""What the command palette finds and does: actions with their keys, places, records, articles."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QUrl
from PySide6.QtGui import QDesktopServices, QGuiApplication
from PySide6.QtWidgets import QWidget

from app import i18n
from app.i18n import _
from app.services import palette as known
from app.services import routes
from app.services.palette import Card, Near, Reach
from app.services.search import Hit
from app.views import keymap
from app.views.tasks import Task
from app.views.widgets import wording
from app.views.widgets.command_palette import CommandPalette, Done, Found, folded, words_of
from app.views.widgets.page import Desk, Ref
from app.views.widgets.product_card import ProductCard

if TYPE_CHECKING:
    from app.settings import Settings

_KINDS = {
    "": ("account", "contact", "quote", "document", "product"), "@": ("account", "contact"),
    "#": ("quote", "document"), "$": ("product",), ">": (), "?": (),
}  # fmt: skip
_NUMBERS = ("quote", "document", "account", "contact", "product")  # document, phone, barcode
_ICONS = {
    "account": "store", "contact": "user", "quote": "file-text", "document": "paperclip",
    "product": "package",
}  # fmt: skip
_RECENT, _ACTIONS = 5, 4  # so many at most, where there is more
_NEW = ("visit", "quote", "route")  # what is done most with a customer


class Palette(QObject):
    """Opens the palette over the window and does what is chosen there, by what it is given."""

    def __init__(
        self,
        window: QWidget,
        desk: Desk,
        *,
        go: Callable[[Ref], None],
        go_in_window: Callable[[Ref], None],
        deeds: Mapping[str, Callable[[], Any]],
        say: Callable[[str, None], None],
    ) -> None:
        """`deeds` do the actions of the key map, by name; `say` shows a toast."""
        super().__init__(window)
        self._window, self._desk = window, desk
        self._go, self._go_in_window, self._deeds, self._say = go, go_in_window, deeds, say
        self._near: Near | None = None
        self._task: Task | None = None
        self.card: ProductCard | None = None

    def open(self, account_id: str = "") -> CommandPalette:
        """Open it, on a screen that shows `account_id`."""
        self._near = None
        opened = CommandPalette(self._window, self)
        self._desk.tasks.read(
            self, known.near, partial(self._show_near, opened), self._desk.now(), account_id
        )
        return opened

    def _show_near(self, opened: CommandPalette, near: Near) -> None:
        self._near = near
        opened.show_beginning()

    def note_opened(self, ref: Ref) -> None:
        """Remember a place that was opened."""
        if ref.id and ref.screen in known.ENTITY_OF:
            self._desk.tasks.write(
                self, known.opened, lambda _none: None, ref.screen, ref.id, self._desk.now()
            )

    # what there is

    def begin(self, done: Done) -> None:
        rows: list[Found] = []
        near = self._near
        if near is not None and not self._desk.customer_mode.on:
            if near.next_visit is not None:
                at = i18n.clock(near.next_at) if near.next_at is not None else ""
                rows.append(_place(near.next_visit, _("Next visit"), first=at))
            places = [hit for hit in near.recent if hit != near.here][:_RECENT]
            rows += [_place(hit, _("Recent")) for hit in places]
        ask = Found(_("What can I do?"), _("All actions and their keys"), icon="command",
                    group=_("Actions"), deed="type:>")  # fmt: skip
        done([*rows, ask, *self._places()])

    def _places(self) -> list[Found]:
        """Return the screens, which are the actions that go somewhere."""
        names = ("today", "routes", "portfolio", "quotes", "expenses", "sync", "settings")
        known_ones = [keymap.BY_NAME[name] for name in names if name in self._deeds]
        return [_action(self._desk.settings, action, _("Go to")) for action in known_ones]

    def find(self, words: str, done: Done) -> None:
        prefix = words.strip()[:1] if words.strip()[:1] in _KINDS else ""
        wanted = words_of(words)
        here = self._actions(prefix, wanted)
        is_number = bool(wanted) and not prefix and wanted.replace(" ", "").isdigit()
        kinds: Sequence[str] = _NUMBERS if is_number else _KINDS[prefix]
        if self._desk.customer_mode.on:  # the customer sees nobody else
            kinds = [kind for kind in kinds if kind == "product"]
        if not kinds or not wanted:
            done(here)
            return
        near = self._near
        first: list[str] = []
        if near is not None:
            recent = (hit.account_id for hit in near.recent if hit.account_id)
            first = [*([near.here.row_id] if near.here else []), *near.today, *recent]
        task = self._desk.tasks.read(
            self, known.find, lambda hits: done([*self._rows(hits, prefix, is_number), *here]),
            wanted, kinds, list(dict.fromkeys(first)),
        )  # fmt: skip
        self._task = self._desk.tasks.instead(self._task, task)

    def _actions(self, prefix: str, wanted: str) -> list[Found]:
        """Return the actions that match: all of them after «>» and, with their places, «?»."""
        if prefix not in {"", ">", "?"}:
            return []
        settings, places = self._desk.settings, keymap.places()
        if prefix == "?":
            rows = [
                _action(settings, action, places[action.place], is_help=True)
                for action in keymap.ACTIONS
            ]
            return [found for found in rows if _matches(f"{found.title} {found.group}", wanted)]
        rows = [
            _action(settings, action, _("Actions"))
            for action in keymap.ACTIONS
            if action.runs and action.name in self._deeds and _matches(action.title(), wanted)
        ]
        return rows if prefix else rows[:_ACTIONS]

    def _rows(self, hits: list[Hit], prefix: str, is_number: bool) -> list[Found]:  # noqa: FBT001
        """Return what was found by group: first what can be done with the best customer."""
        groups = {
            "account": _("Customers"), "contact": _("Contacts"), "quote": _("Documents"),
            "document": _("Documents"), "product": _("Products"),
        }  # fmt: skip
        rows: list[Found] = []
        best = next(iter(hits), None)
        if best is not None and best.entity == "account" and not prefix and not is_number:
            rows = self._with_customer(best, Reach("", "", ""))
        today = self._near.today if self._near is not None else ()
        for hit in hits:
            if hit.account_id or hit.entity in {"quote", "product"}:
                last = _("today") if hit.entity == "account" and hit.row_id in today else ""
                rows.append(_place(hit, groups[hit.entity], last=last))
        return rows

    def _with_customer(self, hit: Hit, reach: Reach) -> list[Found]:
        """Return what can be done with a customer."""
        account, name, group = hit.account_id or hit.row_id, hit.title, _("Actions")
        new = {"new": True, "account": account}
        key = partial(keymap.printed, self._desk.settings)
        rows = [
            Found(_("Log a visit to {name}").format(name=name), "", Ref("visit", options=new),
                  "map-pin", group, key("visit")),
            Found(_("New quote for {name}").format(name=name), "",
                  Ref("quote", options=dict(new)), "file-text", group, key("quote")),
        ]  # fmt: skip
        if self._near is None or account not in self._near.today:
            rows.append(
                Found(_("Add {name} to the route").format(name=name), "", None, "route", group,
                      key("add_to_route"), deed=f"route:{account}")
            )  # fmt: skip
        if reach.phone:
            rows.append(_reach(_("Call {phone}"), "phone", reach.phone, group))
        if reach.email:
            rows.append(_reach(_("Write to {email}"), "mail", reach.email, group))
        return rows

    def more(self, found: Found, done: Done) -> None:
        entity, row_id = found.row
        hit = Hit(entity, row_id, found.title, "", row_id if entity == "account" else None)
        rows = [Found(_("Open"), "", found.ref, _ICONS[entity], key="↵", deed=found.deed)]
        if found.ref is not None:
            window = Found(_("Open in a window of its own"), "", found.ref, "external-link",
                           key=keymap.written("Ctrl+Return"), deed="window:")  # fmt: skip
            rows.append(window)
        if entity == "product":
            copy = Found(_("Copy reference"), "", None, "copy", deed=f"copy:{row_id}")
            rows.append(copy)
        if entity not in {"account", "contact"}:
            done(rows)
            return
        self._desk.tasks.read(
            self, known.reach, lambda reach: done([*rows, *self._with(hit, reach)]), entity, row_id
        )

    def _with(self, hit: Hit, reach: Reach) -> list[Found]:
        name = hit.title
        rows = self._with_customer(hit._replace(account_id=reach.account_id), reach)
        if hit.entity == "contact":  # a person is called and written to; their firm is visited
            return [found for found in rows if found.deed.partition(":")[0] in {"phone", "mail"}]
        options = {"new": "task", "account": reach.account_id}
        task = Found(_("New task about {name}").format(name=name), "",
                     Ref("today", options=options), "list-checks")  # fmt: skip
        return [*rows, task]

    # what is done

    def take(self, found: Found, *, in_window: bool) -> None:
        deed, _colon, value = found.deed.partition(":")
        desk = self._desk
        match deed:
            case "run":
                self._deeds[value]()
            case "route":
                day, name = i18n.local(desk.now()).date(), found.title
                desk.tasks.write(self, routes.add_stop, partial(self._added, name), day, value)
            case "phone" | "mail":
                scheme = {"phone": "tel", "mail": "mailto"}[deed]
                QDesktopServices.openUrl(QUrl(f"{scheme}:{value}"))
            case "product":
                desk.tasks.read(self, known.card, self._show_card, value, desk.now())
            case "copy":
                desk.tasks.read(self, known.card, self._copy, value, desk.now())
            case _ if found.ref is not None:
                wants_window = in_window or deed == "window"
                (self._go_in_window if wants_window and found.ref.id else self._go)(found.ref)

    def _added(self, _words: str, _plan: object) -> None:
        self._say(_("Added to today's route"), None)

    def _show_card(self, card: Card | None) -> None:
        if card is not None:
            self.card = ProductCard(self._window, card)

    def _copy(self, card: Card | None) -> None:
        if card is not None:
            QGuiApplication.clipboard().setText(card.reference)
            self._say(_("{reference} copied").format(reference=card.reference), None)


def _matches(title: str, wanted: str) -> bool:
    """Whether each word typed begins a word of the title."""
    words = folded(title).replace("…", " ").split()
    return all(any(word.startswith(part) for word in words) for part in folded(wanted).split())


def _action(
    settings: Settings, action: keymap.Action, group: str, *, is_help: bool = False
) -> Found:
    """Return an action as it is listed; one that needs a row to act on leads to the keys' help."""
    deed = f"run:{action.name}" if action.runs else "run:help"
    icon = action.icon or ("keyboard" if is_help else "command")
    key = keymap.printed(settings, action.name)
    return Found(action.title(), "", None, icon, group, key, deed=deed)


def _reach(words: str, deed: str, value: str, group: str) -> Found:
    shown = words.format(phone=value, email=value)
    return Found(shown, "", None, deed, group, deed=f"{deed}:{value}")


def _place(hit: Hit, group: str, *, first: str = "", last: str = "") -> Found:
    """Return a record as it is listed: name, what tells it from others, where it leads."""
    facts = [first, *_facts(hit), last]
    below = " · ".join(part for part in facts if part)
    row = (hit.entity, hit.row_id)
    if hit.entity == "product":
        return Found(hit.title, below, None, _ICONS["product"], group,
                     deed=f"product:{hit.row_id}", row=row)  # fmt: skip
    return Found(hit.title, below, _ref_of(hit), _ICONS[hit.entity], group,
                 avatar=hit.entity == "account", row=row)  # fmt: skip


def _facts(hit: Hit) -> list[str]:
    if hit.entity == "account":
        kind, grade = hit.facts
        is_client = kind == "customer"
        client = _("Customer {grade}").format(grade=grade) if grade else _("Customer")
        return [hit.subtitle, client if is_client else wording.account_state(kind, "")[0]]
    if hit.entity == "quote":
        state, total = hit.facts
        cents = Decimal(int(total or 0)).scaleb(-2)
        return [hit.subtitle, wording.quote_state(state)[0].lower(), i18n.money(cents)]
    return [hit.subtitle]


def _ref_of(hit: Hit) -> Ref:
    if hit.entity == "quote":
        return Ref("quote", hit.row_id)
    tab = {"contact": "record", "document": "documents"}.get(hit.entity, "")
    return Ref("customer", hit.account_id or "", tab)
