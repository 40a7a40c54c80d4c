"""Letters for the indices of what is printed: single ones, and none with two roles.

A sum gets another letter where its own is free in the formula, bound by a sum around it, or no letter at all (`j'`, `i0`); a
free index where its letter is that of a quantity. What is printed together (the sides of an equation) is renamed together.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from symbn.elaboration.meaning import Meaning, Quantity, Same, Slope, SumOver, free, names, parts, changed
from symbn.kernel.term import BATCH, FEATURE, Index
from symbn.typesetting.styles import Style

_FREE = {BATCH: "ikjlpqrtuvwabho", FEATURE: "jkcpqdeno"}
_BOUND = {BATCH: "jklrtuvwabhio", FEATURE: "cpqdeno"}  # no letter of one axis is one of the other


def with_clear_letters(meanings: Iterable[Meaning], style: Style) -> tuple[Meaning, ...]:
    """Return the meanings with other letters for the indices that could be misread."""
    meanings = tuple(meanings)
    used = frozenset[str]().union(*map(names, meanings))
    keys = {spelling.key for name in (*used, "m", "n") if (spelling := style.spelling(name)) is not None} | set(used)
    every = frozenset[Index]().union(*map(_indices, meanings))
    taken = _Taken(frozenset(keys), frozenset(str(i.name) for i in every), frozenset(i.name for i in every if i.axis == BATCH))
    outside = {i for meaning in meanings for i in free(meaning) if isinstance(i.name, str)}
    put: dict[Index, Index] = {}
    spare = {axis: [c for c in letters if c not in taken.keys | taken.every] for axis, letters in _FREE.items()}
    for index in sorted(outside, key=str):
        if not taken.leaves(index) and spare[index.axis]:
            letter = spare[index.axis][0]
            put[index] = Index(letter, index.axis)
            spare = {axis: [c for c in letters if c != letter] for axis, letters in spare.items()}
    shown = frozenset(str(put.get(index, index).name) for index in outside)
    return tuple(_renamed(meaning, put, shown, taken) for meaning in meanings)


@dataclass(frozen=True, slots=True)
class _Taken:
    """keys: the spellings of quantities. every: all index letters. examples: those that count examples somewhere."""

    keys: frozenset[str]
    every: frozenset[str]
    examples: frozenset[str | int]

    def leaves(self, index: Index) -> bool:
        """Tell whether the index may keep its letter."""
        name = str(index.name)
        single = (len(name) == 1 or name == "ell") and name.isalpha()
        return single and not self.keys & {name, f"\\{name}"} and not (index.axis == FEATURE and name in self.examples)


def _indices(meaning: Meaning) -> frozenset[Index]:
    """Return all indices, free and bound."""
    own = free(meaning) | ({meaning.index} if isinstance(meaning, SumOver) else frozenset())
    return own.union(*map(_indices, parts(meaning)))


def _renamed(meaning: Meaning, put: Mapping[Index, Index], around: frozenset[str], taken: _Taken) -> Meaning:
    """Rename by `put` what is free here. around: the letters that mean something outside."""

    def index(old: Index) -> Index:
        return put.get(old, old)

    def quantity(old: Quantity) -> Quantity:
        return Quantity(old.name, tuple(map(index, old.indices)))

    def inner(old: Meaning) -> Meaning:
        return _renamed(old, put, around, taken)

    match meaning:
        case Quantity():
            return quantity(meaning)
        case Same(left=left, right=right):
            return Same(index(left), index(right))
        case SumOver(index=bound, excluding=excluding, body=body):
            new = bound
            if str(bound.name) in around or not taken.leaves(bound):
                letters = [c for c in _BOUND[bound.axis] if c not in taken.keys | around]
                spare = [c for c in letters if c not in taken.every] or letters
                new = Index(spare[0], bound.axis) if spare else bound
            below = _renamed(body, {**put, bound: new}, around | {str(new.name)}, taken)
            return SumOver(new, tuple(map(index, excluding)), below)
        case Slope(of=of, by=by, kind=kind):
            return Slope(inner(of), quantity(by), kind)
        case _:
            return changed(meaning, inner)
