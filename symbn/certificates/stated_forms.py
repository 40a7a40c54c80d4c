"""The normal forms of the two sides of a goal as plain data: quotients of polynomials in generators.

    forms ::= {generators: tree*, left: form, right: form}      form ::= {top: polynomial, bottom: polynomial}
    polynomial ::= [[coefficient, [[place in generators, exponent], ..]], ..]

A generator is said by a tree, as a statement is: the mean of the batch, an entry less that mean, a sum over the batch of a
product of such entries, a root. Whoever checks need not know what the kernel computes with.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from symbn.certificates.trees import Json, tree
from symbn.elaboration.meaning import Constant, Meaning, Quantity, Raised, Same, SumOver, meaning_of_term, plus, renamed, times
from symbn.kernel import polynomial as poly
from symbn.kernel.goal import Goal
from symbn.kernel.normal import Generator, Normalizer, OutsideFragment
from symbn.kernel.polynomial import Polynomial, TooLarge
from symbn.kernel.term import FEATURE, Index, Power, Term, fresh, rename, subterms

MAX_TERMS = 2000
Roots = dict[str, tuple[Generator, Term]]


def forms_of(goal: Goal, letters: Mapping[str, str]) -> Json:
    """Return the normal forms of both sides, or None where they are too long, or only written-out sums decide the goal.

    letters: those that are printed as others.
    """
    poly.spent[0] = 0
    normalizer = Normalizer(goal.positive, goal.batch)
    try:
        roots = _roots(normalizer, goal)
        ratios = [normalizer.ratio(side) for side in (goal.left, goal.right)]
        quotients = [(normalizer.folded(ratio.top), normalizer.folded(ratio.bottom)) for ratio in ratios]
    except (OutsideFragment, TooLarge):
        return None
    if sum(len(polynomial) for quotient in quotients for polynomial in quotient) > MAX_TERMS:
        return None
    write = _Writer(normalizer.table, roots, letters)
    left, right = ({"top": write.polynomial(top), "bottom": write.polynomial(bottom)} for top, bottom in quotients)
    return {"generators": write.generators, "left": left, "right": right}


def _roots(normalizer: Normalizer, goal: Goal) -> Roots:
    """Adjoin every root, as the kernel does, and return what is under each."""
    found: Roots = {}
    for side in (goal.left, goal.right):
        for node in subterms(side):
            if isinstance(node, Power) and node.exponent.denominator != 1:
                radicand = node.base
                while isinstance(radicand, Power) and radicand.exponent.denominator == 1:
                    radicand = radicand.base
                known = set(normalizer.table)
                normalizer.adjoin(radicand)
                found |= {g.name: (g, radicand) for g in normalizer.table if g not in known and g.kind == "root"}
    return found


class _Writer:
    """Numbers the generators as they are met."""

    def __init__(self, table: list[Generator], roots: Roots, letters: Mapping[str, str]) -> None:
        self.table, self.roots, self.letters = table, roots, letters
        self.bound = fresh(Index("j"), frozenset(i for generator in table for i in _letters(generator)))
        self.generators: list[Json] = []
        self.places: dict[int, int] = {}

    def polynomial(self, polynomial: Polynomial) -> Json:
        return [
            [str(coefficient), [[self.place(which), str(exponent)] for which, exponent in monomial]]
            for monomial, coefficient in polynomial.items()
        ]

    def place(self, which: int) -> int:
        if which not in self.places:
            self.places[which] = len(self.generators)
            self.generators.append(tree(renamed(self.meaning(self.table[which]), self.letters)))
        return self.places[which]

    def meaning(self, generator: Generator) -> Meaning:
        """Return what a generator stands for."""
        name, indices = generator.name, generator.indices
        match generator.kind:
            case "scalar" | "fixed":
                return Quantity(name, indices)
            case "mean":
                return self.mean(name, indices)
            case "centred":
                return plus(Quantity(name, indices), times(Constant(Fraction(-1)), self.mean(name, indices[1:])))
            case "moment":
                # Its parts are the families, whose entries are meant less their mean.
                entries = [(Generator("centred", part.name, (self.bound, *part.indices)), e) for part, e in generator.parts]
                return SumOver(self.bound, (), times(*(Raised(self.meaning(entry), Fraction(e)) for entry, e in entries)))
            case "delta":
                return Same(*indices)
            case "number":
                return Constant(Fraction(int(name)))
            case _:
                formal, radicand = self.roots[name]
                put = dict(zip(formal.indices, indices, strict=True))
                return Raised(meaning_of_term(rename(radicand, put)), Fraction(1, 2))

    def mean(self, name: str, features: tuple[Index, ...]) -> Meaning:
        return times(Raised(Quantity("m"), Fraction(-1)), SumOver(self.bound, (), Quantity(name, (self.bound, *features))))


def _letters(generator: Generator) -> frozenset[Index]:
    """Return its indices as those of the batch, since one letter is not to stand for two kinds of index."""
    return frozenset(Index(i.name) if i.axis == FEATURE else i for i in generator.depends())
