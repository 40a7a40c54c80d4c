"""What the README shows is what the command prints, but for the times; and its Python runs."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from symbn.cli import main

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text("utf-8")


def plain(text: str) -> list[str]:
    """Return the lines without times, and without the blanks and rules of tables, which depend on how long the times are."""
    text = re.sub(r"(?:  \(|\s+)\d[\d.]* (?:ms|s)\)?$", "", text, flags=re.MULTILINE)
    lines = [" ".join(line.split()) for line in text.splitlines()]
    return [line for line in lines if line.strip("─ ")]


def examples() -> list[tuple[str, str]]:
    blocks = re.findall(r"```console\n(.*?)```", README, re.DOTALL)
    found = []
    for block in blocks:
        for command, output in re.findall(r"^\$ (symbn .*?)\n((?:(?!\$ ).*\n)*)", block, re.MULTILINE):
            found.append((command, output))
    return found


@pytest.mark.parametrize(("command", "output"), examples(), ids=lambda text: text[:60])
def test_the_console_examples_are_real(
    command: str, output: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("SYMBN_CACHE", str(tmp_path / "cache"))
    (notes,) = re.findall(r"```markdown\n(.*?)```", README, re.DOTALL)
    (tmp_path / "notes.md").write_text(notes, "utf-8")
    monkeypatch.chdir(tmp_path if "notes.md" in command else ROOT)
    main(shlex.split(command)[1:])
    captured = capsys.readouterr()
    got = plain(captured.out + captured.err)
    # A line of three dots stands for lines that are left out.
    parts = [plain(part) for part in re.split(r"^\.\.\.\n", output, flags=re.MULTILINE)]
    if len(parts) == 1:
        assert got == parts[0]
    else:
        assert got[: len(parts[0])] == parts[0]
        assert got[len(got) - len(parts[-1]) :] == parts[-1]


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
