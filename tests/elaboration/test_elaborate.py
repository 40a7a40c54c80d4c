"""From a tree to what it means: roles, indices, readings, and errors that say what to write."""

from __future__ import annotations

import pytest

import symbn
from symbn.elaboration.elaborate import Equation, readings
from symbn.elaboration.notation import Notation
from symbn.errors import UnreadableError
from symbn.syntax.parser import parse


def meant(text: str, *let: str, mode: str = "train", batch: int | None = None) -> list[Equation]:
    (statement,) = parse(text)
    left, right = statement.sides
    return list(readings(left, right, statement.conditions, Notation(mode=mode).with_lets(let), batch))


def claim(text: str, *let: str) -> str:
    return meant(text, *let)[0].statement().partition(": ")[2]


@pytest.mark.parametrize(
    ("written", "plain"),
    [
        (r"\mu_{\mathcal B} = E[X]", "mu = mu"),
        (r"\sigma_B^2 = Var[x]", "var = var"),
        (r"\sigma^{-2} = v^{-1}", "1/var = 1/var"),
        (r"\frac{\partial \ell}{\partial y_i} = g_i", "dL/dy_i = g_i"),
        (r"d\gamma = d\beta", "dL/dgamma = dL/dbeta"),
        (r"\hat x_i^2 = \hat{x}_i \hat{x_i}", "xhat_i^2 = xhat_i*xhat_i"),
        (r"x_i^{2} = x_i x_i", "x_i^2 = x_i*x_i"),
        (r"\delta_{ik} = \mathbb{1}_{i=k}", "delta_{i,k} = delta_{i,k}"),
        (r"\delta_i = g_i", "g_i = g_i"),
        (r"\sum_{k \neq i} x_k = 0", "(sum_{k != i} x_k) = 0"),
        (r"\sum_{i,j} x_i g_j = 0", "(sum_i (sum_j (x_i*g_j))) = 0"),
        (r"E[x^2] = 0", "(sum_i x_i^2)/m = 0"),
        ("-x_i^2 = 0", "-x_i^2 = 0"),
        (r"\frac{1}{2m} = 1/2/m", "1/(2*m) = 1/(2*m)"),
    ],
)
def test_names_play_their_roles(written: str, plain: str) -> None:
    assert claim(written) == plain


@pytest.mark.parametrize(
    ("text", "code", "cure"),
    [
        (r"z_i = x_i", "unknown-name", "--let"),
        (r"\sigma = 1", "two-roles", "--let"),
        (r"x_{ij} = E[\frac{\partial L}{\partial x_i}]", "two-roles", "both indices"),
        (r"x_i^{(k)} g_j = var(g_i)", "two-roles", "both indices"),
        (r"x_{ij} = E[\frac{\partial L}{\partial \hat x_i}]", "two-roles", "both indices"),
        (r"\bar x = \mu", "two-roles", "--let"),
        ("m x_i = N x_i", "two-roles", "--let batch"),
        ("x_m = m", "two-roles", "rename"),
        (r"\mu_j = x_i", "bad-index", "x_{ij}"),
        (r"L_i = 0", "bad-index", "index"),
        (r"x_i^{(k)} = 0", "two-roles", "superscript"),
        (r"\frac{\partial L}{\partial m} = 0", "bad-derivative", "quantity"),
        (r"x_{i+1} = 0", "bad-index", ""),
        (r"x_i^{m} = 0", "bad-exponent", "number"),
        (r"\sum_{j=1}^{5} x_j = \sum_{j=1}^{4} x_j", "bad-bounds", ""),
        (r"\hat x x_i g_k = 0", "missing-index", "write"),
        (r"x_i^\top = 0", "missing-index", "x_{ij}"),
        (r"x_{ij} + g_{jk} = 0", "two-roles", "different letters"),
    ],
)
def test_what_is_ambiguous_or_unknown_is_an_error_that_says_what_to_write(text: str, code: str, cure: str) -> None:
    with pytest.raises(UnreadableError) as caught:
        meant(text)
    assert caught.value.diagnostic.code == code
    assert cure in (caught.value.diagnostic.help or "")


def test_the_languages_own_rule_comes_first() -> None:
    first, *others = meant(r"\sum_k x_i - \mu = 0")
    assert first.reading.caveats == ()
    assert [len(e.reading.caveats) for e in others] == [1]
    assert "write brackets" in others[0].reading.caveats[0]


def test_a_bound_letter_used_after_the_sum_may_widen_the_sum_and_the_verdict_says_so() -> None:
    strict, wide = meant(r"\sum_k x_i - x_k = 0")
    assert strict.statement().endswith("(sum_k x_i) - x_k = 0")
    assert wide.statement().endswith("(sum_k (x_i - x_k)) = 0")
    assert wide.reading.caveats != ()


def test_total_and_local_derivatives_are_told_apart_for_each_pair() -> None:
    kinds = {
        e.reading.caveats for e in meant(r"\frac{\partial \hat x_i}{\partial x_i} + \frac{\partial \sigma^2}{\partial x_i} = 0")
    }
    assert len(kinds) == 4


def test_a_sum_that_shadows_a_free_index_is_renamed() -> None:
    text = r"x_i \sum_i g_i = x_i \sum_k g_k"
    assert symbn.verify(text).kind == "proved"


def test_superscripts_in_brackets_follow_the_sums_or_the_notation() -> None:
    wide = r"\sum_k x_i^{(k)} = m \mu_i"
    assert symbn.verify(wide).kind == "proved"
    assert symbn.verify(r"x_i^{(k)} - \mu_i = c_i^{(k)}", let=["superscript=batch"]).kind == "proved"
    assert symbn.verify(r"x_i^{(k)} - \mu^{(k)} = c_i^{(k)}", let=["superscript=feature"]).kind == "proved"


def test_numeric_bounds_choose_the_batch_size() -> None:
    (step,) = symbn.verify(r"\frac{1}{2} \sum_{i=1}^{2} x_i = \mu").steps
    assert (step.verdict, step.scope) == ("proved", "2")


def test_options_of_the_notation_are_remembered() -> None:
    notation = Notation().with_lets([r"mean=\mu_B", "batch=N"])
    assert notation.said == (r"mean=\mu_B", "batch=N")
    assert notation.batch == "N"
