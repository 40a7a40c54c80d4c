"""Sparse polynomials: the ring laws, and the invariant that zero is the empty dict."""

from __future__ import annotations

from fractions import Fraction as F

import pytest
from hypothesis import given
from hypothesis import strategies as st

from symbn.kernel.polynomial import Polynomial, TooLarge, add, constant, integer_power, multiply

coefficients = st.fractions(min_value=-3, max_value=3, max_denominator=4)


@st.composite
def polynomials(draw: st.DrawFn) -> Polynomial:
    total: Polynomial = {}
    for _ in range(draw(st.integers(0, 4))):
        powers = draw(st.dictionaries(st.integers(0, 2), st.integers(-2, 3), max_size=3))
        monomial = tuple(sorted((w, e) for w, e in powers.items() if e))
        total = add(total, multiply({monomial: 1}, constant(draw(coefficients))))
    return total


@given(polynomials(), polynomials(), polynomials())
def test_the_ring_laws(a: Polynomial, b: Polynomial, c: Polynomial) -> None:
    assert add(a, b) == add(b, a)
    assert multiply(a, b) == multiply(b, a)
    assert multiply(a, add(b, c)) == add(multiply(a, b), multiply(a, c))
    assert multiply(multiply(a, b), c) == multiply(a, multiply(b, c))
    assert add(a, a, -1) == {}


@given(polynomials(), polynomials())
def test_no_zero_coefficient_and_no_whole_fraction_is_stored(a: Polynomial, b: Polynomial) -> None:
    for polynomial in (add(a, b), multiply(a, b)):
        for monomial, coefficient in polynomial.items():
            assert coefficient != 0
            assert isinstance(coefficient, int) or coefficient.denominator != 1
            assert all(exponent != 0 for _, exponent in monomial)


def test_single_terms_may_be_inverted() -> None:
    assert integer_power({((0, 2),): 2}, -2) == {((0, -4),): F(1, 4)}
    assert integer_power(constant(3), 0) == constant(1)


def test_budgets_are_kept() -> None:
    wide: Polynomial = {((n, 1),): 1 for n in range(3000)}
    with pytest.raises(TooLarge):
        multiply(wide, wide)
    with pytest.raises(TooLarge):
        integer_power({((0, 1),): 1, (): 1}, 1000)
