"""Loose readings: what a careful teacher grants is proved with a caveat, what he would not is undecided or refuted."""

from __future__ import annotations

import pytest

import symbn
from symbn.answer import PROVED, REFUTED, UNDECIDED, Step

GRANTED = [
    (r"\frac{\partial \hat x_i}{\partial x_i} = \frac1s", "local derivative"),
    (r"\frac{\partial \hat x}{\partial x} = \frac1s", "local derivative"),
    (
        r"\frac{\partial L}{\partial x_i} = \sum_j \frac{\partial L}{\partial \hat x_j} \frac{\partial \hat x_j}{\partial x_i}"
        r" + \frac{\partial L}{\partial \sigma^2} \frac{\partial \sigma^2}{\partial x_i}"
        r" + \frac1m \frac{\partial L}{\partial \mu}",
        "local derivative",
    ),
    (r"\frac{\partial \hat x}{\partial x} = 0", "sum of all entries"),
    (r"\sum_{i \neq j} \hat x_j = -\hat x_i", "the sum runs over j"),
    (r"\sum_{i \neq j} \hat x_i \hat x_j = -\sum_i \hat x_i^2", "the sum runs over i and j"),
    (r"\frac{\partial L}{\partial \gamma} = g_i \hat x_i", "i is summed"),
    (r"m^2 = \frac{\partial x_i}{\partial x_i} \delta_{ij} \delta_{ij} m", "i is summed"),
]
WITHHELD = [
    (
        r"\sum_j \frac{\partial L}{\partial \hat x_j} \frac{\partial \hat x_j}{\partial x_i} = \frac{\gamma g_i}{s}",
        "between two entries",
    ),
    (
        r"\frac{\partial L}{\partial \hat x_j} \frac{\partial \hat x_j}{\partial x_i} = \frac{\gamma g_i}{s}",
        "between two entries",
    ),
    (
        r"\sum_j \frac{\partial L}{\partial c_j} \frac{\partial c_j}{\partial x_i} = \frac{\partial L}{\partial c_i}",
        "between two entries",
    ),
    (
        r"\sum_j (1-\delta_{ij}) \frac{\partial L}{\partial \hat x_j} \frac{\partial \hat x_j}{\partial x_i} = 0",
        "between two entries",
    ),
    (
        r"\sum_j x_j \frac{\partial L}{\partial \hat x_j} \frac{\partial \hat x_j}{\partial x_i}"
        r" = x_i \frac{\partial L}{\partial \hat x_i} \frac1s",
        "between two entries",
    ),
    (r"\frac{\partial L}{\partial \gamma} = \hat x \odot g", "entry by entry"),
    (
        r"\frac{\partial L}{\partial \sigma^2} \frac{\partial L}{\partial \mu} \sum_j \frac{\partial L}{\partial \hat x_j}"
        r" \frac{\partial \hat x_j}{\partial x_i}"
        r" = \frac{\partial L}{\partial \sigma^2} \frac{\partial L}{\partial \mu} \frac{\gamma g_i}{s}",
        "between two entries",
    ),
    (
        r"\frac{\partial L}{\partial \sigma^2} + \frac{\partial L}{\partial \mu} + \sum_j \frac{\partial L}{\partial \hat x_j}"
        r" \frac{\partial \hat x_j}{\partial x_i}"
        r" = \frac{\partial L}{\partial \sigma^2} + \frac{\partial L}{\partial \mu} + \frac{\gamma g_i}{s}",
        "between two entries",
    ),
    (
        r"\sum_j \frac{\partial L}{\partial \hat x_j} \frac{\partial \hat x_j}{\partial x_i}"
        r" + 0 \frac{\partial L}{\partial \sigma^2} + 0 \frac{\partial L}{\partial \mu} = \frac{\gamma g_i}{s}",
        "between two entries",
    ),
    (r"\frac{\partial c_i}{\partial x_k} = \delta_{ik}", "between two entries"),
    (r"\frac{\partial \hat x_i}{\partial x_k} = \frac{\delta_{ik}}{s}", "between two entries"),
    (r"\sum_k \frac{\partial c_i}{\partial x_k} = \sum_k \delta_{ik}", "between two entries"),
    (r"\frac{\partial \hat x}{\partial x} = 2 \frac{\partial \hat x}{\partial x}", "sum of all its entries"),
    (r"\sum_{i \neq j} \hat x_j = 0", "only one of them stands in its summand"),
    (r"\sum_{j \neq i} (x_j - \mu) = \sum_i (\mu - x_i)", "only one of them stands in its summand"),
]
REFUSED = [
    r"\frac{\partial c_i}{\partial x_k} = 0, \quad i \neq k",
    r"\sum_{k \neq i} \frac{\partial c_i}{\partial x_k} = 0",
    r"\sum_{i \neq k} \frac{\partial \hat x_i}{\partial x_k} = 0",
    r"\frac{\partial \hat x_1}{\partial x_2} = 0",
    r"1 = \frac{\partial x_i}{\partial x_j} \frac{\partial x_j}{\partial x_i}",
    r"0 = \hat x_i \frac{1}{\hat x_i} - m",
    r"m = x_i / x_i",
    r"m \sigma^2 = (x_i - \mu)^2",
    r"\mu = \frac1m x_i",
]


def only(formula: str) -> Step:
    (step,) = symbn.verify(formula).steps
    return step


@pytest.mark.parametrize(("formula", "caveat"), GRANTED)
def test_a_reading_that_is_granted_is_named(formula: str, caveat: str) -> None:
    step = only(formula)
    assert step.verdict == PROVED
    assert caveat in (step.caveat or "")


@pytest.mark.parametrize(("formula", "reason"), WITHHELD)
def test_what_is_true_under_too_loose_a_reading_is_undecided(formula: str, reason: str) -> None:
    step = only(formula)
    assert step.verdict == UNDECIDED
    assert step.reason is not None
    assert step.reason.startswith("true only if")
    assert reason in step.reason
    assert step.counterexample is None


@pytest.mark.parametrize("formula", REFUSED)
def test_what_no_careful_reader_would_grant_is_refuted(formula: str) -> None:
    assert only(formula).verdict == REFUTED


DOUBTED = [
    (r"\sum_{i=0}^{m-1} \delta_{im} = 1", "from 0"),
    (r"\sum_{i=0}^{m-1} x_i = x_1 + x_2 + \cdots + x_m", "from 0"),
    (r"\frac{\partial \hat x_i}{\partial y_i} = 0", "what is held fixed"),
    (r"\frac{\partial \hat x_i}{\partial y_i} = \frac1\gamma", "what is held fixed"),
    (r"\frac{\partial \sigma^2}{\partial s} = 2 s", "what is held fixed"),
    (
        r"\frac{\partial L}{\partial s} = \frac{\partial L}{\partial \sigma^2} \frac{\partial \sigma^2}{\partial s}",
        "what is held fixed",
    ),
    (r"\frac{\partial x_i}{\partial c_i} = 0", "what is held fixed"),
    (r"\frac{\partial \hat x_i}{\partial x_i} \frac{\partial x_i}{\partial \hat x_i} = 1", "what is held fixed"),
    (
        r"\frac{d\hat x_i}{dx_i} = \frac{\partial\hat x_i}{\partial x_i}"
        r" + \frac{\partial\hat x_i}{\partial\mu}\frac{d\mu}{dx_i}"
        r" + \frac{\partial\hat x_i}{\partial\sigma^2}\frac{d\sigma^2}{dx_i}",
        "the total derivative in one place and the local one in another",
    ),
    (r"\frac{\partial \hat x}{\partial x} x = 0", "matrix product"),
]


@pytest.mark.parametrize(("formula", "reason"), DOUBTED)
def test_what_depends_on_a_convention_is_undecided(formula: str, reason: str) -> None:
    step = only(formula)
    assert step.verdict == UNDECIDED
    assert reason in (step.reason or "")


def test_a_moment_is_differentiated_with_the_input_held_fixed() -> None:
    assert only(r"\frac{\partial (x_i - \mu)}{\partial \mu} = \frac{\partial x_i}{\partial \mu} - 1").verdict == PROVED


def test_a_number_in_brackets_above_may_be_a_feature() -> None:
    step = only(r"\mu^{(2)} = \mu^2")
    assert step.diagnostics[0].code == "two-roles"


def test_a_condition_on_a_letter_says_nothing_of_a_sum_over_the_same_letter() -> None:
    # In the sum i runs over everything, k too, so that the entries may be the same.
    step = only(r"\sum_i \frac{\partial c_i}{\partial x_k} + x_i = 1 + x_i, \quad i \neq k")
    assert step.verdict == UNDECIDED
