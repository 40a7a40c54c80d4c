"""The text of an answer, to the letter: fixed width, no colour, no times."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

import symbn
from symbn.report.terminal import Style, render
from tests.report.values import hostile, kinds, repaired

GOLDEN = {
    "dL/dbeta = sum_j g_j": """
proved for every batch size
  read as: for all m >= 1: dL/dbeta = (sum_j g_j)
""",
    "dvar/dx_i = (x_i - mu)/m": """
refuted at m = 2; true for m <= 1
  read as: for all m >= 1 and all i: dvar/dx_i = (x_i - mu)/m
  reading: dvar/dx is the total derivative
  at:      m = 2, x = (0, 2), i = 1
  so that: mu = 1, var = 1
  left  = -1
  right = -1/2
""",
    "dxhat_i/dx_i = 1/s": """
proved for every batch size with a caveat
  read as: for all m >= 1, eps > 0 and all i: dxhat_i/dx_i = 1/s
  only if: dxhat/dx is the local derivative, with mu and var held fixed
""",
    "L = sum_j g_j y_j": """
undecided
  read as: for all m >= 1, eps > 0: L = (sum_j (g_j*y_j))
  because: the loss is known only through its gradient: its own value is not
           determined
""",
    r"\frac{\partial\mu}{x} = 1": r"""
error[half-derivative]: half a derivative: one part of the fraction has a
differential sign, the other has none
 --> <formula>:1:19
  |
1 | \frac{\partial\mu}{x} = 1
  |                   ^^^
  = help: write the sign on both parts: \frac{\partial a}{\partial b}
""",
}


@pytest.mark.parametrize("formula", list(GOLDEN))
def test_the_answer_is_as_written_here(formula: str) -> None:
    assert re.sub(r"  \([\d.]+ ms\)", "", str(symbn.verify(formula))).strip() == GOLDEN[formula].strip()


def test_wide_characters_keep_the_caret_in_place() -> None:
    shown = str(symbn.verify("x̂_i + 漢 = 0"))
    source, caret = shown.splitlines()[3:5]
    assert source.endswith("x̂_i + 漢 = 0")
    assert caret.endswith("^^")
    assert caret.index("^") == source.replace("̂", "").index("漢")


def test_a_repair_is_shown_under_the_counterexample() -> None:
    assert r"""
  right = 5/16
  repair:  the last term is added, but it must be subtracted [wrong-sign]
  correct: \frac{\partial L}{\partial x_i} = \frac{\gamma}{m s}(m g_i - \sum_j
           g_j - \hat x_i \sum_j g_j \hat x_j)
               ^""" in render(repaired())


def test_an_expectation_is_in_the_answer() -> None:
    steps = kinds()
    assert render(steps["expected"]).startswith("refuted at m = 2; true for m <= 1, as expected  (1.0 ms)\n")
    assert "\n  but:     expected refuted, got proved\n" in render(steps["surprising"])
    assert render(replace(steps["unreadable"], expected="proved")).endswith("got unreadable half-derivative")
    assert render(steps["assumed"]).splitlines()[-1] == "  because: a definition"


def test_a_hostile_file_name_cannot_drive_the_terminal() -> None:
    for step in hostile().steps:
        for width in (30, 80):
            shown = render(step, Style(width))
            assert all(c.isprintable() or c == "\n" for c in shown)
            assert not any(line.lstrip().startswith("::") for line in shown.splitlines())
