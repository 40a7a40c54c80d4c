"""Real expressions in Coq's own syntax, as trees. `terms` makes them from terms of symbn's kernel, `printing` writes them.

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
from symbn.kernel.term import Index


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
