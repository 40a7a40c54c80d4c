"""What symbn proves and refutes, the second checker verifies; and what it says is what it has checked."""

from __future__ import annotations

import ast
import json
import sys
from pathlib import Path

import pytest

from symbn.answer import ASSUMED, PROVED, REFUTED
from symbn.certificates.records import certificate_of
from symbn.cli import main
from symbn.judging import Options
from symbn.layers.batchnorm import CLOSED_FORMS, ClosedForm
from symbn.running import Settings, check_path
from tests.certificates.verifying import ROOT, SCRIPT, answer, certificate, record, run
from tests.formulas import FALSE, TRUE, WITH_CAVEAT, Formula

DERIVATIONS = sorted((ROOT / "derivations").rglob("*.md"))


@pytest.mark.parametrize("form", CLOSED_FORMS, ids=lambda form: form.name)
def test_every_closed_form_is_verified(form: ClosedForm) -> None:
    state, words = answer(record(form.formula, form.mode))
    assert state == "verified", words
    assert "proved for every m" in words


@pytest.mark.parametrize("formula", TRUE + WITH_CAVEAT, ids=str)
def test_every_true_formula_is_verified(formula: Formula) -> None:
    for number, step in enumerate(certificate(formula.text, mode=formula.mode, let=formula.let)["steps"], 1):
        assert step["number"] == number
        state, words = answer({**step, "number": 1})
        assert state == "verified", words
        assert "proved for every m" in words


@pytest.mark.parametrize("formula", FALSE, ids=str)
def test_every_false_formula_is_verified_to_be_refuted(formula: Formula) -> None:
    steps = certificate(formula.text, mode=formula.mode, let=formula.let)["steps"]
    answers = [answer({**step, "number": 1}) for step in steps]
    assert {state for state, _ in answers} == {"verified"}
    assert any("refuted at m = " in words for _, words in answers)


@pytest.mark.parametrize("path", DERIVATIONS, ids=lambda path: path.name)
def test_every_step_of_the_derivations_is_verified(path: Path) -> None:
    steps = [step for step in check_path(str(path), Settings(Options(keep=True))).steps if step.verdict != ASSUMED]
    made = certificate_of(steps)
    assert len(made["steps"]) == sum(step.verdict in (PROVED, REFUTED) for step in steps)
    done = run(made)
    assert done.returncode == 0, done.stdout
    assert done.stdout.count("\nverified: ") + done.stdout.startswith("verified: ") == len(made["steps"])
    assert done.stderr == ""


@pytest.mark.parametrize("batch", [1, 2, 3, 5, 200])
def test_a_chosen_batch_size_is_verified(batch: int) -> None:
    texts = [
        r"\frac{\partial \hat x_i}{\partial x_k} = \frac{1}{ms}(m\delta_{ik} - 1 - \hat x_i \hat x_k)",
        "sum_i dL/dx_i = 0",
    ]
    for step in certificate(*texts, batch=batch)["steps"]:
        state, words = answer({**step, "number": 1})
        assert state == "verified", words
        assert f"proved at m = {batch}" in words


@pytest.mark.parametrize(
    ("text", "batch"), [("sum_j (x_j - mu)^3 = 0", 2), ("(x_1 + x_2)/2 = mu", 2), ("sum_i xhat_i^2 = 0", 1), ("xhat_i = 0", 1)]
)
def test_what_is_true_of_one_batch_size_only_is_verified_by_writing_it_out(text: str, batch: int) -> None:
    state, words = answer(record(text, batch=batch))
    assert state == "verified", words
    assert f"for m = {batch}" in words
    assert f"proved at m = {batch}" in words


def test_the_statement_that_is_printed_is_the_one_that_symbn_prints() -> None:
    text = r"\frac{\partial \hat x_i}{\partial x_k} = -\frac{1}{m s}(1 + \hat x_i \hat x_k), \quad i \neq k"
    _, words = answer(record(text))
    assert words == (
        "for all m >= 1, eps > 0 and all i, k with i != k: dxhat_i/dx_k = -1/(m*s)*(1 + xhat_i*xhat_k) (proved for every m)"
    ) or words.startswith("for all m >= 1, eps > 0 and all i, k with i != k: dxhat_i/dx_k = ")


def test_a_refutation_names_the_whole_point_and_both_values() -> None:
    _, words = answer(record(r"\hat x_i = \frac{x_i - \mu}{\sqrt{\sigma^2}}"))
    assert "refuted at m = 2, beta = 0, eps = 3" in words
    assert "x = (0, 2), i = 1, where the left side is -1/2 and the right side -1" in words


def test_what_is_true_of_smaller_batches_is_said_only_where_it_was_checked() -> None:
    step = record("sum_j (x_j - mu)^3 = 0")
    assert step["true_up_to"] == 2
    assert "; true for m <= 2" in answer(step)[1]
    false = record("mu = 1/2 sum_j x_j")
    assert answer({**false, "true_up_to": None})[0] == "verified"
    step["counterexample"] = {**step["counterexample"], "m": 5, "left": "-30", "right": "0"}
    values = step["counterexample"]["values"]
    values["x"], values["g"] = ["0", "0", "0", "0", "5"], ["1"] * 5
    step["counterexample"]["left"] = "60"
    assert "refuted at m = 5" in answer(step)[1]
    assert "true for" not in answer({**step, "true_up_to": 4})[1]


def test_a_local_derivative_is_named_and_its_divisors_are() -> None:
    text = r"\frac{\partial \hat x_i}{\partial x_i} = \frac{1}{\sqrt{\sigma^2+\epsilon}}"
    assert "where dxhat/dx is the local derivative, with mu and var held fixed" in answer(record(text))[1]
    assert "proved for every m, wherever m - 1 is not 0" in answer(record(r"x_i \cdot \frac{1}{m-1} = \frac{x_i}{m-1}"))[1]


def test_the_script_imports_nothing_but_the_standard_library() -> None:
    tree = ast.parse(SCRIPT.read_text("utf-8"))
    names = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    names |= {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert names
    assert {name.split(".")[0] for name in names} <= set(sys.stdlib_module_names)
    calls = {node.func.id for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)}
    assert not calls & {"eval", "exec", "compile", "__import__", "globals", "getattr"}


def test_the_script_runs_alone(tmp_path: Path) -> None:
    """Isolated (-I) and without installed packages (-S), from a folder of its own."""
    alone = tmp_path / "check.py"
    alone.write_bytes(SCRIPT.read_bytes())
    done = run(certificate("sum_i xhat_i = 0"), "-I", "-S")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("verified: for all m >= 1, eps > 0: (sum_i xhat_i) = 0 (proved for every m)\n")
    assert "1 of 1 steps verified" in done.stdout


def test_the_command_writes_the_certificate(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "notes.json"
    assert main(["certify", "--format", "json", "mu = 0", "sum_i xhat_i = 0", "-o", str(file)]) == 0
    assert capsys.readouterr().out == f"2 of 2 steps are in {file}: scripts/verify_certificate.py checks them\n"
    assert [path.name for path in tmp_path.iterdir()] == ["notes.json"]
    assert run(file.read_bytes()).returncode == 0
    assert main(["certify", "--format", "json", "x_i = z_i", "sum_i xhat_i = 0"]) == 3
    made = json.loads(capsys.readouterr().out)
    assert [item["reason"] for item in made["left_out"]] == ["unknown name z"]
    assert len(made["steps"]) == 1
    done = run(made)
    assert done.returncode == 0
    assert "left out of the certificate: unknown name z: x_i = z_i" in done.stdout
    assert main(["certify", "--format", "json", "--check", "mu = mu"]) == 2
    assert main(["certify", "--format", "json", "mu = mu", "-o", str(tmp_path / "none" / "file")]) == 2
