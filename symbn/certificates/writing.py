"""The files of a certificate: the statements, the proofs, and the library they stand on.

Definitions.v Sums.v Derivatives.v Tactics.v   the library, the same for every certificate; a person reads Definitions.v
Claims.v                                       what is claimed, and nothing else: it uses Definitions.v alone
Proofs.v                                       how it is proved: nobody has to read it
Audit.v                                        asks Coq whether each proof has the type claimed, and what it assumes
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from symbn.certificates.claims import proposition
from symbn.certificates.statements import Claim

LIBRARY = ("Definitions", "Sums", "Derivatives", "Tactics", "Backward")
_HOW = """\
Coq 8.16 checks this certificate; it needs nothing but Coq's own library.

{}

Read Definitions.v and Claims.v: they say what is proved. The last command prints, for each proof, that it has the type claimed,
and the axioms it stands on: those of Coq's real numbers (sig_forall_dec, sig_not_dec, functional_extensionality_dep, classic).
`symbn certify --check` writes all of this anew from the formulas, and runs it.
"""


@dataclass(frozen=True, slots=True)
class Certificate:
    """A claim with its proof, for Coq. source: the equation as its author wrote it. refutes: the proof is of the negation.
    script: the proof, line by line."""

    number: int
    source: str
    refutes: bool
    claim: Claim
    script: tuple[str, ...]
    note: str = ""

    @property
    def kind(self) -> str:
        name = f"Claims.claim_{self.number}"
        return f"~ {name}" if self.refutes else name


def library() -> dict[str, str]:
    """Return the files of the library, which are data of this package."""
    folder = files("symbn.certificates") / "coq"
    return {f"{name}.v": (folder / f"{name}.v").read_text("utf-8") for name in LIBRARY}


def comment(text: str) -> str:
    """Return the text as a Coq comment. Inside one Coq still reads string quotes and brackets, so they are taken apart."""
    safe = " ".join(text.replace('"', "''").split())
    while "(*" in safe or "*)" in safe:
        safe = safe.replace("(*", "( *").replace("*)", "* )")
    printable = "".join(c if c.isprintable() else "?" for c in safe)
    return f"(* {printable} *)"


def claims_text(certificates: Sequence[Certificate]) -> str:
    """Return `Claims.v`."""
    lines = [
        comment("What symbn claims, from the equations as their authors wrote them. `Proofs.v` proves each, or its negation."),
        "From Coq Require Import Reals.",
        "From Symbn Require Import Definitions.",
        "Open Scope R_scope.",
    ]
    for certificate in certificates:
        lines += ["", comment(("refuted: " if certificate.refutes else "proved: ") + certificate.source)]
        lines += [comment(certificate.note)] if certificate.note else []
        lines += [f"Definition claim_{certificate.number} : Prop :=", f"  {proposition(certificate.claim)}."]
    return "\n".join(lines) + "\n"


def proofs_text(certificates: Sequence[Certificate]) -> str:
    """Return `Proofs.v`."""
    lines = ["From Symbn Require Import Tactics.", "From Certificate Require Claims.", "Open Scope R_scope."]
    for certificate in certificates:
        lines += ["", f"Theorem proof_{certificate.number} : {certificate.kind}.", "Proof."]
        lines += [f"  unfold Claims.claim_{certificate.number}."]
        lines += [*(f"  {line}" for line in certificate.script), "Qed."]
    return "\n".join(lines) + "\n"


def audit_text(certificates: Sequence[Certificate], each: bool = False) -> str:
    """Return `Audit.v`. The names are absolute: a module in `Proofs.v` that is called Claims too changes nothing.

    each: print the axioms of each proof by itself. For all of them together that takes a hundredth of the time.
    """
    lines = ["From Certificate Require Claims.", "From Certificate Require Proofs."]
    proofs = [f"Certificate.Proofs.proof_{certificate.number}" for certificate in certificates]
    for certificate, proof in zip(certificates, proofs, strict=True):
        sign = "~ " if certificate.refutes else ""
        lines.append(f"Check ({proof} : {sign}Certificate.Claims.claim_{certificate.number}).")
    if each:
        asked = [(certificate.number, proof) for certificate, proof in zip(certificates, proofs, strict=True)]
    else:
        lines += ["Definition everything : True :=", *(f"  let _ := {proof} in" for proof in proofs), "  I."]
        asked = [(0, "Certificate.Audit.everything")]
    for number, proof in asked:
        lines += [f'Goal True. idtac "symbn-audit {number}". Abort.', f"Print Assumptions {proof}."]
    return "\n".join(lines) + "\n"


def write(folder: Path, certificates: Sequence[Certificate]) -> None:
    """Write the files of the certificate. Raises: OSError."""
    (folder / "library").mkdir(parents=True, exist_ok=True)
    for name, text in library().items():
        (folder / "library" / name).write_text(text, "utf-8")
    for name, text in (
        ("Claims.v", claims_text(certificates)),
        ("Proofs.v", proofs_text(certificates)),
        ("Audit.v", audit_text(certificates)),
        ("README", how()),
    ):
        (folder / name).write_text(text, "utf-8")


def how() -> str:
    """Return how a person checks the files."""
    compiled = [f"    coqc -Q library Symbn library/{name}.v" for name in LIBRARY]
    compiled += [f"    coqc -Q . Certificate -Q library Symbn {name}.v" for name in ("Claims", "Proofs", "Audit")]
    return _HOW.format("\n".join(compiled))
