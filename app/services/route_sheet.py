"""The route of a day as the printed sheet wants it: words and figures, ready to draw."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.orm import Session

from app import i18n
from app.i18n import _
from app.models.account import Account, Contact, Site
from app.models.activity import Activity
from app.models.route import RouteStop
from app.rules import identifiers
from app.services import routes, team
from app.services.route_problem import windows

if TYPE_CHECKING:
    from app.documents.route_pdf import RouteDocument, RouteSheetStop


def sheet(session: Session, day: date) -> RouteDocument | None:
    """Return the sheet of a day, or None when no route is planned."""
    from app.documents.route_pdf import RouteDocument  # reportlab takes a moment

    route = routes.current(session, day)
    if route is None:
        return None
    stops = routes.stops(session, route.id)
    me, company = team.me(session), team.company(session)
    lunch_after = 0
    if route.lunch_at_s is not None:
        lunch_after = sum(1 for stop in stops if stop.leave_s <= route.lunch_at_s)
    lunch = ""
    if route.lunch_at_s is not None:
        at = i18n.clock_of_seconds(route.lunch_at_s)
        lunch = f"{at} · {i18n.duration(route.lunch_length_s)}"
    return RouteDocument(
        title=i18n.day_long(day),
        rep=me.name,
        company=company.name,
        start=route.start_label or _("Start"),
        end=route.end_label or route.start_label or _("End"),
        leave=i18n.clock_of_seconds(route.leave_s),
        arrive=i18n.clock_of_seconds(route.end_s),
        kilometres=i18n.kilometres(route.drive_m),
        driving=i18n.duration(route.drive_s),
        back=_leg(route.last_drive_s, route.last_drive_m),
        stops=tuple(_stop(session, stop, day) for stop in stops),
        lunch=lunch,
        lunch_after=lunch_after,
        travel_note=_("Times estimated from straight lines")
        if route.travel_quality == "straight-line"
        else "",
        start_position=(route.start_lat_e6, route.start_lon_e6),
        language=i18n.language(),
    )


def _leg(seconds: int, metres: int) -> str:
    return f"{i18n.duration(seconds)} · {i18n.kilometres(metres)}"


def _stop(session: Session, stop: RouteStop, day: date) -> RouteSheetStop:
    from app.documents.route_pdf import RouteSheetStop

    account = session.get(Account, stop.account_id)
    site = session.get(Site, stop.site_id) if stop.site_id else None
    visit = session.get(Activity, stop.activity_id)
    contact = session.scalars(
        select(Contact)
        .where(Contact.account_id == stop.account_id, Contact.removed_at.is_(None))
        .order_by(Contact.is_main.desc(), Contact.id)
        .limit(1)
    ).first()
    phone = (contact.mobile or contact.phone if contact else "") or (
        account.phone if account else ""
    )
    address = ""
    if site is not None:
        town = " ".join(part for part in (site.postcode, site.city) if part)
        address = " · ".join(part for part in (site.street, town) if part)
    return RouteSheetStop(
        i18n.clock_of_seconds(stop.start_s), i18n.clock_of_seconds(stop.leave_s),
        account.name if account else "", address,
        " · ".join(p for p in (contact.name if contact else "", _phone(phone)) if p),
        hours_text(site, day), visit.title if visit else "", _leg(stop.drive_s, stop.drive_m),
        stop.is_fixed, site.lat_e6 if site else None, site.lon_e6 if site else None,
    )  # fmt: skip


def _phone(e164: str) -> str:
    return identifiers.phone_text(e164) if e164 else ""


def hours_text(site: Site | None, day: date) -> str:
    """Return a site's hours of a day: «9:00–14:00, 17:00–20:00», or "" when nobody knows."""
    found = windows(site.opening_hours, day, site.country) if site is not None else None
    if found is None:
        return ""
    if not found:
        return _("closed")
    clock = i18n.clock_of_seconds
    return ", ".join(f"{clock(start)}–{clock(end)}" for start, end in found)
