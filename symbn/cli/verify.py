"""`symbn verify`: formulas from the command line, a file or standard input."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence

from symbn.answer import UNREADABLE, Step
from symbn.checking import check_formula
from symbn.cli.output import batch_size, style_for
from symbn.cli.statuses import status_of
from symbn.elaboration.notation import Notation
from symbn.errors import UsageError
from symbn.judging import Options
from symbn.report.terminal import Style, render

_MAX_LINE = 64 * 1024 * 1024  # bytes; the lines of /dev/zero never end


def run(arguments: argparse.Namespace) -> int:
    """Print the answer to every formula, or write a report, and return the exit status. Raises: UsageError."""
    notation = Notation(mode=arguments.mode).with_lets(arguments.let)
    options = Options(notation, batch_size(arguments.batch), not (arguments.quiet or arguments.no_repair), arguments.numeric)
    if not arguments.formulas and arguments.file is None:
        raise UsageError("no formula: give one in quotes, or - to read standard input (see `symbn verify --help`)")
    out, err = style_for(sys.stdout, arguments.color), style_for(sys.stderr, arguments.color)
    report = arguments.output is not None or arguments.format not in (None, "text", "json")
    arguments.json = arguments.json or arguments.format == "json"
    found: list[Step] = []
    for number, (text, file, line) in enumerate(_formulas(arguments.formulas, arguments.file), 1):
        for step in check_formula(text, options, file, number if report and file is None else line):
            if arguments.numeric:
                from symbn.numeric.remarks import with_witness

                step = with_witness(step)
            found.append(step)
            if not report:
                _print_step(step, arguments, (out, err))
    if not found:
        raise UsageError("there was no formula in the input")
    if report:
        from symbn.cli.reports import report_formulas

        report_formulas(found, "json" if arguments.json else arguments.format, arguments.output)
    return status_of(step.verdict for step in found)


def _print_step(step: Step, arguments: argparse.Namespace, styles: tuple[Style, Style]) -> None:
    if arguments.json:
        from symbn.report.json import dumps

        print(dumps(step))
    elif arguments.quiet:
        print(step.verdict)
    elif step.verdict == UNREADABLE:
        print(styles[0].paint(UNREADABLE, UNREADABLE))
        sys.stdout.flush()
        print(render(step, styles[1]), file=sys.stderr)
    else:
        print(render(step, styles[0]))


def _formulas(given: Sequence[str], file: str | None) -> Iterator[tuple[str, str | None, int]]:
    """Yield every formula with its file and line."""
    for text in given:
        if text == "-":
            yield from _lines(sys.stdin.buffer.readline, "<stdin>")
        else:
            yield text, None, 1
    if file is not None:
        try:
            with open(file, "rb") as stream:
                yield from _lines(stream.readline, file)
        except OSError as error:
            raise UsageError(f"cannot read {file}: {error.strerror}") from None


def _lines(readline: object, file: str) -> Iterator[tuple[str, str | None, int]]:
    assert callable(readline)
    for number, raw in enumerate(iter(lambda: readline(_MAX_LINE + 1), b""), 1):
        if len(raw) > _MAX_LINE:
            raise UsageError(f"{file}: line {number} is longer than {_MAX_LINE // 1024 // 1024} MiB")
        text = raw.decode("utf-8", "replace").rstrip("\r\n")
        if number == 1:
            text = text.removeprefix("\ufeff")
        if text.strip() and not text.lstrip().startswith("#"):
            yield text, file, number
