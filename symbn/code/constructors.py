"""NumPy's constructors, whose arrays hold exact numbers unless whole ones are asked for: dtype=float means exact here."""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction
from numbers import Integral
from typing import Any

from symbn.code.arithmetic import UNWRITTEN, number, stopped
from symbn.code.arrays import as_array, as_exact, capped, from_terms, plain, whole, wrapped
from symbn.code.exact import lifted
from symbn.kernel.term import ONE, ZERO, Term

Shape = Any  # a whole number, or several


def zeros(shape: Shape, dtype: Any = None, order: str = "C") -> Any:
    return _filled(shape, ZERO, dtype)


def ones(shape: Shape, dtype: Any = None, order: str = "C") -> Any:
    return _filled(shape, ONE, dtype)


def empty(shape: Shape, dtype: Any = None, order: str = "C") -> Any:
    if whole(dtype):
        raise stopped("np.empty leaves whole numbers that nobody knows: start from np.zeros")
    return _filled(shape, UNWRITTEN, None)


def full(shape: Shape, fill_value: object, dtype: Any = None, order: str = "C") -> Any:
    filled = empty(shape)
    filled[...] = fill_value
    kind = as_array(fill_value).dtype if dtype is None else dtype
    return filled.astype(kind) if whole(kind) else filled


def zeros_like(a: object, dtype: Any = None, order: str = "K", subok: bool = True, shape: Shape = None) -> Any:
    return zeros(*_like(a, dtype, shape))


def ones_like(a: object, dtype: Any = None, order: str = "K", subok: bool = True, shape: Shape = None) -> Any:
    return ones(*_like(a, dtype, shape))


def empty_like(a: object, dtype: Any = None, order: str = "K", subok: bool = True, shape: Shape = None) -> Any:
    return empty(*_like(a, dtype, shape))


def full_like(
    a: object, fill_value: object, dtype: Any = None, order: str = "K", subok: bool = True, shape: Shape = None
) -> Any:
    place, kind = _like(a, dtype, shape)
    return full(place, fill_value, kind)


def eye(N: Any, M: Any = None, k: int = 0, dtype: Any = None) -> Any:  # noqa: N803  (NumPy's name)
    import numpy as np

    capped(int(N) * int(N if M is None else M))
    units = np.eye(N, M, k, dtype=np.int64)
    return wrapped(units.astype(dtype)) if whole(dtype) else as_exact(units)


def identity(n: Any, dtype: Any = None) -> Any:
    return eye(n, dtype=dtype)


def diag(v: object, k: int = 0) -> Any:
    import numpy as np

    given = as_array(v)
    if given.ndim == 1:
        capped((given.size + abs(int(k))) ** 2)
    # The diagonal of a matrix is a view of it, which shows what is written into the matrix afterwards.
    return wrapped(np.diag(plain(given), k)) if given.ndim == 1 else np.diagonal(given, k)


def arange(start: Any, stop: Any = None, step: Any = 1, dtype: Any = None) -> Any:
    """Return start, start + step, .. below stop: whole numbers, or exact ones if one of the three is a fraction."""
    import numpy as np

    first, last = (0, start) if stop is None else (start, stop)
    low, high, distance = (_number(value) for value in (first, last, step))
    count = capped(max(0, math.ceil((high - low) / distance)))
    entries = [low + distance * place for place in range(count)]
    if whole(dtype) or (dtype is None and all(isinstance(value, Integral) for value in (first, last, step))):
        return wrapped(np.array([int(entry) for entry in entries], dtype=int if dtype is None else dtype))
    return from_terms((count,), [number(entry) for entry in entries])


def linspace(start: Any, stop: Any, num: Any = 50, endpoint: bool = True, dtype: Any = None) -> Any:
    low, high, count = _number(start), _number(stop), capped(int(num))
    distance = (high - low) / max(count - 1 if endpoint else count, 1)
    return from_terms((count,), [number(low + distance * place) for place in range(count)])


def array(object: object, dtype: Any = None, copy: object = True, order: str = "K", ndmin: int = 0) -> Any:
    result = asarray(object, dtype).copy()
    return result.reshape((1,) * (ndmin - result.ndim) + result.shape) if result.ndim < ndmin else result


def asarray(a: object, dtype: Any = None, order: str = "K", copy: object = None) -> Any:
    if whole(dtype):
        return as_array(a).astype(dtype)
    return as_array(a) if dtype is None else as_exact(a)


def asanyarray(a: object, dtype: Any = None) -> Any:
    return asarray(a, dtype)


def ascontiguousarray(a: object, dtype: Any = None) -> Any:
    result = asarray(a, dtype)
    if not result.ndim:  # NumPy makes an axis here
        return result.reshape(1).copy()
    return result if result.flags.c_contiguous else result.copy()


def copy(a: object, order: str = "K") -> Any:
    return array(a)


def _filled(shape: Shape, entry: Term, dtype: Any) -> Any:
    places = (int(shape),) if isinstance(shape, Integral) else tuple(int(length) for length in shape)
    capped(math.prod(max(length, 1) for length in places))
    filled = from_terms(places, [entry] * math.prod(places))
    return filled.astype(dtype) if whole(dtype) else filled


def _like(a: object, dtype: Any, shape: Shape) -> tuple[Shape, Any]:
    """Return the shape and the type of entries that a new array takes over from another."""
    model = as_array(a)
    return model.shape if shape is None else shape, model.dtype if dtype is None else dtype


def _number(value: object) -> Fraction:
    element = lifted(value)
    if element is None or element.value is None:
        raise stopped("np.arange needs numbers, and was given symbols")
    return element.value


CONSTRUCTORS: tuple[Callable[..., Any], ...] = (
    zeros, ones, empty, full, zeros_like, ones_like, empty_like, full_like, eye, identity, diag, arange, linspace, array,
    asarray, asanyarray, ascontiguousarray, copy,
)  # fmt: skip
