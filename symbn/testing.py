"""For users' own test suites: a formula in a docstring or a paper, and a backward function, asserted as theorems.

from symbn.testing import assert_gradient, assert_proved

def test_the_docstring_is_true():
    assert_proved(r"\\frac{\\partial L}{\\partial \\gamma} = \\sum_j g_j \\hat x_j")

def test_the_backward_pass_is_the_gradient():
    assert_gradient(layers.batchnorm_backward, forward=layers.batchnorm_forward)
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from types import FunctionType
from typing import TYPE_CHECKING

from symbn.answer import PROVED, REFUTED
from symbn.checking import Verdict, verify
from symbn.errors import NotProvedError, UsageError
from symbn.layers.batchnorm import TRAINING

if TYPE_CHECKING:
    from symbn.code.answer import FunctionReport
    from symbn.code.source import Source


def assert_proved(
    text: str, *, batch: int | None = None, let: Iterable[str] = (), mode: str = TRAINING, allow_caveat: bool = False
) -> Verdict:
    """Return the verdict if every step of the formula is proved; the options are those of `symbn.verify`.

    allow_caveat: accept steps that hold only under a reading that departs from the language's own rule.
    Raises: NotProvedError (an AssertionError) with the full diagnostic otherwise.
    """
    __tracebackhide__ = True  # pytest shows the line of the test, and not ours
    verdict = verify(text, batch=batch, let=let, mode=mode)
    if verdict.kind != PROVED:
        raise NotProvedError(f"not proved: {text}\n{verdict}")
    if verdict.caveats and not allow_caveat:
        raise NotProvedError(f"proved only with a caveat (allow_caveat=True accepts it): {text}\n{verdict}")
    return verdict


def assert_refuted(text: str, *, batch: int | None = None, let: Iterable[str] = (), mode: str = TRAINING) -> Verdict:
    """Return the verdict if a step of the formula is refuted. Raises: NotProvedError otherwise."""
    __tracebackhide__ = True
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
    is no source, or it is another function than the one of its name at the top of its file.
    """
    __tracebackhide__ = True
    from symbn.code.answering import answer
    from symbn.code.checking import Request
    from symbn.code.names import lets
    from symbn.code.report import render
    from symbn.code.source import load
    from symbn.report.terminal import Style

    source = load(_file_of(backward))
    own = None if forward is None else _name_in(source, forward)
    request = Request(_name_in(source, backward), own, layout, lets(let), tuple(shapes))
    report = answer(source, request, run=run, seconds=seconds)
    if report.verdict != PROVED:
        raise NotProvedError("not proved to be the gradient\n" + render(report, Style()))
    return report


def _file_of(function: Callable[..., object]) -> str:
    path = function.__code__.co_filename if isinstance(function, FunctionType) else ""
    if not path or path.startswith("<"):
        raise UsageError(f"{function!r} has no source file: give a function that is defined in one")
    return path


def _name_in(source: Source, function: Callable[..., object]) -> str:
    """Return the name under which the file has this function at its top, and not merely one of its name.

    A method, a function made by another one and what a decorator returns may bear the name of a function that is right.
    Raises: UsageError for them.
    """
    path, name, code = _file_of(function), function.__name__, function.__code__
    if path != source.path:
        raise UsageError(f"{name} stands in another file ({path}) than the backward function: put both in {source.path}")
    node = source.functions.get(name)
    first = None if node is None else node.decorator_list[0].lineno if node.decorator_list else node.lineno
    if code.co_firstlineno != first:
        raise UsageError(
            f"{path}:{code.co_firstlineno} is not the function {name} at the top of {source.path}: what is made inside another "
            "function or class, or wrapped by a decorator, is not read"
        )
    return name
