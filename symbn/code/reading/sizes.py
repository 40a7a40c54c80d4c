"""Lengths at all sizes: each axis has named sizes, whose product is its length; () is the length 1.

The names of the batch make up one kernel axis, and so do those of the features. An axis of the array that holds a whole group,
such as (N, H, W) flattened, has a kernel index of its own. Axes that hold parts of a group, such as N, H and W apart, share one
index, which stands for the position in all of them: a term may depend on it only while the parts present make up the group.

An index is named by the place of its axis counted from the last, as NumPy's broadcasting counts: two arrays that are broadcast
together need no renaming. No length is ever compared with another as a number: N = 1, D = 1 and N = D are ordinary cases, and
what NumPy does there must follow from the names alone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from symbn.code.reading.values import outside, raised
from symbn.kernel.term import BATCH, FEATURE, SIZE_NAME, Index, Term, Var, mul, power

Names = tuple[str, ...]
Shape = tuple[Names, ...]
_LETTER = {BATCH: "i", FEATURE: "c"}


@dataclass(frozen=True, slots=True)
class Size:
    """A whole number of at least 1 that is a product of sizes. boxed: it is NumPy's integer, not Python's."""

    names: Names
    boxed: bool = False


@dataclass(frozen=True, slots=True)
class Groups:
    """The sizes whose product is the number of examples, and those whose product is the number of features, in order."""

    batch: Names
    feature: Names

    def __post_init__(self) -> None:
        if len({*self.batch, *self.feature}) != len(self.batch) + len(self.feature):
            raise ValueError("every size has one name, and belongs to one axis")

    def of(self, names: Names) -> tuple[str, Names]:
        """Return the kernel axis that the names belong to, and its names. Raises: StoppedError if they belong to two."""
        for axis, group in ((BATCH, self.batch), (FEATURE, self.feature)):
            if set(names) <= set(group):
                return axis, group
        raise outside(f"one axis of length {'*'.join(names)} mixes examples and features")

    def whole(self, names: Names) -> bool:
        return sorted(names) in (sorted(self.batch), sorted(self.feature)) and bool(names)

    def axis(self, names: Names) -> Names:
        """Return the names in the order of their group: a length that comes as a number does not tell its layout."""
        if len(set(names)) != len(names):
            raise outside(f"an axis of length {'*'.join(names)}")
        return tuple(sorted(names, key=self.of(names)[1].index)) if names else ()

    def indices(self, shape: Shape) -> tuple[Index | None, ...]:
        """Return the index of each axis. Raises: StoppedError if one shared index would stand for two positions."""
        found: list[Index | None] = []
        parts: list[str] = []
        for place, names in enumerate(reversed(shape), start=1):
            if not names:
                found.append(None)
                continue
            axis, _ = self.of(names)
            if not self.whole(names):
                parts.extend(names)
            found.append(Index(f"{_LETTER[axis]}{place}" if self.whole(names) else _LETTER[axis], axis))
        if len(set(parts)) != len(parts):
            raise outside(f"an array of shape {spelled(shape)}, which has one part of an axis twice")
        return tuple(reversed(found))

    def number(self, names: Iterable[str]) -> Term:
        """Return the product of the sizes as a term in m and n. Raises: StoppedError if it is no product of whole groups."""
        count = Counter(names)
        factors: list[Term] = []
        for axis, group in ((BATCH, self.batch), (FEATURE, self.feature)):
            times = {count.pop(name, 0) for name in group}
            if len(times) > 1:
                missing = "*".join(group)
                raise outside(f"a number that depends on a part of {missing}, which is known only as a whole")
            factors.extend(power(Var(SIZE_NAME[axis]), exponent) for exponent in times if exponent)
        return mul(*factors)


def spelled(shape: Shape) -> str:
    lengths = ["*".join(names) or "1" for names in shape]
    return f"({lengths[0]},)" if len(lengths) == 1 else f"({', '.join(lengths)})"


def broadcast(left: Shape, right: Shape) -> Shape:
    """Return the common shape by NumPy's rules. Raises: StoppedError where they refuse, or where the order differs."""
    rank = max(len(left), len(right))
    padded = [((),) * (rank - len(shape)) + shape for shape in (left, right)]
    return tuple(_common(a, b, left, right) for a, b in zip(*padded, strict=True))


def _common(a: Names, b: Names, left: Shape, right: Shape) -> Names:
    if not a or not b or a == b:
        return a or b
    if sorted(a) == sorted(b):
        raise outside(f"{'*'.join(a)} and {'*'.join(b)} are laid out in different orders")
    cure = f"{'*'.join(a)} = {'*'.join(b)}"
    raise raised(f"ValueError: shapes {spelled(left)} and {spelled(right)} cannot be broadcast together unless {cure}")


def same_length(a: Names, b: Names, what: str) -> Names:
    """Return the length that two axes share, which a product demands of them."""
    if a == b:
        return a
    if sorted(a) == sorted(b):
        raise outside(f"{'*'.join(a)} and {'*'.join(b)} are laid out in different orders")
    raise raised(f"ValueError: {what} of axes of lengths {'*'.join(a) or 1} and {'*'.join(b) or 1}")


def axes_of(axis: object, rank: int) -> tuple[int, ...]:
    """Return the axes meant, counted from 0. axis: None for all, one number or a tuple of them."""
    if axis is None:
        return tuple(range(rank))
    wanted = axis if isinstance(axis, tuple) else (axis,)
    places: list[int] = []
    for one in wanted:
        if not isinstance(one, int) or isinstance(one, bool):
            raise outside("an axis that is not a number")
        if not -rank <= one < rank:
            raise raised(f"AxisError: axis {one} is out of bounds for array of dimension {rank}")
        places.append(one % rank)
    if len(set(places)) != len(places):
        raise raised("ValueError: duplicate value in 'axis'")
    return tuple(places)
