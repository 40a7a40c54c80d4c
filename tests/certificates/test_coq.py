"""Coq accepts what symbn proves and refutes; the audit refuses everything else, for the right reason.

Where Coq is not installed, these tests are skipped, and say so.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest

from symbn.certificates import auditing
from symbn.certificates.auditing import CERTIFIED, REJECTED, UNCHECKED, Answer, TooSlow, Workshop, audit
from symbn.certificates.claims import proposition
from symbn.certificates.expressions import ONE, Binary
from symbn.certificates.making import Made, made_of
from symbn.certificates.statements import Claim
from symbn.certificates.writing import Certificate, proofs_text
from symbn.elaboration.notation import Notation
from symbn.judging import Options
from symbn.layers.batchnorm import CLOSED_FORMS
from symbn.running import Settings, check_path, find_documents
from tests.certificates.helpers import certificate, made

DERIVATIONS = Path(__file__).resolve().parents[2] / "derivations"
SAMPLE, SEED = 16, 8

FALSE = (
    r"\frac{\partial L}{\partial x_i} = \frac{\gamma}{m s} (m g_i - \sum_j g_j + \hat x_i \sum_j g_j \hat x_j)",
    r"\hat{x}_i = (x_i - \mu)(\sqrt{\sigma^2 + \epsilon})^{-0.5}",
    r"\frac{\partial L}{\partial \mu} = \frac{\gamma}{s} \sum_j g_j",
    r"\sum_k \frac{\partial (x_i - \mu)}{\partial x_k} = 1",
    r"\frac{\partial \hat x_i}{\partial x_k} = \frac{1}{s}(\delta_{ik} - \frac1m)",
    r"y_i = x_i \quad\text{if } \gamma = \sqrt{\sigma^2},\ \beta = \mu",
    r"\frac{\partial \hat x_i}{\partial x_k} = 0, \quad i = k",
    r"m s \frac{\partial L}{\partial \mu} = \frac{\partial L}{\partial x_1}",
    "(m-1)(m-2)(m-3) = 0",
    "(f/g)' = (g f' + f g')/g^2",
    r"\frac{\partial}{\partial x_i} \frac{1}{\mu} = \frac{1}{m \mu^2}",
    r"\frac{\partial^2 s}{\partial x_i \partial x_k} = \frac{1}{m s}(\delta_{ik} - \frac1m + \frac{\hat x_i \hat x_k}{m})",
)
MORE = (
    r"\frac{\partial \hat x_i}{\partial x_i} = \frac{1}{\sqrt{\sigma^2+\epsilon}}",
    r"\frac{\partial \hat x_i}{\partial x_k} = -\frac{1}{m s}(1 + \hat x_i \hat x_k), \quad i \neq k",
    r"\frac{\partial \hat x_i}{\partial x_k} = \frac{1}{m s}(m - 1 - \hat x_i \hat x_k), \quad i = k",
    r"\sigma^2 = \frac{1}{2m^2} \sum_i \sum_j (x_i - x_j)^2",
    r"\sum_{j \neq i, j \neq k} x_j = m\mu - x_i - x_k + \delta_{ik} x_i",
    r"(\sqrt{\sigma^2+\epsilon})^{-1.5} = (\sigma^2+\epsilon)^{-3/4}",
    r"x_i \cdot \frac{1}{m-1} = \frac{x_i}{m-1}",
    r"\frac{\partial \hat x_{ij}}{\partial x_{kj}} = \frac{1}{m s_j}(m\delta_{ik} - 1 - \hat x_{ij}\hat x_{kj})",
    r"y_i = x_i \quad\text{if } \gamma = \sqrt{\sigma^2 + \epsilon},\ \beta = \mu",
    r"\frac{\partial L}{\partial x_i} = 0 \quad\text{if } g_i = a",
    "sum_i g_i xhat_i = m var/s if g_i = x_i",
    "(f/g)' = (g f' - f g')/g^2",
    r"\frac{\partial^2 s}{\partial x_i \partial x_k} = \frac{1}{m s}(\delta_{ik} - \frac1m - \frac{\hat x_i \hat x_k}{m})",
    r"\sqrt{\sigma^2} \sqrt{\sigma^2} = \sigma^2",
    r"\frac{\partial}{\partial x_i} \sqrt{\sigma^2} = \frac{x_i - \mu}{m \sqrt{\sigma^2}}",
    r"\frac{\partial}{\partial x_i} (\sigma^2+\epsilon)^{-1/4} = -\frac{x_i-\mu}{2m} (\sigma^2+\epsilon)^{-5/4}",
    "sqrt(m) sqrt(eps) sqrt(m) = m sqrt(eps)",
)
AT_TWO = (
    r"\hat x_2 = -\hat x_1",
    r"\frac{\partial L}{\partial x_1} = \frac{\gamma}{2 s} (1 - \hat x_1^2) (g_1 - g_2)",
    r"x_i + x_k = 2\mu, \quad i \neq k",
    r"\hat x_i^2 = \hat x_1^2",
)
AT_FOUR = ("(x_1 + x_2 + x_3 + x_4)/4 = mu", "dvar/dx_i = (x_i - mu)/2", "xhat_4 = -xhat_1 - xhat_2 - xhat_3", "mu = 4")


def numbered(found: Sequence[Made | Certificate]) -> list[Certificate]:
    missing = [m.reason for m in found if isinstance(m, Made) and m.certificate is None]
    assert not missing
    whole = [m if isinstance(m, Certificate) else m.certificate for m in found]
    return [replace(c, number=n) for n, c in enumerate(whole, 1) if c is not None]


def refused(answers: list[Answer]) -> list[tuple[int, str, str]]:
    return [(a.number, a.state, a.reason) for a in answers if a.state != CERTIFIED]


def test_the_closed_forms_are_certified(library: Path) -> None:
    found = [only for form in CLOSED_FORMS for only in made(form.formula, mode=form.mode)]
    assert len(found) == len(CLOSED_FORMS)
    assert refused(audit(numbered(found), compiled=library)) == []


def test_refutations_and_other_notation_are_certified(library: Path) -> None:
    found = made(*FALSE, *MORE) + made(*AT_TWO, batch=2) + made(*AT_FOUR, batch=4) + made(r"\hat x_1 = 0", batch=1)
    verdicts = [m.step.verdict for m in found]
    assert verdicts == ["refuted"] * len(FALSE) + ["proved"] * (len(found) - len(FALSE) - 2) + ["refuted", "proved"]
    assert refused(audit(numbered(found), compiled=library)) == []


def test_a_sample_of_the_derivations_is_certified(library: Path) -> None:
    """All of them take some minutes: `symbn certify derivations --check`."""
    options = Settings(Options(Notation(), repair=False, keep=True))
    steps = [step for path in find_documents([str(DERIVATIONS)]) for step in check_path(path, options).steps]
    found = made_of(step for step in steps if step.verdict in ("proved", "refuted"))
    sample = Random(SEED).sample(numbered(found), SAMPLE)
    assert {c.refutes for c in sample} == {True, False}
    assert refused(audit(sample, compiled=library)) == []


# ---------------------------------------------------------------------- attacks

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


@pytest.mark.parametrize(("text", "reason"), [a[1:] for a in ATTACKS], ids=[a[0] for a in ATTACKS])
def test_an_attack_is_refused_for_the_right_reason(library: Path, text: str, reason: str) -> None:
    (answer,) = audit([certificate("sum_i xhat_i = 0")], compiled=library, proofs=HEAD + text)
    assert answer.state == REJECTED
    assert reason in answer.reason


def test_an_axiom_in_one_proof_is_laid_to_that_proof(library: Path) -> None:
    honest, other = numbered([certificate("sum_i xhat_i = 0"), certificate("mu = mu")])
    text = proofs_text([honest]) + "Axiom a : False.\nTheorem proof_2 : Claims.claim_2. Proof. destruct a. Qed.\n"
    assert [a.state for a in audit([honest, other], compiled=library, proofs=text)] == [CERTIFIED, REJECTED]


DX = r"\frac{\partial L}{\partial x_i} = \frac{\gamma}{m s} (m g_i - \sum_j g_j - \hat x_i \sum_j g_j \hat x_j)"
OFF_DIAGONAL = r"\frac{\partial \hat x_i}{\partial x_k} = -\frac{1}{m s}(1 + \hat x_i \hat x_k), \quad i \neq k"


def off_by_one(claim: Claim) -> Claim:
    return replace(claim, right=Binary("+", claim.right, ONE))


# A true equation, its batch size, and what is done to its statement: each of the results is false.
STATEMENTS: list[tuple[str, int | None, Callable[[Claim], Claim]]] = [
    (DX, None, off_by_one),
    ("sum_i xhat_i = 0", None, off_by_one),
    (r"\sum_i \frac{\partial L}{\partial x_i} = 0", None, off_by_one),
    ("xhat_2 = -xhat_1", 2, off_by_one),
    ("y_i = x_i if gamma = s, beta = mu", None, off_by_one),
    ("xhat_2 = -xhat_1", 2, lambda claim: replace(claim, batch=None)),
    ("xhat_2 = -xhat_1", 2, lambda claim: replace(claim, batch=3)),
    ("y_i = x_i if gamma = s, beta = mu", None, lambda claim: replace(claim, given=claim.given[:1])),
    (OFF_DIAGONAL, None, lambda claim: replace(claim, conditions=())),
    (OFF_DIAGONAL, None, lambda claim: replace(claim, conditions=(replace(claim.conditions[0], equal=True),))),
    (DX, None, lambda claim: replace(claim, mode="eval")),
]


def test_a_false_statement_is_refused_with_the_proof_of_a_true_one(library: Path) -> None:
    true = [certificate(formula, batch) for formula, batch, _ in STATEMENTS]
    tampered = [replace(c, claim=change(c.claim)) for c, (_, _, change) in zip(true, STATEMENTS, strict=True)]
    for before, after in zip(true, tampered, strict=True):
        assert proposition(before.claim) != proposition(after.claim)
    negated = [replace(true[1], refutes=True), replace(certificate("mu = 0"), refutes=False)]
    found = audit(numbered([*tampered, *negated, true[0]]), compiled=library)
    assert [answer.state for answer in found] == [REJECTED] * (len(found) - 1) + [CERTIFIED]


@pytest.fixture
def proved() -> Certificate:
    return certificate(r"\sum_i \hat x_i^2 = \frac{m \sigma^2}{\sigma^2 + \epsilon}")


COEFFICIENTS = [
    ("transitivity", "/ root", "2 / root"),
    ("transitivity", "^ 2)]", "^ 3)]"),
    ("transitivity", "mean m x", "x 0%nat"),
    ("destruct (positive_root", "_root (var m x + eps) 2", "_root (var m x + eps) 4"),
    ("destruct (positive_root", "var m x + eps", "var m x"),
]


def test_a_tampered_coefficient_is_refused(library: Path, proved: Certificate) -> None:
    tampered = []
    for line_with, old, new in COEFFICIENTS:
        script = tuple(line.replace(old, new) if line_with in line else line for line in proved.script)
        assert script != proved.script, (line_with, old, proved.script)
        tampered.append(replace(proved, script=script))
    found = audit(numbered([proved, *tampered]), compiled=library)
    assert [answer.state for answer in found] == [CERTIFIED] + [REJECTED] * len(tampered)


def test_a_proof_that_takes_too_long_is_neither_certified_nor_rejected(library: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(auditing, "EACH", 1.0)
    slow = replace(certificate("sum_i xhat_i = 0"), script=("repeat (assert True by exact I).",))
    (answer,) = audit([slow], compiled=library)
    assert (answer.state, answer.reason) == (UNCHECKED, "Coq takes too long for it")


def test_a_proof_that_takes_too_long_leaves_the_others(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def accepts(self: Workshop, name: str, text: str | None = None, seconds: float = 0) -> str:
        if "proof_3 " in (text or ""):
            raise TooSlow(name, None, "too slow")
        return ""

    monkeypatch.setattr(Workshop, "accepts", accepts)
    found = numbered(made("sum_i xhat_i = 0", "mu = mu", "x_i = x_i", "m = m", "mu = 0"))
    answers: dict[int, Answer] = {}
    left = auditing._accepted(Workshop(tmp_path, "coqc"), found, answers)
    assert [c.number for c in left] == [1, 2, 4, 5]
    assert [(a.number, a.state) for a in answers.values()] == [(3, UNCHECKED)]


def test_when_the_time_of_the_run_is_up_nothing_is_claimed(library: Path) -> None:
    (answer,) = audit([certificate("sum_i xhat_i = 0")], 0.01, compiled=library)
    assert (answer.state, answer.reason) == (UNCHECKED, auditing.NO_TIME)


def test_without_coq_nothing_is_claimed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(auditing, "find_coq", lambda: None)
    (answer,) = audit([certificate("sum_i xhat_i = 0")])
    assert answer.state == UNCHECKED
    assert "coqc not found" in answer.reason
    assert "Theorem proof_1 : Claims.claim_1." in proofs_text([certificate("sum_i xhat_i = 0")])
