"""The rules of the code that a machine can see; each check is shown to fail on a planted fault."""

from __future__ import annotations

import ast
import fnmatch
import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from resources.locale import words

ROOT = Path(__file__).resolve().parents[1]
CODE = ("app", "tests", "benchmarks", "resources", "installers")
FILE_LINES = {"app": 400, "benchmarks": 400, "resources": 400, "installers": 400, "tests": 600}
FUNCTION_LINES = 40
# A file of the program that may have up to 600 lines, and why.
LONGER: dict[str, str] = {}
# Where the program speaks to a terminal.
PRINTS = re.compile(r"app/(__main__|main|walkthrough\w*|walkthrough/\w+|server/__main__)\.py")
REGISTRIES = re.compile(
    r"pypi\.org|pythonhosted\.org|piwheels\.org|test\.pypi|registry\.npmjs|anaconda\.(com|org)"
    r"|proxy\.golang\.org|crates\.io|(deb|security)\.debian\.org|/simple/?(\s|$)"
)
OUTSIDE = re.compile(r"(?<![\w./:<>-])/(work|root|home|Users|mnt)/\w|[A-Z]:\\\\?Users\\")
LOCK_OPTIONS = ("-i", "-f", "-r", "-e", "--index", "--extra-index", "--find-links", "--trusted")


def python_files(root: Path, *folders: str) -> list[Path]:
    """Migrations are left out: they are generated, and frozen once released."""
    files = [file for folder in folders for file in sorted((root / folder).rglob("*.py"))]
    return [file for file in files if "migrations/versions" not in file.as_posix()]


def name_of(root: Path, file: Path) -> str:
    return file.relative_to(root).as_posix()


def trees(root: Path, *folders: str) -> Iterator[tuple[str, ast.Module]]:
    for file in python_files(root, *folders):
        yield name_of(root, file), ast.parse(file.read_text(encoding="utf-8"))


def project_texts(root: Path) -> Iterator[tuple[str, str]]:
    """Yield the name and the text of each file that .gitignore does not name, pictures left out."""
    ignored = [".git", *(root / ".gitignore").read_text(encoding="utf-8").split()]
    for folder, folders, files in os.walk(root):
        for names in (folders, files):
            names[:] = [
                name for name in names
                if not any(fnmatch.fnmatch(name, pattern.strip("/")) for pattern in ignored)
            ]  # fmt: skip
        for name in sorted(files):
            content = Path(folder, name).read_bytes()
            if b"\0" not in content:
                yield name_of(root, Path(folder, name)), content.decode("utf-8")


# The checks: each takes the root of a project and returns what is wrong with it, in words.


def long_files(root: Path) -> list[str]:
    problems = []
    for folder, most in FILE_LINES.items():
        for file in python_files(root, folder):
            name, lines = name_of(root, file), len(file.read_text(encoding="utf-8").splitlines())
            if lines > (600 if name in LONGER else most):
                problems.append(f"{name} has {lines} lines")
    return problems


def long_functions(root: Path) -> list[str]:
    return [
        f"{name}:{node.lineno} {node.name} has {node.end_lineno - node.lineno + 1} lines"
        for name, tree in trees(root, "app", "benchmarks", "resources", "installers")
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and node.end_lineno - node.lineno + 1 > FUNCTION_LINES
    ]


def modules_without_idea(root: Path) -> list[str]:
    """An empty __init__.py needs none, but for those of the layers."""
    return [
        f"{name} does not open with a sentence that says its idea"
        for name, tree in trees(root, *CODE)
        if not ast.get_docstring(tree)
        and (tree.body or re.fullmatch(r"app/(\w+/)?__init__\.py", name))
    ]


def services_with_any(root: Path) -> list[str]:
    problems = []
    for name, tree in trees(root, "app/services"):
        for node in ast.walk(tree):
            if not isinstance(node, ast.FunctionDef) or node.name.startswith("_"):
                continue
            every = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
            every += [argument for argument in (node.args.vararg, node.args.kwarg) if argument]
            hints = [argument.annotation for argument in every] + [node.returns]
            if any("Any" in re.findall(r"\w+", ast.unparse(hint)) for hint in hints if hint):
                problems.append(f"{name}:{node.lineno} {node.name} says Any")
    return problems


def prints(root: Path) -> list[str]:
    return [
        f"{name}:{node.lineno} prints"
        for name, tree in trees(root, "app")
        if not PRINTS.fullmatch(name)
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "print"
    ]


def registry_addresses(root: Path) -> list[str]:
    return _lines_with(root, REGISTRIES)


def outside_paths(root: Path) -> list[str]:
    return _lines_with(root, OUTSIDE)


def _lines_with(root: Path, pattern: re.Pattern[str]) -> list[str]:
    return [
        f"{name}:{number} {line.strip()[:120]}"
        for name, text in project_texts(root)
        if pattern.search(text)
        for number, line in enumerate(text.splitlines(), 1)
        if pattern.search(line)
    ]


def untranslated(root: Path) -> list[str]:
    problems = words.misused(root / "app")
    for path in sorted((root / "resources" / "locale").glob("*/LC_MESSAGES/app.po")):
        problems += words.wrong(words.said(root / "app"), words.read(path))
    return problems


def broken_contracts(root: Path) -> list[str]:
    """Run import-linter on the copy or project at `root`, in a process that sees only that one."""
    command = [sys.executable, "-c", "import importlinter.cli as c; c.lint_imports_command()"]
    run = subprocess.run(
        [*command, "--no-cache"], cwd=root, env={**os.environ, "PYTHONPATH": str(root)},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    return [] if run.returncode == 0 else [run.stdout + run.stderr]


def lock_faults(root: Path) -> list[str]:
    """The lock names everything that pyproject.toml asks for, each by hash and none by address."""
    text = (root / "requirements.lock").read_text(encoding="utf-8")
    lines = [line for line in text.replace("\\\n", " ").splitlines() if line and line[0] != "#"]
    options = [line for line in lines if line.startswith("-")]
    problems = [f"{line} is an address" for line in options if line.startswith(LOCK_OPTIONS)]
    pinned: dict[str, list[str]] = {}
    for line in lines:
        wanted, *hashes = line.split("--hash=")
        if line in options:
            continue
        if not hashes or not all(value.startswith("sha256:") for value in hashes):
            problems.append(f"{wanted.strip()} has no hash")
        requirement = Requirement(wanted.strip())
        if requirement.url or not str(requirement.specifier).startswith("=="):
            problems.append(f"{wanted.strip()} is not one exact version")
        version = str(requirement.specifier).removeprefix("==")
        pinned.setdefault(canonicalize_name(requirement.name), []).append(version)
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"].values()
    for text in [*project["dependencies"], *(need for extra in extras for need in extra)]:
        need = Requirement(text)
        versions = pinned.get(canonicalize_name(need.name), [])
        if not versions or not all(need.specifier.contains(version) for version in versions):
            problems.append(f"{text} is not what requirements.lock holds: {versions}")
    return problems


CHECKS = [
    long_files, long_functions, modules_without_idea, services_with_any, prints,
    registry_addresses, outside_paths, untranslated, broken_contracts, lock_faults,
]  # fmt: skip


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_project(check):
    problems = check(ROOT)
    assert not problems, "\n".join(problems)


# What follows proves that each check can fail.

PO = "resources/locale/es/LC_MESSAGES/app.po"
HEADER = 'msgid ""\nmsgstr ""\n"Plural-Forms: nplurals=2; plural=(n != 1);\\n"\n'
ONE = '\nmsgid "One {a}"\nmsgstr "Uno {a}"\n'
SAYS_ONE = '"""A."""\ndef f():\n    return _("One {a}")\n'
SAYS_TWO = '"""A."""\ndef f(n):\n    return ngettext("{n} stop", "{n} stops", n)\n'
TWO = '\nmsgid "{n} stop"\nmsgid_plural "{n} stops"\nmsgstr[0] "{n} parada"\nmsgstr[1] "%s"\n'
LOCK = "a==1.5 \\\n    --hash=sha256:00\n"
PYPROJECT = '[project]\ndependencies = ["a>=1.5"]\n[project.optional-dependencies]\nb = []\n'

Files = dict[str, str]
PLANTED: list[tuple[Callable[[Path], list[str]], Files, Files]] = [
    # check, a sound project, what is put into it
    (long_files, {"app/a.py": "x = 1\n" * 400}, {"app/a.py": "x = 1\n" * 401}),
    (long_files, {"tests/a.py": "x = 1\n" * 600}, {"tests/a.py": "x = 1\n" * 601}),
    (
        long_functions,
        {"app/a.py": "def f():\n" + "    x = 1\n" * 39},
        {"app/a.py": "class A:\n    async def f(self):\n" + "        x = 1\n" * 40},
    ),
    (modules_without_idea, {"app/a/b/__init__.py": ""}, {"app/a/__init__.py": ""}),
    (modules_without_idea, {"app/a.py": '"""Idea."""\n'}, {"app/b.py": "x = 1\n"}),
    (modules_without_idea, {"tests/__init__.py": ""}, {"tests/test_a.py": "x = 1\n"}),
    (
        services_with_any,
        {"app/services/a.py": "def f(a: Many) -> Any_: ...\ndef _g(a: Any): ...\n"},
        {"app/services/b.py": "def f(*, a: dict[str, Any]) -> int: ...\n"},
    ),
    (
        services_with_any,
        {"app/services/a.py": "def f(a: int) -> int: ...\n"},
        {"app/services/b.py": "def f() -> typing.Any: ...\n"},
    ),
    (prints, {"app/main.py": "print(1)\n", "app/a.py": "x.print()\n"}, {"app/b.py": "print(1)\n"}),
    (
        registry_addresses,
        {"a.md": "example.com", ".venv/a.md": "pypi" + ".org"},
        {"b.txt": "see https://" + "pypi." + "org/x"},
    ),
    (outside_paths, {"a.md": "a/home/b ../shared"}, {"b.py": "x = '/ho" + "me/ana/x'"}),
    (untranslated, {PO: HEADER + ONE, "app/a.py": SAYS_ONE}, {PO: HEADER}),
    (untranslated, {PO: HEADER + ONE, "app/a.py": SAYS_ONE}, {"app/a.py": ""}),
    (
        untranslated,
        {PO: HEADER + ONE, "app/a.py": SAYS_ONE},
        {PO: HEADER + ONE.replace("Uno {a}", "Uno {b}")},
    ),
    (
        untranslated,
        {PO: HEADER + ONE, "app/a.py": SAYS_ONE},
        {PO: HEADER + ONE.replace("\nmsgid", "\n#, fuzzy\nmsgid")},
    ),
    (
        untranslated,
        {PO: HEADER + ONE, "app/a.py": SAYS_ONE},
        {PO: HEADER + ONE + '\n#~ msgid "Old"\n#~ msgstr "Viejo"\n'},
    ),
    (untranslated, {PO: HEADER}, {"app/a.py": "def f(x):\n    return _(x)\n"}),
    (untranslated, {PO: HEADER + ONE, "app/a.py": SAYS_ONE}, {"app/b.py": 'X = _("One {a}")\n'}),
    (
        untranslated,
        {PO: HEADER + TWO % "{n} paradas", "app/a.py": SAYS_TWO},
        {PO: HEADER + TWO % ""},
    ),
    (
        untranslated,
        {PO: HEADER + TWO % "{n} paradas", "app/a.py": SAYS_TWO},
        {PO: HEADER + TWO % "{m} paradas"},
    ),
    (
        lock_faults,
        {"requirements.lock": LOCK, "pyproject.toml": PYPROJECT},
        {"requirements.lock": "a==1.5\n"},
    ),
    (
        lock_faults,
        {"requirements.lock": LOCK, "pyproject.toml": PYPROJECT},
        {"requirements.lock": "--find-links wheels\n" + LOCK},
    ),
    (
        lock_faults,
        {"requirements.lock": LOCK, "pyproject.toml": PYPROJECT},
        {"requirements.lock": LOCK.replace("1.5", "1.4")},
    ),
    (
        lock_faults,
        {"requirements.lock": LOCK, "pyproject.toml": PYPROJECT},
        {"requirements.lock": LOCK.replace("==1.5", " @ file:///a-1.5.whl")},
    ),
]


def write(root: Path, files: Files) -> None:
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, encoding="utf-8")


@pytest.mark.parametrize(("check", "sound", "fault"), PLANTED)
def test_planted_fault_is_found(tmp_path, check, sound, fault):
    write(tmp_path, {".gitignore": ".venv/\n", **sound})
    assert check(tmp_path) == []
    write(tmp_path, fault)
    assert check(tmp_path) != []


@pytest.mark.parametrize(
    ("module", "text"),
    [
        ("app/rules/planted.py", "import sqlalchemy"),
        ("app/models/planted.py", "import PySide6"),
        ("app/documents/planted.py", "import app.models.database"),
        ("app/views/planted.py", "x = 1"),  # a new module in the views has to be given its place
        ("app/planted.py", "x = 1"),
        ("app/errors.py", "import app.settings"),
        ("app/server/planted.py", "import app.sync.client"),
    ],
)
def test_planted_import_is_found(tmp_path, module, text):
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    shutil.copytree(ROOT / "app", tmp_path / "app", ignore=shutil.ignore_patterns("__pycache__"))
    write(tmp_path, {module: f'"""Planted."""\n\n{text}\n'})
    [said] = broken_contracts(tmp_path)
    assert module.removesuffix(".py").replace("/", ".") in said or "planted" in said


def test_update_keeps_translations_and_drops_what_is_not_said(tmp_path):
    old = '\nmsgid "Old"\nmsgstr "Viejo"\n'
    write(tmp_path, {PO: HEADER + ONE + old, "app/a.py": SAYS_ONE, "app/b.py": SAYS_TWO})
    words.update(tmp_path / "app", tmp_path / PO)
    found: Catalog = words.read(tmp_path / PO)
    assert {message.id: message.string for message in found if message.id} == {
        "One {a}": "Uno {a}",
        ("{n} stop", "{n} stops"): ("", ""),
    }
