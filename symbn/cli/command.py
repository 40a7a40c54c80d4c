"""The command line. Answers go to stdout, errors and progress to stderr.

Exit status: 0 everything proved, 1 something refuted, 2 a usage error, 3 something undecided or unreadable (1 wins over 3).
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterator, Sequence
from typing import NoReturn

from symbn import __version__
from symbn.answer import ASSUMED, PROVED, REFUTED, UNREADABLE, Row, Step
from symbn.checking import check_formula, closed_forms
from symbn.cli import derive, topics
from symbn.cli.output import batch_size, style_for
from symbn.elaboration.notation import Notation
from symbn.errors import SymbnError, UsageError
from symbn.judging import Options
from symbn.layers.batchnorm import MODES, TRAINING
from symbn.report.terminal import Style, printable, render

_MAX_LINE = 64 * 1024 * 1024  # bytes; the lines of /dev/zero never end
OK, SOME_REFUTED, USAGE, SOME_OPEN, INTERRUPTED = 0, 1, 2, 3, 130
_EXAMPLES = r"""
examples:
  symbn verify '\frac{\partial L}{\partial \beta} = \sum_j g_j'
  symbn verify 'dL/dx_i = gamma/(m*s) * (m*g_i - sum_j g_j - xhat_i * sum_j g_j*xhat_j)'
  symbn verify --batch 4 'dvar/dx_i = 2 (x_i - mu)/m'
  symbn verify --let mean='\mu_B' --let batch=N '\frac{\partial \mu_B}{\partial x_i} = \frac1N'
  symbn verify --mode eval 'dL/dx_i = gamma g_i / s'
  grep '=' formulas.txt | symbn verify --json -
  symbn verify --file formulas.txt -o report.pdf

what is read: LaTeX or plain text over batch norm's x, mu, var (sigma^2), s = sqrt(var + eps), c = x - mu, xhat, gamma, beta,
eps, y, the loss L (f, l, J) and its upstream gradient g = dL/dy (dout); sums over the batch, derivatives, Kronecker deltas,
cases. exit status: 0 all proved, 1 something refuted, 2 usage error, 3 something undecided or unreadable (1 wins over 3)
"""


_CHECK_EXAMPLES = r"""
examples:
  symbn check notes.md
  symbn check docs --jobs auto
  symbn check 'papers/**/*.tex' --only refuted
  symbn check post.html --notation post.toml --format markdown > report.md
  symbn check notes.md -o report.html
  symbn check paper.tex --format latex-marks -o paper.symbn
  cat notes.md | symbn check -

what is read: Markdown, LaTeX, HTML, text, reStructuredText and notebooks (their Markdown cells). What the names mean is said
in front matter (+++ TOML +++), in a comment `symbn: batch=m mean=\mu_B`, or in a TOML file (--notation); a comment
`symbn: refuted wrong-sign` states the verdict expected of the next formula (of the one before, on its line).
exit status: as for verify; a step that is as its document expects is no failure, one that differs is (1)
"""


_CERTIFY_EXAMPLES = r"""
examples:
  symbn certify 'dL/dbeta = sum_j g_j' -o certificate --check
  symbn certify derivations/*.md -o certificate
  symbn certify --closed-forms --check
  symbn certify notes.md --format json -o notes.json && python3 scripts/verify_certificate.py notes.json

what is written: Claims.v, the statements, which a person reads beside Definitions.v; Proofs.v, their proofs (of the negation,
for a refuted step); the library they stand on; README, how to check it without symbn. each step gets a line: certified,
certificate rejected (a bug of symbn), written, not checked (Coq is not installed, or took too long), or not certified with
the reason. exit status: 0 all certified (or written), 1 a certificate rejected, 2 a usage error, 3 some are not certified
"""


_PACKAGE_EXAMPLES = r"""
examples:
  symbn latex-package > symbn.sty
  symbn check paper.tex --format latex-marks -o paper.symbn

put \usepackage{symbn} into the preamble of paper.tex. every display gets its sign, in align and gather every row: a tick, a
tick in brackets (proved with a caveat), a cross, a question mark, an empty box (unreadable); in colour with xcolor. after a
change of a file its signs are gone until it is checked again, and the log says so. files that paper.tex reads are named, too:
symbn check paper.tex sections/*.tex ..; of a display in the argument of a command TeX does not know the line: it gets no sign
"""


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        self.print_usage(sys.stderr)
        print(f"symbn: error: {printable(message)}", file=sys.stderr)
        raise SystemExit(USAGE)


def _help_formatter(prog: str) -> argparse.HelpFormatter:
    # With a width of its own argparse need not import shutil, and with it the compression modules, to ask the terminal.
    return argparse.RawDescriptionHelpFormatter(prog, width=style_for(sys.stdout, "never").width)


def build_parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="symbn",
        description="Proves or refutes hand-derived gradients of batch normalisation, exactly.",
        formatter_class=_help_formatter,
        epilog="examples:\n  symbn verify 'dL/dbeta = sum_j g_j'\n  symbn table\n  symbn verify --help",
    )
    parser.add_argument("--version", action="version", version=f"symbn {__version__}")
    # Without `prog`, argparse formats a usage line to find it, which imports shutil and the compression modules.
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True, prog="symbn")
    verify = commands.add_parser(
        "verify",
        help="prove or refute formulas",
        description="Prove or refute every equality step of the formulas: for every batch size, or at a chosen one.",
        formatter_class=_help_formatter,
        epilog=_EXAMPLES,
    )
    verify.add_argument(
        "formulas", metavar="FORMULA", nargs="*", help="LaTeX or plain text; - reads standard input, a formula a line"
    )
    verify.add_argument(
        "--file", metavar="FILE", help="read formulas from a file, one per line; blank lines and # comments are skipped"
    )
    verify.add_argument(
        "--batch", metavar="M", help="decide at this batch size, with the kernel and with SymPy, which must agree"
    )
    verify.add_argument(
        "--let", metavar="ROLE=NAME", action="append", default=[], help="what a name means, e.g. mean='\\mu_B'; repeatable"
    )
    verify.add_argument(
        "--mode", choices=MODES, default=TRAINING, help="eval: mean and variance are constants (default: train)"
    )
    verify.add_argument("--no-repair", action="store_true", help="do not look for the edit that makes a refuted step true")
    verify.add_argument("--quiet", action="store_true", help="print the verdict only, one word a step")
    verify.add_argument("--json", action="store_true", help="print one JSON object a line for each step")
    verify.add_argument(
        "--format",
        choices=("text", "json", "markdown", "html", "latex", "pdf"),
        help="a whole report instead (default: text, or what the ending of -o says)",
    )
    verify.add_argument("-o", "--output", metavar="FILE", help="write the report there, whole or not at all")
    table = commands.add_parser(
        "table",
        help="the closed forms symbn knows, proved by both engines",
        description="Prove the closed forms of batch norm for every batch size, and with SymPy at chosen ones.",
        formatter_class=_help_formatter,
        epilog="examples:\n  symbn table\n  symbn table --batch 8\n  symbn table --format latex > table.tex",
    )
    table.add_argument(
        "--batch", metavar="M", action="append", help="a batch size for SymPy; repeatable (default: 1, 2, 3 and 4)"
    )
    table.add_argument("--format", choices=("text", "latex", "markdown", "html", "json"), default="text", help="default: text")
    check = commands.add_parser(
        "check",
        help="check the derivations in documents",
        description="Answer every equality step in documents: proved, refuted with a repair, undecided or unreadable.",
        formatter_class=_help_formatter,
        epilog=_CHECK_EXAMPLES,
    )
    check.add_argument("paths", metavar="PATH", nargs="+", help="files, folders, patterns such as 'docs/**/*.md', - for stdin")
    check.add_argument(
        "--format",
        choices=("text", "json", "sarif", "github", "junit", "markdown", "html", "latex", "pdf", "latex-marks"),
        help="default: text, or what the ending of -o says",
    )
    check.add_argument("-o", "--output", metavar="FILE", help="write the report there, whole or not at all")
    check.add_argument("--json", dest="format", action="store_const", const="json", help="the same as --format json")
    check.add_argument(
        "--only", metavar="KIND", help="show only: refuted, caveat, unexpected, .., or a code such as wrong-sign"
    )
    check.add_argument("--explain", action="store_true", help="show how every step was read, and what each code means")
    check.add_argument("--verbose", action="store_true", help="list the steps that are proved, too")
    check.add_argument(
        "--notation", metavar="FILE", help="TOML with the roles of names, or a folder with one for each document"
    )
    check.add_argument("--let", metavar="ROLE=NAME", action="append", default=[], help="what a name means; repeatable")
    check.add_argument("--mode", choices=MODES, default=TRAINING, help="eval: mean and variance are constants (default: train)")
    check.add_argument("--batch", metavar="M", help="decide at this batch size, with the kernel and with SymPy")
    check.add_argument("--jobs", metavar="N", default="1", help="processes, over files; auto: one for each core (default: 1)")
    check.add_argument(
        "--time-limit", metavar="S", help="seconds of processor time for one document; 0: no limit (default: 600)"
    )
    check.add_argument("--kind", metavar="KIND", help="what standard input is: markdown, latex, html, text, rst, notebook")
    check.add_argument("--no-repair", action="store_true", help="do not look for the edit that makes a refuted step true")
    check.add_argument("--cache", metavar="FOLDER", help="where answers are kept (default: the user's cache folder)")
    check.add_argument("--no-cache", action="store_true", help="neither read nor keep answers")
    explain = commands.add_parser(
        "explain",
        help="what a code such as wrong-sign means; triangle, moments, invariance",
        description="Show the title, meaning, example and cure of a code, or answer a question with an example in numbers; "
        "without either, list all topics and codes.",
        formatter_class=_help_formatter,
        epilog=topics.EXAMPLES,
    )
    topics.add_arguments(explain)
    derive_command = commands.add_parser(
        "derive",
        help="write a derivation, every step proved",
        description="Write the derivation of a gradient or a Jacobian, every step named and proved.",
        formatter_class=_help_formatter,
        epilog=derive.EXAMPLES,
    )
    derive.add_arguments(derive_command)
    certify = commands.add_parser(
        "certify",
        help="write statements and proofs that Coq checks",
        description="Write a Coq statement and its proof for every step that is proved or refuted.",
        formatter_class=_help_formatter,
        epilog=_CERTIFY_EXAMPLES,
    )
    certify.add_argument("inputs", metavar="FORMULA | DOCUMENT", nargs="*", help="formulas, files, folders or patterns")
    certify.add_argument("--format", choices=("coq", "json"), default="coq", help="coq (default), or json, one document")
    certify.add_argument("-o", "--output", metavar="PATH", help="where it is written: a folder for Coq, a file for JSON")
    certify.add_argument("--check", action="store_true", help="have Coq check it, in a temporary folder, and audit the proofs")
    certify.add_argument("--closed-forms", action="store_true", help="certify the equations of `symbn table`, too")
    certify.add_argument("--time-limit", metavar="S", default="300", help="seconds that Coq may take in all (default: 300)")
    certify.add_argument(
        "--notation", metavar="FILE", help="TOML with the roles of names in documents, or a folder with one for each"
    )
    certify.add_argument("--let", metavar="ROLE=NAME", action="append", default=[], help="what a name means; repeatable")
    certify.add_argument("--mode", choices=MODES, default=TRAINING, help="eval: mean and variance are constants")
    certify.add_argument("--batch", metavar="M", help="state the equations for this batch size")
    package = commands.add_parser(
        "latex-package",
        help="symbn.sty, which sets the verdicts in an author's PDF",
        description="Print symbn.sty: it sets a tick or a cross beside every equation of a LaTeX file that was checked.",
        formatter_class=_help_formatter,
        epilog=_PACKAGE_EXAMPLES,
    )
    package.add_argument("-o", "--output", metavar="FILE", help="write it there")
    for command in (verify, table, check, explain, derive_command, certify, package):
        command.add_argument(
            "--color", choices=("auto", "always", "never"), default="auto", help="colour (default: auto; NO_COLOR is honoured)"
        )
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return the exit status."""
    _open_the_closed()
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")
    try:
        options = build_parser().parse_args(arguments)
        status = _COMMANDS[options.command](options)
        sys.stdout.flush()
        return status
    except SymbnError as error:
        print(f"symbn: error: {printable(str(error))}", file=sys.stderr)
        return USAGE
    except KeyboardInterrupt:
        print("symbn: interrupted", file=sys.stderr)
        return INTERRUPTED
    except BrokenPipeError:
        # The reader (head, less) is gone; Python would complain once more at exit.
        _drop_output()
        return SOME_OPEN
    except OSError as error:
        # A full disk, most often. Python's own exit status would be 1, which here means that something is refuted.
        _drop_output()
        print(f"symbn: error: {error.strerror or error}", file=sys.stderr)
        return USAGE


def _drop_output() -> None:
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _open_the_closed() -> None:
    """Give the streams that the caller has closed (`>&-`) a place to go to: to Python they are None."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, mode, encoding="utf-8"))  # noqa: SIM115 - as long as the process


def _verify(arguments: argparse.Namespace) -> int:
    notation = Notation(mode=arguments.mode).with_lets(arguments.let)
    options = Options(notation, batch_size(arguments.batch), not (arguments.quiet or arguments.no_repair))
    if not arguments.formulas and arguments.file is None:
        raise UsageError("no formula: give one in quotes, or - to read standard input (see `symbn verify --help`)")
    out, err = style_for(sys.stdout, arguments.color), style_for(sys.stderr, arguments.color)
    report = arguments.output is not None or arguments.format not in (None, "text", "json")
    arguments.json = arguments.json or arguments.format == "json"
    found: list[Step] = []
    for number, (text, file, line) in enumerate(_formulas(arguments.formulas, arguments.file), 1):
        for step in check_formula(text, options, file, number if report and file is None else line):
            found.append(step)
            if not report:
                _print_step(step, arguments, (out, err))
    if not found:
        raise UsageError("there was no formula in the input")
    if report:
        from symbn.cli.reports import report_formulas

        report_formulas(found, "json" if arguments.json else arguments.format, arguments.output)
    kinds = {step.verdict for step in found}
    return SOME_REFUTED if REFUTED in kinds else OK if kinds <= {PROVED, ASSUMED} else SOME_OPEN


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


def _table(arguments: argparse.Namespace) -> int:
    from symbn.report.table import as_html, as_json, as_latex, as_markdown

    asked = [batch_size(text) for text in arguments.batch or ("1", "2", "3", "4")]
    batches = tuple(sorted({batch for batch in asked if batch is not None}))
    table = _with_progress(closed_forms(batches), style_for(sys.stderr, arguments.color))
    writers = {
        "latex": lambda: as_latex(table, batches),
        "markdown": lambda: as_markdown(table, batches),
        "html": lambda: as_html(table, batches),
        "json": lambda: as_json(table),
    }
    if arguments.format in writers:
        print(writers[arguments.format]())
    else:
        _print_table(table, batches, style_for(sys.stdout, arguments.color))
    kinds = {row.general.verdict for row in table} | {step.verdict for row in table for step in row.chosen}
    return SOME_REFUTED if REFUTED in kinds else OK if kinds <= {PROVED} else SOME_OPEN


def _with_progress(found: Iterator[Row], style: Style) -> list[Row]:
    """Collect the rows, with a progress display on a terminal."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    from symbn.layers.batchnorm import CLOSED_FORMS

    console = Console(stderr=True, no_color=not style.colour)
    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.completed}/{task.total}"), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True, disable=not sys.stderr.isatty()) as progress:
        task = progress.add_task("proving", total=len(CLOSED_FORMS))
        table = []
        for row in found:
            table.append(row)
            progress.update(task, advance=1, description=row.form.name)
        return table


def _print_table(table: list[Row], batches: tuple[int, ...], style: Style) -> None:
    from rich.console import Console
    from rich.table import Table

    from symbn.report.table import sizes

    console = Console(width=style.width, no_color=not style.colour, force_terminal=style.colour, highlight=False)
    shown = Table(title="closed forms of batch norm", title_justify="left", show_lines=False)
    for header, keywords in (
        ("formula", {"overflow": "fold"}),
        ("all m", {"no_wrap": True}),
        ("ms", {"justify": "right", "no_wrap": True}),
        (f"SymPy, {sizes(batches)}", {"overflow": "fold"}),
        ("s", {"justify": "right", "no_wrap": True}),
    ):
        shown.add_column(header, **keywords)
    for row in table:
        claim = (row.general.statement or row.form.formula).partition(": ")[2]
        verdict = f"[green]{row.general.verdict}[/]" if row.general.verdict == PROVED else f"[red]{row.general.verdict}[/]"
        answer = f"[green]{row.agreement}[/]" if row.agreement == "equal" else f"[yellow]{row.agreement}[/]"
        shown.add_row(
            f"[bold]{row.form.name}[/]\n{claim}", verdict, f"{row.general.milliseconds:.1f}", answer, f"{row.seconds:.2f}"
        )  # fmt: skip
    console.print(shown)


def _check(arguments: argparse.Namespace) -> int:
    from symbn.cli.check import run

    return run(arguments)


def _explain(arguments: argparse.Namespace) -> int:
    from symbn.cli.explain import run

    return run(arguments)


def _derive(arguments: argparse.Namespace) -> int:
    return derive.run(arguments)


def _certify(arguments: argparse.Namespace) -> int:
    from symbn.cli.certify import run

    return run(arguments)


def _latex_package(arguments: argparse.Namespace) -> int:
    from symbn.cli.reports import deliver
    from symbn.report.marks import package

    deliver(package(), "latex", arguments.output)
    return OK


_COMMANDS = {
    "verify": _verify, "table": _table, "check": _check, "explain": _explain, "derive": _derive,
    "certify": _certify,
    "latex-package": _latex_package,
}  # fmt: skip
