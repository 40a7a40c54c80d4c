"""The test file that goes with a module for JAX: its own gradients, central differences twice over, a large offset."""

from __future__ import annotations

from symbn.codegen.filling import filled, words
from symbn.codegen.program import Program


def jax_test(program: Program, name: str, dtype: str, module: str) -> str:
    """Return a pytest file: JAX's own gradients in float64, central differences to the second order, and a large offset."""
    parts = [_JAX, _JAX_EXAMPLE_WITH if program.constants else _JAX_EXAMPLE, _JAX_TESTS]
    if not program.constants:
        parts.append(_JAX_OFFSET)
    return filled("\n\n".join(parts), words(program, name, dtype, module))


_JAX = '''\
"""Checks @MODULE@.py against JAX's own gradients and central differences.

@MARK@.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from jax.test_util import check_grads
from @MODULE@ import @NAME@

configure: Callable[[str, bool], None] = jax.config.update
against_differences: Callable[..., None] = check_grads
configure("jax_enable_x64", True)
Array: TypeAlias = jax.Array
Example: TypeAlias = tuple[@ARRAYS@]
SHAPES = @SHAPES@
EPS = 0.125  # large enough to be felt


def random(seed: int, *shape: int) -> Array:
    return jax.random.normal(jax.random.key(seed), shape, dtype=jnp.float64)


def slopes(layer: Callable[..., Array], dout: Array, *given: Array) -> list[Array]:
    """Return the gradients of the sum of dout * y by all but the constants."""

    def loss(*free: Array) -> Array:
        return (dout * layer(*free, *given[@FREE@:], EPS)).sum()

    return list(jax.grad(loss, range(@FREE@))(*given[:@FREE@]))


def close(value: Array, wanted: Array, tolerance: float = 1e-10) -> None:
    np.testing.assert_allclose(value, wanted, rtol=tolerance, atol=tolerance)
'''

_JAX_EXAMPLE = '''\
def example(shape: tuple[int, ...]) -> Example:
    """Return x, gamma, beta."""
    return 2 * random(1, *shape) + 1, random(2, shape[1]), random(3, shape[1])


def plainly(@TYPED@, eps: float) -> Array:
    """Return y as the definition has it."""
    mean = x.mean(axis=@OVER@, keepdims=True)
    variance = x.var(axis=@OVER@, keepdims=True)
    xhat = (x - mean) / jnp.sqrt(variance + eps)
    return gamma.reshape(@SPREAD@) * xhat + beta.reshape(@SPREAD@)
'''

_JAX_EXAMPLE_WITH = '''\
def example(shape: tuple[int, ...]) -> Example:
    """Return x, gamma, beta, mean, variance."""
    gamma, beta, mean, root = (random(seed, shape[1]) for seed in (2, 3, 4, 5))
    return random(1, *shape), gamma, beta, mean, root**2


def plainly(
    x: Array,
    gamma: Array,
    beta: Array,
    mean: Array,
    variance: Array,
    eps: float,
) -> Array:
    """Return y as the definition has it."""
    std = jnp.sqrt(variance.reshape(@SPREAD@) + eps)
    xhat = (x - mean.reshape(@SPREAD@)) / std
    return gamma.reshape(@SPREAD@) * xhat + beta.reshape(@SPREAD@)
'''

_JAX_TESTS = """\
@pytest.mark.parametrize("shape", SHAPES)
def test_it_is_what_jax_finds(shape: tuple[int, ...]) -> None:
    given = example(shape)
    dout = random(9, *shape)
    close(@NAME@(*given, eps=EPS), plainly(*given, eps=EPS))
    for slope, expected in zip(
        slopes(@NAME@, dout, *given),
        slopes(plainly, dout, *given),
        strict=True,
    ):
        close(slope, expected)


@pytest.mark.parametrize("shape", SHAPES[-2:])
def test_it_is_central_differences_to_the_second_order(shape: tuple[int, ...]) -> None:
    given = example(shape)

    def layer(*free: Array) -> Array:
        return @NAME@(*free, *given[@FREE@:], EPS)

    against_differences(layer, given[:@FREE@], order=2, modes=("rev",))


def test_@DTYPE@_stays_@DTYPE@() -> None:
    given = example(SHAPES[-1])
    @GIVEN@ = (array.astype(jnp.@DTYPE@) for array in given)
    y = @NAME@(@GIVEN@, EPS)
    assert y.dtype == jnp.@DTYPE@
    close(y, plainly(*given, eps=EPS), @TOLERANCE@)
"""

_JAX_OFFSET = """\
@pytest.mark.parametrize("shape", SHAPES)
def test_a_large_offset_changes_nothing(shape: tuple[int, ...]) -> None:
    x, gamma, beta = example(shape)
    dout = random(9, *shape)
    far = x + 1e8
    near = far - 1e8  # exact, so that both have the same xhat
    layer = jax.jit(@NAME@, static_argnums=3)
    close(layer(far, gamma, beta, EPS), layer(near, gamma, beta, EPS), 1e-12)
    for slope, expected in zip(
        slopes(layer, dout, far, gamma, beta),
        slopes(layer, dout, near, gamma, beta),
        strict=True,
    ):
        close(slope, expected, 1e-12)
"""
