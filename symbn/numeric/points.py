"""The points at which the second witness looks: several batch sizes, a small eps and a large one, numbers from a seed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from symbn.elaboration.elaborate import Equation
from symbn.elaboration.meaning import Meaning, Quantity, free, parts
from symbn.kernel.term import BATCH, FEATURE, SIZE_NAME

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

SIZES = (2, 3, 5, 8)
EPSILONS = (1e-5, 1.0)  # one as people choose it, which hides much, and one that hides nothing
FEATURES = 2


@dataclass(frozen=True, slots=True)
class Place:
    """One point. eps: None where the layer's eps does not occur. values: arrays by name; sizes: of the axes."""

    m: int
    eps: float | None
    sizes: Mapping[str, int]
    values: Mapping[str, NDArray[np.float64]] = field(compare=False)


def places(equation: Equation, seed: int = 0) -> Iterator[Place]:
    """Yield the points of an equation: at its own batch size, or at several."""
    import numpy as np

    shapes = _shapes(equation)
    least, features = (_largest(equation, axis) for axis in (BATCH, FEATURE))
    sizes = (equation.batch,) if equation.batch is not None else tuple(sorted({max(m, least) for m in SIZES}))
    for m in sizes:
        for eps in EPSILONS if "eps" in shapes else (None,):
            random = np.random.default_rng([seed, m])  # one draw for every eps, so that it alone makes the difference
            lengths = {BATCH: m, FEATURE: max(FEATURES, features)}
            values = {}
            for name, slots in sorted(shapes.items()):
                shape = tuple(lengths[axis] for axis in slots)
                if name == "eps":
                    values[name] = np.full(shape, eps)
                elif name in equation.graph.positive:
                    values[name] = random.uniform(0.5, 2.0, shape)
                elif not slots:  # a scale near 0 would only make everything small
                    values[name] = random.uniform(0.5, 2.0, shape) * random.choice((-1.0, 1.0))
                elif name == "x":  # spread and away from 0, as data are: x is told from x - mu, and a small eps hides
                    values[name] = 2.0 * random.normal(size=shape) + 1.0
                else:
                    values[name] = random.normal(size=shape)
            yield Place(m, eps, lengths, values)


def _largest(equation: Equation, axis: str) -> int:
    """Return how many positions an axis has to have: x_3 needs three."""
    compared = {index for condition in equation.conditions for index in (condition.left, condition.right)}
    indices = free(equation.left) | free(equation.right) | compared
    return max([1, *(index.name for index in indices if isinstance(index.name, int) and index.axis == axis)])


def _shapes(equation: Equation) -> dict[str, tuple[str, ...]]:
    """Return what has to be given a value, with its axes: what occurs, and the inputs of the layer that it is made from."""
    graph = equation.graph
    sides = [equation.left, equation.right, *(side for pair in equation.given for side in pair)]
    found: dict[str, tuple[str, ...]] = {}
    for quantity in (quantity for side in sides for quantity in _quantities(side)):
        if quantity.name not in graph.nodes:
            if quantity.indices or quantity.name not in SIZE_NAME.values():
                found[quantity.name] = tuple(index.axis for index in quantity.indices)
            continue
        for name, node in graph.nodes.items():
            if node.definition is None and graph.depends(quantity.name, name):
                found[name] = node.slots
    return found


def _quantities(meaning: Meaning) -> Iterator[Quantity]:
    if isinstance(meaning, Quantity):
        yield meaning
    for part in parts(meaning):
        yield from _quantities(part)
