r"""What a formula restricts, by its signs: a range, a list, a bound or nothing."""

from __future__ import annotations

from fractions import Fraction

import pytest

from symbn.elaboration.notation import Notation
from symbn.following.bounds import respects
from symbn.following.restrictions import UNUSABLE, restriction
from symbn.kernel.evaluate import Point
from symbn.kernel.term import BATCH, Index
from symbn.syntax.tree import Name, Node, Number, Relation


def shown(node: Node) -> str:
    return node.text if isinstance(node, Name) else str(node.value) if isinstance(node, Number) else "?"


def restricted(text: str) -> list[str] | None:
    found = restriction(text, Notation(), lambda node: isinstance(node, Name) and node.text in ("i", "j", "k"))
    if found is None:
        return None
    return ["?" if r.operator == UNUSABLE else f"{shown(r.left)} {r.operator} {shown(r.right)}" for r in found]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (r"i = 1, \dots, m", []),
        ("i = 1, 2, ..., m", []),
        (r"i, j = 1, \ldots, N", []),
        (r"i \in \{1, \dots, m\}", []),
        (r"i \in [m]", []),
        (r"i \in \mathcal B", []),
        (r"x_i \in \mathbb R^D", []),
        (r"m = 1, 2, \dots", []),
        (r"f: \mathbb R \to \mathbb R", []),
        (r"i = 2, \dots, m", [r"i \ge 2"]),
        ("i = 1, 2", [r"i \le 2"]),
        ("m = 2, 3, 4", [r"m \ge 2", r"m \le 4"]),
        (r"m \in \{1, 2\}", [r"m \le 2"]),
        (r"1 \le i < k", [r"1 \le i", "i < k"]),
        (r"\gamma, \epsilon > 0", [r"\gamma > 0", r"\epsilon > 0"]),
        (r"\gamma = 1, \epsilon > 0", [r"\epsilon > 0", r"\gamma = 1"]),
        (r"i \neq 1, 2", [r"i \neq 1", r"i \neq 2"]),
        ("i = 1, 3", ["?"]),
        (r"i = 1, \dots, m - 1", ["?"]),
        (r"i \neq j, k", ["?"]),
        (r"i, j \neq k", ["?"]),
        (r"\gamma = 1, 2", ["?"]),
        (r"\gamma \in (0, 1)", ["?"]),
        (r"m \in \mathbb N^+ + 1", ["?"]),
        (r"\epsilon \to 0", ["?"]),
        (r"\gamma \gg 1", ["?"]),
        (r"i \notin B", ["?"]),
        ("i = k", None),
        (r"\gamma = 1, \beta = 0", None),
        (r"x = (x_1, \dots, x_m)", None),
        (r"\hat x_i = 1, \quad m \ge 2", None),
        (r"\frac{\partial \mu}{\partial x_i}", None),
    ],
)
def test_ranges_and_bounds_are_told_from_equations(text: str, found: list[str] | None) -> None:
    assert restricted(text) == found


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        (r"m \le 2", True),
        ("m < 2", False),
        ("i < k", True),
        ("k < i", False),
        (r"x_i \ge \mu", False),
        (r"\sigma^2 > 0", True),
        (r"\gamma > 0", True),  # it is free
        (r"\beta > 0", False),
        ("j > 1", True),  # it is free
        ("j > 2", False),
        ("g_i > 0", False),  # not known
    ],
)
def test_a_point_respects_a_bound_if_that_can_be_computed(text: str, holds: bool) -> None:
    x: dict[tuple[str, tuple[int, ...]], Fraction] = {("x", (1,)): Fraction(0), ("x", (2,)): Fraction(4)}
    point = Point(2, {"beta": Fraction(-1)}, x, {Index("i", BATCH): 1, Index("k", BATCH): 2})
    found = restriction(text, Notation(), lambda node: isinstance(node, Name) and node.text in ("i", "j", "k"))
    assert found is not None
    (bound,) = found
    assert isinstance(bound, Relation)
    assert respects(point, bound, Notation()) is holds
