"""The views of a list that the user made or changed; they stay on this computer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.errors import UserError, ValidationError
from app.i18n import _
from app.models.base import new_id
from app.models.list_view import ListView

_MOST = 30


@dataclass(frozen=True)
class View:
    """A view: `title` is "" for a built-in one; `content` is what the page wrote into it."""

    key: str
    title: str
    content: Mapping[str, Any] = field(default_factory=dict)


def views(session: Session, list_: str) -> list[View]:
    """Return what is kept of a list: own views in their order, and changed built-in ones."""
    found = session.scalars(
        select(ListView).where(ListView.list == list_).order_by(ListView.position, ListView.key)
    )
    return [View(each.key, each.title, dict(each.content)) for each in found]


def add(session: Session, list_: str, title: str, content: Mapping[str, object]) -> View:
    """Keep a new view. Raises `ValidationError` for a name that is missing or taken."""
    _check(session, list_, title)
    own = select(func.count()).where(ListView.list == list_, ListView.title != "")
    if (session.scalar(own) or 0) >= _MOST:
        raise UserError(
            _("There are {n} views already.").format(n=_MOST), _("Remove one that you do not use.")
        )
    last = session.scalar(select(func.max(ListView.position)).where(ListView.list == list_)) or 0
    made = ListView(
        list=list_, key=new_id(), title=title.strip(), position=last + 1, content=dict(content)
    )
    session.add(made)
    return View(made.key, made.title, dict(content))


def _check(session: Session, list_: str, title: str, key: str = "") -> None:
    if not title.strip():
        raise ValidationError("title", _("A view needs a name."))
    same = select(ListView.key).where(
        ListView.list == list_, ListView.title == title.strip(), ListView.key != key
    )
    if session.scalar(same) is not None:
        raise ValidationError("title", _("There is a view of this name already."))


def update(session: Session, list_: str, key: str, content: Mapping[str, object]) -> None:
    """Keep what a view holds now, be it built-in or the user's own."""
    known = session.get(ListView, (list_, key))
    if known is None:
        session.add(ListView(list=list_, key=key, content=dict(content)))
    else:
        known.content = dict(content)


def rename(session: Session, list_: str, key: str, title: str) -> None:
    _check(session, list_, title, key)
    known = session.get(ListView, (list_, key))
    if known is not None:
        known.title = title.strip()


def remove(session: Session, list_: str, key: str) -> View | None:
    """Remove a view and return it, for `restore`."""
    known = session.get(ListView, (list_, key))
    if known is None:
        return None
    session.delete(known)
    return View(known.key, known.title, dict(known.content))


def restore(session: Session, list_: str, view: View) -> None:
    """Take `remove` back; the view stands behind the others."""
    last = session.scalar(select(func.max(ListView.position)).where(ListView.list == list_)) or 0
    session.merge(
        ListView(list=list_, key=view.key, title=view.title, position=last + 1,
                 content=dict(view.content))
    )  # fmt: skip
