"""The catalogues follow the code: find what the program says, and see that it is said in Spanish.

    python -m resources.locale.words update|compile|check

`update` adds new words to the catalogues, empty, and drops the ones that the program no longer
says; `compile` writes the binary catalogues; `check` lists what is wrong and fails if anything is.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path
from string import Formatter
from typing import NamedTuple

from babel.messages.catalog import Catalog
from babel.messages.catalog import Message as Entry
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parents[2]
CATALOGUES = Path(__file__).resolve().parent

# How many of the first arguments are words, and which of them is the context.
CALLS = {"_": (0, 1), "ngettext": (0, 2), "pgettext": (1, 2)}


class Message(NamedTuple):
    """Something that the program says; two forms where there is a plural."""

    id: str | tuple[str, str]
    context: str | None
    place: str


def said(code: Path) -> list[Message]:
    """Return every message of the Python files under `code`, in order of appearance."""
    found = []
    for place, call, name in _calls(code):
        texts = _texts(call, name)
        if texts is None:
            continue
        context, words = texts[: CALLS[name][0]], texts[CALLS[name][0] :]
        message = (words[0], words[1]) if name == "ngettext" else words[0]
        found.append(Message(message, context[0] if context else None, place))
    return found


def misused(code: Path) -> list[str]:
    """Return the calls that no catalogue can serve: words computed, or said at import."""
    problems = [
        f"{place}: {name}() needs its words as plain text, so that they can be found"
        for place, call, name in _calls(code)
        if _texts(call, name) is None
    ]
    for file in _files(code):
        tree = ast.parse(file.read_text(encoding="utf-8"))
        problems += [
            f"{_place(code, file, call)}: {name}() outside a function is said only once, at import"
            for call, name in _at_import(tree)
        ]
    return problems


def wrong(messages: list[Message], catalogue: Catalog) -> list[str]:
    """Return what is wrong with `catalogue` for a program that says `messages`."""
    problems = []
    for message in messages:
        entry = catalogue.get(_first(message.id), message.context)
        if entry is None or not entry.string or not all(_forms(entry.string)):
            problems.append(f"{message.place}: {_first(message.id)!r} is not translated")
        elif entry.pluralizable != isinstance(message.id, tuple):
            problems.append(f"{message.place}: {_first(message.id)!r} is a plural on one side only")
        elif isinstance(message.id, tuple) and tuple(entry.id) != message.id:
            problems.append(f"{message.place}: the plural of {message.id[0]!r} differs")
    needed = {(_first(message.id), message.context) for message in messages}
    for entry in catalogue:
        if not entry.id:
            continue
        if (_first(entry.id), entry.context) not in needed:
            problems.append(f"{_first(entry.id)!r} is said nowhere")
        if entry.fuzzy:
            problems.append(f"{_first(entry.id)!r} is marked fuzzy")
        if entry.string and not _same_placeholders(entry):
            problems.append(f"{_first(entry.id)!r} has other placeholders when translated")
    return problems + [f"{_first(key)!r} is obsolete" for key in catalogue.obsolete]


def read(path: Path) -> Catalog:
    """Return the catalogue in the .po file at `path`."""
    with path.open("rb") as stream:
        return read_po(stream, locale=path.parent.parent.name)


def update(code: Path, path: Path) -> None:
    """Make the catalogue at `path` hold exactly what `code` says; translations are kept."""
    old, new = read(path), read(path)
    for entry in list(old):
        if entry.id:
            new.delete(_first(entry.id), entry.context)
    new.obsolete.clear()
    for message in said(code):
        before = old.get(_first(message.id), message.context)
        plural = isinstance(message.id, tuple)
        kept = before.string if before is not None and before.pluralizable == plural else ""
        new.add(message.id, kept, context=message.context)
    temporary = path.with_suffix(".tmp")
    with temporary.open("wb") as stream:
        write_po(stream, new, width=0, sort_output=True, include_lineno=False)
    temporary.replace(path)


def compile_(path: Path) -> None:
    """Write the .mo file that the program reads, beside the .po file at `path`."""
    with path.with_suffix(".mo").open("wb") as stream:
        write_mo(stream, read(path))


def _files(code: Path) -> list[Path]:
    return [code] if code.is_file() else sorted(code.rglob("*.py"))


def _place(code: Path, file: Path, node: ast.expr) -> str:
    return f"{file.relative_to(code.parent).as_posix()}:{node.lineno}"


def _called(node: ast.AST) -> str | None:
    if not isinstance(node, ast.Call):
        return None
    function = node.func
    name = function.id if isinstance(function, ast.Name) else getattr(function, "attr", "")
    return name if name in CALLS else None


def _calls(code: Path) -> Iterator[tuple[str, ast.Call, str]]:
    for file in _files(code):
        tree = ast.parse(file.read_text(encoding="utf-8"))
        if file.name == "i18n.py":  # where these functions are defined, and pass their argument on
            tree.body = [node for node in tree.body if not isinstance(node, ast.ClassDef)]
            tree.body = [node for node in tree.body if getattr(node, "name", "") not in CALLS]
        for node in ast.walk(tree):
            name = _called(node)
            if name and isinstance(node, ast.Call):
                yield _place(code, file, node), node, name


def _texts(call: ast.Call, name: str) -> list[str] | None:
    """Return the words among the arguments, or None if one of them is not plain text."""
    wanted = call.args[: CALLS[name][1]]
    texts = [node.value for node in wanted if isinstance(node, ast.Constant)]
    words = [text for text in texts if isinstance(text, str)]
    return words if len(words) == CALLS[name][1] else None


def _at_import(tree: ast.AST) -> Iterator[tuple[ast.Call, str]]:
    """Yield the calls that run when the module is imported."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            continue
        name = _called(node)
        if name and isinstance(node, ast.Call):
            yield node, name
        yield from _at_import(node)


def _first(message: object) -> str:
    """Return the singular, which is how a catalogue finds an entry with a plural."""
    return str(message[0]) if isinstance(message, tuple | list) else str(message)


def _forms(string: object) -> list[str]:
    return [str(form) for form in string] if isinstance(string, tuple | list) else [str(string)]


def _placeholders(text: str) -> frozenset[str]:
    return frozenset(name for _, name, _, _ in Formatter().parse(text) if name is not None)


def _same_placeholders(entry: Entry) -> bool:
    """One of several may say "one" instead of {n}, as the singular in English may."""
    try:
        allowed = {_placeholders(form) for form in _forms(entry.id)}
        return all(_placeholders(form) in allowed for form in _forms(entry.string))
    except ValueError:  # a brace that is not closed
        return False


def main(arguments: list[str]) -> int:
    """Run one of the commands; return the exit status."""
    commands = {"update", "compile", "check"}
    if len(arguments) != 1 or arguments[0] not in commands:
        print(__doc__, file=sys.stderr)
        return 2
    problems = misused(ROOT / "app") if arguments[0] == "check" else []
    for path in sorted(CATALOGUES.glob("*/LC_MESSAGES/app.po")):
        if arguments[0] == "update":
            update(ROOT / "app", path)
        elif arguments[0] == "compile":
            compile_(path)
        else:
            problems += wrong(said(ROOT / "app"), read(path))
    for problem in problems:
        print(problem)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
