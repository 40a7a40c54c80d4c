"""The second engine: SymPy's derivative against the closed forms, and its canonical form against points."""

from __future__ import annotations

import pytest
import sympy

import symbn
from symbn.errors import UsageError
from symbn.symbolic import GRADIENTS, BatchNorm, staged_derivative, distinct


@pytest.mark.parametrize("batch", [1, 2, 3, 4])
@pytest.mark.parametrize("name", GRADIENTS)
def test_the_exact_gradients_are_the_closed_forms(name: str, batch: int) -> None:
    assert BatchNorm(batch).check(name) == "equal"


def test_evaluation_mode_has_its_own_closed_form() -> None:
    layer = BatchNorm(3, "eval")
    assert layer.check("dx") == "equal"
    assert layer.compare(layer.dx[0], 3 * layer.closed_form("dx")[0]) == "different"


@pytest.mark.parametrize("batch", [2, 3, 4])
def test_jacobians_have_zero_row_and_column_sums_and_rank_one_less(batch: int) -> None:
    layer = BatchNorm(batch)
    for of in ("c", "xhat"):
        jacobian = layer.jacobian(of, "x")
        assert jacobian.shape == (batch, batch)
        for n in range(batch):
            assert layer.compare(sum(jacobian.row(n)), 0) == "equal"
            assert layer.compare(sum(jacobian.col(n)), 0) == "equal"
        assert layer.rank(of, "x") == batch - 1


def test_the_jacobian_of_centring_is_the_identity_less_the_mean() -> None:
    jacobian = BatchNorm(3).jacobian("c", "x")
    assert jacobian == sympy.eye(3) - sympy.ones(3, 3) / 3


def test_the_jacobian_of_the_normalised_input_is_the_closed_form() -> None:
    layer = BatchNorm(3)
    jacobian = layer.jacobian("xhat", "x")
    for i in range(3):
        for k in range(3):
            closed = (3 * int(i == k) - 1 - layer.xhat[i] * layer.xhat[k]) / (3 * layer.s)
            assert layer.compare(jacobian[i, k], closed) == "equal"
            assert layer.compare(jacobian[i, k], -closed) == "different"


def test_different_is_confirmed_by_numbers() -> None:
    layer = BatchNorm(2)
    x_1, x_2 = layer.x
    at = {x_1: 0, x_2: 2, layer.eps: 3, layer.g[0]: 1, layer.g[1]: 0, layer.gamma: 1}
    assert layer.dx[0].subs(at) == sympy.Rational(3, 16)
    assert layer.compare(layer.dx[0], layer.dx[0] + layer.eps) == "different"


def test_spellings_that_simplify_finds_hard_are_equal() -> None:
    layer = BatchNorm(4)
    mean_square = sympy.Add(*(x**2 for x in layer.x)) / 4
    other = (layer.x[0] - layer.mu) / sympy.sqrt(mean_square - layer.mu**2 + layer.eps)
    assert layer.compare(layer.xhat[0], other) == "equal"
    assert layer.compare(sympy.Add(*(h**2 for h in layer.xhat)) / 4, layer.var / (layer.var + layer.eps)) == "equal"


def test_quarter_powers_and_free_symbols_are_decided() -> None:
    layer = BatchNorm(2)
    base = layer.var + layer.eps
    a = sympy.Symbol("a", real=True)
    assert layer.compare(a * sympy.sqrt(base) ** sympy.Rational(-3, 2), a * base ** sympy.Rational(-3, 4)) == "equal"
    assert layer.compare(base ** sympy.Rational(-3, 4), base ** sympy.Rational(-3, 2)) == "different"


def test_what_it_does_not_decide_it_says() -> None:
    layer = BatchNorm(2)
    assert layer.compare(sympy.exp(layer.x[0]), sympy.exp(layer.x[0]) + 1) == "undecided"
    assert layer.compare(sympy.zoo, 1) == "undecided"
    with pytest.raises(ArithmeticError):
        layer.simplify(sympy.sin(layer.x[0]))


def test_simplify_is_canonical() -> None:
    layer = BatchNorm(3)
    assert layer.simplify(layer.dx[0]) == layer.simplify(layer.closed_form("dx")[0])
    assert layer.simplify(sum(layer.xhat)) == 0
    assert str(layer.simplify(layer.xhat[0])) == "c_1/s"


@pytest.mark.parametrize("batch", [1, 2, 4, 6])
def test_the_staged_derivative_is_sympys_own(batch: int) -> None:
    layer = BatchNorm(batch)
    staged = staged_derivative(layer.L, layer.x[0])
    assert layer.compare(staged, sympy.diff(layer.L, layer.x[0])) == "equal"


def test_large_batches_are_decided_both_ways() -> None:
    layer = BatchNorm(24)
    slope = layer.derivative("L", "x", None, 1)
    closed = layer.closed_form("dx")[0]
    assert layer.compare(slope, closed) == "equal"
    assert layer.compare(slope, closed + layer.g[0] / layer.s) == "different"


@pytest.mark.parametrize("batch", [0, -1, True, 1.5, "3", 10**9])
def test_impossible_batch_sizes_are_refused(batch: object) -> None:
    with pytest.raises(UsageError):
        BatchNorm(batch)  # type: ignore[arg-type]


def test_text_is_never_taken_for_an_expression() -> None:
    layer = BatchNorm(2)
    with pytest.raises(UsageError):
        layer.compare("x_1", "x_1")
    with pytest.raises(UsageError):
        layer.closed_form("nothing")
    with pytest.raises(UsageError):
        BatchNorm(2, "sleep")


def test_the_layer_is_public() -> None:
    assert symbn.BatchNorm is BatchNorm
    assert repr(symbn.BatchNorm(batch=3)) == "BatchNorm(batch=3, mode='train')"
    layer = symbn.BatchNorm(batch=3)
    assert len(layer.x) == len(layer.y) == len(layer.dx) == 3


def test_a_shared_subexpression_is_visited_once() -> None:
    layer = BatchNorm(6)
    derivative = layer.derivative("L", "x", None, 1)
    nodes = distinct([derivative])
    assert len(nodes) == len(set(nodes))
    assert {node for node in nodes if isinstance(node, sympy.Pow)} == derivative.atoms(sympy.Pow)
    assert {node for node in nodes if isinstance(node, sympy.Symbol)} == derivative.free_symbols


def test_the_different_subexpressions_of_the_derivative_grow_as_the_batch_does() -> None:
    small, large = (len(distinct([BatchNorm(m).derivative("L", "x", None, 1)])) for m in (16, 32))
    assert large < 2.2 * small
