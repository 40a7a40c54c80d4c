"""NumPy arrays of exact elements.

`ExactArray` is a subclass of `numpy.ndarray` with object entries, each an `Exact`; or with whole numbers or truth values, as
np.arange and masks have them, which become exact as soon as a fraction could arise. NumPy's own code does the work: shapes,
broadcasting, views, in-place updates. Only what would make floats (.astype(float), .mean of whole numbers) is written here.

I1 an array of objects holds `Exact` alone, also after `a[i] = 1`. I2 nothing longer than MAX_ENTRIES is built.
The class is made when it is first asked for, because NumPy is not loaded before it is needed.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from fractions import Fraction
from functools import cache
from numbers import Integral
from typing import TYPE_CHECKING, Any

from symbn.code.arithmetic import UNWRITTEN, stopped
from symbn.code.exact import Exact, lifted, quotient
from symbn.code.model import StoppedError, Tensor
from symbn.kernel.term import Term

if TYPE_CHECKING:
    import numpy as np

MAX_ENTRIES = 100_000
MAX_PRODUCTS = 2_000_000  # of two elements, in one matrix product
# What is right on whole numbers and on elements alike; a comparison of symbols stops in the element.
_NATIVE = (
    "add subtract multiply negative positive square matmul conjugate equal not_equal less less_equal greater greater_equal "
    "maximum minimum absolute floor_divide remainder logical_and logical_or logical_not logical_xor bitwise_and bitwise_or "
    "bitwise_xor invert"
)
NATIVE = frozenset(_NATIVE.split())
# What makes a fraction or a root out of whole numbers.
FRACTIONAL = frozenset({"divide", "power", "sqrt", "reciprocal"})


def from_tensor(tensor: Tensor) -> np.ndarray:
    """Return the array of the tensor's entries."""
    return from_terms(tensor.shape, tensor.entries)


def from_terms(shape: tuple[int, ...], entries: Iterable[Term]) -> np.ndarray:
    """Return the array of that shape. entries: in row-major order."""
    import numpy as np

    flat = np.empty(capped(math.prod(shape)), dtype=object)
    flat[:] = [Exact(entry) for entry in entries]
    return flat.reshape(shape).view(array_class())


def to_tensor(value: object) -> Tensor:
    """Return an array or a number as a tensor; a number has the shape (). Raises: StoppedError for a rounded float, and for an
    entry of np.empty that was never written."""
    array = as_exact(value)
    entries = tuple(entry.term for entry in array.ravel())
    if any(entry is UNWRITTEN for entry in entries):
        raise stopped("an entry of np.empty was never written: start from np.zeros")
    return Tensor(tuple(array.shape), entries)


def as_exact(value: object) -> np.ndarray:
    """Return the array of exact elements that an array, a number or a nested list stands for; an exact array is itself."""
    import numpy as np

    array = np.asanyarray(value)
    if array.dtype == object and isinstance(array, array_class()):
        return array
    if array.dtype.kind not in "Obiuf":
        raise stopped(f"an array of {array.dtype} has no exact elements")
    capped(array.size)
    return _lift(array)


def as_array(value: object) -> np.ndarray:
    """Return the array that a value stands for: whole numbers stay what they are, everything else becomes exact."""
    import numpy as np

    array = np.asanyarray(value)
    return array.view(array_class()) if array.dtype.kind in "biu" else as_exact(array)


def capped(size: int, most: int = MAX_ENTRIES) -> int:
    """Return the size. Raises: StoppedError if an array of it would be too long."""
    if size > most:
        raise StoppedError("limit", f"an array of {size} entries is too long to be followed exactly (at most {most})")
    return size


def whole(dtype: Any) -> bool:
    """Tell whether an array of this type holds whole numbers or truth values: any other type is taken as exact."""
    import numpy as np

    if dtype is None or isinstance(dtype, FloatType):
        return False
    return np.dtype(dtype).kind in "biu"


class FloatType:
    """np.float64 and its like: as a type of entries it means exact ones, and as a function it keeps its argument exact."""

    def __init__(self, name: str) -> None:
        self.__name__ = name

    def __call__(self, value: object = 0) -> object:
        return exact(value)

    def __repr__(self) -> str:
        return f"numpy.{self.__name__}"


def exact(value: object = 0) -> object:
    """Return float(value) without rounding: the exact element, or an array of them."""
    if isinstance(value, str):
        try:
            return lifted(Fraction(value))
        except (ValueError, ZeroDivisionError):
            raise stopped(f"float({value!r}) is no exact number") from None
    number = lifted(value)
    if number is not None:
        return number
    array = as_exact(value)
    return array if array.ndim else array[()]


def _lift(array: np.ndarray) -> np.ndarray:
    import numpy as np

    result = np.empty(array.shape, dtype=object)
    result.reshape(-1)[:] = [_element(entry) for entry in np.asarray(array).ravel().tolist()]
    return result.view(array_class())


def _element(value: object) -> Exact:
    element = lifted(value)
    if element is None:
        raise stopped(f"{type(value).__name__} is no number, and stands in an array")
    return element


class ExactMethods:
    """What an array of exact elements does otherwise than `numpy.ndarray`, whose methods come after these."""

    # What ndarray brings.
    dtype: Any
    shape: tuple[int, ...]
    size: int
    ndim: int

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **keywords: Any) -> Any:
        import numpy as np

        name = ufunc.__name__
        if name not in NATIVE | FRACTIONAL:
            raise stopped(f"np.{name} has no exact value")
        operands = [plain(value) for value in _operands(name, inputs)]
        _check_size(name, method, operands)
        out = keywords.pop("out", ())
        if not whole(keywords.get("dtype")):
            keywords.pop("dtype", None)
        keywords = {key: plain(value) for key, value in keywords.items()}
        if out:
            keywords["out"] = tuple(plain(array) for array in out)
        result = np.ndarray.__array_ufunc__(self, ufunc, method, *operands, **keywords)  # type: ignore[arg-type]
        return wrapped(result) if result is None or not out else out[0] if len(out) == 1 else out

    def __setitem__(self, key: Any, value: Any) -> None:
        if self.dtype == object:
            element = lifted(value)
            value = as_exact(value) if element is None else element
        super().__setitem__(key, value)  # type: ignore[misc]

    def fill(self, value: object) -> None:
        self[...] = value

    def astype(self, dtype: Any, *order: Any, **keywords: Any) -> Any:
        if whole(dtype):
            return super().astype(dtype, *order, **keywords)  # type: ignore[misc]
        return as_exact(self).copy()

    def dot(self, other: object, out: Any = None) -> Any:
        return _into(out, dot(self, other))

    def mean(self, axis: Any = None, dtype: Any = None, out: Any = None, keepdims: bool = False) -> Any:
        total = as_exact(self).sum(axis=axis, keepdims=keepdims)
        return _into(out, quotient(total, _count(self.shape, axis)))

    def var(
        self, axis: Any = None, dtype: Any = None, out: Any = None, ddof: Any = 0, keepdims: bool = False,
        *, mean: Any = None, correction: Any = None,
    ) -> Any:  # fmt: skip
        array = as_exact(self)
        centred = array - (array.mean(axis=axis, keepdims=True) if mean is None else mean)
        total = (centred * centred).sum(axis=axis, keepdims=keepdims)
        count = max(_count(self.shape, axis) - (ddof if correction is None else correction), 0)
        return _into(out, quotient(total, count))

    def std(self, *order: Any, out: Any = None, **keywords: Any) -> Any:
        import numpy as np

        return _into(out, np.sqrt(self.var(*order, **keywords)))


@cache
def array_class() -> type[np.ndarray]:
    """Return the class of all arrays here."""
    import numpy as np

    class ExactArray(ExactMethods, np.ndarray):  # type: ignore[misc]
        """An array of exact elements, of whole numbers or of truth values."""

    return ExactArray


def dot(left: object, right: object) -> Any:
    """Return numpy.dot of two arrays."""
    import numpy as np

    first, second = as_array(left), as_array(right)
    if first.ndim and second.ndim:
        rows, columns = (math.prod(max(length, 1) for length in array.shape) for array in (first, second))
        capped(rows * columns // max(second.shape[-2 if second.ndim > 1 else 0], 1), MAX_PRODUCTS)
    return wrapped(np.dot(plain(first), plain(second)))


def wrapped(result: Any) -> Any:
    """Return what NumPy returns, its arrays as arrays of this class and every entry of theirs exact."""
    import numpy as np

    if isinstance(result, tuple | list):
        return type(result)(wrapped(part) for part in result)
    if not isinstance(result, np.ndarray):
        return result
    return result.view(array_class()) if result.dtype.kind in "biu" else _lift(result)


def _operands(name: str, inputs: tuple[Any, ...]) -> tuple[Any, ...]:
    """Return the operands, exact where whole numbers or floats would give rounded ones."""
    import numpy as np

    kinds = [np.asarray(value).dtype.kind for value in inputs]
    if name == "power" and all(kind in "iu" for kind in kinds) and np.all(np.asarray(inputs[1]) >= 0):
        return inputs
    return tuple(
        as_exact(value) if name in FRACTIONAL or kind not in "Obiu" else value
        for value, kind in zip(inputs, kinds, strict=True)
    )


def _check_size(name: str, method: str, inputs: list[Any]) -> None:
    import numpy as np

    shapes = [np.shape(value) for value in inputs]
    for shape in shapes:
        # An array without entries may still have a long axis, and so a long sum along the other one.
        capped(math.prod(max(length, 1) for length in shape))
    if method == "outer":
        capped(math.prod(math.prod(shape) for shape in shapes))
    elif name == "matmul" and len(shapes) == 2 and all(shapes):
        capped(math.prod(shapes[0]) * (math.prod(shapes[1]) // max(shapes[1][-2:][0], 1)), MAX_PRODUCTS)
    elif method == "__call__" and name != "matmul":
        capped(math.prod(np.broadcast_shapes(*shapes)))


def plain(value: Any) -> Any:
    import numpy as np

    return value.view(np.ndarray) if isinstance(value, np.ndarray) else value


def _into(out: Any, result: Any) -> Any:
    if out is None:
        return result
    out[...] = result
    return out


def _count(shape: tuple[int, ...], axis: Any) -> int:
    axes = range(len(shape)) if axis is None else (axis,) if isinstance(axis, Integral) else axis
    return math.prod(shape[int(place)] for place in axes)
