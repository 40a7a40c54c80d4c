"""Expressions as Coq reads them, with the brackets that they need and no others."""

from __future__ import annotations

from typing import assert_never

from symbn.certificates.expressions import (
    BatchSum,
    Binary,
    Expression,
    Inverse,
    Kronecker,
    Leaf,
    Literal,
    Opposite,
    Raise,
    RealPower,
    Root,
    Spelling,
)
from symbn.kernel.term import Index

_SUM, _PRODUCT, _PREFIX, _POWER, _CALL, _ATOM = range(6)
_LEVEL = {"+": _SUM, "-": _SUM, "*": _PRODUCT, "/": _PRODUCT}


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
