"""Coq accepts what symbn proves and refutes; the audit refuses everything else, for the right reason."""

from __future__ import annotations

import os
from dataclasses import replace

import pytest

from symbn.certificates import auditing
from symbn.certificates.auditing import CERTIFIED, REJECTED, UNCHECKED, Answer, audit
from symbn.certificates.making import Made
from symbn.certificates.writing import Certificate, proofs_text
from symbn.layers.batchnorm import CLOSED_FORMS
from tests.certificates.helpers import certificate, made

# Coq takes minutes, so that these run when they are asked for.
ASKED = os.environ.get("SYMBN_COQ") == "1"
needs_coq = pytest.mark.skipif(
    not ASKED or auditing.find_coq() is None, reason="SYMBN_COQ=1 is not set, or coqc is not installed (apt-get install coq)"
)

FALSE = (
    r"\frac{\partial L}{\partial x_i} = \frac{\gamma}{m s} (m g_i - \sum_j g_j + \hat x_i \sum_j g_j \hat x_j)",
    r"\hat{x}_i = (x_i - \mu)(\sqrt{\sigma^2 + \epsilon})^{-0.5}",
    r"\frac{\partial L}{\partial \mu} = \frac{\gamma}{s} \sum_j g_j",
    r"\sum_k \frac{\partial (x_i - \mu)}{\partial x_k} = 1",
    r"\frac{\partial \hat x_i}{\partial x_k} = \frac{1}{s}(\delta_{ik} - \frac1m)",
    "(m-1)(m-2)(m-3) = 0",
)
MORE = (
    r"\frac{\partial \hat x_i}{\partial x_i} = \frac{1}{\sqrt{\sigma^2+\epsilon}}",
    r"\frac{\partial \hat x_i}{\partial x_k} = -\frac{1}{m s}(1 + \hat x_i \hat x_k), \quad i \neq k",
    r"\sigma^2 = \frac{1}{2m^2} \sum_i \sum_j (x_i - x_j)^2",
    r"\sum_{j \neq i, j \neq k} x_j = m\mu - x_i - x_k + \delta_{ik} x_i",
    r"(\sqrt{\sigma^2+\epsilon})^{-1.5} = (\sigma^2+\epsilon)^{-3/4}",
    r"x_i \cdot \frac{1}{m-1} = \frac{x_i}{m-1}",
    r"\frac{\partial \hat x_{ij}}{\partial x_{kj}} = \frac{1}{m s_j}(m\delta_{ik} - 1 - \hat x_{ij}\hat x_{kj})",
)


def answers(found: list[Made]) -> list[Answer]:
    certificates = [replace(m.certificate, number=n) for n, m in enumerate(found, 1) if m.certificate is not None]
    assert len(certificates) == len(found), [m.reason for m in found if m.certificate is None]
    return audit(certificates)


@needs_coq
def test_the_closed_forms_are_certified() -> None:
    found = [only for form in CLOSED_FORMS for only in made(form.formula, mode=form.mode)]
    assert [answer.state for answer in answers(found)] == [CERTIFIED] * len(CLOSED_FORMS)


@needs_coq
def test_refutations_and_other_notation_are_certified() -> None:
    found = made(*FALSE, *MORE) + made("(x_1 + x_2 + x_3 + x_4)/4 = mu", "dvar/dx_i = (x_i - mu)/2", "mu = 4", batch=4)
    assert [(a.number, a.state, a.reason) for a in answers(found)] == [(n, CERTIFIED, "") for n in range(1, len(found) + 1)]


def attack(text: str, formula: str = "sum_i xhat_i = 0") -> Answer:
    (answer,) = audit([certificate(formula)], proofs=text)
    return answer


HEAD = "From Symbn Require Import Tactics.\nFrom Certificate Require Claims.\n"
ATTACKS = [
    ("an axiom", "Axiom a : False.\nTheorem proof_1 : Claims.claim_1. Proof. destruct a. Qed.\n", "assumes more"),
    ("Admitted", "Theorem proof_1 : Claims.claim_1. Admitted.\n", "assumes more"),
    (
        "no guard",
        "Unset Guard Checking.\nFixpoint f (n : nat) : False := f n.\n"
        "Theorem proof_1 : Claims.claim_1. Proof. destruct (f O). Qed.\n",
        "assumes more",
    ),
    (
        "other claims",
        "Module Claims. Definition claim_1 := True. End Claims.\nTheorem proof_1 : Claims.claim_1. Proof. exact I. Qed.\n",
        "has type",
    ),
    (
        "other claims by their full name",
        "Module Certificate. Module Claims. Definition claim_1 := True. End Claims. End Certificate.\n"
        "Theorem proof_1 : Certificate.Claims.claim_1. Proof. exact I. Qed.\n",
        "has type",
    ),
    (
        "an axiom with a known name",
        "Module Classical_Prop. Axiom classic : False. End Classical_Prop.\n"
        "Theorem proof_1 : Claims.claim_1. Proof. destruct Classical_Prop.classic. Qed.\n",
        "assumes more",
    ),
    ("another theorem", "Theorem proof_1 : True. Proof. exact I. Qed.\n", "has type"),
    ("no theorem", "Lemma other : True. Proof. exact I. Qed.\n", "was not found"),
    ("an unfinished proof", "Theorem proof_1 : Claims.claim_1. Proof. idtac. Qed.\n", "Attempt to save an incomplete proof"),
]


@needs_coq
@pytest.mark.parametrize(("text", "reason"), [a[1:] for a in ATTACKS], ids=[a[0] for a in ATTACKS])
def test_an_attack_is_refused_for_the_right_reason(text: str, reason: str) -> None:
    answer = attack(HEAD + text)
    assert answer.state == REJECTED
    assert reason in answer.reason


@needs_coq
def test_a_false_claim_has_no_proof_and_leaves_the_others() -> None:
    true = certificate("dvar/dx_i = 2 (x_i - mu)/m")
    false = certificate("dvar/dx_i = (x_i - mu)/m")
    tampered = Certificate(2, "tampered", False, false.claim, true.script)
    other = replace(certificate("sum_i xhat_i = 0"), number=3)
    assert [answer.state for answer in audit([true, tampered, other])] == [CERTIFIED, REJECTED, CERTIFIED]


@needs_coq
@pytest.mark.parametrize(("old", "new"), [("INR m", "(INR m + 1)"), ("2 *", "3 *"), ("mean m x", "x i")])
def test_a_tampered_coefficient_is_refused(old: str, new: str) -> None:
    true = certificate(r"\sum_i (x_i - \mu)^2 = m \sigma^2")
    script = tuple(line.replace(old, new) if "combination_sum m [" in line else line for line in true.script)
    (answer,) = audit([replace(true, script=script)])
    assert script == true.script or answer.state == REJECTED


@needs_coq
def test_a_proof_that_takes_too_long_is_rejected(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(auditing, "EACH", 4.0)
    slow = replace(certificate("sum_i xhat_i = 0"), script=("repeat (assert True by exact I).",))
    other = replace(certificate("dL/dbeta = sum_j g_j"), number=2)
    first, second = audit([slow, other])
    assert (first.state, first.reason) == (REJECTED, "the time limit")
    assert second.state == CERTIFIED


def test_without_coq_nothing_is_claimed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(auditing, "find_coq", lambda: None)
    (answer,) = audit([certificate("sum_i xhat_i = 0")])
    assert answer.state == UNCHECKED
    assert "coqc not found" in answer.reason
    assert "Theorem proof_1 : Claims.claim_1." in proofs_text([certificate("sum_i xhat_i = 0")])
