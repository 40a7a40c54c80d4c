"""The JSON record of one equality step: schema 1, one object a line, exact numbers as strings."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Any

from symbn.answer import SCHEMA, DocumentReport, Repair, Step, Witness
from symbn.diagnostic import Diagnostic
from symbn.report.outcome import faults

_COMMAND = re.compile(r"#(?=#\w*\[)")


def record(step: Step) -> dict[str, Any]:
    """Return the record. Its keys are the public format: they are only ever added to."""
    found, repair = step.counterexample, step.repair
    return {
        "schema": SCHEMA,
        "file": step.file,
        "line": step.line,
        "column": step.column,
        "step": step.step,
        "lhs": step.lhs,
        "rhs": step.rhs,
        "verdict": step.verdict,
        "scope": step.scope,
        "caveat": step.caveat,
        "readings": list(step.readings),
        "statement": step.statement,
        "counterexample": None
        if found is None
        else {
            "m": str(found.m),
            "entries": {name: str(value) for name, value in found.entries} | {name: str(at) for name, at in found.indices},
            "lhs": str(found.left),
            "rhs": str(found.right),
            "true_up_to": step.true_up_to,
        },
        "repair": None if repair is None else _repair(repair),
        "reason": step.reason,
        "notes": list(step.notes),
        "diagnostics": [_diagnostic(step, diagnostic) for diagnostic in step.diagnostics],
        "formula": step.formula,
        "chain_head": step.chain_head,
        "equals_head": step.equals_head,
        "expected": step.expected,
        "as_expected": None if step.expected is None else not step.surprising,
        "milliseconds": step.milliseconds,
    } | ({} if step.numeric is None else {"numeric": _numeric(step.numeric)})


def _numeric(witness: Witness) -> dict[str, Any]:
    """Return what float64 says. These numbers are no exact ones, so that they are numbers here, too."""
    return {
        "error": None if witness.worst is None else witness.worst.error,
        "reason": witness.reason,
        "samples": [
            {
                "method": sample.method,
                "m": sample.m,
                "eps": sample.eps,
                "error": sample.error,
                "lhs": sample.left,
                "rhs": sample.right,
                "indices": dict(sample.indices),
                "allclose": sample.close,
            }
            for sample in witness.samples
        ],
    }


def _repair(repair: Repair) -> dict[str, Any]:
    """Return the repair; `changed` counts the characters of its own `latex`."""
    return {
        "latex": repair.latex,
        "code": repair.code,
        "message": repair.message,
        "side": repair.side,
        "changed": [[span.start, span.end] for span in repair.changed],
    }


def _diagnostic(step: Step, found: Diagnostic) -> dict[str, Any]:
    """Return the diagnostic; `start` and `end` count the characters of the source, `line` and `column` are its place in the
    file."""
    line, column = step.place(found.span.start)
    return {
        "code": found.code,
        "message": found.message,
        "start": found.span.start,
        "end": found.span.end,
        "help": found.help,
        "line": line,
        "column": column,
    }


def as_json(reports: Sequence[DocumentReport]) -> str:
    """Return a line for each step. A document's own fault is a record too, so that it is not lost: unreadable, step 0."""
    return "\n".join(dumps(step) for report in reports for step in (*faults(report), *report.steps))


def dumps(step: Step) -> str:
    """Return the record on one line, UTF-8, without escapes for letters. Bytes that were no UTF-8 are shown as U+FFFD."""
    return visible(json.dumps(record(step), ensure_ascii=False))


def visible(text: str) -> str:
    r"""Return a JSON text with an escape for each character that is not to be seen, such as U+202E, which turns a line round.

    The values stay what they are; only half a surrogate pair, which no UTF-8 can hold, becomes U+FFFD. Line ends stay. So is
    `##[`, which a CI service obeys anywhere in a line; a sharp is never outside of a string.
    """
    text = _COMMAND.sub(lambda _: _escape(ord("#")), text) if "##" in text else text
    if text.isprintable():  # no half of a pair is
        return text
    text = text.encode("utf-8", "replace").decode("utf-8")
    return "".join(c if c.isprintable() or c == "\n" else _escape(ord(c)) for c in text)


def _escape(code: int) -> str:
    if code < 0x10000:
        return f"\\u{code:04x}"
    return f"\\u{0xD7C0 + (code >> 10):04x}\\u{0xDC00 + (code & 0x3FF):04x}"
