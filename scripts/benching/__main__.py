"""symbn and its peers on the same tasks, in one run on one machine: medians, spreads, and ratios to symbn.

Seconds are of the processor, as the systems' own clocks give them inside their processes: the start and the imports are left
out, and a small question has been answered before. Cold starts are whole processes. Figures of different runs or machines do
not compare; the ratios do, roughly. A peer that is not there is skipped, and the report says why.
"""

from __future__ import annotations

import argparse
import os
import platform
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from scripts.benching import cold
from scripts.benching.measuring import TIME_OUT, Reply, repeated
from scripts.benching.peers import Peer, peers
from scripts.benching.questions import COLD, TASKS, Question, questions
from scripts.benching.results import Report, Result, result
from scripts.benching.table import markdown

_EXAMPLES = """examples:
  scripts/bench --quick
  scripts/bench --python peers/bin/python -o bench.json     (peers: a venv with `pip install -e '.[bench]'`)
  scripts/bench --task a,c --peer symbn,symengine --timeout 20
  scripts/bench --read bench.json --format markdown"""


def main(arguments: Sequence[str] | None = None) -> int:
    options = _parser().parse_args(arguments)
    if options.read:
        report = Report.from_json(Path(options.read).read_text("utf-8"))
    else:
        report = measured(peers(options.python), options.task, options.peer, options)
    form = options.format or ("json" if options.output and options.output.endswith(".json") else "markdown")
    text = report.to_json() + "\n" if form == "json" else markdown(report)
    if options.output:
        Path(options.output).write_text(text, "utf-8")
    else:
        sys.stdout.write(text)
    return 0


def measured(systems: Sequence[Peer], tasks: Sequence[str], groups: frozenset[str] | None, options: argparse.Namespace) -> Report:
    """Ask every system that is there every question it takes. options: see `--help`."""
    wanted = [peer for peer in systems if groups is None or peer.group in groups]
    needed = [peer for peer in wanted if any(peer.takes(q) for task in tasks for q in questions(task, options.quick))]
    there: list[Peer] = []
    skipped: dict[str, str] = {}
    for peer in needed:
        reason = peer.missing()
        if reason is None:
            there.append(peer)
        else:
            skipped[peer.name] = reason
            _say(f"skipped: {peer.name}: {reason}")
    results = [found for task in tasks for found in _task(task, there, groups, options)]
    versions = {peer.name: peer.version() for peer in there}
    about = {
        "machine": f"{platform.machine()}, {os.cpu_count()} cores, {platform.system()}, Python {platform.python_version()}",
        "load": " ".join(f"{load:.1f}" for load in os.getloadavg()),
        "time-out": f"{options.timeout:g} s of the processor",
        "runs": f"up to {options.repeat}, fewer of what is slow",
    }
    return Report(about, versions, skipped, tuple(results))


def _task(task: str, systems: Sequence[Peer], groups: frozenset[str] | None, options: argparse.Namespace) -> Iterator[Result]:
    if task == "f":
        question = Question(task, COLD, TASKS[task], None)
        for name, replies in cold.measured(options.python, groups, options.timeout, options.repeat):
            yield _said(result(question, name, replies))
        return
    for peer in systems:
        late: set[str] = set()
        for question in filter(peer.takes, questions(task, options.quick)):
            if question.key in late:
                replies = [Reply(TIME_OUT, 0.0, 0, "not asked: a smaller size was too much")]
            else:
                replies = repeated(
                    peer.command(question), peer.script(question), options.timeout, peer.complaint, options.repeat
                )
            if replies[-1].answer == TIME_OUT:
                late.add(question.key)
            yield _said(result(question, peer.name, replies, peer.clock))


def _said(found: Result) -> Result:
    size = "" if found.size is None else f", m = {found.size}"
    _say(f"({found.task}) {found.system}: {found.key}{size}: {found.outcome or found.answer}, {found.median:.4f} s {found.note}")
    return found


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def _tasks(text: str) -> list[str]:
    found = text.split(",")
    if unknown := [task for task in found if task not in TASKS]:
        raise argparse.ArgumentTypeError(f"there is no task {unknown[0]!r}: choose from {', '.join(TASKS)}")
    return found


def _groups(text: str) -> frozenset[str]:
    found, known = frozenset(text.lower().split(",")), {peer.group for peer in peers(sys.executable)}
    if unknown := found - known:
        raise argparse.ArgumentTypeError(f"there is no peer {min(unknown)!r}: choose from {', '.join(sorted(known))}")
    return found | {"symbn"}


def _parser() -> argparse.ArgumentParser:
    tasks = "\n".join(f"  {name}  {about}" for name, about in TASKS.items())
    parser = argparse.ArgumentParser(
        prog="scripts/bench", description=f"{__doc__}\ntasks:\n{tasks}", epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )  # fmt: skip
    parser.add_argument("--task", type=_tasks, default=list(TASKS), metavar="A,B", help="only these tasks")
    parser.add_argument("--peer", type=_groups, metavar="A,B", help="only symbn and these peers")
    parser.add_argument("--python", type=os.path.abspath, default=sys.executable, metavar="PATH", help="an interpreter that has the peers' libraries")
    parser.add_argument("--quick", action="store_true", help="small sizes and few identities")
    parser.add_argument("--timeout", type=float, default=60.0, metavar="SECONDS", help="processor time for a question")
    parser.add_argument("--repeat", type=int, default=5, metavar="N", help="runs of each question")
    parser.add_argument("--format", choices=("markdown", "json"), help="markdown, unless the output is called .json")
    parser.add_argument("-o", "--output", metavar="FILE", help="write the report there")
    parser.add_argument("--read", metavar="FILE", help="do not measure: show the report that is in this JSON file")
    return parser


if __name__ == "__main__":
    raise SystemExit(main())
