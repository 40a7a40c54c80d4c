"""What the words before a formula make of it."""

from __future__ import annotations

import pytest

from symbn.following import prose


@pytest.mark.parametrize(
    ("before", "previous", "role"),
    [
        ("There are two cases: when ", None, "hypothesis"),
        ("And if ", None, "hypothesis"),
        ("This holds for all ", None, "hypothesis"),
        ("Suppose that ", None, "assumption"),
        ("Let ", None, "definition"),
        ("a root, where ", None, "definition"),
        ("When we differentiate the sum, we get ", None, "claim"),
        ("Using ", None, "hypothesis"),  # of what one supposes, such as a value of an input; else it is a claim
        ("from which ", None, "claim"),
        ("", None, "claim"),
        (" and ", "hypothesis", "hypothesis"),
        (", ", "assumption", "claim"),
        (" and ", "claim", "claim"),
        (" and ", None, "claim"),
        (" then ", "hypothesis", "claim"),
        ("if it rains. The mean is ", None, "claim"),
    ],
)
def test_only_the_words_right_before_a_formula_count(before: str, previous: str | None, role: str) -> None:
    assert prose.role(before, previous) == role


@pytest.mark.parametrize(
    ("between", "after_display", "ends"),
    [
        (", ", False, False),
        (":\n\n", False, False),
        (" then\n\n", False, False),
        (". ", False, True),
        (".\n\n", False, True),
        (" is small\n\nThe rest ", False, True),
        ("\n\nAnd when ", True, True),
        ("\n\nand ", True, True),
    ],
)
def test_a_hypothesis_ends_with_its_sentence(between: str, after_display: bool, ends: bool) -> None:
    assert prose.ends_sentence(between, after_display) is ends


@pytest.mark.parametrize(
    ("between", "attaches"),
    [
        (" for ", True),
        (", when ", True),
        (" (if ", True),
        (" for all ", True),
        (". For ", False),
        (" and for the rest ", False),
    ],
)
def test_a_condition_may_follow_its_formula(between: str, attaches: bool) -> None:
    assert prose.attaches_back(between) is attaches


def test_markup_is_no_prose() -> None:
    assert prose.plain("a<!-- symbn: proved --> b $").split() == ["a", "b"]
