"""Values in floating point at random inputs: a sieve. They say what is worth a proof, and decide nothing."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from math import isfinite
from random import Random

from symbn.code.layouts import Layout
from symbn.code.model import Tensor
from symbn.code.quantities import AT, Written
from symbn.kernel.term import Add, Mul, Num, Power, Term, Var, free_indices, subterms

TOLERANCE = 1e-7


class NoValueError(Exception):
    """The term has no value there: a division by zero, a root of a negative number."""


class Floats:
    """The values of explicit terms at one random input. Two of a seed and a name are the same wherever they are made."""

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self.memo: dict[int, tuple[Term, float]] = {}

    def value(self, term: Term) -> float:
        """Return the value. Raises: NoValueError."""
        for node in subterms(term):
            if id(node) not in self.memo:
                self.memo[id(node)] = (node, self._value(node))
        return self.memo[id(term)][1]

    def _value(self, term: Term) -> float:
        match term:
            case Num(value=value):
                return float(value)
            case Var(name=name):
                random = Random(f"{self.seed} {name}")
                return random.uniform(0.3, 0.9) if name == "eps" else random.uniform(-2, 2)
            case Add(terms=terms):
                return sum(self.memo[id(part)][1] for part in terms)
            case Mul(factors=factors):
                product = 1.0
                for part in factors:
                    product *= self.memo[id(part)][1]
                return product
            case Power(base=base, exponent=exponent):
                inner = self.memo[id(base)][1]
                if inner < 0 and exponent.denominator != 1:
                    raise NoValueError
                try:
                    power = inner ** float(exponent)
                except (ZeroDivisionError, OverflowError):
                    raise NoValueError from None
                if not isfinite(power):
                    raise NoValueError
                return float(power)
            case _:
                raise NoValueError


def close(left: Sequence[Term], right: Sequence[Term]) -> bool:
    """Tell whether two lists of explicit terms have the same values at a random input, as far as floats tell."""
    at = Floats(1)
    try:
        pairs = [(at.value(a), at.value(b)) for a, b in zip(left, right, strict=True)]
    except (NoValueError, ValueError):
        return True  # Not known to differ.
    return all(abs(a - b) <= TOLERANCE * (1 + abs(a) + abs(b)) for a, b in pairs)


@lru_cache(maxsize=32)
def _small(layout: Layout) -> Written:
    return Written(layout, max(layout.shapes[:3], key=len))


def close_at_all_sizes(left: Term, right: Term, layout: Layout) -> bool:
    """The same for terms in the indices of `AT`, at one shape."""
    if not free_indices(left) | free_indices(right) <= set(AT.values()):
        return True
    written = _small(layout)
    return close(written.spread("x", left).entries, written.spread("x", right).entries)


def close_tensors(left: Tensor, right: Tensor) -> bool:
    return len(left.entries) == len(right.entries) and close(left.entries, right.entries)
