"""One answer from what was read and, where that is allowed, what was run."""

from __future__ import annotations

from dataclasses import replace

from symbn.answer import PROVED, REFUTED, UNDECIDED
from symbn.code.answer import FunctionReport
from symbn.code.checking import Request, check_function
from symbn.code.following import Reading, Running
from symbn.code.source import Source


def answer(source: Source, request: Request, run: bool = False, seconds: float = 20.0) -> FunctionReport:
    """Return the answer about a function. run: have Python run the file, too, for so many seconds. Raises: UsageError."""
    report = check_function(source, request, Reading(source))
    return _with_run(report, check_function(source, request, Running(source, seconds))) if run else report


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
