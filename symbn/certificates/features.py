"""An equation about one feature, as an equation about one column.

Features do not interact: mean, variance and output of a feature are computed from its own column, and a derivative by an entry
holds the other columns fixed. So where one feature index is all that occurs, it is left out, and what is claimed for every
column is claimed for every feature. The loss is then any differentiable function of that column's outputs.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from symbn.certificates.expressions import NotCertified
from symbn.elaboration.elaborate import Equation
from symbn.elaboration.meaning import Meaning, Plus, Quantity, Raised, Same, Slope, SumOver, Times, names, parts
from symbn.kernel.evaluate import Point
from symbn.kernel.term import BATCH, FEATURE, Add, Delta, Entry, Index, Mul, Power, Sum, Term, Var
from symbn.kernel.verdict import Refuted
from symbn.layers.batchnorm import batch_norm

NOTE = "for one feature: x is its column, and the other columns are held fixed"


def has_features(equation: Equation) -> bool:
    return any(FEATURE in node.slots for node in equation.graph.nodes.values())


def one_column(equation: Equation) -> tuple[Equation, Index | None]:
    """Return the equation without its feature index, and that index. Raises: NotCertified."""
    sides = (equation.left, equation.right)
    found = {index for side in sides for part in _all(side) for index in _indices(part) if index.axis == FEATURE}
    conditions = [i for c in equation.conditions for i in (c.left, c.right) if i.axis == FEATURE]
    if len(found) > 1 or conditions or any(_sums_or_compares(part) for side in sides for part in _all(side)):
        raise NotCertified("an equation between several features")
    if equation.given or "n" in names(equation.left) | names(equation.right):
        raise NotCertified("an equation with the number of features")
    left, right = map(_column, sides)
    return replace(equation, left=left, right=right, graph=batch_norm(equation.mode)), next(iter(found), None)


def _all(meaning: Meaning) -> Iterator[Meaning]:
    yield meaning
    for part in parts(meaning):
        yield from _all(part)


def _indices(part: Meaning) -> Iterable[Index]:
    match part:
        case Quantity(indices=indices):
            return indices
        case Same(left=left, right=right):
            return (left, right)
        case SumOver(index=index, excluding=excluding):
            return (index, *excluding)
        case _:
            return ()


def _sums_or_compares(part: Meaning) -> bool:
    return isinstance(part, Same | SumOver) and any(index.axis == FEATURE for index in _indices(part))


def _batch(indices: tuple[Index, ...]) -> tuple[Index, ...]:
    return tuple(index for index in indices if index.axis == BATCH)


def _column(meaning: Meaning) -> Meaning:
    match meaning:
        case Quantity(name=name, indices=indices):
            return Quantity(name, _batch(indices))
        case SumOver(index=index, excluding=excluding, body=body):
            return SumOver(index, excluding, _column(body))
        case Plus(terms=terms):
            return Plus(tuple(map(_column, terms)))
        case Times(factors=factors):
            return Times(tuple(map(_column, factors)))
        case Raised(base=base, exponent=exponent):
            return Raised(_column(base), exponent)
        case Slope(of=of, by=by, kind=kind):
            return Slope(_column(of), Quantity(by.name, _batch(by.indices)), kind)
        case _:
            return meaning


def term_of_column(term: Term) -> Term:
    """Return a term about one feature without its feature index."""
    match term:
        case Entry(name=name, indices=indices):
            kept = _batch(indices)
            return Entry(name, kept) if kept else Var(name)
        case Sum(index=index, body=body, excluding=excluding):
            return Sum(index, term_of_column(body), excluding)
        case Add(terms=terms):
            return Add(tuple(map(term_of_column, terms)))
        case Mul(factors=factors):
            return Mul(tuple(map(term_of_column, factors)))
        case Power(base=base, exponent=exponent):
            return Power(term_of_column(base), exponent)
        case Delta() | _:
            return term


def point_of_column(verdict: Refuted, equation: Equation, feature: Index | None) -> Point:
    """Return the point of a counterexample, restricted to the column of the feature."""
    point = verdict.point
    if feature is None:
        return point
    # A feature that makes no difference has no place at the point.
    place = feature.name if isinstance(feature.name, int) else point.indices.get(feature, 1)
    scalars, entries = dict(point.scalars), {}
    for (name, at), value in point.entries.items():
        node = equation.graph.nodes.get(name)
        slots = node.slots if node is not None else (BATCH,) * len(at)
        if FEATURE not in slots:
            entries[(name, at)] = value
        elif at[slots.index(FEATURE)] == place:
            if len(at) == 1:
                scalars[name] = value
            else:
                entries[(name, tuple(p for p, axis in zip(at, slots, strict=True) if axis == BATCH))] = value
    indices = {index: at for index, at in point.indices.items() if index.axis == BATCH}
    return Point(point.m, scalars, entries, indices)
