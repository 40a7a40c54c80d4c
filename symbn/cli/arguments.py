"""The arguments of every command, with their help."""

from __future__ import annotations

import argparse
import sys
from typing import NoReturn

from symbn import __version__
from symbn.cli import code, codegen, derive, doctor, topics
from symbn.cli.output import style_for
from symbn.cli.statuses import USAGE
from symbn.layers.batchnorm import MODES, TRAINING
from symbn.report.terminal import printable

_EXAMPLES = r"""
examples:
  symbn verify '\frac{\partial L}{\partial \beta} = \sum_j g_j'
  symbn verify 'dL/dx_i = gamma/(m*s) * (m*g_i - sum_j g_j - xhat_i * sum_j g_j*xhat_j)'
  symbn verify --batch 4 'dvar/dx_i = 2 (x_i - mu)/m'
  symbn verify --let mean='\mu_B' --let batch=N '\frac{\partial \mu_B}{\partial x_i} = \frac1N'
  symbn verify --mode eval 'dL/dx_i = gamma g_i / s'
  grep '=' formulas.txt | symbn verify --json -
  symbn verify --numeric '\hat x_i = (x_i - \mu)/\sigma_B' --let deviation='\sigma_B'
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
  symbn check --input-format jsonl answers.jsonl --format jsonl --jobs auto -o graded.jsonl

--format jsonl writes one JSON object a line for each document, in order, as soon as it is known, with its counts and steps
(--format json: one for each step). it holds any number of documents; a document that hangs is killed after --time-limit
seconds; an interrupted run goes on where it was, since answers are kept. --input-format jsonl reads {"id", "text", "kind"}
a line.

what is read: Markdown, LaTeX, HTML, text, reStructuredText, notebooks (their Markdown cells) and the docstrings of Python
modules that are named (a folder's are not: 'src/**/*.py'). What the names mean is said in front matter (+++ TOML +++), in a
comment `symbn: batch=m mean=\mu_B`, or in a TOML file (--notation); a comment `symbn: refuted wrong-sign` states the verdict
expected of the next formula (of the one before, on its line).
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
    verify.add_argument(
        "--numeric", action="store_true", help="say what float64 finds, too: a second witness, which changes no verdict"
    )
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
        choices=("text", "json", "jsonl", "sarif", "github", "junit", "markdown", "html", "latex", "pdf", "latex-marks"),
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
    check.add_argument("--input-format", choices=("jsonl",), help='the files hold a document a line: {"id": .., "text": ..}')
    check.add_argument(
        "--dask", metavar="ADDRESS", help="with --format jsonl: a Dask scheduler, tcp://host:8786, to be trusted"
    )
    check.add_argument(
        "--time-limit", metavar="S", help="seconds of processor time for one document; 0: no limit (default: 600)"
    )
    check.add_argument(
        "--kind", metavar="KIND", help="what standard input is: markdown, latex, html, text, rst, notebook, python"
    )
    check.add_argument("--no-repair", action="store_true", help="do not look for the edit that makes a refuted step true")
    check.add_argument(
        "--numeric", action="store_true", help="say what float64 finds, too (then on one process, and without the cache)"
    )
    check.add_argument("--cache", metavar="FOLDER", help="where answers are kept (default: the user's cache folder)")
    check.add_argument("--no-cache", action="store_true", help="neither read nor keep answers")
    explain = commands.add_parser(
        "explain",
        help="what a code such as wrong-sign means; triangle, moments, invariance; ci",
        description="Show the title, meaning, example and cure of a code, or answer a question with an example in numbers; "
        "without either, list all topics and codes.\nci: examples to copy for pytest, pre-commit and GitHub Actions.",
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
    code_command = commands.add_parser(
        "code",
        help="check the backward functions of a Python file",
        description="Decide whether Python backward functions return the exact gradients.",
        formatter_class=_help_formatter,
        epilog=code.EXAMPLES,
    )
    code.add_arguments(code_command)
    codegen_command = commands.add_parser(
        "codegen",
        help="write forward and backward functions from proved formulas",
        description="Write the forward and the backward pass of a layer, with a test, every stage proved for every size.",
        formatter_class=_help_formatter,
        epilog=codegen.EXAMPLES,
    )
    codegen.add_arguments(codegen_command)
    package = commands.add_parser(
        "latex-package",
        help="symbn.sty, which sets the verdicts in an author's PDF",
        description="Print symbn.sty: it sets a tick or a cross beside every equation of a LaTeX file that was checked.",
        formatter_class=_help_formatter,
        epilog=_PACKAGE_EXAMPLES,
    )
    package.add_argument("-o", "--output", metavar="FILE", help="write it there")
    doctor_command = commands.add_parser(
        "doctor",
        help="what a numeric gradient test could not have seen",
        description="Say which usual mistakes of a batch-norm backward a numeric gradient test cannot see, and why.",
        formatter_class=_help_formatter,
        epilog=doctor.EXAMPLES,
    )
    doctor.add_arguments(doctor_command)
    for command in (
        verify, table, check, explain, derive_command, certify, code_command, codegen_command, package, doctor_command
    ):  # fmt: skip
        command.add_argument(
            "--color", choices=("auto", "always", "never"), default="auto", help="colour (default: auto; NO_COLOR is honoured)"
        )
    return parser
