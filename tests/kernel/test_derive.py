"""Derivatives, compared with exact difference quotients of polynomials and with each rule."""

from __future__ import annotations

from fractions import Fraction as F

from symbn.kernel.derive import derive
from symbn.kernel.evaluate import Point, evaluate
from symbn.kernel.term import Delta, Entry, Index, Mul, Power, Sum, Term, Var, add, mul, num, power

I, J, K = Index("i"), Index("j"), Index("k")


def x(index: Index) -> Entry:
    return Entry("x", (index,))


def at(*values: int, k: int = 1) -> Point:
    return Point(len(values), {"a": F(2)}, {("x", (n,)): F(v) for n, v in enumerate(values, 1)}, {I: 1, K: k})


def test_a_bound_index_is_not_captured() -> None:
    for bound in (I, J, K):
        assert evaluate(derive(Sum(bound, x(bound)), x(K)), at(3, 5, 7)) == 1


def test_a_restricted_sum_leaves_its_index_out() -> None:
    term = derive(Sum(J, power(x(J), 2), (I,)), x(K))
    assert evaluate(term, at(3, 5, k=1)) == 0
    assert evaluate(term, at(3, 5, k=2)) == 10


def test_the_derivative_is_the_limit_of_exact_difference_quotients() -> None:
    mean = mul(power(Var("m"), -1), Sum(J, x(J)))
    term: Term = Sum(J, Mul((power(add(x(J), mul(num(-1), mean)), 3), x(I))))
    slope = evaluate(derive(term, x(K)), at(1, 4, 6, k=2))

    def quotient(h: F) -> F:
        values = dict[tuple[str, tuple[int, ...]], F]({("x", (1,)): F(1), ("x", (2,)): F(4) + h, ("x", (3,)): F(6)})
        moved = Point(3, {}, values, {I: 1})
        return (evaluate(term, moved) - evaluate(term, at(1, 4, 6))) / h

    # A polynomial of degree 3 in h: Richardson extrapolation of the central difference is exact.
    central = [(quotient(h) + quotient(-h)) / 2 for h in (F(1), F(2))]
    assert (4 * central[0] - central[1]) / 3 == slope


def test_powers_and_other_leaves() -> None:
    assert evaluate(derive(Power(Var("a"), F(3)), Var("a")), at(1)) == 12
    assert evaluate(derive(x(I), Var("a")), at(1)) == 0
    assert evaluate(derive(Delta(I, K), x(K)), at(1)) == 0
    assert evaluate(derive(Entry("y", (I,)), x(I)), at(1)) == 0
