"""HTML -> a flat list of tags, comments and stretches of text, each with its place.

`html.parser` has no way to tell where an attribute's value or an entity stands, and its releases differ in what is quadratic.
This splitter knows just what finding formulas takes, and reads every character once: where a quotation mark of an attribute is
never closed, it is taken as a plain character from there on.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from symbn.diagnostic import Span

_OPEN = re.compile(r"<(?:(?P<comment>!--)|(?P<other>[!?])|(?P<slash>/?)(?P<name>[A-Za-z][A-Za-z0-9:-]{0,40}))")
_QUOTE_OR_END = re.compile("[\"'>]")
_ATTRIBUTE = re.compile(r"([^\s=>/\"']+)(?:\s*+=\s*+(?:\"([^\"]*)\"|'([^']*)'|([^\s>\"']+)))?")
RAW = frozenset(["script", "style", "textarea", "title", "annotation"])  # what they hold is not tags, up to their own end


@dataclass(frozen=True, slots=True)
class Chunk:
    """One part of a page. name: of the tag, in lower case. raw: for the start of an element in RAW, what it holds."""

    kind: Literal["text", "start", "end", "comment"]
    span: Span
    name: str = ""
    raw: Span | None = None


def chunks(text: str) -> Iterator[Chunk]:
    """Return the parts of a page in order. A comment's span is that of its words."""
    place = 0
    last = text.rfind(">")
    quoted = True
    while match := _OPEN.search(text, place):
        start = match.start()
        if start > last and not match["comment"]:
            break
        if place < start:
            yield Chunk("text", Span(place, start))
        if match["comment"]:
            close = text.find("-->", match.end())
            yield Chunk("comment", Span(match.end(), len(text) if close < 0 else close))
            place = len(text) if close < 0 else close + 3
        elif match["other"]:
            place = text.find(">", start) + 1
        else:
            end = _end(text, match.end()) if quoted else None
            if end is None:
                quoted = False  # to look again for each tag would be quadratic
                end = text.find(">", start)
            place = end + 1
            name = match["name"].lower()
            if match["slash"]:
                yield Chunk("end", Span(start, place), name)
            elif name in RAW:
                close_tag = re.compile(f"</{name}", re.IGNORECASE).search(text, place)
                stop = close_tag.start() if close_tag else len(text)
                yield Chunk("start", Span(start, place), name, Span(place, stop))
                place = stop
            else:
                yield Chunk("start", Span(start, place), name)
    if place < len(text):
        yield Chunk("text", Span(place, len(text)))


def attributes(text: str, tag: Span) -> dict[str, Span]:
    """Return where the values of a tag's attributes stand."""
    found: dict[str, Span] = {}
    begin = re.compile(r"<[A-Za-z][A-Za-z0-9:-]*").match(text, tag.start, tag.end)
    for match in _ATTRIBUTE.finditer(text, begin.end() if begin else tag.start, tag.end - 1):
        group = match.lastindex or 1
        span = Span(match.start(group), match.end(group)) if group > 1 else Span(match.end(), match.end())
        found.setdefault(match[1].lower(), span)
    return found


def _end(text: str, place: int) -> int | None:
    """Return the place of the `>` that ends a tag; None if the quotation marks hide it."""
    while match := _QUOTE_OR_END.search(text, place):
        if match[0] == ">":
            return match.start()
        close = text.find(match[0], match.end())
        if close < 0:
            return None
        place = close + 1
    return None
