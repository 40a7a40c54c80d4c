"""Axes moved, added, merged and repeated: which results share memory, and what they look like."""

from __future__ import annotations

from symbn.code.reading.arguments import floats_only, lengths
from symbn.code.reading.arguments import shape as shape_of
from symbn.code.reading.grid import Grid, moved, reshaped, stretched
from symbn.code.reading.indexed import Indexed
from symbn.code.reading.memory import Array, new
from symbn.code.reading.renaming import renamed
from symbn.code.reading.sizes import Names, Size, axes_of
from symbn.code.reading.values import described, outside, raised


def array(value: object) -> Array:
    if not isinstance(value, Array):
        raise outside(f"{described(value)} where an array is expected")
    return value


def joined(arguments: tuple[object, ...]) -> object:
    """Return a shape or an order of axes that came as one argument or as several."""
    return arguments[0] if len(arguments) == 1 else arguments


def reshape(space: Indexed, a: object, shape: object) -> object:
    """A regrouping of axes. NumPy shares the memory or copies it, as the layout has it."""
    given = array(a)
    wanted = lengths(shape)
    if not wanted:
        raise outside("an array without axes")
    made, moves = reshaped(space.groups, given.shape, wanted)
    return given.perhaps_shared(Grid(made, renamed(given.term, moves)))


def ravel(space: Indexed, a: object) -> Array:
    given = array(a)
    made, moves = reshaped(space.groups, given.shape, (None,))
    return given.perhaps_shared(Grid(made, renamed(given.term, moves)))


def permuted(space: Indexed, given: Array, places: tuple[int, ...]) -> Array:
    made = tuple(given.shape[place] for place in places)
    return given.view(made, moved(space.groups, given.shape, made, places))


def transpose(space: Indexed, a: object, axes: object = None) -> object:
    given = array(a)
    rank = len(given.shape)
    places = tuple(reversed(range(rank))) if axes is None else axes_of(tuple(axes) if isinstance(axes, list) else axes, rank)
    if len(places) != rank:
        raise raised("ValueError: axes don't match array")
    return permuted(space, given, places)


def swapaxes(space: Indexed, a: object, axis1: object, axis2: object) -> object:
    given = array(a)
    (one,), (two,) = (_one_axis(axis, len(given.shape)) for axis in (axis1, axis2))
    order = {one: two, two: one}
    return permuted(space, given, tuple(order.get(place, place) for place in range(len(given.shape))))


def moveaxis(space: Indexed, a: object, source: object, destination: object) -> object:
    given = array(a)
    (one,), (two,) = (_one_axis(axis, len(given.shape)) for axis in (source, destination))
    places = [place for place in range(len(given.shape)) if place != one]
    places.insert(two, one)
    return permuted(space, given, tuple(places))


def _one_axis(axis: object, rank: int) -> tuple[int, ...]:
    if not isinstance(axis, int):
        raise outside("several axes at once")
    return axes_of(axis, rank)


def expand_dims(space: Indexed, a: object, axis: object) -> object:
    given = array(a)
    many = axis if isinstance(axis, tuple) else (axis,)
    rank = len(given.shape) + len(many)
    added = axes_of(many, rank)
    old = iter(range(len(given.shape)))
    places = [None if place in added else next(old) for place in range(rank)]
    made = tuple(() if place is None else given.shape[place] for place in places)
    return given.view(made, moved(space.groups, given.shape, made, places))


def squeeze(space: Indexed, a: object, axis: object = None) -> object:
    given = array(a)
    if axis is None and any(given.shape):
        raise outside("squeeze without an axis, which also drops an axis whose length happens to be 1")
    gone = axes_of(axis, len(given.shape))
    for place in gone:
        if given.shape[place]:
            raise raised(f"ValueError: cannot squeeze an axis of length {'*'.join(given.shape[place])} unless that is 1")
    places = [place for place in range(len(given.shape)) if place not in gone]
    made = tuple(given.shape[place] for place in places)
    if not made:
        raise outside("an array without axes")
    return given.view(made, moved(space.groups, given.shape, made, places))


def tile(space: Indexed, A: object, reps: object) -> object:  # noqa: N803 (NumPy's name)
    """Copies side by side, along axes of length 1 only: elsewhere the result has a length that is no product of sizes."""
    given = array(A)
    many = list(reps) if isinstance(reps, tuple | list) else [reps]
    rank = max(len(many), len(given.shape))
    many = [1] * (rank - len(many)) + many
    old = ((),) * (rank - len(given.shape)) + given.shape
    made: list[Names] = []
    for names, times in zip(old, many, strict=True):
        if times != 1 and (names or not isinstance(times, Size)):
            raise outside("np.tile of an axis that is longer than 1, or by a fixed number")
        made.append(names or (space.groups.axis(times.names) if isinstance(times, Size) else ()))
    return new(stretched(space.groups, given.grid, tuple(made)))


def repeat(space: Indexed, a: object, repeats: object, axis: object = None) -> object:
    given = array(a)
    (place,) = _one_axis(axis, len(given.shape))
    if given.shape[place] or not isinstance(repeats, Size):
        raise outside("np.repeat of an axis that is longer than 1, or by a fixed number")
    made = (*given.shape[:place], space.groups.axis(repeats.names), *given.shape[place + 1 :])
    return new(stretched(space.groups, given.grid, made))


def broadcast_to(space: Indexed, a: object, shape: object) -> object:
    given = array(a)
    return given.perhaps_shared(stretched(space.groups, given.grid, shape_of(space.groups, shape)), writeable=False)


def copied(space: Indexed, a: object) -> Array:
    return new(array(a).grid)


def array_of(space: Indexed, a: object, dtype: object = None) -> object:
    floats_only(dtype)
    return copied(space, a)


def as_array(space: Indexed, a: object, dtype: object = None) -> object:
    if dtype is not None:
        floats_only(dtype)
        return array(a).perhaps_shared(array(a).grid)
    return array(a)


def contiguous(space: Indexed, a: object) -> object:
    return array(a).perhaps_shared(array(a).grid)


def astype(space: Indexed, a: object, dtype: object) -> object:
    floats_only(dtype)
    return copied(space, a)
