"""What the README shows is what the command prints, but for the times; and its Python runs."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from symbn.certificates.auditing import find_coq
from symbn.cli import main

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text("utf-8")


def plain(text: str) -> list[str]:
    """Return the lines without times, and without the blanks and rules of tables, which depend on how long the times are."""
    text = re.sub(r"(?:  \(|\s+)\d[\d.]* (?:ms|s)\)?$", "", text, flags=re.MULTILINE)
    lines = [" ".join(line.split()) for line in text.splitlines()]
    return [line for line in lines if line.strip("─ ")]


def examples() -> list[list[tuple[str, str]]]:
    """Return the commands of each block, with what they print; a block may go on with what an earlier command of it wrote."""
    found = []
    for block in re.findall(r"```console\n(.*?)```", README, re.DOTALL):
        pairs = re.findall(r"^\$ ((?:symbn|python3) .*?)\n((?:(?!\$ ).*\n)*)", block, re.MULTILINE)
        if pairs:
            found.append(pairs)
    return found


def run(command: str, capsys: pytest.CaptureFixture[str]) -> str:
    program, *arguments = shlex.split(command)
    if program == "python3":
        script, *rest = arguments
        return subprocess.run([sys.executable, ROOT / script, *rest], capture_output=True, text=True, check=False).stdout
    main(arguments)
    captured = capsys.readouterr()
    return captured.out + captured.err


@pytest.mark.parametrize("block", examples(), ids=lambda block: block[0][0][:60])
def test_the_console_examples_are_real(
    block: list[tuple[str, str]], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    if any("--check" in command for command, _ in block) and find_coq() is None:
        pytest.skip("coqc is not installed (apt-get install coq)")
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("SYMBN_CACHE", str(tmp_path / "cache"))
    (notes,) = re.findall(r"```markdown\n(.*?)```", README, re.DOTALL)
    (tmp_path / "notes.md").write_text(notes, "utf-8")
    layers, _ = re.findall(r"```py\n(.*?)```", README, re.DOTALL)
    (tmp_path / "layers.py").write_text(layers, "utf-8")
    for command, output in block:
        monkeypatch.chdir(ROOT if "derivations" in command else tmp_path)
        got = plain(run(command, capsys))
        # A line of three dots stands for lines that are left out.
        parts = [plain(part) for part in re.split(r"^\.\.\.\n", output, flags=re.MULTILINE)]
        if len(parts) == 1:
            assert got == parts[0]
        else:
            assert got[: len(parts[0])] == parts[0]
            assert got[len(got) - len(parts[-1]) :] == parts[-1]
            for part in parts[1:-1]:
                assert any(got[start : start + len(part)] == part for start in range(len(got))), part


def test_the_tests_of_the_readme_pass(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    layers, tests = re.findall(r"```py\n(.*?)```", README, re.DOTALL)
    (tmp_path / "layers.py").write_text(layers, "utf-8")
    (tmp_path / "test_layers.py").write_text(tests, "utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(tmp_path)],
        cwd=tmp_path, env={**os.environ, "PYTHONPATH": f"{ROOT}{os.pathsep}{tmp_path}"},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert "2 passed" in done.stdout, done.stdout + done.stderr


def test_there_is_an_example_of_each_answer() -> None:
    shown = " ".join(output for block in examples() for _, output in block)
    for answer in (
        "proved for every batch size",
        "with a caveat",
        "refuted at m",
        "true for m <= 2",
        "undecided",
        "unreadable",
    ):
        assert answer in shown


@pytest.mark.parametrize("block", re.findall(r"```python\n(.*?)```", README, re.DOTALL))
def test_the_python_example_runs(block: str) -> None:
    program = compile(block, "README.md", "exec")
    exec(program, {"__name__": "__main__"})
