"""Gradients of a normalising layer on arrays, by differentiating its forward pass in float64: for comparing implementations.

    xhat = (x - mean) / sqrt(var + eps)        y = gamma xhat + beta        L = sum(dout * y)

mean and var run over `axis` of x: 0 for batch norm on (N, D), 1 for layer norm, (0, 2, 3) for spatial batch norm on
(N, C, H, W). gamma and beta broadcast against x, and keep their own shape in their gradients.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from symbn.numeric.backends import Array, Backend, backends

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

GRADIENTS = ("dx", "dgamma", "dbeta")
Axis = int | tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    """One result against one reference. error: the largest difference over the largest entry of the reference (over 1 where
    that is 0); place: where. close: as numpy.allclose has it. shapes: where they do not fit, with error infinite."""

    name: str
    method: str
    error: float
    place: tuple[int, ...]
    close: bool
    shapes: tuple[tuple[int, ...], tuple[int, ...]] | None = None


def forward(x: Array, gamma: Array, beta: Array, eps: float, axis: Axis = 0) -> Array:
    """Return y, for arrays of NumPy or tensors of PyTorch."""
    centred = x - x.mean(axis, keepdims=True)
    variance = (centred * centred).mean(axis, keepdims=True)
    return gamma * (centred / (variance + eps) ** 0.5) + beta


def gradient_witness(
    x: NDArray[np.float64],
    dout: NDArray[np.float64],
    gamma: NDArray[np.float64],
    beta: NDArray[np.float64],
    eps: float,
    axis: Axis = 0,
    libraries: Sequence[Backend] | None = None,
) -> dict[str, dict[str, NDArray[np.float64]]]:
    """Return dx, dgamma and dbeta by each method there is: central differences, and autograd where PyTorch is installed."""
    return {
        library.name: _gradients(library, (x, gamma, beta), dout, eps, axis)
        for library in (backends() if libraries is None else libraries)
    }


def _gradients(
    library: Backend, inputs: tuple[NDArray[np.float64], ...], dout: NDArray[np.float64], eps: float, axis: Axis
) -> dict[str, NDArray[np.float64]]:
    import numpy as np

    points = [library.array(np.asarray(part, dtype=np.float64)) for part in inputs]
    weights = library.array(np.asarray(dout, dtype=np.float64))
    # A step is small against the smallest spread: nothing changes faster than 1/sqrt(var + eps) does.
    spread = float(np.sqrt(np.asarray(inputs[0]).var(axis) + eps).min())
    found = {}
    for place, name in enumerate(GRADIENTS):

        def loss(moved: Array, place: int = place) -> Array:
            x, gamma, beta = (moved if n == place else point for n, point in enumerate(points))
            return (weights * forward(x, gamma, beta, eps, axis)).sum()

        found[name] = library.plain(library.jacobian(loss, points[place], spread if name == "dx" and spread > 0 else 1.0))
    return found


def compare(
    results: Mapping[str, NDArray[np.float64]],
    references: Mapping[str, Mapping[str, NDArray[np.float64]]],
    rtol: float = 1e-5,
    atol: float = 1e-8,
) -> tuple[Comparison, ...]:
    """Return how far each result is from each reference that has one of its name."""
    return tuple(
        _comparison(name, method, result, reference[name], rtol, atol)
        for method, reference in references.items()
        for name, result in results.items()
        if name in reference
    )


def _comparison(
    name: str, method: str, result: NDArray[np.float64], reference: NDArray[np.float64], rtol: float, atol: float
) -> Comparison:
    import numpy as np

    result = np.asarray(result, dtype=np.float64)
    if result.shape != reference.shape:
        return Comparison(name, method, float("inf"), (), False, (result.shape, reference.shape))
    if not reference.size:
        return Comparison(name, method, 0.0, (), True)
    apart = abs(result - reference)
    whole = float(abs(reference).max()) or 1.0
    worst = np.unravel_index(int(np.argmax(apart)), apart.shape)  # argmax takes a NaN for the largest
    close = bool(np.allclose(result, reference, rtol, atol))
    return Comparison(name, method, float(apart[worst]) / whole, tuple(int(at) for at in worst), close)
