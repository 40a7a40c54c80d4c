"""The example notebook shows what it does when it is run."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

from tests.notebooks import code_cells

ROOT = Path(__file__).resolve().parent.parent
NOTEBOOK = ROOT / "derivations" / "notebook.ipynb"


def timeless(text: str) -> str:
    return re.sub(r"  \(\d[\d.]* (?:ms|s)\)", "", text)


def test_the_stored_outputs_are_those_of_a_run() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.notebooks", str(NOTEBOOK)],
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
        timeout=120,
    )
    cells = code_cells(json.loads(NOTEBOOK.read_text("utf-8")))
    run = json.loads(done.stdout)
    assert len(run) == len(cells)
    for cell, bundle in zip(cells, run, strict=True):
        stored = {kind: "".join(lines) for output in cell["outputs"] for kind, lines in output["data"].items()}
        assert set(stored) == set(bundle)
        for kind in ("text/plain", "text/latex"):
            assert timeless(stored.get(kind, "")) == timeless(bundle.get(kind, ""))


def test_it_shows_a_refutation_its_repair_and_a_document() -> None:
    text = NOTEBOOK.read_text("utf-8")
    assert "refuted at m = 2" in text
    assert "wrong-exponent" in text
    assert "missing-epsilon" in text
