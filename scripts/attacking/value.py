"""The exact value of a formula at a point, derivatives by dual numbers: the attack's own idea of what is true.

A number is a polynomial in nilpotent symbols, one for each derivative that is being taken: {symbols: coefficient}. To
differentiate by a node is to give it the value v + d with d^2 = 0, to compute anew what is downstream of it, and to read off
the coefficient of d. A local derivative holds the named nodes in between at the values they have.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from math import isqrt

from scripts.attacking.formula import Add, Delta, Formula, Index, Mul, Name, Num, Pow, Size, Slope, Sum, free

Symbols = frozenset[int]
Number = dict[Symbols, Fraction]
PLAIN: Symbols = frozenset()


class Undefined(Exception):
    """Division by zero, or an even root of a negative number."""


class Irrational(Exception):
    """The value has no exact form."""


class Unlabelled(Exception):
    """The formula means nothing that can be evaluated, such as the loss itself."""


@dataclass(frozen=True)
class Point:
    m: int
    arrays: Mapping[str, tuple[Fraction, ...]]
    scalars: Mapping[str, Fraction]
    mode: str = "train"


def times(left: Number, right: Number) -> Number:
    total: Number = {}
    for a, p in left.items():
        for b, q in right.items():
            if not a & b:
                both = a | b if b else a
                total[both] = total.get(both, Fraction(0)) + p * q
    return total


def plus(left: Number, right: Number) -> Number:
    total = dict(left)
    for symbols, value in right.items():
        total[symbols] = total.get(symbols, Fraction(0)) + value
    return total


def raised(base: Number, exponent: Fraction) -> Number:
    """(b + n)^q = sum_k binomial(q, k) b^(q-k) n^k, where n is nilpotent."""
    plain = base.get(PLAIN, Fraction(0))
    rest = {symbols: value for symbols, value in base.items() if symbols and value}
    if not rest:
        return {PLAIN: root_power(plain, exponent)}
    total: Number = {}
    power: Number = {PLAIN: Fraction(1)}
    coefficient, k = Fraction(1), 0
    while power and coefficient:
        scale = coefficient * root_power(plain, exponent - k)
        total = plus(total, {symbols: value * scale for symbols, value in power.items()})
        coefficient = coefficient * (exponent - k) / (k + 1)
        power = times(power, rest)
        k += 1
    return total


def root_power(base: Fraction, exponent: Fraction) -> Fraction:
    if base == 0 and exponent < 0:
        raise Undefined
    degree = exponent.denominator
    if degree == 1:
        return base**exponent.numerator
    if base < 0:
        raise Undefined
    while degree % 2 == 0:
        top, bottom = isqrt(base.numerator), isqrt(base.denominator)
        if top * top != base.numerator or bottom * bottom != base.denominator:
            raise Irrational
        base, degree = Fraction(top, bottom), degree // 2
    if degree != 1:
        raise Irrational
    return base**exponent.numerator


_PARENTS = {
    "mu": ("x",), "c": ("x", "mu"), "var": ("c",), "s": ("var", "eps"), "xhat": ("c", "s"), "y": ("gamma", "beta", "xhat"),
    "L": ("y", "g"),
}  # fmt: skip


def depends(role: str, on: str, mode: str) -> bool:
    """Tell whether the node is computed from the other one, or is it."""
    inner = () if mode == "eval" and role in ("mu", "var") else _PARENTS.get(role, ())
    return role == on or any(depends(parent, on, mode) for parent in inner)


@dataclass
class World:
    """One point, or the surroundings of a derivative: there the node `moved` (role, place or 0, symbol) is a variable, what
    is downstream of it is computed anew, and everything else, as well as what is `held`, is as outside."""

    point: Point
    local: frozenset[tuple[str, str]] = frozenset()
    outside: World | None = None
    moved: tuple[str, int, int] | None = None
    held: frozenset[str] = frozenset()
    memo: dict[tuple[str, int], Number] = field(default_factory=dict)

    def value(self, formula: Formula, at: Mapping[Index, int]) -> Number:
        match formula:
            case Num(value=value):
                return {PLAIN: value}
            case Size():
                return {PLAIN: Fraction(self.point.m)}
            case Name(role=role, indices=indices):
                return self.node(role, self.place(indices[0], at) if indices else 0)
            case Delta(left=left, right=right):
                return {PLAIN: Fraction(self.place(left, at) == self.place(right, at))}
            case Sum(index=index, body=body, excluding=excluding):
                skipped = {self.place(i, at) for i in excluding}
                total: Number = {}
                for place in range(1, self.point.m + 1):
                    if place not in skipped:
                        total = plus(total, self.value(body, {**at, index: place}))
                return total
            case Add(terms=terms):
                total = {}
                for term in terms:
                    total = plus(total, self.value(term, at))
                return total
            case Mul(factors=factors):
                product: Number = {PLAIN: Fraction(1)}
                for factor in factors:
                    product = times(product, self.value(factor, at))
                return product
            case Pow(base=base, exponent=exponent):
                return raised(self.value(base, at), exponent)
            case Slope(of=of, by=by):
                return self.slope(of, by, at)

    def place(self, index: Index, at: Mapping[Index, int]) -> int:
        place = index if isinstance(index, int) else at[index]
        if not 1 <= place <= self.point.m:
            raise Unlabelled
        return place

    def slope(self, of: Formula, by: Name, at: Mapping[Index, int]) -> Number:
        place = self.place(by.indices[0], at) if by.indices else 0
        symbol = 1 + (self.moved[2] if self.moved else 0)
        held = frozenset[str]()
        if isinstance(of, Name) and (of.role, by.role) in self.local:
            held = frozenset({"mu", "var", "xhat", "y"}) - {of.role, by.role}
        found = World(self.point, self.local, self, (by.role, place, symbol), held).value(of, at)
        return {symbols - {symbol}: value for symbols, value in found.items() if symbol in symbols}

    def node(self, role: str, place: int) -> Number:
        key = (role, place)
        if key not in self.memo:
            self.memo[key] = self.found(role, place)
        return self.memo[key]

    def found(self, role: str, place: int) -> Number:
        if self.outside is None or self.moved is None:
            return self.define(role, place)
        moved, where, symbol = self.moved
        if role == moved:
            own = self.outside.node(role, place)
            return plus(own, {frozenset({symbol}): Fraction(1)}) if place == where else own
        if role in self.held or not depends(role, moved, self.point.mode):
            return self.outside.node(role, place)
        return self.define(role, place)

    def define(self, role: str, place: int) -> Number:
        m, point = self.point.m, self.point
        each = range(1, m + 1)
        if role in point.arrays:
            return {PLAIN: point.arrays[role][place - 1]}
        if role in point.scalars:
            return {PLAIN: point.scalars[role]}
        match role:
            case "mu":
                return self.mean([self.node("x", j) for j in each])
            case "c":
                return plus(self.node("x", place), times({PLAIN: Fraction(-1)}, self.node("mu", 0)))
            case "var":
                return self.mean([times(self.node("c", j), self.node("c", j)) for j in each])
            case "s":
                return raised(plus(self.node("var", 0), self.node("eps", 0)), Fraction(1, 2))
            case "xhat":
                return times(self.node("c", place), raised(self.node("s", 0), Fraction(-1)))
            case "y":
                return plus(times(self.node("gamma", 0), self.node("xhat", place)), self.node("beta", 0))
            case "L":
                # Known to first order only: a second derivative, or the value itself, means nothing.
                if self.outside is None or self.outside.outside is not None:
                    raise Unlabelled
                total: Number = {}
                for j in each:
                    total = plus(total, times(self.node("g", j), self.node("y", j)))
                return total
        raise Unlabelled

    def mean(self, values: list[Number]) -> Number:
        total: Number = {}
        for value in values:
            total = plus(total, value)
        return times(total, {PLAIN: Fraction(1, self.point.m)})


def least_batch(*formulas: Formula) -> int:
    found = [i for formula in formulas for i in free(formula) if isinstance(i, int)]
    return max([1, *found])
