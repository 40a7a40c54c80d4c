"""For users' own test suites: a formula in a docstring or a paper, asserted as a theorem.

from symbn.testing import assert_proved

def test_the_docstring_is_true():
    assert_proved(r"\\frac{\\partial L}{\\partial \\gamma} = \\sum_j g_j \\hat x_j")
"""

from __future__ import annotations

from collections.abc import Iterable

from symbn.answer import PROVED, REFUTED
from symbn.checking import Verdict, verify
from symbn.errors import NotProvedError
from symbn.layers.batchnorm import TRAINING


def assert_proved(
    text: str, *, batch: int | None = None, let: Iterable[str] = (), mode: str = TRAINING, allow_caveat: bool = False
) -> Verdict:
    """Return the verdict if every step of the formula is proved; the options are those of `symbn.verify`.

    allow_caveat: accept steps that hold only under a reading that departs from the language's own rule.
    Raises: NotProvedError (an AssertionError) with the full diagnostic otherwise.
    """
    verdict = verify(text, batch=batch, let=let, mode=mode)
    if verdict.kind != PROVED:
        raise NotProvedError(f"not proved: {text}\n{verdict}")
    if verdict.caveats and not allow_caveat:
        raise NotProvedError(f"proved only with a caveat (allow_caveat=True accepts it): {text}\n{verdict}")
    return verdict


def assert_refuted(text: str, *, batch: int | None = None, let: Iterable[str] = (), mode: str = TRAINING) -> Verdict:
    """Return the verdict if a step of the formula is refuted. Raises: NotProvedError otherwise."""
    verdict = verify(text, batch=batch, let=let, mode=mode)
    if verdict.kind != REFUTED:
        raise NotProvedError(f"not refuted: {text}\n{verdict}")
    return verdict
