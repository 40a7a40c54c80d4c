"""Matrices as meanings: a symbolic shape and the meaning of the entry at any row and column.

A size is the batch, the features, or one. Two sizes fit if they are the same word: no size is known to be a number, so that
what fits does so for every batch. An entry is a function of a row and a column index; a size of one is given `ONLY`, which no
entry may use. A matrix of one row and one column is a number, and it scales what it stands beside.

    (A B)_ik = sum_j A_ij B_jk    (A \\odot B)_ik = A_ik B_ik    (A^T)_ik = A_ki    (A / b)_ik = A_ik / b_k

Entry by entry, a number fits every shape and a row with an entry for each feature fits (batch x features): it is repeated down
the batch. In a sum a number does not fit a square matrix: `I - 1/m` may mean 1/m in every entry, or on the diagonal only.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

from symbn.elaboration.meaning import Constant, Meaning, Plus, Raised, Same, SumOver, times
from symbn.kernel.term import BATCH, FEATURE, Index

ONE = "one"
ONLY = Index("?")

Entries = Callable[[Index, Index], Meaning]
Shape = tuple[str, str]
NUMBER, ROW = (ONE, ONE), (ONE, FEATURE)


class ShapeError(Exception):
    """The shapes do not fit. first, second: the two of them."""

    def __init__(self, first: Shape, second: Shape) -> None:
        super().__init__(first, second)
        self.first, self.second = first, second


@dataclass(frozen=True, slots=True)
class Matrix:
    """entry: the meaning at a row and a column index, each of the axis that the shape says."""

    shape: Shape
    entry: Entries

    @property
    def is_number(self) -> bool:
        return self.shape == NUMBER

    @property
    def is_square(self) -> bool:
        return self.shape[0] == self.shape[1] != ONE

    @property
    def is_parameter(self) -> bool:
        """Tell whether it is a number, or a row with one entry for each feature."""
        return self.shape in (NUMBER, ROW)

    def scalar(self) -> Meaning:
        """Return the one entry of a number."""
        return self.entry(ONLY, ONLY)

    def each(self, function: Callable[[Meaning], Meaning]) -> Matrix:
        """Return the matrix with a function applied to every entry."""
        return Matrix(self.shape, lambda row, column: function(self.entry(row, column)))

    def transposed(self) -> Matrix:
        rows, columns = self.shape
        return Matrix((columns, rows), lambda row, column: self.entry(column, row))


def number(meaning: Meaning) -> Matrix:
    return Matrix(NUMBER, lambda row, column: meaning)


def ones(shape: Shape) -> Matrix:
    return Matrix(shape, lambda row, column: Constant(Fraction(1)))


def identity(size: str) -> Matrix:
    return Matrix((size, size), Same)


def product(left: Matrix, right: Matrix, letter: Callable[[], str]) -> Matrix:
    """Return the matrix product. letter: gives a new name for the index that is summed over. Raises: ShapeError."""
    if left.is_number or right.is_number:
        return entrywise(left, right)
    if left.shape[1] != right.shape[0]:
        raise ShapeError(left.shape, right.shape)
    inner = left.shape[1]

    def entry(row: Index, column: Index) -> Meaning:
        if inner == ONE:
            return times(left.entry(row, ONLY), right.entry(ONLY, column))
        index = Index(letter(), inner)
        return SumOver(index, (), times(left.entry(row, index), right.entry(index, column)))

    return Matrix((left.shape[0], right.shape[1]), entry)


def repeated_down_the_batch(left: Matrix, right: Matrix) -> tuple[Matrix, Matrix] | None:
    """Return the factors of a product that does not fit, with the one of features that lacks the batch repeated over it."""
    if left.shape[1] == BATCH and right.shape == ROW:
        return left, Matrix((BATCH, FEATURE), lambda row, column: right.entry(ONLY, column))
    if left.shape == (FEATURE, ONE) and right.shape[0] == BATCH:
        return Matrix((FEATURE, BATCH), lambda row, column: left.entry(row, ONLY)), right
    return None


def common(first: Shape, second: Shape, adding: bool = False) -> Shape:
    """Return the shape of what is made entry by entry. Raises: ShapeError."""
    for small, large in ((first, second), (second, first)):
        square = large[0] == large[1] != ONE
        if small == large or (small == NUMBER and not (adding and square)):
            return large
        if (small, large) in ((ROW, (BATCH, FEATURE)), ((FEATURE, ONE), (FEATURE, BATCH))):
            return large
    raise ShapeError(first, second)


def entrywise(left: Matrix, right: Matrix) -> Matrix:
    """Return the product entry by entry. Raises: ShapeError."""
    shape = common(left.shape, right.shape)
    first, second = stretched(left, shape), stretched(right, shape)
    return Matrix(shape, lambda row, column: times(first.entry(row, column), second.entry(row, column)))


def total(signs: tuple[int, ...], terms: list[Matrix], shape: Shape) -> Matrix:
    """Return the signed sum of terms that fit the shape."""
    wide = [stretched(term, shape) for term in terms]

    def entry(row: Index, column: Index) -> Meaning:
        found = [term.entry(row, column) for term in wide]
        signed = [one if sign > 0 else times(Constant(Fraction(-1)), one) for sign, one in zip(signs, found, strict=True)]
        return signed[0] if len(signed) == 1 else Plus(tuple(signed))

    return Matrix(shape, entry)


def stretched(matrix: Matrix, shape: Shape) -> Matrix:
    """Return the matrix repeated where its size is one and the shape's is not."""
    own = matrix.shape
    return Matrix(
        shape,
        lambda row, column: matrix.entry(ONLY if own[0] == ONE else row, ONLY if own[1] == ONE else column),
    )


def raised(matrix: Matrix, exponent: Fraction) -> Matrix:
    """Return every entry raised to the power."""
    return matrix.each(lambda meaning: Raised(meaning, exponent))
