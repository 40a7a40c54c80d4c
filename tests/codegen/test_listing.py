"""Every row of the LaTeX listing is read by `symbn check` and proved, but for those that say that it does not read them."""

from __future__ import annotations

from pathlib import Path

import pytest

import symbn
from symbn.codegen.listing import listing
from symbn.codegen.proving import prove_program
from symbn.codegen.targets import PROGRAMS
from symbn.codegen.writing import Request, write


@pytest.mark.parametrize("target", PROGRAMS)
def test_every_row_is_proved(target: str, tmp_path: Path) -> None:
    path = tmp_path / "listing.tex"
    (paths, claims) = write(Request(target, "latex"), str(path), with_test=True)
    assert paths == (path,)
    report = symbn.check(path)
    assert not report.problems
    assert not [step for step in report.steps if step.surprising]
    foreign = [step for step in report.steps if step.verdict == "unreadable"]
    # g = dL/dy, which the text says first, is a row of its own to the checker.
    assert report.count("proved") == len(claims) - len(foreign) + 1
    assert all(step.expected == "unreadable" for step in foreign)
    assert len(foreign) == (4 if target == "layernorm" else 0)


def test_a_wrong_row_is_refuted(tmp_path: Path) -> None:
    path = tmp_path / "listing.tex"
    write(Request("batchnorm", "latex"), str(path), with_test=False)
    text = path.read_text("utf-8")
    path.write_text(text.replace(r"\sum_j g_j \hat x_j", r"\sum_j g_j x_j"), encoding="utf-8")
    assert symbn.check(path).count("refuted") == 1


def test_it_needs_amsmath_alone() -> None:
    for program in PROGRAMS.values():
        packages = [line for line in listing(program, prove_program(program)).splitlines() if "usepackage" in line]
        assert packages == [r"\usepackage{amsmath}"]
