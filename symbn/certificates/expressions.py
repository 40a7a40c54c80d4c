"""Real expressions in Coq's own syntax, as trees: written out as text, or turned back into a term of symbn's kernel.

    expression ::= Literal n | Leaf name index* | Binary op e e | Opposite e | Inverse e | Raise e n | Root e | RealPower e q
                 | BatchSum index e | Kronecker index index

A tree is what the text is, operator by operator, so that a proof script can name every part of a goal. A leaf is written by a
*spelling*, since `mu` is `mean m x` in training and a variable in evaluation mode. Positions count from 0 in Coq: the index 1
is written 0.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import assert_never

from symbn.diagnostic import Value
from symbn.kernel.term import BATCH, Add, Delta, Entry, Index, Mul, Num, Power, Sum, Term, Var, add, mul, num, power

_SUM, _PRODUCT, _PREFIX, _POWER, _CALL, _ATOM = range(6)
_LEVEL = {"+": _SUM, "-": _SUM, "*": _PRODUCT, "/": _PRODUCT}


class NotCertified(Exception):
    """What cannot be certified yet, with the reason. Never a verdict on the equation."""


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Literal(Value):
    value: int


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Leaf(Value):
    name: str
    indices: tuple[Index, ...] = ()


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Binary(Value):
    operator: str
    left: Expression
    right: Expression


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Opposite(Value):
    of: Expression


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Inverse(Value):
    of: Expression


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Raise(Value):
    base: Expression
    exponent: int


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Root(Value):
    of: Expression


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class RealPower(Value):
    base: Expression
    exponent: Fraction


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class BatchSum(Value):
    index: Index
    body: Expression


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Kronecker(Value):
    left: Index
    right: Index


Expression = Literal | Leaf | Binary | Opposite | Inverse | Raise | Root | RealPower | BatchSum | Kronecker
Spelling = Callable[[Leaf], str]
ZERO, ONE, SIZE = Literal(0), Literal(1), Leaf("m")


def parts(expression: Expression) -> tuple[Expression, ...]:
    match expression:
        case Literal() | Leaf() | Kronecker():
            return ()
        case Binary(left=left, right=right):
            return (left, right)
        case Opposite(of=inner) | Inverse(of=inner) | Root(of=inner) | BatchSum(body=inner):
            return (inner,)
        case Raise(base=inner) | RealPower(base=inner):
            return (inner,)
        case _:
            assert_never(expression)


def within(expression: Expression) -> Iterator[Expression]:
    """Yield the expression and everything in it, the outermost first."""
    yield expression
    for part in parts(expression):
        yield from within(part)


def rebuilt(expression: Expression, put: Callable[[Expression], Expression | None]) -> Expression:
    """Return the expression with every part for which `put` has an answer replaced by it, from the outside in."""
    found = put(expression)
    if found is not None:
        return found
    match expression:
        case Literal() | Leaf() | Kronecker():
            return expression
        case Binary(operator=operator, left=left, right=right):
            return Binary(operator, rebuilt(left, put), rebuilt(right, put))
        case Opposite(of=inner) | Inverse(of=inner) | Root(of=inner):
            return type(expression)(rebuilt(inner, put))
        case Raise(base=base, exponent=whole):
            return Raise(rebuilt(base, put), whole)
        case RealPower(base=base, exponent=exponent):
            return RealPower(rebuilt(base, put), exponent)
        case BatchSum(index=index, body=body):
            return BatchSum(index, rebuilt(body, put))
        case _:
            assert_never(expression)


def reindexed(expression: Expression, names: Mapping[Index, Index]) -> Expression:
    """Return the expression with other free indices. The new ones must not be bound in it."""

    def put(part: Expression) -> Expression | None:
        match part:
            case Leaf(name=name, indices=indices):
                return Leaf(name, tuple(names.get(i, i) for i in indices))
            case Kronecker(left=left, right=right):
                return Kronecker(names.get(left, left), names.get(right, right))
            case BatchSum(index=index, body=body) if index in names:
                return BatchSum(index, reindexed(body, {old: new for old, new in names.items() if old != index}))
            case _:
                return None

    return rebuilt(expression, put)


# ---------------------------------------------------------------------- from terms, and back


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


# ---------------------------------------------------------------------- as text


def position(index: Index) -> str:
    """Return an index as Coq writes it."""
    return f"{index.name - 1}%nat" if isinstance(index.name, int) else index.name


def written(expression: Expression, spelling: Spelling) -> str:
    """Return the expression as Coq reads it."""
    return _written(expression, spelling)[0]


def _written(expression: Expression, spelling: Spelling) -> tuple[str, int]:
    def inner(part: Expression, least: int) -> str:
        text, level = _written(part, spelling)
        return text if level >= least else f"({text})"

    match expression:
        case Literal(value=value):
            return (str(value), _ATOM) if value >= 0 else (f"({value})", _ATOM)
        case Leaf():
            text = spelling(expression)
            return text, _CALL if " " in text else _ATOM
        case Kronecker(left=left, right=right):
            return f"delta {position(left)} {position(right)}", _CALL
        case Binary(operator=operator, left=left, right=right):
            level = _LEVEL[operator]
            return f"{inner(left, level)} {operator} {inner(right, level + 1)}", level
        case Opposite(of=of):
            return f"- {inner(of, _POWER)}", _SUM
        case Inverse(of=of):
            return f"/ {inner(of, _POWER)}", _PREFIX
        case Raise(base=base, exponent=whole):
            return f"{inner(base, _CALL)} ^ {whole}", _POWER
        case Root(of=of):
            return f"sqrt {inner(of, _ATOM)}", _CALL
        case RealPower(base=base, exponent=exponent):
            return f"Rpower {inner(base, _ATOM)} ({exponent.numerator} / {exponent.denominator})", _CALL
        case BatchSum(index=index, body=body):
            return f"bsum m (fun {position(index)} => {inner(body, _SUM)})", _CALL
        case _:
            assert_never(expression)
