"""Arrays at all sizes as values: a shape, and one term in the indices of its axes. Every operation gives a new grid.

What an operation means is settled by the names of the sizes alone, so that the term is right for every N, D >= 1.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from symbn.code.reading.renaming import renamed
from symbn.code.reading.sizes import Groups, Names, Shape, axes_of, broadcast, same_length, spelled
from symbn.code.reading.values import outside, raised
from symbn.kernel.term import Delta, Index, Sum, Term, mul

Moves = dict[Index, Index]


@dataclass(frozen=True, slots=True)
class Grid:
    shape: Shape
    term: Term


def moved(groups: Groups, old: Shape, new: Shape, places: Sequence[int | None]) -> Moves:
    """Return how the indices are renamed when axis `places[k]` of the old shape becomes axis k; None: a new axis of length 1,
    or one that the term does not depend on."""
    before, after = groups.indices(old), groups.indices(new)
    pairs = ((before[place], now) for place, now in zip(places, after, strict=True) if place is not None)
    return {was: now for was, now in pairs if was is not None and now is not None}


def reshaped(groups: Groups, old: Shape, wanted: Sequence[Names | None]) -> tuple[Shape, Moves]:
    """Return the new shape, and how the indices are renamed. wanted: the lengths as products; None: the one to be worked out.

    The sizes must come in their old order: that is a regrouping of axes, which moves no entry. Any other reshape deals the
    entries out anew, and no term in the same indices says where they go.
    """
    atoms = [name for names in old for name in names]
    if wanted.count(None) > 1:
        raise raised("ValueError: can only specify one unknown dimension")
    left = list(atoms)
    for name in (name for names in wanted if names is not None for name in names):
        if name not in left:
            raise raised(f"ValueError: cannot reshape array of shape {spelled(old)} into the shape asked for")
        left.remove(name)
    if left and None not in wanted:
        raise raised(f"ValueError: cannot reshape array of shape {spelled(old)} into the shape asked for")
    new: list[Names] = []
    start = 0
    for names in wanted:
        asked = tuple(left) if names is None else names
        taken = tuple(atoms[start : start + len(asked)])
        if sorted(taken) != sorted(asked):
            raise outside(f"a reshape of {spelled(old)} that changes the order of its axes")
        new.append(taken)
        start += len(taken)
    return tuple(new), _regrouped(groups, old, tuple(new))


def _regrouped(groups: Groups, old: Shape, new: Shape) -> Moves:
    each = [[index for names, index in zip(s, groups.indices(s), strict=True) for _ in names] for s in (old, new)]
    pairs = {(was, now) for was, now in zip(*each, strict=True) if was is not None and now is not None}
    moves = dict(pairs)
    if len(moves) != len(pairs) or len(set(moves.values())) != len(pairs):
        raise outside(f"a reshape of {spelled(old)} to {spelled(new)}, which takes positions apart")
    return moves


def summed(groups: Groups, grid: Grid, axis: object, keepdims: bool) -> Grid:
    """Return the sum over one or several axes, each with a bound index of its own."""
    axes = axes_of(axis, len(grid.shape))
    indices = groups.indices(grid.shape)
    term = grid.term
    over = dict.fromkeys(index for place in axes if (index := indices[place]) is not None)
    for index in over:
        names = tuple(name for place in axes if indices[place] == index for name in grid.shape[place])
        if not groups.whole(names):
            raise outside(f"a sum over {'*'.join(names)}, a part of the axis only")
        term = Sum(index, term)
    kept: Shape = tuple(() if place in axes else names for place, names in enumerate(grid.shape))
    if keepdims:
        return Grid(kept, term)
    places = [place for place in range(len(kept)) if place not in axes]
    shape = tuple(kept[place] for place in places)
    return Grid(shape, renamed(term, moved(groups, kept, shape, places)))


def count(groups: Groups, shape: Shape, axis: object) -> Term:
    """Return how many entries a sum over the axes adds up."""
    return groups.number(name for place in axes_of(axis, len(shape)) for name in shape[place])


def contracted(groups: Groups, operands: Sequence[tuple[Grid, str]], output: str) -> Grid:
    """Return the product of the operands, summed over the letters that the output leaves out: einsum."""
    lengths: dict[str, Names] = {}
    for grid, letters in operands:
        if len(letters) != len(grid.shape):
            raise raised("ValueError: the operand has another number of axes than its subscripts")
        if len(set(letters)) != len(letters):
            raise outside("a product over the diagonal of an operand")
        for letter, names in zip(letters, grid.shape, strict=True):
            lengths[letter] = same_length(lengths.get(letter, names), names, "a product")
    order = output + "".join(letter for letter in lengths if letter not in output)
    shape = tuple(lengths[letter] for letter in order)
    factors: list[Term] = []
    for grid, letters in operands:
        places = [letters.find(letter) if letter in letters else None for letter in order]
        factors.append(renamed(grid.term, moved(groups, grid.shape, shape, places)))
    return summed(groups, Grid(shape, mul(*factors)), tuple(range(len(output), len(order))), keepdims=False)


def dot(groups: Groups, left: Grid, right: Grid) -> Grid:
    """Return the product over the last axis of the left and the last but one of the right (its only one, if it has one)."""
    a, b = "abcdefgh"[: len(left.shape)], "pqrstuvw"[: len(right.shape)]
    at = max(len(b) - 2, 0)
    b = b[:at] + a[-1] + b[at + 1 :]
    return contracted(groups, ((left, a), (right, b)), a[:-1] + b.replace(a[-1], ""))


def identity(groups: Groups, names: Names) -> Grid:
    """Return the unit matrix with one row for each position of a whole axis."""
    if not names:
        raise outside("a unit matrix of a fixed length")
    if not groups.whole(names):
        raise outside(f"a unit matrix of length {'*'.join(names)}, a part of the axis only")
    first, second = groups.indices((names, names))
    assert first is not None  # both axes are whole
    assert second is not None
    return Grid((names, names), Delta(first, second))


def stretched(groups: Groups, grid: Grid, shape: Shape) -> Grid:
    """Return the grid repeated along axes of length 1 until it has the shape."""
    if broadcast(grid.shape, shape) != shape:
        raise raised(f"ValueError: an array of shape {spelled(grid.shape)} cannot become one of shape {spelled(shape)}")
    groups.indices(shape)
    return Grid(shape, grid.term)
