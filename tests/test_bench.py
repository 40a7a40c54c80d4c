"""`scripts/bench`: what is asked, how an answer is counted, and that the tables say what was measured."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from scripts.benching.__main__ import main
from scripts.benching.answers import DIFFERENT, EQUAL
from scripts.benching.asking_all import Settings, measured
from scripts.benching.backward import FUNCTIONS, SEEDS, central
from scripts.benching.formula import Identity, Letter, Slope, text, variables
from scripts.benching.identities import HARD, SIZED, SUMS, Asked
from scripts.benching.measuring import FAILED, TIME_OUT, Reply, run
from scripts.benching.peers import Peer, asked_in, library, peers
from scripts.benching.questions import ASKED, TASKS, questions
from scripts.benching.results import RIGHT, UNDECIDED, WRONG, Report, Result, outcome_of, result
from scripts.benching.table import duration, markdown
from scripts.benching.with_symbn import coded
from symbn.checking import verify

QUICK = Settings(tasks=("c",), python=sys.executable, quick=True, limit=20.0, repeat=2)


def fake(program: str, name: str = "fake", missing: str | None = None) -> Peer:
    command = (sys.executable, "-c", program)
    return Peer(name, "fake", asked_in("cd"), lambda question: command, missing=lambda: missing, version=lambda: "1.0")


def one(program: str) -> dict[str, Result]:
    report = measured([fake(program)], QUICK)
    return {row.key: row for row in report.results}


# ---------------------------------------------------------------------- how answers are counted


def test_a_system_that_says_equal_to_everything_is_wrong_about_what_is_false() -> None:
    found = one("print('ANSWER equal'); print('SECONDS 0.25')")
    assert found["closed"].outcome == RIGHT
    assert found["closed-wrong"].outcome == WRONG
    assert found["closed"].seconds == (0.25, 0.25)


def test_a_system_that_denies_everything_is_wrong_about_what_is_true() -> None:
    found = one("print('ANSWER different'); print('SECONDS 0.25')")
    assert (found["closed"].outcome, found["closed-wrong"].outcome) == (WRONG, RIGHT)


@pytest.mark.parametrize(
    ("true", "answer", "outcome"),
    [
        (True, "equal", RIGHT), (False, "equal", WRONG), (True, "different", WRONG), (False, "different", RIGHT),
        (True, "open", UNDECIDED), (False, "open", UNDECIDED), (True, TIME_OUT, TIME_OUT), (False, FAILED, FAILED),
        (None, "open", ""),
    ],
)  # fmt: skip
def test_only_a_claim_is_right_or_wrong(true: bool | None, answer: str, outcome: str) -> None:
    assert outcome_of(true, answer) == outcome


def test_of_several_runs_the_worst_counts() -> None:
    question = next(questions("c"))
    said = [Reply("equal", 0.1, 5), Reply("different", 0.2, 9), Reply("open", 0.3, 7)]
    found = result(question, "fickle", said)
    assert (found.outcome, found.answer, found.seconds, found.memory) == (WRONG, "different", (0.1, 0.2, 0.3), 9)


def test_an_answer_after_an_error_of_its_own_is_void() -> None:
    program = "import sys; print('ValueError: no', file=sys.stderr); print('ANSWER equal'); print('SECONDS 0.1')"
    found = one(program)["closed"]
    assert (found.outcome, found.note) == (FAILED, "ValueError: no")


def test_a_process_that_does_not_end_is_ended() -> None:
    ended = run([sys.executable, "-c", "while True: pass"], "", 0.5)
    assert ended.late
    assert ended.seconds < 10


def test_after_a_time_out_larger_sizes_are_not_asked() -> None:
    slow = Peer("slow", "fake", lambda q: q.key == "closed", lambda q: (sys.executable, "-c", "while True: pass"))
    report = measured([slow], replace(QUICK, tasks=("a",), limit=0.3))
    assert [row.outcome for row in report.results] == [TIME_OUT, TIME_OUT]
    assert "not asked" in report.results[1].note
    assert report.results[1].seconds == (0.0,)


# ---------------------------------------------------------------------- peers


def test_a_peer_that_is_not_there_is_skipped_with_the_reason() -> None:
    absent = library("absent", "fake", "no_such_module_here", sys.executable, asked_in("c"))
    report = measured([absent, fake("print('ANSWER open')")], QUICK)
    assert "no_such_module_here" in report.skipped["absent"]
    assert {row.peer for row in report.results} == {"fake"}
    assert "skipped: absent: " in markdown(report)


def test_every_question_has_a_key_of_its_own() -> None:
    assert len(ASKED) == len([*SIZED, *SUMS, *HARD, *FUNCTIONS])


def test_every_identity_is_asked_of_some_peer() -> None:
    takers = [
        (question, [peer for peer in peers(sys.executable) if peer.takes(question)])
        for t in "abcdeg"
        for question in questions(t)
    ]
    assert all(len(found) > 1 for _, found in takers)
    assert {question.key for question, _ in takers if question.task in "abcd"} == {a.key for a in (*SIZED, *SUMS, *HARD)}


@pytest.mark.parametrize("asked", [*SIZED, *SUMS, *HARD], ids=lambda asked: asked.key)
def test_symbn_never_contradicts_the_key(asked: Asked) -> None:
    assert verify(asked.latex).kind in ("proved" if asked.true else "refuted", "undecided")


def test_the_identities_written_out_have_the_truth_of_the_key() -> None:
    """With exact numbers in SymPy, at the size that is asked; derivatives included."""
    import sympy

    from scripts.benching.with_sympy import sides

    for asked in (*SIZED, *HARD):
        assert asked.written is not None
        differ = False
        for left, right in sides(asked.written(asked.size)):
            letters = sorted(left.free_symbols | right.free_symbols, key=str)
            at = {
                letter: sympy.Rational(3 + 2 * place**2, 2 + place) * (-1) ** (str(letter) == "w")
                for place, letter in enumerate(letters)
            }
            differ |= abs(sympy.N((left - right).subs(at), 30)) > 1e-20
        assert differ is not asked.true, asked.key


@pytest.mark.parametrize("function", FUNCTIONS, ids=lambda function: function.key)
def test_symbn_code_is_right_about_every_function(function: Asked) -> None:
    answer, _ = coded()(function.key, None)()
    assert answer == (EQUAL if function.true else DIFFERENT)


def test_central_differences_let_wrong_functions_pass() -> None:
    passed = {function.key for function in FUNCTIONS if any(central(function.key, seed) for seed in SEEDS)}
    assert {"right", "no-eps-outside", "sign-gamma"} <= passed
    assert "sign" not in passed


# ---------------------------------------------------------------------- formulas


def test_a_formula_is_written_with_brackets_and_the_systems_own_derivative() -> None:
    x, y = Letter("x"), Letter("y")
    assert text(Slope(x**2 * y, x) / 3, "diff") == "(diff(((x^(2))*y),x)*((3)^(-1)))"
    assert variables(Identity((("y", x + 1),), ((y, x),))) == ["x"]


# ---------------------------------------------------------------------- tables


def sample() -> Report:
    rows = [("symbn", RIGHT, "equal", (0.002, 0.001, 0.003)), ("other", UNDECIDED, "open", (0.2, 0.2, 0.24))]
    results = tuple(
        Result("a", "closed", "the form", True, 4, system, outcome, answer, seconds, 1000)
        for system, outcome, answer, seconds in rows
    )
    return Report({"machine": "here"}, {"symbn": "1"}, {"gone": "no such program"}, results)


def test_the_report_comes_back_from_json() -> None:
    assert Report.from_json(sample().to_json()) == sample()


def test_the_table_has_median_spread_and_ratio() -> None:
    lines = markdown(sample()).splitlines()
    assert "| symbn | 2 ms ± 2 ms |" in lines
    assert "| other | 200 ms ± 40 ms, 100 x (?) |" in lines


@pytest.mark.parametrize(("seconds", "shown"), [(0.00123, "1.2 ms"), (0.25, "250 ms"), (1.5, "1.5 s"), (123.4, "123 s")])
def test_durations(seconds: float, shown: str) -> None:
    assert duration(seconds) == shown


# ---------------------------------------------------------------------- the command


def test_a_quick_run_of_symbn_and_sympy(tmp_path: Path) -> None:
    file = tmp_path / "bench.json"
    assert main(["--quick", "--task", "a", "--peer", "sympy cancel", "--repeat", "1", "--timeout", "30", "-o", str(file)]) == 0
    report = Report.from_json(file.read_text("utf-8"))
    said = {(row.peer, row.key, row.size): row for row in report.results}
    for size in (4, 8):
        assert said["symbn", "closed", size].outcome == RIGHT
        assert said["symbn", "closed-wrong", size].outcome == RIGHT
        assert said["SymPy cancel", "closed", size].outcome == RIGHT
    assert all(row.outcome != WRONG for row in report.results)
    table = markdown(report)
    assert "| symbn | " in table
    assert "| SymPy cancel | " in table
    assert main(["--read", str(file), "--format", "json", "-o", str(tmp_path / "again.json")]) == 0
    assert json.loads((tmp_path / "again.json").read_text("utf-8")) == json.loads(file.read_text("utf-8"))


@pytest.mark.parametrize("arguments", [["--task", "z"], ["--peer", "nobody"]])
def test_an_unknown_name_is_a_usage_error(arguments: list[str]) -> None:
    done = subprocess.run([sys.executable, "-m", "scripts.benching", *arguments], capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "choose from" in done.stderr


def test_the_tasks_are_the_ones_that_help_lists() -> None:
    done = subprocess.run([sys.executable, "-m", "scripts.benching", "--help"], capture_output=True, text=True, check=True)
    assert all(about in " ".join(done.stdout.split()) for about in TASKS.values())
