"""The second witness agrees with what is true, disagrees with what is false, and never changes a verdict."""

from __future__ import annotations

import json
import subprocess
import sys

import numpy as np
import pytest

import symbn.layers.graph
from symbn.answer import Sample, Step, Witness
from symbn.checking import check_formula
from symbn.elaboration.notation import Notation
from symbn.judging import Options
from symbn.layers.batchnorm import CLOSED_FORMS
from symbn.numeric.backends import Autograd, Backend, Differences
from symbn.numeric.reference import compare, gradient_witness
from symbn.numeric.remarks import remarks, with_witness
from symbn.numeric.witness import witness

TRUE = [
    r"\frac{\partial^2 \sigma^2}{\partial x_i \partial x_k} = \frac{2}{m}(\delta_{ik} - 1/m)",
    r"\frac{\partial \hat x_i}{\partial x_k} = -\frac{1}{m s}(1+\hat x_i \hat x_k), i \neq k",
    r"\frac{\partial L}{\partial x_{ij}}"
    r" = \frac{\gamma_j}{m s_j}(m g_{ij} - \sum_k g_{kj} - \hat x_{ij} \sum_k g_{kj} \hat x_{kj})",
    r"\frac{\partial L}{\partial x_i} = 0 \text{ if } g_j = 1",
    r"\frac{\partial \hat x_i}{\partial x_i} = \frac{1}{\sqrt{\sigma^2+\epsilon}}",  # the local one: mu and var are held
    "dL/dx_1 = gamma/(m*s)*(m*g_1 - sum_j g_j - xhat_1*sum_j g_j*xhat_j)",
    "dxhat_2/dx_1 = -(1 + xhat_1*xhat_2)/(m*s)",
    "dL/deps = -gamma/(2*(var+eps)^(3/2))*sum_j g_j*(x_j-mu)",
]
FALSE = [
    "dL/dx_i = gamma/(m*s)*(m*g_i - sum_j g_j + xhat_i*sum_j g_j*xhat_j)",
    "dL/dx_i = gamma/(m*s)*(m*g_i - sum_j g_j)",
    "dL/dvar = -gamma*(var+eps)^(-3/2)*sum_j g_j*(x_j-mu)",
    "dxhat_i/dx_k = -(1 + xhat_i*xhat_k)/(m*s)",
    "dL/dgamma = sum_j g_j*x_j",
    "x_1 - mu = 3",
]


def steps(formula: str, mode: str = "train") -> list[Step]:
    return list(check_formula(formula, Options(Notation(mode=mode), keep=True)))


def error(step: Step, library: Backend) -> float:
    assert step.decision is not None
    assert step.decision.equation is not None
    found = witness(step.decision.equation, libraries=[library])
    assert found.worst is not None, found.reason
    return found.worst.error


@pytest.mark.parametrize("form", CLOSED_FORMS, ids=lambda form: form.name)
def test_every_closed_form_holds_in_float64(form: object) -> None:
    assert hasattr(form, "formula")
    assert hasattr(form, "mode")
    for step in steps(form.formula, form.mode):
        assert error(step, Differences()) < 1e-9


@pytest.mark.parametrize("formula", TRUE)
def test_what_is_proved_holds_in_float64(formula: str) -> None:
    for step in steps(formula):
        assert step.verdict == "proved"
        assert error(step, Differences()) < 1e-8


@pytest.mark.parametrize("formula", [*TRUE, *(form.formula for form in CLOSED_FORMS[:8])])
def test_autograd_agrees(formula: str) -> None:
    pytest.importorskip("torch")
    for step in steps(formula):
        assert error(step, Autograd()) < 1e-9


@pytest.mark.parametrize("formula", FALSE)
def test_what_is_refuted_differs_in_float64(formula: str) -> None:
    for step in steps(formula):
        assert step.verdict == "refuted"
        assert error(step, Differences()) > 1e-3


def test_the_witness_knows_no_rule_of_differentiation(monkeypatch: pytest.MonkeyPatch) -> None:
    found = [step for form in CLOSED_FORMS[:8] for step in steps(form.formula, form.mode)]

    def refuse(*arguments: object) -> object:
        raise AssertionError("the witness asked for a symbolic derivative")

    monkeypatch.setattr(symbn.layers.graph, "derive", refuse)
    assert all(error(step, Differences()) < 1e-9 for step in found)


def test_a_mistake_that_a_numeric_check_passes_is_said_to() -> None:
    (step,) = steps(r"\hat x_i = (x_i - \mu)/\sqrt{\sigma^2}")
    found = with_witness(step)
    assert (found.verdict, found.counterexample) == (step.verdict, step.counterexample)
    assert found.numeric is not None
    passed = [sample for sample in found.numeric.samples if sample.close]
    assert passed
    assert all(sample.eps == 1e-5 and sample.error < 1e-5 for sample in passed)
    assert any("a numeric check would have passed this" in note for note in found.notes)


def test_a_refutation_that_no_point_shows_keeps_its_counterexample() -> None:
    (step,) = steps("(m - 2)(m - 3)(m - 5)(m - 8) = 0")
    found = with_witness(step)
    assert found.verdict == "refuted"
    assert any("sees no difference at these points" in note and "m = 1" in note for note in found.notes)


def test_a_contradiction_of_a_proof_is_said_and_changes_nothing() -> None:
    (step,) = steps("dL/dbeta = sum_j g_j")
    forged = Witness((Sample("central differences", 2, 1.0, 0.5, 1.0, 2.0, (("i", 1),), False),))
    assert any("disagrees with the proof" in note for note in remarks(step, forged))
    assert not any("disagrees" in note for note in with_witness(step).notes)


def test_conditions_choose_where_the_sides_are_compared() -> None:
    (step,) = steps(r"\frac{\partial \hat x_i}{\partial x_k} = -\frac{1}{m s}(1+\hat x_i \hat x_k), i \neq k")
    (other,) = steps(r"\frac{\partial \hat x_i}{\partial x_k} = -\frac{1}{m s}(1+\hat x_i \hat x_k)")
    assert error(step, Differences()) < 1e-8 < error(other, Differences())


def test_what_is_not_determined_is_not_compared() -> None:
    (step,) = steps("L = sum_j g_j y_j")
    found = with_witness(step)
    assert found.verdict == "undecided"
    assert found.numeric is None or not found.numeric.samples


def test_a_zero_by_cancellation_is_no_error() -> None:
    (step,) = steps("sum_i xhat_i = 0")
    (other,) = steps("sum_i xhat_i = eps")
    assert error(step, Differences()) < 1e-9 < error(other, Differences())


# ---------------------------------------------------------------------- gradients of arrays


def gradients(axis: int) -> tuple[dict[str, np.ndarray], tuple[np.ndarray, ...]]:
    """Return the closed forms on arrays, and what they were computed from."""
    random = np.random.default_rng(3)
    x, dout = random.normal(size=(5, 3)), random.normal(size=(5, 3))
    gamma, beta = random.normal(size=3), random.normal(size=3)
    m = x.shape[axis]
    centred = x - x.mean(axis, keepdims=True)
    s = np.sqrt((centred**2).mean(axis, keepdims=True) + 0.1)
    xhat, g = centred / s, dout * gamma
    dx = (m * g - g.sum(axis, keepdims=True) - xhat * (g * xhat).sum(axis, keepdims=True)) / (m * s)
    return {"dx": dx, "dgamma": (dout * xhat).sum(0), "dbeta": dout.sum(0)}, (x, dout, gamma, beta)


@pytest.mark.parametrize("axis", [0, 1])
def test_gradients_of_batch_and_layer_norm_are_the_closed_forms(axis: int) -> None:
    right, (x, dout, gamma, beta) = gradients(axis)
    found = compare(right, gradient_witness(x, dout, gamma, beta, 0.1, axis))
    assert {comparison.name for comparison in found} == {"dx", "dgamma", "dbeta"}
    assert all(comparison.close and comparison.error < 1e-9 for comparison in found)


def test_wrong_gradients_wrong_shapes_and_no_numbers_are_told_apart() -> None:
    right, (x, dout, gamma, beta) = gradients(0)
    references = gradient_witness(x, dout, gamma, beta, 0.1, libraries=[Differences()])
    wrong = right["dx"].copy()
    wrong[2, 1] += 1.0
    broken = right["dbeta"].copy()
    broken[1] = np.nan
    by_name = {c.name: c for c in compare({"dx": wrong, "dgamma": dout, "dbeta": broken}, references)}
    assert by_name["dx"].place == (2, 1)
    assert by_name["dgamma"].shapes == ((5, 3), (3,))
    assert by_name["dbeta"].place == (1,)
    assert not any(comparison.close for comparison in by_name.values())


def test_autograd_is_a_reference_where_it_is_installed() -> None:
    pytest.importorskip("torch")
    right, (x, dout, gamma, beta) = gradients(0)
    found = [c for c in compare(right, gradient_witness(x, dout, gamma, beta, 0.1)) if c.method == Autograd.name]
    assert len(found) == 3
    assert all(comparison.error < 1e-13 for comparison in found)


# ---------------------------------------------------------------------- commands


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-m", "symbn", *arguments], capture_output=True, text=True, timeout=120, check=False)


def test_the_option_adds_figures_and_changes_no_verdict() -> None:
    formulas = ["dL/dbeta = sum_j g_j", r"\hat x_i = (x_i - \mu)/\sqrt{\sigma^2}", "x_i = ("]
    plain, numeric = (run("verify", "--json", *extra, *formulas) for extra in ((), ("--numeric",)))
    assert plain.returncode == numeric.returncode == 1
    before, after = ([json.loads(line) for line in done.stdout.splitlines()] for done in (plain, numeric))
    kept = ("verdict", "counterexample", "repair", "statement", "reason", "scope")
    assert [[r[key] for key in kept] for r in before] == [[r[key] for key in kept] for r in after]
    assert all("numeric" not in record for record in before)
    samples = after[0]["numeric"]["samples"]
    assert {sample["m"] for sample in samples} == {2, 3, 5, 8}
    assert after[0]["numeric"]["error"] < 1e-9
    assert "in floating point: relative error at most" in run("verify", "--numeric", formulas[0]).stdout


def test_check_takes_the_option_too() -> None:
    done = run("check", "--numeric", "--no-cache", "--json", "derivations/mistakes.md")
    records = [json.loads(line) for line in done.stdout.splitlines()]
    refuted = [record for record in records if record["verdict"] == "refuted"]
    assert done.returncode == 0
    assert len(refuted) == 22
    assert all(record["numeric"]["error"] > 1e-9 for record in refuted if record["numeric"]["samples"])


def test_points_of_another_seed_say_the_same() -> None:
    (step,) = steps(CLOSED_FORMS[0].formula)
    assert step.decision is not None
    assert step.decision.equation is not None
    errors = [witness(step.decision.equation, seed, [Differences()]).worst for seed in (1, 2)]
    assert all(worst is not None and worst.error < 1e-9 for worst in errors)
