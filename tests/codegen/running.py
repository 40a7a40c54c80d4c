"""Generated files in a folder, and what other programs say of them."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path

import pytest

from symbn.codegen.writing import Request, write

LINT = ["--isolated", "--select", "E,F,W,B,C4,UP,SIM,RET,RUF,PIE,PT,ANN,N", "--target-version", "py311"]


def run(*command: str, folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=600)


def generated(folder: Path, to: str, targets: Iterable[str], dtype: str | None = None) -> None:
    for target in targets:
        write(Request(target, to, dtype), f"{folder}/", with_test=True)


def pytest_passes(folder: Path) -> None:
    done = run(sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", folder=folder)
    assert done.returncode == 0, done.stdout[-3000:]
    assert re.search(r"\d+ passed", done.stdout)


def mutants(folder: Path, to: str, target: str, edits: Mapping[str, str]) -> list[str]:
    """Write the code and its test once for every edit of the code's text, each under a name of its own; return the names."""
    names = []
    for number, (old, new) in enumerate(edits.items()):
        names.append(f"mutant_{number}")
        (code, *_), _ = write(Request(target, to, name=names[-1]), f"{folder}/", with_test=True)
        text = code.read_text("utf-8")
        assert old in text, old
        code.write_text(text.replace(old, new), encoding="utf-8")
    return names


def failing_files(folder: Path) -> set[str]:
    """Return whose tests fail, without the proof: in exact arithmetic a variance that cancels is as good as any."""
    options = ["-q", "--tb=no", "-p", "no:cacheprovider", "-k", "not symbn"]
    done = run(sys.executable, "-m", "pytest", *options, folder=folder)
    return set(re.findall(r"^FAILED test_(\w+)\.py", done.stdout, re.MULTILINE))


def lint(folder: Path) -> None:
    """Assert that ruff has nothing to say, where it is installed."""
    _quiet(folder, ["ruff", "check", *LINT, "."], ["ruff", "format", "--isolated", "--check", "."])


def types(folder: Path) -> None:
    """Assert that strict mypy has nothing to say, where it is installed."""
    _quiet(folder, ["mypy", "--strict", "--no-incremental", "."])


def _quiet(folder: Path, *commands: list[str]) -> None:
    for module, *arguments in commands:
        pytest.importorskip(module)
        done = run(sys.executable, "-m", module, *arguments, folder=folder)
        assert done.returncode == 0, done.stdout + done.stderr
