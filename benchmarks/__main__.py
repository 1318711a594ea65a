"""All benchmarks, one after the other, in one table: `make bench`.

Each alone, with its sizes as options: `python -m benchmarks.desktop --accounts 100000`, and so
`imports`, `documents`, `sync` and `routes`.
"""

from __future__ import annotations

import sys
from pathlib import Path

from benchmarks import desktop, documents, figures, imports, routes, sync
from benchmarks.figures import Figure


def main(arguments: list[str] | None = None) -> int:
    parser = figures.options(__doc__)
    parser.add_argument(
        "--smallest", action="store_true", help="sizes that only show that everything runs"
    )
    parser.add_argument("--instances", type=Path, default=routes.FOLDER, metavar="DIR")
    given = parser.parse_args(arguments)
    found = _smallest(given.instances) if given.smallest else _usual(given.times, given.instances)
    return figures.show(found, given)


def _usual(times: int, folder: Path) -> list[Figure]:
    return [
        *desktop.measure(desktop.ACCOUNTS, times or desktop.TIMES),
        *imports.measure(imports.ROWS, times or 3),
        *documents.measure(documents.LINES, times or 15),
        *sync.measure(sync.CUSTOMERS, times or 3),
        *routes.measure(folder, routes.BUDGET_S, 8),
    ]


def _smallest(folder: Path) -> list[Figure]:
    return [
        *desktop.measure(60, 1),
        *imports.measure(20, 1),
        *documents.measure((3,), 1),
        *sync.measure(12, 1),
        *routes.measure(folder, 0.05, 1),
    ]


if __name__ == "__main__":
    sys.exit(main())
