"""NumPy's functions, methods and attributes at all sizes, by name. What is not in these tables is not called."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction

from symbn.code.reading import rearranging as rearrange
from symbn.code.reading.arguments import Tables, flag, floats_only, shape
from symbn.code.reading.grid import Grid, contracted, count, dot, identity, summed
from symbn.code.reading.indexed import AllSizes, Scalar
from symbn.code.reading.memory import Array, new
from symbn.code.reading.renaming import renamed
from symbn.code.reading.sizes import Size
from symbn.code.reading.values import Library, described, outside, raised
from symbn.kernel.term import ONE, ZERO, Delta, Sum, Term, add, mul, num, power


def array(value: object) -> Array:
    if not isinstance(value, Array):
        raise outside(f"{described(value)} where an array is expected")
    return value


# Sums and means


def _sum(space: AllSizes, a: object, axis: object = None, dtype: object = None, out: object = None, keepdims: object = False) -> object:
    floats_only(dtype, out)
    return space.made(summed(space.groups, space.grid(a), axis, flag(keepdims)))


def _mean(space: AllSizes, a: object, axis: object = None, dtype: object = None, out: object = None, keepdims: object = False) -> object:
    floats_only(dtype, out)
    return space.made(_mean_of(space, space.grid(a), axis, flag(keepdims)))


def _mean_of(space: AllSizes, grid: Grid, axis: object, keepdims: bool, less: int = 0) -> Grid:
    total = summed(space.groups, grid, axis, keepdims)
    divisor = count(space.groups, grid.shape, axis)
    return Grid(total.shape, mul(power(add(divisor, num(-less)), -1), total.term))


def _var(
    space: AllSizes, a: object, axis: object = None, dtype: object = None, out: object = None, ddof: object = 0, keepdims: object = False
) -> object:
    floats_only(dtype, out)
    return space.made(_variance(space, a, axis, ddof, keepdims))


def _variance(space: AllSizes, a: object, axis: object, ddof: object, keepdims: object) -> Grid:
    # With a larger ddof NumPy divides by max(N - ddof, 0), which is no term in N.
    if ddof not in (0, 1) or not isinstance(ddof, int):
        raise outside(f"ddof = {described(ddof)}")
    grid = space.grid(a)
    mean = _mean_of(space, grid, axis, keepdims=True)
    square = power(add(grid.term, mul(num(-1), mean.term)), 2)
    return _mean_of(space, Grid(grid.shape, square), axis, flag(keepdims), int(ddof))


def _std(
    space: AllSizes, a: object, axis: object = None, dtype: object = None, out: object = None, ddof: object = 0, keepdims: object = False
) -> object:
    floats_only(dtype, out)
    variance = _variance(space, a, axis, ddof, keepdims)
    return space.made(Grid(variance.shape, power(variance.term, Fraction(1, 2))))


def _prod(space: AllSizes, a: object) -> object:
    """Return the product of a shape, which is one of NumPy's own integers."""
    if not isinstance(a, tuple | list) or not all(isinstance(each, Size) or each == 1 for each in a):
        raise outside(f"np.prod of {described(a)}")
    return Size(tuple(sorted(name for each in a if isinstance(each, Size) for name in each.names)), boxed=True)


# Entry by entry


def _operator(operator: str) -> Callable[..., object]:
    def handler(space: AllSizes, left: object, right: object, /) -> object:
        result = space.binary(operator, _floating(space, left), _floating(space, right))
        return result

    return handler


def _floating(space: AllSizes, value: object) -> object:
    """Return an operand of one of NumPy's functions, where whole numbers of Python's are refused: NumPy keeps them whole."""
    if isinstance(value, Array | Fraction | Scalar) and not (isinstance(value, Scalar) and value.integral):
        return value if not isinstance(value, Fraction) else Scalar(space.term(value))
    if isinstance(value, int | Size | Scalar):
        return value
    raise outside(f"{described(value)} where an array is expected")


def _raised_to(exponent: Fraction) -> Callable[..., object]:
    def handler(space: AllSizes, a: object, /) -> object:
        grid = space.grid(a)
        return space.made(Grid(grid.shape, power(grid.term, exponent)))

    return handler


# Products


def _dot(space: AllSizes, a: object, b: object) -> object:
    if not isinstance(a, Array) or not isinstance(b, Array):
        return space.binary("*", a, b)
    if len(a.shape) > 4 or len(b.shape) > 4:
        raise outside("a product of arrays with many axes")
    return space.made(dot(space.groups, a.grid, b.grid))


def _matmul(space: AllSizes, a: object, b: object, /) -> object:
    return space.product(a, b)


def _inner(space: AllSizes, a: object, b: object, /) -> object:
    left, right = array(a), array(b)
    if max(len(left.shape), len(right.shape)) > 2:
        raise outside("np.inner of arrays of more than two axes")
    one, two = "ab"[-len(left.shape) :], "pb"[-len(right.shape) :]
    return space.made(contracted(space.groups, ((left.grid, one), (right.grid, two)), one[:-1] + two[:-1]))


def _outer(space: AllSizes, a: object, b: object) -> object:
    left, right = array(a), array(b)
    if len(left.shape) != 1 or len(right.shape) != 1:
        raise outside("np.outer of arrays of more than one axis")
    return space.made(contracted(space.groups, ((left.grid, "a"), (right.grid, "b")), "ab"))


def _einsum(space: AllSizes, subscripts: object, *operands: object, optimize: object = False) -> object:
    if not isinstance(subscripts, str):
        raise outside("np.einsum with subscripts that are not a text")
    inputs, arrow, output = subscripts.replace(" ", "").partition("->")
    parts = inputs.split(",")
    letters = "".join(parts)
    if len(parts) != len(operands):
        raise raised("ValueError: einsum has another number of operands than of subscripts")
    if not (letters + output).isascii() or not all(letter.isalpha() for letter in letters + output):
        raise outside(f"np.einsum with {subscripts!r}")
    if not arrow:
        output = "".join(sorted(letter for letter in set(letters) if letters.count(letter) == 1))
    if len(set(output)) != len(output) or not set(output) <= set(letters):
        raise raised("ValueError: einsum has wrong output subscripts")
    grids = [array(operand).grid for operand in operands]
    sizes: dict[str, object] = {}
    for grid, part in zip(grids, parts, strict=True):
        if len(part) == len(grid.shape) and any(sizes.setdefault(a, n) != n for a, n in zip(part, grid.shape, strict=True)):
            raise outside("np.einsum over axes of different lengths")
    result = contracted(space.groups, tuple(zip(grids, parts, strict=True)), output)
    # With one operand and nothing summed NumPy gives a view.
    only = array(operands[0]) if len(operands) == 1 else None
    return space.made(result) if only is None or not result.shape else only.perhaps_shared(result)


# New arrays


def _filled(term: Term | None) -> Callable[..., object]:
    def handler(space: AllSizes, size: object, dtype: object = None) -> object:
        floats_only(dtype)
        return _constant(space, size, term)

    return handler


def _constant(space: AllSizes, size: object, term: Term | None) -> Array:
    made = shape(space.groups, size)
    return space.unwritten(made) if term is None else new(Grid(made, term))


def _filled_like(term: Term | None) -> Callable[..., object]:
    def handler(space: AllSizes, a: object, dtype: object = None) -> object:
        floats_only(dtype)
        made = array(a).shape
        return space.unwritten(made) if term is None else new(Grid(made, term))

    return handler


def _full(space: AllSizes, shape: object, fill_value: object, dtype: object = None) -> object:
    floats_only(dtype)
    whole = isinstance(fill_value, int | Size) or (isinstance(fill_value, Scalar) and fill_value.integral)
    if whole and dtype is None:
        raise outside("an array of whole numbers")
    return _constant(space, shape, space.term(fill_value))


def _full_like(space: AllSizes, a: object, fill_value: object, dtype: object = None) -> object:
    floats_only(dtype)
    return new(Grid(array(a).shape, space.term(fill_value)))


def _eye(space: AllSizes, N: object, dtype: object = None) -> object:  # noqa: N803 (NumPy's name)
    floats_only(dtype)
    (names,) = shape(space.groups, N if not isinstance(N, tuple | list) else ())
    return new(identity(space.groups, names))


def _identity(space: AllSizes, n: object, dtype: object = None) -> object:
    return _eye(space, n, dtype)


def _diag(space: AllSizes, v: object) -> object:
    given = array(v)
    if len(given.shape) != 1:
        return _diagonal(space, given)
    unit = identity(space.groups, given.shape[0])
    return new(Grid(unit.shape, mul(given.term, unit.term)))


def _on_diagonal(space: AllSizes, a: object) -> Grid:
    """Return the diagonal of a square array: the same term with its two indices made one."""
    given = array(a)
    if len(given.shape) != 2 or given.shape[0] != given.shape[1]:
        raise outside("the diagonal of an array that is not surely square")
    match identity(space.groups, given.shape[0]).term:
        case Delta(left=row, right=column):
            return Grid(given.shape[1:], renamed(given.term, {row: column}))
        case _:
            raise outside("the diagonal of an array of a fixed length")


def _diagonal(space: AllSizes, a: object) -> object:
    return array(a).perhaps_shared(_on_diagonal(space, a), writeable=False)


def _trace(space: AllSizes, a: object) -> object:
    return space.made(summed(space.groups, _on_diagonal(space, a), None, keepdims=False))


def _fill(space: AllSizes, a: Array, value: object) -> None:
    a.write(space.term(value))


def _shape(space: AllSizes, a: object) -> object:
    return space.extent(array(a).shape)


def _ndim(space: AllSizes, a: object) -> object:
    return len(array(a).shape)


def _size(space: AllSizes, a: object) -> object:
    names = tuple(sorted(name for each in array(a).shape for name in each))
    return Size(names) if names else 1


_SHARED: Mapping[str, Callable[..., object]] = {
    "sum": _sum, "mean": _mean, "var": _var, "std": _std, "dot": _dot, "trace": _trace, "diagonal": _diagonal,
    "squeeze": rearrange.squeeze, "swapaxes": rearrange.swapaxes, "ravel": rearrange.ravel, "repeat": rearrange.repeat,
}  # fmt: skip
FUNCTIONS: Mapping[str, Callable[..., object]] = {
    **_SHARED,
    "average": lambda space, a, axis=None: _mean(space, a, axis), "prod": _prod,
    "sqrt": _raised_to(Fraction(1, 2)), "square": _raised_to(Fraction(2)), "reciprocal": lambda space, a, /: _reciprocal(space, a),
    "add": _operator("+"), "subtract": _operator("-"), "multiply": _operator("*"), "divide": _operator("/"),
    "true_divide": _operator("/"), "power": _operator("**"), "negative": lambda space, a, /: space.negative(array(a)),
    "matmul": _matmul, "inner": _inner, "outer": _outer, "einsum": _einsum,
    "ones": _filled(ONE), "zeros": _filled(ZERO), "empty": _filled(None), "full": _full, "eye": _eye, "identity": _identity,
    "ones_like": _filled_like(ONE), "zeros_like": _filled_like(ZERO), "empty_like": _filled_like(None), "full_like": _full_like,
    "diag": _diag, "shape": _shape, "ndim": _ndim, "size": _size, "copy": rearrange.copied,
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


def _reciprocal(space: AllSizes, a: object) -> object:
    return space.binary("/", 1, array(a))


TABLES = Tables(FUNCTIONS, METHODS, ATTRIBUTES)
