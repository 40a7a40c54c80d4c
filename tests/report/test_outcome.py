"""What counts as a problem, and which status follows."""

from __future__ import annotations

from dataclasses import replace

import pytest

from symbn.answer import Step
from symbn.diagnostic import Diagnostic, Span
from symbn.report.outcome import findings, level, problems, status
from tests.report.values import everything, kinds, report

STATUS = {
    "proved": 0, "refuted": 1, "repaired": 1, "caveat": 0, "undecided": 3, "unreadable": 3, "unmatched": 1, "assumed": 0,
    "expected": 0, "surprising": 1, "unwanted": 1,
}  # fmt: skip


@pytest.fixture(scope="module")
def steps() -> dict[str, Step]:
    return kinds()


@pytest.mark.parametrize("kind", list(STATUS))
def test_the_status_of_each_kind_alone(steps: dict[str, Step], kind: str) -> None:
    alone = report(steps[kind])
    assert status([alone]) == STATUS[kind]
    assert bool(problems(alone)) == (STATUS[kind] != 0)
    assert (level(steps[kind]) == "note") == (STATUS[kind] == 0)


def test_refuted_wins_over_open_and_a_fault_of_the_document_is_open(steps: dict[str, Step]) -> None:
    assert status([report(steps["undecided"]), report(steps["refuted"])]) == 1
    faulty = report(steps["proved"], problems=(Diagnostic("bad-setting", "no", Span(0, 1)),), text="x")
    assert status([faulty]) == 3
    assert status([]) == status([report()]) == 0


def test_an_expectation_is_for_the_verdict_and_its_code(steps: dict[str, Step]) -> None:
    for expected, wanted in (
        ("refuted", 0), ("refuted wrong-sign", 0), ("refuted missing-factor", 1), ("proved", 1), ("undecided", 1),
    ):  # fmt: skip
        assert status([report(replace(steps["repaired"], expected=expected))]) == wanted
    assert status([report(replace(steps["undecided"], expected="undecided"))]) == 0
    assert status([report(replace(steps["unreadable"], expected="unreadable half-derivative"))]) == 0
    assert status([report(replace(steps["caveat"], expected="caveat"))]) == 0
    assert status([report(replace(steps["proved"], expected="caveat"))]) == 1


def test_a_kind_selects_its_steps_expected_or_not() -> None:
    found = everything()
    assert len(problems(found)) == 8
    assert len(findings(found)) == 9
    assert len(problems(found, "refuted")) == 5
    assert len(problems(found, "wrong-sign")) == 3
    assert len(problems(found, "unmatched-index")) == 1
    assert len(problems(found, "caveat")) == 1
    assert len(problems(found, "unexpected")) == 2
    assert problems(found, "nonsense") == ()
