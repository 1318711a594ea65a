"""The map's outlines: complete, where they belong, and there at once."""

from __future__ import annotations

from itertools import pairwise
from time import perf_counter

import numpy as np
import pytest

from app.routing import outlines


def inside(shape: outlines.Shape, lat: float, lon: float) -> bool:
    x, y = outlines.mercator(lat, lon)
    crossings = 0
    for ring in shape.rings:
        for (x0, y0), (x1, y1) in pairwise(ring.tolist()):
            crossings += (y0 > y) != (y1 > y) and x < x0 + (y - y0) / (y1 - y0) * (x1 - x0)
    return crossings % 2 == 1


def test_spain_is_loaded_in_a_moment():
    outlines.load.cache_clear()
    outlines.municipalities.cache_clear()
    began = perf_counter()
    outlines.load()
    outlines.municipalities()
    assert perf_counter() - began < 1.5  # the goal is 0.5 s; benchmarks measure it


def test_land_has_spain_and_all_its_neighbours():
    shapes = {shape.id: shape for shape in outlines.load().land}
    assert set(shapes) == {"ES", "AD", "DZ", "FR", "GI", "MA", "PT"}
    assert inside(shapes["ES"], 40.4, -3.7)
    [backdrop] = outlines.load().backdrop
    assert inside(backdrop, 42.432, 1.54)  # where both atlases leave a gap beside Andorra
    assert inside(shapes["AD"], 42.55, 1.57)
    assert inside(shapes["PT"], 39.5, -8.0)
    assert not inside(shapes["ES"], 42.55, 1.57)
    assert not inside(shapes["ES"], 41.0, 3.5)  # the sea


def test_each_province_and_municipality_is_there_once():
    provinces = outlines.load().provinces
    assert [shape.id for shape in provinces] == [f"{k:02}" for k in range(1, 53)]
    towns = outlines.municipalities()
    assert len({shape.id for shape in towns}) == len(towns) > 8_100
    xativa = next(shape for shape in towns if shape.id == "46145")
    assert xativa.name == "Xàtiva"
    assert inside(xativa, 38.990, -0.519)


def test_rings_are_closed_and_within_their_box():
    for shape in (*outlines.load().provinces, *outlines.municipalities()[::50]):
        west, south, east, north = shape.box
        for ring in shape.rings:
            assert ring.dtype == np.float32
            assert (ring[0] == ring[-1]).all()
            assert west <= ring[:, 0].min() <= ring[:, 0].max() <= east
            assert south <= ring[:, 1].min() <= ring[:, 1].max() <= north


def test_places_come_largest_first_with_their_rank():
    places = outlines.load().places
    populations = [place.population for place in places]
    assert populations == sorted(populations, reverse=True)
    ranks = {place.name: place.rank for place in reversed(places) if place.country in {"ES", "AD"}}
    assert ranks["Madrid"] == 0
    assert ranks["Andorra la Vella"] == 3
    assert ranks["Soldeu"] == 5


def test_mercator_there_and_back():
    assert outlines.mercator(0, 180) == pytest.approx((20_037_508.34, 0), abs=0.01)
    assert outlines.from_mercator(*outlines.mercator(42.55, 1.57)) == pytest.approx((42.55, 1.57))
