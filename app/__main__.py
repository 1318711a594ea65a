"""The commands: `viajante`, `viajante demo`, `viajante import`, `viajante server`."""

from __future__ import annotations

import argparse
import json
import os
import sys
from pathlib import Path

from app import i18n, paths
from app.errors import UserError
from app.i18n import _


def main(arguments: list[str] | None = None) -> int:
    """Run a command and return its exit status; 1 is a failure, 2 a wrong command line."""
    given = sys.argv[1:] if arguments is None else arguments
    i18n.use(i18n.system_language())
    if given[:1] == ["server"]:
        from app.server.__main__ import main as server

        return server(given[1:])
    options = _parser().parse_args(given)
    if getattr(options, "lang", None):
        i18n.use(options.lang)
    try:
        return int(options.run(options))
    except UserError as error:
        print(error, file=sys.stderr)
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="viajante", description=__doc__)
    parser.add_argument("--workspace", type=Path, metavar="DIR", default=None)
    parser.set_defaults(run=_desktop)
    commands = parser.add_subparsers()
    demo = commands.add_parser("demo", help="open an example company on this computer")
    demo.add_argument("--workspace", type=Path, metavar="DIR", dest="folder")
    demo.add_argument("--walkthrough", type=Path, metavar="OUT", help="run a whole day, with proof")
    demo.add_argument(
        "--portfolio", type=Path, metavar="FILE", help="prospects for the walkthrough"
    )
    demo.add_argument("--products", type=Path, metavar="FILE", help="articles for the walkthrough")
    demo.add_argument("--lang", choices=i18n.LANGUAGES)
    demo.add_argument("--theme", choices=("claro", "oscuro", "sol"), default="")
    demo.set_defaults(run=_demo)
    read = commands.add_parser("import", help="read a list of accounts or products")
    read.add_argument("file", type=Path)
    read.add_argument("--as", dest="kind", choices=("accounts", "products"), required=True)
    read.add_argument("--workspace", type=Path, metavar="DIR", dest="folder", required=True)
    read.add_argument("--dry-run", action="store_true", help="say what would happen")
    read.add_argument("--json", action="store_true", help="answer in JSON, for scripts")
    read.set_defaults(run=_import)
    return parser


def _desktop(options: argparse.Namespace) -> int:
    from app import main as program

    return program.run_desktop(options.workspace or paths.workspace())


def _demo(options: argparse.Namespace) -> int:
    if options.walkthrough is None and not _has_display():
        print(_("There is no display here: the walkthrough runs instead, into ./out."))
        options.walkthrough = Path("out")
    if options.walkthrough is not None:
        from app.walkthrough import run

        return run.run(
            options.walkthrough, portfolio=options.portfolio, products=options.products,
            language=options.lang or "es", theme=options.theme or "claro",
        )  # fmt: skip
    from app import main as program
    from app.models import keys

    folder = options.folder or paths.workspace() / "demo"
    print(_("Example company: the key of its data is in the file {file}.").format(
        file=folder / keys.KEY_FILE
    ))  # fmt: skip
    return program.run_demo(folder, language=options.lang or "", theme=options.theme)


def _has_display() -> bool:
    if sys.platform in {"win32", "darwin"} or os.environ.get("QT_QPA_PLATFORM"):
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def _import(options: argparse.Namespace) -> int:
    from app import main as program

    made = program.run_import(options.folder, options.file, options.kind, dry_run=options.dry_run)
    report = made.as_json()
    if options.json:
        print(json.dumps(report, ensure_ascii=False))
        return 0
    print(
        _("{read} read: {added} added, {updated} updated, {unchanged} unchanged,"
          " {refused} refused").format(**{**report, "refused": len(report["refused"])})
    )  # fmt: skip
    for refused in report["refused"]:
        print(_("Line {line}: {reason}").format(**refused))
    for row in made.rows:
        for notice in row.notices:
            print(_("Line {line}: {reason}").format(line=row.line, reason=notice))
    return 0


if __name__ == "__main__":
    sys.exit(main())
