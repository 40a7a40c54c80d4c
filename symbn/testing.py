"""For users' own test suites: a formula in a docstring or a paper, and a backward function, asserted as theorems.

from symbn.testing import assert_gradient, assert_proved

def test_the_docstring_is_true():
    assert_proved(r"\\frac{\\partial L}{\\partial \\gamma} = \\sum_j g_j \\hat x_j")

def test_the_backward_pass_is_the_gradient():
    assert_gradient(layers.batchnorm_backward, forward=layers.batchnorm_forward)
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING

from symbn.answer import PROVED, REFUTED
from symbn.checking import Verdict, verify
from symbn.errors import NotProvedError, UsageError
from symbn.layers.batchnorm import TRAINING

if TYPE_CHECKING:
    from symbn.code.answer import FunctionReport


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


def assert_gradient(
    backward: Callable[..., object],
    *,
    forward: Callable[..., object] | None = None,
    layout: str | None = None,
    let: Sequence[str] = (),
    shapes: Sequence[tuple[int, ...]] = (),
    run: bool = False,
    seconds: float = 20.0,
) -> FunctionReport:
    """Return the report if the function, which stands at the top of a file, returns the exact gradients: dx, dgamma, dbeta.

    Its source is read, for every size at once where it can be. forward, layout, let, shapes: as `symbn code` has them (forward:
    found by its name in the same file if it is not given). run: have Python run the file, too, in a sandbox; what cannot be
    read can only be decided so. Raises: NotProvedError (an AssertionError) with the whole answer otherwise; UsageError if there
    is no source.
    """
    from symbn.code.answering import answer
    from symbn.code.checking import Request
    from symbn.code.names import lets
    from symbn.code.report import render
    from symbn.code.source import load
    from symbn.report.terminal import Style

    function = inspect.unwrap(backward)
    try:
        path = inspect.getsourcefile(function)
    except TypeError:
        path = None
    if path is None or not getattr(function, "__name__", "").isidentifier():
        raise UsageError(f"{backward!r} has no source file: give a function that is defined in one")
    own = None if forward is None else inspect.unwrap(forward)
    if own is not None and inspect.getsourcefile(own) != path:
        raise UsageError(f"{own.__name__} stands in another file than {function.__name__}: put both in one")
    request = Request(function.__name__, None if own is None else own.__name__, layout, lets(let), tuple(shapes))
    report = answer(load(path), request, run=run, seconds=seconds)
    if report.verdict != PROVED:
        raise NotProvedError("not proved to be the gradient\n" + render(report, Style()))
    return report
