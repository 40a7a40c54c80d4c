"""Macros: what is read as a definition, what an expansion says, and where its characters come from."""

from __future__ import annotations

import pytest

from symbn.diagnostic import Span
from symbn.document.source import Formula
from tests.document.helpers import formulas, read

TABLE = [
    (r"\newcommand{\x}{y_i} $\x = 1$", "y_i = 1"),
    (r"\newcommand\x{y} $\x1$", "y1"),
    (r"\newcommand*{\pd}[2]{\frac{\partial#1}{\partial#2}} $\pd{L}{x_i}$", r"\frac{\partial L}{\partial x_i}"),
    (r"\newcommand{\pd}[2][L]{\partial #1/\partial #2} $\pd{x} + \pd[f]{y}$", r"\partial L/\partial x + \partial f/\partial y"),
    (r"\newcommand{\half}{\frac} $\half12$", r"\frac12"),
    (r"\def\pd#1#2{\frac{#1}{#2}} $\pd ab$", r"\frac{a}{b}"),
    (r"\gdef\x{z} $\x$", "z"),
    (r"\DeclareMathOperator{\Var}{Var} $\Var(x)$", r"\operatorname{Var}(x)"),
    (r"\DeclareMathOperator*{\mean}{mean} $\mean x$", r"\operatorname*{mean} x"),
    (r"\let\eps\epsilon $\eps$", r"\epsilon"),
    (r"\let\eps=\epsilon \renewcommand{\epsilon}{\varepsilon} $\eps \epsilon$", r"\epsilon \varepsilon"),
    (r"\let\old\vec \renewcommand{\vec}[1]{\old{\mathbf{#1}}} $\vec{x}$", r"\vec{\mathbf{x}}"),
    (r"\newcommand{\a}{1} \let\b\a \renewcommand{\a}{2} $\a\b$", "21"),
    (r"\renewcommand\epsilon{\varepsilon} $\epsilon$", r"\varepsilon"),
    (r"\providecommand\epsilon{\varepsilon} $\epsilon$", r"\epsilon"),
    (r"\providecommand{\x}{1} \providecommand{\x}{2} $\x$", "1"),
    (r"\newcommand{\x}{\y} \newcommand{\y}{z} $\x$", "z"),
    (r"\newcommand{\g}{\gamma} $\g x$", r"\gamma x"),
    (r"\newcommand{\p}{\partial} \newcommand{\f}[1]{\p#1} $\f x$", r"\partial x"),
    (r"$\def\x{1} a = \x$", "a = 1"),
    (r"\newcommand{\pd}[1]{#1'} $\pd$", r"\pd"),
    (r"\def\until#1.{[#1]} $\until$", r"\until"),
    ("\\newcommand{\\x}{a % why\n b} $\\x$", "a  b"),
    (r"\newcommand{\x}{1} $a % \x$", r"a % \x"),
    (r"$\x$ \newcommand{\x}{1}", r"\x"),
]


@pytest.mark.parametrize(("text", "expected"), TABLE)
@pytest.mark.parametrize("kind", ["md", "txt", "html"])
def test_expansion(kind: str, text: str, expected: str) -> None:
    assert formulas(text, kind) == [expected]


def test_a_block_of_definitions_is_no_formula() -> None:
    assert formulas("$$\n\\newcommand{\\x}{y}\n\\def\\z{w}\n$$\n\n$\\let\\u\\x$\n\n$\\x\\z\\u$") == ["ywy"]


@pytest.mark.parametrize(
    ("part", "origin"), [("y", r"\y"), (r"\frac{", r"\pd{L}{x_i}"), ("L", "L"), ("x_i", "x_i"), ("= 1", "= 1")]
)
def test_every_character_knows_where_it_comes_from(part: str, origin: str) -> None:
    text = "Some prose.\n\\newcommand{\\pd}[2]{\\frac{d#1}{d#2}}\\newcommand{\\y}{y}\n\n$$ \\pd{L}{x_i}\n + \\y = 1 $$"
    document = read(text)
    (formula,) = document.items
    assert isinstance(formula, Formula)
    start = formula.text.text.index(part)
    span = formula.text.origin(Span(start, start + len(part)))
    assert document.text[span.start : span.end] == origin


def test_the_origin_of_a_use_is_on_its_line() -> None:
    document = read("\\newcommand{\\y}{y}\n\n$$ a\n = \\y $$")
    (formula,) = document.items
    assert isinstance(formula, Formula)
    span = formula.text.origin(Span(len(formula.text.text) - 1, len(formula.text.text)))
    assert document.place(span.start) == (4, 4)


@pytest.mark.parametrize(
    "definitions",
    [
        r"\def\a{\a\a}",
        r"\def\a{\a}",
        r"\def\a{\b}\def\b{\a}",
        r"\def\a{\c{x}}\def\c#1{\c{#1#1}}",
        r"\def\a{\c{" + "x" * 5000 + r"}}\def\c#1{\c{#1}}",
        r"\def\a{\c\c\c\c\c\c\c\c\c\c}\def\c{\d\d\d\d\d\d\d\d\d\d}\def\d{\e\e\e\e\e\e\e\e\e\e}\def\e{\f\f\f\f\f\f\f\f\f\f}\def\f{xxxxxxxx}",
    ],
)
def test_endless_expansion_is_a_problem_at_the_use(definitions: str) -> None:
    document = read(f"{definitions}\n\n$a = \\a$ and $b$")
    (problem,) = document.problems
    assert problem.code == "macro-limit"
    assert document.text[problem.span.start : problem.span.end] == r"\a"
    assert [item.text.text for item in document.items if isinstance(item, Formula)] == [r"a = \a", "b"]
