"""Reports that go to files: the format by name or by ending, written whole or not at all."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path
from xml.etree import ElementTree

import pytest

from symbn.cli import main

TRUE, FALSE = r"\sum_i \hat x_i = 0", r"\frac{\partial \sigma^2}{\partial x_i} = \frac{x_i - \mu}{m}"
BEGINS = {
    "report.html": "<!DOCTYPE html>", "report.tex": r"\documentclass", "report.md": "## symbn", "report.json": '{"schema"',
    "report.sarif": "{", "report.xml": "<?xml", "report.txt": "error[missing-factor]",
}  # fmt: skip


@pytest.fixture
def notes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SYMBN_CACHE", str(tmp_path / "cache"))
    path = tmp_path / "notes.md"
    path.write_text(f"We have ${TRUE}$ and\n\n$${FALSE}$$\n", "utf-8")
    return path


@pytest.mark.parametrize(("name", "begin"), BEGINS.items(), ids=BEGINS)
def test_the_ending_of_the_file_names_the_format(
    notes: Path, name: str, begin: str, capsys: pytest.CaptureFixture[str]
) -> None:  # fmt: skip
    assert main(["check", "notes.md", "-o", name]) == 1
    assert Path(name).read_text("utf-8").startswith(begin)
    assert capsys.readouterr().out == ""
    assert sorted(os.listdir()) == sorted(["cache", "notes.md", name])


def test_a_format_that_is_named_wins_over_the_ending(notes: Path) -> None:
    assert main(["check", "notes.md", "--format", "json", "-o", "out.html"]) == 1
    assert [json.loads(line)["verdict"] for line in Path("out.html").read_text("utf-8").splitlines()] == ["proved", "refuted"]


def test_what_is_in_the_file_is_what_would_be_printed(notes: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("html", "latex", "json", "markdown"):
        main(["check", "notes.md", "--format", name])
        printed = capsys.readouterr().out
        main(["check", "notes.md", "--format", name, "-o", "out"])
        assert Path("out").read_text("utf-8") == printed


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["check", "notes.md", "-o", "there/is/no.html"], "cannot write"),
        (["check", "notes.md", "-o", "report.odt"], "the ending of no format"),
        (["check", "notes.md", "--format", "pdf"], "-o FILE.pdf"),
        (["verify", TRUE, "-o", "x.sarif"], "a format of `symbn check`"),
        (["verify", TRUE, "-o", "."], "cannot write"),
        (["verify", TRUE, "--format", "pdf"], "-o FILE.pdf"),
    ],
)
def test_what_cannot_be_written_is_said_and_nothing_is_left(
    notes: Path, arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:  # fmt: skip
    assert main(arguments) == 2
    assert said in capsys.readouterr().err
    assert set(os.listdir()) <= {"cache", "notes.md"}


def test_formulas_have_reports_too(notes: Path) -> None:
    Path("formulas.txt").write_text(f"{FALSE}\n", "utf-8")
    assert main(["verify", TRUE, TRUE, "--file", "formulas.txt", "-o", "out.html"]) == 1
    root = ElementTree.fromstring(Path("out.html").read_text("utf-8").removeprefix("<!DOCTYPE html>\n"))
    assert ["".join(e.itertext()) for e in root.iter("h2")][:2] == ["formulas", "formulas.txt"]
    places = ["".join(e.itertext()) for e in root.iter("span") if e.get("class") == "place"]
    assert places == ["formulas:1:1", "formulas:2:1", "formulas.txt:1:1"]
    assert main(["verify", TRUE, "--format", "markdown", "-o", "out.md"]) == 0
    assert Path("out.md").read_text("utf-8").startswith("## symbn")
    assert main(["verify", TRUE, "--format", "text", "-o", "out.txt"]) == 0
    assert Path("out.txt").read_text("utf-8").startswith("proved for every batch size")


def test_json_is_a_format_of_verify(notes: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["verify", TRUE, "--format", "json"]) == 0
    assert json.loads(capsys.readouterr().out)["verdict"] == "proved"


@pytest.mark.skipif(shutil.which("latexmk") is None, reason="no latexmk")
def test_a_pdf_is_a_pdf(notes: Path) -> None:
    assert main(["check", "notes.md", "-o", "out.pdf"]) == 1
    assert Path("out.pdf").read_bytes().startswith(b"%PDF")
    assert set(os.listdir()) == {"cache", "notes.md", "out.pdf"}
