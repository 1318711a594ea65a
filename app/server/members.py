"""Who sees which root: memberships follow the owners of accounts and the roles of users.

The common root, a user's own and a device's own need no membership. Office and admin have one of
everything, root "*". A membership begins and ends at the seq of the row that caused it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, or_, select, update

from app.models.base import COMPANY, OFFICE, device_root, user_root
from app.server import tables
from app.server.records import Record, Unit

ALL = "*"
_member = tables.member


@dataclass(frozen=True)
class Scope:
    """The roots of one user at one seq; `everything` for office and admin."""

    own: frozenset[str]
    members: frozenset[str]
    everything: bool = False

    def __contains__(self, root: str) -> bool:
        return self.everything or root in self.own or root in self.members


def scope_at(
    connection: Connection, tenant_id: str, user_id: str, device_id: str, *, seq: int | None = None
) -> Scope:
    """Return what a user sees on a device, now or when the tenant stood at `seq`."""
    roots = frozenset(
        connection.scalars(select(_member.c.root).where(_of(tenant_id, user_id), _valid_at(seq)))
    )
    own = frozenset({COMPANY, user_root(user_id), device_root(device_id)})
    return Scope(own, roots - {ALL}, everything=ALL in roots)


def in_scope(
    column: ColumnElement[str], tenant_id: str, user_id: str, scope: Scope
) -> ColumnElement[bool]:
    """Return the condition that `column` is a root in `scope`, for the scope as it is now."""
    if scope.everything:
        return column.is_not(None)
    members = select(_member.c.root).where(_of(tenant_id, user_id), _valid_at(None))
    return or_(column.in_(sorted(scope.own)), column.in_(members))


def _of(tenant_id: str, user_id: str) -> ColumnElement[bool]:
    return and_(_member.c.tenant_id == tenant_id, _member.c.user_id == user_id)


def _valid_at(seq: int | None) -> ColumnElement[bool]:
    if seq is None:
        return _member.c.until_seq.is_(None)
    ended = or_(_member.c.until_seq.is_(None), _member.c.until_seq > seq)
    return and_(_member.c.since_seq <= seq, ended)


def follow(unit: Unit, before: Record | None, after: Record) -> None:
    """Open and close the memberships that the write of `after` brings about."""
    if after.entity == "account":
        _follow_account(unit, before, after)
    elif after.entity == "user":
        _follow_user(unit, before, after)


def _follow_account(unit: Unit, before: Record | None, after: Record) -> None:
    owner = after.body.get("owner_id")
    if before is not None and before.body.get("owner_id") == owner:
        return
    wanted = _watchers(unit, owner)
    if before is not None:
        _reconcile(unit, after.root, wanted, since=after.seq)
        return
    if unit.author.role in {"rep", "manager"}:
        wanted.add(unit.author.user_id)
    rows = [_row(unit, user_id, after.root, after.seq) for user_id in sorted(wanted)]
    if rows:
        unit.upsert(_member, rows)


def _watchers(unit: Unit, owner_id: Any) -> set[str]:
    """Return the owner of an account and the managers of the owner's team."""
    owner = unit.get("user", str(owner_id)) if owner_id else None
    if owner is None:
        return set()
    team = owner.body.get("team_id")
    if team and ("managers", team) not in unit.memo:
        mates = unit.find("user", "team_id", [team], root=COMPANY)
        unit.memo["managers", team] = frozenset(mate.row_id for mate in mates if _leads(mate))
    managers: frozenset[str] = unit.memo["managers", team] if team else frozenset()
    return {owner.row_id} | managers


def _leads(user: Record) -> bool:
    return user.body.get("role") == "manager" and not user.deleted


def _follow_user(unit: Unit, before: Record | None, after: Record) -> None:
    unit.memo.clear()
    since = after.seq if before is not None else 0  # nobody has read anything before being there
    old = before.body if before is not None and not before.deleted else {}
    new = after.body if not after.deleted else {}
    if (old.get("role"), old.get("team_id")) == (new.get("role"), new.get("team_id")):
        return
    had_all, has_all = old.get("role") in OFFICE, new.get("role") in OFFICE
    if has_all and not had_all:
        _open(unit, after.row_id, ALL, since=since)
    if had_all and not has_all:
        _close(unit, after.row_id, ALL, until=after.seq)
    teams = {team for team in (old.get("team_id"), new.get("team_id")) if team}
    if teams and "manager" in {old.get("role"), new.get("role")}:
        _follow_team(unit, teams, {after.row_id}, since=since or after.seq, fresh=before is None)
    if before is not None and old.get("team_id") != new.get("team_id"):
        _follow_owner(unit, after)  # a manager's own accounts too: other managers see them


def _follow_team(unit: Unit, teams: set[str], who: set[str], *, since: int, fresh: bool) -> None:
    """Give the manager `who` the accounts of these teams' reps, or take them away."""
    mates = unit.find("user", "team_id", teams, root=COMPANY)
    for account in unit.find("account", "owner_id", {mate.row_id for mate in mates} | who):
        wanted = _watchers(unit, account.body.get("owner_id"))
        for user_id in who:
            if user_id in wanted:
                _open(unit, user_id, account.root, since=0 if fresh else since)
            else:
                _close(unit, user_id, account.root, until=since)


def _follow_owner(unit: Unit, user: Record) -> None:
    """Somebody changed teams: the accounts are seen by the new team's managers."""
    for account in unit.find("account", "owner_id", [user.row_id]):
        _reconcile(unit, account.root, _watchers(unit, user.row_id), since=user.seq)


def _reconcile(unit: Unit, root: str, wanted: set[str], *, since: int) -> None:
    current = set(
        unit.connection.scalars(
            select(_member.c.user_id).where(
                _member.c.tenant_id == unit.tenant_id, _member.c.root == root, _valid_at(None)
            )
        )
    )
    for user_id in sorted(current - wanted):
        _close(unit, user_id, root, until=since)
    for user_id in sorted(wanted - current):
        _open(unit, user_id, root, since=since)


def _open(unit: Unit, user_id: str, root: str, *, since: int) -> None:
    condition = and_(_of(unit.tenant_id, user_id), _member.c.root == root, _valid_at(None))
    if unit.connection.scalar(select(_member.c.root).where(condition)) is not None:
        return
    unit.upsert(_member, [_row(unit, user_id, root, since)])


def _row(unit: Unit, user_id: str, root: str, since: int) -> dict[str, Any]:
    return {
        "tenant_id": unit.tenant_id,
        "user_id": user_id,
        "root": root,
        "since_seq": since,
        "until_seq": None,
    }


def _close(unit: Unit, user_id: str, root: str, *, until: int) -> None:
    unit.connection.execute(
        update(_member)
        .where(_of(unit.tenant_id, user_id), _member.c.root == root, _valid_at(None))
        .values(until_seq=until)
    )
