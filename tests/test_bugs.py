"""Our own faults are answers too, never a traceback and never a verdict."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import symbn
from symbn import judging
from symbn.kernel.term import KernelError


def test_a_bug_in_a_pass_is_undecided_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise KernelError("forged")

    monkeypatch.setattr(judging, "decide", broken)
    (step,) = symbn.verify("m = m").steps
    assert step.verdict == "undecided"
    assert "this is a bug in symbn" in (step.reason or "")


def test_engines_that_contradict_each_other_give_no_verdict(monkeypatch: pytest.MonkeyPatch) -> None:
    from symbn import symbolic

    monkeypatch.setattr(symbolic, "ask", lambda _: ("different", ""))
    (step,) = symbn.verify("m = m", batch=2).steps
    assert step.verdict == "undecided"
    assert "this is a bug in symbn" in (step.reason or "")
    monkeypatch.setattr(symbolic, "ask", lambda _: ("equal", ""))
    (step,) = symbn.verify("m = 3", batch=2).steps
    assert step.verdict == "undecided"
    assert step.counterexample is None


def test_a_value_that_depends_on_what_it_is_given_to_is_refused() -> None:
    """y holds gamma: putting it in for gamma never came to an end."""
    (step,) = symbn.verify("y_i = 0 if gamma = y_i").steps
    assert step.verdict == "unreadable"
    assert step.diagnostics[0].code == "unsupported-condition"


PIECES = st.sampled_from(
    r"x_i x_j g_k \hat{x}_i \mu \sigma^2 \gamma \beta \epsilon m N L y_i \frac{\partial L}{\partial x_i} \frac{1}{m} \sum_j "
    r"\sum_{j\neq i} \sum_{j=1}^m ( ) + - * / ^2 ^{-1/2} \sqrt{\sigma^2+\epsilon} \delta_{ik} \mathbb{1}[i=k] E[x] x_{ij} "
    r"\gamma_j a 2 0 = , i\neq k \frac{\partial}{\partial x_k} \frac{\partial\hat{x}}{\partial x} s x_1 \begin{cases} "
    r"\end{cases} & \\ \partial".split(" ")
)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(PIECES, min_size=1, max_size=7), st.lists(PIECES, min_size=1, max_size=7), st.sampled_from([None, 1, 2]))
def test_no_row_of_symbols_finds_a_bug_or_makes_the_engines_disagree(
    left: list[str], right: list[str], batch: int | None
) -> None:
    verdict = symbn.verify(" ".join(left) + " = " + " ".join(right), batch=batch)
    for step in verdict.steps:
        assert "bug in symbn" not in (step.reason or ""), f"{step.source}\n{step.reason}"
