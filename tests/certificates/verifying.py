"""Certificates as plain data, and the second checker, for tests."""

from __future__ import annotations

import copy
import json
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from scripts import verify_certificate as verifier
from symbn.answer import ASSUMED, Step
from symbn.certificates.records import certificate_of
from symbn.checking import check_formula
from symbn.elaboration.notation import Notation
from symbn.judging import Options

ROOT = Path(__file__).resolve().parent.parent.parent
SCRIPT = ROOT / "scripts" / "verify_certificate.py"
Json = Any


def steps_of(*formulas: str, mode: str = "train", batch: int | None = None, let: Iterable[str] = ()) -> Iterable[Step]:
    options = Options(Notation(mode=mode).with_lets(let), batch, keep=True)
    return (step for formula in formulas for step in check_formula(formula, options) if step.verdict != ASSUMED)


def certificate(*formulas: str, mode: str = "train", batch: int | None = None, let: Iterable[str] = ()) -> Json:
    """Return the certificate, as it is after writing and reading."""
    return json.loads(json.dumps(certificate_of(steps_of(*formulas, mode=mode, batch=batch, let=let))))


def record(formula: str, mode: str = "train", batch: int | None = None, let: Iterable[str] = ()) -> Json:
    """Return the record of a formula of one step."""
    (only,) = certificate(formula, mode=mode, batch=batch, let=let)["steps"]
    return only


def answer(step: Json) -> tuple[str, str]:
    """Return the verifier's state and words for a record, as the first one of its file."""
    state, words, _ = verifier.checked(copy.deepcopy(step), 1)
    return state, words


def reread(step: Json) -> Json:
    """Return the record with the text that its tree has, as a careful forger would write it."""
    verifier.Work.begin()
    changed = {**step, "number": 1}
    changed["read_as"] = verifier.Statement(changed).read_as()
    return changed


def run(data: bytes | Json, *flags: str) -> subprocess.CompletedProcess[str]:
    """Run the script on a certificate, or on the bytes of a file."""
    given = data if isinstance(data, bytes) else json.dumps(data).encode()
    command = [sys.executable, *flags, str(SCRIPT), "-"]
    done = subprocess.run(command, input=given, capture_output=True, check=False, timeout=120)
    return subprocess.CompletedProcess(command, done.returncode, done.stdout.decode(), done.stderr.decode())
