"""Views of a list: kept, renamed, removed and back; a name only once."""

import pytest
from sqlalchemy import select

from app.errors import UserError, ValidationError
from app.models.journal import Operation
from app.services import list_views
from app.services.list_views import View


def kept(database, list_="portfolio"):
    with database.read() as session:
        return list_views.views(session, list_)


def test_own_views_stand_in_the_order_made_and_nothing_of_them_is_sent(database):
    with database.write() as session:
        list_views.add(session, "portfolio", " Costa ", {"sort": "-sales"})
        list_views.add(session, "portfolio", "Alcoi", {})
        list_views.add(session, "quotes", "Costa", {})
    assert [(view.title, view.content) for view in kept(database)] == [
        ("Costa", {"sort": "-sales"}), ("Alcoi", {}),
    ]  # fmt: skip
    with database.read() as session:
        assert session.scalars(select(Operation)).all() == []


def test_a_built_in_view_keeps_its_columns_without_a_title(database):
    with database.write() as session:
        list_views.update(session, "portfolio", "due", {"columns": {"shown": ["name"]}})
        list_views.update(session, "portfolio", "due", {"columns": {"shown": ["name", "km"]}})
    assert kept(database) == [View("due", "", {"columns": {"shown": ["name", "km"]}})]


def test_a_name_is_needed_and_taken_once(database):
    with database.write() as session:
        made = list_views.add(session, "portfolio", "Costa", {})
        other = list_views.add(session, "portfolio", "Alcoi", {})
        for title in ("  ", "Costa"):
            with pytest.raises(ValidationError):
                list_views.add(session, "portfolio", title, {})
        with pytest.raises(ValidationError):
            list_views.rename(session, "portfolio", other.key, "Costa")
        list_views.rename(session, "portfolio", made.key, "Costa")  # its own
        list_views.rename(session, "portfolio", made.key, "La costa")
    assert [view.title for view in kept(database)] == ["La costa", "Alcoi"]


def test_a_removed_view_comes_back_as_it_was(database):
    with database.write() as session:
        made = list_views.add(session, "portfolio", "Costa", {"quick": ["A"]})
        gone = list_views.remove(session, "portfolio", made.key)
    assert kept(database) == []
    with database.write() as session:
        list_views.restore(session, "portfolio", gone)
        assert list_views.remove(session, "portfolio", "nothing of the kind") is None
    assert kept(database) == [View(made.key, "Costa", {"quick": ["A"]})]


def test_there_is_an_end_to_them(database):
    with database.write() as session:
        for n in range(30):
            list_views.add(session, "portfolio", f"Vista {n}", {})
        with pytest.raises(UserError, match="30 views"):
            list_views.add(session, "portfolio", "Una más", {})
