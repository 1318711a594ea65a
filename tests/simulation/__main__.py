"""Simulate a company for so many steps: `python -m tests.simulation --seed 7 --steps 100000`.

`--devices` are the reps' laptops; `--database` is the URL of a PostgreSQL server, where a database
is made and dropped; without it the server is on SQLite. A run that fails is shrunk and saved into
`--out`; `--again FILE` runs it once more. `--planted NAME` plants a bug and says how many steps it
took to find it; `--planted all` does so for each of them.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from tests.simulation.planted import PLANTED, names
from tests.simulation.run import Plan, find, load, run, save, shrink


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m tests.simulation", description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )  # fmt: skip
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--steps", type=int, default=20_000)
    parser.add_argument("--devices", type=int, default=4)
    parser.add_argument("--database", default="")
    parser.add_argument("--out", type=Path, default=Path("out"))
    parser.add_argument("--again", type=Path)
    parser.add_argument("--no-shrink", action="store_true")
    parser.add_argument("--planted", default="", choices=["", "all", *PLANTED])
    given = parser.parse_args(arguments)
    reps = max(2, given.devices - 1)
    plan = Plan(given.seed, given.steps, reps, max(0, given.devices - reps), given.database)
    if given.planted:
        return planted(plan, given.planted)
    if given.again:
        plan = load(given.again, given.database)
    outcome = run(plan)
    sys.stdout.write(outcome.words + "\n")
    if not outcome.violations:
        return 0
    if not given.no_shrink and not given.again and not given.database:
        plan = shrink(outcome)
        outcome = run(plan)
        sys.stdout.write(f"shrunk to {plan.steps - len(plan.left_out)} steps\n{outcome.words}\n")
    target = given.out / f"simulation-{plan.seed}.json"
    save(plan, outcome, target)
    sys.stdout.write(f"saved as {target}\n")
    return 1


def planted(plan: Plan, wanted: str) -> int:
    """Plant bugs, one after the other, and say after how many steps each was found."""
    missed = 0
    for name in names(wanted):
        found = find(plan, name)
        words = f"found after {found} steps" if found else "NOT FOUND"
        missed += not found
        sys.stdout.write(f"{name}: {words}\n")
        sys.stdout.flush()
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
