"""Straight lines, stretched: sane at every length, and quick."""

from __future__ import annotations

from itertools import permutations
from time import perf_counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.routing.problem import Position
from app.routing.travel_times import StraightLine, straight_m

SPAIN = st.builds(Position.of, st.floats(36, 44), st.floats(-9, 4))


def test_a_known_distance():
    madrid, barcelona = Position.of(40.4168, -3.7038), Position.of(41.3874, 2.1686)
    assert straight_m([madrid, barcelona])[0, 1] == pytest.approx(505_000, rel=0.01)
    seconds, metres = StraightLine().matrix([madrid, barcelona])
    assert metres[0, 1] == pytest.approx(621_000, rel=0.03)  # by the A-2
    assert 6 * 3600 < seconds[0, 1] < 9 * 3600


@given(st.lists(SPAIN, min_size=1, max_size=8))
def test_times_are_symmetric_zero_at_home_and_never_shorter_by_a_detour(positions):
    seconds, metres = StraightLine().matrix(positions)
    assert seconds.dtype == metres.dtype == np.int32
    assert (seconds == seconds.T).all()
    assert (np.diag(seconds) == 0).all()
    assert (metres >= np.floor(straight_m(positions))).all()
    for a, b, c in permutations(range(len(positions)), 3):
        assert seconds[a, c] <= seconds[a, b] + seconds[b, c] + 1  # rounding


def test_a_longer_line_never_takes_less_time():
    line = [Position.of(40 + k * 0.0005, -3) for k in range(2500)]
    seconds, metres = StraightLine().matrix(line)
    assert (np.diff(seconds[0]) >= 0).all()
    assert (np.diff(metres[0]) > 0).all()


def test_next_door_is_walked():
    seconds, _metres = StraightLine().matrix([Position.of(42.5, 1.5), Position.of(42.5005, 1.5)])
    assert 30 < seconds[0, 1] < 90


def test_the_reps_own_factor_stretches():
    places = [Position.of(42.5, 1.5), Position.of(42.6, 1.5)]
    plain, stretched = StraightLine().matrix(places), StraightLine(stretch=1.2).matrix(places)
    assert stretched[1][0, 1] == pytest.approx(1.2 * plain[1][0, 1], abs=1)
    assert stretched[0][0, 1] > plain[0][0, 1]


def test_a_hundred_by_a_hundred_is_quick_and_no_places_are_no_times():
    places = [Position.of(40 + k / 50, -3 + k / 70) for k in range(100)]
    StraightLine().matrix(places)
    began = perf_counter()
    StraightLine().matrix(places)
    assert perf_counter() - began < 0.1  # the goal is 20 ms; benchmarks measure it
    assert StraightLine().matrix([])[0].shape == (0, 0)
