"""A small batch in numbers: the layer and its gradients, exactly, for people to redo on paper."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from math import prod
from typing import assert_never

from symbn.deriving.article import Inline, Table, Words
from symbn.elaboration.meaning import TOTAL, Constant, Meaning, Quantity, Slope, to_term
from symbn.errors import UsageError
from symbn.kernel.evaluate import Irrational, Point, Undefined, evaluate
from symbn.kernel.term import Add, Delta, Entry, Index, Mul, Num, Power, Sum, Term, Var
from symbn.layers.graph import Graph

MAX_EXAMPLE = 12


@dataclass(frozen=True, slots=True)
class Example:
    """x, g: the batch and its upstream gradients, shape (m,); gamma, beta, eps: scalars."""

    x: tuple[Fraction, ...]
    g: tuple[Fraction, ...]
    gamma: Fraction = Fraction(1)
    beta: Fraction = Fraction(0)
    eps: Fraction = Fraction(3)

    def __post_init__(self) -> None:
        if not 1 <= len(self.x) <= MAX_EXAMPLE:
            raise UsageError(f"an example has 1 to {MAX_EXAMPLE} numbers; got {len(self.x)}")
        if len(self.x) != len(self.g):
            raise UsageError(f"there are {len(self.x)} inputs and {len(self.g)} upstream gradients")
        if self.variance + self.eps <= 0:
            raise UsageError("variance plus epsilon has to be positive")

    @property
    def m(self) -> int:
        return len(self.x)

    @property
    def mean(self) -> Fraction:
        return sum(self.x, Fraction(0)) / self.m

    @property
    def variance(self) -> Fraction:
        return sum(((x - self.mean) ** 2 for x in self.x), Fraction(0)) / self.m

    def scalars(self) -> dict[str, Fraction]:
        """Return the values of what is no array."""
        return {"gamma": self.gamma, "beta": self.beta, "eps": self.eps}

    def batch(self) -> Inline:
        """Return x = (..), g = (..)."""
        vectors = [f" = ({', '.join(map(str, values))})" for values in (self.x, self.g)]
        return Quantity("x"), vectors[0].replace("-", "−"), ", ", Quantity("g"), vectors[1].replace("-", "−")

    def said(self, quantity: Quantity, graph: Graph) -> Inline:
        """Return the quantity and its value."""
        value = self.value(quantity, graph)
        return quantity, " ≈ " if isinstance(value, str) else " = ", value

    def value(self, meaning: Meaning, graph: Graph, indices: Mapping[Index, int] | None = None) -> Meaning | str:
        """Return the exact value, or six digits of an irrational one. Raises: UsageError where there is none."""
        entries: dict[tuple[str, tuple[int, ...]], Fraction] = {
            (name, (i,)): v for name, values in (("x", self.x), ("g", self.g)) for i, v in enumerate(values, 1)
        }
        term = to_term(meaning, graph)
        point = Point(self.m, self.scalars(), entries, indices or {})
        try:
            return Constant(evaluate(term, point))
        except Irrational:
            return f"{_digits(term, point, point.indices):.6g}".replace("-", "−")
        except Undefined:
            raise UsageError("at these numbers a divisor is zero") from None


def rounded(table: Table) -> tuple[Words, ...]:
    """Return the remark that a table with digits in it needs."""
    digits = any(isinstance(part, str) and "." in part for row in table.rows for cell in row for part in cell)
    return (Words(("What has a point is irrational, and rounded to six digits.",)),) if digits else ()


def _digits(term: Term, point: Point, at: Mapping[Index, int]) -> float:
    """Return the value in floating point, for print only: no verdict ever comes of it."""

    def place(index: Index) -> int:
        return index.name if isinstance(index.name, int) else at[index]

    match term:
        case Num(value=value):
            return float(value)
        case Var(name=name):
            return float(point.m if name == "m" else point.scalars[name])
        case Entry(name=name, indices=indices):
            return float(point.entries[name, tuple(place(i) for i in indices)])
        case Delta(left=left, right=right):
            return float(place(left) == place(right))
        case Sum(index=index, body=body, excluding=excluding):
            skipped = {place(i) for i in excluding}
            return sum(_digits(body, point, {**at, index: j}) for j in range(1, point.m + 1) if j not in skipped)
        case Add(terms=terms):
            return sum(_digits(t, point, at) for t in terms)
        case Mul(factors=factors):
            return prod(_digits(f, point, at) for f in factors)
        case Power(base=base, exponent=exponent):
            return float(_digits(base, point, at) ** float(exponent))
        case _:
            assert_never(term)


def gradient(example: Example, graph: Graph) -> tuple[Meaning | str, ...]:
    """Return dL/dx_1, .., dL/dx_m as numbers."""
    loss = Quantity("L")
    return tuple(example.value(Slope(loss, Quantity("x", (Index(i),)), TOTAL), graph) for i in range(1, example.m + 1))


def numbers(text: str, what: str) -> tuple[Fraction, ...]:
    """Return the numbers of a text such as `0, 2` or `1/2,-3`. Raises: UsageError."""
    found = []
    for part in text.split(","):
        piece = part.strip()
        if len(piece) > 40 or not piece or set(piece) - set("0123456789./-+"):
            raise UsageError(f"{what} wants numbers with commas between them, such as 0,2 or 1/2,-3; got {text[:60]!r}")
        try:
            found.append(Fraction(piece))
        except (ValueError, ZeroDivisionError):
            raise UsageError(f"{what}: {piece!r} is no number") from None
    return tuple(found)
