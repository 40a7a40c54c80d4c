"""GitHub-flavoured Markdown, for a comment under a pull request or a job's summary: a table, then a section for each problem.

Whatever comes from a document is either in a fence that is longer than any in the text, which Markdown does not interpret, or
has every character escaped that Markdown or HTML would. A formula is typeset only if nothing in it can end the formula.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from symbn.answer import ASSUMED, CAVEAT, PROVED, REFUTED, UNDECIDED, UNREADABLE, Counterexample, DocumentReport, Step
from symbn.report.outcome import code, counterexample, is_problem, message, problems
from symbn.report.summary import conclusion, counts
from symbn.report.terminal import Style, printable, surprise, vectors

_HEADS = ("steps", PROVED, CAVEAT, REFUTED, UNDECIDED, UNREADABLE, ASSUMED, "as expected", "unexpected")
_SPECIAL = re.compile(r"[\\`*_\[\]|~$]|:(?=\S)|(?<=www)\.")
_HTML = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
_COMMAND = re.compile(r"^\s*::", re.MULTILINE)
_LINKED = re.compile("([@#])")
_WIDE = Style(10**6)


def as_markdown(reports: Sequence[DocumentReport]) -> str:
    """Return the report, with a final newline."""
    parts = ["## symbn", escaped(conclusion(reports, _WIDE)), _summary(reports)]
    for report in reports:
        for step in problems(report):
            parts += _section(report, step)
        caveats = [step for step in problems(report, CAVEAT) if not is_problem(step) and step.expected is None]
        if caveats:
            parts.append(f"### Caveats in {escaped(report.path)}")
            parts.append("\n".join(f"- line {step.line}: {escaped(message(step))}" for step in caveats))
    return "\n\n".join(parts) + "\n"


def _summary(reports: Sequence[DocumentReport]) -> str:
    rows = [(report.path, counts(report)) for report in reports]
    if len(rows) != 1:
        rows.append((f"{len(reports)} documents", {head: sum(row[1][head] for row in rows) for head in _HEADS}))
    lines = [f"| document | {' | '.join(_HEADS)} |", "|---" + "|---:" * len(_HEADS) + "|"]
    lines += [f"| {escaped(path)} | {' | '.join(str(count[head]) for head in _HEADS)} |" for path, count in rows]
    return "\n".join(lines)


def _section(report: DocumentReport, step: Step) -> list[str]:
    parts = [f"### {escaped(step.file or report.path)}, line {step.line}: {escaped(code(step))}"]
    parts.append(f"**{step.verdict}**: {escaped(message(step))}")
    if step.step:
        parts.append(_formula(f"{step.lhs} = {step.rhs}" if step.rhs else step.lhs))
    if step.surprising and message(step) != surprise(step):
        parts.append(escaped(surprise(step)))
    if step.counterexample is not None:
        parts.append(_values(step.counterexample, counterexample(step) or ""))
    if step.repair is not None:
        parts += ["Write instead:", _formula(step.repair.latex)]
    said = [
        *(("read as", step.statement),) * (step.statement is not None),
        *(("reading", reading) for reading in step.readings if step.caveat is None),
        *(("only if", step.caveat),) * (step.caveat is not None),
        *(("note", note) for note in step.notes),
        *(("help", fault.help) for fault in step.diagnostics if fault.help),
    ]
    if said:
        parts.append("\n".join(f"- {label}: {escaped(text or '')}" for label, text in said))
    return parts


def _values(found: Counterexample, line: str) -> str:
    """Return the counterexample as a table, under the batch size at which it was found."""
    shown = [*vectors(found.entries), *(f"{name} = {place}" for name, place in found.indices), *vectors(found.derived)]
    pairs = [*(text.partition(" = ")[::2] for text in shown), ("left side", str(found.left)), ("right side", str(found.right))]
    head = f"They differ at {escaped(line.partition(': ')[0].partition(';')[0])}:"
    return "\n".join([head, "", "| name | value |", "|---|---|", *(f"| {escaped(a)} | {escaped(b)} |" for a, b in pairs)])


def _formula(latex: str) -> str:
    """Return a block of mathematics, or of code if it is not LaTeX: an unreadable formula may be anything.

    In a fence nothing is interpreted; the fence is longer than every row of backticks in it. Where a line would be a command
    to a CI service that logs it, a bar stands before it.
    """
    text = "\n".join(map(printable, latex.split("\n")))  # a comment in it ends at the line's end
    fence = "`" * max(3, 1 + max((len(run) for run in re.findall("`+", text)), default=0))
    kind = "math" if "\\" in text and "`" not in text and "$" not in text else "text"
    if _COMMAND.search(text):
        kind, text = "text", _COMMAND.sub(r"| \g<0>", text)
    return f"{fence}{kind}\n{text}\n{fence}"


def escaped(text: str) -> str:
    """Return the text with everything escaped that Markdown or HTML would interpret, on one line.

    Only what is special inside a line: nothing of a document ever begins one. Addresses would become links (`://`, `www.`),
    names would notify people (`@`), numbers would link issues (`#`): GitHub looks for these in the finished page, where
    an escape is gone, so that an empty comment parts them.
    """
    html = "".join(_HTML.get(c, c) for c in _SPECIAL.sub(r"\\\g<0>", printable(text)))
    return _LINKED.sub(r"\1<!-- -->", html)
