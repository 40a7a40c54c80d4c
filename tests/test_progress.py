"""Progress is for those who watch: nothing of it is in a file."""

from __future__ import annotations

import sys

import pytest

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
