"""The answer about a function, as text for a terminal and as a JSON record."""

from __future__ import annotations

from fractions import Fraction

from symbn.answer import PROVED, REFUTED
from symbn.code.answer import RUN, Difference, Finding, FunctionReport, Nested, Part
from symbn.report.terminal import Style, duration, printable, wrap

SCHEMA = 1


def render(report: FunctionReport, style: Style) -> str:
    """Return the whole answer, several lines without a final newline."""
    how = "run in a sandbox" if report.how == RUN else "read, not run"
    head = f"{report.function}  {printable(report.file)}:{report.line}"
    lines = [style.paint(head, "bold") + style.paint(f"  ({how}, {duration(report.milliseconds)})", "dim")]
    if report.forward is not None:
        lines += _said("forward: ", _forward(report), style)
    if report.layout:
        lines += _said("as:      ", report.layout, style)
    for part in report.parts:
        lines += _part(part, style)
    if report.reason is not None:
        lines += [style.paint(report.verdict, report.verdict), *_said("because: ", report.reason, style)]
    for finding in report.findings:
        lines += _finding(finding, report, style)
    if report.matched:
        lines += _said("taken:   ", "; ".join(report.matched), style)
    for figure in report.numeric:
        lines += _said("numeric: ", figure, style)
    for reading in report.readings:
        lines += _said("reading: ", reading, style)
    return "\n".join(lines)


def _forward(report: FunctionReport) -> str:
    part = report.forward_part
    if part is None:
        return f"the cache is that of {report.forward}"
    if part.verdict == PROVED:
        return f"{report.forward}, whose y is proved to be that of the layer"
    own = f"{report.forward}; the gradient is that of its own y"
    if part.verdict == REFUTED:
        return f"{own}, which is not the layer's" + (f": {_values(part.difference)}" if part.difference else "")
    return f"{own}, which was not proved to be the layer's"


def _part(part: Part, style: Style) -> list[str]:
    scope = f" for {part.scope}" if part.verdict == PROVED else ""
    if part.condition is not None:
        scope += f", where {part.condition} is not 0"
    lines = wrap(f"{part.name}{scope}", style.width, f"{part.verdict}  ")
    lines[0] = lines[0].replace(part.verdict, style.paint(part.verdict, part.verdict), 1)
    if part.likeness is not None:
        lines += _said("instead: ", f"it is {part.likeness}", style)
    if part.where is not None:
        lines += _said("but:     ", f"it is the gradient where {part.where}", style)
    if part.reason is not None:
        lines += _said("because: ", part.reason, style)
    if part.difference is not None:
        inputs = ", ".join(f"{name} = {nested(value)}" for name, value in part.difference.inputs)
        lines += _said("at:      ", inputs, style)
        lines += _said("         ", _values(part.difference), style)
    return lines


def _values(difference: Difference) -> str:
    return f"{difference.entry} is {difference.computed}, and the exact value is {difference.exact}"


def _finding(finding: Finding, report: FunctionReport, style: Style) -> list[str]:
    unused = "" if finding.used else " (no result depends on it)"
    return _said("line:    ", f"{finding.place}: {finding.message}{unused}", style)


def _said(label: str, text: str, style: Style) -> list[str]:
    lines = wrap(printable(text), max(20, style.width - 2), "  " + label)
    return [line.replace(label, style.paint(label, "dim"), 1) if n == 0 else line for n, line in enumerate(lines)]


def nested(value: Nested) -> str:
    """Return the values as Python writes lists: [[0, 2], [1, 3]]."""
    return str(value) if isinstance(value, Fraction) else f"[{', '.join(map(nested, value))}]"


def record(report: FunctionReport) -> dict[str, object]:
    """Return the JSON record of an answer. Numbers are exact: whole ones, or texts such as "3/16"."""
    return {
        "schema": SCHEMA,
        "file": report.file,
        "function": report.function,
        "line": report.line,
        "verdict": report.verdict,
        "how": report.how,
        "layout": report.layout or None,
        "forward": report.forward,
        "forward_verdict": None if report.forward_part is None else report.forward_part.verdict,
        "results": [_part_record(part) for part in report.parts],
        "findings": [
            {"line": f.line, "place": f.place, "name": f.name, "message": f.message, "used": f.used} for f in report.findings
        ],
        "matched": list(report.matched),
        "readings": list(report.readings),
        "numeric": list(report.numeric),
        "reason": report.reason,
        "milliseconds": round(report.milliseconds, 3),
    }


def _part_record(part: Part) -> dict[str, object]:
    found = part.difference
    return {
        "name": part.name,
        "verdict": part.verdict,
        "scope": part.scope,
        "reason": part.reason,
        "instead": part.likeness,
        "right_where": part.where,
        "nonzero": part.condition,
        "counterexample": None
        if found is None
        else {
            "shape": list(found.shape),
            "entry": found.entry,
            "inputs": {name: _plain(value) for name, value in found.inputs},
            "computed": _plain(found.computed),
            "exact": _plain(found.exact),
        },
    }


def _plain(value: Nested) -> object:
    if isinstance(value, Fraction):
        return value.numerator if value.denominator == 1 else str(value)
    return [_plain(part) for part in value]
