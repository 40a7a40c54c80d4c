"""The same formulas in floating-point numbers: derivatives by central differences, and a loss that is not linear.

The loss is f(y) = sum_k (w_k sin y_k + y_k^2 / 2), so that its upstream gradient g_k = w_k cos y_k + y_k is computed, not
chosen: whatever symbn says of L, knowing g only, has to hold for this one too.
"""

from __future__ import annotations

from collections.abc import Mapping
from math import cos, sin, sqrt

from scripts.attacking.formula import Add, Delta, Formula, Index, Mul, Name, Num, Pow, Size, Slope, Sum
from scripts.attacking.value import Point, Undefined, Unlabelled, depends

STEP = 1e-5
Shift = tuple[str, int, float]


class Floating:
    """One point. shifts: derivatives being taken, the outermost first, each with the nodes it holds."""

    def __init__(self, point: Point, local: frozenset[tuple[str, str]], nonlinear: bool) -> None:
        self.point, self.local, self.nonlinear = point, local, nonlinear
        self.weights = [0.7 + 0.3 * k for k in range(point.m)]
        self.memo: dict[tuple[tuple[tuple[Shift, frozenset[str]], ...], str, int], float] = {}

    def value(self, formula: Formula, at: Mapping[Index, int], shifts: tuple[tuple[Shift, frozenset[str]], ...] = ()) -> float:
        match formula:
            case Num(value=value):
                return float(value)
            case Size():
                return float(self.point.m)
            case Name(role=role, indices=indices):
                return self.node(role, self.place(indices[0], at) if indices else 0, shifts)
            case Delta(left=left, right=right):
                return float(self.place(left, at) == self.place(right, at))
            case Sum(index=index, body=body, excluding=excluding):
                skipped = {self.place(i, at) for i in excluding}
                return sum(self.value(body, {**at, index: p}, shifts) for p in range(1, self.point.m + 1) if p not in skipped)
            case Add(terms=terms):
                return sum(self.value(term, at, shifts) for term in terms)
            case Mul(factors=factors):
                product = 1.0
                for factor in factors:
                    product *= self.value(factor, at, shifts)
                return product
            case Pow(base=base, exponent=exponent):
                inner = self.value(base, at, shifts)
                if (abs(inner) < 1e-9 and exponent < 0) or (inner < 0 and exponent.denominator != 1):
                    raise Undefined
                return float(inner ** float(exponent)) if exponent.denominator != 1 else float(inner**exponent.numerator)
            case Slope(of=of, by=by):
                place = self.place(by.indices[0], at) if by.indices else 0
                local = isinstance(of, Name) and (of.role, by.role) in self.local
                held = frozenset({"mu", "var", "xhat", "y"}) - {by.role} if local else frozenset[str]()
                if isinstance(of, Name):
                    held -= {of.role}
                # Nested differences need longer steps, or rounding eats them.
                step = STEP if not shifts else 1e-3
                ends = [self.value(of, at, (*shifts, ((by.role, place, sign * step), held))) for sign in (1, -1)]
                return (ends[0] - ends[1]) / (2 * step)

    def place(self, index: Index, at: Mapping[Index, int]) -> int:
        place = index if isinstance(index, int) else at[index]
        if not 1 <= place <= self.point.m:
            raise Unlabelled
        return place

    def node(self, role: str, place: int, shifts: tuple[tuple[Shift, frozenset[str]], ...]) -> float:
        key = (shifts, role, place)
        if key not in self.memo:
            self.memo[key] = self.found(role, place, shifts)
        return self.memo[key]

    def found(self, role: str, place: int, shifts: tuple[tuple[Shift, frozenset[str]], ...]) -> float:
        if shifts:
            (moved, where, by), held = shifts[-1]
            if role == moved:
                return self.node(role, place, shifts[:-1]) + (by if place == where else 0.0)
            if role == "g" or role in held or not depends(role, moved, self.point.mode):
                return self.node(role, place, shifts[:-1])
        return self.define(role, place, shifts)

    def define(self, role: str, place: int, shifts: tuple[tuple[Shift, frozenset[str]], ...]) -> float:
        m, point = self.point.m, self.point
        each = range(1, m + 1)
        if role == "g" and self.nonlinear:
            y = self.node("y", place, ())
            return self.weights[place - 1] * cos(y) + y
        if role in point.arrays:
            return float(point.arrays[role][place - 1])
        if role in point.scalars:
            return float(point.scalars[role])
        match role:
            case "mu":
                return sum(self.node("x", j, shifts) for j in each) / m
            case "c":
                return self.node("x", place, shifts) - self.node("mu", 0, shifts)
            case "var":
                return sum(self.node("c", j, shifts) ** 2 for j in each) / m
            case "s":
                return sqrt(self.node("var", 0, shifts) + self.node("eps", 0, shifts))
            case "xhat":
                return self.node("c", place, shifts) / self.node("s", 0, shifts)
            case "y":
                return self.node("gamma", 0, shifts) * self.node("xhat", place, shifts) + self.node("beta", 0, shifts)
            case "L" if len(shifts) == 1:
                outputs = [self.node("y", j, shifts) for j in each]
                if self.nonlinear:
                    return sum(w * sin(y) + y * y / 2 for w, y in zip(self.weights, outputs, strict=True))
                return sum(self.node("g", j, ()) * y for j, y in zip(each, outputs, strict=True))
        raise Unlabelled


def value(
    formula: Formula, point: Point, at: Mapping[Index, int], local: frozenset[tuple[str, str]], nonlinear: bool = False
) -> float:
    """Return the value, to about eight digits. Raises: Undefined, Unlabelled, OverflowError."""
    return Floating(point, local, nonlinear).value(formula, at)
