"""The attack in small: what symbn answers to random equations, Coq accepts too."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from scripts.attacking import certifying
from scripts.attacking.attack import attack
from scripts.attacking.certifying import certified, sampled
from symbn.certificates.auditing import REJECTED, Answer
from symbn.certificates.writing import Certificate

SEED, EACH, COUNT = 4, 10, 10


def test_no_certificate_of_the_attack_is_rejected(library: Path) -> None:
    outcomes = [attack(kind, number, SEED) for kind in ("one edit", "identity") for number in range(EACH)]
    sample = sampled(outcomes, COUNT, SEED)
    assert {o.verdict for o in sample} == {"proved", "refuted"}
    found = certified(sample, library)
    assert [(o.text, o.wrong) for o in found if o.wrong is not None] == []
    assert sum(not o.reason for o in found) > COUNT // 2


def test_a_rejected_certificate_is_a_wrong_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    def rejecting(certificates: list[Certificate], seconds: float, compiled: Path | None) -> list[Answer]:
        return [Answer(c.number, REJECTED, "no") for c in certificates]

    monkeypatch.setattr(certifying, "audit", rejecting)
    proved = replace(attack("identity", 0, SEED), text="sum_i xhat_i = 0")
    unknown = replace(proved, text="dxhat_{ij}/dx_{kl} = delta_{jl}*dxhat_{ij}/dx_{kj}")
    first, second = certified([proved, unknown])
    assert first.wrong is not None
    assert "Coq rejects" in first.wrong
    assert second.reason.startswith("no certificate: ")
