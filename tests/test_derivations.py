"""The equations of derivations/ get the verdict that each file states, and NumPy's finite differences agree."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from symbn.answer import CAVEAT, PROVED
from symbn.elaboration.elaborate import readings
from symbn.elaboration.notation import Notation
from symbn.kernel.evaluate import Point, evaluate
from symbn.judging import Options
from symbn.kernel.term import Index
from symbn.report.outcome import problems
from symbn.running import Settings, check_path
from symbn.syntax.parser import parse

FOLDER = Path(__file__).resolve().parent.parent / "derivations"
Array = npt.NDArray[np.float64]


DOCUMENTS = sorted([*FOLDER.rglob("*.md"), *FOLDER.rglob("*.ipynb")])
CLOSED_FORM = r"\left( m g_i - \sum_j g_j - \hat x_i \sum_j g_j \hat x_j \right)"


def name(path: Path) -> str:
    return path.relative_to(FOLDER).as_posix()


@pytest.mark.parametrize("path", DOCUMENTS, ids=name)
def test_every_formula_has_the_verdict_that_its_document_states(path: Path) -> None:
    report = check_path(str(path), Settings(Options(repair=True)))
    assert report.steps
    found = [f"line {step.line}: {step.verdict}, expected {step.expected}" for step in problems(report)]
    assert not found, "\n".join(found)
    assert not report.surprises
    assert all(step.expected is not None for step in report.steps)
    # What is true under a caveat only is marked as such.
    assert [step.line for step in report.steps if step.caveat is not None and step.expected != CAVEAT] == []


def test_every_route_and_every_source_has_its_document() -> None:
    assert {name(path) for path in DOCUMENTS} == {
        "centring.md", "closed_form.md", "evaluation.md", "invariance.md", "mistakes.md", "moments.md", "notebook.ipynb",
        "paper.md",
        "parameters.md", "quotient_rule.md", "staged.md", "two_samples.md", "as_published/assignment_post.md",
        "as_published/moments_question.md", "as_published/quotient_rule_post.md", "as_published/triangle_question.md",
    }  # fmt: skip


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
    report = check_path(str(FOLDER / "closed_form.md"), Settings(Options(repair=True)))
    step = next(step for step in report.steps if CLOSED_FORM in step.rhs)
    assert step.verdict == PROVED
    (statement,) = parse(f"{step.lhs} = {step.rhs}")
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
