"""Progress is for those who watch: nothing of it is in a file."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from symbn.cli import main
from symbn.cli.progress import progress


def test_nothing_is_shown_where_nobody_watches(capsys: pytest.CaptureFixture[str]) -> None:
    with progress() as tell:
        tell("Coq: proofs", 1, 2)
        print("an answer")
    assert capsys.readouterr() == ("an answer\n", "")


def test_what_is_printed_meanwhile_stays_on_standard_output(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")  # rich writes to what it takes for a terminal
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    with progress() as tell:
        tell("Coq: proofs", 1, 2)
        print("an answer")
    out, shown = capsys.readouterr()
    assert out == "an answer\n"
    assert "Coq: proofs" in shown


def test_a_report_that_goes_to_a_file_is_not_shown_instead(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "notes.md").write_text("$\\mu = 0$\n", "utf-8")
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    assert main(["check", "--no-cache", "--no-repair", str(tmp_path / "notes.md")]) == 1
    out, shown = capsys.readouterr()
    assert "refuted at m = 1" in out
    assert "refuted at m = 1" not in shown
