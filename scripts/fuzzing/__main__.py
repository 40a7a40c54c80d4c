"""Throws mutated documents, formulas of a grammar and random bytes at every reader, and prints what breaks.

Only verdicts and diagnostics may come out. Cases are made from the seed alone; each failure is printed in full, with the
command that makes it again. The exit status is 1 if anything failed.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter

from scripts.fuzzing.cases import KINDS, case
from scripts.fuzzing.trial import Failure, tried

_GROWTH = 200 * 1024 * 1024  # bytes that a whole run may keep
_WARM = 50  # cases after which the caches of the libraries are filled


@dataclass
class Row:
    """What is counted of a kind. slowest: seconds, and the number of that case. memory: bytes resident at each quarter."""

    kind: str
    cases: int = 0
    seconds: float = 0.0
    slowest: tuple[float, int] = (0.0, 0)
    failures: list[Failure] = field(default_factory=list)
    memory: list[int] = field(default_factory=list)


def run(kind: str, seed: int, numbers: Sequence[int]) -> Row:
    """Return what the cases of one kind gave."""
    row = Row(kind)
    quarters = {len(numbers) * n // 4 for n in (1, 2, 3, 4)}
    with tempfile.TemporaryDirectory() as folder:
        for number in numbers:
            failures, seconds = tried(case(kind, seed, number), Path(folder))
            row.cases += 1
            row.seconds += seconds
            row.slowest = max(row.slowest, (seconds, number))
            row.failures += failures
            if row.cases in quarters:
                row.memory.append(resident())
            for failure in failures:  # at once: a long run may be broken off
                print(failure, file=sys.stderr, flush=True)
            if sys.stderr.isatty():
                print(f"\r{kind:12} {row.cases:6} {len(row.failures)} failures", end="", file=sys.stderr, flush=True)
    return row


def resident() -> int:
    """Return the bytes of memory that this process holds; 0 where nobody can say."""
    try:
        return int(Path("/proc/self/statm").read_text("ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, ValueError):
        return 0


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="scripts/fuzz", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seed", type=int, default=1, help="another seed, other cases (default 1)")
    parser.add_argument("--count", type=int, default=1100, help="how many cases, shared by the kinds (default 1100)")
    kinds = [*KINDS]
    parser.add_argument("--kinds", nargs="+", choices=kinds, default=kinds, metavar="KIND", help=f"of: {', '.join(kinds)}")
    parser.add_argument("--only", type=int, metavar="NUMBER", help="make this one case of each kind")
    options = parser.parse_args()
    each = max(1, options.count // len(options.kinds))
    numbers = range(each) if options.only is None else range(options.only, options.only + 1)
    start = perf_counter()
    for kind in options.kinds:
        run(kind, options.seed, numbers[: _WARM // len(options.kinds)])
    before = resident()
    print("| kind | cases | failures | seconds | cases/s | slowest case | MiB at each quarter |")
    print("|---|---:|---:|---:|---:|---:|---|")
    rows = []
    for kind in options.kinds:
        row = run(kind, options.seed, numbers)
        rows.append(row)
        seconds, number = row.slowest
        memory = ", ".join(str(size // 1024 // 1024) for size in row.memory)
        rate = row.cases / max(row.seconds, 1e-9)
        print(f"| {row.kind} | {row.cases} | {len(row.failures)} | {row.seconds:.1f} | {rate:.0f} | "
              f"{seconds:.2f} s (number {number}) | {memory} |", flush=True)  # fmt: skip
    grown = resident() - before
    failures = [failure for row in rows for failure in row.failures]
    for failure in failures:
        print(f"\n{failure}")
    cases = sum(row.cases for row in rows)
    print(f"\nseed {options.seed}, {cases} cases, {len(failures)} failures, {perf_counter() - start:.0f} s, "
          f"memory grew by {grown // 1024 // 1024} MiB")  # fmt: skip
    return 1 if failures or grown > _GROWTH else 0


if __name__ == "__main__":
    raise SystemExit(main())
