"""What the portfolio can be narrowed by: quick filters, each kind of rule, why it is empty."""

from datetime import timedelta
from decimal import Decimal

import pytest

from app import i18n
from app.errors import ValidationError
from app.models.account import Account, Site
from app.models.activity import Activity
from app.models.history import Invoice, Receivable
from app.services import account_columns, account_empty, account_filters, account_list, list_rules
from app.services.account_filters import Narrow
from app.services.list_rules import Rule
from tests.company import seed
from tests.services.records import NOW, TODAY


@pytest.fixture
def made(database):
    """The company's customer, «Ágora» that buys less and owes, and a prospect without place."""
    company = seed(database)
    with database.write() as session:
        agora = Account(
            name="Ágora Café", kind="customer", grade="B", owner_id=company.user, code="C-7",
            tags=frozenset({"terraza"}), starred=True, visit_every_days=14,
            price_list_id=company.price_list,
        )  # fmt: skip
        lead = Account(name="Taberna Nueva", owner_id=company.user, source="fair")
        session.add_all([agora, lead])
        session.flush()
        session.add(
            Site(account_id=agora.id, city="Xàtiva", postcode="46800", lat_e6=38_995_000,
                 lon_e6=-510_000)
        )  # fmt: skip
        for days, base in ((40, "100"), (400, "500")):
            session.add(
                Invoice(account_id=agora.id, number=f"F-{days}", base=Decimal(base),
                        issued_on=TODAY - timedelta(days=days), total=Decimal(base))
            )  # fmt: skip
        session.add(
            Receivable(account_id=agora.id, number="F-400", amount=Decimal(50),
                       pending=Decimal("50.25"), due_on=TODAY - timedelta(days=3))
        )  # fmt: skip
        session.add(
            Activity(kind="visit", state="done", account_id=agora.id, owner_id=company.user,
                     done_at=NOW - timedelta(days=12))
        )  # fmt: skip
        session.add(
            Activity(kind="visit", state="planned", account_id=company.account,
                     site_id=company.site, owner_id=company.user, planned_at=NOW)
        )  # fmt: skip
        return {"agora": agora.id, "lead": lead.id, "socarrat": company.account,
                "segment": company.segment}  # fmt: skip


def found(database, made, *, quick=(), rules=()):
    narrow = Narrow(frozenset(quick), tuple(rules))
    with database.read() as session:
        ids = account_list.search(session, narrow=narrow, today=TODAY)
        first = account_list.first(session, narrow=narrow, today=TODAY)
    assert list(first.ids) == list(ids), "the first screenful is of the same list"
    names = {id_: name for name, id_ in made.items()}
    return [names[id_] for id_ in ids]


@pytest.mark.parametrize(
    ("quick", "who"),
    [
        ({"A"}, ["socarrat"]), ({"A", "B"}, ["agora", "socarrat"]), ({"unvisited"}, ["socarrat"]),
        ({"near"}, ["agora"]), ({"risk"}, ["agora"]), ({"no_order"}, ["socarrat"]),
        ({"risk", "A"}, []), ({"what_there_was_once"}, []),
    ],
)  # fmt: skip
def test_quick_filters_add_up(database, made, quick, who):
    assert found(database, made, quick=quick) == who


@pytest.mark.parametrize(
    ("rule", "who"),
    [
        (Rule("name", "contains", "agora"), ["agora"]),
        (Rule("name", "lacks", "ÁGORA"), ["socarrat", "lead"]),
        (Rule("name", "begins", "taberna"), ["lead"]),
        (Rule("city", "is", "xativa"), ["agora", "socarrat"]),
        (Rule("city", "empty"), ["lead"]),
        (Rule("tags", "contains", "terraza"), ["agora"]),
        (Rule("code", "filled"), ["agora"]),
        (Rule("grade", "is", "B"), ["agora"]),
        (Rule("grade", "not", "B"), ["socarrat", "lead"]),
        (Rule("source", "is", "fair"), ["lead"]),
        (Rule("kind", "is", "prospect"), ["lead"]),
        (Rule("visit_every_days", "most", "20"), ["agora"]),
        (Rule("visit_every_days", "is", "28"), ["socarrat"]),
        (Rule("last_visit", "within", "12"), ["agora"]),
        (Rule("last_visit", "not_within", "11"), ["agora", "socarrat", "lead"]),
        (Rule("last_visit", "empty"), ["socarrat", "lead"]),
        (Rule("last_visit", "before", "2199-01-01"), ["agora"]),
        (Rule("next_visit", "filled"), ["socarrat"]),
        (Rule("last_order", "within", "40"), ["agora"]),
        (Rule("last_order", "within", "39"), []),
        (Rule("sales", "least", "100"), ["agora"]),
        (Rule("sales", "least", "100.01"), []),
        (Rule("overdue", "is", "50.25"), ["agora"]),
        (Rule("balance", "most", "0"), ["socarrat", "lead"]),
        (Rule("starred", "yes"), ["agora"]),
        (Rule("placed", "no"), ["lead"]),
        (Rule("what there was once", "is", "x"), ["agora", "socarrat", "lead"]),
    ],
)  # fmt: skip
def test_rules_over_each_kind_of_field(database, made, rule, who):
    assert found(database, made, rules=[rule]) == who


def test_values_are_parameters_and_never_sql(database, made):
    evil = Rule("name", "is", "x' OR '1'='1")
    assert found(database, made, rules=[evil]) == []


def test_rules_and_quick_filters_hold_together(database, made):
    rules = [Rule("city", "is", "Xàtiva"), Rule("last_visit", "within", "30")]
    assert found(database, made, quick={"B"}, rules=rules) == ["agora"]


def test_chips_say_how_many_they_would_leave(database, made):
    with database.read() as session:
        counts = account_list.quick_counts(session, TODAY, account_filters.QUICK)
    assert counts == {"A": 1, "B": 1, "C": 0, "unvisited": 1, "near": 1, "risk": 1, "no_order": 1}


def test_what_is_typed_becomes_what_is_kept():
    i18n.use("es")
    for kind, operator, typed, kept in (
        ("money", "least", "1.234,50 €", "1234.50"), ("number", "is", "30", "30"),
        ("day", "before", "19/11/2026", "2026-11-19"), ("instant", "within", " 7 ", "7"),
        ("text", "is", " Gandia ", "Gandia"), ("flag", "yes", "", ""),
    ):  # fmt: skip
        assert list_rules.canonical(kind, operator, typed, today=TODAY) == kept


@pytest.mark.parametrize(
    ("kind", "typed"), [("money", "mucho"), ("day", "algún día"), ("number", "x"), ("text", " ")]
)
def test_what_cannot_be_used_is_said(kind, typed):
    operator = list_rules.OPERATORS[kind][0]
    operator = "before" if kind == "day" else operator
    with pytest.raises(ValidationError) as said:
        list_rules.canonical(kind, operator, typed, today=TODAY)
    assert said.value.field == "value"


def test_rules_are_said_as_sentences(database, made):
    with database.read() as session:
        choices = account_filters.choices(session)
    said = [
        account_filters.rule_words(rule, choices)
        for rule in (
            Rule("segment_id", "is", made["segment"]), Rule("last_visit", "within", "30"),
            Rule("sales", "least", "1000"), Rule("starred", "yes"),
        )
    ]  # fmt: skip
    assert said == [
        "Segment is Hostelería", "Last visit in the last 30 days",
        "Sales of 12 months at least €1,000.00", "Is starred yes",
    ]  # fmt: skip


def test_rules_that_no_longer_mean_anything_are_left_out():
    kept = [["city", "is", "Gandia"], ["moon", "is", "x"], ["city", "least", "1"], "city", ["city"]]
    assert account_filters.readable(kept) == (Rule("city", "is", "Gandia"),)


def test_an_empty_list_names_the_filter_to_take_away(database, made):
    narrow = Narrow(frozenset({"A"}), (Rule("last_visit", "within", "30"),))
    with database.read() as session:
        culprit = account_empty.culprit(session, "", view="all", narrow=narrow, today=TODAY)
        typed = account_empty.culprit(
            session, "zzz", view="all", narrow=Narrow(frozenset({"A"})), today=TODAY
        )
    assert (culprit.quick, culprit.rule, culprit.left_over) == ("A", None, 1)
    assert (typed.quick, typed.rule, typed.left_over) == ("", None, 1)


@pytest.mark.parametrize("key", [*account_filters.SORTS, "-order", "-balance"])
def test_the_optional_columns_sort(database, made, key):
    with database.read() as session:
        ids = account_list.search(session, sort=key, today=TODAY)
    assert sorted(ids) == sorted((made["agora"], made["lead"], made["socarrat"]))
    if key in {"-order", "-balance"}:
        assert ids[0] == made["agora"]


def test_optional_columns_hold_what_was_asked_for(database, made):
    wanted = frozenset(account_columns.OPTIONAL)
    with database.read() as session:
        rows = account_columns.rows(session, list(made.values())[:3], today=TODAY, wanted=wanted)
        plain = account_columns.rows(session, [made["agora"]], today=TODAY)
    by_id = {row.id: row for row in rows}
    agora, socarrat = by_id[made["agora"]], by_id[made["socarrat"]]
    more = {key: agora.more[key] for key in ("frequency", "balance", "code", "rep", "tags")}
    assert more == {"frequency": 14, "balance": Decimal("50.25"), "code": "C-7",
                    "rep": "Marta Ferrer", "tags": "terraza"}  # fmt: skip
    assert agora.day_of("order") == TODAY - timedelta(days=40)
    assert agora.words_of("prices") == "Hostelería 2"
    assert agora.is_at_risk
    assert not socarrat.is_at_risk
    assert socarrat.next_at == NOW
    assert Decimal(40) < socarrat.amount_of("km") < Decimal(60), "from Torrent to Xàtiva"
    assert by_id[made["lead"]].amount_of("km") is None
    assert plain[0].more == {}


def test_only_those_with_a_place_are_on_the_map(database, made):
    with database.read() as session:
        ids = list(account_list.search(session, today=TODAY))
        places = account_columns.positions(session, ids)
    assert sorted(place[0] for place in places) == sorted((made["agora"], made["socarrat"]))


@pytest.mark.parametrize(
    ("kind", "operator", "typed"),
    [
        ("instant", "within", "-5"), ("instant", "within", "9999999"), ("ahead", "coming", "2,7"),
        ("number", "least", "2,7"), ("number", "is", "9" * 20), ("money", "most", "1" * 15),
        ("day", "before", "1/1/9999"), ("day", "after", "9999-12-31"),
    ],
)  # fmt: skip
def test_what_no_list_could_be_asked_for_is_refused_when_it_is_typed(kind, operator, typed):
    with pytest.raises(ValidationError):
        list_rules.canonical(kind, operator, typed, today=TODAY)


def test_a_view_kept_with_such_a_rule_shows_its_list_without_it(database, made):
    broken = [
        ["last_visit", "within", "9999999"], ["sales", "least", "x"], ["since_on", "after", "9999"],
        ["lead", "is", "9" * 30], ["next_visit", "within", "3"],
    ]  # fmt: skip
    assert account_filters.readable(broken) == ()
    everybody = ["agora", "socarrat", "lead"]
    assert found(database, made, rules=[Rule(*rule) for rule in broken]) == everybody


def test_a_number_that_nobody_knows_is_no_small_number(database, made):
    assert found(database, made, rules=[Rule("lead", "most", "3")]) == []


def test_what_is_to_come_is_looked_for_ahead(database, made):
    assert found(database, made, rules=[Rule("next_visit", "coming", "0")]) == ["socarrat"]
    with database.write() as session:
        session.add(
            Activity(kind="visit", state="planned", account_id=made["lead"],
                     owner_id=session.get(Account, made["lead"]).owner_id,
                     due_on=TODAY + timedelta(days=4))
        )  # fmt: skip
    assert found(database, made, rules=[Rule("next_visit", "coming", "3")]) == ["socarrat"]
    assert found(database, made, rules=[Rule("next_visit", "coming", "4")]) == ["socarrat", "lead"]


def test_a_narrowed_list_is_by_name_as_people_read_it(database, made):
    with database.read() as session:
        ids = account_list.search(
            session,
            sort="name",
            today=TODAY,
            narrow=Narrow(frozenset(), (Rule("grade", "filled"),)),
        )
        every = account_list.search(session, sort="name", today=TODAY)
    assert [id_ for id_ in every if id_ in set(ids)] == list(ids)
    assert every[0] == made["agora"], "Á stands before B, T and Z"
