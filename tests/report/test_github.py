"""Workflow commands: one a line, and nothing in a document can begin another."""

from __future__ import annotations

import re
from dataclasses import replace

from symbn.report.github import as_github
from tests.report.values import everything, hostile, kinds, report

COMMAND = re.compile(r"::(error|warning|notice) file=([^,:]*),line=\d+,col=\d+,endLine=\d+(,endColumn=\d+)?,title=[^,:]*::(.*)")


def test_a_problem_is_a_command_with_its_place() -> None:
    shown = as_github([report(kinds()["unreadable"])])
    assert shown == (
        "::error file=notes.md,line=3,col=25,endLine=3,endColumn=28,title=symbn half-derivative::"
        "half a derivative: one part of the fraction has a differential sign, the other has none"
        r"%0Ahelp: write the sign on both parts: \frac{\partial a}{\partial b}"
    )


def test_levels() -> None:
    levels = [line.split(" ")[0][2:] for line in as_github([everything()]).split("\n")]
    assert {kind: levels.count(kind) for kind in levels} == {"error": 7, "notice": 1, "warning": 1}


def test_every_line_is_one_command_whatever_the_document_says() -> None:
    lines = as_github([hostile(), everything()]).split("\n")
    assert len(lines) == 6 + 9
    for line in lines:
        assert COMMAND.fullmatch(line), line
        assert line.isprintable()
    assert "file=%3A%3Aerror%3A%3A" in lines[0]
    assert "b.md" in lines[0]


def test_percent_signs_stay_percent_signs() -> None:
    assert "100%25 unsure" in as_github([report(replace(kinds()["undecided"], reason="100% unsure"))])
