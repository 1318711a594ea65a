"""The catalogue names what travels, and equal content has one hash."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.models.base import LATEST
from app.sync.catalogue import CATALOGUE, canonical, cell_hash, entity, row_hash

POLICIES = {"latest", "authority", "transition", "delta", "set", "text3", "append"}
values = st.dictionaries(
    st.text(max_size=5),
    st.none() | st.integers(-(2**53) + 1, 2**53 - 1) | st.text(max_size=5) | st.booleans(),
)


def test_parents_come_before_their_children():
    for one in CATALOGUE.values():
        for field in one.fields.values():
            if field.reference and field.reference != one.name:
                assert CATALOGUE[field.reference].order < one.order, (one.name, field.name)


def test_every_field_has_a_policy():
    assert LATEST["merge"] in POLICIES
    found = {field.merge for one in CATALOGUE.values() for field in one.fields.values()}
    assert found <= POLICIES


def test_the_envelope_does_not_travel_among_the_fields():
    for one in CATALOGUE.values():
        assert not {"id", "root", "removed_at"} & one.fields.keys()


def test_an_entity_of_the_future_is_not_known():
    with pytest.raises(KeyError):
        entity("spaceship")


def test_problems_are_sentences_about_known_fields():
    found = entity("account").problems({"name": 7, "future": 7, "credit_limit": "1.234"})
    assert len(found) == 2
    assert "name" in found[0]
    assert "credit_limit" in found[1]


@given(values)
def test_order_and_nulls_do_not_change_the_hash(content):
    turned = dict(reversed(content.items()))
    assert row_hash(content) == row_hash(turned)
    assert row_hash({**content, "a_new_column": None}) == row_hash(content)
    assert -(2**63) <= row_hash(content) < 2**63


@given(values, values)
def test_other_content_has_another_hash(one, other):
    if canonical(one) != canonical(other):
        assert row_hash(one) != row_hash(other)


def test_hashes_are_those_of_the_first_version():
    """Laptops in the field keep these numbers: they may never change."""
    content = {"name": "Bar Pérez", "tags": ["vip"], "phone": None, "credit_limit": "100.00"}
    assert canonical(content) == (
        '{"credit_limit":"100.00","name":"Bar Pérez","tags":["vip"]}'.encode()
    )
    assert row_hash(content) == 3976162117295319098
    assert cell_hash("account", "0" * 32, 1, row_hash(content)) == 7123782544205685505
