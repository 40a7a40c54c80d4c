"""Reading: what a text is as a tree, where its parts lie, and that bad text gives a diagnostic and nothing else."""

from __future__ import annotations

from fractions import Fraction as F

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from symbn.diagnostic import Span
from symbn.errors import UnreadableError
from symbn.syntax.parser import parse
from symbn.syntax.tree import (
    Additive,
    Big,
    Call,
    Derivative,
    Fraction,
    Name,
    Node,
    Number,
    Product,
    Scripted,
    Statement,
    children,
    number_value,
)
from tests.formulas import BAD_INPUT, FALSE, TRUE, WITH_CAVEAT


def one(text: str, dialect: str = "auto") -> Node:
    (statement,) = parse(text, dialect)
    (side,) = statement.sides
    return side


def nodes(node: Node | Statement) -> list[Node]:
    below = list(children(node))
    return below + [inner for child in below for inner in nodes(child)]


def test_a_single_letter_is_a_name_and_an_upright_word_is_one_name() -> None:
    assert isinstance(one("ab", "latex"), Product)
    assert one(r"\mathrm{ab}") == Name(Span(0, 11), "ab")
    assert one("xhat") == Name(Span(0, 4), "xhat")


def test_tex_splits_digits_as_tex_does() -> None:
    half = one(r"\frac12")
    assert isinstance(half, Fraction)
    assert number_value(half) == F(1, 2)
    product = one("x^12", "latex")
    assert isinstance(product, Product)
    first, second = product.factors
    assert isinstance(first, Scripted)
    assert number_value(second) == 2
    whole = one("x^12", "plain")
    assert isinstance(whole, Scripted)


@pytest.mark.parametrize("text", ["0.5", ".5", "1/2", r"\frac12", "0{,}5", r"\frac{1}{2}", "5e-1"])
def test_numbers_are_exact(text: str) -> None:
    assert number_value(one(text, "plain" if "e" in text else "latex" if "{" in text else "auto")) == F(1, 2)


def test_division_and_juxtaposition_bind_alike_from_the_left() -> None:
    product = one("1/2 x")
    assert isinstance(product, Product)
    assert product.operators == ("/", "")


def test_a_sum_ends_before_the_next_sign() -> None:
    side = one(r"\sum_{j=1}^m x_j g_j - y_j")
    assert isinstance(side, Additive)
    big, _ = side.terms
    assert isinstance(big, Big)
    assert isinstance(big.body, Product)


@pytest.mark.parametrize(
    "text",
    [
        r"\frac{\partial L}{\partial x_i}",
        r"\frac{dL}{dx_i}",
        r"\frac{\mathrm{d} L}{\mathrm{d} x_i}",
        r"\frac{\delta L}{\delta x_i}",
        r"\partial L / \partial x_i",
        r"\partial_{x_i} L",
        r"\nabla_{x_i} L",
        r"\frac{\partial}{\partial x_i} L",
        "dL/dx_i",
        "d L/d x_i",
        "∂L/∂x_i",
        "d/dx_i L",
    ],
)
def test_derivatives_are_read_in_all_their_spellings(text: str) -> None:
    node = one(text)
    assert isinstance(node, Derivative), node
    assert isinstance(node.of, Name)
    assert node.of.text == "L"
    (by,) = node.by
    assert isinstance(by, Scripted)


def test_unicode_marks_accents_and_scripts() -> None:
    left, right = parse("x̂ᵢ = (x_i − μ)/√(σ² + ε)")[0].sides
    assert isinstance(left, Scripted)
    assert left.base == Name(Span(0, 2), "\\hat x")
    assert isinstance(right, Product)


def test_looks_are_dropped_and_calls_are_no_products() -> None:
    dressed = one(r"\bigg(\displaystyle \color{red}{m} \, g_i \bigg) % a remark")
    assert isinstance(dressed, object)
    call = one(r"Var[X]", "latex")
    assert isinstance(call, Call)
    assert one(r"E[x^2]", "latex").span == Span(0, 6)


def test_a_boxed_relation_is_opened_and_a_boxed_sum_is_not() -> None:
    (statement,) = parse(r"\boxed{m = m}")
    assert statement.relations == ("=",)
    product = one(r"\boxed{m + 1} m")
    assert isinstance(product, Product)


def test_rows_chains_and_conditions() -> None:
    (statement,) = parse("\\begin{align} m &= m \\\\ &= m, \\quad i \\neq k \\end{align}")
    assert len(statement.sides) == 3
    assert len(statement.conditions) == 1
    first, second = parse(r"\mu = \mu \Rightarrow \beta = \beta")
    assert len(first.sides) == len(second.sides) == 2


@pytest.mark.parametrize("text", [f.text for f in [*TRUE, *FALSE, *WITH_CAVEAT]])
def test_every_childs_span_lies_inside_its_parents_and_inside_the_text(text: str) -> None:
    for statement in parse(text):
        for node in [*statement.sides, *nodes(statement)]:
            assert 0 <= node.span.start <= node.span.end <= len(text)
            for child in children(node):
                assert node.span.start <= child.span.start
                assert child.span.end <= node.span.end


@pytest.mark.parametrize(
    ("text", "code", "marked"),
    [
        (r"\frac{\partial\mu}{x} = 1", "half-derivative", "{x}"),
        (r"\frac{(x_i - \mu}{m} ) = 0", "unbalanced", "(x_i - \\mu}"),
        (r"(x_i - \mu = 0", "unbalanced", "("),
        (r"x_i + \foo = 0", "unknown-command", r"\foo"),
        (r"m = 1 + * 2", "unexpected", "*"),
        (r"x^2^3 = 1", "unexpected", "^"),
        ("m = 1 2", "unexpected", "2"),
    ],
)
def test_a_fault_is_pointed_at_exactly(text: str, code: str, marked: str) -> None:
    with pytest.raises(UnreadableError) as caught:
        parse(text)
    diagnostic = caught.value.diagnostic
    assert diagnostic.code == code
    assert text[diagnostic.span.start : diagnostic.span.end] == marked


PIECES = st.sampled_from(
    r"\frac{ } \partial \sum_ j=1 ^m x_i \hat x ( ) [ ] + - * / = , & \\ \sqrt 2 .5 \gamma \neq { _ ^ ' | \begin{cases} "
    r"\end{cases} \mathbb 1 d L / dx \nabla_ \left \right \boxed \text{if} E [ ] \over \quad %".split(" ")
)


@settings(max_examples=400, deadline=None)
@given(st.one_of(st.text(max_size=40), st.lists(PIECES, max_size=14).map("".join), st.lists(PIECES, max_size=14).map(" ".join)))
def test_whatever_comes_in_gives_a_tree_or_a_diagnostic_inside_the_text(text: str) -> None:
    for dialect in ("latex", "plain"):
        try:
            for statement in parse(text, dialect):
                assert statement.span.end <= len(text)
        except UnreadableError as error:
            span = error.diagnostic.span
            assert 0 <= span.start <= span.end <= len(text) + 1


@pytest.mark.parametrize("text", BAD_INPUT, ids=lambda text: repr(text[:30]))
def test_bad_input_raises_nothing_else(text: str) -> None:
    for dialect in ("latex", "plain"):
        try:
            parse(text, dialect)
        except UnreadableError as error:
            assert error.diagnostic.message


def test_numbers_of_a_tree_are_found() -> None:
    assert number_value(one("-0.5 - 1")) == F(-3, 2)
    assert number_value(one("m")) is None
    assert number_value(one("1/0")) is None
    assert isinstance(one("7"), Number)
