"""A sample of the answers of an attack, certified: Coq has to accept what symbn proves, and its negation where it refutes.

A certificate that Coq rejects is wrong. What has no certificate is counted by its reason.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from random import Random

from scripts.attacking.attack import AT_ONE_SIZE, Outcome
from symbn.certificates.auditing import CERTIFIED, REJECTED, audit
from symbn.certificates.making import made_of
from symbn.checking import check_formula
from symbn.elaboration.notation import Notation
from symbn.judging import Options

CERTIFICATE = "certificate"
_EACH = 3.0  # seconds, and as many more for the start


def sampled(outcomes: Sequence[Outcome], count: int, seed: int) -> list[Outcome]:
    """Return proved and refuted outcomes, each equation once: half of them proved, if there are so many. An outcome does not
    say its batch size, so that those at a chosen one are left out."""
    random = Random(f"{seed} certificates")
    found: list[Outcome] = []
    for verdict, number in (("proved", (count + 1) // 2), ("refuted", count // 2)):
        distinct = {o.text: o for o in outcomes if o.verdict == verdict and o.kind != AT_ONE_SIZE}
        found += random.sample([*distinct.values()], min(number, len(distinct)))
    return found


def certified(sample: Sequence[Outcome], compiled: Path | None = None) -> list[Outcome]:
    """Return the outcomes of the certificates of some answers."""
    answered = [replace(o, kind=CERTIFICATE, caveats=(), reason="", wrong=None) for o in sample]
    steps = [[*check_formula(o.text, Options(Notation(mode=o.mode), keep=True))] for o in answered]
    made = [m for found in steps for m in made_of(found[:1])]
    certificates = [replace(m.certificate, number=n) for n, m in enumerate(made) if m.certificate is not None]
    said = {answer.number: answer for answer in audit(certificates, _EACH * (len(certificates) + 10), compiled=compiled)}
    result = []
    for number, (outcome, m) in enumerate(zip(answered, made, strict=True)):
        answer = said.get(number)
        if answer is None:
            outcome = replace(outcome, reason=f"no certificate: {m.reason}")
        elif answer.state == REJECTED:
            outcome = replace(outcome, wrong=f"Coq rejects its certificate: {answer.reason}")
        elif answer.state != CERTIFIED:
            outcome = replace(outcome, reason=answer.reason)
        result.append(outcome)
    return result
