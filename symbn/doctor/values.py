"""What the names of a test stand for, found by looking at its source: nothing is imported, called or run.

    value ::= number | (value, ..) | {text: value} | Numbers (an array: how it is drawn, its shape) | Output (y, times a number)
            | Squared (y^2, times a number) | Weighted (y times random numbers) | Total (a sum of one of these, times a number)

What is none of these is None: not known, and never guessed.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from math import prod

from symbn.doctor.setting import Draw, Loss

LARGEST = 10**9
Shape = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Numbers:
    """An array that does not depend on the layer. shape: None where it is not known. double: float64, or not said."""

    draw: Draw
    shape: Shape | None
    double: bool = True


@dataclass(frozen=True, slots=True)
class Output:
    factor: Fraction = Fraction(1)
    shape: Shape | None = None


@dataclass(frozen=True, slots=True)
class Squared:
    factor: Fraction = Fraction(1)
    shape: Shape | None = None


@dataclass(frozen=True, slots=True)
class Weighted:
    weights: Numbers
    factor: Fraction = Fraction(1)
    shape: Shape | None = None


@dataclass(frozen=True, slots=True)
class Total:
    """A loss."""

    loss: Loss


Value = (
    int | float | str | tuple["Value", ...] | Mapping[str, "Value"] | Numbers | Output | Squared | Weighted | Total | ast.Lambda
    | ast.FunctionDef | None
)  # fmt: skip
Names = Mapping[str, Value]


def number(value: Value) -> float | None:
    """Return a finite number, or None."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) <= LARGEST:
        return None
    return float(value)


def shape_of(value: Value) -> Value:
    """Return the shape of an array, as a tuple of what is known of it."""
    return value.shape if isinstance(value, Numbers | Output | Squared | Weighted) else None


def combined(left: Value, operator: ast.operator, right: Value) -> Value:
    """Return the value of `left operator right`."""
    a, b = number(left), number(right)
    if isinstance(left, tuple) and isinstance(right, tuple) and isinstance(operator, ast.Add):
        return (*left, *right)
    if a is not None and b is not None:
        return _arithmetic(left, operator, right)
    match operator:
        case ast.Mult():
            return product(left, right)
        case ast.Div() if b:
            return product(left, 1 / Fraction(str(b)) if isinstance(left, Output | Squared | Weighted | Total) else 1 / b)
        case ast.Pow() if b == 2 and isinstance(left, Output):
            return Squared(left.factor**2, left.shape)
        case ast.Add() | ast.Sub():
            sign = 1 if isinstance(operator, ast.Add) else -1
            if isinstance(left, Numbers) and b is not None and left.draw.kind != "given":
                return replace(left, draw=replace(left.draw, shift=left.draw.shift + sign * b))
            if isinstance(right, Numbers) and a is not None and right.draw.kind != "given":
                draw = right.draw
                return replace(right, draw=replace(draw, scale=sign * draw.scale, shift=a + sign * draw.shift))
    return None


def _arithmetic(left: Value, operator: ast.operator, right: Value) -> Value:
    if not isinstance(left, int | float) or not isinstance(right, int | float) or max(abs(left), abs(right)) > LARGEST:
        return None
    try:
        match operator:
            case ast.Add():
                return left + right
            case ast.Sub():
                return left - right
            case ast.Mult():
                return left * right
            case ast.Div():
                return left / right
            case ast.FloorDiv():
                return left // right
            case ast.Pow() if abs(right) <= 64:
                found = float(left) ** right if isinstance(left, float) or right < 0 else left**right
                return found if isinstance(found, int | float) else None
    except (ArithmeticError, ValueError):
        return None
    return None


def product(left: Value, right: Value | Fraction) -> Value:
    """Return the product of two values, one of them a number or an array."""
    if isinstance(left, int | float) and not isinstance(right, int | float | Fraction):
        return product(right, left)
    if isinstance(left, Numbers) and isinstance(right, Output):
        return product(right, left)
    if isinstance(left, int | float) and isinstance(right, int | float):
        return _arithmetic(left, ast.Mult(), right)
    if isinstance(right, int | float | Fraction):
        if not -LARGEST <= right <= LARGEST:
            return None
        factor = right if isinstance(right, Fraction) else Fraction(str(right))
        match left:
            case Output() | Squared() | Weighted():
                return replace(left, factor=left.factor * factor)
            case Total(loss=loss):
                return Total(replace(loss, factor=loss.factor * factor))
            case Numbers(draw=draw):
                table = tuple(float(factor) * entry for entry in draw.table)
                scaled = Draw(draw.kind, draw.scale * float(factor), draw.shift * float(factor), table)
                return replace(left, draw=scaled)
    if isinstance(left, Output) and isinstance(right, Output):
        return Squared(left.factor * right.factor, left.shape)
    if isinstance(left, Output) and isinstance(right, Numbers):
        if right.draw.kind == "constant" and abs(right.draw.shift) <= LARGEST:
            return replace(left, factor=left.factor * Fraction(str(right.draw.shift)))
        return Weighted(right, left.factor, left.shape)
    return None


def total(value: Value, mean: bool = False) -> Value:
    """Return the sum (or the mean) of all entries, as a loss."""
    part = Fraction(1)
    if mean:
        shape = shape_of(value)
        if not isinstance(shape, tuple) or any(number(size) == 0 for size in shape):
            return None
        part = Fraction(1, prod(size for size in shape if isinstance(size, int)))
    if not isinstance(value, Output | Squared | Weighted) or abs(value.factor) > LARGEST:
        return None
    match value:
        case Output(factor=factor):
            return Total(Loss("constant", factor * part))
        case Squared(factor=factor):
            return Total(Loss("output", 2 * factor * part))
        case Weighted(weights=weights, factor=factor) if weights.draw.kind in ("normal", "uniform"):
            return Total(Loss("random", factor * part))
    return None
