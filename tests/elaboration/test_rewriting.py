"""Dotted sums, rules about unnamed functions, and conditions that give a value to an input."""
# ruff: noqa: E501 - one formula, one line

from __future__ import annotations

import pytest

import symbn


def kind(text: str) -> str:
    return symbn.verify(text).kind


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        (r"\mu = \frac1m (x_1 + \cdots + x_m)", "proved"),
        (r"\mu = \frac1n (x_1 + x_2 + \ldots + x_n)", "proved"),
        (r"\mu = \frac1m (x_1 + x_2 + \dots + x_i + \dots + x_m)", "proved"),
        (r"\mu = \frac{x_1}{m} + \frac{x_2}{m} + \ldots + \frac{x_m}{m}", "proved"),
        (r"\frac{\partial\mu}{\partial x_i} = \frac{\partial}{\partial x_i}\frac{x_1}{m} + \ldots \frac{\partial}{\partial x_i}\frac{x_m}{m}", "proved"),
        (r"\sum_j g_j \hat x_j = g_1 \hat x_1 + g_2 \hat x_2 + \cdots + g_m \hat x_m", "proved"),
        (r"\sum_j g_j \hat x_j = g_1 \hat x_1 + g_2 \hat x_2 + \cdots + g_m \hat x_1", "unreadable"),
        (r"\mu = \frac15 (x_1 + \cdots + x_5)", "proved"),
        (r"\mu = x_1 + \cdots + x_m", "refuted"),
        (r"\mu = \frac1m (x_1 + x_3 + \cdots + x_m)", "unreadable"),
        (r"\mu = \frac1m (x_2 + \cdots + x_m)", "unreadable"),
        (r"\mu = \frac1m (x_1 - x_2 + \cdots + x_m)", "unreadable"),
        (r"\mu = \frac1m (x_1 + \cdots)", "unreadable"),
        (r"\mu = \frac1m (x_1 + \cdots + x_{m-1})", "unreadable"),
        (r"\mu = \frac1m (x_1 + \cdots + x_2 + \cdots + x_m)", "unreadable"),
    ],
)  # fmt: skip
def test_dots_stand_for_the_terms_between_or_are_refused(text: str, verdict: str) -> None:
    assert kind(text) == verdict


def test_a_plus_sign_that_is_missing_after_dots_is_a_caveat() -> None:
    assert symbn.verify(r"m \mu = x_1 + \ldots x_m").caveats == ("a plus sign is missing after the dots",)
    assert symbn.verify(r"m \mu = x_1 + \ldots + x_m").caveats == ()


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        (r"\left[\frac{f(x)}{g(x)}\right]' = \frac{g(x)f'(x) - f(x)g'(x)}{[g(x)]^2}", "proved"),
        (r"\left(\frac{f}{g}\right)' = \frac{f'}{g} - \frac{f g'}{g^2}", "proved"),
        (r"\left(f g\right)' = f' g + f g'", "proved"),
        (r"\left(f g h\right)' = f' g h + f g' h + f g h'", "proved"),
        (r"\left(f^2\right)' = 2 f f'", "proved"),
        (r"\left(f g\right)' = f' g'", "refuted"),
        (r"\left(\frac{f}{g}\right)' = \frac{f' g + f g'}{g^2}", "refuted"),
        (r"\left(f(2x)\right)' = 2 f'(2x)", "unreadable"),
        (r"\left(f g\right)'' = 0", "unreadable"),
        (r"\hat x' = 0", "unreadable"),
    ],
)  # fmt: skip
def test_rules_hold_for_any_functions_or_are_refused(text: str, verdict: str) -> None:
    assert kind(text) == verdict


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        (r"y_i = x_i \quad\text{if } \gamma = \sqrt{\sigma^2+\epsilon}, \beta = \mu", "proved"),
        (r"y_i = x_i \quad\text{if } \gamma = \sqrt{\sigma^2+\epsilon}", "refuted"),
        (r"y_i = x_i \quad\text{if } \gamma = \sqrt{\sigma^2}, \beta = \mu", "refuted"),
        (r"\frac{\partial L}{\partial x_i} = 0 \text{ if } g_k = 1", "proved"),
        (r"\frac{\partial L}{\partial x_i} = 0 \text{ if } g_k = \hat x_k", "refuted"),
        # The value is put in after the derivative is taken: gamma is held fixed.
        (r"\frac{\partial y_i}{\partial \beta} = 1 \text{ if } \gamma = \beta", "proved"),
        (r"\frac{\partial y_i}{\partial \gamma} = \hat x_i \text{ when } \gamma = \mu", "proved"),
        (r"y_{ij} = \hat x_{ij} \text{ if } \gamma_j = 1, \beta_j = 0", "proved"),
        # The index of a given value is not that of a sum in which the input stands, be it the author's or the layer's.
        (r"\sum_i \gamma = m g_i \text{ if } \gamma = g_i", "undecided"),
        (r"\sum_i \gamma = \sum_i g_i \text{ if } \gamma = g_i", "undecided"),
        (r"\sum_j \frac{\partial y_j}{\partial x_i} g_j = 0 \text{ if } \gamma = x_j", "undecided"),
        (r"\frac{\partial L}{\partial x_i} = x_k \text{ if } \gamma = g_j", "undecided"),
        (r"y_i = g_k \hat x_i + \beta \text{ if } \gamma = g_k", "proved"),
        (r"y_i = 0 \text{ if } \gamma = \beta, \beta = \gamma", "unreadable"),
        (r"y_i = 0 \text{ if } \hat x_i = 0", "unreadable"),
        (r"y_i = 0 \text{ if } \epsilon = 0", "unreadable"),
        (r"y_i = 0 \text{ if } g_1 = 0", "unreadable"),
    ],
)  # fmt: skip
def test_conditions_give_values_to_inputs_or_are_refused(text: str, verdict: str) -> None:
    assert kind(text) == verdict
