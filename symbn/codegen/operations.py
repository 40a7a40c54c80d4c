"""The four operations as infix text, which C and Python write alike."""

from __future__ import annotations

from collections.abc import Callable
from typing import assert_never

from symbn.codegen.program import Expression, Minus, Over, Plus, Times

SUM, PRODUCT, POWER, ATOM = range(4)  # how tightly what was printed holds together


def infix(value: Plus | Minus | Times | Over, inside: Callable[[Expression, int], str]) -> tuple[str, int]:
    """Return the text of an operation, and how tightly it holds together. inside: prints a part, in brackets if it holds less
    tightly than is asked."""
    match value:
        case Plus(left, right):
            return f"{inside(left, SUM)} + {inside(right, PRODUCT)}", SUM
        case Minus(left, right):
            return f"{inside(left, SUM)} - {inside(right, PRODUCT)}", SUM
        case Times(left, right):
            return f"{inside(left, PRODUCT)} * {inside(right, POWER)}", PRODUCT
        case Over(left, right):
            return f"{inside(left, PRODUCT)} / {inside(right, POWER)}", PRODUCT
        case _:
            assert_never(value)
