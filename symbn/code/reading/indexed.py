"""All sizes at once: an array is one kernel term in the indices of its axes, and a length is a name.

Three kinds of values: `Array`, `Scalar` (a number that depends on inputs or on sizes) and `Size` (a product of lengths). There
are no arrays of whole numbers and none without axes here: both are refused where they would arise, since NumPy rounds the
first, and takes the second for numbers in one place and for memory in another.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from symbn.code.model import Axis, IndexedTensor, StoppedError, Tensor
from symbn.code.model import Array as Outer
from symbn.code.reading.grid import Grid, Moves, dot
from symbn.code.reading.memory import Array, Buffer, new
from symbn.code.reading.renaming import renamed
from symbn.code.reading.selecting import selected
from symbn.code.reading.sizes import Groups, Shape, Size, broadcast, spelled
from symbn.code.reading.values import described, outside, raised
from symbn.kernel.term import Num, Term, add, free_indices, mul, num, power


@dataclass(frozen=True, slots=True)
class Scalar:
    """A number. integral: it is a whole number in Python, such as N - 1, with which arrays of whole numbers could be made."""

    term: Term
    integral: bool = False


Number = int | Fraction | Scalar | Size


class Indexed:
    """The space of all sizes, but for the names of NumPy. batch, feature: the sizes that make up the two axes of the kernel, in
    order."""

    def __init__(self, batch: Sequence[str], feature: Sequence[str]) -> None:
        self.groups = Groups(tuple(batch), tuple(feature))

    # Values that come in and go out

    def entering(self, array: Outer) -> object:
        if isinstance(array, Tensor):
            raise TypeError("an array of a chosen shape in the space of all sizes")
        shape: Shape = tuple(axis.size for axis in array.axes)
        moves: Moves = {}
        for axis, index in zip(array.axes, self.groups.indices(shape), strict=True):
            if axis.index is not None and index is not None:
                if axis.index.axis != index.axis or moves.setdefault(axis.index, index) != index:
                    raise ValueError(f"the index of an axis of length {'*'.join(axis.size)} is not one of its kernel axis")
        if not free_indices(array.term) <= moves.keys() or len(set(moves.values())) != len(moves):
            raise ValueError("the term of an array depends on the indices of its axes only")
        return self.made(Grid(shape, renamed(array.term, moves)))

    def leaving(self, value: object) -> Outer | None:
        match value:
            case Array() if value.buffer.term is not None:
                indices = self.groups.indices(value.shape)
                axes = tuple(Axis(size, index) for size, index in zip(value.shape, indices, strict=True))
                return IndexedTensor(axes, value.term)
            case Scalar(term=term, integral=False):
                return IndexedTensor((), term)
            case Fraction():
                return IndexedTensor((), Num(value))
            case _:
                return None

    def owns(self, value: object) -> bool:
        return isinstance(value, Array | Scalar | Size)

    def made(self, grid: Grid) -> Array | Scalar:
        """Return a result as NumPy gives it: what has no axis is a number, and no memory."""
        return new(grid) if grid.shape else Scalar(grid.term)

    def term(self, value: object) -> Term:
        match value:
            case bool() | int() | Fraction():
                return num(value)
            case Scalar(term=term):
                return term
            case Size(names=names):
                return self.groups.number(names)
            case _:
                raise outside(f"{described(value)} where a number is expected")

    def grid(self, value: object) -> Grid:
        """Return an operand as an array, with no axis if it is a number."""
        return value.grid if isinstance(value, Array) else Grid((), self.term(value))

    # Arithmetic

    def binary(self, operator: str, left: object, right: object) -> object:
        if operator == "@":
            return self.product(left, right)
        if not isinstance(left, Array) and not isinstance(right, Array):
            return self.numbers(operator, left, right)
        a, b = self.grid(left), self.grid(right)
        shape = broadcast(a.shape, b.shape)
        self.groups.indices(shape)
        return new(Grid(shape, self.combined(operator, a.term, b.term)))

    def product(self, left: object, right: object) -> object:
        if not isinstance(left, Array) or not isinstance(right, Array):
            raise raised("ValueError: @ with an operand that is no array")
        if max(len(left.shape), len(right.shape)) > 2:
            raise outside("@ between arrays of more than two axes")
        return self.made(dot(self.groups, left.grid, right.grid))

    def combined(self, operator: str, a: Term, b: Term) -> Term:
        match operator:
            case "+":
                return add(a, b)
            case "-":
                return add(a, mul(num(-1), b))
            case "*":
                return mul(a, b)
            case "/":
                if b == num(0):
                    raise StoppedError("inexact", "a division by zero")
                return mul(a, power(b, -1))
            case "**" if isinstance(b, Num):
                return power(a, b.value)
            case "**":
                raise outside("an exponent that is not a known number")
            case _:
                raise outside(f"the operator {operator} on arrays and on numbers that are not known")

    def numbers(self, operator: str, left: object, right: object) -> object:
        if isinstance(left, Size | int) and isinstance(right, Size | int) and operator in ("*", "//", "/"):
            known = self.sizes(operator, left, right)
            if known is not None:
                return known
        if operator not in ("*", "/") and any(isinstance(each, Size) and each.boxed for each in (left, right)):
            raise outside(f"{operator} with one of NumPy's own integers")
        term = self.combined(operator, self.term(left), self.term(right))
        whole = all(isinstance(each, int | Size) or (isinstance(each, Scalar) and each.integral) for each in (left, right))
        kept = operator in ("+", "-", "*") or (operator == "**" and isinstance(right, int) and right >= 0)
        return Scalar(term, whole and kept)

    def sizes(self, operator: str, left: Size | int, right: Size | int) -> object:
        """Return a product or a quotient of sizes that comes out as a product of sizes, or None."""
        if any(isinstance(each, int) and each != 1 for each in (left, right)):
            return None
        a, b = (each.names if isinstance(each, Size) else () for each in (left, right))
        boxed = any(isinstance(each, Size) and each.boxed for each in (left, right))
        if operator == "*":
            return Size(tuple(sorted(a + b)), boxed)
        if Counter(b) - Counter(a):
            return None
        rest = tuple(sorted((Counter(a) - Counter(b)).elements()))
        if operator == "/":
            return Scalar(self.groups.number(rest))
        return Size(rest, boxed) if rest else 1

    def in_place(self, operator: str, target: object, value: object) -> object:
        if not isinstance(target, Array):
            return self.binary(operator, target, value)
        if operator == "@":
            raise outside("@= on an array")
        result = self.binary(operator, target, value)
        assert isinstance(result, Array)  # an operand is one
        self.overwrite(target, result.grid)
        return target

    def overwrite(self, target: Array, grid: Grid) -> None:
        """Put the grid, broadcast, in the place of all entries of the target."""
        if broadcast(target.shape, grid.shape) != target.shape:
            what = f"{spelled(grid.shape)} into shape {spelled(target.shape)}"
            raise raised(f"ValueError: could not broadcast input array from shape {what}")
        target.write(grid.term)

    def negative(self, value: object) -> object:
        if isinstance(value, Array):
            return new(Grid(value.shape, mul(num(-1), value.term)))
        return self.numbers("*", -1, value)

    def root(self, base: Fraction, exponent: Fraction) -> object:
        return Scalar(power(Num(base), exponent))

    # Tests

    def compare(self, operator: str, left: object, right: object) -> bool:
        if isinstance(left, Size) and isinstance(right, Size) and operator in ("==", "!=", "<=", ">="):
            if sorted(left.names) == sorted(right.names):
                return operator != "!="
        elif isinstance(left, Size) and isinstance(right, int | Fraction):
            return self.least(operator, left, Fraction(right))
        elif isinstance(right, Size) and isinstance(left, int | Fraction):
            turned = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}
            return self.least(turned.get(operator, operator), right, Fraction(left))
        if all(
            isinstance(each, int | Fraction | Size) or (isinstance(each, Scalar) and each.integral) for each in (left, right)
        ):
            raise outside("a test that depends on the sizes")
        raise StoppedError("inexact", "a comparison of values that are not known")

    def least(self, operator: str, size: Size, bound: Fraction) -> bool:
        """Return `size operator bound` where the size being at least 1 settles it."""
        settled = {"==": bound < 1, "!=": bound < 1, "<": bound <= 1, "<=": bound < 1, ">": bound < 1, ">=": bound <= 1}
        if operator not in settled or not settled[operator]:
            raise outside(f"a test that depends on the size {'*'.join(size.names)}")
        return operator in ("!=", ">", ">=")

    def truth(self, value: object) -> bool:
        if isinstance(value, Size):
            return True
        raise StoppedError("inexact", "a test of a value that is not known")

    def whole(self, value: object) -> object:
        if isinstance(value, Size):
            return Size(value.names)
        raise StoppedError("inexact", "int of a value that is not known")

    def floating(self, value: object) -> object:
        match value:
            case int() | Fraction():
                return Fraction(value)
            case Scalar() | Size():
                return Scalar(self.term(value))
            case Array():
                raise outside("float of an array")
            case _:
                raise outside(f"float of {described(value)}")

    # Containers

    def length(self, value: object) -> object:
        if isinstance(value, Array):
            return self.extent(value.shape)[0]
        raise raised("TypeError: object has no len()")

    def extent(self, shape: Shape) -> tuple[object, ...]:
        """Return a shape as the code sees it."""
        return tuple(Size(names) if names else 1 for names in shape)

    def entries(self, value: object) -> Sequence[object]:
        raise outside("a loop over the entries of an array, or its unpacking, at all sizes")

    def item(self, owner: object, key: object) -> object:
        if not isinstance(owner, Array):
            raise raised("TypeError: a number has no items")
        view = selected(self.groups, owner, key)
        if view.shape:
            return view
        if any(part is ... for part in (key if isinstance(key, tuple) else (key,))):
            raise outside("an array without axes, which [...] makes out of one entry")
        return Scalar(view.term)

    def put(self, owner: object, key: object, value: object) -> None:
        if not isinstance(owner, Array):
            raise raised("TypeError: a number does not support item assignment")
        target, grid = selected(self.groups, owner, key), self.grid(value)
        extra = max(len(grid.shape) - len(target.shape), 0)
        # NumPy drops axes of length 1 that the target has not; in `+=` it refuses them.
        self.overwrite(target, Grid(grid.shape[extra:], grid.term) if not any(grid.shape[:extra]) else grid)

    def unwritten(self, shape: Shape) -> Array:
        self.groups.indices(shape)
        return Array(Buffer(None), shape, {})
