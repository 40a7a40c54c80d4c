"""The equations of derivations/ get the verdict that each file states, and NumPy's finite differences agree."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

import symbn
from symbn.elaboration.elaborate import readings
from symbn.elaboration.notation import Notation
from symbn.kernel.evaluate import Point, evaluate
from symbn.kernel.term import Index
from symbn.syntax.parser import parse

FOLDER = Path(__file__).resolve().parent.parent / "derivations"
Array = npt.NDArray[np.float64]


def formulas(name: str) -> list[str]:
    lines = (FOLDER / name).read_text("utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("#")]


@pytest.mark.parametrize("formula", formulas("backward.txt"))
def test_the_backward_pass_is_proved(formula: str) -> None:
    verdict = symbn.verify(formula)
    assert verdict.kind == "proved", str(verdict)
    assert verdict.caveats == ()


@pytest.mark.parametrize("formula", formulas("mistakes.txt"))
def test_the_mistakes_are_refuted(formula: str) -> None:
    verdict = symbn.verify(formula)
    assert verdict.kind == "refuted", str(verdict)


def slope(function: Callable[[Array], float], at: Array, place: int) -> float:
    step = np.zeros_like(at)
    step[place] = 1e-5
    return (function(at + step) - function(at - step)) / 2e-5


def test_the_terms_that_are_proved_are_the_derivatives_that_numpy_measures() -> None:
    random = np.random.default_rng(7)
    m = 5
    x = random.integers(-6, 7, m).astype(np.float64)
    weights = random.integers(-4, 5, m).astype(np.float64)
    variance = Fraction(int(m * (x**2).sum() - x.sum() ** 2), m * m)
    root = next(r for r in range(2, 50) if r * r > variance)
    eps, gamma, beta = Fraction(root * root) - variance, Fraction(3), Fraction(-2)

    def loss(values: Array) -> float:
        hat = (values - values.mean()) / np.sqrt(values.var() + float(eps))
        return float((np.sin(weights * (float(gamma) * hat + float(beta)))).sum())

    hat = (x - x.mean()) / np.sqrt(x.var() + float(eps))
    upstream = weights * np.cos(weights * (float(gamma) * hat + float(beta)))
    (statement,) = parse(next(f for f in formulas("backward.txt") if r"- \hat x_i \sum_j g_j \hat x_j" in f))
    left_side, right_side = statement.sides
    goal = next(readings(left_side, right_side, statement.conditions, Notation())).goal()
    entries: dict[tuple[str, tuple[int, ...]], Fraction] = {}
    for place in range(m):
        entries["x", (place + 1,)] = Fraction(int(x[place]))
        entries["g", (place + 1,)] = Fraction(float(upstream[place]))
    for place in range(m):
        point = Point(m, {"eps": eps, "gamma": gamma, "beta": beta}, entries, {Index("i"): place + 1})
        left, right = evaluate(goal.left, point), evaluate(goal.right, point)
        assert left == right
        assert float(left) == pytest.approx(slope(loss, x, place), rel=1e-5, abs=1e-8)
