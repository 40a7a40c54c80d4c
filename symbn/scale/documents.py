"""Where the documents come from: texts, files, and lines of JSON. Each is a small value; none is read before its turn.

A line of JSON is {"id": .., "text": .., "kind": ..}: `id` is a string or a whole number, by default the number of the line,
from 1; `kind` is markdown (the default), latex, html, text, rst or notebook; other keys are for others, and are ignored.
What cannot be read is a document with a fault, and gets a record that says so: a bad line never stops a run.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import BinaryIO

from symbn.document.read import MAX_BYTES
from symbn.errors import UsageError
from symbn.running import STDIN, document_bytes, notation_for

Name = str | int


@dataclass(frozen=True, slots=True)
class Document:
    """A text to be checked, under a name. kind: markdown, latex, html, text, rst or notebook, or None: as `file` ends, or as
    the text looks. notation: what its notation file says, as TOML. fault: why there is no text: a code and words."""

    id: Name
    text: str = ""
    kind: str | None = None
    file: str = ""
    notation: str = ""
    fault: tuple[str, str] | None = None


def given(items: Iterable[str | tuple[Name, str] | Document], kind: str | None) -> Iterator[Document]:
    """Yield documents for what a caller has: texts, which are numbered from 0, pairs of a name and a text, or documents."""
    for number, item in enumerate(items):
        match item:
            case Document():
                yield item
            case str():
                yield Document(number, item, kind)
            case (str() | int() as name, str() as text):
                yield Document(name, text, kind)
            case _:
                raise UsageError(f"a document is a text, or a pair of a name and a text; got {type(item).__name__}")


def from_files(paths: Iterable[str], notation: str | None, kind: str | None) -> Iterator[Document]:
    """Yield the files, each read when it is asked for. kind: what standard input is."""
    for path in paths:
        shown = "<stdin>" if path == STDIN else path
        try:
            data = document_bytes(path)
        except UsageError as error:
            yield Document(shown, fault=("bad-document", str(error).removeprefix(f"{path}: ")))
            continue
        try:
            toml = notation_for(path, notation).text
        except UsageError as error:
            yield Document(shown, fault=("bad-notation", str(error)))
            continue
        # Bytes that are no UTF-8 become U+FFFD here, as they do wherever a document is read.
        yield Document(shown, data.decode("utf-8", "replace"), kind if path == STDIN else None, shown, toml)


def from_lines(stream: BinaryIO, notation: str = "", kind: str | None = None) -> Iterator[Document]:
    """Yield the documents of lines of JSON. Blank lines are skipped, and counted."""
    number = 0
    while line := stream.readline(MAX_BYTES + 1):
        number += 1
        if len(line) > MAX_BYTES:
            while not line.endswith(b"\n") and (line := stream.readline(MAX_BYTES)):
                pass
            yield Document(number, fault=("bad-line", f"line {number} is longer than {MAX_BYTES // 1024 // 1024} MiB"))
        elif line.strip():
            yield _from_line(number, line, notation, kind)


def _from_line(number: int, line: bytes, notation: str, kind: str | None) -> Document:
    def bad(what: str) -> Document:
        return Document(number, fault=("bad-line", f"line {number}: {what}"))

    try:
        found = json.loads(line.decode("utf-8"))
    except (ValueError, RecursionError) as error:  # a number of thousands of digits is a ValueError, too
        return bad(f"this is not JSON in UTF-8: {error}")
    if not isinstance(found, dict):
        return bad('this is no object such as {"id": "a", "text": "..."}')
    name, text, own = found.get("id", number), found.get("text"), found.get("kind", kind)
    if isinstance(name, bool) or not isinstance(name, str | int):
        return bad('"id" has to be a string or a whole number')
    if not isinstance(text, str):
        return Document(name, fault=("bad-line", f'line {number}: "text" has to be a string'))
    if own is not None and not isinstance(own, str):
        return Document(name, fault=("bad-line", f'line {number}: "kind" has to be a string'))
    return Document(name, text, own or "markdown", notation=notation)
