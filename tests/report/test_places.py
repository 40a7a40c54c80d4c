"""The caret is on what is wrong, and a repair is an edit only where it can be applied."""

from __future__ import annotations

from dataclasses import replace

import pytest

from symbn.answer import Repair, Step
from symbn.report.places import edit, in_file, primary, region
from tests.report.values import REPAIRED, located, repaired


def with_repair(formula: str, latex: str, side: str = "right") -> Step:
    return replace(located(formula)[0], repair=Repair("wrong", "wrong", latex, (), side))


@pytest.mark.parametrize(
    ("written", "latex", "side"),
    [
        (r"\mu = \sum_j x_j", r"\mu = \frac{1}{m} \sum_j x_j", "right"),
        (r"\mu = \frac{1}{m} m x_i", r"\mu = x_i", "right"),
        (r"\mu &= \beta", r"\mu = \bar x", "right"),
        (r"\beta = \gamma", r"\beta = \gammas", "right"),
        (r"\mu_i = \mu", r"\mu = \mu", "left"),
        ("x = 1 = 1", "x = 1 = 2", "right"),
    ],
)
def test_the_edit_makes_the_written_side_into_the_repaired_one(written: str, latex: str, side: str) -> None:
    left, _, right = written.replace("&=", "=").partition(" = ")
    start = 7
    (base,) = located("dL/dbeta = sum_j g_j")
    source = f"before {written} after"
    step = replace(
        base, source=source, span=replace(base.span, start=start, end=start + len(written)), lhs=left, rhs=right,
        verdict="refuted", repair=Repair("wrong", "wrong", latex, (), side),
    )  # fmt: skip
    change = edit(step)
    assert change is not None
    result = source[: change.span.start] + change.text + source[change.span.end :]
    assert result.replace("&=", "=") == f"before {latex} after"
    assert source[change.span.start - 1 : change.span.start] != "\\", "a command is never cut"


def test_only_the_sign_is_marked_and_replaced() -> None:
    step = repaired()
    change = edit(step)
    assert change is not None
    assert (step.source[change.span.start : change.span.end], change.text) == ("+", "-")
    assert primary(step) == change.span


def test_no_edit_where_the_formula_does_not_stand_in_the_source_as_read() -> None:
    step = repaired()
    assert edit(replace(step, rhs=step.rhs + "+ 1")) is None
    assert edit(replace(step, repair=Repair("wrong", "wrong", "a = " + REPAIRED))) is None
    assert edit(replace(step, repair=None)) is None
    assert primary(replace(step, repair=None)).end == step.span.end
    assert step.source[primary(replace(step, repair=None)).start :].startswith(step.rhs)


def test_a_step_of_a_chain_is_its_right_side_and_the_left_one_stands_elsewhere() -> None:
    step = repaired()
    chained = replace(step, span=replace(step.span, start=step.span.end - len(step.rhs)))
    assert edit(chained) == edit(step)
    assert chained.repair is not None
    assert edit(replace(chained, repair=replace(chained.repair, side="left"))) is None


def test_no_edit_of_a_page_or_a_notebook_or_a_text_that_is_not_the_files() -> None:
    step = repaired()
    assert in_file(step)
    assert not in_file(replace(step, file="a.ipynb"))
    assert not in_file(replace(step, line=step.line + 1))


def test_a_region_is_never_empty_inside_a_line() -> None:
    step = replace(with_repair("mu = x_i", "mu = 2 x_i"), diagnostics=())
    (line, column), (end_line, end_column) = region(step)
    assert (line, end_line) == (3, 3)
    assert end_column > column >= 1
