"""Operations arrive, are merged field by field, and leave what lost where a person finds it."""

from __future__ import annotations

import pytest

from app.models.base import new_id
from app.server import tables
from tests.server.laptop import AnswerError


def test_same_push_twice_says_the_same_and_changes_nothing(world):
    laptop = world.laptop()
    account = new_id()
    message = laptop.message(
        [laptop.op("I", "account", account, {"name": "Bar Pepe"})],
        [laptop.op("U", "account", account, {"phone": {"b": "", "v": "600 11 22 33"}})],
    )
    first = laptop.send(message)
    seq = laptop.hello().seq
    assert laptop.send(message) == first
    assert [result.s for result in first] == ["applied", "applied"]
    assert laptop.hello().seq == seq
    assert world.get("account", account)["phone"] == "600 11 22 33"


def test_what_came_before_is_answered_and_the_rest_is_applied(world):
    laptop = world.laptop()
    one = laptop.op("I", "account", new_id(), {"name": "Uno"})
    [first] = laptop.push([one])
    two = laptop.op("I", "account", new_id(), {"name": "Dos"})
    results = laptop.push([one], [two])
    assert results[0] == first
    assert [result.n for result in results] == [1, 2]
    assert {row["name"] for row in world.rows("account")} == {"Uno", "Dos"}


def test_a_missing_operation_is_asked_for(world):
    laptop = world.laptop()
    laptop.number = 4
    with pytest.raises(AnswerError) as caught:
        laptop.do("I", "account", new_id(), {"name": "Bar"})
    assert (caught.value.status, caught.value.failure.error) == (409, "op_gap")
    assert caught.value.failure.expected == 1
    assert world.rows("account") == []


def test_a_gap_inside_a_push_is_a_gap_too(world):
    laptop = world.laptop()
    one = laptop.op("I", "account", new_id(), {"name": "Uno"})
    laptop.number += 1
    three = laptop.op("I", "account", new_id(), {"name": "Tres"})
    with pytest.raises(AnswerError) as caught:
        laptop.push([one], [three])
    assert caught.value.failure.expected == 2


def test_a_copied_profile_is_told_apart(world):
    laptop = world.laptop()
    laptop.do("I", "account", new_id(), {"name": "Bar"})
    laptop.number = 0
    with pytest.raises(AnswerError) as caught:
        laptop.do("I", "account", new_id(), {"name": "Otro"})
    assert (caught.value.status, caught.value.failure.error) == (409, "device_forked")


def test_another_epoch_is_refused_with_what_the_server_has(world):
    laptop = world.laptop()
    laptop.do("I", "account", new_id(), {"name": "Bar"})
    laptop.me.epoch = new_id()
    for ask in (laptop.pull, laptop.hello, laptop.push):
        with pytest.raises(AnswerError) as caught:
            ask()
        assert (caught.value.status, caught.value.failure.error) == (412, "epoch_changed")
        assert caught.value.failure.last_op_no == 1


def test_operations_of_a_reenrolled_profile_are_applied_once(world):
    """The copy sends its pending operations again, under new numbers but with their ids."""
    old, account = world.laptop(), new_id()
    operation = old.op("I", "account", account, {"name": "Bar"})
    old.push([operation])
    world.edit("account", account, name="Bar Pepe")
    new = world.laptop()
    [result] = new.push([operation])
    assert (result.s, result.n) == ("duplicate", 1)
    assert world.get("account", account)["name"] == "Bar Pepe"


def test_a_poisoned_group_is_parked_whole_and_blocks_nothing(world):
    laptop = world.laptop()
    account, site = new_id(), new_id()
    results = laptop.push(
        [
            laptop.op("I", "account", account, {"name": "Bar"}),
            laptop.op("I", "site", site, {"account_id": account, "lat_e6": "north"}),
        ],
        [laptop.op("I", "account", new_id(), {"name": "Sano"})],
        [laptop.op("U", "account", account, {"name": {"b": "Bar", "v": "Bar 2"}})],
    )
    fates = [(result.s, result.reason) for result in results]
    assert fates == [
        ("parked", "validation"), ("parked", "validation"), ("applied", ""), ("parked", "fk"),
    ]  # fmt: skip
    assert [row["name"] for row in world.rows("account")] == ["Sano"]
    parked = laptop.pull()["parked_operation"].values()
    assert {row["op_no"] for row in parked} == {1, 2, 4}
    [kept] = [row["payload"] for row in parked if row["op_no"] == 2]
    assert kept["f"] == {"account_id": account, "lat_e6": "north"}
    assert all("lat_e6" in row["note"] for row in parked if row["op_no"] < 3)


POISON = {
    "an entity of the future": ("I", "spaceship", {"name": "x"}, "schema"),
    "a kind of operation that is none": ("X", "account", {"name": "x"}, "validation"),
    "a change without base and value": ("U", "account", {"name": "x"}, "validation"),
    "a number in a text": ("U", "account", {"name": {"b": "", "v": 7}}, "validation"),
    "a NUL in a text": ("U", "account", {"name": {"b": "", "v": "a\0b"}}, "validation"),
    "a NUL in an unknown field": ("U", "account", {"new": {"b": "", "v": "a\0b"}}, "validation"),
    "a NUL in a list": ("U", "account", {"tags": {"add": ["a\0b"], "del": []}}, "validation"),
    "a set that is none": ("U", "account", {"tags": {"add": "vip"}}, "validation"),
    "a reference to nothing": (
        "U", "account", {"segment_id": {"b": None, "v": "0" * 32}}, "fk"
    ),
    "a reference that is no id": ("U", "account", {"segment_id": {"b": None, "v": "x"}}, "fk"),
    "an insert without what it needs": ("I", "contact", {"job": "chef"}, "validation"),
    "what the rep may not write": ("I", "price_list", {"name": "Mine"}, "role"),
    "what only the server writes": ("I", "parked_operation", {"op_no": 1}, "role"),
    "what all of the company shares": ("I", "clause", {"text": "Portes pagados"}, "role"),
}  # fmt: skip


@pytest.mark.parametrize("name", POISON)
def test_poison_is_parked_with_its_reason(world, name):
    kind, entity, fields, reason = POISON[name]
    laptop = world.laptop()
    account = laptop.add("account", name="Bar")
    row = account if kind != "I" else new_id()
    result = laptop.do(kind, entity, row, fields)
    assert (result.s, result.reason) == ("parked", reason), result
    assert laptop.do("U", "account", account, {"name": {"b": "Bar", "v": "B2"}}).s == "applied"
    [parked] = laptop.pull()["parked_operation"].values()
    assert parked["reason"] == reason


def test_a_rep_adds_to_the_catalogue_and_a_colleague_sees_it(world):
    list_ = world.add("price_list", name="Tienda")
    laptop, other = world.laptop(), world.laptop()
    product = laptop.add("product", reference="NV-1", name="Alioli")
    price = {"price_list_id": list_, "product_id": product, "price": "2.5000"}
    line = laptop.add("price_list_line", **price)
    seen = other.pull()
    assert seen["product"][product]["name"] == "Alioli"
    assert seen["price_list_line"][line]["price"] == "2.5000"


@pytest.mark.parametrize("id_", ["", "x", "A" * 32, "\0" * 32, "é" * 5000])
def test_malformed_ids_are_parked(world, id_):
    laptop = world.laptop()
    operation = laptop.op("I", "account", id_, {"name": "Bar"})
    operation.id = id_
    message = laptop.message([operation])
    message.groups[0].id = id_
    [result] = laptop.send(message)
    assert (result.s, result.reason) == ("parked", "validation")
    assert laptop.send(message) == [result]


def test_fields_of_a_newer_program_are_kept_and_travel(world):
    laptop, other = world.laptop(), world.laptop()
    account = laptop.add("account", name="Bar", favourite_wine={"name": "Ribera"})
    assert other.pull()["account"][account]["favourite_wine"] == {"name": "Ribera"}
    result = other.do("U", "account", account, {"name": {"b": "Bar", "v": "Bar 2"}})
    assert result.s == "applied"
    assert world.get("account", account)["favourite_wine"] == {"name": "Ribera"}


def test_two_edits_of_two_fields_are_both_kept(world, to):
    one, two = world.laptop(), world.laptop()
    account = one.add("account", name="Bar", phone="600")
    two.pull()
    assert one.do("U", "account", account, to(phone=("600", "611"))).s == "applied"
    assert two.do("U", "account", account, to(name=("Bar", "Bar Pepe"))).s == "applied"
    assert world.rows("conflict") == []
    row = world.get("account", account)
    assert (row["name"], row["phone"]) == ("Bar Pepe", "611")


def test_two_edits_of_one_field_leave_winner_and_loser(world, to):
    """The later edit wins, though it comes first; both people receive both values."""
    one, two = world.laptop(), world.laptop()
    account = one.add("account", name="Bar", phone="600 000 000")
    two.pull()
    late = one.op("U", "account", account, to(phone=("600 000 000", "611 111 111")))
    early = two.op("U", "account", account, to(phone=("600 000 000", "622 222 222")))
    early.hlc = late.hlc - (60_000 << 16)
    assert one.push([late])[0].s == "applied"
    [result] = two.push([early])
    assert result.s == "conflict"
    assert result.set == {"phone": "611 111 111"}
    [notice] = result.conflicts
    assert (notice.f, notice.win, notice.lose) == ("phone", "611 111 111", "622 222 222")
    assert world.get("account", account)["phone"] == "611 111 111"
    seen = [laptop.pull()["conflict"] for laptop in (one, two)]
    assert seen[0] == seen[1]
    [conflict] = seen[0].values()
    assert (conflict["winner"], conflict["loser"], conflict["base"]) == (
        "611 111 111", "622 222 222", "600 000 000",
    )  # fmt: skip
    assert conflict["loser_device_id"] == two.me.device
    assert conflict["loser_by"] == conflict["winner_by"] == world.users["Ana"]
    assert conflict["loser_at"] < conflict["winner_at"]


def test_the_later_edit_wins_when_it_comes_last_too(world, to):
    one, two = world.laptop(), world.laptop()
    account = one.add("account", name="Bar", phone="600 000 000")
    one.do("U", "account", account, to(phone=("600 000 000", "611 111 111")))
    late = two.op("U", "account", account, to(phone=("600 000 000", "622 222 222")))
    late.hlc += 1 << 16
    [result] = two.push([late])
    assert result.s == "conflict"
    assert world.get("account", account)["phone"] == "622 222 222"
    [conflict] = two.pull()["conflict"].values()
    assert conflict["loser"] == "611 111 111"
    assert conflict["loser_device_id"] == one.me.device


def test_the_same_number_written_otherwise_is_no_conflict(world, to):
    one, two = world.laptop(), world.laptop()
    account = one.add("account", name="Bar", phone="600 000 000")
    one.do("U", "account", account, to(phone=("600 000 000", "611 22 33 44")))
    result = two.do("U", "account", account, to(phone=("600000000", "+34 611 223 344")))
    assert result.s == "noop"
    assert world.rows("conflict") == []


def test_a_clock_that_is_a_year_ahead_does_not_win(world, to):
    honest, dreamer = world.laptop(), world.laptop()
    dreamer.clock_ms = 365 * 86_400_000
    account = honest.add("account", name="Bar", phone="600 000 000")
    dreamer.hello()
    honest.do("U", "account", account, to(phone=("600 000 000", "611 111 111")))
    result = dreamer.do("U", "account", account, to(phone=("600 000 000", "622 222 222")))
    assert (result.s, result.conflicts[0].why) == ("conflict", "clock")
    assert [(row["policy"], row["why"]) for row in world.rows("conflict")] == [("latest", "clock")]
    assert world.get("account", account)["phone"] == "611 111 111"
    assert [row["loser"] for row in world.rows("conflict")] == ["622 222 222"]


def test_a_wrong_offset_is_corrected(world, to):
    """A clock four minutes slow: the later edit wins, though its stamp is the smaller one."""
    honest, slow = world.laptop(), world.laptop()
    account = honest.add("account", name="Bar", phone="600 000 000")
    slow.clock_ms = -4 * 60_000
    slow.hello()
    early = honest.op("U", "account", account, to(phone=("600 000 000", "611 111 111")))
    early.hlc -= 60_000 << 16
    honest.push([early])
    result = slow.do("U", "account", account, to(phone=("600 000 000", "622 222 222")))
    assert result.s == "conflict"
    assert world.get("account", account)["phone"] == "622 222 222"


def test_the_office_beats_the_rep_on_credit(world, to):
    laptop = world.laptop()
    account = laptop.add("account", name="Bar", credit_limit="100.00")
    world.edit("account", account, by="Olga", credit_limit="500.00")
    change = to(credit_limit=("100.00", "900.00"))
    result = laptop.do("U", "account", account, change)
    assert (result.s, result.set) == ("conflict", {"credit_limit": "500.00"})
    [conflict] = world.rows("conflict")
    assert (conflict["policy"], conflict["loser"]) == ("authority", "900.00")
    assert conflict["winner_by"] == world.users["Olga"]


def test_tags_and_notes_merge(world, to):
    one, two = world.laptop(), world.laptop()
    notes = "Cierra los lunes.\nPregunta por Luis."
    account = one.add("account", name="Bar", tags=["vip"], notes=notes)
    one.do("U", "account", account, {"tags": {"add": ["vino"], "del": []}})
    two.do("U", "account", account, {"tags": {"add": ["café"], "del": ["vip"]}})
    one.do("U", "account", account, to(notes=(notes, notes.replace("lunes", "martes"))))
    result = two.do("U", "account", account, to(notes=(notes, notes + "\nTiene terraza.")))
    assert result.s == "merged"
    row = world.get("account", account)
    assert row["tags"] == ["café", "vino"]
    assert row["notes"] == "Cierra los martes.\nPregunta por Luis.\nTiene terraza."
    assert result.set["notes"] == row["notes"]
    assert world.rows("conflict") == []


def test_edit_beats_removal(world, to):
    one, two = world.laptop(), world.laptop()
    account = one.add("account", name="Bar")
    contact = one.add("contact", account_id=account, name="Luis")
    two.pull()
    assert one.do("D", "contact", contact).s == "applied"
    assert world.get("contact", contact) is None
    result = two.do("U", "contact", contact, to(job=("", "Chef")))
    assert result.s == "conflict"
    assert world.get("contact", contact)["job"] == "Chef"
    [conflict] = world.rows("conflict")
    assert (conflict["field"], conflict["loser"]) == ("", {"removed": True})
    assert conflict["policy"] == "removal"
    assert conflict["loser_device_id"] == one.me.device


def test_a_removal_of_what_was_edited_meanwhile_is_a_question(world, to):
    one, two = world.laptop(), world.laptop()
    account = one.add("account", name="Bar")
    contact = one.add("contact", account_id=account, name="Luis")
    two.pull()
    two.hello()
    one.do("U", "contact", contact, to(job=("", "Chef")))
    result = two.do("D", "contact", contact)
    assert result.s == "conflict"
    assert world.get("contact", contact)["job"] == "Chef"
    assert contact in two.pull()["contact"]
    [conflict] = world.rows("conflict")
    assert (conflict["winner"], conflict["loser_device_id"]) == ({"removed": False}, two.me.device)


def test_a_customer_that_someone_visited_meanwhile_is_not_removed(world):
    one, two = world.laptop(), world.laptop()
    account = one.add("account", name="Bar")
    two.pull()
    two.hello()
    one.add("contact", account_id=account, name="Luis")
    assert two.do("D", "account", account).s == "conflict"
    assert world.get("account", account)["name"] == "Bar"


def test_removal_takes_along_what_hangs_on_it_and_undo_brings_it_back(world):
    one, two = world.laptop(), world.laptop()
    account = one.add("account", name="Bar")
    contact = one.add("contact", account_id=account, name="Luis")
    two.pull()
    one.pull()
    one.hello()
    assert one.do("D", "account", account).s == "applied"
    assert set(two.pull().gone) == {("account", account), ("contact", contact)}
    assert one.do("U", "account", account).s == "applied"
    pulled = two.pull()
    assert (set(pulled["account"]), set(pulled["contact"])) == ({account}, {contact})
    assert world.rows("conflict") == []


def test_a_child_revives_its_parent(world):
    one, two = world.laptop(), world.laptop()
    account = one.add("account", name="Bar")
    two.pull()
    one.do("D", "account", account)
    two.add("contact", account_id=account, name="Luis")
    assert world.get("account", account)["name"] == "Bar"


def test_removing_twice_is_nothing(world):
    laptop = world.laptop()
    account = laptop.add("account", name="Bar")
    assert [laptop.do("D", "account", account).s for _n in range(2)] == ["applied", "noop"]
    assert laptop.do("D", "account", new_id()).s == "noop"


def test_a_conflict_is_closed_and_nothing_else_of_it_changes(world, to):
    one, two = world.laptop(), world.laptop()
    account = one.add("account", name="Bar", phone="600 000 000")
    one.do("U", "account", account, to(phone=("600 000 000", "611 111 111")))
    two.do("U", "account", account, to(phone=("600 000 000", "622 222 222")))
    [(conflict, seen)] = two.pull()["conflict"].items()
    forged = two.do("U", "conflict", conflict, to(loser=(seen["loser"], "633")))
    assert (forged.s, forged.reason) == ("parked", "role")
    assert two.do("U", "conflict", conflict, to(state=("open", "kept"))).s == "applied"
    pulled = one.pull()
    assert pulled["conflict"][conflict]["state"] == "kept"
    assert pulled.roots[conflict] == account


def test_a_row_that_changes_customer_takes_its_children_along(world, to):
    laptop = world.laptop()
    one, two = laptop.add("account", name="Uno"), laptop.add("account", name="Dos")
    ana = world.users["Ana"]
    visit = laptop.add("activity", kind="visit", account_id=one, owner_id=ana)
    report = laptop.add("visit_report", activity_id=visit, notes="Bien")
    assert laptop.do("U", "activity", visit, to(account_id=(one, two))).s == "applied"
    roots = laptop.pull().roots
    assert (roots[visit], roots[report]) == (two, two)


def test_a_circle_of_families_is_parked(world, to):
    office = world.laptop("Olga", "office")
    above = office.add("family", name="Vinos")
    below = office.add("family", name="Tintos", parent_id=above)
    result = office.do("U", "family", above, to(parent_id=(None, below)))
    assert (result.s, result.reason) == ("parked", "validation")


def test_every_change_leaves_its_old_and_new_values(world, to):
    laptop = world.laptop()
    account = laptop.add("account", name="Bar")
    laptop.do("U", "account", account, to(name=("Bar", "Bar Pepe")))
    log = tables.change_log
    with world.store.read() as connection:
        entries = connection.execute(
            log.select().where(log.c.row_id == account).order_by(log.c.seq)
        ).all()
    assert [entry.kind for entry in entries] == ["I", "U"]
    assert entries[1].fields == {"name": ["Bar", "Bar Pepe"]}
    assert entries[1].user_id == world.users["Ana"]


def test_a_group_larger_than_a_chunk_is_taken_whole(world):
    laptop = world.laptop()
    ops = [laptop.op("I", "account", new_id(), {"name": f"Bar {n}"}) for n in range(501)]
    results = laptop.push(ops)
    assert {result.s for result in results} == {"applied"}
    assert len(world.rows("account")) == 501
