"""How functions lay out their arrays: which axes are normalised, and which carry gamma and beta."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from math import prod

from symbn.kernel.term import BATCH, FEATURE
from symbn.layers.graph import Graph
from symbn.layers.normalisation import FEATURES, NOBODY, POSITIONS, normalisation

Shape = tuple[int, ...]
Place = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Layout:
    """sizes: the names of x's axes. normalised: the axes that mean and variance run over. scaled: those of gamma and beta,
    which keep the others with length 1 where `kept`. shapes: those of x that are tried where not every size can be."""

    name: str
    meaning: str
    sizes: tuple[str, ...]
    normalised: tuple[int, ...]
    scaled: tuple[int, ...]
    shapes: tuple[Shape, ...]
    kept: bool = False

    @property
    def others(self) -> tuple[int, ...]:
        return tuple(axis for axis in range(len(self.sizes)) if axis not in self.normalised)

    @property
    def every(self) -> str:
        """Return its sizes in words: N, C, H and W."""
        *first, last = self.sizes
        return f"{', '.join(first)} and {last}" if first else last

    @property
    def count(self) -> str:
        """What the code calls m, the number of entries that are normalised together."""
        return "*".join(self.sizes[axis] for axis in self.normalised)

    @property
    def graph(self) -> Graph:
        if not self.others:
            return normalisation(NOBODY)
        return normalisation(POSITIONS if self.scaled == self.normalised else FEATURES)

    def axes(self, node: str) -> tuple[int, ...]:
        """Return the axes of x that an array of this node has (its other axes are gone, or of length 1)."""
        if node in ("gamma", "beta"):
            return self.scaled
        slots = self.graph.nodes[node].slots
        return tuple(sorted((*(self.normalised if BATCH in slots else ()), *(self.others if FEATURE in slots else ()))))


def position(place: Place, shape: Shape, along: tuple[int, ...]) -> int:
    """Return the place among all places along some axes, counted row by row from 0."""
    number = 0
    for axis in along:
        number = number * shape[axis] + place[axis]
    return number


def places(shape: Shape) -> list[Place]:
    """Return every place of an array, in row-major order."""
    return list(product(*(range(size) for size in shape)))


def shown_shape(shape: Sequence[object]) -> str:
    return f"({', '.join(map(str, shape))}{',' if len(shape) == 1 else ''})"


def length(shape: Shape, along: tuple[int, ...]) -> int:
    return prod(shape[axis] for axis in along)


_TABLE = ((3, 2), (2, 3), (3, 3), (1, 2), (4, 1))
_IMAGES = ((2, 2, 1, 2), (1, 2, 3, 1), (2, 2, 2, 1), (1, 2, 1, 1), (3, 1, 1, 1))
LAYOUTS = (
    Layout("batchnorm", "batch norm (training) of x (N, D) over N", ("N", "D"), (0,), (1,), _TABLE),
    Layout("layernorm", "layer norm of x (N, D) over D", ("N", "D"), (1,), (1,), tuple((d, n) for n, d in _TABLE)),
    Layout("rows", "batch norm (training) of x (D, N), a row for each feature", ("D", "N"), (1,), (0,),
           tuple((d, n) for n, d in _TABLE), kept=True),
    Layout("vector", "batch norm (training) of one feature, x (N,)", ("N",), (0,), (), ((3,), (2,), (1,), (4,))),
    Layout("spatial", "spatial batch norm (training) of x (N, C, H, W)", ("N", "C", "H", "W"), (0, 2, 3), (1,), _IMAGES),
    Layout("channels-last", "spatial batch norm (training) of x (N, H, W, C)", ("N", "H", "W", "C"), (0, 1, 2), (3,),
           tuple((n, h, w, c) for n, c, h, w in _IMAGES)),
)  # fmt: skip
BY_NAME = {layout.name: layout for layout in LAYOUTS}
