"""Settings: a round trip keeps everything; bad input is replaced by the default."""

import json

import pytest

from app import settings


def test_a_round_trip_keeps_what_was_chosen_and_what_is_unknown(tmp_path):
    path = tmp_path / "deep" / "settings.json"
    chosen = settings.load(path)
    chosen.theme, chosen.text_scale, chosen.unknown = "sol", 125, {"from_the_future": [1]}
    chosen.save()
    again = settings.load(path)
    assert (again.theme, again.text_scale, again.unknown) == ("sol", 125, {"from_the_future": [1]})


@pytest.mark.parametrize("content", ["", "{", "[1]", "\x00"])
def test_a_broken_file_gives_the_defaults(tmp_path, content):
    path = tmp_path / "settings.json"
    path.write_text(content)
    assert settings.load(path) == settings.Settings(path)


def test_a_bad_value_is_replaced_by_its_default(tmp_path):
    path = tmp_path / "settings.json"
    path.write_text(
        json.dumps({"theme": "pink", "text_scale": 9000, "single_keys": "yes", "language": "en"})
    )
    loaded = settings.load(path)
    assert (loaded.theme, loaded.text_scale, loaded.single_keys) == ("", 100, True)
    assert loaded.language == "en"
