"""Names whose meaning is not known leave undecided what uses them."""

from __future__ import annotations

import pytest

from tests.following.documents import checked, verdicts


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("$a \\leftarrow 0$\n\n$a \\leftarrow a + 1$\n\n$a = 1$\n\n$a = 0$", ["assumed", "assumed", "undecided", "undecided"]),
        (
            r"Let $a := 0$. For $j$ from 1 to m: $a := a + g_j$. Finally $\frac{\partial L}{\partial\beta} = a$.",
            ["assumed", "assumed", "undecided"],
        ),
        (r"$x \leftarrow x - \mu$, so $\sum_i x_i = 0$.", ["assumed", "undecided"]),
        (r"Let $x_i \leftarrow x_i + 1$. Then $\sum_i x_i = m \mu$.", ["assumed", "undecided"]),
        (r"$a := 0$. $a := 1$. $a = 0$. $a = 1$.", ["assumed", "assumed", "refuted", "proved"]),
        (
            r"$a := \gamma$, $b := a + 1$, $a \leftarrow a + 2$. So $b = \gamma + 1$ and $a = \gamma$.",
            ["assumed", "assumed", "assumed", "proved", "undecided"],
        ),
        (r"$a := 1$. While it rains: $a := 2$. Then $a = 2$.", ["assumed", "assumed", "undecided"]),
        (r"$a \leftarrow a + 1$. $b := a$. $b = 0$.", ["assumed", "assumed", "undecided"]),
    ],
)
def test_what_an_assignment_changes_has_no_known_value(text: str, found: list[str]) -> None:
    assert verdicts(text) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (
            r"We denote the mean by $\sigma$, so $\sigma = \frac1m\sum_i x_i$, and the variance by $\mu$: "
            r"$\mu = \frac1m\sum_i (x_i-\sigma)^2$. Then $\hat x_i = (x_i-\sigma)/\sqrt{\mu+\epsilon}$.",
            ["proved", "proved", "proved"],
        ),
        (r"$\sigma = \frac1m\sum_i x_i$ and $\mu = \frac1m\sum_i (x_i-\sigma)^2$.", ["proved", "proved"]),
        (r"$\sigma = \frac1m\sum_i x_i$ and $\mu = \frac1m\sum_i x_i^2$.", ["proved", "undecided"]),
        (r"Denote the variance by $\mu$. Then $\mu = \frac1m \sum_i x_i$.", ["undecided"]),
        (r"The layer is $\hat x_i = (x_i-a)/\sqrt{\mu+\epsilon}$, where $\mu$ is the variance.", ["undecided"]),
        (r"The layer is $\hat x_i = x_i-\mu$, where $\mu$ is the mean.", ["refuted"]),
        (r"Denote the mean and the variance by $\mu$ and $\sigma^2$. Then $\sigma^2 = 0$.", ["refuted"]),
        (r"The mean is $\mu$ and the variance is $\sigma^2$. Then $\mu = 0$.", ["refuted"]),
    ],
)
def test_a_letter_with_another_role_is_taken_or_left_undecided(text: str, found: list[str]) -> None:
    assert verdicts(text) == found


def test_a_name_for_a_derivative_is_read_in_one_way() -> None:
    text = (
        r"We have $A_i = \frac{\partial\hat x_i}{\partial x_i}$. "
        r"Then $A_i = \frac1s$ and $A_i = \frac1s(1-\frac1m-\frac{\hat x_i^2}{m})$."
    )
    assert verdicts(text) == ["assumed", "caveat", "undecided"]
    assert "reads in another way" in (checked(text).steps[-1].reason or "")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Let $a = b$ and $b = a$. Then $a = 2b - a$ and $a = b + 1$.", ["assumed", "proved", "proved", "refuted"]),
        ("Let $a = b + 1$ and $b = a + 1$.", ["assumed", "refuted"]),
        (
            "Let $z = \\gamma$. Let $w = z + 1$. Let $z = w$. Then $z = \\gamma + 1$.",
            ["assumed", "assumed", "assumed", "proved"],
        ),
    ],
)
def test_names_that_define_each_other_are_a_definition_and_a_claim(text: str, found: list[str]) -> None:
    assert verdicts(text) == found


def test_what_is_defined_under_a_condition_has_no_known_value_afterwards() -> None:
    text = "Let $v = \\sigma^2 + \\epsilon$. It is positive. Let $v = \\sigma^2$ if $\\epsilon = 0$. Then $v = \\sigma^2$."
    assert verdicts(text) == ["assumed", "proved", "assumed", "undecided"]


def test_another_name_of_a_derivative_is_the_same_derivative() -> None:
    start = "Let $a_i = \\frac{\\partial \\hat x_i}{\\partial x_i}$. Let $b_i = a_i$. Then $a_i = \\frac1s$ and "
    assert verdicts(start + "$b_i = \\frac{1}{s}(1 - \\frac1m - \\frac{\\hat x_i^2}{m})$.")[-2:] == ["caveat", "undecided"]
