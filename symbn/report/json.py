"""The JSON record of one equality step: schema 1, one object a line, exact numbers as strings."""

from __future__ import annotations

import json
from typing import Any

from symbn.answer import SCHEMA, Step


def record(step: Step) -> dict[str, Any]:
    """Return the record. Its keys are the public format: they are only ever added to."""
    found = step.counterexample
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
        "repair": None,
        "reason": step.reason,
        "notes": list(step.notes),
        "diagnostics": [
            {"code": d.code, "message": d.message, "start": d.span.start, "end": d.span.end, "help": d.help}
            for d in step.diagnostics
        ],
        "milliseconds": step.milliseconds,
    }


def dumps(step: Step) -> str:
    """Return the record on one line, UTF-8, without escapes for letters. Bytes that were no UTF-8 are shown as U+FFFD."""
    text = json.dumps(record(step), ensure_ascii=False)
    return text.encode("utf-8", "replace").decode("utf-8")
