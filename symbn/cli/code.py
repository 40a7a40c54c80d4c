"""`symbn code`: are the backward functions of a Python file the exact gradients?"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from symbn.answer import PROVED, REFUTED, UNDECIDED
from symbn.cli.output import style_for
from symbn.cli.statuses import OK, SOME_OPEN, SOME_REFUTED
from symbn.errors import UsageError
from symbn.report.terminal import printable

if TYPE_CHECKING:
    from symbn.code.answer import FunctionReport

EXAMPLES = r"""
examples:
  symbn code layers.py
  symbn code layers.py:batchnorm_backward --forward batchnorm_forward
  symbn code layers.py:ln_bwd --layout layernorm --let xhat=h
  symbn code assignment2.ipynb:batchnorm_backward_alt --run
  symbn code norm.py --shape 4,3 --shape 2,2,2,2 --json

what is decided: whether dx, dgamma and dbeta are the exact gradients of sum(dout * y), for symbolic x, dout, gamma, beta and
eps. the function is read by an interpreter that executes nothing: for every N and D at once where it is straight-line code,
else at several shapes. code that cannot be read has to be run, and running a file means that its code is executed, imports
and all: symbn asks for that, --run or yes at the prompt. it is run in a process of its own with limits on time, memory and
output, in a temporary folder, without a network where the system allows it; that is a seat belt, not a wall: do not run what
you would not run yourself. exit status: as for verify (1: something is refuted, 3: something is undecided)
"""


# Written out, so that `symbn verify` need not load the layouts to start; a test compares.
LAYOUTS = "batchnorm, layernorm, rows, vector, spatial, channels-last"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("targets", metavar="FILE[:FUNCTION]", nargs="+", help="a .py file or a notebook, and its function")
    parser.add_argument("--forward", metavar="NAME", help="the forward function whose cache it gets (default: found by name)")
    parser.add_argument("--no-forward", action="store_true", help="make the cache from its names, even if there is a forward")
    parser.add_argument("--layout", metavar="LAYOUT", help=f"what x is: {LAYOUTS} (default: what fits)")
    parser.add_argument(
        "--let", metavar="ROLE=NAME", action="append", default=[], help="what a name is: --let xhat=h; repeatable"
    )
    parser.add_argument("--shape", metavar="N,D", action="append", default=[], help="decide at this shape of x; repeatable")
    parser.add_argument("--run", action="store_true", help="run the code, too: the file is executed, in a sandbox")
    parser.add_argument("--time-limit", metavar="S", default="20", help="seconds that a run may take (default: 20)")
    parser.add_argument(
        "--numeric", action="store_true", help="compare with numeric gradients in float64, too; they change no verdict"
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object a line for each function")


def run(arguments: argparse.Namespace) -> int:
    """Check the functions, print an answer for each, and return the exit status. Raises: UsageError."""
    reports = []
    style = style_for(sys.stdout, arguments.color)
    for report in _reports(arguments):
        reports.append(report)
        if arguments.json:
            import json

            from symbn.code.report import record

            print(json.dumps(record(report), ensure_ascii=False), flush=True)
        else:
            from symbn.code.report import render

            print(render(report, style), end="\n\n", flush=True)
    if not arguments.json:
        print(_summary(reports))
    verdicts = {report.verdict for report in reports}
    return SOME_REFUTED if REFUTED in verdicts else OK if verdicts == {PROVED} else SOME_OPEN


def _summary(reports: Sequence[FunctionReport]) -> str:
    counts = {kind: sum(report.verdict == kind for report in reports) for kind in (PROVED, REFUTED, UNDECIDED)}
    said = ", ".join(f"{count} {kind}" for kind, count in counts.items() if count)
    return f"{len(reports)} function{'s' if len(reports) != 1 else ''}: {said}"


def _reports(arguments: argparse.Namespace) -> Iterator[FunctionReport]:
    from symbn.code.answer import READ, FunctionReport
    from symbn.code.answering import answer
    from symbn.code.checking import Request
    from symbn.code.names import lets
    from symbn.code.source import backward_functions, load

    seconds = _seconds(arguments.time_limit)
    request = Request("", "" if arguments.no_forward else arguments.forward, _layout(arguments.layout), lets(arguments.let),
                      tuple(map(_shape, arguments.shape)))  # fmt: skip
    for target in arguments.targets:
        path, name = _split(target)
        source = load(path)
        names = [name] if name else list(backward_functions(source))
        if not names:
            own = ", ".join(source.functions) or "none"
            raise UsageError(f"{path}: no function looks like a backward pass (a name with `backward`, a parameter dout);"
                             f" name one, {path}:FUNCTION; it has {own}")  # fmt: skip
        for each in names:
            asked = replace(request, function=each)
            try:
                report = answer(source, asked, arguments.run, seconds)
            except UsageError as error:
                if name:
                    raise
                # Of a whole file, the other functions are still to be answered.
                yield FunctionReport(
                    path, each, source.functions[each].lineno, "", READ, reason=_behind_the_path(str(error), path)
                )
                continue
            if not arguments.run and not report.parts and report.needs_running and _may_run(report):
                report = answer(source, asked, True, seconds)
            if arguments.numeric:
                from symbn.code.witness import with_witness

                report = with_witness(report, source, asked.means or {}, arguments.run, seconds)
            yield report


def _behind_the_path(reason: str, path: str) -> str:
    return reason.removeprefix(f"{path}: ")


def _may_run(report: FunctionReport) -> bool:
    """Ask whether the code may be run; where there is nobody to ask, it may not."""
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        return False
    print(f"{printable(report.file)}: {report.function} cannot be read: {report.reason}", file=sys.stderr)
    print("Run the file in a sandbox? Its code is executed, imports and all. [y/N] ", end="", file=sys.stderr, flush=True)
    return sys.stdin.readline().strip().lower() in ("y", "yes")


def _split(target: str) -> tuple[str, str]:
    path, colon, name = target.rpartition(":")
    return (path, name) if colon and name.isidentifier() and path else (target, "")


def _layout(name: str | None) -> str | None:
    from symbn.code.layouts import BY_NAME

    if name is not None and name not in BY_NAME:
        raise UsageError(f"--layout wants one of {', '.join(BY_NAME)}; got {name[:40]!r}")
    return name


def _shape(text: str) -> tuple[int, ...]:
    parts = text.replace("x", ",").split(",")
    if not all(part.strip().isdecimal() and 0 < int(part) <= 12 for part in parts) or len(parts) > 4:
        raise UsageError(f"--shape wants sizes from 1 to 12, such as 4,3; got {text[:40]!r}")
    return tuple(int(part) for part in parts)


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if not 0 < seconds <= 3600:
        raise UsageError(f"--time-limit wants seconds, such as 20; got {text[:40]!r}")
    return seconds
