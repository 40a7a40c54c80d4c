"""Two ways to a derivative in float64: central differences on NumPy arrays, and the automatic differentiation of PyTorch.

Both turn a function from an array to an array into its Jacobian, of shape (of the result) + (of the argument). PyTorch is an
extra: where it is not installed, `backends` has differences alone. Neither library is imported before it is needed.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

Array = Any  # an array of NumPy or a tensor of PyTorch: what is used of them has the same name in both
FIRST_STEP = 0.02  # of the distance over which the function changes: small for the series, large against rounding


class Backend(Protocol):
    name: str

    def array(self, values: NDArray[np.float64]) -> Array:
        """Return the values as this library's array of float64."""

    def permuted(self, array: Array, order: Sequence[int]) -> Array:
        """Return the array with its axes in another order."""

    def jacobian(self, function: Callable[[Array], Array], at: Array, scale: float) -> Array:
        """Return d function(at)[..] / d at[..]. scale: the distance over which the function changes."""

    def plain(self, array: Array) -> NDArray[np.float64]:
        """Return the values as an array of NumPy."""


class Differences:
    """Central differences at h, h/2 and h/4, extrapolated to h = 0 (Richardson): their error is of the order h^6."""

    name = "central differences"

    def array(self, values: NDArray[np.float64]) -> Array:
        return values

    def permuted(self, array: Array, order: Sequence[int]) -> Array:
        return array.transpose(order)

    def jacobian(self, function: Callable[[Array], Array], at: Array, scale: float) -> Array:
        import numpy as np

        columns = []
        for place in np.ndindex(at.shape):
            quotients = []
            for step in (FIRST_STEP * scale, FIRST_STEP * scale / 2, FIRST_STEP * scale / 4):
                ends = []
                for sign in (1, -1):
                    moved = np.array(at, dtype=np.float64)
                    moved[place] += sign * step
                    ends.append(np.asarray(function(moved)))
                quotients.append((ends[0] - ends[1]) / (2 * step))
            coarse, middle, fine = quotients
            first, second = (4 * middle - coarse) / 3, (4 * fine - middle) / 3
            columns.append((16 * second - first) / 15)
        stacked = np.stack(columns, axis=-1)
        return stacked.reshape(stacked.shape[:-1] + at.shape)

    def plain(self, array: Array) -> NDArray[np.float64]:
        import numpy as np

        return np.asarray(array, dtype=np.float64)


class Autograd:
    """The automatic differentiation of PyTorch, in float64. Raises: ImportError where it is not installed."""

    name = "autograd of PyTorch"

    def __init__(self) -> None:
        import torch

        self.torch = torch

    def array(self, values: NDArray[np.float64]) -> Array:
        return self.torch.as_tensor(values, dtype=self.torch.float64)

    def permuted(self, array: Array, order: Sequence[int]) -> Array:
        return array.permute(*order) if order else array

    def jacobian(self, function: Callable[[Array], Array], at: Array, scale: float) -> Array:
        # create_graph, since the result may be differentiated once more.
        return self.torch.autograd.functional.jacobian(function, at, create_graph=True)

    def plain(self, array: Array) -> NDArray[np.float64]:
        values: NDArray[np.float64] = array.detach().numpy()
        return values


def backends() -> tuple[Backend, ...]:
    """Return what there is: differences always, autograd where PyTorch is installed."""
    try:
        return Differences(), Autograd()
    except ImportError:
        return (Differences(),)
