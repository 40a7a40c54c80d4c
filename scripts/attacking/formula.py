"""The attack's own language of formulas: what an equation is meant to say, before anybody spells or reads it.

    formula ::= Num q | Size | Name role index* | Delta index index | Sum index formula (excluding index*)
              | Add formula* | Mul formula* | Pow formula q | Slope formula Name

It shares nothing with symbn's trees and terms, so that a fault of theirs cannot hide in it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction

Index = str | int
ARRAYS = ("x", "c", "xhat", "y", "g")
SCALARS = ("mu", "var", "s", "gamma", "beta", "eps")
LETTERS = "ijklpqrtuvw"


@dataclass(frozen=True)
class Num:
    value: Fraction


@dataclass(frozen=True)
class Size:
    """The batch size m."""


@dataclass(frozen=True)
class Name:
    role: str
    indices: tuple[Index, ...] = ()


@dataclass(frozen=True)
class Delta:
    left: Index
    right: Index


@dataclass(frozen=True)
class Sum:
    index: str
    body: Formula
    excluding: tuple[Index, ...] = ()


@dataclass(frozen=True)
class Add:
    terms: tuple[Formula, ...]


@dataclass(frozen=True)
class Mul:
    factors: tuple[Formula, ...]


@dataclass(frozen=True)
class Pow:
    base: Formula
    exponent: Fraction


@dataclass(frozen=True)
class Slope:
    """The total derivative of a formula by a name."""

    of: Formula
    by: Name


Formula = Num | Size | Name | Delta | Sum | Add | Mul | Pow | Slope


@dataclass(frozen=True)
class Claim:
    """left = right for every batch size, or for `batch`. mode: train or eval. layer: another meaning of some derivatives:
    the pairs (of, by) that are local."""

    left: Formula
    right: Formula
    mode: str = "train"
    batch: int | None = None
    local: frozenset[tuple[str, str]] = frozenset()


ZERO, ONE = Num(Fraction(0)), Num(Fraction(1))


def num(value: int | Fraction) -> Num:
    return Num(Fraction(value))


def add(*terms: Formula) -> Formula:
    flat = [u for t in terms for u in (t.terms if isinstance(t, Add) else (t,)) if u != ZERO]
    return flat[0] if len(flat) == 1 else Add(tuple(flat)) if flat else ZERO


def mul(*factors: Formula) -> Formula:
    flat = [u for f in factors for u in (f.factors if isinstance(f, Mul) else (f,)) if u != ONE]
    numbers = [u.value for u in flat if isinstance(u, Num)]
    if len(numbers) > 1 or 0 in numbers:
        product = Fraction(1)
        for value in numbers:
            product *= value
        if product == 0:
            return ZERO
        flat = [*([] if product == 1 else [Num(product)]), *(u for u in flat if not isinstance(u, Num))]
    return flat[0] if len(flat) == 1 else Mul(tuple(flat)) if flat else ONE


def neg(term: Formula) -> Formula:
    return mul(num(-1), term)


def power(base: Formula, exponent: int | Fraction) -> Formula:
    return base if exponent == 1 else ONE if exponent == 0 else Pow(base, Fraction(exponent))


def over(top: Formula, *bottom: Formula) -> Formula:
    return mul(top, *(power(b, -1) for b in bottom))


def parts(formula: Formula) -> tuple[Formula, ...]:
    match formula:
        case Sum(body=body):
            return (body,)
        case Add(terms=inner) | Mul(factors=inner):
            return inner
        case Pow(base=base):
            return (base,)
        case Slope(of=of, by=by):
            return (of, by)
        case _:
            return ()


def with_parts(formula: Formula, inner: tuple[Formula, ...]) -> Formula:
    match formula:
        case Sum():
            return replace(formula, body=inner[0])
        case Add():
            return add(*inner)
        case Mul():
            return mul(*inner)
        case Pow(exponent=exponent):
            return power(inner[0], exponent)
        case Slope():
            assert isinstance(inner[1], Name)
            return Slope(inner[0], inner[1])
        case _:
            return formula


Path = tuple[int, ...]


def places(formula: Formula, path: Path = (), scope: tuple[str, ...] = ()) -> Iterator[tuple[Path, Formula, tuple[str, ...]]]:
    """Yield every subformula with its path and the letters bound around it."""
    yield path, formula, scope
    inner = (*scope, formula.index) if isinstance(formula, Sum) else scope
    for number, part in enumerate(parts(formula)):
        yield from places(part, (*path, number), inner)


def put(formula: Formula, path: Path, new: Formula) -> Formula:
    """Return the formula with the subformula at the path replaced."""
    if not path:
        return new
    inner = list(parts(formula))
    inner[path[0]] = put(inner[path[0]], path[1:], new)
    return with_parts(formula, tuple(inner))


def free(formula: Formula) -> frozenset[Index]:
    match formula:
        case Name(indices=indices):
            return frozenset(indices)
        case Delta(left=left, right=right):
            return frozenset((left, right))
        case Sum(index=index, body=body, excluding=excluding):
            return (free(body) - {index}) | frozenset(excluding)
        case _:
            return frozenset[Index]().union(*(free(part) for part in parts(formula)))


def letters(*formulas: Formula) -> frozenset[str]:
    """Return every letter used as an index anywhere, bound or free."""
    found = set[str]()
    for formula in formulas:
        for _, node, _ in places(formula):
            own = free(node) if isinstance(node, Name | Delta) else ()
            found |= {i for i in own if isinstance(i, str)}
            if isinstance(node, Sum):
                found |= {node.index, *(i for i in node.excluding if isinstance(i, str))}
    return frozenset(found)


def fresh(avoid: frozenset[str]) -> str:
    return next(letter for letter in LETTERS if letter not in avoid)


def rename(formula: Formula, names: Mapping[Index, Index]) -> Formula:
    """Return the formula with free indices renamed, without capture."""
    match formula:
        case Name(role=role, indices=indices):
            return Name(role, tuple(names.get(i, i) for i in indices))
        case Delta(left=left, right=right):
            return Delta(names.get(left, left), names.get(right, right))
        case Sum(index=index, body=body, excluding=excluding):
            outer = tuple(names.get(i, i) for i in excluding)
            inner = {old: new for old, new in names.items() if old != index}
            if index in inner.values() or index in outer:
                taken = letters(body) | {i for i in (*inner.values(), *outer) if isinstance(i, str)} | {index}
                inner[index] = fresh(taken)
            bound = inner.get(index, index)
            assert isinstance(bound, str)
            return Sum(bound, rename(body, inner), outer)
        case _:
            return with_parts(formula, tuple(rename(part, names) for part in parts(formula)))


def size(formula: Formula) -> int:
    return 1 + sum(size(part) for part in parts(formula))
