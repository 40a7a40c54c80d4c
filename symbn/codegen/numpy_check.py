"""The test file that goes with a module for NumPy: the definition, central differences, a large offset, and a proof.

The proof is of the code itself, which `symbn code` reads as it reads anybody's. It takes mean and variance for those of the
batch, so that it is not asked about evaluation mode.
"""

from __future__ import annotations

from symbn.codegen.filling import filled, words
from symbn.codegen.program import Program


def numpy_test(program: Program, name: str, dtype: str, module: str) -> str:
    """Return a pytest file: central differences in float64, a large offset, and a proof where symbn is installed."""
    parts = [
        _NUMPY if program.constants else _NUMPY.replace(_PLAIN_IMPORTS, _PROOF_IMPORTS),
        _NUMPY_EXAMPLE_WITH if program.constants else _NUMPY_EXAMPLE,
        _NUMPY_TESTS,
    ]
    if not program.constants:
        parts += [_NUMPY_OFFSET, _NUMPY_PROOF]
    return filled("\n\n".join(parts), words(program, name, dtype, module))


_PLAIN_IMPORTS = "from collections.abc import Callable\nfrom typing"
_PROOF_IMPORTS = "import subprocess\nimport sys\nfrom collections.abc import Callable\nfrom pathlib import Path\nfrom typing"
_NUMPY = '''\
"""Checks @MODULE@.py against central differences in float64.

@MARK@.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import pytest
from @MODULE@ import (
    @NAME@_backward,
    @NAME@_forward,
)

Array: TypeAlias = npt.NDArray[Any]
Example: TypeAlias = tuple[@ARRAYS@]
SHAPES = @SHAPES@
EPS = 0.125  # large enough to be felt


def upstream(shape: tuple[int, ...]) -> Array:
    """Return dout."""
    return np.random.default_rng(2).normal(size=shape)


def central_differences(loss: Callable[[], float], given: Array) -> Array:
    """Return the slopes of the loss by the entries of an array that it depends on."""
    step, slopes = 1e-5, np.zeros_like(given)
    for place in np.ndindex(given.shape):
        kept = given[place]
        given[place] = kept + step
        ahead = loss()
        given[place] = kept - step
        slopes[place] = (ahead - loss()) / (2 * step)
        given[place] = kept
    return slopes
'''

_NUMPY_EXAMPLE = '''\
def example(shape: tuple[int, ...]) -> Example:
    """Return x, gamma, beta."""
    random = np.random.default_rng(1)
    x, gamma, beta = (random.normal(size=size) for size in (shape, shape[1], shape[1]))
    return 2 * x + 1, gamma, beta


def plainly(@TYPED@) -> Array:
    """Return y as the definition has it."""
    mean = x.mean(axis=@OVER@, keepdims=True)
    variance = x.var(axis=@OVER@, keepdims=True)
    xhat = (x - mean) / np.sqrt(variance + EPS)
    return np.asarray(gamma.reshape(@SPREAD@) * xhat + beta.reshape(@SPREAD@))
'''

_NUMPY_EXAMPLE_WITH = '''\
def example(shape: tuple[int, ...]) -> Example:
    """Return x, gamma, beta, mean, variance."""
    random = np.random.default_rng(1)
    sizes = (shape, shape[1], shape[1], shape[1])
    x, gamma, beta, mean = (random.normal(size=size) for size in sizes)
    return x, gamma, beta, mean, random.uniform(0.5, 2.0, size=shape[1])


def plainly(
    x: Array,
    gamma: Array,
    beta: Array,
    mean: Array,
    variance: Array,
) -> Array:
    """Return y as the definition has it."""
    std = np.sqrt(variance.reshape(@SPREAD@) + EPS)
    xhat = (x - mean.reshape(@SPREAD@)) / std
    return np.asarray(gamma.reshape(@SPREAD@) * xhat + beta.reshape(@SPREAD@))
'''

_NUMPY_TESTS = """\
@pytest.mark.parametrize("shape", SHAPES)
def test_forward_is_the_definition(shape: tuple[int, ...]) -> None:
    given = example(shape)
    y, _ = @NAME@_forward(*given, eps=EPS)
    np.testing.assert_allclose(y, plainly(*given), rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("shape", SHAPES)
def test_backward_is_central_differences(shape: tuple[int, ...]) -> None:
    given = example(shape)
    dout = upstream(shape)

    def loss() -> float:
        return float((dout * @NAME@_forward(*given, eps=EPS)[0]).sum())

    _, cache = @NAME@_forward(*given, eps=EPS)
    slopes = @NAME@_backward(dout, cache)
    for slope, by in zip(slopes, given[:@FREE@], strict=True):
        assert slope.shape == by.shape
        expected = central_differences(loss, by)
        np.testing.assert_allclose(slope, expected, rtol=1e-6, atol=1e-7)


def test_@DTYPE@_stays_@DTYPE@() -> None:
    given = example(SHAPES[-1])
    @GIVEN@ = (array.astype(np.@DTYPE@) for array in given)
    dout = upstream(SHAPES[-1])
    exact, exact_cache = @NAME@_forward(*given, eps=EPS)
    y, cache = @NAME@_forward(@GIVEN@, EPS)
    slopes = @NAME@_backward(dout.astype(np.@DTYPE@), cache)
    expected = @NAME@_backward(dout, exact_cache)
    for value, wanted in zip((y, *slopes), (exact, *expected), strict=True):
        assert value.dtype == np.@DTYPE@
        np.testing.assert_allclose(value, wanted, rtol=@TOLERANCE@, atol=@TOLERANCE@)
"""

_NUMPY_OFFSET = """\
@pytest.mark.parametrize("shape", SHAPES)
def test_a_large_offset_changes_nothing(shape: tuple[int, ...]) -> None:
    x, gamma, beta = example(shape)
    dout = upstream(shape)
    far: Array = x + 1e8
    near: Array = far - 1e8  # exact, so that both have the same xhat
    y, cache = @NAME@_forward(far, gamma, beta, EPS)
    expected, near_cache = @NAME@_forward(near, gamma, beta, EPS)
    np.testing.assert_allclose(y, expected, rtol=1e-12, atol=1e-12)
    slopes = @NAME@_backward(dout, cache)
    wanted = @NAME@_backward(dout, near_cache)
    for slope, near_slope in zip(slopes, wanted, strict=True):
        np.testing.assert_allclose(slope, near_slope, rtol=1e-12, atol=1e-12)


def test_entries_that_are_all_the_same_have_no_spread() -> None:
    x, gamma, beta = example(SHAPES[-1])
    y, _ = @NAME@_forward(np.full_like(x, 0.1), gamma, beta, 1e-5)
    np.testing.assert_allclose(y, plainly(np.zeros_like(x), gamma, beta), atol=1e-12)
"""

_NUMPY_PROOF = """\
def test_symbn_proves_every_gradient_for_every_size() -> None:
    pytest.importorskip("symbn.code.checking")
    path = Path(__file__).with_name("@MODULE@.py")
    asked = [f"{path}:@NAME@_backward", "--layout", "@LAYOUT@"]
    command = [sys.executable, "-m", "symbn", "code", *asked]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.count("for every N") == @FREE@
"""
