"""The catalogue says what symbn does: every code has an entry, every example gets its code, every cure is proved."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import symbn
from symbn.catalogue import CATALOGUE, DOCUMENT, READER, REPAIR, Entry
from symbn.decision.repair import find_repair
from symbn.elaboration.notation import Notation
from symbn.judging import Options
from symbn.running import Settings, check_path
from symbn.syntax.parser import parse

PACKAGE = Path(__file__).resolve().parent.parent / "symbn"
SUFFIX = {"docstring-escape": "py"}  # of what is no Markdown
MAKERS = {"unreadable": 0, "Diagnostic": 0, "Candidate": 1}


def of(kind: str) -> list[Entry]:
    return [entry for entry in CATALOGUE.values() if entry.kind == kind]


def codes() -> set[str]:
    """Collect the codes that the sources use: literals given to what makes diagnostics and candidates."""
    found: set[str] = set()
    for path in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in MAKERS:
                place = MAKERS[node.func.id]
                if len(node.args) > place and isinstance(code := node.args[place], ast.Constant):
                    found.add(str(code.value))
            elif (
                isinstance(node, ast.Constant) and isinstance(node.value, str) and path.parent.name in ("repair", "elaboration")
            ):
                found |= {node.value} & set(CATALOGUE)
    return found


def test_every_code_of_the_sources_has_an_entry_and_every_entry_is_used() -> None:
    assert codes() - set(CATALOGUE) == set()
    # The codes of documents and of code are made by other rooms.
    assert set(CATALOGUE) - codes() - {entry.code for entry in of(DOCUMENT)} == set()


@pytest.mark.parametrize("entry", of(READER), ids=lambda entry: entry.code)
def test_the_example_of_a_reader_s_code_gets_that_code(entry: Entry) -> None:
    assert entry.example is not None
    (found,) = {diagnostic.code for step in symbn.verify(entry.example).steps for diagnostic in step.diagnostics}
    assert found == entry.code


@pytest.mark.parametrize("entry", of(DOCUMENT), ids=lambda entry: entry.code)
def test_the_example_of_a_document_s_code_gets_that_code(entry: Entry, tmp_path: Path) -> None:
    assert entry.example is not None
    path = tmp_path / f"example.{SUFFIX.get(entry.code, 'md')}"
    path.write_text(entry.example, "utf-8")
    report = check_path(str(path), Settings(Options()))
    assert [problem.code for problem in report.problems] == [entry.code]


@pytest.mark.parametrize("entry", of(REPAIR), ids=lambda entry: entry.code)
def test_the_example_of_a_repair_s_code_is_refuted_and_repaired_so(entry: Entry) -> None:
    assert entry.example is not None
    assert symbn.verify(entry.example).kind == "refuted"
    (statement,) = parse(entry.example)
    left, right = statement.sides
    found = find_repair(entry.example, left, right, statement.conditions, Notation())
    assert found is not None
    assert found.code == entry.code
    assert found.caveat is None


@pytest.mark.parametrize("entry", [e for e in CATALOGUE.values() if e.cured is not None], ids=lambda entry: entry.code)
def test_the_cured_example_is_proved(entry: Entry) -> None:
    assert entry.cured is not None
    verdict = symbn.verify(entry.cured, let=entry.let)
    assert verdict.kind == "proved", str(verdict)
    assert not verdict.caveats


def test_titles_are_short_and_sentences_end() -> None:
    for entry in CATALOGUE.values():
        assert len(entry.title) <= 50
        assert entry.title[0].islower() or entry.title.startswith("m - 1")
        assert entry.meaning.endswith(".")
        assert entry.cure.endswith(".")
