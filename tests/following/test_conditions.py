r"""Conditions as sentences say them: ranges, bounds, the other case, assumptions. What cannot be used exactly leaves doubt."""
# ruff: noqa: E501 - one document, one line

from __future__ import annotations

import pytest

from tests.following.documents import checked, verdicts

FALSE, FIRST = r"\hat x_i = (x_1-\mu)/s", r"\frac{\partial x_i}{\partial x_1}"
CUBES, SQUARES, ROOT = r"\sum_i (x_i-\mu)^3 = 0", r"\sum_i (x_i-\mu)^2 = 0", r"\sqrt{\gamma^2} = \gamma"
LINE = r"y_i = \hat x_i+\beta"
SHIFT, INPUT = r"\frac{\partial L}{\partial\beta}", r"\frac{\partial L}{\partial x_i}"
CENTRED = r"\sigma^2 = \frac1m\sum_i x_i^2"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        # The whole range of an index is no condition.
        (rf"For $i=1,\dots,m$ we have ${FIRST} = 1$.", ["refuted"]),
        (rf"For $i = 1, 2, \ldots, m$ we compute ${FALSE}$.", ["refuted"]),
        (rf"for $i=1$ to $m$: ${FALSE}$.", ["refuted"]),
        (rf"for $i=1$ to m: ${FALSE}$.", ["refuted"]),
        (rf"Where $i = 1,\dots,m$ is the index of the example: ${FALSE}$", ["refuted"]),
        (rf"With $i = 1, \dots, m$ denoting the sample, ${FALSE}$", ["refuted"]),
        (rf"${FALSE}$ for $i = 1,\dots,m$.", ["refuted"]),
        (r"$\hat x_i = (x_i-\mu)/s$ for $i = 1,\dots,m$.", ["proved"]),
        (r"If $k = 1,\dots,m$ then $\frac{\partial x_k}{\partial x_1} = 1$.", ["refuted"]),
        (rf"For $i \in \{{1,\dots,m\}}$, ${FALSE}$.", ["refuted"]),
        (r"For $i=1,\dots,m$, $j = 1,\dots,m$ with $i \neq j$, $\frac{\partial x_i}{\partial x_j} = 0$.", ["proved"]),
        (rf"For $i = 1, \dots, m$ and $\gamma = 1$, ${LINE}$.", ["assumed", "proved"]),
        # Another range is a bound, and a list that is none leaves doubt.
        (rf"For $i=2,\dots,m$ we have ${FIRST} = 0$.", ["undecided"]),
        (rf"For $i=2,\dots,m$ we have ${FIRST} = 1$.", ["refuted"]),
        (rf"For $i = 1, \dots, m-1$ we have ${FIRST} = 1$.", ["undecided"]),
        (rf"For $i$ from $2$ to $m$ we have ${FIRST} = 0$.", ["undecided"]),
        (rf"For $m = 1, 2$, ${CUBES}$.", ["undecided"]),
        (rf"For $m = 1$ and $2$, ${CUBES}$.", ["undecided"]),
        (rf"For $m = 2$ or $3$, ${CUBES}$.", ["refuted"]),
        (rf"For $m = 1, 2, \dots$, ${CUBES}$.", ["refuted"]),
        (r"For $m=1,\ldots,5$ we have $\hat x_i = 0$.", ["refuted"]),
        (rf"For $\gamma = 1, 2$, ${LINE}$.", ["undecided"]),
        (r"$$x_i = x_1, \quad i = 1, 2$$", ["undecided"]),
        (r"For $i = 1, 2$, $x_i = x_1$.", ["refuted"]),
    ],
)
def test_a_range_is_not_its_first_value(text: str, found: list[str]) -> None:
    assert verdicts(text) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (r"$\delta_{ik} = 1$ if $i = k$ and $\delta_{ik} = 0$ otherwise.", ["proved", "assumed", "proved"]),
        (r"$\delta_{ik} = 0$ if $i = k$ and $\delta_{ik} = 1$ otherwise.", ["refuted", "assumed", "refuted"]),
        (r"$\frac{\partial c_i}{\partial x_k} = 1-\frac1m$ when $i = k$, and $\frac{\partial c_i}{\partial x_k} = -\frac1m$ otherwise.", ["proved", "assumed", "proved"]),
        (r"If $i = k$ then $\delta_{ik} = 1$ and in the other case $\delta_{ik}=0$.", ["assumed", "proved", "proved"]),
        (r"$\delta_{ik} = 1$ if $i = k$ and $\delta_{ik}=0$ in the other case.", ["proved", "assumed", "proved"]),
        (r"$\delta_{ik} = 1$ if $i = k$, otherwise $\delta_{ik} = 0$.", ["proved", "assumed", "proved"]),
        (r"$\delta_{ik} = 1$ if $i = k$. Otherwise $\delta_{ik} = 0$.", ["proved", "assumed", "proved"]),
        (r"$\delta_{ik} = 1$ if $i = k$, and $0$ otherwise. $\delta_{ik} = 1$.", ["proved", "assumed", "undecided"]),
        (r"$\delta_{ik}=1$ if $i = k$ and $\gamma = 1$, and $\delta_{ik} = 0$ otherwise.", ["proved", "assumed", "assumed", "undecided"]),
        (r"$\delta_{ik} = 1$ if $i = k$ and $\delta_{ik} = 5$ if $i \neq k$.", ["proved", "assumed", "refuted"]),
        (r"$\delta_{ik} = 1$ if $i = k$ and $\delta_{ik} = 1$.", ["proved", "assumed", "undecided"]),
        (r"When $i \neq k$, $\delta_{ik} = 0$, but $\delta_{ik} = 1$ when $i = k$.", ["proved", "proved", "assumed"]),
        (r"$\delta_{ik} = 1$ for $i = k$ and $0$ for $i \neq k$.", ["proved", "assumed"]),
        (r"If $i = k$, $\delta_{ik} = 1$, while for $i \neq k$ we get $\delta_{ik} = 0$, and in all other cases $\delta_{ik} = 7$.", ["assumed", "proved", "proved", "undecided"]),
        (rf"If $\gamma = 1$ then ${LINE}$ and $y_i = \beta$ otherwise.", ["assumed", "proved", "undecided"]),
    ],
)  # fmt: skip
def test_the_other_case_is_that_of_the_equation_it_is_said_of(text: str, found: list[str]) -> None:
    assert verdicts(text) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        *[(f"{words} ${CUBES}$.", ["undecided"]) for words in (r"For $m \le 2$,", "For $m < 3$,", r"For $m \in \{1,2\}$,")],
        (rf"${CUBES}$ for $m \le 2$.", ["undecided"]),
        (rf"We have ${CUBES}$ whenever $m < 3$.", ["undecided"]),
        (rf"$${CUBES} \quad (m \le 2)$$", ["undecided"]),
        (rf"For $m \le 2$, ${SQUARES}$.", ["refuted"]),
        (rf"For $m \ge 3$, ${SQUARES}$.", ["refuted"]),
        *[(f"{words} ${ROOT}$.", ["undecided"]) for words in (r"If $\gamma \ge 0$ then", r"Assume $\gamma > 0$. Then", r"Let $\gamma > 0$. Then", r"Since $\gamma > 0$,", r"The scale satisfies $\gamma > 0$. Then")],
        *[(f"${ROOT}$ {words}", ["undecided"]) for words in (r"for $\gamma > 0$.", r"($\gamma > 0$).", r"since $\gamma > 0$.")],
        (r"Assume $\gamma > 0$. Then $\sum_i \hat x_i = 1$.", ["refuted"]),
        (r"If $x_i \ge \mu$ then $\sqrt{(x_i-\mu)^2} = x_i-\mu$.", ["undecided"]),
        (r"For $i < k$ we have $\delta_{ik} = 0$.", ["undecided"]),
        (r"For $i < k$ we have $\delta_{ik} = 1$.", ["refuted"]),
        (r"If $i > 1$, then $\frac{\partial x_1}{\partial x_i} = 0$.", ["undecided"]),
        (r"$\delta_{ik} = 0$ for all $k < i$.", ["undecided"]),
        (r"If $i \neq 1, 2$ then $\delta_{i2} = 0$.", ["proved"]),
        (r"If $i \neq 1, 3$ then $\delta_{i2} = 0$.", ["refuted"]),
        (r"For $i \neq j, k$, $\delta_{ik} = 0$.", ["undecided"]),
        (r"For $i, j \neq k$, $\delta_{ik} = 0$.", ["undecided"]),
        (r"In the limit $\epsilon \to 0$ we have $\hat x_i = (x_i-\mu)/\sqrt{\sigma^2}$.", ["undecided"]),
        (r"As $\gamma \to 0$, $y_i = \beta$.", ["undecided"]),
        (rf"If $\gamma \approx 1$, ${LINE}$.", ["undecided"]),
        (r"Provided $\gamma \gg 1$, $y_i = \hat x_i$.", ["undecided"]),
        # What is no restriction changes nothing.
        (rf"For all $m \ge 1$, ${SQUARES}$.", ["refuted"]),
        (r"For all $\epsilon > 0$ and all $i$ we have $\hat x_i = x_i$.", ["refuted"]),
        (rf"For $1 \le i \le m$, ${FALSE}$.", ["refuted"]),
        (r"For $m \ge 2$ and $\gamma > 0$, $\sum_i \hat x_i = 0$.", ["proved"]),
    ],
)  # fmt: skip
def test_a_refutation_respects_the_bounds_that_are_said(text: str, found: list[str]) -> None:
    assert verdicts(text) == found


def test_a_counterexample_at_another_size_is_looked_for_and_says_what_it_respects() -> None:
    (step,) = checked(rf"For $m \ge 3$, ${SQUARES}$.").steps
    assert step.counterexample is not None
    assert step.counterexample.m == 3
    assert r"the counterexample respects m \ge 3" in step.notes


def test_the_reason_names_the_condition() -> None:
    (step,) = checked(f"For $m \\le 2$, ${CUBES}$.").steps
    assert step.reason == r"it may hold only under m \le 2 (line 1), which symbn cannot use here"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (rf"Assume that $\sum_i g_i = 0$. Then ${SHIFT} = 0$.", ["assumed", "undecided"]),
        (rf"Suppose $\sum_j g_j = 0$ and $\sum_j g_j \hat x_j = 0$. Then ${INPUT} = \frac{{\gamma g_i}}{{s}}$.", ["assumed", "assumed", "undecided"]),
        (rf"Assume $\gamma = 1$ and $\sum_i g_i = 0$. Then ${SHIFT} = 0$ and $\frac{{\partial L}}{{\partial\hat x_i}} = g_i$.", ["assumed", "assumed", "undecided", "caveat"]),
        (rf"Suppose the inputs are centred, $\mu = 0$. Then ${CENTRED}$.", ["assumed", "undecided"]),
        (rf"If the mean vanishes, $\mu = 0$, then ${CENTRED}$.", ["assumed", "undecided"]),
        (rf"Let $\mu = 0$. Then ${CENTRED}$.", ["assumed", "undecided"]),
        (rf"For $\mu = 0$ we get ${CENTRED}$.", ["assumed", "undecided"]),
        (r"Let $s = 1$. Then $\hat x_i = x_i - \mu$.", ["assumed", "undecided"]),
        (r"Assume all $x_i$ are equal, $x_i = x_1$. Then $\sigma^2 = 0$.", ["assumed", "undecided"]),
        (r"Let $x_i = 1$ for all $i$. Then $\sigma^2 = 0$.", ["assumed", "undecided"]),
        (rf"Suppose that the gradients sum to zero: $\sum_i g_i = 0$. Then ${SHIFT} = 0$.", ["undecided", "undecided"]),
        (rf"Assume $\gamma = 1$, $\sum_i g_i = 0$. Then ${SHIFT} = 0$.", ["assumed", "undecided", "undecided"]),
        (r"Assume that $\sum_i \hat x_i = 0$, as always.", ["proved"]),
        # A value of the upstream gradient reaches every gradient.
        (rf"Let $g_i = 1$. Then ${INPUT} = 0$ and ${SHIFT} = m$.", ["assumed", "caveat", "caveat"]),
        (rf"With $g_i = 1$ for all $i$, ${INPUT} = 0$ and ${SHIFT} = m$.", ["assumed", "proved", "proved"]),
        (rf"Let $g_i = 1$. Then ${SHIFT} = 2m$.", ["assumed", "refuted"]),
        (rf"Let $g = 1$. Then ${INPUT} = 0$.", ["assumed", "undecided"]),
        (rf"Let $g_i = x_i - \mu$. Then ${SHIFT} = 0$.", ["proved", "undecided"]),
        # A later hypothesis takes the place of an earlier one.
        (rf"Assume $\gamma = 1$. Then ${LINE}$. If instead $\gamma = 2$, then ${LINE}$.", ["assumed", "caveat", "assumed", "refuted"]),
        (rf"Assume $\gamma = 1$. If instead $\gamma = 2$, then $y_i = 2\hat x_i + \beta$. Now ${LINE}$.", ["assumed", "assumed", "proved", "undecided"]),
        (rf"Assume $\gamma = 1$. Now let $\gamma = 3$. Then ${LINE}$.", ["assumed", "assumed", "refuted"]),
        *[(rf"Assume $\gamma = 1$. Then ${LINE}$. {words} ${LINE}$.", ["assumed", "caveat", "undecided"]) for words in ("Dropping this assumption,", "In general,", r"For any $\gamma$,")],
        (r"Assume $i \neq k$. Then $\delta_{ik} = 0$, and $\delta_{ik} = 5$ for $i = k$.", ["caveat", "refuted", "assumed"]),
    ],
)  # fmt: skip
def test_what_is_assumed_is_not_judged_and_not_forgotten(text: str, found: list[str]) -> None:
    assert verdicts(text) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (rf"When $\gamma = 1$ fails, ${LINE}$.", ["assumed", "undecided"]),
        (r"We have $y_i = \hat x_i$, which does not hold in general.", ["undecided"]),
        (r"If $i = k$, $x_i = x_k$, and $x_i = 0$.", ["assumed", "proved", "refuted"]),
        (r"The choice of $\gamma = 0$ gives $y_i = \beta$.", ["assumed", "undecided"]),
        (r"Initially $\gamma = 1$ and $\beta = 0$, so that $y_i = \hat x_i$.", ["assumed", "assumed", "undecided"]),
        (rf"Treating $\mu$ and $\sigma$ as constants, ${INPUT} = \frac{{\gamma g_i}}{{s}}$.", ["undecided"]),
        (rf"At test time, ${INPUT} = \frac{{\gamma g_i}}{{s}}$.", ["undecided"]),
        (r"Since $\mu$ is a constant, $\frac{\partial \mu}{\partial x_i} = 0$.", ["undecided"]),
        (rf"If $\gamma$ is positive, ${ROOT}$.", ["undecided"]),
        (r"Neglecting $\epsilon$, $\hat x_i = (x_i-\mu)/\sqrt{\sigma^2}$.", ["undecided"]),
        (r"At test time it rains. $y_i = \hat x_i$.", ["refuted"]),
        (r"With $m = 2$ or more examples, $\sum_i (x_i-\mu)^3 = 0$.", ["assumed", "undecided"]),
        (r"For at least $m = 2$ examples, $\sum_i (x_i-\mu)^3 = 0$.", ["assumed", "undecided"]),
        (rf"For $\gamma = 1$ or any other value, ${LINE}$.", ["assumed", "undecided"]),
        (rf"Even if $\gamma = 1$, ${LINE}$.", ["assumed", "undecided"]),
        (r"Whether or not $i = k$, $\delta_{ik} = 0$.", ["assumed", "undecided"]),
        (r"$\delta_{ik} = 0$ whether or not $i = k$.", ["undecided", "assumed"]),
        (r"For $i=2$ (or $i = 1$), $x_i = x_1$.", ["assumed", "assumed", "undecided"]),
        (r"For $i=1$, $2$, $x_i = x_1$.", ["refuted"]),
        (r"Take $i = 1$ and $k \neq 1$. Then $\delta_{ik} = 0$.", ["assumed", "undecided"]),
        (r"If $\gamma = 1$, $\beta = 0$, then $y_i = \hat x_i$.", ["assumed", "assumed", "proved"]),
    ],
)
def test_conditions_in_words_leave_doubt_in_their_sentence(text: str, found: list[str]) -> None:
    assert verdicts(text) == found
