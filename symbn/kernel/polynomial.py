"""Sparse polynomials over Q, as plain dicts behind pure functions.

    polynomial = {monomial: coefficient}        monomial = ((generator, exponent), ...) sorted by generator, exponents not zero

Generators are integers; `normal` knows what they stand for. Coefficients and exponents are `int` where they can be, which is
many times faster, else `Fraction`. Invariant: none is zero, so that a polynomial is zero exactly when the dict is empty.
"""

from __future__ import annotations

from fractions import Fraction
from functools import reduce

Exact = int | Fraction
Monomial = tuple[tuple[int, Exact], ...]
Polynomial = dict[Monomial, Exact]

UNIT: Monomial = ()
MAX_TERMS = 20_000
MAX_WORK = 1_000_000
spent = [0]  # term operations, set back for each goal


class TooLarge(Exception):
    """The polynomial would outgrow the budget."""


def _work(count: int) -> None:
    spent[0] += count
    if spent[0] > MAX_WORK:
        raise TooLarge(f"more than {MAX_WORK} operations on terms")


def exact(value: Fraction | int) -> Exact:
    return value if isinstance(value, int) else value.numerator if value.denominator == 1 else value


def constant(value: Fraction | int) -> Polynomial:
    return {UNIT: exact(value)} if value else {}


def add(left: Polynomial, right: Polynomial, scale: Exact = 1) -> Polynomial:
    """Return left + scale * right."""
    if len(left) < len(right) and scale == 1:
        left, right = right, left
    _work(len(right) + len(left) // 16)
    total = dict(left)
    for monomial, coefficient in right.items():
        value = total.get(monomial, 0) + scale * coefficient
        if value:
            total[monomial] = exact(value)
        else:
            del total[monomial]
    return total


def multiply_monomials(left: Monomial, right: Monomial) -> Monomial:
    powers = dict(left)
    for which, exponent in right:
        powers[which] = powers.get(which, 0) + exponent
    return tuple(sorted((w, exact(e)) for w, e in powers.items() if e))


def multiply(left: Polynomial, right: Polynomial) -> Polynomial:
    """Return left * right. Raises: TooLarge."""
    _work(len(left) * len(right))
    total: Polynomial = {}
    for a, p in left.items():
        for b, q in right.items():
            monomial = multiply_monomials(a, b) if a and b else a or b
            value = total.get(monomial, 0) + p * q
            if value:
                total[monomial] = exact(value)
            else:
                del total[monomial]
    if len(total) > MAX_TERMS:
        raise TooLarge(f"a polynomial of {len(total)} terms")
    return total


def integer_power(base: Polynomial, exponent: int) -> Polynomial:
    """Return base ** exponent for exponent >= 0, or any integer if the base is a single term. Raises: TooLarge."""
    if len(base) == 1:
        ((monomial, coefficient),) = base.items()
        if abs(exponent) > 4096 and abs(coefficient) != 1:
            raise TooLarge(f"the exponent {exponent}")
        raised = tuple((which, exact(e * exponent)) for which, e in monomial) if exponent else UNIT
        return {raised: 1 if coefficient == 1 else exact(Fraction(coefficient) ** exponent)}
    if exponent > 64:
        raise TooLarge(f"the exponent {exponent}")
    return reduce(multiply, [base] * exponent, constant(1))
