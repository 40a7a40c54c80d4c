"""`symbn codegen` writes whole files, never over what is not its own, and answers mistakes in a line."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from symbn.cli import main
from symbn.cli.codegen import EXAMPLES


def test_it_prints_the_code(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["codegen", "batchnorm", "--to", "numpy", "--name", "bn"]) == 0
    printed = capsys.readouterr().out
    assert "def bn_forward(" in printed
    assert "def bn_backward(" in printed


def test_a_dash_is_standard_output_and_no_folder(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["codegen", "batchnorm", "--to", "c", "-o", "-"]) == 0
    assert capsys.readouterr().out.startswith("/*")
    assert os.listdir(tmp_path) == []


def test_it_prints_the_same_each_time(capsys: pytest.CaptureFixture[str]) -> None:
    texts = []
    for _ in range(2):
        assert main(["codegen", "layernorm", "--to", "c"]) == 0
        texts.append(capsys.readouterr().out)
    assert texts[0] == texts[1]


@pytest.mark.parametrize(
    ("to", "written"),
    [
        ("numpy", {"layernorm.py", "test_layernorm.py"}),
        ("torch", {"layernorm.py", "test_layernorm.py"}),
        ("jax", {"layernorm.py", "test_layernorm.py"}),
        ("c", {"layernorm.h", "test_layernorm.c"}),
        ("latex", {"layernorm.tex"}),
    ],
)
def test_a_folder_gets_the_code_and_its_test(
    to: str, written: set[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "new" / "folder"
    for _ in range(2):  # what symbn has written it writes again
        assert main(["codegen", "layernorm", "--to", to, "-o", str(folder)]) == 0
    assert set(os.listdir(folder)) == written
    assert "10 stages, each proved" in capsys.readouterr().out


def test_a_file_gets_its_test_beside_it_unless_it_is_not_wanted(tmp_path: Path) -> None:
    assert main(["codegen", "batchnorm", "--to", "numpy", "-o", str(tmp_path / "norms.py"), "--no-test"]) == 0
    assert os.listdir(tmp_path) == ["norms.py"]
    assert main(["codegen", "batchnorm", "--to", "numpy", "-o", str(tmp_path / "norms.py")]) == 0
    assert set(os.listdir(tmp_path)) == {"norms.py", "test_norms.py"}
    assert "from norms import" in (tmp_path / "test_norms.py").read_text("utf-8")


def test_help_has_examples_that_work(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    examples = [line.split("&&")[0].split() for line in EXAMPLES.splitlines() if line.startswith("  symbn ")]
    assert len(examples) > 4
    for _, *arguments in examples:
        assert main(arguments) == 0
    with pytest.raises(SystemExit):
        main(["codegen", "--help"])
    assert EXAMPLES.strip().splitlines()[0] in capsys.readouterr().out


@pytest.mark.parametrize("theirs", ["test_batchnorm.py", "batchnorm.py"])
def test_a_file_that_somebody_else_wrote_stays(theirs: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / theirs).write_text("def test_mine(): ...\n", encoding="utf-8")
    assert main(["codegen", "batchnorm", "--to", "numpy", "-o", str(tmp_path)]) == 2
    assert "symbn has not written it" in capsys.readouterr().err
    assert os.listdir(tmp_path) == [theirs]
    assert (tmp_path / theirs).read_text("utf-8") == "def test_mine(): ...\n"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["groupnorm", "--to", "numpy"], "choose from batchnorm, "),
        (["batchnorm", "--to", "rust"], "choose from numpy, torch, jax, c, latex"),
        (["batchnorm", "--to", "numpy", "--dtype", "float8"], "choose from float64, float32"),
        (["batchnorm", "--to", "latex", "--dtype", "float32"], "--dtype is for code"),
        (["batchnorm", "--to", "numpy", "--name", "class"], "--name has to be"),
        (["batchnorm", "--to", "numpy", "--name", "x; import os"], "--name has to be"),
        (["batchnorm", "--to", "numpy", "--name", "os"], "--name has to be"),
        (["batchnorm", "--to", "torch", "--name", "torch"], "--name has to be"),
        (["batchnorm", "--to", "numpy", "-o", "layer.c"], "has to end in .py"),
        (["batchnorm", "--to", "numpy", "-o", "my-layer.py"], "without --no-test, the name of the file has to be"),
        (["batchnorm", "--to", "numpy", "-o", "missing/layer.py"], "cannot write missing/layer.py"),
    ],
)
def test_a_mistake_is_a_line_and_status_2(
    arguments: list[str], message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["codegen", *arguments]) == 2
    printed = capsys.readouterr()
    assert message in printed.err
    assert printed.out == ""
    assert os.listdir(tmp_path) == []
