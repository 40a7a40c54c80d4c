"""A bounded run of scripts/fuzz: only verdicts and diagnostics come out of what a vandal puts in."""

from __future__ import annotations

from pathlib import Path
from time import sleep

import pytest

import symbn
from scripts.fuzzing import trial
from scripts.fuzzing.__main__ import run
from scripts.fuzzing.cases import KINDS, Case, case

SEED, EACH = 20, 30


@pytest.mark.parametrize("kind", KINDS)
def test_every_reader_answers_whatever_it_is_given(kind: str) -> None:
    row = run(kind, SEED, range(EACH))
    assert row.cases == EACH
    assert not row.failures, "\n".join(map(str, row.failures))


def test_a_case_can_be_made_again() -> None:
    for kind in KINDS:
        assert [case(kind, 3, n) for n in range(20)] == [case(kind, 3, n) for n in range(20)]
        assert len({case(kind, 3, n).data for n in range(20)}) > 5


def test_what_breaks_is_noticed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    case = Case("formula", 1, 2, "formula", b"m = m")

    def explodes(*_: object, **__: object) -> None:
        raise RuntimeError("forged")

    def hangs(*_: object, **__: object) -> None:
        sleep(30)

    monkeypatch.setattr(symbn, "verify", explodes)
    (failure,), _ = trial.tried(case, tmp_path)
    assert "RuntimeError: forged" in str(failure)
    assert "scripts/fuzz --seed 1 --kinds formula --only 2" in str(failure)
    monkeypatch.setattr(symbn, "verify", hangs)
    monkeypatch.setattr(trial, "_HANG", 1)
    (failure,), _ = trial.tried(case, tmp_path)
    assert "still not done" in failure.what
