"""A small batch in numbers: the layer and its gradients, exactly, for people to redo on paper."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from symbn.deriving.article import Inline, Table, Words
from symbn.deriving.surds import surd
from symbn.elaboration.meaning import TOTAL, Constant, Meaning, Quantity, Slope, to_term
from symbn.errors import UsageError
from symbn.kernel.evaluate import Irrational, Point, Undefined, evaluate
from symbn.kernel.term import Index
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
        return quantity, " " if isinstance(value, str) else " = ", value

    def value(self, meaning: Meaning, graph: Graph, indices: Mapping[Index, int] | None = None) -> Meaning | str:
        """Return the exact value, or six digits of an irrational one. Raises: UsageError where there is none."""
        entries: dict[tuple[str, tuple[int, ...]], Fraction] = {
            (name, (i,)): v for name, values in (("x", self.x), ("g", self.g)) for i, v in enumerate(values, 1)
        }
        term = to_term(meaning, graph)
        point = Point(self.m, self.scalars(), entries, indices or {})
        try:
            try:
                return Constant(evaluate(term, point))
            except Irrational:
                found = surd(term, point, self.variance + self.eps)
        except Undefined:
            raise UsageError("at these numbers a divisor is zero") from None
        return Constant(found.a) if found.b == 0 else "≈ " + found.digits().replace("-", "−")


def rounded(table: Table) -> tuple[Words, ...]:
    """Return the remark that a table with digits in it needs."""
    digits = any(isinstance(part, str) and part.startswith("≈") for row in table.rows for cell in row for part in cell)
    return (Words(("What is marked ≈ is irrational, and rounded to six digits.",)),) if digits else ()


def gradient(example: Example, graph: Graph) -> tuple[Meaning | str, ...]:
    """Return dL/dx_1, .., dL/dx_m as numbers."""
    loss = Quantity("L")
    return tuple(example.value(Slope(loss, Quantity("x", (Index(i),)), TOTAL), graph) for i in range(1, example.m + 1))


_NUMBER = re.compile(r"[+-]?[0-9]{1,40}(/[0-9]{1,40}|(\.[0-9]{0,40})?([eE][+-]?[0-9]{1,2})?)")


def numbers(text: str, what: str) -> tuple[Fraction, ...]:
    """Return the numbers of a text such as `0, 2` or `1/2,-3` or `1e-5`. Raises: UsageError."""
    found = []
    for part in text.split(","):
        piece = part.strip()
        if not _NUMBER.fullmatch(piece):
            raise UsageError(f"{what}: {piece[:60]!r} is no number such as 2, -1/2, 0.5 or 1e-5")
        try:
            found.append(Fraction(piece))
        except ZeroDivisionError:
            raise UsageError(f"{what}: {piece!r} has the denominator 0") from None
    return tuple(found)
