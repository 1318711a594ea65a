"""The wire form: every value of every field survives a round trip, and nothing else is taken."""

from datetime import UTC, date, datetime
from decimal import Decimal

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.models.entities import SYNCED
from app.models.wire import Field, decode, encode, fields_of

VALUES = {
    "text": st.text(st.characters(exclude_categories=["Cs"])),
    "integer": st.integers(-(2**53) + 1, 2**53 - 1),
    "boolean": st.booleans(),
    "money": st.decimals(-(10**9), 10**9, places=2, allow_nan=False),
    "percent": st.decimals(0, 100, places=2, allow_nan=False),
    "quantity": st.decimals(-(10**6), 10**6, places=3, allow_nan=False),
    "price": st.decimals(0, 10**6, places=4, allow_nan=False),
    "discount": st.lists(st.decimals(1, 99, places=2).map(lambda d: d.normalize()), max_size=3).map(
        tuple
    ),
    "instant": st.datetimes(datetime(1990, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)).map(
        lambda t: t.replace(microsecond=t.microsecond // 1000 * 1000)
    ),
    "day": st.dates(),
    "set": st.frozensets(st.text(max_size=5)),
    "json": st.recursive(st.integers(0, 9) | st.text(max_size=3), st.lists),
}
FIELDS = sorted({field.wire: field for e in SYNCED for field in fields_of(e)}.items())


@pytest.mark.parametrize(("wire", "field"), FIELDS)
def test_a_value_survives_the_journey(wire, field):
    @given(VALUES[wire])
    def journey(value):
        form = msgspec.json.decode(msgspec.json.encode(encode(field, value)))
        again = decode(field, form)
        assert encode(field, again) == form
        if wire != "text":  # text is normalised on its way
            assert again == value

    journey()


@pytest.mark.parametrize(
    ("wire", "bad"),
    [
        ("money", "1.005"), ("money", "NaN"), ("money", 12), ("money", "abc"), ("integer", 1.5),
        ("integer", 2**60), ("integer", True), ("boolean", 1), ("text", 5), ("day", "2026-13-01"),
        ("day", 5), ("instant", "now"), ("set", [1]), ("discount", "8+x"),
        ("instant", 2**53),
    ],
)  # fmt: skip
def test_what_is_not_of_the_field_is_refused(wire, bad):
    field = Field("f", wire, "latest", nullable=False, reference="", default=None)
    with pytest.raises(ValueError):
        decode(field, bad)


def test_null_only_where_the_column_may_be_null():
    field = Field("f", "text", "latest", nullable=False, reference="", default="")
    with pytest.raises(ValueError, match="may not be empty"):
        decode(field, None)


def test_every_field_of_every_entity_has_a_policy():
    policies = {"latest", "authority", "transition", "delta", "set", "text3", "append"}
    for entity in SYNCED:
        for field in fields_of(entity):
            assert field.merge in policies, (entity, field)


def test_text_is_composed_so_that_equal_names_have_equal_forms():
    field = Field("f", "text", "latest", nullable=False, reference="", default="")
    assert encode(field, "Ca\u0301diz") == encode(field, "C\u00e1diz")


def test_amounts_keep_their_scale():
    field = Field("f", "money", "latest", nullable=False, reference="", default=None)
    assert encode(field, Decimal(5)) == "5.00"
    assert encode(Field("f", "day", "latest", False, "", None), date(2026, 1, 2)) == "2026-01-02"
