"""JUnit XML: well-formed whatever the document says, and its counts are right."""

from __future__ import annotations

from xml.etree import ElementTree

from symbn.report.junit import as_junit
from tests.report.values import everything, hostile, report


def test_each_kind_has_its_outcome() -> None:
    root = ElementTree.fromstring(as_junit([everything(), report(path="empty.md")]))
    assert root.tag == "testsuites"
    assert (root.get("tests"), root.get("failures"), root.get("errors"), root.get("skipped")) == ("12", "5", "2", "2")
    first, second = root
    assert (first.get("name"), second.get("name"), second.get("tests")) == ("notes.md", "empty.md", "0")
    kinds = [next((child.tag for child in case), "passed") for case in first]
    assert kinds == [
        "error", "passed", "failure", "failure", "system-out", "skipped", "error", "failure", "skipped", "passed", "failure",
        "failure",
    ]  # fmt: skip
    failure = first[3].find("failure")
    assert failure is not None
    assert failure.get("type") == "wrong-sign"
    assert failure.text is not None
    assert "refuted at" in failure.text
    assert all(case.get("classname") == "notes.md" for case in first)


def test_hostile_text_stays_text() -> None:
    shown = as_junit([hostile()])
    root = ElementTree.fromstring(shown)
    assert "<script>" not in shown
    assert "]]>" not in shown
    assert not root.findall(".//script")
    assert all(c.isprintable() or c == "\n" for c in shown)
    shown.encode("utf-8")
