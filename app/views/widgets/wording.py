"""The words that several screens use for the same things: outcomes, reasons, facts, states."""

from __future__ import annotations

from datetime import date

from app.i18n import _, days_ago, ngettext

# tone and icon of each outcome of a visit
OUTCOMES: dict[str, tuple[str, str]] = {
    "order": ("success", "package-check"),
    "quote": ("info", "file-text"),
    "follow_up": ("primary", "calendar-plus"),
    "not_in": ("neutral", "door-closed"),
    "no_interest": ("danger", "thumbs-down"),
}


def outcome(key: str) -> str:
    """Return how a visit went, in a word."""
    return {
        "order": _("Order"),
        "quote": _("Quote"),
        "follow_up": _("Follow-up"),
        "not_in": _("Not in"),
        "no_interest": _("No interest"),
    }.get(key, key)


def day_state(key: str, how: str) -> tuple[str, str, str]:
    """Return words, tone and icon for the state of a visit of the day."""
    if key == "done":
        tone, icon = OUTCOMES.get(how, ("success", "check"))
        return outcome(how) or _("Done"), tone if tone != "danger" else "neutral", icon
    return {
        "no_report": (_("No report"), "warning", "triangle-alert"),
        "now": (_("Visiting"), "accent", "timer"),
        "next": (_("Next"), "primary", "navigation"),
        "fixed": (_("Confirmed"), "info", "calendar-check"),
        "cancelled": (_("Cancelled"), "neutral", "ban"),
    }.get(key, (_("Planned"), "neutral", "calendar-days"))


def fact(key: str, params: dict[str, str]) -> str:
    """Return something worth knowing at the door as a sentence."""
    match key:
        case "stopped":
            n = int(params["months"])
            words = ngettext(
                "{n} month without buying {product}: used to take {monthly} a month",
                "{n} months without buying {product}: used to take {monthly} a month", n,
            )  # fmt: skip
            return words.format(n=n, product=params["product"], monthly=params["monthly"])
        case "late_order":
            words = _("No order for {n} days: usually every {usual}")
            return words.format(**params)
        case "new_contact":
            return _("New contact: {who}").format(**params)
        case "promised":
            return _("You promised: {words}").format(words=params["words"])
        case "expiring":
            return _("{number} expires on {day}").format(**params)
        case "overdue":
            return _("{amount} overdue").format(**params)
    return ""


def pending(rule: str, params: dict[str, str]) -> tuple[str, str]:
    """Return why something is to be done, and the word on its button."""
    match rule:
        case "quote_follow_up":
            return _("{number}: ask how it looks").format(number=params["number"]), _("Open")
        case "visit_follow_up":
            return _("Follow up the visit"), _("Open")
        case "report":
            return _("Visit without a report"), _("Complete")
        case "expiring":
            return _("{number} expires on {day}").format(**params), _("Open")
        case "overdue":
            n = int(params["days"])
            words = ngettext("{amount}, {n} day late", "{amount}, {n} days late", n)
            return words.format(n=n, amount=params["amount"]), _("See")
        case "expense":
            return _("Expense without an amount"), _("Add")
        case "quote_silent":
            n = int(params["days"])
            words = ngettext("{number}: no answer for {n} day", "{number}: no answer for {n} days",
                             n)  # fmt: skip
            return words.format(n=n, number=params["number"]), _("Open")
        case "claim":
            return _("Submit the claim of {month}").format(**params), _("See")
    return params.get("title") or _("Task"), _("See")


def rule(key: str) -> str:
    """Return the rule that made a pending thing, as a sentence; "" when it was noted by hand."""
    return {
        "quote_follow_up": _("A quote is asked about some days after it went out"),
        "quote_silent": _("A quote without an answer for 10 days"),
        "expiring": _("A quote expires within 3 days"),
        "visit_follow_up": _("The outcome of a visit asks for a follow-up"),
        "report": _("A visit without a report"),
        "report_next_step": _("A next step that a report promised"),
        "overdue": _("An invoice is 7, 15 or 30 days late"),
        "expense": _("An expense without an amount"),
        "claim": _("A claim to submit in the last days of the month"),
    }.get(key, "")


def motive(key: str) -> str:
    """Return why somebody was not interested, in a word."""
    return {
        "price": _("Price"), "quality": _("Quality"), "service": _("Service"),
        "competition": _("Competition"), "closing": _("Closing down"), "other": _("Other"),
    }.get(key, key)  # fmt: skip


def due(day: date, today: date) -> tuple[str, str]:
    """Return when something is due, and the tone of that."""
    words = days_ago(day, today)
    tone = "danger" if day < today else "warning" if day == today else "neutral"
    return words[:1].upper() + words[1:], tone


def quote_state(key: str) -> tuple[str, str, str]:
    """Return words, tone and icon for the state of a quote."""
    return {
        "draft": (_("Draft"), "neutral", "pencil"),
        "issued": (_("Issued"), "info", "file-check"),
        "sent": (_("Sent"), "info", "send"),
        "signed": (_("Signed"), "success", "signature"),
        "accepted": (_("Accepted"), "success", "check"),
        "rejected": (_("Rejected"), "danger", "x"),
        "expired": (_("Expired"), "warning", "clock"),
        "replaced": (_("Replaced"), "neutral", "history"),
    }.get(key, (key, "neutral", "circle"))


def account_state(kind: str, status: str) -> tuple[str, str, str]:
    """Return words, tone and icon for a customer; tone "" means plain text."""
    if status == "inactive":
        return _("Inactive"), "neutral", "archive"
    if status == "blocked":
        return _("Blocked"), "danger", "ban"
    if kind == "prospect":
        return _("Prospect"), "violet", "leaf"
    return _("Active"), "", ""


def expense_kind(key: str) -> tuple[str, str]:
    """Return words and icon for a kind of expense."""
    return {
        "mileage": (_("Mileage"), "car"),
        "per_diem": (_("Per diem"), "utensils"),
        "customer_meal": (_("Meal with a customer"), "utensils"),
        "parking": (_("Parking"), "square-parking"),
        "toll": (_("Toll"), "ticket"),
        "transport": (_("Transport"), "ticket"),
        "hotel": (_("Hotel"), "bed"),
        "fuel": (_("Fuel"), "fuel"),
        "material": (_("Material"), "package"),
        "shipping": (_("Shipping"), "truck"),
    }.get(key, (_("Other"), "receipt"))
