"""The identities as every algebra system is given them: a tree, and its two spellings (Python objects, text).

symbn shares none of this: it is given LaTeX. A tree is built once for each question, and every peer gets the same one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import reduce
from typing import Any


class Formula:
    """A formula over letters, with the signs of arithmetic."""

    __slots__ = ()

    def __add__(self, other: Formula | int) -> Formula:
        return Plus((self, formula(other)))

    def __sub__(self, other: Formula | int) -> Formula:
        return self + formula(other) * -1

    def __mul__(self, other: Formula | int | Fraction) -> Formula:
        return Times((self, formula(other)))

    def __truediv__(self, other: Formula | int) -> Formula:
        return self * formula(other) ** -1

    def __pow__(self, exponent: int | Fraction) -> Formula:
        return Power(self, Fraction(exponent))


@dataclass(frozen=True, slots=True)
class Number(Formula):
    value: Fraction


@dataclass(frozen=True, slots=True)
class Letter(Formula):
    """A real variable, or a name that was defined before."""

    name: str


@dataclass(frozen=True, slots=True)
class Plus(Formula):
    terms: tuple[Formula, ...]


@dataclass(frozen=True, slots=True)
class Times(Formula):
    factors: tuple[Formula, ...]


@dataclass(frozen=True, slots=True)
class Power(Formula):
    base: Formula
    exponent: Fraction


@dataclass(frozen=True, slots=True)
class Slope(Formula):
    """The derivative by a variable."""

    of: Formula
    by: Letter


@dataclass(frozen=True, slots=True)
class Identity:
    """What is asked at one size: names for parts, in order, and the equations that are to hold. positive: of the letters."""

    names: tuple[tuple[str, Formula], ...]
    equations: tuple[tuple[Formula, Formula], ...]
    positive: frozenset[str] = frozenset({"eps"})


def formula(value: Formula | int | Fraction) -> Formula:
    return value if isinstance(value, Formula) else Number(Fraction(value))


def total(terms: Sequence[Formula]) -> Formula:
    return Plus(tuple(terms))


def letters(tree: Formula) -> frozenset[str]:
    """Return the names in the tree."""
    match tree:
        case Letter(name=name):
            return frozenset({name})
        case Plus(terms=parts) | Times(factors=parts):
            return frozenset().union(*map(letters, parts))
        case Power(base=base):
            return letters(base)
        case Slope(of=of, by=by):
            return letters(of) | {by.name}
        case _:
            return frozenset()


def variables(identity: Identity) -> list[str]:
    """Return the letters that are no names of parts, sorted."""
    sides = [side for equation in identity.equations for side in equation]
    used = frozenset().union(*map(letters, [*sides, *(part for _, part in identity.names)]))
    return sorted(used - {name for name, _ in identity.names})


@dataclass(frozen=True, slots=True)
class Library:
    """What a Python library calls its numbers and derivatives. number: the exact quotient of two integers."""

    number: Callable[[int, int], Any]
    slope: Callable[[Any, Any], Any]
    plus: Callable[[Sequence[Any]], Any]


def value(tree: Formula, known: Mapping[str, Any], library: Library) -> Any:
    """Return the formula as an object of the library."""
    match tree:
        case Number(value=number):
            return library.number(number.numerator, number.denominator)
        case Letter(name=name):
            return known[name]
        case Plus(terms=terms):
            return library.plus([value(term, known, library) for term in terms])
        case Times(factors=factors):
            return reduce(lambda a, b: a * b, [value(factor, known, library) for factor in factors])
        case Power(base=base, exponent=exponent):
            return value(base, known, library) ** library.number(exponent.numerator, exponent.denominator)
        case Slope(of=of, by=by):
            return library.slope(value(of, known, library), known[by.name])
        case _:
            raise TypeError(tree)


def values(identity: Identity, known: Mapping[str, Any], library: Library) -> list[tuple[Any, Any]]:
    """Return both sides of every equation as objects of the library. known: what its variables are there."""
    names = dict(known)
    for name, part in identity.names:
        names[name] = value(part, names, library)
    return [(value(left, names, library), value(right, names, library)) for left, right in identity.equations]


def text(tree: Formula, slope: str) -> str:
    """Return the formula as computer algebra systems read it. slope: the name of their derivative."""
    match tree:
        case Number(value=number):
            return f"({number})"
        case Letter(name=name):
            return name
        case Plus(terms=terms):
            return f"({'+'.join(text(term, slope) for term in terms)})"
        case Times(factors=factors):
            return f"({'*'.join(text(factor, slope) for factor in factors)})"
        case Power(base=base, exponent=exponent):
            return f"({text(base, slope)}^({exponent}))"
        case Slope(of=of, by=by):
            return f"{slope}({text(of, slope)},{by.name})"
        case _:
            raise TypeError(tree)
