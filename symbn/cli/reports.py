"""The formats of reports by name, and where a report goes: what `check` and `verify` share."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from symbn import __version__
from symbn.answer import DocumentReport, Step
from symbn.catalogue import CATALOGUE
from symbn.document.read import kind_of, read_document
from symbn.errors import UsageError
from symbn.report.terminal import render
from symbn.running import STDIN, document_bytes

PDF, MARKS = "pdf", "latex-marks"
_ENDINGS = {
    ".txt": "text", ".json": "json", ".jsonl": "json", ".sarif": "sarif", ".xml": "junit", ".md": "markdown", ".html": "html",
    ".htm": "html", ".tex": "latex", ".pdf": PDF, ".symbn": MARKS,
}  # fmt: skip


def format_of(asked: str | None, output: str | None) -> str:
    """Return the format that was asked for, or that the file's ending stands for. Raises: UsageError."""
    ending = os.path.splitext(output or "")[1].lower()
    found = asked or _ENDINGS.get(ending, "text")
    if found == PDF and output is None:
        raise UsageError("a PDF needs a file to go to: -o FILE.pdf")
    if asked is None and ending and ending not in _ENDINGS:
        raise UsageError(f"{ending[:20]} is the ending of no format: say which one with --format")
    return found


def written(reports: Sequence[DocumentReport], format: str, explain: bool = False, only: str | None = None) -> str:
    """Return the reports in a format that is complete only when every document is known. A PDF is made of its LaTeX.

    A format is loaded when it is asked for: all of them together take as long as a hundred equations.
    """
    match format:
        case "json":
            from symbn.report.json import as_json

            return as_json(reports)
        case "sarif":
            from symbn.report.sarif import as_sarif

            return as_sarif(reports, CATALOGUE, __version__)
        case "github":
            from symbn.report.github import as_github

            return as_github(reports)
        case "junit":
            from symbn.report.junit import as_junit

            return as_junit(reports)
        case "markdown":
            from symbn.report.markdown import as_markdown

            return as_markdown(reports)
        case "html":
            from symbn.report.webpage import as_html

            return as_html(reports, CATALOGUE, explain, only)
        case "latex" | "pdf":
            from symbn.report.latex import as_latex

            return as_latex(reports, CATALOGUE, explain, only)
        case _:
            raise UsageError(f"there is no format {format[:40]!r} here")


def deliver(text: str, format: str, output: str | None) -> None:
    """Write a report to a file, whole or not at all, or to standard output. Raises: UsageError, PdfError."""
    if format == PDF and output is not None:
        from symbn.publishing.pdf import compile_pdf

        compile_pdf(text, output)
    elif output is not None:
        from symbn.publishing.files import write_whole

        write_whole(output, text.removesuffix("\n") + "\n" if text else "")
    elif text:
        print(text.removesuffix("\n"), flush=True)


def marks(reports: Sequence[DocumentReport], paths: Sequence[str], output: str | None) -> str:
    """Return the side file of symbn.sty. Files are named as TeX names them: from where it is written. Raises: UsageError."""
    from symbn.report.marks import HEAD, marks_of

    folder = os.path.dirname(os.path.abspath(output)) if output is not None else os.getcwd()
    parts = [f"{HEAD}\n"]
    for path, report in zip(paths, reports, strict=True):
        if path == STDIN:
            raise UsageError("marks are set by the name of a file, so standard input cannot have any")
        data = document_bytes(path)
        if kind_of(path, data.decode("utf-8", "replace")) != "latex":
            continue
        document = read_document(path, data)
        if document.text != report.text:
            raise UsageError(f"{path}: changed while it was being checked; check it again")
        name = Path(os.path.relpath(path, folder)).as_posix()
        if not name.isprintable():
            raise UsageError(f"{path}: no line of the side file can hold this name")
        parts.append(marks_of(name, data, document, report))
    if len(parts) == 1:
        raise UsageError("there is no LaTeX file among the documents, so there is nothing to mark")
    return "".join(parts)


def report_formulas(steps: Sequence[Step], asked: str | None, output: str | None) -> None:
    """Write the report on formulas that are in no document, file by file. Raises: UsageError, PdfError."""
    format = format_of(asked, output)
    if format in ("sarif", "junit", MARKS):
        raise UsageError(f"{format} is a format of `symbn check`: formulas have no place in a file")
    if format == "text":
        deliver("\n".join(render(step) for step in steps), format, output)
        return
    files = dict.fromkeys(step.file for step in steps)
    reports = [DocumentReport(file or "formulas", tuple(step for step in steps if step.file == file)) for file in files]
    deliver(written(reports, format), format, output)
