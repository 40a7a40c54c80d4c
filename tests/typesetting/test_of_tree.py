"""The author's own formula keeps its names and its meaning, and marks stand where they were put."""

from __future__ import annotations

import pytest

import symbn
from symbn.diagnostic import Span
from symbn.syntax.parser import parse
from symbn.typesetting import boxes
from symbn.typesetting.boxes import Box, Marked
from symbn.typesetting.latex import to_latex
from symbn.typesetting.of_tree import box_of_source, box_of_tree
from symbn.typesetting.text import to_text
from tests.formulas import FALSE, NEVER_PROVED, TRUE, WITH_CAVEAT, Formula

WRONG_SIGN = r"\frac{\partial L}{\partial x_i} = \frac{\gamma}{m s} \left( m g_i - \sum_j g_j + \hat x_i \sum_j g_j \right)"


@pytest.mark.parametrize("formula", [*TRUE, *WITH_CAVEAT, *FALSE, *NEVER_PROVED], ids=str)
def test_what_is_printed_means_the_same(formula: Formula) -> None:
    printed = to_latex(box_of_source(formula.text))
    wanted, got = (symbn.verify(text, let=formula.let, mode=formula.mode).steps for text in (formula.text, printed))
    assert [(s.verdict, s.caveat, s.statement) for s in got] == [(s.verdict, s.caveat, s.statement) for s in wanted]


def marked(box: Box) -> list[tuple[str, str]]:
    """Return what is marked, as text."""
    if isinstance(box, Marked):
        return [(box.kind, to_text(box))]
    found: list[tuple[str, str]] = []
    for part in box.parts():
        for inner in part if isinstance(part, tuple) else (part,):
            if isinstance(inner, boxes.Box):
                found += marked(inner)
    return found


@pytest.mark.parametrize(
    ("part", "shown"),
    [
        ("+", ["+"]),
        (r"+ \hat x_i \sum_j g_j", ["+", "x̂ᵢ ∑_j gⱼ"]),
        (r"\hat x_i", ["x̂ᵢ"]),
        (r"m s", ["m s"]),
        ("=", ["="]),
        (r"\partial x_i", ["xᵢ"]),  # half a derivative is no node, but it holds one
        (r"\frac{\partial", ["∂L/∂xᵢ"]),  # this holds none: the smallest one around it
        (WRONG_SIGN, ["∂L/∂xᵢ", "=", "γ/(m s) (m gᵢ − ∑_j gⱼ + x̂ᵢ ∑_j gⱼ)"]),
    ],
)
def test_a_mark_is_on_what_its_span_holds(part: str, shown: list[str]) -> None:
    start = WRONG_SIGN.index(part)
    box = box_of_source(WRONG_SIGN, [(Span(start, start + len(part)), boxes.WRONG)])
    assert marked(box) == [(boxes.WRONG, text) for text in shown]


def test_without_marks_nothing_is_marked() -> None:
    assert marked(box_of_source(WRONG_SIGN)) == []


@pytest.mark.parametrize(
    ("text", "latex"),
    [
        (r"a = 0.50", r"a = 0.50"),
        (r"a = 2 \times b", r"a = 2 \times b"),
        (r"\frac{dL}{dx_i} = \nabla_{\mu} L", r"\frac{d L}{d x_i} = \nabla_{\mu} L"),
        ("dL/dx_i = gamma/(m*sqrt(var))", r"\frac{d L}{d x_i} = \gamma/\left(m \cdot \sqrt{\mathrm{var}}\right)"),
        (r"\hat{x}_i^{(k)} = \boldsymbol\mu_{\mathcal B}", r"\hat x_i^{(k)} = \boldsymbol{\mu}_{\mathcal{B}}"),
        (r"x_i = 1, \quad i \neq k", r"x_i = 1, \quad i \neq k"),
        (r"E[x^2] = Var(x)", r"E [x^2] = \mathrm{Var} (x)"),
    ],
)  # fmt: skip
def test_the_layout_is_the_authors(text: str, latex: str) -> None:
    assert to_latex(box_of_source(text)) == latex


def test_what_cannot_be_read_is_shown_as_code() -> None:
    text = r"\oops{x & <script>} %$#_^~\\"
    assert box_of_source(text) == boxes.Code(text)
    assert to_latex(boxes.Code(text)).startswith(r"\texttt{\textbackslash{}oops\{x \& \textless{}script\textgreater{}\}")


def test_a_node_alone_is_printed_too() -> None:
    (statement,) = parse(WRONG_SIGN)
    assert to_latex(box_of_tree(statement.sides[0], WRONG_SIGN)) == r"\frac{\partial L}{\partial x_i}"
