"""SymEngine at a chosen size: from the expanded expression, and staged by hand."""

from __future__ import annotations

from functools import reduce
from typing import Any

import symengine

from scripts.benching.answers import EQUAL, OPEN, Prepare, Run, all_equal, identity_of, zero
from scripts.benching.formula import Identity, Letter, Library, values, variables
from scripts.benching.identities import SIZED

_ODD = frozenset(asked.key for asked in SIZED)
LIBRARY = Library(lambda p, q: symengine.Rational(p, q), symengine.diff, lambda terms: symengine.Add(*terms))


def expanded() -> Prepare:
    """Differentiate the expanded expression, multiply the root out of the denominators, and expand."""

    def prepare(key: str, size: int | None) -> Run:
        identity = identity_of(key, size)
        # Both derivatives asked at every size have the odd powers s^-1 and s^-3; of the others nobody says which. There the
        # product is made term by term, which is slower, but lets powers of one base meet before anything is expanded.
        powers, times = ((3,), _at_once) if key in _ODD else ((3, 4), _term_by_term)
        roots = [Letter(name) for name, _ in identity.names if name[0] == "s"]
        asked = Identity(identity.names, (*identity.equations, *((root, root) for root in roots)))

        def decided(value: Any, found: list[Any]) -> str:
            start = symengine.expand(value)
            ends = (reduce(lambda total, root: times(total, root**power), found, start) for power in powers)
            return EQUAL if any(end == 0 for end in ends) else OPEN

        def run() -> tuple[str, str]:
            known = {name: symengine.Symbol(name) for name in variables(asked)}
            pairs = values(asked, known, LIBRARY)
            count = len(identity.equations)
            found = [root for root, _ in pairs[count:]]
            return all_equal(decided(left - right, found) for left, right in pairs[:count]), ""

        return run

    return prepare


def _at_once(total: Any, power: Any) -> Any:
    return symengine.expand(total * power)


def _term_by_term(total: Any, power: Any) -> Any:
    terms = total.args if total.is_Add else (total,)
    return symengine.expand(symengine.Add(*(term * power for term in terms)))


def staged() -> Prepare:
    """Differentiate node by node, over the common denominator s^3: polynomials in x, g, w and a free s are left."""

    def prepare(key: str, size: int | None) -> Run:
        assert size is not None
        sign = 1 if key.endswith("-wrong") else -1
        return lambda: (all_equal(map(zero, _jacobian(size, sign) if "jacobian" in key else [_closed(size, sign)])), "")

    return prepare


class _Stages:
    """The centred entries c_j, and the derivatives of c_j and of the variance by x_k."""

    def __init__(self, m: int) -> None:
        x, self.g = ([symengine.Symbol(f"{letter}{j}") for j in range(m)] for letter in "xg")
        self.m, self.w, self.s = m, symengine.Symbol("w"), symengine.Symbol("s")
        mean = symengine.Add(*x) / m
        self.c = [symengine.expand(entry - mean) for entry in x]

    def centred(self, j: int, k: int) -> Any:
        return symengine.Rational(self.m * (j == k) - 1, self.m)

    def variance(self, k: int) -> Any:
        return symengine.expand(symengine.Add(*(2 * c * self.centred(j, k) for j, c in enumerate(self.c))) / self.m)


def _closed(m: int, sign: int) -> Any:
    n = _Stages(m)
    by, both = n.variance(0), list(zip(n.g, n.c, strict=True))
    left = symengine.Add(*(n.w * g * (n.centred(j, 0) * n.s**2 - c * by / 2) for j, (g, c) in enumerate(both)))
    dots = symengine.Add(*(g * c for g, c in both))
    right = n.w / m * ((m * n.g[0] - symengine.Add(*n.g)) * n.s**2 + sign * n.c[0] * dots)
    return symengine.expand(left - right)


def _jacobian(m: int, sign: int) -> list[Any]:
    n = _Stages(m)
    found = []
    for k in range(m):
        by = n.variance(k)
        for i in range(m):
            left = n.centred(i, k) * n.s**2 - n.c[i] * by / 2
            right = ((m * (i == k) + sign) * n.s**2 - n.c[i] * n.c[k]) / m
            found.append(symengine.expand(left - right))
    return found
