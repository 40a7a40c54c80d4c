"""NumPy's products and diagonals at all sizes."""

from __future__ import annotations

from symbn.code.reading.grid import Grid, contracted, identity, summed
from symbn.code.reading.grid import dot as dot_of
from symbn.code.reading.indexed import Indexed
from symbn.code.reading.memory import Array, new
from symbn.code.reading.rearranging import array
from symbn.code.reading.renaming import renamed
from symbn.code.reading.values import outside, raised
from symbn.kernel.term import Delta, mul


def dot(space: Indexed, a: object, b: object) -> object:
    if not isinstance(a, Array) or not isinstance(b, Array):
        return space.binary("*", a, b)
    if len(a.shape) > 4 or len(b.shape) > 4:
        raise outside("a product of arrays with many axes")
    return space.made(dot_of(space.groups, a.grid, b.grid))


def matmul(space: Indexed, a: object, b: object, /) -> object:
    return space.product(a, b)


def inner(space: Indexed, a: object, b: object, /) -> object:
    left, right = array(a), array(b)
    if max(len(left.shape), len(right.shape)) > 2:
        raise outside("np.inner of arrays of more than two axes")
    one, two = "ab"[-len(left.shape) :], "pb"[-len(right.shape) :]
    return space.made(contracted(space.groups, ((left.grid, one), (right.grid, two)), one[:-1] + two[:-1]))


def outer(space: Indexed, a: object, b: object) -> object:
    left, right = array(a), array(b)
    if len(left.shape) != 1 or len(right.shape) != 1:
        raise outside("np.outer of arrays of more than one axis")
    return space.made(contracted(space.groups, ((left.grid, "a"), (right.grid, "b")), "ab"))


def einsum(space: Indexed, subscripts: object, *operands: object, optimize: object = False) -> object:
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


def diag(space: Indexed, v: object) -> object:
    given = array(v)
    if len(given.shape) != 1:
        return diagonal(space, given)
    unit = identity(space.groups, given.shape[0])
    return new(Grid(unit.shape, mul(given.term, unit.term)))


def _on_diagonal(space: Indexed, a: object) -> Grid:
    """Return the diagonal of a square array: the same term with its two indices made one."""
    given = array(a)
    if len(given.shape) != 2 or given.shape[0] != given.shape[1]:
        raise outside("the diagonal of an array that is not surely square")
    match identity(space.groups, given.shape[0]).term:
        case Delta(left=row, right=column):
            return Grid(given.shape[1:], renamed(given.term, {row: column}))
        case _:
            raise outside("the diagonal of an array of a fixed length")


def diagonal(space: Indexed, a: object) -> object:
    return array(a).perhaps_shared(_on_diagonal(space, a), writeable=False)


def trace(space: Indexed, a: object) -> object:
    return space.made(summed(space.groups, _on_diagonal(space, a), None, keepdims=False))
