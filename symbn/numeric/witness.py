"""The second witness: both sides of an equation in float64, derivatives by central differences of the layer's forward pass.

Where PyTorch is installed, its autograd differentiates the same forward pass once more. The answer is evidence: it never
makes or changes a verdict, and it is blind where every floating-point check is: `symbn.numeric.remarks` says so.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from symbn.answer import Sample, Witness
from symbn.elaboration.elaborate import Equation
from symbn.elaboration.meaning import Meaning, OutsideError, Slope, parts
from symbn.kernel.goal import Condition
from symbn.kernel.term import Index, KernelError
from symbn.numeric.backends import Backend, backends
from symbn.numeric.evaluation import Evaluation
from symbn.numeric.labelled import aligned
from symbn.numeric.points import Place, places

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

EVALUATION = "evaluation"  # what is done where nothing is differentiated
CANCELLED = 1e-8  # both sides below this part of their terms are what rounding leaves of 0
RTOL, ATOL = 1e-5, 1e-8  # of numpy.allclose


def witness(equation: Equation, seed: int = 0, libraries: Sequence[Backend] | None = None) -> Witness:
    """Return what float64 says of an equation that has a goal, under the reading it has."""
    import numpy as np

    slopes = any(_has_slope(side) for side in (equation.left, equation.right))
    libraries = backends() if libraries is None else libraries
    samples: list[Sample] = []
    try:
        with np.errstate(all="ignore"):
            for place in places(equation, seed):
                for library in libraries if slopes else libraries[:1]:
                    found = _sample(equation, place, library, library.name if slopes else EVALUATION)
                    samples += [found] if found is not None else []
    except (OutsideError, KernelError) as error:
        return Witness((), str(error))
    return Witness(tuple(samples)) if samples else Witness((), "the sides have no value at any of the points")


def _has_slope(meaning: Meaning) -> bool:
    return isinstance(meaning, Slope) or any(map(_has_slope, parts(meaning)))


def _sample(equation: Equation, place: Place, library: Backend, method: str) -> Sample | None:
    """Return how far the sides are apart at the point, or None where they have no value."""
    import numpy as np

    point = Evaluation(equation.graph, {n: library.array(v) for n, v in place.values.items()}, place.sizes, library)
    given = {}
    for fixed, value in equation.given:  # a condition such as gamma = s: derivatives are taken first, and here it holds
        wanted = tuple(index for index in fixed.indices if isinstance(index.name, str))
        given[fixed.name] = point.spread(point.meaning(value), wanted)[0]
    point = Evaluation(equation.graph, {**point.values, **given}, place.sizes, library)
    axes, sides = aligned([point.meaning(equation.left), point.meaning(equation.right)], place.sizes)
    (left, low), (right, high) = (tuple(library.plain(part) for part in side) for side in sides)
    left, right, low, high = np.broadcast_arrays(left, right, low, high)
    admitted = np.isfinite(left) & np.isfinite(right)
    for condition in equation.conditions:
        admitted = admitted & _admitted(condition, axes, left.shape)
    if not admitted.any():
        return None
    apart = np.where(admitted, abs(left - right), 0.0)
    values, terms = (np.where(admitted, np.maximum(abs(a), abs(b)), 0.0).max() for a, b in ((left, right), (low, high)))
    whole = terms if values <= CANCELLED * terms else values
    worst = np.unravel_index(int(np.argmax(np.where(admitted, apart, -1.0))), apart.shape)
    return Sample(
        method,
        place.m,
        place.eps,
        float(apart.max() / whole) if whole > 0 else 0.0,
        float(left[worst]),
        float(right[worst]),
        tuple((str(index.name), int(at) + 1) for index, at in zip(axes, worst, strict=True)),
        bool(np.allclose(left[admitted], right[admitted], RTOL, ATOL)),
    )


def _admitted(condition: Condition, axes: tuple[Index, ...], shape: tuple[int, ...]) -> NDArray[np.bool_]:
    """Return where the indices satisfy the condition; an index that does not occur restricts nothing."""
    import numpy as np

    if any(isinstance(index.name, str) and index not in axes for index in (condition.left, condition.right)):
        return np.ones(shape, dtype=bool)
    at = np.indices(shape)
    left, right = (
        np.full(shape, index.name - 1) if isinstance(index.name, int) else at[axes.index(index)]
        for index in (condition.left, condition.right)
    )
    same: NDArray[np.bool_] = left == right
    return same if condition.equal else ~same
