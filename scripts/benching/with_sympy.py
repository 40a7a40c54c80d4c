"""SymPy at a chosen size and for every m, and Math-Verify, which is SymPy behind a reader of LaTeX."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import sympy

from scripts.benching.answers import DIFFERENT, EQUAL, OPEN, Prepare, Run, all_equal, identity_of, zero
from scripts.benching.formula import Identity, Library, values, variables

LIBRARY = Library(lambda p, q: sympy.Rational(p, q), sympy.diff, lambda terms: sympy.Add(*terms))
Decide = Callable[[Any, Any], str]


def sides(identity: Identity) -> list[tuple[Any, Any]]:
    """Return both sides of every equation, differentiated."""
    known = {name: sympy.Symbol(name, real=True, positive=name in identity.positive or None) for name in variables(identity)}
    return values(identity, known, LIBRARY)


def _asked(decide: Decide) -> Prepare:
    def prepare(key: str, size: int | None) -> Run:
        if size is None:
            return lambda: (all_equal(decide(left.doit(), right.doit()) for left, right in [_for_every_size(key)]), "")
        identity = identity_of(key, size)
        return lambda: (all_equal(decide(left, right) for left, right in sides(identity)), "")

    return prepare


def simplify() -> Prepare:
    return _asked(lambda left, right: zero(sympy.simplify(left - right)))


def cancel() -> Prepare:
    return _asked(lambda left, right: zero(sympy.cancel(left - right)))


def ratsimp() -> Prepare:
    return _asked(lambda left, right: zero(sympy.ratsimp(left - right)))


def equals() -> Prepare:
    def decide(left: Any, right: Any) -> str:
        said = left.equals(right)
        return OPEN if said is None else EQUAL if said else DIFFERENT

    return _asked(decide)


def _for_every_size(key: str) -> tuple[Any, Any]:
    """Return both sides with sums over an unknown m, as SymPy's own Sum over IndexedBase."""
    m, i, j, k = sympy.symbols("m i j k", integer=True, positive=True)
    x, g = sympy.IndexedBase("x", real=True), sympy.IndexedBase("g", real=True)
    w, eps = sympy.Symbol("w", real=True), sympy.Symbol("eps", positive=True)

    def over(body: Any, letter: Any = j) -> Any:
        return sympy.Sum(body, (letter, 1, m))

    n = sympy.Symbol("n", integer=True, positive=True)
    mean = over(x[n], n) / m
    root = sympy.sqrt(over((x[k] - mean) ** 2, k) / m + eps)
    sign = 1 if key.endswith("-wrong") else -1

    def xhat(letter: Any) -> Any:
        return (x[letter] - mean) / root

    match key:
        case "closed" | "closed-wrong" | "constant":
            loss = over(g[j] * w * xhat(j))
            if key == "constant":
                return over(sympy.diff(loss, x[i]), i), sympy.Integer(0)
            bracket = m * g[1] - over(g[j]) + sign * xhat(1) * over(g[j] * xhat(j))
            return sympy.diff(loss, x[1]), w / (m * root) * bracket
        case "jacobian" | "jacobian-wrong":
            bracket = m * sympy.KroneckerDelta(i, n) + sign - xhat(i) * xhat(n)
            return sympy.diff(xhat(i), x[n]), bracket / (m * root)
        case "mean-slope" | "mean-slope-wrong":
            return sympy.diff(mean, x[k]), sympy.Integer(0) if sign == 1 else 1 / m
        case _:
            raise ValueError(f"{key} is asked at a size only")


def math_verify() -> Prepare:
    """Compare the LaTeX of both sides, the derivatives taken before: Math-Verify knows no definitions."""
    import math_verify

    def prepare(key: str, size: int | None) -> Run:
        texts = [tuple(f"${sympy.latex(side)}$" for side in pair) for pair in sides(identity_of(key, size))]

        def same(left: str, right: str) -> str:
            # Its own time-outs would answer False for what it did not finish.
            gold, target = (math_verify.parse(side, parsing_timeout=None) for side in (left, right))
            return EQUAL if math_verify.verify(gold, target, timeout_seconds=None) else DIFFERENT

        return lambda: (all_equal(same(left, right) for left, right in texts), "")

    return prepare
