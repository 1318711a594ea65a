"""Kilometres and days away: computed from the routes and the company's dated rates, never typed.

What is paid and which part of it is exempt are the rules' (`app.rules.travel`); here are the rates
that the office sent, and the days of this user.
"""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from app import i18n
from app.errors import UserError
from app.i18n import _
from app.models import change
from app.models.account import Account, Site
from app.models.base import now as saved_now
from app.models.expense import Expense, ExpenseKind, ReportState, TravelRate
from app.models.route import RoutePlan, RouteStop
from app.rules import travel
from app.services import expense_reports, team
from app.services.expense_reports import AUTOMATIC

DAY, NIGHT = "per_diem", "per_diem_overnight"


def rates(session: Session) -> list[travel.Rate]:
    """Return the company's rates of all times."""
    known = session.scalars(select(TravelRate).where(TravelRate.removed_at.is_(None)))
    return [
        travel.Rate(r.kind, r.amount, r.exempt, r.valid_from, r.valid_to, r.abroad) for r in known
    ]


def rate_on(session: Session, kind: str, day: date) -> travel.Rate:
    """Return the rate of a day. Raises `UserError` when the company has none."""
    try:
        return travel.rate_on(rates(session), kind, day)
    except travel.NoRate as error:
        words = (
            _("Your company has no mileage rate for {day}.")
            if kind == ExpenseKind.MILEAGE
            else _("Your company has no per diem for {day}.")
        )
        raise UserError(
            words.format(day=i18n.day_numeric(day)),
            _("Ask the office for it; it comes with the next sync."),
        ) from error


def driving_cost(session: Session, metres: int, day: date) -> Decimal | None:
    """Return what so many metres are paid on `day`; None where the company has no rate for it."""
    try:
        return travel.mileage(metres, travel.rate_on(rates(session), "mileage", day)).amount
    except travel.NoRate:
        return None


def compute(session: Session, expense: Expense) -> None:
    """Bring amount, exempt and taxable part in line with what the expense says.

    A distance or a day away is paid by the rate of its day; what was paid to others is exempt.
    """
    if expense.kind == ExpenseKind.MILEAGE:
        rate = rate_on(session, ExpenseKind.MILEAGE, expense.spent_on)
        paid = travel.mileage(expense.metres, rate) if expense.metres else None
        _take(expense, paid, rate)
    elif expense.kind == ExpenseKind.PER_DIEM:
        kind = NIGHT if is_overnight(session, expense) else DAY
        rate = rate_on(session, kind, expense.spent_on)
        _take(expense, travel.per_diem(1, rate), rate)
    else:
        expense.metres = expense.rate = None
        expense.exempt, expense.taxable = expense.amount or Decimal(0), Decimal(0)


def _take(expense: Expense, paid: travel.TravelAmount | None, rate: travel.Rate) -> None:
    expense.rate = rate.amount
    expense.amount = paid.amount if paid else None
    expense.exempt = paid.exempt if paid else Decimal(0)
    expense.taxable = paid.taxable if paid else Decimal(0)


def is_overnight(session: Session, expense: Expense) -> bool:
    """Tell whether a day away was paid as one with a night."""
    if expense.kind != ExpenseKind.PER_DIEM or expense.rate is None:
        return False
    kinds = {rate.kind for rate in rates(session) if rate.amount == expense.rate}
    return NIGHT in kinds and DAY not in kinds


def mileage(session: Session, day: date) -> Expense | None:
    """Write the kilometres of the day's route as an expense, or bring it up to date.

    One day makes one expense. Returns None without a route, or when the user has made the expense
    their own. Raises `UserError` when the company has no rate for the day.
    """
    route = next(iter(_routes(session, day, day)), None)
    if route is None or not route.drive_m:
        return None
    expense = _computed(session, route, ExpenseKind.MILEAGE)
    if expense is not None and not expense.is_automatic:
        return None
    rate_on(session, ExpenseKind.MILEAGE, day)
    return _write(session, route, expense, ExpenseKind.MILEAGE)


def automatic(session: Session, month: date, *, today: date) -> str:
    """Write what the routes of a month up to today earn; return why something could not be.

    What the user removed or changed stays as they left it, and what has gone out is not touched. A
    line whose route is no more goes.
    """
    change.by_itself(session)
    first = expense_reports.first_of(month)
    claim = expense_reports.find_report(session, first)
    if claim is not None and claim.state != ReportState.DRAFT and first != today.replace(day=1):
        return ""
    why = ""
    last = min(today, expense_reports.following(first) - timedelta(days=1))
    routes = [route for route in _routes(session, first, last) if route.drive_m]
    home = _home(session)
    for route in routes:
        away = travel.earns_per_diem(_visited(session, route)[0], *home)
        for kind in AUTOMATIC if away else (ExpenseKind.MILEAGE,):
            try:
                _bring(session, route, kind)
            except UserError as error:
                why = why or str(error)
    _drop_orphans(session, month, {route.day for route in routes})
    return why


def _bring(session: Session, route: RoutePlan, kind: ExpenseKind) -> None:
    expense = _computed(session, route, kind)
    if expense is not None and (expense.removed_at is not None or not expense.is_automatic):
        return
    if expense is not None and not expense_reports.is_open(session, expense):
        return
    rate_on(session, DAY if kind == ExpenseKind.PER_DIEM else kind, route.day)
    _write(session, route, expense, kind)


def _drop_orphans(session: Session, month: date, days: set[date]) -> None:
    for expense in expense_reports.rows(session, month):
        own = expense.is_automatic and expense.kind in AUTOMATIC
        if own and expense.spent_on not in days and expense_reports.is_open(session, expense):
            expense.removed_at = saved_now()
            expense_reports.sum_up(session, expense)


def _routes(session: Session, first: date, last: date) -> list[RoutePlan]:
    """Return the routes of the days from `first` to `last`, one a day."""
    found = session.scalars(
        select(RoutePlan)
        .where(
            RoutePlan.user_id == team.my_id(session),
            RoutePlan.day >= first,
            RoutePlan.day <= last,
            RoutePlan.removed_at.is_(None),
        )
        .order_by(RoutePlan.day, RoutePlan.id)
    )
    by_day: dict[date, RoutePlan] = {}
    for route in found:
        by_day.setdefault(route.day, route)
    return list(by_day.values())


def _computed(session: Session, route: RoutePlan, kind: str) -> Expense | None:
    """Return what was written for the day of `route`, removed or not; what stands comes first."""
    return session.scalars(
        select(Expense)
        .where(
            Expense.user_id == route.user_id,
            Expense.kind == kind,
            Expense.route_plan_id.is_not(None),
            or_(Expense.route_plan_id == route.id, Expense.spent_on == route.day),
        )
        .order_by(Expense.removed_at.is_not(None), Expense.id)
        .limit(1)
    ).first()


def _write(
    session: Session, route: RoutePlan, expense: Expense | None, kind: ExpenseKind
) -> Expense:
    if expense is None:
        expense = Expense(
            user_id=route.user_id, kind=kind, spent_on=route.day, is_automatic=True,
            report_id=expense_reports.open_report(session, route.day).id,
        )  # fmt: skip
        session.add(expense)
    expense.route_plan_id, expense.removed_at = route.id, None
    if kind == ExpenseKind.MILEAGE:
        expense.metres = route.drive_m
    compute(session, expense)
    towns, names = _visited(session, route)
    expense.place = ", ".join(dict.fromkeys(towns))
    expense.reason = _("Visits: {names}").format(names=", ".join(dict.fromkeys(names)))
    expense_reports.sum_up(session, expense)
    return expense


def _visited(session: Session, route: RoutePlan) -> tuple[list[str], list[str]]:
    found = session.execute(
        select(Site.city, Account.name)
        .select_from(RouteStop)
        .join(Account, Account.id == RouteStop.account_id)
        .outerjoin(Site, Site.id == RouteStop.site_id)
        .where(RouteStop.route_plan_id == route.id, RouteStop.removed_at.is_(None))
        .order_by(RouteStop.position)
    ).all()
    return [city for city, _name in found if city], [name for _city, name in found]


def _home(session: Session) -> tuple[str, str]:
    """Return the towns in which a day's work is no day away: home and the company's."""
    hours = team.working_hours(session)
    return (hours.start_label if hours else ""), team.company(session).city
