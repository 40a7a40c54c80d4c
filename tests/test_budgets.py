"""Formulas that ask for more than there is: each one is answered in time, and the formulas beside it are not its hostages."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from time import perf_counter, process_time

import pytest

import symbn
from symbn import cli
from symbn.following import supposing
from symbn.following.state import Claim
from symbn.judging import Options
from symbn.report.listing import render_report
from symbn.report.terminal import Style
from symbn.running import Settings, check_path
from symbn.syntax.tree import Relation

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
    "powers of (a+b+c+d+e)": r"(\alpha+\beta+\gamma+\mu+\epsilon)^{60} = (x_i+g_i+\gamma+\beta+\mu)^{59}",
    "a continued fraction 200 deep": r"\frac{\gamma}{x_i+\beta+" * 200 + "1" + "}" * 200 + " = 1",
    "100,000 columns": r"\begin{pmatrix}" + "1&" * 100_000 + r"1\end{pmatrix} = 1",
    "100,000 index letters": "x_{" + "ijklpq" * 16_000 + "} = 1",
    "10,000 conditions": "x_i = x_j, " + ", ".join(rf"i \neq {n}" for n in range(1, 10_000)),
    "1,000,000 digits": "9" * 1_000_000 + " = 0." + "9" * 1_000_000,
    "1,000 factors under roots": "".join(rf"(\sqrt{{{n}}}+x_i)" for n in range(2, 1002)) + " = 1",
    "1,000,000 characters": "x_i + " * 166_666 + "1 = 1",
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


def test_a_document_of_greedy_formulas_is_given_up_in_time_and_says_how_to_give_it_more(tmp_path: Path) -> None:
    path = tmp_path / "a.md"
    path.write_text(f"$${PROVED}$$\n\n" + f"$${GREEDY['a polynomial that explodes']}$$\n\n" * 200, "utf-8")
    start = process_time()
    steps = check_path(str(path), Settings(Options(repair=True, seconds=1.0))).steps
    assert process_time() - start < 1 + 12  # what is begun is finished, by its own budget
    assert len(steps) == 201
    assert steps[0].verdict == "proved"
    assert {step.verdict for step in steps[1:]} <= {"undecided", "refuted"}
    assert "1 s of processor time" in (steps[-1].reason or "")
    assert "--time-limit" in (steps[-1].reason or "")
    assert sum("--time-limit" in (step.reason or "") for step in steps) > 150


def test_a_document_without_a_limit_is_looked_at_to_its_end(tmp_path: Path) -> None:
    path = tmp_path / "a.md"
    path.write_text(f"$${PROVED}$$\n\n" * 30, "utf-8")
    for seconds in (None, 600.0):
        assert {step.verdict for step in check_path(str(path), Settings(Options(seconds=seconds))).steps} == {"proved"}
    steps = check_path(str(path), Settings(Options(seconds=0.0))).steps
    assert [(step.verdict, step.line, step.column, step.formula) for step in steps] == [
        ("undecided", 2 * n + 1, 3, 2 * n + 1) for n in range(30)
    ]


def test_a_refutation_is_none_if_there_was_no_time_to_look_at_the_hypotheses_around(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.md"
    path.write_text("Assume $\\gamma = 1$. Then $$y_i = \\hat x_i + \\beta$$\n", "utf-8")
    (step,) = (s for s in check_path(str(path), Settings(Options(seconds=600.0))).steps if s.verdict != "assumed")
    assert (step.verdict, step.caveat is None) == ("proved", False)
    real = supposing._remembered

    def late(step: symbn.Step, claim: Claim, usable: tuple[Relation, ...], functions: frozenset[str]) -> symbn.Step:
        monkeypatch.setattr("symbn.judging.process_time", lambda: 1e9)  # the time is over in the middle of a step
        return real(step, claim, usable, functions)

    monkeypatch.setattr(supposing, "_remembered", late)
    (step,) = (s for s in check_path(str(path), Settings(Options(seconds=600.0))).steps if s.verdict != "assumed")
    assert step.verdict == "undecided"
    assert "--time-limit" in (step.reason or "")


@pytest.mark.parametrize("words", ["-1", "x", "1e9", "99999999", "", "١"])
def test_a_time_limit_is_a_number_of_seconds(words: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "a.md").write_text(f"$${PROVED}$$", "utf-8")
    assert cli.main(["check", "--no-cache", f"--time-limit={words}", str(tmp_path)]) == 2
    assert "--time-limit wants" in capsys.readouterr().err


def test_an_answer_that_was_cut_short_is_not_kept_for_a_longer_limit(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "a.md"
    path.write_text(f"$${PROVED}$$", "utf-8")
    cache = str(tmp_path / "cache")
    for seconds, verdict in ((0.0, "undecided"), (600.0, "proved"), (None, "proved")):
        report = check_path(str(path), Settings(Options(seconds=seconds), cache=cache))
        assert [step.verdict for step in report.steps] == [verdict]


@pytest.mark.skipif(os.name != "posix", reason="needs a process's greatest size")
@pytest.mark.parametrize(
    "name", ["a product of 500 sums of products", "a polynomial that explodes", "a polynomial of many factors",
             "powers of (a+b+c+d+e)", "100,000 columns", "1,000,000 digits", "50 nested sums"],
)  # fmt: skip
def test_no_formula_takes_half_a_gigabyte(name: str, tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text(f"$${GREEDY[name]}$$\n", "utf-8")
    code = (
        "import resource, sys; from symbn import cli; cli.main(sys.argv[1:]);"
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)"
    )
    command = [sys.executable, "-c", code, "check", "--no-cache", "--format", "json", str(tmp_path / "a.md")]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    assert json.loads(done.stdout.splitlines()[0])["verdict"] in ("undecided", "unreadable", "refuted")
    size = int(done.stdout.splitlines()[-1]) // (1024 if sys.platform != "darwin" else 1024**2)
    assert size < 500, f"{size} MiB"


def test_what_a_long_document_costs_grows_as_it_does(tmp_path: Path) -> None:
    """10,000 definitions, conditions or faults were each looked at for every step."""
    kinds = (
        lambda n: f"Let $q_{{{n}}} = x_{{{n}}}$ be.\n\n",
        lambda n: f"Then $z_{n} = ($ holds.\n\n",
        lambda n: "Then $x_i = x_i$ holds.\n\n",
    )
    for kind in kinds:
        took = []
        for count in (200, 1600):
            path = tmp_path / "a.md"
            path.write_text("".join(map(kind, range(count))), "utf-8")
            start = process_time()
            render_report(check_path(str(path), Settings(Options())), Style())
            took.append(process_time() - start)
        assert took[1] < 8 * 3 * took[0] + 1
