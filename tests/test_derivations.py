"""The equations of derivations/ get the verdict that each document states, and NumPy's finite differences agree."""

from __future__ import annotations

import re
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

import symbn
from symbn.answer import ASSUMED, CAVEAT, PROVED, REFUTED, UNREADABLE
from symbn.elaboration.elaborate import readings
from symbn.elaboration.notation import Notation
from symbn.judging import Options
from symbn.kernel.evaluate import Point, evaluate
from symbn.kernel.term import Index
from symbn.running import Settings, check_path
from symbn.syntax.parser import parse

FOLDER = Path(__file__).resolve().parent.parent / "derivations"
SUFFIXES = (".md", ".tex", ".html", ".rst", ".ipynb")
Array = npt.NDArray[np.float64]


def documents() -> list[Path]:
    return sorted(path for path in FOLDER.rglob("*") if path.suffix in SUFFIXES)


@pytest.mark.parametrize("path", documents(), ids=lambda path: path.stem)
def test_every_step_of_a_document_is_as_the_document_expects(path: Path) -> None:
    report = check_path(str(path), Settings(Options(repair=True)))
    assert report.problems == ()
    assert report.steps != ()
    for step in report.steps:
        where = f"{path.name}:{step.line} {step.lhs} = {step.rhs}"
        assert step.expected is not None, where
        assert not step.surprising, f"{where}: expected {step.expected}, got {step.verdict} {step.codes}"
        assert step.caveat is None or step.expected == CAVEAT, f"{where}: a caveat of its own: {step.caveat}"


@pytest.mark.parametrize("path", documents(), ids=lambda path: path.stem)
def test_without_repairs_a_document_expects_the_same_verdicts(path: Path) -> None:
    report = check_path(str(path), Settings(Options()))
    assert report.surprises == ()


def test_the_documents_show_every_verdict_that_a_derivation_can_get() -> None:
    reports = [check_path(str(path), Settings(Options())) for path in documents()]
    assert {step.verdict for report in reports for step in report.steps} >= {PROVED, REFUTED, UNREADABLE, ASSUMED}


def closed_form() -> str:
    text = (FOLDER / "closed_form.md").read_text("utf-8")
    (formula,) = re.findall(r"this is the closed form:\n\n\$\$(.*?)\$\$", text, re.DOTALL)
    return str(formula)


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
    assert symbn.verify(closed_form()).kind == PROVED
    (statement,) = parse(closed_form())
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
