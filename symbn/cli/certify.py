"""`symbn certify`: statements and proofs for Coq, of every step that is proved or refuted."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from symbn.answer import ASSUMED, Step
from symbn.certificates.auditing import CERTIFIED, REJECTED, UNCHECKED, Answer, audit, find_coq
from symbn.certificates.making import NOT_CERTIFIED, Made, made_of
from symbn.certificates.writing import write
from symbn.checking import check_formula
from symbn.cli.output import batch_size
from symbn.cli.progress import Tell, progress
from symbn.elaboration.notation import Notation
from symbn.errors import UsageError
from symbn.judging import DOCUMENT_SECONDS, Options
from symbn.layers.batchnorm import CLOSED_FORMS
from symbn.publishing.files import write_whole
from symbn.report.terminal import printable
from symbn.running import Settings, check_path, find_documents

OK, NOT_ALL, BUG = 0, 3, 1
_SHOWN, _NAME = 100, 30


def run(arguments: argparse.Namespace) -> int:
    """Write the certificate, have it checked if asked for, print a line for each step, and return the exit status.

    Raises: UsageError.
    """
    notation = Notation(mode=arguments.mode).with_lets(arguments.let)
    options = Options(notation, batch_size(arguments.batch), keep=True, seconds=DOCUMENT_SECONDS)
    if not arguments.inputs and not arguments.closed_forms:
        raise UsageError("nothing to certify: give formulas or documents (see `symbn certify --help`)")
    if arguments.format == "json":
        return _as_json(arguments, options)
    if arguments.output is None and not arguments.check:
        raise UsageError("say where to write the certificate, -o DIR, or have it checked only, --check")
    limit = _seconds(arguments.time_limit)
    answers: dict[int, Answer] = {}
    with progress() as tell:
        made = made_of(step for step in _steps(arguments, options, tell) if step.verdict != ASSUMED)
        certificates = [m.certificate for m in made if m.certificate is not None]
        if arguments.output is not None:
            try:
                write(Path(arguments.output), certificates)
            except OSError as error:
                raise UsageError(f"{arguments.output}: cannot be written: {error.strerror}") from None
        if arguments.check and certificates:
            answers = {answer.number: answer for answer in audit(certificates, limit, tell)}
    states = [_print(m, answers, bool(arguments.check)) for m in made]
    if arguments.output is not None:
        where = printable(arguments.output)
        print(f"{len(certificates)} of {len(made)} steps are in {where}: read Definitions.v and Claims.v")
    if arguments.check and find_coq() is None:
        return NOT_ALL
    return BUG if REJECTED in states else OK if set(states) <= {CERTIFIED, "written"} else NOT_ALL


def _as_json(arguments: argparse.Namespace, options: Options) -> int:
    """Write the certificate as one document of plain data, to a file all at once or to standard output."""
    from symbn.certificates.records import certificate_of

    if arguments.check:
        raise UsageError("--check is for Coq; scripts/verify_certificate.py checks a certificate in JSON")
    with progress() as tell:
        certificate = certificate_of(step for step in _steps(arguments, options, tell) if step.verdict != ASSUMED)
    text = json.dumps(certificate, indent=1) + "\n"
    if arguments.output is None:
        sys.stdout.write(text)
    else:
        write_whole(arguments.output, text)
        written, left = len(certificate["steps"]), len(certificate["left_out"])
        print(f"{written} of {written + left} steps are in {arguments.output}: scripts/verify_certificate.py checks them")
    return NOT_ALL if certificate["left_out"] else OK


def _seconds(text: str) -> float:
    if not (text.isascii() and text.isdigit() and 1 <= int(text[:6]) <= 86400):
        raise UsageError(f"--time-limit wants a number of seconds; got {text[:40]!r}")
    return float(text)


def _steps(arguments: argparse.Namespace, options: Options, tell: Tell) -> Iterator[Step]:
    """Yield the answers: to the closed forms, and to each input, a document if there is a file of that name."""
    if arguments.closed_forms:
        for form in CLOSED_FORMS:
            own = replace(options, notation=replace(options.notation, mode=form.mode))
            yield from check_formula(form.formula, own)
    for text in arguments.inputs:
        # No formula is without a relation, so that a missing file is said to be one.
        if os.path.exists(text) or not ("=" in text or "\\" in text):
            for path in find_documents([text]):
                name = os.path.basename(path)[:_NAME]
                settings = Settings(options, arguments.notation)
                yield from check_path(path, settings, lambda done, total, name=name: tell(name, done, total)).steps  # type: ignore[misc]
        else:
            yield from check_formula(text, options)


def _print(made: Made, answers: dict[int, Answer], check: bool) -> str:
    """Print the line of one step and return its state."""
    step = made.step
    place = f"{step.file}:{step.line}: " if step.file else ""
    text = " ".join(f"{step.lhs} = {step.rhs}".split())
    shown = place + (text if len(text) <= _SHOWN else text[: _SHOWN - 3] + "...")
    if made.certificate is None:
        print(printable(f"{NOT_CERTIFIED}: {made.reason}: {shown}"))
        return NOT_CERTIFIED
    if not check:
        print(printable(f"written: claim_{made.certificate.number} ({step.verdict}): {shown}"))
        return "written"
    answer = answers[made.certificate.number]
    reason = f": {answer.reason}" if answer.reason else ""
    bug = " (this is a bug in symbn; please report it)" if answer.state == REJECTED else ""
    print(printable(f"{answer.state}{reason}{bug}: claim_{made.certificate.number} ({step.verdict}): {shown}"), flush=True)
    return answer.state


__all__ = ["UNCHECKED", "run"]
