"""Exact values a + b sqrt(r) with rational a and b: what the layer has where its standard deviation is irrational."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Context, Decimal
from fractions import Fraction
from typing import assert_never

from symbn.kernel.evaluate import Irrational, Point, Undefined
from symbn.kernel.term import Add, Delta, Entry, Index, Mul, Num, Power, Sum, Term, Var


@dataclass(frozen=True, slots=True)
class Surd:
    """a + b sqrt(r), r > 0 no square of a rational number."""

    a: Fraction
    b: Fraction
    r: Fraction

    def __add__(self, other: Surd) -> Surd:
        return Surd(self.a + other.a, self.b + other.b, self.r)

    def __mul__(self, other: Surd) -> Surd:
        return Surd(self.a * other.a + self.b * other.b * self.r, self.a * other.b + self.b * other.a, self.r)

    def inverse(self) -> Surd:
        """Raises: Undefined for 0, which is the only value of norm 0, since sqrt(r) is irrational."""
        norm = self.a**2 - self.b**2 * self.r
        if norm == 0:
            raise Undefined
        return Surd(self.a / norm, -self.b / norm, self.r)

    def digits(self, count: int = 6) -> str:
        """Return the value rounded to so many significant digits."""
        size = sum(n.numerator.bit_length() + n.denominator.bit_length() for n in (self.a, self.b, self.r))
        context = Context(prec=count + 20 + size)  # a and b sqrt(r) may nearly cancel, by no more than their own length
        root = context.sqrt(_decimal(self.r, context))
        value = context.add(_decimal(self.a, context), context.multiply(_decimal(self.b, context), root))
        return f"{Context(prec=count).plus(value):.{count}g}"


def _decimal(value: Fraction, context: Context) -> Decimal:
    return context.divide(Decimal(value.numerator), Decimal(value.denominator))


def surd(term: Term, point: Point, radicand: Fraction) -> Surd:
    """Return the value of a term whose roots are all of this number. Raises: Undefined, Irrational for another root."""
    return _value(term, point, dict(point.indices), radicand)


def _value(term: Term, point: Point, at: dict[Index, int], r: Fraction) -> Surd:
    def place(index: Index) -> int:
        return index.name if isinstance(index.name, int) else at[index]

    def rational(value: Fraction | int) -> Surd:
        return Surd(Fraction(value), Fraction(0), r)

    total: Surd
    match term:
        case Num(value=value):
            return rational(value)
        case Var(name=name):
            return rational(point.m if name == "m" else point.scalars[name])
        case Entry(name=name, indices=indices):
            return rational(point.entries[name, tuple(place(i) for i in indices)])
        case Delta(left=left, right=right):
            return rational(place(left) == place(right))
        case Sum(index=index, body=body, excluding=excluding):
            skipped, total = {place(i) for i in excluding}, rational(0)
            for j in range(1, point.m + 1):
                if j not in skipped:
                    total += _value(body, point, {**at, index: j}, r)
            return total
        case Add(terms=terms):
            total = rational(0)
            for part in terms:
                total += _value(part, point, at, r)
            return total
        case Mul(factors=factors):
            total = rational(1)
            for part in factors:
                total *= _value(part, point, at, r)
            return total
        case Power(base=base, exponent=exponent):
            return _power(_value(base, point, at, r), exponent)
        case _:
            assert_never(term)


def _power(base: Surd, exponent: Fraction) -> Surd:
    one = Surd(Fraction(1), Fraction(0), base.r)
    if exponent.denominator == 2:
        if base.b != 0 or base.a != base.r:
            raise Irrational("another root")
        base, exponent = Surd(Fraction(0), Fraction(1), base.r), exponent * 2
    if exponent.denominator != 1 or abs(exponent) > 64:
        raise Irrational("another root")
    if exponent < 0:
        base, exponent = base.inverse(), -exponent
    total = one
    for _ in range(exponent.numerator):
        total *= base
    return total
