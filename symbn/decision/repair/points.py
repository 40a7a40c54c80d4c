r"""The value of a meaning at a random point modulo a prime: a sieve for candidates, and no proof of anything.

The prime p is *safe*: (p - 1)/2 is prime. So the squares modulo p are a group of prime order, in which every element has
exactly one root of every degree: they behave as the positive numbers do, and (a b)^(3/4) = a^(3/4) b^(3/4) holds. Points are
chosen so that var, eps and var + eps are squares. An equation that holds for all reals holds at every such point.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from random import Random
from typing import assert_never

from symbn.elaboration.meaning import (
    Constant,
    Meaning,
    OutsideError,
    Plus,
    Quantity,
    Raised,
    Same,
    Slope,
    SumOver,
    Times,
    free,
    to_term,
)
from symbn.kernel.term import BATCH, Add, Delta, Entry, Index, KernelError, Mul, Num, Power, Sum, Term, Var, free_indices
from symbn.layers.graph import Graph

PRIME = 2305843009213691579
ORDER = (PRIME - 1) // 2
At = Mapping[Index, int]


class NoValueError(Exception):
    """The meaning has no value at the point: a division by zero, a root of what is no square, or an index out of reach."""


def raised(base: int, exponent: Fraction) -> int:
    """Return base^exponent modulo the prime. Raises: NoValueError."""
    if exponent.denominator != 1:
        if pow(base, ORDER, PRIME) != 1:
            raise NoValueError
        return pow(base, exponent.numerator * pow(exponent.denominator, -1, ORDER) % ORDER, PRIME)
    if base == 0 and exponent < 0:
        raise NoValueError
    return pow(base, exponent.numerator, PRIME)


class RandomPoint:
    """A point of m examples and n features. together: all free indices at one place, so that every delta is 1."""

    def __init__(self, graph: Graph, m: int, n: int, together: bool, seed: int) -> None:
        self.graph, self.m, self.n, self.together = graph, m, n, together
        self.salt = 0
        self.slopes: dict[tuple[Slope, tuple[int, ...]], int] = {}
        self.terms: dict[Slope, Term] = {}
        self.sums: dict[int, tuple[SumOver, tuple[Index, ...], dict[tuple[int, ...], int]]] = {}
        self.scalars: dict[str, int] = {}
        for salt in range(4000):
            self.random = Random(f"{seed} {salt}")
            self.tables: dict[str, dict[tuple[int, ...], int]] = {}
            if self._choose():
                break

    def _choose(self) -> bool:
        nodes, rows, columns = self.graph.nodes, range(1, self.m + 1), range(1, self.n + 1)
        wide = bool(nodes["mu"].slots)
        t = self.tables

        def value() -> int:
            return self.random.randrange(1, PRIME)

        for name in ("x", "g", "c", "xhat", "y", "mu", "var", "s", "gamma", "beta", "eps"):
            t[name] = {}
        eps = value()
        t["eps"][()] = eps
        for f in columns if wide else (0,):
            key = (f,) if wide else ()
            x = {i: value() for i in rows}
            g = {i: value() for i in rows}
            size = pow(self.m, -1, PRIME)
            mu = sum(x.values()) * size % PRIME if nodes["mu"].definition is not None else value()
            c = {i: (x[i] - mu) % PRIME for i in rows}
            var = sum(v * v for v in c.values()) * size % PRIME if nodes["var"].definition is not None else value()
            total = (var + eps) % PRIME
            if any(pow(v, ORDER, PRIME) != 1 for v in ((total, eps, var) if self.m > 1 else (total, eps))):
                return False
            s = raised(total, Fraction(1, 2))
            gamma, beta, inverse = value(), value(), pow(s, -1, PRIME)
            for name, entry in (("mu", mu), ("var", var), ("s", s), ("gamma", gamma), ("beta", beta)):
                t[name][key] = entry
            for i in rows:
                hat = c[i] * inverse % PRIME
                for name, entry in (("x", x[i]), ("g", g[i]), ("c", c[i]), ("xhat", hat), ("y", gamma * hat + beta)):
                    t[name][(i, *key)] = entry % PRIME
        return True

    def at(self, indices: frozenset[Index]) -> dict[Index, int]:
        """Return a place for every free index: all at one, or each at its own as far as they last."""
        found = {}
        for index in indices:
            size = self.m if index.axis == BATCH else self.n
            letter = str(index.name)
            place = 1 if self.together or index.axis != BATCH else "ikjlpqrt".find(letter[0]) % size + 1
            found[index] = index.name if isinstance(index.name, int) else place
        return found

    def position(self, index: Index, at: At) -> int:
        place = index.name if isinstance(index.name, int) else at.get(index)
        if place is None or place > (self.m if index.axis == BATCH else self.n):
            raise NoValueError
        return place

    def named(self, name: str, places: tuple[int, ...]) -> int:
        if name in ("m", "n"):
            return self.m if name == "m" else self.n
        if name in self.tables:
            if places not in self.tables[name]:
                raise NoValueError
            return self.tables[name][places]
        if name == "L":
            raise NoValueError
        key = f"{name} {places}"
        if key not in self.scalars:
            self.scalars[key] = Random(key).randrange(1, PRIME)
        return self.scalars[key]

    def value(self, meaning: Meaning) -> int | None:
        """Return the value of a meaning, or None if it has none here."""
        try:
            return self.of(meaning, self.at(free(meaning)))
        except (NoValueError, OutsideError, KernelError, RecursionError):
            return None

    def of(self, meaning: Meaning, at: At) -> int:
        match meaning:
            case Constant(value=value):
                return _number(value)
            case Quantity(name=name, indices=indices):
                return self.named(name, tuple([self.position(i, at) for i in indices]))
            case SumOver():
                return self.total(meaning, at)
            case Same(left=left, right=right):
                return int(self.position(left, at) == self.position(right, at))
            case Plus(terms=terms):
                return sum([self.of(term, at) for term in terms]) % PRIME
            case Times(factors=factors):
                product = 1
                for factor in factors:
                    product = product * self.of(factor, at) % PRIME
                return product
            case Raised(base=base, exponent=exponent):
                return raised(self.of(base, at), exponent)
            case Slope():
                return self.slope(meaning, at)
            case _:
                assert_never(meaning)

    def total(self, sum_over: SumOver, at: At) -> int:
        """Return the value of a sum. It is kept by identity: candidates share the sums that they do not change."""
        if id(sum_over) not in self.sums:
            order = tuple(sorted(free(sum_over), key=lambda i: (i.axis, str(i.name))))
            self.sums[id(sum_over)] = sum_over, order, {}
        _, order, known = self.sums[id(sum_over)]
        places = tuple([self.position(i, at) for i in order])
        if places not in known:
            inside = self.inside(sum_over.index, sum_over.excluding, at)
            known[places] = sum([self.of(sum_over.body, inner) for inner in inside]) % PRIME
        return known[places]

    def inside(self, index: Index, excluding: tuple[Index, ...], at: At) -> list[dict[Index, int]]:
        skipped = {self.position(i, at) for i in excluding}
        places = range(1, (self.m if index.axis == BATCH else self.n) + 1)
        return [{**at, index: place} for place in places if place not in skipped]

    def slope(self, slope: Slope, at: At) -> int:
        order = sorted(free(slope), key=lambda i: (i.axis, str(i.name)))
        key = slope, tuple(self.position(i, at) for i in order)
        if key not in self.slopes:
            if slope not in self.terms:
                self.terms[slope] = to_term(slope, self.graph)
            self.slopes[key] = _TermValue(self).of(self.terms[slope], at)
        return self.slopes[key]


class _TermValue:
    """The value of a term of the kernel, where a derivative has become one; what does not change in a loop is kept."""

    def __init__(self, point: RandomPoint) -> None:
        self.point = point
        self.closed: dict[int, bool] = {}
        self.memo: dict[int, int] = {}

    def of(self, term: Term, at: At) -> int:
        point = self.point
        match term:
            case Num(value=value):
                return _number(value)
            case Var(name=name):
                return point.named(name, ())
            case Entry(name=name, indices=indices):
                return point.named(name, tuple([point.position(i, at) for i in indices]))
            case Delta(left=left, right=right):
                return int(point.position(left, at) == point.position(right, at))
            case Sum(index=index, body=body, excluding=excluding):
                return sum(self.of(body, inner) for inner in point.inside(index, excluding, at)) % PRIME
            case Add(terms=terms):
                return sum([self.of(t, at) for t in terms]) % PRIME
            case Mul(factors=factors):
                product = 1
                for factor in factors:
                    product = product * self.of(factor, at) % PRIME
                    if product == 0:
                        break
                return product
            case Power(base=base, exponent=exponent):
                # The bases of powers are var + eps and the like, the same in every round of every loop.
                if id(base) not in self.closed:
                    self.closed[id(base)] = not free_indices(base)
                if not self.closed[id(base)]:
                    return raised(self.of(base, at), exponent)
                if id(base) not in self.memo:
                    self.memo[id(base)] = self.of(base, at)
                return raised(self.memo[id(base)], exponent)
            case _:
                assert_never(term)


def _number(value: Fraction) -> int:
    return value.numerator * pow(value.denominator, -1, PRIME) % PRIME
