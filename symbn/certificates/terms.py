"""Terms of symbn's kernel as expressions, and back."""

from __future__ import annotations

from fractions import Fraction
from typing import assert_never

from symbn.certificates.expressions import (
    ONE,
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
)
from symbn.kernel.term import (
    BATCH,
    Add,
    Delta,
    Entry,
    Mul,
    Num,
    Power,
    Sum,
    Term,
    Var,
    add,
    mul,
    num,
    power,
)


def expression_of(term: Term) -> Expression:
    """Return the term as its author would write it: a - b for a + (-1) b, a / b for a b^(-1). Raises: NotCertified."""
    match term:
        case Num(value=value):
            whole = Literal(value.numerator)
            return whole if value.denominator == 1 else Binary("/", whole, Literal(value.denominator))
        case Var(name=name):
            return Leaf(name)
        case Entry(name=name, indices=indices):
            return Leaf(name, indices)
        case Delta(left=left, right=right):
            return Kronecker(left, right)
        case Sum(index=index, body=body, excluding=excluding):
            if index.axis != BATCH:
                raise NotCertified("a sum over the features")
            inner = expression_of(body)
            for other in reversed(excluding):
                inner = Binary("*", Binary("-", ONE, Kronecker(index, other)), inner)
            return BatchSum(index, inner)
        case Add(terms=terms):
            result: Expression | None = None
            for part in terms:
                below, rest = _sign(part)
                inner = expression_of(rest)
                result = (
                    (Opposite(inner) if below else inner) if result is None else Binary("-" if below else "+", result, inner)
                )
            return ZERO if result is None else result
        case Mul(factors=factors):
            below, rest = _sign(term)
            if below:
                return Opposite(expression_of(rest))
            made: Expression | None = None
            for factor in factors:
                inner = expression_of(factor)
                if isinstance(inner, Inverse):
                    made = inner if made is None else Binary("/", made, inner.of)
                else:
                    made = inner if made is None else Binary("*", made, inner)
            return ONE if made is None else made
        case Power(base=base, exponent=exponent):
            return _powered(expression_of(base), exponent)
        case _:
            assert_never(term)


def _powered(base: Expression, exponent: Fraction) -> Expression:
    if exponent.denominator == 1:
        count = abs(exponent.numerator)
        raised = base if count == 1 else Raise(base, count)
        return raised if exponent > 0 else ONE if exponent == 0 else Inverse(raised)
    if abs(exponent) == Fraction(1, 2):
        return Root(base) if exponent > 0 else Inverse(Root(base))
    return RealPower(base, exponent)


def _sign(term: Term) -> tuple[bool, Term]:
    """Split a minus sign off."""
    match term:
        case Num(value=value) if value < 0:
            return True, Num(-value)
        case Mul(factors=(Num(value=value), *rest)) if value < 0 and rest:
            return True, mul(Num(-value), *rest)
        case _:
            return False, term


def term_of(expression: Expression) -> Term:
    """Return the term of the kernel that an expression stands for."""
    match expression:
        case Literal(value=value):
            return num(value)
        case Leaf(name=name, indices=indices):
            if name.startswith("INR "):  # a whole number, as Coq's lemma on powers has it
                return num(int(name.removeprefix("INR ")))
            return Entry(name, indices) if indices else Var(name)
        case Kronecker(left=left, right=right):
            return Delta(left, right)
        case Binary(operator=operator, left=left, right=right):
            first, second = term_of(left), term_of(right)
            match operator:
                case "+":
                    return add(first, second)
                case "-":
                    return add(first, mul(num(-1), second))
                case "*":
                    return mul(first, second)
                case _:
                    return mul(first, power(second, -1))
        case Opposite(of=inner):
            return mul(num(-1), term_of(inner))
        case Inverse(of=inner):
            return power(term_of(inner), -1)
        case Root(of=inner):
            return power(term_of(inner), Fraction(1, 2))
        case Raise(base=base, exponent=whole):
            return power(term_of(base), whole)
        case RealPower(base=base, exponent=exponent):
            return power(term_of(base), exponent)
        case BatchSum(index=index, body=body):
            return Sum(index, term_of(body))
        case _:
            assert_never(expression)
