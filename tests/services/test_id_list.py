"""A list of ids in one text is a sequence as any other."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.services.id_list import IdList

IDS = st.lists(st.text("0123456789abcdef", min_size=32, max_size=32), max_size=6)


@given(IDS, IDS, st.integers(-7, 7), st.integers(-7, 7))
def test_it_is_the_list_of_the_same_ids(ids, others, first, last):
    made = IdList(ids)
    assert list(made) == ids
    assert made == ids
    assert made == IdList("".join(ids))
    assert hash(made) == hash(IdList(ids))
    assert (made == IdList(others)) is (ids == others)
    assert made[first:last] == ids[first:last]
    assert made[::-1] == ids[::-1]
    assert made.begins_with(IdList(ids[:2]))
    for id_ in [*ids, *others]:
        assert (id_ in made) is (id_ in ids)
        assert made.place(id_) == (ids.index(id_) if id_ in ids else None)


def test_an_index_beyond_the_end_is_refused_and_half_an_id_is_not_found():
    made = IdList(["a" * 32, "b" * 32])
    assert made[-1] == "b" * 32
    for at in (2, -3):
        with pytest.raises(IndexError):
            made[at]
    assert made.place("a" * 16 + "b" * 16) is None  # across two of them
    assert made.place("a") is None
    assert made != 5
    assert "…" in repr(IdList(["c" * 32] * 4))
