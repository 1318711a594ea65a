"""When and from where the rep works."""

from __future__ import annotations

import pytest
from sqlalchemy import delete

from app.errors import ValidationError
from app.models.route import WorkingHours
from app.services import this_computer, working_day
from tests.company import seed


@pytest.fixture(autouse=True)
def _company(database):
    seed(database)


def test_the_planners_defaults_hold_where_nothing_was_set(database):
    with database.write() as session:
        session.connection().execute(delete(WorkingHours.__table__))
    with database.read() as session:
        assert working_day.get(session).leave_s == 8 * 3600 + 1800
    with database.write() as session:
        working_day.update(session, leave_s=7 * 3600)
    with database.read() as session:
        assert working_day.get(session).leave_s == 7 * 3600


@pytest.mark.parametrize(
    ("words", "lat", "lon"),
    [
        ("46900 Torrent", 39.44, -0.46), ("Gandia", 38.97, -0.18), ("AD500", 42.5, 1.52),
        ("03801", 38.7, -0.47),
    ],
)  # fmt: skip
def test_a_place_is_found_by_postcode_or_town(database, words, lat, lon):
    with database.write() as session:
        working_day.start_from(session, words)
    with database.read() as session:
        hours = session.query(WorkingHours).first()
        assert working_day.get(session).start == words
    assert hours.start_lat_e6 / 1e6 == pytest.approx(lat, abs=0.1)
    assert hours.end_lon_e6 / 1e6 == pytest.approx(lon, abs=0.1)


@pytest.mark.parametrize("words", ["Atlantis", "99999", "-"])
def test_an_unknown_place_changes_nothing(database, words):
    with database.read() as session:
        before = working_day.get(session)
    with pytest.raises(ValidationError), database.write() as session:
        working_day.start_from(session, words)
    with database.read() as session:
        assert working_day.get(session) == before


def test_a_day_cannot_end_before_it_begins(database):
    with pytest.raises(ValidationError) as refused, database.write() as session:
        working_day.update(session, finish_s=3600)
    assert refused.value.field == "finish"


def test_this_computer_says_whose_it_is(database, tmp_path):
    with database.read() as session:
        here = this_computer.get(session)
    assert (here.person, here.company) == ("Marta Ferrer", "Alacena Levante")
    kept = this_computer.safekeeping(tmp_path)
    assert kept.backups == ()
    assert kept.key == "keyring"
