"""symbn and its peers on the same tasks, in one run on one machine: medians, spreads, and ratios to symbn.

Seconds are of the processor, as the systems' own clocks give them inside their processes: the start and the imports are left
out, and a small question has been answered before. Cold starts are whole processes. Figures of different runs or machines do
not compare; the ratios do, roughly. A peer that is not there is skipped, and the report says why.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from scripts.benching.asking_all import Settings, measured
from scripts.benching.peers import peers
from scripts.benching.questions import TASKS
from scripts.benching.results import Report
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
        settings = Settings(tuple(options.task), options.peer, options.python, options.quick, options.timeout, options.repeat)
        report = measured(peers(options.python), settings)
    form = options.format or ("json" if options.output and options.output.endswith(".json") else "markdown")
    text = report.to_json() + "\n" if form == "json" else markdown(report)
    if options.output:
        Path(options.output).write_text(text, "utf-8")
    else:
        sys.stdout.write(text)
    return 0


def _tasks(text: str) -> list[str]:
    found = text.split(",")
    if unknown := [task for task in found if task not in TASKS]:
        raise argparse.ArgumentTypeError(f"there is no task {unknown[0]!r}: choose from {', '.join(TASKS)}")
    return found


def _groups(text: str) -> frozenset[str]:
    found, all_peers = frozenset(text.lower().split(",")), peers(sys.executable)
    groups = {peer.group for peer in all_peers}
    if unknown := found - groups - {peer.name.lower() for peer in all_peers}:
        raise argparse.ArgumentTypeError(f"there is no peer {min(unknown)!r}: choose from {', '.join(sorted(groups))}")
    return found | {"symbn"}


def _parser() -> argparse.ArgumentParser:
    tasks = "\n".join(f"  {name}  {about}" for name, about in TASKS.items())
    parser = argparse.ArgumentParser(
        prog="scripts/bench", description=f"{__doc__}\ntasks:\n{tasks}", epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )  # fmt: skip
    parser.add_argument("--task", type=_tasks, default=list(TASKS), metavar="A,B", help="only these tasks")
    parser.add_argument("--peer", type=_groups, metavar="A,B", help="only symbn and these peers")
    parser.add_argument(
        "--python",
        type=os.path.abspath,
        default=sys.executable,
        metavar="PATH",
        help="an interpreter that has the peers' libraries",
    )
    parser.add_argument("--quick", action="store_true", help="small sizes and few identities")
    parser.add_argument("--timeout", type=float, default=60.0, metavar="SECONDS", help="processor time for a question")
    parser.add_argument("--repeat", type=int, default=5, metavar="N", help="runs of each question")
    parser.add_argument("--format", choices=("markdown", "json"), help="markdown, unless the output is called .json")
    parser.add_argument("-o", "--output", metavar="FILE", help="write the report there")
    parser.add_argument("--read", metavar="FILE", help="do not measure: show the report that is in this JSON file")
    return parser


if __name__ == "__main__":
    raise SystemExit(main())
