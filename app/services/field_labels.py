"""The names of records, fields and values as a person reads them, when they meet in the sync."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app import i18n
from app.i18n import _
from app.models.base import Base, Synced
from app.models.entities import SYNCED
from app.models.wire import Field, decode, fields_of

_MAPPED: dict[str, type[Synced]] = {
    mapped.__tablename__: mapped  # type: ignore[attr-defined]  # every entity has a table
    for mapped in SYNCED
}


def mapped(entity: str) -> type[Synced] | None:
    """Return the class of an entity, None when this version does not know it."""
    return _MAPPED.get(entity)


def field_of(entity: str, name: str) -> Field | None:
    """Return what is known of a field, None when this version does not know it."""
    known = _MAPPED.get(entity)
    found = (field for field in fields_of(known) if field.name == name) if known else ()
    return next(iter(found), None)


def entity_name(entity: str) -> str:
    """Return what a record of this entity is called."""
    return {
        "account": _("Customer record"),
        "site": _("Address"),
        "contact": _("Contact"),
        "activity": _("Visit"),
        "visit_report": _("Visit report"),
        "quote": _("Quote"),
        "quote_line": _("Quote line"),
        "clause": _("Clause"),
        "signature": _("Signature"),
        "route_plan": _("Route"),
        "route_stop": _("Route stop"),
        "expense": _("Expense"),
        "expense_report": _("Expense report"),
        "document": _("Document"),
        "invoice": _("Invoice"),
        "invoice_line": _("Invoice line"),
        "receivable": _("Receivable"),
        "product": _("Product"),
        "family": _("Product family"),
        "price_list": _("Price list"),
        "price_list_line": _("Price"),
        "tax_rate": _("Tax rate"),
        "travel_rate": _("Travel rate"),
        "segment": _("Segment"),
        "working_hours": _("Working hours"),
        "company": _("Company"),
        "team": _("Team"),
        "user": _("User"),
        "conflict": _("Conflict"),
        "parked_operation": _("Change to review"),
    }.get(entity, _("Record"))


def label(entity: str, field: str) -> str:
    """Return what a field is called on the screens; a general word for technical ones."""
    return _found(entity, field) or _("Detail")


def is_named(entity: str, field: str) -> bool:
    """Whether a field has a name of its own on the screens."""
    return bool(_found(entity, field))


def _found(entity: str, field: str) -> str:
    for words in (_own(entity), _people(), _trade(), _days(), _papers(), _house(), _goods()):
        if field in words:
            return words[field]
    return ""


def _own(entity: str) -> dict[str, str]:
    """Return the fields that mean something else in this entity."""
    return {
        "account": {
            "kind": _("Type"), "notes": _("Notes"), "code": _("Customer number"),
            "lead_interest": _("Interest"), "lead_fit": _("Fit"), "lead_budget": _("Budget"),
            "lead_timing": _("Time frame"), "lead_state": _("State of the prospect"),
            "lead_reason": _("Why it was discarded"),
        },
        "activity": {
            "kind": _("Type"), "title": _("Subject"), "state": _("Status"), "cost": _("Cost"),
        },
        "site": {"name": _("Name of the address"), "position_quality": _("Position")},
        "quote": {"state": _("Status"), "base": _("Taxable base")},
        "expense_report": {"state": _("Status")},
        "route_plan": {"state": _("Status"), "leave_s": _("Departure")},
        "route_stop": {"leave_s": _("Departure"), "position": _("Order")},
        "working_hours": {"leave_s": _("Departure")},
        "expense": {
            "kind": _("Type"), "reason": _("Purpose"), "rate": _("Rate per km"),
            "exempt": _("Exempt amount"), "taxable": _("Taxable amount"),
        },
        "tax_rate": {"kind": _("Type")},
        "travel_rate": {"kind": _("Type"), "exempt": _("Exempt amount")},
        "document": {"kind": _("Type"), "size": _("Size")},
        "invoice": {"base": _("Taxable base"), "issued_on": _("Date")},
        "receivable": {"pending": _("Outstanding")},
        "family": {"code": _("Code")},
    }.get(entity, {})  # fmt: skip


def _people() -> dict[str, str]:
    return {
        "name": _("Name"),
        "legal_name": _("Legal name"),
        "tax_id": _("Tax ID"),
        "phone": _("Phone"),
        "mobile": _("Mobile"),
        "email": _("Email"),
        "website": _("Website"),
        "job": _("Job"),
        "language": _("Language"),
        "is_main": _("Main contact"),
        "mailing_consent": _("Accepts mailings"),
        "street": _("Street"),
        "postcode": _("Postcode"),
        "city": _("Town"),
        "province": _("Province"),
        "country": _("Country"),
        "lat_e6": _("Position"),
        "lon_e6": _("Position"),
        "opening_hours": _("Opening hours"),
        "is_delivery": _("Delivery address"),
        "is_billing": _("Billing address"),
    }


def _trade() -> dict[str, str]:
    return {
        "status": _("Status"),
        "grade": _("Class"),
        "segment_id": _("Segment"),
        "owner_id": _("Sales rep"),
        "sector": _("Sector"),
        "since_on": _("Customer since"),
        "source": _("Source"),
        "price_list_id": _("Price list"),
        "payment_terms": _("Payment terms"),
        "credit_limit": _("Credit limit"),
        "surcharged": _("Equivalence surcharge"),
        "tax_regime": _("Tax regime"),
        "visit_every_days": _("Visit every (days)"),
        "starred": _("Starred"),
        "tags": _("Tags"),
        "notes": _("Notes"),
        "account_id": _("Customer"),
        "site_id": _("Address"),
        "contact_id": _("Contact"),
        "user_id": _("User"),
    }


def _days() -> dict[str, str]:
    return {
        "reason": _("Reason"),
        "planned_at": _("Planned for"),
        "due_on": _("Due on"),
        "planned_minutes": _("Planned minutes"),
        "is_fixed": _("Fixed time"),
        "started_at": _("Started"),
        "done_at": _("Done"),
        "outcome": _("Outcome"),
        "motive": _("Reason"),
        "follow_up_on": _("Follow-up on"),
        "topics": _("Topics"),
        "competition": _("Competition"),
        "next_step": _("Next step"),
        "next_on": _("Next step on"),
        "next_visit_on": _("Next visit on"),
        "day": _("Day"),
        "month": _("Month"),
        "weekdays": _("Working days"),
        "finish_s": _("End of the day"),
        "start_label": _("Start"),
        "end_label": _("End"),
    }


def _papers() -> dict[str, str]:
    return {
        "number": _("Number"),
        "issued_at": _("Issued"),
        "valid_until": _("Valid until"),
        "delivery_terms": _("Delivery"),
        "customer_reference": _("Customer's reference"),
        "introduction": _("Introduction"),
        "internal_note": _("Internal note"),
        "general_discount": _("General discount"),
        "total": _("Total"),
        "description": _("Description"),
        "reference": _("Reference"),
        "format": _("Format"),
        "quantity": _("Quantity"),
        "unit_price": _("Unit price"),
        "discount": _("Discount"),
        "amount": _("Amount"),
        "is_sample": _("Sample"),
        "is_optional": _("Optional"),
        "note": _("Note"),
        "text": _("Text"),
        "position": _("Order"),
        "spent_on": _("Date"),
        "place": _("Place"),
        "tax_rate": _("VAT rate"),
        "tax_amount": _("VAT"),
        "metres": _("Distance (metres)"),
        "supplier": _("Supplier"),
        "supplier_tax_id": _("Supplier's tax ID"),
        "invoice_number": _("Invoice number"),
        "paid_by_company": _("Paid by the company"),
        "advance": _("Advance"),
        "document_id": _("Receipt"),
        "product_id": _("Product"),
        "unit": _("Unit"),
        "min_quantity": _("From quantity"),
        "price": _("Price"),
        "rate": _("Rate"),
    }


def _house() -> dict[str, str]:
    """Return what the company says of itself and decides for its people."""
    return {
        "tagline": _("Slogan"),
        "address": _("Address"),
        "registry_line": _("Registry entry"),
        "colour": _("Colour"),
        "logo_document_id": _("Logo"),
        "currency": _("Currency"),
        "rounding": _("Rounding"),
        "quote_pattern": _("Number of quotes"),
        "quote_valid_days": _("Days that a quote is valid"),
        "follow_up_days": _("Days until a quote is followed up"),
        "declaration": _("Declaration of expenses"),
        "role": _("Role"),
        "team_id": _("Team"),
        "zone": _("Zone"),
        "discount_limit": _("Discount limit"),
        "is_active": _("Active"),
        "lunch_from_s": _("Lunch from"),
        "lunch_to_s": _("Lunch until"),
        "lunch_length_s": _("Length of lunch"),
        "records_position": _("Records the position"),
        "visit_minutes": _("Minutes per visit"),
    }


def _goods() -> dict[str, str]:
    """Return what is said of goods, their taxes, and papers after they were made."""
    return {
        "parent_id": _("Part of"),
        "is_service": _("Service"),
        "regime": _("Tax regime"),
        "surcharge": _("Equivalence surcharge"),
        "surcharge_rate": _("Equivalence surcharge"),
        "valid_from": _("Valid from"),
        "valid_to": _("Valid until"),
        "abroad": _("Abroad"),
        "brand": _("Brand"),
        "ean": _("Barcode"),
        "family_id": _("Product family"),
        "tax_kind": _("Kind of VAT"),
        "usual_quantity": _("Usual quantity"),
        "cost": _("Cost"),
        "photo_document_id": _("Photo"),
        "is_default": _("Used by default"),
        "by_default": _("Used by default"),
        "contact_ids": _("Contacts"),
        "completed_at": _("Completed"),
        "lines_sum": _("Sum of lines"),
        "tax": _("VAT"),
        "needs_approval": _("Needs approval"),
        "revision": _("Version"),
        "list_price": _("List price"),
        "signer": _("Signed by"),
        "signer_tax_id": _("Signer's ID"),
        "signed_at": _("Signed on"),
        "submitted_at": _("Submitted on"),
        "finished_at": _("Finished"),
        "taken_at": _("Taken on"),
        "order_number": _("Order number"),
    }


def value_text(session: Session, entity: str, field: str, value: object) -> str:
    """Return a wire value as a person reads it: «–» for nothing, a name for a reference."""
    known = field_of(entity, field)
    if value is None or value in ("", []):
        return "–"
    if known is None:
        return str(value)
    try:
        held = decode(known, value)
    except ValueError:
        return str(value)
    if known.reference or (known.wire == "text" and field.endswith("_id")):
        return _name_of(session, known.reference, str(held)) or "–"
    return _shown(known.wire, field, held)


def _shown(wire: str, field: str, held: Any) -> str:
    match wire:
        case "boolean":
            return _("Yes") if held else _("No")
        case "money":
            return i18n.money(held)
        case "price":
            return i18n.money(held, decimals=4)
        case "quantity":
            return i18n.number(held)
        case "percent":
            return i18n.percent(held)
        case "discount":
            return " + ".join(i18n.percent(part) for part in held)
        case "instant":
            return i18n.moment(held)
        case "day":
            return i18n.day_numeric(held)
        case "set":
            return ", ".join(sorted(held))
        case "integer" if field.endswith("_s"):
            return i18n.clock_of_seconds(held)
        case "integer":
            return i18n.number(Decimal(held))
    words = {"kind": _kinds, "position_quality": _qualities}.get(field, _words)()
    return words.get(str(held), str(held))


def _kinds() -> dict[str, str]:
    """Return the words of the kinds of customers, activities and expenses."""
    return {
        "customer": _("Customer"), "prospect": _("Prospect"), "supplier": _("Supplier"),
        "visit": _("Visit"), "call": _("Phone call"), "email": _("Email"),
        "task": _("Task"), "event": _("Event"), "mileage": _("Mileage"),
        "per_diem": _("Per diem"), "customer_meal": _("Meal with a customer"),
        "parking": _("Parking"), "toll": _("Toll"), "transport": _("Transport"),
        "hotel": _("Hotel"), "fuel": _("Fuel"), "material": _("Material"),
        "shipping": _("Shipping"), "other": _("Other"),
    }  # fmt: skip


def _qualities() -> dict[str, str]:
    """Return how well the position of an address is known."""
    return {
        "exact": _("Exact"), "street": _("By street"), "postal": _("By postcode"),
        "city": _("By town"), "province": _("By province"), "none": _("Unknown"),
    }  # fmt: skip


def _words() -> dict[str, str]:
    """Return the words of the states that a person may meet in a conflict."""
    return {
        "planned": _("Planned"), "under_way": _("Under way"), "done": _("Done"),
        "cancelled": _("Cancelled"), "draft": _("Draft"), "issued": _("Issued"),
        "sent": _("Sent"), "signed": _("Signed"), "accepted": _("Accepted"),
        "rejected": _("Rejected"), "expired": _("Expired"), "submitted": _("Submitted"),
        "approved": _("Approved"), "paid": _("Paid"), "active": _("Active"),
        "inactive": _("Inactive"),
        "order": _("Order"), "quote": _("Quote"), "follow_up": _("Follow-up"),
        "not_in": _("Not in"), "no_interest": _("No interest"),
        "new": _("New"), "contacted": _("Contacted"), "qualified": _("Qualified"),
        "discarded": _("Discarded"),
    }  # fmt: skip


def _name_of(session: Session, entity: str, row_id: str) -> str:
    if not entity:
        return ""
    table = Base.metadata.tables[entity]
    for column in ("name", "title", "number", "street", "reference"):
        if column in table.c:
            found = session.scalar(select(table.c[column]).where(table.c.id == row_id))
            if found:
                return str(found)
    return ""
