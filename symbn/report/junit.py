"""JUnit XML, which build servers read: a suite for each document, a case for each step.

failure: refuted, or not as expected; error: unreadable; skipped: undecided or assumed. An expected answer passes, and so does
a proof under a caveat, which is told in the case's output. Text is escaped by the library; characters that no XML may hold
become U+FFFD.
"""

from __future__ import annotations

from collections.abc import Sequence
from xml.etree import ElementTree

from symbn.answer import ASSUMED, REFUTED, UNDECIDED, DocumentReport, Step
from symbn.report.outcome import code, details, faults, is_problem, message
from symbn.report.terminal import printable


def as_junit(reports: Sequence[DocumentReport]) -> str:
    """Return the XML document."""
    suites = [_suite(report) for report in reports]
    root = ElementTree.Element("testsuites", {"name": "symbn"})
    for name in ("tests", "failures", "errors", "skipped"):
        root.set(name, str(sum(int(suite.get(name, "0")) for suite in suites)))
    root.set("time", f"{sum(report.milliseconds for report in reports) / 1000:.3f}")
    root.extend(suites)
    ElementTree.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ElementTree.tostring(root, encoding="unicode")


def _suite(report: DocumentReport) -> ElementTree.Element:
    suite = ElementTree.Element("testsuite", {"name": _legal(report.path)})
    cases = [_case(report, step) for step in (*faults(report), *report.steps)]
    suite.set("tests", str(len(cases)))
    for name, kind in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
        suite.set(name, str(sum(case.find(kind) is not None for case in cases)))
    suite.set("time", f"{report.milliseconds / 1000:.3f}")
    suite.extend(cases)
    return suite


def _case(report: DocumentReport, step: Step) -> ElementTree.Element:
    path = step.file or report.path
    name = f"{step.line}:{step.column} {step.lhs} = {step.rhs}" if step.step else f"{step.line}:{step.column} document"
    case = ElementTree.Element("testcase", {"classname": _legal(path), "name": _legal(name), "file": _legal(path)})
    case.set("line", str(step.line))
    case.set("time", f"{step.milliseconds / 1000:.3f}")
    text = "\n".join(f"{label}: {said}" if label else said for label, said in details(step))
    kind = _kind(step)
    if kind is not None:
        found = ElementTree.SubElement(case, kind, {"message": _legal(message(step))})
        if kind != "skipped":
            found.set("type", _legal(code(step)))
        found.text = "\n".join(_legal(line) for line in text.split("\n"))
    elif step.caveat is not None:
        ElementTree.SubElement(case, "system-out").text = _legal(message(step))
    return case


def _kind(step: Step) -> str | None:
    if is_problem(step):
        if step.surprising or step.verdict == REFUTED:
            return "failure"
        return "skipped" if step.verdict == UNDECIDED else "error"
    return "skipped" if step.verdict == ASSUMED and step.expected is None else None


def _legal(text: str) -> str:
    """Return the text without what XML 1.0 forbids; lone surrogates and U+FFFE are not printable either."""
    return printable(text)
