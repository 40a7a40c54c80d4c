"""Attacks symbn with equations that are labelled by evaluation, and says where its answers are wrong.

The equations are made at random from a seed: mutants of true ones, rewritten identities, ones that hold for small batches
only, random ones, careless spellings. The labels come from exact evaluation at many points, in code that shares nothing with
symbn's kernel. The exit status is 1 if any answer is wrong.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Iterator
from multiprocessing import Pool
from time import perf_counter

from scripts.attacking.attack import KINDS, Outcome, attack
from scripts.attacking.certifying import CERTIFICATE, certified, sampled
from symbn.certificates.auditing import find_coq

_COLUMNS = ("tried", "true", "false", "no label", "proved", "with caveat", "refuted", "undecided", "unreadable", "wrong")


def planned(count: int, kinds: list[str]) -> list[tuple[str, int]]:
    """Return the equations of a run: `count` in all, by the shares of the kinds. Certificates are of answers to any kind."""
    kinds = [kind for kind in kinds if kind != CERTIFICATE] or [*KINDS]
    total = sum(KINDS[kind][0] for kind in kinds)
    return [(kind, number) for kind in kinds for number in range(max(1, count * KINDS[kind][0] // total))]


def tally(outcomes: list[Outcome]) -> dict[str, int]:
    """Return the numbers of one row of the table."""
    return {
        "tried": len(outcomes),
        "true": sum(o.truth is True for o in outcomes),
        "false": sum(o.truth is False for o in outcomes),
        "no label": sum(o.truth is None for o in outcomes),
        "proved": sum(o.verdict == "proved" for o in outcomes),
        "with caveat": sum(bool(o.caveats) for o in outcomes),
        "refuted": sum(o.verdict == "refuted" for o in outcomes),
        "undecided": sum(o.verdict == "undecided" for o in outcomes),
        "unreadable": sum(o.verdict == "unreadable" for o in outcomes),
        "wrong": sum(o.wrong is not None for o in outcomes),
    }


def report(outcomes: list[Outcome], examples: int) -> Iterator[str]:
    """Yield the lines of the report: the table, the reasons, the readings with examples, and every wrong answer in full."""
    yield f"| kind | {' | '.join(_COLUMNS)} |"
    yield f"|---|{'---:|' * len(_COLUMNS)}"
    for kind in dict.fromkeys(o.kind for o in outcomes):
        row = tally([o for o in outcomes if o.kind == kind])
        yield f"| {kind} | {' | '.join(str(row[column]) for column in _COLUMNS)} |"
    row = tally(outcomes)
    yield f"| all | {' | '.join(str(row[column]) for column in _COLUMNS)} |"
    for title, truth in (("true", True), ("false", False), ("unlabelled", None)):
        reasons = Counter(o.reason for o in outcomes if o.reason and o.truth is truth)
        if reasons:
            yield f"\nNo verdict, or no certificate, and {title}:"
        yield from (f"  {number:5}  {reason}" for reason, number in reasons.most_common())
    granted = [o for o in outcomes if o.caveats and o.truth is not True]
    if granted:
        false = [o for o in outcomes if o.meant is False]
        let_in = sum(bool(o.caveats) for o in false)
        yield f"\nFalse as meant: {len(false)}, of which {let_in} ({let_in / len(false):.1%}) are proved under another reading."
        yield "Proved under a reading, and not true as written:"
    for kinds, number in Counter(o.caveats for o in granted).most_common():
        yield f"  {number:5}  {' + '.join(kinds)}"
        for o in [o for o in granted if o.caveats == kinds][:examples]:
            yield f"         [{o.kind}: {o.made}] {o.text}\n             {o.statement}"
    wrong = [o for o in outcomes if o.wrong is not None]
    for o in wrong:
        yield f"\nWRONG: {o.wrong}\n  {o.kind} {o.number} [{o.made}] ({o.mode})\n  {o.text}"
        yield f"  {o.verdict}: {o.caveat or o.reason}\n  {o.statement}"


def _run(task: tuple[str, int, int]) -> Outcome:
    return attack(*task)


def main() -> int:
    parser = argparse.ArgumentParser(prog="scripts/attack", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)  # fmt: skip
    parser.add_argument("--seed", type=int, default=1, help="another seed, other equations (default 1)")
    parser.add_argument("--count", type=int, default=2000, help="how many equations (default 2000)")
    parser.add_argument(
        "--kinds", nargs="+", choices=[*KINDS, CERTIFICATE], default=[*KINDS, CERTIFICATE], metavar="KIND",
        help=f"of: {', '.join((*KINDS, CERTIFICATE))}",
    )  # fmt: skip
    parser.add_argument(
        "--certificates",
        type=int,
        default=60,
        metavar="N",
        help="how many answers Coq checks, where it is (default 60)",
    )
    parser.add_argument("--jobs", type=int, default=2, help="processes (default 2)")
    parser.add_argument("--examples", type=int, default=3, help="examples of each kind of reading (default 3)")
    parser.add_argument("--unreadable", action="store_true", help="print what could not be read or decided, in full")
    options = parser.parse_args()
    start = perf_counter()
    tasks = [(kind, number, options.seed) for kind, number in planned(options.count, options.kinds)]
    outcomes: list[Outcome] = []
    with Pool(options.jobs) as pool:
        for outcome in pool.imap(_run, tasks, chunksize=8):
            outcomes.append(outcome)
            if sys.stderr.isatty() and len(outcomes) % 20 == 0:
                wrong = sum(o.wrong is not None for o in outcomes)
                print(f"\r{len(outcomes)}/{len(tasks)} {outcome.kind:20} {wrong} wrong", end="", file=sys.stderr, flush=True)
    if sys.stderr.isatty():
        print(file=sys.stderr)
    if CERTIFICATE in options.kinds:
        if find_coq() is None:
            print("no certificate is checked: coqc is not installed", file=sys.stderr)
        else:
            outcomes += certified(sampled(outcomes, options.certificates, options.seed))
    for line in report(outcomes, options.examples):
        print(line)
    if options.unreadable:
        for o in outcomes:
            if o.reason:
                print(f"\n{o.kind} {o.number} [{o.made}] {o.truth}: {o.reason}\n  {o.text}")
    print(f"\nseed {options.seed}, {len(outcomes)} equations, {perf_counter() - start:.0f} s with {options.jobs} processes")
    return 1 if any(o.wrong is not None for o in outcomes) else 0


if __name__ == "__main__":
    raise SystemExit(main())
