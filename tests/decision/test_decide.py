"""Counterexamples: the smallest batch, small numbers, and verdicts that exact evaluation confirms; mutants of true formulas."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from itertools import product
from random import Random

import pytest

import symbn
from symbn.elaboration.elaborate import readings
from symbn.elaboration.meaning import OutsideError
from symbn.elaboration.notation import Notation
from symbn.elaboration.readings import TooManyReadingsError
from symbn.errors import UnreadableError
from symbn.kernel.evaluate import Irrational, Point, Undefined, evaluate
from symbn.kernel.goal import Goal
from symbn.syntax import latex
from symbn.syntax.parser import parse
from tests.formulas import TRUE
from tests.kernel.test_verdict import points

SOURCES = [f.text for f in TRUE if "\\" in f.text and not f.let and f.mode == "train" and "_{ij}" not in f.text]
SWAPS = {
    "+": ["-"], "-": ["+"], "\\hat": [""], "\\gamma": ["", "\\beta"], "\\mu": ["x_i", ""], "\\epsilon": ["0"], "i": ["j", "k"],
    "j": ["i"], "k": ["i"], "m": ["(m-1)", ""], "2": ["3", "1"], "3": ["1", "2"], "1": ["2"], "g": ["x"], "x": ["g", "\\hat x"],
    "s": ["(\\sigma^2+\\epsilon)"], "\\sqrt": [""], "/": [""],
}  # fmt: skip


def mutants(text: str) -> Iterator[str]:
    """Yield the text with one symbol changed, left out or put in."""
    for token in latex.scan(text)[:-1]:
        for put in SWAPS.get(token.text, []):
            yield text[: token.span.start] + put + text[token.span.end :]


def label(goal: Goal, random: Random) -> bool | None:
    """Tell by exact evaluation whether the goal holds, at many points and sizes; None if it has too few values to tell."""
    met = 0
    for m in range(goal.least_batch(), 5):
        for _ in range(5):
            point = points(random, m)
            scalars = {**point.scalars, "gamma": Fraction(random.choice((-2, 3, 5))), "beta": Fraction(random.choice((-1, 2)))}
            named = sorted((i for i in goal.indices if isinstance(i.name, str)), key=str)
            for places in product(range(1, m + 1), repeat=len(named)):
                at = dict(zip(named, places, strict=True))
                if not goal.admits(at):
                    continue
                where = Point(m, scalars, point.entries, at)
                try:
                    if evaluate(goal.left, where) != evaluate(goal.right, where):
                        return False
                    met += m > 1
                except (Undefined, Irrational):
                    continue
    return True if met >= 20 else None


def labels(text: str, random: Random) -> list[list[bool | None]]:
    """Return for each step the label of every reading."""
    found = []
    for statement in parse(text):
        for left, right in zip(statement.sides, statement.sides[1:], strict=False):
            here = []
            try:
                for equation in readings(left, right, statement.conditions, Notation()):
                    here.append(label(equation.goal(), random))
            except (TooManyReadingsError, OutsideError):
                pass
            found.append(here)
    return found


@pytest.mark.parametrize("seed", range(24))
def test_no_false_mutant_is_proved_and_no_true_one_refuted(seed: int) -> None:
    random = Random(seed)
    every = [m for n, text in enumerate(SOURCES) if n % 24 == seed for m in mutants(text)]
    for text in random.sample(every, min(25, len(every))):
        try:
            truth = labels(text, random)
        except UnreadableError:
            assert symbn.verify(text).kind == "unreadable"
            continue
        for step, here in zip(symbn.verify(text).steps, truth, strict=True):
            if step.verdict == "proved":
                assert here[0] is not False or step.caveat is not None, f"{text}\n{step}"
                assert any(value is not False for value in here), f"{text}\n{step}"
            if step.verdict == "refuted":
                assert not any(here), f"{text}\n{step}"


def test_the_point_is_small_enough_for_paper() -> None:
    (step,) = symbn.verify(r"\frac{\partial \sigma^2}{\partial x_i} = \frac{x_i - \mu}{m}").steps
    assert step.counterexample is not None
    assert step.counterexample.m == 2
    assert dict(step.counterexample.entries) == {"x_1": 0, "x_2": 2}


def test_the_same_formula_gets_the_same_counterexample() -> None:
    text = "sum_j (x_j - mu)^3 = 0"
    first, second = (symbn.verify(text).steps[0].counterexample for _ in range(2))
    assert first == second


def test_quarter_powers_get_a_fourth_power() -> None:
    (step,) = symbn.verify(r"\hat{x}_i = (x_i - \mu)(\sqrt{\sigma^2 + \epsilon})^{-0.5}").steps
    assert step.verdict == "refuted"


def test_a_formula_without_rational_points_at_three_is_still_decided() -> None:
    # At m = 3 the variance of rational numbers is no square unless it is 0; at m = 2 it always is.
    assert symbn.verify(r"\sqrt{\sigma^2} = \sigma^2").kind == "refuted"


@pytest.mark.parametrize(
    "text",
    [
        r"\frac{\partial L}{\partial \mu} = -\frac{\gamma}{\sqrt{\frac12 \sigma^2+\epsilon}} \sum_j g_j",
        r"\frac{\partial L}{\partial x_i} = \frac{\gamma}{m\sqrt{s+\epsilon}} (m g_i - \sum_j g_j)",
    ],
)
def test_two_unrelated_roots_are_rational_at_one_point(text: str) -> None:
    (step,) = symbn.verify(text).steps
    assert step.verdict == "refuted"
    assert step.counterexample is not None
    assert step.counterexample.m == 2


def test_what_is_outside_the_fragment_is_undecided_with_a_reason() -> None:
    (step,) = symbn.verify(r"\sum_j \frac{1}{x_j} = \sum_k \frac{2 x_k}{2 x_k^2}").steps
    assert step.verdict == "undecided"
    assert "denominator" in (step.reason or "")
