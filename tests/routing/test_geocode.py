"""Addresses as people write them are found; what contradicts itself is flagged."""

from __future__ import annotations

import csv
from time import perf_counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app import paths
from app.routing import gazetteer
from app.routing.geocode import (
    Located,
    cities_of,
    clean_postcode,
    country_code,
    kilometres,
    locate,
    province_code,
    province_name,
    province_of,
)
from app.routing.place_names import article_in_front, fold, place_key, place_keys
from app.routing.problem import Position

XATIVA = Position.of(38.990, -0.519)


def near(found: Located, lat: float, lon: float, km: float = 5.0) -> bool:
    return found.position is not None and kilometres(found.position, Position.of(lat, lon)) < km


@pytest.mark.parametrize(
    ("address", "quality", "lat", "lon"),
    [
        (("ES", "46800", "Xàtiva", "València"), "postal", 38.990, -0.519),
        (("España", "46800", "XATIVA", ""), "postal", 38.990, -0.519),
        (("", "", "Játiva", ""), "city", 38.990, -0.519),
        (("ES", "", "Coruña, A", ""), "city", 43.371, -8.396),
        (("ES", "", "la coruna", ""), "city", 43.371, -8.396),
        (("ES", "8001", "Barcelona", "Barcelona"), "postal", 41.380, 2.169),
        (("ES", "", "Alacant", ""), "city", 38.345, -0.481),
        (("ES", "", "Alicante/Alacant", ""), "city", 38.345, -0.481),
        (("ES", "", "Vitoria", "Álava"), "city", 42.850, -2.673),
        (("ES", "", "St. Cugat del Vallès", ""), "city", 41.473, 2.086),
        (("ES", "", "", "Guipúzcoa"), "province", 43.15, -2.2),
        (("AD", "AD500", "Andorra la Vella", ""), "postal", 42.508, 1.521),
        (("Andorra", "400", "Arinsal", ""), "postal", 42.572, 1.485),
        (("", "AD 200", "Pas de La Casa", ""), "postal", 42.543, 1.734),
        (("AD", "", "L’Aldosa", ""), "city", 42.544, 1.523),
        (("PT", "1000-010", "Lisboa", ""), "postal", 38.717, -9.133),
        (("FR", "66120", "Font-Romeu", ""), "postal", 42.5, 2.04),
    ],
)
def test_addresses_are_found(address, quality, lat, lon):
    found = locate(*address)
    assert found.quality == quality
    assert near(found, lat, lon, 20 if quality == "province" else 5)
    assert found.conflict is None


def test_a_province_that_contradicts_the_postcode_is_flagged():
    alone = locate("ES", "46800", "", "Lleida")
    assert alone.conflict == "province"
    assert near(alone, 38.990, -0.519)
    two_to_one = locate("ES", "46800", "Balaguer", "Lleida")
    assert (two_to_one.quality, two_to_one.conflict) == ("city", "province")
    assert near(two_to_one, 41.79, 0.81)


def test_a_town_far_from_its_postcode_is_flagged():
    assert locate("ES", "46800", "Bilbao").conflict == "city"
    assert locate("AD", "AD500", "Arinsal").conflict == "city"
    assert locate("ES", "46800", "Canals").conflict is None  # the next town


def test_nothing_known_is_nowhere():
    assert locate("ES", "", "Nowhere at all") == Located(None, None)
    assert locate("DE", "10115", "Berlin") == Located(None, None)
    assert locate() == Located(None, None)


def test_a_wrong_postcode_leaves_the_town_and_then_the_province():
    assert locate("ES", "46999", "Xàtiva").quality == "city"
    assert locate("ES", "46999", "No such place").quality == "province"


def test_postcodes_are_read_as_written():
    assert clean_postcode("ES", " 8001 ") == "08001"
    assert clean_postcode("ES", "E-46800") == "46800"
    assert clean_postcode("ES", "123") == ""
    assert clean_postcode("AD", "ad-700") == "AD700"
    assert clean_postcode("PT", "3750-011") == "3750"
    assert country_code("", "3750-011") == "PT"
    assert country_code("Francia") == "FR"


def test_provinces_by_code_and_by_every_name():
    assert province_of("46800") == "46"
    assert province_of("99999") is None
    assert province_code("Gerona") == province_code("Girona") == "17"
    assert province_code("Alacant") == province_code("ALICANTE") == "03"
    assert province_code("Vizcaya") == province_code("48") == "48"
    assert province_code("Atlantis") is None
    assert province_name("46") == "València/Valencia"
    assert province_name("99") == ""
    assert len(gazetteer.provinces()) == 52


def test_suggestions_begin_with_what_was_typed_the_largest_first():
    found = gazetteer.municipality_suggestions("coru", province="15")
    assert [place.name for place in found] == ["A Coruña"]
    alicantes = gazetteer.municipality_suggestions("alic")
    assert place_key("Alicante") in place_keys(alicantes[0].name)
    assert gazetteer.municipality_suggestions("") == ()
    assert gazetteer.municipality_suggestions("zzz") == ()
    assert len(gazetteer.municipality_suggestions("vill", limit=5)) == 5


def test_a_postcode_knows_its_towns():
    assert "Xativa" in cities_of("ES", "46800")
    assert "Soldeu" in cities_of("AD", "100")
    assert cities_of("ES", "99999") == ()


@given(st.text(max_size=40))
def test_any_text_is_an_address_without_a_crash(text):
    found = locate(text, text, text, text)
    assert (found.position is None) == (found.quality is None)
    assert fold(fold(text)) == fold(text)


@pytest.mark.parametrize(
    "name", ["Pobla de Vallbona, la", "La Pobla de Vallbona", "POBLA DE VALLBONA"]
)
def test_the_article_does_not_matter(name):
    assert place_key(name) == "pobla de vallbona"


def test_the_article_goes_in_front():
    assert article_in_front("Coruña, A") == "A Coruña"
    assert article_in_front("Alfàs del Pi, l'") == "l'Alfàs del Pi"
    assert article_in_front("Rubielos, de Mora") == "Rubielos, de Mora"


def test_the_tables_are_small():
    folder = paths.resources() / "geo"
    assert sum(path.stat().st_size for path in folder.iterdir() if path.is_file()) < 5_000_000


def test_two_thousand_addresses_are_placed_while_one_waits(shared_data):
    with (shared_data / "geo" / "municipalities_es.csv").open(encoding="utf-8") as table:
        towns = list(csv.DictReader(table))[::4][:2000]
    began = perf_counter()
    found = [locate("ES", "", town["name"], town["province"]) for town in towns]
    assert perf_counter() - began < 3.0  # the goal is 1 s; benchmarks measure it
    right = [
        near(place, float(town["lat"]), float(town["lon"]), 15)
        for place, town in zip(found, towns, strict=True)
    ]
    assert sum(right) / len(right) > 0.99


def test_postcodes_agree_with_the_national_list(shared_data):
    agree = total = 0
    with (shared_data / "geo" / "postcodes_es.csv").open(encoding="utf-8") as table:
        for row in csv.DictReader(table):
            found = gazetteer.middle_of("ES", row["postcode"])
            if found is not None:
                total += 1
                there = Position.of(float(row["lat"]), float(row["lon"]))
                agree += kilometres(found, there) <= 15
    assert total > 11_000
    assert agree / total >= 0.95


def test_villages_of_andorra_are_where_the_map_has_them(shared_data):
    places = gazetteer.cities("AD")
    seen = 0
    with (shared_data / "geo" / "places_ad_osm.csv").open(encoding="utf-8") as table:
        for row in csv.DictReader(table):
            if row["place"] in {"village", "town", "hamlet"} and place_key(row["name"]) in places:
                found = locate("AD", "", row["name"])
                assert near(found, float(row["lat"]), float(row["lon"]), 2.0), row["name"]
                seen += 1
    assert seen >= 25
