"""The LaTeX compiles as it is, with amsmath alone, and nothing in it is a command of the user's."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

import symbn
from symbn.layers.batchnorm import CLOSED_FORMS
from symbn.typesetting import boxes
from symbn.typesetting.aligned import chain_latex, page_latex
from symbn.typesetting.boxes import Box
from symbn.typesetting.latex import to_latex
from symbn.typesetting.of_meaning import boxes_of, equation_box
from symbn.typesetting.of_tree import box_of_source
from symbn.typesetting.styles import DEFAULT, PRESETS
from tests.formulas import FALSE, TRUE
from tests.typesetting.meanings import known_equations, random_meaning, read

NASTY = r"\end{document} \input{/etc/passwd} %$&#_^~{}\ <b> “ü” 中"
ODD: list[Box] = [
    boxes.Words(NASTY),
    boxes.Code(NASTY),
    boxes.Matrix(((boxes.Numeral("1"), boxes.Quotient(boxes.Numeral("1"), boxes.Letter("m", "m"))),) * 2, "["),
    boxes.Choices(((boxes.Numeral("1"), boxes.Words("if so")), (boxes.Numeral("0"), None))),
    boxes.Bracket("{", boxes.Radical(boxes.Numeral("2"), boxes.Numeral("3"))),
    boxes.Accent("vec", boxes.Letter("x", "x")),
]


def test_words_hold_no_command() -> None:
    for box in (boxes.Words(NASTY), boxes.Code(NASTY)):
        inside = to_latex(box).partition("{")[2]
        assert set(re.findall(r"\\[A-Za-z]+", inside)) <= {
            r"\textbackslash", r"\textasciitilde", r"\textasciicircum", r"\textless", r"\textgreater",
        }  # fmt: skip
        assert not re.search(r"(?<!\\)[%$&#_^~]", inside)


def test_letters_that_tex_lacks_are_spelled_out() -> None:
    assert (
        to_latex(boxes.Words("γ ü 中 “x” ∂"))
        == r"\text{\ensuremath{\gamma} ü [U+4E2D] [U+201C]x[U+201D] \ensuremath{\partial}}"
    )


def test_marks_are_coloured_only_if_asked_for() -> None:
    marked = boxes.row(boxes.Numeral("1"), boxes.Marked(boxes.WRONG, boxes.PLUS), boxes.Marked(boxes.WRONG, boxes.Numeral("2")))
    assert to_latex(marked) == "1 + 2"
    assert to_latex(marked, colours=True) == r"1 \mathbin{\color{red}+} {\color{red}2}"


def test_a_chain_is_aligned_and_proved() -> None:
    first, second = (read(CLOSED_FORMS[n].formula, DEFAULT.notation()) for n in (1, 0))
    chain = boxes_of((first.left, first.right, second.right))
    text = chain_latex(chain, width=40)
    assert text.startswith("\\begin{aligned}\n")
    assert text.count(r" \\") == 3
    assert [step.verdict for step in symbn.verify(text).steps] == ["proved", "proved"]


@pytest.mark.skipif(shutil.which("pdflatex") is None, reason="pdflatex is not installed")
def test_every_formula_compiles(tmp_path: Path) -> None:
    equations = [equation for _, equation in known_equations()]
    formulas = [page_latex(equation_box(e.left, e.right, style)) for e in equations for style in PRESETS.values()]
    formulas += [page_latex(box) for n in range(60) for box in boxes_of((random_meaning(f"{n}"),))]
    formulas += [to_latex(box_of_source(formula.text), colours=True) for formula in (*TRUE, *FALSE)]
    formulas += [to_latex(box) for box in ODD]
    body = "\n".join(f"\\[\n{formula}\n\\]" for formula in formulas)
    head = "\\documentclass{article}\\usepackage[T1]{fontenc}\\usepackage{amsmath,amssymb,xcolor}\\begin{document}\n"
    (tmp_path / "all.tex").write_text(f"{head}{body}\n\\end{{document}}\n", "utf-8")
    command = ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "-no-shell-escape", "all.tex"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=120, check=False, errors="replace")
    assert done.returncode == 0, done.stdout[-2000:]
    assert len(formulas) > 500
