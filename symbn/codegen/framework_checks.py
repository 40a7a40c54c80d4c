"""The test files that go with the modules for PyTorch and JAX: their own differentiation, and central differences."""

from __future__ import annotations

from symbn.codegen.checks import filled, words
from symbn.codegen.program import Program


def torch_test(program: Program, name: str, dtype: str, module: str) -> str:
    """Return a pytest file: PyTorch's autograd and its own layer in float64, gradcheck, and a large offset."""
    parts = [_TORCH, _TORCH_EXAMPLE_WITH if program.constants else _TORCH_EXAMPLE, _TORCH_TESTS]
    if not program.constants:
        parts.append(_TORCH_OFFSET)
    found = {**words(program, name, dtype, module), "THEIRS": _theirs(program)}
    return filled(filled("\n\n".join(parts), found), found)


def _theirs(program: Program) -> str:
    """Return PyTorch's own layer, and the shapes that it takes: in training it refuses a single entry."""
    if program.layout.group != program.layout.parameter:
        return "torch.nn.functional.layer_norm(x, x.shape[1:], gamma, beta, EPS)"
    if program.constants:
        return "torch.nn.functional.batch_norm(\n        x, mean, variance, gamma, beta, False, 0.0, EPS\n    )"
    return "torch.nn.functional.batch_norm(x, None, None, gamma, beta, True, 0.0, EPS)"


def jax_test(program: Program, name: str, dtype: str, module: str) -> str:
    """Return a pytest file: JAX's own gradients in float64, central differences to the second order, and a large offset."""
    parts = [_JAX, _JAX_EXAMPLE_WITH if program.constants else _JAX_EXAMPLE, _JAX_TESTS]
    if not program.constants:
        parts.append(_JAX_OFFSET)
    return filled("\n\n".join(parts), words(program, name, dtype, module))


_TORCH = '''\
"""Checks @MODULE@.py against PyTorch's autograd and central differences.

@MARK@.
"""

from __future__ import annotations

from typing import TypeAlias

import pytest
import torch
from @MODULE@ import @NAME@

Array: TypeAlias = torch.Tensor
Example: TypeAlias = tuple[@ARRAYS@]
SHAPES = @SHAPES@
EPS = 0.125  # large enough to be felt


def random(*shape: int) -> Array:
    return torch.randn(*shape, dtype=torch.float64)


def narrow(array: Array) -> Array:
    return array.detach().to(torch.@DTYPE@)


def slopes(y: Array, dout: Array, given: Example) -> tuple[Array, ...]:
    """Return the gradients of the sum of dout * y."""
    return torch.autograd.grad(y, given[:@FREE@], dout)


def close(value: Array, wanted: Array, tolerance: float = 1e-10) -> None:
    torch.testing.assert_close(value, wanted, rtol=tolerance, atol=tolerance)
'''

_TORCH_EXAMPLE = '''\
def example(shape: tuple[int, ...]) -> Example:
    """Return x, gamma, beta."""
    torch.manual_seed(1)
    x, gamma, beta = 2 * random(*shape) + 1, random(shape[1]), random(shape[1])
    return x.requires_grad_(), gamma.requires_grad_(), beta.requires_grad_()


def plainly(@TYPED@) -> Array:
    """Return y as the definition has it."""
    mean = x.mean(dim=@OVER@, keepdim=True)
    variance = x.var(dim=@OVER@, correction=0, keepdim=True)
    xhat = (x - mean) / torch.sqrt(variance + EPS)
    return gamma.reshape(@SPREAD@) * xhat + beta.reshape(@SPREAD@)


def theirs(@TYPED@) -> Array:
    """Return y as PyTorch's own layer has it."""
    return @THEIRS@
'''

_TORCH_EXAMPLE_WITH = '''\
def example(shape: tuple[int, ...]) -> Example:
    """Return x, gamma, beta, mean, variance."""
    torch.manual_seed(1)
    x, gamma, beta = random(*shape), random(shape[1]), random(shape[1])
    mean, variance = random(shape[1]), random(shape[1]) ** 2
    for given in (x, gamma, beta):
        given.requires_grad_()
    return x, gamma, beta, mean, variance


def plainly(
    x: Array,
    gamma: Array,
    beta: Array,
    mean: Array,
    variance: Array,
) -> Array:
    """Return y as the definition has it."""
    std = torch.sqrt(variance.reshape(@SPREAD@) + EPS)
    xhat = (x - mean.reshape(@SPREAD@)) / std
    return gamma.reshape(@SPREAD@) * xhat + beta.reshape(@SPREAD@)


def theirs(
    x: Array,
    gamma: Array,
    beta: Array,
    mean: Array,
    variance: Array,
) -> Array:
    """Return y as PyTorch's own layer has it."""
    return @THEIRS@
'''

_TORCH_TESTS = """\
@pytest.mark.parametrize("shape", SHAPES)
def test_it_is_what_autograd_finds(shape: tuple[int, ...]) -> None:
    given = example(shape)
    y, dout = @NAME@(*given, eps=EPS), random(*shape)
    wanted = plainly(*given)
    close(y, wanted)
    for slope, expected in zip(
        slopes(y, dout, given), slopes(wanted, dout, given), strict=True
    ):
        close(slope, expected)


@pytest.mark.parametrize("shape", SHAPES[2:])
def test_it_is_the_layer_of_pytorch(shape: tuple[int, ...]) -> None:
    given = example(shape)
    y, dout = @NAME@(*given, eps=EPS), random(*shape)
    wanted = theirs(*given)
    close(y, wanted)
    for slope, expected in zip(
        slopes(y, dout, given), slopes(wanted, dout, given), strict=True
    ):
        close(slope, expected)


@pytest.mark.parametrize("shape", SHAPES)
def test_it_is_central_differences(shape: tuple[int, ...]) -> None:
    given = example(shape)

    def layer(x: Array, gamma: Array, beta: Array) -> Array:
        return @NAME@(x, gamma, beta, *given[3:], eps=EPS)

    assert torch.autograd.gradcheck(layer, given[:@FREE@])


def test_a_second_derivative_is_refused() -> None:
    given = example(SHAPES[-1])
    y = @NAME@(*given, eps=EPS)
    (dx,) = torch.autograd.grad((y**2).sum(), given[0], create_graph=True)
    with pytest.raises(RuntimeError, match="once_differentiable"):
        torch.autograd.backward(dx.sum())


def test_@DTYPE@_stays_@DTYPE@() -> None:
    @GIVEN@ = map(narrow, example(SHAPES[-1]))
    x.requires_grad_()
    y = @NAME@(@GIVEN@, EPS)
    (dx,) = torch.autograd.grad(y.sum(), x)
    assert y.dtype == dx.dtype == torch.@DTYPE@
    close(y.double(), plainly(*example(SHAPES[-1])), @TOLERANCE@)
"""

_TORCH_OFFSET = """\
@pytest.mark.parametrize("shape", SHAPES)
def test_a_large_offset_changes_nothing(shape: tuple[int, ...]) -> None:
    x, gamma, beta = example(shape)
    dout = random(*shape)
    far = (x + 1e8).detach().requires_grad_()
    near = (far - 1e8).detach().requires_grad_()  # exact: both have the same xhat
    given, near_given = (far, gamma, beta), (near, gamma, beta)
    y = @NAME@(*given, eps=EPS)
    wanted = @NAME@(*near_given, eps=EPS)
    close(y, wanted, 1e-12)
    for slope, expected in zip(
        slopes(y, dout, given), slopes(wanted, dout, near_given), strict=True
    ):
        close(slope, expected, 1e-12)
"""

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


@pytest.mark.parametrize("shape", SHAPES)
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
