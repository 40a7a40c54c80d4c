"""The JSON record: its keys are only ever added to."""

from __future__ import annotations

import json
from dataclasses import replace

from symbn.report.json import as_json, record
from tests.report.values import REPAIRED, SIGN, everything, hostile, kinds


def test_a_repair_is_in_the_record() -> None:
    assert record(kinds()["repaired"])["repair"] == {
        "latex": REPAIRED,
        "code": "wrong-sign",
        "message": "the last term is added, but it must be subtracted",
        "side": "right",
        "changed": [[SIGN, SIGN + 1]],
    }


def test_expectations_are_null_or_told() -> None:
    steps = kinds()
    for kind, expected, met in (
        ("proved", None, None),
        ("expected", "refuted wrong-sign", True),
        ("unwanted", "proved", False),
    ):
        found = record(steps[kind])
        assert (found["expected"], found["as_expected"]) == (expected, met)
        assert found["formula"] == 3


def test_a_diagnostic_has_its_place_in_the_file() -> None:
    step = replace(kinds()["unreadable"], line=103, column=17)
    (found,) = record(step)["diagnostics"]
    assert (found["line"], found["column"]) == (103, 35)
    assert step.source[found["start"] : found["end"]] == "{x}"


def test_a_line_for_each_step_and_for_each_fault_of_the_document() -> None:
    records = [json.loads(line) for line in as_json([everything(), hostile()]).split("\n")]
    assert len(records) == 12 + 7
    assert [r["diagnostics"][0]["code"] for r in records if r["step"] == 0] == ["bad-setting", "unexpected"]
    assert len({tuple(r) for r in records}) == 1
    as_json([hostile()]).encode("utf-8")
