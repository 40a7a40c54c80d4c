"""The command line as a process: streams, statuses, formats, and input that would hurt."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from symbn.checking import check_formula
from symbn.judging import Options
from symbn.report.terminal import Style, render

KEYS = [
    "schema", "file", "line", "column", "step", "lhs", "rhs", "verdict", "scope", "caveat", "readings", "statement",
    "counterexample", "repair", "reason", "notes", "diagnostics", "formula", "chain_head", "equals_head", "expected",
    "as_expected", "milliseconds",
]  # fmt: skip
TRUE, FALSE, OPEN, BAD = "dL/dbeta = sum_j g_j", "dL/dbeta = sum_j 2 g_j", "L = sum_j g_j y_j", "x_i = ("


def run(*arguments: str, stdin: bytes = b"", **environment: str) -> subprocess.CompletedProcess[str]:
    clean = {k: v for k, v in os.environ.items() if k not in ("NO_COLOR", "COLUMNS", "FORCE_COLOR")}
    done = subprocess.run(
        [sys.executable, "-m", "symbn", *arguments],
        input=stdin,
        capture_output=True,
        timeout=120,
        env=clean | environment,
        check=False,
    )
    return subprocess.CompletedProcess(done.args, done.returncode, done.stdout.decode("utf-8"), done.stderr.decode("utf-8"))


@pytest.mark.parametrize(
    ("formulas", "status"),
    [([TRUE], 0), ([TRUE, FALSE], 1), ([OPEN], 3), ([BAD], 3), ([FALSE, BAD, OPEN], 1), ([TRUE, OPEN], 3)],
)
def test_exit_statuses(formulas: list[str], status: int) -> None:
    assert run("verify", "--quiet", *formulas).returncode == status


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["verify"],
        ["verify", "--batch", "0", TRUE],
        ["verify", "--batch", "-3", TRUE],
        ["verify", "--batch=-3", TRUE],
        ["verify", "--batch", "10**9", TRUE],
        ["verify", "--batch", "1000000000", TRUE],
        ["verify", "--batch", "9" * 5000, TRUE],
        ["verify", "--batch", "two", TRUE],
        ["verify", "--let", "nonsense", TRUE],
        ["verify", "--let", "mean=", TRUE],
        ["verify", "--mode", "sleep", TRUE],
        ["verify", "--file", "/no/such/file"],
        ["verify", "--file", "/"],
        ["verify", "-"],
        ["nonsense"],
        ["table", "--batch", "0"],
        ["table", "--format", "pdf"],
    ],
)
def test_usage_errors_are_one_message_and_status_2(arguments: list[str]) -> None:
    done = run(*arguments)
    assert done.returncode == 2
    assert "symbn: error:" in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""


@pytest.mark.parametrize(
    "raw",
    [
        b"x_i = \xff\xfe\n",
        b"x_i = 1\x00\n",
        b"(" * 200 + b"\n",
        b"x_i^{10^9} = 1\n",
        b"\\input{/etc/passwd} = 1\n",
        b"__import__('os').system('touch /tmp/symbn_was_here') = 1\n",
        b"x" * 10_000_000 + b"\n",
        b"m = 0\n",
    ],
    ids=lambda raw: repr(raw[:20]),
)
def test_hostile_input_is_answered_quickly_and_without_a_traceback(raw: bytes) -> None:
    done = run("verify", "-", stdin=raw)
    assert done.returncode in (1, 3)
    assert "Traceback" not in done.stderr
    assert len(done.stdout) + len(done.stderr) < 20_000
    assert not Path("/tmp/symbn_was_here").exists()


def test_answers_go_to_stdout_and_faults_to_stderr() -> None:
    done = run("verify", TRUE, BAD)
    assert "proved" in done.stdout
    assert "error[" not in done.stdout
    assert "error[" in done.stderr
    assert "^" in done.stderr


def test_json_is_one_record_a_line_with_the_published_keys() -> None:
    done = run("verify", "--json", TRUE, FALSE, OPEN, BAD, "sum_i xhat_i = 0 = 1")
    records = [json.loads(line) for line in done.stdout.splitlines()]
    assert [r["verdict"] for r in records] == ["proved", "refuted", "undecided", "unreadable", "proved", "refuted"]
    assert [r["step"] for r in records] == [1, 1, 1, 1, 1, 2]
    for record in records:
        assert list(record) == KEYS
        assert record["schema"] == 1
    found = records[1]["counterexample"]
    assert found["lhs"] != found["rhs"]
    assert all(isinstance(value, str) for value in [found["m"], found["lhs"], found["rhs"], *found["entries"].values()])


def test_files_and_standard_input_give_lines(tmp_path: Path) -> None:
    text = f"# formulas\n\n{TRUE}\n{FALSE}\n"
    path = tmp_path / "formulas.txt"
    path.write_text(text, "utf-8")
    for arguments, stdin, name in ((["--file", str(path)], b"", str(path)), (["-"], text.encode(), "<stdin>")):
        records = [json.loads(line) for line in run("verify", "--json", *arguments, stdin=stdin).stdout.splitlines()]
        assert [(r["file"], r["line"]) for r in records] == [(name, 3), (name, 4)]


def test_utf8_comes_in_and_goes_out_whatever_the_locale() -> None:
    done = run("verify", "--json", "∂L/∂β = ∑_j g_j", LC_ALL="C", PYTHONIOENCODING="ascii", PYTHONUTF8="1")
    assert json.loads(done.stdout)["lhs"] == "∂L/∂β"


def test_colour_only_when_asked_for_or_on_a_terminal() -> None:
    assert "\x1b" not in run("verify", TRUE).stdout
    assert "\x1b" in run("verify", "--color", "always", TRUE).stdout
    assert "\x1b" not in run("verify", "--color", "never", TRUE).stdout


def test_the_width_is_kept() -> None:
    long = r"\frac{\partial L}{\partial x_i} = " + " + ".join(r"\frac{\gamma}{m s} m g_i" for _ in range(30))
    for width in (40, 80, 100):
        done = run("verify", long, r"z_i + " + long, COLUMNS=str(width))
        assert all(len(line) <= width for line in done.stdout.splitlines() + done.stderr.splitlines())


def test_notation_mode_and_batch_are_options() -> None:
    assert (
        run(
            "verify", "--quiet", "--let", r"mean=\mu_B", "--let", "batch=N", r"\frac{\partial \mu_B}{\partial x_i} = \frac1N"
        ).returncode
        == 0
    )
    assert run("verify", "--quiet", "--mode", "eval", "dL/dx_i = gamma g_i/s").returncode == 0
    done = run("verify", "--batch", "3", "dvar/dx_i = 2 (x_i - mu)/m")
    assert done.returncode == 0
    assert "SymPy agrees at m = 3" in done.stdout


def test_help_has_examples() -> None:
    for arguments in (["--help"], ["verify", "--help"], ["table", "--help"]):
        done = run(*arguments)
        assert done.returncode == 0
        assert "examples:" in done.stdout


def test_the_table_is_proved_by_both_engines_in_every_format() -> None:
    text = run("table", "--batch", "2")
    assert text.returncode == 0
    assert all(len(line) <= 80 for line in text.stdout.splitlines())
    records = [
        json.loads(line) for line in run("table", "--batch", "1", "--batch", "3", "--format", "json").stdout.splitlines()
    ]
    assert len(records) >= 20
    assert {r["verdict"] for r in records} == {"proved"}
    assert all(set(r["sympy"].values()) == {"equal"} and list(r["sympy"]) == ["1", "3"] for r in records)
    latex = run("table", "--batch", "2", "--format", "latex").stdout
    assert latex.count(r"\\") >= 21
    assert r"\toprule" in latex
    outside = [part for line in latex.splitlines() for part in line.split("$")[::2]]
    assert not any(mark in part for part in outside for mark in ("^", "_"))
    markdown = run("table", "--batch", "2", "--format", "markdown").stdout
    assert len({line.count("|") for line in markdown.splitlines()}) == 1


def test_a_closed_pipe_is_no_traceback() -> None:
    command = f"'{sys.executable}' -m symbn verify - < /dev/stdin | head -n 1"
    lines = (TRUE + "\n").encode() * 3000
    done = subprocess.run(["bash", "-c", command], input=lines, capture_output=True, timeout=60, check=False)
    assert b"Traceback" not in done.stderr


def test_a_hostile_formula_cannot_drive_the_terminal() -> None:
    (step,) = check_formula("x_i = \x1b]0;title\x07", Options())
    shown = render(step, Style(colour=False))
    assert "\x1b" not in shown
    assert "\x07" not in shown
