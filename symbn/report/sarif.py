"""A SARIF 2.1.0 log: what code scanning services and editors read. One run, a rule for each code, a result for each problem.

Columns count Unicode characters from 1; a region ends before its end column. A repair is a fix only where it can be applied:
where the formula stands in the file as it was read (places.edit, places.in_file).
Source: OASIS, Static Analysis Results Interchange Format (SARIF) Version 2.1.0, sections 3.14 to 3.57.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import PurePath
from typing import Any, Protocol
from urllib.parse import quote

from symbn.answer import CAVEAT, REFUTED, UNDECIDED, UNREADABLE, DocumentReport, Step
from symbn.diagnostic import Span
from symbn.report.json import visible
from symbn.report.outcome import UNEXPECTED, code, details, findings, level, message
from symbn.report.places import edit, in_file, region

_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_TITLES = {
    REFUTED: "The two sides are not equal",
    UNDECIDED: "The step is not decided",
    UNREADABLE: "The formula cannot be read",
    CAVEAT: "Proved, but only under a reading that is named",
    UNEXPECTED: "The answer differs from the one that the document expects",
}


class Explained(Protocol):
    """What a catalogue says of a code."""

    @property
    def title(self) -> str: ...
    @property
    def meaning(self) -> str: ...
    @property
    def cure(self) -> str: ...


def as_sarif(reports: Sequence[DocumentReport], texts: Mapping[str, Explained], version: str) -> str:
    """Return the log. texts: what the catalogue says of the codes; a code that is not in it has its name only."""
    found = [(report, step) for report in reports for step in findings(report)]
    codes = sorted({code(step) for _, step in found})
    run = {
        "tool": {"driver": {"name": "symbn", "version": version, "rules": [_rule(name, texts) for name in codes]}},
        "columnKind": "unicodeCodePoints",
        "results": [_result(report, step, codes) for report, step in found],
    }
    log = {"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}
    return visible(json.dumps(log, ensure_ascii=False, indent=2))


def _rule(name: str, texts: Mapping[str, Explained]) -> dict[str, Any]:
    entry = texts.get(name)
    if entry is None:
        return {"id": name, "shortDescription": {"text": _TITLES.get(name, name.replace("-", " "))}}
    return {
        "id": name,
        "shortDescription": {"text": entry.title},
        "fullDescription": {"text": entry.meaning},
        "help": {"text": f"{entry.meaning}\n\n{entry.cure}"},
    }


def _result(report: DocumentReport, step: Step, codes: list[str]) -> dict[str, Any]:
    said = [message(step), *(f"{label}: {text}" if label else text for label, text in details(step))]
    result: dict[str, Any] = {
        "ruleId": code(step),
        "ruleIndex": codes.index(code(step)),
        "level": level(step),
        "message": {"text": "\n".join(said)},
        "locations": [{"physicalLocation": {"artifactLocation": _artifact(report, step), "region": _region(step)}}],
    }
    change = edit(step) if in_file(step) else None
    if change is not None and step.repair is not None:
        replacement = {"deletedRegion": _region(step, change.span), "insertedContent": {"text": change.text}}
        result["fixes"] = [
            {
                "description": {"text": step.repair.message},
                "artifactChanges": [{"artifactLocation": _artifact(report, step), "replacements": [replacement]}],
            }
        ]
    return result


def _region(step: Step, span: Span | None = None) -> dict[str, int]:
    (line, column), (end_line, end_column) = region(step, span)
    return {"startLine": line, "startColumn": column, "endLine": end_line, "endColumn": end_column}


def _artifact(report: DocumentReport, step: Step) -> dict[str, str]:
    """Return the file as a URI: a path from the root is one of its own, another is relative to where symbn was run."""
    path = PurePath(step.file or report.path).as_posix()
    encoded = quote(path, safe="/", errors="surrogateescape")
    return {"uri": f"file://{encoded}" if path.startswith("/") else encoded}
