"""Merging is decided by the values alone: nothing is lost, and who came first does not matter."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from app.models.wire import Field
from app.sync import paragraphs
from app.sync.catalogue import CATALOGUE
from app.sync.merge import TRANSITIONS, Merged, Side, Sides, merge_field, same

TEXT = Field("name", "text", "latest", nullable=False, reference="", default="")
PHONE = replace(TEXT, name="phone")
LIMIT = Field("credit_limit", "money", "authority", nullable=True, reference="", default=None)
STATE = replace(TEXT, name="state", merge="transition")
TAGS = Field("tags", "set", "set", nullable=False, reference="", default=[])
NOTES = replace(TEXT, name="notes", merge="text3")
STOCK = Field("stock", "quantity", "delta", nullable=False, reference="", default=None)
COUNT = Field("count", "integer", "delta", nullable=False, reference="", default=0)
ONCE = replace(TEXT, merge="append")

words = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=8)
few = st.sampled_from(["", "a", "b", "c"])
sides = st.builds(
    Side, at=st.integers(0, 3), role=st.sampled_from(["rep", "office"]), suspect=st.just(False)
)
sets = st.frozensets(st.sampled_from("abcdef"), max_size=4).map(sorted)


def both_orders(field, base, one, two, one_side, two_side, entity=""):
    """Return the merge as each of two edits arrives last; the other was applied before."""
    last_two = Sides(entity, mine=two_side, theirs=one_side)
    last_one = Sides(entity, mine=one_side, theirs=two_side)
    return (
        merge_field(field, base, two, one, sides=last_two),
        merge_field(field, base, one, two, sides=last_one),
    )


def test_what_nobody_else_changed_is_applied():
    assert merge_field(TEXT, "a", "b", "a", sides=Sides()) == Merged("b", "applied")
    assert merge_field(TEXT, "a", "b", "b", sides=Sides()) == Merged("b", "noop")
    assert merge_field(TEXT, "a", "a", "c", sides=Sides()) == Merged("c", "noop")


@pytest.mark.parametrize(
    ("field", "one", "other", "is_same"),
    [
        (PHONE, "600 11 22 33", "+34600112233", True),
        (PHONE, "+376 801 234", "+376801234", True),
        (PHONE, "+376 801 234", "+34 801 23 40 00", False),
        (PHONE, "ask for Luis", "ask for Ana", False),
        (PHONE, "+34 91 123 45 67 ext. 12", "+34 91 123 45 67", False),
        (TEXT, "600 11 22 33", "600112233", False),
        (TEXT, " Pérez ", "Pe\u0301rez", True),
        (TEXT, None, "", True),
        (TEXT, "a", "A", False),
        (LIMIT, "100.0", "100.00", True),
        (LIMIT, None, "0.00", False),
        (TAGS, ["a", "b"], ["b", "a"], True),
        (COUNT, 1, 2, False),
    ],
)
def test_what_says_the_same(field, one, other, is_same):
    assert same(field, one, other) is is_same
    assert same(field, other, one) is is_same


@given(few, few, few, sides, sides)
def test_latest_has_one_winner_whatever_the_order(base, one, two, one_side, two_side):
    results = both_orders(TEXT, base, one, two, one_side, two_side)
    assert results[0].value == results[1].value
    for result in results:
        if result.outcome == "conflict":
            assert {result.value, result.loser} == {one, two}


@given(few, few, few, sides, sides)
def test_authority_loses_no_value(base, one, two, one_side, two_side):
    field = replace(TEXT, merge="authority")
    results = both_orders(field, base, one, two, one_side, two_side)
    for result in results:
        if result.outcome == "conflict":
            assert {result.value, result.loser} == {one, two}
    if one_side.role != two_side.role and len({base, one, two}) == 3:
        winner = one if one_side.role == "office" else two
        assert {result.value for result in results} == {winner}


@given(few, few, few, sides, sides)
def test_merging_is_deterministic(base, mine, theirs, mine_side, their_side):
    for field in (TEXT, NOTES, STATE, ONCE):
        asked = (field, base, mine, theirs)
        said = Sides("quote", mine_side, their_side)
        assert merge_field(*asked, sides=said) == merge_field(*asked, sides=said)


def test_a_clock_that_is_not_believed_does_not_win():
    late = Side(at=9, suspect=True)
    result = merge_field(TEXT, "a", "b", "c", sides=Sides("", late, Side(at=1)))
    assert (result.value, result.loser, result.why) == ("c", "b", "clock")


@pytest.mark.parametrize("name", TRANSITIONS)
def test_transitions_name_fields_that_have_that_policy(name):
    entity, _dot, field = name.partition(".")
    assert CATALOGUE[entity].fields[field].merge == "transition"


@given(st.data())
def test_states_of_a_quote_end_the_same_whatever_the_order(data):
    states = st.sampled_from(["draft", "issued", "sent", "signed", "accepted", "rejected"])
    base, one, two = (data.draw(states) for _n in range(3))
    first, second = both_orders(STATE, base, one, two, Side(1), Side(2), entity="quote")
    if "conflict" in {first.outcome, second.outcome}:
        assert {first.value, first.loser} == {second.value, second.loser} == {one, two}
    else:
        assert first.value == second.value


def test_a_quote_that_was_signed_is_not_merely_sent():
    for result in both_orders(STATE, "issued", "sent", "signed", Side(1), Side(2), entity="quote"):
        assert result.value == "signed"
        assert result.outcome == "merged"
    result = merge_field(STATE, "sent", "accepted", "rejected", sides=Sides("quote"))
    assert (result.outcome, result.value, result.loser) == ("conflict", "rejected", "accepted")


@given(st.decimals(-999, 999, places=3), st.decimals(-999, 999, places=3))
def test_deltas_add_up(one, two):
    base = Decimal("5.000")
    first = merge_field(STOCK, "5.000", f"{base + one:.3f}", f"{base + two:.3f}", sides=Sides())
    if first.outcome == "merged":
        assert Decimal(first.value) == base + one + two
    else:
        assert one == two or not one or not two


def test_deltas_of_whole_numbers():
    assert merge_field(COUNT, 5, 7, 4, sides=Sides()) == Merged(6, "merged", why="delta")


@given(sets, sets, sets)
def test_sets_commute_and_keep_every_addition(base, one, two):
    def change(to):
        return {"add": sorted(set(to) - set(base)), "del": sorted(set(base) - set(to))}

    def apply(to, there):
        return merge_field(TAGS, None, change(to), there, sides=Sides()).value

    assert apply(two, apply(one, base)) == apply(one, apply(two, base))
    merged = set(apply(two, apply(one, base)))
    assert merged >= (set(one) | set(two)) - set(base)
    assert merged & set(base) == set(base) & set(one) & set(two)


@pytest.mark.parametrize("bad", [{"add": "abc"}, {"del": [1]}, "abc", 7, {"add": None}])
def test_sets_that_are_none(bad):
    with pytest.raises(ValueError, match="not a list of words"):
        merge_field(TAGS, [], bad, [], sides=Sides())


@pytest.mark.parametrize("bad", [7, None, True, ["a"], {}])
def test_values_of_another_kind_are_refused(bad):
    with pytest.raises(ValueError):
        merge_field(TEXT, "", bad, "", sides=Sides())


def test_what_was_said_once_stays():
    assert merge_field(ONCE, None, "a", "", sides=Sides()) == Merged("a", "applied")
    result = merge_field(ONCE, "a", "b", "a", sides=Sides())
    assert (result.outcome, result.value, result.loser) == ("conflict", "a", "b")


lines = st.lists(st.sampled_from(["", "uno", "dos", "tres", "cuatro", "cinco"]), max_size=6)
texts = lines.map("\n".join)


@given(texts, texts, texts, sides, sides)
@example("", "uno", "uno\ndos", Side(), Side())
@example("uno\ndos", "dos", "uno", Side(), Side())
def test_no_paragraph_is_ever_lost(base, one, two, one_side, two_side):
    results = both_orders(NOTES, base, one, two, one_side, two_side)
    clashed = [result.outcome == "conflict" for result in results]
    assert clashed[0] == clashed[1]
    for result in results:
        kept = set(result.value.split("\n")) | set((result.loser or "").split("\n"))
        fresh = (set(one.split("\n")) | set(two.split("\n"))) - set(base.split("\n"))
        assert fresh <= kept
    if not clashed[0]:
        assert results[0].value.strip() == results[1].value.strip()


@given(texts, texts)
def test_one_edit_alone_is_that_edit(base, edited):
    assert paragraphs.merge(base, edited, base) == edited
    assert paragraphs.merge(base, base, edited) == edited
    assert paragraphs.merge(base, edited, edited) == edited


def test_two_additions_at_the_end_are_both_kept_the_earlier_first():
    for result in both_orders(NOTES, "a", "a\nlater", "a\nearlier", Side(at=2), Side(at=1)):
        assert (result.value, result.outcome) == ("a\nearlier\nlater", "merged")


def test_two_edits_of_one_paragraph_are_a_conflict():
    result = merge_field(NOTES, "a\nb", "a\nB1", "a\nB2", sides=Sides())
    assert (result.outcome, result.value, result.loser) == ("conflict", "a\nB2", "a\nB1")
