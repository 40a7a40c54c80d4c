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
    from symbn.code.source import Source
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

    path, name = _file_of(backward)
    source = load(path)
    _is_the_one(backward, source)
    if forward is not None:
        if _file_of(forward)[0] != path:
            raise UsageError(f"{_file_of(forward)[1]} stands in another file than {name}: put both in one")
        _is_the_one(forward, source)
    request = Request(name, None if forward is None else forward.__name__, layout, lets(let), tuple(shapes))
    report = answer(source, request, run=run, seconds=seconds)
    if report.verdict != PROVED:
        raise NotProvedError("not proved to be the gradient\n" + render(report, Style()))
    return report


def _file_of(function: Callable[..., object]) -> tuple[str, str]:
    """Return the file and the name of a function. Raises: UsageError for what is none, or stands in no file."""
    try:
        path = inspect.getsourcefile(function.__code__) if inspect.isfunction(function) else None
    except TypeError:
        path = None
    if path is None or not inspect.isfunction(function) or not function.__name__.isidentifier():
        raise UsageError(f"{function!r} has no source file: give a function that is defined in one")
    return path, function.__name__


def _is_the_one(function: Callable[..., object], source: Source) -> None:
    """Refuse an object that is not what the file defines under its name: a method, a wrapper, an earlier definition. What
    would be proved of the one need not hold for the other."""
    assert inspect.isfunction(function)
    name, node = function.__name__, source.functions.get(function.__name__)
    if hasattr(function, "__wrapped__"):
        raise UsageError(f"{name} is a wrapper around another function: give the function itself")
    if function.__qualname__ != name or node is None:
        raise UsageError(f"{function.__qualname__} does not stand at the top of {source.path}: only such functions are read")
    lines = {node.lineno, *(decorator.lineno for decorator in node.decorator_list)}
    if function.__code__.co_firstlineno not in lines or function.__code__.co_name != name:
        raise UsageError(f"{name} is not what {source.path} defines on line {node.lineno}: give that function")
