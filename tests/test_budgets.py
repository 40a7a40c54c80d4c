"""Formulas that ask for more than there is: each one is answered in time, and the formulas beside it are not its hostages."""

from __future__ import annotations

from pathlib import Path
from time import perf_counter

import pytest

import symbn
from symbn.judging import Options
from symbn.running import Settings, check_path

LIMIT = 30  # seconds; about 10 are meant, and the machine may be busy
PROVED = r"\frac{\partial L}{\partial\beta} = \sum_j g_j"
SIX = r"(x_i+g_i+\gamma+\beta+\epsilon+\mu)"
GREEDY = {
    "a great exponent": r"x_i^{1000000000} = 1",
    "a great exponent of a sum": r"(x_i+1)^{1000000000} = 1",
    "a great negative exponent of a number": r"2^{-1000000000} = 1",
    "a great root": r"(\sigma^2+\epsilon)^{-1000000001/2} = s^{-1000000001}",
    "a tower of numbers": "9^{9^{9^{9^{9}}}} = 1",
    "a tower of powers": "((((x_i^9)^9)^9)^9)^9 + 1 = 0",
    "a tower of powers of sums": "((((x_i+1)^{9}+1)^{9}+1)^{9}+1)^{9} = 0",
    "100,000 nested groups": "(" * 100_000 + "x_i" + ")" * 100_000 + " = 1",
    "100,000 nested braces": "{" * 100_000 + "x_i" + "}" * 100_000 + " = 1",
    "5,000 nested fractions": r"\frac{1}{" * 5000 + "x_i" + "}" * 5000 + " = 1",
    "60 nested fractions": r"\frac{1}{1+" * 60 + "x_i" + "}" * 60 + " = 1",
    "60 nested roots": r"\sqrt{1+" * 60 + "x_i" + "}" * 60 + " = 1",
    "50 nested sums": r"\sum_{j=1}^m (x_j + " * 50 + "1" + ")" * 50 + " = 1",
    "30 nested sums": r"\sum_{j=1}^m (x_j + " * 30 + "1" + ")" * 30 + " = 1",
    "20 sums of as many letters": "".join(rf"\sum_{c} x_{c} " for c in "abcdefhijklnopqrtuvw") + " = 1",
    "a product of 500 sums": r"\left(\sum_j x_j\right)" * 500 + " = 1",
    "a product of 500 sums of products": r"(\sum_j (x_j-\mu) g_j)" * 500 + " = 1",
    "a polynomial that explodes": f"{SIX}^{{40}} = {SIX}^{{20}}{SIX}^{{20}}",
    "a polynomial of many factors": "".join(rf"(x_{k}+g_{k}+\gamma)" for k in range(1, 60)) + " = 1",
    "a chain of 300 steps": " = ".join(["x_i"] * 300),
    "100,000 digits": "9" * 100_000 + " = 1",
    "a great index": "x_{1000000000000} = 1",
    "300 derivatives": r"\frac{\partial}{\partial x_i}" * 300 + " L = 1",
    "1,000 nested cases": r"\begin{cases}" * 1000 + "1" + r"\end{cases}" * 1000 + " = 1",
    "10,000 primes": "x" + "'" * 10_000 + " = 1",
}


@pytest.mark.parametrize("name", GREEDY)
def test_a_greedy_formula_leaves_the_others_of_its_document_alone(name: str, tmp_path: Path) -> None:
    path = tmp_path / "a.md"
    path.write_text(f"First\n\n$${PROVED}$$\n\nsecond\n\n$${GREEDY[name]}$$\n\nthird.\n\n$${PROVED}$$\n", "utf-8")
    start = perf_counter()
    steps = check_path(str(path), Settings(Options(repair=True))).steps
    assert perf_counter() - start < LIMIT
    assert len(steps) >= 3
    assert (steps[0].verdict, steps[-1].verdict) == ("proved", "proved")
    assert not any("bug in symbn" in (step.reason or "") for step in steps)


@pytest.mark.parametrize("name", ["a polynomial that explodes", "a great exponent", "50 nested sums"])
def test_a_budget_that_is_spent_is_no_verdict(name: str) -> None:
    assert symbn.verify(GREEDY[name]).kind in ("undecided", "unreadable")


def test_macros_that_double_end_with_a_diagnostic(tmp_path: Path) -> None:
    path = tmp_path / "a.tex"
    doubled = "".join(
        rf"\newcommand{{\{new}}}{{\{old}\{old}}}"
        for old, new in zip("abcdefghijklmnopqrstuvwxy", "bcdefghijklmnopqrstuvwxyz", strict=True)
    )
    path.write_text(rf"\newcommand{{\a}}{{x_i}}{doubled} $\z = 1$ and $${PROVED}$$", "utf-8")
    start = perf_counter()
    steps = check_path(str(path), Settings(Options())).steps
    assert perf_counter() - start < LIMIT
    assert [step.verdict for step in steps] == ["unreadable", "proved"]
