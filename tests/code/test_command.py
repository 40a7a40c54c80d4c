"""`symbn code` as people call it, and `symbn.testing.assert_gradient`."""

from __future__ import annotations

import json
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import pytest

from symbn.cli import main
from symbn.cli.code import LAYOUTS
from symbn.code import layouts
from symbn.errors import NotProvedError, UsageError
from symbn.testing import assert_gradient
from tests.code.corpus import right, wrong

CORPUS = Path(__file__).parent / "corpus"


def test_a_function_and_its_forward_pass(capsys: pytest.CaptureFixture[str]) -> None:
    target = f"{CORPUS / 'right.py'}:staged_backward"
    assert main(["code", target, "--forward", "staged_forward"]) == 0
    out = capsys.readouterr().out
    assert "proved  dx for every N and D" in out
    assert "staged_forward, whose y is proved to be that of the layer" in out
    assert all(len(line) <= 80 for line in out.splitlines() if "corpus" not in line)


def test_json_has_exact_numbers(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["code", f"{CORPUS / 'wrong.py'}:last_sum_missing_backward", "--json"]) == 1
    record = json.loads(capsys.readouterr().out)
    found = record["results"][0]
    assert (record["verdict"], found["name"]) == ("refuted", "dx")
    assert found["instead"] == "the gradient with the last sum (of dxhat * xhat) missing"
    assert (found["counterexample"]["computed"], found["counterexample"]["exact"]) == ("1/4", "3/16")


def test_a_notebook_is_read_cell_by_cell(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    body = (CORPUS / "wrong.py").read_text("utf-8").split("\n\n\n")
    wanted = next(part for part in body if part.startswith("def factor_in_dvar"))
    cells = [
        {"cell_type": "code", "source": ["%matplotlib inline\n", "import numpy as np"]},
        {"cell_type": "markdown", "source": "x"},
        {"cell_type": "code", "source": wanted},
    ]
    path = tmp_path / "a.ipynb"
    path.write_text(json.dumps({"cells": cells, "nbformat": 4}), "utf-8")
    assert main(["code", str(path)]) == 1
    assert "line 5 of cell 2: dvar is 2 times dL/dvar" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [(["nope.py"], "nope.py"), (["FILE:nope"], "there is no function nope; it has"),
     (["FILE", "--layout", "x"], "--layout wants one of"),
     (["FILE", "--let", "x"], "--let wants ROLE=NAME"), (["FILE", "--shape", "99,1"], "--shape wants sizes"),
     (["FILE:f", "--time-limit", "0"], "--time-limit wants seconds"),
     (["FILE:f", "--forward", "no"], "there is no function no")],
)  # fmt: skip
def test_bad_arguments_are_named(arguments: list[str], said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "f.py"
    path.write_text("def f(dout, x):\n    return dout\n", "utf-8")
    assert main(["code", *(argument.replace("FILE", str(path)) for argument in arguments)]) == 2
    assert said in capsys.readouterr().err


@pytest.mark.parametrize("content", [b"def (:\n", b"\xff\xfe", b"x = " + b"(" * 5000, b"def f(): pass\n", b"\0"])
def test_files_that_are_no_python_are_usage_errors(content: bytes, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "f.py"
    path.write_bytes(content)
    assert main(["code", str(path)]) == 2
    assert str(path) in capsys.readouterr().err


def test_nothing_runs_unless_it_is_asked_for(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    mark = tmp_path / "ran"
    path = tmp_path / "f.py"
    path.write_text(
        f"open({str(mark)!r}, 'w').close()\nclass A: pass\n"
        "def bn_backward(dout, cache):\n    x, gamma = cache\n    with A(): pass\n    return dout\n",
        "utf-8",
    )
    assert main(["code", str(path)]) == 3
    assert not mark.exists()
    assert "--run" in capsys.readouterr().out


def test_the_help_says_that_running_executes_the_file(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["code", "--help"])
    out = capsys.readouterr().out
    assert "its code is executed, imports" in " ".join(out.split())
    assert tuple(layouts.BY_NAME) == tuple(LAYOUTS.split(", "))


def test_a_gradient_is_asserted_of_a_function() -> None:
    report = assert_gradient(right.staged_backward_alt, forward=right.staged_forward)
    assert report.parts[0].scope == "every N and D"
    with pytest.raises(NotProvedError, match=r"the last sum .* missing"):
        assert_gradient(wrong.last_sum_missing_backward)
    with pytest.raises(UsageError, match="another file"):
        assert_gradient(right.core_backward, forward=wrong.diagonal_backward)
    with pytest.raises(UsageError, match="no source file"):
        assert_gradient(len)


IMPOSTORS = """
import functools


class Layer:
    @staticmethod
    def staged_backward(dout, cache):
        return dout, dout, dout


def twice(function):
    def staged_backward(dout, cache):
        return tuple(2 * part for part in function(dout, cache))

    return staged_backward


def decorated(function):
    @functools.wraps(function)
    def inner(dout, cache):
        return tuple(2 * part for part in function(dout, cache))

    return inner


impostors = [Layer.staged_backward, twice(staged_backward), decorated(staged_backward)]
"""


def test_a_wrong_function_is_not_taken_for_the_right_one_of_its_name(tmp_path: Path) -> None:
    path = tmp_path / "layers.py"
    path.write_text((CORPUS / "right.py").read_text(encoding="utf-8") + IMPOSTORS, encoding="utf-8")
    spec = spec_from_file_location("layers", path)
    assert spec is not None
    assert spec.loader is not None
    layers = module_from_spec(spec)
    spec.loader.exec_module(layers)
    assert_gradient(layers.staged_backward)
    for impostor in layers.impostors:
        assert impostor.__name__ == "staged_backward"
        with pytest.raises(UsageError, match="is not the function staged_backward at the top of"):
            assert_gradient(impostor)


def test_the_second_witness_prints_figures_and_changes_no_verdict(capsys: pytest.CaptureFixture[str]) -> None:
    target = f"{CORPUS / 'wrong.py'}:eps_outside_backward"
    plain, told = main(["code", target, "--json"]), json.loads(capsys.readouterr().out)
    status, record = main(["code", target, "--json", "--numeric"]), json.loads(capsys.readouterr().out)
    assert plain == status == 1
    assert [part["verdict"] for part in record["results"]] == [part["verdict"] for part in told["results"]]
    assert told["numeric"] == []
    figures = [figure for figure in record["numeric"] if figure.startswith("dx")]
    assert "a numeric check would have passed it" in figures[0]  # eps = 1e-5
    assert "a numeric check would have passed it" not in figures[-1]  # eps = 1


@pytest.mark.parametrize(
    "name", ["staged_backward", "layernorm_backward", "rows_backward", "channels_last_backward", "vector_backward"]
)
def test_what_is_proved_agrees_with_the_second_witness(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["code", f"{CORPUS / 'right.py'}:{name}", "--json", "--numeric"]) == 0
    figures = json.loads(capsys.readouterr().out)["numeric"]
    assert len(figures) >= 6
    assert all(float(figure.split()[2]) < 1e-8 for figure in figures)


def test_a_run_in_floats_is_the_witness_where_running_is_allowed(capsys: pytest.CaptureFixture[str]) -> None:
    target = f"{CORPUS / 'right.py'}:one_liner_backward"
    assert main(["code", target, "--json", "--numeric", "--run", "--shape", "3,2", "--time-limit", "120"]) == 0
    figures = json.loads(capsys.readouterr().out)["numeric"]
    assert all(float(figure.split()[2]) < 1e-8 and figure.endswith("run)") for figure in figures)
