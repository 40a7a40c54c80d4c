"""Exact numbers as the entries of a NumPy array: rationals with a root where it is rational. What is not exact raises."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import numpy.typing as npt

from symbn.kernel.evaluate import exact_power


class Exact:
    """A rational number that never becomes a float: a float beside it has to be a whole number, such as the 1.0 of 1.0 / s."""

    def __init__(self, value: Fraction) -> None:
        self.value = value

    @staticmethod
    def of(other: object) -> Fraction:
        match other:
            case Exact(value=value):
                return value
            case float() if other.is_integer():
                return Fraction(int(other))
            case int() | np.integer():
                return Fraction(int(other))
            case _:
                raise TypeError(f"not exact: {other!r}")

    def sqrt(self) -> Exact:
        return Exact(exact_power(self.value, Fraction(1, 2)))

    def __add__(self, other: object) -> Exact:
        return Exact(self.value + self.of(other))

    def __sub__(self, other: object) -> Exact:
        return Exact(self.value - self.of(other))

    def __mul__(self, other: object) -> Exact:
        return Exact(self.value * self.of(other))

    def __truediv__(self, other: object) -> Exact:
        return Exact(self.value / self.of(other))

    def __rtruediv__(self, other: object) -> Exact:
        return Exact(self.of(other) / self.value)

    def __pow__(self, other: object) -> Exact:
        return Exact(self.value ** int(self.of(other)))

    __radd__, __rmul__ = __add__, __mul__


def exactly(values: npt.NDArray[np.int_]) -> npt.NDArray[np.object_]:
    """Return whole numbers as an array of exact ones."""
    result = np.empty(values.shape, dtype=object)
    for place in np.ndindex(values.shape):
        result[place] = Exact(Fraction(int(values[place])))
    return result
