"""Many documents: which files are meant, the cache, several processes, files that cannot be read."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from symbn import cache, judging, running
from symbn.answer import Counterexample, DocumentReport, Repair, Step
from symbn.diagnostic import Diagnostic, Span
from symbn.elaboration.notation import Notation
from symbn.errors import UsageError
from symbn.following import follow
from symbn.judging import Options
from symbn.processes import check_paths
from symbn.report import outcome
from symbn.running import Settings, check_path, find_documents

TRUE, FALSE = "$$\\sum_i \\hat x_i = 0$$\n", "$$\\frac{\\partial L}{\\partial\\beta} = -\\sum_j g_j$$\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("b.md", "a.tex", "inner/c.rst", ".hidden/d.md", "node_modules/e.md", "image.png", "f.ipynb"):
        path = tmp_path / "docs" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text('{"cells": [], "nbformat": 4}' if name.endswith("ipynb") else TRUE, "utf-8")
    return tmp_path / "docs"


def test_a_folder_is_every_document_below_it(folder: Path) -> None:
    assert [Path(path).name for path in find_documents([str(folder)])] == ["a.tex", "b.md", "f.ipynb", "c.rst"]


def test_patterns_files_and_repetitions(folder: Path) -> None:
    found = find_documents([str(folder / "*.md"), str(folder / "b.md"), str(folder / "**" / "*.rst"), "-"])
    assert [Path(path).name for path in found] == ["b.md", "c.rst", "-"]


@pytest.mark.parametrize("path", ["/no/such/file.md", "/no/such/*.md", "/dev/null"])
def test_a_path_that_leads_to_nothing_is_a_usage_error(path: str) -> None:
    with pytest.raises(UsageError):
        find_documents([path])


def test_an_empty_folder_is_a_usage_error(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no document"):
        find_documents([str(tmp_path)])


def test_a_file_that_cannot_be_read_is_a_report_that_says_so(tmp_path: Path) -> None:
    (tmp_path / "binary.md").write_bytes(b"\0\0")
    (tmp_path / "broken.ipynb").write_text("{", "utf-8")
    for name in ("binary.md", "broken.ipynb", "missing.md"):
        report = check_path(str(tmp_path / name), Settings(Options()))
        assert [problem.code for problem in report.problems] == ["bad-document"]
        assert report.steps == ()


@pytest.mark.parametrize("table", ["mean = ", "meen = 'u'", "[[lines]]\nto = 3\n"])
def test_a_bad_notation_file_is_a_problem_of_the_document(tmp_path: Path, table: str) -> None:
    (tmp_path / "n.toml").write_text(table, "utf-8")
    (tmp_path / "a.md").write_text(TRUE, "utf-8")
    report = check_path(str(tmp_path / "a.md"), Settings(Options(), str(tmp_path / "n.toml")))
    assert [problem.code for problem in report.problems] == ["bad-notation"]


def test_a_notation_folder_has_a_file_for_each_document(tmp_path: Path) -> None:
    (tmp_path / "notation").mkdir()
    (tmp_path / "notation" / "a.toml").write_text("mean = 'u'\n", "utf-8")
    for name in ("a.md", "b.md"):
        (tmp_path / name).write_text("$\\frac{\\partial u}{\\partial x_i} = \\frac1m$\n", "utf-8")
    settings = Settings(Options(), str(tmp_path / "notation"))
    assert check_path(str(tmp_path / "a.md"), settings).steps[0].verdict == "proved"
    assert check_path(str(tmp_path / "b.md"), settings).steps[0].verdict == "unreadable"


# ---------------------------------------------------------------------- cache


def test_a_second_run_takes_the_answers_from_the_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.md"
    path.write_text(TRUE + FALSE, "utf-8")
    settings = Settings(Options(repair=True), cache=str(tmp_path / "cache"))
    first = check_path(str(path), settings)

    def broken(*_: object) -> None:
        raise AssertionError("checked again")

    monkeypatch.setattr(running, "check_document", broken)
    assert check_path(str(path), settings) == first
    other = tmp_path / "b.md"
    other.write_text(TRUE + FALSE, "utf-8")
    again = check_path(str(other), settings)
    assert {step.file for step in again.steps} == {str(other)}
    for changed in (
        Settings(Options(), cache=settings.cache),
        Settings(Options(batch=2, repair=True), cache=settings.cache),
        Settings(Options(Notation(mode="eval"), repair=True), cache=settings.cache),
        Settings(Options(Notation().with_lets(["mean=u"]), repair=True), cache=settings.cache),
    ):
        with pytest.raises(AssertionError, match="checked again"):
            check_path(str(path), changed)
    path.write_text(TRUE, "utf-8")
    with pytest.raises(AssertionError, match="checked again"):
        check_path(str(path), settings)


def test_a_damaged_cache_is_thrown_away(tmp_path: Path) -> None:
    path = tmp_path / "a.md"
    path.write_text(FALSE, "utf-8")
    settings = Settings(Options(), cache=str(tmp_path / "cache"))
    first = check_path(str(path), settings)
    (kept,) = (tmp_path / "cache").glob("*.json")
    good = kept.read_text("utf-8")
    checksum, _, payload = good.partition("\n")
    forged = payload.replace('"refuted"', '"proved"')
    for damaged in ("", "x", good[: len(good) // 2], f"{checksum}\n{forged}", f"{checksum}\n[]", good + " "):
        kept.write_text(damaged, "utf-8")
        found = check_path(str(path), settings)
        assert [step.verdict for step in found.steps] == ["refuted"]
    assert [step.verdict for step in first.steps] == ["refuted"]
    kept.unlink()
    kept.mkdir()
    assert [step.verdict for step in check_path(str(path), settings).steps] == ["refuted"]


def test_a_cache_that_cannot_be_written_does_no_harm(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text(TRUE, "utf-8")
    (tmp_path / "file").write_text("", "utf-8")
    report = check_path(str(tmp_path / "a.md"), Settings(Options(), cache=str(tmp_path / "file" / "cache")))
    assert [step.verdict for step in report.steps] == ["proved"]


def test_what_is_kept_comes_back_as_it_was(tmp_path: Path) -> None:
    found = Counterexample(2, (("x_1", Fraction(1, 3)),), (("i", 1),), Fraction(0), Fraction(-5, 7), (("mu", Fraction(2)),))
    fault = Diagnostic("code", "a \ud800 message", Span(0, 2), None)
    step = Step("text", Span(1, 3), 2, "a", "b", "refuted", "all m", counterexample=found, diagnostics=(fault,), notes=("n",))
    step = replace(step, repair=Repair("wrong-sign", "m", "a = -b", (Span(4, 5),)), true_up_to=1, equals_head=False)
    report = DocumentReport("p", (step,), ("N is m",), (fault,), "text", 1.5)
    cache.store(tmp_path, "k", report)
    assert cache.load(tmp_path, "k") == report
    assert json.loads((tmp_path / "k.json").read_text("utf-8").partition("\n")[2])


# ---------------------------------------------------------------------- processes


def test_several_processes_give_the_same_reports_in_the_same_order(folder: Path) -> None:
    (folder / "b.md").write_text(FALSE, "utf-8")
    paths = find_documents([str(folder)])
    told: list[str] = []
    alone = list(check_paths(paths, Settings(Options())))
    many = list(check_paths(paths, Settings(Options()), 3, lambda path, done, total: told.append(path)))

    def timeless(report: DocumentReport) -> DocumentReport:
        return replace(report, milliseconds=0.0, steps=tuple(replace(step, milliseconds=0.0) for step in report.steps))

    assert [timeless(report) for report in many] == [timeless(report) for report in alone]
    assert told == paths


def test_processes_are_given_only_so_many_documents_at_a_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from concurrent.futures import ProcessPoolExecutor

    given = []
    submit = ProcessPoolExecutor.submit

    def counted(pool: ProcessPoolExecutor, *arguments: Any) -> Any:
        given.append(arguments)
        return submit(pool, *arguments)

    monkeypatch.setattr(ProcessPoolExecutor, "submit", counted)
    paths = [str(tmp_path / f"{number}.md") for number in range(60)]
    for path in paths:
        Path(path).write_text("nothing", "utf-8")
    for seen, report in enumerate(check_paths(paths, Settings(Options()), 2)):
        assert report.path == paths[seen]
        assert len(given) - seen <= 16
    assert len(given) == 60


def test_a_report_is_forgotten_when_it_was_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from symbn.cli import check, main

    alive = 0

    class Text(str):
        """What every report holds on to."""

        def __del__(self) -> None:
            nonlocal alive
            alive -= 1

    def reports(paths: list[str], *_: object) -> Iterator[DocumentReport]:
        nonlocal alive
        for path in paths:
            alive += 1
            assert alive <= 3
            yield replace(check_path(path, Settings(Options())), text=Text("x"), steps=())

    monkeypatch.setattr(check, "check_paths", reports)
    for number in range(30):
        (tmp_path / f"{number}.md").write_text(TRUE, "utf-8")
    for format in ("text", "json"):
        assert main(["check", "--no-cache", "--format", format, str(tmp_path)]) == 0
    assert "in 30 documents" in capsys.readouterr().out


def test_a_formula_that_finds_no_memory_is_undecided(monkeypatch: pytest.MonkeyPatch) -> None:
    def greedy(*_: object) -> None:
        raise MemoryError

    monkeypatch.setattr(judging, "decide", greedy)
    (step,) = running.check(text=TRUE).steps
    assert (step.verdict, step.reason) == ("undecided", "budget: there is not enough memory to decide this equation")
    monkeypatch.setattr(follow, "_formula", greedy)
    (step,) = running.check(text=TRUE).steps
    assert (step.verdict, step.reason) == ("unreadable", "there is not enough memory for this formula")


@pytest.mark.parametrize(
    ("document", "line", "shown"),
    [
        ("+++\nmean = 'u'\nmeen = 'u'\n+++\n", 3, "meen = 'u'"),
        ("+++\nmean = 3\n+++\n", 2, "mean = 3"),
        ("+++\nmode = 'sleep'\n+++\n", 2, "mode = 'sleep'"),
        ("+++\nexpect = 'prooved'\n+++\n", 2, "expect = 'prooved'"),
        ("+++\n[[lines]]\nfrom = 1\nmean = 'u'\n[[lines]]\nfrom = 2\nmean = 3\n+++\n", 7, "mean = 3"),
        ("+++\n[[lines]]\nfrom = 1\n[[lines]]\nto = 2\n+++\n", 4, ""),
    ],
)
def test_a_setting_that_cannot_be_is_shown_where_it_stands(tmp_path: Path, document: str, line: int, shown: str) -> None:
    path = tmp_path / "a.md"
    path.write_text(f"{document}{TRUE}", "utf-8")
    report = check_path(str(path), Settings(Options()))
    (fault,) = report.problems
    assert (fault.code, report.text[fault.span.start : fault.span.end]) == ("bad-notation", shown)
    assert outcome.faults(report)[0].line == line
    toml = document.removeprefix("+++\n").removesuffix("+++\n")
    (tmp_path / "n").mkdir()
    (tmp_path / "n" / "a.toml").write_text(toml, "utf-8")
    path.write_text(TRUE, "utf-8")
    (fault,) = check_path(str(path), Settings(Options(), str(tmp_path / "n"))).problems
    assert fault.message.startswith(f"{tmp_path / 'n' / 'a.toml'}:{line - 1}: ")


def test_a_fault_is_of_the_file_that_has_it(tmp_path: Path) -> None:
    (tmp_path / "n.toml").write_text("\n\nmean = 3\n", "utf-8")
    (tmp_path / "a.md").write_text(f"+++\nbatch = 'm'\n+++\n{TRUE}", "utf-8")
    (fault,) = check_path(str(tmp_path / "a.md"), Settings(Options(), str(tmp_path / "n.toml"))).problems
    assert fault.message.startswith(f"{tmp_path / 'n.toml'}:3: mean")


@pytest.mark.parametrize("formula", ["= ( + y_i", "= = y_i", "= "])
def test_what_cannot_be_read_stands_in_its_own_formula(tmp_path: Path, formula: str) -> None:
    """A formula goes on from the right side of the last one; a fault in it was placed there."""
    (tmp_path / "a.md").write_text(f"$$a = x_i$$\n\nThen\n\n$${formula}$$\n", "utf-8")
    steps = check_path(str(tmp_path / "a.md"), Settings(Options())).steps[1:]
    assert {(step.verdict, step.line, step.formula) for step in steps} == {("unreadable", 5, 5)}
