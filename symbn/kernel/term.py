"""The only language of truth: scalar expressions over one batch, as immutable trees.

    term ::= Num q | Var name | Entry name index+ | Sum index body (excluding index*)
           | Delta index index | Add term* | Mul term* | Power term q          (q: an exact rational)

An *index* runs over an axis: `batch` (1..m, the scalar `m`) or `feature` (1..n, the scalar `n`). Its name is a word when it is
free or bound by a sum, and a positive integer when it is one explicit entry (x_1).

Invariants: I1 numbers are never floats; I2 a `Delta` compares indices of one axis; I3 a binder binds in its body only, not in
`excluding`; I4 renaming never captures.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import assert_never

BATCH, FEATURE = "batch", "feature"
SIZE_NAME = {BATCH: "m", FEATURE: "n"}


class KernelError(Exception):
    """A term that breaks an invariant of the kernel: the caller is at fault."""


@dataclass(frozen=True, slots=True)
class Index:
    name: str | int
    axis: str = BATCH

    def __post_init__(self) -> None:
        if self.axis not in SIZE_NAME or (isinstance(self.name, int) and self.name < 1):
            raise KernelError("an index has a known axis, and explicit ones start at 1")


@dataclass(frozen=True, slots=True)
class Num:
    value: Fraction

    def __post_init__(self) -> None:
        if not isinstance(self.value, Fraction):
            raise KernelError("a number must be a Fraction")


@dataclass(frozen=True, slots=True)
class Var:
    name: str


@dataclass(frozen=True, slots=True)
class Entry:
    name: str
    indices: tuple[Index, ...]

    def __post_init__(self) -> None:
        if not self.indices:
            raise KernelError(f"an entry of {self.name} needs an index")


@dataclass(frozen=True, slots=True)
class Sum:
    index: Index
    body: Term
    excluding: tuple[Index, ...] = ()

    def __post_init__(self) -> None:
        other_axis = any(other.axis != self.index.axis for other in self.excluding)
        if not isinstance(self.index.name, str) or self.index in self.excluding or other_axis:
            raise KernelError("a sum binds a named index, and leaves out others of its axis")


@dataclass(frozen=True, slots=True)
class Delta:
    left: Index
    right: Index

    def __post_init__(self) -> None:
        if self.left.axis != self.right.axis:
            raise KernelError("a Kronecker delta compares indices of one axis")


@dataclass(frozen=True, slots=True)
class Add:
    terms: tuple[Term, ...]


@dataclass(frozen=True, slots=True)
class Mul:
    factors: tuple[Term, ...]


@dataclass(frozen=True, slots=True)
class Power:
    base: Term
    exponent: Fraction

    def __post_init__(self) -> None:
        if not isinstance(self.exponent, Fraction):
            raise KernelError("an exponent must be a Fraction")


Term = Num | Var | Entry | Sum | Delta | Add | Mul | Power

ZERO, ONE = Num(Fraction(0)), Num(Fraction(1))


def num(value: int | Fraction) -> Num:
    return Num(Fraction(value))


def add(*terms: Term) -> Term:
    kept = tuple(t for t in terms if t != ZERO)
    return kept[0] if len(kept) == 1 else Add(kept) if kept else ZERO


def mul(*factors: Term) -> Term:
    kept = tuple(f for f in factors if f != ONE)
    return kept[0] if len(kept) == 1 else Mul(kept) if kept else ONE


def power(base: Term, exponent: int | Fraction) -> Term:
    return base if exponent == 1 else Power(base, Fraction(exponent))


def children(term: Term) -> tuple[Term, ...]:
    match term:
        case Num() | Var() | Entry() | Delta():
            return ()
        case Sum(body=inner) | Power(base=inner):
            return (inner,)
        case Add(terms=parts) | Mul(factors=parts):
            return parts
        case _:
            assert_never(term)


def subterms(term: Term, found: dict[int, Term] | None = None) -> Iterable[Term]:
    """Return every distinct node once, children before parents."""
    found = {} if found is None else found
    if id(term) not in found:
        for child in children(term):
            subterms(child, found)
        found[id(term)] = term
    return found.values()


# Memo tables are keyed by identity, fast on shared terms. They hold the term too, so that its address is not reused.
FreeMemo = dict[int, tuple["Term", frozenset[Index]]]


def free_indices(term: Term, memo: FreeMemo | None = None) -> frozenset[Index]:
    """Return the named indices and the explicit ones that no sum binds."""
    memo = {} if memo is None else memo
    if id(term) not in memo:
        match term:
            case Entry(indices=indices):
                found = frozenset(indices)
            case Delta(left=left, right=right):
                found = frozenset((left, right))
            case Sum(index=index, body=body, excluding=excluding):
                found = (free_indices(body, memo) - {index}) | frozenset(excluding)
            case _:
                found = frozenset([index for child in children(term) for index in free_indices(child, memo)])
        memo[id(term)] = (term, found)
    return memo[id(term)][1]


def fresh(index: Index, avoid: frozenset[Index]) -> Index:
    """Return an index of the same axis that is not in `avoid`: j, j', j'', ..."""
    while index in avoid:
        index = Index(f"{index.name}'", index.axis)
    return index


def rename(term: Term, names: Mapping[Index, Index], free: FreeMemo | None = None) -> Term:
    """Return the term with its free indices renamed; a bound index that would capture a new name is renamed too."""
    free = {} if free is None else free
    names = {old: new for old, new in names.items() if old in free_indices(term, free)}
    match term:
        case _ if not names:
            return term
        case Entry(name=name, indices=indices):
            return Entry(name, tuple(names.get(i, i) for i in indices))
        case Delta(left=left, right=right):
            return Delta(names.get(left, left), names.get(right, right))
        case Sum(index=index, body=body, excluding=excluding):
            inner = {old: new for old, new in names.items() if old != index}
            outer = tuple(names.get(i, i) for i in excluding)
            outside = frozenset((*inner.values(), *outer))
            inner[index] = fresh(index, outside | (free_indices(body, free) - {index})) if index in outside else index
            return Sum(inner[index], rename(body, inner, free), outer)
        case Add(terms=terms):
            return Add(tuple(rename(t, names, free) for t in terms))
        case Mul(factors=factors):
            return Mul(tuple(rename(f, names, free) for f in factors))
        case Power(base=base, exponent=exponent):
            return Power(rename(base, names, free), exponent)
        case _:
            return term
