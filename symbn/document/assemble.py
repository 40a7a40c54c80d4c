"""What was found in a text -> a Document: definitions are entered in order, a formula is expanded with those above it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from symbn.diagnostic import Diagnostic, Span
from symbn.document.expansion import Allowance, LimitError, expand
from symbn.document.found import Found, Scanned, trimmed
from symbn.document.landmarks import Landmarks
from symbn.document.macros import HEAD, Macro, define, definition_at
from symbn.document.source import Document, Formula, Remark, Text

_HEAD = re.compile(HEAD)
_NOTHING = re.compile(r"(?:\s|%[^\n]*|[{}]|\\[\s,;:!>]|\\(?:begin|end)group(?![A-Za-z]))*+")


@dataclass(slots=True)
class _Assembly:
    scanned: Scanned
    landmarks: Landmarks
    macros: dict[str, Macro] = field(default_factory=dict)
    problems: list[Diagnostic] = field(default_factory=list)
    allowance: Allowance = field(default_factory=Allowance)


def assemble(path: str, scanned: Scanned) -> Document:
    """Return the document; items that would overlap an earlier one are left out."""
    assembly = _Assembly(scanned, Landmarks(scanned.text, scanned.percent), problems=list(scanned.problems))
    items: list[Formula | Remark] = []
    end = 0
    for found in sorted(scanned.found, key=lambda item: item.span.start):
        if found.span.start < end:
            continue
        end = found.span.end
        if found.definition is not None:
            define(assembly.macros, found.definition)
        elif found.kind == "remark":
            items.append(Remark(found.span, scanned.text[found.span.start : found.span.end]))
        elif formula := _formula(assembly, found):
            items.append(formula)
    problems = tuple(assembly.problems)
    return Document(path, scanned.text, tuple(items), scanned.settings, problems, scanned.raw, scanned.layout)


def _formula(assembly: _Assembly, found: Found) -> Formula | None:
    """Return the formula as it is read; None if it only defines macros."""
    source = _without_definitions(assembly, found.span)
    if _NOTHING.fullmatch(source.text):
        return None
    try:
        text = expand(source, assembly.macros, assembly.allowance)
    except LimitError as error:
        message = "the macros of this formula expand without end, or to more than is read"
        help = "write the formula out, or define its macros without recursion"
        assembly.problems.append(Diagnostic("macro-limit", message, error.span, help))
        text = source
    return Formula(found.span, found.kind == "display", text)


def _without_definitions(assembly: _Assembly, span: Span) -> Text:
    """Return a formula's own text; a blank stands for each definition in it, so that its neighbours do not run together."""
    text = assembly.scanned.text
    parts: list[Text] = []
    start = place = span.start
    while head := _HEAD.search(text, place, span.end):
        place = head.end()
        if (read := definition_at(assembly.landmarks, head.start(), span.end)) is not None:
            definition, place = read
            define(assembly.macros, definition)
            parts += [Text.of(text, Span(start, head.start())), Text.standing_for(" ", Span(head.start(), place))]
            start = place
    if not parts:
        return Text.of(text, span)
    source = Text.joined([*parts, Text.of(text, Span(start, span.end))])
    inner = trimmed(source.text, 0, len(source.text))
    return source.part(inner.start, inner.end)
