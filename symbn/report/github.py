"""Workflow commands of GitHub Actions, which it shows beside the lines of a pull request.

    ::error file=notes.md,line=4,col=75,endLine=4,endColumn=76,title=symbn wrong-sign::the last term is added, but ..

A message ends at the line's end, and a property at a comma or colon, so these are percent-encoded; else a formula could
begin a command of its own.
"""

from __future__ import annotations

from collections.abc import Sequence

from symbn.answer import DocumentReport, Step
from symbn.report.outcome import NOTE, code, details, findings, level, message
from symbn.report.places import region
from symbn.report.terminal import printable

_COMMANDS = {NOTE: "notice"}


def as_github(reports: Sequence[DocumentReport]) -> str:
    """Return a command for each problem and each caveat."""
    return "\n".join(_command(report, step) for report in reports for step in findings(report))


def _command(report: DocumentReport, step: Step) -> str:
    (line, column), (end_line, end_column) = region(step)
    properties = {
        "file": step.file or report.path,
        "line": line,
        "col": column,
        "endLine": end_line,
        # GitHub refuses an end column where the range has several lines.
        **({"endColumn": end_column} if end_line == line else {}),
        "title": f"symbn {code(step)}",
    }
    head = ",".join(f"{name}={_property(str(value))}" for name, value in properties.items())
    lines = [message(step), *(f"{label}: {text}" if label else text for label, text in details(step))]
    return f"::{_COMMANDS.get(level(step), level(step))} {head}::{_data(lines)}"


def _data(lines: list[str]) -> str:
    return "%0A".join(printable(line).replace("%", "%25") for line in lines)


def _property(text: str) -> str:
    """Return a property's value. A file's name keeps its own characters, since it is looked up; only the line's end matters."""
    for character, encoded in (("%", "%25"), ("\r", "%0D"), ("\n", "%0A"), (":", "%3A"), (",", "%2C")):
        text = text.replace(character, encoded)
    return "".join(c if c.isprintable() or c == " " else "\N{REPLACEMENT CHARACTER}" for c in text)
