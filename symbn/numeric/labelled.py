"""Arrays whose axes are named by indices, so that x_i g_k is an array over i and k, whatever the order they came in.

Beside each value stands the *size* of what it was added up from: of x - y it is |x| + |y|. A value far below its size is
what rounding leaves of a 0.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from symbn.elaboration.meaning import OutsideError
from symbn.kernel.term import Index
from symbn.numeric.backends import Array, Backend

MAX_AXES = 6


@dataclass(frozen=True, slots=True)
class Labelled:
    """axes: named indices in alphabetical order, one for each axis of both arrays."""

    axes: tuple[Index, ...]
    value: Array
    size: Array


def order(index: Index) -> tuple[str, str]:
    return index.axis, str(index.name)


def labelled(array: Array, indices: Sequence[Index], backend: Backend, size: Array | None = None) -> Labelled:
    """Return the array with an index on each axis: explicit ones pick an entry, and one that occurs twice the diagonal."""
    both = [array, abs(array) if size is None else size]
    names: list[Index] = []
    for index in indices:
        if isinstance(index.name, int):
            if index.name > both[0].shape[len(names)]:
                raise OutsideError(f"there is no entry {index.name}")
            both = [part[(slice(None),) * len(names) + (index.name - 1,)] for part in both]
        elif index in names:
            at = names.index(index)
            both = [part.diagonal(0, at, len(names)) for part in both]
            names.append(names.pop(at))  # the diagonal becomes the last axis of those that are done ..
            behind = len(both[0].shape) - len(names)
            if behind:  # .. and of those that are not: it goes back before them
                back = [*range(len(names) - 1), len(both[0].shape) - 1, *range(len(names) - 1, len(both[0].shape) - 1)]
                both = [backend.permuted(part, back) for part in both]
        else:
            names.append(index)
    places = sorted(range(len(names)), key=lambda place: order(names[place]))
    value, bound = (backend.permuted(part, places) for part in both)
    return Labelled(tuple(names[place] for place in places), value, bound)


def aligned(parts: Sequence[Labelled], sizes: Mapping[str, int]) -> tuple[tuple[Index, ...], list[tuple[Array, Array]]]:
    """Return all axes, and the arrays with one for each of them (of length 1 where they had none)."""
    axes = tuple(sorted({index for part in parts for index in part.axes}, key=order))
    if len(axes) > MAX_AXES:
        raise OutsideError("there are too many indices at once for a table of all their values")
    shaped = []
    for part in parts:
        shape = tuple(sizes[index.axis] if index in part.axes else 1 for index in axes)
        shaped.append((part.value.reshape(shape), part.size.reshape(shape)))
    return axes, shaped
