r"""Does a counterexample respect a bound that the prose sets, such as `m \le 2` or `\gamma > 0`?

What the equation does not contain (gamma of an equation about the mean, an index of another one) is free: one value of it that
respects the bound is enough, since the counterexample holds for all of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from fractions import Fraction
from itertools import product

from symbn.elaboration.elaborate import readings
from symbn.elaboration.meaning import OutsideError, to_term
from symbn.elaboration.notation import BATCH_NAMES, Notation
from symbn.elaboration.resolving import resolve
from symbn.errors import SymbnError
from symbn.kernel.evaluate import Irrational, Point, Undefined, evaluate
from symbn.kernel.term import BATCH, Index, KernelError
from symbn.syntax.tree import Name, Node, Relation, names_in, number_value

_HOLDS: dict[str, Callable[[Fraction, Fraction], bool]] = {
    "<": lambda left, right: left < right,
    ">": lambda left, right: left > right,
    "\\le": lambda left, right: left <= right,
    "\\ge": lambda left, right: left >= right,
}
_SCALARS = ("gamma", "beta")
_TRIED = (Fraction(1), Fraction(-1), Fraction(2), Fraction(1, 2), Fraction(0))
_PLACES = 3  # of an index that the equation does not have


def respects(point: Point, bound: Relation, notation: Notation) -> bool:
    """Tell whether the point surely respects the bound; what cannot be computed does not."""
    try:
        left, right = (_value(side, notation) for side in (bound.left, bound.right))
    except (SymbnError, OutsideError, KernelError):
        return False
    for filled in _filled(point, names_in(bound)):
        try:
            if _HOLDS[bound.operator](left(filled), right(filled)):
                return True
        except (KernelError, Irrational, Undefined, KeyError):
            continue
    return False


def _filled(point: Point, letters: set[str]) -> Iterator[Point]:
    """Yield the point with values for the scalars and the letters of the bound that it lacks."""
    scalars = [name for name in _SCALARS if name not in point.scalars]
    known = {index.name for index in point.indices}
    missing = [Index(letter, BATCH) for letter in sorted(letters) if letter.isalpha() and letter not in known]
    places = range(1, min(point.m, _PLACES) + 1)
    for values in product(_TRIED, repeat=len(scalars)):
        for at in product(places, repeat=len(missing)):
            yield replace(
                point,
                scalars={**point.scalars, **dict(zip(scalars, values, strict=True))},
                indices={**point.indices, **dict(zip(missing, at, strict=True))},
            )


def _value(side: Node, notation: Notation) -> Callable[[Point], Fraction]:
    """Return how the side is computed at a point. Raises: SymbnError, OutsideError, KernelError."""
    if (number := number_value(side)) is not None:
        return lambda point: number
    if isinstance(side, Name) and len(side.text) == 1 and side.text.isalpha() and resolve(side, notation) is None:
        if side.text in BATCH_NAMES and notation.batch in (None, side.text):
            return lambda point: Fraction(point.m)
        return lambda point: Fraction(next(at for index, at in point.indices.items() if index.name == side.text))
    equation = next(readings(side, side, (), notation))
    term = to_term(equation.left, equation.graph)
    return lambda point: evaluate(term, point)
