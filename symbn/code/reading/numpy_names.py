"""NumPy's functions, methods and attributes at all sizes, by name. What is not in these tables is not called."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction

from symbn.code.reading import products
from symbn.code.reading import rearranging as rearrange
from symbn.code.reading.rearranging import array
from symbn.code.reading.arguments import flag, floats_only, shape
from symbn.code.reading.grid import Grid, count, identity, summed
from symbn.code.reading.indexed import Indexed, Scalar
from symbn.code.reading.memory import Array, new
from symbn.code.reading.sizes import Size
from symbn.code.reading.values import Library, described, outside
from symbn.kernel.term import ONE, ZERO, Term, add, mul, num, power


# Sums and means


def _sum(
    space: Indexed, a: object, axis: object = None, dtype: object = None, out: object = None, keepdims: object = False
) -> object:
    floats_only(dtype, out)
    return space.made(summed(space.groups, space.grid(a), axis, flag(keepdims)))


def _mean(
    space: Indexed, a: object, axis: object = None, dtype: object = None, out: object = None, keepdims: object = False
) -> object:
    floats_only(dtype, out)
    return space.made(_mean_of(space, space.grid(a), axis, flag(keepdims)))


def _mean_of(space: Indexed, grid: Grid, axis: object, keepdims: bool, less: int = 0) -> Grid:
    total = summed(space.groups, grid, axis, keepdims)
    divisor = count(space.groups, grid.shape, axis)
    return Grid(total.shape, mul(power(add(divisor, num(-less)), -1), total.term))


def _var(
    space: Indexed,
    a: object,
    axis: object = None,
    dtype: object = None,
    out: object = None,
    ddof: object = 0,
    keepdims: object = False,
) -> object:
    floats_only(dtype, out)
    return space.made(_variance(space, a, axis, ddof, keepdims))


def _variance(space: Indexed, a: object, axis: object, ddof: object, keepdims: object) -> Grid:
    # With a larger ddof NumPy divides by max(N - ddof, 0), which is no term in N.
    if ddof not in (0, 1) or not isinstance(ddof, int):
        raise outside(f"ddof = {described(ddof)}")
    grid = space.grid(a)
    mean = _mean_of(space, grid, axis, keepdims=True)
    square = power(add(grid.term, mul(num(-1), mean.term)), 2)
    return _mean_of(space, Grid(grid.shape, square), axis, flag(keepdims), int(ddof))


def _std(
    space: Indexed,
    a: object,
    axis: object = None,
    dtype: object = None,
    out: object = None,
    ddof: object = 0,
    keepdims: object = False,
) -> object:
    floats_only(dtype, out)
    variance = _variance(space, a, axis, ddof, keepdims)
    return space.made(Grid(variance.shape, power(variance.term, Fraction(1, 2))))


def _prod(space: Indexed, a: object) -> object:
    """Return the product of a shape, which is one of NumPy's own integers."""
    if not isinstance(a, tuple | list) or not all(isinstance(each, Size) or each == 1 for each in a):
        raise outside(f"np.prod of {described(a)}")
    return Size(tuple(sorted(name for each in a if isinstance(each, Size) for name in each.names)), boxed=True)


# Entry by entry


def _operator(operator: str) -> Callable[..., object]:
    def handler(space: Indexed, left: object, right: object, /) -> object:
        return space.binary(operator, *_boxed(space, left, right, keeps_whole=operator != "/"))

    return handler


def _boxed(space: Indexed, *values: object, keeps_whole: bool = True) -> Sequence[object]:
    """Return operands of one of NumPy's functions. Without any float among them it gives one of NumPy's own integers."""
    if any(isinstance(value, Array) for value in values):
        return values
    if keeps_whole and all(isinstance(v, int | Size) or (isinstance(v, Scalar) and v.integral) for v in values):
        raise outside("one of NumPy's functions on whole numbers")
    return [Scalar(space.term(value)) for value in values]


def _negative(space: Indexed, a: object, /) -> object:
    (value,) = _boxed(space, a)
    return space.negative(value)


def _square(space: Indexed, a: object, /) -> object:
    (value,) = _boxed(space, a)
    return space.binary("**", value, 2)


def _reciprocal(space: Indexed, a: object, /) -> object:
    (value,) = _boxed(space, a)
    return space.binary("/", 1, value)


def _sqrt(space: Indexed, a: object, /) -> object:
    grid = space.grid(a)
    return space.made(Grid(grid.shape, power(grid.term, Fraction(1, 2))))


# New arrays


def _filled(term: Term | None) -> Callable[..., object]:
    def handler(space: Indexed, size: object, dtype: object = None) -> object:
        floats_only(dtype)
        return _constant(space, size, term)

    return handler


def _constant(space: Indexed, size: object, term: Term | None) -> Array:
    made = shape(space.groups, size)
    return space.unwritten(made) if term is None else new(Grid(made, term))


def _filled_like(term: Term | None) -> Callable[..., object]:
    def handler(space: Indexed, a: object, dtype: object = None) -> object:
        floats_only(dtype)
        made = array(a).shape
        return space.unwritten(made) if term is None else new(Grid(made, term))

    return handler


def _full(space: Indexed, shape: object, fill_value: object, dtype: object = None) -> object:
    floats_only(dtype)
    whole = isinstance(fill_value, int | Size) or (isinstance(fill_value, Scalar) and fill_value.integral)
    if whole and dtype is None:
        raise outside("an array of whole numbers")
    return _constant(space, shape, space.term(fill_value))


def _full_like(space: Indexed, a: object, fill_value: object, dtype: object = None) -> object:
    floats_only(dtype)
    return new(Grid(array(a).shape, space.term(fill_value)))


def _eye(space: Indexed, N: object, dtype: object = None) -> object:  # noqa: N803 (NumPy's name)
    floats_only(dtype)
    (names,) = shape(space.groups, N if not isinstance(N, tuple | list) else ())
    return new(identity(space.groups, names))


def _identity(space: Indexed, n: object, dtype: object = None) -> object:
    return _eye(space, n, dtype)


def _fill(space: Indexed, a: Array, value: object) -> None:
    a.write(space.term(value))


def _shape(space: Indexed, a: object) -> object:
    return space.extent(array(a).shape)


def _ndim(space: Indexed, a: object) -> object:
    return len(array(a).shape)


def _size(space: Indexed, a: object) -> object:
    names = tuple(sorted(name for each in array(a).shape for name in each))
    return Size(names) if names else 1


_SHARED: Mapping[str, Callable[..., object]] = {
    "sum": _sum, "mean": _mean, "var": _var, "std": _std, "dot": products.dot, "trace": products.trace,
    "diagonal": products.diagonal,
    "squeeze": rearrange.squeeze, "swapaxes": rearrange.swapaxes, "ravel": rearrange.ravel, "repeat": rearrange.repeat,
}  # fmt: skip
FUNCTIONS: Mapping[str, Callable[..., object]] = {
    **_SHARED,
    "average": lambda space, a, axis=None: _mean(space, a, axis), "prod": _prod,
    "sqrt": _sqrt, "square": _square, "reciprocal": _reciprocal,
    "add": _operator("+"), "subtract": _operator("-"), "multiply": _operator("*"), "divide": _operator("/"),
    "true_divide": _operator("/"), "power": _operator("**"), "negative": _negative,
    "matmul": products.matmul, "inner": products.inner, "outer": products.outer, "einsum": products.einsum,
    "ones": _filled(ONE), "zeros": _filled(ZERO), "empty": _filled(None), "full": _full, "eye": _eye, "identity": _identity,
    "ones_like": _filled_like(ONE), "zeros_like": _filled_like(ZERO), "empty_like": _filled_like(None), "full_like": _full_like,
    "diag": products.diag, "shape": _shape, "ndim": _ndim, "size": _size, "copy": rearrange.copied,
    "array": rearrange.array_of, "asarray": rearrange.as_array, "ascontiguousarray": rearrange.contiguous,
    "reshape": rearrange.reshape, "transpose": rearrange.transpose, "expand_dims": rearrange.expand_dims,
    "moveaxis": rearrange.moveaxis, "tile": rearrange.tile, "broadcast_to": rearrange.broadcast_to,
}  # fmt: skip
METHODS: Mapping[str, Callable[..., object]] = {
    **_SHARED,
    "reshape": lambda space, a, /, *shape: rearrange.reshape(space, a, rearrange.joined(shape)),
    "transpose": lambda space, a, /, *axes: rearrange.transpose(space, a, rearrange.joined(axes) if axes else None),
    "copy": rearrange.copied, "flatten": lambda space, a, /: rearrange.copied(space, rearrange.ravel(space, a)),
    "astype": rearrange.astype, "fill": _fill,
}  # fmt: skip
ATTRIBUTES: Mapping[str, Callable[..., object]] = {
    "T": lambda space, a: rearrange.transpose(space, a), "shape": _shape, "ndim": _ndim, "size": _size,
    "dtype": lambda space, a: Library("numpy.float64"),
}  # fmt: skip
