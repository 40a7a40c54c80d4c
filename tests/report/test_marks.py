r"""Marks: the side file says which display gets which sign, and TeX sets each one once, where it belongs."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from symbn.cli import main
from symbn.document.read import read_document
from symbn.report.marks import marks_of, package
from symbn.running import check

SIGNS = ("proved", "caveat", "refuted", "undecided", "unreadable")
# Each sign is a word in the log, so that a test sees which is set, how often, and in which order.
TOLD = "".join(rf"\renewcommand\symbn{sign}{{\typeout{{sign {sign}}}}}" for sign in SIGNS)
BODY = r"""
\begin{equation}
  \frac{\partial \sigma^2}{\partial x_i} = \frac{2 (x_i - \mu)}{m}
\end{equation}
\begin{align} % a comment: \\
  \mu &= \frac1m \sum_i x_i, & \sigma^2 &= \frac1m \sum_i (x_i - \mu)^2, \\
  \delta_{ik} &= \begin{cases} 1 & i = k \\ 1 & i \neq k \end{cases} \\
  \frac{\partial \hat x_i}{\partial x_i} &= \frac{1}{\sqrt{\sigma^2+\epsilon}}
\end{align}
\begin{gather*}
  \frac{\partial L}{\partial \beta} = \sum_j g_j \\
  \frac{\partial^2 L}{\partial x_i \partial x_k} = 0
\end{gather*}
\begin{multline}
  \frac{\partial L}{\partial \gamma} \\
  = \sum_j g_j x_j
\end{multline}
\[ \sum_i \hat x_i = 0 \] and \[ \sum_i \hat x_i = 1 \] and \[ m \]
$$ \frac{\partial\mu}{x_i} = \frac1m $$
"""
EXPECTED = ["proved", "proved", "refuted", "caveat", "proved", "undecided", "refuted", "proved", "refuted", "unreadable"]
needs_tex = pytest.mark.skipif(shutil.which("pdflatex") is None, reason="no pdflatex")


def marks(text: str, name: str = "paper.tex") -> list[str]:
    data = text.encode()
    return marks_of(name, data, read_document(name, data), check(text=text, kind="latex")).splitlines()


def paper(body: str = BODY, packages: str = "amsmath,xcolor", told: str = TOLD) -> str:
    used = rf"\usepackage{{{packages}}}" if packages else ""
    return rf"\documentclass{{article}}{used}\usepackage{{symbn}}{told}\begin{{document}}{body}\end{{document}}" + "\n"


def typeset(folder: Path, name: str = "paper") -> list[str]:
    """Typeset the file and return the signs it sets, in order. Raises: AssertionError, if TeX stops."""
    (folder / "symbn.sty").write_text(package(), "utf-8")
    done = subprocess.run(
        ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "-no-shell-escape", f"{name}.tex"],
        cwd=folder, capture_output=True, timeout=120, check=False,
    )  # fmt: skip
    log = (folder / f"{name}.log").read_text("utf-8", "replace")
    assert done.returncode == 0, re.findall(r"^!.*\n(?:.*\n){4}", log, re.MULTILINE)
    return re.findall(r"^sign (\w+)", log, re.MULTILINE)


def test_every_display_has_a_line_with_its_place_and_its_verdicts() -> None:
    assert marks(paper())[1:] == [
        "mark 2 environment proved",
        "mark 5 environment refuted proved,refuted,caveat",
        "mark 10 environment undecided proved,undecided",
        "mark 14 environment refuted",
        "mark 18 display proved",
        "mark 18 display refuted",
        "mark 18 display none",
        "mark 19 display unreadable",
    ]


def test_the_checksum_is_that_of_the_bytes() -> None:
    assert marks("")[0] == "file D41D8CD98F00B204E9800998ECF8427E paper.tex"


def test_rows_are_left_out_where_a_macro_may_end_one() -> None:
    text = (
        "\\newcommand{\\next}{\\\\}\n\\begin{align} \\mu &= \\frac1m \\sum_i x_i \\next \\sum_i \\hat x_i &= 1 \\end{align}\n"
    )
    assert marks(text)[1:] == ["mark 2 environment refuted"]


def test_nothing_is_put_before_what_has_to_begin_its_display() -> None:
    assert marks("$$\\displaylines{ \\sum_i \\hat x_i = 0 }$$")[1:] == ["mark 1 display none"]


@needs_tex
def test_no_display_gets_the_sign_of_one_in_an_argument(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    body = (
        "\n\\footnote{Here\n\\[ \\sum_i \\hat x_i = 1 \\]\n} \\[ \\sum_i \\hat x_i = 0 \\]\n"
        "{\\small\n\\[ \\sum_i \\hat x_i = 2 \\]\n}\n\\[ \\sum_i c_i = 0 \\]\n"
    )
    (tmp_path / "paper.tex").write_text(paper(body), "utf-8")
    monkeypatch.chdir(tmp_path)
    main(["check", "--no-cache", "paper.tex", "-o", "paper.symbn"])
    assert typeset(tmp_path) == ["refuted", "proved"]


@needs_tex
def test_each_sign_is_set_once_and_in_its_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "paper.tex").write_text(paper(), "utf-8")
    monkeypatch.chdir(tmp_path)
    main(["check", "--no-cache", "paper.tex", "-o", "paper.symbn"])
    assert typeset(tmp_path) == EXPECTED


@needs_tex
def test_without_amsmath_there_are_signs_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    body = (
        "\n\\begin{equation}\n\\sum_i \\hat x_i = 0\\end{equation}\n\\[ \\sum_i \\hat x_i = 1 \\]\n"
        "\\begin{eqnarray*} \\mu &=& \\frac1m \\sum_i x_i \\\\ \\sum_i c_i &=& 0 \\end{eqnarray*}\n"
    )
    (tmp_path / "paper.tex").write_text(paper(body, ""), "utf-8")
    monkeypatch.chdir(tmp_path)
    main(["check", "--no-cache", "paper.tex", "--format", "latex-marks", "--output", "paper.symbn"])
    assert typeset(tmp_path) == ["proved", "refuted", "proved"]


@needs_tex
def test_files_that_are_read_have_their_own_lines_and_stale_ones_no_signs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    (tmp_path / "parts").mkdir()
    for name, right in (("one", "0"), ("two", "1")):
        (tmp_path / "parts" / f"{name}.tex").write_text(f"\n\\[ \\sum_i \\hat x_i = {right} \\]\n", "utf-8")
    body = "\n\\input{parts/one}\\include{parts/two}\n\\[ \\mu = \\sum_i x_i \\]\n"
    (tmp_path / "paper.tex").write_text(paper(body), "utf-8")
    monkeypatch.chdir(tmp_path.parent)
    main(["check", "--no-cache", str(tmp_path), "--format", "latex-marks", "-o", str(tmp_path / "paper.symbn")])
    assert typeset(tmp_path) == ["proved", "refuted", "refuted"]
    (tmp_path / "parts" / "two.tex").write_text("\n\n\\[ \\sum_i \\hat x_i = 1 \\]\n", "utf-8")
    assert typeset(tmp_path) == ["proved", "refuted"]
    assert "has changed since it was checked" in " ".join((tmp_path / "paper.log").read_text("utf-8").split())


@needs_tex
@pytest.mark.parametrize("side", [None, "", "symbn-marks 2\n", "\\input{x} % { #\n", "symbn-marks 1\nmark\nfile\nmark 2 x y\n"])
def test_without_a_sound_side_file_the_paper_is_what_it_was(tmp_path: Path, side: str | None) -> None:
    (tmp_path / "paper.tex").write_text(paper(), "utf-8")
    if side is not None:
        (tmp_path / "paper.symbn").write_text(side, "utf-8")
    assert typeset(tmp_path) == []


@needs_tex
def test_the_signs_themselves_are_drawn_with_what_every_tex_has(tmp_path: Path) -> None:
    for packages in ("", "color", "xcolor"):
        (tmp_path / "signs.tex").write_text(paper("".join(rf"\symbn{sign}" for sign in SIGNS), packages, ""), "utf-8")
        assert typeset(tmp_path, "signs") == []


def test_what_cannot_be_marked_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "notes.md").write_text("$m = m$", "utf-8")
    assert main(["check", "--no-cache", "notes.md", "--format", "latex-marks"]) == 2
    assert "no LaTeX file" in capsys.readouterr().err
    assert main(["latex-package", "-o", "symbn.sty"]) == 0
    assert (tmp_path / "symbn.sty").read_text("utf-8") == package()
