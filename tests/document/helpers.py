"""What the tests of the readers look at: each formula as (what is read, displayed or not, line, column)."""

from __future__ import annotations

from symbn.document.read import read_document
from symbn.document.source import Document, Formula, Remark

Row = tuple[str, bool, int, int]


def read(text: str, kind: str = "md") -> Document:
    return read_document(f"given.{kind}", text.encode("utf-8"))


def rows(document: Document) -> list[Row]:
    return [
        (item.text.text, item.display, *document.place(item.span.start)) for item in document.items if isinstance(item, Formula)
    ]


def formulas(text: str, kind: str = "md") -> list[str]:
    return [text for text, *_ in rows(read(text, kind))]


def remarks(text: str, kind: str = "md") -> list[str]:
    return [item.words for item in read(text, kind).items if isinstance(item, Remark)]


def in_the_file(document: Document, start: int, end: int) -> str:
    """Return what stands in the file for a range of a formula of which the document's text is known."""
    raw = document.text if document.raw is None else document.raw
    if document.layout is None:
        return raw[start:end]
    from symbn.diagnostic import Span

    origin = document.layout.origin(Span(start, end))
    return raw[origin.start : origin.end]
