"""Answers kept between runs, so that a second run over unchanged documents is nearly free.

One file for each document, named by a hash of everything that an answer depends on: the document's bytes, the options, the
notation file, and symbn's own source files. Inside is JSON with a checksum; what does not match, or does not have the shape
it must have, is thrown away and computed again. Nothing is ever executed or unpickled.
"""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

from symbn import __version__
from symbn.answer import VERDICTS, Counterexample, DocumentReport, Repair, Step
from symbn.diagnostic import Diagnostic, Span

MAX_ENTRIES = 5000
_CLASSES: Mapping[str, type] = {
    kind.__name__: kind for kind in (DocumentReport, Step, Counterexample, Repair, Diagnostic, Span)
}


def folder() -> Path:
    """Return where answers are kept: $SYMBN_CACHE, else the user's cache folder."""
    own = os.environ.get("SYMBN_CACHE")
    base = os.environ.get("XDG_CACHE_HOME") or os.path.join(os.path.expanduser("~"), ".cache")
    return Path(own) if own else Path(base) / "symbn"


def key(data: bytes, *settings: str) -> str:
    """Return the name of an answer: a hash of the document, the settings and symbn itself."""
    found = hashlib.sha256(_fingerprint())
    for part in (data, *(text.encode("utf-8", "surrogatepass") for text in settings)):
        found.update(len(part).to_bytes(8, "big"))
        found.update(part)
    return found.hexdigest()


def _fingerprint() -> bytes:
    """Return what changes whenever symbn does: its version, and the sizes and times of its files."""
    package = Path(__file__).resolve().parent
    files = sorted(package.rglob("*.py"))
    states = [(str(path.relative_to(package)), (at := path.stat()).st_size, at.st_mtime_ns) for path in files]
    return json.dumps([__version__, states]).encode()


def load(where: Path, name: str) -> DocumentReport | None:
    """Return the kept report, or None if there is none that can be trusted."""
    try:
        checksum, _, payload = (where / f"{name}.json").read_text("utf-8").partition("\n")
        if hashlib.sha256(f"{name}{payload}".encode()).hexdigest() != checksum:
            return None
        report = _decoded(json.loads(payload))
        if not isinstance(report, DocumentReport) or not _sound(report):
            return None
        return replace(report, steps=tuple(replace(step, source=report.text) for step in report.steps))
    except (OSError, ValueError, TypeError, KeyError, AttributeError, ArithmeticError, RecursionError):
        return None


def _sound(report: DocumentReport) -> bool:
    """Tell whether the values that every report looks at are of their kinds."""
    return all(
        isinstance(step, Step)
        and step.verdict in VERDICTS
        and all(isinstance(text, str) for text in (step.lhs, step.rhs, step.scope, *step.notes, *step.readings))
        and all(isinstance(number, int) for number in (step.step, step.line, step.column, step.formula))
        and isinstance(step.span, Span)
        and 0 <= step.span.start <= step.span.end <= len(report.text)
        and isinstance(step.milliseconds, float | int)
        and (step.counterexample is None or isinstance(step.counterexample, Counterexample))
        and (step.repair is None or isinstance(step.repair, Repair))
        and all(isinstance(fault, Diagnostic) for fault in step.diagnostics)
        for step in report.steps
    )


def store(where: Path, name: str, report: DocumentReport) -> None:
    """Keep a report. Where that cannot be done (a read-only folder, a full disk), nothing is kept and nobody is told."""
    bare = replace(report, steps=tuple(replace(step, source="") for step in report.steps))
    payload = json.dumps(_encoded(bare), ensure_ascii=True)
    checksum = hashlib.sha256(f"{name}{payload}".encode()).hexdigest()
    with suppress(OSError):
        where.mkdir(parents=True, exist_ok=True)
        _make_room(where)
        handle, temporary = tempfile.mkstemp(dir=where, suffix=".tmp")
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as stream:
                stream.write(f"{checksum}\n{payload}")
            os.replace(temporary, where / f"{name}.json")
        except BaseException:
            os.unlink(temporary)
            raise


def _make_room(where: Path) -> None:
    kept = list(where.glob("*.json"))
    if len(kept) > MAX_ENTRIES:
        for path in sorted(kept, key=lambda path: path.stat().st_mtime)[: len(kept) // 2]:
            path.unlink()


def _encoded(value: object) -> object:
    if isinstance(value, Fraction):
        return {"": "Fraction", "value": str(value)}
    if isinstance(value, tuple):
        return [_encoded(item) for item in value]
    if (name := type(value).__name__) in _CLASSES:
        return {"": name} | {field: _encoded(getattr(value, field)) for field in _CLASSES[name].__slots__}  # type: ignore[attr-defined]
    return value


def _decoded(value: object) -> object:
    if isinstance(value, list):
        return tuple(_decoded(item) for item in value)
    if isinstance(value, dict):
        name = value.pop("")
        if name == "Fraction":
            return Fraction(value["value"])
        return _CLASSES[name](**{field: _decoded(item) for field, item in value.items()})
    return value
