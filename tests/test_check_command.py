"""`symbn check` and `symbn explain` as a user meets them."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

from symbn.catalogue import CATALOGUE

TRUE = "$$\\sum_i \\hat x_i = 0$$\n"
FALSE = "$$\\frac{\\partial L}{\\partial\\beta} = -\\sum_j g_j$$\n"
OPEN = "$$\\frac{\\partial^2 L}{\\partial x_i \\partial x_k} = 0$$\n"
BAD = "$$x_i = \\foo$$\n"


def run(*arguments: str, stdin: str = "", **environment: str) -> subprocess.CompletedProcess[str]:
    clean = {k: v for k, v in os.environ.items() if k not in ("NO_COLOR", "COLUMNS", "FORCE_COLOR")}
    return subprocess.run(
        [sys.executable, "-m", "symbn", *arguments], input=stdin, capture_output=True, text=True, timeout=120,
        env=clean | {"COLUMNS": "80"} | environment, check=False, encoding="utf-8",
    )  # fmt: skip


@pytest.fixture
def notes(tmp_path: Path) -> str:
    path = tmp_path / "notes.md"
    path.write_text(f"# Notes\n\n{TRUE}\n{FALSE}", "utf-8")
    return str(path)


@pytest.mark.parametrize(
    ("text", "status"),
    [(TRUE, 0), (TRUE + FALSE, 1), (OPEN, 3), (BAD, 3), (BAD + FALSE, 1), ("no formula", 0),
     ("<!-- symbn: refuted -->\n" + FALSE, 0), ("<!-- symbn: refuted -->\n" + TRUE, 1), ("<!-- symbn: foo -->\n" + TRUE, 3)],
)  # fmt: skip
def test_exit_statuses(text: str, status: int) -> None:
    assert run("check", "--no-cache", "-", stdin=text).returncode == status


@pytest.mark.parametrize(
    "arguments",
    [
        ["check"], ["check", "/no/such"], ["check", "-", "--jobs", "0"], ["check", "-", "--jobs", "many"],
        ["check", "-", "--only", "nonsense"], ["check", "-", "--format", "nonsense"], ["check", "-", "--notation", "/no/such"],
        ["check", "-", "--let", "meen=u"], ["check", "-", "--batch", "0"], ["explain", "nonsense"],
    ],
)  # fmt: skip
def test_usage_errors_say_what_to_do_and_have_status_2(arguments: list[str]) -> None:
    done = run(*arguments, stdin=TRUE)
    assert done.returncode == 2
    assert "symbn: error:" in done.stderr
    assert "Traceback" not in done.stderr


def test_the_report_names_the_place_the_repair_and_the_outcome(notes: str) -> None:
    done = run("check", "--no-cache", notes)
    assert "error[wrong-sign]" in done.stdout
    assert "notes.md:5:" in done.stdout
    assert "= repair:" in done.stdout
    assert "2 steps in 1 document: 1 refuted" in done.stdout
    assert done.stderr == ""
    assert all(len(line) <= 80 for line in done.stdout.splitlines() if "-->" not in line)


def test_only_shows_one_kind(notes: str) -> None:
    assert "error[wrong-sign]" in run("check", "--no-cache", notes, "--only", "wrong-sign").stdout
    assert "error[wrong-sign]" not in run("check", "--no-cache", notes, "--only", "unreadable").stdout


def test_explain_adds_what_the_codes_mean(notes: str) -> None:
    assert CATALOGUE["wrong-sign"].cure in " ".join(run("check", "--no-cache", notes, "--explain").stdout.split())


def test_json_is_a_record_a_line_for_each_step(notes: str) -> None:
    records = [json.loads(line) for line in run("check", "--no-cache", "--json", notes).stdout.splitlines()]
    assert [record["verdict"] for record in records] == ["proved", "refuted"]
    assert records[1]["line"] == 5
    assert records[1]["repair"]["code"] == "wrong-sign"
    assert records[1]["chain_head"] == r"\frac{\partial L}{\partial\beta}"


def test_the_other_formats_are_what_they_say(notes: str) -> None:
    sarif = json.loads(run("check", "--no-cache", "--format", "sarif", notes).stdout)
    (result,) = sarif["runs"][0]["results"]
    assert result["ruleId"] == "wrong-sign"
    assert result["locations"][0]["physicalLocation"]["region"]["startLine"] == 5
    suite = ElementTree.fromstring(run("check", "--no-cache", "--format", "junit", notes).stdout)
    assert len(list(suite.iter("failure"))) == 1
    assert run("check", "--no-cache", "--format", "github", notes).stdout.startswith("::error file=")
    assert "| document" in run("check", "--no-cache", "--format", "markdown", notes).stdout


def test_a_notation_file_and_lets_reach_the_document(tmp_path: Path) -> None:
    (tmp_path / "n.toml").write_text("mean = 'u'\n", "utf-8")
    text = "$\\frac{\\partial u}{\\partial x_i} = \\frac1m$"
    assert run("check", "--no-cache", "-", stdin=text).returncode == 3
    assert run("check", "--no-cache", "-", "--notation", str(tmp_path / "n.toml"), stdin=text).returncode == 0
    assert run("check", "--no-cache", "-", "--let", "mean=u", stdin=text).returncode == 0


def test_standard_input_may_be_any_kind() -> None:
    html = "<p>The sum <script type='math/tex'>\\sum_i \\hat x_i = 0</script></p>"
    assert "1 step in 1 document" in run("check", "--no-cache", "-", "--kind", "html", stdin=html).stdout


def test_a_batch_size_asks_both_engines(notes: str) -> None:
    assert "SymPy agrees" in run("check", "--no-cache", "--batch", "2", "--explain", "--verbose", notes).stdout


def test_the_cache_is_used_and_can_be_turned_off(notes: str, tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    first = run("check", "--cache", str(kept), notes)
    assert len(list(kept.glob("*.json"))) == 1
    assert run("check", "--cache", str(kept), notes).stdout == first.stdout
    assert run("check", notes, SYMBN_CACHE=str(tmp_path / "other")).returncode == 1
    assert len(list((tmp_path / "other").glob("*.json"))) == 1


def test_colour_and_progress_are_for_terminals_only(notes: str) -> None:
    assert "\x1b" not in run("check", "--no-cache", notes).stdout
    assert "\x1b[31m" in run("check", "--no-cache", "--color", "always", notes).stdout
    assert "\x1b[31m" not in run("check", "--no-cache", notes, NO_COLOR="1").stdout
    main, terminal = pty.openpty()
    done = subprocess.run(
        [sys.executable, "-m", "symbn", "check", "--no-cache", notes],
        stdout=subprocess.PIPE,
        stderr=terminal,
        timeout=120,
        check=False,
    )
    os.close(terminal)
    os.close(main)
    assert done.returncode == 1


def test_control_characters_of_a_document_never_reach_the_terminal(tmp_path: Path) -> None:
    path = tmp_path / "a\x1b[31m.md"
    path.write_text("$x_i = \x1b]0;owned\x07$\n\n$y_i = \u202e2$\n", "utf-8")
    done = run("check", "--no-cache", str(path))
    assert "\x1b" not in done.stdout + done.stderr
    assert "\u202e" not in done.stdout + done.stderr


def test_explain_lists_all_codes_and_shows_one() -> None:
    listed = run("explain").stdout
    assert all(code in listed for code in CATALOGUE)
    shown = run("explain", "wrong-sign", "exponent-on-root").stdout
    assert "example:" in shown
    assert "cure:" in shown
    assert "did you mean wrong-sign" in run("explain", "wrong-sing").stderr


def test_a_key_is_compared_with_the_answers(tmp_path: Path) -> None:
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "a.txt").write_text(f"{TRUE}\n{FALSE}\n{BAD}", "utf-8")
    steps = [
        {"file": "a.txt", "line": 1, "step": 1, "lhs": r"\sum_i \hat x_i", "rhs": "0", "accept": ["proved"]},
        {"file": "a.txt", "line": 3, "step": 1, "lhs": "l", "rhs": "r", "accept": ["proved", "assumed"]},
        {"file": "a.txt", "line": 5, "step": 1, "lhs": "x_i", "rhs": r"\foo", "accept": ["refuted"]},
        {"file": "a.txt", "line": 9, "step": 1, "lhs": "", "rhs": "", "accept": ["refuted"]},
    ]
    script = Path(__file__).resolve().parent.parent / "scripts" / "against_key.py"

    def compare(kept: list[dict[str, object]]) -> tuple[int, str]:
        (tmp_path / "key.json").write_text(json.dumps({"steps": kept}), "utf-8")
        command = [sys.executable, str(script), str(tmp_path / "docs"), str(tmp_path / "key.json")]
        done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
        return done.returncode, done.stdout

    assert compare(steps[:1])[0] == 0
    assert compare(steps[1:2])[0] == 1
    assert compare(steps[2:3])[0] == 3
    status, shown = compare(steps)
    assert status == 1
    assert "wrong: a.txt:3 step 1" in shown
    assert "missing: a.txt:9" in shown
