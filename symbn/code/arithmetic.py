"""Sums, products and powers of kernel terms, as the elements of an array build them: simplified where that costs nothing.

    0 + a = a    0 * a = 0    1 * a = a    numbers are folded    sums and products of up to 256 parts stay flat
    a + a = 2 a    a * a = a^2    a - a = 0    (a^p)^-1 = a^-p        (for one and the same shared term a)

Nothing is expanded, and what two terms share stays shared. Caveat: 0 * a = 0 also where a is a quotient that has no value at
some point.
"""

from __future__ import annotations

import math
from fractions import Fraction

from symbn.code.model import StoppedError
from symbn.kernel.evaluate import Irrational, Undefined, exact_power
from symbn.kernel.term import ONE, ZERO, Add, Mul, Num, Power, Term, Var

SHORT = 2**20  # a float with a numerator and a denominator below this is meant exactly
FLAT = 256  # the longest sum that is kept flat: longer ones nest, so that adding up n entries costs no n^2
MAX_BITS = 10_000
# What np.empty leaves: an entry that may be written, and not read before that.
UNWRITTEN: Term = Var("unwritten")


def stopped(reason: str) -> StoppedError:
    return StoppedError("inexact", reason)


def number(value: int | Fraction) -> Num:
    """Return the number as a term. Raises: StoppedError if it is absurdly long."""
    exact = Fraction(value)
    if exact.numerator.bit_length() + exact.denominator.bit_length() > MAX_BITS:
        raise StoppedError("limit", f"a number of more than {MAX_BITS} bits arises")
    return Num(exact)


def from_float(value: float) -> Fraction:
    """Return the exact value of a float that was not rounded. Raises: StoppedError for any other one."""
    if math.isfinite(value):
        exact = Fraction(value)
        if abs(exact.numerator) < SHORT and exact.denominator < SHORT:
            return exact
    raise stopped(
        f"the float {value!r} was computed in floating point, so that nobody can say which exact number it stands for: "
        "compute it from whole numbers and literals in the code itself"
    )


def plus(left: Term, right: Term) -> Term:
    check_written(left, right)
    if left is right:
        return times(number(2), left)
    if isinstance(left, Num) and isinstance(right, Num):
        return number(left.value + right.value)
    if left == ZERO or right == ZERO:
        return right if left == ZERO else left
    terms = _parts(left, Add) + _parts(right, Add)
    if len(terms) > FLAT:
        return Add((left, right))
    numbers = [t.value for t in terms if isinstance(t, Num)]
    if len(numbers) > 1:
        total = number(sum(numbers, Fraction(0)))
        rest = tuple(t for t in terms if not isinstance(t, Num))
        terms = rest if total == ZERO else (total, *rest)
    return terms[0] if len(terms) == 1 else Add(terms)


def times(left: Term, right: Term) -> Term:
    check_written(left, right)
    if isinstance(left, Num) and isinstance(right, Num):
        return number(left.value * right.value)
    if ZERO in (left, right):
        return ZERO
    if left is right:
        return raised(left, Fraction(2))
    factors = _parts(left, Mul) + _parts(right, Mul)
    if len(factors) > FLAT:
        return Mul((left, right))
    coefficient = math.prod((f.value for f in factors if isinstance(f, Num)), start=Fraction(1))
    rest = tuple(f for f in factors if not isinstance(f, Num))
    factors = rest if coefficient == 1 else (number(coefficient), *rest)
    return factors[0] if len(factors) == 1 else Mul(factors)


def raised(base: Term, exponent: Fraction) -> Term:
    """Return base ** exponent. Raises: StoppedError for a division by zero or a root of a negative number."""
    check_written(base)
    if exponent == 0:
        return ONE
    if exponent == 1:
        return base
    if isinstance(base, Num):
        try:
            return number(exact_power(base.value, exponent))
        except Undefined as error:
            raise StoppedError("raised" if base == ZERO else "inexact", str(error)) from None
        except Irrational as error:
            if exponent.denominator == 1:
                raise StoppedError("limit", str(error)) from None
    if isinstance(base, Power) and exponent == -1:
        return Power(base.base, -base.exponent)
    return Power(base, exponent)


def _parts(term: Term, kind: type[Add] | type[Mul]) -> tuple[Term, ...]:
    if isinstance(term, Add) and kind is Add:
        return term.terms
    return term.factors if isinstance(term, Mul) and kind is Mul else (term,)


def check_written(*terms: Term) -> None:
    if any(term is UNWRITTEN for term in terms):
        raise stopped("an entry of np.empty is used before it is written: start from np.zeros")


def minus(left: Term, right: Term) -> Term:
    check_written(left, right)
    return ZERO if left is right else plus(left, times(number(-1), right))


def over(left: Term, right: Term) -> Term:
    return times(left, raised(right, Fraction(-1)))


def words(term: Term, depth: int = 2) -> str:
    """Return a term in words that fit a message: deep inside it only dots."""
    match term:
        case Num(value=value):
            return str(value)
        case Var(name=name):
            return name
        case Add(terms=parts) if depth:
            return "(" + " + ".join([words(p, depth - 1) for p in parts[:3]] + ["..."] * (len(parts) > 3)) + ")"
        case Mul(factors=parts) if depth:
            return "*".join([words(p, depth - 1) for p in parts[:3]] + ["..."] * (len(parts) > 3))
        case Power(base=base, exponent=exponent) if depth:
            return f"{words(base, depth - 1)}**({exponent})"
        case _:
            return "(...)"
