"""Letters for the indices of what is printed: single ones, and none with two roles.

A sum gets another letter where its own is free in the formula, bound by a sum around it, or no letter at all (`j'`, `i0`); a
free index where its letter is that of a quantity. What is printed together (the sides of an equation) is renamed together.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from symbn.elaboration.meaning import Meaning, Plus, Quantity, Raised, Same, Slope, SumOver, Times, free, letters_of, names
from symbn.kernel.term import BATCH, FEATURE, Index
from symbn.typesetting.styles import Style

_BOUND, _FREE = "jklpqrtuvwabcdhno", {BATCH: "ikjlpqrtuvwabcdhno", FEATURE: "jklpqrtuvwabcdhno"}


def with_clear_letters(meanings: Iterable[Meaning], style: Style) -> tuple[Meaning, ...]:
    """Return the meanings with other letters for the indices that could be misread."""
    meanings = tuple(meanings)
    used = frozenset[str]().union(*map(names, meanings))
    keys = {spelling.key for name in (*used, "m", "n") if (spelling := style.spelling(name)) is not None} | set(used)
    every = frozenset[str]().union(*map(letters_of, meanings))
    outside = {i for meaning in meanings for i in free(meaning) if isinstance(i.name, str)}
    put: dict[Index, Index] = {}
    taken = set(keys) | every
    for index in sorted(outside, key=str):
        if not _is_clear(index, keys):
            put[index] = Index(next((letter for letter in _FREE[index.axis] if letter not in taken), index.name), index.axis)
            taken.add(str(put[index].name))
    shown = {str(put.get(index, index).name) for index in outside}
    return tuple(_renamed(meaning, put, frozenset(shown), keys, every) for meaning in meanings)


def _is_clear(index: Index, keys: set[str]) -> bool:
    name = str(index.name)
    return (len(name) == 1 or name == "ell") and name.isalpha() and name not in keys


def _renamed(
    meaning: Meaning, put: Mapping[Index, Index], around: frozenset[str], keys: set[str], every: frozenset[str]
) -> Meaning:
    """Rename by `put` what is free here. around: the letters that mean something outside."""

    def index(old: Index) -> Index:
        return put.get(old, old)

    def quantity(old: Quantity) -> Quantity:
        return Quantity(old.name, tuple(map(index, old.indices)))

    def inner(old: Meaning) -> Meaning:
        return _renamed(old, put, around, keys, every)

    match meaning:
        case Quantity():
            return quantity(meaning)
        case Same(left=left, right=right):
            return Same(index(left), index(right))
        case SumOver(index=bound, excluding=excluding, body=body):
            new = bound
            if str(bound.name) in around or not _is_clear(bound, keys):
                within = letters_of(body) | around | keys | every
                spare = (*(c for c in _BOUND if c not in within), *(c for c in _BOUND if c not in around | keys))
                fresh = next(iter(spare), str(bound.name))
                new = Index(fresh, bound.axis)
            below = _renamed(body, {**put, bound: new}, around | {str(new.name)}, keys, every)
            return SumOver(new, tuple(map(index, excluding)), below)
        case Plus(terms=terms):
            return Plus(tuple(map(inner, terms)))
        case Times(factors=factors):
            return Times(tuple(map(inner, factors)))
        case Raised(base=base, exponent=exponent):
            return Raised(inner(base), exponent)
        case Slope(of=of, by=by, kind=kind):
            return Slope(inner(of), quantity(by), kind)
        case _:
            return meaning
