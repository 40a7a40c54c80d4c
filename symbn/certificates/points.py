"""A counterexample as plain data, with a value for every input of the layer.

The kernel's point has the inputs that the two sides depend on once their derivatives are taken. Whoever computes it again,
from the definitions, needs the others too; any value will do, so they get the plainest ones that keep s rational.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from itertools import product
from math import isqrt

from symbn.certificates.trees import Json
from symbn.elaboration.elaborate import Equation
from symbn.elaboration.meaning import Meaning, Quantity, parts
from symbn.kernel.evaluate import Point
from symbn.kernel.term import BATCH
from symbn.kernel.verdict import Refuted

Axes = tuple[str, ...]


def counterexample(refuted: Refuted, equation: Equation) -> Json:
    """Return the point at which the sides differ, and both values."""
    point, letters = refuted.point, equation.letters()
    values = {name: _array(_value_of(point, name, equation), axes, point) for name, axes in sorted(_inputs(equation).items())}
    at = {letters.get(str(index.name), str(index.name)): place for index, place in point.indices.items()}
    return {
        "m": point.m, "n": point.n, "values": values, "at": dict(sorted(at.items())), "left": str(refuted.left),
        "right": str(refuted.right),
    }  # fmt: skip


def _inputs(equation: Equation) -> dict[str, Axes]:
    """Return the inputs that have a value of their own, with the kinds of their indices."""
    found = {name: node.slots for name, node in equation.graph.nodes.items() if node.definition is None}
    for meaning in (equation.left, equation.right, *(value for _, value in equation.given)):
        found |= {q.name: tuple(i.axis for i in q.indices) for q in _quantities(meaning) if q.name not in equation.graph.nodes}
    without = {"m", "n", equation.graph.loss, *(fixed.name for fixed, _ in equation.given)}
    return {name: axes for name, axes in found.items() if name not in without}


def _quantities(meaning: Meaning) -> Iterator[Quantity]:
    if isinstance(meaning, Quantity):
        yield meaning
    for part in parts(meaning):
        yield from _quantities(part)


Values = dict[tuple[int, ...], Fraction]


def _value_of(point: Point, name: str, equation: Equation) -> Values:
    """Return the values of an input at its places, the kernel's own where it has them."""
    axes = _inputs(equation)[name]
    if not axes and name in point.scalars:
        return {(): point.scalars[name]}
    places = list(product(*(range(1, (point.m if axis == BATCH else point.n) + 1) for axis in axes)))
    if all((name, place) in point.entries for place in places) and axes:
        return {place: point.entries[name, place] for place in places}
    if name == "eps":
        variance = _variance(point, equation)
        return {(): (isqrt(int(variance)) + 1) ** 2 - variance}
    return dict.fromkeys(places, Fraction(0 if name in ("x", "mu", "beta") else 1))


def _variance(point: Point, equation: Equation) -> Fraction:
    """Return the variance of the first feature, which the search for counterexamples gives to all."""
    if "var" in _inputs(equation):
        return next(iter(_value_of(point, "var", equation).values()))
    column = [value for place, value in _value_of(point, "x", equation).items() if place[1:] in ((), (1,))]
    mean = sum(column, Fraction(0)) / point.m
    return sum(((value - mean) ** 2 for value in column), Fraction(0)) / point.m


def _array(values: Values, axes: Axes, point: Point, place: tuple[int, ...] = ()) -> Json:
    """Return the values as lists in lists, one level for each index."""
    if len(place) == len(axes):
        return str(values[place])
    size = point.m if axes[len(place)] == BATCH else point.n
    return [_array(values, axes, point, (*place, k)) for k in range(1, size + 1)]
