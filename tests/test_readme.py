"""What the README shows is what the command prints, but for the times; and its Python runs."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from symbn.cli import main

README = (Path(__file__).resolve().parent.parent / "README.md").read_text("utf-8")


def without_times(text: str) -> str:
    return re.sub(r"  \([\d.]+ m?s\)", "", text).strip()


def examples() -> list[tuple[str, str]]:
    blocks = re.findall(r"```console\n(.*?)```", README, re.DOTALL)
    found = []
    for block in blocks:
        for command, output in re.findall(r"^\$ (symbn .*?)\n((?:(?!\$ ).*\n)*)", block, re.MULTILINE):
            found.append((command, output))
    return found


@pytest.mark.parametrize(("command", "output"), examples(), ids=lambda text: text[:60])
def test_the_console_examples_are_real(
    command: str, output: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    main(shlex.split(command)[1:])
    captured = capsys.readouterr()
    assert without_times(captured.out + captured.err) == without_times(output)


def test_there_is_an_example_of_each_answer() -> None:
    shown = " ".join(output for _, output in examples())
    for answer in (
        "proved for every batch size",
        "with a caveat",
        "refuted at m",
        "true for m <= 2",
        "undecided",
        "unreadable",
    ):
        assert answer in shown


def test_the_python_example_runs() -> None:
    (block,) = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
    program = compile(block, "README.md", "exec")
    exec(program, {})
