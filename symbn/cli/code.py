"""`symbn code`: are the backward functions of a Python file the exact gradients?"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace

from symbn.answer import PROVED, REFUTED, UNDECIDED
from symbn.cli.output import style_for
from symbn.cli.statuses import OK, SOME_OPEN, SOME_REFUTED
from symbn.code.answer import FunctionReport
from symbn.errors import UsageError
from symbn.report.terminal import printable

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


def add_arguments(parser: argparse.ArgumentParser) -> None:
    from symbn.code.layouts import LAYOUTS

    names = ", ".join(layout.name for layout in LAYOUTS)
    parser.add_argument("targets", metavar="FILE[:FUNCTION]", nargs="+", help="a .py file or a notebook, and its function")
    parser.add_argument("--forward", metavar="NAME", help="the forward function whose cache it gets (default: found by name)")
    parser.add_argument("--no-forward", action="store_true", help="make the cache from its names, even if there is a forward")
    parser.add_argument("--layout", metavar="LAYOUT", help=f"what x is: {names} (default: what fits)")
    parser.add_argument(
        "--let", metavar="ROLE=NAME", action="append", default=[], help="what a name is: --let xhat=h; repeatable"
    )
    parser.add_argument("--shape", metavar="N,D", action="append", default=[], help="decide at this shape of x; repeatable")
    parser.add_argument("--run", action="store_true", help="run the code, too: the file is executed, in a sandbox")
    parser.add_argument("--time-limit", metavar="S", default="20", help="seconds that a run may take (default: 20)")
    parser.add_argument("--json", action="store_true", help="print one JSON object a line for each function")


def run(arguments: argparse.Namespace) -> int:
    """Check the functions, print an answer for each, and return the exit status. Raises: UsageError."""
    reports = []
    style = style_for(sys.stdout, arguments.color)
    for report in _reports(arguments):
        reports.append(report)
        if arguments.json:
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
    from symbn.code.checking import Request, check_function
    from symbn.code.following import Reading, Running
    from symbn.code.source import backward_functions, load

    seconds = _seconds(arguments.time_limit)
    request = Request("", "" if arguments.no_forward else arguments.forward, _layout(arguments.layout), _means(arguments.let),
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
            report = check_function(source, asked, Reading(source))
            if arguments.run or (not report.parts and _may_run(report)):
                report = _with_run(report, check_function(source, asked, Running(source, seconds)))
            yield report


def _with_run(read: FunctionReport, ran: FunctionReport) -> FunctionReport:
    """Return one answer from what was read and what was run, which must not contradict each other."""
    if not read.parts:
        return ran
    if not ran.parts:
        return replace(read, readings=(*read.readings, f"it could not be run: {ran.reason}"))
    against = {part.name: part.verdict for part in ran.parts}
    for part in read.parts:
        if {part.verdict, against.get(part.name)} == {PROVED, REFUTED}:
            said = f"this is a bug in symbn: {part.name} is {part.verdict} as it is read, and {against[part.name]} as it runs"
            return replace(read, parts=(), findings=(), reason=said)
    if read.verdict == UNDECIDED:
        return ran
    return replace(read, readings=(*read.readings, f"run, too, with the same answer: {ran.parts[0].scope}"))


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


def _means(lets: Sequence[str]) -> dict[str, str]:
    from symbn.code.names import nodes

    found = {}
    for text in lets:
        role, equals, name = text.partition("=")
        known = nodes(role.strip())
        if not equals or not known or not name.strip().isidentifier():
            raise UsageError(f"--let wants ROLE=NAME, such as xhat=h or std=sig; got {text[:60]!r}")
        found[name.strip()] = known[0]
    return found


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
