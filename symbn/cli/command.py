"""The command line. Answers go to stdout, errors and progress to stderr."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence

from symbn.cli import derive, doctor, verify
from symbn.cli.arguments import build_parser
from symbn.cli.statuses import INTERRUPTED, OK, SOME_OPEN, USAGE
from symbn.errors import SymbnError
from symbn.report.terminal import printable


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


# A command imports what it needs when it is given: `symbn verify` has to start at once.


def _table(arguments: argparse.Namespace) -> int:
    from symbn.cli.table import run

    return run(arguments)


def _check(arguments: argparse.Namespace) -> int:
    from symbn.cli.check import run

    return run(arguments)


def _explain(arguments: argparse.Namespace) -> int:
    from symbn.cli.explain import run

    return run(arguments)


def _certify(arguments: argparse.Namespace) -> int:
    from symbn.cli.certify import run

    return run(arguments)


def _code(arguments: argparse.Namespace) -> int:
    from symbn.cli.code import run

    return run(arguments)


def _codegen(arguments: argparse.Namespace) -> int:
    from symbn.cli.codegen import run

    return run(arguments)


def _latex_package(arguments: argparse.Namespace) -> int:
    from symbn.cli.reports import deliver
    from symbn.report.marks import package

    deliver(package(), "latex", arguments.output)
    return OK


_COMMANDS = {
    "verify": verify.run,
    "check": _check,
    "explain": _explain,
    "derive": derive.run,
    "certify": _certify,
    "doctor": doctor.run,
    "code": _code,
    "codegen": _codegen,
    "table": _table,
    "latex-package": _latex_package,
}
