"""Formulas are cut into chains; what cannot be read spoils only its own steps."""

from __future__ import annotations

import pytest

from symbn.diagnostic import Span
from symbn.document.source import Text
from symbn.following.chains import Chain, Fault, begins_with_relation, chains, relations


def text(source: str) -> Text:
    return Text.of(source, Span(0, len(source)))


def shown(source: str) -> list[str]:
    found = []
    for item in chains(text(source)):
        if isinstance(item, Chain):
            sides = [side.source.text for side in item.sides]
            found.append(" ".join(part for pair in zip(sides, [*item.relations, ""], strict=True) for part in pair).strip())
        else:
            found.append(f"! {source[item.left.start : item.left.end]} = {source[item.right.start : item.right.end]}")
    return found


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("a = b", ["a = b"]),
        ("a = b = c", ["a = b = c"]),
        (r"a &= b \\ &= c", ["a = b = c"]),
        (r"\begin{align} a &= b \\ c &= d \end{align}", ["a = b", "c = d"]),
        (r"\begin{eqnarray} a &=& b \\ &=& c \end{eqnarray}", ["a = b = c"]),
        (r"\boxed{\color{red}{a = b}}", ["a = b"]),
        (r"a = \boxed{b}", [r"a = \boxed{b}"]),
        (r"a = \left( b \right)", [r"a = \left( b \right)"]),
        (r"\mu = 2 \beta \Rightarrow c_i = 1 + x_i", [r"\mu = 2 \beta", "c_i = 1 + x_i"]),
        (r"\mu = 2 \beta, \quad x_i = y_i", [r"\mu = 2 \beta", "x_i = y_i"]),
        (r"\sum_{i=1}^m x_i", []),
        ("x_1, x_2", []),
    ],
)
def test_a_formula_is_its_chains(source: str, found: list[str]) -> None:
    assert shown(source) == found


@pytest.mark.parametrize(
    ("source", "found"),
    [
        (r"a = (b = c = d", ["! a = (b", "! (b = c", "c = d"]),
        (r"a &= \foo{b} \\ &= c \\ &= d", [r"! a = \foo{b}", r"! \foo{b} = c", "c = d"]),
        (r"a = b + ] \\ c = d", [r"! a = b + ]", "c = d"]),
        (r"a = b + ], \qquad c = d", [r"! a = b + ]", "c = d"]),
    ],
)
def test_a_bad_side_spoils_the_steps_that_it_belongs_to(source: str, found: list[str]) -> None:
    assert shown(source) == found


def test_a_fault_points_into_the_formula() -> None:
    source = r"a = b \\ c = \foo{d}"
    (fault,) = (item for item in chains(text(source)) if isinstance(item, Fault))
    assert source[fault.diagnostic.span.start : fault.diagnostic.span.end] == r"\foo"
    assert not fault.spoils


def test_a_bad_side_that_may_hold_a_condition_leaves_doubt() -> None:
    found = list(chains(text(r"\mu = 2 \beta = c_i, \quad \foo")))
    assert [item.beside for item in found if isinstance(item, Chain)] == [True, True]
    assert all(item.spoils for item in chains(text(r"\mu = \foo, c_i")) if isinstance(item, Fault))


@pytest.mark.parametrize("source", ["= a", "&= a", r"\begin{split} &= a \end{split}", r"\\ = a", r"\quad = a"])
def test_rows_that_go_on(source: str) -> None:
    assert begins_with_relation(source)


def test_relations_in_braces_do_not_count_but_those_in_boxes_do() -> None:
    source = r"\sum_{i=1}^m x_i = \boxed{a = b} \text{ if c = d} % e = f"
    assert [source[span.start : span.end] for span in relations(source)] == ["=", "="]
