"""The SARIF log has the structure that the standard asks for."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import Any

from symbn.answer import DocumentReport
from symbn.report.sarif import as_sarif
from tests.report.values import everything, hostile, repaired, report


@dataclass(frozen=True)
class Entry:
    title: str
    meaning: str
    cure: str


TEXTS = {"wrong-sign": Entry("A wrong sign", "A term has the other sign.", "Change it.")}


def run(*reports: DocumentReport) -> dict[str, Any]:
    log = json.loads(as_sarif(reports, TEXTS, "1.2.3"))
    assert log["version"] == "2.1.0"
    assert log["$schema"].endswith("sarif-2.1.0.json")
    (only,) = log["runs"]
    assert isinstance(only, dict)
    return only


def check_region(region: dict[str, int]) -> None:
    assert set(region) == {"startLine", "startColumn", "endLine", "endColumn"}
    assert all(type(value) is int and value >= 1 for value in region.values())
    assert (region["startLine"], region["startColumn"]) <= (region["endLine"], region["endColumn"])


def test_what_the_standard_requires_is_there() -> None:
    found = run(everything(), hostile(), report())
    driver = found["tool"]["driver"]
    assert (driver["name"], driver["version"], found["columnKind"]) == ("symbn", "1.2.3", "unicodeCodePoints")
    identifiers = [rule["id"] for rule in driver["rules"]]
    assert len(set(identifiers)) == len(identifiers)
    assert len(found["results"]) == 9 + 6
    for result in found["results"]:
        assert identifiers[result["ruleIndex"]] == result["ruleId"]
        assert result["level"] in ("error", "warning", "note")
        assert result["message"]["text"]
        (location,) = result["locations"]
        check_region(location["physicalLocation"]["region"])
        uri = location["physicalLocation"]["artifactLocation"]["uri"]
        assert uri.isascii()
        assert not set(uri) & set(' <>"\\|`:\n')
    for rule in driver["rules"]:
        assert rule["shortDescription"]["text"]


def test_a_rule_has_the_catalogues_words() -> None:
    (rule,) = [rule for rule in run(everything())["tool"]["driver"]["rules"] if rule["id"] == "wrong-sign"]
    assert rule["shortDescription"]["text"] == "A wrong sign"
    assert "Change it." in rule["help"]["text"]


def test_a_fix_applied_to_the_text_makes_the_repair() -> None:
    step = repaired("my notes/a#b.md")
    (result,) = run(report(step))["results"]
    (fix,) = result["fixes"]
    (change,) = fix["artifactChanges"]
    assert change["artifactLocation"]["uri"] == "my%20notes/a%23b.md"
    (replacement,) = change["replacements"]
    region = replacement["deletedRegion"]
    check_region(region)
    assert region["startLine"] == region["endLine"]
    lines = step.source.split("\n")
    line = lines[region["startLine"] - 1]
    lines[region["startLine"] - 1] = (
        line[: region["startColumn"] - 1] + replacement["insertedContent"]["text"] + line[region["endColumn"] - 1 :]
    )
    assert step.repair is not None
    assert step.repair.latex in "\n".join(lines)


def test_no_fix_where_it_could_not_be_applied() -> None:
    for step in (repaired("a.ipynb"), replace(repaired(), line=9)):
        (result,) = run(report(step))["results"]
        assert "fixes" not in result


def test_a_path_from_the_root_is_a_file_uri() -> None:
    (result,) = run(report(repaired("/tmp/a b.md")))["results"]
    assert result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "file:///tmp/a%20b.md"
