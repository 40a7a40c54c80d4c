"""Square brackets at all sizes: whole axes, new axes, and the one entry of an axis of length 1."""

from __future__ import annotations

from symbn.code.reading.grid import moved
from symbn.code.reading.memory import Array
from symbn.code.reading.sizes import Groups, Names, Size
from symbn.code.reading.values import outside, raised


def selected(groups: Groups, array: Array, key: object) -> Array:
    """Return the view array[key]. An entry or a part of an axis that has a name is refused: it depends on the length."""
    parts = list(key) if isinstance(key, tuple) else [key]
    dots = [place for place, part in enumerate(parts) if part is ...]
    if len(dots) > 1:
        raise raised("IndexError: an index can only have a single ellipsis ('...')")
    taken = sum(part is not None and part is not ... for part in parts)
    if taken > len(array.shape):
        raise raised(f"IndexError: too many indices for an array of {len(array.shape)} axes")
    at = dots[0] if dots else len(parts)
    parts[at : at + 1] = [slice(None)] * (len(array.shape) - taken)
    places: list[int | None] = []
    old = 0
    for part in parts:
        if part is None:
            places.append(None)
            continue
        if _keeps(part, array.shape[old]):
            places.append(old)
        old += 1
    shape = tuple(() if place is None else array.shape[place] for place in places)
    return array.view(shape, moved(groups, array.shape, shape, places))


def _keeps(part: object, names: Names) -> bool:
    """Tell whether an axis stays (a slice of all of it) or goes (its only entry)."""
    match part:
        case slice(start=None | 0, stop=stop, step=None | 1):
            if stop is None or (isinstance(stop, Size) and sorted(stop.names) == sorted(names)):
                return True
            raise outside("a slice of a part of an axis, at all sizes")
        case int() if not isinstance(part, bool) and not names:
            if part in (0, -1):
                return False
            raise raised("IndexError: index out of bounds for an axis of length 1")
        case _:
            raise outside("an index into an axis, at all sizes")
