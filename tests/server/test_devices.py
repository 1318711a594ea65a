"""A laptop joins with a one-time code, keeps proving who it is, and can be shut out."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from app.models.base import new_id
from app.server import devices, office, tables
from app.sync.protocol import Enrol, EnrolAnswer, TokenAnswer, TokenRequest
from tests.server.laptop import AnswerError, enrol


def refused(ask) -> tuple[int, str]:
    with pytest.raises(AnswerError) as caught:
        ask()
    return caught.value.status, caught.value.failure.error


def test_a_code_makes_one_device(world):
    code = world.server.code(world.tenant, world.user("Ana"))
    laptop = enrol(world.server.url, code.lower().replace("-", " "))
    world.laptops.append(laptop)
    me = laptop.me
    assert (me.tenant, me.company, me.user_name) == (world.tenant, "Bodega Ejemplo", "Ana")
    assert me.series == "A1"
    assert laptop.hello().epoch == me.epoch
    assert refused(lambda: enrol(world.server.url, code)) == (401, "code_used")


def test_a_wrong_or_late_code(world, monkeypatch):
    assert refused(lambda: enrol(world.server.url, "AAAAA-AAAAA")) == (401, "code_unknown")
    code = world.server.code(world.tenant, world.user("Ana"))
    later = devices.now_ms() + devices.CODE_MS + 1
    monkeypatch.setattr("app.server.records.now_ms", lambda: later)
    assert refused(lambda: enrol(world.server.url, code)) == (401, "code_expired")


def test_guessing_codes_is_slowed_down(world):
    answers = [refused(lambda: enrol(world.server.url, f"AAAAA-{n:05d}")) for n in range(25)]
    assert answers[0] == (401, "code_unknown")
    assert answers[-1] == (429, "too_many_attempts")


def test_series_are_never_given_twice():
    given = [devices.series_of(number) for number in range(3000)]
    assert len(set(given)) == 3000
    assert given[:2] == ["A1", "B1"]
    assert {len(series) for series in given} == {2, 3}


def test_tokens_are_traded_and_a_lost_answer_is_no_drama(world):
    laptop = world.laptop()

    def trade(refresh):
        request = TokenRequest(laptop.me.device, refresh)
        return laptop.call("/token", request, TokenAnswer)

    first = laptop.me.refresh
    lost = trade(first)
    again = trade(first)  # the answer never came: the successor was not used
    assert refused(lambda: trade(lost.refresh)) == (401, "token")
    third = trade(again.refresh)
    laptop.me.access = third.access
    assert laptop.hello().seq
    assert refused(lambda: trade(first)) == (401, "token_reused")  # a copy: all are revoked
    assert refused(lambda: trade(third.refresh)) == (401, "token")


@pytest.mark.parametrize(
    "token", ["", "a", "a1.b.c.d.e", "r1.a.b.c", "a1...99999999999999.", "a1.é.é.9.é"]
)
def test_tokens_that_are_none(world, token):
    laptop = world.laptop()
    laptop.me.access = token
    laptop.session.headers["Authorization"] = ""
    assert refused(
        lambda: laptop.call(
            "/hello",
            TokenRequest("", ""),
            EnrolAnswer,
            Authorization=f"Bearer {token}".encode().decode("latin-1"),
        )
    ) == (401, "token")


def test_a_token_of_another_device_or_time(world, monkeypatch):
    laptop, other = world.laptop(), world.laptop()
    genuine = laptop.me.access
    laptop.me.access = genuine.replace(laptop.me.device, other.me.device)
    assert refused(laptop.hello) == (401, "token")
    laptop.me.access = genuine
    later = devices.now_ms() + devices.ACCESS_MS + 1
    monkeypatch.setattr(devices, "now_ms", lambda: later)
    assert refused(laptop.hello) == (401, "token_expired")


def test_a_suspended_device_reads_nothing_but_saves_its_day(world):
    laptop = world.laptop()
    operation = laptop.op("I", "account", new_id(), {"name": "Bar"})
    office.edit(world.store, world.tenant, None, "user", laptop.me.user, is_active=False)
    assert refused(laptop.pull) == (403, "device_suspended")
    assert refused(laptop.hello) == (403, "device_suspended")
    assert laptop.push([operation])[0].s == "applied"


def test_a_device_that_is_to_be_wiped_is_told(world):
    laptop = world.laptop()
    with world.store.write() as connection:
        connection.execute(
            sa.update(tables.device)
            .where(tables.device.c.device_id == laptop.me.device)
            .values(status="wipe_pending")
        )
    assert refused(laptop.pull) == (403, "device_wipe")


def test_secrets_are_kept_as_hashes(world):
    code = world.server.code(world.tenant, world.user("Ana"))
    laptop = enrol(world.server.url, code)
    world.laptops.append(laptop)
    with world.store.read() as connection:
        for table in (tables.enrol_code, tables.refresh_token, tables.device):
            kept = repr(connection.execute(sa.select(table)).all())
            assert code.replace("-", "") not in kept
            assert laptop.me.refresh.split(".")[-1] not in kept


def test_an_inactive_user_gets_no_device(world):
    user = world.user("Ana")
    code = world.server.code(world.tenant, user)
    office.edit(world.store, world.tenant, None, "user", user, is_active=False)
    assert refused(lambda: enrol(world.server.url, code)) == (401, "user_inactive")


def test_odd_words_at_enrolment_are_kept_short(world):
    code = world.server.code(world.tenant, world.user("Ana"))
    laptop = world.laptop()
    asked = Enrol(code, "a\0b" * 500, "0.1\0", 1, "\0")
    answer = laptop.call("/enroll", asked, EnrolAnswer)
    with world.store.read() as connection:
        name = connection.scalar(
            sa.select(tables.device.c.name).where(tables.device.c.device_id == answer.device)
        )
    assert name == ("ab" * 500)[:200]
