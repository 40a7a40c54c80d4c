"""Answers kept between runs, so that a second run over unchanged documents is nearly free.

One file for each document, named by a hash of everything that an answer depends on: the document's bytes, the options, the
notation file, and symbn's own source files. Inside is JSON with a checksum; what does not match, or does not have the shape
it must have, is thrown away and computed again. Nothing is ever executed or unpickled.
"""

from __future__ import annotations

import functools
import hashlib
import json
import os
import re
from collections import Counter
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import fields, replace
from fractions import Fraction
from math import isfinite
from pathlib import Path
from threading import get_ident
from time import time
from typing import cast

from symbn import __version__
from symbn.answer import VERDICTS, Counterexample, DocumentReport, Repair, Step
from symbn.diagnostic import Diagnostic, Span

MAX_ENTRIES = 5000
_BETWEEN = 100  # answers kept by a process before it looks again whether there are too many: the folder may be long
_ABANDONED = 3600  # seconds after which nobody is still writing a file
_CLASSES: Mapping[str, type] = {
    kind.__name__: kind for kind in (DocumentReport, Step, Counterexample, Repair, Diagnostic, Span)
}
_TYPES: Mapping[str, type] = {**_CLASSES, "Fraction": Fraction, "str": str, "int": int, "bool": bool}
_stored: Counter[Path] = Counter()
_FRACTION = re.compile(r"-?[0-9]+(?:/[0-9]+)?")


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


@functools.cache
def _fingerprint() -> bytes:
    """Return what changes whenever symbn does: its version, and the sizes and times of its files. Looked up once: a process
    goes on with the code that it has loaded."""
    package = os.path.dirname(os.path.realpath(__file__))
    files = [os.path.join(here, name) for here, _, names in os.walk(package) for name in names if name.endswith(".py")]
    states = [(path.removeprefix(package), (at := os.stat(path)).st_size, at.st_mtime_ns) for path in sorted(files)]
    return json.dumps([__version__, states]).encode()


def load(where: Path, name: str) -> DocumentReport | None:
    """Return the kept report, or None if there is none that can be trusted."""
    try:
        path = where / f"{name}.json"
        if not path.is_file():  # a FIFO of that name would keep us for ever
            return None
        checksum, _, payload = path.read_text("utf-8").partition("\n")
        if hashlib.sha256(f"{name}{payload}".encode()).hexdigest() != checksum:
            return None
        report = _decoded(json.loads(payload))
        if not isinstance(report, DocumentReport) or not _sound(report):
            return None
        return replace(report, steps=tuple(replace(step, source=report.text) for step in report.steps))
    except (OSError, ValueError, TypeError, KeyError, AttributeError, ArithmeticError, RecursionError):
        return None


def _sound(report: DocumentReport) -> bool:
    """Tell whether every place that the report names is one of its text. (`_decoded` saw to the types.)"""
    marks = [(step.span, report.text) for step in report.steps]
    marks += [(fault.span, report.text) for step in report.steps for fault in step.diagnostics]
    marks += [(fault.span, report.text) for fault in report.problems]
    marks += [(span, step.repair.latex) for step in report.steps if step.repair is not None for span in step.repair.changed]
    return all(0 <= span.start <= span.end <= len(text) for span, text in marks) and all(
        step.verdict in VERDICTS and min(step.step, step.line, step.column, step.formula) >= 1 for step in report.steps
    )


def store(where: Path, name: str, report: DocumentReport) -> None:
    """Keep a report. Where that cannot be done (a read-only folder, a full disk), nothing is kept and nobody is told."""
    bare = replace(report, steps=tuple(replace(step, source="") for step in report.steps))
    payload = json.dumps(_encoded(bare), ensure_ascii=True)
    checksum = hashlib.sha256(f"{name}{payload}".encode()).hexdigest()
    with suppress(OSError):
        where.mkdir(parents=True, exist_ok=True)
        if _stored[where] % _BETWEEN == 0:
            _make_room(where)
        _stored[where] += 1
        _write(where / f"{name}.json", f"{checksum}\n{payload}")


def _write(path: Path, text: str) -> None:
    """Write the file as a whole or not at all. The temporary one is named before it is there, so that whatever comes in
    between, Ctrl-C too, finds it and clears it away."""
    temporary = path.with_suffix(f".{os.getpid()}-{get_ident()}.tmp")
    try:
        with open(temporary, "x", encoding="utf-8", opener=lambda name, flags: os.open(name, flags, 0o600)) as stream:
            stream.write(text)
        os.replace(temporary, path)
    except BaseException:
        with suppress(OSError):
            os.unlink(temporary)
        raise


def _make_room(where: Path) -> None:
    for left in where.glob("*.tmp"):  # by a process that was killed
        if time() - left.stat().st_mtime > _ABANDONED:
            left.unlink()
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
    """Return the values that a JSON text stands for. Raises: one of the errors that `load` expects, if it stands for none."""
    if isinstance(value, list):
        return tuple(_decoded(item) for item in value)
    if isinstance(value, dict):
        name = value.pop("")
        if name == "Fraction":
            if not _FRACTION.fullmatch(value["value"]):  # Fraction would also read 1e999999999, and be at it for hours
                raise ValueError("not a fraction")
            return Fraction(value["value"])
        found = _CLASSES[name](**{field: _decoded(item) for field, item in value.items()})
        for field in fields(found):
            if not _fits(getattr(found, field.name), str(field.type)):
                raise TypeError(f"{name}.{field.name}")
        return found
    return value


def _fits(value: object, kind: str) -> bool:
    """Tell whether a value is of the type that an annotation names: a class, `T | None`, `tuple[T, ...]` or `tuple[T, U]`."""
    if kind.endswith(" | None"):
        return value is None or _fits(value, kind.removesuffix(" | None"))
    if kind.startswith("tuple["):
        inner = kind[len("tuple[") : -1]
        if not isinstance(value, tuple):
            return False
        if inner.endswith(", ..."):
            return all(_fits(item, inner.removesuffix(", ...")) for item in value)
        kinds = inner.split(", ")
        return len(value) == len(kinds) and all(map(_fits, value, kinds))
    if kind == "float":
        return type(value) in (int, float) and isfinite(cast(float, value))
    return type(value) is _TYPES[kind]
