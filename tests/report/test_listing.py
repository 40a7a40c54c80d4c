"""What `symbn check` prints, to the letter: fixed width, no colour."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from symbn.answer import Step
from symbn.diagnostic import Span
from symbn.report.listing import render_notation, render_report, render_step
from symbn.report.terminal import Style, cells
from tests.report.values import FORMULA, everything, hostile, kinds, located, repaired, report

GOLDEN = {
    "proved": "ok notes.md:3:7  dL/dbeta = sum_j g_j",
    "assumed": "assumed notes.md:3:7  a definition",
    "expected": r"refuted, as expected [wrong-sign] notes.md:3:7  \frac{\partial L}{\partial x_...",
    "refuted": """
error[refuted]: the two sides are not equal
 --> notes.md:3:19
  |
3 | See $$dvar/dx_i = (x_i - mu)/m$$ here.
  |                   ^^^^^^^^^^^^
  = refuted at m = 2 (true for m <= 1): x = (0, 2), i = 1; left = -1, right =
    -1/2
  = read as: for all m >= 1 and all i: dvar/dx_i = (x_i - mu)/m
  = reading: dvar/dx is the total derivative
""",
    "repaired": r"""
error[wrong-sign]: the last term is added, but it must be subtracted
 --> notes.md:3:79
  |
3 | ...amma}{m s}(m g_i - \sum_j g_j + \hat x_i \sum_j g_j \hat x_j)$$ here.
  |                                  ^
  = refuted at m = 2 (true for m <= 1): x = (0, 2), g = (1, 0), eps = 3, gamma =
    1, i = 1; left = 3/16, right = 5/16
  = repair: \frac{\partial L}{\partial x_i} = \frac{\gamma}{m s}(m g_i - \sum_j
            g_j - \hat x_i \sum_j g_j \hat x_j)
                ^
  = read as: for all m >= 1, eps > 0 and all i: dL/dx_i = gamma*(m*g_i - (sum_j
             g_j) + xhat_i*(sum_j (g_j*xhat_j)))/(m*s)
""",
    "caveat": """
caveat: proved, but only if dxhat/dx is the local derivative, with mu and var
held fixed
 --> notes.md:3:7
  |
3 | See $$dxhat_i/dx_i = 1/s$$ here.
  |       ^^^^^^^^^^^^^^^^^^
  = read as: for all m >= 1, eps > 0 and all i: dxhat_i/dx_i = 1/s
""",
    "undecided": """
undecided: the loss is known only through its gradient: its own value is not
determined
 --> notes.md:3:7
  |
3 | See $$L = sum_j g_j y_j$$ here.
  |       ^^^^^^^^^^^^^^^^^
  = read as: for all m >= 1, eps > 0: L = (sum_j (g_j*y_j))
""",
    "unreadable": r"""
unreadable[half-derivative]: half a derivative: one part of the fraction has a
differential sign, the other has none
 --> notes.md:3:25
  |
3 | See $$\frac{\partial\mu}{x} = 1$$ here.
  |                         ^^^
  = help: write the sign on both parts: \frac{\partial a}{\partial b}
""",
    "unmatched": """
error[refuted]: the two sides are not equal
 --> notes.md:3:9
  |
3 | See $$x_i = x_k$$ here.
  |         ^
  = refuted at m = 2 (true for m <= 1): x = (0, 2), i = 1, k = 2; left = 0,
    right = 2
  = read as: for all m >= 1 and all i, k: x_i = x_k
  = warning[unmatched-index]: the index i is free on one side only, so the
    equation is claimed for every i
  = help: sum over i, or rename it to an index of the other side
warning[unmatched-index]: the index k is free on one side only, so the equation
is claimed for every k
 --> notes.md:3:15
  |
3 | See $$x_i = x_k$$ here.
  |               ^
  = help: sum over k, or rename it to an index of the other side
""",
    "surprising": """
error[unexpected]: expected refuted, got proved
 --> notes.md:3:7
  |
3 | See $$dL/dbeta = sum_j g_j$$ here.
  |       ^^^^^^^^^^^^^^^^^^^^
  = read as: for all m >= 1: dL/dbeta = (sum_j g_j)
""",
}


@pytest.fixture(scope="module")
def steps() -> dict[str, Step]:
    return kinds()


@pytest.mark.parametrize("kind", list(GOLDEN))
def test_each_kind_is_shown_as_written_here(steps: dict[str, Step], kind: str) -> None:
    assert render_step(report(), steps[kind], Style(80), False) == GOLDEN[kind].strip("\n")


def test_an_unwanted_answer_says_what_was_wanted(steps: dict[str, Step]) -> None:
    assert "  = expected proved, got refuted wrong-sign\n" in render_step(report(), steps["unwanted"], Style(80), False)


@pytest.mark.parametrize("width", [30, 40, 80, 120])
@pytest.mark.parametrize("explain", [False, True])
def test_no_line_is_wider_than_the_terminal(width: int, explain: bool) -> None:
    for line in render_report(everything(), Style(width), explain, verbose=True).splitlines():
        # A place is never broken: it could not be clicked.
        assert cells(line) <= width or re.search(r"notes\.md:\d+:\d+", line), line


def test_colour_changes_no_character() -> None:
    plain = render_report(everything(), Style(80), True, True)
    coloured = render_report(everything(), Style(80, True), True, True)
    assert "\x1b" not in plain
    assert "\x1b[1;32m-\x1b[0m" in coloured
    assert re.sub(r"\x1b\[[\d;]*m", "", coloured) == plain


@pytest.mark.parametrize("width", range(30, 121, 7))
def test_the_marks_are_under_the_changed_character_at_every_width(width: int) -> None:
    lines = render_step(report(), repaired(), Style(width), False).splitlines()
    first = next(n for n, line in enumerate(lines) if line.startswith("  = repair: "))
    (marked,) = [n for n in range(first, len(lines)) if lines[n].strip() == "^"]
    assert lines[marked - 1][lines[marked].index("^")] == "-"
    (carets,) = [n for n in range(first) if re.fullmatch(r"  \| +\^", lines[n])]
    assert lines[carets - 1][lines[carets].index("^")] == "+"


def test_a_line_of_thousands_of_characters_is_shown_around_the_span() -> None:
    text = "é" * 5000 + f"$${FORMULA}$$" + "漢" * 5000
    (step,) = located(FORMULA, text)
    shown = render_step(report(), step, Style(80), False).splitlines()
    assert shown[1] == f" --> notes.md:1:{5003 + FORMULA.index('= ') + 2}"
    assert shown[3].startswith("1 | ...")
    assert all(cells(line) <= 80 for line in shown)
    assert shown[3][shown[4].index("^") :].startswith(r"\frac{\gamma}")


def test_of_a_display_of_many_lines_the_line_of_the_span_is_shown() -> None:
    text = "$$\n\\begin{aligned}\n" + "x\n" * 3000 + FORMULA + "\n\\end{aligned}\n$$\n"
    (step,) = located(FORMULA, text)
    shown = render_step(report(), step, Style(80), False)
    assert "--> notes.md:3003:" in shown
    assert "aligned" not in shown


def test_a_place_is_counted_from_the_steps_own(steps: dict[str, Step]) -> None:
    moved = replace(steps["unreadable"], line=103, column=17)
    assert "--> notes.md:103:35" in render_step(report(), moved, Style(80), False)


def test_the_whole_report_has_problems_and_what_was_inferred_only() -> None:
    shown = render_report(everything(), Style(80))
    assert "\nok " not in shown
    assert "assumed" not in shown
    assert "refuted, as expected" in shown
    assert "error[bad-setting]: there is no setting `mood`\n --> notes.md:1:3\n" in shown
    assert shown.startswith("notation of notes.md\n  = N is the batch size, as its formulas use it\n\n")
    assert render_notation(everything(), Style(80), True).endswith("mean is \\mu_B")
    assert render_report(report(kinds()["proved"]), Style(80), only="refuted").count("\n") == 1
    assert render_report(replace(report(kinds()["proved"]), notation=()), Style(80)) == ""


@pytest.mark.parametrize("width", [30, 41, 60, 80, 97, 120])
def test_a_hostile_document_drives_neither_the_terminal_nor_a_ci_service(width: int) -> None:
    shown = render_report(hostile(), Style(width), True, True)
    assert all(c.isprintable() or c == "\n" for c in shown)
    assert not any(line.lstrip().startswith("::") for line in shown.splitlines())


def test_a_mark_of_nothing_or_beyond_the_end_stays_on_the_formula() -> None:
    step = repaired()
    assert step.repair is not None
    length = len(step.repair.latex)
    for span in (Span(0, 0), Span(length, length), Span(5, length + 40)):
        changed = replace(step, repair=replace(step.repair, changed=(span,)))
        assert all(len(line) <= 80 for line in render_step(report(), changed, Style(80), False).splitlines())
