"""The server's commands: run, company add, user add, enrol, demo, backup."""

from __future__ import annotations

import argparse
import json
import logging
import os
import signal
import socket
import sys
import threading
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from app import i18n
from app.errors import UserError
from app.i18n import _
from app.models.team import Role
from app.server import accounts, backups, devices, office
from app.server import settings as settings_
from app.server.settings import Settings
from app.server.store import Store

if TYPE_CHECKING:
    import uvicorn

Answer = dict[str, str | int]


def main(arguments: list[str] | None = None) -> int:
    """Run one command; 0 when it did its work, 1 with a sentence when it could not."""
    i18n.use(i18n.system_language())
    options = _parser().parse_args(arguments)
    settings = settings_.load(
        database=options.database,
        files=getattr(options, "files", None),
        host=getattr(options, "host", None),
        port=getattr(options, "port", None),
    )
    try:
        with closing(Store(settings.database)) as store:
            if options.command == "run":
                return _run(store, settings, options.port_file, options.while_stdin)
            answer, sentence = _COMMANDS[options.command](store, options)
    except UserError as error:
        print(error, file=sys.stderr)
        return 1
    print(json.dumps(answer) if options.json else sentence)
    return 0


def _parser() -> argparse.ArgumentParser:
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument("--database", metavar="URL", help="an SQLAlchemy URL or an SQLite file")
    common.add_argument("--json", action="store_true", help="answer in JSON, for scripts")
    parser = argparse.ArgumentParser(prog="python -m app.server", description=__doc__)
    commands = parser.add_subparsers(dest="group", required=True)
    run = commands.add_parser("run", parents=[common], help="serve until told to stop")
    run.add_argument("--files", metavar="DIR")
    run.add_argument("--host")
    run.add_argument("--port", type=int, help="0 takes a free one")
    run.add_argument("--port-file", metavar="FILE", type=Path, help="gets the port, once it serves")
    run.add_argument(
        "--while-stdin", action="store_true", help="stop when the standard input is closed"
    )
    run.set_defaults(command="run")
    company = commands.add_parser("company").add_subparsers(dest="verb", required=True)
    add = company.add_parser("add", parents=[common], help="make a company")
    add.add_argument("name")
    add.add_argument("--admin-email", metavar="ADDRESS")
    add.set_defaults(command="company add")
    user = commands.add_parser("user").add_subparsers(dest="verb", required=True)
    add = user.add_parser("add", parents=[common], help="make a user of a company")
    add.add_argument("--company", required=True, metavar="NAME_OR_ID")
    add.add_argument("--name", required=True)
    add.add_argument("--role", default=Role.REP, choices=[*Role])
    add.add_argument("--email", default="")
    add.set_defaults(command="user add")
    enrol = commands.add_parser("enrol", parents=[common], help="print a one-time code")
    enrol.add_argument("--company", required=True, metavar="NAME_OR_ID")
    enrol.add_argument("--user", required=True, metavar="NAME_EMAIL_OR_ID")
    enrol.set_defaults(command="enrol")
    demo = commands.add_parser("demo", parents=[common], help="make an invented company")
    demo.add_argument("--files", metavar="DIR")
    demo.set_defaults(command="demo")
    backup = commands.add_parser("backup", parents=[common], help="copy all records to a file")
    backup.add_argument("--to", required=True, metavar="FILE", type=Path)
    backup.set_defaults(command="backup")
    return parser


def _add_company(store: Store, options: argparse.Namespace) -> tuple[Answer, str]:
    tenant_id = accounts.add_company(store, options.name)
    answer: Answer = {"company": tenant_id}
    if options.admin_email:
        answer["admin"] = office.add(
            store, tenant_id, None, "user",
            name=options.admin_email, email=options.admin_email, role=Role.ADMIN,
        )  # fmt: skip
    return answer, _("{name} was made, with the id {id}.").format(name=options.name, id=tenant_id)


def _add_user(store: Store, options: argparse.Namespace) -> tuple[Answer, str]:
    tenant_id = accounts.find_company(store, options.company)
    user_id = accounts.add_user(
        store, tenant_id, options.name, role=options.role, email=options.email
    )
    sentence = _("{name} was made, with the id {id}.").format(name=options.name, id=user_id)
    return {"user": user_id}, sentence


def _enrol(store: Store, options: argparse.Namespace) -> tuple[Answer, str]:
    tenant_id = accounts.find_company(store, options.company)
    user_id = accounts.find_user(store, tenant_id, options.user)
    code = devices.new_code(store, tenant_id, user_id)
    minutes = devices.CODE_MS // 60_000
    sentence = _("{code} (good once, for {n} minutes)").format(code=code, n=minutes)
    return {"code": code, "minutes": minutes}, sentence


def _demo(store: Store, options: argparse.Namespace) -> tuple[Answer, str]:
    from app.server.blobs import Blobs
    from app.server.demo.seed import seed

    folder = settings_.load(database=options.database, files=options.files).files
    made = seed(store, Blobs(store, folder), datetime.now(UTC).date())
    return {"company": made.tenant, "user": made.user}, f"{made.tenant} {made.user}"


def _back_up(store: Store, options: argparse.Namespace) -> tuple[Answer, str]:
    size = backups.back_up(store, options.to)
    sentence = _("All records were copied to {name}.").format(name=options.to)
    return {"file": str(options.to), "bytes": size}, sentence


_COMMANDS = {
    "company add": _add_company,
    "user add": _add_user,
    "enrol": _enrol,
    "backup": _back_up,
    "demo": _demo,
}


def _listen(settings: Settings) -> socket.socket:
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    # TCP said outright: asyncio sends at once only on sockets that say so, else each answer waits
    # some 40 ms for the other side to confirm its headers
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((settings.host, settings.port))
        listener.listen(128)
    except OSError as error:
        listener.close()
        raise UserError(
            _("The server cannot listen on {host}, port {port}.").format(
                host=settings.host, port=settings.port
            ),
            str(error),
        ) from error
    return listener


def _stop_after_stdin(server: uvicorn.Server) -> None:
    """Stop when whoever started us closes our input; it is closed too when they are killed."""

    def watch() -> None:
        while os.read(0, 4096):  # not sys.stdin: its lock would be in the way of our own end
            pass
        server.should_exit = True

    threading.Thread(target=watch, name="stdin", daemon=True).start()


def _run(
    store: Store,
    settings: Settings,
    port_file: Path | None,
    while_stdin: bool,  # noqa: FBT001
) -> int:
    import uvicorn

    from app.server import api

    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)-7s %(message)s")
    listener = _listen(settings)
    port = listener.getsockname()[1]
    if port_file:
        port_file.parent.mkdir(parents=True, exist_ok=True)
        part = port_file.with_name(port_file.name + ".part")
        part.write_text(str(port), encoding="ascii")
        part.replace(port_file)
    print(f"http://{settings.host}:{port}", flush=True)
    config = uvicorn.Config(
        api.create(store, settings), log_config=None, access_log=False, server_header=False
    )
    # uvicorn answers what it has begun, then raises the signal again: that is no failure
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: None)
    server = uvicorn.Server(config)
    if while_stdin:
        _stop_after_stdin(server)
    server.run(sockets=[listener])
    return 0


if __name__ == "__main__":
    sys.exit(main())
