"""The operations on matrices as they are written: what fits, what is repeated, what is refused and in which words."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction as Rational
from typing import NoReturn

from symbn.diagnostic import Diagnostic, Span
from symbn.elaboration.context import Context
from symbn.elaboration.shapes import (
    ONE,
    ONLY,
    ROW,
    Matrix,
    Shape,
    ShapeError,
    entrywise,
    product,
    raised,
    repeated_down_the_batch,
)
from symbn.errors import UnreadableError, unreadable
from symbn.kernel.term import BATCH, FEATURE, Index

MISMATCH = "shape-mismatch"
LARGEST_POWER = 4
MAX_COPIES = 16
_REPEATED = "a row or a number is repeated down the batch where it is added to data or multiplied with them entry by entry"


@dataclass(slots=True)
class Operations:
    """The operations in one run over one equation. warnings: the products that fit only with a row repeated. copies: how
    often the powers of matrices write a factor out."""

    context: Context
    warnings: list[Diagnostic] = field(default_factory=list)
    copies: int = 1

    @property
    def wide(self) -> bool:
        return self.context.scope.wide

    def letter(self, size: str) -> Index:
        if size == ONE:
            return ONLY
        if size == FEATURE and "c" not in self.context.fresh | set(self.context.scope.spans):
            self.context.fresh.add("c")
            return Index("c", FEATURE)
        return Index(self.context.new_letter(), size)

    def words(self, shape: Shape) -> str:
        scope = self.context.scope
        spelled = {ONE: "1", BATCH: scope.batch or "m", FEATURE: scope.features or "n"}
        return f"({spelled[shape[0]]} x {spelled[shape[1]]})"

    def refuse(self, what: str, first: Shape, second: Shape, span: Span, help: str) -> NoReturn:
        message = f"{what}: {self.words(first)} and {self.words(second)}"
        cure = help or "write a transpose, a vector of ones, or \\odot for the product entry by entry"
        raise UnreadableError(Diagnostic(MISMATCH, message, span, cure))

    def note_repeated(self, wider: Shape, *shapes: Shape) -> None:
        if wider[0] == BATCH and any(shape[0] != BATCH for shape in shapes):
            self.context.choices.note(_REPEATED)

    def combined(self, left: tuple[Matrix, Span], operator: str, right: tuple[Matrix, Span]) -> tuple[Matrix, Span]:
        (first, _), (second, _), span = left, right, left[1].to(right[1])
        if operator == "/":
            return self.divided(first, second, span), span
        if operator == "\\odot":
            try:
                result = entrywise(first, second)
            except ShapeError as error:
                self.refuse("these are multiplied entry by entry", error.first, error.second, span, "")
            if not (first.is_number or second.is_number):
                self.note_repeated(result.shape, first.shape, second.shape)
            return result, span
        try:
            return product(first, second, self.context.new_letter), span
        except ShapeError as error:
            if operator == "*" and ROW in (first.shape, second.shape) and (BATCH, FEATURE) in (first.shape, second.shape):
                self.context.choices.note("\\cdot beside a row is taken entry by entry: write \\odot", caveat=True)
                return entrywise(first, second), span
            return self.mended(first, second, error, span), span

    def mended(self, first: Matrix, second: Matrix, error: ShapeError, span: Span) -> Matrix:
        """Return a product that does not fit, with a row repeated down the batch if that makes it fit. Raises:
        UnreadableError."""
        what = "the inner sizes of this product do not agree"
        wide = repeated_down_the_batch(first, second)
        if wide is None:
            self.refuse(what, error.first, error.second, span, "")
        message = f"{what}: {self.words(error.first)} and {self.words(error.second)}"
        row = self.words(second.shape if wide[0] is first else first.shape)
        full = self.words(wide[1].shape if wide[0] is first else wide[0].shape)
        self.context.choices.note(f"a {row} factor is repeated down the batch to {full}, so that the product fits", caveat=True)
        help = "it is judged with the smaller one repeated down the batch; write data of the batch there, or leave it out"
        warning = Diagnostic(MISMATCH, message, span, help)
        if warning not in self.warnings:
            self.warnings.append(warning)
        return product(*wide, self.context.new_letter)

    def divided(self, top: Matrix, bottom: Matrix, span: Span) -> Matrix:
        if not bottom.is_parameter:
            raise unreadable(
                "unsupported",
                f"a division by {self.words(bottom.shape)} entries is not read",
                span,
                "divide by a number or a row of parameters",
            )
        try:
            result = entrywise(top, raised(bottom, Rational(-1)))
        except ShapeError as error:
            self.refuse("these are divided entry by entry", error.first, error.second, span, "")
        if not bottom.is_number:
            self.note_repeated(result.shape, top.shape, bottom.shape)
        return result

    def power(self, base: Matrix, exponent: Rational, span: Span) -> Matrix:
        if base.is_parameter:
            return raised(base, exponent)
        if base.is_square and exponent.denominator == 1 and 2 <= exponent <= LARGEST_POWER:
            self.copies *= int(exponent)
            if self.copies > MAX_COPIES:
                raise unreadable("too-long", "more powers of matrices than are written out", span, "split the equation")
            result = base
            for _ in range(int(exponent) - 1):
                result = product(result, base, self.context.new_letter)
            return result
        raise unreadable(
            "unsupported",
            f"this power or root of {self.words(base.shape)} entries is not read",
            span,
            "write ^{\\circ 2} for a power entry by entry",
        )
