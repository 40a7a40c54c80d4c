"""What a report shows of a step: the author's own formula, with the wrong part marked and the right one."""

from __future__ import annotations

from dataclasses import replace

import pytest

from symbn.answer import Step
from symbn.checking import check_formula
from symbn.diagnostic import Value
from symbn.judging import Options
from symbn.report.shown import equation, excerpt, repaired, shown
from symbn.typesetting import boxes
from symbn.typesetting.boxes import Box
from symbn.typesetting.latex import to_latex
from tests.report.values import everything, hostile, kinds, located, repaired as with_repair


def marked(box: Box | None, kind: str) -> list[str]:
    """Return the marked parts as LaTeX, from left to right."""
    if isinstance(box, boxes.Marked):
        return [to_latex(box.inner).strip()] if box.kind == kind else marked(box.inner, kind)
    parts: list[str] = []
    for value in [] if box is None else box.parts():
        for item in value if isinstance(value, tuple) else (value,):
            if isinstance(item, Value):
                parts += marked(item, kind)  # type: ignore[arg-type]
    return parts


def answer(formula: str) -> Step:
    (step,) = check_formula(formula, Options(repair=True))
    return step


@pytest.mark.parametrize(
    ("formula", "wrong", "right"),
    [
        (r"dL/dx_i = \frac{\gamma}{m s}(m g_i - \sum_j g_j + \hat x_i \sum_j g_j \hat x_j)", ["+"], ["-"]),
        (r"\frac{\partial \sigma^2}{\partial x_i} = \frac{x_i - \mu}{m}", ["="], ["2"]),
        (r"\hat x_i = (x_i - \mu)(\sigma^2+\epsilon)^{1/2}", ["1/2"], ["-1/2"]),
        ("dL/dgamma = sum_j g_j*x_j", ["x"], [r"\mathrm{xhat}"]),
    ],
)  # fmt: skip
def test_the_wrong_part_is_marked_in_place_and_the_right_one_in_the_repair(
    formula: str, wrong: list[str], right: list[str]
) -> None:  # fmt: skip
    step = answer(formula)
    assert marked(equation(step), boxes.WRONG) == wrong
    assert marked(repaired(step), boxes.REPAIRED) == right


def test_of_a_refuted_step_without_a_repair_the_relation_sign_is_marked() -> None:
    assert marked(equation(kinds()["refuted"]), boxes.WRONG) == ["="]


def test_nothing_is_marked_in_what_is_not_refuted() -> None:
    for name in ("proved", "caveat", "undecided", "assumed"):
        assert marked(equation(kinds()[name]), boxes.WRONG) == []


def test_a_repair_of_the_left_side_marks_the_left_side() -> None:
    (step,) = located(r"\frac{\gamma}{s} g_i = \frac{\partial L}{\partial \hat x_i}")
    (good,) = located(r"\gamma g_i = \frac{\partial L}{\partial \hat x_i}")
    assert with_repair().repair is not None
    repair = replace(with_repair().repair, latex=f"{good.lhs} = {good.rhs}", side="left", changed=())  # type: ignore[type-var]
    assert marked(equation(replace(step, repair=repair)), boxes.WRONG) == [r"\frac{\gamma}{s}"]


def test_the_relation_is_the_one_that_its_author_wrote() -> None:
    (step,) = located(r"\mu \approx \frac1m \sum_i x_i")
    box = equation(step)
    assert box is not None
    assert to_latex(box) == r"\mu \approx \frac{1}{m} \sum_i x_i"


def test_the_excerpt_of_what_cannot_be_read_has_its_fault_in_the_middle() -> None:
    step = kinds()["unreadable"]
    assert equation(step) is None
    assert excerpt(step) == (r"\frac{\partial\mu}", "{x}", " = 1")


def test_a_long_excerpt_is_cut_around_its_fault() -> None:
    (step,) = located("x_i = 1 + " * 400 + "@")
    before, fault, after = excerpt(step)
    assert before.startswith("...")
    assert (fault, after) == ("@", "")
    assert len(before) < 400


def test_every_step_can_be_shown_whatever_it_says() -> None:
    for report in (everything(), hostile()):
        for step in report.steps:
            content = shown(step)
            assert (content.formula is None) == (content.excerpt is not None)
            assert content.sign
            assert content.words.startswith(step.verdict)
