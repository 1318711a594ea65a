"""Rows of a list as accounts: checked, matched with who is there, written as prospects."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.i18n import _
from app.models.account import Account, Contact, Site
from app.routing.place_names import fold
from app.services import team
from app.services.imports import cells as read
from app.services.imports import matching
from app.services.imports.account_values import Sheet, cleaned_values, refusal, usual_country
from app.services.imports.businesses import ACCOUNT, CONTACT, SITE, Business, Businesses
from app.services.imports.reading import Source
from app.services.imports.rows import CREATE, SKIP, Choices, Found, Refused, Row, Shared, looks


def examine(
    session: Session, source: Source, columns: Mapping[str, int], choices: Choices
) -> Found:
    """Return what each row would do, and the rows that cannot be taken."""
    lines = [
        (line, {name: cells[at] for name, at in columns.items() if at < len(cells)}, cells)
        for line, cells in source.rows
    ]
    days = read.day_order(raw.get("since_on", "") for _line, raw, _cells in lines)
    day_first = days.day_first if choices.day_first is None else choices.day_first
    title = source.titles[columns["external_id"]] if "external_id" in columns else ""
    sheet = Sheet(
        usual_country([raw for _line, raw, _cells in lines]), day_first,
        days.is_sure or choices.day_first is not None, matching.plain(title),
    )  # fmt: skip
    refused: list[Refused] = []
    cleaned: list[Row] = []
    for line, raw, cells in lines:
        reason = refusal(raw)
        if reason:
            refused.append(Refused(line, reason, raw.get("name", "")[:80]))
            continue
        values, notices = cleaned_values(raw, sheet)
        notices += looks(raw, cells[len(source.titles) :])
        cleaned.append(Row(line, str(values["name"]), "add", values, notices=notices))
    known = Businesses(session)
    known.expect(row.values for row in cleaned)
    rows: list[Row] = []
    for row in cleaned:
        reason = _settle(row, known, choices, sheet)
        if reason:
            refused.append(Refused(row.line, reason, row.title))
        else:
            rows.append(row)
    refused.sort()
    return Found(rows, refused, days if "since_on" in columns else None)


def _settle(row: Row, known: Businesses, choices: Choices, sheet: Sheet) -> str:
    """Decide what a row does; return why it is not taken, or nothing."""
    parent = row.values.pop("parent_id", "")
    if parent:
        return _attach(row, known.of_id(parent), parent)
    twin, is_sure = known.find(row.values)
    if twin is None or (choices.twins == CREATE and not is_sure and twin.row is None):
        _add(row, known, sheet)
        return ""
    if twin.row is not None:
        return _second(row, twin)
    assert twin.account is not None  # noqa: S101 - no row of this file, so of the database
    row.target = twin.account.id
    row.values = {} if choices.twins == SKIP else twin.differences(row.values)
    row.action = "update" if row.values else "unchanged"
    twin.row = row
    return ""


def _add(row: Row, known: Businesses, sheet: Sheet) -> None:
    code = row.values.get("code", "")
    owner = known.owner_of_code(code) if code else ""
    if owner:
        del row.values["code"]
        row.notices.append(
            _("Code {code} belongs to {name}: left out").format(code=code, name=owner)
        )
    if any(name in row.values for name in SITE):
        row.values.setdefault("country", sheet.country)
    known.add(row.values, row)


def _attach(row: Row, business: Business | None, parent: str) -> str:
    """Make a row a person of the business that its list names by an id."""
    if business is None:
        return _("Its company, {id}, is not here: import the list of companies first.").format(
            id=parent
        )
    row.values["contact"] = row.values["name"]
    for name in ("phone", "email"):
        if name in row.values:
            row.values[f"contact_{name}"] = row.values[name]
    row.values = business.contact_differences(row.values)
    row.action = "update" if row.values else "unchanged"
    row.above, row.target = business.row, business.account.id if business.account else ""
    return ""


def _second(row: Row, twin: Business) -> str:
    """Take another person of a business that stands above; the business itself counts once."""
    above = twin.row
    assert above is not None  # noqa: S101 - asked of such only
    person = twin.contact_differences(row.values)
    is_there = fold(str(person.get("contact", ""))) in twin.contacts
    if not person and twin.contacts.get(fold(row.values.get("contact", ""))) is not None:
        row.values, row.action = {}, "unchanged"
        return ""
    if not person:
        return _("The same business stands above, in line {line}.").format(line=above.line)
    if "phone" in row.values and not is_there:
        person.setdefault("contact_phone", row.values["phone"])
    row.values, row.action = person, "update"
    row.above, row.target = above, above.target
    twin.contacts.setdefault(fold(str(person["contact"])), None)
    return ""


def write(session: Session, row: Row, shared: Shared) -> None:
    """Add or update the account of a row, with its address and contact."""
    shared.me = shared.me or team.my_id(session)
    with session.no_autoflush:  # a flush per row would take minutes; none asks for what is pending
        if row.above is not None:
            row.target = row.above.target
        elif row.action == "add":
            account = Account(owner_id=shared.me, source="import", name=row.values["name"])
            row.add(session, account)
            row.target = account.id
            _write_account(row, account)
        else:
            found = session.get(Account, row.target)
            assert found is not None  # noqa: S101 - the plan was made in this transaction
            _write_account(row, found)
        _write_site(session, row, row.target)
        if row.values.get("contact"):
            _write_contact(session, row, row.target)


def _write_account(row: Row, account: Account) -> None:
    for name in ACCOUNT:
        if name in row.values:
            row.change(account, name, row.values[name])


def _write_site(session: Session, row: Row, account_id: str) -> None:
    place = {name: row.values[name] for name in SITE if name in row.values}
    if not place:
        return
    site: Site | None = None
    if row.action == "update":
        site = session.scalars(
            select(Site)
            .where(Site.account_id == account_id, Site.removed_at.is_(None))
            .order_by(Site.id)
            .limit(1)
        ).first()
    if site is None:
        row.add(session, Site(account_id=account_id, **place))
    else:
        for name, value in place.items():
            row.change(site, name, value)


def _write_contact(session: Session, row: Row, account_id: str) -> None:
    values = row.values
    said = {CONTACT[key]: values[key] for key in CONTACT if key in values}
    there: list[Contact] = []
    if row.action == "update":
        there = list(
            session.scalars(
                select(Contact).where(
                    Contact.account_id == account_id, Contact.removed_at.is_(None)
                )
            )
        )
    same = next((one for one in there if fold(one.name) == fold(values["contact"])), None)
    if same is None:
        made = Contact(account_id=account_id, name=values["contact"], **said)
        made.is_main = not there and row.above is None
        row.add(session, made)
    else:
        for name, value in said.items():
            row.change(same, name, value)
