"""Running Coq on a certificate, and believing only what it says about it.

    compile the library, Claims.v, Proofs.v   ->   Check (proof : claim)   ->   Print Assumptions within the white list

The statements are written by symbn, and compiled apart from the proofs; whatever a proof file does, its theorem must have the
type of *our* claim and rest on the axioms of Coq's real numbers alone. Everything that is not understood is a rejection.
Caveat: `coqc` can run programs that a proof file names. Files of a stranger are never run: `symbn certify --check` writes all
files anew, from the formulas.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic

from symbn.certificates.writing import LIBRARY, Certificate, audit_text, claims_text, library, proofs_text

CERTIFIED, REJECTED, UNCHECKED = "certified", "certificate rejected", "written, not checked"
NO_COQ = "coqc not found (install Coq 8.16 or later: `apt-get install coq`, `brew install coq`, or coq.inria.fr)"
NO_TIME = "Coq had no time left for it (see --time-limit)"
SECONDS = 300.0
EACH = 30.0  # for one proof, of those that take longest
# The axioms of the real numbers in Coq's own library, with what they say.
AXIOMS: Mapping[str, str] = {
    "ClassicalDedekindReals.sig_forall_dec": (
        "forall P : nat -> Prop, (forall n : nat, {P n} + {~ P n}) -> {n : nat | ~ P n} + {forall n : nat, P n}"
    ),
    "ClassicalDedekindReals.sig_not_dec": "forall P : Prop, {~ ~ P} + {~ P}",
    "FunctionalExtensionality.functional_extensionality_dep": (
        "forall (A : Type) (B : A -> Type) (f g : forall x : A, B x), (forall x : A, f x = g x) -> f = g"
    ),
    "Classical_Prop.classic": "forall P : Prop, P \\/ ~ P",
}
_PLACE = re.compile(r'File "[^"]*?(\w+)\.v", line (\d+)')


@dataclass(frozen=True, slots=True)
class Answer:
    """What Coq says of one certificate. reason: why it is not certified."""

    number: int
    state: str
    reason: str = ""


class CoqError(Exception):
    """Coq does not accept a file: its name, the line, and what it says."""

    def __init__(self, file: str, line: int | None, message: str) -> None:
        super().__init__(message)
        self.file, self.line = file, line


class TooSlow(CoqError):
    """Coq takes too long, which says nothing about what it was given."""


@dataclass(slots=True)
class Workshop:
    """A temporary folder in which Coq runs, until the deadline. compiled: where the compiled library is, if not here."""

    folder: Path
    program: str
    deadline: float = field(default_factory=lambda: monotonic() + SECONDS)
    compiled: Path | None = None

    def accepts(self, name: str, text: str | None = None, seconds: float = SECONDS) -> str:
        """Compile one file, in that many seconds at most, and return what Coq prints. Raises: CoqError."""
        path = self.folder / f"{name}.v"
        if text is not None:
            path.write_text(text, "utf-8")
        # Claims and proofs have a logical path of their own, so that neither can stand for a file of the library.
        root = ["-Q", str(self.compiled or "library"), "Symbn"]
        if "/" not in name:
            root = ["-Q", ".", "Certificate", *root]
        environment = {key: value for key, value in os.environ.items() if not key.startswith("COQ")}
        with subprocess.Popen(
            [self.program, "-q", "-noglob", *root, f"{name}.v"], cwd=self.folder,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, errors="replace",
            env=environment, start_new_session=True,
        ) as process:  # fmt: skip
            try:
                out, err = process.communicate(timeout=max(0.0, min(seconds, self.deadline - monotonic())))
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                raise TooSlow(name, None, "Coq takes too long for it") from None
        if process.returncode != 0:
            found = _PLACE.search(err)
            message = " ".join(err.partition("Error:")[2].split()) or f"coqc ended with status {process.returncode}"
            raise CoqError(name, int(found[2]) if found else None, message[:300])
        return out

    def late(self) -> bool:
        return monotonic() >= self.deadline


def find_coq() -> str | None:
    """Return the path of the Coq compiler, if there is one."""
    return shutil.which("coqc")


def audit(
    certificates: Sequence[Certificate],
    seconds: float = SECONDS,
    tell: Callable[[str, int, int], None] = lambda words, done, total: None,
    compiled: Path | None = None,
    proofs: str | None = None,
) -> list[Answer]:
    """Return what Coq says of each certificate.

    tell: told what is being done. compiled: a folder with the compiled library (see `compile_library`). proofs: another proof
    file to be judged against the same claims, for tests.
    """
    program = find_coq()
    if program is None:
        return [Answer(c.number, UNCHECKED, NO_COQ) for c in certificates]
    with tempfile.TemporaryDirectory(prefix="symbn-certify-") as name:
        workshop = Workshop(Path(name), program, monotonic() + seconds, compiled)
        answers: dict[int, Answer] = {}
        try:
            if compiled is None:
                compile_library(workshop, tell)
            tell("Coq: statements", 0, len(certificates))
            stated = _claims(workshop, certificates, answers)
            tell("Coq: proofs", 0, len(stated))
            accepted = _proofs(workshop, stated, answers, proofs)
            tell("Coq: axioms", 0, len(accepted))
            _assumptions(workshop, accepted, answers)
        except CoqError as error:
            state = UNCHECKED if isinstance(error, TooSlow) else REJECTED
            for c in certificates if not workshop.late() else ():
                answers.setdefault(c.number, Answer(c.number, state, f"{error.file}.v: {error}"))
        return [answers.get(c.number, Answer(c.number, UNCHECKED, NO_TIME)) for c in certificates]


def compile_library(workshop: Workshop, tell: Callable[[str, int, int], None] = lambda words, done, total: None) -> Path:
    """Compile the library in the workshop and return its folder. Raises: CoqError."""
    (workshop.folder / "library").mkdir()
    for file, text in library().items():
        (workshop.folder / "library" / file).write_text(text, "utf-8")
    for place, module in enumerate(LIBRARY):
        tell("Coq: library", place, len(LIBRARY))
        workshop.accepts(f"library/{module}")
    return workshop.folder / "library"


def _claims(workshop: Workshop, certificates: Sequence[Certificate], answers: dict[int, Answer]) -> list[Certificate]:
    """Compile the statements, leaving out those that Coq refuses; return the others."""
    left = list(certificates)
    while left:
        text = claims_text(left)
        try:
            workshop.accepts("Claims", text)
            break
        except CoqError as error:
            left = _without(left, _at_line(text, error.line, "Definition claim"), error, answers)
    return left


def _proofs(
    workshop: Workshop, certificates: Sequence[Certificate], answers: dict[int, Answer], given: str | None
) -> list[Certificate]:
    """Compile the proofs, leaving out those that Coq refuses; return the others, which are in one file in the end."""
    if given is not None:
        workshop.accepts("Proofs", given)
        return list(certificates)
    left = _accepted(workshop, list(certificates), answers)
    if left and len(left) < len(certificates):
        workshop.accepts("Proofs", proofs_text(left), EACH + len(left))
    return left


def _accepted(workshop: Workshop, certificates: list[Certificate], answers: dict[int, Answer]) -> list[Certificate]:
    """Return the certificates whose proofs Coq accepts. What comes before the first error is not compiled again; where its
    place is not known, as when the time is up, the halves are tried."""
    if not certificates:
        return []
    text = proofs_text(certificates)
    try:
        workshop.accepts("Proofs", text, EACH + len(certificates))
    except CoqError as error:
        if workshop.late():
            return []
        if error.line is None and len(certificates) > 1:
            half = len(certificates) // 2
            return [c for part in (certificates[:half], certificates[half:]) for c in _accepted(workshop, part, answers)]
        guilty = certificates[0].number if error.line is None else _at_line(text, error.line, "Theorem proof")
        _without(certificates, guilty, error, answers)
        place = [c.number for c in certificates].index(guilty or 0)
        return certificates[:place] + _accepted(workshop, certificates[place + 1 :], answers)
    return certificates


def _without(left: list[Certificate], guilty: int | None, error: CoqError, answers: dict[int, Answer]) -> list[Certificate]:
    """Leave one certificate out and return the others. Raises: CoqError if nobody knows which one it is."""
    if guilty is None:
        raise error
    answers[guilty] = Answer(guilty, UNCHECKED if isinstance(error, TooSlow) else REJECTED, str(error))
    return [certificate for certificate in left if certificate.number != guilty]


def _at_line(text: str, line: int | None, begin: str) -> int | None:
    """Return the number of the claim or proof that a line is part of."""
    above = "\n".join(text.splitlines()[:line]) if line is not None else ""
    found = re.findall(rf"^{begin}_(\d+) ", above, re.MULTILINE)
    return int(found[-1]) if found else None


def _assumptions(workshop: Workshop, certificates: Sequence[Certificate], answers: dict[int, Answer]) -> None:
    """Ask Coq for the type of every proof, and for the axioms of all of them; of each, if those are too many."""
    left = list(certificates)
    while left:
        text = audit_text(left)
        try:
            printed = workshop.accepts("Audit", text)
        except CoqError as error:
            guilty = _at_line(text, error.line, r"Check \(Certificate.Proofs.proof")
            left = _without(
                left, guilty, CoqError(error.file, error.line, f"the proof is not one of the claim: {error}"), answers
            )
            continue
        together = _unknown_axioms(_said(printed)[0])
        said = {} if together is None or len(left) == 1 else _said(workshop.accepts("Audit", audit_text(left, each=True)))
        for certificate in left:
            wrong = _unknown_axioms(said[certificate.number]) if said else together
            answers[certificate.number] = Answer(certificate.number, REJECTED if wrong else CERTIFIED, wrong or "")
        return


def _said(printed: str) -> dict[int, str]:
    """Return what Coq prints of the axioms of each certificate, or under 0 of all of them."""
    pieces = re.split(r"^symbn-audit (\d+)$", printed, flags=re.MULTILINE)
    return dict(zip(map(int, pieces[1::2]), pieces[2::2], strict=True))


def _unknown_axioms(printed: str) -> str | None:
    """Return what is wrong with the output of Check and Print Assumptions, or None. What is not understood is wrong."""
    checked, found, axioms = printed.partition("Axioms:\n")
    if not found:
        return None if checked.rstrip().endswith("Closed under the global context") else "Coq's answer is not understood"
    lines: list[str] = []
    for line in axioms.splitlines():
        if line.startswith(" ") and lines:
            lines[-1] += " " + line.strip()
        elif line.strip():
            lines.append(line.strip())
    for line in lines:
        name, _, type_ = line.partition(":")
        if AXIOMS.get(name.strip()) != " ".join(type_.split()):
            return f"it assumes more than the axioms of the real numbers: {line[:120]}"
    return None
