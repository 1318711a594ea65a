"""A laptop as the server sees it: enrols, numbers its operations, pushes and pulls over HTTP."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Any

import requests

from app.models.base import new_id
from app.sync import protocol
from app.sync.protocol import (
    PREFIX,
    Enrol,
    EnrolAnswer,
    Failure,
    Group,
    Hello,
    HelloAnswer,
    Op,
    Pull,
    PullAnswer,
    Push,
    PushAnswer,
    Result,
)


class AnswerError(Exception):
    """An answer that was not 200."""

    def __init__(self, response: requests.Response) -> None:
        super().__init__(response.status_code, response.text)
        self.status, self.response = response.status_code, response
        self.failure = protocol.unpack(response.content, "", Failure)


@dataclass
class Laptop:
    url: str
    me: EnrolAnswer
    number: int = 0
    cursor: int = 0
    versions: dict[str, int] = field(default_factory=dict)
    clock_ms: int = 0  # how far this laptop's clock is ahead of the true one
    session: requests.Session = field(default_factory=requests.Session)

    def call(self, path: str, message: protocol.Message, kind: type, **headers: str) -> Any:
        return call(
            self.session, self.url, path, message, kind,
            **{"Authorization": f"Bearer {self.me.access}", **headers},
        )  # fmt: skip

    def op(self, kind: str, entity: str, row_id: str, fields: Any = None, *, bv: int = -1) -> Op:
        self.number += 1
        now = int(time.time() * 1000) + self.clock_ms
        base = self.versions.get(row_id, 0) if bv < 0 else bv
        return Op(self.number, new_id(), entity, row_id, "", kind, now << 16, 1, base, fields or {})

    def message(self, *groups: list[Op]) -> Push:
        first = groups[0][0].n if groups else self.number + 1
        made = [Group(new_id(), ops) for ops in groups]
        return Push(new_id(), self.me.epoch, first, made)

    def send(self, message: Push) -> list[Result]:
        answer = self.call("/push", message, PushAnswer)
        ops = {op.n: op for group in message.groups for op in group.ops}
        for result in answer.results:
            if result.ver:
                self.versions[ops[result.n].r] = result.ver
        return answer.results

    def push(self, *groups: list[Op]) -> list[Result]:
        return self.send(self.message(*groups))

    def do(self, kind: str, entity: str, row_id: str, fields: Any = None, **more) -> Result:
        """Push one operation alone and return its fate."""
        [result] = self.push([self.op(kind, entity, row_id, fields, **more)])
        return result

    def add(self, entity: str, **fields: Any) -> str:
        row_id = new_id()
        result = self.do("I", entity, row_id, fields)
        assert result.s == "applied", result
        return row_id

    def hello(self, **more: Any) -> HelloAnswer:
        values = {
            "device": self.me.device, "schema": 1, "app": "0.1", "epoch": self.me.epoch,
            "cursor": self.cursor, "acked": self.number, "pending": 0,
            "now": int(time.time() * 1000) + self.clock_ms, "db": "d",
        }  # fmt: skip
        return self.call("/hello", Hello(**{**values, **more}), HelloAnswer)

    def pull(self, limit: int = 2000) -> Pulled:
        """Read every page after the cursor and move it."""
        pulled = Pulled()
        while True:
            page = self.call("/pull", Pull(self.me.epoch, self.cursor, limit), PullAnswer)
            assert page.to >= self.cursor
            self.cursor = page.to
            pulled.take(page)
            self.versions.update(pulled.versions)
            if not page.more:
                return pulled


@dataclass
class Pulled:
    rows: dict[str, dict[str, dict[str, Any]]] = field(default_factory=dict)  # entity, id, fields
    versions: dict[str, int] = field(default_factory=dict)
    roots: dict[str, str] = field(default_factory=dict)
    seqs: list[int] = field(default_factory=list)
    gone: list[tuple[str, str]] = field(default_factory=list)
    exits: list[tuple[str, str]] = field(default_factory=list)
    grants: list[str] = field(default_factory=list)
    revokes: list[str] = field(default_factory=list)
    digest: dict[str, tuple[int, str]] = field(default_factory=dict)

    def take(self, page: PullAnswer) -> None:
        for table in page.tables:
            self.table(table)
        self.gone += [(entity, row_id) for entity, row_id, _seq, _ver in page.gone]
        self.seqs += [seq for _entity, _row_id, seq, _ver in page.gone]
        self.exits += [(entity, row_id) for entity, row_id, _seq in page.exit]
        self.grants += [root for root, _seq in page.grants]
        self.revokes += [root for root, _seq in page.revokes]
        self.digest = page.digest

    def table(self, table: protocol.Table) -> None:
        for row in table.r:
            values = dict(zip(table.c, row, strict=True))
            row_id = values.pop("_id")
            self.seqs.append(values.pop("_seq"))
            self.versions[row_id] = values.pop("_ver")
            self.roots[row_id] = values.pop("_root")
            kept = {name: value for name, value in values.items() if value is not None}
            self.rows.setdefault(table.t, {})[row_id] = kept

    def __getitem__(self, entity: str) -> dict[str, dict[str, Any]]:
        return self.rows.get(entity, {})


def call(
    session: requests.Session, url: str, path: str, message: Any, kind: type, **headers: str
) -> Any:
    body = message if isinstance(message, bytes) else protocol.pack(message, "gzip")
    sent = {"Content-Encoding": "gzip", "Accept-Encoding": "gzip", **headers}
    response = session.post(url + PREFIX + path, data=body, headers=sent, timeout=30)
    if response.status_code != 200:
        raise AnswerError(response)
    return protocol.unpack(response.content, "", kind)  # requests has undone gzip


def enrol(url: str, code: str) -> Laptop:
    session = requests.Session()
    asked = Enrol(code, "Portátil", "0.1", 1, "d")
    return Laptop(url, call(session, url, "/enroll", asked, EnrolAnswer), session=session)
