"""Compare symbn's answers to documents with a key, and print a table of right, wrong, unreadable and missing steps.

The key is JSON: a list (or {"steps": list}) of entries with `file`, `line` (of the formula's first character), `step` (from 1,
over the formulas that begin on that line), `lhs`, `rhs`, `accept` (verdicts that count as right; `proved with caveat` is a
proof that needs a reading; `proved` takes that one too) and, if it is known, `rhs_equals_chain_head`.

Exit status: 0 all right, 1 a wrong verdict, 2 a usage error, 3 an unreadable or missing step.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from rich import box
from rich.console import Console
from rich.table import Table

from symbn.answer import PROVED, UNREADABLE, Step
from symbn.errors import UsageError
from symbn.judging import Options
from symbn.report.terminal import render
from symbn.running import Settings, check_path, find_documents

KINDS = ("right", "wrong", "unreadable", "missing")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("documents", metavar="DOCUMENTS", nargs="+", help="a folder or files")
    parser.add_argument("key", metavar="KEY.json")
    parser.add_argument("--notation", metavar="FOLDER", help="TOML notation: a file, or a folder with one for each document")
    arguments = parser.parse_args()
    try:
        entries = read_key(Path(arguments.key))
        paths = find_documents(arguments.documents)
    except UsageError as error:
        print(f"against_key: error: {error}", file=sys.stderr)
        return 2
    settings = Settings(Options(), arguments.notation)
    by_file: dict[str, list[Mapping[str, Any]]] = {}
    for entry in entries:
        by_file.setdefault(entry["file"], []).append(entry)
    table = Table("document", "steps", *KINDS, "heads", "extra", box=box.SIMPLE, pad_edge=False)
    total: Counter[str] = Counter()
    shown: list[str] = []
    for path in paths:
        wanted = by_file.pop(Path(path).name, [])
        report = check_path(path, settings)
        count, details = compare(wanted, report.steps)
        shown += [f"{path}: {problem.message}" for problem in report.problems] + details
        total += count
        table.add_row(Path(path).name, str(len(wanted)), *(str(count[kind]) for kind in (*KINDS, "heads", "extra")))
    for name, wanted in by_file.items():
        total["missing"] += len(wanted)
        table.add_row(name, str(len(wanted)), "0", "0", "0", str(len(wanted)), "0", "0")
    table.add_row("all", str(len(entries)), *(str(total[kind]) for kind in (*KINDS, "heads", "extra")), style="bold")
    console = Console(highlight=False)
    for text in shown:
        print(text + "\n")
    console.print(table)
    return 1 if total["wrong"] else 3 if total["unreadable"] or total["missing"] else 0


def read_key(path: Path) -> list[Mapping[str, Any]]:
    """Return the entries of a key. Raises: UsageError."""
    try:
        found = json.loads(path.read_text("utf-8"))
    except OSError as error:
        raise UsageError(f"{path}: cannot be read: {error.strerror}") from None
    except ValueError as error:
        raise UsageError(f"{path}: this is not JSON: {error}") from None
    entries = found.get("steps") if isinstance(found, dict) else found
    if not isinstance(entries, list) or not all(
        isinstance(e, dict) and {"file", "line", "step", "accept"} <= set(e) for e in entries
    ):
        raise UsageError(f"{path}: every entry needs file, line, step and accept")
    return entries


def compare(wanted: Sequence[Mapping[str, Any]], steps: Sequence[Step]) -> tuple[Counter[str], list[str]]:
    """Return how many steps are right, wrong, unreadable and missing, and the ones that are not right in full."""
    left = list(steps)
    count: Counter[str] = Counter()
    details: list[str] = []
    for entry in wanted:
        step = take(entry, left)
        kind = verdict_on(entry, step)
        count[kind] += 1
        head = entry.get("rhs_equals_chain_head")
        if step is not None and head is not None and step.equals_head is not None and step.equals_head != head:
            count["heads"] += 1
            kind = f"{kind}, but for the chain's head" if kind == "right" else kind
        if kind != "right":
            title = f"{kind}: {entry['file']}:{entry['line']} step {entry['step']}, accepted: {', '.join(entry['accept'])}"
            body = render(step) if step is not None else f"{entry.get('lhs')} = {entry.get('rhs')}"
            details.append(f"{title}\n{body}")
    count["extra"] = len(left)
    return count, details


def take(entry: Mapping[str, Any], left: list[Step]) -> Step | None:
    """Take the step that the entry is about out of the list: by its line and sides, else by its line and number."""
    here = [step for step in left if step.formula == entry["line"]]
    sides = (bare(str(entry.get("lhs", ""))), bare(str(entry.get("rhs", ""))))
    same = [step for step in here if (bare(step.lhs), bare(step.rhs)) == sides]
    numbered = [step for step in here if step.step == entry["step"]]
    found = next((step for step in same if step in numbered), None) or next(iter(same or numbered), None)
    if found is not None:
        left.remove(found)
    return found


def bare(source: str) -> str:
    """Return LaTeX without what only changes its looks."""
    looks = r"\s+|&|\\(?:left|right|[bB]igg?[lr]?|displaystyle|qquad|quad|limits|[,;!])(?![A-Za-z])|\\\\|[.,]$"
    return re.sub(looks, "", source)


def verdict_on(entry: Mapping[str, Any], step: Step | None) -> str:
    if step is None:
        return "missing"
    answers = {step.verdict} | ({"proved with caveat"} if step.verdict == PROVED and step.caveat is not None else set())
    if answers & set(entry["accept"]):
        return "right"
    return "unreadable" if step.verdict == UNREADABLE else "wrong"


if __name__ == "__main__":
    sys.exit(main())
