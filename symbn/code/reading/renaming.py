"""Indices renamed without loss of sharing: a staged function is a graph, and writing it out as a tree can take forever.

The rules are those of the kernel's `rename`, whose answers the tests compare with these.
"""

from __future__ import annotations

from collections.abc import Mapping

from symbn.kernel.term import Add, Delta, Entry, FreeMemo, Index, Mul, Power, Sum, Term, free_indices, fresh

_Key = tuple[int, frozenset[tuple[Index, Index]]]


def renamed(term: Term, names: Mapping[Index, Index]) -> Term:
    """Return the term with its free indices renamed, all at once; no sum captures a new name."""
    return _Renaming().run(term, names)


class _Renaming:
    def __init__(self) -> None:
        self.free: FreeMemo = {}
        self.done: dict[_Key, tuple[Term, Term]] = {}

    def run(self, term: Term, names: Mapping[Index, Index]) -> Term:
        if not names:
            return term
        free = free_indices(term, self.free)
        names = {old: new for old, new in names.items() if old in free and old != new}
        if not names:
            return term
        key = id(term), frozenset(names.items())
        if key not in self.done:
            self.done[key] = (term, self.rebuilt(term, names))
        return self.done[key][1]

    def rebuilt(self, term: Term, names: Mapping[Index, Index]) -> Term:
        match term:
            case Entry(name=name, indices=indices):
                return Entry(name, tuple(names.get(i, i) for i in indices))
            case Delta(left=left, right=right):
                return Delta(names.get(left, left), names.get(right, right))
            case Sum(index=index, body=body, excluding=excluding):
                inner = {old: new for old, new in names.items() if old != index}
                outer = tuple(names.get(i, i) for i in excluding)
                taken = frozenset((*inner.values(), *outer))
                bound = index
                if index in taken:
                    bound = fresh(index, taken | (free_indices(body, self.free) - {index}))
                return Sum(bound, self.run(body, {**inner, index: bound}), outer)
            case Add(terms=terms):
                return Add(tuple(self.run(t, names) for t in terms))
            case Mul(factors=factors):
                return Mul(tuple(self.run(f, names) for f in factors))
            case Power(base=base, exponent=exponent):
                return Power(self.run(base, names), exponent)
            case _:
                return term
