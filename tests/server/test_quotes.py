"""Numbers are never given twice, issued quotes stay as printed, totals agree to the cent."""

from __future__ import annotations

import pytest

from app.models.base import new_id


def line(quote: str, **more):
    values = {
        "quote_id": quote, "quantity": "3.000", "unit_price": "10.0000", "discount": "10",
        "tax_rate": "21.00", "amount": "27.00",
    }  # fmt: skip
    return {**values, **more}


@pytest.fixture
def draft(world):
    """Return a function that pushes a draft with two lines, and its parts."""

    def made(laptop, account, **more):
        quote, lines = new_id(), [new_id(), new_id()]
        values = {
            "account_id": account, "owner_id": laptop.me.user, "lines_sum": "54.00",
            "base": "54.00", "tax": "8.37", "total": "62.37", **more,
        }  # fmt: skip
        ops = [laptop.op("I", "quote", quote, values)]
        ops.append(laptop.op("I", "quote_line", lines[0], line(quote)))
        ops.append(laptop.op("I", "quote_line", lines[1], line(quote, tax_rate="10.00")))
        ops[0].hlc = ops[-1].hlc  # the issue is folded into the insert, and comes after the lines
        results = laptop.push(ops)
        return quote, lines, results

    return made


def issue(laptop, *, counter: int, series: str = "", year: int = 2026):
    series = series or laptop.me.series
    return {
        "state": {"b": "draft", "v": "issued"},
        "number": {"b": "", "v": f"P26-{series}-{counter:05d}"},
        "series": {"b": "", "v": series},
        "year": {"b": None, "v": year},
        "counter": {"b": None, "v": counter},
    }


def test_totals_that_agree_are_left_alone(world, draft):
    laptop = world.laptop()
    quote, _lines, results = draft(laptop, laptop.add("account", name="Bar"))
    assert {result.s for result in results} == {"applied"}
    assert world.get("quote", quote)["total"] == "62.37"
    assert laptop.pull().versions[quote] == 1


def test_totals_of_a_draft_follow_from_its_lines(world, draft):
    one, two = world.laptop(), world.laptop()
    quote, lines, _results = draft(one, one.add("account", name="Bar"))
    two.pull()
    one.push([
        one.op("U", "quote_line", lines[0], {"quantity": {"b": "3.000", "v": "4.000"}}),
        one.op("U", "quote", quote, {"total": {"b": "62.37", "v": "73.26"}}),
    ])  # fmt: skip
    results = two.push([
        two.op("U", "quote_line", lines[1], {"quantity": {"b": "3.000", "v": "6.000"}}),
        two.op("U", "quote", quote, {"total": {"b": "62.37", "v": "92.07"}}),
    ])  # fmt: skip
    assert {result.s for result in results} == {"applied"}
    body = world.get("quote", quote)
    # 36 at 21 % and 54 at 10 %: 36 + 7.56 + 54 + 5.40
    assert (body["base"], body["tax"], body["total"]) == ("90.00", "12.96", "102.96")
    assert world.rows("conflict") == []


def test_a_difference_in_an_issued_quote_is_shown_and_the_quote_stands(world, draft):
    laptop = world.laptop()
    account = laptop.add("account", name="Bar")
    values = {name: change["v"] for name, change in issue(laptop, counter=1).items()}
    quote, _lines, _results = draft(laptop, account, total="60.00", **values)
    laptop.do("U", "quote", quote, {"internal_note": {"b": "", "v": "llamar"}})
    assert world.get("quote", quote)["total"] == "60.00"
    [conflict] = world.rows("conflict")
    assert (conflict["policy"], conflict["winner"], conflict["loser"]) == (
        "totals", "60.00", "62.37",
    )  # fmt: skip


def test_an_issued_quote_does_not_change(world, draft):
    laptop = world.laptop()
    quote, lines, _results = draft(laptop, laptop.add("account", name="Bar"))
    assert laptop.do("U", "quote", quote, issue(laptop, counter=1)).s == "applied"
    for change in (
        ("U", "quote", quote, {"payment_terms": {"b": "", "v": "30 días"}}),
        ("D", "quote", quote, {}),
        ("U", "quote_line", lines[0], {"quantity": {"b": "3.000", "v": "9.000"}}),
        ("D", "quote_line", lines[0], {}),
        ("I", "quote_line", new_id(), line(quote)),
    ):
        result = laptop.do(*change)
        assert (result.s, result.reason) == ("parked", "frozen"), change
    signed = {"state": {"b": "issued", "v": "signed"}}
    assert laptop.do("U", "quote", quote, signed).s == "applied"
    assert world.get("quote", quote)["payment_terms"] == ""


def test_lines_written_before_the_issue_follow_it(world):
    """The laptop folds the issue into the quote's insert, which is sent before its lines."""
    laptop = world.laptop()
    quote = new_id()
    account = laptop.add("account", name="Bar")
    values = {name: change["v"] for name, change in issue(laptop, counter=1).items()}
    values |= {"account_id": account, "owner_id": laptop.me.user}
    first, second = laptop.op("I", "quote", quote, values), None
    second = laptop.op("I", "quote_line", new_id(), line(quote))
    second.hlc = first.hlc - 1
    results = laptop.push([first], [second])
    assert [result.s for result in results] == ["applied", "applied"]


def test_one_number_for_two_quotes_is_parked_with_both_texts(world, draft):
    """A copied profile gives a number that was given."""
    laptop = world.laptop()
    account = laptop.add("account", name="Bar")
    first, _lines, _results = draft(laptop, account)
    second, _lines, _results = draft(laptop, account)
    assert laptop.do("U", "quote", first, issue(laptop, counter=42)).s == "applied"
    result = laptop.do("U", "quote", second, issue(laptop, counter=42))
    assert (result.s, result.reason) == ("parked", "collision")
    printed = f"P26-{laptop.me.series}-00042"
    assert world.get("quote", first)["number"] == printed
    [parked] = laptop.pull()["parked_operation"].values()
    assert parked["payload"]["f"]["number"]["v"] == printed
    assert laptop.do("U", "quote", second, issue(laptop, counter=43)).s == "applied"


def test_the_series_of_another_device_is_refused(world, draft):
    one, two = world.laptop(), world.laptop()
    assert one.me.series != two.me.series
    quote, _lines, _results = draft(one, one.add("account", name="Bar"))
    result = one.do("U", "quote", quote, issue(one, counter=1, series=two.me.series))
    assert (result.s, result.reason) == ("parked", "collision")


def test_a_revision_keeps_the_number(world, draft):
    laptop = world.laptop()
    account = laptop.add("account", name="Bar")
    first, _lines, _results = draft(laptop, account)
    laptop.do("U", "quote", first, issue(laptop, counter=1))
    second, _lines, _results = draft(laptop, account, revision=2, revises_id=first)
    assert laptop.do("U", "quote", second, issue(laptop, counter=1)).s == "applied"
    third, _lines, _results = draft(laptop, account, revision=2, revises_id=first)
    assert laptop.do("U", "quote", third, issue(laptop, counter=1)).reason == "collision"
