"""The test file that goes with a module for PyTorch: its autograd, its own layer, central differences, a large offset."""

from __future__ import annotations

from symbn.codegen.filling import filled, words
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
