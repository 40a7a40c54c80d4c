"""Arrays as NumPy's variables hold them: what is written in place through one name is seen through every other.

A buffer holds the entries; an array is a way to look at one. Transposing, adding axes of length 1 and slicing whole axes give
further views of the buffer. Where NumPy shares memory or copies depending on the lengths (reshape of a transposed array shares
it when an axis has length 1), the two buffers are kin: while both can still be reached, none of them can be written to.
"""

from __future__ import annotations

from collections.abc import Mapping
from weakref import WeakSet

from symbn.code.reading.grid import Grid
from symbn.code.reading.renaming import renamed
from symbn.code.reading.sizes import Shape
from symbn.code.reading.values import outside, raised
from symbn.kernel.term import Index, Term


class Buffer:
    """The one thing here that changes: the term of an array's entries. None: memory that was never written."""

    __slots__ = ("__weakref__", "kin", "term")

    def __init__(self, term: Term | None) -> None:
        self.term = term
        self.kin: WeakSet[Buffer] = WeakSet([self])

    def becomes_kin(self, other: Buffer) -> None:
        self.kin |= other.kin
        for each in list(self.kin):
            each.kin = self.kin


class Array:
    """A view of a buffer. names: what the buffer's indices are called in this view."""

    __slots__ = ("_read", "buffer", "names", "shape", "writeable")

    def __init__(self, buffer: Buffer, shape: Shape, names: Mapping[Index, Index], writeable: bool = True) -> None:
        self.buffer, self.shape, self.names, self.writeable = buffer, shape, names, writeable
        self._read: tuple[Term, Term] | None = None

    @property
    def term(self) -> Term:
        """Return the entries as they are now. Raises: StoppedError if they were never written."""
        held = self.buffer.term
        if held is None:
            raise outside("what np.empty leaves in memory is read")
        if self._read is None or self._read[0] is not held:
            self._read = held, renamed(held, self.names)
        return self._read[1]

    @property
    def grid(self) -> Grid:
        return Grid(self.shape, self.term)

    def view(self, shape: Shape, moves: Mapping[Index, Index]) -> Array:
        """Return the same memory in another arrangement of its axes."""
        names = {held: moves.get(seen, seen) for held, seen in self._all_names(moves).items()}
        return Array(self.buffer, shape, names, self.writeable)

    def _all_names(self, moves: Mapping[Index, Index]) -> dict[Index, Index]:
        seen = set(self.names.values())
        return {**self.names, **{index: index for index in moves if index not in seen}}

    def perhaps_shared(self, grid: Grid, writeable: bool = True) -> Array:
        """Return the grid as an array that may or may not share this one's memory."""
        other = new(grid, writeable)
        other.buffer.becomes_kin(self.buffer)
        return other

    def write(self, term: Term) -> None:
        """Put new entries in place. Raises: StoppedError if they may not be written, or if it is not known who sees them."""
        if not self.writeable:
            raise raised("ValueError: output array is read-only")
        if any(other is not self.buffer for other in self.buffer.kin):
            raise outside("an array is changed in place that may share its memory with another")
        self.buffer.term = renamed(term, {seen: held for held, seen in self.names.items()})


def new(grid: Grid, writeable: bool = True) -> Array:
    return Array(Buffer(grid.term), grid.shape, {}, writeable)
