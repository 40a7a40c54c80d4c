"""The exact value of a term at a point: what a term *means*. Everything else in the kernel is checked against this.

Sums are added up, deltas compared, and a fractional power is taken only where the root is rational: nothing is rounded.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from math import prod
from typing import assert_never

from symbn.kernel.term import BATCH, FEATURE, SIZE_NAME, Add, Delta, Entry, Index, KernelError, Mul, Num, Power, Sum, Term
from symbn.kernel.term import Var, free_indices, FreeMemo

MAX_BITS, MAX_STEPS = 4096, 200_000


class Undefined(Exception):
    """The term has no value at the point: a division by zero, or a root of a negative number."""


class Irrational(Exception):
    """The value is not rational, so that it cannot be given exactly."""


@dataclass(frozen=True, slots=True)
class Point:
    """An assignment: m (batch size), n (features), scalars by name, entries by name and 1-based position, free indices."""

    m: int
    scalars: Mapping[str, Fraction] = field(default_factory=dict)
    entries: Mapping[tuple[str, tuple[int, ...]], Fraction] = field(default_factory=dict)
    indices: Mapping[Index, int] = field(default_factory=dict)
    n: int = 1


def evaluate(term: Term, point: Point) -> Fraction:
    """Return the exact value of the term at the point.

    Raises: Undefined, Irrational; KernelError if the point leaves a name or an index of the term without a value.
    """
    return _Evaluation(point).value(term, dict(point.indices))


class _Evaluation:
    def __init__(self, point: Point) -> None:
        self.point = point
        self.size = {BATCH: point.m, FEATURE: point.n}
        self.scalars = {**point.scalars, **{SIZE_NAME[axis]: Fraction(size) for axis, size in self.size.items()}}
        self.free: FreeMemo = {}
        self.steps = 0
        self.order: dict[int, tuple[Index, ...]] = {}
        self.memo: dict[tuple[int, tuple[int, ...]], Fraction] = {}

    def position(self, index: Index, at: Mapping[Index, int]) -> int:
        place = index.name if isinstance(index.name, int) else at.get(index)
        if place is None or not 1 <= place <= self.size[index.axis]:
            raise KernelError(f"index {index.name} has no position among the {self.size[index.axis]} of its axis")
        return place

    def value(self, term: Term, at: dict[Index, int]) -> Fraction:
        if id(term) not in self.order:
            self.order[id(term)] = tuple(free_indices(term, self.free))
        self.steps += 1
        if self.steps > MAX_STEPS:
            raise Irrational("evaluating it takes too long")
        key = (id(term), tuple(self.position(i, at) for i in self.order[id(term)]))
        if key not in self.memo:
            self.memo[key] = self.compute(term, at)
        return self.memo[key]

    def compute(self, term: Term, at: dict[Index, int]) -> Fraction:
        match term:
            case Num(value=value):
                return value
            case Var(name=name):
                if name not in self.scalars:
                    raise KernelError(f"the point gives no value for {name}")
                return self.scalars[name]
            case Entry(name=name, indices=indices):
                place = (name, tuple(self.position(i, at) for i in indices))
                if place not in self.point.entries:
                    raise KernelError(f"the point gives no value for {place}")
                return self.point.entries[place]
            case Delta(left=left, right=right):
                return Fraction(self.position(left, at) == self.position(right, at))
            case Sum(index=index, body=body, excluding=excluding):
                skipped = {self.position(i, at) for i in excluding}
                places = range(1, self.size[index.axis] + 1)
                return sum((self.value(body, {**at, index: p}) for p in places if p not in skipped), Fraction(0))
            case Add(terms=terms):
                return sum((self.value(t, at) for t in terms), Fraction(0))
            case Mul(factors=factors):
                return prod((self.value(f, at) for f in factors), start=Fraction(1))
            case Power(base=base, exponent=exponent):
                return exact_power(self.value(base, at), exponent)
            case _:
                assert_never(term)


def exact_power(base: Fraction, exponent: Fraction) -> Fraction:
    """Return base ** exponent, exactly. Raises: Undefined, Irrational (also when the value would be absurdly long)."""
    if base == 0 and exponent < 0:
        raise Undefined("division by zero")
    if exponent.denominator != 1:
        if base < 0:
            raise Undefined("a root of a negative number")
        base = Fraction(exact_root(base.numerator, exponent.denominator), exact_root(base.denominator, exponent.denominator))
    if abs(exponent.numerator) * (base.numerator * base.denominator).bit_length() > MAX_BITS and abs(base) not in (0, 1):
        raise Irrational("the power is too long to write down")
    return base**exponent.numerator


def exact_root(value: int, degree: int) -> int:
    """Return the integer whose degree-th power is value >= 0. Raises: Irrational if there is none."""
    if degree > MAX_BITS:
        raise Irrational("the root's degree is too high")
    low, high = 0, 1 << (value.bit_length() // degree + 1)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if middle**degree <= value else (low, middle - 1)
    if low**degree != value:
        raise Irrational("the root is not rational")
    return low
