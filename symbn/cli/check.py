"""`symbn check`: documents in, a report out."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from time import monotonic

from symbn import cache
from symbn.answer import VERDICTS, DocumentReport
from symbn.catalogue import CATALOGUE
from symbn.cli.progress import Pace, display
from symbn.cli.output import batch_size, style_for
from symbn.cli.reports import MARKS, deliver, format_of, marks, written
from symbn.elaboration.notation import Notation
from symbn.errors import UsageError
from symbn.judging import DOCUMENT_SECONDS, Options
from symbn.report.listing import render_report
from symbn.report.outcome import problems, status
from symbn.report.summary import Tally, conclusion, summary, tally, worst
from symbn.report.terminal import Style, printable, wrap
from symbn.processes import check_paths
from symbn.running import Settings, check_notation, find_documents

JSONL = "jsonl"
_WIDTH = 100  # of a report in a file
_KINDS_OF_STEP = (*VERDICTS, "caveat", "unexpected")


def run(arguments: argparse.Namespace) -> int:
    """Check the documents that the arguments name, print the report, and return the exit status. Raises: UsageError."""
    if arguments.only is not None and arguments.only not in (*_KINDS_OF_STEP, *CATALOGUE):
        raise UsageError(f"--only wants {', '.join(_KINDS_OF_STEP)}, or a code of `symbn explain`; got {arguments.only!r}")
    notation = Notation(mode=arguments.mode).with_lets(arguments.let)
    kept = None if arguments.no_cache or arguments.numeric else str(arguments.cache or cache.folder())
    seconds = _seconds(arguments.time_limit)
    options = Options(notation, batch_size(arguments.batch), not arguments.no_repair, arguments.numeric, seconds)
    settings = Settings(options, arguments.notation, kept, arguments.kind)
    if arguments.notation is not None and not os.path.exists(arguments.notation):
        raise UsageError(f"--notation: there is no file or folder {arguments.notation}")
    if arguments.notation is not None and os.path.isfile(arguments.notation):
        check_notation(Path(arguments.notation))
    format = JSONL if _wants_records(arguments) else format_of(arguments.format, arguments.output)
    if format == JSONL:
        from symbn.cli import many  # what it stands on, processes and a data base, would be felt at every start

        return many.run(arguments, settings, _jobs(arguments.jobs))
    style = style_for(sys.stdout, arguments.color) if arguments.output is None else Style(_WIDTH)
    paths = find_documents(arguments.paths)
    found = _answers(paths, settings, arguments)
    if format in ("text", "json"):
        return _told(found, format, style, arguments)
    reports = list(found)
    if format == MARKS:
        deliver(marks(reports, paths, arguments.output), format, arguments.output)
    else:
        deliver(written(reports, format, arguments.explain, arguments.only), format, arguments.output)
    return status(reports)


def _told(reports: Iterator[DocumentReport], format: str, style: Style, arguments: argparse.Namespace) -> int:
    """Tell each document as soon as it is known, if somebody may be waiting for it, and then forget it but for its numbers."""
    tallies: list[Tally] = []
    codes: dict[str, None] = {}
    shown: list[str] = []
    for report in reports:
        text = _text(report, style, arguments) if format == "text" else written([report], format)
        if arguments.output is None:
            deliver(text, format, None)
        elif text:
            shown.append(text)
        tallies.append(tally(report))
        codes.update(dict.fromkeys(code for step in problems(report, arguments.only) for code in step.codes))
    if format == "text":
        end = _end(tallies, [*codes] if arguments.explain else [], style)
        deliver("\n".join([*shown, end]), format, arguments.output)
    elif arguments.output is not None:
        deliver("\n".join(shown), format, arguments.output)
    return worst(one.status for one in tallies)


def _answers(paths: list[str], settings: Settings, arguments: argparse.Namespace) -> Iterator[DocumentReport]:
    """Yield the reports; with --numeric, a witness beside each step."""
    for report in _watched(paths, settings, 1 if arguments.numeric else _jobs(arguments.jobs)):
        if arguments.numeric:
            from symbn.numeric.remarks import with_witness

            report = replace(report, steps=tuple(map(with_witness, report.steps)))
        yield report


def _wants_records(arguments: argparse.Namespace) -> bool:
    """Tell whether there is to be a record for each document. Raises: UsageError for options that only go with records."""
    options = {"--dask": arguments.dask, "--input-format jsonl": arguments.input_format}
    asked = [name for name, value in options.items() if value is not None]
    if asked and arguments.format not in (None, JSONL):
        raise UsageError(f"{asked[0]} answers with a record for each document: it goes with --format jsonl only")
    if (asked or arguments.format == JSONL) and arguments.numeric:
        raise UsageError("--numeric goes with the other formats: records for each document have no witnesses")
    return bool(asked) or arguments.format == JSONL


def _jobs(text: str) -> int:
    if text == "auto":
        return os.cpu_count() or 1
    if not (text.isascii() and text.isdigit() and 1 <= int(text[:6]) <= 256 and len(text) < 6):
        raise UsageError(f"--jobs wants a number from 1 to 256, or auto; got {text[:40]!r}")
    return int(text)


def _seconds(text: str | None) -> float | None:
    """Return the seconds of processor time that one document gets, None for no end of them."""
    if text is None:
        return DOCUMENT_SECONDS
    if not (text.isascii() and text.isdigit() and len(text) < 8):
        raise UsageError(f"--time-limit wants a number of seconds, 0 for no limit; got {text[:40]!r}")
    return float(text) or None


def _text(report: DocumentReport, style: Style, arguments: argparse.Namespace) -> str:
    """Return what there is to say of a document, with a blank line behind it; it may be empty."""
    text = render_report(report, style, arguments.explain, arguments.verbose, arguments.only)
    return f"{text}\n\n" if text else ""


def _end(tallies: list[Tally], codes: list[str], style: Style) -> str:
    """Return what can be said only when every document is known: the meaning of the codes, and a table."""
    said = ["\n".join(line for text in block for line in wrap(text, style.width)) + "\n" for block in _explained(codes)]
    return "\n".join([*said, summary(tallies, style), conclusion(tallies, style)])


def _explained(codes: list[str]) -> Iterator[list[str]]:
    """Yield what the catalogue says of every code that was met."""
    for code in codes:
        if (entry := CATALOGUE.get(code)) is not None:
            yield [f"{code}: {entry.title}", entry.meaning, f"cure: {entry.cure}"]


def _watched(paths: list[str], settings: Settings, jobs: int) -> Iterator[DocumentReport]:
    """Check the documents, with a progress display if somebody is watching."""
    if not sys.stderr.isatty():
        yield from check_paths(paths, settings, jobs)
        return
    with display() as progress:
        documents = progress.add_task("documents", total=len(paths), visible=len(paths) > 1)
        pace, done, steps = Pace(monotonic()), 0, 0
        formulas = progress.add_task("", total=1, visible=False)

        def tell(path: str, done: int, total: int) -> None:
            name = printable(os.path.basename(path))[:30]
            progress.update(formulas, completed=done, total=total, visible=jobs == 1, description=name)

        for report in check_paths(paths, settings, jobs, tell):
            done, steps = done + 1, steps + len(report.steps)
            progress.update(documents, completed=done, description=pace.said(done, steps, monotonic()))
            yield report
