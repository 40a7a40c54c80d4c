"""A report as LaTeX: it compiles as it is, whatever a document says, and says what the other reports say."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from symbn.catalogue import CATALOGUE
from symbn.report.latex import as_latex
from symbn.report.table import as_latex as table_latex
from symbn.checking import closed_forms
from tests.report.values import everything, hostile, kinds, report

needs_tex = pytest.mark.skipif(shutil.which("pdflatex") is None, reason="no pdflatex")


def typeset(folder: Path, name: str, text: str) -> str:
    """Typeset the document and return its log. Raises: AssertionError, if TeX stops."""
    (folder / f"{name}.tex").write_text(text, "utf-8")
    done = subprocess.run(
        ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "-no-shell-escape", f"{name}.tex"],
        cwd=folder, capture_output=True, timeout=120, check=False,
    )  # fmt: skip
    log = (folder / f"{name}.log").read_text("utf-8", "replace")
    assert done.returncode == 0, re.findall(r"^!.*\n(?:.*\n){4}", log, re.MULTILINE)
    return log


def test_a_refuted_step_has_its_formula_its_numbers_and_its_repair() -> None:
    text = as_latex([report(kinds()["repaired"])], CATALOGUE)
    assert r"\textcolor{red}{\textbf{refuted at m = 2; true for m \textless{}= 1}}" in text
    assert r"\sum_j g_j \mathbin{\color{red}+} \hat x_i" in text
    assert r"\sum_j g_j \mathbin{\color{teal}-} \hat x_i" in text
    assert r"\textit{left side} & 3/16" in text.replace(r"\allowbreak{}", "")
    assert r"\textbf{wrong-sign}: " in text


def test_only_amsmath_and_xcolor_are_used() -> None:
    assert re.findall(r"\\usepackage.*", as_latex([everything()], CATALOGUE)) == [
        r"\usepackage{amsmath}",
        r"\usepackage{xcolor}",
    ]


def test_no_command_of_a_document_reaches_tex() -> None:
    step = kinds()["unreadable"]
    text = as_latex([report(step), hostile()], CATALOGUE, explain=True)
    assert r"\textbackslash{}frac" in text.replace(r"\allowbreak{}", "")
    assert "\u202e" not in text
    assert all(c.isprintable() or c == "\n" for c in text)


@needs_tex
def test_it_compiles_whatever_a_document_says(tmp_path: Path) -> None:
    reports = [everything(), hostile(), report(path="empty_%#&{}~^\\.md")]
    for explain in (False, True):
        log = typeset(tmp_path, "report", as_latex(reports, CATALOGUE, explain))
        assert "Missing character" not in log


@needs_tex
def test_the_table_of_closed_forms_fits_the_text_of_an_article(tmp_path: Path) -> None:
    batches = (1, 2)
    table = table_latex(list(closed_forms(batches)), batches)
    head = r"\documentclass{article}\usepackage{amsmath,booktabs}\begin{document}\noindent "
    assert "Overfull" not in typeset(tmp_path, "table", rf"{head}{table}\end{{document}}")
