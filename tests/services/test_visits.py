"""Visits: logged with one key, undone exactly, reported in peace, taken off and put back."""

from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from app.errors import UserError, ValidationError
from app.models.account import Segment
from app.models.activity import Activity, ActivityState, Outcome, VisitReport
from app.models.base import now as saved_now
from app.models.journal import Operation
from app.models.route import RouteStop
from app.services import accounts, documents, drafts, routes, undo, visit_view, visits
from tests.company import seed
from tests.services.records import NOW, TODAY, at, customer

FIELDS = ("state", "outcome", "motive", "started_at", "done_at", "follow_up_on", "lat_e6", "lon_e6")
TASK_FIELDS = ("removed_at", "due_on", "reason", "state")


@pytest.fixture
def made(database):
    return seed(database)


@pytest.fixture
def visit_id(database, made):
    with database.write() as session:
        return visits.plan(session, made.account, at=at(11), title="Presentar el café").id


def fields_of(database, id_, names=FIELDS):
    with database.read() as session:
        row = session.get(Activity, id_)
        return {name: getattr(row, name) for name in names}


def tasks(database, rule="visit_follow_up"):
    with database.read() as session:
        return session.scalars(
            select(Activity).where(Activity.rule == rule, Activity.removed_at.is_(None))
        ).all()


def test_a_planned_visit_knows_its_place_and_takes_what_the_segment_takes(database, made):
    with database.write() as session:
        session.get(Segment, made.segment).visit_minutes = 25
        later = accounts.add_site(session, made.account, city="Gandia")
        visit = visits.plan(session, made.account, at=at(11))
        plain = customer(session, made, "Bar", segment_id=None)
        assert visits.plan(session, plain, at=None).planned_minutes == visits.DEFAULT_MINUTES
        assert visits.plan(session, plain, at=None, minutes=5).planned_minutes == 5
    assert (visit.planned_minutes, visit.site_id, visit.owner_id) == (25, made.site, made.user)
    assert visit.site_id != later.id
    with pytest.raises(UserError, match="no longer here"), database.write() as session:
        visits.plan(session, "f" * 32, at=None)


def test_starting_twice_keeps_the_first_moment(database, visit_id):
    with database.write() as session:
        visits.start(session, visit_id, now=at(11, 5))
        visits.start(session, visit_id, now=at(11, 50))
    assert fields_of(database, visit_id, ("state", "started_at")) == {
        "state": "under_way", "started_at": at(11, 5),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("outcome", "due"),
    [
        ("order", None), ("no_interest", None), ("quote", date(2026, 11, 26)),
        ("follow_up", date(2026, 11, 26)), ("not_in", date(2026, 11, 20)),
    ],
)  # fmt: skip
def test_each_outcome_is_one_key_and_says_what_comes_next(database, visit_id, outcome, due):
    with database.write() as session:
        stored = visits.log(session, visit_id, outcome=outcome, now=NOW)
    assert (stored.account_name, stored.outcome) == ("Restaurante El Socarrat", outcome)
    kept = fields_of(database, visit_id)
    assert (kept["state"], kept["outcome"], kept["done_at"]) == ("done", outcome, NOW)
    assert kept["started_at"] == NOW - timedelta(minutes=15)
    assert kept["follow_up_on"] == due
    made = tasks(database)
    assert [(task.due_on, task.reason, task.kind) for task in made] == (
        [(due, outcome, "task")] if due else []
    )
    assert stored.follow_up_id == (made[0].id if due else None)


def test_every_outcome_that_exists_can_be_logged(database, made):
    with database.write() as session:
        for outcome in Outcome:
            visit = visits.plan(session, made.account, at=at(11))
            visits.log(session, visit.id, outcome=outcome, now=NOW)
            assert visit.outcome == outcome


def test_an_unknown_outcome_stores_nothing(database, visit_id):
    before = fields_of(database, visit_id)
    with pytest.raises(ValidationError) as caught, database.write() as session:
        visits.log(session, visit_id, outcome="marvellous", now=NOW)
    assert caught.value.field == "outcome"
    assert fields_of(database, visit_id) == before


def test_a_day_and_a_motive_of_ones_own_are_kept(database, visit_id):
    with database.write() as session:
        visits.log(
            session, visit_id, outcome="not_in", now=NOW, motive="Vuelve el lunes",
            follow_up_on=date(2026, 11, 23), position=(38_990_100, -519_200),
        )  # fmt: skip
    kept = fields_of(database, visit_id)
    assert (kept["motive"], kept["lat_e6"], kept["lon_e6"]) == (
        "Vuelve el lunes", 38_990_100, -519_200,
    )  # fmt: skip
    assert [task.due_on for task in tasks(database)] == [date(2026, 11, 23)]


def test_logging_again_changes_the_outcome_and_never_makes_a_second_task(database, visit_id):
    for outcome, expected in (("quote", 1), ("follow_up", 1), ("order", 0), ("not_in", 1)):
        with database.write() as session:
            visits.log(session, visit_id, outcome=outcome, now=NOW)
        assert len(tasks(database)) == expected
    kept = fields_of(database, visit_id)
    assert (kept["outcome"], kept["done_at"]) == ("not_in", NOW)
    with database.read() as session:
        every = session.scalars(select(Activity).where(Activity.rule == "visit_follow_up")).all()
    assert len(every) == 1


outcomes = st.sampled_from([outcome.value for outcome in Outcome])


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(earlier=st.lists(outcomes, max_size=2), last=outcomes, started=st.booleans())
def test_undo_puts_the_visit_and_its_follow_up_exactly_back(database, earlier, last, started):
    with database.read() as session:
        account = session.scalar(select(accounts.Account.id).limit(1))
    account = account or seed(database).account
    with database.write() as session:
        id_ = visits.plan(session, account, at=at(11)).id
        if started:
            visits.start(session, id_, now=at(10))
        for n, outcome in enumerate(earlier):
            visits.log(session, id_, outcome=outcome, now=NOW + timedelta(days=n))

    def state():
        with database.read() as session:
            task = session.scalars(select(Activity).where(Activity.about_id == id_)).first()
            task_state = {name: getattr(task, name) for name in TASK_FIELDS} if task else None
        if task_state is not None:
            task_state["removed_at"] = task.removed_at is not None  # since when does not matter
        return fields_of(database, id_), task_state

    before = state()
    with database.write() as session:
        visits.log(session, id_, outcome=last, now=NOW + timedelta(days=9), position=(1, 2))
    with database.write() as session:
        undo.take_back(session)
    visit, task = state()
    assert visit == before[0]
    if before[1] is None:
        assert task is None or task["removed_at"]
    else:
        assert task == before[1]


def test_a_visit_that_is_gone_says_so(database, visit_id):
    with database.write() as session:
        session.get(Activity, visit_id).removed_at = saved_now()
    for call in (
        lambda s: visits.log(s, visit_id, outcome="order", now=NOW),
        lambda s: visits.start(s, visit_id, now=NOW),
        lambda s: visits.cancel(s, visit_id),
        lambda s: visits.write_report(s, visit_id, notes="x"),
        lambda s: visit_view.view(s, visit_id),
        lambda s: visits.get(s, "f" * 32),
    ):
        with pytest.raises(UserError, match="visit is no longer here"), database.write() as session:
            call(session)


def test_a_report_is_made_at_the_first_word_and_changed_field_by_field(database, visit_id):
    with database.read() as session:
        assert visits.report(session, visit_id) is None
    with database.write() as session:
        visits.write_report(session, visit_id, notes="Prueban", topics=frozenset({"Precios"}))
    with database.write() as session:
        visits.write_report(session, visit_id, topics=frozenset({"Precios", "Novedades"}))
    with database.read() as session:
        found = visits.report(session, visit_id)
        (only,) = session.scalars(select(VisitReport)).all()
        sent = session.scalars(select(Operation).where(Operation.entity == "visit_report")).all()
    assert only.id == found.id
    assert (found.notes, found.topics) == ("Prueban", {"Precios", "Novedades"})
    assert [op.kind for op in sent] == ["I"], "the second change joined the first"


def test_a_finished_report_makes_its_promise_and_its_next_visit_once(database, visit_id):
    with database.write() as session:
        visits.log(session, visit_id, outcome="order", now=NOW)
        visits.write_report(
            session, visit_id, next_step="Llevar el muestrario", next_on=date(2026, 11, 25),
            next_visit_on=date(2026, 12, 10),
        )  # fmt: skip
        visits.complete_report(session, visit_id, now=NOW)
    with database.write() as session:  # a second thought, the day after
        visits.write_report(
            session, visit_id, next_step="Llevar dos", next_visit_on=date(2026, 12, 11)
        )
        visits.complete_report(session, visit_id, now=NOW + timedelta(days=1))
    (promise,) = tasks(database, "report_next_step")
    assert (promise.title, promise.due_on) == ("Llevar dos", date(2026, 11, 25))
    (following,) = tasks(database, "next_visit")
    assert (following.due_on, following.kind, following.planned_at) == (
        date(2026, 12, 11), "visit", None,
    )  # fmt: skip
    with database.read() as session:
        assert visits.report(session, visit_id).completed_at == NOW


def test_a_promise_that_was_taken_back_is_nobodys_task(database, visit_id):
    with database.write() as session:
        visits.write_report(
            session, visit_id, next_step="Llevar", next_on=date(2026, 11, 25),
            next_visit_on=date(2026, 12, 10),
        )  # fmt: skip
        visits.complete_report(session, visit_id, now=NOW)
    with database.write() as session:
        visits.write_report(session, visit_id, next_step="", next_visit_on=None)
        visits.complete_report(session, visit_id, now=NOW)
    assert tasks(database, "report_next_step") == tasks(database, "next_visit") == []


def test_what_was_done_of_a_promise_is_kept(database, visit_id):
    with database.write() as session:
        visits.write_report(session, visit_id, next_step="Llevar", next_on=date(2026, 11, 25))
        visits.complete_report(session, visit_id, now=NOW)
    (promise,) = tasks(database, "report_next_step")
    with database.write() as session:
        session.get(Activity, promise.id).state = ActivityState.DONE
        visits.write_report(session, visit_id, next_step="")
        visits.complete_report(session, visit_id, now=NOW)
    assert [task.state for task in tasks(database, "report_next_step")] == ["done"]


def test_a_report_can_change_for_thirty_days(database, visit_id):
    with database.write() as session:
        visit = session.get(Activity, visit_id)
        assert visits.is_editable(visit, now=NOW)
        visits.log(session, visit_id, outcome="order", now=NOW)
        assert visits.is_editable(visit, now=NOW + timedelta(days=30))
        assert not visits.is_editable(visit, now=NOW + timedelta(days=30, seconds=1))


def test_a_cancelled_visit_leaves_its_route_and_comes_back_to_it(database, made, visit_id):
    with database.write() as session:
        routes.add_stop(session, TODAY, made.account)
        routes.add_stop(session, TODAY, customer(session, made, "Alba", city="Gandia"))
        stop_id = session.scalars(
            select(RouteStop.id).where(RouteStop.activity_id == visit_id)
        ).one()
    with database.write() as session:
        visits.cancel(session, visit_id)
        route = routes.current(session, TODAY)
        assert visit_id not in {stop.activity_id for stop in routes.stops(session, route.id)}
        assert session.get(Activity, visit_id).state == "cancelled"
    with database.write() as session:
        undo.take_back(session)
        assert session.get(Activity, visit_id).state == "planned"
        assert stop_id in {stop.id for stop in routes.stops(session, route.id)}


def test_taking_back_never_puts_a_visit_on_the_route_twice(database, made, visit_id):
    with database.write() as session:
        routes.add_stop(session, TODAY, made.account)
        routes.reorder(session, TODAY, [])
        session.flush()
        routes.add_stop(session, TODAY, made.account)
    with database.write() as session:
        visits.cancel(session, visit_id)
    with database.write() as session:
        undo.take_back(session)
        route = routes.current(session, TODAY)
        assert [s.activity_id for s in routes.stops(session, route.id)] == [visit_id]


@pytest.mark.parametrize("step", ["start", "log"])
def test_taking_back_goes_on_from_where_the_visit_was(database, visit_id, step):
    with database.write() as session:
        if step == "start":
            visits.start(session, visit_id, now=NOW)
        else:
            visits.log(session, visit_id, outcome="order", now=NOW)
    before = fields_of(database, visit_id)
    with database.write() as session:
        visits.cancel(session, visit_id)
    with database.write() as session:
        undo.take_back(session)
    assert fields_of(database, visit_id) == before


def test_the_view_has_all_that_the_screen_shows(database, made, visit_id):
    with database.write() as session:
        visits.write_report(session, visit_id, notes="Prueban")
        for name, thumbnail in (("a.jpg", "AAAA"), ("b.pdf", "")):
            documents.add(
                session, name=name, kind="photo", mime="image/jpeg", sha256="a" * 64, size=3,
                about="activity", about_id=visit_id, thumbnail=thumbnail,
            )  # fmt: skip
        drafts.keep(session, visit_view.FORM, visit_id, {"notes": "Prueban el ca"}, now=NOW)
    with database.read() as session:
        shown = visit_view.view(session, visit_id)
    assert (shown.visit.id, shown.account.id, shown.site.city) == (visit_id, made.account, "Xàtiva")
    assert shown.report.notes == "Prueban"
    assert [contact.name for contact in shown.contacts] == ["Vicent Sanchis"]
    assert [(photo.name, photo.thumbnail) for photo in shown.photos] == [("a.jpg", "AAAA")]
    assert shown.draft == {"notes": "Prueban el ca"}


def test_a_visit_without_customer_has_a_view_too(database, made):
    with database.write() as session:
        fair = Activity(kind="visit", owner_id=made.user, title="Feria")
        session.add(fair)
    with database.write() as session:
        stored = visits.log(session, fair.id, outcome="order", now=NOW)
        shown = visit_view.view(session, fair.id)
    assert stored.account_name == "Feria"
    assert (shown.account, shown.site, shown.report, shown.draft) == (None, None, None, None)
    assert (shown.contacts, shown.photos) == ([], [])


def test_drafts_are_local_replaced_and_forgotten(database, visit_id):
    with database.write() as session:
        before = len(session.scalars(select(Operation)).all())
        drafts.keep(session, "visit_report", visit_id, {"notes": "Pru"}, now=NOW)
        drafts.keep(session, "visit_report", visit_id, {"notes": "Prueban"}, now=NOW)
        drafts.keep(session, "visit_report", "other", {"notes": "x"}, now=NOW)
        drafts.keep(session, "new_account", "", {"name": "Bar"}, now=NOW)
    with database.write() as session:
        assert drafts.find(session, "visit_report", visit_id) == {"notes": "Prueban"}
        drafts.forget(session, "visit_report", visit_id)
        assert drafts.find(session, "visit_report", visit_id) is None
        assert drafts.find(session, "visit_report", "other") == {"notes": "x"}
        assert drafts.find(session, "new_account") == {"name": "Bar"}
        assert len(session.scalars(select(Operation)).all()) == before, "drafts never travel"


def test_what_find_returns_is_a_copy(database, visit_id):
    with database.write() as session:
        drafts.keep(session, "visit_report", visit_id, {"notes": "a"}, now=NOW)
    with database.write() as session:
        drafts.find(session, "visit_report", visit_id)["notes"] = "b"
        assert drafts.find(session, "visit_report", visit_id) == {"notes": "a"}
