"""A refutation is a theorem too: the negation of the claim, at the exact rational point where its sides differ."""

from __future__ import annotations

from symbn.certificates.expressions import NotCertified
from symbn.certificates.scripts import Lines
from symbn.certificates.statements import Claim
from symbn.kernel.verdict import Refuted


def refutation_of(claim: Claim, verdict: Refuted) -> Lines:
    """Return the script that proves the negation. Raises: NotCertified."""
    raise NotCertified("a refutation")
