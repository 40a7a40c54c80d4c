"""The value and the derivative of a function of t, operator by operator, as the lemmas of Derivatives.v state them.

Nothing is simplified: what Coq's `slopes` tactic finds has to be this very expression.
"""

from __future__ import annotations

from typing import assert_never

from symbn.certificates.expressions import (
    ONE,
    SIZE,
    ZERO,
    BatchSum,
    Binary,
    Expression,
    Inverse,
    Kronecker,
    Leaf,
    Literal,
    NotCertified,
    Opposite,
    Raise,
    RealPower,
    Root,
    within,
)
from symbn.certificates.rules import MARK
from symbn.certificates.spelling import PRIME, Moved, half_slope, unfolded
from symbn.elaboration.functions import slope
from symbn.kernel.term import Index


def moves(expression: Expression) -> bool:
    """Tell whether the expression depends on t."""
    return any(isinstance(part, Leaf) and part.name.endswith(PRIME) for part in within(expression))


class Differentiation:
    """signed: what must be > 0 (True) or not 0 (False) for a rule to apply, at the point."""

    def __init__(self, moved: Moved, point: Expression, mode: str) -> None:
        self.moved, self.point, self.mode = moved, point, mode
        self.signed: dict[Expression, bool] = {}

    def slope(self, of: Expression) -> tuple[Expression, Expression]:
        """Return the value and the derivative. Raises: NotCertified."""
        if not moves(of):
            return of, ZERO
        match of:
            case Leaf():
                return self.leaf(of)
            case Binary(operator=operator, left=left, right=right):
                (a, da), (b, db) = self.slope(left), self.slope(right)
                both = Binary(operator, a, b)
                if operator in "+-":
                    return both, Binary(operator, da, db)
                if operator == "*":
                    return both, Binary("+", Binary("*", da, b), Binary("*", a, db))
                self.signed.setdefault(b, False)
                turned = Binary("/", Opposite(db), Raise(b, 2))
                return both, Binary("+", Binary("*", da, Inverse(b)), Binary("*", a, turned))
            case Opposite(of=inner):
                value, change = self.slope(inner)
                return Opposite(value), Opposite(change)
            case Inverse(of=inner):
                value, change = self.slope(inner)
                self.signed.setdefault(value, False)
                return Inverse(value), Binary("/", Opposite(change), Raise(value, 2))
            case Raise(base=base, exponent=whole):
                value, change = self.slope(base)
                return Raise(value, whole), Binary("*", Binary("*", count(whole), Raise(value, whole - 1)), change)
            case Root(of=inner):
                value, change = self.slope(inner)
                self.signed[value] = True
                return Root(value), Binary("/", change, Binary("*", Literal(2), Root(value)))
            case RealPower(base=base, exponent=exponent):
                value, change = self.slope(base)
                self.signed[value] = True
                factor = Binary("/", Literal(exponent.numerator), Literal(exponent.denominator))
                lowered = RealPower(value, exponent - 1)
                return RealPower(value, exponent), Binary("*", Binary("*", factor, lowered), change)
            case BatchSum(index=index, body=body):
                value, change = self.slope(body)
                return BatchSum(index, value), BatchSum(index, change)
            case Literal() | Kronecker():
                return of, ZERO
            case _:
                assert_never(of)

    def leaf(self, leaf: Leaf) -> tuple[Expression, Expression]:
        name = leaf.name.removesuffix(PRIME)
        if name.endswith(MARK):
            return Leaf(name), Leaf(slope(name.removesuffix(MARK)))
        if self.moved.index is None:
            return self.point, ONE
        if name == self.moved.name:
            return unfolded(Leaf(name, leaf.indices), self.mode), Kronecker(self.moved.index, leaf.indices[0])
        if name == "mu":
            return Leaf("mu"), Inverse(SIZE)
        if name == "var":
            return Leaf("var"), half_slope(Leaf("x", (self.moved.index,)))
        raise NotCertified(f"the derivative of {name}")


def count(whole: int) -> Expression:
    """Return the real number INR n, as the lemma on powers has it."""
    return Leaf(f"INR {whole}")


__all__ = ["Differentiation", "Index", "moves"]
