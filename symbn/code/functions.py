"""The functions of NumPy on arrays of exact elements: one table, for whoever runs or reads code.

NumPy's own function is in the table where it is right on objects; a function of ours where NumPy would make floats or would
not ask how long the result gets. What is not in the table has no exact version.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from functools import cache, wraps
from numbers import Integral
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from symbn.code.arrays import MAX_PRODUCTS, FloatType, array_class, as_array, as_exact, capped, dot, plain, wrapped
from symbn.code.constructors import CONSTRUCTORS

if TYPE_CHECKING:
    import numpy as np

MAX_KRON = 10_000  # entries
Function = Callable[..., Any]
_FLOATS = "float16 float32 float64 float128 longdouble double single half float_ floating"


@cache
def namespace() -> Mapping[str, Any]:
    """Return what stands behind the names of NumPy: functions, types of entries, newaxis. Each keeps exact what is exact."""
    import numpy as np

    of_one = (
        np.sum, np.prod, np.cumsum, np.cumprod, np.mean, np.var, np.std, np.max, np.min, np.amax, np.amin, np.all, np.any,
        np.trace, np.transpose, np.reshape, np.ravel, np.swapaxes, np.moveaxis, np.rollaxis, np.squeeze, np.expand_dims,
        np.flip, np.diagonal, np.split, np.array_split, np.roll, np.tril, np.triu,
        np.atleast_1d, np.atleast_2d,
    )  # fmt: skip
    of_many = (np.concatenate, np.stack, np.vstack, np.hstack, np.column_stack, np.dstack)
    elementwise = (
        np.add, np.subtract, np.multiply, np.divide, np.power, np.sqrt, np.square, np.reciprocal, np.negative, np.positive,
        np.matmul, np.maximum, np.minimum, np.absolute, np.equal, np.not_equal, np.less, np.less_equal, np.greater,
        np.greater_equal, np.logical_and, np.logical_or, np.logical_not, np.conjugate,
    )  # fmt: skip
    table: dict[str, Any] = {
        **{function.__name__: _on_one(function) for function in of_one},
        **{function.__name__: _on_a_list(function) for function in of_many},
        **{function.__name__: Elementwise(function) for function in elementwise},
        **{function.__name__: function for function in (*CONSTRUCTORS, *_PRODUCTS, average, tile, repeat, broadcast_to, where)},
        **{name: FloatType(name) for name in _FLOATS.split()},
        "int32": np.int32, "int64": np.int64, "intp": np.intp, "integer": np.integer, "bool_": np.bool_, "uint8": np.uint8,
        "int8": np.int8, "ndarray": np.ndarray, "newaxis": None, "shape": np.shape, "ndim": np.ndim, "size": np.size,
        "float_power": Elementwise(np.power), "dot": dot,
    }  # fmt: skip
    other_names = {
        "true_divide": "divide",
        "abs": "absolute",
        "conj": "conjugate",
        "row_stack": "vstack",
        "amax": "max",
        "amin": "min",
    }
    return MappingProxyType(table | {name: table[same] for name, same in other_names.items()})


@cache
def methods() -> Mapping[str, Function]:
    """Return the methods of an array that change nothing but the array, by name; the array is their first argument."""
    kind = array_class()
    found = (
        kind.sum, kind.prod, kind.cumsum, kind.cumprod, kind.mean, kind.var, kind.std, kind.max, kind.min, kind.all, kind.any,
        kind.trace, kind.transpose, kind.ravel, kind.flatten, kind.swapaxes, kind.squeeze, kind.diagonal,
        kind.astype, kind.dot, kind.copy, kind.fill, kind.item, kind.tolist, kind.conj, kind.conjugate, kind.reshape,
    )  # fmt: skip
    return MappingProxyType({method.__name__: method for method in found} | {"repeat": repeat})


def _on_one(function: Function) -> Function:
    @wraps(function, assigned=("__name__", "__doc__"))
    def following(a: object, *order: Any, **keywords: Any) -> Any:
        for value in (*order, *keywords.values()):
            if isinstance(value, Integral):
                capped(abs(int(value)))  # into how many parts an array is split
        return kept(function(as_array(a), *order, **keywords))

    return following


def _on_a_list(function: Function) -> Function:
    @wraps(function, assigned=("__name__", "__doc__"))
    def following(arrays: Any, *order: Any, **keywords: Any) -> Any:
        operands = [as_array(array) for array in arrays]
        capped(sum(array.size for array in operands))
        return kept(function(operands, *order, **keywords))

    return following


class Elementwise:
    """A ufunc of NumPy, and what it has for reducing, accumulating and all pairs; operands become arrays of exact elements."""

    def __init__(self, ufunc: Any) -> None:
        self._ufunc = ufunc
        self.__name__: str = ufunc.__name__

    def __call__(self, *operands: object, **keywords: Any) -> Any:
        return kept(self._ufunc(*map(as_array, operands), **keywords))

    def reduce(self, array: object, *order: Any, **keywords: Any) -> Any:
        return kept(self._ufunc.reduce(as_array(array), *order, **keywords))

    def accumulate(self, array: object, *order: Any, **keywords: Any) -> Any:
        return kept(self._ufunc.accumulate(as_array(array), *order, **keywords))

    def outer(self, a: object, b: object, **keywords: Any) -> Any:
        return kept(self._ufunc.outer(as_array(a), as_array(b), **keywords))

    def at(self, a: Any, indices: Any, *operands: object) -> None:
        self._ufunc.at(a, indices, *map(as_array, operands))

    def __repr__(self) -> str:
        return f"numpy.{self.__name__}"


def kept(result: Any) -> Any:
    """Return a view as it is; what NumPy built itself has zeros of its own, which become exact."""
    return result if isinstance(result, array_class()) and result.base is not None else wrapped(result)


def average(a: object, axis: Any = None, weights: Any = None, *, keepdims: bool = False) -> Any:
    array = as_exact(a)
    if weights is None:
        return array.mean(axis=axis, keepdims=keepdims)
    weight = as_exact(weights)
    if weight.shape != array.shape:
        # NumPy allows weights along the one axis that is averaged over.
        weight = weight.reshape([-1 if place == axis % array.ndim else 1 for place in range(array.ndim)])
        weight = broadcast_to(weight, array.shape)
    return (array * weight).sum(axis=axis, keepdims=keepdims) / weight.sum(axis=axis, keepdims=keepdims)


def tile(A: object, reps: Any) -> Any:  # noqa: N803  (NumPy's name)
    import numpy as np

    array = as_array(A)
    capped(array.size * math.prod(int(times) for times in np.ravel(reps)))
    return wrapped(np.tile(plain(array), reps))


def repeat(a: object, repeats: Any, axis: Any = None) -> Any:
    import numpy as np

    array = as_array(a)
    capped(array.size * int(np.max(repeats, initial=1)))
    return wrapped(np.repeat(plain(array), repeats, axis))


def broadcast_to(array: object, shape: Any) -> Any:
    import numpy as np

    capped(math.prod(np.broadcast_shapes(shape)))
    return np.broadcast_to(as_array(array), shape, subok=True)


def where(condition: object, x: object, y: object) -> Any:
    import numpy as np

    return wrapped(np.where(plain(as_array(condition)), plain(as_exact(x)), plain(as_exact(y))))


def outer(a: object, b: object, out: Any = None) -> Any:
    import numpy as np

    return np.multiply(as_array(a).reshape(-1, 1), as_array(b).reshape(1, -1), **({} if out is None else {"out": out}))


def inner(a: object, b: object) -> Any:
    import numpy as np

    return _product(np.inner, a, b)


def vdot(a: object, b: object) -> Any:
    return dot(as_array(a).ravel(), as_array(b).ravel())


def tensordot(a: object, b: object, axes: Any = 2) -> Any:
    import numpy as np

    return _product(lambda left, right: np.tensordot(left, right, axes), a, b)


def kron(a: object, b: object) -> Any:
    import numpy as np

    # Every entry of the result is a new product, which a loop makes longer each time.
    capped(as_exact(a).size * as_exact(b).size, MAX_KRON)
    return _product(np.kron, a, b)


def _product(function: Function, a: object, b: object) -> Any:
    left, right = as_exact(a), as_exact(b)
    capped(left.size * right.size, MAX_PRODUCTS)
    return wrapped(function(plain(left), plain(right)))


def einsum(subscripts: str, *operands: object, out: Any = None, optimize: object = False) -> Any:
    """Return numpy.einsum. optimize: asked for speed alone, and ignored."""
    import numpy as np

    arrays = [as_exact(operand) for operand in operands]
    capped(_summands(subscripts, arrays), MAX_PRODUCTS)
    result = np.einsum(subscripts, *map(plain, arrays))
    # Of one array of which nothing is added up NumPy gives a view, which shares its memory.
    view = any(np.may_share_memory(result, array) for array in arrays)
    result = result.view(array_class()) if view else wrapped(result)
    if out is None:
        return result
    out[...] = result
    return out


def _summands(subscripts: str, arrays: list[np.ndarray]) -> int:
    """Return how many products einsum adds up: one for each value of all its letters; at most that if dots stand for some."""
    names = subscripts.replace(" ", "").partition("->")[0].split(",")
    if "..." in subscripts:
        return math.prod(array.size for array in arrays)
    sizes = {
        letter: size
        for name, array in zip(names, arrays, strict=False)
        for letter, size in zip(name, array.shape, strict=False)
    }
    return math.prod(sizes.values())


_PRODUCTS: tuple[Function, ...] = (outer, inner, vdot, tensordot, kron, einsum)
