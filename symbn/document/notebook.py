r"""Jupyter notebooks: the Markdown cells, and where each of their characters stands in the raw JSON.

`json.loads` says whether it is JSON at all; then a small walker, which trusts that, reads it again and keeps the places of the
strings. Nothing crosses from one cell to the next. Outputs, attachments and code cells are left alone.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, replace

from symbn.diagnostic import Span
from symbn.document.delimiters import MARKDOWN
from symbn.document.found import Scanned
from symbn.document.frontmatter import yaml_end
from symbn.document.markdown import read_cells
from symbn.document.source import Piece, Text
from symbn.errors import UsageError

_TOKEN = re.compile(r'"[^"\\]*+(?:\\.[^"\\]*+)*+"|[\[\]{}]|[^\s,:\[\]{}"]+', re.DOTALL)
_ESCAPE = re.compile(r"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|\\u[0-9a-fA-F]{4}|\\.", re.DOTALL)
_SHORT = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f"}
_CURE = "give a notebook of nbformat 4, or name its kind if it is another document"


@dataclass(frozen=True, slots=True)
class _String:
    """A string of the JSON text. span: with its quotes."""

    span: Span


Value = dict[str, object]


def read_notebook(text: str) -> Scanned:
    """Return what the Markdown cells hold. Raises: UsageError, if it is not a notebook."""
    try:
        top = json.loads(text, parse_int=str)
    except (ValueError, RecursionError) as error:
        where = f" (line {error.lineno}, column {error.colno})" if isinstance(error, json.JSONDecodeError) else ""
        raise UsageError(f"not a notebook: it is not JSON{where}; {_CURE}") from None
    if not isinstance(top, dict) or not isinstance(top.get("cells", top.get("worksheets")), list):
        raise UsageError(f"not a notebook: it has no cells; {_CURE}")
    sources = [_source(text, cell) for cell in _cells(_walk(text)) if _said(text, cell.get("cell_type")) == "markdown"]
    parts: list[Text] = []
    cells: list[tuple[int, int]] = []
    length = 0
    for source in sources:
        if parts:
            end = _end(parts[-1])
            parts.append(Text.standing_for("\n\n", Span(end, end)))
            length += 2
        if source.text:
            parts.append(source)
        cells.append((length, length + len(source.text)))
        length += len(source.text)
    layout = Text.joined(parts)
    first = yaml_end(layout.text, *cells[0]) if cells else 0
    return replace(read_cells(layout.text, cells, MARKDOWN, first), raw=text, layout=layout)


def _end(text: Text) -> int:
    return text.pieces[-1].origin.end


def _cells(top: object) -> list[Value]:
    """Return the cells in order; in nbformat 3 they stand in worksheets."""
    if not isinstance(top, dict):
        return []
    holders = [top] if "cells" in top else top.get("worksheets")
    cells: list[Value] = []
    for holder in holders if isinstance(holders, list) else []:
        listed = holder.get("cells") if isinstance(holder, dict) else None
        cells += [cell for cell in listed if isinstance(cell, dict)] if isinstance(listed, list) else []
    return cells


def _source(text: str, cell: Value) -> Text:
    source = cell.get("source")
    strings = source if isinstance(source, list) else [source]
    return Text.joined(_decoded(text, string.span) for string in strings if isinstance(string, _String))


def _said(text: str, value: object) -> str:
    return _decoded(text, value.span).text if isinstance(value, _String) else ""


def _decoded(text: str, span: Span) -> Text:
    """Return what a string says; each escape stands as a whole for its characters in the file."""
    words: list[str] = []
    pieces: list[Piece] = []
    place, end, length = span.start + 1, span.end - 1, 0
    for match in _ESCAPE.finditer(text, place, end):
        if place < match.start():
            words.append(text[place : match.start()])
            pieces.append(Piece(length, match.start() - place, Span(place, match.start()), True))
            length += match.start() - place
        words.append(_meant(match[0]))
        pieces.append(Piece(length, 1, Span(match.start(), match.end()), False))
        length, place = length + 1, match.end()
    if place < end:
        words.append(text[place:end])
        pieces.append(Piece(length, end - place, Span(place, end), True))
    return Text("".join(words), tuple(pieces))


def _meant(escape: str) -> str:
    """Return the one character that an escape stands for; half a surrogate pair stands for none, so U+FFFD is put for it."""
    if escape[1] != "u":
        return _SHORT.get(escape[1], escape[1])
    code = int(escape[2:6], 16)
    if len(escape) == 12:
        return chr(0x10000 + ((code - 0xD800) << 10) + int(escape[8:], 16) - 0xDC00)
    return "\ufffd" if 0xD800 <= code < 0xE000 else chr(code)


def _walk(text: str) -> object:
    """Return the JSON value as dicts and lists whose strings are places. The text is known to be JSON."""
    top: list[object] = []
    stack: list[list[object] | Value] = [top]
    keys: list[str | None] = [None]
    for match in _TOKEN.finditer(text):
        if match[0] in ("}", "]"):
            stack.pop()
            keys.pop()
            continue
        holder = stack[-1]
        if isinstance(holder, dict) and keys[-1] is None:
            keys[-1] = _decoded(text, Span(match.start(), match.end())).text
            continue
        value: object = _String(Span(match.start(), match.end())) if match[0][0] == '"' else None
        if match[0] == "{":
            value = {}
        elif match[0] == "[":
            value = []
        if isinstance(holder, dict):
            holder[keys[-1] or ""] = value
            keys[-1] = None
        else:
            holder.append(value)
        if isinstance(value, dict | list):
            stack.append(value)
            keys.append(None)
    return top[0]
