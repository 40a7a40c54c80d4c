"""Grades generated derivations whose labels are known, and prints rates, memory and agreement.

The derivations are made from a seed while they are graded (`making`), and go through `symbn.scale.check_many` as a grader's
would: on worker processes, in bounded memory, and, with --cache, in such a way that an interrupted run goes on where it was.
The exit status is 1 if a false equation is proved or a true one refuted.
"""

from __future__ import annotations

import argparse
import resource
import sys
from collections import Counter, deque
from collections.abc import Iterator
from contextlib import closing, suppress
from time import perf_counter

from scripts.grading.making import Made, many, steps
from symbn.scale import Document, Record, check_many

_VERDICTS = ("proved", "refuted", "undecided", "unreadable", "other")


class Tally:
    """What was found: equations by label and verdict, and examples of what is not as it should be."""

    def __init__(self) -> None:
        self.equations: Counter[tuple[bool, str]] = Counter()
        self.documents = self.kept = self.errors = 0
        self.wrong: list[str] = []
        self.open: list[str] = []

    def add(self, made: Made, record: Record) -> None:
        data = record.data
        self.documents += 1
        self.kept += record.kept
        self.errors += data["error"] is not None
        # Displays of one equation each, so that there is a step for every label; else the document is not read as it is meant.
        found = data["steps"] if len(data["steps"]) == len(made.labels) else [{"verdict": "other"}] * len(made.labels)
        for label, step in zip(made.labels, found, strict=True):
            self.equations[label, step["verdict"]] += 1
            if step["verdict"] in ("proved", "refuted"):
                if (step["verdict"] == "proved") != label:
                    self.wrong.append(f"{made.document.id}: {label}, and {step['verdict']}: {step['lhs']} = {step['rhs']}")
            elif len(self.open) < 5:
                self.open.append(f"{made.document.id}: {label}, and {step['verdict']}: {step.get('reason') or data['error']}")


def report(tally: Tally, seconds: float, jobs: int, processor: float) -> Iterator[str]:
    """Yield the lines of the report. processor: seconds of all workers together."""
    equations = sum(tally.equations.values())
    made = tally.documents - tally.kept
    yield "| label | " + " | ".join(_VERDICTS) + " |"
    yield "|---|" + "---:|" * len(_VERDICTS)
    for label in (True, False):
        yield f"| {str(label).lower()} | " + " | ".join(str(tally.equations[label, verdict]) for verdict in _VERDICTS) + " |"
    right = tally.equations[True, "proved"] + tally.equations[False, "refuted"]
    share = right / max(equations, 1)
    yield f"\n{right} of {equations} verdicts agree with the label ({share:.3%}), {len(tally.wrong)} are wrong"
    yield f"{tally.documents} derivations, of which {tally.kept} from the cache and {tally.errors} with an error"
    rates = f"{tally.documents / seconds:.0f} derivations/s, {equations / seconds:.0f} equations/s"
    yield f"{seconds:.1f} s with {jobs} processes: {rates}"
    if made and processor:
        per_core = equations * made / tally.documents / processor
        yield f"workers' processor time {processor:.1f} s: {per_core:.0f} equations/s on a core"
    here, there = (resource.getrusage(who).ru_maxrss / 1024 for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    yield f"most memory: {here:.0f} MiB in this process, which makes the derivations too, {there:.0f} MiB in a worker"


def main() -> int:
    parser = argparse.ArgumentParser(prog="scripts/grade", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)  # fmt: skip
    parser.add_argument("--count", type=int, default=2000, help="how many derivations (default 2000)")
    parser.add_argument("--seed", type=int, default=1, help="another seed, other derivations (default 1)")
    parser.add_argument("--jobs", type=int, default=2, help="worker processes (default 2); 0: in this one")
    parser.add_argument("--dask", metavar="ADDRESS", help="a Dask scheduler instead")
    parser.add_argument("--cache", metavar="FOLDER", help="keep the records there, and use what is kept")
    options = parser.parse_args()
    print(f"derivations made of {len(steps())} proved steps", file=sys.stderr)
    asked: deque[Made] = deque()

    def documents() -> Iterator[Document]:
        for one in many(options.count, options.seed):
            asked.append(one)
            yield one.document

    tally, start = Tally(), perf_counter()
    records = check_many(documents(), options.dask, jobs=options.jobs, cache=options.cache)
    with closing(records), suppress(KeyboardInterrupt):  # what was graded until then is told
        for record in records:
            tally.add(asked.popleft(), record)
            if tally.documents % 1000 == 0:
                rate = tally.documents / (perf_counter() - start)
                print(f"{tally.documents} derivations, {rate:.0f}/s, {len(tally.wrong)} wrong", file=sys.stderr, flush=True)
    seconds = perf_counter() - start
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    for line in [*report(tally, seconds, options.jobs, children.ru_utime + children.ru_stime), *tally.open, *tally.wrong[:50]]:
        print(line)
    return 1 if tally.wrong else 0


if __name__ == "__main__":
    raise SystemExit(main())
