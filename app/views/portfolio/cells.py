"""The columns of the portfolio: what of a customer each one shows, and what a file holds of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import partial

from app import i18n
from app.i18n import _, ngettext
from app.rules import identifiers
from app.services import leads
from app.services.account_columns import Listed, day_and_time
from app.services.account_filters import AT_RISK
from app.settings import Settings
from app.views import keymap
from app.views.paged_table import Column
from app.views.widgets import wording
from app.views.widgets.cells import ChipCell, IconCell, Number, Spark, Stacked, TwoLine


def columns(today: Callable[[], date]) -> list[Column]:
    """Return the columns, the usual ones first; `today` is asked for each time."""
    return [
        Column("name", _("Customer"), _name, value=lambda row: row.account.name),
        Column("state", _("State"), _state, width=112, value=_state_words),
        Column("visit", _("Last visit"), lambda row: _visit(row, today()), width=150,
               value=lambda row: row.account.last_visit),
        Column("months", _("12 months"), _months, width=82, sortable=False, internal=True,
               value=lambda row: ", ".join(str(n) for n in row.account.months)),
        Column("sales", _("Sales"), _sales, width=92, right=True, internal=True,
               value=lambda row: row.account.sales),
        Column("overdue", _("Overdue"), _overdue, width=104, right=True, internal=True,
               value=lambda row: row.account.overdue),
        Column("mark", "", _mark, width=36, sortable=False, name=_("Sync mark")),
        *_others(today),
    ]  # fmt: skip


def foot_keys(settings: Settings) -> list[tuple[str, str]]:
    """Return the keys that stand below the list, as they are printed, with what they do."""
    printed = partial(keymap.printed, settings)
    return [
        (printed("peek"), _("quick look")), (printed("open"), _("open")),
        (printed("visit"), _("visit")), (printed("quote"), _("quote")),
        (printed("star"), _("star")),
    ]  # fmt: skip


def _others(today: Callable[[], date]) -> list[Column]:
    optional = partial(Column, optional=True)
    return [
        optional("frequency", _("Frequency"), _frequency, width=110,
                 value=lambda row: row.amount_of("frequency"),
                 edit=lambda row: row.words_of("frequency")),
        optional("order", _("Last invoice"), lambda row: _day(row, today()), width=120,
                 value=lambda row: row.day_of("order")),
        optional("balance", _("Balance"), _balance, width=110, right=True, internal=True,
                 value=lambda row: row.amount_of("balance")),
        optional("phone", _("Phone"), _phone, width=140, value=lambda row: row.words_of("phone"),
                 edit=_phone),
        optional("email", _("Email"), _plain("email"), width=190,
                 edit=lambda row: row.words_of("email")),
        optional("code", _("Code"), _plain("code"), width=100),
        optional("tax_id", _("Tax ID"), _plain("tax_id"), width=110),
        optional("prices", _("Price list"), _plain("prices"), width=130, internal=True),
        optional("rep", _("Sales rep"), _plain("rep"), width=130),
        optional("tags", _("Tags"), _plain("tags"), width=140),
        optional("lead", _("Score"), _score, width=80, right=True, internal=True,
                 name=_("Score of the prospect"), value=lambda row: row.amount_of("lead")),
        optional("lead_state", _("Prospect"),
                 lambda row: leads.state_words(row.words_of("lead_state")), width=120,
                 internal=True, name=_("State of the prospect")),
        optional("km", _("Km from here"), _km, width=110, right=True, sortable=False,
                 value=lambda row: row.amount_of("km")),
    ]  # fmt: skip


def _name(row: Listed) -> TwoLine:
    account = row.account
    grade = _("Customer {grade}").format(grade=account.grade) if account.grade else ""
    below = " · ".join(part for part in (account.city, account.segment or grade) if part)
    return TwoLine(account.name, below, account.name, star=account.starred)


def _state(row: Listed) -> ChipCell | str:
    if row.is_visiting:
        return ChipCell(_("Visiting"), "accent", "timer")
    words, tone, icon = wording.account_state(row.account.kind, row.account.status)
    if row.is_at_risk:
        return ChipCell(_("At risk"), "danger", "triangle-alert")
    return ChipCell(words, tone, icon) if tone else words


def _state_words(row: Listed) -> str:
    return str(_state(row))


def _visit(row: Listed, today: date) -> Stacked:
    account = row.account
    upcoming = ""
    if row.next_at is not None:
        upcoming = _("Next: {day}").format(day=day_and_time(row.next_at, today))
    elif account.kind == "customer" and account.status != "inactive":
        upcoming = _("No next visit")
    if account.last_visit is None:
        return Stacked("–", upcoming)
    days = (today - account.last_visit).days
    tone = ""
    if days > account.every_days:
        tone = "danger" if days > 1.5 * account.every_days else "warning"
    ago = i18n.days_ago(account.last_visit, today)
    return Stacked(ago[:1].upper() + ago[1:], upcoming, tone)


def _months(row: Listed) -> Spark | str:
    account = row.account
    if not any(account.months):
        return ""
    falling = account.sales < account.sales_before * AT_RISK
    return Spark(account.months, "danger" if falling else "data1", _("Sales of 12 months"))


def _sales(row: Listed) -> Number:
    account = row.account
    if not account.sales and not account.sales_before:
        return Number("–")
    delta = ""
    if account.sales_before:
        change = round((account.sales - account.sales_before) / account.sales_before * 100)
        delta = ("+" if change > 0 else "") + i18n.percent(change)
    tone = "danger" if account.sales < account.sales_before else "success"
    return Number(i18n.money(account.sales, decimals=0), delta, tone if delta else "")


def _overdue(row: Listed) -> Number:
    if row.account.overdue <= 0:
        return Number("–")
    return Number(i18n.money(row.account.overdue), tone="danger")


def _mark(row: Listed) -> IconCell:
    if row.account.mark == "conflict":
        return IconCell("git-compare", "danger", _("Two versions"))
    if row.account.mark == "local":
        return IconCell("cloud-off", "warning", _("Only on this computer"))
    return IconCell("", "", "")


def _frequency(row: Listed) -> str:
    days = int(row.amount_of("frequency") or 0)
    return ngettext("{n} day", "{n} days", days).format(n=days) if days else "–"


def _day(row: Listed, today: date) -> Stacked:
    day = row.day_of("order")
    if day is None:
        return Stacked("–")
    ago = i18n.days_ago(day, today)
    return Stacked(ago[:1].upper() + ago[1:])


def _balance(row: Listed) -> Number:
    amount = row.amount_of("balance")
    return Number(i18n.money(amount) if amount else "–")


def _phone(row: Listed) -> str:
    number = row.words_of("phone")
    return identifiers.phone_text(number) if number else ""


def _score(row: Listed) -> str:
    score = row.amount_of("lead")
    return "–" if score is None else f"{score}/{leads.BEST * len(leads.MARKS)}"


def _km(row: Listed) -> Number:
    away = row.amount_of("km")
    return Number("–" if away is None else f"{i18n.number(away, 1)} km")


def _plain(key: str) -> Callable[[Listed], str]:
    return lambda row: row.words_of(key)
