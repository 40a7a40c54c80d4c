"""The exact value of a term at a point."""

from __future__ import annotations

from fractions import Fraction as F

import pytest

from symbn.kernel.evaluate import Irrational, Point, Undefined, evaluate, exact_power
from symbn.kernel.term import Add, Delta, Entry, Index, KernelError, Mul, Power, Sum, Var, num

I, J = Index("i"), Index("j")
X: dict[tuple[str, tuple[int, ...]], F] = {("x", (1,)): F(2), ("x", (2,)): F(5)}
POINT = Point(2, {"a": F(3)}, X, {I: 2})


def x(index: Index) -> Entry:
    return Entry("x", (index,))


def test_sums_products_deltas_and_sizes() -> None:
    assert evaluate(Sum(J, x(J)), POINT) == 7
    assert evaluate(Sum(J, x(J), (I,)), POINT) == 2
    assert evaluate(Sum(J, Mul((Delta(I, J), x(J)))), POINT) == 5
    assert evaluate(Mul((Var("m"), Var("a"), x(Index(1)))), POINT) == 12
    assert evaluate(Add(()), POINT) == 0


def test_a_shadowed_index_is_the_inner_one() -> None:
    assert evaluate(Sum(I, Mul((x(I), Sum(I, x(I))))), POINT) == 49


@pytest.mark.parametrize(
    ("base", "exponent", "value"),
    [
        (F(4), F(1, 2), F(2)),
        (F(16), F(-3, 4), F(1, 8)),
        (F(8, 27), F(2, 3), F(4, 9)),
        (F(0), F(1, 2), F(0)),
        (F(0), F(0), F(1)),
        (F(-2), F(3), F(-8)),
    ],
)
def test_powers_are_exact(base: F, exponent: F, value: F) -> None:
    assert exact_power(base, exponent) == value


def test_what_has_no_exact_value_says_so() -> None:
    with pytest.raises(Irrational):
        exact_power(F(2), F(1, 2))
    with pytest.raises(Undefined):
        exact_power(F(-4), F(1, 2))
    with pytest.raises(Undefined):
        exact_power(F(0), F(-1))
    with pytest.raises(Irrational):
        exact_power(F(3), F(10**9))
    assert exact_power(F(-1), F(10**9)) == 1


def test_a_missing_value_is_the_callers_fault() -> None:
    with pytest.raises(KernelError):
        evaluate(Var("b"), POINT)
    with pytest.raises(KernelError):
        evaluate(x(J), POINT)
    with pytest.raises(KernelError):
        evaluate(x(Index(3)), POINT)
    assert evaluate(Power(num(2), F(3)), POINT) == 8
