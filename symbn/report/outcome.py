"""What an answer amounts to, decided in one place for every report: is it a problem, how grave, in which words, which status.

A step is a problem if it is refuted, undecided or unreadable and its document does not expect that, or if it differs from what
the document expects. A step that is as expected is none, whatever its verdict; nor is a proof under a caveat, which is a
note. A fault of the document itself (its front matter, a directive) is reported as an unreadable step with the number 0.
"""

from __future__ import annotations

from collections.abc import Sequence

from symbn.answer import ASSUMED, CAVEAT, PROVED, REFUTED, UNDECIDED, UNREADABLE, VERDICTS, DocumentReport, Step
from symbn.diagnostic import position
from symbn.report.terminal import point, surprise

OK, SOME_REFUTED, SOME_OPEN = 0, 1, 3
UNEXPECTED = "unexpected"
ERROR, WARNING, NOTE = "error", "warning", "note"


def faults(report: DocumentReport) -> tuple[Step, ...]:
    """Return the document's own faults, each as an unreadable step with the number 0."""
    return tuple(
        Step(
            report.text, fault.span, 0, "", "", UNREADABLE, "all m", report.path, *position(report.text, fault.span.start),
            reason=fault.message, diagnostics=(fault,),
        )
        for fault in report.problems
    )  # fmt: skip


def is_problem(step: Step) -> bool:
    """Tell whether a step wants the author's attention."""
    return step.surprising if step.expected is not None else step.verdict in (REFUTED, UNDECIDED, UNREADABLE)


def problems(report: DocumentReport, only: str | None = None) -> tuple[Step, ...]:
    """Return the problems of a document, its own faults first.

    only: a verdict, `caveat`, `unexpected` or a catalogue's code: all steps of that kind instead, expected or not.
    """
    steps = (*faults(report), *report.steps)
    return tuple(step for step in steps if (is_problem(step) if only is None else _matches(step, only)))


def findings(report: DocumentReport) -> tuple[Step, ...]:
    """Return the problems, and the proofs under a caveat that nobody expects: what a list for other programs holds."""
    steps = (*faults(report), *report.steps)
    return tuple(step for step in steps if is_problem(step) or (_matches(step, CAVEAT) and step.expected is None))


def _matches(step: Step, only: str) -> bool:
    if only == CAVEAT:
        return step.verdict == PROVED and step.caveat is not None
    if only == UNEXPECTED:
        return step.surprising
    return step.verdict == only if only in VERDICTS else only in step.codes


def status(reports: Sequence[DocumentReport]) -> int:
    """Return the exit status: 1 if a step is refuted without being expected to be, or differs from what is expected; else 3 if
    something is undecided or unreadable, or a document has a fault of its own; else 0."""
    found = [step for report in reports for step in problems(report)]
    if any(step.surprising or step.verdict == REFUTED for step in found):
        return SOME_REFUTED
    return SOME_OPEN if found else OK


def level(step: Step) -> str:
    """Return how grave a step is: an error, a warning (not decided) or a note (a caveat, or nothing at all)."""
    if not is_problem(step):
        return NOTE
    return WARNING if step.verdict == UNDECIDED and not step.surprising else ERROR


def code(step: Step) -> str:
    """Return the name of what is wrong: the catalogue's code, or else the verdict."""
    if step.surprising and step.verdict in (PROVED, ASSUMED):
        return UNEXPECTED
    if step.verdict == REFUTED:
        return step.repair.code if step.repair is not None else REFUTED
    if step.verdict == UNREADABLE:
        return step.codes[0] if step.codes else UNREADABLE
    return CAVEAT if step.caveat is not None else step.verdict


def message(step: Step) -> str:
    """Return what there is to say of a step in one sentence."""
    if step.surprising and step.verdict in (PROVED, ASSUMED):
        return surprise(step)
    if step.verdict == REFUTED:
        return step.repair.message if step.repair is not None else "the two sides are not equal"
    if step.verdict == UNREADABLE and step.diagnostics:
        return step.diagnostics[0].message
    if step.caveat is not None:
        return f"proved, but only if {step.caveat}"
    return step.reason or {PROVED: "proved", ASSUMED: "taken as given"}.get(step.verdict, "no reason is known")


def counterexample(step: Step) -> str | None:
    """Return the point at which the sides differ and their values, in one line."""
    found = step.counterexample
    if found is None:
        return None
    below = f" (true for m <= {step.true_up_to})" if step.true_up_to is not None else ""
    head, _, values = point(found).partition(", ")
    return f"{head}{below}{': ' if values else ''}{values}; left = {found.left}, right = {found.right}"


def details(step: Step) -> tuple[tuple[str, str], ...]:
    """Return the rest of what there is to say, as labels and texts, for reports that have no layout of their own."""
    found = counterexample(step)
    said = [
        ("", surprise(step) if step.surprising and message(step) != surprise(step) else None),
        ("", None if found is None else f"refuted at {found}"),
        ("repair", step.repair.latex if step.repair is not None else None),
        ("read as", step.statement),
        *(("reading", reading) for reading in step.readings if step.caveat is None),
        *(("note", note) for note in step.notes),
        *(("help", fault.help) for fault in step.diagnostics),
    ]
    return tuple((label, text) for label, text in said if text)
